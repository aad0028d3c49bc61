//! Findings on topics that bear on forced labour by themselves: R-23 wages withheld, R-26 movement
//! and isolation, R-27 violence and threats, R-28 living conditions, R-29 children, R-41 labour
//! that a state imposes.

use super::assurance::R_36;
use super::findings::Reported;
use super::gathered::Found;
use super::index::complete;
use super::work::R_23;
use super::{Case, Effect, Gathered, Rule, messages};
use crate::claim::Topic;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_26, &R_27, &R_28, &R_29, &R_41];

const FINDINGS: &[(&str, &str)] = &[
    ("finding", "severity"),
    ("finding", "topic"),
    ("finding.status", "state"),
    ("audit", "manifest"),
];
const BASIS: &str = "the auditor's; shown as reported below observed";
const CAPPED: &str = "at most 3 below observed";

const fn on_topic(id: &'static str, ilo: &'static [u8], source: &'static str) -> Rule {
    Rule {
        id,
        fields: FINDINGS,
        basis: BASIS,
        severity: CAPPED,
        effect: Effect::Adverse,
        ilo,
        source,
    }
}

static R_26: Rule = on_topic("R-26", &[3, 4], "ILO indicators of forced labour");
pub(super) static R_27: Rule = Rule {
    fields: &[
        ("finding", "severity"),
        ("finding", "topic"),
        ("finding.status", "state"),
        ("audit", "manifest"),
        ("remedy", "retaliation_seen"),
    ],
    ..on_topic("R-27", &[5, 6], "ILO indicators of forced labour")
};
pub(super) static R_28: Rule = Rule {
    fields: &[
        ("finding", "severity"),
        ("finding", "topic"),
        ("finding.status", "state"),
        ("audit", "dormitories_in_scope"),
        ("audit", "manifest"),
        ("audit", "workforce"),
    ],
    severity: "at most 3 below observed; dormitories left out of an audit are an inquiry",
    ..on_topic(
        "R-28",
        &[10],
        "ILO indicators of forced labour; Dhaka principle 8",
    )
};
static R_29: Rule = Rule {
    severity: "at most 3 below observed; young workers above the minimum age by themselves",
    ..on_topic("R-29", &[], "ILO C138 and C182")
};
pub(super) static R_41: Rule = Rule {
    fields: &[
        ("finding", "severity"),
        ("finding", "topic"),
        ("finding.status", "state"),
        ("listing", "list"),
    ],
    severity: "at most 3 below observed; a list's presumption is context",
    ..on_topic("R-41", &[1], "ILO C105")
};

/// A topic, the rule that watches it, the case of that rule, and the severity it looks at from.
struct Watched {
    rule: &'static Rule,
    case: Option<&'static str>,
    from: u8,
}

fn watched(topic: &Topic, from_severity: u8) -> Option<Watched> {
    let (rule, case, from) = match topic {
        Topic::WagesWithheld => (&R_23, None, 1),
        Topic::Movement | Topic::Isolation => (&R_26, None, from_severity),
        Topic::Violence | Topic::Threats | Topic::Retaliation => (&R_27, None, 1),
        Topic::Living => (&R_28, None, from_severity),
        Topic::Child => (&R_29, None, 1),
        Topic::YoungWorker => (&R_29, Some("young"), 1),
        Topic::StateImposed => (&R_41, None, 1),
        Topic::AccessDenied => (&R_36, Some("full"), 1),
        _ => return None,
    };
    Some(Watched { rule, case, from })
}

pub(super) fn apply(case: &Case<'_>, reported: &[Reported<'_>], gathered: &mut Gathered) {
    // An audit of which every finding is posted, none of them on a topic, has looked at it.
    for _ in complete(case) {
        for rule in [&R_26, &R_27, &R_28, &R_29] {
            gathered.evaluated(rule);
        }
    }
    let from_severity = case.policy.settings().topic_from_severity;
    for one in reported {
        let Some(watched) = watched(&one.finding.topic, from_severity) else {
            continue;
        };
        gathered.evaluated(watched.rule);
        if !one.is_open() || !one.is_at_least(watched.from) {
            continue;
        }
        let sentence = messages::about("finding-open-on-topic", one.finding);
        let mut found = Found::new(watched.rule, sentence);
        if let Some(case) = watched.case {
            found = found.case(case);
        }
        let ilo = one.ilo();
        let found = if ilo.is_empty() {
            found
        } else {
            found.bearing_on(ilo)
        };
        gathered.found(case, one.entry, found);
    }
}
