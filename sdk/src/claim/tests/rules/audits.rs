use super::*;

fn audit() -> Audit {
    let mut audit = Audit::new(
        code("SMETA"),
        AuditType::Periodic,
        Announcement::Unannounced,
        day("2026-03-02"),
        day("2026-03-04"),
        code("ZAA600012345"),
        0,
        manifest(&[]),
    );
    audit.parties = Set::from([party(PartyRole::Site, SITE)]);
    audit
}

#[test]
fn audits_declare_all_their_findings() {
    let site = subjects(&[SITE]);
    let seen = context(&site, &[Basis::OnSite], Role::Auditor);
    assert_eq!(found(audit(), &seen), []);
    let mut graded = audit();
    graded.findings_total = 3;
    graded.findings_declared = vec![
        GradeCount::new(code("Major"), 1),
        GradeCount::new(code("Minor"), 2),
    ];
    graded.manifest = manifest(&[ExternalRef::new([1; 32])]);
    assert_eq!(found(graded.clone(), &seen), []);
    graded.findings_declared.reverse();
    assert_eq!(
        found(graded.clone(), &seen),
        [("findings_declared", INVALID)]
    );
    graded.findings_declared = vec![GradeCount::new(code("Minor"), 2)];
    assert_eq!(found(graded, &seen), [("findings_declared", INVALID)]);
    let mut odd = audit();
    odd.parties = Set::new();
    odd.started_on = day("2026-03-05");
    odd.issued_on = Some(day("2026-03-03"));
    odd.valid_until = Some(day("2026-03-03"));
    odd.manifest = Digest::new([0; 32]);
    odd.findings_declared = vec![GradeCount::new(code("Minor"), 0)];
    odd.announcement_window_days = Some(14);
    odd.workforce = Some(Workforce::new());
    odd.interviews = Some(Interviews::new());
    let expected = [
        ("parties", MISSING),
        ("ended_on", INVALID),
        ("issued_on", INVALID),
        ("valid_until", INVALID),
        ("findings_declared", INVALID),
        ("manifest", INVALID),
        ("workforce", Reason::EmptyOptional),
        ("interviews", Reason::EmptyOptional),
        ("announcement_window_days", INVALID),
    ];
    assert_eq!(found(odd, &seen), expected);
}

#[test]
fn manifests_do_not_depend_on_order_or_repetition() {
    let refs: Vec<_> = (0..5).map(|n| ExternalRef::new([n; 32])).collect();
    let reversed: Vec<_> = refs.iter().rev().chain(&refs).copied().collect();
    assert_eq!(manifest(&refs), manifest(&reversed));
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(manifest(&[]).to_string(), empty);
}

fn finding() -> Finding {
    let mut finding = Finding::new(
        code("SMETA"),
        code("1.3"),
        Topic::Fees,
        code("Critical"),
        day("2026-03-03"),
    );
    finding.parties = Set::from([party(PartyRole::Site, SITE)]);
    finding.responsible = Some(subject(SITE));
    finding.evidence_standard = Some(EvidenceStandard::Observed);
    finding.external_ref = Some(ExternalRef::new([1; 32]));
    finding
}

#[test]
fn findings_say_who_answers_and_how_well_supported_they_are() {
    let site = subjects(&[SITE]);
    let seen = context(&site, &[Basis::WorkerInterview], Role::Auditor);
    assert_eq!(found(finding(), &seen), []);
    let mut bare = finding();
    bare.external_ref = None;
    bare.evidence_standard = None;
    bare.responsible = None;
    bare.severity = Some(6);
    bare.breach_of = Some(BreachOf::Law);
    bare.affected = Some(Band::None);
    bare.notified_on = Some(day("2026-03-02"));
    bare.reply_by = Some(day("2026-03-01"));
    bare.due = Some(day("2026-03-01"));
    bare.period_from = Some(date("2026"));
    bare.period_to = Some(date("2025"));
    let expected = [
        ("external_ref", MISSING),
        ("severity", INVALID),
        ("evidence_standard", MISSING),
        ("responsible", MISSING),
        ("jurisdiction", MISSING),
        ("affected", INVALID),
        ("notified_on", INVALID),
        ("reply_by", INVALID),
        ("due", INVALID),
        ("period_to", INVALID),
    ];
    assert_eq!(found(bare, &seen), expected);
    let mut good = finding();
    good.positive = true;
    good.severity = Some(2);
    assert_eq!(found(good.clone(), &seen), [("positive", INVALID)]);
    good.severity = None;
    good.evidence_standard = None;
    good.responsible = None;
    assert_eq!(found(good, &seen), []);
}

#[test]
fn evidence_standards_rest_on_a_basis() {
    let site = subjects(&[SITE]);
    let on = |basis: &'static [Basis]| ClaimContext {
        subjects: &[],
        basis,
        role: Some(Role::Auditor),
        audience: Audience::Public,
    };
    let with = |standard, basis| {
        let mut claim = finding();
        claim.evidence_standard = Some(standard);
        found(
            claim,
            &ClaimContext {
                subjects: &site,
                ..on(basis)
            },
        )
    };
    let wrong = vec![("evidence_standard", INVALID)];
    assert_eq!(with(EvidenceStandard::Observed, &[]), wrong);
    assert_eq!(
        with(EvidenceStandard::Observed, &[Basis::SelfDeclared]),
        wrong
    );
    assert_eq!(with(EvidenceStandard::Reported, &[Basis::SelfDeclared]), []);
    assert_eq!(with(EvidenceStandard::Adjudicated, &[Basis::OnSite]), wrong);
    assert_eq!(
        with(EvidenceStandard::Adjudicated, &[Basis::CourtOrAgency]),
        []
    );
}

#[test]
fn nobody_verifies_what_is_found_about_itself() {
    let site = subjects(&[SITE]);
    let seen = context(&site, &[Basis::OnSite], Role::Auditor);
    let status = |state| {
        let mut status = FindingStatus::new(state, day("2026-06-01"));
        status.parties = Set::from([party(PartyRole::Site, SITE)]);
        status
    };
    assert_eq!(found(status(FindingState::CapSubmitted), &seen), []);
    let mut closed = status(FindingState::ClosedVerified);
    assert_eq!(
        found(closed.clone(), &seen),
        [("verified_by", MISSING), ("method", MISSING)]
    );
    closed.verified_by = Some(subject(SITE));
    closed.method = Some(Verification::OnSite);
    assert_eq!(found(closed.clone(), &seen), [("verified_by", INVALID)]);
    closed.verified_by = Some(subject(FIRM));
    assert_eq!(found(closed, &seen), []);
    assert_eq!(
        found(status(FindingState::ExtensionGranted), &seen),
        [("due", MISSING)]
    );
}
