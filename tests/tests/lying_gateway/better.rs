//! Whether a verdict is better than the truth.

use fairtrail::id::EntryId;
use fairtrail::rules::{Counts, EntryLine, Mark, Outcome, Unknown, Verdict};

/// Everything in which `found` is better than `truth`; empty when a buyer was misled in nothing.
///
/// Parts and stamps may be withheld: what rested on them may go, if an unknown that the truth does
/// not have names one of the very entries it rested on. Findings may then become stale or unknown,
/// and nothing ever becomes "no adverse entries".
pub(crate) fn better(truth: &Verdict, found: &Verdict) -> Vec<String> {
    let mut better = Vec::new();
    let case = Case { truth, found };
    case.outcome(&mut better);
    case.entries(&mut better);
    for lost in &truth.indicators {
        let kept = found.indicators.iter().any(|indicator| {
            indicator.rule == lost.rule
                && indicator.severity >= lost.severity
                && indicator.adverse >= lost.adverse
                && lost
                    .rests_on
                    .iter()
                    .all(|id| indicator.rests_on.contains(id))
        });
        case.lost(kept, lost.rule, &lost.rests_on, &mut better);
    }
    for lost in &truth.open_findings {
        let kept = found.open_findings.iter().any(|open| {
            // Without a grade is not a low grade.
            let graded = open.severity.is_none() || open.severity >= lost.severity;
            open.entry == lost.entry && graded
        });
        case.lost(kept, "open finding", &[lost.entry], &mut better);
    }
    for lost in &truth.unknowns {
        let kept = found.unknowns.iter().any(|unknown| {
            let same = unknown.code == lost.code;
            same && lost.rests_on.iter().all(|id| unknown.rests_on.contains(id))
        });
        case.lost(kept, lost.code, &lost.rests_on, &mut better);
    }
    better
}

struct Case<'a> {
    truth: &'a Verdict,
    found: &'a Verdict,
}

impl Case<'_> {
    fn outcome(&self, better: &mut Vec<String>) {
        let (was, is) = (self.truth.outcome, self.found.outcome);
        let findings = self.truth.indicators.iter().filter(|found| found.adverse);
        let rested_on = findings.flat_map(|found| &found.rests_on);
        let open = self.truth.open_findings.iter().map(|open| &open.entry);
        let asked = rested_on.chain(open).any(|id| self.asks(id));
        let asked = asked || self.is_narrower();
        if rank(is) > rank(was) && (is == Outcome::NoAdverseEntries || !asked) {
            better.push(format!("{} instead of {}", is.as_str(), was.as_str()));
        }
        let (was, is) = (&self.truth.logs, &self.found.logs);
        let same = was.len() == is.len()
            && was.iter().zip(is).all(|(was, is)| {
                let later = is.time.is_none() || is.time >= was.time;
                (&was.origin, was.size, &was.root) == (&is.origin, is.size, &is.root) && later
            });
        if !same {
            better.push(format!("logs {is:?} instead of {was:?}"));
        }
    }

    /// The same entries, none of which counts or was known earlier if in truth it was not.
    fn entries(&self, better: &mut Vec<String>) {
        let ids = |verdict: &Verdict| -> Vec<(EntryId, u64)> {
            verdict
                .entries
                .iter()
                .map(|line| (line.id, line.leaf))
                .collect()
        };
        let (truth, found) = (ids(self.truth), ids(self.found));
        if truth != found && !self.are_fewer() {
            better.push("other entries".to_owned());
            return;
        }
        for is in &self.found.entries {
            let mut lines = self.truth.entries.iter();
            let Some(was) = lines.find(|was| was.id == is.id) else {
                continue;
            };
            if is.counts == Counts::Yes && was.counts != Counts::Yes {
                better.push(format!("{} counts, not {:?}", is.id, was.counts));
            }
            if is
                .not_after
                .is_some_and(|time| was.not_after.is_none_or(|was| time < was))
            {
                better.push(format!("{} known earlier", is.id));
            }
            for mark in [Mark::Forked, Mark::Suspect] {
                if was.marks.contains(&mark) && !is.marks.contains(&mark) {
                    better.push(format!("{} no longer {mark}", is.id));
                }
            }
        }
    }

    /// Whether, fewer ids being covered, exactly what is about none of those left is left out.
    fn are_fewer(&self) -> bool {
        let covered = |line: &&EntryLine| {
            let mut subjects = line.subjects.iter();
            subjects.any(|id| self.found.subjects.contains(id))
        };
        let ids = |line: &EntryLine| (line.id, line.leaf);
        let left = self.truth.entries.iter().filter(covered).map(ids);
        self.is_narrower() && left.eq(self.found.entries.iter().map(ids))
    }

    fn lost(&self, kept: bool, what: &str, rested_on: &[EntryId], better: &mut Vec<String>) {
        let covers = |id: &EntryId| self.found.entries.iter().any(|line| line.id == *id);
        let left_out = self.is_narrower() && !rested_on.iter().any(covers);
        if !kept && !left_out && !rested_on.iter().any(|id| self.asks(id)) {
            better.push(format!("{what} on {rested_on:?} is lost"));
        }
    }

    /// Whether fewer ids are covered because a statement that links two cannot be read, and an
    /// unknown names it: what stands under the other id is then not known to be about this party.
    fn is_narrower(&self) -> bool {
        let fewer = self.found.subjects.len() < self.truth.subjects.len();
        let aliases = self.truth.closure.aliases.iter();
        let mut links = aliases.flat_map(|alias| &alias.path);
        fewer && links.any(|link| self.asks(&link.entry))
    }

    /// Whether an unknown that the truth does not have names this entry.
    fn asks(&self, id: &EntryId) -> bool {
        let mut unknowns = self.found.unknowns.iter();
        unknowns.any(|unknown| self.is_new(unknown) && unknown.rests_on.contains(id))
    }

    /// Whether the truth does not have this unknown about all of these entries.
    fn is_new(&self, unknown: &Unknown) -> bool {
        !self.truth.unknowns.iter().any(|known| {
            known.code == unknown.code
                && unknown
                    .rests_on
                    .iter()
                    .all(|id| known.rests_on.contains(id))
        })
    }
}

/// Worse to better.
const fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Findings => 0,
        Outcome::Stale | Outcome::Unknown => 1,
        Outcome::NoAdverseEntries => 2,
    }
}
