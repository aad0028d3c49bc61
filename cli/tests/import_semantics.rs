//! What lists and changes mean, on small invented files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::id::EntryId;
use fairtrail_cli::import::Secret;
use fairtrail_cli::import::register::{
    Coverage, Intake, LicenceSeen, Mark, Observation, Resolution, SourceFile, Standing, State,
    Tally,
};
use std::fmt::Write as _;

const LISTING: &str = "organisation_name_normalised,route,type_and_rating,snapshot_date\n";
const CHANGES: &str = "observed_on,event,organisation_name_normalised,route,type_and_rating,\
                       previous_type_and_rating\n";

const A: &str = "Worker (A rating)";
const B: &str = "Worker (B rating)";

fn parse(text: &str, coverage: Coverage) -> SourceFile {
    SourceFile::parse(text.as_bytes(), coverage).unwrap()
}

/// A list of skilled-worker licences: (name, rating).
fn list(on: &str, rows: &[(&str, &str)], coverage: Coverage) -> SourceFile {
    let mut text = LISTING.to_owned();
    for (name, rating) in rows {
        writeln!(text, "{name},Skilled Worker,{rating},{on}").unwrap();
    }
    parse(&text, coverage)
}

fn sample(on: &str, rows: &[(&str, &str)]) -> SourceFile {
    list(on, rows, Coverage::Sample)
}

/// A list of changes: (date, sort, name, rating, previous rating), all of one route.
fn changes(rows: &[[&str; 5]]) -> SourceFile {
    let mut text = CHANGES.to_owned();
    for [on, sort, name, rating, previous] in rows {
        writeln!(
            text,
            "{on},{sort},{name},Skilled Worker,{rating},{previous}"
        )
        .unwrap();
    }
    parse(&text, Coverage::Sample)
}

/// Two changes of a name nobody asks about, so that two lists are known.
const WEEKS: [[&str; 5]; 2] = [
    ["2026-01-05", "added", "calendar co", A, ""],
    ["2026-01-12", "removed", "calendar co", A, ""],
];

fn state() -> State {
    State::new(Secret::new([3; 32]))
}

/// The entry that made the nth statement of a run.
fn entry(n: usize) -> EntryId {
    EntryId::new([u8::try_from(n).unwrap(); 32])
}

/// Takes the files in, states everything, and gives what was stated.
fn run(state: &mut State, files: &[SourceFile]) -> Vec<Observation> {
    state.observe(files);
    let plan = state.pending();
    for (n, observation) in plan.iter().enumerate() {
        state.mark(observation, entry(n));
    }
    assert_eq!(state.pending(), [], "what was stated is not stated again");
    plan
}

/// The licences and the changes about `name`.
fn about(plan: &[Observation], name: &str) -> (Vec<LicenceSeen>, Vec<String>) {
    let (mut licences, mut marks) = (Vec::new(), Vec::new());
    for observation in plan {
        match observation {
            Observation::Licence(seen) if seen.name.as_str() == name => {
                licences.push(seen.clone());
            }
            Observation::Standing(seen) if seen.name.as_str() == name => {
                marks.push(text(seen.mark));
            }
            _ => {}
        }
    }
    (licences, marks)
}

fn text(mark: Mark) -> String {
    let after = mark.after.map_or("?".to_owned(), |date| date.to_string());
    format!("{} ({after}, {}]", mark.standing, mark.by)
}

fn only(licences: &[LicenceSeen]) -> [String; 3] {
    let [seen] = licences else {
        panic!("{licences:?}")
    };
    let date = |date: Option<fairtrail::time::Date>| date.map_or("?".to_owned(), |d| d.to_string());
    let first = seen.first.map_or("?".to_owned(), text);
    [first, date(seen.first_observed), date(seen.last_observed)]
}

#[test]
fn a_row_without_changes_has_an_unknown_start() {
    let plan = run(&mut state(), &[sample("2026-01-12", &[("plain foods", A)])]);
    let (licences, marks) = about(&plan, "plain foods");
    assert_eq!(
        only(&licences),
        ["active (?, 2026-01-12]", "2026-01-12", "2026-01-12"]
    );
    assert_eq!(marks, [""; 0]);
}

#[test]
fn an_added_row_began_between_the_list_before_and_its_own() {
    let added = ["2026-01-12", "added", "new foods", B, ""];
    let files = [
        changes(&[WEEKS[0], added]),
        sample("2026-01-19", &[("new foods", B)]),
    ];
    let plan = run(&mut state(), &files);
    let (licences, marks) = about(&plan, "new foods");
    let first = "active_with_conditions (2026-01-05, 2026-01-12]";
    assert_eq!(only(&licences), [first, "2026-01-12", "2026-01-19"]);
    assert_eq!(marks, [""; 0]);
}

#[test]
fn the_list_before_the_first_change_is_not_known() {
    let plan = run(&mut state(), &[changes(&WEEKS)]);
    let (licences, marks) = about(&plan, "calendar co");
    assert_eq!(
        only(&licences),
        ["active (?, 2026-01-05]", "2026-01-05", "2026-01-05"]
    );
    assert_eq!(marks, ["not_found (2026-01-05, 2026-01-12]"]);
}

