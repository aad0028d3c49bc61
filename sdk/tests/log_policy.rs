//! Trust policies: the format, whose cosignatures count, and the times that follow.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::key::SecretKey;
use fairtrail::limits::{STAMP, TLOG_POLICY_BYTES, TLOG_POLICY_NAMES};
use fairtrail::log::{Checkpoint, LogError, PolicyError, TlogPolicy};
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::{Cosigner, Note, NoteSigner};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use proptest::prelude::*;

const ORIGIN: &str = "ledger.example/coast/e1";

fn key(seed: u16) -> SecretKey {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&seed.to_be_bytes());
    SecretKey::from_seed(bytes)
}

fn log() -> NoteSigner {
    NoteSigner::new(ORIGIN.parse().unwrap(), key(1))
}

fn witness(number: u16) -> Cosigner {
    Cosigner::new(
        format!("w{number}.example/witness").parse().unwrap(),
        key(100 + number),
    )
}

fn own() -> Cosigner {
    Cosigner::new("ledger.example/coast/witness".parse().unwrap(), key(99))
}

fn text() -> String {
    let tree = Tree::from_leaves([leaf_hash(b"a")]).unwrap();
    Checkpoint::new(ORIGIN.parse().unwrap(), tree.size(), tree.root())
        .unwrap()
        .to_string()
}

/// A note by the log, cosigned by these witnesses at these times.
fn note(cosigned: &[(u16, u64)]) -> Note {
    let lines = cosigned
        .iter()
        .map(|(number, stamp)| witness(*number).cosign(&text(), *stamp));
    let lines = std::iter::once(log().sign(&text())).chain(lines.map(Result::unwrap));
    Note::new(&text(), lines.collect()).unwrap()
}

fn bytes(cosigned: &[(u16, u64)]) -> Vec<u8> {
    note(cosigned).to_string().into_bytes()
}

/// The log, `count` witnesses named w0 and so on, and more lines.
fn policy_text(count: u16, rest: &str) -> String {
    let witnesses: Vec<_> = (0..count)
        .map(|number| format!("witness w{number} {}\n", witness(number).verifier()))
        .collect();
    format!("log {}\n{}{rest}\n", log().verifier(), witnesses.concat())
}

fn policy(count: u16, rest: &str) -> TlogPolicy {
    TlogPolicy::parse(&policy_text(count, rest)).unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(seconds).unwrap()
}

#[test]
fn comments_blanks_and_urls_are_read() {
    let text = format!(
        "# a policy\n\n \t# indented\n\tlog  {} \t https://ledger.example/coast\n\
         witness a {} https://a.example/w\n witness b {}\ngroup g 2 a b\nquorum g\n",
        log().verifier(),
        witness(0).verifier(),
        witness(1).verifier(),
    );
    let policy = TlogPolicy::parse(&text).unwrap();
    assert_eq!(policy.logs()[0].url(), Some("https://ledger.example/coast"));
    assert_eq!(policy.logs()[0].origin().as_str(), ORIGIN);
    let witnesses: Vec<_> = policy
        .witnesses()
        .map(|(name, it)| (name, it.url()))
        .collect();
    assert_eq!(witnesses, [("a", Some("https://a.example/w")), ("b", None)]);
    assert_eq!(policy.operators(), ["a", "b"]);
}

