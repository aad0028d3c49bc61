use super::*;
use proptest::prelude::*;

const TOKENS: Rules = Rules::CLAIM;

fn code(bytes: &[u8]) -> Option<Reason> {
    validate(bytes, TOKENS).err().map(|error| error.code())
}

#[test]
fn refuses_every_form_but_the_shortest() {
    for bytes in [
        &[0x18, 0x17][..],
        &[0x19, 0, 0xff],
        &[0x1a, 0, 0, 0xff, 0xff],
        &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        &[0x9f, 0x01, 0xff],
        &[0xbf, 0xff],
        &[0x58, 0x10],
        &[0x78, 0x01, b'a'],
        &[0x98, 0x01, 0x01],
        &[0xb8, 0x01, 0x01, 0x01],
        &[0xa2, 0x02, 0x01, 0x01, 0x01],
        &[0xa2, 0x01, 0x01, 0x01, 0x01],
    ] {
        assert_eq!(code(bytes), Some(Reason::CborNotCanonical), "{bytes:02x?}");
    }
}

#[test]
fn refuses_floats_null_tags_and_simple_values() {
    for bytes in [
        &[0xf6][..],
        &[0xf7],
        &[0xf9, 0x3c, 0x00],
        &[0xfa, 0, 0, 0, 0],
        &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0xc1, 0x01],
        &[0xf8, 0xff],
        &[0xe0],
        &[0xa1, 0x80, 0x01],
    ] {
        assert_eq!(code(bytes), Some(Reason::CborForbiddenItem), "{bytes:02x?}");
    }
}

#[test]
fn null_stands_where_it_is_allowed() {
    let rules = Rules::INDEX;
    let bytes = [0x82, 0xf6, 0x81, 0x07];
    assert_eq!(validate(&bytes, rules), Ok(()));
    assert!(validate(&bytes, Rules::STRUCTURE).is_err());
    assert!(validate(&[0xf7], rules).is_err());
    assert!(validate(&[0xa1, 0xf6, 0x01], rules).is_err());

    let mut reader = Reader::new(&bytes);
    reader.array_of(2, "two").unwrap();
    assert!(!reader.at_array());
    assert_eq!(reader.nullable::<u8>(), Ok(None));
    assert!(reader.at_array() && !reader.null());
    assert_eq!(reader.nullable(), Ok(Some(vec![7_u8])));
    assert!(!reader.null() && !reader.at_array());
    let mut writer = Writer::new();
    writer.array(2);
    writer.nullable::<u8>(None);
    writer.nullable(Some(&vec![7_u8]));
    assert_eq!(writer.into_bytes(), bytes);
}

#[test]
fn refuses_truncated_and_trailing_bytes_and_lengths_beyond_the_input() {
    for bytes in [
        &[][..],
        &[0x18],
        &[0x81],
        &[0x01, 0x01],
        &[0x5b, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x62, 0xc3, 0x28],
    ] {
        assert_eq!(code(bytes), Some(Reason::CborMalformed), "{bytes:02x?}");
    }
    let huge = [0x9b, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(code(&huge), Some(Reason::CborMalformed));
}

#[test]
fn bounds_integers_depth_items_and_bytes_at_n_and_n_plus_one() {
    assert_eq!(code(&encode(&crate::limits::INTEGER)), None);
    assert_eq!(
        code(&encode(&(crate::limits::INTEGER + 1))),
        Some(Reason::IntegerOutOfRange)
    );
    assert_eq!(code(&encode(&-crate::limits::INTEGER.cast_signed())), None);
    let below = encode(&(-crate::limits::INTEGER.cast_signed() - 1));
    assert_eq!(code(&below), Some(Reason::IntegerOutOfRange));

    let nested = |depth: usize| [vec![0x81; depth - 1], vec![0x80]].concat();
    assert_eq!(code(&nested(crate::limits::DEPTH)), None);
    assert_eq!(
        code(&nested(crate::limits::DEPTH + 1)),
        Some(Reason::CborTooDeep)
    );

    assert_eq!(code(&encode(&vec![1_u8; crate::limits::ITEMS - 1])), None);
    let too_many = encode(&vec![1_u8; crate::limits::ITEMS]);
    assert_eq!(code(&too_many), Some(Reason::CborTooManyItems));
    assert_eq!(
        code(&vec![0; crate::limits::CLAIM_BYTES + 1]),
        Some(Reason::TooLarge)
    );
}

#[test]
fn token_rule_bounds_text_and_byte_strings() {
    let text = |content: &str| code(&encode(&content.to_owned()));
    assert_eq!(text(&"a".repeat(128)), None);
    for bad in ["", "a b", "ä", "a\n", &"a".repeat(129)] {
        assert_eq!(text(bad), Some(Reason::TokenRule), "{bad:?}");
    }
    assert_eq!(code(&encode(&[0_u8; 16])), None);
    assert_eq!(code(&encode(&[0_u8; 32])), None);
    assert_eq!(code(&encode(&[0_u8; 64])), None);
    assert_eq!(code(&encode(&[0_u8; 20])), Some(Reason::TokenRule));
    assert!(validate(&encode(&"a b".to_owned()), Rules::CHARTER).is_ok());
}

int_map! {
    #[derive(Debug, PartialEq)]
    struct Sample {
        1 => number: u64,
        2 ? list: Vec<u64>,
        5 ? flag: bool,
    }
}

#[test]
fn maps_refuse_unknown_missing_and_empty_optional_fields() {
    let sample = |bytes: &[u8]| decode::<Sample>(bytes, TOKENS).map_err(|error| error.code());
    assert_eq!(
        sample(&[0xa1, 1, 7]),
        Ok(Sample {
            number: 7,
            list: vec![],
            flag: false
        })
    );
    assert_eq!(sample(&[0xa2, 1, 7, 3, 7]), Err(Reason::UnknownField));
    assert_eq!(sample(&[0xa1, 5, 0xf5]), Err(Reason::MissingField));
    assert_eq!(sample(&[0xa2, 1, 7, 2, 0x80]), Err(Reason::EmptyOptional));
    assert_eq!(sample(&[0xa2, 1, 7, 5, 0xf4]), Err(Reason::EmptyOptional));
    assert_eq!(sample(&[0xa1, 1, 0x61, b'a']), Err(Reason::SchemaMismatch));
}

proptest! {
    #[test]
    fn structures_round_trip(number in 0..=crate::limits::INTEGER, list in prop::collection::vec(0..1000_u64, 0..9), flag: bool) {
        let sample = Sample { number, list, flag };
        prop_assert_eq!(decode::<Sample>(&encode(&sample), TOKENS).unwrap(), sample);
    }

    #[test]
    fn whatever_is_accepted_encodes_back_to_itself(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(sample) = decode::<Sample>(&bytes, TOKENS) {
            prop_assert_eq!(encode(&sample), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = validate(&bytes, TOKENS);
    }
}
