//! Text parts: everything a person would read.

use super::Language;
use crate::cbor::{CborError, Reader, Rules, Writer, validate};
use crate::limits;
use crate::reason::Reason;
use std::collections::BTreeMap;

/// Media type of a text part.
pub const TEXT_MEDIA_TYPE: &str = "application/vnd.fairtrail.text+cbor";

/// The field that holds the language.
const LANG: &str = "lang";

/// Why something is no text part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The bytes break the form.
    #[error(transparent)]
    Form(#[from] CborError),
    /// The name of a field breaks the grammar `[a-z][a-z0-9_]{0,31}`, or is `lang`.
    #[error("the name of a field is 1 to 32 characters of a-z, 0-9 and _")]
    Field,
    /// The language is missing or no language.
    #[error("the field lang holds no language tag")]
    Lang,
    /// A text is empty, or there is none.
    #[error("a text part holds at least one text, and none that is empty")]
    Empty,
    /// A text holds a control, bidirectional or invisible character.
    #[error("character U+{character:04X} has no place in a text")]
    Character {
        /// The character's code point.
        character: u32,
    },
    /// More than the limit.
    #[error("{len} bytes or fields, at most {max}")]
    TooLarge {
        /// What was found.
        len: usize,
        /// What is allowed.
        max: usize,
    },
}

impl TextError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Form(error) => error.code(),
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Field | Self::Lang | Self::Empty | Self::Character { .. } => Reason::TextInvalid,
        }
    }
}

/// Names, addresses, descriptions and replies, in one language: erasable, never in a claim.
///
/// Encoded as a map from field names to texts, with the language under `lang`; at most 16 KiB.
///
/// ```
/// use fairtrail::claim::{Language, TextPart};
/// let mut text = TextPart::new(Language::new("en").unwrap());
/// text.insert("name", "Example Garments Ltd").unwrap();
/// let bytes = text.encode().unwrap();
/// assert_eq!(TextPart::decode(&bytes), Ok(text.clone()));
/// assert!(text.insert("name", "right\u{202e}left").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TextPart {
    lang: Language,
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

impl TextPart {
    /// A part without texts yet.
    pub const fn new(lang: Language) -> Self {
        Self {
            lang,
            texts: BTreeMap::new(),
        }
    }

    /// Adds a text, in place of one of the same name.
    ///
    /// Names in use: `name`, `trading_name`, `address`, `description`, `reply`, `locator`; others
    /// are taken too.
    ///
    /// # Errors
    /// [`TextError::Field`], [`TextError::Empty`], [`TextError::Character`].
    pub fn insert(&mut self, field: &str, text: &str) -> Result<(), TextError> {
        check_field(field)?;
        check_text(text)?;
        self.texts.insert(field.to_owned(), text.to_owned());
        Ok(())
    }

    /// The language of the texts.
    pub const fn lang(&self) -> &Language {
        &self.lang
    }

    /// The text of this name.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.texts.get(field).map(String::as_str)
    }

    /// Every text, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.texts.iter();
        texts.map(|(field, text)| (field.as_str(), text.as_str()))
    }

    /// The bytes of the part.
    ///
    /// # Errors
    /// [`TextError::Empty`] without a text, [`TextError::TooLarge`] beyond 16 KiB or 64 fields.
    pub fn encode(&self) -> Result<Vec<u8>, TextError> {
        if self.texts.is_empty() {
            return Err(TextError::Empty);
        }
        let mut fields: Vec<(&str, &str)> = self.iter().collect();
        fields.push((LANG, self.lang.as_str()));
        // Deterministic CBOR orders keys by their encoding: shorter ones first.
        fields.sort_unstable_by_key(|(field, _)| (field.len(), *field));
        bounded(fields.len(), limits::TEXT_FIELDS)?;
        let mut writer = Writer::new();
        writer.map(fields.len());
        for (field, text) in fields {
            writer.text(field);
            writer.text(text);
        }
        let bytes = writer.into_bytes();
        bounded(bytes.len(), limits::TEXT_BYTES)?;
        Ok(bytes)
    }

    /// Reads the bytes of a part.
    ///
    /// # Errors
    /// [`TextError`] for whatever is wrong first.
    pub fn decode(bytes: &[u8]) -> Result<Self, TextError> {
        let rules = Rules {
            max_depth: 1,
            max_bytes: limits::TEXT_BYTES,
            ..Rules::STRUCTURE
        };
        validate(bytes, rules)?;
        let mut reader = Reader::new(bytes);
        let len = reader.map()?;
        bounded(len, limits::TEXT_FIELDS)?;
        let mut lang = None;
        let mut texts = BTreeMap::new();
        for _ in 0..len {
            let (field, text) = (reader.text()?, reader.text()?);
            if field == LANG {
                lang = Some(Language::new(text).map_err(|_| TextError::Lang)?);
                continue;
            }
            check_field(field)?;
            check_text(text)?;
            texts.insert(field.to_owned(), text.to_owned());
        }
        match lang {
            None => Err(TextError::Lang),
            Some(_) if texts.is_empty() => Err(TextError::Empty),
            Some(lang) => Ok(Self { lang, texts }),
        }
    }
}

