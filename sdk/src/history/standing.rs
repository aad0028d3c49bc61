//! Who spoke, in which role, and whether it counts.

use super::{Erasures, Revocations, RootActs, Status, Times};
use crate::admission::{AdmittedSet, GrantFact, Granter};
use crate::entry::{Header, NetworkClaim, Role, SignedEntry};
use crate::feed::{Walk, Winner};
use crate::id::{AuthorId, EntryId, GrantId, PartDigest};
use crate::policy::Acceptance;
use std::collections::HashMap;

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
    /// The revocations that took something from it.
    pub revoked_by: Vec<EntryId>,
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

    /// Whether the author had the standing to say this and lost it: by a revocation that was not
    /// on record before, with the end of a grant, or with a granter's fork. Such a statement does
    /// not count, but that it is gone is no good news.
    pub fn is_lost(&self) -> bool {
        let given = self.in_scope && self.role_fits && self.accepted;
        given
            && match self.status {
                Status::Revoked { on_record, .. } => !on_record,
                Status::Kept | Status::Suspect => !self.granted || !self.in_dates,
            }
    }
}

/// Everything standing depends on, gathered in one pass over the admitted entries.
#[derive(Debug, Clone, Default)]
pub struct Authority {
    walks: HashMap<AuthorId, Walk>,
    acts: RootActs,
    erasures: Erasures,
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
            acts: RootActs::new(set.charter()),
            ..Self::default()
        }
    }

    /// Takes an admitted entry; only network kinds matter here. Their order does not.
    pub fn observe(&mut self, set: &AdmittedSet, entry: &SignedEntry, times: Times) {
        let Some(claim) = entry.network_claim() else {
            return;
        };
        let on_path = self.on_path(entry);
        if on_path {
            self.acts.observe(set, entry, claim);
        }
        if let (NetworkClaim::Erase(erase), true) = (claim, on_path) {
            self.erasures.observe(set, entry, erase);
        }
        self.revocations.observe(set, entry, times, on_path);
    }

    /// Whether a part of an entry is erased: its principal, or enough roots, said so.
    pub fn is_erased(&self, entry: EntryId, part: PartDigest) -> bool {
        let by_roots = |act| self.acts.is_effective(act);
        self.erasures.covers(entry, part, by_roots)
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
        let role = role_of(&chain);
        let taken = self.revocations.taken(set, entry, times);
        Standing {
            author,
            principal,
            role,
            granted: !chain.is_empty() && chain.iter().all(|(id, fact)| self.gives(set, *id, fact)),
            in_scope: in_scope(&chain, entry.header()),
            in_dates: chain.iter().all(|(_, fact)| in_dates(fact, times)),
            role_fits: role_fits(role, entry.header().kind.as_str()),
            accepted: principal
                .is_some_and(|author| acceptance.believes(author, &granters(&chain))),
            on_path: self.on_path(entry),
            forked: self.is_forked(author),
            status: taken
                .iter()
                .fold(Status::Kept, |worst, (_, status)| worst.worse(*status)),
            revoked_by: taken.into_iter().map(|(by, _)| by).collect(),
        }
    }

    /// Whether a grant and every one above it have effect.
    pub(super) fn is_granted(&self, set: &AdmittedSet, grant: GrantId) -> bool {
        let chain = set.chain(grant);
        !chain.is_empty() && chain.iter().all(|(id, fact)| self.gives(set, *id, fact))
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
    fn gives(&self, set: &AdmittedSet, id: GrantId, fact: &GrantFact) -> bool {
        match fact.granter {
            Granter::Author { author, .. } | Granter::ReplyDesk(author) => {
                let entry = EntryId::new(*id.as_bytes());
                set.fact(entry)
                    .is_some_and(|fact| self.holds(author, entry, fact.seq))
            }
            Granter::Roots(act) => self.acts.is_effective(act),
        }
    }
}

/// The role spoken in; for a desk, the firm's.
pub(crate) fn role_of(chain: &[(GrantId, &GrantFact)]) -> Option<Role> {
    let roles = chain.iter().map(|(_, fact)| fact.grant.role);
    let mut firms = roles.filter(|role| *role != Role::Desk);
    firms.next()
}

/// Whether the role may make statements of the kind; of a kind nobody here knows, every role may.
fn role_fits(role: Option<Role>, kind: &str) -> bool {
    let known = crate::claim::is_known(kind);
    role.is_some_and(|role| !known || crate::claim::roles_for(kind).contains(&role))
}

fn granters(chain: &[(GrantId, &GrantFact)]) -> Vec<AuthorId> {
    let granter = |(_, fact): &(GrantId, &GrantFact)| match fact.granter {
        Granter::Author { author, .. } | Granter::ReplyDesk(author) => Some(author),
        Granter::Roots(_) => None,
    };
    chain.iter().filter_map(granter).collect()
}

/// Whether every scope of the chain covers the subjects; of a reply or acknowledgement, whose
/// subjects are those of what it answers, one subject is enough.
pub(crate) fn in_scope(chain: &[(GrantId, &GrantFact)], header: &Header) -> bool {
    let mut subjects = header.subjects.iter();
    let covered = |subject| chain.iter().all(|(_, fact)| fact.grant.covers(subject));
    match header.kind.as_str() {
        "reply" | "ack" => subjects.any(covered),
        _ => subjects.all(covered),
    }
}

fn in_dates(fact: &GrantFact, times: Times) -> bool {
    let known = times.not_after.map(crate::time::Timestamp::date);
    known.is_some_and(|date| fact.grant.from <= date && date <= fact.grant.to_date)
}
