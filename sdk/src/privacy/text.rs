//! What texts show of persons, as far as form tells: addresses, telephone and document numbers.
//!
//! A filter with both sorts of error. It knows no names and no meaning; it takes amounts, dates and
//! identifiers of parties written with their scheme (`gln:…`) for what they are.

use crate::subject::{SubjectId, personal_form};

/// Whose contact a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belongs {
    /// A party's: its author says so by the name of the field.
    ToAParty,
    /// Nobody says.
    ToNobodyKnown,
}

/// Names of fields that hold a party's own contact begin so.
const OF_PARTIES: &str = "business_";

impl Belongs {
    pub(super) fn to(field: &str) -> Self {
        if field.starts_with(OF_PARTIES) {
            Self::ToAParty
        } else {
            Self::ToNobodyKnown
        }
    }
}

/// Fewest digits of a number that may be a telephone's: `+`, `00` or `0` in front.
const PHONE_DIGITS: usize = 9;
/// Fewest digits in one run that are no amount, date or count any more.
const LONG_RUN: usize = 9;

/// The first thing that looks like a person's address or number.
pub(super) fn find(text: &str, belongs: Belongs) -> Option<&'static str> {
    let words =
        || text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '<' | '>'));
    let words = || words().map(bare).filter(|word| !word.is_empty());
    if belongs == Belongs::ToNobodyKnown && words().any(is_address) {
        return Some("an e-mail address");
    }
    let document = words().filter(|word| !is_named_id(word)).find_map(|word| {
        if is_document(word) {
            return Some("the number of a passport or identity document");
        }
        personal_form(word)
            .filter(|found| !found.ends_with("address") && !found.starts_with("a tele"))
    });
    if document.is_some() || belongs == Belongs::ToAParty {
        return document;
    }
    if has_phone(text) {
        return Some("a telephone number");
    }
    let long = |word: &&str| !is_named_id(word) && longest_run(word) >= LONG_RUN;
    words()
        .find(long)
        .map(|_| "a long number that names no scheme")
}

/// A word without the punctuation around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| matches!(c, '.' | '!' | '?' | '(' | ')' | '[' | ']' | '\'' | ':'))
}

/// `somebody@host.domain`, also with the at sign spelt out in brackets.
fn is_address(word: &str) -> bool {
    let word = word.replace("[at]", "@").replace("(at)", "@");
    let Some((local, host)) = word.rsplit_once('@') else {
        return false;
    };
    let end = |c: &char| c.is_alphanumeric();
    local.chars().next_back().as_ref().is_some_and(end)
        && host.chars().next().as_ref().is_some_and(end)
        && host.contains('.')
}

/// An identifier written with a scheme that this version takes, or the address of a page.
fn is_named_id(word: &str) -> bool {
    let id = word.parse::<SubjectId>();
    id.is_ok_and(|id| id.check_closed().is_ok())
        || word.starts_with("https://")
        || word.starts_with("http://")
}

/// `+977 98-0000-0000`, `0044 …`, `(01) 4000 0000`: digits with what is usual between them.
fn has_phone(text: &str) -> bool {
    let mut run = Run::default();
    // A number begins where a word does.
    let mut inside = false;
    for c in text.chars() {
        let before = std::mem::replace(&mut inside, c.is_alphanumeric() || c == ':' || c == '_');
        match latin(c) {
            Some(_) if before && run.digits == 0 => {}
            Some(digit) => run.digit(digit),
            None if c == '+' && run.digits == 0 => run.plus = true,
            None if run.digits > 0
                && run.gap == 0
                && matches!(c, ' ' | '-' | '/' | '.' | '\u{a0}') =>
            {
                run.gap = 1;
            }
            // Brackets stand beside a space.
            None if matches!(c, '(' | ')') && (run.digits > 0 || c == '(') => {}
            None => {
                if run.is_phone() {
                    return true;
                }
                run = Run::default();
            }
        }
    }
    run.is_phone()
}

