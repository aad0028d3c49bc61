use super::*;
use proptest::prelude::*;

fn count(statement: &str, field: &str, count: u64) -> ExactCount {
    ExactCount {
        statement: statement.into(),
        kind: "contract.attest".into(),
        field: field.into(),
        count,
        group: None,
        part_of: None,
        by: None,
        subjects: vec!["gln:9520123456788".into()],
        from: None,
        to: None,
    }
}

fn named(count: ExactCount, group: &str, part_of: Option<&str>) -> ExactCount {
    ExactCount {
        group: Some(group.into()),
        part_of: part_of.map(Into::into),
        ..count
    }
}

fn reasons(new: &[ExactCount], known: &[ExactCount]) -> Vec<(usize, Reason)> {
    let found = exposures(new, known);
    found.iter().map(|found| (found.at, found.reason)).collect()
}

const SHOWN: Reason = Reason::PrivacyDifference;

#[test]
fn nearly_the_same_people_are_not_stated_twice() {
    let known = [count("a", "size", 100)];
    for (other, expected) in [(90, 0), (91, 1), (99, 1), (100, 0), (109, 1), (110, 0)] {
        let found = reasons(&[count("b", "size", other)], &known);
        assert_eq!(found.len(), expected, "{other}");
    }
    // Two statements of one file are compared as well.
    let both = [count("b", "size", 50), count("c", "size", 55)];
    assert_eq!(reasons(&both, &[]), [(1, SHOWN)]);
}

#[test]
fn other_subjects_fields_and_days_are_other_people_unless_the_author_names_them() {
    let known = [count("a", "size", 100)];
    let mut elsewhere = count("b", "size", 99);
    elsewhere.subjects = vec!["gln:9520123456795".into()];
    assert_eq!(reasons(std::slice::from_ref(&elsewhere), &known), []);
    let mut january = count("a", "size", 100);
    let date = |text: &str| Some(text.parse().unwrap());
    (january.from, january.to) = (date("2026-01-01"), date("2026-01-31"));
    let mut february = count("b", "size", 99);
    (february.from, february.to) = (date("2026-02-01"), date("2026-02-28"));
    assert_eq!(reasons(&[february.clone()], &[january.clone()]), []);
    february.from = date("2026-01-31");
    assert_eq!(reasons(&[february], &[january]), [(0, SHOWN)]);
    let known = [named(count("a", "size", 100), "welders", None)];
    let same = [named(elsewhere.clone(), "welders", None)];
    assert_eq!(reasons(&same, &known), [(0, SHOWN)]);
    let other = [named(elsewhere, "cooks", None)];
    assert_eq!(reasons(&other, &known), []);
}

#[test]
fn a_part_beside_its_total_leaves_nobody_or_ten() {
    for (payers, expected) in [(40, 0), (39, 1), (31, 1), (30, 0), (3, 0)] {
        let statement = [count("a", "size", 40), count("a", "fees.payers", payers)];
        assert_eq!(reasons(&statement, &[]).len(), expected, "{payers}");
    }
    let more = [count("a", "size", 40), count("a", "fees.payers", 41)];
    assert_eq!(reasons(&more, &[]), [(1, Reason::ClaimInvalid)]);
    // Everything said of few is coarse already.
    let few = [count("a", "size", 5), count("a", "fees.payers", 3)];
    assert_eq!(reasons(&few, &[]), []);
}

#[test]
fn the_last_cell_of_a_table_is_found_over_several_statements() {
    let total = named(count("t", "size", 120), "all", None);
    let nepal = named(count("n", "size", 70), "np", Some("all"));
    let known = [total.clone(), nepal.clone()];
    let india = |people| [named(count("i", "size", people), "in", Some("all"))];
    assert_eq!(reasons(&india(45), &known), [(0, SHOWN)]);
    assert_eq!(reasons(&india(50), &known), []);
    assert_eq!(reasons(&india(30), &known), []);
    // The order does not matter: the total may come last.
    let parts = [nepal, india(45)[0].clone()];
    assert_eq!(reasons(&[total], &parts), [(0, SHOWN)]);
    // Another way to break the same people down is another table.
    let mut women = named(count("w", "size", 45), "women", Some("all"));
    women.by = Some("sex".into());
    assert_eq!(reasons(&[women], &known), []);
}

