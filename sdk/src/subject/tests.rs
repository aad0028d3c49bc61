use super::*;
use crate::cbor::{Rules, decode, encode};
use proptest::prelude::*;

fn closed(text: &str) -> Result<(), SubjectError> {
    SubjectId::parse_open(text)?.check_closed()
}

#[test]
fn the_open_grammar_is_bounded_at_n_and_n_plus_one() {
    let scheme = "a".repeat(limits::SUBJECT_SCHEME_BYTES);
    let value = "!".repeat(limits::SUBJECT_VALUE_BYTES);
    assert!(SubjectId::parse_open(&format!("{scheme}:{value}")).is_ok());
    assert!(SubjectId::parse_open(&format!("{scheme}a:1")).is_err());
    assert!(SubjectId::parse_open(&format!("aa:{value}!")).is_err());
    assert!(SubjectId::parse_open("a:1").is_err());
    assert!(SubjectId::parse_open("aa:").is_err());
    assert!(SubjectId::parse_open("aa: ").is_err());
}

#[test]
fn wrong_check_digits_come_with_the_computed_ones() {
    let expected = |text| match closed(text) {
        Err(SubjectError::CheckDigits { expected, .. }) => expected.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(expected("lei:724500PMK2A2M1SQQ229"), "28");
    assert_eq!(expected("osid:IN2019067X1K87E"), "G");
    assert_eq!(expected("cnpj:33000167000102"), "01");
    assert_eq!(expected("abn:61824753556"), "51");
    assert_eq!(expected("uscc:91350100M000100Y40"), "3");
    assert_eq!(expected("imo:9074720"), "9");
}

#[test]
fn a_key_is_a_subject_of_first_entries_only() {
    let key = SubjectId::from(KeyId::new([1; 32]));
    assert_eq!(key.key(), Some(KeyId::new([1; 32])));
    assert_eq!(key.check_closed(), Err(SubjectError::KeyOutsideBegin));
    assert_eq!(key.author(), None);
}

#[test]
fn parts_of_a_subject_are_read_back() {
    let observer = AuthorId::new([2; 32]);
    let row = SubjectId::row(observer, [3; 16]);
    assert_eq!(row.row_observer(), Some(observer));
    assert_eq!(row.check_closed(), Ok(()));
    assert_eq!(SubjectId::blind([4; 32]).check_closed(), Ok(()));
    assert_eq!(SubjectId::from(observer).author(), Some(observer));
    let licence = SubjectId::lic("GB-GLAA", "ABCD0001").unwrap();
    assert_eq!(licence.licence(), Some(("GB-GLAA", "ABCD0001")));
    assert!(SubjectId::lic("GB-GLAA", "abcd 0001").is_err());
}

#[test]
fn order_is_that_of_bytes() {
    let mut subjects = ["org:X-1", "lei:B", "lei:A"].map(|text| {
        let subject: SubjectId = text.parse().unwrap();
        subject
    });
    subjects.sort();
    assert_eq!(
        subjects.map(|s| s.to_string()),
        ["lei:A", "lei:B", "org:X-1"]
    );
}

#[test]
fn cbor_and_json_take_only_the_grammar() {
    let subject: SubjectId = "zz:anything".parse().unwrap();
    let bytes = encode(&subject);
    assert_eq!(
        decode::<SubjectId>(&bytes, Rules::HEADER),
        Ok(subject.clone())
    );
    assert!(decode::<SubjectId>(&encode(&"nocolon".to_owned()), Rules::HEADER).is_err());
    let json = serde_json::to_string(&subject).unwrap();
    assert_eq!(serde_json::from_str::<SubjectId>(&json).unwrap(), subject);
    assert!(serde_json::from_str::<SubjectId>("\"nocolon\"").is_err());
}

proptest! {
    #[test]
    fn normal_forms_pass_the_door_and_normalise_to_themselves(text in "(lei|osid|gln|imo|cnpj|lic|org|os_id|ABN):[ A-Za-z0-9:-]{1,30}") {
        if let Ok(subject) = normalise(&text) {
            prop_assert_eq!(subject.check_closed(), Ok(()));
            prop_assert_eq!(normalise(subject.as_str()), Ok(subject));
        }
    }

    #[test]
    fn what_the_door_takes_is_already_normal(text in "(org|lic):[A-Z]{2}[-_][A-Z]{2,3}[-:][A-Za-z0-9:-]{1,12}") {
        if closed(&text).is_ok() {
            let normal = normalise(&text).unwrap();
            prop_assert_eq!(normal.as_str(), text.as_str());
        }
    }

    #[test]
    fn any_text_is_answered_without_a_panic(text in "\\PC{0,80}") {
        let _ = normalise(&text);
        let _ = closed(&text);
        let _ = closed(&format!("org:{text}"));
    }

    #[test]
    fn a_changed_digit_is_seen(at in 0_usize..20, by in 1_u8..10) {
        let mut text = *b"549300ITS31QK8VRBQ14";
        if text[at].is_ascii_digit() {
            text[at] = b"0123456789"[usize::from((text[at] & 0x0f).wrapping_add(by) % 10)];
            let subject = format!("lei:{}", std::str::from_utf8(&text).unwrap());
            prop_assert!(closed(&subject).is_err());
        }
    }
}
