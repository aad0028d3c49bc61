//! Whether nothing is missing that standing depends on, and nothing is there that nothing asks for.

use super::at_hand::AtHand;
use super::feeds::shapes;
use super::{BundleError, LogEvidence};
use crate::admission::AdmittedSet;
use crate::charter::Charter;
use crate::entry::{Body, NetworkClaim, SignedEntry};
use crate::feed::FeedShape;
use crate::id::{AuthorId, PartDigest};
use crate::index::Class;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What everybody involved amounts to.
pub(super) struct Standings {
    pub(super) set: AdmittedSet,
    pub(super) feeds: HashMap<AuthorId, FeedShape>,
}

/// Steps 6 to 9 of specs/bundle.md §5.
pub(super) fn check_complete(
    charter: &Charter,
    logs: &[LogEvidence],
    entries: &AtHand,
) -> Result<Standings, BundleError> {
    entries.check_stray(logs)?;
    let involved = involved(charter, entries.statements());
    for author in &involved {
        for log in logs {
            check_author(log, *author)?;
        }
    }
    let feeds = shapes(logs, &involved)?;
    let statements = entries.statements();
    let (set, mut left) = AdmittedSet::excerpt(charter.clone(), feeds.clone(), statements);
    left.sort_by_key(|(entry, _)| *entry);
    if let Some((entry, error)) = left.pop() {
        return Err(BundleError::Inadmissible { entry, error });
    }
    entries.check_other_forms()?;
    for log in logs {
        check_keys(log, &set, &involved)?;
    }
    Ok(Standings { set, feeds })
}

/// Every part is one of an entry.
pub(super) fn check_parts(
    bodies: &BTreeMap<PartDigest, Body>,
    entries: &AtHand,
) -> Result<(), BundleError> {
    let parts = entries.statements().flat_map(|entry| &entry.header().parts);
    let mut named: Vec<_> = parts.map(|part| part.digest).collect();
    named.sort_unstable();
    let stray = |part: &&PartDigest| named.binary_search(part).is_err();
    match bodies.keys().find(stray) {
        None => Ok(()),
        Some(part) => Err(BundleError::StrayPart { part: *part }),
    }
}

/// Who made an entry, whom a grant continues, and the roots, whose acts let others speak.
fn involved<'a>(
    charter: &Charter,
    entries: impl Iterator<Item = &'a SignedEntry>,
) -> BTreeSet<AuthorId> {
    let roots = charter.terms().roots.iter();
    let mut involved: BTreeSet<_> = roots.map(|pair| charter.author(*pair)).collect();
    for entry in entries {
        involved.insert(entry.author());
        if let Some(NetworkClaim::Grant(grant)) = entry.network_claim() {
            involved.extend(grant.succeeds);
        }
    }
    involved
}

/// The feed value is proved, and all acts that name the author are there.
fn check_author(log: &LogEvidence, author: AuthorId) -> Result<(), BundleError> {
    let acts = log.list(&author.into(), Class::Net);
    if log.proved.feeds.contains_key(&author) && acts.is_some() {
        return Ok(());
    }
    let log = log.origin().clone();
    Err(BundleError::StandingMissing { author, log })
}

/// What set the key after the head of each feed is what its value says.
fn check_keys(
    log: &LogEvidence,
    set: &AdmittedSet,
    involved: &BTreeSet<AuthorId>,
) -> Result<(), BundleError> {
    let begun = involved.iter().filter_map(|author| {
        let value = log.proved.feeds.get(author)?.as_ref()?;
        Some((*author, value))
    });
    for (author, value) in begun {
        let found = set.fact(value.head).map(|fact| fact.key_state);
        if found != Some(value.key_state) {
            let log = log.origin().clone();
            return Err(BundleError::FeedUnproved { author, log });
        }
    }
    Ok(())
}
