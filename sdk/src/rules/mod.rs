//! Rules and verdicts: a pure function of verified history, policy and date.
//!
//! No clock, no floats, no locale. Every result cites the entries it rests on; a field that is
//! absent makes a rule "not evaluated", which is counted; a missing or withheld field never
//! improves a verdict. Sentences come from the catalogue in [`crate::messages`]. Spec: specs/rules.md.

mod assurance;
mod audits;
mod bars;
mod catalogue;
mod channels;
mod charges;
mod closing;
mod compare;
mod contracts;
mod contradictions;
mod coverage;
mod differing;
mod facts;
mod fees;
mod findings;
mod freedom;
mod gathered;
mod ilo;
mod index;
mod integrity;
mod known_then;
mod licences;
mod lines;
mod lists;
mod lost;
mod marks;
mod messages;
mod recruiters;
mod recruitment;
mod registers;
mod remedies;
mod replies;
mod scope;
pub mod severity;
mod snapshot;
mod span;
mod stated;
mod successors;
mod terms;
mod timeline;
mod topics;
mod verdict;
mod wages;
mod work;

pub use catalogue::{Effect, Rule, UNKNOWN_CODES, rules};
pub use compare::{Change, Difference, compare};
pub use ilo::{ILO_INDICATORS, IloLine, IloState};
pub use known_then::RecruitedUnder;
pub use licences::{Force, LicenceSegment, LicenceView, Moment, Timeline};
pub use replies::{ReplyText, ReplyView};
pub use snapshot::{KnownFinding, KnownGap, KnownIndicator, KnownUnknown, Said, Snapshot};
pub use verdict::{
    Counts, EntryLine, Indicator, Mark, NotEvaluated, OpenFinding, Outcome, Stated, Unknown,
    Verdict,
};

use gathered::Gathered;
use index::Index;

use crate::history::VerifiedHistory;
use crate::policy::Policy;
use crate::time::{Date, Timestamp};

/// What is asked of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The date asked about.
    pub as_of: Date,
    /// The time of asking, for the age of the evidence.
    pub now: Timestamp,
}

/// What every rule may look at.
#[derive(Clone, Copy)]
struct Case<'a> {
    history: &'a VerifiedHistory,
    policy: &'a Policy,
    as_of: Date,
    index: &'a Index<'a>,
}

/// Judges a verified history.
pub fn judge(history: &VerifiedHistory, policy: &Policy, question: Question) -> Verdict {
    let index = Index::default();
    let case = Case {
        history,
        policy,
        as_of: question.as_of,
        index: &index,
    };
    let gathered = gather(&case, question.now);
    let stale = coverage::is_stale(&case, question.now);
    let outcome = outcome(&gathered, &case, stale);
    let worst_severity = ilo::worst(&gathered.indicators, &gathered.open_findings);
    let ilo = ilo::lines(&gathered);
    let related_entries = lines::related(&case, &gathered);
    let Gathered {
        indicators,
        open_findings,
        unknowns,
        not_evaluated,
        evaluated,
        recruited_under,
        cited: _,
    } = gathered;
    Verdict {
        outcome,
        edition: policy.settings().edition.clone(),
        settings: policy.settings_digest(),
        network: history.network(),
        as_of: question.as_of,
        known_at: history.known_at(),
        asked_at: question.now,
        subjects: history.subjects().to_vec(),
        closure: history.closure().clone(),
        related: history.related().to_vec(),
        logs: history.logs().to_vec(),
        not_read: history.not_read().to_vec(),
        lacking: history.lacking().to_vec(),
        feeds: history.feeds().clone(),
        time_is_operators_word: policy.time_is_operators_word(),
        worst_severity,
        ilo,
        indicators,
        open_findings,
        unknowns,
        not_evaluated,
        evaluated,
        licences: licences::views(&case),
        recruited_under,
        entries: lines::lines(&case),
        related_entries,
        replies: replies::views(&case),
        ignored_refs: history.ignored().to_vec(),
    }
}

/// What every rule finds.
fn gather(case: &Case<'_>, now: Timestamp) -> Gathered {
    let mut gathered = Gathered::default();
    recruitment::apply(case, &mut gathered);
    registers::apply(case, &mut gathered);
    recruiters::apply(case, &mut gathered);
    fees::apply(case, &mut gathered);
    charges::apply(case, &mut gathered);
    remedies::apply(case, &mut gathered);
    contradictions::apply(case, &mut gathered);
    contracts::apply(case, &mut gathered);
    let reported = findings::reported(case);
    findings::apply(case, &reported, &mut gathered);
    topics::apply(case, &reported, &mut gathered);
    closing::apply(case, &reported, &mut gathered);
    audits::apply(case, &mut gathered);
    assurance::apply(case, &mut gathered);
    differing::apply(case, &reported, &mut gathered);
    lists::apply(case, &mut gathered);
    channels::apply(case, &mut gathered);
    integrity::apply(case, &mut gathered);
    coverage::apply(case, now, &mut gathered);
    lost::apply(case, &reported, &mut gathered);
    gathered.finished()
}

fn outcome(gathered: &Gathered, case: &Case<'_>, stale: bool) -> Outcome {
    let threshold = case.policy.settings().adverse_from_severity;
    let adverse = gathered.indicators.iter().any(|found| found.adverse);
    // A finding its scheme does not grade is adverse: no grade is not a low grade.
    let graded = |found: &OpenFinding| found.severity.is_none_or(|severity| severity >= threshold);
    if adverse || gathered.open_findings.iter().any(graded) {
        Outcome::Findings
    } else if stale {
        Outcome::Stale
    } else if gathered.unknowns.is_empty() {
        Outcome::NoAdverseEntries
    } else {
        Outcome::Unknown
    }
}

#[cfg(test)]
mod tests;
