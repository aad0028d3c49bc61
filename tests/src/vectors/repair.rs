//! The feeds trie of one log, opened for another (repair.md §4).

use super::index::{Log, origin};
use super::world::{Author, secret};
use super::{Item, Vector, unhex};
use data_encoding::HEXLOWER;
use fairtrail::contexts::{FEED, FEED_KEY, derive};
use fairtrail::entry::SignedEntry;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::index::{Embedded, FeedThere, Opening};
use fairtrail::limits::OPENED_KEYS;
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Hash, Tree, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::reason::Reason;
use fairtrail::trie::{Differing, Label, Trie, TrieKey, TrieValue};

const START: TrieKey = TrieKey::new([0; 32]);

/// A log of twelve feeds: the first forks in three, the second forks and rotates, the others have
/// one to four entries.
struct Shown {
    log: Log,
    key: NoteSigner,
    feeds: Vec<AuthorId>,
}

impl Shown {
    fn new() -> Self {
        let (forked, one) = branches();
        let (settled, other) = rotated();
        let mut authors: Vec<_> = (33..43).map(|key| Author::under(key, grant())).collect();
        let plain = authors.iter_mut().zip([0, 1, 2, 3].into_iter().cycle());
        let plain = plain.map(|(author, more)| {
            let mut entries = vec![author.begin.clone()];
            entries.extend((0..more).map(|salt| author.say("finding", salt)));
            entries
        });
        let plain: Vec<Vec<SignedEntry>> = plain.collect();
        let mut feeds = vec![one, other];
        feeds.extend(authors.iter().map(|author| author.id));
        let batches = vec![forked, settled, plain[..5].concat(), plain[5..].concat()];
        let name = origin().index(1).unwrap().key_name().unwrap();
        Self {
            log: Log::of(batches),
            key: NoteSigner::new(name, secret(90)),
            feeds,
        }
    }

    fn heads(&self) -> Vec<Vec<u8>> {
        let heads = self.log.updates.iter().map(|update| update.new.0.clone());
        heads.collect()
    }

    fn tree(&self) -> Tree {
        Tree::from_leaves(self.heads().iter().map(|head| leaf_hash(head))).unwrap()
    }

    fn path(&self, leaf: u64) -> Vec<Hash> {
        let (tree, leaf) = (self.tree(), leaf.try_into().unwrap());
        tree.inclusion(leaf, tree.size()).unwrap()
    }

    fn note(&self, key: &NoteSigner) -> Vec<u8> {
        let tree = self.tree();
        let index = origin().index(1).unwrap();
        let checkpoint = Checkpoint::new(index, tree.size(), tree.root()).unwrap();
        checkpoint.sign(key).unwrap().to_string().into_bytes()
    }

    fn open(&self, keys: &[TrieKey]) -> Opening {
        let author = |id| Some(self.log.facts.get(&id)?.feed);
        let (note, path) = (self.note(&self.key), self.path(3));
        self.log.index.opening(keys, note, &path, author).unwrap()
    }

    /// The keys of these feeds, rising.
    fn keys(&self, feeds: &[usize]) -> Vec<TrieKey> {
        let mut keys: Vec<_> = feeds
            .iter()
            .map(|feed| feed_key(self.feeds[*feed]))
            .collect();
        keys.sort_unstable();
        keys
    }

    /// Key and value of every feed.
    fn pairs(&self) -> Vec<(TrieKey, TrieValue)> {
        let mut pairs: Vec<_> = (0..self.feeds.len())
            .map(|feed| {
                let keys = self.keys(&[feed]);
                let opening = self.open(&keys);
                let found = opening.found[0].0.as_ref().unwrap();
                (keys[0], TrieValue::new(derive(FEED, &[&found.value.0])))
            })
            .collect();
        pairs.sort_unstable_by_key(|(key, _)| *key);
        pairs
    }
}

fn grant() -> EntryId {
    EntryId::new([5; 32])
}

fn feed_key(author: AuthorId) -> TrieKey {
    TrieKey::new(derive(FEED_KEY, &[author.as_bytes()]))
}

/// A feed with three entries behind its second.
fn branches() -> (Vec<SignedEntry>, AuthorId) {
    let mut author = Author::under(31, grant());
    let mut entries = vec![author.begin.clone(), author.say("finding", 0)];
    for salt in 1..4 {
        entries.push(author.clone().say("finding", salt));
    }
    (entries, author.id)
}

