//! A small network in memory: named authors that grant, say, revoke, fork and rotate, one log that
//! holds it all, and a witness that stamps it. Everything follows from names and dates.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared by tests, of which none uses all; a test fails by panicking"
)]

use fairtrail::admission::AdmittedSet;
use fairtrail::cbor::encode;
use fairtrail::charter::{Charter, Terms};
use fairtrail::claim::Claim;
use fairtrail::entry::{
    Amend, Basis, Body, Draft, Grant, NetworkClaim, Pair, PartErase, Position, Pulse, Ref, RefType,
    Revoke, RevokeKind, RevokeTarget, Role, Rotate, ScopeItem, SignedEntry,
};
use fairtrail::id::{AuthorId, EntryId, GrantId, PartDigest};
use fairtrail::key::SecretKey;
use fairtrail::statement::{StatementError, StatementFile, Surroundings};
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};
use std::collections::BTreeMap;

#[path = "bundled.rs"]
pub(crate) mod bundled;
#[path = "reading.rs"]
pub(crate) mod reading;

/// The second of the two logs that every policy knows.
pub(crate) const OTHER_ORIGIN: &str = "ledger.example/hill/e1";

/// The day the network was founded.
pub(crate) const FOUNDED: &str = "2026-01-05";

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn subject(text: &str) -> SubjectId {
    text.parse().unwrap()
}

/// Noon of a day.
pub(crate) fn noon(day: &str) -> Timestamp {
    Timestamp::new(date(day).start().seconds() + 43_200).unwrap()
}

fn key(purpose: &str, name: &str) -> SecretKey {
    SecretKey::from_seed(blake3::derive_key(purpose, name.as_bytes()))
}

/// One author's feed as it grows.
#[derive(Clone)]
pub(crate) struct Feed {
    pub(crate) author: AuthorId,
    pub(crate) grant: Option<GrantId>,
    pub(crate) seq: u64,
    pub(crate) last: EntryId,
    /// Rotations so far; keys follow from it.
    turn: u32,
    name: String,
}

impl Feed {
    fn signing(&self) -> SecretKey {
        key("test signing key", &format!("{} {}", self.name, self.turn))
    }

    fn rotation(&self) -> SecretKey {
        key("test rotation key", &format!("{} {}", self.name, self.turn))
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) charter: Charter,
    pub(crate) feeds: BTreeMap<String, Feed>,
    pub(crate) entries: Vec<SignedEntry>,
    pub(crate) bodies: Vec<Body>,
    /// Sizes and times at which the log was stamped.
    pub(crate) notes: Vec<(usize, Timestamp)>,
    pub(crate) now: Timestamp,
    salts: u64,
}

const ROOTS: [&str; 3] = ["root-one", "root-two", "root-three"];
pub(crate) const DESK: &str = "reply-desk";

fn pair(name: &str) -> Pair {
    let name = format!("{name} 0");
    let next = key("test rotation key", &name).public().next_digest();
    Pair {
        key: key("test signing key", &name).public().id(),
        next,
    }
}

impl World {
    /// Three roots of which two decide, one reply desk.
    pub(crate) fn new() -> Self {
        let mut roots = ROOTS.map(pair).to_vec();
        roots.sort();
        let mut roles: Vec<_> = Role::ALL.iter().map(ToString::to_string).collect();
        roles.sort();
        let now = noon(FOUNDED);
        let charter = Charter::new(&Terms {
            version: 1,
            created: now,
            name: "Test network".into(),
            roots,
            threshold: 2,
            reply_desks: vec![pair(DESK)],
            roles,
            terms: "none".into(),
            contact: "nobody".into(),
            licence: "none".into(),
            envelope: 1,
        });
        let mut world = Self {
            charter: charter.unwrap(),
            feeds: BTreeMap::new(),
            entries: Vec::new(),
            bodies: Vec::new(),
            notes: Vec::new(),
            now,
            salts: 0,
        };
        for name in ROOTS.into_iter().chain([DESK]) {
            let begin = world.begin(name, now);
            world.entries.push(begin);
        }
        world
    }

    /// Stamps what was said so far and goes on on another day.
    pub(crate) fn on(&mut self, day: &str) -> &mut Self {
        self.stamp();
        self.now = noon(day);
        self
    }

    /// Stamps what was said so far.
    pub(crate) fn stamp(&mut self) {
        let size = self.entries.len();
        if self.notes.last().is_none_or(|(last, _)| *last < size) {
            self.notes.push((size, self.now));
        }
    }

    fn begin(&mut self, name: &str, at: Timestamp) -> SignedEntry {
        let Pair { next, .. } = pair(name);
        let signer = key("test signing key", &format!("{name} 0"));
        let begin = Draft::begin(self.charter.network(), &signer, next, at).unwrap();
        let (author, last) = (begin.author(), begin.id());
        let name = name.to_owned();
        let feed = Feed {
            author,
            grant: None,
            seq: 0,
            last,
            turn: 0,
            name: name.clone(),
        };
        self.feeds.insert(name, feed);
        begin
    }

