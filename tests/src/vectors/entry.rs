//! The payload of an entry, rule by rule (entry.md §6).

use super::world::{self, NOW, at, secret, signer};
use super::{Forge, Item, Vector};
use fairtrail::entry::{Anchor, Basis, Draft, NetworkClaim, Pulse, SignedEntry};

pub(super) fn vectors() -> Vec<Vector> {
    [good(), fields(), positions(), begins(), lists(), codes()].concat()
}

const SPEC: &str = "entry.md §6";

pub(super) fn accepted(name: &str, spec: &str, comment: &str, entry: &SignedEntry) -> Vector {
    Vector::new(&format!("entry/{name}"), "ok", spec, comment)
        .hex("entry", entry.bytes())
        .line("id", entry.id())
}

fn with(name: &str, expect: &str, comment: &str, change: impl FnOnce(&mut Item)) -> Vector {
    let entry = Forge::finding().with(change).sign(&signer());
    Vector::new(&format!("entry/{name}"), expect, SPEC, comment).hex("entry", &entry)
}

#[rustfmt::skip] // one case per line
fn good() -> Vec<Vector> {
    let finding = world::finding(NOW);
    let mut full = world::finding_draft(NOW);
    full.backfill = true;
    full.basis = Basis::ALL.to_vec();
    full.anchor = Some(Anchor { origin: "ledger.example/coast/e1".into(), size: 1, note: [0x99; 32] });
    let full = full.sign(&world::position(), &signer()).unwrap();
    let unknown = world::statement("zz.kind-of-a-later.edition", 1, NOW);
    let unknown = unknown.sign(&world::position(), &signer()).unwrap();
    let root = fairtrail::entry::Position { grant: None, ..world::position() };
    let bare = world::statement("licence", 1, NOW).sign(&root, &signer()).unwrap();
    let begin = world::Author::of_charter(1).begin;
    let again = Forge::of(&finding);
    let copy = again.frame(&other_signature(&again));
    let copy = SignedEntry::parse(&copy).unwrap();
    vec![
        accepted("finding", SPEC, "an auditor's finding: two subjects, a claim, a text, a reference", &finding),
        accepted("all_fields", SPEC, "every optional field at once", &full),
        accepted("unknown_kind", SPEC, "a kind nobody knows yet is an entry like any other", &unknown),
        accepted("no_grant", SPEC, "no grant, as in feeds of charter authors", &bare),
        accepted("begin", SPEC, "the first entry of a root's feed", &begin),
        accepted("second_signature", "entry.md §5", "the finding under another valid signature: the same id", &copy),
    ]
}

/// A signature by the same key with another nonce, as a signer makes it that does not derive the
/// nonce from the message.
fn other_signature(forge: &Forge) -> [u8; 64] {
    use curve25519_dalek::{EdwardsPoint, Scalar};
    use sha2::{Digest, Sha512};
    let (key, message) = (
        ed25519_dalek::SigningKey::from_bytes(&[11; 32]),
        forge.message(),
    );
    let nonce = Scalar::from_bytes_mod_order([0x42; 32]);
    let point = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
    let hash = Sha512::new()
        .chain_update(point)
        .chain_update(key.verifying_key().to_bytes());
    let challenge =
        Scalar::from_bytes_mod_order_wide(&hash.chain_update(message).finalize().into());
    let answer = nonce + challenge * key.to_scalar();
    [point, answer.to_bytes()].concat().try_into().unwrap()
}

