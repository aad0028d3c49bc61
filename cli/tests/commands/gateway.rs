//! A gateway in memory: real admission and the real submission door, no socket and no disk.

use fairtrail::admission::{AdmittedSet, Answer};
use fairtrail::api::{
    Batch, CheckAnswer, DraftMessage, DraftProblem, FeedView, HistoryItem, HistoryPage, LogInfo,
    ProblemDetails, Receipt, ReceiptEntry,
};
use fairtrail::charter::Charter;
use fairtrail::client::{Request, Response, Transport, TransportError};
use fairtrail::door::{Door, DoorProblem};
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::history::{Revocations, Times};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::key::SecretKey;
use fairtrail::log::encode_entries;
use fairtrail::log::{Origin, Promise};
use fairtrail::merkle::{LeafIndex, Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use serde::Serialize;
use std::sync::{Arc, Mutex};

/// Entries of a feed in one answer: few, so that several are needed.
const RUN: usize = 3;

/// A gateway in memory; clones share it.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Mutex<State>>);

struct State {
    set: AdmittedSet,
    revocations: Revocations,
    entries: Vec<SignedEntry>,
    now: Timestamp,
    /// Bytes of every batch that reached the gateway.
    offered: Vec<Vec<u8>>,
    /// Resources that were asked for.
    asked: Vec<String>,
    down: bool,
    promise_seed: u8,
}

type Said = (u16, Vec<u8>);

impl Ledger {
    pub(crate) fn new(charter: Charter, now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(State {
            set: AdmittedSet::new(charter),
            revocations: Revocations::default(),
            entries: Vec::new(),
            now,
            offered: Vec::new(),
            asked: Vec::new(),
            down: false,
            promise_seed: 102,
        })))
    }

    /// Takes up everything that another one holds.
    pub(crate) fn follow(&self, other: &Self) {
        let entries = other.0.lock().unwrap().entries.clone();
        let mut state = self.0.lock().unwrap();
        for entry in entries {
            let answers = state.set.admit_all(std::slice::from_ref(&entry)).unwrap();
            if matches!(answers[0], Answer::Admitted { .. }) {
                state.append(&entry);
            }
        }
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    /// As if the log had another promise key from now on.
    pub(crate) fn change_keys(&self) {
        self.0.lock().unwrap().promise_seed = 110;
    }

    pub(crate) fn offered(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().offered.clone()
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().entries.len()
    }

    /// Kinds in log order.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let kinds = state
            .entries
            .iter()
            .map(|entry| entry.header().kind.to_string());
        kinds.collect()
    }

    pub(crate) fn entry(&self, index: usize) -> SignedEntry {
        self.0.lock().unwrap().entries[index].clone()
    }
}

impl Transport for Ledger {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let mut state = self.0.lock().unwrap();
        let refused = std::io::ErrorKind::ConnectionRefused;
        if let Some((_, bytes)) = request.content.filter(|_| request.path == "/v1/entries") {
            state.offered.push(bytes.to_vec());
        }
        if request.content.is_none() {
            state.asked.push(request.path.to_owned());
        }
        if state.down {
            return Err(TransportError::Io { kind: refused });
        }
        let (status, body) = match request.content {
            Some((_, bytes)) => state.post(request.path, bytes),
            None => state.get(request.path),
        };
        let retry_after = None;
        Ok(Response {
            status,
            retry_after,
            body,
        })
    }
}

fn json<T: Serialize>(status: u16, value: &T) -> Said {
    (status, serde_json::to_vec(value).unwrap())
}

fn problem(reason: Reason, status: u16, detail: &str, position: Option<usize>) -> Said {
    let mut problem = ProblemDetails::new(reason, status, detail);
    problem.position = position;
    json(status, &problem)
}

