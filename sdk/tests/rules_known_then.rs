//! "Licensed in the month of recruitment, as known then" beside "as known now", as data.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::messages::Language;
use fairtrail::rules::{Difference, Force, RecruitedUnder, Snapshot, Verdict};
use market::{LICENCE, SITE, market, statement};
use world::{World, date, noon};

/// A licence that is known to be active at the end of June, and is said in August to have been
/// suspended on 10 June.
fn late_word() -> World {
    let mut world = market();
    world.on("2026-06-29");
    world.say("ministry", &statement("licence", ""));
    world.on("2026-08-20");
    world.say("company", &statement("attest", ""));
    world.say("ministry", &statement("status", ""));
    world.on("2026-08-21");
    world
}

fn verdict(world: &World) -> Verdict {
    world.verdict(SITE, &world.policy(""))
}

fn rows(verdict: &Verdict) -> Vec<(String, Force, Force)> {
    let rows = verdict.recruited_under.iter();
    rows.map(|row| (row.month.to_string(), row.now, row.then))
        .collect()
}

#[test]
fn what_is_known_now_stands_beside_what_was_known_then() {
    let verdict = verdict(&late_word());
    let expected = [
        ("2026-06".to_owned(), Force::Lapsed, Force::InForce),
        // Nothing was heard of the last day of July by its end.
        ("2026-07".to_owned(), Force::Lapsed, Force::Unknown),
    ];
    assert_eq!(rows(&verdict), expected);
    let RecruitedUnder {
        licence,
        rests_on,
        recorded,
        known_at,
        ..
    } = &verdict.recruited_under[0];
    assert_eq!(licence.as_ref(), LICENCE);
    assert_eq!(
        (*recorded, *known_at),
        (Some(noon("2026-08-20")), date("2026-06-30"))
    );
    let found = verdict.indicators.iter().find(|found| found.rule == "R-02");
    let found = found.unwrap();
    assert!(rests_on.iter().all(|entry| found.rests_on.contains(entry)));
    let sentence = found.sentence.to_string();
    assert!(sentence.contains("end of each month: unknown, in force; recorded on 2026-08-20"));
}

#[test]
fn the_rows_are_read_by_programs() {
    let json = serde_json::to_value(verdict(&late_word())).unwrap();
    let row = &json["recruited_under"][0];
    assert_eq!(row["licence"], LICENCE);
    assert_eq!(
        (&row["month"], &row["known_at"]),
        (&"2026-06".into(), &"2026-06-30".into())
    );
    assert_eq!(
        (&row["now"], &row["then"]),
        (&"lapsed".into(), &"in-force".into())
    );
    assert_eq!(row["recorded"], "2026-08-20T12:00:00Z");
    assert_eq!(row["rests_on"].as_array().unwrap().len(), 1);
}

#[test]
fn what_nobody_says_is_unknown_then_and_now_and_recorded_never() {
    let mut world = market();
    world.on("2026-08-20");
    world.say("company", &statement("attest", ""));
    world.on("2026-08-21");
    let verdict = verdict(&world);
    assert_eq!(verdict.recruited_under.len(), 2);
    for row in &verdict.recruited_under {
        assert_eq!((row.now, row.then), (Force::Unknown, Force::Unknown));
        assert_eq!((row.recorded, row.rests_on.len()), (None, 0));
    }
}

#[test]
fn a_change_is_said_in_the_language_of_the_reader_while_the_sentence_is_at_hand() {
    let (before, after) = (
        Snapshot::of(&verdict(&market())),
        Snapshot::of(&verdict(&late_word())),
    );
    let lines = |after: &Snapshot, language| Difference::between(&before, after).lines(language);
    let english = lines(&after, Language::English);
    let second = lines(&after, Language::Indonesian);
    assert_eq!(english.len(), second.len());
    let of = |lines: &[String], start: &str| {
        let line = lines.iter().find(|line| line.starts_with(start));
        line.cloned().unwrap_or_default()
    };
    assert!(
        of(&english, "indicator new: R-02").contains("while lic:XA-LAB:GOODROAD-1 was suspended")
    );
    assert!(
        of(&second, "indikator baru: R-02").contains("ketika lic:XA-LAB:GOODROAD-1 ditangguhkan")
    );
    // What was kept of a verdict are English words.
    let kept = serde_json::to_string(&after).unwrap();
    let kept: Snapshot = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, after);
    let kept = lines(&kept, Language::Indonesian);
    assert!(
        of(&kept, "indikator baru: R-02").contains("while lic:XA-LAB:GOODROAD-1 was suspended")
    );
}
