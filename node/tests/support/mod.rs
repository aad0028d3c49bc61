//! A small network with one root, and a log in a temporary directory.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

pub(crate) mod network;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fairtrail::api::{Batch, IndexInfo, LogInfo, Submission};
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{
    Body, Draft, Grant, NetworkClaim, Pair, PartErase, Position, Pulse, Role, ScopeItem,
    SignedEntry,
};
use fairtrail::id::{AuthorId, EntryId, GrantId, PartDigest};
use fairtrail::key::SecretKey;
use fairtrail::log::{Origin, TlogPolicy};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::time::{Date, Timestamp};
use fairtrail_node::asking::Plan;
use fairtrail_node::clock::Clock;
use fairtrail_node::ledger::{self, Keys, Ledger, LedgerError, Setup};
use fairtrail_node::service::{Service, SubmitError, Submitted};

pub(crate) const FOUNDED: u64 = 1_790_000_000;
pub(crate) const ORIGIN: &str = "log.example/one/e1";

pub(crate) fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

pub(crate) fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn pair(seed: u8) -> Pair {
    Pair {
        key: secret(seed).public().id(),
        next: secret(seed + 100).public().next_digest(),
    }
}

/// The root signs with key 1, the reply desk with key 4.
pub(crate) fn charter() -> Charter {
    let mut roles: Vec<String> = Role::ALL.iter().map(ToString::to_string).collect();
    roles.sort();
    Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "Test network".into(),
        roots: vec![pair(1)],
        threshold: 1,
        reply_desks: vec![pair(4)],
        roles,
        terms: "none".into(),
        contact: "nobody".into(),
        licence: "none".into(),
        envelope: 1,
    })
    .unwrap()
}

/// Writes one feed.
#[derive(Clone)]
pub(crate) struct Feed {
    pub(crate) key: u8,
    pub(crate) author: AuthorId,
    pub(crate) grant: Option<GrantId>,
    pub(crate) last: EntryId,
    pub(crate) seq: u64,
    pub(crate) begin: SignedEntry,
}

impl Feed {
    fn begin(key: u8, issued_at: Timestamp) -> Self {
        let next = secret(key + 100).public().next_digest();
        let begin = Draft::begin(charter().network(), &secret(key), next, issued_at).unwrap();
        Self {
            key,
            author: begin.author(),
            grant: None,
            last: begin.id(),
            seq: 0,
            begin,
        }
    }

    pub(crate) fn root() -> Self {
        Self::begin(1, at(0))
    }

    /// An author that waits for a grant.
    pub(crate) fn author(key: u8) -> Self {
        Self::begin(key, at(10))
    }

    pub(crate) fn sign(&mut self, draft: &Draft) -> SignedEntry {
        let position = Position {
            network: charter().network(),
            feed: self.author,
            seq: self.seq + 1,
            prev: self.last,
            grant: self.grant,
        };
        let entry = draft.sign(&position, &secret(self.key)).unwrap();
        self.last = entry.id();
        self.seq += 1;
        entry
    }

    pub(crate) fn network(&mut self, claim: NetworkClaim) -> SignedEntry {
        let draft = Draft::network(claim, self.author, at(20));
        self.sign(&draft)
    }

    /// Asks for a part of an entry to be erased.
    pub(crate) fn erase(&mut self, of: &SignedEntry, part: PartDigest) -> SignedEntry {
        self.network(NetworkClaim::Erase(PartErase {
            entry: of.id(),
            part,
            author: of.author(),
            reason: "request".into(),
        }))
    }

    pub(crate) fn pulse(&mut self) -> SignedEntry {
        self.network(NetworkClaim::Pulse(Pulse {}))
    }

    pub(crate) fn pulses(&mut self, count: usize) -> Vec<SignedEntry> {
        (0..count).map(|_| self.pulse()).collect()
    }

    /// Grants `to` the role of an auditor for any date; the author notes it.
    pub(crate) fn grant(&mut self, to: &mut Self) -> SignedEntry {
        let entry = self.network(NetworkClaim::Grant(Grant {
            to: to.author,
            role: Role::Auditor,
            scope: vec![ScopeItem::parse("lei:*").unwrap()],
            from: Date::from_days(0).unwrap(),
            to_date: Date::from_days(100_000).unwrap(),
            may_delegate: Vec::new(),
            succeeds: None,
        }));
        let claim = entry.header().claim.as_ref().unwrap();
        let set = fairtrail::admission::AdmittedSet::new(charter());
        to.grant = Some(set.act_id("grant", claim.as_bytes()).into());
        entry
    }

    /// A statement of a kind that no door here takes, with a text for people.
    pub(crate) fn say(&mut self, salt: u8) -> Submission {
        let body = |bytes: &[u8]| Body {
            salt: [salt; 16],
            bytes: bytes.to_vec(),
        };
        let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
        let kind = "weather.seen".parse().unwrap();
        let public = fairtrail::entry::Audience::Public;
        let draft = Draft::statement(kind, subjects, body(&[0xa1, 1, 1]), at(30)).with_text(
            "text/plain",
            public,
            body(b"what was seen"),
        );
        let entry = self.sign(&draft);
        let bodies = draft.bodies();
        Submission { entry, bodies }
    }
}

pub(crate) fn batch(entries: &[SignedEntry]) -> Batch {
    let bare = |entry: &SignedEntry| Submission {
        entry: entry.clone(),
        bodies: Vec::new(),
    };
    Batch(entries.iter().map(bare).collect())
}

