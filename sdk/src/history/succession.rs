//! Whose voice a statement is: the same principal's, its successor's, or that of the party itself.

use crate::admission::{AdmittedSet, GrantFact, Granter};
use crate::entry::Role;
use crate::id::{AuthorId, EntryId, GrantId};
use crate::subject::SubjectId;
use std::collections::BTreeSet;

/// Whether an author may replace what an admitted entry says: the same principal, or a successor.
/// `has_effect` says so of a grant.
pub(crate) fn same_voice(
    set: &AdmittedSet,
    speaker: Option<AuthorId>,
    target: EntryId,
    has_effect: &dyn Fn(GrantId) -> bool,
) -> bool {
    let spoken = set
        .fact(target)
        .and_then(|fact| set.principal(fact.feed, fact.grant));
    match (speaker, spoken) {
        (Some(new), Some(old)) => new == old || succeeds(set, new, old, has_effect),
        _ => false,
    }
}

/// Whether `new` continues `old`, in one or more steps. A granter continues only a feed that it, or
/// one below it, had granted: nobody names an heir of somebody else's.
pub(super) fn succeeds(
    set: &AdmittedSet,
    new: AuthorId,
    old: AuthorId,
    has_effect: &dyn Fn(GrantId) -> bool,
) -> bool {
    let (mut seen, mut at) = (BTreeSet::new(), vec![new]);
    while let Some(author) = at.pop() {
        if !seen.insert(author) {
            continue;
        }
        for id in set.grants_to(author) {
            let Some((fact, before)) = set.grant(*id).and_then(|f| Some((f, f.grant.succeeds?)))
            else {
                continue;
            };
            if has_effect(*id) && is_granter_of(set, fact, before) {
                if before == old {
                    return true;
                }
                at.push(before);
            }
        }
    }
    false
}

/// Whether who made this grant stands above `author` in a chain of its grants.
fn is_granter_of(set: &AdmittedSet, fact: &GrantFact, author: AuthorId) -> bool {
    let maker = match fact.granter {
        Granter::Roots(_) => return true,
        Granter::Author { author, .. } | Granter::ReplyDesk(author) => author,
    };
    let above = |(_, fact): &(GrantId, &GrantFact)| match fact.granter {
        Granter::Roots(_) => false,
        Granter::Author { author, .. } | Granter::ReplyDesk(author) => author == maker,
    };
    let mut grants = set.grants_to(author).iter();
    grants.any(|grant| set.chain(*grant).iter().any(above))
}

/// Nobody closes a finding about itself: not by its author ids, nor by an id of a scope it has as a
/// party. An auditor's or authority's scope says where it may look, not what it is.
pub(crate) fn closes_own(
    set: &AdmittedSet,
    author: AuthorId,
    principal: Option<AuthorId>,
    subjects: &[SubjectId],
) -> bool {
    let is_party = |role| matches!(role, Role::Company | Role::Recruiter | Role::Respondent);
    let named = |author: AuthorId| subjects.contains(&SubjectId::from(author));
    let scoped = |author: AuthorId| {
        let grants = set.grants_to(author).iter().filter_map(|id| set.grant(*id));
        let mut party = grants.filter(|fact| is_party(fact.grant.role));
        party.any(|fact| subjects.iter().any(|subject| fact.grant.covers(subject)))
    };
    [Some(author), principal]
        .into_iter()
        .flatten()
        .any(|author| named(author) || scoped(author))
}
