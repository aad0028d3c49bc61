//! The parts of a statement: all there, matching their digests, readable, within the floor.

use super::DoorProblem;
use crate::claim::{Claim, ClaimContext, TEXT_MEDIA_TYPE, TextPart, is_known};
use crate::entry::{Audience, Body, Header, Part, PartRole, Role};
use crate::reason::Reason;

pub(super) fn check(header: &Header, bodies: &[Body], role: Option<Role>) -> Vec<DoorProblem> {
    let mut problems = Vec::new();
    for part in &header.parts {
        match bodies.iter().find(|body| body.digest() == part.digest) {
            Some(body) if !body.matches(part) => problems.push(mismatch(part)),
            Some(body) => problems.extend(check_body(header, part, body, role)),
            // Handed over by the author; only the digest is shared. A claim is always read here.
            None if part.audience == Audience::Named && part.role != PartRole::Claim => {}
            None => problems.push(missing(part)),
        }
    }
    let named = |body: &Body| header.parts.iter().any(|part| part.digest == body.digest());
    if let Some(stray) = bodies.iter().find(|body| !named(body)) {
        let detail = format!("{} is not named in the header", stray.digest());
        problems.push(DoorProblem::new(Reason::PartMismatch, "parts", detail));
    }
    problems
}

fn mismatch(part: &Part) -> DoorProblem {
    let detail = format!("{} has another size than the header says", part.digest);
    DoorProblem::new(Reason::PartMismatch, "parts", detail)
}

fn missing(part: &Part) -> DoorProblem {
    let reason = match part.role {
        PartRole::Claim => Reason::ClaimMissing,
        PartRole::Document | PartRole::Text => Reason::PartMissing,
    };
    DoorProblem::new(reason, "parts", format!("{} was not sent", part.digest))
}

fn check_body(header: &Header, part: &Part, body: &Body, role: Option<Role>) -> Vec<DoorProblem> {
    match part.role {
        PartRole::Claim => check_claim(header, part, body, role),
        PartRole::Text if part.media_type.as_deref() == Some(TEXT_MEDIA_TYPE) => {
            let error = TextPart::decode(&body.bytes).err();
            error
                .map(|error| DoorProblem::new(error.code(), "text", error.to_string()))
                .into_iter()
                .collect()
        }
        PartRole::Text => {
            let detail = format!("text parts are {TEXT_MEDIA_TYPE}");
            vec![DoorProblem::new(Reason::PartsInvalid, "parts", detail)]
        }
        PartRole::Document => Vec::new(),
    }
}

fn check_claim(header: &Header, part: &Part, body: &Body, role: Option<Role>) -> Vec<DoorProblem> {
    let kind = header.kind.as_str();
    if !is_known(kind) {
        let detail = format!("this version does not take {kind}");
        return vec![DoorProblem::new(Reason::KindUnknown, "kind", detail)];
    }
    let mut problems = Vec::new();
    // With a role, the claim's own check says whether it may make such statements.
    if role.is_none() {
        let detail = format!("an author without a role may not make a {kind}");
        problems.push(DoorProblem::new(Reason::RoleMismatch, "kind", detail));
    }
    match Claim::decode(kind, &body.bytes) {
        Err(error) => problems.push(DoorProblem::new(error.code(), "claim", error.to_string())),
        Ok(claim) => {
            let context = ClaimContext {
                subjects: &header.subjects,
                basis: &header.basis,
                role,
                audience: part.audience,
            };
            let found = claim.problems(&context).into_iter();
            problems.extend(found.map(|p| DoorProblem::new(p.reason, p.field, p.detail)));
        }
    }
    problems
}
