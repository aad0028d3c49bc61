//! `specs/cddl` against the vectors: what is accepted matches, what breaks its structure does not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use data_encoding::BASE64;
use fairtrail_tests::artefacts;
use fairtrail_tests::vectors::{self, Item, Vector};

/// The whole CDDL with `rule` as what has to match.
fn cddl(rule: &str) -> String {
    let file =
        |name| fs_err::read_to_string(artefacts::directory().join("cddl").join(name)).unwrap();
    let files = [
        "envelope.cddl",
        "charter.cddl",
        "wire.cddl",
        "peers.cddl",
        "gossip.cddl",
        "trie.cddl",
        "index.cddl",
        "repair.cddl",
        "bundle.cddl",
        "fraud.cddl",
    ];
    let files = files.map(file);
    format!("start = {rule}\n{}", files.join("\n"))
}

fn check(rule: &str, bytes: &[u8]) -> Result<(), String> {
    cddl::validate_cbor_from_slice(&cddl(rule), bytes, None).map_err(|error| error.to_string())
}

/// Rules of what stands behind the titles of fraud files.
const FRAUD: [&str; 8] = [
    "fraud-omission",
    "fraud-foreign-posting",
    "fraud-head-order",
    "fraud-head-split",
    "fraud-broken-promise",
    "fraud-duplicate-leaf",
    "fraud-inadmissible-leaf",
    "bad-update",
];

/// The rule and bytes a vector is checked by.
fn subject(vector: &Vector) -> Option<(&'static str, Vec<u8>)> {
    let directory = vector.name.split('/').next()?;
    Some(match directory {
        "entry" | "network" => ("entry", vector.bytes("entry")),
        "charter" => ("charter", vector.bytes("charter")),
        "part" => ("part", vector.bytes("part")),
        "repair" => ("feeds-opening", vector.bytes("opening")),
        "trie" => {
            vector.value("proof")?;
            ("trie-proof", vector.bytes("proof"))
        }
        "peers" => {
            let (key, value) = vector.lines.first()?;
            let rule = match key.as_str() {
                "ask" => "peer-ask",
                "told" => "peer-told",
                "pull" => "peer-pull",
                _ => "peer-head",
            };
            (rule, vectors::unhex(value))
        }
        "index" => {
            let (key, value) = vector.lines.last()?;
            let rule = match key.as_str() {
                "list" => "posting-list",
                "answer" => "index-answer",
                "update" => "update-proof",
                "head" => "index-head",
                key => ["posting", "class-map"]
                    .into_iter()
                    .find(|rule| *rule == key)?,
            };
            (rule, vectors::unhex(value))
        }
        "feed" => {
            let (_, value) = vector.value("value")?.split_once(' ')?;
            ("feed-value", vectors::unhex(value))
        }
        "fraud-logs" => {
            let text = String::from_utf8(vector.bytes("file")).ok()?;
            let (title, rest) = text.split_once('\n')?;
            let kind = title.strip_prefix("fairtrail/")?.strip_suffix("/v1")?;
            let rule = FRAUD.into_iter().find(|rule| rule.ends_with(kind))?;
            (rule, BASE64.decode(rest.trim_end().as_bytes()).ok()?)
        }
        "ids" => {
            let rule = match vector.name.as_str() {
                "ids/act" => "act",
                "ids/entry" => "sig-structure",
                "ids/fork_tips" => "tips",
                "ids/network" => "charter",
                "ids/next_key" => "rotation-key",
                _ => return None,
            };
            (rule, vector.bytes("input"))
        }
        _ => return None,
    })
}

