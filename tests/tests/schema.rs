//! The published JSON Schema of verdicts, and verdicts against it.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use fairtrail_tests::artefacts;
use serde_json::{Value, json};
use std::path::Path;

fn validator() -> jsonschema::Validator {
    validator_of(&artefacts::schema_file())
}

fn validator_of(file: &Path) -> jsonschema::Validator {
    let schema = fs_err::read_to_string(file).unwrap();
    let schema = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::draft202012::new(&schema).unwrap()
}

/// A verdict with something of everything, as `fairtrail verify --json` prints it.
fn answer() -> Value {
    let path = artefacts::directory().join("../sdk/tests/data/verdict.json");
    let mut answer: Value = serde_json::from_str(&fs_err::read_to_string(path).unwrap()).unwrap();
    answer["schema"] = json!(fairtrail::schema::VERDICT);
    answer["policy"] = json!("a".repeat(52));
    answer["exit"] = json!(4);
    answer
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    for (file, schema) in artefacts::schemas() {
        assert_eq!(fs_err::read_to_string(file).unwrap(), schema);
    }
}

/// The answer about a chain of two, each with the verdict above.
fn chain_answer() -> Value {
    let mut verdict = answer();
    for field in ["schema", "policy", "exit"] {
        verdict.as_object_mut().unwrap().remove(field);
    }
    let entry = verdict["entries"][0]["id"].clone();
    let (one, other) = (
        json!("lei:999900DEMO0000000152"),
        json!("lic:XA-LAB:GOODROAD-1"),
    );
    let said_by = format!("author:{}", "a".repeat(52));
    let link = json!({
        "from": one, "to": other, "relation": "recruits_through", "entry": entry, "said_by": said_by,
    });
    let party = |subject: &Value, tier, path| {
        json!({
            "subject": subject, "tier": tier, "named": true, "path": path, "verdict": verdict,
        })
    };
    let tier = |tier, worst| {
        json!({
            "tier": tier, "parties": 1, "not_named": 0, "outcome": "findings",
            "worst_severity": worst, "unknowns": ["audit-missing"],
        })
    };
    json!({
        "schema": fairtrail::schema::CHAIN, "policy": "a".repeat(52), "exit": 4,
        "outcome": "findings", "tiers": 1, "as_of": "2026-09-01", "known_at": null,
        "asked_at": "2026-09-01T12:00:00Z",
        "ilo": [{
            "number": 9, "name": "debt bondage", "state": "reported", "worst_severity": 4,
            "at": [{ "subject": other, "path": [link], "rests_on": [entry] }],
        }],
        "by_tier": [tier(0, json!(null)), tier(1, json!(4))],
        "unknowns": [{
            "code": "chain-cut", "sentence": "1 step leads to a party", "subject": one, "tier": 0,
            "rests_on": [entry],
        }],
        "shared_recruiters": [{ "recruiter": other, "used_by": [one, other] }],
        "cycles": [[one, other]], "cut": [link], "other_times": [link], "ends": [other],
        "steps": [{ "from": one, "to": other, "recruits": true, "link": link }],
        "parties": [party(&one, 0, json!([])), party(&other, 1, json!([link]))],
    })
}

#[test]
fn a_chain_is_as_its_schema_says_and_nothing_may_be_missing() {
    let validator = validator_of(&artefacts::chain_schema_file());
    let chain = chain_answer();
    let problems: Vec<_> = validator
        .iter_errors(&chain)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    for name in chain.as_object().unwrap().keys() {
        let mut without = chain.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&without), "without {name}");
    }
    for (place, value) in [
        ("/outcome", json!("no-findings")),
        ("/by_tier/0/outcome", json!("passed")),
        ("/parties/1/verdict/ilo", json!(null)),
        ("/parties/1/path/0/entry", json!("entry:short")),
        ("/cycles/0/0", json!("no id")),
        ("/schema", json!("fairtrail/verify@v1")),
    ] {
        let mut other = chain.clone();
        *other.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&other), "{place}");
    }
}

#[test]
fn a_verdict_with_something_of_everything_is_as_the_schema_says() {
    let (validator, answer) = (validator(), answer());
    let problems: Vec<_> = validator
        .iter_errors(&answer)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn nothing_may_be_missing_or_of_another_type() {
    let validator = validator();
    for name in answer().as_object().unwrap().keys() {
        let mut without = answer();
        without.as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&without), "without {name}");
        let mut other = answer();
        other[name] = json!({"other": [1.5]});
        assert!(!validator.is_valid(&other), "with another {name}");
    }
    for (place, value) in [
        ("/outcome", json!("no-findings")),
        ("/indicators/0/rests_on/0", json!("entry:short")),
        ("/ilo/0/state", json!("nothing")),
        ("/entries/0/counts", json!("maybe")),
        ("/schema", json!("fairtrail/verify@v2")),
    ] {
        let mut other = answer();
        *other.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&other), "{place}");
    }
}

#[test]
fn a_field_of_tomorrow_may_be_there() {
    let mut answer = answer();
    answer["a_field_of_tomorrow"] = json!(1);
    assert!(validator().is_valid(&answer));
}
