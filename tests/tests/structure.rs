//! The shape of the project: who may depend on what, how long files are, what stands where.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail_tests::sources::{files, root};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Lines of a source file.
const MAX_LINES: usize = 400;

/// All packages that a package of the workspace is built from, itself included.
fn packages(package: &str, features: &[&str]) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "-e",
            "normal",
            "--prefix",
            "none",
            "-p",
            package,
        ])
        .args(features)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

fn rust_sources() -> Vec<(PathBuf, String)> {
    let paths = files().unwrap().into_iter();
    let rust = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| {
        (
            path.clone(),
            fs_err::read_to_string(root().join(path)).unwrap(),
        )
    })
    .collect()
}

#[test]
fn the_sdk_alone_has_no_runtime_no_network_and_no_database() {
    let alone = packages("fairtrail-sdk", &["--no-default-features"]);
    assert_eq!(
        alone,
        packages("fairtrail-sdk", &[]),
        "no feature is on by default"
    );
    for name in [
        "tokio",
        "libp2p",
        "sled",
        "axum",
        "ring",
        "reqwest",
        "ureq",
        "getrandom",
        "fs-err",
    ] {
        assert!(!alone.contains(name), "fairtrail-sdk depends on {name}");
    }
    for name in ["tokio", "libp2p", "sled", "axum"] {
        let all = packages("fairtrail-sdk", &["--all-features"]);
        assert!(
            !all.contains(name),
            "fairtrail-sdk with all features depends on {name}"
        );
    }
}

#[test]
fn the_command_line_does_not_depend_on_the_node() {
    let cli = packages("fairtrail-cli", &["--all-features"]);
    for name in ["fairtrail-node", "fairtrail-tests", "sled", "axum", "tokio"] {
        assert!(!cli.contains(name), "fairtrail-cli depends on {name}");
    }
    let node = packages("fairtrail-node", &["--all-features"]);
    for name in ["fairtrail-cli", "fairtrail-tests"] {
        assert!(!node.contains(name), "fairtrail-node depends on {name}");
    }
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    let long: Vec<_> = rust_sources()
        .into_iter()
        .filter(|(path, _)| path.iter().any(|piece| piece == "src"))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn signatures_are_never_verified_in_batches() {
    let word = concat!("verify", "_batch");
    let used: Vec<_> = rust_sources()
        .into_iter()
        .filter(|(_, text)| text.contains(word))
        .collect();
    assert!(
        used.is_empty(),
        "{:?}",
        used.into_iter().map(|(path, _)| path).collect::<Vec<_>>()
    );
}

#[test]
fn the_top_holds_only_what_belongs_there() {
    const NAMES: [&str; 11] = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "clippy.toml",
        "deny.toml",
        "rustfmt.toml",
        "cli",
        "node",
        "sdk",
        "specs",
    ];
    let top = |path: &PathBuf| {
        path.iter()
            .next()
            .map(|piece| piece.to_string_lossy().into_owned())
    };
    let names: BTreeSet<_> = files().unwrap().iter().filter_map(top).collect();
    for name in names {
        let fits = NAMES.contains(&name.as_str()) || name == "tests" || name.starts_with('.');
        assert!(fits, "{name} does not belong at the top");
    }
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("/fa", "rm/"),
        concat!("C:", "\\"),
    ];
    for path in files().unwrap() {
        // A path inside an address is no place on a machine.
        let Ok(text) = fs_err::read_to_string(root().join(&path)) else {
            continue;
        };
        for place in places {
            let found = text.match_indices(place).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before
                    .is_some_and(|before| before.is_ascii_alphanumeric() || "._-}".contains(before))
            });
            assert!(!found, "{} holds {place}", path.display());
        }
    }
}
