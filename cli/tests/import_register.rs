//! The real register: 19,607 rows of one list and 3,518 changes between weekly lists.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it was skipped"
)]

mod support;

use fairtrail::id::EntryId;
use fairtrail_cli::import::Secret;
use fairtrail_cli::import::register::{
    Coverage, Intake, Observation, Sort, SourceFile, Standing, State, Tally,
};
use std::collections::{BTreeMap, BTreeSet};

const LISTING: &str = "data/uk_sponsor_register/register_latest.csv";
const CHANGES: &str = "data/uk_sponsor_register/status_events.csv";

fn bytes(relative: &str) -> Option<Vec<u8>> {
    support::shared(relative).map(|path| fs_err::read(path).unwrap())
}

fn files() -> Option<[SourceFile; 2]> {
    let parse = |relative| SourceFile::parse(&bytes(relative)?, Coverage::Sample).ok();
    Some([parse(LISTING)?, parse(CHANGES)?])
}

fn state() -> State {
    State::new(Secret::new([7; 32]))
}

fn mark(state: &mut State, plan: &[Observation]) {
    for observation in plan {
        state.mark(observation, EntryId::new([1; 32]));
    }
}

#[test]
fn both_files_are_read_and_one_rating_is_refused() {
    let Some([listing, changes]) = files() else {
        return;
    };
    let facts = &listing.facts;
    assert_eq!((facts.sort, facts.rows), (Sort::Listing, 19_607));
    assert_eq!(facts.on.to_string(), "2026-08-21");
    assert_eq!(
        facts.sha256.to_string(),
        "f96a71a7f34cd62fc7afd5add71015262b0ec6acdf6f877a9256513b567c9ea2"
    );
    assert_eq!(
        facts.root.to_string(),
        "AhGQLXmxwCpowb24p0MuP0T64EAVqWI5X/hZRLKI1jY="
    );
    let refused: Vec<_> = listing
        .refusals
        .iter()
        .map(|r| r.error.code().as_str())
        .collect();
    assert_eq!(refused, ["import-rating"]);

    let facts = &changes.facts;
    assert_eq!((facts.sort, facts.rows), (Sort::Changes, 3_518));
    assert_eq!(facts.on.to_string(), "2026-08-21");
    assert_eq!(
        facts.sha256.to_string(),
        "877d315c5c943daa588294a0edb579e365033af8c9b6422e5948cb2ec0059040"
    );
    assert_eq!(
        facts.root.to_string(),
        "bRL/FH0QYp+xFQe3xSiui4ibi+OmScbqu6JmTIqtyxo="
    );
    assert_eq!(changes.refusals, []);
}

#[test]
fn every_row_and_change_is_planned_once() {
    let Some(files) = files() else { return };
    let mut state = state();
    let intake = state.observe(&files);
    let expected = Intake {
        new_files: 2,
        undated: 358,
        ..Intake::default()
    };
    assert_eq!(intake, expected);
    assert_eq!(state.rows().count(), 20_642);
    let tally = Tally::of(&state.pending());
    let statuses = [
        ("active", 32),
        ("active_with_conditions", 16),
        ("not_found", 1_456),
    ];
    let expected = Tally {
        listings: 1,
        changes: 1,
        licences: 21_017,
        start_between: 1_599,
        statuses: BTreeMap::from(statuses),
        ..Tally::default()
    };
    assert_eq!(tally, expected);
}

#[test]
fn plan_is_the_same_in_either_order_and_a_second_run_adds_nothing() {
    let Some([listing, changes]) = files() else {
        return;
    };
    let (mut one, mut other) = (state(), state());
    one.observe(&[listing.clone(), changes.clone()]);
    other.observe(&[changes.clone(), listing.clone()]);
    let plan = one.pending();
    assert_eq!(plan, other.pending());
    let keys: BTreeSet<_> = plan.iter().map(Observation::external_key).collect();
    assert_eq!(keys.len(), plan.len());

    mark(&mut one, &plan);
    let intake = one.observe(&[listing, changes]);
    assert_eq!((intake.new_files, intake.known_files), (0, 2));
    assert_eq!(one.pending(), []);
}

#[test]
fn an_unchanged_later_list_adds_one_statement() {
    let (Some(files), Some(bytes)) = (files(), bytes(LISTING)) else {
        return;
    };
    let mut state = state();
    state.observe(&files);
    let plan = state.pending();
    mark(&mut state, &plan);
    let later = String::from_utf8(bytes)
        .unwrap()
        .replace("2026-08-21", "2026-08-28");
    let later = SourceFile::parse(later.as_bytes(), Coverage::Sample).unwrap();
    assert_eq!(later.facts.root, files[0].facts.root);
    state.observe(&[later]);
    assert!(matches!(
        state.pending().as_slice(),
        [Observation::Source(_)]
    ));
}

#[test]
fn no_plan_entry_begins_with_absence_or_names_anybody_in_its_key() {
    let Some(files) = files() else { return };
    let mut state = state();
    state.observe(&files);
    for observation in state.pending() {
        if let Observation::Licence(seen) = &observation {
            assert_ne!(observation.standing(), Some(Standing::NotFound));
            let expected = format!("licence {} {}", seen.row, seen.route);
            assert_eq!(observation.external_key(), expected);
        }
    }
}
