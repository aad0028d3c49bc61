//! Factories as brands disclose them, in the two shapes such lists come in.

use super::Facility;
use super::headcount::{Headcount, headcount, share_of};
use super::sector::Sectors;
use crate::import::rows::{Namer, Reading};
use crate::import::{Cells, FileError, Refusal, RowError, Sheet, country};
use fairtrail::claim::Band;

/// Where a list keeps what.
struct Shape {
    name: &'static str,
    country: &'static str,
    address: [&'static str; 4],
    kinds: [&'static str; 2],
    total: &'static str,
    migrants: &'static str,
    migrant_share: &'static str,
    parent: &'static str,
    brand: &'static str,
}

/// Column names with underscores, counts of migrants.
const COUNTED: Shape = Shape {
    name: "Factory_Name",
    country: "Country",
    address: ["Address", "City", "Province", "Code"],
    kinds: ["Product_Type", "Factory_Type"],
    total: "Total_Workers",
    migrants: "Migrant_Workers",
    migrant_share: "",
    parent: "Parent_Organization_Name",
    brand: "Corporation_Brand",
};

/// Column names with spaces, shares of migrants.
const SHARED: Shape = Shape {
    name: "Factory Name",
    country: "Country/Region",
    address: ["Address", "City", "State", "Postal Code"],
    kinds: ["Product Type", "Factory Type"],
    total: "Total Workers",
    migrants: "",
    migrant_share: "% Migrant Workers",
    parent: "Supplier Group",
    brand: "Nike, Inc. Brand(s)",
};

impl Shape {
    fn of(sheet: &Sheet) -> &'static Self {
        if sheet.has(SHARED.name) {
            &SHARED
        } else {
            &COUNTED
        }
    }

    fn columns(&self) -> Vec<&'static str> {
        let alone = [
            self.name,
            self.country,
            self.total,
            self.migrants,
            self.migrant_share,
            self.parent,
            self.brand,
        ];
        let all = alone.into_iter().chain(self.address).chain(self.kinds);
        all.filter(|column| !column.is_empty()).collect()
    }
}

/// Reads a disclosure.
///
/// # Errors
/// [`FileError::ColumnMissing`].
pub fn read(sheet: &Sheet, namer: &Namer) -> Result<Reading, FileError> {
    let shape = Shape::of(sheet);
    let [address, ..] = shape.address;
    sheet.require(&[shape.name, shape.country, address])?;
    let mut reading = Reading::of(sheet, &shape.columns());
    reading.each_row(sheet, |reading, cells| {
        let facility = shape.facility(reading, cells)?;
        facility.want(namer, reading)
    });
    reading.settle();
    Ok(reading)
}

impl Shape {
    fn facility<'a>(
        &self,
        reading: &mut Reading,
        cells: Cells<'a>,
    ) -> Result<Facility<'a>, Refusal> {
        let line = cells.line();
        let wrong = |column, error| Refusal::of_cell(line, column, error);
        let needed = |column| {
            cells
                .get(column)
                .ok_or_else(|| wrong(column, RowError::Missing))
        };
        let at = country(needed(self.country)?).map_err(|error| wrong(self.country, error))?;
        let name = needed(self.name)?;
        let total = cells.get(self.total).map(headcount).transpose();
        let total = total.map_err(|error| wrong(self.total, error))?;
        let migrants = self.migrants(reading, cells, total)?;
        if total.is_some_and(Headcount::shows_few) {
            reading.count("source shows 1 to 9 workers");
        }
        Ok(Facility {
            line,
            name_column: self.name,
            name,
            address: self
                .address
                .iter()
                .filter_map(|column| cells.get(column))
                .collect(),
            country: at,
            os_id: None,
            sectors: Sectors::of(self.kinds.map(|column| cells.get(column))),
            workers: total.map(Headcount::band),
            migrants,
            parent: cells.get(self.parent),
            listed_for: cells.get(self.brand),
        })
    }

    /// The band of migrants, from a count or from a share of the total.
    fn migrants(
        &self,
        reading: &mut Reading,
        cells: Cells<'_>,
        total: Option<Headcount>,
    ) -> Result<Option<Band>, Refusal> {
        if let Some(printed) = cells.get(self.migrants) {
            return self.counted(reading, cells.line(), printed, total);
        }
        let Some(printed) = cells.get(self.migrant_share) else {
            return Ok(None);
        };
        let wrong = |error| Refusal::of_cell(cells.line(), self.migrant_share, error);
        reading.count("percentages of a known total");
        let Some(total) = total else {
            reading.left_out.push(wrong(RowError::Count(NO_TOTAL)));
            return Ok(None);
        };
        let share = share_of(printed, total).map_err(wrong)?;
        if share.shows_few() {
            reading.count("source shows 1 to 9 migrants");
        }
        let band = share.band();
        if band.is_none() {
            reading.left_out.push(wrong(RowError::Count(TWO_BANDS)));
        }
        Ok(band)
    }

    fn counted(
        &self,
        reading: &mut Reading,
        line: u64,
        printed: &str,
        total: Option<Headcount>,
    ) -> Result<Option<Band>, Refusal> {
        let wrong = |error| Refusal::of_cell(line, self.migrants, error);
        let count = headcount(printed).map_err(wrong)?;
        if count.shows_few() {
            reading.count("source shows 1 to 9 migrants");
        }
        match total {
            Some(total) if count.exceeds(total) => Err(wrong(RowError::Count(MORE_THAN_ALL))),
            Some(_) => Ok(Some(count.band())),
            None => {
                reading.left_out.push(wrong(RowError::Count(NO_TOTAL)));
                Ok(None)
            }
        }
    }
}

const MORE_THAN_ALL: &str = "more migrants than workers";
const NO_TOTAL: &str = "the total is unknown; left out, the row was taken";
const TWO_BANDS: &str = "may lie in two bands; left out, the row was taken";
