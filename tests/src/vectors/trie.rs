//! Sets, proofs and changes of the trie (trie.md).

use super::{Item, Vector, unhex};
use data_encoding::HEXLOWER;
use fairtrail::reason::Reason;
use fairtrail::trie::{Trie, TrieKey, TrieProof, TrieRoot, TrieValue, verify};

const KEYS: [u8; 5] = [0x00, 0x40, 0x80, 0xa0, 0xa1];
const TWO_EMPTY_SIDES: &str = "9f4073e45f61706f1954a0fc141793cfd322e4a44b6a01df0d6afc7418bfb7a0";
const EMPTY_SIDE: &str = "85f83b11e76fbde5763884d169f30152a0daab89f6255421e52cef6f0d12eaa2";

pub(super) fn vectors() -> Vec<Vector> {
    [
        sets(),
        holding(),
        encodings(),
        shapes(),
        answers(),
        changes(),
    ]
    .concat()
}

/// One byte and 31 zeros.
fn key(first: u8) -> TrieKey {
    let mut bytes = [0; 32];
    bytes[0] = first;
    TrieKey::new(bytes)
}

fn value(byte: u8) -> TrieValue {
    TrieValue::new([byte; 32])
}

/// The pairs of these keys of the specification, by their numbers from 1.
fn pairs(numbers: &[usize]) -> Vec<(TrieKey, TrieValue)> {
    let pair = |number: &usize| (key(KEYS[number - 1]), value(u8::try_from(*number).unwrap()));
    numbers.iter().map(pair).collect()
}

fn trie(numbers: &[usize]) -> Trie {
    let mut trie = Trie::new();
    trie.apply(&pairs(numbers)).unwrap();
    trie
}

const ALL: &[usize] = &[1, 2, 3, 4, 5];

#[rustfmt::skip] // one case per line
fn sets() -> Vec<Vector> {
    let case = |name: &str, comment: &str, numbers: &[usize]| {
        let vector = Vector::new(&format!("trie/set_{name}"), "ok", "trie.md §3", comment);
        let vector = vector.line("root", trie(numbers).tip().root());
        pairs(numbers).into_iter().fold(vector, |vector, (key, value)| vector.line("pair", format!("{key} {value}")))
    };
    vec![
        case("none", "no keys", &[]),
        case("left", "one key, on the left", &[1]),
        case("right", "one key, on the right", &[3]),
        case("both_sides", "one key on either side", &[1, 3]),
        case("one_side", "two keys on one side, below one inner node", &[1, 2]),
        case("three", "an inner node and a leaf", &[1, 2, 3]),
        case("five", "two inner nodes, one above the other", ALL),
    ]
}

/// A claim: the first byte of the key, and the byte of the value.
type Claim = (u8, Option<u8>);

/// A question about a trie, and the proof as a tree, to be changed.
struct Asked {
    root: TrieRoot,
    claims: Vec<Claim>,
    proof: Item,
}

impl Asked {
    /// The truth about these keys.
    fn of(numbers: &[usize], first: &[u8]) -> Self {
        let trie = trie(numbers);
        let keys: Vec<_> = first.iter().map(|first| key(*first)).collect();
        let stands = |first: &u8| {
            trie.tip()
                .value(&key(*first))
                .map(|value| value.as_bytes()[0])
        };
        Self {
            root: trie.tip().root(),
            claims: first.iter().map(|first| (*first, stands(first))).collect(),
            proof: tree(&trie.tip().prove(&keys).unwrap()),
        }
    }

    fn case(&self, name: &str, expect: &str, spec: &str, comment: &str) -> Vector {
        let vector = Vector::new(&format!("trie/{name}"), expect, spec, comment);
        let vector = vector.line("root", self.root);
        let vector = self.claims.iter().fold(vector, |vector, (first, byte)| {
            let stands = byte.map_or_else(|| "null".to_owned(), |byte| value(byte).to_string());
            vector.line("claim", format!("{} {stands}", key(*first)))
        });
        vector.hex("proof", &self.proof.encode())
    }

    fn shape(&mut self) -> &mut Vec<Item> {
        self.proof.at(1).items()
    }

    fn hashes(&mut self) -> &mut Vec<u8> {
        match self.proof.at(2) {
            Item::Bytes(bytes) => bytes,
            other => panic!("no hashes: {other}"),
        }
    }
}

/// A proof as a tree.
fn tree(proof: &TrieProof) -> Item {
    Item::decode(&proof.to_bytes())
}

fn explicit(bits: i64, bytes: &[u8]) -> Item {
    Item::Array(vec![Item::Int(bits), Item::Bytes(bytes.to_vec())])
}