/// A feed that forks and goes on behind a rotation.
fn rotated() -> (Vec<SignedEntry>, AuthorId) {
    let mut author = Author::under(32, grant());
    let mut twin = author.clone();
    let entries = vec![
        author.begin.clone(),
        author.say("finding", 1),
        twin.say("finding", 2),
        author.rotate(50),
        author.say("finding", 3),
    ];
    (entries, author.id)
}

pub(super) fn vectors() -> Vec<Vector> {
    let shown = Shown::new();
    [
        holding(&shown),
        compared(&shown),
        lying(&shown),
        malformed(&shown),
    ]
    .concat()
}

fn case(
    shown: &Shown,
    name: &str,
    expect: &str,
    comment: &str,
    asked: &[TrieKey],
    opening: &[u8],
) -> Vector {
    let vector = Vector::new(&format!("repair/{name}"), expect, "repair.md §4", comment)
        .line("key", shown.key.verifier());
    let asked = asked.iter();
    let vector = asked.fold(vector, |vector, key| vector.hex("asked", key.as_bytes()));
    vector.hex("opening", opening)
}

/// A case that holds, with the feeds and their ends.
fn held(shown: &Shown, name: &str, comment: &str, asked: &[TrieKey], opening: &Opening) -> Vector {
    let vector = case(shown, name, "ok", comment, asked, &opening.to_bytes());
    let opened = opening.verify(shown.key.verifier(), asked).unwrap();
    let vector = vector.line("size", opened.head.size);
    let found = opened.found.iter();
    found.fold(vector, |vector, found| {
        vector.line("feed", said(found.as_ref()))
    })
}

/// A feed and entries from which all others of it are reached.
fn said(found: Option<&FeedThere>) -> String {
    found.map_or_else(
        || "none".into(),
        |feed| {
            let ends = feed.ends().into_iter().map(|end| end.to_string());
            let author = std::iter::once(feed.author.to_string());
            author.chain(ends).collect::<Vec<_>>().join(" ")
        },
    )
}

