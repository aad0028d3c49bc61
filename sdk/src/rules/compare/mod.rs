//! Two verdicts side by side: what came, what went, what changed.
//!
//! The two may differ in the date asked about, the knowledge, the policy or the edition of the
//! rules. An indicator that went is no good news by itself: what it rested on may no longer be
//! readable, and then something unknown came in its place.

mod words;

use super::snapshot::{KnownFinding, KnownGap, KnownIndicator, KnownUnknown, Snapshot};
use super::{Outcome, Verdict};
use crate::id::EntryId;
use crate::messages::Language;
use crate::subject::SubjectId;
use crate::time::Date;
use serde::Serialize;

/// One thing before and after.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    /// As it was.
    pub before: T,
    /// As it is.
    pub after: T,
}

/// How one verdict differs from an earlier one.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The edition of the rules, if it is another one.
    pub edition: Option<Change<String>>,
    /// The date asked about, if it is another one.
    pub as_of: Option<Change<Date>>,
    /// The date of knowledge, if it is another one.
    pub known_at: Option<Change<Option<Date>>>,
    /// Ids covered now and not before.
    pub subjects_came: Vec<SubjectId>,
    /// Ids covered before and not now: nothing below says anything of them.
    pub subjects_went: Vec<SubjectId>,
    /// The outcome, if it is another one.
    pub outcome: Option<Change<Outcome>>,
    /// The worst severity, if it is another one.
    pub worst_severity: Option<Change<Option<u8>>>,
    /// Indicators that are new.
    pub indicators_came: Vec<KnownIndicator>,
    /// Indicators that are no longer there.
    pub indicators_went: Vec<KnownIndicator>,
    /// Indicators of the same rule on the same matter, with another severity or other entries.
    pub indicators_changed: Vec<Change<KnownIndicator>>,
    /// Findings that are open now and were not.
    pub findings_opened: Vec<KnownFinding>,
    /// Findings that are no longer open: closed, replaced, or no longer counted.
    pub findings_closed: Vec<KnownFinding>,
    /// Open findings with another severity, date or other replies.
    pub findings_changed: Vec<Change<KnownFinding>>,
    /// What is not known and was no question before.
    pub unknowns_came: Vec<KnownUnknown>,
    /// What was not known and is no question now.
    pub unknowns_went: Vec<KnownUnknown>,
    /// What is not evaluated now and was not missing before.
    pub not_evaluated_came: Vec<KnownGap>,
    /// What was not evaluated and is no longer missing.
    pub not_evaluated_went: Vec<KnownGap>,
    /// Entries that were not there before.
    pub entries_came: Vec<EntryId>,
    /// Entries that are not there now, e.g. because knowledge is cut off earlier.
    pub entries_went: Vec<EntryId>,
}

/// Compares a verdict with an earlier one.
///
/// The same as [`Difference::between`] the [`Snapshot`]s of the two.
pub fn compare(before: &Verdict, after: &Verdict) -> Difference {
    Difference::between(&Snapshot::of(before), &Snapshot::of(after))
}

impl Difference {
    /// Compares what was kept of two verdicts.
    pub fn between(before: &Snapshot, after: &Snapshot) -> Self {
        let (indicators, findings) = (indicators(before, after), findings(before, after));
        let unknown = |item: &KnownUnknown| (item.code.clone(), item.rests_on.clone());
        let unknowns = Matched::by(&before.unknowns, &after.unknowns, unknown);
        let gap = |item: &KnownGap| (item.rule.clone(), item.field.clone());
        let gaps = Matched::by(&before.not_evaluated, &after.not_evaluated, gap);
        let entries = Matched::by(&before.entries, &after.entries, |id| *id);
        let subjects = Matched::by(&before.subjects, &after.subjects, Clone::clone);
        Self {
            edition: change(&before.edition, &after.edition),
            as_of: change(&before.as_of, &after.as_of),
            known_at: change(&before.known_at, &after.known_at),
            subjects_came: subjects.came,
            subjects_went: subjects.went,
            outcome: change(&before.outcome, &after.outcome),
            worst_severity: change(&before.worst_severity, &after.worst_severity),
            indicators_came: indicators.came,
            indicators_went: indicators.went,
            indicators_changed: changed(indicators.pairs, same_indicator),
            findings_opened: findings.came,
            findings_closed: findings.went,
            findings_changed: changed(findings.pairs, PartialEq::eq),
            unknowns_came: unknowns.came,
            unknowns_went: unknowns.went,
            not_evaluated_came: gaps.came,
            not_evaluated_went: gaps.went,
            entries_came: entries.came,
            entries_went: entries.went,
        }
    }

