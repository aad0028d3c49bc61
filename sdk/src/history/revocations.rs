//! Revocations, and what they take from an entry (specs/rules.md §4).

use super::Times;
use crate::admission::{AdmittedSet, Granter};
use crate::entry::{NetworkClaim, Revoke, RevokeKind, RevokeTarget, SignedEntry};
use crate::id::{ActId, AuthorId, EntryId, GrantId, KeyId};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What standing an entry has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing took it away.
    Kept,
    /// Written with a compromised key before that was declared.
    Suspect,
    /// A revocation took it.
    Revoked {
        /// Why.
        kind: RevokeKind,
        /// Whether the revocation was on record before the entry was.
        on_record: bool,
    },
}

impl Status {
    /// The worse of two; of two revocations, either may have been on record before.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Revoked { kind, on_record },
                Self::Revoked {
                    kind: other,
                    on_record: before,
                },
            ) => Self::Revoked {
                kind: kind.max(other),
                on_record: on_record || before,
            },
            (revoked @ Self::Revoked { .. }, _) | (_, revoked @ Self::Revoked { .. }) => revoked,
            (Self::Suspect, _) | (_, Self::Suspect) => Self::Suspect,
            (Self::Kept, Self::Kept) => Self::Kept,
        }
    }
}

/// The revocations of a ledger, and the times of its grants.
#[derive(Debug, Clone, Default)]
pub struct Revocations {
    by_target: HashMap<(RevokeTarget, GrantId), Vec<Revocation>>,
    /// Which roots made which act, and when that is proved of each.
    acts: BTreeMap<ActId, BTreeMap<KeyId, Option<Timestamp>>>,
    grants: HashMap<EntryId, Times>,
}

#[derive(Debug, Clone)]
struct Revocation {
    id: EntryId,
    revoke: Revoke,
    not_after: Option<Timestamp>,
    /// The act that must have enough roots for this to have effect.
    act: Option<ActId>,
}

/// Under what something is said.
struct Under {
    entry: Option<EntryId>,
    grant: Option<GrantId>,
    key_state: Option<EntryId>,
}

impl Revocations {
    /// Takes an admitted entry; anything but a grant or a revocation is ignored. `on_path` says
    /// whether it lies on the path of its feed: off it, a revocation is empty.
    pub fn observe(&mut self, set: &AdmittedSet, entry: &SignedEntry, times: Times, on_path: bool) {
        let revoke = match entry.network_claim() {
            Some(NetworkClaim::Revoke(revoke)) => revoke,
            Some(NetworkClaim::Grant(_)) => {
                self.grants.insert(entry.id(), times);
                return;
            }
            _ => return,
        };
        if !on_path {
            return;
        }
        let not_after = times.not_after;
        let act = if has_authority(set, entry, revoke) {
            None
        } else if let Some(act) = self.root_act(set, entry, not_after) {
            Some(act)
        } else {
            return;
        };
        let target = (revoke.sort, revoke.target);
        let revocation = Revocation {
            id: entry.id(),
            revoke: revoke.clone(),
            not_after,
            act,
        };
        self.by_target.entry(target).or_default().push(revocation);
    }

    /// Notes a root's part in an act of revocation.
    fn root_act(
        &mut self,
        set: &AdmittedSet,
        entry: &SignedEntry,
        not_after: Option<Timestamp>,
    ) -> Option<ActId> {
        let author = entry.author();
        let root = set.charter_author(author).filter(|_| set.is_root(author))?;
        let raw = entry.header().claim.as_ref()?;
        let act = set.act_id("revoke", raw.as_bytes());
        let made = self.acts.entry(act).or_default();
        let first = made.entry(root.pair.key).or_insert(not_after);
        // Unknown is later than any time.
        *first = match (*first, not_after) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Some(act)
    }

