//! `fairtrail audit-log` against a node in memory that lies in one way at a time.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::admission::AdmittedSet;
use fairtrail::api::{IndexInfo, LogInfo};
use fairtrail::bundle::{Bundle, LogPart, SubjectList};
use fairtrail::charter::{Charter, Terms};
use fairtrail::client::{Gateway, Request, Response, Transport, TransportError};
use fairtrail::entry::{Draft, NetworkClaim, Pair, Position, Pulse, Role, SignedEntry};
use fairtrail::index::{ChainHead, Class, Embedded, Index, IndexHead, Posting, PostingList};
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, EntryTile, Origin, Promise, TilePath, encode_entries};
use fairtrail::merkle::{LeafIndex, Root, Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use fairtrail::trie::TrieRoot;
use fairtrail_cli::exit::Exit;
use fairtrail_cli::ui::Ui;
use fairtrail_cli::{Shell, run};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const NOW: u64 = 1_790_000_000;
const URL: &str = "http://gateway.example";

fn at(offset: u64) -> Timestamp {
    Timestamp::new(NOW + offset).unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn charter() -> Charter {
    let pair = |seed: u8| Pair {
        key: key(seed).public().id(),
        next: key(seed + 100).public().next_digest(),
    };
    Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "Example network".into(),
        roots: vec![pair(1)],
        threshold: 1,
        reply_desks: vec![pair(4)],
        roles: vec![Role::Auditor.to_string()],
        terms: "none".into(),
        contact: "nobody".into(),
        licence: "none".into(),
        envelope: 1,
    })
    .unwrap()
}

fn entries(count: u64, salt: u64) -> Vec<SignedEntry> {
    let (network, next) = (charter().network(), key(101).public().next_digest());
    let mut entries = vec![Draft::begin(network, &key(1), next, at(0)).unwrap()];
    for seq in 1..count {
        let (feed, prev) = (entries[0].author(), entries.last().unwrap().id());
        let position = Position {
            network,
            feed,
            seq,
            prev,
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, at(seq + salt));
        entries.push(draft.sign(&position, &key(1)).unwrap());
    }
    entries
}

fn origin() -> Origin {
    "ledger.example/coast/e1".parse().unwrap()
}

fn signers() -> [NoteSigner; 3] {
    let index = origin().index(1).unwrap();
    [
        (origin().key_name().unwrap(), 60),
        (index.key_name().unwrap(), 61),
        (origin().promise_key_name().unwrap(), 62),
    ]
    .map(|(name, seed)| NoteSigner::new(name, key(seed)))
}

/// What the node shows: leaves and heads, in whatever relation.
#[derive(Clone, Default)]
struct Shown {
    leaves: Vec<Vec<u8>>,
    heads: Vec<Vec<u8>>,
    asked: Vec<String>,
}

impl Shown {
    /// What an honest node shows of these entries, a head for every three.
    fn honest(entries: &[SignedEntry]) -> Self {
        Self::indexed(entries).0
    }

    /// The same, with the index.
    fn indexed(entries: &[SignedEntry]) -> (Self, Index) {
        let mut set = AdmittedSet::new(charter());
        for entry in entries {
            set.admit(entry).unwrap();
        }
        let mut index = Index::new(origin());
        let batches = (0..).zip(entries.chunks(3));
        let heads = batches.map(|(number, batch)| {
            let head = index.append(batch, at(number), &set).unwrap();
            head.to_bytes()
        });
        let shown = Self {
            heads: heads.collect(),
            leaves: entries.iter().map(|entry| entry.bytes().to_vec()).collect(),
            asked: Vec::new(),
        };
        index.settle();
        (shown, index)
    }

    fn change_head(&mut self, at: usize, change: impl Fn(&mut IndexHead)) {
        let mut head = IndexHead::parse(&self.heads[at]).unwrap();
        change(&mut head);
        self.heads[at] = head.to_bytes();
    }
}

