//! Parts as a header names them, and bodies against the parts that name them (entry.md §7).

use super::world::{self, NOW, signer};
use super::{Forge, Item, Vector};
use fairtrail::cbor::encode;
use fairtrail::claim::TEXT_MEDIA_TYPE;
use fairtrail::entry::{Audience, Body, Draft, NetworkClaim, Part, PartRole, Pulse};

pub(super) fn vectors() -> Vec<Vector> {
    [sizes(), shapes(), kinds(), bodies()].concat()
}

const SPEC: &str = "entry.md §7";

fn with(name: &str, expect: &str, comment: &str, change: impl FnOnce(&mut Item)) -> Vector {
    let forge = Forge::finding().with(|payload| change(payload.at(11)));
    let entry = forge.sign(&signer());
    let vector = Vector::new(&format!("entry/{name}"), expect, SPEC, comment).hex("entry", &entry);
    if expect == "ok" {
        vector.line("id", forge.id())
    } else {
        vector
    }
}

/// The second part, as a role with a size.
fn second(role: i64, size: i64) -> impl FnOnce(&mut Item) {
    move |parts| {
        parts.items()[1].set(1, Item::Int(role));
        parts.items()[1].set(3, Item::Int(size));
    }
}

fn claim(size: i64) -> impl FnOnce(&mut Item) {
    move |parts| parts.items()[0].set(3, Item::Int(size))
}

#[rustfmt::skip] // one case per line
fn sizes() -> Vec<Vector> {
    let refused = "parts-invalid";
    vec![
        with("claim_size_16384", "ok", "the largest claim", claim(16_384)),
        with("claim_size_16385", refused, "one byte more", claim(16_385)),
        with("claim_size_0", refused, "a claim of no bytes", claim(0)),
        with("text_size_16384", "ok", "the largest text", second(1, 16_384)),
        with("text_size_16448", refused, "one step more", second(1, 16_448)),
        with("text_size_65", refused, "a text size that is not rounded up to 64", second(1, 65)),
        with("text_size_0", refused, "a text of no bytes", second(1, 0)),
        with("document_size_16777216", "ok", "the largest document", second(2, 16_777_216)),
        with("document_size_16781312", refused, "one step more", second(2, 16_781_312)),
        with("document_size_4160", refused, "a document size that is not rounded up to 4,096", second(2, 4_160)),
        with("document_size_0", refused, "a document of no bytes", second(2, 0)),
        with("part_size_negative", "schema-mismatch", "size −64", second(1, -64)),
    ]
}

#[rustfmt::skip] // one case per line
fn shapes() -> Vec<Vector> {
    let (missing, unknown, refused) = ("missing-field", "code-unknown", "parts-invalid");
    let part = |change: fn(&mut Item)| move |parts: &mut Item| change(&mut parts.items()[1]);
    vec![
        with("part_role_3", unknown, "part role 3", part(|p| p.set(1, Item::Int(3)))),
        with("part_audience_3", unknown, "audience 3", part(|p| p.set(5, Item::Int(3)))),
        with("part_audience_named", "ok", "audience 2, handed over by the author alone", part(|p| p.set(5, Item::Int(2)))),
        with("part_no_role", missing, "a part without role", part(|p| p.remove(1))),
        with("part_no_size", missing, "a part without size", part(|p| p.remove(3))),
        with("part_no_digest", missing, "a part without digest", part(|p| p.remove(4))),
        with("part_no_audience", missing, "a part without audience", part(|p| p.remove(5))),
        with("part_unknown_field", "unknown-field", "a salt in the header", part(|p| p.set(6, Item::Bytes(vec![0; 16])))),
        with("part_digest_64", "schema-mismatch", "a digest of 64 bytes", part(|p| p.set(4, Item::Bytes(vec![0; 64])))),
        with("claim_media_type", refused, "a media type on the claim", |parts| parts.items()[0].set(2, Item::text("application/cbor"))),
        with("text_no_media_type", refused, "a text without media type", part(|p| p.remove(2))),
        with("document_no_media_type", refused, "a document without media type", part(|p| {
            p.set(1, Item::Int(2));
            p.set(3, Item::Int(4_096));
            p.remove(2);
        })),
        with("claim_twice", refused, "two claims", |parts| {
            let claim = parts.items()[0].clone();
            parts.items()[1] = claim;
        }),
        with("claim_second", refused, "the claim behind a text", |parts| parts.items().swap(0, 1)),
        with("no_claim", refused, "a text without claim", |parts| {
            parts.items().remove(0);
        }),
    ]
}

