//! Signed notes: published examples, malformed forms, spoiled bytes, cosignatures.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::key::SecretKey;
use fairtrail::limits::{NOTE_BYTES, NOTE_SIGNATURES, STAMP};
use fairtrail::note::{Cosigner, KeyName, Note, NoteError, NoteSigner, NoteVerifier};
use fairtrail::reason::Reason;
use proptest::prelude::*;

/// From C2SP `signed-note`, "Example".
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv\
                       1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
/// From C2SP `signed-note`, introduction: the text has an empty line, the key is not published.
const POEM: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito \
                    sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITL\
                    lC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
/// From C2SP `tlog-cosignature`, introduction: a checkpoint with a cosignature.
const SOFA: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— \
                    example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5\
                    /Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHw\
                    SRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

fn signer(text: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name(text), key(seed))
}

fn parse(text: &str) -> Result<Note, NoteError> {
    Note::parse(text.as_bytes())
}

#[test]
fn the_published_example_verifies_and_has_one_form() {
    let verifier: NoteVerifier = EXAMPLE_KEY.parse().unwrap();
    assert_eq!(verifier.to_string(), EXAMPLE_KEY);
    let note = parse(EXAMPLE).unwrap();
    assert_eq!(note.to_string(), EXAMPLE);
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.verify(&[verifier]).unwrap()[0].stamp, None);
}

#[test]
fn published_notes_of_unknown_keys_are_read_but_not_trusted() {
    let trusted: NoteVerifier = EXAMPLE_KEY.parse().unwrap();
    for text in [POEM, SOFA] {
        let note = parse(text).unwrap();
        assert_eq!(note.to_string(), text);
        assert_eq!(
            note.verify(std::slice::from_ref(&trusted)),
            Err(NoteError::Unsigned)
        );
    }
    assert!(
        parse(POEM)
            .unwrap()
            .text()
            .ends_with("sole:\n\ned è subito sera.\n")
    );
    assert_eq!(parse(SOFA).unwrap().lines().len(), 2);
}

#[test]
fn a_malformed_note_is_refused() {
    let line = "— example.com/foo Uw2QOkn8srV1";
    let cases: Vec<(String, Reason)> = [
        String::new(),
        "\n".into(),
        "text\n".into(),
        "text\n\n".into(),
        format!("text\n{line}\n"),
        format!("text\n\n{line}"),
        format!("text\n\n{line}\n\n"),
        format!("\n{line}\n"),
        format!("text\r\n\n{line}\n"),
        format!("te\0xt\n\n{line}\n"),
        format!("te\txt\n\n{line}\n"),
        format!("text\n\n{line}\nplain line\n"),
        format!("text\n\n {line}\n"),
        format!("text\n\n{line} \n"),
        format!("text\n\n{line}\r\n"),
        "text\n\n- example.com/foo Uw2QOkn8srV1\n".into(),
        "text\n\n—example.com/foo Uw2QOkn8srV1\n".into(),
        "text\n\n—  Uw2QOkn8srV1\n".into(),
        "text\n\n— example.com/foo\n".into(),
        "text\n\n— example.com/foo \n".into(),
        "text\n\n— example.com/foo  Uw2QOkn8srV1\n".into(),
        "text\n\n— exa mple Uw2QOkn8srV1\n".into(),
        "text\n\n— exa\u{a0}mple Uw2QOkn8srV1\n".into(),
        "text\n\n— exa\u{3000}mple Uw2QOkn8srV1\n".into(),
        "text\n\n— exa+mple Uw2QOkn8srV1\n".into(),
        "text\n\n— example.com/foo Uw2QOg==\n".into(),
        "text\n\n— example.com/foo Uw2Q\n".into(),
        "text\n\n— example.com/foo Uw2QOkn8srV\n".into(),
        "text\n\n— example.com/foo Uw2QOkn8srV1=\n".into(),
        "text\n\n— example.com/foo Uw2QOkn8sr==\n".into(),
        "text\n\n— example.com/foo Uw2QOkn8s-_1\n".into(),
        format!("text\n\n— {} Uw2QOkn8srV1\n", "a".repeat(256)),
        format!("text\n\n{line}\n{line}\n"),
        format!("text\n\n{line}\n— example.com/foo Uw2QOkn8srV2\n"),
    ]
    .into_iter()
    .map(|text| (text, Reason::NoteMalformed))
    .chain([
        (
            format!("text\n\n{}", "— a Uw2QOkn8srV1\n".repeat(33)),
            Reason::TooLarge,
        ),
        (
            format!("{}\n\n{line}\n", "t".repeat(NOTE_BYTES)),
            Reason::TooLarge,
        ),
    ])
    .collect();
    for (text, reason) in cases {
        assert_eq!(
            parse(&text).map_err(|error| error.code()),
            Err(reason),
            "{text:?}"
        );
    }
    assert_eq!(
        Note::parse(b"te\xffxt\n\n\xe2\x80\x94 a Uw2QOkn8srV1\n"),
        Err(NoteError::NotUtf8)
    );
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let lines = |count: usize| -> Vec<_> {
        (0..count)
            .map(|at| signer(&format!("k{at}"), 1).sign("t\n"))
            .collect()
    };
    assert!(Note::new("t\n", lines(NOTE_SIGNATURES)).is_ok());
    let many = Note::new("t\n", lines(NOTE_SIGNATURES + 1));
    assert_eq!(
        many,
        Err(NoteError::TooManySignatures { found: 33, max: 32 })
    );

    let line = signer("k", 1).sign("");
    let around = format!("\n\n{line}\n").len();
    let text = |bytes: usize| format!("{}\n", "t".repeat(bytes - around));
    let note = Note::new(&text(NOTE_BYTES), vec![line.clone()]).unwrap();
    assert_eq!(note.to_string().len(), NOTE_BYTES);
    assert_eq!(parse(&note.to_string()), Ok(note));
    let large = Note::new(&text(NOTE_BYTES + 1), vec![line]);
    assert_eq!(
        large,
        Err(NoteError::TooLarge {
            found: NOTE_BYTES + 1,
            max: NOTE_BYTES
        })
    );
}

