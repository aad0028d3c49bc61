//! A gateway in this process: it admits as every node does and lets nothing past the submission
//! door. It can be told to fall silent at a chosen moment.

use fairtrail::admission::{AdmissionError, AdmittedSet, Answer};
use fairtrail::api::{
    self, Batch, CheckAnswer, DraftMessage, FeedView, ProblemDetails, ReceiptEntry,
};
use fairtrail::charter::Charter;
use fairtrail::client::{Gateway, Request, Response, Transport, TransportError};
use fairtrail::door::{Door, DoorProblem};
use fairtrail::entry::SignedEntry;
use fairtrail::history::Revocations;
use fairtrail::id::{AuthorId, EntryId, GrantId};
use fairtrail::key::SecretKey;
use fairtrail::log::Promise;
use fairtrail::merkle::{LeafIndex, Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

const ORIGIN: &str = "ledger.example/coast/e1";

/// When the gateway falls silent, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Asked where the feed stands, before anything is signed.
    AtFeed,
    /// Before it takes the nth batch from now, the first being 0.
    BeforeTaking(usize),
    /// After it has taken the nth batch from now.
    AfterTaking(usize),
    /// It has too much to do, that many times.
    Overloaded(usize),
}

/// The node behind the gateway.
pub(crate) struct Node {
    pub(crate) set: AdmittedSet,
    pub(crate) entries: Vec<(SignedEntry, Vec<fairtrail::entry::Body>)>,
    pub(crate) silence: Option<Silence>,
    pub(crate) now: Timestamp,
    index: HashMap<EntryId, usize>,
    revocations: Revocations,
}

/// Reaches the node; copies reach the same one.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Mutex<Node>>);

enum Refused {
    Early(AdmissionError),
    Door(DoorProblem),
}

impl From<AdmissionError> for Refused {
    fn from(error: AdmissionError) -> Self {
        Self::Early(error)
    }
}

impl Wire {
    pub(crate) fn new(charter: Charter, now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Node {
            set: AdmittedSet::new(charter),
            entries: vec![],
            silence: None,
            now,
            index: HashMap::new(),
            revocations: Revocations::default(),
        })))
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::new(self.clone())
    }

    pub(crate) fn node(&self) -> MutexGuard<'_, Node> {
        self.0.lock().unwrap()
    }
}

impl Node {
    pub(crate) fn grants_to(&self, author: AuthorId) -> Vec<GrantId> {
        self.set.grants_to(author).to_vec()
    }

    fn answer(&mut self, request: &Request<'_>) -> Result<Option<(u16, Vec<u8>)>, TransportError> {
        let path = request.path;
        if let Some((_, bytes)) = request.content {
            return match path {
                "/v1/check" => Ok(Some(self.check(bytes))),
                _ => self.take(bytes).map(Some),
            };
        }
        if let Some(author) = path.strip_prefix("/v1/feeds/") {
            if self.silence == Some(Silence::AtFeed) {
                return self.fall_silent();
            }
            return Ok(Some(json(200, &self.feed(author.parse().unwrap()))));
        }
        if let Some(id) = path.strip_prefix("/v1/entries/") {
            let at = self.index.get(&id.parse().unwrap());
            return Ok(at.map(|at| (200, self.entries[*at].0.bytes().to_vec())));
        }
        Ok((path == "/v1/log").then(|| json(200, &self.info())))
    }

