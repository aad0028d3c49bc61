//! References: those that would have no effect are refused here, where their author can mend them.

use super::{Door, DoorProblem};
use crate::entry::{Header, Ref, RefType};
use crate::history::{closes_own, same_voice};
use crate::reason::Reason;
use crate::subject::SubjectId;

pub(super) fn check(door: &Door<'_>, header: &Header) -> Vec<DoorProblem> {
    let mut problems = Vec::new();
    let replies = |reference: &Ref| reference.sort == RefType::Replies;
    // One subject in scope is enough for a reply, so it must be held to what it answers.
    if header.kind.as_str() == "reply" && !header.refs.iter().any(replies) {
        let detail = "a reply refers to what it answers";
        problems.push(DoorProblem::new(Reason::ClaimInvalid, "refs", detail));
    }
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
