//! Bytes that are no reply.

use fairtrail::reason::Reason;

/// Name, refusal, comment and bytes.
pub(crate) type Form = (&'static str, Reason, &'static str, &'static [u8]);

/// A reply is `{1: 1, 16: stance}`, `a2 01 01 10 00`.
pub(crate) const FORMS: &[Form] = &[
    (
        "form_truncated",
        Reason::CborMalformed,
        "ends early",
        &[0xa2, 1, 1, 16],
    ),
    (
        "form_trailing",
        Reason::CborMalformed,
        "goes on",
        &[0xa2, 1, 1, 16, 0, 0],
    ),
    (
        "form_order",
        Reason::CborNotCanonical,
        "keys fall",
        &[0xa2, 16, 0, 1, 1],
    ),
    (
        "form_long",
        Reason::CborNotCanonical,
        "1 in two bytes",
        &[0xa2, 1, 0x18, 1, 16, 0],
    ),
    (
        "form_null",
        Reason::CborForbiddenItem,
        "null",
        &[0xa2, 1, 1, 16, 0xf6],
    ),
    (
        "form_edition",
        Reason::CodeUnknown,
        "edition 2",
        &[0xa2, 1, 2, 16, 0],
    ),
    (
        "form_no_edition",
        Reason::MissingField,
        "no edition",
        &[0xa1, 16, 0],
    ),
    (
        "form_missing",
        Reason::MissingField,
        "no stance",
        &[0xa1, 1, 1],
    ),
    (
        "form_unknown_key",
        Reason::UnknownField,
        "key 9 is not in use",
        &[0xa3, 1, 1, 9, 1, 16, 0],
    ),
    (
        "form_code",
        Reason::CodeUnknown,
        "stance 4",
        &[0xa2, 1, 1, 16, 4],
    ),
    (
        "form_word",
        Reason::SchemaMismatch,
        "a word in place of a code",
        &[0xa2, 1, 1, 16, 0x61, b'0'],
    ),
    (
        "form_empty_list",
        Reason::EmptyOptional,
        "an empty list",
        &[0xa3, 1, 1, 16, 0, 17, 0x80],
    ),
    (
        "form_list_order",
        Reason::NotAscending,
        "b, a",
        &[0xa3, 1, 1, 16, 0, 17, 0x82, 0x61, b'b', 0x61, b'a'],
    ),
    (
        "form_list_twice",
        Reason::NotAscending,
        "a, a",
        &[0xa3, 1, 1, 16, 0, 17, 0x82, 0x61, b'a', 0x61, b'a'],
    ),
    (
        "form_space",
        Reason::TokenRule,
        "text for people",
        &[0xa3, 1, 1, 6, 0x63, b'n', b' ', b'e', 16, 0],
    ),
    (
        "form_code_character",
        Reason::TextInClaim,
        "a code with a star",
        &[0xa3, 1, 1, 16, 0, 17, 0x81, 0x61, b'*'],
    ),
    (
        "form_language",
        Reason::CodeUnknown,
        "no such language",
        &[0xa3, 1, 1, 6, 0x62, b'x', b'x', 16, 0],
    ),
    (
        "form_bytes",
        Reason::TokenRule,
        "three bytes",
        &[0xa3, 1, 1, 5, 0x43, 1, 2, 3, 16, 0],
    ),
];