#[rustfmt::skip] // one case per line
fn fields() -> Vec<Vector> {
    let (missing, empty, schema) = ("missing-field", "empty-optional", "schema-mismatch");
    vec![
        with("payload_array", schema, "an array for the map", |p| *p = Item::Array(vec![])),
        with("payload_null_field", "cbor-forbidden-item", "null for an absent field", |p| p.set(13, Item::Null)),
        with("payload_float", "cbor-forbidden-item", "seq as a float", |p| p.set(4, Item::Raw(vec![0xf9, 0x42, 0x00]))),
        with("payload_tagged_time", "cbor-forbidden-item", "a tag inside", |p| p.set(4, Item::Raw(vec![0xc1, 0x03]))),
        with("payload_long_integer", "cbor-not-canonical", "seq 3 in two bytes", |p| p.set(4, Item::Raw(vec![0x18, 0x03]))),
        with("payload_order", "cbor-not-canonical", "network before version", |p| p.pairs().swap(0, 1)),
        with("payload_key_twice", "cbor-not-canonical", "the version twice", |p| {
            let first = p.pairs()[0].clone();
            p.pairs().insert(0, first);
        }),
        with("payload_trailing", "cbor-malformed", "an item after the map", |p| {
            *p = Item::Raw([p.encode(), vec![0x00]].concat());
        }),
        with("payload_text_for_people", "token-rule", "a sentence where a token belongs", |p| p.set(7, Item::text("a finding"))),
        with("unknown_field_0", "unknown-field", "key 0", |p| p.set(0, Item::Int(1))),
        with("unknown_field_15", "unknown-field", "key 15", |p| p.set(15, Item::Int(1))),
        with("negative_field", schema, "key −1", |p| p.pairs().push((Item::Int(-1), Item::Int(1)))),
        with("text_field", schema, "a text key", |p| p.pairs().push((Item::text("x"), Item::Int(1)))),
        with("missing_version", missing, "no version", |p| p.remove(1)),
        with("missing_network", missing, "no network", |p| p.remove(2)),
        with("missing_seq", missing, "no sequence number", |p| p.remove(4)),
        with("missing_kind", missing, "no kind", |p| p.remove(7)),
        with("missing_subjects", missing, "no subjects", |p| p.remove(8)),
        with("empty_basis", empty, "an empty list for an absent one", |p| p.set(9, Item::Array(vec![]))),
        with("empty_parts", empty, "an empty list for an absent one", |p| p.set(11, Item::Array(vec![]))),
        with("empty_refs", empty, "an empty list for an absent one", |p| p.set(12, Item::Array(vec![]))),
        with("version_2", "version-unknown", "another envelope version", |p| p.set(1, Item::Int(2))),
        with("version_0", "version-unknown", "version 0", |p| p.set(1, Item::Int(0))),
        with("network_16_bytes", schema, "a network id of 16 bytes", |p| p.set(2, Item::Bytes(vec![9; 16]))),
        with("seq_negative", schema, "sequence number −1", |p| p.set(4, Item::Int(-1))),
        with("kind_integer", schema, "a number for the kind", |p| p.set(7, Item::Int(7))),
    ]
}

#[rustfmt::skip] // one case per line
fn positions() -> Vec<Vector> {
    let schema = "schema-mismatch";
    vec![
        with("no_feed", schema, "prev without feed", |p| p.remove(3)),
        with("no_prev", schema, "feed without prev", |p| p.remove(5)),
        with("no_feed_no_prev", schema, "seq 3 without feed and prev", |p| {
            p.remove(3);
            p.remove(5);
        }),
        with("seq_0_with_feed", schema, "seq 0 with feed and prev", |p| p.set(4, Item::Int(0))),
        with("inline_claim", schema, "a claim in the header of a kind that is no network kind", |p| p.set(14, Item::Map(vec![]))),
        with("begin_late", schema, "author.begin at seq 3", |p| p.set(7, Item::text("author.begin"))),
    ]
}

