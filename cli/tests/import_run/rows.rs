//! Files whose rows are statements: stated once, changed one by one, leaking nothing.

use crate::support;
use crate::world::{Ran, World};
use fairtrail::claim::{Claim, TextPart};
use fairtrail_cli::exit::Exit;
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn import(world: &World, words: &[&str]) -> Ran {
    let mut line = vec!["import"];
    line.extend(words);
    line.extend(["--as", "watcher", "--yes", "--json"]);
    world.run(&line)
}

fn facilities(world: &World, format: &str, file: &Path) -> Ran {
    import(
        world,
        &["facilities", "--format", format, file.to_str().unwrap()],
    )
}

/// Everything the node was given of the watcher outside text parts, as text.
pub(crate) fn outside_texts(world: &World) -> String {
    let node = world.wire.node();
    let mut all = String::new();
    for (entry, bodies) in &node.entries {
        let header = entry.header();
        if entry.author() != world.observer || header.seq == 0 {
            continue;
        }
        writeln!(all, "{:?} {:?}", header.kind, header.subjects).unwrap();
        all += &String::from_utf8_lossy(entry.bytes());
        let claim = Claim::decode(header.kind.as_str(), &bodies[0].bytes).unwrap();
        all += &serde_json::to_string(&claim).unwrap();
        all += &String::from_utf8_lossy(&bodies[0].bytes);
        for text in &bodies[1..] {
            TextPart::decode(&text.bytes).unwrap();
        }
    }
    all.to_lowercase()
}

/// Cells of these columns that are long enough to be recognised.
fn cells(file: &Path, columns: &[&str]) -> Vec<String> {
    let mut csv = csv::Reader::from_path(file).unwrap();
    let header = csv.headers().unwrap().clone();
    let wanted = |at: &usize| columns.contains(&&header[*at]);
    let places: Vec<_> = (0..header.len()).filter(wanted).collect();
    assert_eq!(places.len(), columns.len());
    let mut cells = Vec::new();
    for row in csv.records() {
        let row = row.unwrap();
        cells.extend(places.iter().map(|at| row[*at].trim().to_lowercase()));
    }
    cells.retain(|cell| cell.len() > 7);
    cells.sort();
    cells.dedup();
    cells
}

/// Bytes of a text that are looked up before the whole of it is searched.
const WINDOW: usize = 8;
const BUCKETS: usize = 1 << 24;

