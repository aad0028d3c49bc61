//! A list: what the register showed on one day.

use super::rating::Standing;
use super::route::Route;
use crate::import::file_error::FileError;
use crate::import::name::OrgName;
use crate::import::refusal::{Refusal, RowError};
use crate::import::sheet::Row;
use fairtrail::time::Date;

/// Header of a list.
pub(super) const HEADER: [&str; 4] = [
    "organisation_name_normalised",
    "route",
    "type_and_rating",
    "snapshot_date",
];

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRow {
    /// The name.
    pub name: OrgName,
    /// The route it is licensed for.
    pub route: Route,
    /// How it stands; `None` when the rating has no status here.
    pub standing: Option<Standing>,
}

/// The rows of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The day.
    pub on: Date,
    /// Its rows, in the order of the file.
    pub rows: Vec<ListedRow>,
}

/// Reads the rows of a list; a rating without a status refuses the row, yet shows it is there.
pub(super) fn read(rows: &[Row]) -> Result<(Listing, Vec<Refusal>), FileError> {
    let first = rows.first().ok_or(FileError::Empty)?;
    let on = date(first).ok_or(FileError::DateInvalid { line: first.line })?;
    let (mut listed, mut refusals) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let line = row.line;
        if row.fields.len() == HEADER.len() && date(row) != Some(on) {
            return Err(FileError::DateMixed { line, expected: on });
        }
        match listed_row(row) {
            Ok(row) => {
                if row.standing.is_none() {
                    refusals.push(super::refusal(line, RowError::Rating));
                }
                listed.push(row);
            }
            Err(error) => refusals.push(super::refusal(line, error)),
        }
    }
    Ok((Listing { on, rows: listed }, refusals))
}

fn date(row: &Row) -> Option<Date> {
    row.fields.get(HEADER.len() - 1)?.parse().ok()
}

fn listed_row(row: &Row) -> Result<ListedRow, RowError> {
    let [name, route, rating, _] = row.fields.as_slice() else {
        return Err(row.fields_error(HEADER.len()));
    };
    Ok(ListedRow {
        name: OrgName::parse(name)?,
        route: Route::of_printed(route).ok_or(RowError::Route)?,
        standing: Standing::of_rating(rating),
    })
}
