//! Withholding and erasing with the programs themselves: what a reader sees over HTTP and in a
//! verdict, and what is left in any file.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod world;

use serde_json::Value;
use std::time::{Duration, SystemTime};
use world::{Finding, World};

/// The parts of an entry that a verdict lists as not here.
fn withheld<'a>(verdict: &'a Value, finding: &Finding) -> &'a [Value] {
    let id = finding.entry.id().to_string();
    let mut lines = verdict["entries"].as_array().unwrap().iter();
    let line = lines.find(|line| line["id"] == id.as_str()).unwrap();
    line["withheld"].as_array().unwrap()
}

fn unknowns(verdict: &Value) -> Vec<&str> {
    let unknowns = verdict["unknowns"].as_array().unwrap().iter();
    unknowns.map(|one| one["code"].as_str().unwrap()).collect()
}

/// Every proof of the log holds: a reader without a copy recomputes all of it.
fn whole(world: &World, home: &str) -> Value {
    let (verdict, notes, exit) = world.verify(home, &[]);
    assert!(matches!(exit, Some(4 | 5)), "{exit:?} {notes}");
    verdict
}

#[test]
fn what_its_author_erases_leaves_every_file_of_the_node_and_of_its_readers() {
    let mut world = World::new();
    let kept = world.report("The second worker spoke of nothing else.");
    let told = "Q7 told it on a Tuesday behind the mill.";
    let finding = world.report(told);
    let (text, claim) = (finding.text_digest(), finding.claim_digest());
    let before = whole(&world, "buyer");
    assert_eq!(withheld(&before, &finding), [Value::Null; 0]);
    for place in ["node", "buyer"] {
        assert_eq!(world.holding(place, &finding.text).len(), 1, "{place}");
        assert_eq!(world.holding(place, &finding.claim).len(), 1, "{place}");
    }

    let id = finding.entry.id().to_string();
    let erase = |part: &str| {
        let reason = "data-subject-request";
        world.done(&[
            "erase", &id, part, "--as", "auditor", "--reason", reason, "--yes",
        ]);
    };
    erase("text");
    let problem = world.until(text, 410).unwrap();
    assert_eq!(problem.reason, "part-erased");
    assert_eq!(world.holding("node", &finding.text).len(), 0);
    erase("claim");
    world.until(claim, 410);
    assert_eq!(world.holding("node", &finding.claim).len(), 0);
    world.settled(&finding);
    // The reader has its old copy until it hears of it, and says what it did.
    assert_eq!(world.holding("buyer", &finding.text).len(), 1);
    let (verdict, notes, _) = world.verify("buyer", &[]);
    assert!(
        notes.contains("2 parts of localhost/example/e1 erased by its log"),
        "{notes}"
    );
    world.gone(&finding.text);
    world.gone(&finding.claim);
    let listed = withheld(&verdict, &finding);
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|part| part["reason"] == "erased"));
    assert!(unknowns(&verdict).contains(&"claim-not-readable"));
    assert_eq!(withheld(&verdict, &kept), [Value::Null; 0]);
    assert_eq!(withheld(&whole(&world, "newcomer"), &finding).len(), 2);
    let (again, notes, _) = world.verify("buyer", &["--offline"]);
    assert_eq!((withheld(&again, &finding).len(), notes.as_str()), (2, ""));

    world.stop();
    let said: Value = serde_json::from_str(&world.node_done(&["erase", "--json"])).unwrap();
    assert_eq!(
        (&said["parts"], &said["overwritten"]),
        (&2.into(), &0.into())
    );
    world.node_done(&["fsck"]);
    world.start();
    assert_eq!(world.part(text).0, 410);
    assert_eq!(world.part(kept.text_digest()).0, 200);
    world.gone(&finding.text);
}

