//! Messages between nodes (peers.md §4).

use super::{Item, Vector};
use fairtrail::id::{EntryId, NetworkId};
use fairtrail::limits::{ENTRY_BYTES, FEED_FORK_BYTES, GOSSIP_BYTES, INTEGER, OPENED_KEYS};
use fairtrail::log::{EntryTile, Tile};
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;
use fairtrail::trie::TrieKey;
use fairtrail_node::p2p::message::{Ask, Head, Hello, Pull, Told};

const SPEC: &str = "peers.md §4";

pub(super) fn vectors() -> Vec<Vector> {
    [
        hellos(),
        questions(),
        openings(),
        answers(),
        bulk(),
        of_indexes(),
    ]
    .concat()
}

fn case(name: &str, expect: &str, comment: &str, key: &str, bytes: &[u8]) -> Vector {
    Vector::new(&format!("peers/{name}"), expect, SPEC, comment).hex(key, bytes)
}

/// A list of numbers.
fn list(numbers: &[i64]) -> Vec<u8> {
    let numbers = numbers.iter().map(|number| Item::Int(*number));
    Item::Array(numbers.collect()).encode()
}

fn hello() -> Hello {
    Hello {
        network: NetworkId::new([0x5a; 32]),
        origin: "ledger.example/coast/e1".parse().unwrap(),
    }
}

#[rustfmt::skip] // one case per line
fn hellos() -> Vec<Vector> {
    let with = |name: &str, expect: &str, comment: &str, change: fn(&mut Vec<Item>)| {
        let mut hello = Item::decode(&Ask::Hello(hello()).to_bytes());
        change(hello.items());
        case(&format!("hello_{name}"), expect, comment, "ask", &hello.encode())
    };
    vec![
        case("hello", "ok", "who asks", "ask", &Ask::Hello(hello()).to_bytes()),
        case("hello_told", "ok", "who answers", "told", &Told::Hello(hello()).to_bytes()),
        with("version", "version-unknown", "version 2", |items| items[1] = Item::Int(2)),
        with("origin", "origin-mismatch", "an origin without an epoch", |items| items[3] = Item::text("ledger.example")),
        with("network", "schema-mismatch", "31 bytes of network id", |items| items[2] = Item::Bytes(vec![0x5a; 31])),
        with("longer", "schema-mismatch", "one item more", |items| items.push(Item::Int(0))),
    ]
}

#[rustfmt::skip] // one case per line
fn questions() -> Vec<Vector> {
    let tile = Tile::new(1, 300, 256).unwrap();
    let push = |length| Ask::Push(vec![7; length]).to_bytes();
    let tell = |length| Ask::Tell(vec![7; length]).to_bytes();
    let trailing = [list(&[1]), vec![0]].concat();
    vec![
        case("checkpoint", "ok", "the newest checkpoint", "ask", &Ask::Checkpoint.to_bytes()),
        case("tile", "ok", "a full tile of the second level", "ask", &Ask::Tile(tile).to_bytes()),
        case("tile_width_0", "tile-path", "no hash at all", "ask", &list(&[2, 0, 0, 0])),
        case("tile_width_257", "tile-path", "more than a tile holds", "ask", &list(&[2, 0, 0, 257])),
        case("tile_level_64", "tile-path", "above every tree", "ask", &list(&[2, 64, 0, 1])),
        case("push_8192", "ok", "as many bytes as an entry may have; what they are is looked at later", "ask", &push(ENTRY_BYTES)),
        case("push_8193", "too-large", "one byte more", "ask", &push(ENTRY_BYTES + 1)),
        case("ask_unknown", "code-unknown", "a question of another version", "ask", &list(&[7])),
        case("tell_16384", "ok", "as many bytes as a message of gossip may have; what they say is looked at later", "ask", &tell(GOSSIP_BYTES)),
        case("tell_16385", "too-large", "one byte more", "ask", &tell(GOSSIP_BYTES + 1)),
        case("ask_trailing", "cbor-malformed", "a byte behind the message", "ask", &trailing),
        case("ask_not_shortest", "cbor-not-canonical", "the code in two bytes", "ask", &[0x81, 0x18, 0x01]),
        case("ask_empty", "schema-mismatch", "no item", "ask", &[0x80]),
    ]
}

#[rustfmt::skip] // one case per line
fn openings() -> Vec<Vector> {
    let keys = |keys: &[u8]| keys.iter().map(|key| TrieKey::new([*key; 32])).collect::<Vec<_>>();
    let open = |asked: &[u8]| Ask::Open(keys(asked)).to_bytes();
    let most: Vec<u8> = (0..=16).collect();
    let bytes = |length| Item::Array(vec![Item::Int(5), Item::Bytes(vec![7; length])]).encode();
    let told = Told::Opening(vec![7; 100]).to_bytes();
    vec![
        case("open", "ok", "the newest head of the index, and no key", "ask", &open(&[])),
        case("open_16", "ok", "as many keys as are opened at once", "ask", &open(&most[..OPENED_KEYS])),
        case("open_17", "too-large", "one key more", "ask", &open(&most)),
        case("open_falling", "request-malformed", "the second key is the lower one", "ask", &open(&[2, 1])),
        case("open_twice", "request-malformed", "one key twice", "ask", &open(&[1, 1])),
        case("open_cut", "request-malformed", "a byte of the second key is missing", "ask", &bytes(63)),
        case("told_opening", "ok", "what it holds is looked at by who asked", "told", &told),
    ]
}