fn note(origin: Origin, leaves: &[Vec<u8>], signer: &NoteSigner) -> String {
    let tree = Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
    let checkpoint = Checkpoint::new(origin, tree.size(), tree.root()).unwrap();
    let note = checkpoint.sign(signer).unwrap();
    let own = Cosigner::new("ledger.example/coast/witness".parse().unwrap(), key(63));
    let line = own.cosign(note.text(), NOW + 500).unwrap();
    note.with(line).unwrap().to_string()
}

struct Served {
    shown: Arc<Mutex<Shown>>,
    of_index: bool,
}

impl Transport for Served {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let mut shown = self.shown.lock().unwrap();
        let prefix = if self.of_index { "/index" } else { "" };
        shown.asked.push(format!("{prefix}{}", request.path));
        let [log, index, promise] = signers();
        let (origin, leaves, signer) = if self.of_index {
            (origin().index(1).unwrap(), &shown.heads, &index)
        } else {
            (origin(), &shown.leaves, &log)
        };
        let body = match request.path {
            "/checkpoint" => note(origin, leaves, signer).into_bytes(),
            "/archive" => Vec::new(),
            "/v1/charter" => charter().bytes().to_vec(),
            "/v1/log" => {
                let vkey = |signer: &NoteSigner| signer.verifier().to_string();
                let witness = |name: &str, seed| {
                    let cosigner = Cosigner::new(name.parse().unwrap(), key(seed));
                    cosigner.verifier().to_string()
                };
                let info = LogInfo {
                    origin: origin.to_string(),
                    vkey: vkey(&log),
                    promise_vkey: vkey(&promise),
                    witness_vkey: witness("ledger.example/coast/witness", 63),
                    witnesses: Vec::new(),
                    index: Some(IndexInfo {
                        origin: origin.index(1).unwrap().to_string(),
                        vkey: vkey(&index),
                        witness_vkey: witness("ledger.example/coast/index-witness", 64),
                    }),
                    network: charter().network(),
                    size: leaves.len() as u64,
                    terms: "none".into(),
                    contact: "nobody".into(),
                };
                serde_json::to_vec(&info).unwrap()
            }
            path => tile(path, leaves),
        };
        Ok(Response {
            status: if body.is_empty() && request.path != "/archive" {
                404
            } else {
                200
            },
            retry_after: None,
            body,
        })
    }
}

/// Tiles of a tree of fewer than 256 leaves; empty for what is none.
fn tile(path: &str, leaves: &[Vec<u8>]) -> Vec<u8> {
    match path.trim_start_matches('/').parse() {
        Ok(TilePath::Entries(at)) if is_whole(at, leaves) => {
            encode_entries(leaves.iter().map(Vec::as_slice)).unwrap()
        }
        Ok(TilePath::Hashes(tile)) if usize::from(tile.width()) == leaves.len() => {
            let hashes = leaves.iter().map(|leaf| *leaf_hash(leaf).as_bytes());
            hashes.collect::<Vec<_>>().concat()
        }
        _ => Vec::new(),
    }
}

fn is_whole(at: EntryTile, leaves: &[Vec<u8>]) -> bool {
    usize::from(at.width()) == leaves.len()
}

struct Audits {
    dir: TempDir,
    shown: Arc<Mutex<Shown>>,
    bundle: Option<String>,
}

impl Audits {
    fn of(shown: Shown) -> Self {
        let shown = Arc::new(Mutex::new(shown));
        let dir = tempfile::tempdir().unwrap();
        Self {
            dir,
            shown,
            bundle: None,
        }
    }

    fn show(&self, shown: Shown) {
        *self.shown.lock().unwrap() = shown;
    }

    fn line(&self, words: &[&str]) -> (Exit, String, String) {
        let (ui, out, err) = Ui::captured(None);
        let shown = Arc::clone(&self.shown);
        let connect = move |url: &str| {
            Ok(Gateway::new(Served {
                shown: Arc::clone(&shown),
                of_index: url.ends_with("/index"),
            }))
        };
        let mut shell = Shell {
            ui,
            now: at(1_000),
            connect: &connect,
        };
        let home = self.dir.path().join("home");
        let mut line = vec!["fairtrail", "--home", home.to_str().unwrap()];
        line.extend(words);
        let exit = run(&mut shell, line);
        (exit, out.text(), err.text())
    }