#[test]
fn removed_is_not_found_and_nothing_worse() {
    let gone = ["2026-01-12", "route_removed", "gone foods", A, ""];
    let plan = run(&mut state(), &[changes(&[WEEKS[0], gone])]);
    let (licences, marks) = about(&plan, "gone foods");
    assert_eq!(
        only(&licences),
        ["active (?, 2026-01-05]", "2026-01-05", "2026-01-05"]
    );
    assert_eq!(marks, ["not_found (2026-01-05, 2026-01-12]"]);
}

#[test]
fn removed_before_any_known_list_leaves_no_date_of_listing() {
    let mut state = state();
    let gone = ["2026-01-05", "removed", "gone foods", A, ""];
    let intake = state.observe(&[changes(&[gone])]);
    assert_eq!(intake.undated, 1);
    let (licences, marks) = about(&state.pending(), "gone foods");
    assert_eq!(only(&licences), ["?", "?", "?"]);
    assert_eq!(marks, ["not_found (?, 2026-01-05]"]);
}

#[test]
fn a_changed_rating_ends_one_status_and_begins_another() {
    let rerated = ["2026-01-12", "rating_changed", "rated foods", B, A];
    let plan = run(&mut state(), &[changes(&[WEEKS[0], rerated])]);
    let (licences, marks) = about(&plan, "rated foods");
    assert_eq!(
        only(&licences),
        ["active (?, 2026-01-05]", "2026-01-05", "2026-01-12"]
    );
    assert_eq!(marks, ["active_with_conditions (2026-01-05, 2026-01-12]"]);
}

#[test]
fn removed_and_added_again_is_two_intervals() {
    let rows = [
        ["2026-01-05", "added", "twice foods", A, ""],
        ["2026-01-12", "removed", "twice foods", A, ""],
        ["2026-01-19", "added", "other foods", A, ""],
        ["2026-01-26", "added", "twice foods", B, ""],
    ];
    let plan = run(&mut state(), &[changes(&rows)]);
    let (licences, marks) = about(&plan, "twice foods");
    assert_eq!(
        only(&licences),
        ["active (?, 2026-01-05]", "2026-01-05", "2026-01-26"]
    );
    let expected = [
        "not_found (2026-01-05, 2026-01-12]",
        "active_with_conditions (2026-01-19, 2026-01-26]",
    ];
    assert_eq!(marks, expected);
}

#[test]
fn routes_of_one_name_are_licences_of_one_row() {
    let text = format!(
        "{LISTING}two foods,Skilled Worker,{A},2026-01-05\n\
         two foods,Charity Worker,Temporary {A},2026-01-05\n"
    );
    let plan = run(&mut state(), &[parse(&text, Coverage::Sample)]);
    let (licences, _) = about(&plan, "two foods");
    let [one, other] = licences.as_slice() else {
        panic!("{licences:?}")
    };
    assert_eq!(one.row, other.row);
    assert_ne!(one.route, other.route);
    assert_eq!(one.resolution, Resolution::NameOnly);
}

#[test]
fn equal_names_stay_one_row_that_says_so() {
    let rows = [("same foods", A), ("SAME  foods", B), ("lone foods", A)];
    let plan = run(&mut state(), &[sample("2026-01-05", &rows)]);
    let (licences, marks) = about(&plan, "same foods");
    assert_eq!(only(&licences)[0], "active (?, 2026-01-05]");
    assert_eq!(marks, ["active_with_conditions (?, 2026-01-05]"]);
    assert_eq!(licences[0].resolution, Resolution::Unresolved);
    assert!(
        licences[0]
            .resolution
            .note()
            .unwrap()
            .contains("not told apart")
    );
    let (lone, _) = about(&plan, "lone foods");
    assert_eq!(lone[0].resolution, Resolution::NameOnly);
}

#[test]
fn a_name_that_leaves_and_enters_at_once_is_unresolved() {
    let rows = [
        WEEKS[0],
        ["2026-01-12", "removed", "same foods", A, ""],
        ["2026-01-12", "added", "same foods", A, ""],
    ];
    let plan = run(&mut state(), &[changes(&rows)]);
    let (licences, marks) = about(&plan, "same foods");
    assert_eq!(licences[0].resolution, Resolution::Unresolved);
    assert_eq!(marks, ["not_found (?, 2026-01-05]"]);
}

#[test]
fn a_row_found_to_be_several_is_stated_anew() {
    let mut state = state();
    let before = run(&mut state, &[sample("2026-01-05", &[("same foods", A)])]);
    let twice = [("same foods", A), ("same foods", A)];
    let plan = run(&mut state, &[sample("2026-01-12", &twice)]);
    let [Observation::Source(_), again] = plan.as_slice() else {
        panic!("{plan:?}")
    };
    let Observation::Licence(seen) = again else {
        panic!("{again:?}")
    };
    assert_eq!(seen.supersedes, Some(entry(1)));
    assert_ne!(again.external_key(), before[1].external_key());
}