/// Digits in a row, with at most one separator between two.
#[derive(Debug, Default)]
struct Run {
    plus: bool,
    zero: bool,
    digits: usize,
    gap: usize,
}

impl Run {
    fn digit(&mut self, digit: u32) {
        if self.digits == 0 {
            self.zero = digit == 0;
        }
        self.digits = self.digits.saturating_add(1);
        self.gap = 0;
    }

    const fn is_phone(&self) -> bool {
        (self.plus || self.zero) && self.digits >= PHONE_DIGITS
    }
}

/// Forms of document numbers: one or two capitals and seven to nine digits, and the national
/// insurance form.
fn is_document(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    let rest = word.get(letters..).unwrap_or_default();
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let tail = rest.get(digits..).unwrap_or_default();
    match (letters, digits, tail) {
        (1, 7..=9, "") | (2, 7..=8, "") => true,
        (2, 6, tail) => matches!(tail, "A" | "B" | "C" | "D"),
        _ => false,
    }
}

fn longest_run(word: &str) -> usize {
    let mut longest = 0;
    let mut run = 0_usize;
    for c in word.chars() {
        run = if latin(c).is_some() {
            run.saturating_add(1)
        } else {
            0
        };
        longest = longest.max(run);
    }
    longest
}

/// The value of a digit of the scripts that workers and registers write.
fn latin(c: char) -> Option<u32> {
    const ZEROS: [char; 9] = [
        '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ae6}', '\u{be6}', '\u{1040}',
        '\u{ff10}',
    ];
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        (value < 10).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&'static str> {
        find(text, Belongs::ToNobodyKnown)
    }

    #[test]
    fn addresses_and_numbers_of_persons_are_recognised() {
        for (text, what) in [
            ("write to ana@example.com.", "an e-mail address"),
            ("ana[at]example.com", "an e-mail address"),
            ("<ana.b@mail.example>", "an e-mail address"),
            ("call +977 98-0000-0000", "a telephone number"),
            ("call +9779800000000", "a telephone number"),
            ("0044 20 7946 0000", "a telephone number"),
            ("(01) 4000 00000", "a telephone number"),
            ("फोन +९७७ ९८०००००००० मा", "a telephone number"),
            (
                "passport PA1234567",
                "the number of a passport or identity document",
            ),
            (
                "his passport (L1234567)",
                "the number of a passport or identity document",
            ),
            ("QQ123456C", "the number of a passport or identity document"),
            ("SSN 078-05-1120", "a social security number"),
            ("id 123456789", "a long number that names no scheme"),
            ("১২৩৪৫৬৭৮৯০১২৩", "a long number that names no scheme"),
        ] {
            assert_eq!(found(text), Some(what), "{text}");
        }
    }

    #[test]
    fn amounts_dates_and_identifiers_of_parties_are_taken() {
        for text in [
            "NPR 120,000 per worker, repaid on 2026-03-01",
            "between 2024-01-01 and 2026-12-31",
            "Unit 4, 12-14 High Street, London EC1A 1BB",
            "Kathmandu 44600",
            "site gln:9520123456788 of lei:999900DEMO0000000152",
            "see https://register.example/row/1234567890123",
            "clause 4.2.1 of ETI 3.0",
            "ZAA600 and SMETA 7",
            "Company No. 09506232",
            "hours 60-72 in weeks 10-14 of 2026",
            "a @ 3 each",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_party_says_which_contact_is_its_own() {
        let party = |text| find(text, Belongs::to("business_contact"));
        assert_eq!(
            party("office@example.com, +44 20 7946 0000, 5060012345678"),
            None
        );
        // No business has a passport.
        assert!(party("PA1234567").is_some());
        assert!(party("078-05-1120").is_some());
        assert_eq!(Belongs::to("contact"), Belongs::ToNobodyKnown);
    }
}
