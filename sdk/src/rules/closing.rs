//! How findings come to an end, or do not: R-31 open without a date, R-32 closed on the audited
//! party's own word, R-33 found again, R-48 a reply still pending.

use super::findings::{Reported, status_of};
use super::gathered::Found;
use super::index::said;
use super::lines::carried;
use super::{Case, Effect, Gathered, Rule, messages};
use crate::claim::{Claim, FindingState, Relation, Topic};
use crate::history::HistoryEntry;
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::{Date, Month};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_31, &R_32, &R_33, &R_48];

const MAX_SEVERITY: u8 = 5;

static R_31: Rule = Rule {
    id: "R-31",
    fields: &[
        ("finding", "due"),
        ("finding", "found_on"),
        ("finding.status", "due"),
        ("finding.status", "state"),
    ],
    basis: "the auditor's",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "schemes that set no closing dates by design, e.g. SMETA 7",
};

static R_32: Rule = Rule {
    id: "R-32",
    fields: &[
        ("finding.status", "state"),
        ("finding.status", "verified_by"),
        ("id.link", "relation"),
    ],
    basis: "the statement that closes, and links between ids",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "practice of auditors' associations, unchecked",
};

static R_33: Rule = Rule {
    id: "R-33",
    fields: &[
        ("finding", "found_on"),
        ("finding", "repeat_of"),
        ("finding", "severity"),
        ("finding", "topic"),
        ("finding.status", "on"),
        ("finding.status", "state"),
    ],
    basis: "the auditors'",
    severity: "one above that of the finding; at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[],
    source: "practice of audit schemes, unchecked",
};

static R_48: Rule = Rule {
    id: "R-48",
    fields: &[("finding", "reply_by")],
    basis: "the auditor's",
    severity: "",
    effect: Effect::Context,
    ilo: &[],
    source: "the date the finding itself states",
};

pub(super) fn apply(case: &Case<'_>, reported: &[Reported<'_>], gathered: &mut Gathered) {
    let insiders = insiders(case);
    let closed = closed_by_topic(reported);
    let by_id = reported.iter().map(|one| (one.entry.id(), one));
    let by_id: BTreeMap<_, _> = by_id.collect();
    for one in reported {
        if one.is_open() {
            without_date(case, gathered, one);
            again(case, gathered, one, &by_id, &closed);
            reply_pending(case, gathered, one);
        } else {
            closed_by_itself(case, gathered, one, &insiders);
        }
    }
}

///
fn without_date(case: &Case<'_>, gathered: &mut Gathered, one: &Reported<'_>) {
    if one.due().or_else(|| one.due_by_scheme(case)).is_some() {
        return;
    }
    gathered.evaluated(&R_31);
    let days = case.policy.settings().open_without_date_days;
    if one.finding.found_on.plus_days(days) < case.as_of {
        let sentence = messages::about("finding-long-open", one.finding).with("days", days);
        let found = Found::new(&R_31, sentence).bearing_on(one.ilo());
        gathered.found(case, one.entry, found);
    }
}

/// Of findings that would count if they were open: what a lost statement had closed is then
/// open again, and no better for it.
fn closed_by_itself(
    case: &Case<'_>,
    gathered: &mut Gathered,
    one: &Reported<'_>,
    insiders: &BTreeSet<&SubjectId>,
) {
    let counts = one.is_at_least(case.policy.settings().adverse_from_severity);
    let by = one.stands.by.and_then(|by| case.history.entry(by));
    let Some((by, status)) = by.and_then(status_of) else {
        return;
    };
    if !counts || status.state != FindingState::ClosedVerified {
        return;
    }
    let Some(verifier) = &status.verified_by else {
        gathered.not_evaluated(&R_32, "verified_by");
        return;
    };
    gathered.evaluated(&R_32);
    if insiders.contains(verifier) || one.entry.names(verifier) {
        let sentence =
            messages::about("finding-self-closed", one.finding).with_text("verifier", verifier);
        gathered.found_on(case, vec![one.entry, by], Found::new(&R_32, sentence));
    }
}