#[test]
fn a_changed_sample_adds_one_statement_for_each_change_it_shows() {
    let mut state = state();
    let rows = [("stays foods", A), ("rated foods", A), ("gone foods", A)];
    run(&mut state, &[sample("2026-01-05", &rows)]);
    let later = [("stays foods", A), ("rated foods", B), ("new foods", A)];
    let later = sample("2026-01-12", &later);
    assert_eq!(state.observe(&[later]).absent_from_sample, 1);
    let plan = state.pending();
    assert_eq!(Tally::of(&plan).total(), 3);
    let (_, marks) = about(&plan, "rated foods");
    assert_eq!(marks, ["active_with_conditions (2026-01-05, 2026-01-12]"]);
    // Absence from the sample before shows nothing, so the start stays open.
    let (licences, _) = about(&plan, "new foods");
    assert_eq!(only(&licences)[0], "active (?, 2026-01-12]");
    assert_eq!(about(&plan, "gone foods"), (vec![], vec![]));
}

#[test]
fn absence_from_a_full_list_is_stated() {
    let full = |on, rows: &[_]| list(on, rows, Coverage::Full);
    let mut state = state();
    run(
        &mut state,
        &[full("2026-01-05", &[("gone foods", A), ("odd foods", A)])],
    );
    let premium = "Worker (A (Premium))";
    let later = full("2026-01-12", &[("new foods", A), ("odd foods", premium)]);
    let plan = run(&mut state, &[later]);
    assert_eq!(
        about(&plan, "gone foods").1,
        ["not_found (2026-01-05, 2026-01-12]"]
    );
    let (licences, _) = about(&plan, "new foods");
    assert_eq!(only(&licences)[0], "active (2026-01-05, 2026-01-12]");
    // A rating without a status is no absence.
    assert_eq!(about(&plan, "odd foods"), (vec![], vec![]));
    let plan = run(
        &mut state,
        &[full("2026-01-19", &[("gone foods", A), ("new foods", A)])],
    );
    assert_eq!(
        about(&plan, "gone foods").1,
        ["active (2026-01-12, 2026-01-19]"]
    );
    assert_eq!(
        about(&plan, "odd foods").1,
        ["not_found (2026-01-05, 2026-01-19]"]
    );
}

#[test]
fn a_torn_full_list_is_a_sample() {
    let text = format!("{LISTING}whole foods,Skilled Worker,{A},2026-01-05\ntorn foods\n");
    let file = parse(&text, Coverage::Full);
    assert_eq!(file.facts.coverage, Coverage::Sample);
    assert_eq!(file.facts.rows, 2);
}

#[test]
fn an_unchanged_later_list_adds_one_statement() {
    let mut state = state();
    let rows = [("plain foods", A), ("rated foods", B)];
    run(&mut state, &[sample("2026-01-05", &rows)]);
    let plan = run(&mut state, &[sample("2026-01-12", &rows)]);
    assert!(matches!(plan.as_slice(), [Observation::Source(_)]));
}

#[test]
fn the_same_list_with_other_line_ends_and_order_is_no_news() {
    let mut state = state();
    let rows = [("plain foods", A), ("rated foods", B)];
    run(&mut state, &[sample("2026-01-05", &rows)]);
    let text = format!(
        "\u{feff}{LISTING}\"rated foods\",Skilled Worker,{B},2026-01-05\n\
         plain foods,Skilled Worker,{A},2026-01-05\n"
    );
    let again = parse(&text.replace('\n', "\r\n"), Coverage::Sample);
    let intake = state.observe(&[again]);
    let expected = Intake {
        known_files: 1,
        ..Intake::default()
    };
    assert_eq!(intake, expected);
    assert_eq!(state.pending(), []);
}

#[test]
fn changes_that_come_after_the_list_add_what_they_show() {
    let mut state = state();
    run(&mut state, &[sample("2026-01-19", &[("late foods", A)])]);
    let added = ["2026-01-12", "added", "late foods", A, ""];
    let plan = run(&mut state, &[changes(&[WEEKS[0], added])]);
    assert_eq!(
        about(&plan, "late foods"),
        (vec![], vec!["active (2026-01-05, 2026-01-12]".into()])
    );
}

#[test]
fn row_ids_follow_from_the_secret_and_say_nothing_without_it() {
    let file = sample("2026-01-05", &[("plain foods", A)]);
    let row = |secret| {
        let mut state = State::new(Secret::new([secret; 32]));
        state.observe(std::slice::from_ref(&file));
        state.rows().next().unwrap().1
    };
    assert_eq!(row(1), row(1));
    assert_ne!(row(1), row(2));
}

#[test]
fn no_statement_says_since_when_a_licence_is_valid_or_that_it_was_revoked() {
    let plan = run(&mut state(), &[changes(&WEEKS)]);
    let standings: Vec<_> = plan.iter().filter_map(Observation::standing).collect();
    assert_eq!(standings, [Standing::Active, Standing::NotFound]);
}
