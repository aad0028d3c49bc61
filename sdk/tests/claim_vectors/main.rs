//! Claims against specs/vectors/claims: one good claim of every kind, one file for each refusal.
//!
//! Run with `FAIRTRAIL_WRITE_VECTORS=1` to write the files anew from the examples in this test.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod chains;
mod examples;
mod forms;
mod refused;
mod refused_chains;
mod vector;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fairtrail::claim::{Claim, TextPart};
use vector::Vector;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors/claims")
}

fn good() -> impl Iterator<Item = examples::Example> {
    examples::all().into_iter().chain(chains::all())
}

fn all() -> Vec<Vector> {
    let refused = refused::all().into_iter().chain(refused_chains::all());
    good().map(Vector::good).chain(refused).collect()
}

#[test]
fn files_are_those_of_the_examples() {
    let write = std::env::var_os("FAIRTRAIL_WRITE_VECTORS").is_some();
    let mut names = BTreeSet::new();
    for vector in all() {
        let path = directory().join(format!("{}.txt", vector.name));
        assert!(names.insert(path.clone()), "{} comes twice", vector.name);
        if write {
            std::fs::write(&path, vector.to_string()).unwrap();
        }
        let file = std::fs::read_to_string(&path).unwrap();
        assert_eq!(file, vector.to_string(), "{}", path.display());
    }
    let found = std::fs::read_dir(directory()).unwrap();
    let found: BTreeSet<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found, names);
}

#[test]
fn every_file_is_judged_as_it_says() {
    for entry in std::fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        let vector = Vector::parse(&std::fs::read_to_string(&path).unwrap());
        let found = match Claim::decode(&vector.kind, &vector.claim) {
            Err(error) => vec![error.code().as_str()],
            Ok(claim) => {
                assert_eq!(claim.encode(), vector.claim);
                let problems = claim.problems(&vector.context());
                problems
                    .iter()
                    .map(|problem| problem.reason.as_str())
                    .collect()
            }
        };
        let expected: Vec<&str> = match vector.expect.as_str() {
            "ok" => vec![],
            reason => vec![reason],
        };
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn every_kind_has_a_good_example() {
    let kinds: BTreeSet<&str> = good().map(|(_, claim, _)| claim.kind()).collect();
    assert_eq!(kinds, Claim::KINDS.iter().copied().collect());
}

#[test]
fn the_specification_shows_this_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/claims.md");
    let text = std::fs::read_to_string(root).unwrap();
    let plain: String = text.split_whitespace().collect();
    let (_, claim, _) = examples::fee_charged_to_few();
    assert!(
        plain.contains(&HEXLOWER.encode(&claim.encode())),
        "the claim"
    );
    let text = examples::text();
    let bytes = text.encode().unwrap();
    assert_eq!(TextPart::decode(&bytes), Ok(text));
    assert!(plain.contains(&HEXLOWER.encode(&bytes)), "the text part");
}

#[test]
fn the_specification_names_every_field() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let read = |name: &str| std::fs::read_to_string(spec.join(name)).unwrap();
    let text = read("claims.md") + &read("kinds.md");
    let cddl = read("cddl/claims.cddl");
    for kind in Claim::KINDS {
        for (key, field) in fairtrail::claim::fields_for(kind) {
            assert!(
                text.contains(&format!("`{field}`")),
                "kinds.md: {kind} {field}"
            );
            let line = format!("{key} => ");
            let named = |cddl: &str| cddl.contains(&line) && cddl.ends_with(&format!("; {field}"));
            assert!(cddl.lines().any(named), "claims.cddl: {kind} {key} {field}");
        }
    }
}