#[test]
fn a_malformed_policy_is_refused_with_its_line() {
    use PolicyError as E;
    let base = |rest: &str| TlogPolicy::parse(&policy_text(3, rest));
    // The log stands on line 1, witnesses on 2 to 4, so that `rest` begins on line 5.
    for (rest, expected) in [
        ("", E::QuorumUndefined),
        ("quorum", E::LineMalformed { line: 5 }),
        ("quorum w0 w1", E::LineMalformed { line: 5 }),
        ("quorum w9", E::NameUndefined { line: 5 }),
        ("quorum none\nquorum none", E::QuorumTwice { line: 6 }),
        ("quorum w0\nquorum w1", E::QuorumTwice { line: 6 }),
        ("Quorum none", E::LineMalformed { line: 5 }),
        ("quorum none \u{b}", E::ForbiddenCharacter { line: 5 }),
        ("quorum none\r", E::ForbiddenCharacter { line: 5 }),
        ("quorum none\u{7f}", E::ForbiddenCharacter { line: 5 }),
        ("quorum\u{a0}none", E::LineMalformed { line: 5 }),
        ("group g all\nquorum g", E::LineMalformed { line: 5 }),
        ("group g 2\nquorum g", E::LineMalformed { line: 5 }),
        ("group g w0 w1\nquorum g", E::LineMalformed { line: 5 }),
        (
            "group g 0 w0\nquorum g",
            E::Threshold {
                line: 5,
                members: 1,
            },
        ),
        (
            "group g 3 w0 w1\nquorum g",
            E::Threshold {
                line: 5,
                members: 2,
            },
        ),
        ("group g 01 w0\nquorum g", E::LineMalformed { line: 5 }),
        ("group g -1 w0\nquorum g", E::LineMalformed { line: 5 }),
        (
            "group g 99999999999999999999 w0\nquorum g",
            E::LineMalformed { line: 5 },
        ),
        ("group g all w0 w0\nquorum g", E::MemberTwice { line: 5 }),
        (
            "group g all w0\ngroup h any w0 w1\nquorum h",
            E::MemberTwice { line: 6 },
        ),
        ("group g all g\nquorum g", E::NameUndefined { line: 5 }),
        (
            "group g all h\ngroup h all w0\nquorum g",
            E::NameUndefined { line: 5 },
        ),
        ("group g all none\nquorum g", E::NameUndefined { line: 5 }),
        ("group none all w0\nquorum none", E::NameTaken { line: 5 }),
        ("group w0 all w1\nquorum w0", E::NameTaken { line: 5 }),
        (
            "group g all w0\ngroup g all w1\nquorum g",
            E::NameTaken { line: 6 },
        ),
        ("witness\nquorum none", E::LineMalformed { line: 5 }),
        ("witness x\nquorum none", E::LineMalformed { line: 5 }),
        ("log\nquorum none", E::LineMalformed { line: 5 }),
        ("nonsense\nquorum none", E::LineMalformed { line: 5 }),
    ] {
        assert_eq!(base(rest).map(|_| ()), Err(expected.clone()), "{rest:?}");
        assert_eq!(expected.code(), Reason::PolicyMalformed);
    }
}

#[test]
fn one_key_stands_on_one_line_and_in_its_role() {
    let same = witness(0).verifier().to_string();
    let renamed = Cosigner::new("other.example/w".parse().unwrap(), key(100));
    let as_witness = Cosigner::new("other.example/w".parse().unwrap(), key(1));
    let no_origin = NoteSigner::new("just-a-name".parse().unwrap(), key(7));
    let refused = |line: String| {
        TlogPolicy::parse(&policy_text(1, &format!("{line}\nquorum none"))).unwrap_err()
    };
    let duplicate = PolicyError::DuplicateKey { line: 3 };
    assert_eq!(refused(format!("witness x {same}")), duplicate);
    assert_eq!(
        refused(format!("witness x {}", renamed.verifier())),
        duplicate
    );
    assert_eq!(
        refused(format!("witness x {}", as_witness.verifier())),
        duplicate
    );
    assert_eq!(refused(format!("log {}", log().verifier())), duplicate);
    let wrong_type = PolicyError::WrongKeyType { line: 3 };
    assert_eq!(
        refused(format!("log {}", witness(5).verifier())),
        wrong_type
    );
    assert_eq!(
        refused(format!("witness x {}", no_origin.verifier())),
        wrong_type
    );
    let not_an_origin = PolicyError::NotAnOrigin { line: 3 };
    assert_eq!(
        refused(format!("log {}", no_origin.verifier())),
        not_an_origin
    );
    assert_eq!(
        refused(format!("witness x {same}x")).code(),
        Reason::VkeyMalformed
    );
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let groups = |count: usize| {
        let lines: Vec<_> = (1..count)
            .map(|at| format!("group g{at} any g{}\n", at - 1))
            .collect();
        policy_text(
            1,
            &format!("group g0 any w0\n{}quorum none", lines.concat()),
        )
    };
    let names = TLOG_POLICY_NAMES - 1;
    assert!(TlogPolicy::parse(&groups(names)).is_ok());
    let many = TlogPolicy::parse(&groups(names + 1)).map(|_| ());
    assert_eq!(
        many,
        Err(PolicyError::TooMany {
            line: 258,
            max: TLOG_POLICY_NAMES
        })
    );

    let padded = |bytes: usize| format!("quorum none\n#{}", "x".repeat(bytes - 13));
    assert!(TlogPolicy::parse(&padded(TLOG_POLICY_BYTES)).is_ok());
    let large = TlogPolicy::parse(&padded(TLOG_POLICY_BYTES + 1)).map(|_| ());
    let found = TLOG_POLICY_BYTES + 1;
    assert_eq!(
        large,
        Err(PolicyError::TooLarge {
            found,
            max: TLOG_POLICY_BYTES
        })
    );
}

