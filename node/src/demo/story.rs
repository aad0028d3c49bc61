//! Whether a verdict came out as the scenario says.

use super::{Story, World};
use fairtrail::id::EntryId;
use fairtrail::rules::Verdict;
use std::collections::BTreeSet;

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub what: &'static str,
    /// As the scenario says.
    pub expected: String,
    /// As it came out.
    pub found: String,
}

impl Story {
    /// Everything in which `verdict` differs from what this story says; empty when it agrees.
    pub fn differences(&self, world: &World, verdict: &Verdict) -> Vec<Difference> {
        let name = |id: &EntryId| {
            world
                .name_of(*id)
                .map_or_else(|| id.to_string(), str::to_owned)
        };
        let names = |ids: &[EntryId]| ids.iter().map(name).collect::<BTreeSet<_>>();
        let entries: Vec<_> = verdict.entries.iter().map(|line| name(&line.id)).collect();
        let indicators: BTreeSet<_> = verdict
            .indicators
            .iter()
            .map(|found| {
                format!(
                    "{} {} {:?}",
                    found.rule,
                    found.severity,
                    names(&found.rests_on)
                )
            })
            .collect();
        let expected: BTreeSet<_> = self
            .indicators
            .iter()
            .map(|e| {
                format!(
                    "{} {} {:?}",
                    e.rule,
                    e.severity,
                    e.rests_on.iter().collect::<BTreeSet<_>>()
                )
            })
            .collect();
        let open: BTreeSet<_> = verdict
            .open_findings
            .iter()
            .map(|open| name(&open.entry))
            .collect();
        let unknowns: BTreeSet<_> = verdict.unknowns.iter().map(|u| u.code.to_owned()).collect();
        let marks: BTreeSet<_> = verdict
            .entries
            .iter()
            .flat_map(|line| &line.marks)
            .map(|mark| mark.to_string())
            .collect();
        let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
        let mut differences = Vec::new();
        let mut compare = |what, expected: String, found: String| {
            if expected != found {
                differences.push(Difference {
                    what,
                    expected,
                    found,
                });
            }
        };
        compare(
            "outcome",
            self.outcome.clone(),
            verdict.outcome.as_str().to_owned(),
        );
        compare(
            "exit code",
            self.exit.to_string(),
            verdict.outcome.exit_code().to_string(),
        );
        compare(
            "entries",
            format!("{:?}", self.entries),
            format!("{entries:?}"),
        );
        compare(
            "indicators",
            format!("{expected:?}"),
            format!("{indicators:?}"),
        );
        compare(
            "open findings",
            format!("{:?}", set(&self.open_findings)),
            format!("{open:?}"),
        );
        compare(
            "unknowns",
            format!("{:?}", set(&self.unknowns)),
            format!("{unknowns:?}"),
        );
        compare(
            "marks",
            format!("{:?}", set(&self.marks)),
            format!("{marks:?}"),
        );
        differences
    }
}
