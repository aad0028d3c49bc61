//! One small network and what its authors have to say, made anew for every seed.

use std::collections::{BTreeMap, VecDeque};

use fairtrail::admission::AdmittedSet;
use fairtrail::api::Submission;
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{
    Audience, Body, Draft, Grant, NetworkClaim, Pair, PartErase, Position, Pulse, Revoke,
    RevokeKind, RevokeTarget, Role, Rotate, ScopeItem, SignedEntry,
};
use fairtrail::id::{ActId, AuthorId, EntryId, GrantId, PartDigest};
use fairtrail::key::SecretKey;
use fairtrail::limits::{ENTRY_BYTES, PARTS, SUBJECTS, TEXT_BYTES};
use fairtrail::time::{Date, Timestamp};

use crate::rng::Rng;

pub(crate) const FOUNDED: u64 = 1_790_000_000;

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

pub(crate) fn charter() -> Charter {
    let mut roles: Vec<String> = Role::ALL.iter().map(ToString::to_string).collect();
    roles.sort();
    let mut roots = vec![pair(1), pair(2), pair(3)];
    roots.sort();
    Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "Simulated network".into(),
        roots,
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

/// Where a feed stands while it is written.
#[derive(Clone)]
struct Pen {
    /// The seed of its signing key.
    key: [u8; 32],
    author: AuthorId,
    grant: Option<GrantId>,
    last: EntryId,
    seq: u64,
}

impl Pen {
    fn begin(charter: &Charter, seed: u8, root: bool) -> (Self, SignedEntry) {
        let next = secret(seed + 100).public().next_digest();
        let issued = if root { at(0) } else { at(10) };
        let begin = Draft::begin(charter.network(), &secret(seed), next, issued).unwrap();
        let pen = Self {
            key: [seed; 32],
            author: begin.author(),
            grant: None,
            last: begin.id(),
            seq: 0,
        };
        (pen, begin)
    }

    fn sign(&mut self, charter: &Charter, draft: &Draft) -> SignedEntry {
        let position = Position {
            network: charter.network(),
            feed: self.author,
            seq: self.seq + 1,
            prev: self.last,
            grant: self.grant,
        };
        let entry = draft
            .sign(&position, &SecretKey::from_seed(self.key))
            .unwrap();
        self.last = entry.id();
        self.seq += 1;
        entry
    }

    fn network(&mut self, charter: &Charter, claim: NetworkClaim) -> SignedEntry {
        let draft = Draft::network(claim, self.author, at(20));
        self.sign(charter, &draft)
    }
}

/// What is submitted, by one author or one branch of one, in order.
pub(crate) type Queue = VecDeque<Submission>;

/// What a seed is about.
pub(crate) struct World {
    pub(crate) charter: Charter,
    /// Each goes on by itself; an entry that comes too early is offered again.
    pub(crate) queues: Vec<Queue>,
    /// Parts that have to be gone in the end.
    pub(crate) erased: Vec<(EntryId, PartDigest)>,
    /// Every body there is, by digest.
    pub(crate) audiences: BTreeMap<PartDigest, Audience>,
    pub(crate) authors: Vec<AuthorId>,
    /// Authors that signed two branches.
    pub(crate) forked: Vec<AuthorId>,
}

struct Writing<'a> {
    charter: &'a Charter,
    rng: &'a mut Rng,
    erased: Vec<(EntryId, PartDigest)>,
    /// What the roots erase wherever it occurs.
    everywhere: Vec<NetworkClaim>,
    audiences: BTreeMap<PartDigest, Audience>,
    number: u8,
}