impl State {
    fn post(&mut self, path: &str, bytes: &[u8]) -> Said {
        match path {
            "/v1/entries" => self.submit(&Batch::parse(bytes).unwrap()),
            "/v1/check" => {
                let draft = DraftMessage::parse(bytes).unwrap();
                let problems = self.door(|door| door.check_draft(&draft.header, &draft.bodies));
                let problem = |problem: DoorProblem| DraftProblem {
                    reason: problem.reason.to_string(),
                    field: problem.field.into(),
                    detail: problem.detail,
                };
                let acceptable = problems.is_empty();
                let problems = problems.into_iter().map(problem).collect();
                json(
                    200,
                    &CheckAnswer {
                        acceptable,
                        problems,
                    },
                )
            }
            other => panic!("{other}"),
        }
    }

    fn get(&self, path: &str) -> Said {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let segments: Vec<_> = path.trim_start_matches('/').split('/').collect();
        match segments.as_slice() {
            ["v1", "log"] => json(200, &self.info()),
            ["v1", "charter"] => (200, self.set.charter().bytes().to_vec()),
            ["v1", "feeds", author] => json(200, &self.feed(author.parse().unwrap())),
            ["v1", "entries", id] => self.one(id.parse().unwrap()),
            ["v1", "entries", id, "feed"] => self.down_from(id.parse().unwrap()),
            ["v1", "subjects", subject, "history"] => {
                let subject = subject.replace("%3A", ":").parse().unwrap();
                json(200, &self.history(&subject, query))
            }
            other => panic!("{other:?}"),
        }
    }