#[rustfmt::skip] // one case per line
fn holding() -> Vec<Vector> {
    let case = |name: &str, comment: &str, numbers: &[usize], first: &[u8]| {
        Asked::of(numbers, first).case(name, "ok", "trie.md §5", comment)
    };
    vec![
        case("absent_from_none", "nothing is there", &[], &[0x00]),
        case("absent_from_an_empty_side", "the side of the key is empty", &[3], &[0x00]),
        case("absent_where_a_leaf_stands", "another leaf stands where the key would", &[1, 3], &[0x20]),
        case("absent_where_a_node_stands", "an inner node stands where the key would", ALL, &[0xa8]),
        case("present_alone", "the only key", &[1], &[0x00]),
        case("present", "two inner nodes down", ALL, &[0xa1]),
        case("several", "two that are there and two that are not", ALL, &[0x00, 0x60, 0xa1, 0xf0]),
        case("all_and_between", "every key and one beside each", ALL, &[0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xa0, 0xa1, 0xa2]),
    ]
}

#[rustfmt::skip] // one case per line
fn encodings() -> Vec<Vector> {
    let with = |name: &str, expect: &str, comment: &str, change: fn(&mut Item)| {
        let mut proof = Asked::of(ALL, &[0xa8]).proof;
        change(&mut proof);
        let vector = Vector::new(&format!("trie/proof_{name}"), expect, "trie.md §4", comment);
        vector.line("keys", 1).hex("proof", &proof.encode())
    };
    let mut cases = vec![
        with("read", "ok", "the bytes that the others differ from", |_| {}),
        with("trailing", "cbor-malformed", "an item after the proof", |p| *p = Item::Raw([p.encode(), vec![0]].concat())),
        with("long_head", "cbor-not-canonical", "the length of the first node in two bytes", |p| p.at(1).items()[0] = Item::Raw(vec![0x18, 0x02])),
        with("fields_swapped", "cbor-not-canonical", "the hashes before the shape", |p| p.pairs().swap(0, 1)),
        with("array", "schema-mismatch", "an array in place of the map", |p| *p = Item::Array(vec![p.at(1).clone(), p.at(2).clone()])),
        with("no_hashes", "schema-mismatch", "the second field is missing", |p| p.remove(2)),
        with("third_field", "schema-mismatch", "a third field", |p| p.set(3, Item::Int(0))),
        with("shape_null", "schema-mismatch", "null in place of the shape", |p| p.set(1, Item::Null)),
        with("hashes_null", "schema-mismatch", "null in place of the hashes", |p| p.set(2, Item::Null)),
        with("hashes_listed", "schema-mismatch", "a list of hashes", |p| p.set(2, Item::Array(vec![Item::Bytes(vec![0; 32])]))),
        with("hash_cut", "schema-mismatch", "31 bytes are no hash", |p| p.set(2, Item::Bytes(vec![0; 31]))),
        with("item_true", "schema-mismatch", "an item that is true", |p| p.at(1).items()[0] = Item::Bool(true)),
        with("item_0", "integer-out-of-range", "a node of no bits", |p| p.at(1).items()[0] = Item::Int(0)),
        with("item_257", "integer-out-of-range", "a node of 257 bits", |p| p.at(1).items()[0] = Item::Int(257)),
        with("label_0", "integer-out-of-range", "a label of no bits", |p| p.at(1).items()[1] = explicit(0, &[])),
        with("label_257", "integer-out-of-range", "a label of 257 bits", |p| p.at(1).items()[1] = explicit(257, &[0; 33])),
        with("label_spare_bit", "schema-mismatch", "a bit past the label's length is set", |p| p.at(1).items()[1] = explicit(7, &[0xa1])),
        with("label_longer", "schema-mismatch", "two bytes for seven bits", |p| p.at(1).items()[1] = explicit(7, &[0xa0, 0x00])),
        with("label_shorter", "schema-mismatch", "one byte for nine bits", |p| p.at(1).items()[1] = explicit(9, &[0xa0])),
        with("label_alone", "schema-mismatch", "a label without its length", |p| p.at(1).items()[1].items().truncate(1)),
    ];
    let sized = |name: &str, expect: &str, comment: &str, items: usize, hashes: usize| {
        let proof = TrieProof { shape: vec![fairtrail::trie::Item::Follow(256); items], hashes: vec![[0; 32]; hashes] };
        let vector = Vector::new(&format!("trie/proof_{name}"), expect, "trie.md §4", comment);
        vector.line("keys", 1).hex("proof", &proof.to_bytes())
    };
    cases.extend([
        sized("steps_257", "ok", "as many items and hashes as one key can need", 257, 257),
        sized("items_258", "too-large", "one item more", 258, 257),
        sized("hashes_258", "too-large", "one hash more", 257, 258),
    ]);
    cases
}