#[test]
fn what_an_operator_withholds_is_named_with_its_basis_and_served_again_when_lifted() {
    let world = World::new();
    let finding = world.report("A ring was given as security.");
    let (text, id) = (finding.text_digest(), finding.entry.id().to_string());
    let part = text.to_string();
    let withhold = |more: &[&str]| {
        let first = ["withhold", part.as_str(), "--entry", id.as_str()];
        world.node_done(&[&first[..], more].concat())
    };
    let law = ["--jurisdiction", "DE", "--statute", "EXAMPLE-ACT-7"];
    withhold(&[&["--basis", "court_order"], &law[..]].concat());
    let since = named_in_answers(&world, &finding);
    named_in_the_verdict(&world, &finding, &since);

    let statement = publish(&world, &finding, &since);
    withhold(&["--basis", "court_order", "--statement", &statement]);
    let problem = world.until(text, 451).unwrap();
    let ground = problem.ground.unwrap();
    assert_eq!(ground.statement.unwrap().to_string(), statement);
    assert_eq!(ground.statute.unwrap().as_str(), "EXAMPLE-ACT-7");
    let verdict = whole(&world, "buyer");
    let by = &withheld(&verdict, &finding)[0]["withheld_by"];
    let by = by.as_array().unwrap();
    assert_eq!(by.len(), 1, "the list and the statement are one");
    assert_eq!(by[0]["statement"], statement.as_str());
    assert!(by[0]["author"].is_string() && by[0]["log"].is_string());
    assert!(world.page("buyer").contains(&statement));

    withhold(&["--lift"]);
    world.until(text, 200);
    let verdict = whole(&world, "buyer");
    assert_eq!(withheld(&verdict, &finding), [Value::Null; 0]);
    assert!(!unknowns(&verdict).contains(&"withheld-by-law"));
}

/// What a gateway answers about the part and its entry; since when it is withheld.
fn named_in_answers(world: &World, finding: &Finding) -> String {
    let text = finding.text_digest();
    let problem = world.until(text, 451).unwrap();
    assert_eq!(problem.reason, "withheld-by-law");
    assert_eq!(problem.log.as_deref(), Some("localhost/example/e1"));
    let ground = problem.ground.unwrap();
    let said = ground.to_string();
    assert!(
        said.starts_with("court_order, DE, EXAMPLE-ACT-7, since 20"),
        "{said}"
    );
    assert_eq!(world.part(finding.claim_digest()).0, 200);
    let view = format!("/v1/entries/{}", finding.entry.id());
    let view = world.ask(&view, "application/json");
    let view: Value = serde_json::from_slice(&view.body).unwrap();
    let since = ground.since.to_string();
    assert_eq!(view["withheld"][0]["basis"], "court_order");
    assert_eq!(view["withheld"][0]["since"], since.as_str());
    let page = world.gateway().withheld(0, 256).unwrap();
    assert_eq!((page.parts.len(), page.parts[0].part), (1, text));
    since
}

/// What a reader who never had the part is shown.
fn named_in_the_verdict(world: &World, finding: &Finding, since: &str) {
    let verdict = whole(world, "buyer");
    let listed = withheld(&verdict, finding);
    assert_eq!(listed[0]["reason"], "withheld-by-law");
    let by = listed[0]["withheld_by"].as_array().unwrap();
    assert_eq!(by.len(), 1);
    assert_eq!(by[0]["log"], "localhost/example/e1");
    assert_eq!(by[0]["statute"], "EXAMPLE-ACT-7");
    assert_eq!(by[0].get("statement"), None);
    assert!(unknowns(&verdict).contains(&"withheld-by-law"));
    let page = world.page("buyer");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = format!("on the legal basis court order, DE, EXAMPLE-ACT-7, since {since}");
    assert!(page.contains(&sentence), "{page}");
    assert!(page.contains("on the word of its gateway"), "{page}");
    let (offline, ..) = world.verify("buyer", &["--offline"]);
    assert_eq!(withheld(&offline, finding), listed);
}

