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

/// What is compared, in this order.
const COMPARED: [&str; 7] = [
    "outcome",
    "exit code",
    "entries",
    "indicators",
    "open findings",
    "unknowns",
    "marks",
];

impl Story {
    /// Everything in which `verdict` differs from what this story says; empty when it agrees.
    pub fn differences(&self, world: &World, verdict: &Verdict) -> Vec<Difference> {
        let pairs = self.expected().into_iter().zip(found(world, verdict));
        let all = COMPARED.into_iter().zip(pairs);
        all.filter(|(_, (expected, found))| expected != found)
            .map(|(what, (expected, found))| Difference {
                what,
                expected,
                found,
            })
            .collect()
    }

    fn expected(&self) -> [String; 7] {
        let indicator = |expected: &super::Expected| {
            let rests_on: BTreeSet<_> = expected.rests_on.iter().collect();
            format!("{} {} {rests_on:?}", expected.rule, expected.severity)
        };
        [
            self.outcome.clone(),
            self.exit.to_string(),
            format!("{:?}", self.entries),
            set(self.indicators.iter().map(indicator)),
            set(self.open_findings.iter().cloned()),
            set(self.unknowns.iter().cloned()),
            set(self.marks.iter().cloned()),
        ]
    }
}

fn found(world: &World, verdict: &Verdict) -> [String; 7] {
    let name = |id: &EntryId| {
        world
            .name_of(*id)
            .map_or_else(|| id.to_string(), str::to_owned)
    };
    let entries: Vec<_> = verdict.entries.iter().map(|line| name(&line.id)).collect();
    let indicators = verdict.indicators.iter().map(|found| {
        let rests_on: BTreeSet<_> = found.rests_on.iter().map(name).collect();
        format!("{} {} {rests_on:?}", found.rule, found.severity)
    });
    let marks = verdict.entries.iter().flat_map(|line| &line.marks);
    [
        verdict.outcome.as_str().to_owned(),
        verdict.outcome.exit_code().to_string(),
        format!("{entries:?}"),
        set(indicators),
        set(verdict.open_findings.iter().map(|open| name(&open.entry))),
        set(verdict
            .unknowns
            .iter()
            .map(|unknown| unknown.code.to_owned())),
        set(marks.map(ToString::to_string)),
    ]
}

/// Unordered: what a list holds, in one text.
fn set(items: impl Iterator<Item = String>) -> String {
    format!("{:?}", items.collect::<BTreeSet<_>>())
}
