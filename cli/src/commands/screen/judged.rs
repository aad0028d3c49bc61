//! One supplier of the list, as far as the report tells of it.

use super::memory::Known;
use crate::lists::Supplier;
use fairtrail::id::EntryId;
use fairtrail::messages::Language;
use fairtrail::rules::{Difference, IloLine, Outcome, Verdict};
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::BTreeSet;

/// What is known of one supplier, and what is new.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Judged {
    pub(super) line: u64,
    /// What the list calls it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    pub(super) subjects: Vec<SubjectId>,
    pub(super) outcome: Outcome,
    pub(super) worst_severity: Option<u8>,
    /// Rules that found something.
    pub(super) rules: Vec<String>,
    /// What is not known.
    pub(super) unknowns: Vec<String>,
    /// Findings still open.
    pub(super) open_findings: usize,
    /// Entries that results rest on.
    pub(super) rests_on: Vec<EntryId>,
    pub(super) indicators: Vec<IloCell>,
    pub(super) changed: Changed,
}

/// One ILO indicator.
#[derive(Debug, Clone, Serialize)]
pub(super) struct IloCell {
    pub(super) number: u8,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) worst_severity: Option<u8>,
    pub(super) rules: Vec<String>,
    pub(super) findings: Vec<EntryId>,
    pub(super) unknowns: Vec<String>,
    pub(super) not_evaluated: Vec<String>,
    /// In words; empty when nothing changed or nothing is there to compare with.
    pub(super) changed: String,
}

/// How it differs from the run before.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "since", rename_all = "kebab-case")]
pub(super) enum Changed {
    /// There is no earlier run.
    NothingToCompare,
    /// The earlier run knew no supplier of these ids.
    FirstTime,
    /// Nothing differs in what is known.
    Unchanged,
    /// What differs.
    Differs {
        /// One line for each difference.
        lines: Vec<String>,
        /// In full.
        difference: Box<Difference>,
    },
}

impl Changed {
    /// In words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::NothingToCompare => "no earlier run".to_owned(),
            Self::FirstTime => "first time".to_owned(),
            Self::Unchanged => "unchanged".to_owned(),
            Self::Differs { lines, .. } => lines.join("; "),
        }
    }
}

impl Judged {
    pub(super) fn new(
        supplier: &Supplier,
        verdict: &Verdict,
        known: &Known,
        earlier: Option<&Known>,
        has_earlier_run: bool,
    ) -> Self {
        let rules: BTreeSet<_> = verdict.indicators.iter().map(|found| found.rule).collect();
        let unknowns: BTreeSet<_> = verdict
            .unknowns
            .iter()
            .map(|unknown| unknown.code)
            .collect();
        let indicators = verdict
            .indicators
            .iter()
            .flat_map(|found| found.rests_on.iter());
        let findings = verdict.open_findings.iter().map(|found| &found.entry);
        let rests_on: BTreeSet<_> = indicators.chain(findings).copied().collect();
        let changed = match earlier {
            None if has_earlier_run => Changed::FirstTime,
            None => Changed::NothingToCompare,
            Some(earlier) => changed(&Difference::between(&earlier.verdict, &known.verdict)),
        };
        Self {
            line: supplier.line,
            name: supplier.name.clone(),
            subjects: supplier.subjects.clone(),
            outcome: verdict.outcome,
            worst_severity: verdict.worst_severity,
            rules: words(rules),
            unknowns: words(unknowns),
            open_findings: verdict.open_findings.len(),
            rests_on: rests_on.into_iter().collect(),
            indicators: verdict.ilo.iter().map(|line| ilo(line, earlier)).collect(),
            changed,
        }
    }

    /// Whether something differs from the earlier run.
    pub(super) const fn is_changed(&self) -> bool {
        matches!(self.changed, Changed::Differs { .. })
    }
}

fn changed(difference: &Difference) -> Changed {
    if difference.is_empty() {
        return Changed::Unchanged;
    }
    let difference = Box::new(difference.clone());
    let lines = difference.lines(Language::English);
    Changed::Differs { lines, difference }
}

fn ilo(line: &IloLine, earlier: Option<&Known>) -> IloCell {
    IloCell {
        number: line.number,
        name: line.name.to_string(),
        state: line.state.as_str().to_owned(),
        worst_severity: line.worst_severity,
        rules: words(&line.rules),
        findings: line.findings.clone(),
        unknowns: words(&line.unknowns),
        not_evaluated: words(&line.not_evaluated),
        changed: ilo_change(line, earlier),
    }
}

fn ilo_change(line: &IloLine, earlier: Option<&Known>) -> String {
    let known =
        earlier.and_then(|known| known.ilo.iter().find(|(number, ..)| *number == line.number));
    let Some((_, state, severity)) = known else {
        return String::new();
    };
    let graded = |severity: Option<u8>| severity.map_or("not graded".to_owned(), |s| s.to_string());
    if state != line.state.as_str() {
        format!("{state} before")
    } else if *severity != line.worst_severity {
        format!("severity {} before", graded(*severity))
    } else {
        "unchanged".to_owned()
    }
}

fn words(items: impl IntoIterator<Item = impl ToString>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}
