//! What the specifications show: artefacts out of the vectors, the table of reason codes, and the
//! JSON Schema of verdicts.
//!
//! A fenced block whose info string is `hex`, `cbor-diag`, `json` or `text`, a file and a key shows a
//! value of a vector; what stands between `<!-- reasons -->`, `<!-- rules -->` or `<!-- unknowns -->` and
//! `<!-- end -->` is the table of reason codes, of rules or of what may be unknown. None is written by hand.

#![allow(
    clippy::expect_used,
    reason = "files of this project: a generator that meets a surprise has to stop"
)]

use crate::vectors::{self, Item, Vector, unhex};
use fairtrail::messages::Language;
use fairtrail::reason::Reason;
use fairtrail::rules::{Rule, UNKNOWN_CODES};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Columns of a line of hex.
const COLUMNS: usize = 96;
const END: &str = "<!-- end -->";

/// Where the specifications lie.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

/// Every specification: its path and text.
///
/// # Errors
/// What the file system says.
pub fn documents() -> std::io::Result<Vec<(PathBuf, String)>> {
    let mut documents = Vec::new();
    for file in fs_err::read_dir(directory())? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            documents.push((path.clone(), fs_err::read_to_string(path)?));
        }
    }
    Ok(documents)
}

/// Writes every specification whose artefacts or table are no longer right.
///
/// # Errors
/// What the file system says.
pub fn write() -> std::io::Result<()> {
    for (path, text) in documents()? {
        let fresh = refresh(&text);
        if fresh != text {
            fs_err::write(path, fresh)?;
        }
    }
    for (file, schema) in schemas() {
        if fs_err::read_to_string(&file).ok().as_ref() != Some(&schema) {
            fs_err::create_dir_all(directory().join("schema"))?;
            fs_err::write(file, schema)?;
        }
    }
    Ok(())
}

/// Where the JSON Schema of verdicts is published.
pub fn schema_file() -> PathBuf {
    directory().join("schema/verdict.schema.json")
}

/// Where the JSON Schema of the verdicts of chains is published.
pub fn chain_schema_file() -> PathBuf {
    directory().join("schema/chain.schema.json")
}

/// Every published JSON Schema, as the types have it.
pub fn schemas() -> [(PathBuf, String); 2] {
    let text = |schema| serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    [
        (schema_file(), text(fairtrail::schema::verdict())),
        (chain_schema_file(), text(fairtrail::schema::chain())),
    ]
}

/// The document with its artefacts and table as they have to be.
pub fn refresh(document: &str) -> String {
    let (mut fresh, mut lines) = (Vec::new(), document.lines());
    while let Some(line) = lines.next() {
        fresh.push(line.to_owned());
        let (made, end) = match line.strip_prefix("```").and_then(artefact) {
            Some(shown) => (shown, "```"),
            None => match table(line) {
                Some(made) => (made, END),
                None => continue,
            },
        };
        lines
            .by_ref()
            .take_while(|line| *line != end)
            .for_each(drop);
        fresh.extend([made, end.to_owned()]);
    }
    fresh.join("\n") + "\n"
}

/// The table that stands below this line.
fn table(line: &str) -> Option<String> {
    match line {
        "<!-- reasons -->" => Some(reasons()),
        "<!-- rules -->" => Some(rules()),
        "<!-- unknowns -->" => Some(unknowns()),
        _ => None,
    }
}

fn unknowns() -> String {
    let rows = UNKNOWN_CODES
        .iter()
        .map(|(code, meaning)| format!("\n| {code} | {meaning} |"));
    format!(
        "| code | what is missing |\n|---|---|{}",
        rows.collect::<String>()
    )
}

fn rules() -> String {
    let head = "| rule | points at | fields | rests on | effect | ILO | source |";
    let rows = fairtrail::rules::rules().iter().map(|rule| rule_row(rule));
    format!(
        "{head}\n|---|---|---|---|---|---|---|{}",
        rows.collect::<String>()
    )
}

fn rule_row(rule: &Rule) -> String {
    let ilo: Vec<_> = rule.ilo.iter().map(ToString::to_string).collect();
    let weight = if rule.severity.is_empty() {
        String::new()
    } else {
        format!("; {}", rule.severity)
    };
    format!(
        "\n| {} | {} | {} | {} | {}{weight} | {} | {} |",
        rule.id,
        rule.title(Language::English),
        fields(rule),
        rule.basis,
        rule.effect.as_str(),
        ilo.join(", "),
        rule.source
    )
}

/// The fields of a rule by kind.
fn fields(rule: &Rule) -> String {
    let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, field) in rule.fields {
        by_kind.entry(kind).or_default().push(field);
    }
    let kinds = by_kind
        .iter()
        .map(|(kind, fields)| format!("{kind}: {}", fields.join(", ")));
    kinds.collect::<Vec<_>>().join("; ")
}

fn reasons() -> String {
    let row = |reason: &Reason| format!("\n| `{reason}` | {} |", reason.meaning());
    let rows: String = Reason::ALL.iter().map(row).collect();
    format!("| code | meaning |\n|---|---|{rows}")
}

/// The content of a block, when its info string names a value of a vector.
fn artefact(info: &str) -> Option<String> {
    let mut words = info.split(' ');
    let (form, file, key) = (words.next()?, words.next()?, words.next()?);
    let text = fs_err::read_to_string(directory().join(file)).expect("a vector");
    let vector = Vector::parse(file, &text).expect("a vector");
    let value = vector.value(key).expect("a value of the vector");
    if form == "text" {
        return Some(value.to_owned());
    }
    if form == "json" {
        let value: serde_json::Value = serde_json::from_str(value).expect("JSON");
        return serde_json::to_string_pretty(&value).ok();
    }
    // A feed value stands behind its author.
    let bytes = unhex(value.rsplit(' ').next().unwrap_or_default());
    match form {
        "hex" => Some(wrap(&data_encoding::HEXLOWER.encode(&bytes))),
        "cbor-diag" => Some(diagnose(&bytes)),
        _ => None,
    }
}

fn wrap(text: &str) -> String {
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(COLUMNS)
        .map(String::from_utf8_lossy)
        .collect();
    lines.join("\n")
}

/// Diagnostic notation; of an entry with both headers opened.
fn diagnose(bytes: &[u8]) -> String {
    let Some(frame) = bytes.strip_prefix(&[0xd2]) else {
        return Item::decode(bytes).to_string();
    };
    let mut frame = Item::decode(frame);
    for header in frame.items() {
        if let Item::Bytes(inner) = header
            && inner.len() != vectors::SIGNATURE_BYTES
        {
            *header = Item::Embedded(Box::new(Item::decode(inner)));
        }
    }
    format!("18({frame})")
}