    /// Gives a bundle to every audit from now on.
    fn bundle(&mut self, bytes: &[u8]) {
        let file = self.dir.path().join("told.bundle");
        fs_err::write(&file, bytes).unwrap();
        self.bundle = Some(file.to_str().unwrap().to_owned());
    }

    fn audit(&self) -> (Exit, Value) {
        let mut line = vec!["audit-log", URL, "--json"];
        line.extend(self.bundle.iter().flat_map(|file| ["--bundle", file]));
        let (exit, out, err) = self.line(&line);
        let value = serde_json::from_str(&out);
        (exit, value.unwrap_or_else(|_| panic!("{out}{err}")))
    }

    /// The node is convicted of this, by a file that anybody verifies.
    fn convicts(&self, kind: &str) {
        let (exit, found) = self.audit();
        assert_eq!(exit, Exit::Invalid, "{found:#}");
        let fraud = found["fraud"].as_array().unwrap();
        let own = fraud.iter().find(|one| one["fraud"] == kind);
        let file = own.unwrap_or_else(|| panic!("no {kind}: {found:#}"))["file"]
            .as_str()
            .unwrap();
        let keys = signers().map(|signer| signer.verifier().to_string());
        let network = charter().network().to_string();
        let mut line = vec!["fraud", "verify", file, "--network", &network];
        if kind == "split-view" {
            let accused = own.unwrap()["accused"].as_str().unwrap();
            let key = keys
                .iter()
                .find(|key| key.starts_with(&format!("{accused}+")));
            line.extend(["--log-key", key.unwrap()]);
        } else {
            line.extend(keys.iter().flat_map(|key| ["--log-key", key.as_str()]));
        }
        let (exit, out, err) = self.line(&line);
        assert_eq!(exit, Exit::Done, "{kind}: {out}{err}");
        assert!(out.contains("PROVEN"), "{out}");
    }
}

#[test]
fn an_honest_node_agrees_and_a_second_run_does_what_is_new() {
    let audits = Audits::of(Shown::honest(&entries(8, 0)));
    let (exit, found) = audits.audit();
    assert_eq!(exit, Exit::Done, "{found:#}");
    assert_eq!((&found["size"], &found["before"]), (&8.into(), &0.into()));
    assert_eq!(found["index"]["right"], 3);
    assert_eq!(found["named_by"], "gateway");

    audits.show(Shown::honest(&entries(8, 0)));
    let (_, found) = audits.audit();
    assert_eq!(
        (&found["before"], &found["index"]["before"]),
        (&8.into(), &3.into())
    );
    let asked = audits.shown.lock().unwrap().asked.clone();
    assert!(
        !asked.iter().any(|path| path.contains("/entries/")),
        "{asked:?}"
    );

    // Nine entries have the three heads of eight of them no more.
    let mut grown = Shown::honest(&entries(12, 0));
    grown.heads = Shown::honest(&entries(9, 0)).heads;
    let fresh = Audits::of(grown);
    let (exit, found) = fresh.audit();
    assert_eq!(
        (exit, &found["index"]["covers"]),
        (Exit::Done, &9.into()),
        "{found:#}"
    );
    fresh.show(Shown::honest(&entries(12, 0)));
    let (exit, found) = fresh.audit();
    assert_eq!(
        (exit, &found["index"]["right"]),
        (Exit::Done, &4.into()),
        "{found:#}"
    );
    assert_eq!(found["index"]["before"], 3);
}

#[test]
fn a_head_that_does_not_follow_is_proved_even_if_later_ones_do() {
    let mut shown = Shown::honest(&entries(9, 0));
    shown.change_head(1, |head| head.subjects = TrieRoot::new([3; 32]));
    let audits = Audits::of(shown);
    audits.convicts("bad-update");
    // And again: it does not count as checked.
    audits.convicts("bad-update");
}

