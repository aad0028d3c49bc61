//! Revocations, and what they take from an entry (specs/feed.md §6).

use super::Times;
use crate::admission::{AdmittedSet, Granter};
use crate::entry::{NetworkClaim, Revoke, RevokeKind, RevokeTarget, SignedEntry};
use crate::id::{ActId, EntryId, GrantId, KeyId};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What standing an entry has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
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
        /// The revocation.
        by: EntryId,
    },
}

/// The revocations of a ledger that are in effect.
#[derive(Debug, Clone, Default)]
pub struct Revocations {
    by_target: HashMap<(RevokeTarget, GrantId), Vec<Revocation>>,
    acts: BTreeMap<ActId, BTreeSet<KeyId>>,
}

#[derive(Debug, Clone)]
struct Revocation {
    id: EntryId,
    revoke: Revoke,
    not_after: Option<Timestamp>,
    /// The act that must have enough roots for this to have effect.
    act: Option<ActId>,
}

impl Revocations {
    /// Takes an admitted entry; anything but a revocation is ignored. `on_path` says whether it
    /// lies on the path of its feed: off it, a revocation is empty.
    pub fn observe(&mut self, set: &AdmittedSet, entry: &SignedEntry, times: Times, on_path: bool) {
        let Some(NetworkClaim::Revoke(revoke)) = entry.network_claim() else {
            return;
        };
        if !on_path || !has_authority(set, entry, revoke) {
            return;
        }
        let raw = entry.header().claim.as_ref();
        let act = match (
            set.charter_author(entry.author()),
            set.is_root(entry.author()),
            raw,
        ) {
            (Some(root), true, Some(raw)) => {
                let act = set.act_id("revoke", raw.as_bytes());
                self.acts.entry(act).or_default().insert(root.pair.key);
                Some(act)
            }
            _ => None,
        };
        let revoke = revoke.clone();
        let not_after = times.not_after;
        let revocation = Revocation {
            id: entry.id(),
            revoke,
            not_after,
            act,
        };
        let target = (revocation.revoke.sort, revocation.revoke.target);
        self.by_target.entry(target).or_default().push(revocation);
    }

    /// The worst that revocations of its grants and its key do to an entry.
    pub fn status(&self, set: &AdmittedSet, entry: &SignedEntry, times: Times) -> Status {
        let network = entry.network_claim();
        if let Some(NetworkClaim::Begin(_) | NetworkClaim::Rotate(_)) = network {
            return Status::Kept;
        }
        let chain = entry
            .header()
            .grant
            .map(|grant| set.chain(grant))
            .unwrap_or_default();
        let grants = chain.iter().map(|(id, _)| (RevokeTarget::Grant, *id));
        let key = set
            .fact(entry.id())
            .map(|fact| (RevokeTarget::Key, fact.key_state.into()));
        let found = grants
            .chain(key)
            .filter_map(|target| self.by_target.get(&target))
            .flatten();
        let effective = found.filter(|revocation| self.is_effective(set, revocation));
        effective
            .map(|revocation| judge(set, revocation, entry.id(), times))
            .max()
            .unwrap_or(Status::Kept)
    }

    /// Whether a grant is revoked for what is written at `now`, for the submission door.
    pub fn revoked_now(
        &self,
        set: &AdmittedSet,
        grant: GrantId,
        now: Timestamp,
    ) -> Option<EntryId> {
        let chain = set.chain(grant);
        let found = chain
            .iter()
            .filter_map(|(id, _)| self.by_target.get(&(RevokeTarget::Grant, *id)));
        let effective = found
            .flatten()
            .filter(|revocation| self.is_effective(set, revocation));
        let times = Times {
            claimed: now,
            not_before: Some(now),
            not_after: Some(now),
        };
        let mut hits = effective.filter(|r| bars(&r.revoke, times));
        hits.next().map(|revocation| revocation.id)
    }

    fn is_effective(&self, set: &AdmittedSet, revocation: &Revocation) -> bool {
        revocation.act.is_none_or(|act| {
            let made = self.acts.get(&act).map_or(0, BTreeSet::len);
            u64::try_from(made).is_ok_and(|made| made >= set.charter().terms().threshold)
        })
    }
}

/// Whether the feed may revoke this: the granter, an ancestor, a root (by act), or for a key the
/// feed itself after rotating.
fn has_authority(set: &AdmittedSet, entry: &SignedEntry, revoke: &Revoke) -> bool {
    let by = entry.author();
    if set.is_root(by) {
        return true;
    }
    let in_chain = |grant: GrantId| {
        set.chain(grant).iter().any(|(_, fact)| match fact.granter {
            Granter::Author { author, .. } | Granter::ReplyDesk(author) => author == by,
            Granter::Roots(_) => false,
        })
    };
    match revoke.sort {
        RevokeTarget::Grant => in_chain(revoke.target),
        RevokeTarget::Key if by == revoke.author => set
            .fact(entry.id())
            .is_some_and(|fact| GrantId::from(fact.key_state) != revoke.target),
        RevokeTarget::Key => set
            .grants_to(revoke.author)
            .iter()
            .any(|grant| in_chain(*grant)),
    }
}

fn judge(set: &AdmittedSet, revocation: &Revocation, entry: EntryId, times: Times) -> Status {
    let revoke = &revocation.revoke;
    let revoked = Status::Revoked {
        kind: revoke.kind,
        by: revocation.id,
    };
    if !bars(revoke, times) {
        return Status::Kept;
    }
    if revoke.kind != RevokeKind::KeyCompromise {
        return revoked;
    }
    if revoke
        .last_good
        .is_some_and(|last| is_ancestor(set, entry, last))
    {
        return Status::Kept;
    }
    match (times.not_after, revocation.not_after) {
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

fn is_ancestor(set: &AdmittedSet, entry: EntryId, of: EntryId) -> bool {
    let Some(wanted) = set.fact(entry) else {
        return false;
    };
    let mut at = of;
    while let Some(fact) = set.fact(at) {
        if at == entry {
            return true;
        }
        if fact.seq <= wanted.seq {
            return false;
        }
        at = fact.prev;
    }
    false
}
