//! Chains: what is worst anywhere in them, and what leads there.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::chain::{ChainVerdict, judge_chain};
use fairtrail::id::EntryId;
use fairtrail::limits::{CHAIN_PARTIES, CHAIN_TIERS};
use fairtrail::rules::{IloState, Outcome, Question};
use fairtrail::subject::SubjectId;
use market::{SITE, market, statement};
use world::{World, date, noon, subject};

const BLIND: &str = "blind:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn firm(name: &str) -> String {
    if name == "blind" {
        BLIND.to_owned()
    } else {
        format!("lic:XA-LAB:{name}")
    }
}

fn step(world: &mut World, from: &str, relation: &str, to: &str) -> EntryId {
    let (from, to) = (firm(from), firm(to));
    let text = format!(
        "kind = \"supply.link\"\nsubjects = [\"{from}\", \"{to}\"]\nbasis = [\"document_seen\"]\n\
         [claim]\nfrom = \"{from}\"\nrelation = \"{relation}\"\nto = \"{to}\"\n"
    );
    world.say("auditor", &text)[0]
}

fn find(world: &mut World, about: &str, topic: &str) -> EntryId {
    let id = firm(about);
    let change = format!(
        "own_key = \"{about}-{topic}\"\nsubjects = [\"{id}\"]\n[claim]\ntopic = \"{topic}\"\nseverity = 4\nresponsible = \"{id}\"\nparties = [{{ role = \"site\", subject = \"{id}\" }}]"
    );
    world.say("auditor", &statement("finding", &change))[0]
}

fn chain_of(world: &World, from: &str, tiers: u8) -> ChainVerdict {
    let (policy, replica) = (world.policy(""), world.replica());
    let question = Question {
        as_of: date("2026-09-01"),
        now: world.now,
    };
    judge_chain(
        &replica.reader(&policy, None),
        &[subject(from)],
        tiers,
        question,
    )
}

fn chain(world: &World, tiers: u8) -> ChainVerdict {
    chain_of(world, &firm("A"), tiers)
}

fn names(ids: &[SubjectId]) -> Vec<&str> {
    ids.iter()
        .map(|id| id.as_str().rsplit(':').next().unwrap())
        .collect()
}

fn parties(verdict: &ChainVerdict) -> Vec<&str> {
    let ids = verdict.parties.iter().map(|party| party.subject.as_str());
    ids.map(|id| id.rsplit(':').next().unwrap()).collect()
}

fn codes(verdict: &ChainVerdict) -> Vec<&str> {
    let of_chain = ["chain-cut", "chain-not-stated", "party-not-named"];
    let codes = verdict.unknowns.iter().map(|unknown| unknown.code);
    codes.filter(|code| of_chain.contains(code)).collect()
}

#[test]
fn a_diamond_judges_its_foot_once_and_names_the_way_there() {
    let mut world = market();
    let first = step(&mut world, "A", "buys_from", "B");
    step(&mut world, "A", "buys_from", "C");
    let second = step(&mut world, "B", "produces_at", "D");
    step(&mut world, "C", "produces_at", "D");
    let finding = find(&mut world, "D", "hours");
    let verdict = chain(&world, 8);
    assert_eq!(parties(&verdict), ["A", "B", "C", "D"]);
    assert_eq!(verdict.outcome, Outcome::Findings);
    let hours = &verdict.ilo[10];
    assert_eq!(
        (hours.state, hours.worst_severity),
        (IloState::Reported, Some(4))
    );
    assert_eq!(hours.at.len(), 1);
    let path: Vec<_> = hours.at[0].path.iter().map(|link| link.entry).collect();
    assert_eq!(path, [first, second]);
    assert!(hours.at[0].rests_on.contains(&finding));
    assert!(verdict.cycles.is_empty());
    assert_eq!(verdict.steps.len(), 4);
    assert_eq!(names(&verdict.ends), ["D"]);
    // Whoever is asked about alone has nothing against it.
    assert_ne!(verdict.parties[0].verdict.outcome, Outcome::Findings);
}

#[test]
fn a_circle_is_walked_once_and_named() {
    let mut world = market();
    step(&mut world, "A", "buys_from", "B");
    step(&mut world, "B", "subcontracts_to", "C");
    step(&mut world, "C", "buys_from", "B");
    let verdict = chain(&world, 8);
    assert_eq!(parties(&verdict), ["A", "B", "C"]);
    assert_eq!(verdict.cycles.len(), 1);
    assert_eq!(names(&verdict.cycles[0]), ["B", "C"]);
    assert_eq!(codes(&verdict), Vec::<&str>::new());
}

