//! The vectors of `specs/vectors`: unchanged by making them again, and judged as they say.

use fairtrail_tests::vectors::{self, Vector, judge};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn making_them_again_changes_no_byte() {
    let by_name = |vectors: Vec<Vector>| -> BTreeMap<String, String> {
        let count = vectors.len();
        let map: BTreeMap<_, _> = vectors
            .into_iter()
            .map(|v| (v.name.clone(), v.to_string()))
            .collect();
        assert_eq!(map.len(), count, "two vectors share a name");
        map
    };
    let (made, read) = (by_name(vectors::all()), by_name(vectors::read().unwrap()));
    let changed: Vec<_> = made
        .iter()
        .filter(|(name, text)| read.get(*name) != Some(text))
        .collect();
    let names: Vec<_> = changed.iter().map(|(name, _)| name).collect();
    let stray: Vec<_> = read
        .keys()
        .filter(|name| !made.contains_key(*name))
        .collect();
    let hint = "run `cargo run -p fairtrail-tests --bin vectors`";
    assert!(
        names.is_empty() && stray.is_empty(),
        "{hint}: changed {names:?}, stray {stray:?}"
    );
}

#[test]
fn every_vector_has_the_outcome_it_says() {
    let vectors = vectors::read().unwrap();
    assert!(vectors.len() >= 300, "{}", vectors.len());
    let wrong: Vec<_> = vectors
        .iter()
        .map(|vector| (judge(vector), vector))
        .filter(|(found, vector)| *found != vector.expect)
        .map(|(found, vector)| {
            format!("{}: expected {}, found {found}", vector.name, vector.expect)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_vectors_of_a_directory_are_alike() {
    let mut seen = BTreeSet::new();
    for vector in vectors::read().unwrap() {
        let directory = vector.name.split('/').next().unwrap_or_default().to_owned();
        assert!(
            seen.insert((directory, vector.lines.clone())),
            "{}",
            vector.name
        );
    }
}