    /// Whether nothing differs in what is known; another date asked about alone is no difference.
    pub fn is_empty(&self) -> bool {
        let asked = Self {
            as_of: self.as_of.clone(),
            known_at: self.known_at.clone(),
            edition: self.edition.clone(),
            ..Self::default()
        };
        *self == asked
    }

    /// What differs, one line each, for people. Of a verdict that was read back from a file the
    /// sentences stand in English: only their words were kept.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let sentences = words::sentences(self).into_iter();
        sentences
            .map(|sentence| sentence.in_language(language))
            .collect()
    }
}

fn indicators(before: &Snapshot, after: &Snapshot) -> Matched<KnownIndicator> {
    let key = |item: &KnownIndicator| (item.rule.clone(), item.rests_on.clone());
    let mut matched = Matched::by(&before.indicators, &after.indicators, key);
    // A matter goes on when an entry joins or leaves those that an indicator rests on.
    let shares = |a: &KnownIndicator, b: &KnownIndicator| {
        a.rule == b.rule && a.rests_on.iter().any(|entry| b.rests_on.contains(entry))
    };
    let mut went = Vec::new();
    for old in std::mem::take(&mut matched.went) {
        match matched.came.iter().position(|new| shares(&old, new)) {
            Some(at) => matched.pairs.push((old, matched.came.remove(at))),
            None => went.push(old),
        }
    }
    matched.went = went;
    matched
}

/// The words of an indicator follow from the rest and the language.
fn same_indicator(a: &KnownIndicator, b: &KnownIndicator) -> bool {
    (a.severity, a.adverse, &a.rests_on) == (b.severity, b.adverse, &b.rests_on)
}

fn findings(before: &Snapshot, after: &Snapshot) -> Matched<KnownFinding> {
    Matched::by(&before.open_findings, &after.open_findings, |item| {
        item.entry
    })
}

fn change<T: PartialEq + Clone>(before: &T, after: &T) -> Option<Change<T>> {
    (before != after).then(|| Change {
        before: before.clone(),
        after: after.clone(),
    })
}

/// Two lists, matched by a key; one that stands there twice has to be matched twice.
struct Matched<T> {
    came: Vec<T>,
    went: Vec<T>,
    pairs: Vec<(T, T)>,
}

impl<T: Clone> Matched<T> {
    fn by<K: Ord>(before: &[T], after: &[T], key: impl Fn(&T) -> K) -> Self {
        let mut open: std::collections::BTreeMap<K, Vec<usize>> = std::collections::BTreeMap::new();
        for (at, item) in before.iter().enumerate().rev() {
            open.entry(key(item)).or_default().push(at);
        }
        let (mut came, mut pairs) = (Vec::new(), Vec::new());
        for item in after {
            let old = open.get_mut(&key(item)).and_then(Vec::pop);
            match old.and_then(|at| before.get(at)) {
                Some(old) => pairs.push((old.clone(), item.clone())),
                None => came.push(item.clone()),
            }
        }
        let mut left: Vec<_> = open.into_values().flatten().collect();
        left.sort_unstable();
        let went = left.into_iter().filter_map(|at| before.get(at).cloned());
        Self {
            came,
            went: went.collect(),
            pairs,
        }
    }
}

fn changed<T>(pairs: Vec<(T, T)>, same: impl Fn(&T, &T) -> bool) -> Vec<Change<T>> {
    let changed = pairs.into_iter().filter(|(a, b)| !same(a, b));
    changed
        .map(|(before, after)| Change { before, after })
        .collect()
}

#[cfg(test)]
mod tests;