#[test]
fn a_party_that_is_not_named_is_unknown_and_the_chain_goes_on_behind_it() {
    let mut world = market();
    step(&mut world, "A", "buys_from", "blind");
    step(&mut world, "blind", "buys_from", "B");
    let verdict = chain(&world, 8);
    assert_eq!(verdict.parties.len(), 3);
    assert!(!verdict.parties[1].named && verdict.parties[2].named);
    assert_eq!(codes(&verdict), ["party-not-named"]);
    assert_eq!(verdict.outcome, Outcome::Unknown);
    let hidden: Vec<_> = verdict.by_tier.iter().map(|tier| tier.not_named).collect();
    assert_eq!(hidden, [0, 1, 0]);
    assert!(verdict.by_tier[1].unknowns.contains(&"party-not-named"));
    assert!(!verdict.by_tier[2].unknowns.contains(&"party-not-named"));
}

#[test]
fn a_recruiter_of_several_is_judged_once_and_lists_who_uses_it() {
    let mut world = market();
    step(&mut world, "A", "buys_from", "B");
    step(&mut world, "A", "recruits_through", "R");
    step(&mut world, "B", "recruits_through", "R");
    step(&mut world, "S", "sub_agent_of", "R");
    let verdict = chain(&world, 8);
    assert_eq!(parties(&verdict), ["A", "B", "R", "S"]);
    assert_eq!(verdict.shared_recruiters.len(), 1);
    let shared = &verdict.shared_recruiters[0];
    assert_eq!(shared.recruiter.as_str(), firm("R"));
    assert_eq!(names(&shared.used_by), ["A", "B"]);
}

#[test]
fn recruiters_of_attestations_and_agents_of_agreements_are_steps() {
    let mut world = market();
    world.say("company", &statement("attest", ""));
    let verdict = chain_of(&world, SITE, 2);
    assert_eq!(parties(&verdict), ["XA2026001N0RTHW", "GOODROAD-1"]);
    let (employer, recruiter, agent) = (firm("E"), firm("R"), firm("S"));
    world.say(
        "auditor",
        &format!(
            "kind = \"recruitment.agreement\"\nsubjects = [\"{employer}\", \"{recruiter}\", \"{agent}\"]\n\
             basis = [\"document_seen\"]\n[claim]\nservice_fee_paid_by = \"employer\"\n\
             sub_agents_allowed = \"yes\"\nsub_agents = [\"{agent}\"]\nparties = [\
             {{ role = \"employer\", subject = \"{employer}\" }}, {{ role = \"recruiter\", subject = \"{recruiter}\" }}]\n"
        ),
    );
    assert_eq!(parties(&chain_of(&world, &employer, 8)), ["E", "R", "S"]);
    // Nobody depends on those that it works for.
    assert_eq!(parties(&chain_of(&world, &recruiter, 8)), ["R", "S"]);
    assert_eq!(parties(&chain_of(&world, &agent, 8)), ["S"]);
}

#[test]
fn a_chain_is_cut_at_the_tiers_asked_for_and_says_so() {
    let mut world = market();
    let names: Vec<_> = (0..=CHAIN_TIERS + 1).map(|at| format!("P{at}")).collect();
    for pair in names.windows(2) {
        step(&mut world, &pair[0], "buys_from", &pair[1]);
    }
    let from = firm("P0");
    let verdict = chain_of(&world, &from, 3);
    assert_eq!(parties(&verdict), ["P0", "P1", "P2", "P3"]);
    assert_eq!((codes(&verdict), verdict.cut.len()), (vec!["chain-cut"], 1));
    // However many are asked for, there is a limit.
    let verdict = chain_of(&world, &from, CHAIN_TIERS + 9);
    assert_eq!(
        (verdict.tiers, verdict.parties.len()),
        (CHAIN_TIERS, usize::from(CHAIN_TIERS) + 1)
    );
    let shorter = chain_of(&world, &firm("P1"), CHAIN_TIERS);
    assert_eq!(codes(&shorter), Vec::<&str>::new());
    assert_eq!(
        codes(&chain_of(&world, &firm("P9"), 1)),
        ["chain-not-stated"]
    );
}

#[test]
fn as_many_parties_as_the_limit_are_judged_and_one_more_is_cut() {
    let mut world = market();
    for at in 1..CHAIN_PARTIES {
        step(&mut world, "A", "buys_from", &format!("N{at}"));
    }
    let all = chain(&world, 1);
    assert_eq!(all.parties.len(), CHAIN_PARTIES);
    assert_eq!(codes(&all), Vec::<&str>::new());
    let tier = &all.by_tier[1];
    assert_eq!((tier.parties, tier.not_named), (CHAIN_PARTIES - 1, 0));
    assert_eq!(tier.outcome, Outcome::Unknown);
    step(&mut world, "A", "buys_from", "one-more");
    let more = chain(&world, 1);
    assert_eq!(more.parties.len(), CHAIN_PARTIES);
    assert_eq!((codes(&more), more.cut.len()), (vec!["chain-cut"], 1));
    assert_eq!(more.cut[0].to.as_str(), firm("one-more"));
    assert_eq!(
        more.by_tier[0].unknowns.first(),
        Some(&"attestation-missing")
    );
}

