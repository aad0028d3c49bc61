//! Known answers of every derived identifier (contexts.md).

use super::world::{self, NOW, charter, pair, secret};
use super::{Forge, Item, Vector};
use fairtrail::cbor::encode;
use fairtrail::contexts::{ACT, CHARTER, ENTRY, EXTERNAL_REF, FORK_TIPS, NEXT_KEY, PART, derive};
use fairtrail::entry::Role;

#[rustfmt::skip] // one case per line
pub(super) fn vectors() -> Vec<Vector> {
    let charter = charter();
    let key = secret(101).public().id();
    let cose_key = Item::Map(vec![
        (Item::Int(1), Item::Int(1)),
        (Item::Int(3), Item::Int(-8)),
        (Item::Int(-1), Item::Int(6)),
        (Item::Int(-2), Item::Bytes(key.as_bytes().to_vec())),
    ]);
    let grant = world::grant(world::author(10), Role::Scheme, &[Role::Auditor]);
    let act = Item::Array(vec![
        Item::Bytes(charter.network().as_bytes().to_vec()),
        Item::text("grant"),
        Item::Raw(encode(&grant)),
    ]);
    let tips = [world::author(10), world::author(11)].map(|author| *author.as_bytes());
    let tips = world::sorted(tips.to_vec()).into_iter().map(|id| Item::Bytes(id.into()));
    let [_, text] = world::finding_bodies();
    let part = [&text.salt[..], &text.bytes].concat();
    let own_key = [&[0x5e; 32], b"report 2041, finding 3".as_slice()].concat();
    let finding = Forge::finding();
    assert_eq!(finding.id(), world::finding(NOW).id());
    assert_eq!(derive(NEXT_KEY, &[&cose_key.encode()]), *pair(1).next.as_bytes());
    assert_eq!(derive(ACT, &[&act.encode()]), *world::act_id("grant", &grant).as_bytes());
    assert_eq!(derive(CHARTER, &[charter.bytes()]), *charter.network().as_bytes());
    vec![
        known("entry", ENTRY, "entry.md §5", "the id of entry/finding.txt, over its Sig_structure", &finding.message()),
        known("part", PART, "entry.md §7", "a text part, over salt and bytes", &part),
        known("network", CHARTER, "charter.md §4", "the network of charter/three_roots.txt, over the charter", charter.bytes()),
        known("next_key", NEXT_KEY, "feed.md §3", "the commitment to a rotation key, over its COSE_Key", &cose_key.encode()),
        known("act", ACT, "feed.md §5", "what two roots grant together, over network, kind and claim", &act.encode()),
        known("external_ref", EXTERNAL_REF, "claims.md §3", "an author's own key for a statement, over a secret and the key", &own_key),
        known("fork_tips", FORK_TIPS, "feed.md §6", "two childless entries, over the list of their ids", &Item::Array(tips.collect()).encode()),
    ]
}

fn known(name: &str, context: &'static str, spec: &str, comment: &str, input: &[u8]) -> Vector {
    Vector::new(&format!("ids/{name}"), "ok", spec, comment)
        .line("context", context)
        .hex("input", input)
        .hex("output", &derive(context, &[input]))
}
