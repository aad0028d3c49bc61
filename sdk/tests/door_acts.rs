//! The submission door on kinds that are about another entry, and on their privacy floor.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::claim::{
    Ack, AuditState, AuditStatus, Band, Claim, Currency, LegalBasis, Money, Party, PartyRole,
    Remedy, RemedyType, Set, Withhold,
};
use fairtrail::door::Door;
use fairtrail::entry::{Basis, Draft, RefType, Role};
use fairtrail::history::Revocations;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use market::{FIRM, SITE, market, statement};
use world::{World, date, subject};

const INVALID: Reason = Reason::ClaimInvalid;

fn check(world: &World, by: &str, draft: &Draft) -> Vec<(Reason, &'static str)> {
    let subjects_of = |id: EntryId| {
        let found = world.entries.iter().find(|entry| entry.id() == id);
        found.map(|entry| entry.header().subjects.clone())
    };
    let door = Door {
        set: &world.set(),
        revocations: &Revocations::default(),
        subjects_of: &subjects_of,
        now: world.now,
    };
    let header = draft.header(&world.position(by));
    let problems = door.check_draft(&header, &draft.bodies());
    problems
        .into_iter()
        .map(|problem| (problem.reason, problem.field))
        .collect()
}

/// The market with a node, and a finding and its audit in it.
fn audited() -> (World, EntryId, EntryId) {
    let mut world = market();
    world.grant("roots", "node", Role::Node, &[], &[]);
    let audit = world.say("auditor", &statement("audit", ""))[0];
    let finding = world.say("auditor", &statement("finding", ""))[0];
    (world, audit, finding)
}

fn subjects_of(world: &World, id: EntryId) -> Vec<SubjectId> {
    let found = world.entries.iter().find(|entry| entry.id() == id);
    found.unwrap().header().subjects.clone()
}

fn about(
    world: &mut World,
    claim: impl Into<Claim>,
    basis: &[Basis],
    of: EntryId,
    refs: &[(RefType, EntryId)],
) -> Draft {
    let subjects = subjects_of(world, of);
    world.claim(&claim.into(), &subjects, basis, refs)
}

fn site() -> Set<Party> {
    Set::from([Party::new(PartyRole::Site, subject(SITE))])
}

#[test]
fn an_ack_is_about_exactly_what_it_names() {
    let (mut world, audit, finding) = audited();
    let seen = || Ack::new(finding, date("2026-08-20"));
    let sound = about(
        &mut world,
        seen(),
        &[],
        finding,
        &[(RefType::About, finding)],
    );
    assert_eq!(check(&world, "company", &sound), []);
    let bare = about(&mut world, seen(), &[], finding, &[]);
    assert_eq!(
        check(&world, "company", &bare),
        [(INVALID, "refs"), (INVALID, "entry")]
    );
    let other = about(&mut world, seen(), &[], finding, &[(RefType::About, audit)]);
    assert!(check(&world, "company", &other).contains(&(INVALID, "entry")));
    let padded = [subject(SITE), subject(FIRM)];
    let padded = world.claim(&seen().into(), &padded, &[], &[(RefType::About, finding)]);
    assert_eq!(
        check(&world, "company", &padded),
        [(Reason::RefOutOfScope, "refs")]
    );
}

#[test]
fn a_withhold_is_a_nodes_word_about_the_entry_it_names() {
    let (mut world, _, finding) = audited();
    let part = PartDigest::new([7; 32]);
    let claim = Withhold::new(finding, part, LegalBasis::CourtOrder, date("2026-09-01"));
    let sound = about(
        &mut world,
        claim.clone(),
        &[],
        finding,
        &[(RefType::About, finding)],
    );
    assert_eq!(check(&world, "node", &sound), []);
    assert_eq!(
        check(&world, "company", &sound),
        [(Reason::RoleMismatch, "role")]
    );
    let bare = about(&mut world, claim, &[], finding, &[]);
    assert_eq!(
        check(&world, "node", &bare),
        [(INVALID, "refs"), (INVALID, "entry")]
    );
}

#[test]
fn what_became_of_an_audit_or_a_finding_refers_to_it() {
    let (mut world, audit, finding) = audited();
    let mut recalled = AuditStatus::new(AuditState::Recalled, date("2026-09-01"));
    recalled.parties = site();
    let sound = about(
        &mut world,
        recalled.clone(),
        &[],
        audit,
        &[(RefType::About, audit)],
    );
    assert_eq!(check(&world, "scheme", &sound), []);
    let bare = about(&mut world, recalled, &[], audit, &[]);
    assert_eq!(check(&world, "scheme", &bare), [(INVALID, "refs")]);

    let mut remedy = Remedy::new(RemedyType::DocumentReturn);
    remedy.parties = site();
    let basis = [Basis::DocumentSeen];
    let sound = about(
        &mut world,
        remedy.clone(),
        &basis,
        finding,
        &[(RefType::About, finding)],
    );
    assert_eq!(check(&world, "company", &sound), []);
    let bare = about(&mut world, remedy, &basis, finding, &[]);
    assert_eq!(check(&world, "company", &bare), [(INVALID, "refs")]);
}

#[test]
fn a_remedy_for_few_keeps_the_privacy_floor() {
    let (mut world, _, finding) = audited();
    let mut remedy = Remedy::new(RemedyType::FeeRepayment);
    remedy.parties = site();
    remedy.workers_owed = Some(Band::Few);
    remedy.completed_on = "2026".parse().ok();
    let basis = [Basis::DocumentSeen];
    let refs = [(RefType::About, finding)];
    let sound = about(&mut world, remedy.clone(), &basis, finding, &refs);
    assert_eq!(check(&world, "company", &sound), []);
    remedy.owed_total = Money::new(9_000, Currency::new("NPR").unwrap());
    remedy.completed_on = "2026-09".parse().ok();
    let telling = about(&mut world, remedy, &basis, finding, &refs);
    assert_eq!(
        check(&world, "company", &telling),
        [
            (Reason::PrivacyBand, "completed_on"),
            (Reason::PrivacyBand, "owed_total")
        ]
    );
}
