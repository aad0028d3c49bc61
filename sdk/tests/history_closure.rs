//! The ids of one party, and one history out of several logs.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::history::{VerifiedHistory, WhyLeft};
use fairtrail::id::EntryId;
use fairtrail::reason::Reason;
use fairtrail::replica::Reader;
use fairtrail::rules::{Outcome, Question, judge};
use fairtrail::subject::SubjectId;
use market::{FIRM, SITE, market, statement};
use world::{OTHER_ORIGIN, World, date, noon, subject};

const PLACE: &str = "gln:9520123456788";
const OLD: &str = "gln:5901234123457";

fn link(from: &str, relation: &str, to: &str) -> String {
    let change = format!(
        "subjects = [\"{from}\", \"{to}\"]\n[claim]\nfrom = \"{from}\"\nrelation = \"{relation}\"\nto = \"{to}\""
    );
    statement("link", &change)
}

fn profile(parties: &[(&str, &str)]) -> String {
    let subjects: Vec<_> = parties.iter().map(|(_, id)| format!("\"{id}\"")).collect();
    let parties = parties
        .iter()
        .map(|(role, id)| format!("{{ role = \"{role}\", subject = \"{id}\" }}"));
    format!(
        "kind = \"profile\"\nsubjects = [{}]\nbasis = [\"document_seen\"]\n[claim]\nparties = [{}]\n",
        subjects.join(", "),
        parties.collect::<Vec<_>>().join(", ")
    )
}

fn ids(history: &VerifiedHistory) -> Vec<&str> {
    history.subjects().iter().map(SubjectId::as_str).collect()
}

fn own(history: &VerifiedHistory) -> Vec<EntryId> {
    history
        .own()
        .map(fairtrail::history::HistoryEntry::id)
        .collect()
}

#[test]
fn old_ids_stay_aliases_and_each_of_them_gives_the_same_entries() {
    let mut world = market();
    let first = world.say("auditor", &link(OLD, "formerly", PLACE))[0];
    let second = world.say("other-auditor", &link(SITE, "same_site", PLACE));
    assert_eq!(second.len(), 1);
    world.say("auditor", &statement("finding", ""));
    let policy = world.policy("");
    let history = world.history(&[SITE], &policy);
    assert_eq!(ids(&history), [OLD, PLACE, SITE]);
    let path: Vec<_> = history.closure().aliases[0]
        .path
        .iter()
        .map(|link| link.entry)
        .collect();
    assert_eq!(path, [second[0], first]);
    for asked in [OLD, PLACE] {
        let other = world.history(&[asked], &policy);
        assert_eq!((ids(&other), own(&other)), (ids(&history), own(&history)));
    }
    // Asked about all of them, nothing else comes out.
    let all = world.history(&[PLACE, OLD, SITE], &policy);
    assert_eq!((ids(&all), own(&all)), (ids(&history), own(&history)));
    assert!(all.closure().aliases.is_empty());
}

#[test]
fn a_profile_joins_ids_that_play_the_same_part_and_no_others() {
    let mut world = market();
    let said = [("site", SITE), ("site", PLACE), ("legal_entity", FIRM)];
    world.say("auditor", &profile(&said));
    let history = world.history(&[SITE], &world.policy(""));
    assert_eq!(ids(&history), [PLACE, SITE]);
    let relations: Vec<_> = history
        .closure()
        .neighbours
        .iter()
        .map(|link| link.relation.as_str())
        .collect();
    assert_eq!(relations, ["site-legal_entity", "legal_entity-site"]);
}

#[test]
fn who_operates_a_site_is_kept_apart_where_one_id_plays_both_parts() {
    let mut world = market();
    let said = [("site", SITE), ("operator", SITE), ("operator", FIRM)];
    world.say("auditor", &profile(&said));
    let history = world.history(&[FIRM], &world.policy(""));
    assert_eq!(ids(&history), [FIRM]);
}

#[test]
fn a_company_that_is_listed_speaks_of_its_own_ids_and_then_nobody_else_does() {
    let mut world = market();
    world.say("company", &link(SITE, "same_legal_entity", FIRM));
    world.say("auditor", &link(SITE, "same_site", PLACE));
    let listed = format!("[accept]\nasserters = [\"{}\"]", world.author("company"));
    let history = world.history(&[SITE], &world.policy(&listed));
    assert_eq!(ids(&history), [FIRM, SITE]);
    assert_eq!(history.closure().left[0].why, WhyLeft::NotAnAsserter);
    let history = world.history(&[SITE], &world.policy(""));
    assert_eq!(ids(&history), [PLACE, SITE]);
}

