//! The honest gateway, and one that changes what it says.

use super::{FOUNDED, Ledger};
use fairtrail::api::{self, Batch, PartsPage, ProblemDetails, ReceiptEntry};
use fairtrail::client::{Gateway, Request, Response, Transport, TransportError};
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::log::{
    ArchiveLine, ArchiveList, Promise, TilePath, TlogProof, encode_entries, note_digest,
};
use fairtrail::merkle::{HashSource, LeafIndex, Node, Tree, TreeSize, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Serves the first `size` leaves of a log.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) ledger: Ledger,
    pub(crate) size: u64,
    pub(crate) stamp: u64,
    /// Sizes of the archived notes.
    pub(crate) archive: Vec<u64>,
    /// Bodies per answer.
    pub(crate) page: usize,
    /// What is said of parts that are not served; nothing where nobody is asked.
    pub(crate) withheld: Option<Vec<api::WithheldView>>,
}

impl Served {
    /// The whole log, its newest checkpoint an hour after the founding.
    pub(crate) fn new(ledger: &Ledger) -> Self {
        Self {
            ledger: ledger.clone(),
            size: ledger.size(),
            stamp: FOUNDED + 3_600,
            archive: vec![],
            page: 1_000,
            withheld: None,
        }
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::new(self.clone())
    }

    fn answer(&self, request: &Request<'_>) -> Option<(u16, Vec<u8>)> {
        let path = request.path;
        if let Some((_, bytes)) = request.content {
            return self.post(path, bytes, request.wait.is_some());
        }
        let ok = |bytes| Some((200, bytes));
        if let Ok(tile) = path[1..].parse::<TilePath>() {
            return self.tile(tile).map(|bytes| (200, bytes));
        }
        if let Some(size) = path.strip_prefix("/archive/") {
            let size = size
                .parse()
                .ok()
                .filter(|size| self.archive.contains(size))?;
            return ok(self.archived(size).into_bytes());
        }
        if let Some(query) = path.strip_prefix("/v1/parts?first=") {
            let (first, count) = query.split_once("&count=")?;
            return ok(self.parts(first.parse().ok()?, count.parse().ok()?));
        }
        if let Some(query) = path.strip_prefix("/v1/withheld?first=") {
            let (first, count) = query.split_once("&count=")?;
            let (first, count): (u64, u64) = (first.parse().ok()?, count.parse().ok()?);
            let page = api::WithheldPage {
                first,
                next: first + count,
                parts: self.withheld.clone()?,
            };
            return ok(serde_json::to_vec(&page).unwrap());
        }
        if let Some(id) = path.strip_prefix("/v1/entries/") {
            let named = |entry: &&SignedEntry| entry.id().to_string() == id;
            let entry = self.ledger.entries.iter().find(named)?;
            return ok(entry.bytes().to_vec());
        }
        match path {
            "/checkpoint" => ok(self.ledger.note(self.size, self.stamp).to_string().into()),
            "/archive" => ok(self.archive_list().to_string().into()),
            "/v1/charter" => ok(self.ledger.charter.bytes().to_vec()),
            "/v1/log" => ok(serde_json::to_vec(&self.info()).unwrap()),
            _ => None,
        }
    }

    fn post(&self, path: &str, bytes: &[u8], wait: bool) -> Option<(u16, Vec<u8>)> {
        let batch = Batch::parse(bytes).ok().filter(|_| path == "/v1/entries")?;
        let receipt = self.receipt(&batch, wait);
        let status = match (wait, &receipt.promise) {
            (true, _) => 201,
            (false, Some(_)) => 202,
            (false, None) => 200,
        };
        Some((status, serde_json::to_vec(&receipt).unwrap()))
    }

    /// Promises what is new in the batch, behind two entries of somebody else.
    fn receipt(&self, batch: &Batch, wait: bool) -> api::Receipt {
        let known = |id| {
            self.ledger
                .entries
                .iter()
                .position(|entry| entry.id() == id)
        };
        let fresh: Vec<_> = batch
            .0
            .iter()
            .filter(|one| known(one.entry.id()).is_none())
            .collect();
        let others = [leaf_hash(b"other"), leaf_hash(b"another")];
        let own = fresh.iter().map(|one| leaf_hash(one.entry.bytes()));
        let group = Tree::from_leaves(others.into_iter().chain(own.clone())).unwrap();
        let mut log = self.ledger.tree().clone();
        others
            .into_iter()
            .chain(own)
            .for_each(|leaf| log.append(leaf).unwrap());
        let first = LeafIndex::new(self.ledger.size()).unwrap();
        let by = Timestamp::new(FOUNDED + 9_999).unwrap();
        let count = group.size().get();
        let promise = Promise::new(Ledger::origin(), first, count, group.root(), by).unwrap();
        let note = self.log_note(&log);
        let mut next = 2;
        let entries = batch.0.iter().map(|one| {
            let id = one.entry.id();
            let place = known(id);
            let position = place.is_none().then_some(next);
            next += u64::from(place.is_none());
            let leaf = place.map_or_else(|| first.get() + position.unwrap(), |at| at as u64);
            let path = position.map_or_else(Vec::new, |position| {
                group
                    .inclusion(LeafIndex::new(position).unwrap(), group.size())
                    .unwrap()
            });
            let index = LeafIndex::new(leaf).unwrap();
            let shown = log.inclusion(index, log.size()).unwrap();
            let proof = TlogProof::new(vec![], index, shown, note.clone()).unwrap();
            ReceiptEntry {
                id,
                leaf_index: leaf,
                known: place.is_some(),
                position,
                path: path.iter().map(ToString::to_string).collect(),
                proof: wait.then(|| proof.to_string()),
            }
        });
        let entries = entries.collect();
        let promise = promise.sign(&Ledger::promise_signer()).unwrap().to_string();
        api::Receipt {
            entries,
            promise: (!fresh.is_empty()).then_some(promise),
        }
    }

