//! Instants in whole seconds and plain dates; nothing here reads a clock.

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::limits;
use jiff::civil;
use std::fmt;
use std::str::FromStr;

/// An instant: whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// When 1970 began.
    pub const EPOCH: Self = Self(0);

    /// The instant `seconds` after 1970 began, in UTC; `None` beyond year 9999.
    pub const fn new(seconds: u64) -> Option<Self> {
        if seconds <= limits::TIMESTAMP {
            Some(Self(seconds))
        } else {
            None
        }
    }

    /// Seconds since 1970 began.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// The UTC date of this instant.
    pub fn date(self) -> Date {
        Date(u32::try_from(self.0 / SECONDS_PER_DAY).unwrap_or(limits::DATE_DAYS))
    }
}

const SECONDS_PER_DAY: u64 = 86_400;

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.0 % SECONDS_PER_DAY;
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }
}

impl FromStr for Timestamp {
    type Err = DateError;

    /// Reads the one form that prints: `YYYY-MM-DDThh:mm:ssZ`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let instant = text.parse::<jiff::Timestamp>().map_err(|_| DateError)?;
        let seconds = u64::try_from(instant.as_second()).map_err(|_| DateError)?;
        let found = Self::new(seconds).ok_or(DateError)?;
        if found.to_string() == text {
            Ok(found)
        } else {
            Err(DateError)
        }
    }
}

impl Encode for Timestamp {
    fn encode(&self, writer: &mut Writer) {
        writer.uint(self.0);
    }
}

impl Decode for Timestamp {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::new(reader.uint()?).ok_or(CborError::IntegerRange)
    }
}

/// A calendar date: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(u32);

impl Date {
    /// The date `days` after 1970-01-01; `None` beyond year 9999.
    pub const fn from_days(days: u32) -> Option<Self> {
        if days <= limits::DATE_DAYS {
            Some(Self(days))
        } else {
            None
        }
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> u32 {
        self.0
    }

    /// The first second of this date in UTC.
    pub const fn start(self) -> Timestamp {
        Timestamp((self.0 as u64).saturating_mul(SECONDS_PER_DAY))
    }

    /// The last second of this date in UTC.
    pub const fn end(self) -> Timestamp {
        Timestamp(self.start().0.saturating_add(SECONDS_PER_DAY - 1))
    }

    /// The date `days` later, at most 9999-12-31.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(days).min(limits::DATE_DAYS))
    }

    /// Year, month (1–12) and day (1–31).
    pub fn parts(self) -> (i16, i8, i8) {
        let date = self.civil();
        (date.year(), date.month(), date.day())
    }

    fn civil(self) -> civil::Date {
        let epoch = civil::date(1970, 1, 1);
        epoch.saturating_add(jiff::Span::new().days(i64::from(self.0)))
    }

    fn from_civil(date: civil::Date) -> Option<Self> {
        let since = civil::date(1970, 1, 1).until(date).ok()?;
        u32::try_from(since.get_days())
            .ok()
            .and_then(Self::from_days)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}

/// The text is not a date or instant from 1970 to 9999 in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a date as YYYY-MM-DD or an instant as YYYY-MM-DDThh:mm:ssZ, from 1970 on")]
pub struct DateError;

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let date = text
            .parse::<civil::Date>()
            .ok()
            .and_then(Self::from_civil)
            .ok_or(DateError)?;
        if date.to_string() == text {
            Ok(date)
        } else {
            Err(DateError)
        }
    }
}

impl Encode for Date {
    fn encode(&self, writer: &mut Writer) {
        writer.uint(u64::from(self.0));
    }
}

impl Decode for Date {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let days = u32::decode(reader)?;
        Self::from_days(days).ok_or(CborError::IntegerRange)
    }
}

/// A calendar month: months since January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(u32);

/// December 9999.
const MAX_MONTH: u32 = 96_359;

impl Month {
    /// The month that holds `date`.
    pub fn of(date: Date) -> Self {
        let (year, month, _) = date.parts();
        let years = u32::try_from(i32::from(year).saturating_sub(1970)).unwrap_or(0);
        let month = u32::try_from(month).unwrap_or(1);
        Self(
            years
                .saturating_mul(12)
                .saturating_add(month)
                .saturating_sub(1),
        )
    }

    /// Months since January 1970; `None` beyond year 9999.
    pub const fn from_months(months: u32) -> Option<Self> {
        if months <= MAX_MONTH {
            Some(Self(months))
        } else {
            None
        }
    }

    /// Months since January 1970.
    pub const fn months(self) -> u32 {
        self.0
    }

    /// The first date of the month.
    pub fn first(self) -> Date {
        let year = i16::try_from(self.0 / 12).unwrap_or(0).saturating_add(1970);
        let month = i8::try_from(self.0 % 12).unwrap_or(0).saturating_add(1);
        let first = civil::Date::new(year, month, 1)
            .ok()
            .and_then(Date::from_civil);
        first.unwrap_or(Date(limits::DATE_DAYS))
    }

    /// The last date of the month.
    pub fn last(self) -> Date {
        Date::from_civil(self.first().civil().last_of_month()).unwrap_or(Date(limits::DATE_DAYS))
    }

    /// The month after this one, at most December 9999.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1).min(MAX_MONTH))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, _) = self.first().parts();
        write!(f, "{year:04}-{month:02}")
    }
}

impl FromStr for Month {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        format!("{text}-01").parse().map(Self::of)
    }
}

impl Encode for Month {
    fn encode(&self, writer: &mut Writer) {
        writer.uint(u64::from(self.0));
    }
}

impl Decode for Month {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::from_months(u32::decode(reader)?).ok_or(CborError::IntegerRange)
    }
}

macro_rules! serde_text {
    ($($type:ty),*) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

serde_text!(Date, Month, Timestamp);

const _: () = assert!(limits::DATE_DAYS as u64 * SECONDS_PER_DAY < limits::INTEGER);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_parse_print_and_refuse_other_forms() {
        let date: Date = "2026-03-01".parse().unwrap();
        assert_eq!(date.days(), 20_513);
        assert_eq!(date.start().to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(date.end().to_string(), "2026-03-01T23:59:59Z");
        assert_eq!(date.end().date(), date);
        for bad in [
            "2026-3-1",
            "2026-02-30",
            "1969-12-31",
            "20260301",
            "2026-03-01T00:00",
        ] {
            assert_eq!(bad.parse::<Date>(), Err(DateError), "{bad}");
        }
        let last = Date::from_days(limits::DATE_DAYS).unwrap();
        assert_eq!(last.to_string(), "9999-12-31");
        assert_eq!(Date::from_days(limits::DATE_DAYS + 1), None);
        let latest = Timestamp::new(limits::TIMESTAMP).unwrap();
        assert_eq!(
            (latest, latest.to_string().as_str()),
            (last.end(), "9999-12-31T23:59:59Z")
        );
        assert_eq!(Timestamp::new(limits::TIMESTAMP + 1), None);
    }

    #[test]
    fn months_know_their_first_and_last_date() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!(month.first().to_string(), "2024-02-01");
        assert_eq!(month.last().to_string(), "2024-02-29");
        assert_eq!(month.next().to_string(), "2024-03");
        assert_eq!(
            Month::from_months(MAX_MONTH).unwrap().to_string(),
            "9999-12"
        );
        assert!("2024-13".parse::<Month>().is_err());
    }
}
