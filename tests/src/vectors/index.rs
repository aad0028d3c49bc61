//! The index: postings, class maps, heads, lists, answers and updates (index.md).

use super::Vector;
use super::world::{Author, at};
use fairtrail::cbor::encode;
use fairtrail::entry::SignedEntry;
use fairtrail::feed::Link;
use fairtrail::id::EntryId;
use fairtrail::index::{
    Answer, ChainHead, Class, Embedded, EntrySource, FeedFact, Index, IndexHead, Nullable, Posting,
    PostingList, Tally, UpdateProof,
};
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};
use fairtrail::subject::SubjectId;
use fairtrail::trie::TrieRoot;
use std::collections::HashMap;

const SUBJECT: &str = "lei:EXAMPLE00FAIRTRAIL92";
const TIME: u64 = 1_790_100_000;

/// A log of two feeds, one of which forks, and its index in three heads.
pub(super) struct Log {
    pub entries: Vec<SignedEntry>,
    pub facts: HashMap<EntryId, FeedFact>,
    tree: Tree,
    pub index: Index,
    pub updates: Vec<UpdateProof>,
}

pub(super) fn origin() -> Origin {
    "ledger.example/coast/e1".parse().unwrap()
}

impl Log {
    fn new() -> Self {
        let mut one = Author::under(11, EntryId::new([5; 32]));
        let mut two = Author::under(12, EntryId::new([5; 32]));
        let first = [one.begin.clone(), one.say("finding", 1)];
        let mut branch = one.clone();
        let second = [
            one.say("finding", 2),
            two.begin.clone(),
            two.say("finding.status", 3),
            one.say("audit", 4),
        ];
        let third = [
            branch.say("finding", 5),
            two.say("finding", 6),
            one.rotate(20),
        ];
        Self::of(vec![first.to_vec(), second.to_vec(), third.to_vec()])
    }

    /// These leaves, with a head for each batch.
    pub(super) fn of(batches: Vec<Vec<SignedEntry>>) -> Self {
        let entries = batches.concat();
        let mut log = Self {
            facts: facts(&entries),
            tree: Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry.bytes()))).unwrap(),
            entries,
            index: Index::new(origin()),
            updates: Vec::new(),
        };
        for (number, leaves) in (0..).zip(batches) {
            let mut index = std::mem::replace(&mut log.index, Index::new(origin()));
            let update = index.append_proving(&leaves, at(TIME + number), &log.facts, &log);
            log.updates.push(update.unwrap());
            log.index = index;
        }
        log.index.settle();
        log
    }

    fn head(&self) -> IndexHead {
        self.index.settled().unwrap().clone()
    }

    /// The findings about the subject, as posted.
    fn postings(&self) -> Vec<Posting> {
        let all = (0..).zip(&self.entries).map(|(leaf, entry)| {
            let time = TIME + u64::from(leaf >= 2) + u64::from(leaf >= 6);
            Posting::of(entry, LeafIndex::new(leaf).unwrap(), at(time))
        });
        all.filter(|posting| posting.class() == Class::Finding)
            .collect()
    }
}

fn facts(entries: &[SignedEntry]) -> HashMap<EntryId, FeedFact> {
    let mut facts: HashMap<EntryId, FeedFact> = HashMap::new();
    for entry in entries {
        let (id, header) = (entry.id(), entry.header());
        let rotate = header.kind.as_str() == "author.rotate";
        let before = header.prev.map(|prev| facts[&prev].key_state);
        let key_state = before.filter(|_| !rotate).unwrap_or(id);
        let (seq, prev) = (header.seq, header.prev.unwrap_or(id));
        let link = Link {
            id,
            prev,
            seq,
            rotate,
        };
        let feed = entry.author();
        facts.insert(
            id,
            FeedFact {
                feed,
                link,
                key_state,
            },
        );
    }
    facts
}

impl EntrySource for Log {
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        let leaf = self.entries.iter().position(|entry| entry.id() == id)?;
        let index = LeafIndex::new(leaf as u64).ok()?;
        Some((index, self.entries[leaf].clone()))
    }

    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>> {
        self.tree.inclusion(leaf, size).ok()
    }
}

pub(super) fn vectors() -> Vec<Vector> {
    let log = Log::new();
    [
        values(&log),
        lists(&log),
        fitting(&log),
        answers(&log),
        updates(&log),
        forged(&log),
    ]
    .concat()
}

