//! A network with forks, nested grants, rotations, threshold acts, bad copies and early arrivals.

use crate::admission::AdmittedSet;
use crate::charter::{Charter, Terms};
use crate::entry::*;
use crate::id::{AuthorId, EntryId, GrantId};
use crate::key::SecretKey;
use crate::time::Timestamp;

pub(crate) const FOUNDED: u64 = 1_790_000_000;

pub(crate) fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

pub(crate) fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

pub(crate) fn pair(seed: u8) -> Pair {
    Pair {
        key: secret(seed).public().id(),
        next: secret(seed + 100).public().next_digest(),
    }
}

pub(crate) fn sorted(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort();
    pairs
}

pub(crate) fn charter() -> Charter {
    let mut roles: Vec<String> = Role::ALL.iter().map(ToString::to_string).collect();
    roles.sort();
    Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "Test network".into(),
        roots: sorted(vec![pair(1), pair(2), pair(3)]),
        threshold: 2,
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
pub(crate) struct Writer {
    pub(crate) charter: Charter,
    pub(crate) key: u8,
    pub(crate) author: AuthorId,
    pub(crate) last: EntryId,
    pub(crate) seq: u64,
    pub(crate) grant: Option<GrantId>,
    pub(crate) entries: Vec<SignedEntry>,
}

impl Writer {
    pub(crate) fn begin(charter: &Charter, key: u8, issued_at: Timestamp) -> Self {
        let next = secret(key + 100).public().next_digest();
        let begin = Draft::begin(charter.network(), &secret(key), next, issued_at).unwrap();
        Self {
            charter: charter.clone(),
            key,
            author: begin.author(),
            last: begin.id(),
            seq: 0,
            grant: None,
            entries: vec![begin],
        }
    }

    pub(crate) fn root(charter: &Charter, key: u8) -> Self {
        Self::begin(charter, key, charter.terms().created)
    }

    pub(crate) fn author(charter: &Charter, key: u8, grant: GrantId) -> Self {
        Self {
            grant: Some(grant),
            ..Self::begin(charter, key, at(10))
        }
    }

    pub(crate) fn position(&self) -> Position {
        Position {
            network: self.charter.network(),
            feed: self.author,
            seq: self.seq + 1,
            prev: self.last,
            grant: self.grant,
        }
    }

    pub(crate) fn post(&mut self, draft: &Draft, key: &SecretKey) -> EntryId {
        let entry = draft.sign(&self.position(), key).unwrap();
        self.last = entry.id();
        self.seq += 1;
        self.entries.push(entry);
        self.last
    }

    pub(crate) fn network(&mut self, claim: NetworkClaim) -> EntryId {
        let draft = Draft::network(claim, self.author, at(20));
        self.post(&draft, &secret(self.key))
    }

    pub(crate) fn say(&mut self, kind: &str, salt: u8) -> EntryId {
        let claim = Body {
            salt: [salt; 16],
            bytes: vec![0xa1, 1, 1],
        };
        let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
        let draft = Draft::statement(kind.parse().unwrap(), subjects, claim, at(30));
        self.post(&draft, &secret(self.key))
    }

    pub(crate) fn rotate(&mut self, new: u8) -> EntryId {
        let claim = NetworkClaim::Rotate(Rotate {
            next: secret(new + 100).public().next_digest(),
            key: secret(new).public().id(),
        });
        let draft = Draft::network(claim, self.author, at(40));
        let id = self.post(&draft, &secret(self.key + 100));
        self.key = new;
        id
    }

    /// Continues from the same place as `self`, as an author whose laptop was restored does.
    pub(crate) fn fork(&self) -> Self {
        let charter = self.charter.clone();
        Self {
            charter,
            entries: Vec::new(),
            ..*self
        }
    }
}

pub(crate) fn grant(to: AuthorId, role: Role, may_delegate: &[Role]) -> Grant {
    let mut may_delegate = may_delegate.to_vec();
    may_delegate.sort();
    Grant {
        to,
        role,
        scope: vec![ScopeItem::parse("lei:*").unwrap()],
        from: "2026-01-01".parse().unwrap(),
        to_date: "2030-01-01".parse().unwrap(),
        may_delegate,
        succeeds: None,
    }
}

pub(crate) fn begin_id(charter: &Charter, key: u8) -> AuthorId {
    Writer::begin(charter, key, at(10)).author
}

/// What the roots agree on, as `(entries, grant id)`.
pub(crate) fn by_roots(roots: &mut [Writer], grant: &Grant) -> GrantId {
    let set = AdmittedSet::new(roots[0].charter.clone());
    for root in roots.iter_mut() {
        root.network(NetworkClaim::Grant(grant.clone()));
    }
    let claim = crate::cbor::encode(grant);
    set.act_id("grant", &claim).into()
}

pub(crate) struct World {
    pub(crate) charter: Charter,
    pub(crate) entries: Vec<SignedEntry>,
    /// Authors by name.
    pub(crate) scheme: AuthorId,
    pub(crate) auditor: AuthorId,
    pub(crate) stranger: EntryId,
}

pub(crate) fn world() -> World {
    let charter = charter();
    let mut roots: Vec<_> = [1, 2, 3].map(|key| Writer::root(&charter, key)).into();
    let scheme_id = begin_id(&charter, 10);
    let scheme_grant = by_roots(
        &mut roots[..2],
        &grant(scheme_id, Role::Scheme, &[Role::Auditor, Role::Desk]),
    );
    let mut scheme = Writer::author(&charter, 10, scheme_grant);
    let auditor_grant = scheme.network(NetworkClaim::Grant(grant(
        begin_id(&charter, 11),
        Role::Auditor,
        &[Role::Desk],
    )));
    let mut auditor = Writer::author(&charter, 11, auditor_grant.into());
    auditor.say("finding", 1);
    let desk_grant = auditor.network(NetworkClaim::Grant(grant(
        begin_id(&charter, 12),
        Role::Desk,
        &[],
    )));
    let mut desk = Writer::author(&charter, 12, desk_grant.into());
    desk.say("zz.future-kind", 2);
    desk.say("finding", 3);

    // The auditor forks, heals it by rotating on one branch, and forks again.
    let mut branch = auditor.fork();
    auditor.say("finding", 4);
    branch.say("finding", 5);
    branch.say("audit", 6);
    auditor.rotate(20);
    let mut second = auditor.fork();
    auditor.say("finding", 7);
    second.say("finding", 8);

    let mut writers = late_arrivals(&charter, &mut roots);
    revocations(&mut roots[0], &mut scheme, &auditor, auditor_grant, &desk);

    // Never admitted: a stranger's begin and statement, and a grant beyond the delegation.
    let mut stranger = Writer::author(&charter, 30, auditor_grant.into());
    let stranger_entry = stranger.say("finding", 11);
    scheme.network(NetworkClaim::Pulse(Pulse {}));
    let mut beyond = scheme.fork();
    beyond.network(NetworkClaim::Grant(grant(
        begin_id(&charter, 31),
        Role::Authority,
        &[],
    )));

    let (scheme_author, auditor_author) = (scheme.author, auditor.author);
    writers.extend([scheme, auditor, desk, branch, second, stranger]);
    let entries = roots
        .into_iter()
        .chain(writers)
        .flat_map(|writer| writer.entries);
    let mut entries: Vec<_> = entries.chain(beyond.entries).collect();
    let copies: Vec<_> = entries.iter().filter_map(bad_copy).collect();
    entries.extend(copies);
    World {
        charter,
        entries,
        scheme: scheme_author,
        auditor: auditor_author,
        stranger: stranger_entry,
    }
}

/// A new root by amendment with a grant that needs it, and the reply desk with a respondent.
pub(crate) fn late_arrivals(charter: &Charter, roots: &mut [Writer]) -> Vec<Writer> {
    for root in &mut roots[1..] {
        root.network(NetworkClaim::Amend(Amend {
            pairs: vec![pair(5)],
        }));
    }
    let mut added = Writer::root(charter, 5);
    let observer = grant(begin_id(charter, 13), Role::Observer, &[]);
    added.network(NetworkClaim::Grant(observer.clone()));
    let observer_grant = by_roots(&mut roots[..1], &observer);
    let mut observer = Writer::author(charter, 13, observer_grant);
    observer.say("licence", 9);

    let mut desk_root = Writer::root(charter, 4);
    let reply = grant(begin_id(charter, 14), Role::Respondent, &[]);
    let reply = desk_root.network(NetworkClaim::Grant(reply));
    let mut respondent = Writer::author(charter, 14, reply.into());
    respondent.say("reply", 10);
    respondent.network(NetworkClaim::Pulse(Pulse {}));
    vec![added, observer, desk_root, respondent]
}

/// Takes the auditor's grant and the desk's key, and erases the desk's first claim.
pub(crate) fn revocations(
    root: &mut Writer,
    scheme: &mut Writer,
    auditor: &Writer,
    auditor_grant: EntryId,
    desk: &Writer,
) {
    let revoke = Revoke {
        sort: RevokeTarget::Grant,
        target: auditor_grant.into(),
        author: auditor.author,
        kind: RevokeKind::Withdrawn,
        since: at(50),
        until: None,
        last_good: None,
    };
    scheme.network(NetworkClaim::Revoke(revoke.clone()));
    scheme.network(NetworkClaim::Revoke(Revoke {
        sort: RevokeTarget::Key,
        target: EntryId::from(desk.author).into(),
        author: desk.author,
        kind: RevokeKind::KeyCompromise,
        last_good: Some(desk.last),
        ..revoke
    }));
    root.network(NetworkClaim::Erase(PartErase {
        entry: desk.entries[1].id(),
        part: desk.entries[1].header().parts[0].digest,
        author: desk.author,
        reason: "court-order".into(),
    }));
}

/// The same entry under a signature that does not verify.
pub(crate) fn bad_copy(entry: &SignedEntry) -> Option<SignedEntry> {
    let mut bytes = entry.bytes().to_vec();
    *bytes.last_mut()? ^= 1;
    SignedEntry::parse(&bytes).ok()
}