const SHAPE: &str = "trie-shape-invalid";

#[rustfmt::skip] // one case per line
fn shapes() -> Vec<Vector> {
    let with = |name: &str, expect: &str, comment: &str, first: u8, change: fn(&mut Asked)| {
        let mut asked = Asked::of(ALL, &[first]);
        change(&mut asked);
        asked.case(&format!("shape_{name}"), expect, "trie.md §5", comment)
    };
    vec![
        with("ends", "proof-incomplete", "no item for the last node", 0xa1, |a| drop(a.shape().pop())),
        with("empty", "proof-incomplete", "no item at all", 0xa1, |a| a.shape().clear()),
        with("hash_missing", "proof-incomplete", "one hash too few", 0xa1, |a| { let len = a.hashes().len(); a.hashes().truncate(len - 32); }),
        with("item_over", SHAPE, "one item too many", 0xa1, |a| a.shape().push(Item::Int(256))),
        with("hash_over", SHAPE, "one hash too many", 0xa1, |a| a.hashes().extend([0; 32])),
        with("same_length", SHAPE, "a node as long as the one above", 0xa1, |a| a.shape()[1] = Item::Int(2)),
        with("shorter", SHAPE, "a node shorter than the one above", 0xa1, |a| a.shape()[1] = Item::Int(1)),
        with("early_stop", SHAPE, "the walk ends at a node that leads to the key: a false absence", 0xa1, |a| {
            a.claims[0].1 = None;
            let closed = Asked::of(ALL, &[0xa8]);
            a.proof = closed.proof;
        }),
        with("spelt_out", SHAPE, "a node spelt out that could be followed", 0xa1, |a| a.shape()[0] = explicit(2, &[0x80])),
        with("beside_the_parent", SHAPE, "a label that does not begin with that of the node above", 0xa8, |a| a.shape()[1] = explicit(7, &[0xe0])),
        with("other_side", SHAPE, "a label on the other side of the node above", 0xa8, |a| a.shape()[1] = explicit(7, &[0x80])),
        with("null_below", SHAPE, "an empty side below an inner node", 0xa8, |a| a.shape()[1] = Item::Null),
        with("empty_hash_below", SHAPE, "the hash of the empty side below an inner node", 0xa8, |a| {
            let empty = HEXLOWER.decode(EMPTY_SIDE.as_bytes()).unwrap();
            a.hashes().splice(32..64, empty);
        }),
        with("two_empty_sides", SHAPE, "both sides of the root are empty", 0x00, |a| {
            a.root = TrieRoot::new(HEXLOWER.decode(TWO_EMPTY_SIDES.as_bytes()).unwrap().try_into().unwrap());
            a.claims[0].1 = None;
            *a.shape() = vec![Item::Null];
            *a.hashes() = HEXLOWER.decode(EMPTY_SIDE.as_bytes()).unwrap();
        }),
        with("root_of_none", SHAPE, "something follows though the root is that of no keys", 0xa8, |a| a.root = TrieRoot::empty()),
        with("longer", "root-mismatch", "a node one bit too long", 0xa1, |a| a.shape()[0] = Item::Int(3)),
        with("hashes_swapped", "root-mismatch", "two hashes in the wrong order", 0xa1, |a| a.hashes().rotate_left(32)),
        with("hash_changed", "root-mismatch", "one bit of a hash", 0xa1, |a| a.hashes()[5] ^= 4),
        with("other_root", "root-mismatch", "the root of another set", 0xa1, |a| a.root = trie(&[1, 2, 3, 4]).tip().root()),
    ]
}

const OTHER: &str = "trie-claim-mismatch";

#[rustfmt::skip] // one case per line
fn answers() -> Vec<Vector> {
    let with = |name: &str, expect: &str, comment: &str, numbers: &[usize], first: &[u8], change: fn(&mut Vec<Claim>)| {
        let mut asked = Asked::of(numbers, first);
        change(&mut asked.claims);
        asked.case(&format!("claim_{name}"), expect, "trie.md §5", comment)
    };
    vec![
        with("denied", OTHER, "a key that is there is said to be absent", ALL, &[0xa1], |c| c[0].1 = None),
        with("denied_among_others", OTHER, "one of several", ALL, &[0x00, 0x40, 0xa8], |c| c[1].1 = None),
        with("invented", OTHER, "a node stands where the key would", ALL, &[0xa8], |c| c[0].1 = Some(1)),
        with("invented_on_an_empty_side", OTHER, "the side is empty", &[3], &[0x00], |c| c[0].1 = Some(1)),
        with("invented_from_none", OTHER, "nothing is there", &[], &[0x00], |c| c[0].1 = Some(1)),
        with("other_value", "root-mismatch", "another value than the one that is there", ALL, &[0xa1], |c| c[0].1 = Some(4)),
        with("other_key", "root-mismatch", "the value of the neighbour", ALL, &[0xa1], |c| *c = vec![(0xa0, Some(5))]),
        with("more", "proof-incomplete", "a claim for which nothing is shown", ALL, &[0xa1], |c| c.insert(0, (0x00, Some(1)))),
        with("fewer", SHAPE, "more is shown than is claimed", ALL, &[0x00, 0xa1], |c| c.truncate(1)),
        with("falling", "not-ascending", "the higher key first", ALL, &[0x00, 0xa1], |c| c.reverse()),
        with("twice", "not-ascending", "one key twice", ALL, &[0x00, 0xa1], |c| c[1] = c[0]),
        with("none", "proof-incomplete", "no key is asked for", &[], &[0x00], Vec::clear),
    ]
}

