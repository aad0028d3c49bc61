//! Sectors and goods.

use super::code::text_value;
use super::ranges::{ACTIVITIES, HEADINGS, listed};
use crate::reason::Reason;

text_value!(
    /// An economic activity, ISIC revision 4: a section letter, or a division, group or class of 2
    /// to 4 digits.
    Isic,
    "an activity code of ISIC revision 4",
    check_isic
);

fn check_isic(text: &str) -> Result<(), Reason> {
    match text.as_bytes() {
        [b'A'..=b'U'] => Ok(()),
        [_, _] | [_, _, _] | [_, _, _, _] => listed(ACTIVITIES, text),
        _ => Err(Reason::CodeUnknown),
    }
}

text_value!(
    /// Goods, Harmonized System: a chapter, heading or subheading of 2, 4 or 6 digits. Chapters and
    /// headings are checked; subheadings change with every edition and are checked by form.
    Hs,
    "a goods code of the Harmonized System",
    check_hs
);

fn check_hs(text: &str) -> Result<(), Reason> {
    match text.len() {
        2 | 4 | 6 => listed(HEADINGS, text),
        _ => Err(Reason::CodeUnknown),
    }
}