/// A log in a directory of its own.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) data: PathBuf,
    pub(crate) guard: PathBuf,
    pub(crate) time: Arc<AtomicU64>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self::bare();
        let origin: Origin = ORIGIN.parse().unwrap();
        ledger::create(&place.data, &place.guard, &origin).unwrap();
        place
    }

    fn bare() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (data, guard) = (dir.path().join("data"), dir.path().join("guard"));
        let time = Arc::new(AtomicU64::new(FOUNDED + 1_000));
        Self {
            dir,
            data,
            guard,
            time,
        }
    }

    pub(crate) fn open(&self) -> Result<Running, LedgerError> {
        self.open_at(&self.data)
    }

    /// Opens the log with another setup.
    pub(crate) fn open_with(
        &self,
        change: impl FnOnce(&mut Setup),
    ) -> Result<Running, LedgerError> {
        let mut setup = setup(&self.data, &self.guard, ticking(&self.time));
        change(&mut setup);
        Ok(Running::of(Ledger::open(setup)?))
    }

    pub(crate) fn open_at(&self, data: &Path) -> Result<Running, LedgerError> {
        Ok(Running::of(Ledger::open(setup(
            data,
            &self.guard,
            ticking(&self.time),
        ))?))
    }
}

/// A clock on which a second passes whenever it is looked at.
pub(crate) fn ticking(time: &Arc<AtomicU64>) -> Clock {
    let time = Arc::clone(time);
    Arc::new(move || Timestamp::new(time.fetch_add(1, Ordering::Relaxed)).unwrap())
}

pub(crate) fn setup(data: &Path, guard: &Path, clock: Clock) -> Setup {
    Setup {
        data_dir: data.to_path_buf(),
        guard_dir: guard.to_path_buf(),
        origin: ORIGIN.parse().unwrap(),
        charter: charter(),
        keys: keys(),
        witnesses: Plan::nobody(),
        index_witnesses: Plan::nobody(),
        interval: Duration::from_millis(20),
        include_within: Duration::from_secs(60),
        waiting: 64,
        reserve_bytes: 0,
        clock,
    }
}

pub(crate) fn keys() -> Keys {
    let origin: Origin = ORIGIN.parse().unwrap();
    Keys {
        log: NoteSigner::new(origin.key_name().unwrap(), secret(201)),
        promise: NoteSigner::new(origin.promise_key_name().unwrap(), secret(202)),
        witness: Cosigner::new("log.example/one/witness".parse().unwrap(), secret(203)),
        index: Some(NoteSigner::new(
            origin.index(1).unwrap().key_name().unwrap(),
            secret(204),
        )),
        index_witness: Some(Cosigner::new(
            "log.example/one/index-witness".parse().unwrap(),
            secret(205),
        )),
    }
}

/// The policy of somebody who trusts this log alone.
pub(crate) fn policy() -> TlogPolicy {
    let vkey = keys().log.verifier().to_string();
    TlogPolicy::parse(&format!("log {vkey}\nquorum none\n")).unwrap()
}

/// A running log, its service, and a runtime to wait on.
pub(crate) struct Running {
    pub(crate) ledger: Ledger,
    pub(crate) service: Service,
    pub(crate) runtime: tokio::runtime::Runtime,
}

impl Running {
    pub(crate) fn of(ledger: Ledger) -> Self {
        let keys = keys();
        let info = LogInfo {
            origin: ORIGIN.into(),
            vkey: keys.log.verifier().to_string(),
            promise_vkey: keys.promise.verifier().to_string(),
            witness_vkey: keys.witness.verifier().to_string(),
            witnesses: Vec::new(),
            index: keys
                .index
                .zip(keys.index_witness)
                .map(|(log, witness)| IndexInfo {
                    origin: log.verifier().name().to_string(),
                    vkey: log.verifier().to_string(),
                    witness_vkey: witness.verifier().to_string(),
                }),
            network: charter().network(),
            size: 0,
            terms: String::new(),
            contact: String::new(),
        };
        let service = Service::new(ledger.access(), info, charter());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap();
        Self {
            ledger,
            service,
            runtime,
        }
    }

    pub(crate) fn submit(&self, batch: Batch) -> Result<Submitted, SubmitError> {
        self.runtime.block_on(self.service.submit(batch, None))
    }

    /// Submits and waits for publication.
    pub(crate) fn publish(&self, batch: Batch) -> Submitted {
        let wait = Some(Duration::from_secs(20));
        self.runtime
            .block_on(self.service.submit(batch, wait))
            .unwrap()
    }

    pub(crate) fn take_up(&self, batch: Batch) -> Result<Submitted, SubmitError> {
        self.runtime.block_on(self.service.take_up(batch))
    }

    /// Waits until `size` leaves are published.
    pub(crate) fn published(&self, size: u64) {
        let mut published = self.service.published();
        let covered = published.wait_for(|published| published.size().get() >= size);
        let waited = self.runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), covered)
                .await
                .is_ok()
        });
        assert!(waited, "not published in time");
    }

    pub(crate) fn stop(self) {
        let Self {
            ledger, service, ..
        } = self;
        drop(service);
        ledger.shutdown().unwrap();
    }
}

/// Copies a directory with everything in it.
pub(crate) fn copy_dir(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &to);
        } else {
            fs_err::copy(entry.path(), to).unwrap();
        }
    }
}
