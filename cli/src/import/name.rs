//! Names of organisations in the one form they are compared in.

use super::NAME_BYTES;
use super::refusal::RowError;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use std::fmt;

/// A name as it is compared: NFKC, lower case, single spaces.
///
/// Legal suffixes stay: each thing taken away would make more firms look alike. Two firms with one
/// such name cannot be told apart by a register that prints nothing else.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct OrgName(String);

impl OrgName {
    /// Reads a printed name.
    ///
    /// # Errors
    /// [`RowError::NameTooLong`], [`RowError::NameCharacters`] or [`RowError::NameEmpty`].
    pub fn parse(printed: &str) -> Result<Self, RowError> {
        if printed.len() > NAME_BYTES {
            return Err(RowError::NameTooLong);
        }
        if printed.chars().any(is_unprintable) {
            return Err(RowError::NameCharacters);
        }
        let composed = ComposingNormalizerBorrowed::new_nfkc();
        // Lower case may decompose (İ), so it is composed again.
        let lower = composed.normalize(printed).to_lowercase();
        let name = collapse_spaces(&composed.normalize(&lower));
        match name.len() {
            0 => Err(RowError::NameEmpty),
            bytes if bytes > NAME_BYTES => Err(RowError::NameTooLong),
            _ => Ok(Self(name)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrgName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<OrgName> for String {
    fn from(name: OrgName) -> Self {
        name.0
    }
}

impl TryFrom<String> for OrgName {
    type Error = RowError;

    fn try_from(text: String) -> Result<Self, RowError> {
        Self::parse(&text)
    }
}

/// The text without white space at its ends and with one space for every run of it inside.
pub(crate) fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower-case letters and digits without their accents, with one hyphen for all that stands between.
pub(crate) fn slug(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    let plain = decomposed.chars().filter(|c| !is_accent(*c));
    let lower = plain.collect::<String>().to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Control characters, and those that are not seen or turn the direction of what is read.
fn is_unprintable(c: char) -> bool {
    let hidden = matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e00ff}'
            | '\u{e01f0}'..='\u{e0fff}'
    );
    c.is_control() || hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_variants_are_one_name() {
        let name = OrgName::parse("example foods").unwrap();
        for printed in ["Example  Foods ", "EXAMPLE\u{a0}FOODS", "ｅxample foods"] {
            assert_eq!(OrgName::parse(printed), Ok(name.clone()), "{printed}");
        }
        assert_ne!(OrgName::parse("example foods ltd"), Ok(name));
    }

    #[test]
    fn slugs_are_codes_without_accents() {
        assert_eq!(slug("Açaí Berries"), "acai-berries");
        assert_eq!(
            slug(" Khat/Miraa (stimulant plant)"),
            "khat-miraa-stimulant-plant"
        );
    }

    #[test]
    fn the_normal_form_is_its_own_normal_form() {
        for printed in ["İstanbul Ｆoods", "e\u{301}clair", "ﬁne foods", "ΑΣ"] {
            let name = OrgName::parse(printed).unwrap();
            assert_eq!(OrgName::parse(name.as_str()), Ok(name));
        }
    }

    #[test]
    fn empty_long_and_unprintable_names_are_refused() {
        assert_eq!(OrgName::parse(" \u{3000}"), Err(RowError::NameEmpty));
        let long = || RowError::NameTooLong;
        assert!(OrgName::parse(&"a".repeat(NAME_BYTES)).is_ok());
        assert_eq!(OrgName::parse(&"a".repeat(NAME_BYTES + 1)), Err(long()));
        // One character that NFKC spells with eighteen.
        assert_eq!(OrgName::parse(&"\u{fdfa}".repeat(80)), Err(long()));
        for bad in [
            "a\nb",
            "a\tb",
            "a\u{0}",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{feff}a",
            "a\u{85}b",
        ] {
            assert_eq!(
                OrgName::parse(bad),
                Err(RowError::NameCharacters),
                "{bad:?}"
            );
        }
    }
}
