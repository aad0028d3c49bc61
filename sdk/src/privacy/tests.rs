use super::*;
use crate::claim::{
    Band, CohortId, ContractAttest, Country, Currency, Deposit, EvidenceStandard, ExternalRef,
    FeeCategory, FeeLine, FeeStatement, Finding, Interval, Isco, Language, Licence, Money,
    PartialDate, Party, PartyRole, Payer, Place, RegisterKind, Set, Subdivision, ThreeValued,
    Topic, Wage,
};
use crate::claim::{Code, FindingState, FindingStatus, Reply, Stance};
use crate::entry::{Basis, Role};
use crate::subject::SubjectId;

const FARM: &str = "gln:9520123456788";
const AGENCY: &str = "org:GB-COH-09506232";

fn subject(text: &str) -> SubjectId {
    text.parse().unwrap()
}

fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

fn money() -> Option<Money> {
    Money::new(12_000_000, Currency::new("NPR").unwrap())
}

fn context(subjects: &[SubjectId]) -> ClaimContext<'_> {
    ClaimContext {
        subjects,
        basis: &[Basis::SelfDeclared],
        role: Some(Role::Company),
        audience: Audience::Public,
    }
}

type Change = fn(&mut ContractAttest);

/// Three workers from Nepal on one farm, who were charged.
fn three_workers() -> ContractAttest {
    let destination = Place::new(Country::new("GB").unwrap());
    let mut claim = ContractAttest::new(
        CohortId::new([9; 16]),
        Band::of(3),
        date("2026"),
        date("2026"),
        FeeStatement::Charged,
        destination,
    );
    claim.origin = Some(Place::new(Country::new("NP").unwrap()));
    claim.fees = vec![FeeLine::new(FeeCategory::RecruitmentService, Payer::Worker)];
    claim.fees[0].payers = Some(Band::Few);
    claim.fees[0].financed_by_loan = Some(ThreeValued::Yes);
    claim.deposit_taken = Some(ThreeValued::Yes);
    claim.deposits = vec![Deposit::new(Payer::Worker)];
    claim.parties = Set::from([
        Party::new(PartyRole::Employer, subject(FARM)),
        Party::new(PartyRole::Recruiter, subject(AGENCY)),
    ]);
    claim
}

fn refused(claim: impl Into<Claim>, context: &ClaimContext<'_>) -> Vec<(&'static str, Reason)> {
    let problems = problems(&claim.into(), context);
    problems
        .iter()
        .map(|problem| (problem.field, problem.reason))
        .collect()
}

#[test]
fn a_fee_charged_to_three_people_can_be_recorded() {
    let subjects = [subject(FARM), subject(AGENCY)];
    let claim = three_workers().build(&context(&subjects)).unwrap();
    assert_eq!(Claim::decode("contract.attest", &claim.encode()), Ok(claim));
}

#[test]
fn few_people_are_described_coarsely() {
    let subjects = [subject(FARM), subject(AGENCY)];
    let context = context(&subjects);
    let cases: [(&str, Change); 12] = [
        ("occupation", |claim| claim.occupation = Isco::new("9").ok()),
        ("origin", |claim| {
            claim.origin.as_mut().unwrap().subdivision = Subdivision::new("NP-P3").ok();
        }),
        ("destination", |claim| {
            claim.destination.subdivision = Subdivision::new("GB-ENG").ok();
        }),
        ("recruited_from", |claim| {
            claim.recruited_from = date("2026-02");
        }),
        ("recruited_to", |claim| claim.recruited_to = date("2026-02")),
        ("valid_from", |claim| {
            claim.valid_from = Some(date("2026-02"));
        }),
        ("valid_to", |claim| claim.valid_to = Some(date("2026-02"))),
        ("wage", |claim| {
            claim.wage = Some(Wage::new(money().unwrap(), Interval::Month));
        }),
        ("exit_penalty", |claim| {
            claim.exit_penalty_charged = Some(ThreeValued::Yes);
            claim.exit_penalty = money();
        }),
        ("deposits", |claim| claim.deposits[0].amount = money()),
        ("fees", |claim| claim.fees[0].median = money()),
        ("fees", |claim| {
            claim.fees[0].payers = None;
            claim.fees[0].discovered_on = Some(date("2026-02"));
        }),
    ];
    for (field, change) in cases {
        let mut claim = three_workers();
        change(&mut claim);
        let found = refused(claim, &context);
        assert!(
            found.contains(&(field, Reason::PrivacyBand)),
            "{field}: {found:?}"
        );
        assert!(
            found.iter().all(|(found, _)| *found == field),
            "{field}: {found:?}"
        );
    }
    let mut capped = three_workers();
    capped.fees[0].legal_cap = money();
    assert_eq!(
        refused(capped, &context),
        [],
        "a cap is the law's, not the workers'"
    );
}