#[rustfmt::skip] // one case per line
fn holding(shown: &Shown) -> Vec<Vector> {
    let holds = |name: &str, comment: &str, asked: &[TrieKey]| held(shown, name, comment, asked, &shown.open(asked));
    let most: Vec<_> = (0..16).map(|at| TrieKey::new([at * 16; 32])).collect();
    assert_eq!(most.len(), OPENED_KEYS);
    let forked = shown.keys(&[0]);
    let mut unnamed = shown.open(&forked);
    unnamed.found[0].0.as_mut().unwrap().tips.clear();
    vec![
        holds("head", "the newest head, and no key", &[]),
        holds("feed", "a feed that is not forked", &shown.keys(&[4])),
        holds("forked", "a feed of three branches, each named", &forked),
        held(shown, "forked_unnamed", "the same without its tips: its value names two of them", &forked, &unnamed),
        holds("rotated", "a feed that forked and was rotated", &shown.keys(&[1])),
        holds("absent", "a key that is no feed's", &[START]),
        holds("every", "every feed", &shown.keys(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
        holds("keys_16", "as many keys as are opened at once, all absent", &most),
    ]
}

/// What an own trie lacks of what was opened.
#[rustfmt::skip] // one case per line
fn compared(shown: &Shown) -> Vec<Vector> {
    let all = shown.pairs();
    let against = |name: &str, comment: &str, asked: &[TrieKey], own: &[(TrieKey, TrieValue)]| {
        let opening = shown.open(asked);
        let opened = opening.verify(shown.key.verifier(), asked).unwrap().feeds.unwrap();
        let vector = held(shown, &format!("compare_{name}"), comment, asked, &opening);
        let vector = own.iter().fold(vector, |vector, (key, value)| vector.line("own", format!("{key} {value}")));
        let own = trie(own);
        let lacks = opened.differing(&own.tip(), &START, &[Label::ROOT]);
        if lacks.is_empty() {
            return vector.line("lacks", "nothing");
        }
        lacks.iter().fold(vector, |vector, lack| vector.line("lacks", lacking(lack)))
    };
    let without = |keys: &[usize]| all.iter().enumerate().filter(|(at, _)| !keys.contains(at)).map(|(_, pair)| *pair).collect::<Vec<_>>();
    let mut other = all.clone();
    other[5].1 = TrieValue::new([9; 32]);
    let mut more = all.clone();
    more.push((TrieKey::new([0xee; 32]), TrieValue::new([9; 32])));
    more.sort_unstable_by_key(|(key, _)| *key);
    let every: Vec<_> = all.iter().map(|(key, _)| *key).collect();
    vec![
        against("nothing_own", "nothing is held here: either side has something", &[START], &[]),
        against("equal", "the same feeds with the same values", &[START], &all),
        against("one", "one feed lacks, below a node that stays closed", &[START], &without(&[7])),
        against("asked", "the feed that lacks is asked for", &every[7..8], &without(&[7])),
        against("value", "one feed has another value here", &every[5..6], &other),
        against("three", "three feeds lack, one of them asked for", &every[2..3], &without(&[2, 6, 11])),
        against("all_asked", "every feed is asked for, three lack", &every, &without(&[0, 3, 9])),
        against("own_more", "a feed that is here alone is of no interest", &[START], &more),
    ]
}

fn trie(pairs: &[(TrieKey, TrieValue)]) -> Trie {
    let mut trie = Trie::new();
    trie.apply(pairs).unwrap();
    trie
}

fn lacking(differing: &Differing) -> String {
    match differing {
        Differing::Leaf(key) => format!("leaf {key}"),
        Differing::Below { prefix, .. } => {
            format!("below {} {}", prefix.len(), HEXLOWER.encode(prefix.bits()))
        }
    }
}

/// Answers that say what does not hold.
#[rustfmt::skip] // one case per line
fn lying(shown: &Shown) -> Vec<Vector> {
    let asked = shown.keys(&[0, 1, 4]);
    let changed = |name: &str, expect: &str, comment: &str, change: &dyn Fn(&mut Opening)| {
        let mut opening = shown.open(&asked);
        change(&mut opening);
        case(shown, name, expect, comment, &asked, &opening.to_bytes())
    };
    let forked = asked.iter().position(|key| *key == shown.keys(&[0])[0]).unwrap();
    let plain = asked.iter().position(|key| *key == shown.keys(&[4])[0]).unwrap();
    let tips = |change: fn(&mut Vec<EntryId>)| move |opening: &mut Opening| change(&mut opening.found[forked].0.as_mut().unwrap().tips);
    let other = NoteSigner::new(shown.key.verifier().name().clone(), secret(91));
    let falling: Vec<_> = asked.iter().rev().copied().collect();
    let mut reversed = shown.open(&asked);
    reversed.found.reverse();
    let alone = shown.open(&[]).to_bytes();
    let mut of_none = shown.open(&asked);
    of_none.found.clear();
    vec![
        changed("note_unsigned", "signature-missing", "a checkpoint that another key signed", &|o| o.note = Embedded(shown.note(&other))),
        changed("head_earlier", "root-mismatch", "a head that is not the last leaf", &|o| {
            o.head = Embedded(shown.heads()[2].clone());
            o.path = shown.path(2).iter().map(|hash| *hash.as_bytes()).collect();
        }),
        changed("path_longer", "proof-invalid", "a hash too many in the path", &|o| o.path.push([1; 32])),
        changed("found_fewer", "index-count", "two feeds for three keys", &|o| drop(o.found.pop())),
        case(shown, "found_none", "index-count", "a head alone, where keys were asked", &asked, &alone),
        case(shown, "asked_fewer", "index-count", "three feeds for two keys", &asked[..2], &shown.open(&asked).to_bytes()),
        changed("proof_missing", "proof-incomplete", "no proof", &|o| o.proof = None),
        case(shown, "proof_of_nothing", "proof-incomplete", "a proof where no key was asked", &[], &of_none.to_bytes()),
        changed("proof_of_others", "trie-shape-invalid", "a proof of other keys", &|o| o.proof = shown.open(&[START]).proof),
        changed("denied", "trie-claim-mismatch", "a feed that stands there is denied", &|o| o.found[plain].0 = None),
        changed("value", "root-mismatch", "another feed value", &|o| *o.found[plain].0.as_mut().unwrap().value.0.last_mut().unwrap() ^= 1),
        changed("author", "trie-claim-mismatch", "an author of another key", &|o| o.found[plain].0.as_mut().unwrap().author = AuthorId::new([7; 32])),
        case(shown, "order", "root-mismatch", "the feeds changed places", &asked, &reversed.to_bytes()),
        case(shown, "asked_falling", "not-ascending", "keys that fall", &falling, &reversed.to_bytes()),
        changed("tips_fewer", "fork-evidence", "one of three tips is missing", &tips(|tips| tips.truncate(2))),
        changed("tips_more", "fork-evidence", "a tip that the feed does not have", &tips(|tips| tips.push(EntryId::new([0xff; 32])))),
        changed("tips_falling", "fork-evidence", "the tips by falling id", &tips(|tips| tips.reverse())),
        changed("tips_of_no_fork", "fork-evidence", "tips of a feed that is not forked", &|o| {
            o.found[plain].0.as_mut().unwrap().tips.push(EntryId::new([1; 32]));
        }),
    ]
}

/// Keys and values of a map.
type Fields = Vec<(Item, Item)>;

/// Bytes that are no answer.
#[rustfmt::skip] // one case per line
fn malformed(shown: &Shown) -> Vec<Vector> {
    let asked = shown.keys(&[4]);
    let whole = shown.open(&asked).to_bytes();
    let bytes = |name: &str, expect: &str, comment: &str, bytes: &[u8]| case(shown, name, expect, comment, &asked, bytes);
    let edited = |name: &str, expect: &str, comment: &str, edit: &dyn Fn(&mut Fields)| {
        let Item::Map(mut fields) = Item::decode(&whole) else { panic!("a map") };
        edit(&mut fields);
        bytes(name, expect, comment, &Item::Map(fields).encode())
    };
    let trailing = [&whole[..], &[0]].concat();
    vec![
        edited("field_1_missing", "missing-field", "no checkpoint", &|fields| drop(fields.remove(0))),
        edited("field_3_missing", "missing-field", "no path", &|fields| drop(fields.remove(2))),
        edited("field_6", "unknown-field", "a field of another version", &|fields| fields.push((Item::Int(6), Item::Int(0)))),
        edited("field_4_empty", "empty-optional", "a list of feeds that is empty rather than absent", &|fields| fields[3].1 = Item::Array(vec![])),
        edited("field_4_number", "schema-mismatch", "a number where the feed stands", &|fields| fields[3].1 = Item::Array(vec![Item::Int(0)])),
        edited("feed_of_two", "schema-mismatch", "a feed without its tips", &|fields| {
            let Item::Array(found) = &mut fields[3].1 else { panic!("a list") };
            drop(found[0].items().pop());
        }),
        bytes("trailing", "cbor-malformed", "a byte behind the answer", &trailing),
        bytes("cut", "cbor-malformed", "the last byte is missing", &whole[..whole.len() - 1]),
    ]
}

/// What the sdk says to a case.
pub(super) fn judge(vector: &Vector) -> Result<(), Reason> {
    let key = vector.value("key").unwrap().parse().unwrap();
    let asked = vector.values("asked").map(read_key);
    let asked: Vec<_> = asked.collect();
    let bytes = vector.bytes("opening");
    let opening = Opening::parse(&bytes).map_err(|error| error.code())?;
    assert_eq!(opening.to_bytes(), bytes, "{}: one form", vector.name);
    let opened = opening.verify(&key, &asked).map_err(|error| error.code())?;
    assert_eq!(
        vector.value("size"),
        Some(&*opened.head.size.to_string()),
        "{}",
        vector.name
    );
    let feeds = opened.found.iter().map(|found| said(found.as_ref()));
    assert!(
        feeds.eq(vector.values("feed").map(str::to_owned)),
        "{}",
        vector.name
    );
    if vector.value("lacks").is_none() {
        return Ok(());
    }
    let own = vector.values("own").map(|line| {
        let (key, value) = line.split_once(' ').expect("a key and a value");
        (
            read_key(key),
            TrieValue::new(unhex(value).try_into().expect("32 bytes")),
        )
    });
    let own = trie(&own.collect::<Vec<_>>());
    let feeds = opened.feeds.expect("keys were asked");
    let lacks = feeds.differing(&own.tip(), &START, &[Label::ROOT]);
    let lacks = lacks.iter().map(lacking);
    let stated = vector.values("lacks").filter(|line| *line != "nothing");
    assert!(lacks.eq(stated.map(str::to_owned)), "{}", vector.name);
    Ok(())
}

fn read_key(text: &str) -> TrieKey {
    TrieKey::new(unhex(text).try_into().expect("32 bytes"))
}
