//! What identifies natural persons, as far as scheme and form show it.
//!
//! A filter, not a proof: a number that looks like a company's may still be a person's.

use super::SubjectError;

/// Words of schemes, authorities and lists that number natural persons.
const WORDS: &[&str] = &[
    "aadhaar",
    "aadhar",
    "bsn",
    "citizen",
    "citizenship",
    "cnic",
    "cnp",
    "cpf",
    "cpr",
    "curp",
    "dni",
    "dob",
    "driver",
    "egn",
    "email",
    "emiratesid",
    "employee",
    "fodselsnummer",
    "henkilo",
    "hetu",
    "hkid",
    "iban",
    "idcard",
    "iqama",
    "itin",
    "jmbg",
    "kitas",
    "ktp",
    "mail",
    "mailto",
    "mobile",
    "msisdn",
    "mykad",
    "mynumber",
    "name",
    "nid",
    "nie",
    "nik",
    "nin",
    "nino",
    "nric",
    "orcid",
    "passport",
    "permit",
    "person",
    "personnummer",
    "pesel",
    "phone",
    "photo",
    "pis",
    "rrn",
    "seafarer",
    "sms",
    "ssn",
    "tel",
    "tfn",
    "visa",
    "voter",
    "whatsapp",
    "worker",
];

/// What was recognised when `scheme` numbers natural persons.
pub(crate) fn scheme(scheme: &str) -> Option<&'static str> {
    WORDS.iter().copied().find(|word| *word == scheme)
}

/// Refuses an authority or list code with a segment that numbers natural persons.
pub(super) fn refuse_words(code: &str) -> Result<(), SubjectError> {
    let segment = |segment: &str| scheme(&segment.to_ascii_lowercase());
    match code.split(['-', '_']).find_map(segment) {
        Some(what) => Err(SubjectError::NaturalPerson { what }),
        None => Ok(()),
    }
}

/// Refuses what has the form of a person's address or number.
pub(super) fn refuse_form(text: &str) -> Result<(), SubjectError> {
    match form(text) {
        Some(what) => Err(SubjectError::NaturalPerson { what }),
        None => Ok(()),
    }
}

/// What was recognised: an e-mail address, a telephone number, a CPF or an SSN.
pub(crate) fn form(text: &str) -> Option<&'static str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if text.contains('@') {
        Some("an e-mail address")
    } else if text.starts_with('+') && digits >= PHONE_DIGITS {
        Some("a telephone number")
    } else if shape(text) == "999.999.999-99" {
        Some("a CPF")
    } else if shape(text) == "999-99-9999" {
        Some("a social security number")
    } else {
        None
    }
}

/// Fewest digits of an international telephone number.
const PHONE_DIGITS: usize = 7;

fn shape(text: &str) -> String {
    let digit = |c: char| if c.is_ascii_digit() { '9' } else { c };
    text.chars().map(digit).collect()
}

/// What was recognised when `local` under the org-id list `list` is a natural person's: the list
/// numbers both, and the form tells them apart.
pub(super) fn in_list(list: &str, local: &str) -> Option<&'static str> {
    let digits = local.bytes().all(|byte| byte.is_ascii_digit());
    let first = local.bytes().next().unwrap_or(b' ');
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| local.starts_with(prefix));
    let nth = |n: usize| local.as_bytes().get(n).copied();
    let personal = match list {
        "AR-CUIT" => starts(&["20", "23", "24", "25", "26", "27"]),
        "CL-RUT" => rut_body(local).is_some_and(|body| body < 50_000_000),
        "EC-RUC" => nth(2).is_some_and(|digit| digit < b'6'),
        "ES-NIF" => first.is_ascii_digit() || b"KLMXYZ".contains(&first),
        "GH-TIN" => first == b'P',
        "IN-PAN" => nth(3) == Some(b'P'),
        "IT-CF" => !digits,
        "KE-KRA" => first == b'A',
        "MX-RFC" => local.len() == 13,
        "PE-RUC" => starts(&["10", "15", "17"]),
        "RO-CUI" => digits && local.len() == 13,
        "TH-TIN" => first != b'0',
        "VN-TIN" => digits && local.len() == 12,
        _ => false,
    };
    personal.then_some("this form of the list's numbers")
}

/// A Chilean number without its check character.
fn rut_body(local: &str) -> Option<u32> {
    let plain: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    plain.get(..plain.len().checked_sub(1)?)?.parse().ok()
}