    pub(crate) fn author(&self, name: &str) -> AuthorId {
        self.feeds[name].author
    }

    /// Two roots add a third, whose feed begins.
    pub(crate) fn add_root(&mut self, name: &str) {
        for root in &ROOTS[..2] {
            self.network(
                root,
                NetworkClaim::Amend(Amend {
                    pairs: vec![pair(name)],
                }),
            );
        }
        let begin = self.begin(name, self.charter.terms().created);
        self.entries.push(begin);
    }

    /// A grant valid from the founding on, and the begin of the feed it names. `by` is an author,
    /// `roots` for two of them, or names of roots with `+` between.
    pub(crate) fn grant(
        &mut self,
        by: &str,
        to: &str,
        role: Role,
        scope: &[&str],
        may: &[Role],
    ) -> GrantId {
        self.grant_with(by, to, |grant| {
            grant.role = role;
            grant.scope = scope
                .iter()
                .map(|item| ScopeItem::parse(item).unwrap())
                .collect();
            grant.may_delegate = may.to_vec();
        })
    }

    /// A grant changed by `change`; a second one of the same author becomes the one it acts under.
    pub(crate) fn grant_with(
        &mut self,
        by: &str,
        to: &str,
        change: impl FnOnce(&mut Grant),
    ) -> GrantId {
        let begin = (!self.feeds.contains_key(to))
            .then(|| self.begin(to, Timestamp::new(self.now.seconds() + 1).unwrap()));
        let mut grant = Grant {
            to: self.author(to),
            role: Role::Auditor,
            scope: vec![],
            from: date("2025-01-01"),
            to_date: date("2035-01-01"),
            may_delegate: vec![],
            succeeds: None,
        };
        change(&mut grant);
        grant.scope.sort();
        grant.may_delegate.sort();
        let roots: Vec<_> = if by == "roots" {
            ROOTS[..2].to_vec()
        } else {
            by.split('+').collect()
        };
        let id = if roots.len() > 1 {
            let act = AdmittedSet::new(self.charter.clone()).act_id("grant", &encode(&grant));
            for root in roots {
                self.network(root, NetworkClaim::Grant(grant.clone()));
            }
            act.into()
        } else {
            self.network(by, NetworkClaim::Grant(grant)).into()
        };
        self.entries.extend(begin);
        self.feeds.get_mut(to).unwrap().grant = Some(id);
        id
    }

    pub(crate) fn position(&self, name: &str) -> Position {
        let feed = &self.feeds[name];
        Position {
            network: self.charter.network(),
            feed: feed.author,
            seq: feed.seq + 1,
            prev: feed.last,
            grant: feed.grant,
        }
    }

    pub(crate) fn sign(&mut self, name: &str, draft: &Draft) -> SignedEntry {
        let signer = self.feeds[name].signing();
        self.sign_with(name, draft, &signer)
    }

    fn sign_with(&mut self, name: &str, draft: &Draft, signer: &SecretKey) -> SignedEntry {
        let entry = draft.sign(&self.position(name), signer).unwrap();
        let feed = self.feeds.get_mut(name).unwrap();
        (feed.seq, feed.last) = (feed.seq + 1, entry.id());
        entry
    }

    /// Signs a draft and appends it to the log.
    pub(crate) fn post(&mut self, name: &str, draft: &Draft) -> EntryId {
        let entry = self.sign(name, draft);
        self.bodies.extend(draft.bodies());
        let id = entry.id();
        self.entries.push(entry);
        id
    }

    pub(crate) fn network(&mut self, name: &str, claim: NetworkClaim) -> EntryId {
        let draft = Draft::network(claim, self.author(name), self.now);
        self.post(name, &draft)
    }