#[test]
fn a_malformed_verifier_key_is_refused() {
    let parse = |text: &str| text.parse::<NoteVerifier>().map_err(|error| error.code());
    let good = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    for bad in [
        String::new(),
        "example.com/foo".into(),
        "example.com/foo+530d903a".into(),
        format!("+530d903a+{good}"),
        format!("example.com/foo+530D903A+{good}"),
        format!("example.com/foo+530d903+{good}"),
        format!("example.com/foo+530d903b+{good}"),
        format!("example.com/fob+530d903a+{good}"),
        format!("example.com/foo+530d903a+{good}="),
        format!("example.com/foo+530d903a+{good}\n"),
        format!(" example.com/foo+530d903a+{good}"),
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=".into(),
        "example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".into(),
        "example.com/foo+530d903a+".into(),
    ] {
        let found = parse(&bad);
        assert!(
            matches!(found, Err(Reason::VkeyMalformed | Reason::NoteMalformed)),
            "{bad:?}"
        );
    }
}

#[test]
fn a_key_that_libraries_disagree_about_is_refused() {
    let identity = [&[1][..], &[0; 31]].concat();
    let order_eight = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let order_eight = data_encoding::HEXLOWER
        .decode(order_eight.as_bytes())
        .unwrap();
    let second_encoding_of_one = [&[0xee][..], &[0xff; 30], &[0x7f]].concat();
    for bytes in [identity, order_eight, second_encoding_of_one] {
        let key = data_encoding::BASE64.encode(&[&[1][..], &bytes].concat());
        let refused = format!("a+00000000+{key}").parse::<NoteVerifier>();
        assert_eq!(refused, Err(NoteError::KeyUnacceptable));
    }
}

#[test]
fn a_broken_line_of_a_trusted_key_refuses_the_whole_note() {
    let (log, witness) = (signer("log", 1), Cosigner::new(name("witness"), key(2)));
    let text = "log\n1\n";
    let elsewhere = witness.cosign("log\n2\n", 5).unwrap();
    let note = Note::new(text, vec![log.sign(text), elsewhere]).unwrap();
    let trusted = [log.verifier().clone(), witness.verifier().clone()];
    let refused = note.verify(&trusted).map_err(|error| error.code());
    assert_eq!(refused, Err(Reason::CosignatureInvalid));
    assert_eq!(note.verify(&trusted[..1]).unwrap().len(), 1);
    assert_eq!(note.keep_verified(&trusted[..1]).unwrap().lines().len(), 1);

    let plain = Note::new(text, vec![log.sign("log\n2\n")]).unwrap();
    let refused = plain.verify(&trusted).map_err(|error| error.code());
    assert_eq!(refused, Err(Reason::SignatureInvalid));
}