fn bucket(window: &[u8]) -> usize {
    let mixed = window.iter().fold(0_usize, |all, byte| {
        (all ^ usize::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed % BUCKETS
}

fn assert_no_names(world: &World, file: &Path, columns: &[&str]) {
    let outside = outside_texts(world);
    // Thousands of names in megabytes: only those whose beginning occurs are searched for.
    let mut occurs = vec![false; BUCKETS];
    for window in outside.as_bytes().windows(WINDOW) {
        occurs[bucket(window)] = true;
    }
    let names = cells(file, columns);
    assert!(names.len() > 10);
    for name in names {
        let begins = occurs[bucket(&name.as_bytes()[..WINDOW])];
        assert!(!begins || !outside.contains(&name), "{name}");
    }
}

/// Numbers in claims that could be counts of people: none of these kinds has one.
fn assert_no_counts(world: &World) {
    fn numbers(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Number(number) => found.push(number.to_string()),
            serde_json::Value::Array(all) => all.iter().for_each(|one| numbers(one, found)),
            serde_json::Value::Object(all) => {
                let inner = all.iter().filter(|(field, _)| *field != "edition");
                inner.for_each(|(_, one)| numbers(one, found));
            }
            _ => {}
        }
    }
    let node = world.wire.node();
    for (entry, bodies) in &node.entries {
        let header = entry.header();
        if entry.author() == world.observer && header.seq > 0 {
            let claim = Claim::decode(header.kind.as_str(), &bodies[0].bytes).unwrap();
            let mut found = Vec::new();
            numbers(&serde_json::to_value(&claim).unwrap(), &mut found);
            assert_eq!(found, [] as [&str; 0], "{claim:?}");
        }
    }
}

#[test]
fn a_brand_disclosure_is_stated_once_and_a_changed_row_adds_one_statement() {
    let Some(file) = support::shared("data/factories_nike_adidas/merged_adidas_nike.csv") else {
        return;
    };
    let world = World::new();
    let ran = facilities(&world, "brand-csv", &file);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["stated"], 1_010);
    assert_eq!(json["refused"]["import-count"], 6);
    // A postal code of nine digits: taken for a person's number rather than let in.
    assert_eq!(json["refused"]["privacy-text"], 1);
    assert_eq!(json["counts"]["source shows 1 to 9 migrants"], 75);
    assert_eq!(json["counts"]["banded"], 1_830);
    assert_eq!(world.stated(), 1_010);
    let names = ["Factory_Name", "Address", "Parent_Organization_Name"];
    assert_no_names(&world, &file, &names);
    assert_no_counts(&world);

    let again = facilities(&world, "brand-csv", &file).json();
    assert_eq!(again["stated"], 0);
    assert_eq!(again["unchanged"], 1_010);

    let text = fs_err::read_to_string(&file).unwrap();
    // 111 workers become 250: another band of one row.
    assert!(text.contains("\"Apparel\",\"111\",\"81\""));
    let changed = text.replacen(
        "\"Apparel\",\"111\",\"81\"",
        "\"Apparel\",\"250\",\"81\"",
        1,
    );
    let changed = world.write("changed.csv", &changed);
    let json = facilities(&world, "brand-csv", &changed).json();
    assert_eq!(
        (&json["stated"], &json["superseding"]),
        (&1.into(), &1.into())
    );
    assert_eq!(world.stated(), 1_011);
}

#[test]
fn percentages_and_contributions_are_taken_too() {
    let export = support::shared("data/factories_nike_adidas/nike_2021_export.csv");
    let contributions = support::shared("data/oshub_sample_lists/facilities.csv");
    let (Some(export), Some(contributions)) = (export, contributions) else {
        return;
    };
    let world = World::new();
    let json = facilities(&world, "brand-csv", &export).json();
    assert_eq!(json["counts"]["source shows 1 to 9 migrants"], 49);
    assert_eq!(json["counts"]["percentages of a known total"], 498);
    assert_eq!(json["left_out"]["import-count"], 149);
    assert_eq!(json["stated"], 493);
    assert_eq!(json["refused"]["privacy-text"], 2);
    let refused = world.path("refused.csv");
    let ran = import(
        &world,
        &[
            "facilities",
            "--format",
            "osh-csv",
            contributions.to_str().unwrap(),
            "--refusals",
            refused.to_str().unwrap(),
        ],
    );
    assert_eq!(ran.json()["stated"], 957, "{}", ran.err);
    assert_no_names(
        &world,
        &export,
        &["Factory Name", "Address", "Supplier Group"],
    );
    assert_no_names(&world, &contributions, &["name", "address"]);
    assert_no_counts(&world);
    let refused = fs_err::read_to_string(refused).unwrap();
    assert_eq!(refused.lines().count(), 4);
    assert!(refused.contains("privacy-text"), "{refused}");
    assert!(refused.contains(",,import-duplicate,"), "{refused}");
}

#[test]
fn an_os_id_is_a_subject_when_its_check_digit_holds() {
    let world = World::with_scope(|_| vec!["osid:*".to_owned()]);
    let file = world.write(
        "list.csv",
        "country,name,address,os_id,number_of_workers,sector\n\
         CN,Invented Mill,1 Mill Road,CN2021250D1DTN7,3,Apparel|Invented Co\n\
         IN,Invented Works,2 Works Road,IN2019067X1K87E,120,Apparel\n\
         CN,Invented Yard,3 Yard Road,,12-400,Apparel\n",
    );
    let refused = world.path("refused.csv");
    let list = file.to_str().unwrap();
    let words = ["facilities", "--format", "osh-csv", list, "--refusals"];
    let ran = import(&world, &[&words[..], &[refused.to_str().unwrap()]].concat());
    // The third has no id, so it is a row of the author's, which the grant does not cover.
    assert_eq!(ran.json()["reason"], "out-of-scope", "{}", ran.out);
    let refused = fs_err::read_to_string(refused).unwrap();
    assert!(
        refused.contains(",3,os_id,subject-invalid,the check digits of this osid should be `G`")
    );
    assert!(
        refused.contains(",4,number_of_workers,import-count,"),
        "{refused}"
    );
    let text = fs_err::read_to_string(&file).unwrap();
    let two = text.lines().take(3).collect::<Vec<_>>().join("\n");
    let world = World::with_scope(|_| vec!["osid:*".to_owned()]);
    let file = world.write("list.csv", &two);
    let ran = facilities(&world, "osh-csv", &file);
    assert_eq!(ran.json()["stated"], 1, "{}", ran.err);
    let outside = outside_texts(&world);
    assert!(outside.contains("osid:cn2021250d1dtn7") && outside.contains("\"workers\":\"few\""));
    assert!(!outside.contains("invented"));
}

#[test]
fn two_rows_that_contradict_each_other_are_both_refused() {
    let world = World::new();
    let file = world.write(
        "list.csv",
        "country,name,address,sector\n\
         CN,Invented Mill,1 Mill Road,Apparel\n\
         China,INVENTED  Mill,1 mill road,Footwear\n\
         CN,Other Mill,1 Mill Road,Apparel\n",
    );
    let json = facilities(&world, "osh-csv", &file).json();
    assert_eq!(
        (&json["stated"], &json["refused"]["import-conflict"]),
        (&1.into(), &2.into())
    );
}

fn listings(world: &World, format: &str, file: &Path) -> Ran {
    import(
        world,
        &["listings", "--format", format, file.to_str().unwrap()],
    )
}

#[test]
fn goods_of_countries_are_stated_once() {
    let Some(file) = support::shared("data/us_ilab_goods/list_of_goods.csv") else {
        return;
    };
    let world = World::new();
    let ran = listings(&world, "ilab-goods", &file);
    assert_eq!(ran.json()["stated"], 467, "{}", ran.err);
    let outside = outside_texts(&world);
    assert!(outside.contains("\"derived_labor_exploitation:id\""));
    assert!(outside.contains("\"acai-berries\"") && !outside.contains("a\u{e7}a\u{ed}"));
    assert_no_counts(&world);
    assert_eq!(listings(&world, "ilab-goods", &file).json()["stated"], 0);
    let text = fs_err::read_to_string(&file).unwrap();
    let amber = "Amber,Mining,Ukraine,Europe and Eurasia,Yes,No";
    assert!(text.contains(amber));
    let changed = text.replace(amber, &amber.replace("Yes,No", "Yes,Yes"));
    let changed = world.write("changed.csv", &changed);
    let json = listings(&world, "ilab-goods", &changed).json();
    assert_eq!(
        (&json["stated"], &json["superseding"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn bars_have_their_dates_and_are_possible_matches() {
    let relative = "data/us_h2_debarments/debarments_2010_2014_organisations_only.csv";
    let Some(file) = support::shared(relative) else {
        return;
    };
    let world = World::new();
    let ran = listings(&world, "h2-bars", &file);
    let json = ran.json();
    assert_eq!(json["stated"], 87, "{}", ran.err);
    assert_eq!(json["refused"]["import-note"], 11);
    assert_eq!(json["counts"]["possible matches, never scored"], 87);
    let outside = outside_texts(&world);
    assert_eq!(outside.matches("\"match_method\":\"possible\"").count(), 87);
    assert!(outside.contains("\"valid_from\":\"2011-02-18\",\"valid_to\":\"2013-02-17\""));
    assert_no_names(&world, &file, &["Entity Debarred"]);
    assert_no_counts(&world);
    assert_eq!(listings(&world, "h2-bars", &file).json()["stated"], 0);
}

#[test]
fn a_bar_is_of_whom_an_identifier_or_a_person_says() {
    let world = World::with_scope(|_| vec!["lei:*".to_owned(), "org:*".to_owned()]);
    let file = world.write(
        "bars.csv",
        "Program,Entity Debarred,City,State,Start Date,End Date,Subject,Confirmed For\n\
         H-2A,Invented Farms,Nowhere,ZZ,2024-01-05,2026-01-04,lei:999900DEMO0000000152,\n\
         H-2B,Invented Gardens,Nowhere,ZZ,2024-01-05,,lei:999900DEMO0000000152,org:GB-COH-01234567\n\
         H-2B,Invented Parks,Nowhere,ZZ,2024-01-05,,lei:999900DEMO0000000153,\n\
         H-2B,Invented Hills,Nowhere,ZZ,2025-01-05,2024-01-05,lei:999900DEMO0000000152,\n",
    );
    let ran = listings(&world, "h2-bars", &file);
    let json = ran.json();
    assert_eq!(json["stated"], 2, "{} {}", ran.out, ran.err);
    assert_eq!(json["refused"]["subject-invalid"], 1);
    assert_eq!(json["refused"]["claim-invalid"], 1);
    let outside = outside_texts(&world);
    assert!(outside.contains("\"match_method\":\"identifier\""));
    assert!(outside.contains("\"match_method\":\"person_confirmed\""));
    assert!(!outside.contains("invented"));
}

#[test]
fn edges_are_stated_and_variants_of_names_are_only_proposed() {
    let Some(file) = support::shared("data/us_h2b_recruiters/h2b_fy2020_case_recruiter_edges.csv")
    else {
        return;
    };
    let world = World::new();
    let candidates = world.path("variants.csv");
    let list = file.to_str().unwrap();
    let words = ["chains", "--format", "h2b-edges", list, "--candidates"];
    let ran = import(
        &world,
        &[&words[..], &[candidates.to_str().unwrap()]].concat(),
    );
    let json = ran.json();
    assert_eq!(json["plan"]["supply.link"], 6_068, "{}", ran.err);
    assert_eq!(json["plan"]["profile"], 295);
    assert_eq!(
        (&json["stated"], &json["candidates"]),
        (&6_363.into(), &273.into())
    );
    assert_eq!(json["refused"]["import-duplicate"], 389);
    assert_eq!(json["refused"]["subject-natural-person"], 66);
    assert_no_names(&world, &file, &["recruiter_firm", "case_number"]);
    assert_no_counts(&world);
    let node = world.wire.node();
    assert!(
        node.entries
            .iter()
            .all(|(entry, _)| entry.header().kind.as_str() != "id.link")
    );
    drop(node);
    let candidates = fs_err::read_to_string(candidates).unwrap();
    assert_eq!(candidates.lines().count(), 274);
    assert!(candidates.contains("lls visa electronica s. de r.l. de c.v."));
    assert_eq!(import(&world, &words[..4]).json()["stated"], 0);
}
