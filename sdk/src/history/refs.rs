//! References between entries, and which of them have effect (specs/rules.md §4).

use super::{Authority, HistoryEntry, closes_own, same_voice};
use crate::admission::AdmittedSet;
use crate::entry::RefType;
use crate::id::EntryId;
use crate::reason::Reason;
use std::collections::HashMap;

/// What another entry does to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct IncomingRef {
    /// What it does.
    pub sort: RefType,
    /// The other entry.
    pub by: EntryId,
}

/// A reference without effect.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
pub(crate) fn resolve(
    set: &AdmittedSet,
    authority: &Authority,
    entries: &mut [HistoryEntry],
) -> Vec<IgnoredRef> {
    let at: HashMap<_, _> = entries
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
            let effect = |target| effect(set, authority, entry, target, sort);
            match outcome.and_then(|(at, target)| effect(target).map(|()| at)) {
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

/// Whether the reference of `by` to `target` has effect.
///
/// # Errors
/// Why it has none.
pub(crate) fn effect(
    set: &AdmittedSet,
    authority: &Authority,
    by: &HistoryEntry,
    target: &HistoryEntry,
    sort: RefType,
) -> Result<(), Reason> {
    let subjects = &target.entry.header().subjects;
    // An answer is about exactly what it answers: one subject in scope is enough for it.
    let covers = match by.kind() {
        "reply" | "ack" => by.entry.header().subjects == *subjects,
        _ => subjects.iter().all(|subject| by.names(subject)),
    };
    if !covers {
        return Err(Reason::RefOutOfScope);
    }
    let standing = &by.standing;
    let has_effect = |grant| authority.is_granted(set, grant);
    match sort {
        // A reply always shows, whatever became of its author.
        RefType::Replies if !standing.granted => Err(Reason::NotAuthorised),
        RefType::Replies if !standing.in_scope => Err(Reason::OutOfScope),
        RefType::Replies | RefType::About => Ok(()),
        _ if !standing.counts_for() => Err(Reason::NotAuthorised),
        RefType::Closes if closes_own(set, standing.author, standing.principal, subjects) => {
            Err(Reason::NotAuthorised)
        }
        RefType::Closes => Ok(()),
        RefType::Supersedes | RefType::Retracts => {
            let same = same_voice(set, standing.principal, target.id(), &has_effect);
            same.then_some(()).ok_or(Reason::NotAuthorised)
        }
    }
}
