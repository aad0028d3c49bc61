//! The event of every kind.

use crate::claim::tests::{Sample, Source};
use crate::claim::*;
use crate::time::{Date, Timestamp};

/// The day on which everything here is said.
const SAID: &str = "2026-08-20";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn partial(text: &str) -> PartialDate {
    text.parse().unwrap()
}

fn between(after: &str, by: &str) -> Effective {
    Effective::Between {
        after: Some(day(after)),
        by: day(by),
    }
}

/// A claim with whatever fields, of which `change` sets those that matter.
fn claim<T: Sample + Into<Claim>>(change: impl FnOnce(&mut T)) -> Claim {
    let mut claim = T::sample(&mut Source::new(7));
    change(&mut claim);
    claim.into()
}

#[track_caller]
fn assert_event(claim: &Claim, expected: Option<(&str, &str)>) {
    let expected = expected.map(|(first, last)| (day(first), day(last)));
    assert_eq!(claim.event(day(SAID)), expected, "{}", claim.kind());
}

#[test]
fn what_was_done_on_a_day_happened_then() {
    let on = Some(("2026-06-01", "2026-06-01"));
    let june = day("2026-06-01");
    assert_event(&claim(|it: &mut AuditStatus| it.on = june), on);
    assert_event(&claim(|it: &mut FindingStatus| it.on = june), on);
    assert_event(&claim(|it: &mut Certificate| it.issued_on = june), on);
    assert_event(&claim(|it: &mut RulesetAdopt| it.from = june), on);
    assert_event(&claim(|it: &mut Withhold| it.from = june), on);
    let effective = Effective::On(june);
    assert_event(
        &claim(|it: &mut LicenceStatus| it.effective = effective),
        on,
    );
    let effective = between("2026-05-20", "2026-06-01");
    let change = claim(|it: &mut CertificateStatus| it.effective = effective);
    assert_event(&change, Some(("2026-05-21", "2026-06-01")));
}

#[test]
fn an_act_that_took_a_while_ends_with_its_last_day() {
    let audit = claim(|it: &mut Audit| {
        (it.started_on, it.ended_on) = (day("2026-06-01"), day("2026-06-03"));
    });
    assert_event(&audit, Some(("2026-06-01", "2026-06-03")));
    let attest = claim(|it: &mut ContractAttest| {
        (it.recruited_from, it.recruited_to) = (partial("2026-05"), partial("2026-06"));
    });
    assert_event(&attest, Some(("2026-05-01", "2026-06-30")));
    let stat = claim(|it: &mut GrievanceStat| {
        (it.period_from, it.period_to) = (partial("2026"), partial("2026-03"));
    });
    assert_event(&stat, Some(("2026-01-01", "2026-03-31")));
    let seen = |action_on: Option<&str>| {
        claim(|it: &mut Ack| {
            (it.seen_on, it.action_on) = (day("2026-06-01"), action_on.map(day));
        })
    };
    assert_event(&seen(None), Some(("2026-06-01", "2026-06-01")));
    assert_event(
        &seen(Some("2026-06-09")),
        Some(("2026-06-01", "2026-06-09")),
    );
}

#[test]
fn a_finding_happened_when_it_was_found_and_in_the_time_it_is_about() {
    let finding = |from: Option<&str>| {
        claim(|it: &mut Finding| {
            (it.period_from, it.found_on) = (from.map(partial), day("2026-06-03"));
        })
    };
    assert_event(&finding(None), Some(("2026-06-03", "2026-06-03")));
    assert_event(
        &finding(Some("2026-02")),
        Some(("2026-02-01", "2026-06-03")),
    );
    assert_event(
        &finding(Some("2026-07")),
        Some(("2026-06-03", "2026-06-03")),
    );
}

