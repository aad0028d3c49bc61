//! Published Ed25519 edge cases: what enrolment and strict verification make of each.
//!
//! Libraries disagree about most of these. Here a key is enrolled first, so that what is left is
//! what all agree about. The expected tables were measured once and are pinned.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use ed25519_dalek::{Signature, VerifyingKey};
use fairtrail::id::KeyId;
use fairtrail::key::PublicKey;
use fairtrail::reason::Reason;
use fairtrail_tests::sources::shared;
use serde_json::Value;
use std::collections::BTreeMap;

/// One published case.
struct Case {
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Case {
    /// Enrolment, then verification, as an entry's key and signature go through them.
    fn here(&self) -> Result<(), Reason> {
        let key: [u8; 32] = self
            .key
            .clone()
            .try_into()
            .map_err(|_| Reason::SchemaMismatch)?;
        let key = PublicKey::enrol(KeyId::new(key)).map_err(|error| error.code())?;
        let signature: [u8; 64] = self
            .signature
            .clone()
            .try_into()
            .map_err(|_| Reason::FrameInvalid)?;
        key.verify(&self.message, &signature)
            .map_err(|error| error.code())
    }

    /// Strict verification alone, without our enrolment.
    fn strict_alone(&self) -> bool {
        let (Ok(key), Ok(signature)) = (
            self.key.as_slice().try_into(),
            Signature::from_slice(&self.signature),
        ) else {
            return false;
        };
        let key = VerifyingKey::from_bytes(key);
        key.is_ok_and(|key| key.verify_strict(&self.message, &signature).is_ok())
    }
}

fn read(relative: &str) -> Option<Value> {
    let text = fs_err::read_to_string(shared(relative)?).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn hex(value: &Value) -> Vec<u8> {
    HEX.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn tally(cases: &[Case]) -> BTreeMap<&'static str, usize> {
    let mut tally = BTreeMap::new();
    for case in cases {
        let outcome = case.here().map_or_else(Reason::as_str, |()| "ok");
        *tally.entry(outcome).or_default() += 1;
    }
    tally
}

#[test]
fn of_914_edge_cases_only_the_honest_one_is_accepted() {
    let Some(list) = read("vectors/cctv-ed25519/ed25519/ed25519vectors.json") else {
        return;
    };
    let list = list.as_array().unwrap();
    let case = |case: &Value| Case {
        key: hex(&case["key"]),
        message: case["msg"].as_str().unwrap().into(),
        signature: hex(&case["sig"]),
    };
    let cases: Vec<_> = list.iter().map(case).collect();
    assert_eq!(cases.len(), 914);
    let expected = [
        ("key-unacceptable", 886),
        ("ok", 1),
        ("signature-invalid", 27),
    ];
    assert_eq!(tally(&cases), expected.into());
    // Without enrolment 43 are accepted: 42 of them under keys with a torsion component.
    assert_eq!(cases.iter().filter(|case| case.strict_alone()).count(), 43);
    let honest = cases.iter().position(|case| case.here().is_ok()).unwrap();
    let flags = &list[honest]["flags"];
    assert!(flags.as_array().is_none_or(Vec::is_empty), "{flags}");
}

#[test]
fn none_of_the_12_speccheck_cases_is_accepted() {
    let Some(list) = read("vectors/ed25519-speccheck/cases.json") else {
        return;
    };
    let case = |case: &Value| Case {
        key: hex(&case["pub_key"]),
        message: hex(&case["message"]),
        signature: hex(&case["signature"]),
    };
    let cases: Vec<_> = list.as_array().unwrap().iter().map(case).collect();
    let outcome = |case: &Case| case.here().map_or_else(Reason::as_str, |()| "ok");
    let found: Vec<_> = cases.iter().map(outcome).collect();
    // All keys are of small or mixed order or not canonical, but for the two cases of large S.
    let mut expected = ["key-unacceptable"; 12];
    (expected[6], expected[7]) = ("signature-invalid", "signature-invalid");
    assert_eq!(found, expected);
    let alone: Vec<_> = cases.iter().map(Case::strict_alone).collect();
    let only_3: Vec<_> = (0..12).map(|at| at == 3).collect();
    assert_eq!(alone, only_3, "case 3 has a key with a torsion component");
}

#[test]
fn the_151_wycheproof_cases_agree() {
    let Some(file) = read("vectors/wycheproof-ed25519/testvectors_v1/ed25519_test.json") else {
        return;
    };
    let mut count = 0;
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let case = Case {
                key: hex(&group["publicKey"]["pk"]),
                message: hex(&test["msg"]),
                signature: hex(&test["sig"]),
            };
            let valid = test["result"] == "valid";
            assert_eq!(case.here().is_ok(), valid, "tcId {}", test["tcId"]);
            count += 1;
        }
    }
    assert_eq!(count, 151);
}
