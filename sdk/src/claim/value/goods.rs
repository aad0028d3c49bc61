//! Sectors and goods.

use super::code::text_value;
use crate::reason::Reason;

text_value!(
    /// An economic activity, ISIC revision 4: a section letter, or 2 to 4 digits. Sections and
    /// divisions are checked, the rest by form.
    Isic,
    "an activity code of ISIC revision 4",
    check_isic
);

/// Two-digit numbers that are no division of ISIC revision 4.
const NO_DIVISION: &[&str] = &[
    "00", "04", "34", "40", "44", "48", "54", "57", "67", "76", "83", "89",
];

fn check_isic(text: &str) -> Result<(), Reason> {
    let section = matches!(text.as_bytes(), [b'A'..=b'U']);
    let digits = (2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let division = text.get(..2).is_some_and(|two| !NO_DIVISION.contains(&two));
    if section || digits && division {
        Ok(())
    } else {
        Err(Reason::CodeUnknown)
    }
}

text_value!(
    /// Goods, Harmonized System: 2, 4 or 6 digits. The chapter is checked, the rest by form.
    Hs,
    "a goods code of the Harmonized System",
    check_hs
);

fn check_hs(text: &str) -> Result<(), Reason> {
    let digits = matches!(text.len(), 2 | 4 | 6) && text.bytes().all(|byte| byte.is_ascii_digit());
    // Chapter 77 is reserved, 98 and 99 are left to countries.
    let chapter = text
        .get(..2)
        .is_some_and(|two| !matches!(two, "00" | "77" | "98" | "99"));
    if digits && chapter {
        Ok(())
    } else {
        Err(Reason::CodeUnknown)
    }
}
