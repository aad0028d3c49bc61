//! What is recognised by form: bare digests, numbers of persons, fields made for persons.

use crate::claim::Problems;
use crate::reason::Reason;
use crate::subject::{personal_form, personal_word};

pub(super) fn check(field: &'static str, text: &str, problems: &mut Problems) {
    if text.split([':', '/']).any(is_bare_digest) || names_digest(text) {
        let detail = "looks like a bare digest; what it hides can be guessed";
        problems.add(Reason::PrivacyDigest, field, detail);
    }
    if let Some(what) = personal_form(text) {
        let detail = format!("{what} has no place here");
        problems.add(Reason::SubjectNaturalPerson, field, detail);
    }
}

/// Bytes that well-known digests have in hexadecimal.
const HEX_CHARS: &[usize] = &[32, 40, 56, 64, 96];
/// Characters of 32 bytes in base64 without and with padding, and in base32.
const BASE_CHARS: &[usize] = &[43, 44, 52];

/// The lengths and alphabets of digests; a UUID with its hyphens is none.
fn is_bare_digest(text: &str) -> bool {
    let has = |sort: fn(&u8) -> bool| text.as_bytes().iter().any(sort);
    let all = |sort: fn(&u8) -> bool| text.as_bytes().iter().all(sort);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let hex = HEX_CHARS.contains(&text.len()) && all(u8::is_ascii_hexdigit);
    let base = BASE_CHARS.contains(&text.len())
        && all(|byte| byte.is_ascii_alphanumeric() || b"+-_=".contains(byte));
    mixed && (hex || base)
}

/// A digest that says so itself, be it cut short.
fn names_digest(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "md5:", "sha1:", "sha256:", "sha512:", "blake2:", "blake3:", "hash:",
    ]
    .iter()
    .any(|name| lower.starts_with(name))
}

/// What a field of a text part is made for, when that is data of persons.
pub(super) fn personal_field(field: &str) -> Option<&'static str> {
    // Parties have names, permits and contacts; persons have no place at all.
    let business = field.starts_with("business_");
    let of_parties = |word: &str| match word {
        "name" | "permit" => true,
        "email" | "mail" | "phone" | "tel" => business,
        _ => false,
    };
    let words = field.split('_').filter_map(personal_word);
    words.into_iter().find(|word| !of_parties(word))
}