    /// The worst that revocations of its grants and its key do to an entry.
    pub fn status(&self, set: &AdmittedSet, entry: &SignedEntry, times: Times) -> Status {
        let taken = self.taken(set, entry, times).into_iter();
        taken
            .map(|(_, status)| status)
            .fold(Status::Kept, Status::worse)
    }

    /// Every revocation that takes something from an entry, and what.
    pub fn taken(
        &self,
        set: &AdmittedSet,
        entry: &SignedEntry,
        times: Times,
    ) -> Vec<(EntryId, Status)> {
        // A key's own entries: what it signed later is judged, not how it came to be.
        if let Some(NetworkClaim::Begin(_) | NetworkClaim::Rotate(_)) = entry.network_claim() {
            return Vec::new();
        }
        self.taken_from(
            set,
            &Under::of(set, entry.id(), entry.header().grant),
            times,
        )
    }

    /// A revocation that reaches what is written at `now` under a grant and with a key, for the
    /// submission door.
    pub fn bars_now(
        &self,
        set: &AdmittedSet,
        grant: Option<GrantId>,
        key_state: Option<EntryId>,
        now: Timestamp,
    ) -> Option<EntryId> {
        let times = Times {
            claimed: now,
            not_before: Some(now),
            not_after: Some(now),
        };
        let under = Under {
            entry: None,
            grant,
            key_state,
        };
        let taken = self.taken_from(set, &under, times);
        taken.into_iter().map(|(by, _)| by).min()
    }

    fn taken_from(&self, set: &AdmittedSet, under: &Under, times: Times) -> Vec<(EntryId, Status)> {
        let chain = under
            .grant
            .map(|grant| set.chain(grant))
            .unwrap_or_default();
        let grants = chain.iter().map(|(id, _)| (RevokeTarget::Grant, *id));
        let key = under
            .key_state
            .map(|state| (RevokeTarget::Key, state.into()));
        let found = grants
            .chain(key)
            .filter_map(|target| self.by_target.get(&target))
            .flatten();
        let judged = found.filter_map(|revocation| {
            let declared = match self.declared(set, revocation) {
                Declared::Never => return None,
                Declared::Unknown => None,
                Declared::By(time) => Some(time),
            };
            let status = judge(set, revocation, declared, under.entry, times);
            (status != Status::Kept).then_some((revocation.id, status))
        });
        let mut taken: Vec<_> = judged.collect();
        // At the door nothing is proved of when a grant was made.
        if under.entry.is_some() {
            taken.extend(self.taken_from_grant(set, &chain));
        }
        taken.sort_by_key(|(id, _)| *id);
        taken.dedup_by_key(|(id, _)| *id);
        taken
    }

    /// A grant made without standing gives none. Each step is one grant nearer to the charter.
    fn taken_from_grant(
        &self,
        set: &AdmittedSet,
        chain: &[(GrantId, &crate::admission::GrantFact)],
    ) -> Vec<(EntryId, Status)> {
        let by_entry = |(id, fact): &(GrantId, &crate::admission::GrantFact)| match fact.granter {
            Granter::Author { .. } | Granter::ReplyDesk(_) => Some(EntryId::new(*id.as_bytes())),
            Granter::Roots(_) => None,
        };
        let made = chain.first().and_then(by_entry);
        let made = made.and_then(|id| Some((id, *self.grants.get(&id)?)));
        made.map(|(id, times)| {
            let grant = set.fact(id).and_then(|fact| fact.grant);
            self.taken_from(set, &Under::of(set, id, grant), times)
        })
        .unwrap_or_default()
    }

    /// When a revocation is proved to have been made; for an act of the roots, the time by which
    /// enough of them had made it.
    fn declared(&self, set: &AdmittedSet, revocation: &Revocation) -> Declared {
        let time = |time: Option<Timestamp>| time.map_or(Declared::Unknown, Declared::By);
        let Some(act) = revocation.act else {
            return time(revocation.not_after);
        };
        let threshold = usize::try_from(set.charter().terms().threshold).unwrap_or(usize::MAX);
        let Some(made) = self.acts.get(&act).filter(|made| made.len() >= threshold) else {
            return Declared::Never;
        };
        let mut times: Vec<_> = made.values().flatten().copied().collect();
        times.sort_unstable();
        time(times.get(threshold.saturating_sub(1)).copied())
    }
}

