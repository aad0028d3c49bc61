//! Subjects against the vectors of specs/vectors/identifiers and the published examples.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use fairtrail::subject::{SubjectError, SubjectId, normalise};

const VECTORS: &str = include_str!("../../specs/vectors/identifiers/subjects.tsv");

fn word(error: SubjectError) -> &'static str {
    match error {
        SubjectError::Grammar => "grammar",
        other => other.code().as_str(),
    }
}

fn unescape(text: &str) -> String {
    let mut pieces = text.split("\\u{");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').unwrap();
        let code = u32::from_str_radix(code, 16).unwrap();
        plain.push(char::from_u32(code).unwrap());
        plain.push_str(rest);
    }
    plain
}

#[test]
fn every_vector_gives_what_it_says() {
    let lines = VECTORS.lines().filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let [input, door, normal, _comment] = fields[..] else {
            panic!("four fields: {line}");
        };
        let input = unescape(input);
        let found = SubjectId::parse_open(&input).and_then(|subject| subject.check_closed());
        assert_eq!(found.map_or_else(word, |()| "ok"), door, "door: {line}");
        let found =
            normalise(&input).map_or_else(|error| word(error).to_owned(), |s| s.to_string());
        assert_eq!(found, normal, "normalised: {line}");
        count += 1;
    }
    assert!(count >= 300, "{count}");
}

#[test]
fn published_identifiers_are_judged_as_listed() {
    let Some(path) = support::shared("data/id_vectors/vectors.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    for line in text.lines().skip(1) {
        let mut fields = line.splitn(4, ',');
        let (scheme, value, valid) = (
            fields.next().unwrap(),
            fields.next().unwrap(),
            fields.next().unwrap(),
        );
        let subject = match scheme {
            "os_id" => format!("osid:{value}"),
            "gb-coh" => format!("org:GB-COH-{value}"),
            other => format!("{other}:{value}"),
        };
        let found = SubjectId::parse_open(&subject).unwrap().check_closed();
        assert_eq!(found.is_ok(), valid == "1", "{line}");
    }
}
