//! Charters (charter.md).

use super::world::{pair, sorted, terms};
use super::{Item, Vector};
use fairtrail::cbor::encode;
use fairtrail::charter::{Charter, Terms};

const SPEC: &str = "charter.md §4";

pub(super) fn vectors() -> Vec<Vector> {
    [good(), fields(), pairs(), limits()].concat()
}

fn tree(terms: &Terms) -> Item {
    Item::decode(&encode(terms))
}

fn vector(name: &str, expect: &str, comment: &str, bytes: &[u8]) -> Vector {
    Vector::new(&format!("charter/{name}"), expect, SPEC, comment).hex("charter", bytes)
}

fn accepted(name: &str, comment: &str, terms: &Terms) -> Vector {
    let charter = Charter::new(terms).unwrap();
    let vector = vector(name, "ok", comment, charter.bytes()).line("network", charter.network());
    let pairs = terms.roots.iter().chain(&terms.reply_desks);
    pairs.fold(vector, |vector, pair| {
        vector.line("author", charter.author(*pair))
    })
}

fn with(name: &str, expect: &str, comment: &str, change: impl FnOnce(&mut Item)) -> Vector {
    let mut tree = tree(&terms());
    change(&mut tree);
    vector(name, expect, comment, &tree.encode())
}

fn good() -> Vec<Vector> {
    let one = Terms {
        roots: vec![pair(1)],
        threshold: 1,
        ..terms()
    };
    let all = Terms {
        threshold: 3,
        ..terms()
    };
    let bare = Terms {
        roles: vec![],
        terms: String::new(),
        ..terms()
    };
    vec![
        accepted(
            "three_roots",
            "three roots of which two must agree, one reply desk",
            &terms(),
        ),
        accepted("one_root", "a network of one root", &one),
        accepted(
            "all_must_agree",
            "a threshold as high as there are roots",
            &all,
        ),
        accepted(
            "no_roles",
            "no role is granted, no terms are set: texts may be empty",
            &bare,
        ),
    ]
}

#[rustfmt::skip] // one case per line
fn fields() -> Vec<Vector> {
    let (missing, unknown) = ("missing-field", "version-unknown");
    let text = |text: &str| Item::Array(vec![Item::text(text)]);
    let mut cases: Vec<_> = (1..=11)
        .map(|key| with(&format!("missing_field_{key}"), missing, &format!("no field {key}"), |c| c.remove(key)))
        .collect();
    cases.extend([
        with("version_2", unknown, "another charter version", |c| c.set(1, Item::Int(2))),
        with("envelope_2", unknown, "another envelope version", |c| c.set(11, Item::Int(2))),
        with("unknown_field", "unknown-field", "key 12", |c| c.set(12, Item::Int(1))),
        with("order", "cbor-not-canonical", "created before version", |c| c.pairs().swap(0, 1)),
        with("trailing", "cbor-malformed", "an item after the map", |c| *c = Item::Raw([c.encode(), vec![0]].concat())),
        with("created_too_late", "integer-out-of-range", "founded after year 9999", |c| c.set(2, Item::Int(253_402_300_800))),
        with("role_unknown", "code-unknown", "a role word that does not exist", |c| c.set(7, text("inspector"))),
        with("roles_descend", "not-ascending", "role words in falling order", |c| c.at(7).items().swap(0, 1)),
        with("roles_twice", "not-ascending", "one role word twice", |c| {
            let first = c.at(7).items()[0].clone();
            c.at(7).items()[1] = first;
        }),
        with("threshold_half", "charter-invalid", "one of three roots is not more than half", |c| c.set(5, Item::Int(1))),
        with("threshold_above", "charter-invalid", "four of three roots", |c| c.set(5, Item::Int(4))),
        with("threshold_0", "charter-invalid", "nobody has to agree", |c| c.set(5, Item::Int(0))),
    ]);
    let even = Terms { roots: sorted([1, 2, 3, 5].map(pair).into()), ..terms() };
    let even = tree(&even).encode();
    cases.push(vector("threshold_exactly_half", "charter-invalid", "two of four roots: two halves could disagree", &even));
    cases
}

#[rustfmt::skip] // one case per line
fn pairs() -> Vec<Vector> {
    let repeated = "charter-invalid";
    let terms_with = |change: fn(&mut Terms)| {
        let mut terms = terms();
        change(&mut terms);
        tree(&terms).encode()
    };
    let weak = |bytes: [u8; 32]| {
        let mut tree = tree(&Terms { roots: vec![pair(1)], threshold: 1, ..terms() });
        tree.at(4).items()[0].items()[0] = Item::Bytes(bytes.to_vec());
        tree.encode()
    };
    let mut identity = [0; 32];
    identity[0] = 1;
    vec![
        vector("key_twice", repeated, "one signing key for a root and a reply desk", &terms_with(|t| {
            t.reply_desks[0].key = t.roots[0].key;
        })),
        vector("key_twice_in_roots", repeated, "one signing key for two roots", &terms_with(|t| {
            t.roots[1].key = t.roots[0].key;
            t.roots.sort();
        })),
        vector("digest_twice", repeated, "one next rotation digest for a root and a reply desk", &terms_with(|t| {
            t.reply_desks[0].next = t.roots[0].next;
        })),
        vector("key_weak", "key-unacceptable", "a root's key is the identity point", &weak(identity)),
        with("roots_descend", "not-ascending", "roots in falling order", |c| c.at(4).items().swap(0, 1)),
        with("roots_none", "schema-mismatch", "no root", |c| c.set(4, Item::Array(vec![]))),
        with("reply_desks_none", "schema-mismatch", "no reply desk", |c| c.set(6, Item::Array(vec![]))),
        with("pair_of_1", "schema-mismatch", "a key without digest", |c| {
            c.at(4).items()[0].items().pop();
        }),
    ]
}

#[rustfmt::skip] // one case per line
fn limits() -> Vec<Vector> {
    let roots = |count: u8| {
        let list = sorted((10..10 + count).map(pair).collect());
        Terms { roots: list, threshold: u64::from(count), ..terms() }
    };
    let desks = |count: u8| Terms { reply_desks: sorted((10..10 + count).map(pair).collect()), ..terms() };
    let text = |bytes: usize| Terms { terms: "a".repeat(bytes), ..terms() };
    let whole = |bytes: usize| {
        let most = "a".repeat(16_384);
        let terms = Terms { name: most.clone(), terms: most.clone(), contact: most, ..text(16_384) };
        let rest = bytes - encode(&Terms { licence: String::new(), ..terms.clone() }).len() - 2;
        Terms { licence: "a".repeat(rest), ..terms }
    };
    let refused = |name: &str, comment: &str, terms: &Terms| {
        vector(name, "too-large", comment, &encode(terms))
    };
    vec![
        accepted("roots_32", "32 roots", &roots(32)),
        refused("roots_33", "33 roots", &roots(33)),
        accepted("reply_desks_32", "32 reply desks", &desks(32)),
        refused("reply_desks_33", "33 reply desks", &desks(33)),
        accepted("text_16384", "terms of 16,384 bytes", &text(16_384)),
        refused("text_16385", "terms of 16,385 bytes", &text(16_385)),
        accepted("bytes_65536", "a charter of 65,536 bytes", &whole(65_536)),
        refused("bytes_65537", "a charter of 65,537 bytes", &whole(65_537)),
    ]
}
