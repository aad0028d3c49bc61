//! From what a person types to the one normal form.

use super::{SubjectError, SubjectId, closed, org, person};
use crate::limits;

/// Longest input looked at, in bytes: generous for spaces and full-width letters.
const INPUT_BYTES: usize = 4 * limits::TOKEN_BYTES;

/// The subject that `text` means, in normal form.
///
/// Strips spaces (and hyphens, dots and slashes where a scheme has none), folds full-width letters
/// and dashes, changes case as the scheme asks, restores leading zeros of a company number, and
/// names org-id lists that have a scheme of their own by that scheme. The result passes
/// [`SubjectId::check_closed`].
///
/// # Errors
/// [`SubjectError`]; for wrong check digits it holds those that were computed.
///
/// ```
/// use fairtrail::subject::normalise;
/// let subject = normalise(" LEI: 7245 00PM K2A2 M1SQ Q228 ").unwrap();
/// assert_eq!(subject.as_str(), "lei:724500PMK2A2M1SQQ228");
/// let error = normalise("os_id: IN 2019067 X1K87 E").unwrap_err();
/// assert_eq!(error.to_string(), "the check digits of this osid should be `G`");
/// ```
pub fn normalise(text: &str) -> Result<SubjectId, SubjectError> {
    if text.len() > INPUT_BYTES {
        return Err(SubjectError::Grammar);
    }
    let folded = fold(text)?;
    let (scheme, value) = folded.split_once(':').ok_or(SubjectError::Grammar)?;
    let scheme = scheme.replace(['_', '-'], "").to_ascii_lowercase();
    if let Some(what) = person::scheme(&scheme) {
        return Err(SubjectError::NaturalPerson { what });
    }
    let subject = SubjectId::parse_open(&in_scheme(&scheme, value))?;
    closed::check(subject.scheme(), subject.value()).map(|()| subject)
}

/// ASCII without spaces: full-width forms and dashes folded, invisible characters dropped.
fn fold(text: &str) -> Result<String, SubjectError> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '!'..='~' => folded.push(c),
            '\u{ff01}'..='\u{ff5e}' => folded.push(full_width(c)),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => folded.push('-'),
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            _ if c.is_whitespace() => {}
            _ => return Err(SubjectError::Grammar),
        }
    }
    Ok(folded)
}

/// The ASCII character a full-width form stands for.
fn full_width(c: char) -> char {
    let code = u32::from(c).saturating_sub(0xfee0);
    char::from_u32(code).unwrap_or(c)
}

fn in_scheme(scheme: &str, value: &str) -> String {
    let value = match scheme {
        "lei" | "osid" | "uscc" | "abn" => strip(value),
        "cnpj" => cnpj(value),
        "gln" => gln(value),
        "imo" => {
            let value = strip(value);
            value
                .strip_prefix("IMO")
                .map_or(value.clone(), str::to_owned)
        }
        "lic" => value.to_ascii_uppercase(),
        "author" | "blind" | "row" => value.to_ascii_lowercase(),
        "org" => return org_subject(value),
        _ => value.to_owned(),
    };
    format!("{scheme}:{value}")
}

/// Upper case without separators.
fn strip(value: &str) -> String {
    value.replace(['-', '.', '/'], "").to_ascii_uppercase()
}

/// Twelve or thirteen digits have lost leading zeros to a spreadsheet. Eleven may be a person's.
fn cnpj(value: &str) -> String {
    let value = strip(value);
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    if digits && value.len() >= 12 {
        format!("{value:0>14}")
    } else {
        value
    }
}

/// Twelve digits have lost a leading zero; fourteen that begin with one are the GTIN-14 form.
fn gln(value: &str) -> String {
    let value = strip(value);
    match (value.len(), value.strip_prefix('0')) {
        (12, _) => format!("0{value}"),
        (14, Some(rest)) => rest.to_owned(),
        _ => value,
    }
}

fn org_subject(value: &str) -> String {
    let upper = value.to_ascii_uppercase();
    let Some((list, local)) = org::split(&upper) else {
        return format!("org:{upper}");
    };
    if let Some(scheme) = org::own_scheme(list) {
        return in_scheme(scheme, local);
    }
    let local = match list {
        "GB-COH" => company_number(local),
        _ if org::is_lower(list) => local.to_ascii_lowercase(),
        _ => local.to_owned(),
    };
    format!("org:{list}-{local}")
}

/// Eight characters: zeros are restored before the digits, after a prefix of letters.
fn company_number(local: &str) -> String {
    let at = local.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (prefix, digits) = local.split_at_checked(at).unwrap_or(("", local));
    let width = 8_usize.saturating_sub(prefix.len());
    if digits.is_empty() {
        return local.to_owned();
    }
    format!("{prefix}{digits:0>width$}")
}