#[test]
fn what_is_accepted_matches() {
    let mut checked = 0;
    for vector in vectors::read().unwrap() {
        let forked = vector.name.starts_with("feed/");
        if let Some((rule, bytes)) = subject(&vector)
            && (vector.expect == "ok" || forked)
        {
            let found = check(rule, &bytes);
            assert_eq!(found, Ok(()), "{} as {rule}", vector.name);
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked}");
}

#[test]
fn what_breaks_its_structure_does_not_match() {
    const STRUCTURE: [&str; 5] = [
        "missing-field",
        "unknown-field",
        "code-unknown",
        "empty-optional",
        "version-unknown",
    ];
    let mut refused = 0;
    for vector in vectors::read().unwrap() {
        if let Some((rule, bytes)) = subject(&vector)
            && STRUCTURE.contains(&vector.expect.as_str())
        {
            let found = check(rule, &bytes);
            let broken = |error: &String| !error.contains("parsing CDDL");
            let name = &vector.name;
            assert!(
                found.as_ref().is_err_and(broken),
                "{name} as {rule}: {found:?}"
            );
            refused += 1;
        }
    }
    assert!(refused > 40, "{refused}");
}

/// The vectors of claims, whose headers are those of `claims.md`: kind, outcome and bytes.
fn claims() -> Vec<(String, String, Vec<u8>)> {
    let directory = artefacts::directory().join("vectors/claims");
    let files = fs_err::read_dir(directory).unwrap();
    let claim = |text: String| {
        let value = |key: &str| {
            let mut pairs = text.lines().filter_map(|line| line.split_once(": "));
            pairs.find(|(found, _)| *found == key).unwrap().1.to_owned()
        };
        let bytes = vectors::unhex(&value("claim"));
        (value("kind"), value("expect"), bytes)
    };
    let read = files.map(|file| fs_err::read_to_string(file.unwrap().path()).unwrap());
    read.map(claim).collect()
}

#[test]
fn claims_match_their_kind() {
    const STRUCTURE: [&str; 3] = ["unknown-field", "empty-optional", "schema-mismatch"];
    let file = artefacts::directory().join("cddl/claims.cddl");
    let grammar = fs_err::read_to_string(file).unwrap();
    let (mut matched, mut refused) = (0, 0);
    for (kind, expect, bytes) in claims() {
        let cddl = format!("start = {}\n{grammar}", kind.replace('.', "-"));
        let found = cddl::validate_cbor_from_slice(&cddl, &bytes, None);
        if expect == "ok" {
            assert!(found.is_ok(), "{kind}: {found:?}");
            matched += 1;
        } else if STRUCTURE.contains(&expect.as_str()) {
            assert!(found.is_err(), "{kind}: {expect}");
            refused += 1;
        }
    }
    assert!(matched >= 14 && refused >= 3, "{matched} {refused}");
}

#[test]
fn messages_match() {
    let vectors = vectors::read().unwrap();
    let named = |name: &str| vectors.iter().find(|vector| vector.name == name).unwrap();
    let (entry, text) = (named("entry/finding").bytes("entry"), named("part/text"));
    let body = Item::Array(vec![
        Item::Bytes(text.bytes("salt")),
        Item::Bytes(text.bytes("bytes")),
    ]);
    let submission = Item::Array(vec![
        Item::Bytes(entry.clone()),
        Item::Array(vec![body.clone()]),
    ]);
    let batch = Item::Array(vec![submission]).encode();
    assert_eq!(check("body", &body.encode()), Ok(()));
    assert_eq!(check("batch", &batch), Ok(()));
    fairtrail::api::Batch::parse(&batch).unwrap();

    let payload = Item::decode(&entry[1..]).items()[2].clone();
    let draft = Item::Array(vec![payload, Item::Array(vec![body.clone()])]).encode();
    assert_eq!(check("draft", &draft), Ok(()));
    fairtrail::api::DraftMessage::parse(&draft).unwrap();

    let digest = Item::decode(&text.bytes("part")).at(4).clone();
    let held = Item::Array(vec![digest, body]);
    let page = Item::Array(vec![Item::Int(0), Item::Int(1), Item::Array(vec![held])]).encode();
    assert_eq!(check("parts-page", &page), Ok(()));
    fairtrail::api::PartsPage::parse(&page).unwrap();
}

#[test]
fn what_nodes_tell_each_other_matches() {
    use fairtrail_node::core::gossip::{Announced, Content, Message};
    let network = fairtrail::id::NetworkId::new([7; 32]);
    let announced = Announced {
        accused: "log.example/two/e1".parse().unwrap(),
        digest: [1; 32],
        bytes: 20_000,
    };
    for content in [
        Content::Checkpoint(b"a note".to_vec()),
        Content::Fraud(b"a file".to_vec()),
        Content::Announced(announced),
    ] {
        let message = Message { network, content };
        assert_eq!(check("gossip", &message.to_bytes()), Ok(()), "{message:?}");
    }
    assert!(check("gossip", &[0x80]).is_err());
}