impl World {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let charter = charter();
        let mut writing = Writing {
            charter: &charter,
            rng,
            erased: Vec::new(),
            everywhere: Vec::new(),
            audiences: BTreeMap::new(),
            number: 0,
        };
        let (mut queues, mut authors, mut forked) = (Vec::new(), Vec::new(), Vec::new());
        let mut roots: Vec<_> = [1, 2].map(|seed| Pen::begin(&charter, seed, true)).into();
        let mut said: Vec<Queue> = roots
            .iter()
            .map(|(_, begin)| Queue::from([bare(begin.clone())]))
            .collect();
        let count = 2 + writing.rng.below(2);
        let set = AdmittedSet::new(charter.clone());
        let mut grants = Vec::new();
        let mut pens = Vec::new();
        for number in 0..count {
            let (pen, begin) = Pen::begin(&charter, 10 + u8::try_from(number).unwrap(), false);
            let grant = grant(pen.author);
            for ((root, _), queue) in roots.iter_mut().zip(&mut said) {
                let entry = root.network(&charter, NetworkClaim::Grant(grant.clone()));
                let claim = entry.header().claim.as_ref().unwrap().as_bytes().to_vec();
                if grants.len() <= pens.len() {
                    grants.push(set.act_id("grant", &claim));
                }
                queue.push_back(bare(entry));
            }
            pens.push((pen, begin));
        }
        for ((mut pen, begin), act) in pens.into_iter().zip(&grants) {
            pen.grant = Some((*act).into());
            authors.push(pen.author);
            let branches = writing.author(&mut pen, begin);
            if branches.len() > 1 {
                forked.push(pen.author);
            }
            queues.extend(branches);
        }
        let mut acts = std::mem::take(&mut writing.everywhere);
        // A grant is withdrawn by both roots; admission does not mind.
        if writing.rng.chance(50) {
            acts.push(revoke(grants[0], authors[0]));
        }
        for act in acts {
            for ((root, _), queue) in roots.iter_mut().zip(&mut said) {
                queue.push_back(bare(root.network(&charter, act.clone())));
            }
        }
        for ((root, _), queue) in roots.iter_mut().zip(&mut said) {
            // Now and then a log of more than one tile.
            let long = writing.rng.below(400) == 0;
            let pulses = if long { 280 } else { writing.rng.below(4) };
            for _ in 0..pulses {
                queue.push_back(bare(root.network(&charter, NetworkClaim::Pulse(Pulse {}))));
            }
            authors.push(root.author);
        }
        let Writing {
            erased, audiences, ..
        } = writing;
        queues.extend(said);
        Self {
            charter,
            queues,
            erased,
            audiences,
            authors,
            forked,
        }
    }
}

impl World {
    /// How much of what there is to say is near a limit.
    pub(crate) fn extremes(&self) -> [(&'static str, u64); 3] {
        let all = || self.queues.iter().flatten();
        let large = all().filter(|said| said.entry.bytes().len() > ENTRY_BYTES / 4 * 3);
        let bodies = all().flat_map(|said| &said.bodies);
        let parts = bodies.filter(|body| body.bytes.len() >= TEXT_BYTES);
        let long = all().count() > 256;
        [
            ("large entries", large.count() as u64),
            ("large parts", parts.count() as u64),
            ("logs of more than one tile", u64::from(long)),
        ]
    }
}

impl Writing<'_> {
    /// The entries of one author; more than one branch when it forks.
    fn author(&mut self, pen: &mut Pen, begin: SignedEntry) -> Vec<Queue> {
        let mut trunk = Queue::from([bare(begin)]);
        let mut statements = Vec::new();
        for _ in 0..2 + self.rng.below(5) {
            let said = self.say(pen);
            statements.push(said.clone());
            trunk.push_back(said);
        }
        if self.rng.chance(60) {
            let of = &statements[self.rng.index(statements.len())];
            let part = of.bodies[1].digest();
            trunk.push_back(bare(pen.network(self.charter, erase(of, part))));
            self.erased.push((of.entry.id(), part));
        }
        if self.rng.chance(30) {
            // The roots erase a text wherever it occurs, and it is said once more.
            let of = &statements[self.rng.index(statements.len())];
            let body = of.bodies[1].clone();
            let again = self.state(pen, body.clone());
            self.everywhere.push(erase(of, body.digest()));
            self.erased.push((of.entry.id(), body.digest()));
            self.erased.push((again.entry.id(), body.digest()));
            trunk.push_back(again);
        }
        if !self.rng.chance(35) {
            return vec![trunk];
        }
        // Two branches from here; one may be continued by the rotation key.
        let mut other = pen.clone();
        let mut branch = Queue::new();
        for _ in 0..=self.rng.below(2) {
            trunk.push_back(self.say(pen));
            branch.push_back(self.say(&mut other));
        }
        if self.rng.chance(50) {
            trunk.push_back(bare(self.rotate(pen)));
            trunk.push_back(self.say(pen));
        }
        vec![trunk, branch]
    }

