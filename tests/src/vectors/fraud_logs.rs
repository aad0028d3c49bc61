//! Files that accuse logs of what their one history shows (fraud-logs.md).

mod stage;

use super::Vector;
use super::world::{network, secret};
use fairtrail::fraud::{
    BrokenPromise, DuplicateLeaf, ForeignPosting, HeadOrder, HeadSplit, InadmissibleLeaf, Keys,
    LogFraud, Omission, Replaced, ShownLeaf,
};
use fairtrail::id::NetworkId;
use fairtrail::index::{Class, ClassMap, Embedded, PostingList};
use fairtrail::log::TlogPolicy;
use fairtrail::merkle::{Hash, leaf_hash};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use stage::{ABOUT, Log, OTHER, bytes, index_note, log_note, tree};

/// A file of a kind, judged by everything its verifier may know.
fn case(name: &str, expect: &str, spec: &str, comment: &str, fraud: &LogFraud) -> Vector {
    text(name, expect, spec, comment, &fraud.to_string())
}

fn text(name: &str, expect: &str, spec: &str, comment: &str, text: &str) -> Vector {
    let spec = format!("fraud-logs.md {spec}");
    let vector = Vector::new(&format!("fraud-logs/{name}"), expect, &spec, comment);
    let keys = stage::keys();
    let vector = keys
        .iter()
        .fold(vector, |vector, key| vector.line("key", key));
    let vector = vector.line("network", network());
    let policy = stage::policy();
    let vector = policy
        .lines()
        .fold(vector, |vector, line| vector.line("policy", line));
    let fraud: Option<LogFraud> = text.parse().ok();
    let vector = match fraud.filter(|_| expect == "ok") {
        Some(fraud) => {
            let accused = fraud.accused().expect("somebody is accused");
            vector.line("kind", fraud.kind()).line("accused", accused)
        }
        None => vector,
    };
    vector.hex("file", text.as_bytes())
}

/// What the sdk says to one of these.
pub(super) fn judge(vector: &Vector) -> Result<(), Reason> {
    let text = String::from_utf8(vector.bytes("file")).expect("a text");
    let fraud: LogFraud = text.parse().map_err(|error| code(&error))?;
    let keys = vector.values("key").map(|key| key.parse().expect("a key"));
    let keys: Vec<NoteVerifier> = keys.collect();
    let lines: Vec<_> = vector.values("policy").collect();
    let policy = TlogPolicy::parse(&lines.join("\n"));
    let mut known = Keys::new(&keys);
    if let Some(network) = vector.value("network") {
        known = known.of_network(network.parse().expect("a network"));
    }
    if let Ok(policy) = &policy {
        known = known.with_time(policy, policy.default_f());
    }
    assert_eq!(policy.is_err(), lines.is_empty(), "{}", vector.name);
    let charge = fraud.verify(&known).map_err(|error| code(&error))?;
    let said = (charge.kind.to_string(), charge.accused().to_string());
    assert_eq!(
        vector.value("kind"),
        Some(said.0.as_str()),
        "{}",
        vector.name
    );
    assert_eq!(
        vector.value("accused"),
        Some(said.1.as_str()),
        "{}",
        vector.name
    );
    Ok(())
}

const fn code(error: &fairtrail::fraud::FraudError) -> Reason {
    error.code()
}

pub(super) fn vectors() -> Vec<Vector> {
    let log = Log::new();
    [
        omissions(&log),
        foreign(&log),
        heads(&log),
        leaves(&log),
        promises(&log),
        forms(&log),
        vec![bad_update(&log, "ok"), bad_update(&log, "proof-invalid")],
    ]
    .concat()
}

