//! A small log built from the sdk's own pieces, and an honest gateway that serves it from memory.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared by tests, of which none uses all; a test fails by panicking"
)]

mod gateway;
mod home;

pub(crate) use gateway::{Changed, Recorded, Served};
pub(crate) use home::{Content, Home, content};

use fairtrail::admission::AdmittedSet;
use fairtrail::api::IndexInfo;
use fairtrail::cbor::encode;
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{
    Audience, Body, Draft, Grant, NetworkClaim, Pair, PartErase, Position, Role, ScopeItem,
    SignedEntry,
};
use fairtrail::id::{AuthorId, EntryId, GrantId, PartDigest};
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Tree, TreeSize, leaf_hash};
use fairtrail::note::{Cosigner, Note, NoteSigner};
use fairtrail::policy::Policy;
use fairtrail::time::Timestamp;

pub(crate) const ORIGIN: &str = "ledger.example/coast/e1";
pub(crate) const FOUNDED: u64 = 1_790_000_000;

pub(crate) fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

fn pair(seed: u8) -> Pair {
    Pair {
        key: secret(seed).public().id(),
        next: secret(seed + 100).public().next_digest(),
    }
}

pub(crate) fn charter() -> Charter {
    Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "Test network".into(),
        roots: vec![pair(1)],
        threshold: 1,
        reply_desks: vec![pair(4)],
        roles: vec!["auditor".into()],
        terms: "none".into(),
        contact: "nobody".into(),
        licence: "none".into(),
        envelope: 1,
    })
    .unwrap()
}

/// A log under construction: one root, one auditor, and what the auditor says.
#[derive(Clone)]
pub(crate) struct Ledger {
    pub(crate) charter: Charter,
    pub(crate) entries: Vec<SignedEntry>,
    /// The public bodies of each leaf.
    pub(crate) bodies: Vec<Vec<Body>>,
    auditor: AuthorId,
    grant: GrantId,
    tree: Tree,
    log_seed: u8,
}

impl Ledger {
    /// The root's begin and grant, the auditor's begin, and `statements` statements.
    pub(crate) fn new(statements: u64) -> Self {
        let charter = charter();
        let network = charter.network();
        let next = |seed: u8| secret(seed + 100).public().next_digest();
        let root = Draft::begin(network, &secret(1), next(1), at(0)).unwrap();
        let auditor = Draft::begin(network, &secret(2), next(2), at(10)).unwrap();
        let grant = Grant {
            to: auditor.author(),
            role: Role::Auditor,
            scope: vec![ScopeItem::parse("lei:*").unwrap()],
            from: "2026-01-01".parse().unwrap(),
            to_date: "2030-01-01".parse().unwrap(),
            may_delegate: vec![],
            succeeds: None,
        };
        let act = AdmittedSet::new(charter.clone()).act_id("grant", &encode(&grant));
        let position = Position {
            network,
            feed: root.author(),
            seq: 1,
            prev: root.id(),
            grant: None,
        };
        let granted = Draft::network(NetworkClaim::Grant(grant), root.author(), at(20));
        let granted = granted.sign(&position, &secret(1)).unwrap();
        let mut ledger = Self {
            charter,
            entries: vec![],
            bodies: vec![],
            auditor: auditor.author(),
            grant: act.into(),
            tree: Tree::new(),
            log_seed: 11,
        };
        for entry in [root, granted, auditor] {
            ledger.append(entry, vec![]);
        }
        for number in 0..statements {
            ledger.say(number);
        }
        ledger
    }

    /// The same log with another history from here on, as a log that splits its view writes it.
    pub(crate) fn append(&mut self, entry: SignedEntry, bodies: Vec<Body>) {
        self.tree.append(leaf_hash(entry.bytes())).unwrap();
        self.entries.push(entry);
        self.bodies.push(bodies);
    }

    /// The position after the auditor's last entry.
    pub(crate) fn position(&self) -> Position {
        let own = |entry: &&SignedEntry| entry.author() == self.auditor;
        let last = self.entries.iter().rfind(own).unwrap();
        Position {
            network: self.charter.network(),
            feed: self.auditor,
            seq: last.header().seq + 1,
            prev: last.id(),
            grant: Some(self.grant),
        }
    }