#[test]
fn a_link_off_the_policy_is_listed_and_leaves_no_gap() {
    let mut world = market();
    world.say("other-auditor", &link(SITE, "same_site", PLACE));
    let accepts = format!("[accept]\nauthors = [\"{}\"]", world.author("auditor"));
    let policy = world.policy(&accepts);
    let history = world.history(&[SITE], &policy);
    assert_eq!(history.closure().left[0].why, WhyLeft::NotAccepted);
    let question = Question {
        as_of: world.now.date(),
        now: world.now,
    };
    let verdict = judge(&history, &policy, question);
    assert!(
        verdict
            .unknowns
            .iter()
            .all(|unknown| unknown.code != "alias-not-covered")
    );
}

#[test]
fn closures_are_of_the_day_they_were_known() {
    let mut world = market();
    world.on("2026-05-01");
    world.say("auditor", &link(SITE, "same_site", PLACE));
    world.on("2026-06-01");
    let (policy, replica) = (world.policy(""), world.replica());
    let at = |day: &str| replica.history(&[subject(SITE)], &policy, Some(date(day)));
    assert_eq!(ids(&at("2026-04-30")), [SITE]);
    assert_eq!(ids(&at("2026-05-01")), [PLACE, SITE]);
}

/// The log of another operator: without some entries, and stamped on another day.
fn other_log(world: &World, without: &[EntryId], day: &str) -> World {
    let mut other = world.clone();
    other.entries.retain(|entry| !without.contains(&entry.id()));
    other.notes = vec![(other.entries.len(), noon(day))];
    other
}

#[test]
fn two_logs_give_their_union_at_the_best_time_in_any_order() {
    let mut world = market();
    world.on("2026-05-01");
    let kept = world.say("auditor", &statement("audit", ""))[0];
    let dropped = world.say("auditor", &statement("finding", ""))[0];
    world.on("2026-07-01");
    // The auditor's own later entry would need the one that is dropped.
    let other = other_log(&world, &[dropped], "2026-04-20");
    let policy = world.policy("required_logs = 2");
    let (coast, hill) = (world.replica(), other.replica_of(OTHER_ORIGIN));
    let read = |first, more| {
        Reader::over(first, &[more], &policy, None)
            .unwrap()
            .history(&[subject(SITE)])
    };
    let (one, two) = (read(&coast, &hill), read(&hill, &coast));
    assert_eq!(own(&one), [kept, dropped]);
    assert_eq!(own(&one), own(&two));
    assert_eq!(one.lacking(), two.lacking());
    assert_eq!(one.lacking().len(), 1);
    assert_eq!(one.lacking()[0].entry, dropped);
    assert_eq!(one.lacking()[0].origin, OTHER_ORIGIN);
    let time = |id| one.entry(id).unwrap().times().not_after;
    assert_eq!(time(kept), Some(noon("2026-04-20")));
    assert_eq!(time(dropped), Some(noon("2026-05-01")));
    let question = Question {
        as_of: date("2026-08-15"),
        now: noon("2026-07-01"),
    };
    let verdict = judge(&one, &policy, question);
    assert_eq!(verdict.outcome, Outcome::Findings);
    assert_eq!(verdict.logs.len(), 2);
    assert!(
        verdict
            .unknowns
            .iter()
            .all(|unknown| unknown.code != "logs-missing")
    );
    let alone = judge(
        &hill.history(&[subject(SITE)], &policy, None),
        &policy,
        question,
    );
    assert!(
        alone
            .unknowns
            .iter()
            .any(|unknown| unknown.code == "logs-missing")
    );
}

#[test]
fn what_two_logs_knew_is_a_prefix_of_each() {
    let mut world = market();
    world.on("2026-05-01");
    let first = world.say("auditor", &statement("audit", ""))[0];
    world.on("2026-06-01");
    let second = world.say("auditor", &statement("finding", ""))[0];
    world.on("2026-07-01");
    let other = other_log(&world, &[], "2026-06-20");
    let policy = world.policy("required_logs = 2");
    let (coast, hill) = (world.replica(), other.replica_of(OTHER_ORIGIN));
    let known = |day: &str| {
        let reader = Reader::over(&coast, &[&hill], &policy, Some(date(day))).unwrap();
        own(&reader.history(&[subject(SITE)]))
    };
    assert_eq!(known("2026-04-30"), []);
    assert_eq!(known("2026-05-31"), [first]);
    // The first log proves less than the second by then.
    assert_eq!(known("2026-06-20"), [first, second]);
}

#[test]
fn copies_of_one_log_or_of_two_networks_are_not_read_as_one() {
    let world = market();
    let policy = world.policy("");
    let copy = world.replica();
    let refused = Reader::over(&copy, &[&copy], &policy, None).unwrap_err();
    assert_eq!(refused.code(), Reason::NetworkMismatch);
}
