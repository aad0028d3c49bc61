//! A log of one entry that answers as a test wants it to.

use axum::body::Bytes;
use fairtrail::api::{
    Batch, CheckAnswer, DraftMessage, DraftProblem, FeedView, HistoryItem, HistoryPage, LeafNotice,
    LogInfo, PartsPage, Receipt, ReceiptEntry, Submission, WithheldPage, WithheldView,
};
use fairtrail::bundle::Question;
use fairtrail::entry::{Body, Draft, SignedEntry};
use fairtrail::id::{AuthorId, EntryId, NetworkId, PartDigest};
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, EntryTile, Tile, encode_entries};
use fairtrail::merkle::{LeafIndex, Root, TreeSize, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use fairtrail_node::http::{LogService, Submitting};
use fairtrail_node::service::{
    Acknowledged, ChangesPage, Health, Published, ReadError, StoredEntry, SubmitError, Submitted,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

pub(crate) const NOTE: &str = "ledger.example/coast/e1\n1\n";
pub(crate) const CHARTER: &[u8] = b"charter";
pub(crate) const WITHHELD: PartDigest = PartDigest::new([5; 32]);

/// What the log does instead of answering.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Fault {
    #[default]
    None,
    Read(ReadError),
    Panic,
    Slow(Duration),
}

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) fault: Fault,
    /// The answer to every submission, if it is not the ordinary one.
    pub(crate) submitted: Option<Result<Submitted, SubmitError>>,
    pub(crate) halted: Option<Reason>,
    pub(crate) stopped: bool,
    /// Bytes of each entry bundle, when it is not the one of the log.
    pub(crate) bundle: Option<usize>,
    pub(crate) known: Mutex<BTreeSet<EntryId>>,
    /// What is published, where somebody may follow it.
    pub(crate) published: Option<watch::Receiver<Arc<Published>>>,
}

pub(crate) fn entry_of(seed: u8) -> SignedEntry {
    let key = SecretKey::from_seed([seed; 32]);
    let now = Timestamp::new(1_790_000_000).unwrap();
    Draft::begin(network(), &key, key.public().next_digest(), now).unwrap()
}

pub(crate) fn entry() -> SignedEntry {
    entry_of(1)
}

pub(crate) const fn network() -> NetworkId {
    NetworkId::new([9; 32])
}

pub(crate) fn body() -> Body {
    Body {
        salt: [1; 16],
        bytes: vec![1, 2, 3],
    }
}

pub(crate) fn batch(seeds: &[u8]) -> Vec<u8> {
    let submission = |seed: &u8| Submission {
        entry: entry_of(*seed),
        bodies: vec![],
    };
    Batch(seeds.iter().map(submission).collect()).to_bytes()
}

/// A checkpoint of so many leaves; every leaf is the one entry.
pub(crate) fn published(size: u64) -> Arc<Published> {
    let origin = "ledger.example/coast/e1".parse().unwrap();
    let size = TreeSize::new(size).unwrap();
    let root = Root::from_bytes(*leaf_hash(entry().bytes()).as_bytes());
    let checkpoint = Checkpoint::new(origin, size, root).unwrap();
    let time = Timestamp::new(1_790_000_000).unwrap();
    Arc::new(Published::new(checkpoint, NOTE.into(), time))
}

impl Fake {
    pub(crate) fn failing(fault: Fault) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    pub(crate) fn answering(answer: Result<Submitted, SubmitError>) -> Self {
        Self {
            submitted: Some(answer),
            ..Self::default()
        }
    }

    pub(crate) fn refusing(reason: Reason) -> Self {
        Self::answering(Err(SubmitError::of(reason, "because")))
    }

    fn work(&self) -> Result<(), ReadError> {
        match &self.fault {
            Fault::None => Ok(()),
            Fault::Read(error) => Err(error.clone()),
            Fault::Panic => panic!("a defect that quotes lei:999900DEMO0000000152"),
            Fault::Slow(time) => {
                std::thread::sleep(*time);
                Ok(())
            }
        }
    }

    fn receipt(&self, batch: &Batch, wait: Option<Duration>) -> Submitted {
        let mut known = self.known.lock().unwrap();
        let mut fresh = 0;
        let entry = |submission: &Submission| {
            let id = submission.entry.id();
            let new = known.insert(id);
            fresh += u64::from(new);
            ReceiptEntry {
                id,
                leaf_index: 0,
                known: !new,
                position: new.then(|| fresh - 1),
                path: vec![],
                proof: wait.map(|_| "proof".into()),
            }
        };
        let entries = batch.0.iter().map(entry).collect();
        let acknowledged = match (fresh, wait) {
            (0, _) => Acknowledged::Known,
            (_, None) => Acknowledged::Promised,
            (_, Some(_)) => Acknowledged::Published,
        };
        let promise = (fresh > 0).then(|| "promise".into());
        Submitted {
            receipt: Receipt { entries, promise },
            acknowledged,
        }
    }
}

