//! Signed notes and checkpoints.

use fairtrail::note::Note;

use super::{Files, put};
use crate::artefacts::{ORIGIN, SIGNED_AT, checkpoint, cosigned, cosigner, log_key, witnesses};

pub(super) fn notes(files: &mut Files) {
    let mut put =
        |case, keys: &[(&str, String)], body: &str| put(files, ("note", 4), case, keys, body);
    let key = [("key", log_key().verifier().to_string())];
    let good = cosigned().to_string();
    let (text, block) = good.split_once("\n\n").unwrap();
    let line = block.lines().next().unwrap();
    let with = |block: &str| format!("{text}\n\n{block}\n");
    put(
        (
            "known-key",
            "ok verified 1 of 5",
            "lines of unknown keys are carried, not trusted",
        ),
        &key,
        &good,
    );
    put(
        ("unsigned", "note-malformed", "no signature lines"),
        &key,
        &format!("{text}\n"),
    );
    put(
        (
            "empty-block",
            "note-malformed",
            "a blank line and nothing after it",
        ),
        &key,
        &format!("{text}\n\n"),
    );
    put(
        (
            "no-final-line-feed",
            "note-malformed",
            "the last line feed is missing",
        ),
        &key,
        good.trim_end(),
    );
    put(
        (
            "blank-at-end",
            "note-malformed",
            "a blank line after the signatures",
        ),
        &key,
        &format!("{good}\n"),
    );
    put(
        (
            "hyphen",
            "note-malformed",
            "a hyphen in place of the em dash",
        ),
        &key,
        &with(&line.replace('—', "-")),
    );
    put(
        (
            "two-spaces",
            "note-malformed",
            "two spaces before the base64",
        ),
        &key,
        &with(&line.replace("e1 ", "e1  ")),
    );
    put(
        ("unpadded", "note-malformed", "base64 without padding"),
        &key,
        &with(line.trim_end_matches('=')),
    );
    put(
        (
            "spare-bits",
            "note-malformed",
            "base64 with a spare bit set",
        ),
        &key,
        &with(&spare_bit(line)),
    );
    put(
        (
            "carriage-return",
            "note-malformed",
            "a control character in the text",
        ),
        &key,
        &good.replacen('\n', "\r\n", 1),
    );
    put(
        ("same-key-twice", "note-malformed", "two lines of one key"),
        &key,
        &with(&format!("{line}\n{line}")),
    );
    put(
        ("33-lines", "too-large", "33 signature lines"),
        &key,
        &with(&many_lines(text, 33)),
    );
    put(
        (
            "other-keys",
            "signature-missing",
            "no line is by the trusted key",
        ),
        &key,
        &with(&many_lines(text, 2)),
    );
    let elsewhere = log_key().sign("another text\n").to_string();
    put(
        (
            "signature-of-another-text",
            "signature-invalid",
            "the key is known, the signature is not over this text",
        ),
        &key,
        &with(&elsewhere),
    );
    let witness = [("key", witnesses()[0].verifier().to_string())];
    put(
        (
            "cosignature",
            "ok verified 1 of 5",
            "the trusted key is a witness's",
        ),
        &witness,
        &good,
    );
    let moved = good.replace(&format!("{ORIGIN}\n5"), &format!("{ORIGIN}\n6"));
    put(
        (
            "cosignature-of-another-text",
            "cosignature-invalid",
            "the size was changed",
        ),
        &witness,
        &moved,
    );
}

fn spare_bit(line: &str) -> String {
    let at = line.len() - 2;
    assert!(
        line.ends_with('='),
        "one character of padding leaves two spare bits"
    );
    let last = char::from(line.as_bytes()[at] + 1);
    format!("{}{last}=", &line[..at])
}

fn many_lines(text: &str, count: u8) -> String {
    let text = format!("{text}\n");
    let lines =
        (0..count).map(|at| cosigner(&format!("w{at}.example"), 100 + at).cosign(&text, SIGNED_AT));
    let lines: Vec<_> = lines.map(|line| line.unwrap().to_string()).collect();
    lines.join("\n")
}

pub(super) fn checkpoints(files: &mut Files) {
    let key = [("key", log_key().verifier().to_string())];
    let mut put = |case, body: &str| put(files, ("checkpoint", 5), case, &key, body);
    let signed = |text: &str| {
        Note::new(text, vec![log_key().sign(text)])
            .unwrap()
            .to_string()
    };
    let good = checkpoint(5).to_string();
    let root = good.lines().nth(2).unwrap();
    put(
        ("five-leaves", "ok size 5", "as the log signs it"),
        &signed(&good),
    );
    put(
        ("empty", "ok size 0", "the tree without leaves"),
        &signed(&checkpoint(0).to_string()),
    );
    let odd = checkpoint(0).to_string().replace("47DE", "47DF");
    put(
        (
            "empty-with-odd-root",
            "checkpoint-malformed",
            "size 0 and a root other than the hash of nothing",
        ),
        &signed(&odd),
    );
    put(
        ("extension", "checkpoint-malformed", "a fourth line"),
        &signed(&format!("{good}extension\n")),
    );
    put(
        ("two-lines", "checkpoint-malformed", "no root"),
        &signed(&format!("{ORIGIN}\n5\n")),
    );
    put(
        (
            "leading-zero",
            "checkpoint-malformed",
            "the size is not in its one form",
        ),
        &signed(&format!("{ORIGIN}\n05\n{root}\n")),
    );
    put(
        ("size-above-limit", "integer-out-of-range", "size 2^53"),
        &signed(&format!("{ORIGIN}\n9007199254740992\n{root}\n")),
    );
    put(
        ("short-root", "checkpoint-malformed", "31 bytes of root"),
        &signed(&format!("{ORIGIN}\n5\n{}A==\n", &root[..41])),
    );
    put(
        (
            "scheme-in-origin",
            "checkpoint-malformed",
            "the origin is no origin",
        ),
        &signed(&format!("https://{good}")),
    );
    put(
        (
            "other-origin",
            "origin-mismatch",
            "signed by the trusted key, about another log",
        ),
        &signed(&good.replace("e1", "e2")),
    );
    let index = good.replace(ORIGIN, &format!("{ORIGIN}/index/1"));
    put(
        (
            "index-by-log-key",
            "origin-mismatch",
            "an index checkpoint under the log's key",
        ),
        &signed(&index),
    );
}
