//! Counts of people and shares of them: read exactly, kept as bands.

use crate::import::RowError;
use fairtrail::claim::Band;

/// Digits of a count: more people than that work nowhere.
const DIGITS: usize = 9;

/// A whole number of people, as a list prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headcount(u64);

impl Headcount {
    /// The band it lies in.
    pub const fn band(self) -> Band {
        Band::of(self.0)
    }

    /// How many people: for the author's own eyes, never for a statement.
    pub const fn people(self) -> u64 {
        self.0
    }

    /// Whether it shows between one and nine people.
    pub const fn shows_few(self) -> bool {
        matches!(self.0, 1..=9)
    }

    /// Whether it is more than the whole.
    pub const fn exceeds(self, whole: Self) -> bool {
        self.0 > whole.0
    }
}

/// Reads a count: digits, and at most zeros behind a point, as spreadsheets write them. Separators of
/// thousands are refused: whether they are decimal points would be a guess.
///
/// # Errors
/// [`RowError::Count`].
pub fn headcount(printed: &str) -> Result<Headcount, RowError> {
    let (whole, rest) = printed.split_once('.').unwrap_or((printed, "0"));
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let formed = (1..=DIGITS).contains(&whole.len())
        && number(whole)
        && !rest.is_empty()
        && rest.bytes().all(|byte| byte == b'0');
    let count = formed.then(|| whole.parse().ok()).flatten();
    count.map(Headcount).ok_or(RowError::Count(
        "not a whole number of people, in digits alone",
    ))
}

/// How many people a share of a total is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    least: u64,
    most: u64,
    nearest: u64,
}

impl Share {
    /// The band of every number it may be; `None` when it may lie in two.
    pub fn band(self) -> Option<Band> {
        let band = Band::of(self.least);
        (band == Band::of(self.most)).then_some(band)
    }

    /// Whether whoever multiplies gets between one and nine people.
    pub const fn shows_few(self) -> bool {
        matches!(self.nearest, 1..=9)
    }
}

/// What a printed percentage of a total comes to, given that it was rounded to the digits it shows.
///
/// ```
/// use fairtrail::claim::Band;
/// use fairtrail_cli::import::facilities::{headcount, share_of};
/// let total = headcount("500")?;
/// assert_eq!(share_of("1.4%", total)?.band(), Some(Band::Few));
/// // From 95 to 103 people: two bands.
/// assert_eq!(share_of("10%", headcount("990")?)?.band(), None);
/// assert!(share_of("some", total).is_err());
/// # Ok::<(), fairtrail_cli::import::RowError>(())
/// ```
///
/// # Errors
/// [`RowError::Count`] when it is no percentage from 0 to 100.
pub fn share_of(printed: &str, total: Headcount) -> Result<Share, RowError> {
    let wrong = RowError::Count("not a percentage from 0 to 100");
    let number = printed.strip_suffix('%').unwrap_or(printed).trim();
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{decimals}");
    let formed = !whole.is_empty()
        && (1..=6).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(value), Ok(places)) = (
        formed.then(|| digits.parse::<u128>().ok()).flatten(),
        u32::try_from(decimals.len()),
    ) else {
        return Err(wrong);
    };
    let one = 10_u128.pow(places);
    if value > 100 * one {
        return Err(wrong);
    }
    // In tenths of the last digit: half of it to either side may have been rounded away.
    let people = u128::from(total.0);
    let unit = 1_000 * one;
    let (low, high) = (
        (10 * value).saturating_sub(5) * people,
        (10 * value + 5) * people,
    );
    let (first, last) = (low.div_ceil(unit), high / unit);
    let (least, most) = if first <= last {
        (first, last)
    } else {
        // No whole number gives this share; it is of a total near this one.
        (last, first)
    };
    let nearest = (10 * value * people + unit / 2) / unit;
    let of = |count: u128| u64::try_from(count.min(people)).unwrap_or(u64::MAX);
    Ok(Share {
        least: of(least),
        most: of(most),
        nearest: of(nearest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_digits_and_nothing_else() {
        for (good, band) in [
            ("0", Band::None),
            ("3", Band::Few),
            ("1061.0", Band::From250),
        ] {
            assert_eq!(headcount(good).unwrap().band(), band);
        }
        for bad in [
            "",
            "-1",
            "1,200",
            "1.5",
            "1.",
            "about 20",
            "20-30",
            "1000000000",
        ] {
            assert!(headcount(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_share_is_banded_only_when_every_number_it_may_be_has_one_band() {
        let band = |share, total| share_of(share, headcount(total).unwrap()).unwrap().band();
        assert_eq!(band("0.0%", "130"), Some(Band::None));
        // 0.05 per cent of 3,273 is more than one person.
        assert_eq!(band("0.0%", "3273"), None);
        assert_eq!(band("0.4%", "289"), Some(Band::Few));
        assert_eq!(band("100.0%", "80"), Some(Band::From50));
        assert_eq!(band("10", "1000"), None);
        assert_eq!(band("51", "100"), Some(Band::From50));
        for bad in ["", "%", "101%", "-1%", "1.2.3%", "0.00000001%"] {
            assert!(share_of(bad, headcount("10").unwrap()).is_err(), "{bad}");
        }
    }
}
