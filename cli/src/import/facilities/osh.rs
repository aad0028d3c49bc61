//! Contributions to Open Supply Hub: `country,name,address`, and more where there is more.

use super::headcount::headcount;
use super::sector::Sectors;
use super::{Facility, os_id};
use crate::import::rows::{Namer, Reading};
use crate::import::{Cells, FileError, Refusal, RowError, Sheet, country};
use fairtrail::claim::Band;

const NEEDED: [&str; 3] = ["country", "name", "address"];
const TAKEN: [&str; 7] = [
    "country",
    "name",
    "address",
    "os_id",
    "sector",
    "parent_company",
    "number_of_workers",
];

/// Reads a file of contributions.
///
/// # Errors
/// [`FileError::ColumnMissing`].
pub fn read(sheet: &Sheet, namer: &Namer) -> Result<Reading, FileError> {
    sheet.require(&NEEDED)?;
    let mut reading = Reading::of(sheet, &TAKEN);
    reading.each_row(sheet, |reading, cells| {
        let facility = facility(reading, cells)?;
        facility.want(namer, reading)
    });
    reading.settle();
    Ok(reading)
}

fn facility<'a>(reading: &mut Reading, cells: Cells<'a>) -> Result<Facility<'a>, Refusal> {
    let line = cells.line();
    let wrong = |column, error| Refusal::of_cell(line, column, error);
    let needed = |column| {
        cells
            .get(column)
            .ok_or_else(|| wrong(column, RowError::Missing))
    };
    let at = country(needed("country")?).map_err(|error| wrong("country", error))?;
    let id = cells.get("os_id");
    if let Some(id) = id {
        os_id(id).map_err(|error| wrong("os_id", error))?;
    }
    Ok(Facility {
        line,
        name_column: "name",
        name: needed("name")?,
        address: vec![needed("address")?],
        country: at,
        os_id: id,
        sectors: Sectors::of([cells.get("sector")]),
        workers: workers(reading, cells)?,
        migrants: None,
        parent: cells.get("parent_company"),
        listed_for: None,
    })
}

/// A count, or a range as contributors may give it, which is banded when both its ends are in one.
fn workers(reading: &mut Reading, cells: Cells<'_>) -> Result<Option<Band>, Refusal> {
    let column = "number_of_workers";
    let Some(printed) = cells.get(column) else {
        return Ok(None);
    };
    let wrong = |error| Refusal::of_cell(cells.line(), column, error);
    let (from, to) = printed.split_once('-').unwrap_or((printed, printed));
    let from = headcount(from.trim()).map_err(wrong)?;
    let to = headcount(to.trim()).map_err(wrong)?;
    if from.band() == to.band() {
        return Ok(Some(from.band()));
    }
    let error = RowError::Count("a range over several bands; left out, the row was taken");
    reading.left_out.push(wrong(error));
    Ok(None)
}