    fn fall_silent<T>(&mut self) -> Result<T, TransportError> {
        self.silence = None;
        let kind = std::io::ErrorKind::ConnectionReset;
        Err(TransportError::Io { kind })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(u16, Vec<u8>), TransportError> {
        match &mut self.silence {
            Some(Silence::BeforeTaking(0)) => return self.fall_silent(),
            Some(Silence::AfterTaking(0)) => {
                self.admit(bytes);
                return self.fall_silent();
            }
            Some(Silence::Overloaded(times)) if *times > 0 => {
                *times -= 1;
                return Ok(problem(Reason::Overloaded, 503, "later"));
            }
            Some(Silence::BeforeTaking(left) | Silence::AfterTaking(left)) => *left -= 1,
            _ => {}
        }
        Ok(self.admit(bytes))
    }

    fn admit(&mut self, bytes: &[u8]) -> (u16, Vec<u8>) {
        let batch = Batch::parse(bytes).unwrap();
        let entries: Vec<_> = batch.0.iter().map(|one| one.entry.clone()).collect();
        let known = |id: EntryId| {
            let at = self.index.get(&id)?;
            Some(self.entries[*at].0.header().subjects.clone())
        };
        let in_batch = |id| {
            let mut own = entries.iter();
            let own = own.find(|entry| entry.id() == id);
            own.map(|entry| entry.header().subjects.clone())
        };
        let answers = self.set.admit_all_through(&entries, |set, at| {
            let door = Door {
                set,
                revocations: &self.revocations,
                subjects_of: &|id| known(id).or_else(|| in_batch(id)),
                now: self.now,
            };
            let problems = door.check(&batch.0[at].entry, &batch.0[at].bodies);
            problems
                .into_iter()
                .next()
                .map_or(Ok(()), |one| Err(Refused::Door(one)))
        });
        match answers {
            Ok(answers) => json(202, &self.receipt(&batch, &answers)),
            Err((_, Refused::Early(error))) => problem(error.code(), 409, &error.to_string()),
            Err((_, Refused::Door(one))) => problem(one.reason, 422, &one.detail),
        }
    }

    fn receipt(&mut self, batch: &Batch, answers: &[Answer]) -> api::Receipt {
        let first = self.entries.len();
        let fresh = batch.0.iter().zip(answers);
        let fresh = fresh.filter(|(_, answer)| !matches!(answer, Answer::Known));
        let mut group = Tree::new();
        for (one, _) in fresh {
            group.append(leaf_hash(one.entry.bytes())).unwrap();
            self.index.insert(one.entry.id(), self.entries.len());
            self.entries.push((one.entry.clone(), one.bodies.clone()));
        }
        let entries = batch.0.iter().zip(answers).map(|(one, answer)| {
            let leaf = self.index[&one.entry.id()];
            let known = matches!(answer, Answer::Known);
            let position = (!known).then(|| u64::try_from(leaf - first).unwrap());
            let path = position.map(|at| LeafIndex::new(at).unwrap());
            let path = path.map(|at| group.inclusion(at, group.size()).unwrap());
            ReceiptEntry {
                id: one.entry.id(),
                leaf_index: u64::try_from(leaf).unwrap(),
                known,
                position,
                path: path
                    .unwrap_or_default()
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                proof: None,
            }
        });
        let entries = entries.collect();
        let count = group.size().get();
        let promise = (count > 0).then(|| {
            let first = LeafIndex::new(u64::try_from(first).unwrap()).unwrap();
            let by = self.now.date().plus_days(1).start();
            let origin = ORIGIN.parse().unwrap();
            let promise = Promise::new(origin, first, count, group.root(), by).unwrap();
            promise.sign(&promise_signer()).unwrap().to_string()
        });
        api::Receipt { entries, promise }
    }

    fn check(&self, bytes: &[u8]) -> (u16, Vec<u8>) {
        let draft = DraftMessage::parse(bytes).unwrap();
        let door = Door {
            set: &self.set,
            revocations: &self.revocations,
            subjects_of: &|id| {
                let at = self.index.get(&id)?;
                Some(self.entries[*at].0.header().subjects.clone())
            },
            now: self.now,
        };
        let problems = door.check_draft(&draft.header, &draft.bodies);
        let problems: Vec<_> = problems
            .into_iter()
            .map(|one| api::DraftProblem {
                reason: one.reason.as_str().into(),
                field: one.field.into(),
                detail: one.detail,
            })
            .collect();
        let acceptable = problems.is_empty();
        json(
            200,
            &CheckAnswer {
                acceptable,
                problems,
            },
        )
    }

    fn feed(&self, author: AuthorId) -> FeedView {
        let value = self.set.feed_value(author);
        FeedView {
            author,
            begun: value.is_some(),
            seq: value.as_ref().map(|value| value.seq),
            head: value.as_ref().map(|value| value.head),
            key_state: None,
            forked: false,
            grants: self.grants_to(author),
        }
    }

    fn info(&self) -> api::LogInfo {
        let log = NoteSigner::new(ORIGIN.parse().unwrap(), secret(11));
        let witness = Cosigner::new("ledger.example/coast/witness".parse().unwrap(), secret(13));
        api::LogInfo {
            origin: ORIGIN.into(),
            vkey: log.verifier().to_string(),
            promise_vkey: promise_signer().verifier().to_string(),
            witness_vkey: witness.verifier().to_string(),
            witnesses: vec![],
            index: None,
            network: self.set.charter().network(),
            size: 0,
            terms: "none".into(),
            contact: "nobody".into(),
        }
    }
}

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn promise_signer() -> NoteSigner {
    NoteSigner::new(format!("{ORIGIN}/promise").parse().unwrap(), secret(12))
}

fn json(status: u16, value: &impl serde::Serialize) -> (u16, Vec<u8>) {
    (status, serde_json::to_vec(value).unwrap())
}

fn problem(reason: Reason, status: u16, detail: &str) -> (u16, Vec<u8>) {
    json(status, &ProblemDetails::new(reason, status, detail))
}

impl Transport for Wire {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let answer = self.node().answer(request)?;
        let (status, body) = answer.unwrap_or_else(|| problem(Reason::NotFound, 404, "not here"));
        Ok(Response {
            status,
            retry_after: None,
            body,
        })
    }
}
