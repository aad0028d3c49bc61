//! Every rule of every kind, on claims that are otherwise in order.

mod audits;
mod cohorts;
mod licences;

use crate::claim::*;
use crate::entry::{Audience, Basis, Role};
use crate::id::EntryId;
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::Date;

const SITE: &str = "osid:XA2026001N0RTHW";
const FIRM: &str = "lei:999900DEMO0000000152";
const AGENCY: &str = "org:GB-COH-09506232";
const LICENCE: &str = "lic:GB-GLAA:ABCD0001";

fn subjects(of: &[&str]) -> Vec<SubjectId> {
    of.iter().map(|text| text.parse().unwrap()).collect()
}

fn subject(text: &str) -> SubjectId {
    text.parse().unwrap()
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

fn party(role: PartyRole, of: &str) -> Party {
    Party::new(role, subject(of))
}

fn context<'a>(subjects: &'a [SubjectId], basis: &'a [Basis], role: Role) -> ClaimContext<'a> {
    ClaimContext {
        subjects,
        basis,
        role: Some(role),
        audience: Audience::Public,
    }
}

/// Fields and reasons of the problems, without their explanations.
fn found(claim: impl Into<Claim>, context: &ClaimContext<'_>) -> Vec<(&'static str, Reason)> {
    let problems = claim.into().problems(context);
    problems
        .iter()
        .map(|problem| (problem.field, problem.reason))
        .collect()
}

const INVALID: Reason = Reason::ClaimInvalid;
const MISSING: Reason = Reason::MissingField;

fn profile() -> Profile {
    let mut profile = Profile::new();
    profile.parties = Set::from([
        party(PartyRole::Site, SITE),
        party(PartyRole::Operator, FIRM),
    ]);
    profile
}

#[test]
fn profiles_relate_every_subject() {
    let both = subjects(&[FIRM, SITE]);
    let context = context(&both, &[], Role::Company);
    assert_eq!(found(profile(), &context), []);
    assert_eq!(
        found(Profile::new(), &context),
        [("parties", MISSING), ("parties", INVALID)]
    );
    let mut wrong = profile();
    wrong.country = Country::new("CN").ok();
    wrong.subdivision = Subdivision::new("IN-TN").ok();
    wrong.workers = Some(Band::From20);
    wrong.migrant_workers = Some(Band::From50);
    wrong.valid_from = Some(date("2026-02"));
    wrong.valid_to = Some(date("2025"));
    let expected = [
        ("valid_to", INVALID),
        ("subdivision", INVALID),
        ("migrant_workers", INVALID),
    ];
    assert_eq!(found(wrong, &context), expected);
}

#[test]
fn all_problems_are_found_at_once() {
    let none = subjects(&["cpf:52998224725"]);
    let context = context(&none, &[], Role::Auditor);
    let mut claim = LicenceStatus::new(
        code("GB-GLAA"),
        LicenceState::NotFound,
        Effective::Between {
            after: Some(day("2026-02-01")),
            by: day("2026-01-01"),
        },
    );
    claim.native_status = Some(code("gone"));
    claim.responsible = Some(subject(FIRM));
    claim.evidence_standard = Some(EvidenceStandard::Adjudicated);
    claim.reason = Some(code("5d41402abc4b2a76b9719d911017c592"));
    let problems = claim.build(&context).unwrap_err();
    let found: Vec<_> = problems
        .iter()
        .map(|problem| (problem.field, problem.reason))
        .collect();
    let expected = [
        ("role", Reason::RoleMismatch),
        ("subjects", Reason::SubjectNaturalPerson),
        ("responsible", INVALID),
        ("evidence_standard", INVALID),
        ("evidence_standard", INVALID),
        ("subjects", INVALID),
        ("effective", INVALID),
        ("native_status", INVALID),
        ("reason", Reason::PrivacyDigest),
    ];
    assert_eq!(found, expected);
    let text = problems[0].to_string();
    assert_eq!(
        text,
        "role: authors of this role make no statements of this kind (role-mismatch)"
    );
    assert!(
        serde_json::to_string(&problems)
            .unwrap()
            .contains("\"reason\":\"role-mismatch\"")
    );
}

#[test]
fn links_join_two_named_subjects_on_evidence() {
    let both = subjects(&[FIRM, SITE]);
    let context = context(&both, &[], Role::Ngo);
    let evidence = Set::from([LinkEvidence::RegisterExtract]);
    let link = || {
        IdLink::new(
            subject(FIRM),
            Relation::Operates,
            subject(SITE),
            evidence.clone(),
        )
    };
    assert_eq!(found(link(), &context), []);
    let mut wrong = link();
    wrong.to = subject(FIRM);
    wrong.evidence = Set::new();
    wrong.match_state = Some(code("POTENTIAL_MATCH"));
    wrong.owned_percent = Some(51);
    let expected = [
        ("to", INVALID),
        ("evidence", MISSING),
        ("confirmed_by_person", INVALID),
        ("owned_percent", INVALID),
    ];
    assert_eq!(found(wrong, &context), expected);
    let mut owned = link();
    owned.relation = Relation::Owns;
    owned.owned_percent = Some(101);
    owned.from = subject(AGENCY);
    assert_eq!(
        found(owned, &context),
        [("from", INVALID), ("owned_percent", INVALID)]
    );
}

#[test]
fn anybody_with_a_role_of_its_own_replies() {
    let firm = subjects(&[FIRM]);
    for role in Role::ALL.iter().copied().filter(|role| *role != Role::Desk) {
        assert_eq!(
            found(Reply::new(Stance::Accepts), &context(&firm, &[], role)),
            []
        );
    }
    let nobody = context(&[], &[], Role::Respondent);
    assert_eq!(
        found(Reply::new(Stance::Accepts), &nobody),
        [("subjects", MISSING)]
    );
}

#[test]
fn a_claim_that_is_too_large_is_said_to_be() {
    let firm = subjects(&[LICENCE]);
    let authority = context(&firm, &[], Role::Authority);
    let mut licence = Licence::new(code("GB-GLAA"), RegisterKind::Other);
    licence.conditions = vec![Condition::new(code(&"c".repeat(48))); 400];
    assert_eq!(found(licence, &authority), [("claim", Reason::TooLarge)]);
    let mut odd = LicenceStatus::new(
        code("GB-GLAA"),
        LicenceState::Other(code("merged")),
        Effective::On(day("2026-01-01")),
    );
    odd.snapshot = Some(EntryId::new([1; 32]));
    assert_eq!(found(odd, &authority), []);
}