#[test]
fn ids_of_one_party_are_one_party_of_the_chain() {
    let mut world = market();
    step(&mut world, "A", "buys_from", "B1");
    step(&mut world, "A", "buys_from", "B2");
    step(&mut world, "B2", "buys_from", "C");
    let (from, to) = (firm("B1"), firm("B2"));
    let change = format!(
        "subjects = [\"{from}\", \"{to}\"]\n[claim]\nfrom = \"{from}\"\nto = \"{to}\"\nrelation = \"same_legal_entity\""
    );
    world.say("auditor", &statement("link", &change));
    let verdict = chain(&world, 8);
    assert_eq!(parties(&verdict), ["A", "B1", "C"]);
    assert_eq!(names(&verdict.parties[1].verdict.subjects), ["B1", "B2"]);
}

#[test]
fn steps_of_another_time_or_taken_back_or_by_strangers_are_not_followed() {
    let mut world = market();
    let ended = step(&mut world, "A", "buys_from", "B");
    let (from, to) = (firm("A"), firm("C"));
    let text = format!(
        "kind = \"supply.link\"\nsubjects = [\"{from}\", \"{to}\"]\nbasis = [\"document_seen\"]\n"
    );
    let claim = format!("from = \"{from}\"\nrelation = \"buys_from\"\nto = \"{to}\"\n");
    world.say(
        "auditor",
        &format!("{text}[claim]\nvalid_to = \"2026-03\"\n{claim}"),
    );
    let (a, b) = (firm("A"), firm("B"));
    world.say(
        "auditor",
        &format!(
            "kind = \"supply.link\"\nsubjects = [\"{a}\", \"{b}\"]\nbasis = [\"document_seen\"]\n\
             refs = [{{ type = \"retracts\", entry = \"{ended}\" }}]\n\
             [claim]\nfrom = \"{b}\"\nrelation = \"buys_from\"\nto = \"{a}\"\n"
        ),
    );
    let verdict = chain(&world, 8);
    assert_eq!(parties(&verdict), ["A"]);
    assert_eq!(verdict.other_times.len(), 1);
    assert_eq!(codes(&verdict), ["chain-not-stated"]);
}

#[test]
fn the_order_of_entries_never_matters() {
    let steps = [
        ("A", "buys_from", "B"),
        ("A", "buys_from", "C"),
        ("B", "produces_at", "D"),
        ("C", "recruits_through", "R"),
        ("D", "recruits_through", "R"),
        ("D", "buys_from", "A"),
        ("S", "sub_agent_of", "R"),
    ];
    let shape = |order: &[usize]| {
        let mut world = market();
        for at in order {
            let (from, relation, to) = steps[*at];
            step(&mut world, from, relation, to);
        }
        world.on("2026-03-01");
        let verdict = chain(&world, 8);
        let steps: Vec<_> = verdict
            .steps
            .iter()
            .map(|s| (s.from.clone(), s.to.clone()))
            .collect();
        let codes: Vec<_> = verdict
            .unknowns
            .iter()
            .map(|u| (u.code, u.subject.clone()))
            .collect();
        let tiers: Vec<_> = verdict
            .parties
            .iter()
            .map(|p| (p.subject.clone(), p.tier))
            .collect();
        (
            tiers,
            steps,
            verdict.cycles,
            verdict.shared_recruiters,
            codes,
        )
    };
    let first = shape(&[0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(first, shape(&[6, 5, 4, 3, 2, 1, 0]));
    assert_eq!(first, shape(&[3, 0, 6, 2, 5, 1, 4]));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time that it takes is what is tested"
)]
#[test]
fn a_thousand_parties_are_judged_in_bounded_time() {
    let mut world = market();
    for at in 1..1_000 {
        let from = format!("N{}", (at - 1) / 4);
        step(&mut world, &from, "buys_from", &format!("N{at}"));
    }
    world.now = noon("2026-02-01");
    let (policy, replica) = (world.policy(""), world.replica());
    let question = Question {
        as_of: date("2026-09-01"),
        now: world.now,
    };
    let reader = replica.reader(&policy, None);
    let judge = |tiers, parties: usize| {
        let begun = std::time::Instant::now();
        let verdict = judge_chain(&reader, &[subject(&firm("N0"))], tiers, question);
        assert_eq!(verdict.parties.len(), parties);
        begun.elapsed()
    };
    let (third, all) = (judge(4, 341), judge(8, 1_000));
    // Three times as many parties: no party is judged twice, nothing looks at all of them for each.
    assert!(all < third * 12, "{all:?} {third:?}");
}
