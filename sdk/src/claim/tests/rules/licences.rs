use super::*;

#[test]
fn snapshots_are_read_after_they_were_listed() {
    let observer = subjects(&[FIRM]);
    let snapshot = || {
        RegisterSnapshot::new(
            code("GB-HO-SPONSOR"),
            RegisterKind::EmployerSponsor,
            day("2026-03-01"),
            Digest::new([1; 32]),
            19_607,
            Digest::new([2; 32]),
            Coverage::Sample,
            code("OGL-UK-3.0"),
            FileSort::Listing,
        )
    };
    let lookup = context(&observer, &[Basis::RegisterLookup], Role::Observer);
    assert_eq!(found(snapshot(), &lookup), []);
    let mut wrong = snapshot();
    wrong.retrieved_at = Some(day("2026-02-28").end());
    assert_eq!(found(wrong, &lookup), [("listed_on", INVALID)]);
    let word = context(&observer, &[], Role::Observer);
    assert_eq!(found(snapshot(), &word), [("basis", INVALID)]);
    assert_eq!(
        found(snapshot(), &context(&observer, &[], Role::Authority)),
        []
    );
}

#[test]
fn licences_are_of_one_register_and_seen_in_order() {
    let one = subjects(&[LICENCE]);
    let lookup = context(&one, &[Basis::RegisterLookup], Role::Observer);
    let licence = || Licence::new(code("GB-GLAA"), RegisterKind::LabourProvider);
    assert_eq!(found(licence(), &lookup), []);
    let mut wrong = licence();
    wrong.authority = code("PH-DMW");
    wrong.first_observed = Some(day("2026-03-01"));
    wrong.last_observed = Some(day("2026-02-01"));
    wrong.status_since = Some(Effective::On(day("2026-01-01")));
    wrong.all_occupations = true;
    wrong.occupations = Set::from([Isco::new("9211").unwrap()]);
    wrong.sub_agents = Set::from([subject(AGENCY)]);
    let expected = [
        ("authority", INVALID),
        ("last_observed", INVALID),
        ("status_since", INVALID),
        ("status_since", INVALID),
        ("occupations", INVALID),
        ("sub_agents_used", INVALID),
    ];
    assert_eq!(found(wrong, &lookup), expected);
    let none = subjects(&[FIRM]);
    let nothing = context(&none, &[], Role::Observer);
    assert_eq!(
        found(licence(), &nothing),
        [("subjects", INVALID), ("basis", INVALID)]
    );
    let row = [SubjectId::row(crate::id::AuthorId::new([1; 32]), [2; 16])];
    let lookup = context(&row, &[Basis::RegisterLookup], Role::Observer);
    assert_eq!(found(licence(), &lookup), []);
}

#[test]
fn observers_know_intervals_and_authorities_know_days() {
    let one = subjects(&[LICENCE]);
    let seen = context(&one, &[Basis::RegisterLookup], Role::Observer);
    let said = context(&one, &[], Role::Authority);
    let status = |effective| LicenceStatus::new(code("GB-GLAA"), LicenceState::Revoked, effective);
    let on = Effective::On(day("2026-03-01"));
    let between = |after| Effective::Between {
        after,
        by: day("2026-03-01"),
    };
    assert_eq!(found(status(on), &said), []);
    assert_eq!(found(status(on), &seen), [("effective", INVALID)]);
    assert_eq!(found(status(between(None)), &seen), []);
    assert_eq!(found(status(between(Some(day("2026-02-22")))), &seen), []);
    assert_eq!(
        found(status(between(Some(day("2026-03-01")))), &seen),
        [("effective", INVALID)]
    );
    assert_eq!(
        found(status(between(None)), &said),
        [("effective", INVALID)]
    );
    assert_eq!(between(None).earliest(), None);
    assert_eq!(
        between(Some(day("2026-02-22"))).earliest(),
        Some(day("2026-02-23"))
    );
    assert_eq!(between(None).latest(), on.latest());
}
