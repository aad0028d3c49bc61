//! The words of the sentences, and the order of what is gathered.

use super::*;
use crate::claim::fields_for;

/// The source of every sentence.
const SENTENCES: &str = crate::messages::Language::English.source();

/// The texts there, without comments and ids.
fn sentences() -> Vec<String> {
    let lines = SENTENCES.lines().filter(|line| !line.starts_with('#'));
    let texts = lines.map(|line| line.split_once(" = ").map_or(line, |(_, text)| text));
    texts.map(str::to_lowercase).collect()
}

#[test]
fn sentences_judge_nobody() {
    const FORBIDDEN: [&str; 10] = [
        "fail",
        "pass",
        "guilty",
        "clean",
        "clear",
        "ethical",
        "forced labour found",
        "phoenix",
        "back-dated",
        "illegal agency",
    ];
    assert!(sentences().len() > 20);
    for sentence in sentences() {
        let bare: String = sentence
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '-' {
                    c
                } else {
                    ' '
                }
            })
            .collect();
        let bare = format!(" {bare} ");
        for word in FORBIDDEN {
            assert!(!bare.contains(&format!(" {word} ")), "{sentence:?}");
        }
    }
}

#[test]
fn by_stands_after_a_verb() {
    for sentence in sentences() {
        let words: Vec<_> = sentence.split_whitespace().collect();
        for pair in words
            .windows(2)
            .filter(|pair| pair[1].trim_end_matches(':') == "by")
        {
            let verb =
                pair[0].ends_with("ed") || ["held", "made", "said", "withheld"].contains(&pair[0]);
            // Step by step, party by party.
            let repeated = format!("{0} by {0}", pair[0]);
            assert!(verb || sentence.contains(&repeated), "{sentence:?}");
        }
    }
}

#[test]
fn every_rule_reads_fields_that_exist() {
    assert!(rules().is_sorted_by(|a, b| a.id < b.id));
    assert!(UNKNOWN_CODES.is_sorted_by(|a, b| a.0 < b.0));
    for rule in rules() {
        for (kind, field) in rule.fields {
            let known = fields_for(kind).iter().any(|(_, name)| name == field);
            assert!(known, "{} reads {kind}.{field}", rule.id);
        }
    }
}

#[test]
fn what_is_worse_or_not_graded_comes_first() {
    let finding = |number, severity| OpenFinding {
        entry: crate::id::EntryId::new([number; 32]),
        reported_by: None,
        topic: String::new(),
        clause: String::new(),
        native_grade: String::new(),
        severity,
        ilo: &[],
        basis: Vec::new(),
        evidence_standard: None,
        state: None,
        found_on: "2026-01-01".parse().unwrap(),
        due: None,
        replies: Vec::new(),
        reply_by: None,
        marks: Vec::new(),
    };
    let findings = [(4, Some(1)), (3, Some(5)), (2, None), (1, Some(5))];
    let gathered = Gathered {
        open_findings: findings
            .map(|(number, grade)| finding(number, grade))
            .into(),
        ..Gathered::default()
    };
    let sorted = gathered.finished().open_findings;
    let order: Vec<_> = sorted.iter().map(|found| found.severity).collect();
    assert_eq!(order, [None, Some(5), Some(5), Some(1)]);
    assert!(sorted[1].entry < sorted[2].entry);
}
