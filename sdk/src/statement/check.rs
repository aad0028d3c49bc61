//! What a draft is refused for.

use crate::claim::{Claim, ClaimContext, Problem, TextPart};
use crate::door::{DoorProblem, check_statement};
use crate::entry::{Audience, Draft, PartRole, Position, Role};
use crate::id::{AuthorId, EntryId, NetworkId};
use crate::privacy::text_problems;

/// What is wrong with the claim and the texts of a draft.
pub(super) fn problems(draft: &Draft, role: Option<Role>) -> Vec<Problem> {
    let mut subjects = draft.subjects.clone();
    subjects.sort();
    let part = draft.parts.first();
    let claim = part.and_then(|part| Claim::decode(draft.kind.as_str(), &part.body.bytes).ok());
    let context = ClaimContext {
        subjects: &subjects,
        basis: &draft.basis,
        role,
        audience: part.map_or(Audience::Public, |part| part.audience),
    };
    let mut problems = claim.map_or_else(Vec::new, |claim| claim.problems(&context));
    let texts = draft.parts.iter();
    let texts = texts.filter(|part| part.role == PartRole::Text);
    let texts = texts.filter_map(|part| TextPart::decode(&part.body.bytes).ok());
    problems.extend(texts.flat_map(|text| text_problems(&text)));
    problems
}

/// What the submission door refuses of a draft, wherever it goes and whoever makes it.
pub(super) fn refusals(draft: &Draft) -> Vec<DoorProblem> {
    // Network, feed and place are not looked at.
    let position = Position {
        network: NetworkId::new([0; 32]),
        feed: AuthorId::new([0; 32]),
        seq: 1,
        prev: EntryId::new([0; 32]),
        grant: None,
    };
    check_statement(&draft.header(&position), &draft.bodies())
}
