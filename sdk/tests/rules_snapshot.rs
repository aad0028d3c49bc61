//! One verdict, whole, as JSON: what programs read of it changes only on purpose.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/cases.rs"]
mod cases;
#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use cases::supplier;
use fairtrail::rules::{Question, judge};
use market::{SITE, statement};

#[test]
fn a_verdict_with_something_of_everything_is_the_same_json_as_ever() {
    let (mut world, _) = supplier(|_| Some(String::new()));
    let finding = world.say(
        "field-desk",
        &statement("finding", "[claim]\ndue = \"2026-08-25\""),
    )[0];
    let reply = format!("refs = [{{ type = \"replies\", entry = \"{finding}\" }}]");
    world.say("respondent", &statement("reply", &reply));
    let retract =
        format!("own_key = \"x\"\nrefs = [{{ type = \"retracts\", entry = \"{finding}\" }}]");
    world.say("other-auditor", &statement("finding", &retract));
    world.say("ministry", &statement("status", ""));
    world.say("watcher", &statement("seen", ""));
    let hidden = world.say("company", &statement("attest", ""))[0];
    world.withhold(hidden);
    let policy = world.policy("required_logs = 2");
    let history = world.history(&[SITE], &policy);
    let question = Question {
        as_of: world.now.date(),
        now: world.now,
    };
    let verdict = judge(&history, &policy, question);
    assert_eq!(verdict, judge(&history, &policy, question));
    let json = serde_json::to_string_pretty(&verdict).unwrap() + "\n";
    let expected = include_str!("data/verdict.json");
    if json != expected {
        println!("{json}");
    }
    for (line, (found, expected)) in json.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", line + 1);
    }
    assert_eq!(json.len(), expected.len());
}