#[rustfmt::skip] // one case per line
fn begins() -> Vec<Vector> {
    let with = |name: &str, expect: &str, comment: &str, change: fn(&mut Forge)| {
        let mut forge = Forge::of(&world::Author::of_charter(1).begin);
        change(&mut forge);
        let entry = forge.sign(&secret(1));
        Vector::new(&format!("entry/{name}"), expect, SPEC, comment).hex("entry", &entry)
    };
    let (schema, issuer) = ("schema-mismatch", "issuer-mismatch");
    vec![
        with("begin_with_grant", schema, "a grant at seq 0", |f| f.payload.set(6, Item::Bytes(vec![6; 32]))),
        with("begin_with_basis", schema, "a basis at seq 0", |f| f.payload.set(9, Item::Array(vec![Item::Int(0)]))),
        with("begin_with_flags", schema, "a flag at seq 0", |f| f.payload.set(10, Item::Int(1))),
        with("begin_with_parts", schema, "a part at seq 0", |f| {
            let part = Item::decode(&fairtrail::cbor::encode(&world::finding(NOW).header().parts[1]));
            f.payload.set(11, Item::Array(vec![part]));
        }),
        with("begin_with_refs", schema, "a reference at seq 0", |f| {
            let one = Item::Array(vec![Item::Int(4), Item::Bytes(vec![7; 32])]);
            f.payload.set(12, Item::Array(vec![one]));
        }),
        with("begin_with_anchor", schema, "an anchor at seq 0", |f| {
            let anchor = vec![Item::text("a/b/e1"), Item::Int(1), Item::Bytes(vec![9; 32])];
            f.payload.set(13, Item::Array(anchor));
        }),
        with("begin_with_feed", schema, "feed and prev at seq 0", |f| {
            f.payload.set(3, Item::Bytes(vec![8; 32]));
            f.payload.set(5, Item::Bytes(vec![7; 32]));
        }),
        with("begin_other_kind", schema, "author.pulse at seq 0", |f| {
            f.payload.set(7, Item::text("author.pulse"));
            f.payload.set(14, Item::Map(vec![]));
        }),
        with("begin_no_claim", schema, "no claim at seq 0", |f| f.payload.remove(14)),
        with("begin_seq_1", schema, "author.begin at seq 1 without feed", |f| f.payload.set(4, Item::Int(1))),
        with("begin_other_subject", issuer, "the subject is another key", |f| {
            let other = Item::text(secret(2).public().id().to_string());
            f.payload.set(8, Item::Array(vec![other]));
        }),
        with("begin_two_subjects", issuer, "a second subject at seq 0", |f| {
            f.payload.at(8).items().push(Item::text("lei:EXAMPLE00FAIRTRAIL92"));
        }),
        with("begin_author_issuer", issuer, "iss is an author id at seq 0", |f| {
            let other = Item::text(world::author(12).to_string());
            f.protected.at(15).set(1, other);
        }),
    ]
}

#[rustfmt::skip] // one case per line
fn lists() -> Vec<Vector> {
    let (order, schema) = ("not-ascending", "schema-mismatch");
    let texts = |list: &[&str]| Item::Array(list.iter().map(|text| Item::text(*text)).collect());
    let codes = |list: &[i64]| Item::Array(list.iter().map(|code| Item::Int(*code)).collect());
    let refs = |list: &[(i64, u8)]| {
        let pair = |(sort, id): &(i64, u8)| {
            Item::Array(vec![Item::Int(*sort), Item::Bytes(vec![*id; 32])])
        };
        Item::Array(list.iter().map(pair).collect())
    };
    // By the bytes of the text, `lei:` stands after `gln:` however long either is.
    let by_bytes = ["gln:5901234123457-and-more", "lei:EXAMPLE00FAIRTRAIL92"];
    let mut draft = world::statement("finding", 1, NOW);
    draft.subjects = by_bytes.map(|subject| subject.parse().unwrap()).into();
    let by_bytes = draft.sign(&world::position(), &signer()).unwrap();
    vec![
        accepted("subjects_by_bytes", SPEC, "a longer text first: texts are compared by their bytes", &by_bytes),
        with("subjects_empty", schema, "no subject in the list", |p| p.set(8, Item::Array(vec![]))),
        with("subjects_descend", order, "subjects in falling order", |p| p.at(8).items().swap(0, 1)),
        with("subjects_twice", order, "one subject twice", |p| {
            p.set(8, texts(&["lei:EXAMPLE00FAIRTRAIL92", "lei:EXAMPLE00FAIRTRAIL92"]));
        }),
        with("basis_descend", order, "basis codes in falling order", |p| p.set(9, codes(&[4, 3]))),
        with("basis_twice", order, "one basis code twice", |p| p.set(9, codes(&[3, 3]))),
        with("refs_descend", order, "references in falling order of their type", |p| p.set(12, refs(&[(4, 1), (0, 2)]))),
        with("refs_by_id", order, "references of one type in falling order of their id", |p| p.set(12, refs(&[(4, 2), (4, 1)]))),
        with("refs_twice", order, "one reference twice", |p| p.set(12, refs(&[(4, 1), (4, 1)]))),
        with("ref_of_1", schema, "a reference without id", |p| {
            p.set(12, Item::Array(vec![Item::Array(vec![Item::Int(4)])]));
        }),
    ]
}

