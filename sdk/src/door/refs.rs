//! References: those that would have no effect are refused here, where their author can mend them.

use super::{Door, DoorProblem};
use crate::entry::{Header, Ref, RefType};
use crate::history::{closes_own, same_voice};
use crate::reason::Reason;
use crate::subject::SubjectId;

pub(super) fn check(door: &Door<'_>, header: &Header) -> Vec<DoorProblem> {
    let mut problems = Vec::new();
    problems.extend(missing_ref(header));
    for reference in &header.refs {
        if let Some(target) = (door.subjects_of)(reference.entry) {
            problems.extend(check_ref(door, header, reference, &target));
        } else {
            let detail = format!("{} is not in this log", reference.entry);
            problems.push(DoorProblem::new(Reason::EarlyTarget, "refs", detail));
        }
    }
    problems
}

/// Kinds that are about another entry and say nothing without it. One subject in scope is enough
/// for a reply or an acknowledgement, so it must be held to what it answers.
pub(super) fn missing_ref(header: &Header) -> Option<DoorProblem> {
    let (any_of, detail): (&[RefType], _) = match header.kind.as_str() {
        "reply" => (&[RefType::Replies], "a reply refers to what it answers"),
        "ack" => (&[RefType::About], "an ack is about the entry seen"),
        "withhold" => (
            &[RefType::About],
            "a withhold is about the entry whose part it is",
        ),
        "audit.status" => (
            &[RefType::About, RefType::Supersedes],
            "an audit.status is about the audit",
        ),
        "remedy" => (
            &[RefType::About, RefType::Closes, RefType::Supersedes],
            "a remedy is about the finding, or closes it",
        ),
        _ => return None,
    };
    let fits = |reference: &Ref| any_of.contains(&reference.sort);
    let found = header.refs.iter().any(fits);
    (!found).then(|| DoorProblem::new(Reason::ClaimInvalid, "refs", detail))
}

fn check_ref(
    door: &Door<'_>,
    header: &Header,
    reference: &Ref,
    target: &[SubjectId],
) -> Option<DoorProblem> {
    let (sort, id) = (reference.sort, reference.entry);
    let problem = |reason, detail| Some(DoorProblem::new(reason, "refs", detail));
    let named = |subject| header.subjects.binary_search(subject).is_ok();
    if matches!(header.kind.as_str(), "reply" | "ack") {
        if target.len() != header.subjects.len() || !target.iter().all(named) {
            let detail = format!("the subjects must be those of {id}, no more and no fewer");
            return problem(Reason::RefOutOfScope, detail);
        }
    } else if sort != RefType::About && !target.iter().all(named) {
        return problem(Reason::RefOutOfScope, format!("copy all subjects of {id}"));
    }
    let author = header.feed?;
    let principal = door.set.principal(author, header.grant);
    match sort {
        RefType::Supersedes | RefType::Retracts
            if !same_voice(door.set, principal, id, &|_| true) =>
        {
            let detail =
                format!("{id} was said by another: only it or its successor takes it back");
            problem(Reason::NotAuthorised, detail)
        }
        RefType::Closes if closes_own(door.set, author, principal, target) => problem(
            Reason::NotAuthorised,
            "nobody closes a finding about itself".into(),
        ),
        _ => None,
    }
}
