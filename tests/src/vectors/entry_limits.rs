//! Limits of the header at N and N + 1 (limits.md).

use super::entry::accepted;
use super::world::{self, NOW, signer};
use super::{Forge, Item, Vector};
use fairtrail::entry::SignedEntry;

const SPEC: &str = "limits.md";

/// The last second of year 9999.
const LATEST: i64 = 253_402_300_799;

/// One limit: names and codes of both sides, and how to make them.
struct Limit {
    name: &'static str,
    at: usize,
    code: &'static str,
    comment: &'static str,
    make: fn(&mut Item, usize),
}

#[rustfmt::skip] // one case per line
const LIMITS: &[Limit] = &[
    Limit { name: "subjects", at: 16, code: "too-large", comment: "subjects", make: subjects },
    Limit { name: "parts", at: 32, code: "parts-invalid", comment: "parts", make: parts },
    Limit { name: "refs", at: 16, code: "too-large", comment: "references", make: refs },
    Limit { name: "kind_bytes", at: 48, code: "kind-invalid", comment: "bytes of a kind", make: kind_bytes },
    Limit { name: "kind_segments", at: 4, code: "kind-invalid", comment: "segments of a kind", make: kind_segments },
    Limit { name: "scheme_bytes", at: 16, code: "subject-invalid", comment: "bytes of a scheme", make: scheme },
    Limit { name: "subject_value_bytes", at: 111, code: "subject-invalid", comment: "bytes of a subject's value", make: value },
    Limit { name: "depth", at: 8, code: "cbor-too-deep", comment: "levels in the payload", make: depth },
    Limit { name: "items", at: 4_096, code: "cbor-too-many-items", comment: "items in the payload", make: items },
];

pub(super) fn vectors() -> Vec<Vector> {
    let pairs = LIMITS
        .iter()
        .flat_map(|limit| [false, true].map(|over| limit.vector(over)));
    pairs
        .chain(entry_bytes())
        .chain(instants())
        .chain(sequence())
        .collect()
}

impl Limit {
    fn vector(&self, over: bool) -> Vector {
        let count = self.at + usize::from(over);
        // A header with so many levels or items breaks another rule of its own.
        let expect = match self.name {
            _ if over => self.code,
            "depth" => "schema-mismatch",
            "items" => "too-large",
            _ => "ok",
        };
        let mut forge = Forge::finding().with(|payload| (self.make)(payload, count));
        if let Some(Item::Text(first)) = first_subject(&mut forge.payload) {
            forge.protected.at(15).set(2, Item::Text(first));
        }
        let name = format!("entry/{}_{count}", self.name);
        let comment = format!("{count} {}", self.comment);
        let vector =
            Vector::new(&name, expect, SPEC, &comment).hex("entry", &forge.sign(&signer()));
        if expect == "ok" {
            vector.line("id", forge.id())
        } else {
            vector
        }
    }
}

fn first_subject(payload: &mut Item) -> Option<Item> {
    payload.at(8).items().first().cloned()
}

fn subjects(payload: &mut Item, count: usize) {
    let subject = |number: usize| Item::text(format!("lei:EXAMPLE{number:02}"));
    payload.set(8, Item::Array((0..count).map(subject).collect()));
}

fn parts(payload: &mut Item, count: usize) {
    let text = payload.at(11).items()[1].clone();
    payload.at(11).items().resize(count, text);
}

fn refs(payload: &mut Item, count: usize) {
    let one = |number: usize| {
        let id = vec![u8::try_from(number).unwrap(); 32];
        Item::Array(vec![Item::Int(4), Item::Bytes(id)])
    };
    payload.set(12, Item::Array((0..count).map(one).collect()));
}

fn kind_bytes(payload: &mut Item, count: usize) {
    payload.set(7, Item::text("k".repeat(count)));
}

fn kind_segments(payload: &mut Item, count: usize) {
    payload.set(7, Item::text(vec!["k"; count].join(".")));
}

