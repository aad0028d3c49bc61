//! specs/rules.md and specs/policy.md against the code: tables, artefacts, defaults.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use fairtrail::policy::{EDITION, Policy, Settings};
use fairtrail::rules::{Counts, Outcome, UNKNOWN_CODES, rules};
use std::collections::{BTreeMap, BTreeSet};

const RULES: &str = include_str!("../../specs/rules.md");
const POLICY: &str = include_str!("../../specs/policy.md");

/// The rows of all tables, cell by cell.
fn rows(document: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let inner = line.strip_prefix("| ")?.strip_suffix('|')?;
        Some(
            inner
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect(),
        )
    };
    document.lines().filter_map(cells).collect()
}

/// The rows below a head with these cells.
fn table(document: &str, head: &[&str]) -> Vec<Vec<String>> {
    let rows = rows(document);
    let at = rows
        .iter()
        .position(|row| row == head)
        .unwrap_or_else(|| panic!("no table {head:?}"));
    let rows = rows[at + 1..].iter();
    rows.take_while(|row| row.len() == head.len())
        .cloned()
        .collect()
}

/// The text between fences of this language.
fn artefact<'a>(document: &'a str, language: &str) -> &'a str {
    let open = format!("```{language}\n");
    let (_, rest) = document.split_once(&open).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_specification_names_the_edition() {
    assert!(RULES.contains(&format!("edition {EDITION}")));
}

#[test]
fn every_code_that_the_rules_give_is_in_the_table() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules");
    let files = fs_err::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path());
    let sources = files.filter(|file| file.is_file());
    let sources: Vec<_> = sources
        .map(|file| fs_err::read_to_string(file).unwrap())
        .collect();
    let mut given = BTreeSet::new();
    // A test may make up a code.
    let sources = sources.iter().map(|source| source.split("#[cfg(test)]"));
    for source in sources.filter_map(|mut parts| parts.next()) {
        let calls = source.split("unknown(").skip(1);
        for call in calls.chain(source.split("code: ").skip(1)) {
            let first = call
                .trim_start()
                .strip_prefix('"')
                .and_then(|text| text.split_once('"'));
            given.extend(first.map(|(code, _)| code));
        }
    }
    let listed: BTreeSet<_> = UNKNOWN_CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(given, listed);
}

#[test]
fn outcomes_and_exit_codes_are_those_of_the_code() {
    let listed: BTreeMap<_, _> = table(RULES, &["outcome", "exit", "when"])
        .into_iter()
        .map(|row| (row[0].clone(), row[1].parse::<u8>().unwrap()))
        .collect();
    let all = [
        Outcome::Findings,
        Outcome::NoAdverseEntries,
        Outcome::Stale,
        Outcome::Unknown,
    ];
    let mut expected: BTreeMap<_, _> = all
        .iter()
        .map(|o| (o.as_str().to_owned(), o.exit_code()))
        .collect();
    // No verdict: the evidence itself does not hold.
    expected.insert("invalid".into(), 3);
    assert_eq!(listed, expected);
}

#[test]
fn what_entries_count_for_has_the_words_of_the_code() {
    let head = ["counts", "when", "in somebody's favour", "against"];
    let listed: BTreeSet<_> = table(RULES, &head)
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let all = [
        Counts::Yes,
        Counts::Replaced,
        Counts::OffPath,
        Counts::Revoked,
        Counts::NotAuthorised,
        Counts::NotAccepted,
        Counts::NotReadable,
        Counts::Suspect,
        Counts::Unsound,
        Counts::Network,
    ];
    let words = all
        .iter()
        .map(|counts| serde_json::to_value(counts).unwrap());
    let expected: BTreeSet<_> = words
        .map(|word| word.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, expected);
}

#[test]
fn the_example_stands_in_the_verdict_that_is_tested() {
    let example = artefact(RULES, "json").trim_end();
    assert!(include_str!("data/verdict.json").contains(example));
}

#[test]
fn the_example_policy_is_one_and_says_what_is_said_of_it() {
    let policy = Policy::parse(artefact(POLICY, "toml")).unwrap();
    assert_eq!(policy.f(), 1);
    assert_eq!(policy.logs().operators().len(), 4);
    assert_eq!((policy.required_logs(), policy.max_age_hours()), (1, 48));
    assert_eq!(policy.acceptance().authors.len(), 1);
    assert_eq!(policy.acceptance().granters.len(), 1);
    assert_eq!(policy.settings().max_silence_days, 30);
    let text = artefact(POLICY, "toml");
    for (f, good) in [(0, true), (3, true), (4, false)] {
        let text = text.replace("required_logs = 1", &format!("required_logs = 1\nf = {f}"));
        assert_eq!(Policy::parse(&text).is_ok(), good, "{f}");
    }
}

#[test]
fn the_settings_and_defaults_are_those_of_the_code() {
    let listed: BTreeMap<_, _> = table(POLICY, &["key", "default", "meaning"])
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let network = "network = \"network:q65ve4yu7rhoq3m2snb4xvkyqyviyc2jqbvdmjlfyfcld7hvgr3q\"\n";
    let least = Policy::parse(&format!("{network}log_policy = \"quorum none\\n\"")).unwrap();
    assert_eq!(listed["required_logs"], least.required_logs().to_string());
    assert_eq!(listed["max_age_hours"], least.max_age_hours().to_string());
    assert_eq!(listed["accept.authors"], "[]");
    assert!(least.acceptance().authors.is_empty() && least.acceptance().granters.is_empty());
    assert!(least.time_is_operators_word());
}

#[test]
fn every_rule_has_a_severity_or_takes_that_of_its_finding() {
    let settings = Settings::default();
    for rule in rules() {
        let cases = |name: &&String| name.split('.').next() == Some(rule.id);
        assert!(
            settings.severities.keys().any(|name| cases(&name)),
            "{}",
            rule.id
        );
    }
    for name in settings.severities.keys() {
        let id = name.split('.').next().unwrap();
        assert!(rules().iter().any(|rule| rule.id == id), "{name}");
    }
}
