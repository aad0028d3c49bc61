//! The admitted set: what was admitted, and what follows from it.

use super::check::{Change, Effect};
use super::excerpt::Linear;
use super::{AdmissionError, CharterAuthor, CharterSort, GrantFact, Granter};
use crate::cbor::Writer;
use crate::charter::Charter;
use crate::contexts::{ACT, derive};
use crate::entry::{Grant, NetworkClaim, Pair, SignedEntry};
use crate::feed::{FeedShape, FeedValue, Link, Walk};
use crate::id::{ActId, AuthorId, EntryId, GrantId, IdMap, KeyId, NextKeyDigest};
use crate::key::PublicKey;
use std::collections::{BTreeSet, HashMap};

/// Everything admitted into one network, as far as admission and feeds need it.
#[derive(Debug, Clone)]
pub struct AdmittedSet {
    pub(super) charter: Charter,
    pub(super) facts: IdMap<EntryId, Fact>,
    pub(super) shapes: IdMap<AuthorId, FeedShape>,
    pub(super) keys: IdMap<EntryId, KeyState>,
    pub(super) grants: IdMap<GrantId, GrantFact>,
    pub(super) granted: IdMap<AuthorId, Vec<GrantId>>,
    pub(super) acts: HashMap<ActId, BTreeSet<KeyId>>,
    pub(super) charter_authors: IdMap<AuthorId, CharterAuthor>,
    /// Of which feeds only some entries are at hand; none where everything is.
    pub(super) excerpts: HashMap<AuthorId, Linear>,
}

/// What is kept of an admitted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The author.
    pub feed: AuthorId,
    /// The sequence number.
    pub seq: u64,
    /// The entry before; the entry itself at sequence number 0.
    pub prev: EntryId,
    /// The grant it cites.
    pub grant: Option<GrantId>,
    /// The begin or rotation that set the key after this entry.
    pub key_state: EntryId,
}

/// The key a begin or a rotation set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyState {
    /// Signs entries.
    pub key: PublicKey,
    /// Commits to the key of the next rotation.
    pub next: NextKeyDigest,
    /// The rotation key that signed this rotation; `None` for a begin.
    pub rotated_by: Option<KeyId>,
    /// The key state before; `None` for a begin.
    pub before: Option<EntryId>,
}

/// What admission says to an entry that is not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Admitted now.
    Admitted {
        /// Ids whose arrival this is: the entry, an act, authors that may begin.
        arrived: Vec<[u8; 32]>,
    },
    /// Admitted before; an id stands at most once, whatever signature comes with it.
    Known,
}

impl AdmittedSet {
    /// The empty set of a network: only its charter authors are known.
    pub fn new(charter: Charter) -> Self {
        let terms = charter.terms();
        let pairs = terms.roots.iter().map(|pair| (*pair, CharterSort::Root));
        let desks = terms
            .reply_desks
            .iter()
            .map(|pair| (*pair, CharterSort::ReplyDesk));
        let charter_authors = pairs
            .chain(desks)
            .map(|(pair, sort)| (charter.author(pair), CharterAuthor { pair, sort }))
            .collect();
        Self {
            charter,
            facts: IdMap::default(),
            shapes: IdMap::default(),
            keys: IdMap::default(),
            grants: IdMap::default(),
            granted: IdMap::default(),
            acts: HashMap::new(),
            charter_authors,
            excerpts: HashMap::new(),
        }
    }

    /// Admits an entry, or says why not; a refusal changes nothing.
    ///
    /// # Errors
    /// [`AdmissionError`]; [`AdmissionError::waits_for`] tells early from final.
    pub fn admit(&mut self, entry: &SignedEntry) -> Result<Answer, AdmissionError> {
        if self.facts.contains_key(&entry.id()) {
            return Ok(Answer::Known);
        }
        let change = self.check(entry)?;
        Ok(Answer::Admitted {
            arrived: self.apply(entry, change),
        })
    }

    /// Admits all entries or none.
    ///
    /// # Errors
    /// The position of the first entry that is not admitted, and why.
    pub fn admit_all(
        &mut self,
        entries: &[SignedEntry],
    ) -> Result<Vec<Answer>, (usize, AdmissionError)> {
        self.admit_all_through(entries, |_, _| Ok(()))
    }