    /// The drafts of a statement file, in TOML.
    pub(crate) fn drafts(&mut self, text: &str) -> Vec<Draft> {
        let drafts = self.try_drafts(text);
        drafts.unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// The same, of a file that may be refused.
    pub(crate) fn try_drafts(&mut self, text: &str) -> Result<Vec<Draft>, StatementError> {
        let subjects = |id| Some(self.find(id)?.header().subjects.clone());
        let mut salts = self.salts;
        let mut salt = || {
            salts += 1;
            let digest = blake3::derive_key("test salt", &salts.to_be_bytes());
            *digest.first_chunk().unwrap()
        };
        let drafts = StatementFile::parse(text)?.drafts(&mut Surroundings {
            issued_at: self.now,
            reference_secret: [5; 32],
            salt: &mut salt,
            subjects_of: &subjects,
        });
        self.salts = salts;
        drafts
    }

    /// Says what a statement file says; the entries in its order.
    pub(crate) fn say(&mut self, name: &str, text: &str) -> Vec<EntryId> {
        let drafts = self.drafts(text);
        drafts.iter().map(|draft| self.post(name, draft)).collect()
    }

    /// Says one thing that may break the rules of the door.
    pub(crate) fn claim(
        &mut self,
        claim: &Claim,
        subjects: &[SubjectId],
        basis: &[Basis],
        refs: &[(RefType, EntryId)],
    ) -> Draft {
        let body = self.body(claim.encode());
        let mut draft = Draft::statement(
            claim.kind().parse().unwrap(),
            subjects.to_vec(),
            body,
            self.now,
        );
        draft.basis = basis.to_vec();
        draft.refs = refs
            .iter()
            .map(|(sort, entry)| Ref {
                sort: *sort,
                entry: *entry,
            })
            .collect();
        draft
    }

    /// Bytes under a fresh salt.
    pub(crate) fn body(&mut self, bytes: Vec<u8>) -> Body {
        self.salts += 1;
        let digest = blake3::derive_key("test salt", &self.salts.to_be_bytes());
        Body {
            salt: *digest.first_chunk().unwrap(),
            bytes,
        }
    }

    /// What takes a grant away, for [`Self::revoke`].
    pub(crate) fn grant_revoke(&self, of: &str, kind: RevokeKind, since: &str) -> Revoke {
        let feed = &self.feeds[of];
        Revoke {
            sort: RevokeTarget::Grant,
            target: feed.grant.unwrap(),
            author: feed.author,
            kind,
            since: noon(since),
            until: None,
            last_good: None,
        }
    }

    /// What takes the first key of a feed away.
    pub(crate) fn key_revoke(&self, of: &str, kind: RevokeKind, since: &str) -> Revoke {
        let author = self.author(of);
        let state = EntryId::from(author);
        Revoke {
            sort: RevokeTarget::Key,
            target: state.into(),
            ..Revoke {
                author,
                ..self.plain(kind, since)
            }
        }
    }

    fn plain(&self, kind: RevokeKind, since: &str) -> Revoke {
        Revoke {
            sort: RevokeTarget::Key,
            target: GrantId::new([0; 32]),
            author: self.author(DESK),
            kind,
            since: noon(since),
            until: None,
            last_good: None,
        }
    }

    /// Posts a revocation by one author, or by two of the roots.
    pub(crate) fn revoke(&mut self, by: &str, revoke: &Revoke) -> EntryId {
        let by: &[&str] = if by == "roots" { &ROOTS[..2] } else { &[by] };
        let ids = by
            .iter()
            .map(|name| self.network(name, NetworkClaim::Revoke(revoke.clone())));
        ids.collect::<Vec<_>>()[0]
    }

    pub(crate) fn erase(&mut self, by: &str, entry: EntryId, part: PartDigest) -> EntryId {
        let author = self.entry(entry).author();
        let reason = "privacy".to_owned();
        self.network(
            by,
            NetworkClaim::Erase(PartErase {
                entry,
                part,
                author,
                reason,
            }),
        )
    }

    /// The author takes a new signing key.
    pub(crate) fn rotate(&mut self, name: &str) -> EntryId {
        let signer = self.feeds[name].rotation();
        let mut next = self.feeds[name].clone();
        next.turn += 1;
        let claim = NetworkClaim::Rotate(Rotate {
            next: next.rotation().public().next_digest(),
            key: next.signing().public().id(),
        });
        let draft = Draft::network(claim, next.author, self.now);
        let entry = self.sign_with(name, &draft, &signer);
        let id = entry.id();
        self.entries.push(entry);
        self.feeds.get_mut(name).unwrap().turn += 1;
        id
    }

    /// Where a feed stands, to come back to with [`Self::rewind`] and so fork it.
    pub(crate) fn mark(&self, name: &str) -> Feed {
        self.feeds[name].clone()
    }

    pub(crate) fn rewind(&mut self, mark: Feed) {
        self.feeds.insert(mark.name.clone(), mark);
    }

    pub(crate) fn entry(&self, id: EntryId) -> &SignedEntry {
        self.find(id).unwrap()
    }

    fn find(&self, id: EntryId) -> Option<&SignedEntry> {
        self.entries.iter().find(|entry| entry.id() == id)
    }

    /// Forgets the bytes of the parts of an entry, as a log that does not serve them.
    pub(crate) fn withhold(&mut self, id: EntryId) {
        let parts: Vec<_> = self
            .entry(id)
            .header()
            .parts
            .iter()
            .map(|part| part.digest)
            .collect();
        self.bodies.retain(|body| !parts.contains(&body.digest()));
    }

    /// Everything admitted, without a log.
    pub(crate) fn set(&self) -> AdmittedSet {
        let mut set = AdmittedSet::new(self.charter.clone());
        for entry in &self.entries {
            set.admit(entry).unwrap();
        }
        set
    }
}

/// Says nothing but "still here".
pub(crate) fn pulse() -> NetworkClaim {
    NetworkClaim::Pulse(Pulse {})
}