/// When a revocation was made.
enum Declared {
    By(Timestamp),
    /// It has no effect.
    Never,
    Unknown,
}

impl Under {
    fn of(set: &AdmittedSet, entry: EntryId, grant: Option<GrantId>) -> Self {
        Self {
            entry: Some(entry),
            grant,
            key_state: set.fact(entry).map(|fact| fact.key_state),
        }
    }
}

/// Whether the feed alone may revoke this: the granter, an ancestor, or for a key the feed itself
/// after rotating. Whether enough roots may is another question.
fn has_authority(set: &AdmittedSet, entry: &SignedEntry, revoke: &Revoke) -> bool {
    let by = entry.author();
    match revoke.sort {
        RevokeTarget::Grant => made_above(set, revoke.target, by),
        RevokeTarget::Key if by == revoke.author => {
            rotated_away(set, entry.id(), EntryId::new(*revoke.target.as_bytes()))
        }
        RevokeTarget::Key => set
            .grants_to(revoke.author)
            .iter()
            .any(|grant| made_above(set, *grant, by)),
    }
}

/// Whether `by` made the grant or one above it.
fn made_above(set: &AdmittedSet, grant: GrantId, by: AuthorId) -> bool {
    set.chain(grant).iter().any(|(_, fact)| match fact.granter {
        Granter::Author { author, .. } | Granter::ReplyDesk(author) => author == by,
        Granter::Roots(_) => false,
    })
}

/// Whether the key that signed `entry` came after the key state `old`.
fn rotated_away(set: &AdmittedSet, entry: EntryId, old: EntryId) -> bool {
    let signed_with = set
        .fact(entry)
        .and_then(|fact| set.key_state(fact.key_state));
    let mut at = signed_with.and_then(|state| state.before);
    let mut seen = BTreeSet::new();
    while let Some(before) = at.filter(|id| seen.insert(*id)) {
        if before == old {
            return true;
        }
        at = set.key_state(before).and_then(|state| state.before);
    }
    false
}

fn judge(
    set: &AdmittedSet,
    revocation: &Revocation,
    declared: Option<Timestamp>,
    entry: Option<EntryId>,
    times: Times,
) -> Status {
    let revoke = &revocation.revoke;
    if !bars(revoke, times) {
        return Status::Kept;
    }
    let on_record = match (declared, times.not_after) {
        (Some(declared), Some(written)) => declared < written,
        _ => false,
    };
    let revoked = Status::Revoked {
        kind: revoke.kind,
        on_record,
    };
    if revoke.kind != RevokeKind::KeyCompromise {
        return revoked;
    }
    let good = revoke.last_good.zip(entry);
    if good.is_some_and(|(last, entry)| set.is_ancestor(entry, last)) {
        return Status::Kept;
    }
    match (times.not_after, declared) {
        (Some(written), Some(declared)) if written <= declared => Status::Suspect,
        _ => revoked,
    }
}

/// Whether the revocation reaches what was written in these times, before exceptions by ancestry.
/// An unknown time is affected.
fn bars(revoke: &Revoke, times: Times) -> bool {
    let before = times.not_after.is_some_and(|time| time < revoke.since);
    let after_end = match (revoke.until, times.not_before) {
        (Some(until), Some(time)) => time >= until,
        _ => false,
    };
    match revoke.kind {
        RevokeKind::Expiry | RevokeKind::Withdrawn | RevokeKind::KeyCompromise => !before,
        RevokeKind::Suspension => !before && !after_end,
        RevokeKind::Void => true,
    }
}