#[rustfmt::skip] // one case per line
fn omissions(log: &Log) -> Vec<Vector> {
    let all = log.postings(ABOUT, Class::Finding);
    let (kept, left) = (&all[..1], all[1].leaf.get());
    let omission = |postings, shown: &[_], leaf: ShownLeaf| {
        let listed = log.listed(postings, shown);
        LogFraud::Omission(Omission { listed, leaf })
    };
    let case = |name: &str, expect, comment, fraud: &LogFraud| case(name, expect, "§4", comment, fraud);
    let mut moved = log.leaf(left);
    moved.index -= 1;
    let mut unasked = log.listed(kept, kept);
    unasked.subject = OTHER.parse().unwrap();
    let unasked = LogFraud::Omission(Omission { listed: unasked, leaf: log.leaf(log.of(OTHER)) });
    let mut suffix = omission(&all, &all[1..], log.leaf(all[0].leaf.get()));
    let LogFraud::Omission(file) = &mut suffix else { panic!() };
    file.listed.list = file.listed.list.as_ref().map(|list| {
        let mut list = PostingList::parse(&list.0).unwrap();
        let first = ClassMap::after(None, Class::Finding, &all[0].to_bytes());
        (list.start, list.start_head) = (1, first.tally(Class::Finding).unwrap().head);
        Embedded(list.to_bytes())
    });
    vec![
        case("omission", "ok", "the list ends before an entry that names the subject", &omission(kept, kept, log.leaf(left))),
        case("omission-of-all", "ok", "the subject has no list at all", &omission(&[], &[], log.leaf(left))),
        case("omission-none", "proof-invalid", "the list holds the entry", &omission(&all, &all, log.leaf(left))),
        case("omission-other-subject", "proof-invalid", "the entry does not name the subject", &omission(kept, kept, log.leaf(log.of(OTHER)))),
        case("omission-no-entry", "proof-invalid", "the leaf is no entry", &omission(kept, kept, log.leaf(log.odd()))),
        case("omission-list-missing", "fraud-malformed", "the class map counts a list that is not shown", &omission(kept, &[], log.leaf(left))),
        case("omission-suffix", "fraud-malformed", "the list does not begin with its first posting", &suffix),
        case("omission-unasked", "fraud-malformed", "the answer is about another subject", &unasked),
        case("omission-cut-list", "posting-chain", "another list than the one proved", &omission(&all, kept, log.leaf(left))),
        case("omission-elsewhere", "root-mismatch", "the leaf stands elsewhere", &omission(kept, kept, moved)),
    ]
}

#[rustfmt::skip] // one case per line
fn foreign(log: &Log) -> Vec<Vector> {
    let all = log.postings(ABOUT, Class::Finding);
    let strange = log.postings(OTHER, Class::Finding);
    let posting = |postings: &[_], position: u64, leaf: Option<u64>| {
        let leaf = leaf.map(|leaf| log.leaf(leaf));
        let listed = log.listed(postings, postings);
        LogFraud::ForeignPosting(ForeignPosting { listed, position, leaf })
    };
    let case = |name: &str, expect, comment, fraud: &LogFraud| case(name, expect, "§4", comment, fraud);
    let at = |n: usize| Some(all[n].leaf.get());
    let with = |change: &dyn Fn(&mut fairtrail::index::Posting)| {
        let mut changed = all.clone();
        change(&mut changed[1]);
        changed
    };
    let smear = [&all[..1], &strange[..1]].concat();
    let beyond = with(&|posting| posting.leaf = fairtrail::merkle::LeafIndex::new(1_000).unwrap());
    let forged = with(&|posting| posting.entry = strange[0].entry);
    let audit = with(&|posting| posting.kind = "audit".parse().unwrap());
    let odd = with(&|posting| posting.leaf = fairtrail::merkle::LeafIndex::new(log.odd()).unwrap());
    vec![
        case("foreign-posting", "ok", "the entry does not name the subject", &posting(&smear, 1, Some(strange[0].leaf.get()))),
        case("foreign-posting-beyond", "ok", "the log has no such leaf", &posting(&beyond, 1, None)),
        case("foreign-posting-id", "ok", "another entry stands there", &posting(&forged, 1, at(1))),
        case("foreign-posting-kind", "ok", "another kind than the entry's", &posting(&audit, 1, at(1))),
        case("foreign-posting-odd", "ok", "the leaf is no entry", &posting(&odd, 1, Some(log.odd()))),
        case("foreign-posting-none", "proof-invalid", "the posting is that of the leaf", &posting(&all, 1, at(1))),
        case("foreign-posting-no-leaf", "fraud-malformed", "the log has such a leaf, and it is not shown", &posting(&smear, 1, None)),
        case("foreign-posting-other-leaf", "fraud-malformed", "another leaf than the one posted is shown", &posting(&all, 1, at(0))),
        case("foreign-posting-position", "fraud-malformed", "the list has no such posting", &posting(&smear, 2, None)),
        case("foreign-posting-leaf-beyond", "fraud-malformed", "a leaf is shown where there is none", &posting(&beyond, 1, at(1))),
    ]
}