fn scheme(payload: &mut Item, count: usize) {
    payload.set(
        8,
        Item::Array(vec![Item::text(format!("{}:1", "s".repeat(count)))]),
    );
}

fn value(payload: &mut Item, count: usize) {
    payload.set(
        8,
        Item::Array(vec![Item::text(format!("lei:{}", "9".repeat(count)))]),
    );
}

/// The payload's map is level 1, so the list of bases begins level 2.
fn depth(payload: &mut Item, count: usize) {
    let nested = [vec![0x81; count - 2], vec![0x80]].concat();
    payload.set(9, Item::Raw(nested));
}

fn items(payload: &mut Item, count: usize) {
    payload.set(9, Item::Array(vec![]));
    let others = count_items(payload);
    payload.set(9, Item::Array(vec![Item::Int(0); count - others]));
}

fn count_items(item: &Item) -> usize {
    match item {
        Item::Array(items) => 1 + items.iter().map(count_items).sum::<usize>(),
        Item::Map(pairs) => {
            1 + pairs
                .iter()
                .map(|(key, value)| count_items(key) + count_items(value))
                .sum::<usize>()
        }
        _ => 1,
    }
}

/// An entry of exactly 8,192 bytes, and one of 8,193: media types are lengthened until it fits.
fn entry_bytes() -> [Vector; 2] {
    let sized = |bytes: usize| {
        let mut forge = Forge::finding();
        parts(&mut forge.payload, 32);
        refs(&mut forge.payload, 16);
        let subject = |number: usize| format!("lei:{number:02}{}", "9".repeat(109));
        let subjects = (0..16).map(|number| Item::text(subject(number)));
        forge.payload.set(8, Item::Array(subjects.collect()));
        forge.protected.at(15).set(2, Item::text(subject(0)));
        for at in 1..32 {
            // The media type has more than 23 bytes already, so its head stays as long as it is.
            let missing = bytes - forge.frame(&[0; 64]).len();
            if let Item::Text(media_type) = forge.payload.at(11).items()[at].at(2) {
                let room = missing.min(128 - media_type.len());
                media_type.push_str(&"x".repeat(room));
            }
        }
        forge
    };
    let (fits, over) = (sized(8_192), sized(8_193));
    let (fits_bytes, over_bytes) = (fits.sign(&signer()), over.sign(&signer()));
    assert_eq!((fits_bytes.len(), over_bytes.len()), (8_192, 8_193));
    [
        Vector::new("entry/bytes_8192", "ok", SPEC, "the largest entry")
            .hex("entry", &fits_bytes)
            .line("id", fits.id()),
        Vector::new("entry/bytes_8193", "too-large", SPEC, "one byte more")
            .hex("entry", &over_bytes),
    ]
}

fn instants() -> [Vector; 2] {
    let entry = |seconds: i64| {
        let forge = Forge::finding().protect(|p| p.at(15).set(6, Item::Int(seconds)));
        forge.sign(&signer())
    };
    let latest = SignedEntry::parse(&entry(LATEST)).unwrap();
    let over = "integer-out-of-range";
    [
        accepted(
            "time_latest",
            SPEC,
            "written in the last second of year 9999",
            &latest,
        ),
        Vector::new("entry/time_too_late", over, SPEC, "one second later")
            .hex("entry", &entry(LATEST + 1)),
    ]
}

fn sequence() -> [Vector; 2] {
    let largest = fairtrail::entry::Position {
        seq: (1 << 53) - 1,
        ..world::position()
    };
    let largest = world::finding_draft(NOW).sign(&largest, &signer()).unwrap();
    let over = Forge::finding().with(|payload| payload.set(4, Item::Int(1 << 53)));
    let code = "integer-out-of-range";
    [
        accepted("seq_largest", SPEC, "sequence number 2^53 − 1", &largest),
        Vector::new("entry/seq_too_large", code, SPEC, "sequence number 2^53")
            .hex("entry", &over.sign(&signer())),
    ]
}