/// Which kinds have which parts.
#[rustfmt::skip] // one case per line
fn kinds() -> Vec<Vector> {
    let [claim, text] = world::finding_bodies();
    let pulse = |forge: fn(&mut Forge, [Part; 2])| {
        let claim = claim.part(PartRole::Claim, None, Audience::Public);
        let text = text.part(PartRole::Text, Some(TEXT_MEDIA_TYPE), Audience::Public);
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), world::position().feed, world::at(NOW));
        let mut pulse = Forge::of(&draft.sign(&world::position(), &signer()).unwrap());
        forge(&mut pulse, [claim, text]);
        pulse
    };
    let with_claim = pulse(|f, [claim, _]| f.payload.set(11, Item::Array(vec![tree(&claim)])));
    let with_text = pulse(|f, [_, text]| f.payload.set(11, Item::Array(vec![tree(&text)])));
    let no_parts = Forge::finding().with(|payload| payload.remove(11));
    let case = |name: &str, expect: &str, comment: &str, forge: &Forge| {
        Vector::new(&format!("entry/{name}"), expect, SPEC, comment).hex("entry", &forge.sign(&signer()))
    };
    vec![
        case("no_parts", "parts-invalid", "a kind that is no network kind, without parts", &no_parts),
        case("network_claim_part", "parts-invalid", "a claim part beside an inline claim", &with_claim),
        case("network_text_part", "ok", "a text part beside an inline claim", &with_text).line("id", with_text.id()),
    ]
}

fn tree(part: &Part) -> Item {
    Item::decode(&encode(part))
}

#[rustfmt::skip] // one case per line
fn bodies() -> Vec<Vector> {
    let [claim, text] = world::finding_bodies();
    let document = Body { salt: [0x53; 16], bytes: b"%PDF-1.7\n".to_vec() };
    let claim_part = claim.part(PartRole::Claim, None, Audience::Public);
    let text_part = text.part(PartRole::Text, Some(TEXT_MEDIA_TYPE), Audience::Public);
    let document_part = document.part(PartRole::Document, Some("application/pdf"), Audience::Named);
    let case = |name: &str, expect: &str, comment: &str, part: &Part, body: &Body| {
        Vector::new(&format!("part/{name}"), expect, SPEC, comment)
            .hex("part", &encode(part))
            .hex("salt", &body.salt)
            .hex("bytes", &body.bytes)
    };
    let wrong = "part-mismatch";
    let other_salt = Body { salt: [0x54; 16], ..text.clone() };
    let padded = Body { bytes: [&text.bytes[..], &[0; 7]].concat(), ..text.clone() };
    let larger = Part { size: text_part.size + 64, ..text_part.clone() };
    let smaller = Part { size: 2, ..claim_part.clone() };
    vec![
        case("claim", "ok", "a claim: its exact size", &claim_part, &claim),
        case("text", "ok", "a text: its size rounded up to 64", &text_part, &text),
        case("document", "ok", "a document: its size rounded up to 4,096", &document_part, &document),
        case("other_salt", wrong, "the text under another salt", &text_part, &other_salt),
        case("other_bytes", wrong, "zeros added up to the stated size", &text_part, &padded),
        case("size_too_large", wrong, "the digest is right, the stated size is one step more", &larger, &text),
        case("size_too_small", wrong, "the digest is right, the stated size is one byte less", &smaller, &claim),
        case("another_body", wrong, "the claim's body for the text", &text_part, &claim),
    ]
}
