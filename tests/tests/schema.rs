//! The published JSON Schema of verdicts, and verdicts against it.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use fairtrail_tests::artefacts;
use serde_json::{Value, json};

fn validator() -> jsonschema::Validator {
    let schema = fs_err::read_to_string(artefacts::schema_file()).unwrap();
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
    let published = fs_err::read_to_string(artefacts::schema_file()).unwrap();
    assert_eq!(published, artefacts::verdict_schema());
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
