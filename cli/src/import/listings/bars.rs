//! Employers barred from the H-2A and H-2B programmes, with the time each bar runs.

use crate::import::facilities::english;
use crate::import::name::{OrgName, collapse_spaces};
use crate::import::rows::{Content, Namer, Reading, Text};
use crate::import::{Cells, FileError, Refusal, RowError, Sheet};
use fairtrail::claim::{
    Code, EvidenceStandard, Listing, MatchMethod, PartialDate, Party, PartyRole,
};
use fairtrail::entry::{Audience, Basis};
use fairtrail::subject::{SubjectId, normalise};
use fairtrail::time::Date;

/// What the list is called in claims.
const LIST: &str = "US-DOL-H2-DEBARMENT";

const NAME: &str = "Entity Debarred";
const FROM: &str = "Start Date";
const UNTIL: &str = "End Date";
const NEEDED: [&str; 6] = ["Program", NAME, "City", "State", FROM, UNTIL];
/// Columns a person may add: whom the row means, and for whom that was confirmed.
const SUBJECT: &str = "Subject";
const CONFIRMED: &str = "Confirmed For";

/// Reads a list of bars.
///
/// # Errors
/// [`FileError::ColumnMissing`].
pub fn read(sheet: &Sheet, namer: &Namer) -> Result<Reading, FileError> {
    sheet.require(&NEEDED)?;
    let taken: Vec<_> = NEEDED
        .into_iter()
        .chain(["Notes", SUBJECT, CONFIRMED])
        .collect();
    let mut reading = Reading::of(sheet, &taken);
    reading.each_row(sheet, |reading, cells| bar(reading, cells, namer));
    reading.settle();
    Ok(reading)
}

/// Whom a row means, and how that is known.
struct Meant {
    subject: SubjectId,
    method: MatchMethod,
    confirmed_for: Option<SubjectId>,
}

fn bar(reading: &mut Reading, cells: Cells<'_>, namer: &Namer) -> Result<(), Refusal> {
    let line = cells.line();
    let wrong = |column, error| Refusal::of_cell(line, column, error);
    let needed = |column| {
        cells
            .get(column)
            .ok_or_else(|| wrong(column, RowError::Missing))
    };
    if cells.get("Notes").is_some() {
        return Err(wrong("Notes", RowError::Note));
    }
    let name = OrgName::parse(needed(NAME)?).map_err(|error| wrong(NAME, error))?;
    let value = |expected| RowError::Value { expected };
    let program = Code::new(needed("Program")?);
    let program = program.map_err(|_| wrong("Program", value("the code of a programme")))?;
    let from = date(needed(FROM)?).map_err(|error| wrong(FROM, error))?;
    let until = cells.get(UNTIL).map(date).transpose();
    let until = until.map_err(|error| wrong(UNTIL, error))?;
    let place: Vec<_> = ["City", "State"]
        .iter()
        .filter_map(|column| cells.get(column))
        .collect();
    let place = collapse_spaces(&place.join(", "));
    let meant = meant(reading, cells, namer, (&name, &place))?;
    let key = format!("bar {} {program} {from}", meant.subject);

    let mut listing = Listing::new(code(LIST), meant.method);
    listing.external_ref = Some(namer.reference(&key));
    listing.lang = Some(english());
    listing.evidence_standard = Some(EvidenceStandard::Reported);
    listing.section = Some(program);
    listing.valid_from = Some(PartialDate::Day(from));
    listing.valid_to = until.map(PartialDate::Day);
    listing.matched_by.clone_from(&meant.confirmed_for);
    let party = Party::new(PartyRole::Employer, meant.subject.clone());
    listing.parties = [party].into_iter().collect();
    let subjects = [meant.subject].into_iter().chain(meant.confirmed_for);
    let printed = collapse_spaces(needed(NAME)?);
    let address = (!place.is_empty()).then_some(place.as_str());
    let content = Content {
        subjects: subjects.collect(),
        basis: vec![Basis::RegisterLookup],
        audience: Audience::Public,
        claim: listing.into(),
        text: Text::new(
            english(),
            [("name", Some(printed.as_str())), ("address", address)],
        ),
        on: Some(from),
    };
    reading.want(line, key, content)
}

/// The identifier a person put beside the row, or else a row of the author's own.
fn meant(
    reading: &mut Reading,
    cells: Cells<'_>,
    namer: &Namer,
    (name, place): (&OrgName, &str),
) -> Result<Meant, Refusal> {
    let wrong = |column, error: RowError| Refusal::of_cell(cells.line(), column, error);
    let read = |column| {
        let subject = cells.get(column).map(normalise).transpose();
        subject.map_err(|error| wrong(column, error.into()))
    };
    let confirmed_for = read(CONFIRMED)?;
    if let Some(subject) = read(SUBJECT)? {
        let method = if confirmed_for.is_some() {
            MatchMethod::PersonConfirmed
        } else {
            MatchMethod::Identifier
        };
        return Ok(Meant {
            subject,
            method,
            confirmed_for,
        });
    }
    let (subject, id) = namer.row(&format!("barred {name} | {}", place.to_lowercase()));
    let label = OrgName::parse(&format!("{name}, {place}")).unwrap_or_else(|_| name.clone());
    reading.names.push((label, id));
    reading.count("possible matches, never scored");
    Ok(Meant {
        subject,
        method: MatchMethod::Possible,
        confirmed_for: None,
    })
}

fn date(printed: &str) -> Result<Date, RowError> {
    let expected = "YYYY-MM-DD";
    printed.parse().map_err(|_| RowError::Date { expected })
}

#[expect(clippy::expect_used, reason = "a constant, exercised by every test")]
fn code(constant: &'static str) -> Code {
    Code::new(constant).expect("the name of the list is a code")
}