impl LogService for Fake {
    fn submit(&self, batch: Batch, wait: Option<Duration>) -> Submitting<'_> {
        Box::pin(async move {
            if let Fault::Slow(time) = self.fault {
                tokio::time::sleep(time).await;
            }
            match &self.submitted {
                Some(answer) => answer.clone(),
                None => Ok(self.receipt(&batch, wait)),
            }
        })
    }

    fn check(&self, _: &DraftMessage) -> CheckAnswer {
        let problems = vec![DraftProblem {
            reason: "claim-missing".into(),
            field: "parts".into(),
            detail: "the claim was not sent".into(),
        }];
        CheckAnswer {
            acceptable: false,
            problems,
        }
    }

    fn checkpoint(&self) -> Arc<Published> {
        published(1)
    }

    fn published(&self) -> Option<watch::Receiver<Arc<Published>>> {
        self.published.clone()
    }

    fn changes(
        &self,
        first: u64,
        subjects: &BTreeSet<SubjectId>,
    ) -> Result<ChangesPage, ReadError> {
        self.work()?;
        let size = self.published.as_ref().unwrap().borrow().size().get();
        let next = size.min(first + 64);
        let about = |leaf: u64| {
            let subject: SubjectId = format!("gln:{}", leaf % 3).parse().unwrap();
            (subjects.is_empty() || subjects.contains(&subject)).then(|| LeafNotice {
                leaf_index: leaf,
                id: entry().id(),
                kind: "finding".into(),
                author: entry().author(),
                subjects: vec![subject],
            })
        };
        Ok(ChangesPage {
            leaves: (first..next).filter_map(about).collect(),
            next,
            size,
        })
    }

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        self.work()?;
        let there = tile == Tile::new(0, 0, 1).unwrap();
        there.then(|| vec![7; 32]).ok_or(ReadError::NotFound)
    }

    fn entries(&self, tile: EntryTile) -> Result<Vec<u8>, ReadError> {
        self.work()?;
        if let Some(len) = self.bundle {
            return Ok(vec![1; len]);
        }
        let there = tile == EntryTile::new(0, 1).unwrap();
        let bundle = || encode_entries([entry().bytes()]).unwrap();
        there.then(bundle).ok_or(ReadError::NotFound)
    }

    fn archive(&self) -> String {
        "1 digest\n".into()
    }

    fn archived(&self, size: TreeSize) -> Result<Vec<u8>, ReadError> {
        self.work()?;
        let there = size.get() == 1;
        there.then(|| NOTE.into()).ok_or(ReadError::NotFound)
    }

    fn entry(&self, id: EntryId) -> Result<StoredEntry, ReadError> {
        self.work()?;
        let entry = entry();
        let leaf_index = LeafIndex::new(0).unwrap();
        if entry.id() == id {
            Ok(StoredEntry { entry, leaf_index })
        } else {
            Err(ReadError::NotFound)
        }
    }

    fn proof(&self, id: EntryId) -> Result<String, ReadError> {
        let stored = self.entry(id)?;
        Ok(format!(
            "c2sp.org/tlog-proof@v1\nindex {}\n",
            stored.leaf_index.get()
        ))
    }

    fn withheld(&self, _: &StoredEntry) -> Result<Vec<WithheldView>, ReadError> {
        Ok(Vec::new())
    }

    fn withheld_of(&self, first: u64, count: u64) -> Result<WithheldPage, ReadError> {
        self.work()?;
        if first > 0 {
            return Err(ReadError::NotFound);
        }
        Ok(WithheldPage {
            first,
            next: first + count,
            parts: vec![fairtrail::api::WithheldView {
                part: body().digest(),
                reason: "withheld".into(),
                ground: None,
            }],
        })
    }

    fn part(&self, digest: PartDigest) -> Result<Body, ReadError> {
        self.work()?;
        if digest == body().digest() {
            Ok(body())
        } else if digest == WITHHELD {
            Err(ReadError::Withheld { refused: false })
        } else {
            Err(ReadError::NotFound)
        }
    }

    fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ReadError> {
        self.work()?;
        let parts = vec![(body().digest(), body())];
        let next = first + count;
        let page = PartsPage { first, next, parts };
        (first == 0).then_some(page).ok_or(ReadError::NotFound)
    }

    fn bundle(&self, _: &Question) -> Result<Bytes, ReadError> {
        self.work()?;
        Ok(Bytes::from_static(&[0xa0]))
    }

    fn history(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<HistoryPage, ReadError> {
        self.work()?;
        let item = HistoryItem {
            id: entry().id(),
            leaf_index: 0,
            kind: "finding".into(),
            author: AuthorId::new([3; 32]),
            withheld: Vec::new(),
        };
        Ok(HistoryPage {
            subject: subject.clone(),
            origin: "ledger.example/coast/e1".into(),
            size: 1,
            items: if after.is_some() { vec![] } else { vec![item] },
            next: u64::try_from(limit).ok(),
        })
    }

    fn feed(&self, author: AuthorId) -> FeedView {
        FeedView {
            author,
            begun: true,
            seq: Some(u64::try_from(self.known.lock().unwrap().len()).unwrap()),
            head: Some(entry().id()),
            key_state: None,
            forked: false,
            grants: vec![],
        }
    }

    fn log_info(&self) -> LogInfo {
        LogInfo {
            origin: "ledger.example/coast/e1".into(),
            vkey: "vkey".into(),
            promise_vkey: "promise".into(),
            witness_vkey: "witness".into(),
            witnesses: vec![],
            index: None,
            network: network(),
            size: 1,
            terms: "terms".into(),
            contact: "contact".into(),
        }
    }

    fn charter(&self) -> Vec<u8> {
        CHARTER.into()
    }

    fn health(&self) -> Health {
        Health {
            admitted: 1,
            published: 1,
            published_at: Timestamp::new(1_790_000_000).unwrap(),
            halted: self.halted,
            index: None,
            index_halted: None,
            stopped: self.stopped,
            refused_indexes: 0,
        }
    }
}