    /// Admits all entries or none, each only if `door` lets it pass as well. The door is asked
    /// about the position of an entry that admission takes, signature included, and sees the
    /// entries before it as admitted; about known entries it is not asked.
    ///
    /// # Errors
    /// The position of the first entry that is refused, and why.
    pub fn admit_all_through<E: From<AdmissionError>>(
        &mut self,
        entries: &[SignedEntry],
        mut door: impl FnMut(&Self, usize) -> Result<(), E>,
    ) -> Result<Vec<Answer>, (usize, E)> {
        let mut undo = Vec::new();
        let mut answers = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            if self.contains(entry.id()) {
                answers.push(Answer::Known);
                continue;
            }
            let checked = self.check(entry).map_err(E::from);
            let passed = checked.and_then(|change| door(self, at).map(|()| change));
            match passed {
                Ok(change) => {
                    undo.push(self.before(entry));
                    let arrived = self.apply(entry, change);
                    answers.push(Answer::Admitted { arrived });
                }
                Err(error) => {
                    undo.into_iter()
                        .rev()
                        .for_each(|before| self.restore(before));
                    return Err((at, error));
                }
            }
        }
        Ok(answers)
    }

    /// The charter.
    pub const fn charter(&self) -> &Charter {
        &self.charter
    }

    /// Whether an entry is admitted.
    pub fn contains(&self, id: EntryId) -> bool {
        self.facts.contains_key(&id)
    }

    /// Number of admitted entries.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether nothing is admitted yet.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// What is kept of an admitted entry.
    pub fn fact(&self, id: EntryId) -> Option<&Fact> {
        self.facts.get(&id)
    }

    /// The ids of all admitted entries, in no order.
    pub fn ids(&self) -> impl Iterator<Item = EntryId> {
        self.facts.keys().copied()
    }

    /// The authors whose feeds have begun, in no order.
    pub fn authors(&self) -> impl Iterator<Item = AuthorId> {
        self.shapes.keys().copied()
    }

    /// The key a begin or rotation set.
    pub fn key_state(&self, id: EntryId) -> Option<&KeyState> {
        self.keys.get(&id)
    }

    /// Whether some feed's key state holds `key`; a cheap filter before signatures are checked.
    pub fn knows_key(&self, feed: AuthorId, key: KeyId) -> bool {
        let state = self.shapes.get(&feed).map(|shape| shape.walk().head.id);
        let state = state
            .and_then(|head| self.facts.get(&head))
            .map(|fact| fact.key_state);
        state
            .and_then(|id| self.keys.get(&id))
            .is_some_and(|state| state.key.id() == key)
    }

    /// The walk over a feed; `None` when it has not begun.
    pub fn walk(&self, author: AuthorId) -> Option<Walk> {
        self.shapes.get(&author).map(FeedShape::walk)
    }

    /// The value of a feed; `None` when it has not begun.
    pub fn feed_value(&self, author: AuthorId) -> Option<FeedValue> {
        let walk = self.walk(author)?;
        let key_state = self.facts.get(&walk.head.id)?.key_state;
        Some(FeedValue {
            seq: walk.head.seq,
            head: walk.head.id,
            key_state,
            fork: walk.fork,
        })
    }

    /// The act id of what roots decide together.
    pub fn act_id(&self, kind: &str, claim: &[u8]) -> ActId {
        let mut writer = Writer::new();
        writer.array(3);
        writer.bytes(self.charter.network().as_bytes());
        writer.text(kind);
        writer.encoded(claim);
        ActId::new(derive(ACT, &[&writer.into_bytes()]))
    }

    /// Whether enough roots made the act.
    pub fn is_effective(&self, act: ActId) -> bool {
        let made = self.acts.get(&act).map_or(0, BTreeSet::len);
        u64::try_from(made).is_ok_and(|made| made >= self.charter.terms().threshold)
    }

    pub(crate) fn link(&self, id: EntryId) -> Option<Link> {
        link(&self.facts, id)
    }

    fn apply(&mut self, entry: &SignedEntry, change: Change) -> Vec<[u8; 32]> {
        let id = entry.id();
        let Change { fact, key, effect } = change;
        let sets_key = key.is_some().then_some(id);
        self.facts.insert(id, fact);
        self.keys.extend(key.map(|key| (id, key)));
        let shaped = self.note_excerpt(fact.feed, fact.seq, sets_key);
        if shaped {
            // The shape was proved before.
        } else if fact.seq == 0 {
            self.shapes.insert(fact.feed, FeedShape::new(id));
        } else if let (Some(next), Some(shape)) = (self.link(id), self.shapes.get_mut(&fact.feed)) {
            shape.insert(next, |id| link(&self.facts, id));
        }
        let mut arrived = vec![*id.as_bytes()];
        match effect {
            Effect::None => {}
            Effect::Grant(id, grant) => arrived.extend(self.grant_takes_effect(id, grant)),
            Effect::Act { act, root } => {
                self.acts.entry(act).or_default().insert(root);
                if self.is_effective(act) {
                    arrived.extend(self.act_takes_effect(act, entry.network_claim()));
                }
            }
        }
        arrived
    }

    fn grant_takes_effect(&mut self, id: GrantId, fact: GrantFact) -> Vec<[u8; 32]> {
        let to = fact.grant.to;
        if self.grants.insert(id, fact).is_none() {
            self.granted.entry(to).or_default().push(id);
        }
        vec![*id.as_bytes(), *to.as_bytes()]
    }

    fn act_takes_effect(&mut self, act: ActId, claim: Option<&NetworkClaim>) -> Vec<[u8; 32]> {
        match claim {
            Some(NetworkClaim::Grant(grant)) => {
                self.grant_takes_effect(act.into(), root_grant(act, grant))
            }
            Some(NetworkClaim::Amend(amend)) => amend
                .pairs
                .iter()
                .map(|pair| self.root_takes_effect(*pair))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn root_takes_effect(&mut self, pair: Pair) -> [u8; 32] {
        let author = self.charter.author(pair);
        let root = CharterAuthor {
            pair,
            sort: CharterSort::Root,
        };
        self.charter_authors.entry(author).or_insert(root);
        *author.as_bytes()
    }

    /// What has to be remembered to take `entry` back.
    fn before(&self, entry: &SignedEntry) -> Before {
        let act = entry.network_claim().zip(entry.header().claim.as_ref());
        let act = act.map(|(claim, raw)| self.act_id(claim.kind(), raw.as_bytes()));
        let (grants, roots) = match entry.network_claim() {
            Some(NetworkClaim::Grant(grant)) => {
                let ids = [Some(entry.id().into()), act.map(GrantId::from)];
                let new = ids
                    .into_iter()
                    .flatten()
                    .filter(|id| !self.grants.contains_key(id));
                (new.map(|id| (id, grant.to)).collect(), Vec::new())
            }
            Some(NetworkClaim::Amend(amend)) => {
                let authors = amend.pairs.iter().map(|pair| self.charter.author(*pair));
                let new = authors.filter(|author| !self.charter_authors.contains_key(author));
                (Vec::new(), new.collect())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let act = act.map(|act| (act, self.acts.get(&act).cloned()));
        let shape = self.shapes.get(&entry.author()).cloned();
        Before {
            id: entry.id(),
            author: entry.author(),
            shape,
            act,
            grants,
            roots,
        }
    }

    fn restore(&mut self, before: Before) {
        self.facts.remove(&before.id);
        self.keys.remove(&before.id);
        match before.shape {
            Some(shape) => self.shapes.insert(before.author, shape),
            None => self.shapes.remove(&before.author),
        };
        if let Some((act, roots)) = before.act {
            match roots {
                Some(roots) => self.acts.insert(act, roots),
                None => self.acts.remove(&act),
            };
        }
        for (id, to) in before.grants {
            if self.grants.remove(&id).is_some()
                && let Some(granted) = self.granted.get_mut(&to)
            {
                granted.retain(|grant| *grant != id);
                // Whoever has no grant left may not begin.
                if granted.is_empty() {
                    self.granted.remove(&to);
                }
            }
        }
        for author in before.roots {
            self.charter_authors.remove(&author);
        }
    }
}

/// The state that one entry may change, as it was before.
struct Before {
    id: EntryId,
    author: AuthorId,
    shape: Option<FeedShape>,
    act: Option<(ActId, Option<BTreeSet<KeyId>>)>,
    grants: Vec<(GrantId, AuthorId)>,
    roots: Vec<AuthorId>,
}

fn link(facts: &IdMap<EntryId, Fact>, id: EntryId) -> Option<Link> {
    let fact = facts.get(&id)?;
    let rotate = fact.key_state == id && fact.seq > 0;
    Some(Link {
        id,
        prev: fact.prev,
        seq: fact.seq,
        rotate,
    })
}

fn root_grant(act: ActId, grant: &Grant) -> GrantFact {
    GrantFact {
        grant: grant.clone(),
        granter: Granter::Roots(act),
        depth: 1,
    }
}