#[test]
fn heads_that_contradict_each_other_or_their_log_are_proved() {
    let mut shown = Shown::honest(&entries(9, 0));
    let again = shown.heads[2].clone();
    shown.heads.push(again);
    shown.change_head(3, |head| head.feeds = TrieRoot::new([3; 32]));
    Audits::of(shown).convicts("head-order");

    for at in [1, 2] {
        let mut shown = Shown::honest(&entries(9, 0));
        shown.change_head(at, |head| head.root = Root::from_bytes([3; 32]));
        Audits::of(shown).convicts("head-split");
    }
    let mut shown = Shown::honest(&entries(9, 0));
    shown.heads[2] = b"no head".to_vec();
    Audits::of(shown).convicts("inadmissible-leaf");
}

#[test]
fn leaves_that_no_log_may_hold_are_proved() {
    let honest = Shown::honest(&entries(6, 0));
    let mut twice = honest.clone();
    twice.leaves.push(honest.leaves[2].clone());
    Audits::of(twice).convicts("duplicate-leaf");

    let mut garbage = honest.clone();
    garbage.leaves.push(b"no entry".to_vec());
    Audits::of(garbage).convicts("inadmissible-leaf");

    let mut forged = honest.clone();
    let mut leaf = entries(7, 0)[6].bytes().to_vec();
    *leaf.last_mut().unwrap() ^= 1;
    forged.leaves.push(leaf);
    Audits::of(forged).convicts("inadmissible-leaf");

    // What rests on other entries is said, and no file claims to prove it.
    let mut early = honest;
    early.leaves.push(entries(9, 0)[8].bytes().to_vec());
    let (exit, found) = Audits::of(early).audit();
    assert_eq!(exit, Exit::Invalid, "{found:#}");
    assert_eq!(found["fraud"], serde_json::json!([]));
}

#[test]
fn a_second_story_of_log_or_index_is_proved() {
    let audits = Audits::of(Shown::honest(&entries(6, 0)));
    assert_eq!(audits.audit().0, Exit::Done);
    audits.show(Shown::honest(&entries(9, 40)));
    audits.convicts("split-view");

    for heads in [2, 3, 1] {
        let honest = Shown::honest(&entries(9, 0));
        let mut first = honest.clone();
        first.heads.truncate(2);
        let audits = Audits::of(first);
        assert_eq!(audits.audit().0, Exit::Done);
        let mut other = honest;
        other.heads.truncate(heads);
        other.change_head(0, |head| head.time = at(77));
        audits.show(other);
        audits.convicts("split-view");
    }
}

/// A bundle about the author of some entries, as the index of these gives it, under a last head that
/// claims to be over the log of others.
fn told(entries: &[SignedEntry], log: &[SignedEntry]) -> Vec<u8> {
    let (shown, index) = Shown::indexed(entries);
    let mut heads = shown.heads;
    let mut head = IndexHead::parse(heads.last().unwrap()).unwrap();
    let tree = Tree::from_leaves(log.iter().map(|entry| leaf_hash(entry.bytes()))).unwrap();
    head.root = tree.root_at(head.size).unwrap();
    *heads.last_mut().unwrap() = head.to_bytes();
    let about = SubjectId::from(entries[0].author());
    let mut answer = index.answer([about.clone()], []).unwrap();
    answer.head = Embedded(head.to_bytes());
    let posting = |(leaf, entry): (u64, &SignedEntry)| {
        let posting = Posting::of(entry, LeafIndex::new(leaf).unwrap(), at(leaf / 3));
        Embedded(posting.to_bytes())
    };
    // Pulses; the entry that began the feed is of another class.
    let list = PostingList {
        class: Class::of(&entries[1].header().kind),
        start: 0,
        start_head: ChainHead::START,
        postings: (0..).zip(entries).skip(1).map(posting).collect(),
    };
    let last = LeafIndex::new(heads.len() as u64 - 1).unwrap();
    let tree = Tree::from_leaves(heads.iter().map(|head| leaf_hash(head))).unwrap();
    let path = tree.inclusion(last, tree.size()).unwrap();
    let [_, signer, _] = signers();
    let note = note(origin().index(1).unwrap(), &heads, &signer);
    let part = LogPart {
        note: Embedded(note.into_bytes()),
        path: path.iter().map(|hash| *hash.as_bytes()).collect(),
        answer: Embedded(answer.to_bytes()),
        lists: vec![SubjectList {
            subject: about,
            list: Embedded(list.to_bytes()),
        }],
        notes: Vec::new(),
        places: Vec::new(),
        earlier: Vec::new(),
    };
    let bundle = Bundle {
        version: 1,
        charter: Embedded(charter().bytes().to_vec()),
        logs: vec![part],
        entries: Vec::new(),
        bodies: Vec::new(),
        report: None,
    };
    bundle.to_bytes()
}

