//! Trust policies and what they make of cosigned checkpoints.

use super::{Files, policy_headers, put};
use crate::artefacts::{
    ORIGIN, SIGNED_AT, checkpoint, cosigned, cosigner, log_key, own_witness, policy, promise_key,
    signer, witnesses,
};

pub(super) fn quorums(files: &mut Files) {
    let mut put = |case, policy: &str, body: &str| {
        put(files, ("cosigned", 6), case, &policy_headers(policy), body);
    };
    let (three, times) = (policy(), "ok not-after 1784808002 not-before 1784808002");
    let good = cosigned().to_string();
    put(("quorum", times, "three of four operators"), &three, &good);
    let all = three.replace("operators 3", "operators all");
    put(
        (
            "quorum-missing",
            "quorum-missing",
            "three of four operators where all are asked for",
        ),
        &all,
        &good,
    );
    let own = own_witness().verifier().to_string();
    let counted = three.replace(
        "group operators 3",
        &format!("witness own {own}\ngroup operators 4 own"),
    );
    put(
        (
            "own-witness",
            "quorum-missing",
            "the log operator's own witness does not count",
        ),
        &counted,
        &good,
    );
    let alone = format!(
        "log {}\nwitness own {own}\nquorum none\n",
        log_key().verifier()
    );
    put(
        (
            "quorum-none",
            "ok not-after 1784808000 not-before 1784808000",
            "the operator's own stamp",
        ),
        &alone,
        &good,
    );
    let unsigned: String = good.replacen(&format!("— {ORIGIN} "), "— other.example/log/e1 ", 1);
    put(
        (
            "log-did-not-sign",
            "signature-missing",
            "cosignatures alone open nothing",
        ),
        &three,
        &unsigned,
    );
    let unknown = three.replacen(&log_key().verifier().to_string(), &another_log(), 1);
    put(
        (
            "unknown-log",
            "origin-mismatch",
            "no log of the policy has this origin",
        ),
        &unknown,
        &good,
    );
    let spoiled = good.replacen(
        "— lake.example/watch/witness ",
        "— hill.example/watch/witness ",
        1,
    );
    put(
        (
            "line-renamed",
            "quorum-missing",
            "a witness's line under another's name is by an unknown key",
        ),
        &three,
        &spoiled,
    );
    let late = cosigned().with(
        witnesses()[3]
            .cosign(&checkpoint(4).to_string(), SIGNED_AT)
            .unwrap(),
    );
    put(
        (
            "cosignature-of-smaller-tree",
            "cosignature-invalid",
            "a known witness's cosignature over another checkpoint",
        ),
        &three,
        &late.unwrap().to_string(),
    );
    let far = checkpoint(5).sign(&log_key()).unwrap();
    let far = witnesses().iter().try_fold(far, |note, witness| {
        note.with(
            witness
                .cosign(&checkpoint(5).to_string(), 253_402_300_800)
                .unwrap(),
        )
    });
    put(
        (
            "stamp-beyond-9999",
            "quorum-missing",
            "stamps after year 9999 do not count",
        ),
        &three,
        &far.unwrap().to_string(),
    );
}

fn another_log() -> String {
    signer("ledger.example/cliff/e1", 2).verifier().to_string()
}

pub(super) fn policies(files: &mut Files) {
    let mut put = |case, body: &str| put(files, ("policy", 6), case, &[], body);
    let good = policy();
    let hill = witnesses()[0].verifier().to_string();
    put(
        (
            "four-operators",
            "ok operators hill lake moor reef",
            "as shown in the spec",
        ),
        &good,
    );
    put(
        (
            "spaces",
            "ok operators hill lake moor reef",
            "tabs, comments and blank lines",
        ),
        &format!("# comment\n\n{}", good.replace(' ', " \t")),
    );
    put(
        ("no-quorum", "policy-malformed", "no quorum line"),
        &good.replace("quorum operators\n", ""),
    );
    put(
        ("two-quorums", "policy-malformed", "two quorum lines"),
        &format!("{good}quorum none\n"),
    );
    put(
        (
            "same-key-two-names",
            "policy-malformed",
            "one public key under two witness names",
        ),
        &format!("{good}witness again {hill}\n"),
    );
    let renamed = cosigner("other.example/witness", 4).verifier().to_string();
    put(
        (
            "same-key-other-vkey",
            "policy-malformed",
            "one public key under two key names",
        ),
        &format!("{good}witness again {renamed}\n"),
    );
    let log_as_witness = cosigner("other.example/witness", 1).verifier().to_string();
    put(
        (
            "log-key-as-witness",
            "policy-malformed",
            "the log's public key again, as a witness",
        ),
        &format!("{good}witness again {log_as_witness}\n"),
    );
    put(
        (
            "member-twice",
            "policy-malformed",
            "a witness in two groups",
        ),
        &good.replace("quorum", "group more any hill\nquorum"),
    );
    put(
        (
            "undefined-member",
            "policy-malformed",
            "a group names what no line above defines",
        ),
        &good.replace("hill lake", "hill pond lake"),
    );
    put(
        ("threshold-zero", "policy-malformed", "a threshold of 0"),
        &good.replace("operators 3", "operators 0"),
    );
    put(
        (
            "threshold-above",
            "policy-malformed",
            "a threshold above the number of members",
        ),
        &good.replace("operators 3", "operators 5"),
    );
    put(
        ("member-none", "policy-malformed", "none is no member"),
        &good.replace("hill lake", "none lake"),
    );
    put(
        (
            "wrong-key-id",
            "vkey-malformed",
            "a key id that does not follow from the key",
        ),
        &flip_key_id(&good, &hill),
    );
    put(
        (
            "witness-of-type-1",
            "policy-malformed",
            "a witness with a plain signing key",
        ),
        &good.replacen(&hill, &promise_key().verifier().to_string(), 1),
    );
    put(
        ("carriage-return", "policy-malformed", "a control character"),
        &good.replacen('\n', "\r\n", 1),
    );
}

fn flip_key_id(policy: &str, vkey: &str) -> String {
    let mut parts: Vec<_> = vkey.splitn(3, '+').collect();
    parts[1] = "00000000";
    policy.replace(vkey, &parts.join("+"))
}