    fn log_note(&self, log: &Tree) -> fairtrail::note::Note {
        let checkpoint =
            fairtrail::log::Checkpoint::new(Ledger::origin(), log.size(), log.root()).unwrap();
        let note = checkpoint.sign(&self.ledger.log_signer()).unwrap();
        let line = Ledger::witness().cosign(note.text(), self.stamp).unwrap();
        note.with(line).unwrap()
    }

    fn info(&self) -> api::LogInfo {
        api::LogInfo {
            origin: super::ORIGIN.into(),
            vkey: self.ledger.log_signer().verifier().to_string(),
            promise_vkey: Ledger::promise_signer().verifier().to_string(),
            witness_vkey: Ledger::own_witness().verifier().to_string(),
            witnesses: vec![],
            index: Some(Ledger::index_info()),
            network: self.ledger.charter.network(),
            size: self.size,
            terms: "none".into(),
            contact: "nobody".into(),
        }
    }

    fn tile(&self, path: TilePath) -> Option<Vec<u8>> {
        let size = TreeSize::new(self.size).unwrap();
        match path {
            TilePath::Entries(at) if at.is_part_of(size) => {
                let first = usize::try_from(at.first_leaf()).unwrap();
                let entries = &self.ledger.entries[first..first + usize::from(at.width())];
                Some(encode_entries(entries.iter().map(SignedEntry::bytes)).unwrap())
            }
            TilePath::Hashes(tile) if tile.is_part_of(size) => {
                let first = tile.index() * 256;
                let places = first..first + u64::from(tile.width());
                let node = |index| Node::new(tile.level() * 8, index).unwrap();
                let hash = |index| self.ledger.tree().node(node(index)).unwrap();
                Some(places.flat_map(|index| *hash(index).as_bytes()).collect())
            }
            _ => None,
        }
    }

    fn archived(&self, size: u64) -> String {
        self.ledger.note(size, FOUNDED + size).to_string()
    }

    fn archive_list(&self) -> ArchiveList {
        let mut list = ArchiveList::new();
        for size in &self.archive {
            let digest = note_digest(self.archived(*size).as_bytes());
            let size = TreeSize::new(*size).unwrap();
            list.push(ArchiveLine { size, digest }).unwrap();
        }
        list
    }

    fn parts(&self, first: u64, count: u64) -> Vec<u8> {
        let end = (first + count).min(self.size);
        let mut parts = BTreeMap::new();
        let mut next = first;
        while next < end && (next == first || parts.len() < self.page) {
            let bodies: &[Body] = &self.ledger.bodies[usize::try_from(next).unwrap()];
            parts.extend(bodies.iter().map(|body| (body.digest(), body.clone())));
            next += 1;
        }
        let parts = parts.into_iter().collect();
        PartsPage { first, next, parts }.to_bytes()
    }
}

impl Transport for Served {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let (status, body) = self.answer(request).unwrap_or_else(|| {
            let problem = ProblemDetails::new(Reason::NotFound, 404, "not here");
            (404, serde_json::to_vec(&problem).unwrap())
        });
        Ok(Response {
            status,
            retry_after: None,
            body,
        })
    }
}

/// Answers that were given before: quicker than making them again.
#[derive(Clone)]
pub(crate) struct Recorded(pub(crate) Arc<BTreeMap<String, Vec<u8>>>);

impl Transport for Recorded {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let body = self.0.get(request.path);
        Ok(Response {
            status: if body.is_some() { 200 } else { 404 },
            retry_after: None,
            body: body.cloned().unwrap_or_default(),
        })
    }
}

type Change = dyn Fn(&str, Response) -> Result<Response, TransportError> + Send + Sync;

/// A gateway that changes what another one says, and remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Changed {
    inner: Arc<dyn Transport>,
    change: Arc<Change>,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Changed {
    pub(crate) fn new(
        inner: impl Transport + 'static,
        change: impl Fn(&str, Response) -> Result<Response, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            inner: Arc::new(inner),
            change: Arc::new(change),
            asked: Arc::default(),
        }
    }

    /// Changes the content of one answer.
    pub(crate) fn body(
        inner: impl Transport + 'static,
        path: &str,
        change: impl Fn(&mut Vec<u8>) + Send + Sync + 'static,
    ) -> Self {
        let path = path.to_owned();
        Self::new(inner, move |asked, mut response| {
            if asked == path {
                change(&mut response.body);
            }
            Ok(response)
        })
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::new(self.clone())
    }
}

impl Transport for Changed {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        self.asked.lock().unwrap().push(request.path.to_owned());
        (self.change)(request.path, self.inner.request(request)?)
    }
}
