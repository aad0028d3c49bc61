//! Identifiers of org-id.guide lists: `<LIST>-<local id>`.
//!
//! A list code is `CC-LIST`, `CC_RR-LIST` for a province, or `CC-RR-CR` for one of several regional
//! registers; that follows from the codes in use, so no copy of the lists is needed. What stands
//! after it is the local id, which may hold hyphens itself.

use super::SubjectError;
use super::closed::is_number;
use super::person;

const WRONG: SubjectError = SubjectError::Form {
    scheme: "org",
    expected: "`<LIST>-<local id>` as GB-COH-09506232, upper case, without spaces",
};

/// Lists whose identifiers have a scheme of their own here.
const OWN: &[(&str, &str)] = &[
    ("AU-ABN", "abn"),
    ("BR-CNPJ", "cnpj"),
    ("CN-USCI", "uscc"),
    ("XI-LEI", "lei"),
];

/// Lists whose registers write their identifiers in lower case.
const LOWER: &[&str] = &["GB-CASC", "XI-GRID", "XI-PB", "XI-ROR"];

pub(super) fn check(value: &str) -> Result<(), SubjectError> {
    let (list, local) = split(value).ok_or(WRONG)?;
    person::refuse_words(list)?;
    person::refuse_form(local)?;
    if let Some(scheme) = own_scheme(list) {
        return Err(SubjectError::OwnScheme { scheme });
    }
    if let Some(what) = person::in_list(list, local) {
        return Err(SubjectError::NaturalPerson { what });
    }
    let alnum = if is_lower(list) {
        lower_alnum
    } else {
        upper_alnum
    };
    let formed = is_number(local, alnum) && (list != "GB-COH" || is_company_number(local));
    if formed { Ok(()) } else { Err(WRONG) }
}

fn upper_alnum(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn lower_alnum(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Eight characters: leading zeros belong to the number.
fn is_company_number(local: &str) -> bool {
    local.len() == 8 && local.bytes().all(upper_alnum)
}

pub(super) fn own_scheme(list: &str) -> Option<&'static str> {
    OWN.iter()
        .find(|(own, _)| *own == list)
        .map(|(_, scheme)| *scheme)
}

pub(super) fn is_lower(list: &str) -> bool {
    LOWER.contains(&list)
}

/// List code and local id.
pub(super) fn split(value: &str) -> Option<(&str, &str)> {
    let dash = |from: usize| {
        let rest = value.get(from..)?;
        Some(from.saturating_add(rest.find('-')?))
    };
    let first = dash(0)?;
    let second = dash(first.saturating_add(1))?;
    let register = value.get(first.saturating_add(1)..second)?;
    let regional = register.len() == 2
        && value
            .get(second..)
            .is_some_and(|rest| rest.starts_with("-CR-"));
    let end = if regional {
        second.saturating_add(3)
    } else {
        second
    };
    let (list, local) = (value.get(..end)?, value.get(end.saturating_add(1)..)?);
    let country = value.get(..first)?;
    let well_formed = is_country(country)
        && !register.is_empty()
        && register
            .bytes()
            .all(|byte| upper_alnum(byte) || byte == b'_')
        && !local.is_empty();
    well_formed.then_some((list, local))
}

/// `CC`, or `CC_RR` for a province.
fn is_country(text: &str) -> bool {
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase());
    match text.split_once('_') {
        Some((country, region)) => letters(country) && letters(region),
        None => letters(text),
    }
}
