//! What a witness is asked, and what it answers.

use super::{Files, put_of};
use crate::artefacts::{add_checkpoint, checkpoint, witness_answer, witnesses};

pub(super) fn requests(files: &mut Files) {
    let good = add_checkpoint().to_string();
    let mut put = |name, expect, comment, body: &str| {
        put_of(
            files,
            ("witness.md", "add-checkpoint", 5),
            (name, expect, comment),
            &[],
            body,
        );
    };
    let ok = "ok old 2 hashes 2 origin ledger.example/coast/e1";
    put("grown", ok, "from two leaves to five", &good);
    let first = good
        .lines()
        .filter(|line| line.len() != 44 || !line.ends_with('='));
    let first = first.collect::<Vec<_>>().join("\n") + "\n";
    let root = checkpoint(5).root().to_string();
    let first = first
        .replace("old 2", "old 0")
        .replace("e1\n5\n", &format!("e1\n5\n{root}\n"));
    put(
        "first",
        "ok old 0 hashes 0 origin ledger.example/coast/e1",
        "nothing was cosigned before",
        &first,
    );
    let malformed = "request-malformed";
    put(
        "no-old-line",
        malformed,
        "the proof comes first",
        good.split_once('\n').unwrap().1,
    );
    put(
        "leading-zero",
        malformed,
        "old 02",
        &good.replacen("old 2", "old 02", 1),
    );
    put(
        "no-size",
        malformed,
        "old and a space",
        &good.replacen("old 2", "old ", 1),
    );
    put(
        "two-spaces",
        malformed,
        "old, two spaces, the size",
        &good.replacen("old 2", "old  2", 1),
    );
    put(
        "short-hash",
        malformed,
        "a hash of 31 bytes",
        &good.replacen(
            "old 2\n",
            "old 2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n",
            1,
        ),
    );
    let hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let head = |hashes: usize| format!("old 2\n{}", hash.repeat(hashes));
    let (_, note) = good.split_once("\n\n").unwrap();
    let with = |hashes| format!("{}\n{note}", head(hashes));
    put(
        "hashes-63",
        "ok old 2 hashes 63 origin ledger.example/coast/e1",
        "as many hashes as may be sent",
        &with(63),
    );
    put("hashes-64", malformed, "one hash more", &with(64));
    put(
        "no-empty-line",
        malformed,
        "the checkpoint follows at once",
        &good.replacen("\n\n", "\n", 1),
    );
    put(
        "size-above-limit",
        "integer-out-of-range",
        "2^53",
        &good.replacen("old 2", "old 9007199254740992", 1),
    );
    put(
        "no-signature",
        "note-malformed",
        "a checkpoint without signature lines",
        &format!("old 2\n\n{}", checkpoint(5)),
    );
    put(
        "too-large",
        "too-large",
        "16 KiB and a byte",
        &format!("{good}{}", "x".repeat(16_385 - good.len())),
    );
}

pub(super) fn answers(files: &mut Files) {
    let [hill, lake, ..] = witnesses();
    let vkey = hill.verifier().to_string();
    let note = checkpoint(5).to_string();
    let headers: Vec<_> = [("key", vkey)]
        .into_iter()
        .chain(note.lines().map(|line| ("checkpoint", line.to_owned())))
        .collect();
    let mut put = |name, expect, comment, body: &str| {
        put_of(
            files,
            ("witness.md", "cosignature", 7),
            (name, expect, comment),
            &headers,
            body,
        );
    };
    let line = |witness: &fairtrail::note::Cosigner, text: &str, stamp| {
        format!("{}\n", witness.cosign(text, stamp).unwrap())
    };
    let good = witness_answer();
    put(
        "one",
        "ok stamp 1784808003",
        "one line of the witness",
        &good,
    );
    let both = [line(&lake, &note, 7), good.clone()].concat();
    put(
        "among-others",
        "ok stamp 1784808003",
        "a line of another witness is passed over",
        &both,
    );
    put(
        "of-another",
        "signature-missing",
        "no line of the witness asked",
        &line(&lake, &note, 7),
    );
    let other = checkpoint(2).to_string();
    put(
        "of-another-text",
        "cosignature-invalid",
        "the line is over another checkpoint",
        &line(&hill, &other, 7),
    );
    put(
        "no-line-feed",
        "note-malformed",
        "the last line does not end",
        good.trim_end(),
    );
    put(
        "text-before",
        "note-malformed",
        "something else stands before the line",
        &format!("ok\n{good}"),
    );
    put("nothing", "note-malformed", "an empty answer", "");
}