    /// A statement of the auditor, with a public claim and a public text, not yet in the log.
    pub(crate) fn statement(&self, number: u64) -> (SignedEntry, Vec<Body>) {
        let salt: [u8; 16] = std::array::from_fn(|at| number.to_be_bytes()[at % 8]);
        let claim = Body {
            salt,
            bytes: vec![0xa1, 1, 1],
        };
        let text = Body {
            salt,
            bytes: format!("what was seen, number {number}").into_bytes(),
        };
        let subject = "lei:999900DEMO0000000152".parse().unwrap();
        let kind = "finding".parse().unwrap();
        let draft = Draft::statement(kind, vec![subject], claim.clone(), at(30)).with_text(
            "text/plain",
            Audience::Public,
            text.clone(),
        );
        let entry = draft.sign(&self.position(), &secret(2)).unwrap();
        (entry, vec![claim, text])
    }

    pub(crate) fn say(&mut self, number: u64) -> EntryId {
        let (entry, bodies) = self.statement(number);
        let id = entry.id();
        self.append(entry, bodies);
        id
    }

    /// The auditor erases a part of its own entry.
    pub(crate) fn erase(&mut self, entry: EntryId, part: PartDigest) {
        let claim = NetworkClaim::Erase(PartErase {
            entry,
            part,
            author: self.auditor,
            reason: "privacy".into(),
        });
        let draft = Draft::network(claim, self.auditor, at(40));
        let erased = draft.sign(&self.position(), &secret(2)).unwrap();
        self.append(erased, vec![]);
        for bodies in &mut self.bodies {
            bodies.retain(|body| body.digest() != part);
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.tree.size().get()
    }

    pub(crate) const fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn origin() -> Origin {
        ORIGIN.parse().unwrap()
    }

    /// The same log under another log key.
    pub(crate) fn with_log_key(mut self, seed: u8) -> Self {
        self.log_seed = seed;
        self
    }

    pub(crate) fn log_signer(&self) -> NoteSigner {
        NoteSigner::new(ORIGIN.parse().unwrap(), secret(self.log_seed))
    }

    pub(crate) fn promise_signer() -> NoteSigner {
        NoteSigner::new(format!("{ORIGIN}/promise").parse().unwrap(), secret(12))
    }

    pub(crate) fn own_witness() -> Cosigner {
        Cosigner::new("ledger.example/coast/witness".parse().unwrap(), secret(13))
    }

    pub(crate) fn index_info() -> IndexInfo {
        let origin = Self::origin().index(1).unwrap();
        let index = NoteSigner::new(origin.key_name().unwrap(), secret(15));
        let witness = "ledger.example/coast/index-witness".parse().unwrap();
        IndexInfo {
            origin: origin.to_string(),
            vkey: index.verifier().to_string(),
            witness_vkey: Cosigner::new(witness, secret(16)).verifier().to_string(),
        }
    }

    pub(crate) fn witness() -> Cosigner {
        Cosigner::new("witness.example/w".parse().unwrap(), secret(14))
    }

    /// The checkpoint of the first `size` leaves, cosigned at `stamp`.
    pub(crate) fn note(&self, size: u64, stamp: u64) -> Note {
        let size = TreeSize::new(size).unwrap();
        let root = self.tree.root_at(size).unwrap();
        let checkpoint = Checkpoint::new(Self::origin(), size, root).unwrap();
        let note = checkpoint.sign(&self.log_signer()).unwrap();
        let text = note.text().to_owned();
        let own = Self::own_witness().cosign(&text, stamp).unwrap();
        let other = Self::witness().cosign(&text, stamp).unwrap();
        note.with(own).unwrap().with(other).unwrap()
    }

    /// Trusts this log when the witness cosigned.
    pub(crate) fn policy(&self) -> Policy {
        let log = self.log_signer().verifier().to_string();
        let own = Self::own_witness().verifier().to_string();
        let witness = Self::witness().verifier().to_string();
        Policy::parse(&format!(
            "network = \"{}\"\nlog_policy = \"\"\"\nlog {log}\nwitness own {own}\nwitness w {witness}\nquorum w\n\"\"\"\n",
            self.charter.network()
        ))
        .unwrap()
    }
}
