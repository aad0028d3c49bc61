//! A list of changes: what somebody saw differ between one day's list and the list before it.

use super::rating::Standing;
use super::route::Route;
use crate::import::name::OrgName;
use crate::import::refusal::{Refusal, RowError};
use crate::import::sheet::Row;
use fairtrail::time::Date;

/// Header of a list of changes.
pub(super) const HEADER: [&str; 6] = [
    "observed_on",
    "event",
    "organisation_name_normalised",
    "route",
    "type_and_rating",
    "previous_type_and_rating",
];

/// What differed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In this list and not in the one before.
    Entered {
        /// How it stands in this one.
        to: Standing,
    },
    /// In the list before and not in this one.
    Left {
        /// How it stood in the one before; `None` when its rating has no status here.
        from: Option<Standing>,
    },
    /// In both, with another rating.
    Rerated {
        /// How it stood in the one before.
        from: Standing,
        /// How it stands in this one.
        to: Standing,
    },
}

impl Change {
    /// How the name stood in the list before, as far as it is known.
    pub const fn before(self) -> Option<Standing> {
        match self {
            Self::Entered { .. } => Some(Standing::NotFound),
            Self::Left { from } => from,
            Self::Rerated { from, .. } => Some(from),
        }
    }

    /// How the name stands in this list.
    pub const fn after(self) -> Standing {
        match self {
            Self::Left { .. } => Standing::NotFound,
            Self::Entered { to } | Self::Rerated { to, .. } => to,
        }
    }
}

/// One row of a list of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// The day of the list in which it was seen.
    pub on: Date,
    /// The name.
    pub name: OrgName,
    /// The route.
    pub route: Route,
    /// What differed.
    pub change: Change,
}

/// Changes, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Its rows.
    pub rows: Vec<ChangeRow>,
}

/// Reads the rows of a list of changes.
pub(super) fn read(rows: &[Row]) -> (Changes, Vec<Refusal>) {
    let (mut changes, mut refusals) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match change_row(row) {
            Ok(change) => changes.push(change),
            Err(error) => refusals.push(super::refusal(row.line, error)),
        }
    }
    (Changes { rows: changes }, refusals)
}

fn change_row(row: &Row) -> Result<ChangeRow, RowError> {
    let [on, sort, name, route, rating, previous] = row.fields.as_slice() else {
        return Err(row.fields_error(HEADER.len()));
    };
    Ok(ChangeRow {
        on: on.parse().map_err(|_| RowError::Date {
            expected: "YYYY-MM-DD",
        })?,
        name: OrgName::parse(name)?,
        route: Route::of_printed(route).ok_or(RowError::Route)?,
        change: change(sort, rating, previous)?,
    })
}

fn change(sort: &str, rating: &str, previous: &str) -> Result<Change, RowError> {
    let rated = Standing::of_rating(rating);
    let was_rated = Standing::of_rating(previous);
    match (sort, previous.is_empty()) {
        ("added" | "route_added", true) => {
            let to = rated.ok_or(RowError::Rating)?;
            Ok(Change::Entered { to })
        }
        // That it is gone needs no rating; keeping it listed would be the guess.
        ("removed" | "route_removed", true) => Ok(Change::Left { from: rated }),
        ("rating_changed", false) => {
            let from = was_rated.ok_or(RowError::Rating)?;
            let to = rated.ok_or(RowError::Rating)?;
            if from == to {
                return Err(RowError::Change);
            }
            Ok(Change::Rerated { from, to })
        }
        _ => Err(RowError::Change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "Worker (A rating)";
    const B: &str = "Worker (B rating)";
    const PREMIUM: &str = "Worker (A (Premium))";

    #[test]
    fn each_sort_says_what_was_and_what_is() {
        let entered = change("route_added", A, "").unwrap();
        assert_eq!(entered.before(), Some(Standing::NotFound));
        assert_eq!(entered.after(), Standing::Active);
        let left = change("removed", B, "").unwrap();
        assert_eq!(left.before(), Some(Standing::ActiveWithConditions));
        assert_eq!(left.after(), Standing::NotFound);
        let rerated = change("rating_changed", B, A).unwrap();
        assert_eq!(rerated.before(), Some(Standing::Active));
        assert_eq!(rerated.after(), Standing::ActiveWithConditions);
    }

    #[test]
    fn what_is_gone_is_gone_whatever_its_rating_was() {
        let left = change("route_removed", PREMIUM, "").unwrap();
        assert_eq!(left, Change::Left { from: None });
    }

    #[test]
    fn unknown_ratings_and_contradictions_are_refused() {
        for (sort, rating, previous, error) in [
            ("added", PREMIUM, "", RowError::Rating),
            ("rating_changed", A, PREMIUM, RowError::Rating),
            ("rating_changed", PREMIUM, A, RowError::Rating),
            ("rating_changed", A, A, RowError::Change),
            ("rating_changed", A, "", RowError::Change),
            ("added", A, B, RowError::Change),
            ("removed", A, B, RowError::Change),
            ("revoked", A, "", RowError::Change),
        ] {
            assert_eq!(
                change(sort, rating, previous),
                Err(error),
                "{sort} {rating} {previous}"
            );
        }
    }
}