#[rustfmt::skip] // one case per line
fn values(log: &Log) -> Vec<Vector> {
    let case = |name: &str, expect, spec, comment: &str, key: &str, bytes: &[u8]| {
        Vector::new(&format!("index/{name}"), expect, spec, comment).hex(key, bytes)
    };
    let posting = log.postings()[0].to_bytes();
    let five = posting.iter().skip(1).copied();
    let four: Vec<u8> = std::iter::once(0x84).chain(five.clone()).take(posting.len() - 34).collect();
    let map = log.index.class_map(&SUBJECT.parse().unwrap()).unwrap().to_bytes();
    let chain = [&[0x58, 0x20][..], &[7; 32]].concat();
    let row = |class: &str, count: u8| [&encode(&class.to_owned())[..], &[0x82, count], &chain].concat();
    let two = |one: &str, next: &str| [vec![0xa2], row(one, 1), row(next, 1)].concat();
    let head = log.head();
    let mut second = head.to_bytes();
    second[1] = 2;
    let index = IndexHead { origin: origin().index(1).unwrap(), ..head.clone() }.to_bytes();
    let mut short = head.to_bytes();
    short.truncate(short.len() - 5);
    short[0] = 0x86;
    vec![
        case("posting", "ok", "index.md §4", "the first finding about the subject", "posting", &posting),
        case("posting_four", "schema-mismatch", "index.md §4", "four elements", "posting", &four),
        case("class_map", "ok", "index.md §5", "audits and findings of the subject", "class-map", &map),
        case("class_map_empty", "schema-mismatch", "index.md §5", "a subject without entries has no class map", "class-map", &[0xa0]),
        case("class_map_zero", "schema-mismatch", "index.md §5", "a class that counts nothing", "class-map", &[vec![0xa1], row("id", 0)].concat()),
        case("class_map_unknown", "code-unknown", "index.md §5", "a class that this index does not have", "class-map", &[vec![0xa1], row("ix", 1)].concat()),
        case("class_map_order", "cbor-not-canonical", "index.md §5", "the longer class name first", "class-map", &two("audit", "id")),
        case("head", "ok", "index.md §6", "the last head", "head", &head.to_bytes()),
        case("head_version", "version-unknown", "index.md §6", "version 2", "head", &second),
        case("head_of_index", "origin-mismatch", "index.md §6", "it names an index where a log has to stand", "head", &index),
        case("head_six", "schema-mismatch", "index.md §6", "no log time", "head", &short),
    ]
}

fn list(postings: &[Posting]) -> PostingList {
    PostingList {
        class: Class::Finding,
        start: 0,
        start_head: ChainHead::START,
        postings: postings
            .iter()
            .map(|posting| Embedded(posting.to_bytes()))
            .collect(),
    }
}

fn tally(postings: &[Posting]) -> Tally {
    let bytes = postings.iter().map(Posting::to_bytes);
    bytes.fold(Tally::START, |tally, posting| tally.after(&posting))
}

fn list_case(
    log: &Log,
    name: &str,
    expect: &str,
    comment: &str,
    list: &PostingList,
    proved: Tally,
) -> Vector {
    about(SUBJECT, log, name, expect, comment, list, proved)
}

fn about(
    subject: &str,
    log: &Log,
    name: &str,
    expect: &str,
    comment: &str,
    list: &PostingList,
    proved: Tally,
) -> Vector {
    let vector = Vector::new(
        &format!("index/list_{name}"),
        expect,
        "index.md §4",
        comment,
    )
    .line("subject", subject)
    .hex("head", &log.head().to_bytes())
    .line("count", proved.count)
    .hex("chain", proved.head.as_bytes());
    let entries = log.entries.iter();
    let vector = entries.fold(vector, |vector, entry| vector.hex("entry", entry.bytes()));
    vector.hex("list", &list.to_bytes())
}

