//! An operator whose log and index say what a test wants, served over a socket.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use fairtrail::index::{EntrySource, Index, IndexHead, UpdateProof};
use fairtrail::log::{AddCheckpoint, Checkpoint, Origin, encode_entries};
use fairtrail::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::trie::TrieRoot;

use crate::peer::Carrier;
use crate::stand_in;
use crate::support::{at, charter, secret};

pub(crate) const LOG: &str = "liar.example/log/e1";

/// What is served.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) entries: Vec<SignedEntry>,
    pub(crate) heads: Vec<Vec<u8>>,
    updates: Vec<Vec<u8>>,
    /// No update proof below this leaf.
    pub(crate) updates_from: usize,
    /// Whether leaves of the log are served.
    pub(crate) leaves: bool,
    /// Every path that was asked for.
    pub(crate) asked: HashSet<String>,
}

/// The operator.
pub(crate) struct Liar {
    pub(crate) key: NoteSigner,
    pub(crate) address: SocketAddr,
    index: Index,
    shown: Arc<Mutex<Shown>>,
}

pub(crate) fn index_origin() -> Origin {
    let log: Origin = LOG.parse().unwrap();
    log.index(1).unwrap()
}

impl Liar {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shown = Arc::new(Mutex::new(Shown {
            leaves: true,
            ..Shown::default()
        }));
        let serves = Arc::clone(&shown);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(&stream, &serves);
            }
        });
        Self {
            key: NoteSigner::new(index_origin().key_name().unwrap(), secret(77)),
            address,
            index: Index::new(LOG.parse().unwrap()),
            shown,
        }
    }

    /// Is a node for others over libp2p as well; its address.
    pub(crate) fn listen(&self, over: Carrier) -> String {
        stand_in::listen(over, Arc::clone(&self.shown))
    }

    pub(crate) fn log_key() -> NoteSigner {
        NoteSigner::new(LOG.parse().unwrap(), secret(76))
    }

    pub(crate) fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap()
    }

    /// Covers entries by a head; `lie` may change what is signed.
    pub(crate) fn head(&mut self, entries: &[SignedEntry], lie: impl FnOnce(&mut IndexHead)) {
        let mut shown = self.shown.lock().unwrap();
        let mut set = fairtrail::admission::AdmittedSet::new(charter());
        for entry in shown.entries.iter().chain(entries) {
            set.admit(entry).unwrap();
        }
        let time = at(shown.heads.len() as u64);
        let earlier = Earlier(shown.entries.clone());
        let proof = self.index.append_proving(entries, time, &set, &earlier);
        let mut proof: UpdateProof = proof.unwrap();
        let mut head = IndexHead::parse(&proof.new.0).unwrap();
        lie(&mut head);
        proof.new.0 = head.to_bytes();
        shown.heads.push(head.to_bytes());
        shown.updates.push(proof.to_bytes());
        shown.entries.extend_from_slice(entries);
    }

    pub(crate) fn honest(&mut self, entries: &[SignedEntry]) {
        self.head(entries, |_| ());
    }

    /// A head from which a subject is left out.
    pub(crate) fn lie(&mut self, entries: &[SignedEntry]) {
        self.head(entries, |head| head.subjects = TrieRoot::new([3; 32]));
    }

    fn tree(&self) -> Tree {
        let shown = self.shown();
        Tree::from_leaves(shown.heads.iter().map(|head| leaf_hash(head))).unwrap()
    }

    /// Asks for a cosignature over the first `size` heads.
    pub(crate) fn ask(&self, old: u64, size: u64) -> AddCheckpoint {
        let (tree, old) = (self.tree(), TreeSize::new(old).unwrap());
        let size = TreeSize::new(size).unwrap();
        let root = tree.root_at(size).unwrap();
        let checkpoint = Checkpoint::new(index_origin(), size, root).unwrap();
        let proof = if old == TreeSize::ZERO {
            Vec::new()
        } else {
            tree.consistency(old, size).unwrap()
        };
        AddCheckpoint {
            old,
            proof,
            note: checkpoint.sign(&self.key).unwrap(),
        }
    }
}

struct Earlier(Vec<SignedEntry>);

impl EntrySource for Earlier {
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        let at = self.0.iter().position(|entry| entry.id() == id)?;
        Some((LeafIndex::new(at as u64).unwrap(), self.0[at].clone()))
    }

    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>> {
        let leaves = self.0.iter().map(|entry| leaf_hash(entry.bytes()));
        Tree::from_leaves(leaves)
            .unwrap()
            .inclusion(leaf, size)
            .ok()
    }
}

/// One request, one answer; whatever goes wrong is the test's to notice.
fn answer(mut stream: &TcpStream, shown: &Mutex<Shown>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    while lines.next().is_some_and(|line| !line.is_empty()) {}
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let body = served(shown, &path);
    let status = if body.is_some() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let body = body.unwrap_or_default();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let _ = stream.write_all(&[head.as_bytes(), &body].concat());
}

/// What stands at a path.
pub(crate) fn served(shown: &Mutex<Shown>, path: &str) -> Option<Vec<u8>> {
    let mut shown = shown.lock().unwrap();
    shown.asked.insert(path.to_owned());
    serve(&shown, path)
}

/// Fewer than 256 heads and leaves.
fn serve(shown: &Shown, path: &str) -> Option<Vec<u8>> {
    let heads: Vec<&[u8]> = shown.heads.iter().map(Vec::as_slice).collect();
    if let Some(width) = path.strip_prefix("/index/tile/0/000.p/") {
        let heads = heads.get(..width.parse().ok()?)?;
        let hashes = heads.iter().flat_map(|head| *leaf_hash(head).as_bytes());
        return Some(hashes.collect());
    }
    if let Some(width) = path.strip_prefix("/index/tile/entries/000.p/") {
        let heads = heads.get(..width.parse().ok()?)?;
        return encode_entries(heads.iter().copied()).ok();
    }
    if let Some(leaf) = path.strip_prefix("/index/update/") {
        let leaf: usize = leaf.parse().ok()?;
        return shown
            .updates
            .get(leaf)
            .filter(|_| leaf >= shown.updates_from)
            .cloned();
    }
    let width = path
        .strip_prefix("/tile/entries/000.p/")
        .filter(|_| shown.leaves)?;
    let entries = shown.entries.get(..width.parse().ok()?)?;
    encode_entries(entries.iter().map(SignedEntry::bytes)).ok()
}
