//! References between entries, and which of them have effect (specs/feed.md §5).

use super::HistoryEntry;
use crate::admission::AdmittedSet;
use crate::entry::{RefType, Role};
use crate::id::{AuthorId, EntryId};
use crate::reason::Reason;
use crate::subject::SubjectId;
use std::collections::BTreeMap;

/// What another entry does to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct IncomingRef {
    /// What it does.
    pub sort: RefType,
    /// The other entry.
    pub by: EntryId,
}

/// A reference without effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct IgnoredRef {
    /// The entry that refers.
    pub by: EntryId,
    /// What it refers to.
    pub target: EntryId,
    /// What it meant to do.
    pub sort: RefType,
    /// Why it has no effect.
    pub reason: Reason,
}

/// Resolves the references between the entries of one history and notes those without effect.
pub(crate) fn resolve(set: &AdmittedSet, entries: &mut [HistoryEntry]) -> Vec<IgnoredRef> {
    let at: BTreeMap<_, _> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| (entry.id(), at))
        .collect();
    let mut effects = Vec::new();
    let mut ignored = Vec::new();
    for entry in entries.iter() {
        for reference in &entry.entry.header().refs {
            let (sort, target, by) = (reference.sort, reference.entry, entry.id());
            // A target that names none of the subjects is not in this history: out of scope.
            let found = at
                .get(&target)
                .and_then(|at| Some((*at, entries.get(*at)?)));
            let outcome = found.ok_or(Reason::RefOutOfScope);
            match outcome.and_then(|(at, target)| check(set, entry, target, sort).map(|()| at)) {
                Ok(at) => effects.push((at, IncomingRef { sort, by })),
                Err(reason) => ignored.push(IgnoredRef {
                    by,
                    target,
                    sort,
                    reason,
                }),
            }
        }
    }
    for (at, effect) in effects {
        if let Some(entry) = entries.get_mut(at) {
            entry.incoming.push(effect);
        }
    }
    ignored
}

fn check(
    set: &AdmittedSet,
    by: &HistoryEntry,
    target: &HistoryEntry,
    sort: RefType,
) -> Result<(), Reason> {
    let subjects = &target.entry.header().subjects;
    if !subjects.iter().all(|subject| by.names(subject)) {
        return Err(Reason::RefOutOfScope);
    }
    let standing = &by.standing;
    match sort {
        // A reply always shows, whatever became of its author.
        RefType::Replies if standing.granted && standing.in_scope => Ok(()),
        RefType::Replies => Err(Reason::OutOfScope),
        RefType::About => Ok(()),
        _ if !standing.counts_for() => Err(Reason::NotAuthorised),
        RefType::Supersedes | RefType::Retracts => check_same_voice(set, by, target),
        RefType::Closes if closes_own(set, by, subjects) => Err(Reason::NotAuthorised),
        RefType::Closes => Ok(()),
    }
}

/// Only the same principal, or its named successor, replaces a statement.
fn check_same_voice(
    set: &AdmittedSet,
    by: &HistoryEntry,
    target: &HistoryEntry,
) -> Result<(), Reason> {
    let (speaker, spoken) = (by.standing.principal, target.standing.principal);
    let same = speaker.is_some() && speaker == spoken;
    let succeeds = speaker
        .zip(spoken)
        .is_some_and(|(new, old)| is_successor(set, new, old));
    if same || succeeds {
        Ok(())
    } else {
        Err(Reason::NotAuthorised)
    }
}

fn is_successor(set: &AdmittedSet, new: AuthorId, old: AuthorId) -> bool {
    let grants = set.grants_to(new).iter().filter_map(|id| set.grant(*id));
    grants
        .into_iter()
        .any(|fact| fact.grant.succeeds == Some(old))
}

/// Nobody closes a finding about itself: by its author id, or by any id of its scope.
fn closes_own(set: &AdmittedSet, by: &HistoryEntry, subjects: &[SubjectId]) -> bool {
    let own = by.standing.principal.map(SubjectId::from);
    let named = subjects.iter().any(|subject| Some(subject) == own.as_ref());
    let chain = by
        .entry
        .header()
        .grant
        .map(|grant| set.chain(grant))
        .unwrap_or_default();
    let mut firms = chain
        .iter()
        .filter(|(_, fact)| fact.grant.role != Role::Desk);
    let firm = firms.next().map(|(_, fact)| &fact.grant);
    // An auditor's or authority's scope says where it may look, not what it is.
    let is_party = |role| matches!(role, Role::Company | Role::Recruiter | Role::Respondent);
    let scoped = firm.is_some_and(|grant| {
        is_party(grant.role) && subjects.iter().any(|subject| grant.covers(subject))
    });
    named || scoped
}
