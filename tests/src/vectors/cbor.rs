//! Deterministic CBOR (entry.md §3): one item, judged under the rules of claims.

use super::{Item, Vector};

/// One refusal: name, code, comment, bytes.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [u8]);

#[rustfmt::skip] // one case per line
const CASES: &[Case<'static>] = &[
    ("empty_input", "cbor-malformed", "no item at all", &[]),
    ("truncated_head", "cbor-malformed", "the head announces one more byte", &[0x18]),
    ("truncated_array", "cbor-malformed", "an array of one without its element", &[0x81]),
    ("truncated_text", "cbor-malformed", "a text of two bytes with one", &[0x62, b'a']),
    ("trailing_item", "cbor-malformed", "a second item after the first", &[0x01, 0x01]),
    ("utf8_broken", "cbor-malformed", "a text that is not UTF-8", &[0x62, 0xc3, 0x28]),
    (
        "length_beyond_memory",
        "cbor-malformed",
        "a byte string of 2^56 − 1 bytes in nine",
        &[0x5b, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ),
    (
        "array_beyond_memory",
        "cbor-malformed",
        "an array of 2^56 − 1 items in nine bytes",
        &[0x9b, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ),
    ("integer_in_2_bytes", "cbor-not-canonical", "23 fits the first byte", &[0x18, 0x17]),
    ("integer_in_3_bytes", "cbor-not-canonical", "255 fits one byte", &[0x19, 0x00, 0xff]),
    (
        "integer_in_5_bytes",
        "cbor-not-canonical",
        "65,535 fits two bytes",
        &[0x1a, 0x00, 0x00, 0xff, 0xff],
    ),
    (
        "integer_in_9_bytes",
        "cbor-not-canonical",
        "2^32 − 1 fits four bytes",
        &[0x1b, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff],
    ),
    ("negative_in_2_bytes", "cbor-not-canonical", "−24 fits the first byte", &[0x38, 0x17]),
    ("bytes_long_length", "cbor-not-canonical", "a length of 16 fits the first byte", &[0x58, 0x10]),
    ("text_long_length", "cbor-not-canonical", "a length of 1 fits the first byte", &[0x78, 0x01, b'a']),
    ("array_long_length", "cbor-not-canonical", "a length of 1 fits the first byte", &[0x98, 0x01, 0x01]),
    ("map_long_length", "cbor-not-canonical", "a length of 1 fits the first byte", &[0xb8, 0x01, 0x01, 0x01]),
    ("indefinite_array", "cbor-not-canonical", "an array of indefinite length", &[0x9f, 0x01, 0xff]),
    ("indefinite_map", "cbor-not-canonical", "a map of indefinite length", &[0xbf, 0xff]),
    ("indefinite_text", "cbor-not-canonical", "a text in chunks", &[0x7f, 0x61, b'a', 0xff]),
    ("head_reserved", "cbor-not-canonical", "additional information 28 is reserved", &[0x1c]),
    ("map_keys_descend", "cbor-not-canonical", "key 2 before key 1", &[0xa2, 0x02, 0x01, 0x01, 0x01]),
    ("map_key_twice", "cbor-not-canonical", "key 1 twice", &[0xa2, 0x01, 0x01, 0x01, 0x02]),
    (
        "map_keys_by_value",
        "cbor-not-canonical",
        "−1 before 1: keys are compared by their encoding, so 1 comes first",
        &[0xa2, 0x20, 0x01, 0x01, 0x01],
    ),
    (
        "map_text_before_integer",
        "cbor-not-canonical",
        "a text key before an integer key",
        &[0xa2, 0x61, b'a', 0x01, 0x01, 0x01],
    ),
    ("map_key_array", "cbor-forbidden-item", "an array as map key", &[0xa1, 0x80, 0x01]),
    ("map_key_bytes", "cbor-forbidden-item", "a byte string as map key", &[0xa1, 0x40, 0x01]),
    ("null", "cbor-forbidden-item", "null has no place: absent is absent", &[0xf6]),
    ("undefined", "cbor-forbidden-item", "undefined", &[0xf7]),
    ("float_16", "cbor-forbidden-item", "1.0 as half precision", &[0xf9, 0x3c, 0x00]),
    ("float_32", "cbor-forbidden-item", "0.0 as single precision", &[0xfa, 0, 0, 0, 0]),
    ("float_64", "cbor-forbidden-item", "0.0 as double precision", &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0]),
    ("tag", "cbor-forbidden-item", "tag 1 around an integer", &[0xc1, 0x01]),
    ("simple_value", "cbor-forbidden-item", "simple value 0", &[0xe0]),
    ("simple_value_long", "cbor-forbidden-item", "simple value 255", &[0xf8, 0xff]),
    ("break_alone", "cbor-forbidden-item", "a break outside an indefinite item", &[0xff]),
];

const SPEC: &str = "entry.md §3";

fn case(name: &str, expect: &str, comment: &str, bytes: &[u8]) -> Vector {
    Vector::new(&format!("cbor/{name}"), expect, SPEC, comment).hex("bytes", bytes)
}

pub(super) fn vectors() -> Vec<Vector> {
    let fixed = CASES
        .iter()
        .map(|(name, code, comment, bytes)| case(name, code, comment, bytes));
    fixed.chain(bounds()).chain(tokens()).collect()
}

/// Each bound at N and N + 1.
#[rustfmt::skip] // one case per line
fn bounds() -> Vec<Vector> {
    const MAX: i64 = (1 << 53) - 1;
    let int = |value: i64| Item::Int(value).encode();
    let nested = |depth: usize| [vec![0x81; depth - 1], vec![0x80]].concat();
    let ones = |count: usize| Item::Array(vec![Item::Int(1); count]).encode();
    let padded = |bytes: usize| {
        // Texts of 128 bytes take 130, the last one what is left; the array's head takes 2.
        let (full, rest) = ((bytes - 2) / 130, (bytes - 2) % 130);
        let text = |len: usize| Item::text("a".repeat(len - if len > 25 { 2 } else { 1 }));
        Item::Array([vec![text(130); full], vec![text(rest)]].concat()).encode()
    };
    assert_eq!(padded(16_384).len(), 16_384);
    let mut vectors = vec![
        case("integer_largest", "ok", "2^53 − 1", &int(MAX)),
        case("integer_too_large", "integer-out-of-range", "2^53", &int(MAX + 1)),
        case("integer_smallest", "ok", "−(2^53 − 1)", &int(-MAX)),
        case("integer_too_small", "integer-out-of-range", "−2^53", &int(-MAX - 1)),
        case("depth_8", "ok", "eight arrays, one in the other", &nested(8)),
        case("depth_9", "cbor-too-deep", "nine arrays, one in the other", &nested(9)),
        case("items_4096", "ok", "an array of 4,095 integers", &ones(4_095)),
        case("items_4097", "cbor-too-many-items", "an array of 4,096 integers", &ones(4_096)),
        case("claim_16384_bytes", "ok", "as many bytes as a claim may have", &padded(16_384)),
        case("claim_16385_bytes", "too-large", "one byte more", &padded(16_385)),
    ];
    let map = Item::Map(vec![
        (Item::Int(1), Item::Bool(true)),
        (Item::Int(24), Item::Bool(false)),
        (Item::Int(-1), Item::Array(vec![])),
        (Item::text("a"), Item::Map(vec![])),
        (Item::text("aa"), Item::Bytes(vec![0; 32])),
    ]);
    let comment = "keys in order of their encodings, every allowed type";
    vectors.push(case("map_in_order", "ok", comment, &map.encode()));
    vectors
}

#[rustfmt::skip] // one case per line
fn tokens() -> Vec<Vector> {
    let text = |text: &str| Item::text(text).encode();
    let bytes = |len: usize| Item::Bytes(vec![0; len]).encode();
    let refused = "token-rule";
    vec![
        case("token_128_bytes", "ok", "the longest token", &text(&"a".repeat(128))),
        case("token_129_bytes", refused, "one byte more", &text(&"a".repeat(129))),
        case("token_empty", refused, "an empty text", &text("")),
        case("token_space", refused, "a space inside", &text("two words")),
        case("token_control", refused, "a line feed inside", &text("a\nb")),
        case("token_delete", refused, "the control character 0x7f", &text("a\u{7f}")),
        case("token_umlaut", refused, "a letter outside ASCII", &text("ä")),
        case("token_punctuation", "ok", "the first and the last printable character", &text("!~")),
        case("bytes_16", "ok", "16 bytes, a salt", &bytes(16)),
        case("bytes_32", "ok", "32 bytes, a digest or key", &bytes(32)),
        case("bytes_64", "ok", "64 bytes, a signature", &bytes(64)),
        case("bytes_0", refused, "an empty byte string", &bytes(0)),
        case("bytes_20", refused, "20 bytes, a digest of an older sort", &bytes(20)),
        case("bytes_33", refused, "33 bytes", &bytes(33)),
    ]
}
