//! The vectors of specs/log.md: every artefact once good, and each failure on its own.

#![expect(clippy::too_many_lines, reason = "tables of cases")]

mod follow;
mod notes;
mod proofs;
mod trust;
mod witness;

use std::collections::BTreeMap;

type Files = BTreeMap<String, String>;

pub(crate) fn all() -> Files {
    let mut files = Files::new();
    notes::notes(&mut files);
    notes::checkpoints(&mut files);
    trust::quorums(&mut files);
    proofs::promises(&mut files);
    proofs::proofs(&mut files);
    trust::policies(&mut files);
    proofs::archives(&mut files);
    witness::requests(&mut files);
    witness::answers(&mut files);
    follow::split_views(&mut files);
    files
}

/// Adds one file. `headers` follow `expect`, `kind`, `spec` and `comment`.
fn put(
    files: &mut Files,
    (kind, section): (&str, u8),
    named: (&str, &str, &str),
    headers: &[(&str, String)],
    body: &str,
) {
    put_of(files, ("log.md", kind, section), named, headers, body);
}

/// As [`put`], for another specification.
fn put_of(
    files: &mut Files,
    (spec, kind, section): (&str, &str, u8),
    (name, expect, comment): (&str, &str, &str),
    headers: &[(&str, String)],
    body: &str,
) {
    let more: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    let text = format!(
        "expect: {expect}\nkind: {kind}\nspec: {spec} §{section}\ncomment: {comment}\n{}\n{body}",
        more.concat()
    );
    let name = format!("{kind}-{name}.txt");
    assert!(files.insert(name.clone(), text).is_none(), "{name} twice");
}

fn policy_headers(text: &str) -> Vec<(&'static str, String)> {
    text.lines()
        .map(|line| ("policy", line.to_owned()))
        .collect()
}