#[test]
fn what_goes_on_is_said_when_it_begins_or_when_it_has_ended() {
    let times = |from: Option<&str>, to: Option<&str>| {
        let (from, to) = (from.map(partial), to.map(partial));
        [
            claim(|it: &mut IdLink| (it.valid_from, it.valid_to) = (from, to)),
            claim(|it: &mut RecruitmentAgreement| (it.valid_from, it.valid_to) = (from, to)),
            claim(|it: &mut SupplyLink| (it.valid_from, it.valid_to) = (from, to)),
        ]
    };
    let begun = Some(("2024-03-01", "2024-03-31"));
    for (from, to, expected) in [
        (None, None, None),
        (None, Some("2027-12-31"), None),
        (Some("2024-03"), None, begun),
        (Some("2024-03"), Some("2026-08-21"), begun),
        (Some("2024-03"), Some(SAID), Some((SAID, SAID))),
        (None, Some("2026-07"), Some(("2026-07-01", "2026-07-31"))),
    ] {
        for claim in times(from, to) {
            assert_event(&claim, expected);
        }
    }
}

#[test]
fn a_row_of_a_register_is_what_was_seen_else_what_it_says_of_itself() {
    let row = |first: Option<&str>, last: Option<&str>, since: bool, from: Option<&str>| {
        claim(|it: &mut Licence| {
            (it.first_observed, it.last_observed) = (first.map(day), last.map(day));
            it.status_since = since.then(|| between("2026-05-01", "2026-05-04"));
            it.valid_from = from.map(partial);
        })
    };
    let seen = Some(("2026-06-01", "2026-06-30"));
    let (first, last) = (Some("2026-06-01"), Some("2026-06-30"));
    assert_event(&row(first, last, true, Some("2020")), seen);
    let once = Some(("2026-06-30", "2026-06-30"));
    assert_event(&row(None, last, true, Some("2020")), once);
    let since = Some(("2026-05-02", "2026-05-04"));
    assert_event(&row(None, None, true, Some("2020")), since);
    let year = Some(("2020-01-01", "2020-12-31"));
    assert_event(&row(None, None, false, Some("2020")), year);
    assert_event(&row(None, None, false, None), None);
}

#[test]
fn a_row_of_a_list_is_its_newest_change_else_the_first_copy_that_held_it() {
    let row = |on: Option<&str>, off: Option<&str>, from: Option<&str>, seen: Option<&str>| {
        let effective = |text: Option<&str>| text.map(|text| Effective::On(day(text)));
        claim(|it: &mut Listing| {
            (it.listed_on, it.delisted_on) = (effective(on), effective(off));
            (it.valid_from, it.valid_to) = (from.map(partial), None);
            it.first_observed = seen.map(day);
        })
    };
    let (on, off) = (Some("2026-01-05"), Some("2026-06-01"));
    let (from, seen) = (Some("2026-02"), Some("2026-03-01"));
    assert_event(
        &row(on, off, from, seen),
        Some(("2026-06-01", "2026-06-01")),
    );
    assert_event(
        &row(on, None, from, seen),
        Some(("2026-01-05", "2026-01-05")),
    );
    assert_event(
        &row(None, None, from, seen),
        Some(("2026-02-01", "2026-02-28")),
    );
    assert_event(
        &row(None, None, None, seen),
        Some(("2026-03-01", "2026-03-01")),
    );
    assert_event(&row(None, None, None, None), None);
}

#[test]
fn a_snapshot_is_as_old_as_its_reading() {
    let snapshot = |read: Option<&str>| {
        claim(|it: &mut RegisterSnapshot| {
            it.listed_on = day("2026-01-01");
            it.retrieved_at = read.map(|at| at.parse::<Timestamp>().unwrap());
        })
    };
    assert_event(&snapshot(None), Some(("2026-01-01", "2026-01-01")));
    let read = snapshot(Some("2026-08-19T23:59:59Z"));
    assert_event(&read, Some(("2026-01-01", "2026-08-19")));
}

#[test]
fn what_is_not_done_has_not_ended() {
    let remedy = |done: Option<&str>| {
        claim(|it: &mut Remedy| {
            it.completed_on = done.map(partial);
            (it.planned_on, it.discovered_on) = (Some(partial("2026-09")), Some(partial("2025")));
        })
    };
    assert_event(&remedy(None), None);
    assert_event(&remedy(Some("2026-07")), Some(("2026-07-01", "2026-07-31")));
}

#[test]
fn descriptions_and_answers_are_about_no_day() {
    let from = Some(partial("2020"));
    assert_event(&claim(|it: &mut Profile| it.valid_from = from), None);
    assert_event(&claim(|it: &mut Reply| it.valid_from = from), None);
}