#[test]
fn the_quorum_decides() {
    for (rest, cosigners, met) in [
        ("quorum none", &[][..], true),
        ("quorum w0", &[0][..], true),
        ("quorum w0", &[1, 2], false),
        ("group g any w0 w1\nquorum g", &[1], true),
        ("group g all w0 w1\nquorum g", &[1], false),
        ("group g 2 w0 w1 w2\nquorum g", &[0, 2], true),
        ("group g 2 w0 w1 w2\nquorum g", &[0], false),
        (
            "group x 2 w0 w1\ngroup y any w2 w3\ngroup g all x y\nquorum g",
            &[0, 1, 3],
            true,
        ),
        (
            "group x 2 w0 w1\ngroup y any w2 w3\ngroup g all x y\nquorum g",
            &[0, 2, 3],
            false,
        ),
        ("group x 2 w0 w1\nquorum w3", &[0, 1], false),
    ] {
        let stamped: Vec<_> = cosigners.iter().map(|number| (*number, 1_000)).collect();
        let policy = policy(4, rest);
        let read = policy.read(&bytes(&stamped)).unwrap();
        assert_eq!(read.meets_quorum(), met, "{rest} {cosigners:?}");
        assert_eq!(policy.open(&bytes(&stamped)).is_ok(), met);
    }
    let missing = policy(4, "group g 2 w0 w1 w2\nquorum g").open(&bytes(&[(0, 1), (3, 1)]));
    assert_eq!(missing, Err(LogError::QuorumMissing { found: 1 }));
}

#[test]
fn cosignatures_without_the_log_s_signature_open_nothing() {
    let policy = policy(2, "quorum w0");
    let lines = vec![witness(0).cosign(&text(), 5).unwrap()];
    let unsigned = Note::new(&text(), lines).unwrap().to_string();
    let code = policy.open(unsigned.as_bytes()).unwrap_err().code();
    assert_eq!(code, Reason::SignatureMissing);

    // A witness whose key bears the log's own name does not sign in its place.
    let namesake = Cosigner::new(ORIGIN.parse().unwrap(), key(50));
    let trusting = policy_text(
        1,
        &format!("witness n {}\nquorum none", namesake.verifier()),
    );
    let lines = vec![namesake.cosign(&text(), 5).unwrap()];
    let unsigned = Note::new(&text(), lines).unwrap().to_string();
    let code = TlogPolicy::parse(&trusting)
        .unwrap()
        .open(unsigned.as_bytes())
        .unwrap_err()
        .code();
    assert_eq!(code, Reason::SignatureMissing);
}

#[test]
fn a_spoiled_cosignature_of_a_known_witness_refuses_the_note() {
    let good = note(&[(0, 5)]);
    let other = witness(1).cosign("another text\n", 6).unwrap();
    let note = good.with(other).unwrap().to_string();
    let known = policy(2, "quorum w0")
        .open(note.as_bytes())
        .unwrap_err()
        .code();
    assert_eq!(known, Reason::CosignatureInvalid);
    assert!(
        policy(1, "quorum w0").open(note.as_bytes()).is_ok(),
        "a stranger's line is ignored"
    );
}

