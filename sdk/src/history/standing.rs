//! Who spoke, in which role, and whether it counts.

use super::{Revocations, Status, Times};
use crate::admission::{AdmittedSet, GrantFact, Granter};
use crate::entry::{Role, SignedEntry};
use crate::feed::{Walk, Winner};
use crate::id::{ActId, AuthorId, EntryId, GrantId, KeyId};
use crate::policy::Acceptance;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who spoke and with what standing.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a separate question with its own answer"
)]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// The feed that signed.
    pub author: AuthorId,
    /// Whom it speaks for; for a desk, the firm.
    pub principal: Option<AuthorId>,
    /// The role, for a desk the firm's.
    pub role: Option<Role>,
    /// Whether every grant up to the charter has effect.
    pub granted: bool,
    /// Whether every scope in the chain covers the entry.
    pub in_scope: bool,
    /// Whether every grant in the chain was valid when the entry was known.
    pub in_dates: bool,
    /// Whether the role may make statements of this kind.
    pub role_fits: bool,
    /// Whether the policy believes this author or one of its granters.
    pub accepted: bool,
    /// Whether the entry lies on the path of its feed.
    pub on_path: bool,
    /// Whether the feed has an open or frozen fork.
    pub forked: bool,
    /// What revocations left.
    pub status: Status,
}

impl Standing {
    /// Whether the author may say this at all.
    pub fn is_authorised(&self) -> bool {
        self.granted && self.in_scope && self.in_dates && self.role_fits && self.accepted
    }

    /// Whether a statement in somebody's favour counts.
    pub fn counts_for(&self) -> bool {
        self.is_authorised() && self.on_path && self.status == Status::Kept
    }

    /// Whether an adverse statement counts: a forked author's and a suspect one do.
    pub fn counts_against(&self) -> bool {
        self.is_authorised() && !matches!(self.status, Status::Revoked { .. })
    }
}

/// Everything standing depends on, gathered in one pass over the admitted entries.
#[derive(Debug, Clone, Default)]
pub struct Authority {
    walks: HashMap<AuthorId, Walk>,
    /// Which roots made which act, as far as their entries lie on the path.
    acts: BTreeMap<ActId, BTreeSet<KeyId>>,
    revocations: Revocations,
}

impl Authority {
    /// Walks every feed; entries are observed afterwards.
    pub fn new(set: &AdmittedSet) -> Self {
        let walks = set
            .authors()
            .filter_map(|author| Some((author, set.walk(author)?)))
            .collect();
        Self {
            walks,
            ..Self::default()
        }
    }

    /// Takes an admitted entry in log order; only network kinds matter here.
    pub fn observe(&mut self, set: &AdmittedSet, entry: &SignedEntry, times: Times) {
        let Some(claim) = entry.network_claim() else {
            return;
        };
        let on_path = self.on_path(entry);
        if let (Some(root), Some(raw), true) = (
            set.charter_author(entry.author()),
            entry.header().claim.as_ref(),
            on_path,
        ) {
            let act = set.act_id(claim.kind(), raw.as_bytes());
            self.acts.entry(act).or_default().insert(root.pair.key);
        }
        self.revocations.observe(set, entry, times, on_path);
    }

    /// Whether an entry lies on the path of its feed.
    pub fn on_path(&self, entry: &SignedEntry) -> bool {
        self.holds(entry.author(), entry.id(), entry.header().seq)
    }

    /// The walk over a feed.
    pub fn walk(&self, author: AuthorId) -> Option<&Walk> {
        self.walks.get(&author)
    }

    /// What is revoked.
    pub const fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// The standing of an entry.
    pub fn standing(
        &self,
        set: &AdmittedSet,
        acceptance: &Acceptance,
        entry: &SignedEntry,
        times: Times,
    ) -> Standing {
        let author = entry.author();
        let grant = entry.header().grant;
        let chain = grant.map(|grant| set.chain(grant)).unwrap_or_default();
        let principal = set.principal(author, grant);
        let role = chain
            .iter()
            .map(|(_, fact)| fact.grant.role)
            .find(|role| *role != Role::Desk);
        let kind = entry.header().kind.as_str();
        Standing {
            author,
            principal,
            role,
            granted: !chain.is_empty()
                && chain
                    .iter()
                    .all(|(id, fact)| self.grant_has_effect(set, *id, fact)),
            in_scope: chain.iter().all(|(_, fact)| in_scope(fact, entry)),
            in_dates: chain.iter().all(|(_, fact)| in_dates(fact, times)),
            role_fits: role.is_some_and(|role| crate::claim::roles_for(kind).contains(&role)),
            accepted: principal
                .is_some_and(|author| acceptance.believes(author, &granters(&chain))),
            on_path: self.on_path(entry),
            forked: self.is_forked(author),
            status: self.revocations.status(set, entry, times),
        }
    }

    /// Whether a feed stops at a fork.
    pub fn is_forked(&self, author: AuthorId) -> bool {
        let fork = self.walks.get(&author).and_then(|walk| walk.fork.as_ref());
        fork.is_some_and(|fork| !matches!(fork.last.winner, Winner::Child(_)))
    }

    fn holds(&self, author: AuthorId, entry: EntryId, seq: u64) -> bool {
        self.walks
            .get(&author)
            .is_some_and(|walk| walk.holds(entry, seq))
    }

    /// A grant off its granter's path, or an act without enough roots on theirs, has no effect.
    fn grant_has_effect(&self, set: &AdmittedSet, id: GrantId, fact: &GrantFact) -> bool {
        match fact.granter {
            Granter::Author { author, .. } | Granter::ReplyDesk(author) => {
                let entry = EntryId::new(*id.as_bytes());
                set.fact(entry)
                    .is_some_and(|fact| self.holds(author, entry, fact.seq))
            }
            Granter::Roots(act) => {
                let made = self.acts.get(&act).map_or(0, BTreeSet::len);
                u64::try_from(made).is_ok_and(|made| made >= set.charter().terms().threshold)
            }
        }
    }
}

fn granters(chain: &[(GrantId, &GrantFact)]) -> Vec<AuthorId> {
    let granter = |(_, fact): &(GrantId, &GrantFact)| match fact.granter {
        Granter::Author { author, .. } | Granter::ReplyDesk(author) => Some(author),
        Granter::Roots(_) => None,
    };
    chain.iter().filter_map(granter).collect()
}

/// A reply or acknowledgement needs one subject in scope, everything else all of them.
fn in_scope(fact: &GrantFact, entry: &SignedEntry) -> bool {
    let mut subjects = entry.header().subjects.iter();
    match entry.header().kind.as_str() {
        "reply" | "ack" => subjects.any(|subject| fact.grant.covers(subject)),
        _ => subjects.all(|subject| fact.grant.covers(subject)),
    }
}

fn in_dates(fact: &GrantFact, times: Times) -> bool {
    let known = times.not_after.map(crate::time::Timestamp::date);
    known.is_some_and(|date| fact.grant.from <= date && date <= fact.grant.to_date)
}
