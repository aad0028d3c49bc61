use super::*;
use crate::cbor::{CborError, Rules, decode, encode};
use crate::limits;
use crate::reason::Reason;

#[test]
fn codes_refuse_text_for_people() {
    assert!(Code::new(&"a".repeat(limits::CODE_BYTES)).is_ok());
    for bad in [
        "",
        &"a".repeat(limits::CODE_BYTES + 1),
        "two words",
        "käfig",
        "a@b",
        "a\n",
    ] {
        assert_eq!(
            Code::new(bad).map_err(|e| e.code()),
            Err(Reason::TextInClaim)
        );
    }
}

#[test]
fn a_raw_count_in_place_of_a_band_is_refused_by_form() {
    let raw = decode::<Band>(&encode(&3_u64), Rules::CLAIM);
    let expected = CborError::Invalid {
        what: "band of people",
        reason: Reason::PrivacyRawCount,
    };
    assert_eq!(raw, Err(expected));
    assert_eq!(
        "7%".parse::<Band>().map_err(|e| e.code()),
        Err(Reason::PrivacyRawCount)
    );
    assert_eq!(
        "12".parse::<Band>().map_err(|e| e.code()),
        Err(Reason::PrivacyRawCount)
    );
    assert_eq!(
        "many".parse::<Band>().map_err(|e| e.code()),
        Err(Reason::CodeUnknown)
    );
    for (count, band) in [
        (0, "none"),
        (1, "few"),
        (9, "few"),
        (10, "10-19"),
        (49, "20-49"),
        (99, "50-99"),
        (249, "100-249"),
        (250, "250+"),
    ] {
        assert_eq!(Band::of(count).as_str(), band);
        assert!(Band::of(count).at_least() <= count);
    }
}

#[test]
fn closed_lists_know_their_codes() {
    for (good, bad) in [("NP", "XX"), ("GB", "UK"), ("ZW", "zw")] {
        assert!(Country::new(good).is_ok());
        assert_eq!(
            Country::new(bad).map_err(|e| e.code()),
            Err(Reason::CodeUnknown)
        );
    }
    assert!(Currency::new("NPR").is_ok() && Currency::new("BTC").is_err());
    assert!(Subdivision::new("IN-TN").is_ok() && Subdivision::new("XX-TN").is_err());
    assert!(Subdivision::new("IN-").is_err() && Subdivision::new("IN-ABCD").is_err());
    assert!(Isco::new("8153").is_ok() && Isco::new("81").is_ok() && Isco::new("8").is_ok());
    assert!(Isco::new("9900").is_err() && Isco::new("81530").is_err() && Isco::new("").is_err());
    assert!(Isic::new("C").is_ok() && Isic::new("1410").is_ok() && Isic::new("10").is_ok());
    assert!(Isic::new("V").is_err() && Isic::new("0400").is_err() && Isic::new("1").is_err());
    assert!(Hs::new("520100").is_ok() && Hs::new("52").is_ok());
    assert!(Hs::new("770100").is_err() && Hs::new("520").is_err());
    // A division, group or unit group in between that no list has.
    assert!(Isco::new("8154").is_ok() && Isco::new("8158").is_err() && Isco::new("819").is_err());
    assert!(Isic::new("141").is_ok() && Isic::new("145").is_err() && Isic::new("1411").is_err());
    assert!(Hs::new("5204").is_ok() && Hs::new("5213").is_err() && Hs::new("521300").is_err());
    assert!(Isco::new("81a3").is_err() && Hs::new("52\u{e9}").is_err() && Isic::new("é").is_err());
}

