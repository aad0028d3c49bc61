//! The eleven ILO indicators of forced labour, as a vector: what was reported on each, and what
//! nobody looked at. Never one number: an average hides the worst.

use super::catalogue::rules;
use super::{Gathered, Indicator, OpenFinding};
use crate::id::EntryId;
use serde::Serialize;
use std::collections::BTreeSet;

/// The indicators by their ILO numbers. One alone confirms nothing.
pub const ILO_INDICATORS: [(u8, &str); 11] = [
    (1, "abuse of vulnerability"),
    (2, "deception"),
    (3, "restriction of movement"),
    (4, "isolation"),
    (5, "physical and sexual violence"),
    (6, "intimidation and threats"),
    (7, "retention of identity documents"),
    (8, "withholding of wages"),
    (9, "debt bondage"),
    (10, "abusive working and living conditions"),
    (11, "excessive overtime"),
];

/// Numbers that an unknown bears on. Whatever is not listed bears on all of them: what could not
/// be read may be about anything.
const UNKNOWN_OF: &[(&str, &[u8])] = &[
    ("fee-statement-missing", &[9]),
    ("licence-not-named", &[1, 2]),
    ("licence-status-unknown", &[1, 2]),
];

/// What is known on one ILO indicator.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IloLine {
    /// The ILO number.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// What is known.
    pub state: IloState,
    /// The worst severity; `None` also where what was reported is not graded.
    pub worst_severity: Option<u8>,
    /// Rules that found something.
    pub rules: Vec<&'static str>,
    /// Open findings whose topic bears on it.
    pub findings: Vec<EntryId>,
    /// Rules that bear on it and could not be evaluated on some statement.
    pub not_evaluated: Vec<&'static str>,
    /// What is not known and bears on it.
    pub unknowns: Vec<&'static str>,
}

/// What is known on an indicator. The absence of reports is good news in the last case only.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IloState {
    /// A rule found something, or a finding is open.
    Reported,
    /// Nothing was reported, and something that bears on it is not known.
    Unknown,
    /// Nothing was reported, and a field that a rule reads is absent.
    NotEvaluated,
    /// Nothing was reported where everything that the policy asks for was looked at.
    NothingReported,
}

impl IloState {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Unknown => "unknown",
            Self::NotEvaluated => "not-evaluated",
            Self::NothingReported => "nothing-reported",
        }
    }
}

/// The worst severity of all; what is not graded has none.
pub(super) fn worst(indicators: &[Indicator], findings: &[OpenFinding]) -> Option<u8> {
    let indicators = indicators.iter().map(|found| found.severity);
    let findings = findings.iter().filter_map(|found| found.severity);
    indicators.chain(findings).max()
}

/// The vector.
pub(super) fn lines(gathered: &Gathered) -> Vec<IloLine> {
    ILO_INDICATORS
        .iter()
        .map(|(number, name)| line(gathered, *number, name))
        .collect()
}

fn line(gathered: &Gathered, number: u8, name: &'static str) -> IloLine {
    // What has no severity and is not adverse is context: it reports nothing.
    let indicators = gathered
        .indicators
        .iter()
        .filter(|found| found.ilo.contains(&number) && (found.severity > 0 || found.adverse));
    let indicators: Vec<_> = indicators.collect();
    let findings = gathered.open_findings.iter();
    let findings: Vec<_> = findings
        .filter(|found| found.ilo.contains(&number))
        .collect();
    let severities = indicators.iter().map(|found| found.severity);
    let graded = findings.iter().filter_map(|found| found.severity);
    let worst_severity = severities.chain(graded).max();
    let unknowns = gathered.unknowns.iter().map(|unknown| unknown.code);
    let unknowns: BTreeSet<_> = unknowns.filter(|code| bears_on(code, number)).collect();
    let absent = gathered.not_evaluated.iter().map(|item| item.rule);
    let absent: BTreeSet<_> = absent.filter(|rule| rule_bears_on(rule, number)).collect();
    let state = if !indicators.is_empty() || !findings.is_empty() {
        IloState::Reported
    } else if !unknowns.is_empty() {
        IloState::Unknown
    } else if !absent.is_empty() {
        IloState::NotEvaluated
    } else {
        IloState::NothingReported
    };
    let rules: BTreeSet<_> = indicators.iter().map(|found| found.rule).collect();
    IloLine {
        number,
        name,
        state,
        worst_severity,
        rules: rules.into_iter().collect(),
        findings: findings.iter().map(|found| found.entry).collect(),
        not_evaluated: absent.into_iter().collect(),
        unknowns: unknowns.into_iter().collect(),
    }
}

fn bears_on(code: &str, number: u8) -> bool {
    let listed = UNKNOWN_OF.iter().find(|(listed, _)| *listed == code);
    listed.is_none_or(|(_, numbers)| numbers.contains(&number))
}

fn rule_bears_on(rule: &str, number: u8) -> bool {
    let rule = rules().iter().find(|known| known.id == rule);
    rule.is_some_and(|known| known.ilo.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Sentence;
    use crate::rules::{NotEvaluated, Unknown};

    fn state(gathered: &Gathered, number: usize) -> IloState {
        lines(gathered)[number - 1].state
    }

    fn indicator(severity: u8, adverse: bool) -> Indicator {
        Indicator {
            rule: "R-08",
            severity,
            ilo: &[9],
            sentence: Sentence::new("no-months"),
            rests_on: Vec::new(),
            marks: Vec::new(),
            adverse,
            inquiry: false,
        }
    }

    #[test]
    fn the_numbers_are_those_of_the_ilo() {
        let numbers = ILO_INDICATORS.map(|(number, _)| number);
        assert_eq!(numbers.to_vec(), (1..=11).collect::<Vec<_>>());
    }

    #[test]
    fn silence_is_good_news_only_where_nothing_is_missing() {
        let mut gathered = Gathered::default();
        assert_eq!(state(&gathered, 7), IloState::NothingReported);
        gathered.not_evaluated = vec![NotEvaluated {
            rule: "R-19",
            statements: 1,
            field: "documents_held_by",
        }];
        assert_eq!(state(&gathered, 7), IloState::NotEvaluated);
        assert_eq!(state(&gathered, 8), IloState::NothingReported);
        let unknown = |code| Unknown {
            code,
            sentence: Sentence::new("no-months"),
            rests_on: Vec::new(),
        };
        gathered.unknowns = vec![unknown("fee-statement-missing")];
        assert_eq!(state(&gathered, 9), IloState::Unknown);
        assert_eq!(state(&gathered, 7), IloState::NotEvaluated);
        gathered.unknowns = vec![unknown("a-code-of-tomorrow")];
        assert!((1..=11).all(|number| state(&gathered, number) == IloState::Unknown));
    }

    #[test]
    fn what_is_reported_stands_whatever_is_unknown_beside_it() {
        let gathered = Gathered {
            indicators: vec![indicator(4, true), indicator(3, false)],
            ..Gathered::default()
        };
        let line = &lines(&gathered)[8];
        assert_eq!(line.state, IloState::Reported);
        assert_eq!((line.worst_severity, line.rules.len()), (Some(4), 1));
        let context = Gathered {
            indicators: vec![indicator(0, false)],
            ..Gathered::default()
        };
        assert_eq!(state(&context, 9), IloState::NothingReported);
    }
}
