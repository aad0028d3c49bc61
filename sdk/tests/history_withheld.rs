//! Parts that are not here, with what operators say of them: in answers, in statements, in both.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::api::WithheldView;
use fairtrail::claim::{Claim, Ground, LegalBasis, Withhold};
use fairtrail::entry::{RefType, Role};
use fairtrail::history::{VerifiedHistory, WithheldPart, WithheldReason};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::rules::{Question, Unknown, Verdict, judge};
use market::{SITE, market, statement};
use world::{World, date, noon, subject};

const DAY: &str = "2026-06-15";

/// A finding whose text is not served, and an operator that may say so.
fn hidden() -> (World, EntryId, PartDigest) {
    let mut world = market();
    world.grant("roots", "operator", Role::Node, &["osid:*"], &[]);
    let text = "[text]\nlang = \"en\"\ndescription = \"Too long.\"";
    let id = world.say("auditor", &statement("finding", text))[0];
    let part = world.entry(id).header().parts[1].digest;
    world.bodies.retain(|body| body.digest() != part);
    (world, id, part)
}

fn state(world: &mut World, by: &str, about: EntryId, part: PartDigest) -> EntryId {
    let claim: Claim = Withhold::new(about, part, LegalBasis::Safety, date(DAY)).into();
    let refs = [(RefType::About, about)];
    let draft = world.claim(&claim, &[subject(SITE)], &[], &refs);
    world.post(by, &draft)
}

fn said(part: PartDigest, statement: Option<EntryId>) -> WithheldView {
    let ground = Ground {
        basis: LegalBasis::Safety,
        jurisdiction: None,
        statute: None,
        since: date(DAY),
        statement,
    };
    WithheldView {
        part,
        reason: "withheld-by-law".into(),
        ground: Some(ground),
    }
}

fn history(world: &World, said: &[WithheldView]) -> VerifiedHistory {
    let policy = world.policy("");
    let mut replica = world.replica();
    for view in said {
        replica.add_withheld(view.clone());
    }
    replica.history(&[subject(SITE)], &policy, None)
}

fn part_of(history: &VerifiedHistory, id: EntryId) -> WithheldPart {
    history.entry(id).unwrap().withheld()[0].clone()
}

fn verdict(world: &World, said: &[WithheldView]) -> Verdict {
    let now = noon("2026-12-31");
    let as_of = now.date();
    judge(
        &history(world, said),
        &world.policy(""),
        Question { as_of, now },
    )
}

fn unknown(verdict: &Verdict) -> Option<&Unknown> {
    verdict
        .unknowns
        .iter()
        .find(|unknown| unknown.code == "withheld-by-law")
}

#[test]
fn a_part_that_is_merely_not_served_is_nobodys_word() {
    let (world, id, _) = hidden();
    let part = part_of(&history(&world, &[]), id);
    assert_eq!(part.reason, WithheldReason::NotServed);
    assert_eq!(part.withheld_by, []);
    assert_eq!(unknown(&verdict(&world, &[])), None);
}

#[test]
fn the_operators_word_names_the_log_and_is_an_unknown() {
    let (world, id, digest) = hidden();
    let word = [said(digest, None)];
    let part = part_of(&history(&world, &word), id);
    assert_eq!(part.reason, WithheldReason::WithheldByLaw);
    let by = &part.withheld_by[0];
    assert!(by.log.is_some() && by.author.is_none());
    let verdict = verdict(&world, &word);
    let unknown = unknown(&verdict).unwrap();
    assert_eq!(unknown.rests_on, [id]);
    let sentence = unknown.sentence.to_string();
    assert!(sentence.ends_with("legal basis safety, since 2026-06-15: what they say is unknown"));
    let kept = WithheldView {
        reason: "claim-inadmissible".into(),
        ground: None,
        ..said(digest, None)
    };
    let part = part_of(&history(&world, &[kept]), id);
    assert_eq!(part.reason, WithheldReason::ClaimInadmissible);
}

#[test]
fn a_statement_and_the_list_that_names_it_are_one() {
    let (mut world, id, digest) = hidden();
    let statement = state(&mut world, "operator", id, digest);
    let part = part_of(&history(&world, &[said(digest, Some(statement))]), id);
    let [by] = part.withheld_by.as_slice() else {
        panic!("{part:?}")
    };
    assert_eq!(by.author, Some(world.author("operator")));
    assert_eq!(by.ground.statement, Some(statement));
    assert!(by.log.is_some());
    // Neither names the other: both stand, the part is not served for whatever reason.
    let part = part_of(&history(&world, &[said(digest, None)]), id);
    assert_eq!(part.withheld_by.len(), 2);
    let part = part_of(&history(&world, &[]), id);
    assert_eq!(
        (part.reason, part.withheld_by.len()),
        (WithheldReason::NotServed, 1)
    );
}

#[test]
fn a_statement_of_somebody_else_or_about_something_else_is_left_out() {
    let (mut world, id, digest) = hidden();
    let other = world.entry(id).header().parts[0].digest;
    let wrong_part = state(&mut world, "operator", id, other);
    let wrong_author = state(&mut world, "company", id, digest);
    let nowhere = EntryId::new([9; 32]);
    for named in [wrong_part, wrong_author, nowhere, id] {
        let part = part_of(&history(&world, &[said(digest, Some(named))]), id);
        let [by] = part.withheld_by.as_slice() else {
            panic!("{part:?}")
        };
        assert_eq!((by.author, by.ground.statement), (None, None), "{named}");
        assert!(by.log.is_some());
    }
}

#[test]
fn a_part_that_is_here_is_shown_whatever_is_said() {
    let (mut world, ..) = hidden();
    let text = "[text]\nlang = \"en\"\ndescription = \"Here.\"";
    let id = world.say("auditor", &statement("finding", text))[0];
    let digest = world.entry(id).header().parts[1].digest;
    state(&mut world, "operator", id, digest);
    let word = [said(digest, None)];
    assert_eq!(history(&world, &word).entry(id).unwrap().withheld(), []);
    assert_eq!(unknown(&verdict(&world, &word)), None);
}