/// The ids covered, and those that a link says own or operate one of them, or are theirs.
fn insiders<'a>(case: &Case<'a>) -> BTreeSet<&'a SubjectId> {
    let own = case.history.subjects().iter();
    let linked = said(case, &["id.link"]);
    let linked = linked
        .filter_map(HistoryEntry::claim)
        .flat_map(|claim| match claim {
            Claim::IdLink(link) if matches!(link.relation, Relation::Operates | Relation::Owns) => {
                vec![&link.from, &link.to]
            }
            _ => Vec::new(),
        });
    own.chain(linked).collect()
}

/// Findings whose closing was verified, by what they are about; the last closed one last.
type Closed<'a> = BTreeMap<&'a Topic, Vec<&'a Reported<'a>>>;

fn closed_by_topic<'a>(reported: &'a [Reported<'a>]) -> Closed<'a> {
    let mut closed = Closed::new();
    for one in reported {
        if one.stands.state == Some(FindingState::ClosedVerified) {
            closed.entry(&one.finding.topic).or_default().push(one);
        }
    }
    for same in closed.values_mut() {
        same.sort_by_key(|one| (one.stands.on, one.entry.id()));
    }
    closed
}

/// Rests on the finding it says it repeats, and on the last that had been closed before.
fn again(
    case: &Case<'_>,
    gathered: &mut Gathered,
    one: &Reported<'_>,
    all: &BTreeMap<EntryId, &Reported<'_>>,
    closed: &Closed<'_>,
) {
    gathered.evaluated(&R_33);
    let stated = one.finding.repeat_of.and_then(|id| all.get(&id).copied());
    let same = closed.get(&one.finding.topic);
    let last = same.and_then(|same| last_repeated(case, one, same));
    let earlier = stated.into_iter().chain(last);
    let earlier: Vec<_> = earlier.map(|old| old.entry).collect();
    if earlier.is_empty() && one.finding.repeat_of.is_none() {
        return;
    }
    let found = Found::new(&R_33, messages::about("finding-repeated", one.finding));
    let weight = match one.severity() {
        Some(severity) => severity.saturating_add(1).min(MAX_SEVERITY),
        None => found.weight(case),
    };
    let found = found.bearing_on(one.ilo());
    let found = found.of_severity(carried(one.claim, weight));
    gathered.found_on(
        case,
        earlier.into_iter().chain([one.entry]).collect(),
        found,
    );
}

/// The last of the findings closed on a topic that one says again, of the same subject, shortly after.
fn last_repeated<'a>(
    case: &Case<'_>,
    one: &Reported<'_>,
    closed: &[&'a Reported<'a>],
) -> Option<&'a Reported<'a>> {
    let (months, found) = (case.policy.settings().repeat_months, one.finding.found_on);
    let end = closed.partition_point(|old| old.stands.on.is_none_or(|on| on < found));
    let before = closed.get(..end).unwrap_or_default().iter().rev().copied();
    let near = |old: &&Reported<'_>| {
        let on = old.stands.on;
        on.is_some_and(|on| within_months(on, found, months))
    };
    let subjects = case.history.subjects();
    let same = |old: &&Reported<'_>| {
        let mut subjects = subjects.iter();
        subjects.any(|id| old.entry.names(id) && one.entry.names(id))
    };
    before.take_while(near).find(same)
}

/// Whether the second date lies at most so many calendar months after the first.
pub(super) fn within_months(first: Date, second: Date, months: u32) -> bool {
    let last = Month::of(first).months().saturating_add(months);
    Month::of(second).months() <= last
}

///
fn reply_pending(case: &Case<'_>, gathered: &mut Gathered, one: &Reported<'_>) {
    let Some(until) = one.finding.reply_by else {
        gathered.not_evaluated(&R_48, "reply_by");
        return;
    };
    gathered.evaluated(&R_48);
    if until >= case.as_of && one.entry.replies().next().is_none() {
        let sentence = messages::about("reply-pending", one.finding).with_text("until", until);
        let found = Found::new(&R_48, sentence).of_severity(0);
        gathered.found_on(case, vec![one.entry], found);
    }
}
