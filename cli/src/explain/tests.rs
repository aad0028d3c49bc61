use super::*;
use fairtrail::api::Submission;
use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse};
use fairtrail::id::NetworkId;
use fairtrail::key::{KeyPurpose, SecretKey};
use fairtrail::time::Timestamp;

fn pulse() -> SignedEntry {
    let key = SecretKey::from_seed([1; 32]);
    let now = Timestamp::new(1_790_000_000).unwrap();
    let network = NetworkId::new([9; 32]);
    let begin = Draft::begin(network, &key, key.public().next_digest(), now).unwrap();
    let (feed, prev) = (begin.author(), begin.id());
    let position = Position {
        network,
        feed,
        seq: 1,
        prev,
        grant: None,
    };
    let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, now);
    draft.sign(&position, &key).unwrap()
}

fn value<'a>(explained: &'a Explained, name: &str) -> &'a str {
    let field = explained.fields.iter().find(|field| field.name == name);
    &field.unwrap().value
}

#[test]
fn entries_are_explained_from_bytes_and_from_hex() {
    let entry = pulse();
    let explained = explain(entry.bytes()).unwrap();
    assert_eq!(value(&explained, "id"), entry.id().to_string());
    assert!(value(&explained, "signature").starts_with("verifies"));
    let hex = data_encoding::HEXLOWER.encode(entry.bytes());
    assert_eq!(explain(format!("{hex}\n").as_bytes()).unwrap(), explained);
}

#[test]
fn a_broken_signature_is_said_and_makes_it_invalid() {
    let entry = pulse();
    let mut bytes = entry.bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let explained = explain(&bytes).unwrap();
    assert!(explained.invalid);
    assert!(value(&explained, "signature").contains("does not verify"));
    let entry = SignedEntry::parse(&bytes).unwrap();
    let bodies = vec![];
    let batch = Batch(vec![Submission { entry, bodies }]);
    assert!(explain(&batch.to_bytes()).unwrap().invalid);
}

#[test]
fn of_a_key_file_only_the_public_half_is_shown() {
    let key = SecretKey::from_seed([1; 32]);
    let text = key.to_file_text(KeyPurpose::Rotation);
    let explained = explain(text.as_bytes()).unwrap();
    assert_eq!(
        value(&explained, "public key"),
        key.public().id().to_string()
    );
    let secret = text.trim().rsplit(' ').next().unwrap();
    let json = serde_json::to_string(&explained).unwrap();
    assert!(!json.contains(secret));
}

#[test]
fn other_bytes_are_said_to_be_nothing() {
    for bytes in [&b""[..], b"hello", &[0xd2, 0x84], &[0xff; 40], b"{}"] {
        assert!(explain(bytes).is_err(), "{bytes:?}");
    }
}
