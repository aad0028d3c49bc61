//! A ledger of 100,000 entries about 360 suppliers: bundles give the histories that a copy gives.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::entry::{Draft, RevokeKind};
use market::{FIRM, SITE, market, statement};
use world::reading::assert_same;
use world::{World, date, subject};

const ENTRIES: usize = 100_000;
const SUPPLIERS: usize = 360;
/// One head of the index covers so many entries at most.
const TO_A_HEAD: usize = 1_000;
/// Who says what, in turns.
const SAID: [(&str, &str); 5] = [
    ("auditor", "audit"),
    ("auditor", "finding"),
    ("company", "attest"),
    ("other-auditor", "audit"),
    ("auditor", "finding"),
];

/// The site of a supplier; the first one is that of the market.
fn site(number: usize) -> String {
    SITE.replace("001", &format!("{:03}", number + 1))
}

/// What is said of each supplier, written once: signing makes an entry of its own of it each time.
fn drafts() -> Vec<Vec<Draft>> {
    let mut desk = market();
    let alone = format!("subjects = ['{SITE}']\nclaim = {{ licences = '' }}");
    let about = |number| SAID.map(|(_, say)| statement(say, &alone).replace(SITE, &site(number)));
    let texts = (0..SUPPLIERS).map(about);
    texts
        .map(|texts| texts.iter().flat_map(|text| desk.drafts(text)).collect())
        .collect()
}

/// Months of audits; keys change, a grant is taken away, and at the end one author forks.
fn ledger() -> World {
    let (mut world, drafts) = (market(), drafts());
    let mut mark = None;
    for number in 0..ENTRIES {
        if number % TO_A_HEAD == 0 {
            let day = date("2026-03-01").plus_days(u32::try_from(number / TO_A_HEAD).unwrap());
            world.on(&day.to_string());
            happen(&mut world, number / TO_A_HEAD);
        }
        if number == ENTRIES - SUPPLIERS {
            mark = Some(world.mark("company"));
        }
        let (supplier, turn) = (number % SUPPLIERS, number / SUPPLIERS % SAID.len());
        let mut draft = drafts[supplier][turn].clone();
        draft.issued_at = world.now;
        for part in &mut draft.parts {
            part.body = world.body(part.body.bytes.clone());
        }
        world.post(SAID[turn].0, &draft);
    }
    world.rewind(mark.unwrap());
    world.post("company", &drafts[7][2]);
    world
}

fn happen(world: &mut World, day: usize) {
    match day {
        20 | 60 => drop(world.rotate("auditor")),
        50 => {
            let revoke = world.grant_revoke("other-auditor", RevokeKind::Withdrawn, "2026-04-10");
            world.revoke("scheme", &revoke);
        }
        _ => {}
    }
}

#[test]
fn bundles_of_a_large_ledger_say_what_a_copy_says() {
    let world = ledger();
    let policy = world.policy("");
    let (replica, indexed) = (world.replica(), world.indexed());
    let sites = [0, 1, 7, 100, 359, 364].map(site);
    let ids = sites.iter().map(String::as_str).chain([FIRM]);
    for id in ids {
        let asked = [subject(id)];
        let whole = replica.history(&asked, &policy, None);
        let inquired = indexed.inquire(&asked, &policy, None);
        assert_same(&inquired.history, &whole);
        println!("{id}: {} entries", whole.entries().len());
    }
}
