//! Exact numbers of people: the author's own, checked before signing, never signed or sent.
//!
//! Bands hide a number only as long as no second statement about nearly the same people is made.
//! Whether one would, only the author can tell, because only it knows the numbers. These checks
//! compare what is about to be stated with everything the author stated before: two groups that
//! differ by fewer than ten (differencing), and parts of a total that leave fewer than ten over
//! (cells). What they let pass leaves no group of one to nine to be computed: every
//! difference and every remainder is zero or at least ten, so no sound reasoning from bands arrives
//! at less.

mod stated;

pub use stated::StatedCounts;

use super::{cells, differencing};
use crate::claim::{Band, Claim};
use crate::reason::Reason;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Groups below this size are not to be told apart.
pub(super) const SMALLEST: u64 = 10;

/// How many people a band in a statement stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExactCount {
    /// Which statement: the same for a retry, another for any other statement.
    pub statement: String,
    /// The kind.
    pub kind: String,
    /// The field of the band: `size`, `workforce.total`, `fees.payers`.
    pub field: String,
    /// How many people.
    pub count: u64,
    /// The author's own name of these people, the same wherever it speaks of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The group these people are a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// By what that group is broken down, where there is more than one way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whom or what the statement is about.
    pub subjects: Vec<String>,
    /// The first day the statement speaks of, if it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

/// A number that must not be stated beside what is stated already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Which of the new counts, from 0.
    pub at: usize,
    /// The stable code.
    pub reason: Reason,
    /// Why; names no number.
    pub detail: String,
}

/// What `new` would give away beside `known`, everything its author stated before. A statement that
/// was stated before under the same name is replaced, so that a retry never refuses itself.
///
/// ```
/// use fairtrail::privacy::exact::{ExactCount, exposures};
/// let workers = |statement: &str, count| ExactCount {
///     statement: statement.into(),
///     kind: "contract.attest".into(),
///     field: "size".into(),
///     count,
///     group: None,
///     part_of: None,
///     by: None,
///     subjects: vec!["gln:9520123456788".into()],
///     from: None,
///     to: None,
/// };
/// let known = [workers("first", 100)];
/// assert!(exposures(&[workers("second", 120)], &known).is_empty());
/// // Whoever compares the two learns of one person.
/// assert_eq!(exposures(&[workers("second", 99)], &known).len(), 1);
/// assert!(exposures(&[workers("first", 99)], &known).is_empty());
/// ```
pub fn exposures(new: &[ExactCount], known: &[ExactCount]) -> Vec<Exposure> {
    let replaced = |count: &&ExactCount| new.iter().any(|new| new.statement == count.statement);
    let mut stated: Vec<&ExactCount> = known.iter().filter(|count| !replaced(count)).collect();
    let mut found = Vec::new();
    for (at, count) in new.iter().enumerate() {
        found.extend(differencing::check(at, count, &stated));
        stated.push(count);
    }
    found.extend(cells::check(new, &stated));
    found
}

/// `known` with `new` in the place of what the same statements said before.
#[must_use]
pub fn remembered(mut known: Vec<ExactCount>, new: &[ExactCount]) -> Vec<ExactCount> {
    let replaced: BTreeSet<&str> = new.iter().map(|count| count.statement.as_str()).collect();
    known.retain(|count| !replaced.contains(count.statement.as_str()));
    known.extend(new.iter().cloned());
    known
}

/// The bands of a claim, by field: those of a structure as `workforce.total`.
pub fn bands(claim: &Claim) -> Vec<(String, Band)> {
    let seen = claim.seen();
    let mut bands = Vec::new();
    for group in &seen.groups {
        for (field, band) in &group.bands {
            let path = match group.outer {
                Some(_) => format!("{}.{field}", group.field),
                None => (*field).to_owned(),
            };
            bands.push((path, *band));
        }
    }
    bands
}

/// The first and the last day that a claim says its people worked, paid or were hired.
pub fn period(claim: &Claim) -> Option<(Date, Date)> {
    claim.seen().period
}

#[cfg(test)]
mod tests;