#[rustfmt::skip] // one case per line
fn lists(log: &Log) -> Vec<Vector> {
    let postings = log.postings();
    let proved = tally(&postings);
    let case = |name, expect, comment, list: &PostingList| list_case(log, name, expect, comment, list, proved);
    let (before, rest) = postings.split_at(2);
    let delta = PostingList { start: 2, start_head: tally(before).head, ..list(rest) };
    let other = PostingList { start: 1, ..delta.clone() };
    let zeros = PostingList { start_head: ChainHead::new([1; 32]), ..list(&postings) };
    let changed = |change: &dyn Fn(&mut Vec<Posting>)| {
        let mut postings = postings.clone();
        change(&mut postings);
        list(&postings)
    };
    let chain = "posting-chain";
    vec![
        case("whole", "ok", "every finding about the subject", &list(&postings)),
        case("delta", "ok", "those after the second", &delta),
        case("nothing_new", "ok", "a delta of nothing", &PostingList { start: proved.count, start_head: proved.head, ..list(&[]) }),
        case("dropped", chain, "the second posting is missing", &changed(&|p| drop(p.remove(1)))),
        case("cut", chain, "the last posting is missing", &changed(&|p| drop(p.pop()))),
        case("doubled", chain, "the first posting stands there twice", &changed(&|p| p.insert(1, p[0].clone()))),
        case("swapped", chain, "the first two postings changed places", &changed(&|p| p.swap(0, 1))),
        case("replaced", chain, "the second posting is about another entry", &changed(&|p| p[1].entry = EntryId::new([7; 32]))),
        case("start_count", chain, "a delta from another count than its head belongs to", &other),
        case("start_head", chain, "a list from the beginning has a head of zeros", &zeros),
    ]
}

/// Lists under class maps that were made to fit them.
#[rustfmt::skip] // one case per line
fn fitting(log: &Log) -> Vec<Vector> {
    let case = |name, expect, comment, change: &dyn Fn(&mut Vec<Posting>)| {
        let mut postings = log.postings();
        change(&mut postings);
        list_case(log, name, expect, comment, &list(&postings), tally(&postings))
    };
    let postings = log.postings();
    let foreign = about("lei:EXAMPLE00OTHERTRADE6", log, "foreign", "posting-foreign",
        "the first entry does not name the subject", &list(&postings), tally(&postings));
    let size = log.head().size.next_index().unwrap();
    vec![
        case("class", "posting-class", "an audit among findings", &|p| p[0].kind = "audit".parse().unwrap()),
        case("order", "posting-order", "leaf indexes do not rise", &|p| p.swap(0, 1)),
        case("beyond", "posting-order", "a leaf that the log does not have", &|p| p.last_mut().unwrap().leaf = size),
        case("time", "log-time-fell", "log time falls", &|p| p[0].time = at(TIME + 2)),
        case("time_beyond", "log-time-fell", "a log time after the head's", &|p| p.last_mut().unwrap().time = at(TIME + 3)),
        case("twice", "posting-twice", "one entry under two leaves", &|p| p[1].entry = p[0].entry),
        case("entry", "posting-entry", "another leaf hash than that of the entry", &|p| p[0].hash = leaf_hash(b"")),
        case("kind", "posting-entry", "another kind than that of the entry", &|p| p[0].kind = "finding.status".parse().unwrap()),
        foreign,
    ]
}

#[rustfmt::skip] // one case per line
fn answers(log: &Log) -> Vec<Vector> {
    let heads: Vec<_> = log.updates.iter().map(|update| update.new.0.clone()).collect();
    let tree = Tree::from_leaves(heads.iter().map(|head| leaf_hash(head))).unwrap();
    let path = |leaf| tree.inclusion(LeafIndex::new(leaf).unwrap(), tree.size()).unwrap();
    let checkpoint = |log: Origin| Checkpoint::new(log.index(1).unwrap(), tree.size(), tree.root()).unwrap();
    let under = |checkpoint: Checkpoint, path: Vec<Hash>, name: &str, expect, comment: &str, answer: &Answer| {
        let vector = Vector::new(&format!("index/answer_{name}"), expect, "index.md §7", comment)
            .hex("checkpoint", checkpoint.to_string().as_bytes());
        let vector = path.iter().fold(vector, |vector, hash| vector.hex("path", hash.as_bytes()));
        vector.hex("answer", &answer.to_bytes())
    };
    let case = |name, expect, comment, answer: &Answer| under(checkpoint(origin()), path(2), name, expect, comment, answer);
    let absent: SubjectId = "lei:EXAMPLE00OTHERTRADE6".parse().unwrap();
    let subjects = [SUBJECT.parse().unwrap(), absent];
    let authors = [log.entries[0].author(), log.entries[3].author()];
    let answer = log.index.answer(subjects, authors).unwrap();
    let changed = |change: &dyn Fn(&mut Answer)| {
        let mut answer = answer.clone();
        change(&mut answer);
        answer
    };
    let other = "ledger.example/hill/e1".parse().unwrap();
    let earlier = changed(&|a| a.head = Embedded(heads[1].clone()));
    vec![
        case("two", "ok", "a subject with lists, one without, and two feeds", &answer),
        case("subjects", "ok", "no feed is asked for", &log.index.answer([SUBJECT.parse().unwrap()], []).unwrap()),
        case("swapped", "trie-claim-mismatch", "the maps changed places", &changed(&|a| a.maps.reverse())),
        case("denied", "trie-claim-mismatch", "a class map is denied", &changed(&|a| a.maps.iter_mut().for_each(|map| map.0 = None))),
        case("value", "root-mismatch", "another feed value", &changed(&|a| if let Some(value) = &mut a.values[0].0 { value.0[1] ^= 1; })),
        case("order", "not-ascending", "subjects by falling key", &changed(&|a| a.subjects.reverse())),
        case("short", "index-count", "one class map for two subjects", &changed(&|a| a.maps.truncate(1))),
        case("no_proof", "proof-incomplete", "no proof for the feeds", &changed(&|a| a.feeds_proof = None)),
        under(checkpoint(origin()), path(1), "earlier", "proof-invalid", "a head that is not the last leaf", &earlier),
        under(checkpoint(other), path(2), "other_log", "origin-mismatch", "the checkpoint of another log's index", &answer),
    ]
}

