//! Languages.

use super::code::text_value;
use super::tables::{COUNTRIES, LANGUAGES, listed};
use crate::limits;
use crate::reason::Reason;

text_value!(
    /// A language tag, BCP 47: language, script, region and variants in the recommended case; no
    /// extensions and nothing private. Two-letter languages are checked against ISO 639-1 and
    /// two-letter regions against ISO 3166-1; three-letter languages, scripts and variants by form.
    ///
    /// ```
    /// use fairtrail::claim::Language;
    /// assert!(Language::new("sr-Latn-RS").is_ok());
    /// assert!(Language::new("Nepali").is_err());
    /// ```
    Language,
    "a language tag of BCP 47, as ne or zh-Hant",
    check
);

fn check(text: &str) -> Result<(), Reason> {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    let known = match primary.len() {
        2 => listed(LANGUAGES, primary, 2).is_ok(),
        3 => primary.bytes().all(|byte| byte.is_ascii_lowercase()),
        _ => false,
    };
    // Each sort of subtag may follow only those before it: script, region, variants.
    let mut stage = 0;
    let ordered = subtags.all(|subtag| match sort_of(subtag) {
        Some(sort) if sort > stage || sort == VARIANT => {
            stage = sort;
            true
        }
        _ => false,
    });
    if known && ordered && text.len() <= limits::LANGUAGE_BYTES {
        Ok(())
    } else {
        Err(Reason::CodeUnknown)
    }
}

const SCRIPT: u8 = 1;
const REGION: u8 = 2;
const VARIANT: u8 = 3;

fn sort_of(subtag: &str) -> Option<u8> {
    let bytes = subtag.as_bytes();
    let lower = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_lowercase);
    let alnum = |bytes: &[u8]| {
        bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    match bytes {
        [b'A'..=b'Z', rest @ ..] if rest.len() == 3 && lower(rest) => Some(SCRIPT),
        [b'A'..=b'Z', b'A'..=b'Z'] => listed(COUNTRIES, subtag, 2).ok().map(|()| REGION),
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] => Some(REGION),
        [b'0'..=b'9', rest @ ..] if rest.len() == 3 && alnum(rest) => Some(VARIANT),
        _ if (5..=8).contains(&bytes.len()) && alnum(bytes) => Some(VARIANT),
        _ => None,
    }
}
