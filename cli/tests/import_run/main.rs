//! `fairtrail import` against a node that admits and has a door: everything is taken, nothing is
//! stated twice, whenever it is interrupted.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says when it was skipped"
)]

mod interruption;
mod node;
mod rows;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod world;

use fairtrail::claim::Claim;
use fairtrail_cli::exit::Exit;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use world::World;

const A: &str = "Worker (A rating)";
const B: &str = "Worker (B rating)";

/// A list of invented firms: as many as said, of one route.
fn list(on: &str, firms: usize) -> String {
    let mut text = "organisation_name_normalised,route,type_and_rating,snapshot_date\n".to_owned();
    for firm in 0..firms {
        writeln!(text, "firm {firm} foods,Skilled Worker,{A},{on}").unwrap();
    }
    text
}

/// Every statement of the observer has a reference of its own: none was made twice.
fn assert_nothing_twice(world: &World) {
    let node = world.wire.node();
    let mut references = BTreeSet::new();
    for (entry, bodies) in &node.entries {
        if entry.author() == world.observer && entry.header().seq > 0 {
            let claim = Claim::decode(entry.header().kind.as_str(), &bodies[0].bytes).unwrap();
            assert!(references.insert(claim.common().external_ref.unwrap()));
        }
    }
}

#[test]
fn a_dry_run_counts_and_changes_nothing() {
    let world = World::new();
    let file = world.write(
        "list.csv",
        &(list("2026-08-21", 3) + "odd,Student,x,2026-08-21\n"),
    );
    let refusals = world.path("refused.csv");
    let ran = world.run(&[
        "import",
        "register",
        "--format",
        "uk-sponsor",
        file.to_str().unwrap(),
        "--as",
        "watcher",
        "--dry-run",
        "--json",
        "--refusals",
        refusals.to_str().unwrap(),
    ]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["schema"], "fairtrail/import.register@v1");
    assert_eq!(
        (&json["plan"]["licences"], &json["stated"]),
        (&3.into(), &0.into())
    );
    assert_eq!(json["refused"]["import-route"], 1);
    assert!(
        fs_err::read_to_string(refusals)
            .unwrap()
            .contains(",5,route,import-route,")
    );
    assert!(!world.state_dir().exists());
    assert_eq!(world.stated(), 0);
    // Neither an author nor a gateway is needed to count.
    let ran = world.run(&[
        "import",
        "register",
        "--format",
        "uk-sponsor",
        file.to_str().unwrap(),
        "--dry-run",
    ]);
    assert_eq!(ran.exit, Exit::Done);
    assert!(ran.out.contains("dry run"), "{}", ran.out);
}