#[test]
fn below_fifty_people_occupation_and_place_stay_coarse() {
    let subjects = [subject(FARM), subject(AGENCY)];
    let context = context(&subjects);
    let sized = |size| {
        let mut claim = three_workers();
        claim.size = size;
        claim.recruited_from = date("2026-01");
        claim.occupation = Isco::new("9211").ok();
        claim.origin.as_mut().unwrap().subdivision = Subdivision::new("NP-P3").ok();
        claim.destination.subdivision = Subdivision::new("GB-ENG").ok();
        claim
    };
    let coarse = ["occupation", "destination", "origin"].map(|field| (field, Reason::PrivacyBand));
    assert_eq!(refused(sized(Band::From10), &context), coarse);
    assert_eq!(refused(sized(Band::From20), &context), coarse);
    assert_eq!(refused(sized(Band::From50), &context), []);
    let mut two_digits = three_workers();
    two_digits.size = Band::From20;
    two_digits.occupation = Isco::new("92").ok();
    assert_eq!(refused(two_digits, &context), []);
}

#[test]
fn recruitment_is_dated_by_month_at_best_for_any_number() {
    let subjects = [subject(FARM), subject(AGENCY)];
    let mut claim = three_workers();
    claim.size = Band::From250;
    claim.recruited_from = date("2026-01-02");
    claim.valid_to = Some(date("2027-01-02"));
    let expected = ["recruited_from", "valid_to"].map(|field| (field, Reason::PrivacyBand));
    assert_eq!(refused(claim, &context(&subjects)), expected);
}

#[test]
fn a_line_that_few_people_paid_has_no_amounts_in_any_group() {
    let subjects = [subject(FARM), subject(AGENCY)];
    let mut claim = three_workers();
    claim.size = Band::From100;
    claim.fees[0].highest = money();
    assert_eq!(
        refused(claim.clone(), &context(&subjects)),
        [("fees", Reason::PrivacyBand)]
    );
    claim.fees[0].payers = Some(Band::From10);
    assert_eq!(refused(claim, &context(&subjects)), []);
}

#[test]
fn lists_that_name_few_people_stay_out_of_public_claims() {
    let subjects = [subject(FARM), subject(AGENCY)];
    let mut claim = three_workers();
    claim.job_order = Code::new("JO-1").ok();
    claim.authority_approval = Code::new("AP-1").ok();
    claim.cohort_languages = Set::from([Language::new("ne").unwrap()]);
    let mut context = context(&subjects);
    let expected = ["job_order", "authority_approval", "cohort_languages"]
        .map(|field| (field, Reason::PrivacyAudience));
    assert_eq!(refused(claim.clone(), &context), expected);
    context.audience = Audience::Named;
    assert_eq!(refused(claim, &context), []);
}