    /// A statement with a text for everybody, one for members and one for somebody.
    fn say(&mut self, pen: &mut Pen) -> Submission {
        let number = self.number + 1;
        let text = format!("what all saw in week {number} of the year");
        let mut text = text.into_bytes();
        if self.rng.chance(3) {
            text.resize(TEXT_BYTES, b'.');
        }
        self.state(pen, body(text, number))
    }

    /// As many subjects and parts as an entry may name.
    fn fill_up(&self, mut draft: Draft) -> Draft {
        let taken = draft.bodies().len();
        let media_type = format!("text/plain;{:.>117}", "charset=utf-8");
        for more in taken..PARTS {
            let more = u8::try_from(more).unwrap();
            let text = format!("row {more} of week {}", self.number).into_bytes();
            draft = draft.with_text(&media_type, Audience::Public, body(text, more));
        }
        draft
    }

    fn state(&mut self, pen: &mut Pen, public: Body) -> Submission {
        self.number += 1;
        let number = self.number;
        let claim = body(vec![0xa1, 1, 1], number);
        let large = self.rng.chance(3);
        let mut subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
        if large {
            let more = (1..SUBJECTS).map(|more| format!("zz:{more:0>111}").parse().unwrap());
            subjects.extend(more);
        }
        let kind = "weather.seen".parse().unwrap();
        let text = |who: &str| format!("what {who} saw in week {number} of the year").into_bytes();
        let mut draft = Draft::statement(kind, subjects, claim, at(30))
            .with_text("text/plain", Audience::Public, public)
            .with_text(
                "text/plain",
                Audience::Network,
                body(text("members"), number),
            )
            .with_text("text/plain", Audience::Named, body(text("some"), number));
        if large {
            draft = self.fill_up(draft);
        }
        let entry = pen.sign(self.charter, &draft);
        for part in &entry.header().parts {
            self.audiences.insert(part.digest, part.audience);
        }
        let bodies = draft.bodies();
        Submission { entry, bodies }
    }

    /// The one rotation of a feed: by the key it committed to when it began.
    fn rotate(&mut self, pen: &mut Pen) -> SignedEntry {
        let new = [self.number ^ 0xff; 32];
        let next = SecretKey::from_seed([self.number ^ 0x7f; 32])
            .public()
            .next_digest();
        let key = SecretKey::from_seed(new).public().id();
        pen.key = [pen.key[0] + 100; 32];
        let entry = pen.network(self.charter, NetworkClaim::Rotate(Rotate { next, key }));
        pen.key = new;
        entry
    }
}

fn body(bytes: Vec<u8>, salt: u8) -> Body {
    Body {
        salt: [salt; 16],
        bytes,
    }
}

fn bare(entry: SignedEntry) -> Submission {
    let bodies = Vec::new();
    Submission { entry, bodies }
}

fn grant(to: AuthorId) -> Grant {
    Grant {
        to,
        role: Role::Auditor,
        scope: vec![ScopeItem::parse("lei:*").unwrap()],
        from: Date::from_days(0).unwrap(),
        to_date: Date::from_days(100_000).unwrap(),
        may_delegate: Vec::new(),
        succeeds: None,
    }
}

fn erase(of: &Submission, part: PartDigest) -> NetworkClaim {
    NetworkClaim::Erase(PartErase {
        entry: of.entry.id(),
        part,
        author: of.entry.author(),
        reason: "request".into(),
    })
}

fn revoke(act: ActId, author: AuthorId) -> NetworkClaim {
    NetworkClaim::Revoke(Revoke {
        sort: RevokeTarget::Grant,
        target: act.into(),
        author,
        kind: RevokeKind::Withdrawn,
        since: at(1_000_000),
        until: None,
        last_good: None,
    })
}
