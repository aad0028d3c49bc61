//! Two groups of nearly the same people: whoever compares them learns of those in one alone.

use super::exact::{ExactCount, Exposure, SMALLEST};
use crate::reason::Reason;

/// What a count gives away beside those of other statements.
pub(super) fn check(at: usize, count: &ExactCount, stated: &[&ExactCount]) -> Option<Exposure> {
    let near = |other: &&&ExactCount| {
        let differ = count.count.abs_diff(other.count);
        other.statement != count.statement && (1..SMALLEST).contains(&differ) && meet(count, other)
    };
    let other = stated.iter().find(near)?;
    let detail = format!(
        "{} of a {} differs by fewer than ten people from what you stated before of the same people",
        other.field, other.kind
    );
    Some(Exposure {
        at,
        reason: Reason::PrivacyDifference,
        detail,
    })
}

/// Whether two counts may be of nearly the same people: the author says so by one name, or the same
/// field of the same kind speaks of a common subject and of days that meet.
fn meet(one: &ExactCount, other: &ExactCount) -> bool {
    if let (Some(one), Some(other)) = (&one.group, &other.group) {
        // Names are the author's word in either direction.
        return one == other;
    }
    let same_field = one.kind == other.kind && one.field == other.field;
    let shared = one.subjects.iter().any(|id| other.subjects.contains(id));
    let before = |one: &ExactCount, other: &ExactCount| match (one.to, other.from) {
        (Some(to), Some(from)) => to < from,
        _ => false,
    };
    same_field && shared && !before(one, other) && !before(other, one)
}
