//! The words of everything a person reads: no judgement that this project does not make.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail_tests::sources::{files, root};
use std::path::Path;

/// Rust sources whose string literals people read: the beginnings of their paths.
const RUST: [&str; 4] = [
    "cli/src/commands/",
    "cli/src/output/",
    "node/src/demo/text.rs",
    "sdk/src/rules/",
];

/// Files of which people read everything but markup and comments.
const TEXTS: [&str; 7] = [
    "README.md",
    "cli/templates/",
    "cli/tests/commands/snapshots/",
    "sdk/src/messages/en.ftl",
    "sdk/src/messages/id.ftl",
    "specs/schema/",
    "tests/guides/",
];

/// Judgements that this project does not make, in the languages of the catalogue.
const FORBIDDEN: [&str; 16] = [
    "fail",
    "failed",
    "pass",
    "passed",
    "guilty",
    "clean",
    "clear",
    "ethical",
    "forced labour found",
    "phoenix",
    "back-dated",
    "illegal agency",
    "lulus",
    "bersalah",
    "bersih",
    "agen ilegal",
];

/// What people read of a source; empty for one that is not for them.
fn sentences(path: &str, text: &str) -> Vec<String> {
    let begins = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
    let lines = text.lines().map(str::trim_start);
    if Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
    {
        // Tests name the forbidden words.
        let tests = path.ends_with("tests.rs") || path.contains("/tests/");
        if begins(&RUST) && !tests {
            return literals(text.split("#[cfg(test)]").next().unwrap_or_default());
        }
        return Vec::new();
    }
    if !begins(&TEXTS) {
        return Vec::new();
    }
    match path.rsplit('.').next() {
        Some("json") => lines
            .filter_map(|line| line.strip_prefix("\"description\":"))
            .map(str::to_lowercase)
            .collect(),
        Some("css") => Vec::new(),
        _ => lines
            .filter(|line| !line.starts_with('#'))
            .map(str::to_lowercase)
            .collect(),
    }
}

#[test]
fn what_people_read_makes_no_judgement() {
    let mut read = std::collections::BTreeMap::new();
    for path in files().unwrap() {
        let Ok(text) = fs_err::read_to_string(root().join(&path)) else {
            continue;
        };
        let path = path.to_string_lossy().replace('\\', "/");
        for sentence in sentences(&path, &text) {
            let word = FORBIDDEN.iter().find(|word| has_word(&sentence, word));
            assert_eq!(word, None, "{path}: {sentence:?}");
            let places = RUST.iter().chain(&TEXTS);
            let place = places.filter(|place| path.starts_with(**place)).max();
            *read.entry(place.copied()).or_insert(0) += 1;
        }
    }
    let sources: Vec<_> = RUST.iter().chain(&TEXTS).collect();
    for place in sources {
        assert!(read.contains_key(&Some(*place)), "{place}: has it moved?");
    }
}

/// The contents of string literals, comments left out.
fn literals(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let code = code.replace("\\\"", "").replace("'\"'", "");
    code.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_lowercase)
        .collect()
}

fn has_word(sentence: &str, word: &str) -> bool {
    sentence.match_indices(word).any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (before, after) = (&sentence[..at], &sentence[at + word.len()..]);
        !letter(before.chars().next_back()) && !letter(after.chars().next())
    })
}

#[test]
fn the_word_finder_finds_words_only() {
    assert!(has_word("the supplier is clean.", "clean"));
    assert!(!has_word("the cleaner", "clean"));
    let code = "// \"guilty\"\nlet a = \"one\"; f(\"two\");";
    assert_eq!(literals(code), ["one", "two"]);
    assert!(sentences("node/src/main.rs", "\"pass\"").is_empty());
    let page = sentences("cli/templates/a.html", "<p>It is\nclean</p>");
    assert!(page.iter().any(|line| has_word(line, "clean")));
}