#[test]
fn findings_about_few_people_name_no_amounts_and_no_months() {
    let mut finding = Finding::new(
        Code::new("SMETA").unwrap(),
        Code::new("1.3").unwrap(),
        Topic::Fees,
        Code::new("Critical").unwrap(),
        "2026-03-03".parse().unwrap(),
    );
    finding.evidence_standard = Some(EvidenceStandard::Observed);
    finding.external_ref = Some(ExternalRef::new([1; 32]));
    finding.affected = Some(Band::Few);
    finding.fees = vec![FeeLine::new(FeeCategory::Medical, Payer::Worker)];
    let subjects = [subject(FARM)];
    assert_eq!(refused(finding.clone(), &context(&subjects)), []);
    finding.fees[0].lowest = money();
    finding.fees[0].discovered_on = Some(date("2026-03"));
    finding.period_from = Some(date("2026-01"));
    finding.period_to = Some(date("2026-02-03"));
    let expected = ["period_from", "period_to", "fees", "fees"].map(|f| (f, Reason::PrivacyBand));
    assert_eq!(refused(finding.clone(), &context(&subjects)), expected);
    finding.affected = Some(Band::From10);
    assert_eq!(refused(finding, &context(&subjects)), []);
}

#[test]
fn bare_digests_and_numbers_of_persons_are_refused_by_form() {
    let with = |text: &str| {
        let mut status = FindingStatus::new(FindingState::Open, "2026-03-01".parse().unwrap());
        status.reason = Some(Code::new(text).unwrap());
        refused(status, &context(&[]))
    };
    for digest in [
        "5d41402abc4b2a76b9719d911017c592",
        "5D41402ABC4B2A76B9719D911017C592",
        "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        "passport:5d41402abc4b2a76b9719d911017c592",
        "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ",
        "sha256:2cf24dba",
    ] {
        assert_eq!(
            with(digest),
            [("reason", Reason::PrivacyDigest)],
            "{digest}"
        );
    }
    for person in ["078-05-1120", "529.982.247-25", "+9779800000000"] {
        assert_eq!(
            with(person),
            [("reason", Reason::SubjectNaturalPerson)],
            "{person}"
        );
    }
    for fine in [
        "ZAA600012345",
        "550e8400-e29b-41d4-a716-446655440000",
        "+2",
        "A1.2",
        "B/0123",
    ] {
        assert_eq!(with(fine), [], "{fine}");
    }
}

#[test]
fn subjects_are_no_cover_for_bare_digests() {
    let digest = [subject("lic:GB-GLAA:5D41402ABC4B2A76B9719D911017C592")];
    let licence = Licence::new(Code::new("GB-GLAA").unwrap(), RegisterKind::Other);
    assert_eq!(
        refused(licence, &context(&digest)),
        [("subjects", Reason::PrivacyDigest)]
    );
}

#[test]
fn a_public_claim_does_not_give_away_what_its_header_hides() {
    let hidden = [SubjectId::blind([1; 32])];
    let mut reply = Reply::new(Stance::Disputes);
    reply.responsible = Some(subject(FARM));
    let mut context = context(&hidden);
    assert_eq!(
        refused(reply.clone(), &context),
        [("responsible", Reason::PrivacyAudience)]
    );
    context.audience = Audience::Named;
    assert_eq!(refused(reply.clone(), &context), []);
    let open = [subject(FARM)];
    context = self::context(&open);
    assert_eq!(refused(reply, &context), []);
}

#[test]
fn fields_for_data_of_persons_have_no_place_in_text_parts() {
    let mut text = TextPart::new(Language::new("en").unwrap());
    for field in [
        "name",
        "trading_name",
        "address",
        "description",
        "reply",
        "permit",
    ] {
        text.insert(field, "x").unwrap();
    }
    assert_eq!(text_problems(&text), []);
    for field in [
        "worker",
        "worker_name",
        "passport_no",
        "contact_email",
        "phone",
        "ssn",
    ] {
        let mut personal = text.clone();
        personal.insert(field, "x").unwrap();
        let reasons: Vec<_> = text_problems(&personal).iter().map(|p| p.reason).collect();
        assert_eq!(reasons, [Reason::SubjectNaturalPerson], "{field}");
    }
}

#[test]
fn no_field_of_any_kind_holds_a_share_of_people() {
    for kind in Claim::KINDS {
        for (_, field) in crate::claim::fields_for(kind) {
            let share = ["percent", "ratio", "rate_of", "share"]
                .iter()
                .any(|word| field.contains(word));
            // Of a firm, not of people.
            assert!(
                !share || matches!(*field, "owned_percent" | "overtime_premium_percent"),
                "{kind}: {field}"
            );
        }
    }
}
