//! Occupations.

use super::code::text_value;
use crate::reason::Reason;

text_value!(
    /// An occupation, ISCO-08: 1 to 4 digits. The two first are checked against the sub-major
    /// groups, the rest by form.
    Isco,
    "an occupation code of ISCO-08",
    check
);

/// Sub-major groups of ISCO-08 (International Labour Office, 2012).
const SUB_MAJOR: &[&str] = &[
    "01", "02", "03", "11", "12", "13", "14", "21", "22", "23", "24", "25", "26", "31", "32", "33",
    "34", "35", "41", "42", "43", "44", "51", "52", "53", "54", "61", "62", "63", "71", "72", "73",
    "74", "75", "81", "82", "83", "91", "92", "93", "94", "95", "96",
];

fn check(text: &str) -> Result<(), Reason> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let known = match text.get(..2) {
        Some(group) => SUB_MAJOR.contains(&group),
        None => text.len() == 1,
    };
    if digits && known && text.len() <= 4 {
        Ok(())
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