#[rustfmt::skip] // one case per line
fn heads(log: &Log) -> Vec<Vector> {
    let base = log.head();
    let size = |leaves| fairtrail::merkle::TreeSize::new(leaves).unwrap();
    let at = |leaves: u64| fairtrail::index::IndexHead { size: size(leaves), root: log.tree.root_at(size(leaves)).unwrap(), ..base.clone() };
    let mut other = base.clone();
    other.feeds = fairtrail::trie::TrieRoot::new([3; 32]);
    let mut older = base.clone();
    older.time = super::world::at(1);
    let order = |one: &fairtrail::index::IndexHead, two: &fairtrail::index::IndexHead, at: [u64; 2]| {
        let heads = [one.to_bytes(), two.to_bytes()];
        let index = tree(&heads);
        let leaf = |at: u64| ShownLeaf::of(&index, at, &heads[usize::try_from(at).unwrap()]).unwrap();
        LogFraud::HeadOrder(HeadOrder { note: bytes(&index_note(&index)), one: leaf(at[0]), other: leaf(at[1]) })
    };
    let split = |head: &fairtrail::index::IndexHead, log_tree: &fairtrail::merkle::Tree, of: &fairtrail::merkle::Tree, prefix: bool| {
        let index = tree(&[head.to_bytes()]);
        let (old, new) = (head.size.min(log_tree.size()), head.size.max(log_tree.size()));
        let path: Vec<_> = if prefix { of.consistency(old, new).unwrap() } else { Vec::new() };
        LogFraud::HeadSplit(HeadSplit {
            note: bytes(&index_note(&index)),
            head: ShownLeaf::of(&index, 0, &head.to_bytes()).unwrap(),
            log: bytes(&log_note(log_tree)),
            prefix: prefix.then(|| *of.root_at(old).unwrap().as_bytes()),
            path: path.iter().map(|hash| *hash.as_bytes()).collect(),
        })
    };
    let fork = log.forked();
    let ahead = |tree: &fairtrail::merkle::Tree| fairtrail::index::IndexHead { size: tree.size(), root: tree.root(), ..base.clone() };
    let five = log.tree_of(5);
    let order_of = |name: &str, expect, comment, fraud: &LogFraud| case(name, expect, "§5", comment, fraud);
    vec![
        order_of("head-order", "ok", "two heads for one size of the log", &order(&base, &other, [0, 1])),
        order_of("head-order-falls", "ok", "the later head covers less", &order(&base, &at(5), [0, 1])),
        order_of("head-order-older", "ok", "the log time falls", &order(&at(5), &older, [0, 1])),
        order_of("head-order-none", "proof-invalid", "the later head covers more and is no older", &order(&at(5), &base, [0, 1])),
        order_of("head-order-one", "fraud-malformed", "one head shown twice", &order(&base, &other, [1, 1])),
        order_of("head-order-swapped", "fraud-malformed", "the later head first", &order(&base, &other, [1, 0])),
        order_of("head-split", "ok", "one size, two roots", &split(&base, &fork, &fork, false)),
        order_of("head-split-behind", "ok", "the head's tree is no beginning of the log's", &split(&at(5), &fork, &fork, true)),
        order_of("head-split-ahead", "ok", "the log's tree is no beginning of the head's", &split(&ahead(&fork), &five, &fork, true)),
        order_of("head-split-none", "proof-invalid", "one tree", &split(&at(5), &log.tree, &log.tree, true)),
        order_of("head-split-same", "proof-invalid", "one size, one root", &split(&base, &log.tree, &log.tree, false)),
        order_of("head-split-no-path", "fraud-malformed", "nothing leads from one size to the other", &split(&at(5), &fork, &fork, false)),
        order_of("head-split-other-path", "root-mismatch", "the path leads to another tree", &split(&at(5), &fork, &log.tree, true)),
    ]
}