fn update_case(name: &str, expect: &str, comment: &str, updates: &[UpdateProof]) -> Vector {
    let vector = Vector::new(
        &format!("index/update_{name}"),
        expect,
        "index.md §8",
        comment,
    )
    .line("origin", origin());
    let updates = updates.iter();
    updates.fold(vector, |vector, update| {
        vector.hex("update", &update.to_bytes())
    })
}

#[rustfmt::skip] // one case per line
fn updates(log: &Log) -> Vec<Vector> {
    let changed = |at: usize, change: &dyn Fn(&mut UpdateProof)| {
        let mut updates = log.updates[..=at].to_vec();
        change(&mut updates[at]);
        updates
    };
    let head = |update: &mut UpdateProof, change: &dyn Fn(&mut IndexHead)| {
        let mut head = IndexHead::parse(&update.new.0).unwrap();
        change(&mut head);
        update.new = Embedded(head.to_bytes());
    };
    let case = |name, expect, comment, at, change: &dyn Fn(&mut UpdateProof)| update_case(name, expect, comment, &changed(at, change));
    vec![
        update_case("first", "ok", "the first head", &log.updates[..1]),
        update_case("second", "ok", "a second head, with subjects that are new and subjects that are not", &log.updates[..2]),
        update_case("fork", "ok", "a leaf that forks a feed below its head, with evidence, and a rotation that resolves it", &log.updates),
        case("previous", "index-previous", "it does not begin with the head checked last", 1, &|u| u.old = Nullable(None)),
        case("log", "origin-mismatch", "a head of another log", 1, &|u| head(u, &|h| h.origin = "ledger.example/hill/e1".parse().unwrap())),
        case("time", "log-time-fell", "the log time falls", 1, &|u| head(u, &|h| h.time = at(TIME - 1))),
        case("no_leaf", "index-limit", "no leaf", 1, &|u| u.leaves.clear()),
        case("short", "index-count", "a class map is missing", 1, &|u| drop(u.maps.pop())),
        case("map", "trie-claim-mismatch", "a class map is denied", 1, &|u| u.maps.iter_mut().for_each(|map| map.0 = None)),
        case("evidence", "fork-evidence", "no evidence of the fork", 2, &|u| { u.evidence.clear(); u.inclusions.clear(); }),
        case("evidence_more", "fork-evidence", "evidence beyond what the fork needs", 2, &|u| {
            u.evidence.push(u.evidence[0].clone());
            u.inclusions.push(u.inclusions[0].clone());
        }),
        case("evidence_place", "root-mismatch", "evidence that does not stand in the log where it says", 2, &|u| u.inclusions[0].path.reverse()),
    ]
}

/// Heads that do not follow.
#[rustfmt::skip] // one case per line
fn forged(log: &Log) -> Vec<Vector> {
    let case = |name, comment, change: &dyn Fn(&mut IndexHead)| {
        let mut updates = log.updates.clone();
        let mut head = log.head();
        change(&mut head);
        updates[2].new = Embedded(head.to_bytes());
        update_case(name, "bad-update", comment, &updates)
    };
    vec![
        case("subjects_root", "another subjects root", &|h| h.subjects = TrieRoot::new([3; 32])),
        case("feeds_root", "another feeds root", &|h| h.feeds = TrieRoot::new([3; 32])),
        case("log_root", "another log root", &|h| h.root = fairtrail::merkle::Root::from_bytes([3; 32])),
        case("size", "another log size", &|h| h.size = h.size.grown_by(1).unwrap()),
    ]
}
