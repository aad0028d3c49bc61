//! Goods of countries, as the list of the US Department of Labor names them.

use crate::import::facilities::english;
use crate::import::name::{OrgName, collapse_spaces, slug};
use crate::import::rows::{Content, Namer, Reading, Text};
use crate::import::{Cells, FileError, Refusal, RowError, Sheet, country};
use fairtrail::claim::{Code, EvidenceStandard, Isic, Listing, MatchMethod, Party, PartyRole, Set};
use fairtrail::entry::{Audience, Basis};

/// What the list is called in claims.
const LIST: &str = "US-DOL-ILAB-TVPRA";

/// Columns that say for which ground goods are listed; the last names a country beside.
const GROUNDS: [&str; 4] = ["child_labor", "forced_labor", "forced_child_labor", DERIVED];
const DERIVED: &str = "derived_labor_exploitation";
const DERIVED_FROM: &str = "derived_country";
const NEEDED: [&str; 8] = [
    "good",
    "sector",
    "country",
    "child_labor",
    "forced_labor",
    "forced_child_labor",
    DERIVED,
    DERIVED_FROM,
];

/// Reads a list of goods.
///
/// # Errors
/// [`FileError::ColumnMissing`].
pub fn read(sheet: &Sheet, namer: &Namer) -> Result<Reading, FileError> {
    sheet.require(&NEEDED)?;
    let mut reading = Reading::of(sheet, &NEEDED);
    reading.each_row(sheet, |reading, cells| goods(reading, cells, namer));
    reading.settle();
    Ok(reading)
}

fn goods(reading: &mut Reading, cells: Cells<'_>, namer: &Namer) -> Result<(), Refusal> {
    let line = cells.line();
    let wrong = |column, error| Refusal::of_cell(line, column, error);
    let needed = |column| {
        cells
            .get(column)
            .ok_or_else(|| wrong(column, RowError::Missing))
    };
    let printed = needed("good")?;
    let at = country(needed("country")?).map_err(|error| wrong("country", error))?;
    let expected = "a name of goods, at most 48 letters and digits";
    let good = Code::new(&slug(printed));
    let good = good.map_err(|_| wrong("good", RowError::Value { expected }))?;
    let key = format!("goods {good} {at}");
    let (subject, id) = namer.row(&key);

    let mut listing = Listing::new(code(LIST), MatchMethod::Identifier);
    listing.external_ref = Some(namer.reference(&key));
    listing.lang = Some(english());
    listing.evidence_standard = Some(EvidenceStandard::Reported);
    listing.grounds = grounds(cells)?;
    listing.sectors = sector(cells.get("sector"));
    listing.native_goods = [good].into_iter().collect();
    listing.country = Some(at.clone());
    let party = Party::new(PartyRole::Goods, subject.clone());
    listing.parties = [party].into_iter().collect();
    let name = collapse_spaces(printed);
    let content = Content {
        subjects: vec![subject],
        basis: vec![Basis::RegisterLookup],
        audience: Audience::Public,
        claim: listing.into(),
        text: Text::new(english(), [("name", Some(name.as_str()))]),
        on: None,
    };
    reading.want(line, key, content)?;
    if let Ok(label) = OrgName::parse(&format!("{name}, {at}")) {
        reading.names.push((label, id));
    }
    Ok(())
}

/// Every ground that is answered with yes; for a derived one, with the country it comes from.
fn grounds(cells: Cells<'_>) -> Result<Set<Code>, Refusal> {
    let wrong = |column: &str, error| Refusal::of_cell(cells.line(), column, error);
    let mut grounds = Vec::new();
    for column in GROUNDS {
        let ground = match cells.get(column) {
            Some("Yes") if column == DERIVED => {
                let from = cells.get(DERIVED_FROM).ok_or(RowError::Missing);
                let from = from.and_then(country);
                let from = from.map_err(|error| wrong(DERIVED_FROM, error))?;
                format!("{column}:{from}")
            }
            Some("Yes") => column.to_owned(),
            Some("No") => continue,
            _ => {
                return Err(wrong(
                    column,
                    RowError::Value {
                        expected: "Yes or No",
                    },
                ));
            }
        };
        let expected = "a ground that is a code";
        let code = Code::new(&ground);
        grounds.push(code.map_err(|_| wrong(column, RowError::Value { expected }))?);
    }
    if grounds.is_empty() {
        let expected = "at least one ground answered with Yes";
        return Err(Refusal::of_row(cells.line(), RowError::Value { expected }));
    }
    Ok(Set::from(grounds))
}

/// Sections of ISIC for the sectors that are one; another stands for none.
fn sector(printed: Option<&str>) -> Set<Isic> {
    let section = match printed {
        Some("Agriculture") => "A",
        Some("Mining") => "B",
        Some("Manufacturing") => "C",
        _ => return Set::default(),
    };
    Isic::new(section).ok().into_iter().collect()
}

#[expect(clippy::expect_used, reason = "a constant, exercised by every test")]
fn code(constant: &'static str) -> Code {
    Code::new(constant).expect("the name of the list is a code")
}
