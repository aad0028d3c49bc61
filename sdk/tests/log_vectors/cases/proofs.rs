//! Promises, proof files and archive lists.

use fairtrail::merkle::{Hash, LeafIndex};
use fairtrail::note::Note;

use super::{Files, policy_headers, put};
use crate::artefacts::{archive, batch, leaf, log_key, policy, promise, promise_key, proof};

pub(super) fn promises(files: &mut Files) {
    let path = batch()
        .inclusion(LeafIndex::new(1).unwrap(), batch().size())
        .unwrap();
    let headers = |leaf: Hash, position: u64, path: &[Hash]| -> Vec<(&str, String)> {
        let head = [
            ("key", promise_key().verifier().to_string()),
            ("leaf", leaf.to_string()),
            ("position", position.to_string()),
        ];
        let path = path.iter().map(|hash| ("path", hash.to_string()));
        head.into_iter().chain(path).collect()
    };
    let right = headers(leaf(3), 1, &path);
    let mut put = |case, headers: &[(&str, String)], body: &str| {
        put(files, ("promise", 7), case, headers, body);
    };
    let good = promise().sign(&promise_key()).unwrap().to_string();
    put(
        (
            "covers",
            "ok index 3",
            "the second of three entries from index 2 on",
        ),
        &right,
        &good,
    );
    put(
        (
            "other-entry",
            "root-mismatch",
            "an entry that is not in the batch",
        ),
        &headers(leaf(1), 1, &path),
        &good,
    );
    put(
        (
            "other-position",
            "proof-invalid",
            "the path is not that of this position",
        ),
        &headers(leaf(3), 2, &path),
        &good,
    );
    put(
        (
            "position-beyond",
            "promise-invalid",
            "the position is not below the count",
        ),
        &headers(leaf(3), 3, &path),
        &good,
    );
    put(
        ("short-path", "proof-invalid", "a hash is missing"),
        &headers(leaf(3), 1, &path[1..]),
        &good,
    );
    let signed = |text: &str| {
        Note::new(text, vec![promise_key().sign(text)])
            .unwrap()
            .to_string()
    };
    let text = promise().to_string();
    put(
        ("of-nothing", "promise-invalid", "count 0"),
        &right,
        &signed(&text.replace("\n3\n", "\n0\n")),
    );
    put(
        ("version-2", "promise-invalid", "another header line"),
        &right,
        &signed(&text.replace("v1", "v2")),
    );
    put(
        ("seventh-line", "promise-invalid", "a line too many"),
        &right,
        &signed(&format!("{text}more\n")),
    );
    put(
        (
            "other-log",
            "origin-mismatch",
            "about a log the key does not belong to",
        ),
        &right,
        &signed(&text.replace("e1", "e2")),
    );
    let by_log = Note::new(&text, vec![log_key().sign(&text)])
        .unwrap()
        .to_string();
    put(
        (
            "by-log-key",
            "signature-missing",
            "signed with the log's key",
        ),
        &right,
        &by_log,
    );
}

pub(super) fn proofs(files: &mut Files) {
    let headers = |leaf: Hash| {
        let mut headers = policy_headers(&policy());
        headers.push(("leaf", leaf.to_string()));
        headers
    };
    let right = headers(leaf(3));
    let mut put = |case, headers: &[(&str, String)], body: &str| {
        put(files, ("proof", 8), case, headers, body);
    };
    let good = proof(b"").to_string();
    let first = good.lines().nth(2).unwrap().to_owned();
    put(("holds", "ok index 3", "leaf 3 of 5"), &right, &good);
    put(
        (
            "extra",
            "ok index 3",
            "extra data is read and proves nothing",
        ),
        &right,
        &proof(b"entry 3").to_string(),
    );
    put(
        ("other-leaf", "root-mismatch", "the proof of another entry"),
        &headers(leaf(2)),
        &good,
    );
    put(
        (
            "other-index",
            "root-mismatch",
            "the index was changed to one with a path as long",
        ),
        &right,
        &good.replace("index 3", "index 2"),
    );
    put(
        (
            "index-beyond",
            "proof-invalid",
            "the index is not below the size",
        ),
        &right,
        &good.replace("index 3", "index 5"),
    );
    put(
        (
            "leading-zero",
            "proof-invalid",
            "the index is not in its one form",
        ),
        &right,
        &good.replace("index 3", "index 03"),
    );
    put(
        ("hash-dropped", "proof-invalid", "a hash is missing"),
        &right,
        &good.replacen(&format!("{first}\n"), "", 1),
    );
    put(
        ("hash-added", "proof-invalid", "a hash too many"),
        &right,
        &good.replacen(&first, &format!("{first}\n{first}"), 1),
    );
    put(
        ("version-2", "proof-invalid", "another header line"),
        &right,
        &good.replace("@v1", "@v2"),
    );
    put(
        (
            "empty-extra",
            "proof-invalid",
            "extra without data is left out",
        ),
        &right,
        &good.replace("index 3", "extra \nindex 3"),
    );
    put(
        ("no-checkpoint", "proof-invalid", "the note is missing"),
        &right,
        good.split_once("\n\n").unwrap().0,
    );
    put(
        (
            "two-blank-lines",
            "checkpoint-malformed",
            "the note begins with an empty line",
        ),
        &right,
        &good.replacen("\n\n", "\n\n\n", 1),
    );
}

pub(super) fn archives(files: &mut Files) {
    let mut put = |case, body: &str| put(files, ("archive-list", 9), case, &[], body);
    let good = archive().to_string();
    let (first, second) = good.split_once('\n').unwrap();
    put(("two-notes", "ok notes 2", "rising sizes"), &good);
    put(("empty", "ok notes 0", "nothing was archived yet"), "");
    put(
        ("falling", "archive-malformed", "sizes that do not rise"),
        &format!("{second}{first}\n"),
    );
    put(
        ("same-size", "archive-malformed", "one size twice"),
        &format!("{first}\n{first}\n"),
    );
    put(
        (
            "no-final-line-feed",
            "archive-malformed",
            "the last line feed is missing",
        ),
        good.trim_end(),
    );
    put(
        ("short-digest", "archive-malformed", "a digest of 30 bytes"),
        &format!("{}\n", &first[..first.len() - 4]),
    );
}
