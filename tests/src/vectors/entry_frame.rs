//! The COSE frame, the protected header and the signature (entry.md §§4, 5).

use super::forge::{frame, message};
use super::world::{secret, signer};
use super::{Forge, Item, Vector};
use fairtrail::key::SecretKey;

pub(super) fn vectors() -> Vec<Vector> {
    [frames(), protected(), issuers(), signatures()].concat()
}

fn case(name: &str, expect: &str, section: &str, comment: &str, entry: &[u8]) -> Vector {
    Vector::new(&format!("entry/{name}"), expect, section, comment).hex("entry", entry)
}

#[rustfmt::skip] // one case per line
fn frames() -> Vec<Vector> {
    let forge = Forge::finding();
    let (protected, payload) = (forge.protected.encode(), forge.payload.encode());
    let signature = signer().sign(&forge.message());
    let good = forge.sign(&signer());
    let bytes = |bytes: &[u8]| Item::Bytes(bytes.to_vec());
    let array = |pieces: &[Item]| [vec![0xd2], Item::Array(pieces.to_vec()).encode()].concat();
    let [p, u, m, s] = [bytes(&protected), Item::Map(vec![]), bytes(&payload), bytes(&signature)];
    let key_id = Item::Map(vec![(Item::Int(4), bytes(&[1; 32]))]);
    let short = [&[0xd2, 0x84, 0x59, 0x00, 0xff][..], &protected, &[0xa0]].concat();
    let three = |pieces: [&Item; 3]| array(&pieces.map(Clone::clone));
    let four = |pieces: [&Item; 4]| array(&pieces.map(Clone::clone));
    let refused = |name: &str, comment: &str, entry: &[u8]| {
        case(name, "frame-invalid", "entry.md §4", comment, entry)
    };
    vec![
        refused("frame_empty", "no bytes", &[]),
        refused("frame_untagged", "tag 18 is missing", &good[1..]),
        refused("frame_other_tag", "tag 17, COSE_Mac0", &[&[0xd1], &good[1..]].concat()),
        refused("frame_long_tag", "tag 18 in two bytes", &[&[0xd8, 0x12], &good[1..]].concat()),
        refused("frame_array_of_3", "the unprotected map is missing", &three([&p, &m, &s])),
        refused("frame_indefinite", "an array of indefinite length", &indefinite(&good)),
        refused("frame_unprotected", "a key id in the unprotected map", &four([&p, &key_id, &m, &s])),
        refused("frame_unprotected_bytes", "an empty byte string for a map", &four([&p, &bytes(&[]), &m, &s])),
        refused("frame_protected_map", "the protected header is not wrapped", &four([&forge.protected, &u, &m, &s])),
        refused("frame_payload_detached", "null for the payload", &four([&p, &u, &Item::Null, &s])),
        refused("frame_long_length", "the length of the protected header in three bytes", &short),
        refused("frame_signature_63", "63 bytes of signature", &frame(&protected, &payload, &signature[..63])),
        refused("frame_signature_65", "65 bytes of signature", &frame(&protected, &payload, &[0; 65])),
        refused("frame_trailing", "a byte after the entry", &[&good[..], &[0]].concat()),
        refused("frame_truncated", "the last byte is missing", &good[..good.len() - 1]),
    ]
}

fn indefinite(good: &[u8]) -> Vec<u8> {
    [&[0xd2, 0x9f], &good[2..], &[0xff]].concat()
}

