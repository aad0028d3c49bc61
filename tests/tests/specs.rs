//! The specifications against the code: artefacts, tables, lengths and links.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::{contexts, reason::Reason};
use fairtrail_tests::artefacts;
use fairtrail_tests::sources::root;
use std::collections::BTreeMap;
use std::path::Path;

fn document(name: &str) -> String {
    fs_err::read_to_string(artefacts::directory().join(name)).unwrap()
}

/// The rows of all tables of a document, cell by cell, without heads and code marks.
fn rows(document: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let inner = line.strip_prefix("| ")?.strip_suffix('|')?;
        Some(
            inner
                .split('|')
                .map(|cell| cell.trim().replace('`', ""))
                .collect(),
        )
    };
    document.lines().filter_map(cells).collect()
}

#[test]
fn artefacts_and_the_reason_table_are_as_made() {
    for (path, text) in artefacts::documents().unwrap() {
        let stale = artefacts::refresh(&text) != text;
        assert!(
            !stale,
            "{}: run `cargo run -p fairtrail-tests --bin vectors`",
            path.display()
        );
    }
}

#[test]
fn the_reason_table_lists_every_code_once() {
    let rows = rows(&document("reason-codes.md"));
    let listed: Vec<_> = rows
        .iter()
        .skip(1)
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    let codes = Reason::ALL
        .iter()
        .map(|reason| (reason.as_str(), reason.meaning()));
    assert_eq!(listed, codes.collect::<Vec<_>>());
}

#[test]
fn every_code_in_a_specification_exists() {
    let known = |word: &str| word.parse::<Reason>().is_ok();
    for (path, text) in artefacts::documents().unwrap() {
        // A word in code marks with a hyphen that ends like a code is taken for one.
        let marked = text.split('`').skip(1).step_by(2);
        let ends = [
            "-mismatch",
            "-invalid",
            "-missing",
            "-refused",
            "-unknown",
            "-malformed",
        ];
        let codes = marked.filter(|word| ends.iter().any(|end| word.ends_with(end)));
        for word in codes.filter(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')) {
            assert!(known(word), "{}: {word} is no reason code", path.display());
        }
    }
}

#[test]
fn the_context_tables_are_those_of_the_code() {
    let source = constants("sdk/src/contexts.rs", "&str");
    let text: BTreeMap<_, _> = source
        .iter()
        .map(|(k, v)| (k.clone(), v.trim_matches('"').to_owned()))
        .collect();
    let rows = rows(&document("contexts.md"));
    let listed = rows.iter().filter(|row| text.contains_key(&row[0]));
    let listed: BTreeMap<_, _> = listed.map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(listed, text);
    let contexts = text
        .values()
        .filter(|value| contexts::ALL.contains(&value.as_str()));
    assert_eq!(contexts.count(), contexts::ALL.len());
    let mut distinct: Vec<_> = text.values().collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), text.len());
}

#[test]
fn the_limit_table_is_that_of_the_code() {
    let source = constants("sdk/src/limits.rs", "");
    let expected: BTreeMap<_, _> = source
        .iter()
        .map(|(name, _)| (name.clone(), value(&source, name)))
        .collect();
    let rows = rows(&document("limits.md"));
    let number = |cell: &str| cell.replace(',', "").parse::<u64>().ok();
    let listed = rows
        .iter()
        .filter_map(|row| Some((row[0].clone(), number(&row[1])?)));
    let listed: BTreeMap<_, _> = listed.collect();
    let rows = |one: &BTreeMap<_, _>, other: &BTreeMap<_, _>| -> Vec<(String, u64)> {
        let differs = |(name, value): &(&String, &u64)| other.get(*name) != Some(*value);
        let rows = one.iter().filter(differs);
        rows.map(|(name, value)| (name.clone(), *value)).collect()
    };
    let (missing, wrong) = (rows(&expected, &listed), rows(&listed, &expected));
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "specs/limits.md lacks {missing:?}; wrong there: {wrong:?}"
    );
}

#[test]
fn the_status_table_is_that_of_the_gateway() {
    let rows = rows(&document("gateway.md"));
    let mut listed = BTreeMap::new();
    for row in rows.iter().filter(|row| row.len() == 2) {
        if let Ok(status) = row[0].parse::<u16>() {
            listed.extend(row[1].split(' ').map(|code| (code.to_owned(), status)));
        }
    }
    for reason in Reason::ALL {
        let found = fairtrail_node::http::status(*reason).as_u16();
        let expected = listed.remove(reason.as_str()).unwrap_or(500);
        assert_eq!(found, expected, "specs/gateway.md: {reason}");
    }
    assert!(listed.is_empty(), "specs/gateway.md: {listed:?}");
}

#[test]
fn what_a_limit_is_tested_by_exists() {
    for row in rows(&document("limits.md"))
        .iter()
        .skip(1)
        .filter(|row| row.len() == 5)
    {
        for place in row[4].split_whitespace() {
            let found = match place.split_once("::") {
                Some((file, function)) => {
                    let source = fs_err::read_to_string(root().join(file)).unwrap();
                    source.contains(&format!("fn {function}("))
                }
                None => artefacts::directory().join(format!("{place}.txt")).exists(),
            };
            assert!(found, "{}: {place} does not exist", row[0]);
        }
    }
}

#[test]
fn a_specification_has_at_most_250_lines_and_no_dead_link() {
    let documents = artefacts::documents().unwrap();
    assert!(documents.len() >= 8);
    for (path, text) in documents {
        assert!(
            text.lines().count() <= 250,
            "{}: {}",
            path.display(),
            text.lines().count()
        );
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let exists = target.contains("://") || artefacts::directory().join(target).exists();
            assert!(exists, "{}: {target}", path.display());
        }
    }
}

#[test]
fn a_decision_has_a_status_and_a_date() {
    for file in fs_err::read_dir(artefacts::directory().join("decisions")).unwrap() {
        let path = file.unwrap().path();
        let text = fs_err::read_to_string(&path).unwrap();
        for line in [
            "- Status: ",
            "- Date: ",
            "## Context",
            "## Decision",
            "## Consequences",
        ] {
            let there = text.lines().any(|found| found.starts_with(line));
            assert!(there, "{}: no `{line}`", path.display());
        }
    }
}

/// The public constants of a source file whose type begins so: name and expression.
fn constants(file: &str, of_type: &str) -> Vec<(String, String)> {
    let source = fs_err::read_to_string(root().join(Path::new(file))).unwrap();
    let constant = |line: &str| {
        let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
        let (found, value) = rest.strip_suffix(';')?.split_once(" = ")?;
        let fits = if of_type.is_empty() {
            !found.starts_with('&')
        } else {
            found == of_type
        };
        fits.then(|| (name.to_owned(), value.to_owned()))
    };
    source.lines().filter_map(constant).collect()
}

/// The value of a constant: a product of numbers and constants, or `(1 << n) - 1`.
fn value(constants: &[(String, String)], name: &str) -> u64 {
    let (_, expression) = constants.iter().find(|(found, _)| found == name).unwrap();
    if let Some(shift) = expression
        .strip_prefix("(1 << ")
        .and_then(|e| e.strip_suffix(") - 1"))
    {
        return (1 << shift.parse::<u32>().unwrap()) - 1;
    }
    let factor = |factor: &str| {
        let number = factor.replace('_', "").parse::<u64>();
        number.unwrap_or_else(|_| value(constants, factor))
    };
    expression.split(" * ").map(factor).product()
}
