//! A total and its parts: what is left over is stated, too.

use super::exact::{ExactCount, Exposure, SMALLEST};
use crate::reason::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that are a part of another field of the same statement, each a breakdown of its own: what
/// the kind has no field for is the remainder.
const PARTS: &[(&str, &str, &str)] = &[
    ("audit", "workforce.total", "workforce.agency"),
    ("audit", "workforce.total", "workforce.contract"),
    ("audit", "workforce.total", "workforce.female"),
    ("audit", "workforce.total", "workforce.migrant"),
    ("contract.attest", "size", "fees.payers"),
    ("finding", "affected", "fees.payers"),
    ("profile", "workers", "migrant_workers"),
    ("remedy", "workers_owed", "workers_paid"),
];

/// What the new counts leave over of any total, among everything stated.
pub(super) fn check(new: &[ExactCount], stated: &[&ExactCount]) -> Vec<Exposure> {
    let mut found = Vec::new();
    for (at, count) in new.iter().enumerate() {
        found.extend(within_statement(at, count, new));
    }
    found.extend(among_groups(new, stated));
    found
}

fn exposure(at: usize, reason: Reason, detail: String) -> Exposure {
    Exposure { at, reason, detail }
}

/// A part beside its total in one statement.
fn within_statement(at: usize, part: &ExactCount, new: &[ExactCount]) -> Option<Exposure> {
    let fields = PARTS.iter();
    let mut totals = fields.filter(|(kind, _, field)| *kind == part.kind && *field == part.field);
    totals.find_map(|(_, total, _)| {
        let same = |count: &&ExactCount| count.statement == part.statement && count.field == *total;
        let total = new.iter().find(same)?;
        judge(
            at,
            total.count,
            part.count,
            &format!("{} beside {}", part.field, total.field),
        )
    })
}

/// The parts that the author named of a group it named, in any of its statements.
fn among_groups(new: &[ExactCount], stated: &[&ExactCount]) -> Vec<Exposure> {
    let mut found = Vec::new();
    // The newest number of each group, and of each part of a breakdown.
    let mut totals = BTreeMap::new();
    let mut parts: BTreeMap<_, BTreeMap<String, u64>> = BTreeMap::new();
    for count in stated {
        if let Some(group) = &count.group {
            totals.insert(group, count.count);
        }
        if let Some(whole) = &count.part_of {
            let part = count.group.clone();
            let part = part.unwrap_or_else(|| format!("{} {}", count.statement, count.field));
            parts
                .entry((whole, &count.by))
                .or_default()
                .insert(part, count.count);
        }
    }
    let mut said = BTreeSet::new();
    for (at, count) in new.iter().enumerate() {
        let whole = |(group, _): &(&String, &Option<String>)| {
            count.part_of.as_ref() == Some(group) || count.group.as_ref() == Some(group)
        };
        for (breakdown, parts) in parts.iter().filter(|(breakdown, _)| whole(breakdown)) {
            let Some(total) = totals.get(breakdown.0) else {
                continue;
            };
            let sum = parts
                .values()
                .fold(0_u64, |sum, part| sum.saturating_add(*part));
            if said.insert(*breakdown) {
                found.extend(judge(
                    at,
                    *total,
                    sum,
                    &format!("the parts of {}", breakdown.0),
                ));
            }
        }
    }
    found
}

/// A total below ten is `few` already; of any other, nothing or at least ten is left over.
fn judge(at: usize, total: u64, parts: u64, what: &str) -> Option<Exposure> {
    let Some(rest) = total.checked_sub(parts) else {
        let detail = format!("{what}: more people than the whole has");
        return Some(exposure(at, Reason::ClaimInvalid, detail));
    };
    let shown = total >= SMALLEST && (1..SMALLEST).contains(&rest);
    let detail = || format!("{what}: what is left over is fewer than ten people");
    shown.then(|| exposure(at, Reason::PrivacyDifference, detail()))
}
