//! Facility lists: Open Supply Hub contributions and the disclosures of brands.
//!
//! Each row becomes the `profile` of a site: a band of workers at most, never a count, and never a
//! share of a known total. Names and addresses stand in the text part.

mod brand;
mod headcount;
mod osh;
mod sector;

pub use brand::read as read_brand;
pub use headcount::{Headcount, Share, headcount, share_of};
pub use osh::read as read_osh;

use super::name::{OrgName, collapse_spaces};
use super::rows::{Content, Namer, Reading, Text};
use super::{Refusal, RowError};
use fairtrail::claim::{Band, Country, Language, Party, PartyRole, Profile};
use fairtrail::entry::{Audience, Basis};
use fairtrail::subject::{SubjectId, normalise};
use sector::Sectors;

/// What a row says of a site.
struct Facility<'a> {
    line: u64,
    /// The column its name stands in.
    name_column: &'a str,
    name: &'a str,
    address: Vec<&'a str>,
    country: Country,
    os_id: Option<&'a str>,
    sectors: Sectors,
    workers: Option<Band>,
    migrants: Option<Band>,
    parent: Option<&'a str>,
    listed_for: Option<&'a str>,
}

impl Facility<'_> {
    /// Wants the profile of the site.
    fn want(self, namer: &Namer, reading: &mut Reading) -> Result<(), Refusal> {
        let cell = |column: &str, error| Refusal::of_cell(self.line, column, error);
        let name = OrgName::parse(self.name).map_err(|error| cell(self.name_column, error))?;
        let address = collapse_spaces(&self.address.join(", "));
        let place = address.to_lowercase();
        let key = format!("facility {} {name} | {place}", self.country);
        let subject = match self.os_id {
            Some(id) => os_id(id).map_err(|error| cell("os_id", error))?,
            None => self.row(namer, reading, &name, &address, &key),
        };
        let key = if self.os_id.is_some() {
            format!("facility {subject}")
        } else {
            key
        };
        let mut profile = Profile::new();
        profile.country = Some(self.country);
        profile.external_ref = Some(namer.reference(&key));
        profile.lang = Some(english());
        profile.site_types = self.sectors.known;
        profile.workers = self.workers;
        profile.migrant_workers = self.migrants;
        profile.parties = [Party::new(PartyRole::Site, subject.clone())]
            .into_iter()
            .collect();
        let address = (!address.is_empty()).then_some(address.as_str());
        let sector = self.sectors.other.as_deref();
        let text = Text::new(
            english(),
            [
                ("name", Some(collapse_spaces(self.name).as_str())),
                ("address", address),
                ("sector", sector),
                ("parent", self.parent),
                ("listed_for", self.listed_for),
            ],
        );
        let content = Content {
            subjects: vec![subject],
            basis: vec![Basis::DocumentSeen],
            audience: Audience::Public,
            claim: profile.into(),
            text,
            on: None,
        };
        let banded = [self.workers, self.migrants].into_iter().flatten().count();
        reading.want(self.line, key, content)?;
        for _ in 0..banded {
            reading.count("banded");
        }
        Ok(())
    }

    fn row(
        &self,
        namer: &Namer,
        reading: &mut Reading,
        name: &OrgName,
        address: &str,
        key: &str,
    ) -> SubjectId {
        let (subject, id) = namer.row(key);
        let label = format!("{name}, {address}, {}", self.country);
        let label = OrgName::parse(&label).unwrap_or_else(|_| name.clone());
        reading.names.push((label, id));
        subject
    }
}

/// An OS ID with the right check digit, as a subject.
fn os_id(printed: &str) -> Result<SubjectId, RowError> {
    Ok(normalise(&format!("osid:{printed}"))?)
}

#[expect(clippy::expect_used, reason = "a constant, exercised by every test")]
pub(crate) fn english() -> Language {
    Language::new("en").expect("en is a language")
}