#[test]
fn ranges_rise_and_hold_as_many_numbers_as_their_lists() {
    let lists = [
        (ranges::OCCUPATIONS, 436, 10, 130),
        (ranges::ACTIVITIES, 419, 10, 238),
        (ranges::HEADINGS, 1230, 100, 96),
    ];
    for (list, numbers, size, groups) in lists {
        let bounds = |range: &str| {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            (low.parse::<u16>().unwrap(), high.parse::<u16>().unwrap())
        };
        let bounds: Vec<_> = list.split_ascii_whitespace().map(bounds).collect();
        assert!(bounds.is_sorted_by(|before, after| before.1 < after.0));
        let all: Vec<u16> = bounds
            .into_iter()
            .flat_map(|(low, high)| low..=high)
            .collect();
        assert_eq!(all.len(), numbers);
        let mut found: Vec<u16> = all.iter().map(|number| number / size).collect();
        found.dedup();
        assert_eq!(found.len(), groups);
        for number in 0..=9_999_u16 {
            let there = ranges::listed(list, &format!("{number:04}")).is_ok();
            assert_eq!(there, all.contains(&number), "{number:04}");
        }
    }
}

#[test]
fn tables_are_sorted_without_duplicates() {
    for (table, count) in [(tables::COUNTRIES, 249), (tables::LANGUAGES, 183)] {
        let codes: Vec<&str> = table.split_ascii_whitespace().collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert_eq!(codes.len(), count);
    }
    let currencies: Vec<&str> = tables::CURRENCIES.split_ascii_whitespace().collect();
    assert!(currencies.is_sorted_by(|a, b| a < b));
}

#[test]
fn languages_have_one_form() {
    for good in [
        "ne",
        "zh-Hant",
        "sr-Latn-RS",
        "es-419",
        "de-1996",
        "fil",
        "sl-rozaj-biske",
    ] {
        assert!(Language::new(good).is_ok(), "{good}");
    }
    // A tag of 35 bytes, and the same with one more in its last variant.
    let longest = "de-a1234567-b1234567-c1234567-d1234";
    assert_eq!(longest.len(), limits::LANGUAGE_BYTES);
    assert!(Language::new(longest).is_ok());
    assert!(Language::new(&format!("{longest}5")).is_err());
    for bad in [
        "",
        "xx",
        "NE",
        "zh-hant",
        "ne-np",
        "en-GB-Latn",
        "x-private",
        "en-u-co",
        "english",
        "en--GB",
        "en-GB-US",
        "ne-XX",
    ] {
        assert!(Language::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn partial_dates_state_their_precision() {
    let date = |text: &str| text.parse::<PartialDate>();
    assert_eq!(date("2024").unwrap().last().to_string(), "2024-12-31");
    assert_eq!(date("2024-02").unwrap().first().to_string(), "2024-02-01");
    assert_eq!(
        date("2024-02-29").unwrap().to_month().to_string(),
        "2024-02"
    );
    assert_eq!(date("2024-02-29").unwrap().to_year().to_string(), "2024");
    for bad in [
        "1969",
        "24",
        "2024-13",
        "2024-2",
        "2024-02-30",
        "+024",
        "2024-02-2",
        "éé",
    ] {
        assert!(date(bad).is_err(), "{bad}");
    }
}

#[test]
fn money_prints_in_its_own_minor_unit() {
    let money = |units, code: &str| Money::new(units, Currency::new(code).unwrap()).unwrap();
    assert_eq!(money(5, "NPR").to_string(), "0.05 NPR");
    assert_eq!(money(5, "JPY").to_string(), "5 JPY");
    assert_eq!(money(1_234_567, "KWD").to_string(), "1234.567 KWD");
    assert_eq!(money(0, "EUR").to_string(), "0.00 EUR");
    let json = serde_json::to_string(&money(5, "NPR")).unwrap();
    assert_eq!(json, r#"{"minor_units":5,"currency":"NPR"}"#);
    assert!(
        serde_json::from_str::<Money>(r#"{"minor_units":9007199254740992,"currency":"NPR"}"#)
            .is_err()
    );
}

#[test]
fn sets_are_sorted_and_refuse_any_other_order() {
    let set = Set::from([2_u8, 1, 2]);
    assert_eq!(&*set, &[1, 2]);
    assert_eq!(
        decode::<Set<u8>>(&encode(&vec![2_u8, 1]), Rules::CLAIM),
        Err(CborError::NotAscending)
    );
    assert_eq!(
        decode::<Set<u8>>(&encode(&vec![1_u8, 1]), Rules::CLAIM),
        Err(CborError::NotAscending)
    );
}