#[test]
fn a_second_run_adds_nothing_and_an_unchanged_later_list_adds_one_entry() {
    let world = World::new();
    let file = world.write("list.csv", &list("2026-08-14", 300));
    let ran = world.import(&[&file]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let json = ran.json();
    assert_eq!(
        (&json["stated"], &json["batches"]),
        (&301.into(), &2.into())
    );
    assert_eq!(world.stated(), 301);

    let json = world.import(&[&file]).json();
    assert_eq!(
        (&json["stated"], &json["known_files"]),
        (&0.into(), &1.into())
    );
    assert_eq!(world.stated(), 301);

    let later = world.write("later.csv", &list("2026-08-21", 300));
    let json = world.import(&[&file, &later]).json();
    assert_eq!(json["stated"], 1);
    assert_eq!(world.stated(), 302);
    assert_nothing_twice(&world);
}

#[test]
fn a_changed_list_and_equal_names_are_taken_too() {
    let world = World::new();
    let file = world.write("list.csv", &list("2026-08-14", 4));
    world.import(&[&file]);
    let changed = list("2026-08-21", 4).replacen(A, B, 1);
    // A firm that stood once stands twice now: its licence is stated anew and supersedes.
    let changed = changed + &format!("FIRM 2 foods,Skilled Worker,{A},2026-08-21\n");
    let changed = world.write("changed.csv", &changed);
    let ran = world.import(&[&changed]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["plan"]["statuses"]["active_with_conditions"], 1);
    assert_eq!(
        (&json["plan"]["unresolved"], &json["unresolved_names"]),
        (&1.into(), &1.into())
    );
    assert_eq!(world.stated(), 5 + 3);
    assert_nothing_twice(&world);
}

#[test]
fn rows_are_looked_up_by_name_and_by_how_names_begin() {
    let world = World::new();
    let text = list("2026-08-14", 12) + &format!("firm 1 foods,Skilled Worker,{A},2026-08-14\n");
    let file = world.write("list.csv", &text);
    world.import(&[&file]);
    let ran = world.run(&[
        "import",
        "rows",
        "Firm 1  FOODS",
        "firm 1",
        "--as",
        "watcher",
        "--json",
    ]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let names = ran.json()["names"].clone();
    let exact = &names[0]["rows"];
    assert_eq!(exact.as_array().unwrap().len(), 1);
    assert_eq!(
        (&exact[0]["exact"], &exact[0]["unresolved"]),
        (&true.into(), &true.into())
    );
    let subject = exact[0]["subject"].as_str().unwrap();
    let own = world.observer.to_string().replace("author:", "row:");
    assert!(subject.starts_with(&own), "{subject}");
    // firm 1, firm 10, firm 11.
    assert_eq!(names[1]["rows"].as_array().unwrap().len(), 3);
    let node = world.wire.node();
    let named = |entry: &&(_, _)| -> bool {
        let (entry, _): &(fairtrail::entry::SignedEntry, Vec<fairtrail::entry::Body>) = entry;
        entry
            .header()
            .subjects
            .iter()
            .any(|one| one.as_str() == subject)
    };
    assert_eq!(node.entries.iter().filter(named).count(), 1);
    drop(node);
    let ran = world.run(&[
        "import",
        "rows",
        "firm 1 foods",
        "nobody",
        "--as",
        "watcher",
    ]);
    assert_eq!(ran.exit, Exit::Operational);
    assert!(
        ran.out.contains("unresolved") && ran.out.contains("no row"),
        "{}",
        ran.out
    );
    let map = fs_err::read_to_string(world.state_dir().join("names.csv")).unwrap();
    assert_eq!(map.lines().count(), 13);
}

#[test]
fn a_refusal_of_the_door_comes_before_anything_is_signed() {
    // The grant covers rows only, so the statement about the file is out of scope.
    let world =
        World::with_scope(|observer| vec![observer.to_string().replace("author:", "row:") + ":*"]);
    let file = world.write("list.csv", &list("2026-08-14", 3));
    let ran = world.import(&[&file]);
    assert_eq!(ran.exit, Exit::Operational);
    assert_eq!(ran.json()["reason"], "out-of-scope", "{}", ran.err);
    assert_eq!(world.stated(), 0);
    assert_eq!(world.author().pending().unwrap(), []);
}

#[test]
fn files_that_cannot_be_taken_change_nothing() {
    let world = World::new();
    let good = world.write("list.csv", &list("2026-08-14", 3));
    let future = world.write("future.csv", &list("2026-09-14", 3));
    for (bad, reason) in [
        (future, "import-date"),
        (world.write("odd.csv", "name,town\n"), "import-format"),
        (world.path("missing.csv"), "not-found"),
    ] {
        let ran = world.import(&[&good, &bad]);
        assert_eq!(ran.exit, Exit::Operational);
        assert_eq!(ran.json()["reason"], reason);
        assert!(!world.state_dir().exists());
    }
    let ran = world.run(&[
        "import",
        "register",
        "--format",
        "uk-sponsor",
        good.to_str().unwrap(),
        "--as",
        "watcher",
    ]);
    // Nobody is there to confirm.
    assert_eq!(ran.exit, Exit::Usage);
    assert_eq!(world.stated(), 0);
}

#[test]
fn the_real_register_is_taken_whole() {
    let names = ["register_latest.csv", "status_events.csv"];
    let paths = names.map(|name| support::shared(&format!("data/uk_sponsor_register/{name}")));
    let [Some(list), Some(changes)] = paths else {
        return;
    };
    let world = World::new();
    let ran = world.import(&[&list, &changes]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(ran.json()["stated"], 22_523);
    assert_eq!(world.stated(), 22_523);
    assert_nothing_twice(&world);
    assert_eq!(world.import(&[&changes, &list]).json()["stated"], 0);
    let text = fs_err::read_to_string(list)
        .unwrap()
        .replace("2026-08-21", "2026-08-24");
    let later = world.write("later.csv", &text);
    assert_eq!(world.import(&[Path::new(&later)]).json()["stated"], 1);
    assert_eq!(world.stated(), 22_524);
}