    fn door<T>(&self, ask: impl FnOnce(&Door<'_>) -> T) -> T {
        let subjects_of = |id: EntryId| {
            let found = self.entries.iter().find(|entry| entry.id() == id);
            found.map(|entry| entry.header().subjects.clone())
        };
        ask(&Door {
            set: &self.set,
            revocations: &self.revocations,
            subjects_of: &subjects_of,
            now: self.now,
        })
    }

    fn submit(&mut self, batch: &Batch) -> Said {
        let first = self.entries.len() as u64;
        let entries: Vec<_> = batch.0.iter().map(|one| one.entry.clone()).collect();
        for (at, one) in batch.0.iter().enumerate() {
            let known = self.set.contains(one.entry.id());
            if let Some(refused) = self.refused(&one.entry, &one.bodies).filter(|_| !known) {
                return problem(refused.reason, 422, &refused.detail, Some(at));
            }
        }
        let answers = match self.set.admit_all(&entries) {
            Ok(answers) => answers,
            Err((at, error)) => {
                let status = if error.waits_for().is_some() {
                    409
                } else {
                    403
                };
                return problem(error.code(), status, &error.to_string(), Some(at));
            }
        };
        for (entry, answer) in entries.iter().zip(&answers) {
            if matches!(answer, Answer::Admitted { .. }) {
                self.append(entry);
            }
        }
        json(202, &self.receipt(&entries, first))
    }

    /// The door looks at an entry's content only once its standing is known.
    fn refused(&self, entry: &SignedEntry, bodies: &[Body]) -> Option<DoorProblem> {
        self.door(|door| door.check(entry, bodies))
            .into_iter()
            .next()
    }

    fn append(&mut self, entry: &SignedEntry) {
        let times = Times {
            claimed: self.now,
            not_before: None,
            not_after: Some(self.now),
        };
        self.revocations.observe(&self.set, entry, times, true);
        self.entries.push(entry.clone());
    }

    fn receipt(&self, entries: &[SignedEntry], first: u64) -> Receipt {
        let fresh = &self.entries[usize::try_from(first).unwrap()..];
        let tree = Tree::from_leaves(fresh.iter().map(|entry| leaf_hash(entry.bytes()))).unwrap();
        let line = |entry: &SignedEntry| {
            let at = self
                .entries
                .iter()
                .position(|known| known.id() == entry.id());
            let leaf_index = at.unwrap() as u64;
            let known = leaf_index < first;
            let position = (!known).then(|| leaf_index - first);
            let path = position.map_or_else(Vec::new, |position| {
                let index = LeafIndex::new(position).unwrap();
                tree.inclusion(index, tree.size()).unwrap()
            });
            ReceiptEntry {
                id: entry.id(),
                leaf_index,
                known,
                position,
                path: path.iter().map(ToString::to_string).collect(),
                proof: None,
            }
        };
        let promise = (!fresh.is_empty()).then(|| {
            let first = LeafIndex::new(first).unwrap();
            let count = fresh.len() as u64;
            let promise = Promise::new(origin(), first, count, tree.root(), self.now).unwrap();
            promise.sign(&self.promise_signer()).unwrap().to_string()
        });
        Receipt {
            entries: entries.iter().map(line).collect(),
            promise,
        }
    }

    fn one(&self, id: EntryId) -> Said {
        match self.entries.iter().find(|entry| entry.id() == id) {
            Some(entry) => (200, entry.bytes().to_vec()),
            None => problem(Reason::NotFound, 404, "no such entry", None),
        }
    }

    /// A few entries of a feed, from one of them down.
    fn down_from(&self, id: EntryId) -> Said {
        let (mut entries, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next.filter(|_| entries.len() < RUN) {
            let Some(entry) = self.entries.iter().find(|entry| entry.id() == id) else {
                return problem(Reason::NotFound, 404, "no such entry", None);
            };
            next = entry.header().prev;
            entries.push(entry.bytes());
        }
        (200, encode_entries(entries).unwrap())
    }

    fn feed(&self, author: AuthorId) -> FeedView {
        let value = self.set.feed_value(author);
        FeedView {
            author,
            begun: value.is_some(),
            seq: value.as_ref().map(|value| value.seq),
            head: value.as_ref().map(|value| value.head),
            key_state: value.as_ref().map(|value| value.key_state),
            forked: value.is_some_and(|value| value.fork.is_some()),
            grants: self.set.grants_to(author).to_vec(),
        }
    }

    fn history(&self, subject: &SubjectId, query: &str) -> HistoryPage {
        let after = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("after="));
        let after: Option<usize> = after.map(|after| after.parse().unwrap());
        let all = self
            .entries
            .iter()
            .enumerate()
            .skip(after.map_or(0, |after| after + 1));
        let named = all.filter(|(_, entry)| entry.header().subjects.contains(subject));
        let item = |(at, entry): (usize, &SignedEntry)| HistoryItem {
            id: entry.id(),
            leaf_index: at as u64,
            kind: entry.header().kind.to_string(),
            author: entry.author(),
            withheld: Vec::new(),
        };
        // Two at a time, so that callers have to turn pages.
        let items: Vec<_> = named.map(item).take(2).collect();
        let next = (items.len() == 2).then(|| items[1].leaf_index);
        HistoryPage {
            subject: subject.clone(),
            origin: origin().to_string(),
            size: self.entries.len() as u64,
            items,
            next,
        }
    }

    fn promise_signer(&self) -> NoteSigner {
        let name = origin().promise_key_name().unwrap();
        NoteSigner::new(name, SecretKey::from_seed([self.promise_seed; 32]))
    }

    fn info(&self) -> LogInfo {
        let name = origin().key_name().unwrap();
        let log = NoteSigner::new(name.clone(), SecretKey::from_seed([101; 32]));
        let witness = Cosigner::new(name, SecretKey::from_seed([103; 32]));
        LogInfo {
            origin: origin().to_string(),
            vkey: log.verifier().to_string(),
            promise_vkey: self.promise_signer().verifier().to_string(),
            witness_vkey: witness.verifier().to_string(),
            witnesses: vec![],
            index: None,
            network: self.set.charter().network(),
            size: self.entries.len() as u64,
            terms: "terms".into(),
            contact: "contact".into(),
        }
    }
}

fn origin() -> Origin {
    "log.example/test/e1".parse().unwrap()
}
