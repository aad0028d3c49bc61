//! Network kinds: what admission takes and nobody should post.

use super::{Door, DoorProblem, check_subject};
use crate::entry::{
    Grant, Header, NetworkClaim, Revoke, RevokeKind, RevokeTarget, Role, ScopeItem,
};
use crate::id::KeyId;
use crate::reason::Reason;
use crate::subject::SubjectId;

pub(super) fn check(door: &Door<'_>, header: &Header) -> Vec<DoorProblem> {
    let claim = header.claim.as_ref();
    // A claim that is none of its kind is refused by admission.
    let claim = claim.and_then(|raw| NetworkClaim::read(&header.kind, raw.as_bytes()).ok());
    match claim {
        Some(NetworkClaim::Grant(grant)) => check_grant(door, header, &grant),
        Some(NetworkClaim::Revoke(revoke)) => check_revoke(door, &revoke),
        _ => Vec::new(),
    }
}

fn invalid(field: &'static str, detail: &'static str) -> DoorProblem {
    DoorProblem::new(Reason::ClaimInvalid, field, detail)
}

fn check_grant(door: &Door<'_>, header: &Header, grant: &Grant) -> Vec<DoorProblem> {
    let scope = grant.scope.iter();
    // A node's grant names the key that its connections show (specs/peers.md).
    let scope = scope.filter(|item| grant.role != Role::Node || !names_key(item));
    let mut problems: Vec<_> = scope.filter_map(check_scope).collect();
    if grant.to_date < grant.from {
        problems.push(invalid("to_date", "the last date lies before the first"));
    }
    if grant.to_date < door.now.date() {
        problems.push(invalid("to_date", "the grant has ended already"));
    }
    let principal = header
        .feed
        .and_then(|feed| door.set.principal(feed, header.grant));
    // What a desk says counts as its firm's; the roots are no firm.
    if grant.role == Role::Desk && (header.grant.is_none() || principal.is_none()) {
        problems.push(invalid(
            "role",
            "a desk is granted by the firm it speaks for",
        ));
    }
    if grant.succeeds == Some(grant.to) {
        problems.push(invalid("succeeds", "nobody continues itself"));
    }
    problems
}

fn names_key(item: &ScopeItem) -> bool {
    item.as_str().parse::<KeyId>().is_ok()
}

/// A scope of an unknown scheme covers nothing that this door takes.
fn check_scope(item: &ScopeItem) -> Option<DoorProblem> {
    let Some(prefix) = item.as_str().strip_suffix('*') else {
        let subject = item.as_str().parse::<SubjectId>().ok()?;
        return check_subject(&subject).map(|problem| DoorProblem {
            field: "scope",
            ..problem
        });
    };
    let example = SubjectId::parse_open(&format!("{prefix}x")).ok()?;
    let error = example.check_closed().err()?;
    let by_scheme = matches!(
        error.code(),
        Reason::SubjectNaturalPerson | Reason::SubjectSchemeUnknown
    );
    by_scheme
        .then(|| DoorProblem::new(error.code(), "scope", format!("{}: {error}", item.as_str())))
}

fn check_revoke(door: &Door<'_>, revoke: &Revoke) -> Vec<DoorProblem> {
    let mut problems = Vec::new();
    if revoke.until.is_some_and(|until| until <= revoke.since) {
        problems.push(invalid("until", "the suspension ends before it begins"));
    }
    let foreign = |id| {
        door.set
            .fact(id)
            .is_none_or(|fact| fact.feed != revoke.author)
    };
    if revoke.last_good.is_some_and(foreign) {
        problems.push(invalid("last_good", "is no entry of the author's feed"));
    }
    // Only a key can be in other hands; with the wrong target nothing would be protected.
    if revoke.kind == RevokeKind::KeyCompromise && revoke.sort == RevokeTarget::Grant {
        problems.push(invalid("kind", "key-compromise is said of a key"));
    }
    problems
}
