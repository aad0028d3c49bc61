//! Counts of people, as bands, and answers that may be missing.

use super::ValueError;
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::reason::Reason;
use std::fmt;
use std::str::FromStr;

crate::code_enum! {
    /// An answer; a missing one is unknown and is counted as unknown.
    pub enum ThreeValued: "answer" {
        /// No.
        No = 0 "no",
        /// Yes.
        Yes = 1 "yes",
        /// Nobody looked.
        NotAssessed = 2 "not_assessed",
    }
}

/// How many people, never counted more finely. Ordered by size.
///
/// Encoded as its word, so that a raw number in its place is refused by form
/// ([`Reason::PrivacyRawCount`]) instead of being taken for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Band {
    /// Nobody.
    None,
    /// 1 to 9.
    Few,
    /// 10 to 19.
    From10,
    /// 20 to 49.
    From20,
    /// 50 to 99.
    From50,
    /// 100 to 249.
    From100,
    /// 250 or more.
    From250,
}

impl Band {
    /// Every band, by size.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Few,
        Self::From10,
        Self::From20,
        Self::From50,
        Self::From100,
        Self::From250,
    ];

    /// The band that holds `count` people.
    ///
    /// ```
    /// use fairtrail::claim::Band;
    /// assert_eq!(Band::of(3), Band::Few);
    /// assert_eq!(Band::of(50).as_str(), "50-99");
    /// ```
    pub const fn of(count: u64) -> Self {
        match count {
            0 => Self::None,
            1..=9 => Self::Few,
            10..=19 => Self::From10,
            20..=49 => Self::From20,
            50..=99 => Self::From50,
            100..=249 => Self::From100,
            _ => Self::From250,
        }
    }

    /// Fewest people in the band.
    pub const fn at_least(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Few => 1,
            Self::From10 => 10,
            Self::From20 => 20,
            Self::From50 => 50,
            Self::From100 => 100,
            Self::From250 => 250,
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Few => "few",
            Self::From10 => "10-19",
            Self::From20 => "20-49",
            Self::From50 => "50-99",
            Self::From100 => "100-249",
            Self::From250 => "250+",
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Band {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let found = Self::ALL.iter().copied().find(|band| band.as_str() == text);
        let counted = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'%');
        found.ok_or(ValueError {
            what: "a band of people: none, few, 10-19, 20-49, 50-99, 100-249 or 250+",
            reason: if counted {
                Reason::PrivacyRawCount
            } else {
                Reason::CodeUnknown
            },
        })
    }
}

impl Encode for Band {
    fn encode(&self, writer: &mut Writer) {
        writer.text(self.as_str());
    }
}

impl Decode for Band {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let raw = |_| CborError::Invalid {
            what: "band of people",
            reason: Reason::PrivacyRawCount,
        };
        let text = reader.text().map_err(raw)?;
        text.parse().map_err(crate::claim::invalid)
    }
}

super::code::serde_text!(Band);
