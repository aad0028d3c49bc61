//! One set of entries with forks, nested grants, rotations, threshold acts, bad copies and early
//! arrivals, offered in many orders.

use super::*;
use crate::charter::{Charter, Terms};
use crate::entry::*;
use crate::feed::Winner;
use crate::id::{AuthorId, EntryId, GrantId};
use crate::key::SecretKey;
use crate::reason::Reason;
use crate::time::Timestamp;

const FOUNDED: u64 = 1_790_000_000;

fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn pair(seed: u8) -> Pair {
    Pair {
        key: secret(seed).public().id(),
        next: secret(seed + 100).public().next_digest(),
    }
}

fn sorted(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort();
    pairs
}

fn charter() -> Charter {
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
struct Writer {
    charter: Charter,
    key: u8,
    author: AuthorId,
    last: EntryId,
    seq: u64,
    grant: Option<GrantId>,
    pub entries: Vec<SignedEntry>,
}

impl Writer {
    fn begin(charter: &Charter, key: u8, issued_at: Timestamp) -> Self {
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

    fn root(charter: &Charter, key: u8) -> Self {
        Self::begin(charter, key, charter.terms().created)
    }

    fn author(charter: &Charter, key: u8, grant: GrantId) -> Self {
        Self {
            grant: Some(grant),
            ..Self::begin(charter, key, at(10))
        }
    }

    fn position(&self) -> Position {
        Position {
            network: self.charter.network(),
            feed: self.author,
            seq: self.seq + 1,
            prev: self.last,
            grant: self.grant,
        }
    }

    fn post(&mut self, draft: &Draft, key: &SecretKey) -> EntryId {
        let entry = draft.sign(&self.position(), key).unwrap();
        self.last = entry.id();
        self.seq += 1;
        self.entries.push(entry);
        self.last
    }

    fn network(&mut self, claim: NetworkClaim) -> EntryId {
        let draft = Draft::network(claim, self.author, at(20));
        self.post(&draft, &secret(self.key))
    }

    fn say(&mut self, kind: &str, salt: u8) -> EntryId {
        let claim = Body {
            salt: [salt; 16],
            bytes: vec![0xa1, 1, 1],
        };
        let subjects = vec!["lei:724500PMK2A2M1SQQ228".parse().unwrap()];
        let draft = Draft::statement(kind.parse().unwrap(), subjects, claim, at(30));
        self.post(&draft, &secret(self.key))
    }

    fn rotate(&mut self, new: u8) -> EntryId {
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
    fn fork(&self) -> Self {
        let charter = self.charter.clone();
        Self {
            charter,
            entries: Vec::new(),
            ..*self
        }
    }
}

fn grant(to: AuthorId, role: Role, may_delegate: &[Role]) -> Grant {
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

fn begin_id(charter: &Charter, key: u8) -> AuthorId {
    Writer::begin(charter, key, at(10)).author
}

/// What the roots agree on, as `(entries, grant id)`.
fn by_roots(roots: &mut [Writer], grant: &Grant) -> GrantId {
    let set = AdmittedSet::new(roots[0].charter.clone());
    for root in roots.iter_mut() {
        root.network(NetworkClaim::Grant(grant.clone()));
    }
    let claim = crate::cbor::encode(grant);
    set.act_id("grant", &claim).into()
}

struct World {
    charter: Charter,
    entries: Vec<SignedEntry>,
    /// Authors by name.
    scheme: AuthorId,
    auditor: AuthorId,
    stranger: EntryId,
}

fn world() -> World {
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
fn late_arrivals(charter: &Charter, roots: &mut [Writer]) -> Vec<Writer> {
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
fn revocations(
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
fn bad_copy(entry: &SignedEntry) -> Option<SignedEntry> {
    let mut bytes = entry.bytes().to_vec();
    *bytes.last_mut()? ^= 1;
    SignedEntry::parse(&bytes).ok()
}

/// A small deterministic generator, so that a failing order can be repeated from its seed.
fn shuffle(entries: &mut [SignedEntry], mut seed: u64) {
    for at in (1..entries.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap() % (at + 1);
        entries.swap(at, other);
    }
}

#[derive(Debug, PartialEq)]
struct Outcome {
    ids: Vec<EntryId>,
    key_states: Vec<(EntryId, KeyState)>,
    grants: Vec<(GrantId, AuthorId, usize)>,
    values: Vec<(AuthorId, Vec<u8>)>,
}

fn outcome(set: &AdmittedSet) -> Outcome {
    let mut ids: Vec<_> = set.ids().collect();
    ids.sort();
    let key_states = ids
        .iter()
        .filter_map(|id| Some((*id, *set.key_state(*id)?)))
        .collect();
    let mut grants: Vec<_> = set
        .grants()
        .map(|(id, fact)| (id, fact.grant.to, fact.depth))
        .collect();
    grants.sort();
    let mut authors: Vec<_> = set.authors().collect();
    authors.sort();
    let value = |author| {
        (
            author,
            crate::cbor::encode(&set.feed_value(author).unwrap()),
        )
    };
    let values = authors.into_iter().map(value).collect();
    Outcome {
        ids,
        key_states,
        grants,
        values,
    }
}

fn admit_in_order(world: &World, entries: &[SignedEntry]) -> AdmittedSet {
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut early = EarlyBuffer::default();
    for entry in entries {
        early.offer(&mut set, entry.clone());
    }
    set
}

#[test]
fn one_set_in_a_thousand_orders_gives_one_outcome() {
    let world = world();
    let expected = outcome(&admit_in_order(&world, &world.entries));
    // All but the stranger's two entries and the grant beyond the delegation; copies add nothing.
    assert_eq!(expected.ids.len(), world.entries.len() / 2 - 3);
    for seed in 0..1_000 {
        let mut entries = world.entries.clone();
        shuffle(&mut entries, seed);
        assert_eq!(
            outcome(&admit_in_order(&world, &entries)),
            expected,
            "seed {seed}"
        );
    }
}

#[test]
fn the_world_holds_what_it_should() {
    let world = world();
    let set = admit_in_order(&world, &world.entries);
    assert!(!set.contains(world.stranger));
    let fork = set.feed_value(world.auditor).unwrap().fork.unwrap();
    assert_eq!(fork.count, 2);
    assert!(matches!(fork.lowest.winner, Winner::Child(_)));
    assert_eq!(fork.last.winner, Winner::Open);
    assert!(set.feed_value(world.scheme).unwrap().fork.is_none());
    let desk = begin_id(&world.charter, 12);
    let under = set.grants_to(desk)[0];
    assert_eq!(set.principal(desk, Some(under)), Some(world.auditor));
    assert_eq!(set.chain(under).len(), 3);
}

#[test]
fn what_is_refused_has_its_reason_and_changes_nothing() {
    let world = world();
    let set = admit_in_order(&world, &world.entries);
    let code = |entry: &SignedEntry| set.clone().admit(entry).unwrap_err().code();
    let charter = &world.charter;
    let grant_id = set.grants_to(world.auditor)[0];

    let stranger = Writer::author(charter, 30, grant_id);
    assert_eq!(code(&stranger.entries[0]), Reason::EarlyBegin);
    let mut other = Writer::author(charter, 10, grant_id);
    other.say("finding", 40);
    assert_eq!(code(&other.entries[1]), Reason::GrantMismatch);
    let mut none = Writer {
        grant: None,
        ..Writer::begin(charter, 10, at(10))
    };
    none.say("finding", 40);
    assert_eq!(code(&none.entries[1]), Reason::GrantMissing);
    let mut unknown = Writer::author(charter, 10, GrantId::new([1; 32]));
    unknown.say("finding", 40);
    assert_eq!(code(&unknown.entries[1]), Reason::EarlyGrant);
    let mut late = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    late.seq = 7;
    late.say("finding", 40);
    assert_eq!(code(&late.entries[1]), Reason::PrevMismatch);
    let mut root = Writer::root(charter, 1);
    root.grant = Some(grant_id);
    root.say("finding", 41);
    assert_eq!(code(&root.entries[1]), Reason::GrantMissing);
    let mut scheme = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    scheme.network(NetworkClaim::Amend(Amend {
        pairs: vec![pair(40)],
    }));
    assert_eq!(code(&scheme.entries[1]), Reason::ActForbidden);
    let mut rotated = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    rotated.key = 11;
    rotated.say("finding", 42);
    assert_eq!(code(&rotated.entries[1]), Reason::KeyMismatch);
    let mut wrong = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    wrong.key = 12;
    wrong.rotate(50);
    assert_eq!(code(&wrong.entries[1]), Reason::RotationMismatch);
    let mut reused = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    reused.rotate(10);
    assert_eq!(code(&reused.entries[1]), Reason::KeyReused);
}

#[test]
fn a_batch_is_admitted_whole_or_leaves_no_trace() {
    let world = world();
    let mut set = AdmittedSet::new(world.charter.clone());
    let before = outcome(&set);
    let good = world.entries.len() / 2;
    let (at, error) = set.admit_all(&world.entries).unwrap_err();
    assert!(at < good && error.waits_for().is_some());
    assert_eq!(outcome(&set), before);

    let order = admit_order(&world);
    let mut broken = order.clone();
    broken.push(
        world.entries[good..]
            .iter()
            .find(|e| e.id() == order[3].id())
            .unwrap()
            .clone(),
    );
    // A copy of an admitted entry is known, whatever its signature.
    assert_eq!(set.admit_all(&broken).unwrap().last(), Some(&Answer::Known));
    let mut again = AdmittedSet::new(world.charter.clone());
    let stranger = world
        .entries
        .iter()
        .find(|entry| entry.id() == world.stranger)
        .unwrap();
    broken.push(stranger.clone());
    assert_eq!(again.admit_all(&broken).unwrap_err().0, broken.len() - 1);
    assert_eq!(outcome(&again), before);
    again.admit_all(&order).unwrap();
    assert_eq!(outcome(&again), outcome(&set));
}

/// The admitted entries in one order in which each can be admitted.
fn admit_order(world: &World) -> Vec<SignedEntry> {
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut early = EarlyBuffer::default();
    let offers = world
        .entries
        .iter()
        .flat_map(|entry| early.offer(&mut set, entry.clone()).admitted);
    offers.collect()
}

#[test]
fn early_entries_are_bounded_per_feed() {
    let world = world();
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut early = EarlyBuffer::default();
    let mut stranger = Writer::author(&world.charter, 30, GrantId::new([1; 32]));
    let mut dropped = 0;
    for _ in 0..=crate::limits::EARLY_PER_FEED {
        stranger.say("finding", 1);
        let entry = stranger.entries.last().unwrap().clone();
        dropped += usize::from(early.offer(&mut set, entry).dropped);
    }
    assert_eq!((early.len(), dropped), (crate::limits::EARLY_PER_FEED, 1));
}

#[test]
fn the_door_is_asked_about_new_authentic_entries_and_its_refusal_undoes_the_batch() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Admission(AdmissionError),
        Door,
    }
    impl From<AdmissionError> for Refusal {
        fn from(error: AdmissionError) -> Self {
            Self::Admission(error)
        }
    }
    let world = world();
    let order = admit_order(&world);
    let mut set = AdmittedSet::new(world.charter.clone());
    let last = order.len() - 1;
    let refused = set.admit_all_through(&order, |seen, at| {
        assert_eq!(seen.len(), at);
        if at == last {
            Err(Refusal::Door)
        } else {
            Ok(())
        }
    });
    assert_eq!(refused, Err((last, Refusal::Door)));
    assert!(set.is_empty());
    let (known, _) = order.split_at(last);
    set.admit_all(known).unwrap();
    let mut asked = Vec::new();
    let answers = set.admit_all_through(&order, |_, at| {
        asked.push(at);
        Ok::<_, Refusal>(())
    });
    assert_eq!(asked, [last]);
    assert!(matches!(
        answers.unwrap().last(),
        Some(Answer::Admitted { .. })
    ));
}