/// The operator says in the log what it withholds; the id of the statement.
fn publish(world: &World, finding: &Finding, since: &str) -> String {
    let (entry, part) = (finding.entry.id(), finding.text_digest());
    let statement = format!(
        r#"kind = "withhold"
own_key = "order-7"
subjects = []
refs = [{{ type = "about", entry = "{entry}" }}]
[claim]
entry = "{entry}"
part = "{part}"
legal_basis = "court_order"
from = "{since}"
jurisdiction = "DE"
statute = "EXAMPLE-ACT-7"
"#
    );
    fs_err::write(world.path("withhold.toml"), statement).unwrap();
    world.done(&["submit", "withhold.toml", "--as", "operator", "--yes"]);
    for _ in 0..200 {
        let subject = world::SITE.parse().unwrap();
        let items = world.gateway().history(&subject, None, 256).unwrap().items;
        if let Some(item) = items.iter().find(|item| item.kind == "withhold") {
            return item.id.to_string();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the statement is not published");
}

/// Rounds of killing the node while it erases.
const ROUNDS: u32 = 8;

#[test]
fn killed_while_it_erases_a_node_finishes_when_it_starts_again() {
    let mut world = World::new();
    let mut interrupted = 0;
    for round in 0..ROUNDS {
        let told = format!("Number {round} told it on a Tuesday behind the mill.");
        let finding = world.report(&told);
        let taken = erase_and_kill(&mut world, &finding, round);
        interrupted += u32::from(!world.holding("node", &finding.text).is_empty());
        world.start();
        // What was signed and not acknowledged is offered again, whether it was taken or not.
        let pending = ["submit", "--pending", "--as", "auditor", "--json"];
        let pending: Value = serde_json::from_str(&world.done(&pending)).unwrap();
        if !taken && pending["acknowledged"] == Value::Array(Vec::new()) {
            assert!(
                erase(&world, &finding),
                "it was killed before anything was signed"
            );
        }
        world.until(finding.text_digest(), 410);
        world.settled(&finding);
        assert!(
            world.holding("node", &finding.text).is_empty(),
            "round {round}"
        );
        let verdict = whole(&world, "buyer");
        assert_eq!(withheld(&verdict, &finding)[0]["reason"], "erased");
        world.gone(&finding.text);
    }
    println!("{interrupted} of {ROUNDS} were killed before the bytes were overwritten");
    world.stop();
    world.node_done(&["fsck"]);
}

fn erase(world: &World, finding: &Finding) -> bool {
    let id = finding.entry.id().to_string();
    let reason = ["--reason", "data-subject-request"];
    let args = ["erase", &id, "text", "--as", "auditor", "--yes"];
    world
        .fairtrail(&[&args[..], &reason[..]].concat())
        .status
        .success()
}

/// Kills the node as soon as it writes, each round a little later; whether it had answered.
fn erase_and_kill(world: &mut World, finding: &Finding, round: u32) -> bool {
    let journal = world.path("node/journal");
    // What was reported last is published, and the journal at rest.
    std::thread::sleep(Duration::from_millis(300));
    let before = changed(&journal);
    let taken = std::thread::scope(|scope| {
        let erasing = scope.spawn(|| erase(world, finding));
        while changed(&journal) == before && !erasing.is_finished() {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_micros(u64::from(round * round) * 300));
        kill(world);
        erasing.join().unwrap()
    });
    world.kill();
    taken
}

/// Sends the signal; the process is waited for elsewhere.
fn kill(world: &World) {
    let sent = std::process::Command::new("kill")
        .args(["-KILL", &world.pid().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// When anything in a directory was written last.
fn changed(dir: &std::path::Path) -> Option<(SystemTime, u64)> {
    let files = fs_err::read_dir(dir).ok()?.filter_map(Result::ok);
    let stamps = files.filter_map(|file| {
        let found = file.metadata().ok()?;
        Some((found.modified().ok()?, found.len()))
    });
    stamps.max()
}