#[rustfmt::skip] // one case per line
fn of_indexes() -> Vec<Vector> {
    let tile = Tile::new(0, 0, 5).unwrap();
    let bundle = EntryTile::new(3, 256).unwrap();
    let down = |limit| Pull::Down { id: EntryId::new([8; 32]), limit }.to_bytes();
    let largest = i64::try_from(INTEGER).unwrap();
    let last = Pull::Update { leaf: LeafIndex::new(INTEGER - 1).unwrap() }.to_bytes();
    vec![
        case("index_tile", "ok", "the first hashes of the index log", "ask", &Ask::IndexTile(tile).to_bytes()),
        case("index_tile_width_0", "tile-path", "no hash at all", "ask", &list(&[6, 0, 0, 0])),
        case("index_tile_level_64", "tile-path", "above every tree", "ask", &list(&[6, 64, 0, 1])),
        case("index_tile_shorter", "schema-mismatch", "a tile without its width", "ask", &list(&[6, 0, 0])),
        case("down", "ok", "an entry and 255 before it", "pull", &down(256)),
        case("down_0", "request-malformed", "no entry", "pull", &down(0)),
        case("down_257", "request-malformed", "one entry more", "pull", &down(257)),
        case("heads", "ok", "a full bundle of heads", "pull", &Pull::Heads { bundle }.to_bytes()),
        case("heads_width_0", "tile-path", "no head", "pull", &list(&[4, 0, 0])),
        case("heads_width_257", "tile-path", "more than a bundle holds", "pull", &list(&[4, 0, 257])),
        case("heads_behind", "tile-path", "behind the largest tree", "pull", &list(&[4, largest, 1])),
        case("update", "ok", "the proof of the head at the last leaf there can be", "pull", &last),
        case("update_behind", "tile-path", "a leaf behind the largest tree", "pull", &list(&[5, largest])),
        case("pull_unknown", "code-unknown", "a question of another version", "pull", &list(&[6])),
    ]
}

#[rustfmt::skip] // one case per line
fn answers() -> Vec<Vector> {
    let refused = Told::Refused(Reason::NotFound).to_bytes();
    let unknown = Item::Array(vec![Item::Int(4), Item::text("no-such-reason")]).encode();
    vec![
        case("told_checkpoint", "ok", "a note; what it says is looked at by who asked", "told", &Told::Checkpoint(b"note".to_vec()).to_bytes()),
        case("told_tile", "ok", "a full tile", "told", &Told::Tile(vec![1; 8_192]).to_bytes()),
        case("told_tile_longer", "too-large", "a hash more than a tile has", "told", &Told::Tile(vec![1; 8_224]).to_bytes()),
        case("told_taken", "ok", "a pushed entry is admitted", "told", &Told::Taken.to_bytes()),
        case("told_refused", "ok", "nothing of that name is published", "told", &refused),
        case("told_refused_unknown", "gateway-answer", "a word that is no reason", "told", &unknown),
    ]
}

#[rustfmt::skip] // one case per line
fn bulk() -> Vec<Vector> {
    let bundle = EntryTile::new(0, 231).unwrap();
    let entries = Pull::Entries { bundle, skip: 200 }.to_bytes();
    let parts = Pull::Parts { first: 1_000, count: 256 }.to_bytes();
    let file = |bytes| Pull::File { digest: [6; 32], bytes }.to_bytes();
    let refused = Head::Refused(Reason::QuotaExceeded).to_bytes();
    vec![
        case("entries", "ok", "the last 31 of 231", "pull", &entries),
        case("entries_skip_all", "tile-path", "nothing is left", "pull", &list(&[0, 0, 231, 231])),
        case("entries_width_257", "tile-path", "more than a bundle holds", "pull", &list(&[0, 0, 257, 0])),
        case("parts", "ok", "as many leaves as one page covers", "pull", &parts),
        case("parts_257", "request-malformed", "one leaf more", "pull", &list(&[1, 0, 257])),
        case("parts_0", "request-malformed", "no leaf", "pull", &list(&[1, 0, 0])),
        case("file", "ok", "a fraud file of the largest size", "pull", &file(FEED_FORK_BYTES)),
        case("file_0", "too-large", "a file without a byte", "pull", &file(0)),
        case("file_larger", "too-large", "one byte more than a fraud file may have", "pull", &file(FEED_FORK_BYTES + 1)),
        case("head", "ok", "how many bytes follow", "head", &Head::Bytes(14_492).to_bytes()),
        case("head_refused", "ok", "the budget is used up", "head", &refused),
        case("head_empty", "schema-mismatch", "neither bytes nor a reason", "head", &list(&[0])),
    ]
}