fn bounded(len: usize, max: usize) -> Result<(), TextError> {
    if len <= max {
        Ok(())
    } else {
        Err(TextError::TooLarge { len, max })
    }
}

fn check_field(field: &str) -> Result<(), TextError> {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let formed = (1..=limits::TEXT_FIELD_BYTES).contains(&field.len())
        && field.starts_with(|first: char| first.is_ascii_lowercase())
        && field.bytes().all(word);
    if formed && field != LANG {
        Ok(())
    } else {
        Err(TextError::Field)
    }
}

fn check_text(text: &str) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    let mut before = ' ';
    for c in text.chars() {
        if is_forbidden(c) || is_joiner(c) && !takes_joiner(before) {
            let character = u32::from(c);
            return Err(TextError::Character { character });
        }
        before = c;
    }
    Ok(())
}

/// Controls, marks of direction, and characters that take no room: what makes a text read otherwise
/// than its bytes.
///
/// Variation selectors stay: names in Chinese characters are written with them.
const fn is_forbidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'
            | '\u{ffff}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

/// Joiners are invisible too, but Persian, Nepali, Bengali and others are not written without them.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Scripts from Arabic to Myanmar, and Khmer and Mongolian, in which a joiner may follow a letter.
const fn takes_joiner(before: char) -> bool {
    matches!(before, '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::encode;
    use proptest::prelude::*;

    fn english() -> TextPart {
        TextPart::new(Language::new("en").unwrap())
    }

    #[test]
    fn refuses_characters_that_hide_what_is_written() {
        let mut part = english();
        for bad in [
            "\0",
            "a\rb",
            "\u{85}",
            "\u{202e}x",
            "\u{2066}",
            "a\u{200b}",
            "\u{feff}",
            "x\u{ad}",
            "\u{e0041}",
            "a\u{200d}b",
        ] {
            assert!(
                matches!(
                    part.insert("name", bad),
                    Err(TextError::Character { .. } | TextError::Empty)
                ),
                "{bad:?}"
            );
        }
        assert!(matches!(
            part.insert("name", "a\rb"),
            Err(TextError::Character { character: 13 })
        ));
        for good in [
            "two lines\nand a tab\t",
            "नेपाल",
            "می\u{200c}خواهم",
            "সংস্থা",
            "👷",
        ] {
            assert_eq!(part.insert("name", good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn refuses_empty_texts_odd_names_and_missing_languages() {
        let mut part = english();
        assert_eq!(part.encode(), Err(TextError::Empty));
        assert_eq!(part.insert("name", " \n"), Err(TextError::Empty));
        for bad in ["", "Name", "1st", "a b", "lang", &"a".repeat(33)] {
            assert_eq!(part.insert(bad, "x"), Err(TextError::Field), "{bad}");
        }
        let decoded = |map: &[(&str, &str)]| {
            let mut writer = Writer::new();
            writer.map(map.len());
            for (key, value) in map {
                writer.text(key);
                writer.text(value);
            }
            TextPart::decode(&writer.into_bytes())
        };
        assert_eq!(decoded(&[("name", "x")]), Err(TextError::Lang));
        assert_eq!(
            decoded(&[("lang", "xx"), ("name", "x")]),
            Err(TextError::Lang)
        );
        assert_eq!(decoded(&[("lang", "en")]), Err(TextError::Empty));
        assert!(decoded(&[("lang", "en"), ("name", "x")]).is_ok());
        assert!(matches!(
            decoded(&[("name", "x"), ("lang", "en")]),
            Err(TextError::Form(_))
        ));
        assert!(TextPart::decode(&encode(&7_u64)).is_err());
    }

    #[test]
    fn is_bounded_at_n_and_n_plus_one() {
        let mut part = english();
        // 1 map, 5 + 3 language, 5 + 3 name and head of the text.
        let room = limits::TEXT_BYTES - 17;
        part.insert("name", &"x".repeat(room)).unwrap();
        assert_eq!(part.encode().unwrap().len(), limits::TEXT_BYTES);
        part.insert("name", &"x".repeat(room + 1)).unwrap();
        assert!(matches!(part.encode(), Err(TextError::TooLarge { .. })));
        let mut many = english();
        for n in 1..limits::TEXT_FIELDS {
            many.insert(&format!("f{n}"), "x").unwrap();
        }
        let bytes = many.encode().unwrap();
        assert_eq!(TextPart::decode(&bytes), Ok(many.clone()));
        many.insert("one_more", "x").unwrap();
        assert!(matches!(many.encode(), Err(TextError::TooLarge { .. })));
        let longest = "a".repeat(limits::TEXT_FIELD_BYTES);
        assert_eq!(part.insert(&longest, "x"), Ok(()));
    }

    proptest! {
        #[test]
        fn round_trips(texts in prop::collection::btree_map("[a-k][a-z0-9_]{0,31}", "[^\\p{C}\\p{Z}]{1,40}", 1..9)) {
            let mut part = english();
            for (field, text) in &texts {
                part.insert(field, text).unwrap();
            }
            let bytes = part.encode().unwrap();
            prop_assert_eq!(TextPart::decode(&bytes), Ok(part));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
            let _ = TextPart::decode(&bytes);
        }
    }
}