#[rustfmt::skip] // one case per line
fn codes() -> Vec<Vector> {
    let (unknown, kind, subject) = ("code-unknown", "kind-invalid", "subject-invalid");
    let named = |text: &str| Item::Array(vec![Item::text(text)]);
    let anchor = |size: i64, digest: usize| {
        Item::Array(vec![Item::text("a/b/e1"), Item::Int(size), Item::Bytes(vec![9; digest])])
    };
    let pulse = Draft::network(NetworkClaim::Pulse(Pulse {}), world::position().feed, at(NOW));
    let pulse = pulse.sign(&world::position(), &signer()).unwrap();
    let prefixed = Forge::of(&pulse).with(|p| p.set(7, Item::text("author.end"))).sign(&signer());
    let prefixed = Vector::new("entry/kind_reserved_claim", kind, SPEC, "an unknown kind below author. with a claim in the header")
        .hex("entry", &prefixed);
    vec![
        prefixed,
        with("basis_7", unknown, "basis code 7", |p| p.set(9, Item::Array(vec![Item::Int(7)]))),
        with("flags_0", unknown, "flags 0: absent is its one encoding", |p| p.set(10, Item::Int(0))),
        with("flags_2", unknown, "flag 2", |p| p.set(10, Item::Int(2))),
        with("ref_type_5", unknown, "reference type 5", |p| p.at(12).items()[0].items()[0] = Item::Int(5)),
        with("anchor_size_0", "integer-out-of-range", "an anchor of size 0", |p| p.set(13, anchor(0, 32))),
        with("anchor_digest_16", "schema-mismatch", "an anchor digest of 16 bytes", |p| p.set(13, anchor(1, 16))),
        with("anchor_of_2", "schema-mismatch", "an anchor without digest", |p| {
            let mut short = anchor(1, 32);
            short.items().pop();
            p.set(13, short);
        }),
        with("kind_upper_case", kind, "an upper-case letter", |p| p.set(7, Item::text("Finding"))),
        with("kind_digit_first", kind, "a segment that begins with a digit", |p| p.set(7, Item::text("a.2b"))),
        with("kind_empty_segment", kind, "two dots in a row", |p| p.set(7, Item::text("a..b"))),
        with("kind_underscore", kind, "an underscore", |p| p.set(7, Item::text("a_b"))),
        with("kind_reserved_author", kind, "an unknown kind below author.", |p| p.set(7, Item::text("author.end"))),
        with("kind_reserved_charter", kind, "an unknown kind below charter.", |p| p.set(7, Item::text("charter.close"))),
        with("kind_reserved_part", kind, "an unknown kind below part.", |p| p.set(7, Item::text("part.move"))),
        with("kind_reserved_grant", kind, "an unknown kind below grant.", |p| p.set(7, Item::text("grant.extend"))),
        with("kind_reserved_revoke", kind, "an unknown kind below revoke.", |p| p.set(7, Item::text("revoke.undo"))),
        with("subject_no_scheme", subject, "no colon", |p| p.set(8, named("EXAMPLE"))),
        with("subject_no_value", subject, "nothing after the colon", |p| p.set(8, named("lei:"))),
        with("subject_short_scheme", subject, "a scheme of one letter", |p| p.set(8, named("l:1"))),
        with("subject_upper_scheme", subject, "an upper-case scheme", |p| p.set(8, named("LEI:1"))),
        with("subject_digit_scheme", subject, "a scheme that begins with a digit", |p| p.set(8, named("2ei:1"))),
    ]
}