#[test]
fn a_retry_never_refuses_itself() {
    let first = vec![count("a", "size", 40), count("b", "size", 80)];
    let known = remembered(Vec::new(), &first);
    assert_eq!(reasons(&first, &known), []);
    assert_eq!(remembered(known.clone(), &first), known);
    let corrected = [count("a", "size", 44)];
    assert_eq!(reasons(&corrected, &known), []);
    assert_eq!(remembered(known, &corrected).len(), 2);
}

/// Everything that fits one band.
fn within(count: u64) -> impl Iterator<Item = u64> {
    let band = Band::of(count);
    (0..=300).filter(move |other| Band::of(*other) == band)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever sees bands alone cannot narrow a difference down to one to nine people.
    #[test]
    fn bands_of_statements_that_pass_isolate_nobody(sizes in prop::collection::vec(10_u64..300, 2..6)) {
        let mut known: Vec<ExactCount> = Vec::new();
        for (at, size) in sizes.iter().enumerate() {
            let new = [count(&at.to_string(), "size", *size)];
            if exposures(&new, &known).is_empty() {
                known = remembered(known, &new);
            }
        }
        for (one, other) in known.iter().flat_map(|one| known.iter().map(move |other| (one, other))) {
            let mut differences = within(one.count).flat_map(|a| within(other.count).map(move |b| a.abs_diff(b)));
            prop_assert!(differences.any(|differ| !(1..10).contains(&differ)));
            prop_assert!(!(1..10).contains(&one.count.abs_diff(other.count)));
        }
    }

    /// What is looked up says the same as what is read whole.
    #[test]
    fn what_bears_on_a_number_is_found(
        sizes in prop::collection::vec((10_u64..60, 0..4_usize, 0..3_usize, 0..3_usize), 1..12)
    ) {
        let (mut all, mut stated) = (Vec::new(), StatedCounts::default());
        for (people, statement, subject, group) in sizes {
            let mut new = count(&statement.to_string(), "size", people);
            new.subjects = vec![format!("gln:{subject}")];
            match group {
                1 => new.group = Some("all".into()),
                2 => new.part_of = Some("all".into()),
                _ => {}
            }
            let found = exposures(std::slice::from_ref(&new), &all);
            let taken = stated.take(std::slice::from_ref(&new));
            if found.is_empty() {
                all = remembered(all, &[new]);
                prop_assert_eq!(taken, Ok(()));
            } else {
                prop_assert_eq!(taken, Err(found));
            }
        }
    }

    /// Nor the cell of a table that was left out.
    #[test]
    fn tables_that_pass_isolate_no_cell(total in 10_u64..300, parts in prop::collection::vec(0_u64..150, 1..4)) {
        let mut known = vec![named(count("t", "size", total), "all", None)];
        for (at, part) in parts.iter().enumerate() {
            let group = format!("part {at}");
            let mut part = named(count(&group, "size", *part), &group, Some("all"));
            part.subjects = vec![group.clone()];
            if exposures(std::slice::from_ref(&part), &known).is_empty() {
                known = remembered(known, &[part]);
            }
        }
        let sum: u64 = known.iter().skip(1).map(|part| part.count).sum();
        let lowest: u64 = known.iter().skip(1).map(|part| Band::of(part.count).at_least()).sum();
        let cell = total.checked_sub(sum).unwrap();
        prop_assert!(!(1..10).contains(&cell));
        // The cell there is always one that fits the bands, so no interval within 1..=9 does.
        let highest = within(total).max().unwrap().saturating_sub(lowest);
        prop_assert!(cell == 0 || highest >= 10);
    }
}
