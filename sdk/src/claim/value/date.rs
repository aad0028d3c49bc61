//! Dates as precise as they are known.

use super::ValueError;
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::reason::Reason;
use crate::time::{Date, Month};
use std::fmt;
use std::str::FromStr;

/// A year, a month or a day, as precise as its author knows or may say: `2026`, `2026-03` or
/// `2026-03-17`. From 1970 to 9999.
///
/// ```
/// use fairtrail::claim::PartialDate;
/// let month: PartialDate = "2026-02".parse().unwrap();
/// assert_eq!(month.last().to_string(), "2026-02-28");
/// assert!("02/2026".parse::<PartialDate>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartialDate {
    /// Some time in a year.
    Year(Year),
    /// Some time in a month.
    Month(Month),
    /// A day.
    Day(Date),
}

/// A calendar year from 1970 to 9999, as its January.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Year(Month);

impl Year {
    /// The year; `None` outside 1970 to 9999.
    pub fn new(year: u16) -> Option<Self> {
        let since = u32::from(year.checked_sub(1970)?);
        Month::from_months(since.saturating_mul(12)).map(Self)
    }

    fn december(self) -> Month {
        let months = self.0.months().saturating_add(11);
        Month::from_months(months).unwrap_or(self.0)
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, _, _) = self.0.first().parts();
        write!(f, "{year:04}")
    }
}

impl PartialDate {
    /// The first day it may mean.
    pub fn first(self) -> Date {
        match self {
            Self::Year(year) => year.0.first(),
            Self::Month(month) => month.first(),
            Self::Day(day) => day,
        }
    }

    /// The last day it may mean.
    pub fn last(self) -> Date {
        match self {
            Self::Year(year) => year.december().last(),
            Self::Month(month) => month.last(),
            Self::Day(day) => day,
        }
    }

    /// The same date with no more precision than a month.
    #[must_use]
    pub fn to_month(self) -> Self {
        match self {
            Self::Day(day) => Self::Month(Month::of(day)),
            coarse => coarse,
        }
    }

    /// The same date as a year.
    #[must_use]
    pub fn to_year(self) -> Self {
        let (year, _, _) = self.first().parts();
        let year = u16::try_from(year).ok().and_then(Year::new);
        year.map_or(self, Self::Year)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => year.fmt(f),
            Self::Month(month) => month.fmt(f),
            Self::Day(day) => day.fmt(f),
        }
    }
}

impl FromStr for PartialDate {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let year = || text.parse::<u16>().ok().and_then(Year::new);
        let found = match text.len() {
            4 if text.bytes().all(|byte| byte.is_ascii_digit()) => year().map(Self::Year),
            7 => text.parse().ok().map(Self::Month),
            10 => text.parse().ok().map(Self::Day),
            _ => None,
        };
        found.ok_or(ValueError {
            what: "a date as YYYY, YYYY-MM or YYYY-MM-DD, from 1970 on",
            reason: Reason::ClaimInvalid,
        })
    }
}

impl Encode for PartialDate {
    fn encode(&self, writer: &mut Writer) {
        writer.text(&self.to_string());
    }
}

impl Decode for PartialDate {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.text()?.parse().map_err(crate::claim::invalid)
    }
}

super::code::serde_text!(PartialDate);