#[rustfmt::skip] // one case per line
fn changes() -> Vec<Vector> {
    let case = |name: &str, expect: &str, comment: &str, numbers: &[usize], asked: &[u8], changes: &[(u8, u8)]| {
        let vector = Asked::of(numbers, asked).case(&format!("change_{name}"), expect, "trie.md §6", comment);
        let vector = changes.iter().fold(vector, |vector, (first, byte)| {
            vector.line("change", format!("{} {}", key(*first), value(*byte)))
        });
        if expect != "ok" {
            return vector;
        }
        let mut trie = trie(numbers);
        let changes: Vec<_> = changes.iter().map(|(first, byte)| (key(*first), value(*byte))).collect();
        trie.apply(&changes).unwrap();
        vector.line("changed", trie.tip().root())
    };
    vec![
        case("known_answer", "ok", "one value replaced, one key new", ALL, &[0x40, 0xa8], &[(0x40, 0x22), (0xa8, 0x66)]),
        case("from_none", "ok", "two keys where there was none", &[], &[0x00, 0xff], &[(0x00, 1), (0xff, 2)]),
        case("empty_side", "ok", "the first two keys of a side", &[3], &[0x00, 0x01], &[(0x00, 1), (0x01, 2)]),
        case("beside_a_leaf", "ok", "a node above a leaf", &[1, 3], &[0x20], &[(0x20, 7)]),
        case("above_a_node", "ok", "a node above an inner node that stays closed", ALL, &[0xa8], &[(0xa8, 7)]),
        case("closed_hash", "trie-node-closed", "a key below a hash", ALL, &[0xa8], &[(0x00, 7)]),
        case("closed_node", "trie-node-closed", "a key below a node of which only the label is known", ALL, &[0xa8], &[(0xa1, 7)]),
        case("falling", "not-ascending", "the higher key first", ALL, &[0x40, 0xa8], &[(0xa8, 7), (0x40, 7)]),
    ]
}

/// What the sdk says to a vector. Panics when a root that follows is not the one in the file.
pub(super) fn judge(vector: &Vector) -> Result<(), Reason> {
    let root = |key: &str| TrieRoot::new(vector.bytes(key).try_into().unwrap());
    if let Some(keys) = vector.value("keys") {
        let read = TrieProof::parse(&vector.bytes("proof"), keys.parse().unwrap());
        return read.map(|_| ()).map_err(|error| error.code());
    }
    if vector.value("proof").is_none() {
        let mut trie = Trie::new();
        trie.apply(&read(vector, "pair"))
            .map_err(|error| error.code())?;
        assert_eq!(trie.tip().root(), root("root"), "{}", vector.name);
        return Ok(());
    }
    let claims: Vec<_> = vector.values("claim").map(stands).collect();
    let proof = TrieProof::parse(&vector.bytes("proof"), claims.len().max(1));
    let proof = proof.map_err(|error| error.code())?;
    let opened = verify(root("root"), &claims, &proof).map_err(|error| error.code())?;
    let changes = read(vector, "change");
    if !changes.is_empty() {
        let changed = opened.apply(&changes).map_err(|error| error.code())?;
        assert_eq!(changed, root("changed"), "{}", vector.name);
    }
    Ok(())
}

/// Lines of a key and a value.
fn read(vector: &Vector, name: &str) -> Vec<(TrieKey, TrieValue)> {
    let pair = |line| {
        let (key, value) = stands(line);
        (key, value.unwrap())
    };
    vector.values(name).map(pair).collect()
}

/// A key and its value, or `null`.
fn stands(line: &str) -> (TrieKey, Option<TrieValue>) {
    let (key, value) = line.split_once(' ').unwrap();
    let bytes = |text| unhex(text).try_into().unwrap();
    let value = (value != "null").then(|| TrieValue::new(bytes(value)));
    (TrieKey::new(bytes(key)), value)
}