#[test]
fn the_log_operator_s_own_witness_never_counts() {
    let own_line = own().cosign(&text(), 700).unwrap();
    let rest = format!(
        "witness o {}\ngroup g 2 o w0 w1\nquorum g",
        own().verifier()
    );
    let policy = TlogPolicy::parse(&policy_text(2, &rest)).unwrap();
    let with_own =
        |cosigned: &[(u16, u64)]| note(cosigned).with(own_line.clone()).unwrap().to_string();
    assert!(policy.open(with_own(&[(0, 800)]).as_bytes()).is_err());
    let opened = policy
        .open(with_own(&[(0, 800), (1, 900)]).as_bytes())
        .unwrap();
    assert_eq!(opened.own_stamp(), Some(at(700)));
    assert_eq!(opened.stamps().len(), 2);
    assert_eq!(opened.not_after(0), Some(at(800)));

    let alone = format!("witness o {}\nquorum none", own().verifier());
    let policy = TlogPolicy::parse(&policy_text(0, &alone)).unwrap();
    let opened = policy.open(with_own(&[]).as_bytes()).unwrap();
    assert_eq!(
        (opened.not_after(0), opened.not_before(3)),
        (Some(at(700)), Some(at(700)))
    );
    assert_eq!(policy.open(&bytes(&[])).unwrap().not_after(0), None);
}

#[test]
fn times_are_the_f_plus_first_smallest_and_largest_stamp() {
    let policy = policy(4, "group g 3 w0 w1 w2 w3\nquorum g");
    assert_eq!(policy.default_f(), 1);
    let opened = policy
        .open(&bytes(&[(0, 400), (1, 100), (2, 300), (3, 200)]))
        .unwrap();
    let after: Vec<_> = (0..5)
        .map(|f| opened.not_after(f).map(Timestamp::seconds))
        .collect();
    assert_eq!(after, [Some(100), Some(200), Some(300), Some(400), None]);
    let before: Vec<_> = (0..5)
        .map(|f| opened.not_before(f).map(Timestamp::seconds))
        .collect();
    assert_eq!(before, [Some(400), Some(300), Some(200), Some(100), None]);
}

#[test]
fn an_operator_with_several_witnesses_has_one_stamp() {
    let policy = policy(4, "group x any w0 w1\ngroup g 2 x w2 w3\nquorum g");
    assert_eq!(
        (policy.operators(), policy.default_f()),
        (vec!["x", "w2", "w3"], 0)
    );
    let opened = policy
        .open(&bytes(&[(0, 100), (1, 500), (2, 300)]))
        .unwrap();
    let stamps: Vec<_> = opened
        .stamps()
        .iter()
        .map(|it| (it.operator.as_str(), it.earliest, it.latest))
        .collect();
    assert_eq!(stamps, [("x", at(100), at(500)), ("w2", at(300), at(300))]);
    assert_eq!(
        (opened.not_after(1), opened.not_before(1)),
        (Some(at(300)), Some(at(300)))
    );
}

#[test]
fn ten_keys_in_one_group_are_one_operator() {
    let many: Vec<_> = (1..11).map(|number| format!(" w{number}")).collect();
    let policy = policy(
        11,
        &format!(
            "group sybil any{}\ngroup g 2 w0 sybil\nquorum g",
            many.concat()
        ),
    );
    let all: Vec<_> = (1..11).map(|number| (number, 1_000)).collect();
    let missing = policy.open(&bytes(&all));
    assert_eq!(missing, Err(LogError::QuorumMissing { found: 1 }));
}

#[test]
fn a_stamp_beyond_every_date_does_not_count() {
    let policy = policy(1, "quorum w0");
    assert!(policy.open(&bytes(&[(0, 253_402_207_200)])).is_ok());
    let missing = policy.open(&bytes(&[(0, STAMP)]));
    assert_eq!(missing, Err(LogError::QuorumMissing { found: 0 }));
}

proptest! {
    #[test]
    fn times_do_not_move_while_at_most_f_lie(
        honest in prop::collection::vec(1_000_000..1_000_060_u64, 3),
        lie in 0..10_000_000_000_u64,
    ) {
        let policy = policy(4, "group g all w0 w1 w2 w3\nquorum g");
        let stamps = [(0, honest[0]), (1, honest[1]), (2, honest[2]), (3, lie)];
        let opened = policy.open(&bytes(&stamps)).unwrap();
        let honest = 1_000_000..1_000_060;
        for time in [opened.not_after(1), opened.not_before(1)] {
            prop_assert!(honest.contains(&time.unwrap().seconds()));
        }
    }
}