#[test]
fn what_a_bundle_told_is_held_against_the_log() {
    let log = entries(9, 0);
    let mut audits = Audits::of(Shown::honest(&log));
    audits.bundle(&told(&log[..6], &log));
    let (exit, found) = audits.audit();
    assert_eq!(exit, Exit::Done, "{found:#}");

    // A key that signed another index for somebody: what was hidden, and what was made up.
    audits.bundle(&told(&entries(6, 40), &log));
    for kind in ["split-view", "omission", "foreign-posting"] {
        audits.convicts(kind);
    }

    // What is wrong with a file keeps nobody from hearing what is wrong with the node.
    let mut unsigned = Bundle::parse(&told(&log[..6], &log)).unwrap();
    unsigned.logs[0].note = Embedded(b"no note".to_vec());
    audits.bundle(&unsigned.to_bytes());
    assert_eq!(audits.audit().0, Exit::Unknown);
    let mut lying = Shown::honest(&log);
    lying.change_head(1, |head| head.subjects = TrieRoot::new([3; 32]));
    let mut convicted = Audits::of(lying);
    convicted.bundle(&unsigned.to_bytes());
    convicted.convicts("bad-update");
    let mut silent = Audits::of(Shown {
        heads: Vec::new(),
        ..Shown::honest(&log)
    });
    silent.bundle(&told(&log[..6], &log));
    assert_ne!(silent.audit().0, Exit::Done);

    // And one over another log.
    audits.bundle(&told(&entries(6, 40), &entries(6, 40)));
    audits.convicts("head-split");
}

#[test]
fn a_promise_at_hand_is_held_against_the_leaves() {
    let all = entries(6, 0);
    let [_, _, signer] = signers();
    let promise = |first: u64, leaf: &[u8], by: u64| {
        let root = Tree::from_leaves([leaf_hash(leaf)]).unwrap().root();
        let first = LeafIndex::new(first).unwrap();
        let promise = Promise::new(origin(), first, 1, root, at(by)).unwrap();
        promise.sign(&signer).unwrap().to_string()
    };
    let cases = [
        (promise(2, all[2].bytes(), 10), None),
        (promise(2, b"another entry", 10), Some("broken-promise")),
        (promise(9, b"never published", 10), Some("broken-promise")),
        (promise(9, b"not due", 2_000), None),
    ];
    for (promise, convicts) in cases {
        let audits = Audits::of(Shown::honest(&all));
        let promises = audits.dir.path().join("home/promises");
        fs_err::create_dir_all(&promises).unwrap();
        fs_err::write(promises.join("one.note"), &promise).unwrap();
        let (exit, found) = audits.audit();
        assert_eq!(found["promises"]["at_hand"], 1);
        match convicts {
            None => assert_eq!(exit, Exit::Done, "{found:#}"),
            Some(_) if promise.contains("\n9\n") => {
                // Nobody but the node itself says when its checkpoint was made.
                assert_eq!(exit, Exit::Unknown, "{found:#}");
            }
            Some(kind) => audits.convicts(kind),
        }
    }
}

#[test]
fn other_keys_than_before_are_not_believed_and_a_dead_node_is_no_liar() {
    let audits = Audits::of(Shown::honest(&entries(6, 0)));
    assert_eq!(audits.audit().0, Exit::Done);
    let other = NoteSigner::new(origin().key_name().unwrap(), key(99));
    let other = other.verifier().to_string();
    let (exit, _, err) = audits.line(&["audit-log", URL, "--log-key", &other]);
    assert_ne!(exit, Exit::Done);
    assert!(err.contains("log-key-changed"), "{err}");
    audits.show(Shown::default());
    let (exit, _, err) = audits.line(&["audit-log", URL]);
    assert_eq!(exit, Exit::Invalid, "{err}");
}