#[rustfmt::skip] // one case per line
fn leaves(log: &Log) -> Vec<Vector> {
    let case = |name: &str, expect, comment, fraud: &LogFraud| case(name, expect, "§6", comment, fraud);
    let first = log.entries[0].clone();
    let mut resigned = first.clone();
    *resigned.last_mut().unwrap() ^= 1;
    let twice = |data: &[u8], at: [u64; 2]| {
        let leaves = [&log.entries[..], &[data.to_vec()]].concat();
        let tree = tree(&leaves);
        let leaf = |at: u64| ShownLeaf::of(&tree, at, &leaves[usize::try_from(at).unwrap()]).unwrap();
        LogFraud::DuplicateLeaf(DuplicateLeaf { note: bytes(&log_note(&tree)), one: leaf(at[0]), other: leaf(at[1]) })
    };
    let last = u64::try_from(log.entries.len()).unwrap();
    let bad = |data: &[u8]| {
        let tree = tree(&[data.to_vec()]);
        let leaf = ShownLeaf::of(&tree, 0, data).unwrap();
        LogFraud::InadmissibleLeaf(InadmissibleLeaf { note: bytes(&log_note(&tree)), leaf })
    };
    let of_index = |data: &[u8]| {
        let tree = tree(&[data.to_vec()]);
        let leaf = ShownLeaf::of(&tree, 0, data).unwrap();
        LogFraud::InadmissibleLeaf(InadmissibleLeaf { note: bytes(&index_note(&tree)), leaf })
    };
    let mut trailing = first.clone();
    trailing.push(0);
    let elsewhere = stage::of_network(NetworkId::new([8; 32]));
    vec![
        case("duplicate-leaf", "ok", "the same bytes at two leaves", &twice(&first, [0, last])),
        case("duplicate-leaf-resigned", "ok", "one entry under two signatures", &twice(&resigned, [0, last])),
        case("duplicate-leaf-none", "proof-invalid", "two entries", &twice(&first, [0, 1])),
        case("duplicate-leaf-one", "fraud-malformed", "one leaf shown twice", &twice(&first, [0, 0])),
        case("duplicate-leaf-odd", "proof-invalid", "a leaf is no entry", &twice(&first, [0, log.odd()])),
        case("inadmissible-leaf", "ok", "no entry", &bad(b"no entry")),
        case("inadmissible-leaf-trailing", "ok", "an entry with a byte behind it", &bad(&trailing)),
        case("inadmissible-leaf-unsigned", "ok", "the signature does not verify under the key the entry names", &bad(&resigned)),
        case("inadmissible-leaf-network", "ok", "an entry of another network", &bad(&elsewhere)),
        case("inadmissible-leaf-none", "proof-invalid", "nothing in the entry itself keeps it out", &bad(&first)),
        case("inadmissible-leaf-of-index", "ok", "a leaf of the index that is no head", &of_index(b"no head")),
        case("inadmissible-leaf-head", "proof-invalid", "a leaf of the index that is a head of its log", &of_index(&log.head().to_bytes())),
    ]
}