#[rustfmt::skip] // one case per line
fn protected() -> Vec<Vector> {
    let schema = "schema-mismatch";
    let with = |name: &str, expect: &str, comment: &str, change: fn(&mut Item)| {
        let entry = Forge::finding().protect(change).sign(&signer());
        case(name, expect, "entry.md §5", comment, &entry)
    };
    vec![
        with("protected_es256", schema, "algorithm −7, ES256", |p| p.set(1, Item::Int(-7))),
        with("protected_ed25519", schema, "algorithm −19, Ed25519: this profile writes −8", |p| p.set(1, Item::Int(-19))),
        with("protected_algorithm_text", schema, "the algorithm as text", |p| p.set(1, Item::text("EdDSA"))),
        with("protected_no_algorithm", schema, "no algorithm", |p| p.remove(1)),
        with("protected_critical", schema, "a list of critical labels", |p| p.set(2, Item::Array(vec![Item::Int(3)]))),
        with("protected_content_type", schema, "another content type", |p| p.set(3, Item::text("application/cbor"))),
        with("protected_no_content_type", schema, "no content type", |p| p.remove(3)),
        with("protected_no_key", schema, "no key id", |p| p.remove(4)),
        with("protected_key_16", schema, "a key id of 16 bytes", |p| p.set(4, Item::Bytes(vec![1; 16]))),
        with("protected_key_31", "token-rule", "a key id of 31 bytes", |p| p.set(4, Item::Bytes(vec![1; 31]))),
        with("protected_no_claims", schema, "no CWT claims", |p| p.remove(15)),
        with("protected_extra_label", schema, "label 16 besides", |p| p.set(16, Item::Int(1))),
        with("protected_text_label", schema, "a text label instead of the algorithm", |p| {
            p.remove(1);
            p.pairs().push((Item::text("alg"), Item::Int(-8)));
        }),
        with("protected_extra_claim", schema, "an expiry among the CWT claims", |p| p.at(15).set(4, Item::Int(1))),
        with("protected_no_time", schema, "no iat", |p| p.at(15).remove(6)),
        with("protected_time_negative", schema, "an iat before 1970", |p| p.at(15).set(6, Item::Int(-1))),
        with("protected_order", "cbor-not-canonical", "content type before algorithm", |p| p.pairs().swap(0, 1)),
        with("protected_twice", "cbor-not-canonical", "the algorithm twice", |p| {
            let first = p.pairs()[0].clone();
            p.pairs().insert(0, first);
        }),
        with("protected_array", schema, "an array for the map", |p| *p = Item::Array(vec![])),
        with("protected_empty", "cbor-malformed", "an empty protected header", |p| *p = Item::Raw(vec![])),
    ]
}

#[rustfmt::skip] // one case per line
fn issuers() -> Vec<Vector> {
    let with = |name: &str, comment: &str, claim: i64, text: &str| {
        let change = |p: &mut Item| p.at(15).set(claim, Item::text(text));
        let entry = Forge::finding().protect(change).sign(&signer());
        case(name, "issuer-mismatch", "entry.md §5", comment, &entry)
    };
    let other = super::world::author(12).to_string();
    let key = signer().public().id().to_string();
    vec![
        with("issuer_other_author", "iss names another author than the feed", 1, &other),
        with("issuer_key", "iss is the key although the feed has begun", 1, &key),
        with("issuer_no_prefix", "iss without its prefix", 1, &other["author:".len()..]),
        with("subject_not_named", "sub is none of the subjects", 2, "lei:EXAMPLE00FAIRTRAIL00"),
    ]
}

#[rustfmt::skip] // one case per line
fn signatures() -> Vec<Vector> {
    let forge = Forge::finding();
    let good = signer().sign(&forge.message());
    let mut flipped = good;
    flipped[63] ^= 1;
    let aad = Item::Array(vec![
        Item::text("Signature1"),
        Item::Bytes(forge.protected.encode()),
        Item::Bytes(b"fairtrail".to_vec()),
        Item::Bytes(forge.payload.encode()),
    ]);
    let frameless = message(&[], &forge.payload.encode());
    let altered = Forge::finding().with(|payload| payload.set(4, Item::Int(4)));
    let refused = |name: &str, comment: &str, entry: &[u8]| {
        case(name, "signature-invalid", "entry.md §5", comment, entry)
    };
    let by = |key: &SecretKey, message: &[u8]| forge.frame(&key.sign(message));
    vec![
        refused("signature_flipped", "one bit of S changed", &forge.frame(&flipped)),
        refused("signature_zero", "64 zero bytes", &forge.frame(&[0; 64])),
        refused("signature_high_s", "S + L in place of S: the same point, another text", &forge.frame(&high_s(&good))),
        refused("signature_other_key", "signed by a key the entry does not name", &by(&secret(12), &forge.message())),
        refused("signature_payload_only", "signed over the bare payload", &by(&signer(), &forge.payload.encode())),
        refused("signature_aad", "signed with external additional data", &by(&signer(), &aad.encode())),
        refused("signature_no_protected", "signed with an empty protected header", &by(&signer(), &frameless)),
        refused("signature_moved", "the signature of another header", &altered.frame(&good)),
    ]
}

/// The signature with the group order added to S, which strict verification refuses.
fn high_s(signature: &[u8; 64]) -> [u8; 64] {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut high = *signature;
    let mut carry = 0;
    for (byte, order) in high[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    high
}
