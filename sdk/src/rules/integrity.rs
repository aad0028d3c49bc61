//! What an author's own conduct shows: R-45 a forked feed, or an audit disclosed late without saying
//! so; R-46 texts and documents that are gone.

use super::facts::Fact;
use super::gathered::Found;
use super::index::{said, with};
use super::lines::is_adverse;
use super::{Case, Effect, Gathered, Mark, Rule};
use crate::claim::Claim;
use crate::entry::PartRole;
use crate::history::{HistoryEntry, WithheldReason};
use crate::id::AuthorId;
use crate::messages::Sentence;
use std::collections::BTreeMap;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_45, &R_46];

static R_45: Rule = Rule {
    id: "R-45",
    fields: &[("audit", "ended_on"), ("finding", "found_on")],
    basis: "the feeds and logs themselves",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "our own; setting disclosed_late_days",
};

static R_46: Rule = Rule {
    id: "R-46",
    fields: &[("audit", "lang"), ("finding", "lang")],
    basis: "the log itself",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "our own",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let mut forked: BTreeMap<AuthorId, Vec<&HistoryEntry>> = BTreeMap::new();
    let counted = |fact: &Fact| fact.own && fact.against();
    for entry in said(case, &["audit", "finding"]) {
        late(case, gathered, entry);
    }
    for entry in with(case, |fact| counted(fact) && fact.more_parts) {
        gone(case, gathered, entry);
    }
    for entry in with(case, |fact| counted(fact) && fact.marks.has(Mark::Forked)) {
        let author = entry.standing().author;
        forked.entry(author).or_default().push(entry);
    }
    for (author, entries) in forked {
        let sentence = Sentence::new("author-forked").with_text("author", author);
        gathered.found_on(case, entries, Found::new(&R_45, sentence));
    }
}

/// R-45, of audits and of adverse findings.
fn late(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry) {
    let event = match entry.claim() {
        Some(Claim::Audit(audit)) => audit.ended_on,
        Some(claim @ Claim::Finding(finding)) if is_adverse(case, claim) => finding.found_on,
        _ => return,
    };
    if event > case.as_of {
        return;
    }
    gathered.evaluated(&R_45);
    let days = case.policy.settings().disclosed_late_days;
    let declared = entry.entry().header().is_backfill();
    if !declared && !entry.times().contemporaneous(event, days) {
        let sentence = Sentence::new("disclosed-late")
            .with("days", days)
            .with_text("event", event);
        gathered.found_on(case, vec![entry], Found::new(&R_45, sentence));
    }
}

/// Whether texts or documents of a statement that others rest on were erased or are not served.
/// Names and replies are their parties' own to take back; what is for named readers is not gone.
pub(super) fn is_gone(entry: &HistoryEntry) -> bool {
    let rested_on = matches!(
        entry.kind(),
        "audit" | "contract.attest" | "finding" | "finding.status" | "listing" | "remedy"
    );
    let mut parts = entry.withheld().iter();
    rested_on
        && parts.any(|part| part.role != PartRole::Claim && part.reason != WithheldReason::Audience)
}

///
fn gone(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry) {
    gathered.evaluated(&R_46);
    if is_gone(entry) {
        let found = Found::new(&R_46, Sentence::new("evidence-gone"));
        gathered.found_on(case, vec![entry], found);
    }
}
