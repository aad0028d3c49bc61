//! R-37 two audits of one subject, near in time, of which one reports something grave and the other
//! says nothing of it.

use super::assurance::is_on_site;
use super::findings::Reported;
use super::gathered::Found;
use super::index::{self, Of, complete};
use super::{Case, Effect, Gathered, Rule, messages};
use crate::claim::{Audit, Claim};
use crate::history::HistoryEntry;
use std::collections::BTreeMap;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_37];

static R_37: Rule = Rule {
    id: "R-37",
    fields: &[
        ("audit", "ended_on"),
        ("audit", "manifest"),
        ("audit", "report_ref"),
        ("finding", "report_ref"),
        ("finding", "severity"),
        ("finding", "topic"),
    ],
    basis: "both audits",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "our own; settings differing_audits_days and differing_from_severity",
};

/// of two audits of one subject near in time, one reports something grave and the other says
/// nothing of its topic.
pub(super) fn apply<'a>(case: &Case<'a>, reported: &[Reported<'a>], gathered: &mut Gathered) {
    let silent = complete(case).filter(|(entry, _)| is_on_site(entry));
    let silent = ByDay::of(silent);
    let grave = case.policy.settings().differing_from_severity;
    let grave = reported.iter().filter(|one| one.is_at_least(grave));
    for one in grave {
        let Some((of, audit)) = audit_of(case, one) else {
            let unsaid = one.finding.report_ref.is_none();
            gathered.not_evaluated(&R_37, if unsaid { "report_ref" } else { "ended_on" });
            continue;
        };
        for (entry, other) in silent.near(case, audit) {
            if entry.id() == of.id() || !share_subject(case, of, entry) {
                continue;
            }
            gathered.evaluated(&R_37);
            let settled = one.stands.on.filter(|_| !one.is_open());
            let settled = settled.is_some_and(|on| on <= other.started_on);
            if !settled && !speaks_of(case, entry, other, one) {
                let sentence = messages::about("audits-differ", one.finding)
                    .with_text("report", &other.report_ref);
                let found = Found::new(&R_37, sentence).bearing_on(one.ilo());
                gathered.found_on(case, vec![one.entry, entry], found);
            }
        }
    }
}

/// The audit in whose report a finding stands.
fn audit_of<'a>(case: &Case<'a>, one: &Reported<'a>) -> Option<Of<'a, Audit>> {
    let report = one.finding.report_ref.as_ref()?;
    index::audit_of(case, report, one.entry.standing().principal)
}

/// Audits by the day they ended.
struct ByDay<'a>(Vec<Of<'a, Audit>>);

impl<'a> ByDay<'a> {
    fn of(audits: impl Iterator<Item = Of<'a, Audit>>) -> Self {
        let mut audits: Vec<_> = audits.collect();
        audits.sort_by_key(|(entry, audit)| (audit.ended_on, entry.id()));
        Self(audits)
    }

    /// Those that ended near in time to another.
    fn near(&self, case: &Case<'_>, one: &Audit) -> impl Iterator<Item = Of<'a, Audit>> {
        let days = case.policy.settings().differing_audits_days;
        let first = one.ended_on.days().saturating_sub(days);
        let last = one.ended_on.plus_days(days);
        let from = self
            .0
            .partition_point(|(_, other)| other.ended_on.days() < first);
        let near = self.0.get(from..).unwrap_or_default().iter().copied();
        near.take_while(move |(_, other)| other.ended_on <= last)
    }
}

fn share_subject(case: &Case<'_>, one: &HistoryEntry, other: &HistoryEntry) -> bool {
    let mut subjects = case.history.subjects().iter();
    subjects.any(|id| one.names(id) && other.names(id))
}

/// Whether an audit has a finding on the topic, a good practice too.
fn speaks_of(case: &Case<'_>, entry: &HistoryEntry, audit: &Audit, one: &Reported<'_>) -> bool {
    let by = entry.standing().principal;
    let subjects = case.history.subjects();
    let mut findings = case.history.findings_in(&audit.report_ref);
    findings.any(|other| {
        let own = subjects.iter().any(|id| other.names(id));
        own && other.standing().principal == by
            && matches!(other.claim(), Some(Claim::Finding(finding)) if finding.topic == one.finding.topic)
    })
}

/// Audits that report something grave: one that is lost may have differed from them.
pub(super) struct Differing<'a>(ByDay<'a>);

impl<'a> Differing<'a> {
    /// The audits that report something grave.
    pub(super) fn of(case: &Case<'a>, reported: &[Reported<'a>]) -> Self {
        let grave = case.policy.settings().differing_from_severity;
        let grave = reported.iter().filter(|one| one.is_at_least(grave));
        let audits = grave.filter_map(|one| audit_of(case, one));
        let audits: BTreeMap<_, _> = audits
            .map(|(entry, audit)| (entry.id(), (entry, audit)))
            .collect();
        Self(ByDay::of(audits.into_values()))
    }

    /// Whether one of them is near to a lost one.
    pub(super) fn may_be(&self, case: &Case<'_>, lost: &HistoryEntry, audit: &Audit) -> bool {
        let mut near = self.0.near(case, audit);
        near.any(|(of, _)| share_subject(case, of, lost))
    }
}