#[rustfmt::skip] // one case per line
fn promises(log: &Log) -> Vec<Vector> {
    let promise = |by: u64| stage::promise(log, 2, 3, by);
    let (entries, tree, fork) = (&log.entries, &log.tree, log.forked());
    let to_bytes = |path: Vec<Hash>| path.iter().map(|hash| *hash.as_bytes()).collect::<Vec<_>>();
    let batch = stage::tree(&entries[2..5]);
    let index = |at: u64| fairtrail::merkle::LeafIndex::new(at).unwrap();
    let replaced = |of: &fairtrail::merkle::Tree, position: u64, found: &[u8]| Replaced {
        position,
        promised: *leaf_hash(&entries[usize::try_from(2 + position).unwrap()]).as_bytes(),
        batch_path: to_bytes(batch.inclusion(index(position), batch.size()).unwrap()),
        found: *leaf_hash(found).as_bytes(),
        path: to_bytes(of.inclusion(index(2 + position), of.size()).unwrap()),
    };
    let broken = |note: &str, replaced: Option<Replaced>, by: u64| {
        LogFraud::BrokenPromise(BrokenPromise { promise: bytes(&promise(by)), note: bytes(note), replaced })
    };
    let case = |name: &str, expect, spec, comment, fraud: &LogFraud| case(name, expect, spec, comment, fraud);
    let small = log.tree_of(4);
    let forged = stage::FORGED;
    vec![
        case("broken-promise", "ok", "§7", "another leaf at a promised index", &broken(&log_note(&fork), Some(replaced(&fork, 1, forged)), 50)),
        case("broken-promise-kept", "proof-invalid", "§7", "the promised leaf stands there", &broken(&log_note(tree), Some(replaced(tree, 1, &entries[3])), 50)),
        case("broken-promise-position", "root-mismatch", "§7", "the promise does not cover this leaf there", &broken(&log_note(&fork), Some(Replaced { position: 0, ..replaced(&fork, 1, forged) }), 50)),
        case("broken-promise-found", "root-mismatch", "§7", "the log does not have this leaf there", &broken(&log_note(tree), Some(replaced(tree, 1, forged)), 50)),
        case("overdue", "ok", "§8", "a checkpoint made after include-by does not cover the batch", &broken(&stage::cosigned(&small, 60), None, 50)),
        case("overdue-in-time", "proof-invalid", "§8", "made at include-by", &broken(&stage::cosigned(&small, 50), None, 50)),
        case("overdue-kept", "proof-invalid", "§8", "the checkpoint covers the batch", &broken(&stage::cosigned(tree, 60), None, 50)),
        case("overdue-undated", "proof-incomplete", "§8", "nobody says when the checkpoint was made", &broken(&log_note(&small), None, 50)),
        case("overdue-strange-line", "fraud-malformed", "§8", "a line of nobody the policy names", &broken(&stage::with_strange_line(&small, 60), None, 50)),
    ]
}

#[rustfmt::skip] // one case per line
fn forms(log: &Log) -> Vec<Vector> {
    let fraud = |note: &str| {
        let leaf = ShownLeaf::of(&tree(&[b"no entry".to_vec()]), 0, b"no entry").unwrap();
        LogFraud::InadmissibleLeaf(InadmissibleLeaf { note: bytes(note), leaf })
    };
    let one = tree(&[b"no entry".to_vec()]);
    let good = fraud(&log_note(&one)).to_string();
    let refuse = |name: &str, comment: &str, changed: &str| text(name, "fraud-malformed", "§3", comment, changed);
    let stranger = stage::note_by(&one, secret(99));
    let _ = log;
    vec![
        refuse("other-title", "another version", &good.replace("/v1", "/v2")),
        refuse("other-kind", "the content of another kind", &good.replace("inadmissible-leaf", "duplicate-leaf")),
        refuse("unknown-kind", "a kind that there is not", &good.replace("inadmissible-leaf", "leaf")),
        refuse("cut-short", "no final line feed", good.trim_end()),
        refuse("more-behind", "something after the last line", &format!("{good}\n")),
        refuse("spare-bits", "base64 that no writer makes", &good.replace("=\n", "\n")),
        case("two-lines", "fraud-malformed", "§3", "a note with a second line", &fraud(&stage::cosigned(&one, 60))),
        case("stranger", "signature-missing", "§3", "signed by a key that is not among those known", &fraud(&stranger)),
    ]
}

fn bad_update(log: &Log, expect: &str) -> Vector {
    let name = if expect == "ok" {
        "bad-update"
    } else {
        "bad-update-none"
    };
    let comment = if expect == "ok" {
        "the first head's subjects root does not follow from the leaves"
    } else {
        "the head follows"
    };
    let fraud = LogFraud::BadUpdate(log.first_update(expect == "ok"));
    case(name, expect, "§9", comment, &fraud)
}
