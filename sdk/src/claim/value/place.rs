//! Countries and their subdivisions.

use super::code::text_value;
use super::tables::{COUNTRIES, listed};
use crate::reason::Reason;

text_value!(
    /// A country, ISO 3166-1 alpha-2.
    Country,
    "a country code of ISO 3166-1",
    |text| listed(COUNTRIES, text, 2)
);

text_value!(
    /// A subdivision of a country, ISO 3166-2: the country is checked, the rest by form.
    Subdivision,
    "a subdivision code of ISO 3166-2",
    check_subdivision
);

fn check_subdivision(text: &str) -> Result<(), Reason> {
    let (country, rest) = text.split_once('-').ok_or(Reason::CodeUnknown)?;
    let alnum = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if (1..=3).contains(&rest.len()) && rest.bytes().all(alnum) {
        listed(COUNTRIES, country, 2)
    } else {
        Err(Reason::CodeUnknown)
    }
}

impl Subdivision {
    /// The country it lies in.
    pub fn country(&self) -> &str {
        self.as_str()
            .split_once('-')
            .map_or("", |(country, _)| country)
    }
}

crate::claim::claim_map! {
    /// A country, and a subdivision where the group is large enough to say so.
    pub struct Place {
        /// The country.
        1 => country: Country,
        /// A subdivision of it.
        2 ? subdivision: Option<Subdivision>,
    }
}
