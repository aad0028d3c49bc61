//! The parts of a statement: all there, matching their digests, readable, within the floor.

use super::{DoorProblem, Speaker};
use crate::claim::{Claim, ClaimContext, Problem, TEXT_MEDIA_TYPE, TextPart, is_known};
use crate::entry::{Audience, Body, Header, Part, PartRole, Ref, RefType};
use crate::privacy::text_problems;
use crate::reason::Reason;

pub(super) fn check(header: &Header, bodies: &[Body], speaker: Speaker) -> Vec<DoorProblem> {
    let mut problems = Vec::new();
    problems.extend(missing_text(header));
    for part in &header.parts {
        match bodies.iter().find(|body| body.digest() == part.digest) {
            Some(body) if !body.matches(part) => problems.push(mismatch(part)),
            Some(body) => problems.extend(check_body(header, part, body, speaker)),
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

/// What a reply says stands in its text; without one it says nothing.
fn missing_text(header: &Header) -> Option<DoorProblem> {
    let text = |part: &Part| part.role == PartRole::Text;
    if header.kind.as_str() != "reply" || header.parts.iter().any(text) {
        return None;
    }
    let detail = "a reply has a text part with what it says";
    Some(DoorProblem::new(Reason::PartMissing, "text", detail))
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

fn check_body(header: &Header, part: &Part, body: &Body, speaker: Speaker) -> Vec<DoorProblem> {
    match part.role {
        PartRole::Claim => check_claim(header, part, body, speaker),
        PartRole::Text if part.media_type.as_deref() == Some(TEXT_MEDIA_TYPE) => check_text(body),
        PartRole::Text => {
            let detail = format!("text parts are {TEXT_MEDIA_TYPE}");
            vec![DoorProblem::new(Reason::PartsInvalid, "parts", detail)]
        }
        PartRole::Document => Vec::new(),
    }
}

fn check_text(body: &Body) -> Vec<DoorProblem> {
    match TextPart::decode(&body.bytes) {
        Ok(text) => text_problems(&text).into_iter().map(Into::into).collect(),
        Err(error) => vec![DoorProblem::new(error.code(), "text", error.to_string())],
    }
}

fn check_claim(header: &Header, part: &Part, body: &Body, speaker: Speaker) -> Vec<DoorProblem> {
    let kind = header.kind.as_str();
    if !is_known(kind) {
        let detail = format!("this version does not take {kind}");
        return vec![DoorProblem::new(Reason::KindUnknown, "kind", detail)];
    }
    let mut problems = Vec::new();
    if speaker == Speaker::Nobody {
        let detail = format!("an author without a role may not make a {kind}");
        problems.push(DoorProblem::new(Reason::RoleMismatch, "kind", detail));
    }
    match Claim::decode(kind, &body.bytes) {
        Err(error) => problems.push(DoorProblem::new(error.code(), "claim", error.to_string())),
        Ok(claim) => {
            let context = ClaimContext {
                subjects: &header.subjects,
                basis: &header.basis,
                // With a role, the claim's own check says whether it may make such statements.
                role: match speaker {
                    Speaker::Role(role) => Some(role),
                    Speaker::Early | Speaker::Nobody => None,
                },
                audience: part.audience,
            };
            problems.extend(claim.problems(&context).into_iter().map(Into::into));
            problems.extend(other_entry(header, &claim));
        }
    }
    problems
}

/// The entry that a claim names is one that its header is about.
fn other_entry(header: &Header, claim: &Claim) -> Option<DoorProblem> {
    let named = match claim {
        Claim::Ack(ack) => ack.entry,
        Claim::Withhold(withhold) => withhold.entry,
        _ => return None,
    };
    let about = |reference: &Ref| reference.sort == RefType::About && reference.entry == named;
    let detail = format!("the header is not about {named}");
    let wrong = DoorProblem::new(Reason::ClaimInvalid, "entry", detail);
    (!header.refs.iter().any(about)).then_some(wrong)
}

impl From<Problem> for DoorProblem {
    fn from(problem: Problem) -> Self {
        Self::new(problem.reason, problem.field, problem.detail)
    }
}
