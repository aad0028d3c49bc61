//! Occupations.

use super::code::text_value;
use super::ranges::{OCCUPATIONS, listed};
use crate::reason::Reason;

text_value!(
    /// An occupation, ISCO-08: a major, sub-major, minor or unit group of 1 to 4 digits.
    Isco,
    "an occupation code of ISCO-08",
    check
);

fn check(text: &str) -> Result<(), Reason> {
    if (1..=4).contains(&text.len()) {
        listed(OCCUPATIONS, text)
    } else {
        Err(Reason::CodeUnknown)
    }
}

impl Isco {
    /// Digits given: 1 for a major group, 4 for a unit group.
    pub fn precision(&self) -> usize {
        self.as_str().len()
    }
}
