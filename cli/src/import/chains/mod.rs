//! Recruiter chains: which employer's case names which foreign labour recruiter (H-2B, appendix C).
//!
//! The list prints a case, not its employer, and names, not identifiers: both become rows. Names of
//! staff are not read, counts of staff are dropped. That two names are variants of one is proposed
//! for a person to decide and never stated.

mod variants;

pub use variants::{Firm, variants};

use super::facilities::english;
use super::name::OrgName;
use super::rows::{Content, Namer, Reading, Text};
use super::{Cells, FileError, Refusal, RowError, Sheet, country};
use fairtrail::claim::{
    Claim, Country, Party, PartyRole, Profile, SupplyLink, SupplyRelation, ThreeValued,
};
use fairtrail::entry::{Audience, Basis};
use fairtrail::subject::SubjectId;

const CASE: &str = "case_number";
const FIRM: &str = "recruiter_firm";
const COUNTRY: &str = "recruiter_country";
const NEEDED: [&str; 3] = [CASE, FIRM, COUNTRY];

/// Titles that stand before the names of persons.
const TITLES: &[&str] = &[
    "dr", "dra", "ing", "lic", "licda", "miss", "mr", "mrs", "ms", "sr", "sra", "srta",
];

/// Reads edges from cases to recruiters.
///
/// # Errors
/// [`FileError::ColumnMissing`].
pub fn read(sheet: &Sheet, namer: &Namer) -> Result<Reading, FileError> {
    sheet.require(&NEEDED)?;
    let mut reading = Reading::of(sheet, &NEEDED);
    let mut firms = Vec::new();
    reading.each_row(sheet, |reading, cells| {
        edge(reading, &mut firms, cells, namer)
    });
    reading.settle();
    reading.candidates = variants(firms);
    Ok(reading)
}

fn edge(
    reading: &mut Reading,
    firms: &mut Vec<Firm>,
    cells: Cells<'_>,
    namer: &Namer,
) -> Result<(), Refusal> {
    let line = cells.line();
    let wrong = |column, error| Refusal::of_cell(line, column, error);
    let needed = |column| {
        cells
            .get(column)
            .ok_or_else(|| wrong(column, RowError::Missing))
    };
    let case = needed(CASE)?;
    if !is_case(case) {
        let expected = "a case number as H-400-12345-123456";
        return Err(wrong(CASE, RowError::Value { expected }));
    }
    let name = OrgName::parse(needed(FIRM)?).map_err(|error| wrong(FIRM, error))?;
    if has_title(&name) {
        return Err(wrong(FIRM, RowError::NaturalPerson));
    }
    let at = country(needed(COUNTRY)?).map_err(|error| wrong(COUNTRY, error))?;
    let firm_key = format!("recruiter {at} {name}");
    let (recruiter, id) = namer.row(&firm_key);
    let (employer, _) = namer.row(&format!("case {case}"));
    let key = format!("edge {case} {firm_key}");
    reading.want(
        line,
        key.clone(),
        link(&key, case, (employer, recruiter.clone()), namer),
    )?;
    if reading.wants(&firm_key) {
        return Ok(());
    }
    let profile = profile(&firm_key, &name, at.clone(), recruiter.clone(), namer);
    reading.want(line, firm_key, profile)?;
    let label = OrgName::parse(&format!("{name}, {at}")).unwrap_or_else(|_| name.clone());
    reading.names.push((label, id));
    firms.push(Firm {
        country: at,
        name,
        row: recruiter,
    });
    Ok(())
}

/// `H-`, three digits, five, six: the form only, no date is read from it.
fn is_case(text: &str) -> bool {
    let mut parts = text.split('-');
    let digits = |part: Option<&str>, len| {
        part.is_some_and(|part| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    parts.next() == Some("H")
        && digits(parts.next(), 3)
        && digits(parts.next(), 5)
        && digits(parts.next(), 6)
        && parts.next().is_none()
}

/// Whether the name begins as persons are addressed; a filter, no proof of anything.
fn has_title(name: &OrgName) -> bool {
    let first = name.as_str().split_whitespace().next().unwrap_or_default();
    let several = name.as_str().contains(' ');
    several && TITLES.contains(&first.trim_end_matches('.'))
}

fn link(
    key: &str,
    case: &str,
    (employer, recruiter): (SubjectId, SubjectId),
    namer: &Namer,
) -> Content {
    let relation = SupplyRelation::RecruitsThrough;
    let mut link = SupplyLink::new(employer.clone(), relation, recruiter.clone());
    link.external_ref = Some(namer.reference(key));
    link.lang = Some(english());
    link.registered = Some(ThreeValued::Yes);
    link.parties = [
        Party::new(PartyRole::Employer, employer.clone()),
        Party::new(PartyRole::Recruiter, recruiter.clone()),
    ]
    .into_iter()
    .collect();
    let subjects = vec![employer, recruiter];
    content(link.into(), subjects, [("case_number", Some(case))])
}

fn profile(key: &str, name: &OrgName, at: Country, recruiter: SubjectId, namer: &Namer) -> Content {
    let mut profile = Profile::new();
    profile.external_ref = Some(namer.reference(key));
    profile.lang = Some(english());
    profile.country = Some(at);
    profile.parties = [Party::new(PartyRole::Recruiter, recruiter.clone())]
        .into_iter()
        .collect();
    content(
        profile.into(),
        vec![recruiter],
        [("name", Some(name.as_str()))],
    )
}

fn content(claim: Claim, subjects: Vec<SubjectId>, text: [(&str, Option<&str>); 1]) -> Content {
    Content {
        subjects,
        basis: vec![Basis::RegisterLookup],
        audience: Audience::Public,
        claim,
        text: Text::new(english(), text),
        on: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_have_one_form_and_titles_are_seen() {
        assert!(is_case("H-400-19248-051955"));
        for bad in [
            "H-400-19248",
            "H-400-19248-05195x",
            "400-19248-051955",
            "H-400-19248-051955-1",
        ] {
            assert!(!is_case(bad), "{bad}");
        }
        let title = |name| has_title(&OrgName::parse(name).unwrap());
        assert!(title("Lic. Invented Person") && title("MRS Invented Person"));
        assert!(!title("Licensed Recruiters Inc") && !title("Ms"));
    }
}