#[test]
fn one_key_under_two_uses_signs_neither_for_the_other() {
    let (plain, cosigner) = (signer("k", 1), Cosigner::new(name("k"), key(1)));
    assert_ne!(plain.verifier().id(), cosigner.verifier().id());
    let text = "log\n1\n";
    // The message of a cosignature, signed as if it were a text, is no cosignature of that text.
    let note = Note::new(
        text,
        vec![plain.sign(&format!("cosignature/v1\ntime 5\n{text}"))],
    )
    .unwrap();
    assert!(note.verify(&[plain.verifier().clone()]).is_err());
    assert_eq!(
        note.verify(&[cosigner.verifier().clone()]),
        Err(NoteError::Unsigned)
    );
    let twice = [plain.verifier().clone(), plain.verifier().clone()];
    let note = Note::new(text, vec![plain.sign(text)]).unwrap();
    assert!(matches!(
        note.verify(&twice),
        Err(NoteError::AmbiguousKey { .. })
    ));
}

#[test]
fn a_stamp_is_bounded_and_signed() {
    let witness = Cosigner::new(name("witness"), key(2));
    let trusted = [witness.verifier().clone()];
    for stamp in [0, 1_784_800_000, STAMP] {
        let note = Note::new("t\n", vec![witness.cosign("t\n", stamp).unwrap()]).unwrap();
        assert_eq!(note.verify(&trusted).unwrap()[0].stamp, Some(stamp));
    }
    let late = witness.cosign("t\n", STAMP + 1);
    assert_eq!(
        late,
        Err(NoteError::StampTooLarge {
            found: STAMP + 1,
            max: STAMP
        })
    );
}

/// Every note that differs in one byte.
fn spoiled(note: &Note) -> impl Iterator<Item = Vec<u8>> {
    let bytes = note.to_string().into_bytes();
    (0..bytes.len()).flat_map(move |at| {
        let bytes = bytes.clone();
        [0x01, 0x80, 0xff].into_iter().map(move |mask| {
            let mut changed = bytes.clone();
            changed[at] ^= mask;
            changed
        })
    })
}

#[test]
fn a_spoiled_byte_is_never_believed() {
    let (log, witness) = (signer("log", 1), Cosigner::new(name("witness"), key(2)));
    let text = "log\n1\n";
    for (line, verifier) in [
        (log.sign(text), log.verifier()),
        (
            witness.cosign(text, 1_784_800_000).unwrap(),
            witness.verifier(),
        ),
    ] {
        let note = Note::new(text, vec![line]).unwrap();
        assert!(note.verify(std::slice::from_ref(verifier)).is_ok());
        for bytes in spoiled(&note) {
            let read = Note::parse(&bytes);
            let believed =
                read.is_ok_and(|note| note.verify(std::slice::from_ref(verifier)).is_ok());
            assert!(!believed, "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(
        text in "([a-zà-ü ]{0,8}\n){1,4}",
        names in prop::collection::btree_set("[a-z./0-9é]{1,12}", 1..6),
        bytes in prop::collection::vec(any::<u8>(), 1..90),
    ) {
        let signature = data_encoding::BASE64.encode(&[&[1, 2, 3, 4][..], &bytes].concat());
        let lines: Vec<_> = names.iter().map(|name| format!("— {name} {signature}\n")).collect();
        let block = lines.concat();
        let whole = format!("{text}\n{block}");
        let note = Note::parse(whole.as_bytes()).unwrap();
        prop_assert_eq!(note.to_string(), whole);
        prop_assert_eq!(note.text(), text);
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}") {
        for input in [bytes.as_slice(), text.as_bytes(), format!("t\n\n— {text}\n").as_bytes()] {
            if let Ok(note) = Note::parse(input) {
                prop_assert_eq!(note.to_string().into_bytes(), input);
            }
        }
        prop_assert!(text.parse::<NoteVerifier>().is_err());
    }
}
