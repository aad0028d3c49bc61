//! What the submission door takes: one normal form per scheme.

use super::digits::{self, CheckDigits};
use super::{SubjectError, org, person};
use crate::id::from_base32;

/// Every scheme of this version, as the error names them.
pub(super) const SCHEMES: &str =
    "abn, author, blind, cnpj, gln, imo, lei, lic, org, osid, row, uscc";

pub(super) fn check(scheme: &str, value: &str) -> Result<(), SubjectError> {
    if let Some(what) = person::scheme(scheme) {
        return Err(SubjectError::NaturalPerson { what });
    }
    match scheme {
        "abn" => abn(value),
        "author" => base32("author", value),
        "blind" => base32("blind", value),
        "cnpj" => cnpj(value),
        "gln" => gln(value),
        "imo" => imo(value),
        "key" => Err(SubjectError::KeyOutsideBegin),
        "lei" => lei(value),
        "lic" => lic(value),
        "org" => org::check(value),
        "osid" => osid(value),
        "row" => row(value),
        "uscc" => uscc(value),
        _ => Err(SubjectError::SchemeUnknown),
    }
}

fn form(scheme: &'static str, expected: &'static str) -> SubjectError {
    SubjectError::Form { scheme, expected }
}

fn upper_alnum(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn digits_of(value: &str, len: usize) -> bool {
    value.len() == len && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Compares the last characters of `value` with what `compute` gives for those before.
fn tail(
    scheme: &'static str,
    value: &str,
    len: usize,
    compute: fn(&[u8]) -> CheckDigits,
) -> Result<(), SubjectError> {
    let at = value.len().saturating_sub(len);
    let (body, found) = value.split_at_checked(at).unwrap_or((value, ""));
    let expected = compute(body.as_bytes());
    if expected.as_str() == found {
        Ok(())
    } else {
        Err(SubjectError::CheckDigits { scheme, expected })
    }
}

fn abn(value: &str) -> Result<(), SubjectError> {
    if !digits_of(value, 11) || value.starts_with('0') {
        return Err(form("abn", "11 digits, the first not 0"));
    }
    if digits::is_abn(value.as_bytes()) {
        return Ok(());
    }
    let rest = value.as_bytes().get(2..).unwrap_or_default();
    Err(SubjectError::CheckDigits {
        scheme: "abn",
        expected: digits::abn(rest),
    })
}

fn base32(scheme: &'static str, value: &str) -> Result<(), SubjectError> {
    let found = from_base32(value).map(|_| ());
    found.ok_or_else(|| form(scheme, "52 characters of lower-case base32"))
}

fn cnpj(value: &str) -> Result<(), SubjectError> {
    if digits_of(value, 11) {
        let what = "an 11-digit CPF";
        return Err(SubjectError::NaturalPerson { what });
    }
    let (body, check) = value.split_at_checked(12).unwrap_or((value, ""));
    let all_alike = value.bytes().all(|byte| Some(byte) == value.bytes().next());
    if !body.bytes().all(upper_alnum) || !digits_of(check, 2) || all_alike {
        return Err(form(
            "cnpj",
            "12 digits or upper-case letters and 2 check digits",
        ));
    }
    tail("cnpj", value, 2, digits::cnpj)
}

fn gln(value: &str) -> Result<(), SubjectError> {
    if !digits_of(value, 13) || value.bytes().all(|byte| byte == b'0') {
        return Err(form("gln", "13 digits"));
    }
    tail("gln", value, 1, digits::gln)
}

fn imo(value: &str) -> Result<(), SubjectError> {
    if !digits_of(value, 7) || value.starts_with('0') {
        return Err(form("imo", "7 digits, the first not 0"));
    }
    tail("imo", value, 1, digits::imo)
}

fn lei(value: &str) -> Result<(), SubjectError> {
    let (body, check) = value.split_at_checked(18).unwrap_or((value, ""));
    if !body.bytes().all(upper_alnum) || !digits_of(check, 2) {
        return Err(form(
            "lei",
            "18 digits or upper-case letters and 2 check digits",
        ));
    }
    tail("lei", value, 2, digits::lei)
}

fn osid(value: &str) -> Result<(), SubjectError> {
    let upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    let parts = value.split_at_checked(2).and_then(|(country, rest)| {
        let (date, random) = rest.split_at_checked(7)?;
        Some((country, date, random))
    });
    let formed = parts.is_some_and(|(country, date, random)| {
        upper(country)
            && digits_of(date, 7)
            && random.len() == 6
            && random.bytes().all(digits::is_crockford)
    });
    if !formed {
        return Err(form(
            "osid",
            "2 letters, 7 digits and 6 characters other than I, L, O and U",
        ));
    }
    tail("osid", value, 1, digits::osid)
}

fn uscc(value: &str) -> Result<(), SubjectError> {
    let symbols = value.bytes().all(|byte| digits::GB32100.contains(&byte));
    // Zeros alone satisfy every weighted sum.
    if value.len() != 18 || !symbols || value.bytes().all(|byte| byte == b'0') {
        return Err(form(
            "uscc",
            "18 digits or upper-case letters other than I, O, S, V and Z",
        ));
    }
    tail("uscc", value, 1, digits::uscc)
}

fn lic(value: &str) -> Result<(), SubjectError> {
    let wrong = form(
        "lic",
        "`<authority>:<number>`, the authority as GB-GLAA, the number in upper case without spaces",
    );
    let (authority, number) = value.split_once(':').ok_or(wrong)?;
    person::refuse_words(authority)?;
    person::refuse_form(number)?;
    if is_authority(authority) && is_number(number, upper_alnum) {
        Ok(())
    } else {
        Err(wrong)
    }
}

/// Two letters of a country, then segments of upper-case letters and digits, 24 bytes at most.
fn is_authority(text: &str) -> bool {
    let mut segments = text.split('-');
    let country = segments.next().unwrap_or_default();
    let filled = |segment: &str| !segment.is_empty() && segment.bytes().all(upper_alnum);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (5..=24).contains(&text.len())
        && segments.all(filled)
}

/// A register's own number: letters and digits as `alnum` says and `._:/()+&-`, at least one
/// of them a letter or digit. A star has no place: it means a prefix in the scope of a grant.
pub(super) fn is_number(text: &str, alnum: fn(u8) -> bool) -> bool {
    text.bytes().any(alnum)
        && text
            .bytes()
            .all(|byte| alnum(byte) || b"._:/()+&-".contains(&byte))
}

fn row(value: &str) -> Result<(), SubjectError> {
    let parts = value.split_once(':');
    let formed =
        parts.is_some_and(|(observer, id)| from_base32(observer).is_some() && is_base32_of_16(id));
    if formed {
        Ok(())
    } else {
        Err(form(
            "row",
            "`<observer>:<id>`, 52 and 26 characters of lower-case base32",
        ))
    }
}

/// 16 bytes take 26 characters, the last of which holds two spare bits, zero.
fn is_base32_of_16(text: &str) -> bool {
    let symbol = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
    text.len() == 26
        && text.bytes().all(symbol)
        && text.ends_with(['a', 'e', 'i', 'm', 'q', 'u', 'y', '4'])
}
