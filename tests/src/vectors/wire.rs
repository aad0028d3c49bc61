//! Messages between programs (gateway.md §4).

use super::world::{self, NOW, signer};
use super::{Forge, Item, Vector};
use data_encoding::BASE64;
use fairtrail::api::{
    Batch, DraftMessage, PartsPage, ProblemDetails, Receipt, ReceiptEntry, Submission,
};
use fairtrail::entry::Draft;
use fairtrail::log::{Origin, Promise};
use fairtrail::merkle::{LeafIndex, Tree, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::reason::Reason;

const SPEC: &str = "gateway.md §4";
const ORIGIN: &str = "ledger.example/coast/e1";

pub(super) fn vectors() -> Vec<Vector> {
    [batches(), drafts(), pages(), answers()].concat()
}

fn submission(draft: &Draft) -> Submission {
    let entry = draft.sign(&world::position(), &signer()).unwrap();
    Submission {
        entry,
        bodies: draft.bodies(),
    }
}

fn finding() -> Submission {
    submission(&world::finding_draft(NOW))
}

fn case(name: &str, expect: &str, comment: &str, key: &str, bytes: &[u8]) -> Vector {
    Vector::new(&format!("wire/{name}"), expect, SPEC, comment).hex(key, bytes)
}

/// The batch of one finding as a tree, to be changed.
fn tree() -> Item {
    Item::decode(&Batch(vec![finding()]).to_bytes())
}

#[rustfmt::skip] // one case per line
fn batches() -> Vec<Vector> {
    let with = |name: &str, expect: &str, comment: &str, change: fn(&mut Item)| {
        let mut batch = tree();
        change(&mut batch);
        case(&format!("batch_{name}"), expect, comment, "batch", &batch.encode())
    };
    let flipped = Forge::finding().protect(|p| p.set(1, Item::Int(-7))).sign(&signer());
    let mut broken = tree();
    broken.items()[0].items()[0] = Item::Bytes(flipped);
    vec![
        case("batch", "ok", "one finding with its claim and its text", "batch", &tree().encode()),
        with("no_bodies", "ok", "bodies may be left out: the submission door asks for those it needs", |b| b.items()[0].items()[1] = Item::Array(vec![])),
        case("batch_empty", "too-large", "no entry", "batch", &[0x80]),
        case("batch_bad_entry", "schema-mismatch", "an entry whose header says ES256", "batch", &broken.encode()),
        with("map", "schema-mismatch", "a map for the list", |b| *b = Item::Map(vec![])),
        with("entry_text", "schema-mismatch", "the entry as text", |b| b.items()[0].items()[0] = Item::text("d2")),
        with("triple", "schema-mismatch", "a third element beside entry and bodies", |b| b.items()[0].items().push(Item::Int(0))),
        with("bodies_33", "too-large", "33 bodies", |b| {
            let body = b.items()[0].items()[1].items()[0].clone();
            b.items()[0].items()[1] = Item::Array(vec![body; 33]);
        }),
        with("salt_32", "schema-mismatch", "a salt of 32 bytes", |b| b.items()[0].items()[1].items()[0].items()[0] = Item::Bytes(vec![0; 32])),
        with("trailing", "cbor-malformed", "an item after the batch", |b| *b = Item::Raw([b.encode(), vec![0]].concat())),
    ]
}

fn drafts() -> Vec<Vector> {
    let draft = world::finding_draft(NOW);
    let message = DraftMessage {
        header: draft.header(&world::position()),
        bodies: draft.bodies(),
    };
    let mut unknown = Item::decode(&message.to_bytes());
    let mut header = Forge::finding().payload;
    header.set(15, Item::Int(1));
    unknown.items()[0] = Item::Bytes(header.encode());
    let comment = "a header with an unknown key";
    vec![
        case(
            "draft",
            "ok",
            "the finding before it is signed",
            "draft",
            &message.to_bytes(),
        ),
        case(
            "draft_unknown_field",
            "unknown-field",
            comment,
            "draft",
            &unknown.encode(),
        ),
    ]
}

#[rustfmt::skip] // one case per line
fn pages() -> Vec<Vector> {
    let bodies = world::finding_draft(NOW).bodies();
    let mut parts: Vec<_> = bodies.into_iter().map(|body| (body.digest(), body)).collect();
    parts.sort_by_key(|(digest, _)| *digest);
    let page = Item::decode(&PartsPage { first: 3, next: 4, parts }.to_bytes());
    let with = |name: &str, expect: &str, comment: &str, change: fn(&mut Vec<Item>)| {
        let mut page = page.clone();
        change(page.items()[2].items());
        case(&format!("parts_{name}"), expect, comment, "parts", &page.encode())
    };
    vec![
        case("parts", "ok", "the public parts of leaf 3", "parts", &page.encode()),
        with("none", "ok", "a leaf of which no part is held here", Vec::clear),
        with("descend", "not-ascending", "digests in falling order", |parts| parts.reverse()),
        with("twice", "not-ascending", "one part twice", |parts| parts[1] = parts[0].clone()),
        with("foreign", "part-mismatch", "a body under another body's digest", |parts| {
            let body = parts[0].items()[1].clone();
            parts[1].items()[1] = body;
        }),
    ]
}

/// What a node answers to the batch, as its third leaf; its promise key is key 200.
fn answers() -> Vec<Vector> {
    let entry = finding().entry;
    let origin: Origin = ORIGIN.parse().unwrap();
    let batch = Tree::from_leaves([leaf_hash(b"another entry"), leaf_hash(entry.bytes())]).unwrap();
    let first = LeafIndex::new(2).unwrap();
    let include_by = world::at(NOW + 60);
    let promise = Promise::new(origin.clone(), first, 2, batch.root(), include_by).unwrap();
    let key = fairtrail::key::SecretKey::from_seed([200; 32]);
    let signer = NoteSigner::new(origin.promise_key_name().unwrap(), key);
    let path = batch
        .inclusion(LeafIndex::new(1).unwrap(), batch.size())
        .unwrap();
    let receipt = Receipt {
        entries: vec![ReceiptEntry {
            id: entry.id(),
            leaf_index: 3,
            known: false,
            position: Some(1),
            path: path
                .iter()
                .map(|hash| BASE64.encode(hash.as_bytes()))
                .collect(),
            proof: None,
        }],
        promise: Some(promise.sign(&signer).unwrap().to_string()),
    };
    let mut problem = ProblemDetails::new(
        Reason::EarlyPrev,
        409,
        "the entry before is not admitted yet",
    );
    problem.position = Some(0);
    problem.instance = Some("/requests/mfrggzdfmztwq2lk".into());
    let json = |name: &str, comment: &str, json: String| {
        Vector::new(&format!("wire/{name}"), "ok", "gateway.md §5", comment).line("json", json)
    };
    let receipt = json(
        "receipt",
        "the batch was taken as the second of two new entries",
        serde_json::to_string(&receipt).unwrap(),
    );
    vec![
        receipt
            .line("vkey", signer.verifier())
            .hex("batch", &tree().encode()),
        json(
            "problem",
            "the batch came too early",
            serde_json::to_string(&problem).unwrap(),
        ),
    ]
}
