use super::*;

fn cohort() -> ContractAttest {
    let destination = Place::new(Country::new("MY").unwrap());
    let mut claim = ContractAttest::new(
        CohortId::new([1; 16]),
        Band::From50,
        date("2026-01"),
        date("2026-03"),
        FeeStatement::NoneCharged,
        destination,
    );
    claim.parties = Set::from([
        party(PartyRole::Employer, FIRM),
        party(PartyRole::Recruiter, AGENCY),
    ]);
    claim.licences = Set::from([subject(LICENCE)]);
    claim
}

#[test]
fn cohorts_name_employer_recruiter_and_licence() {
    let all = subjects(&[LICENCE, AGENCY, FIRM]);
    let own = context(&all, &[Basis::SelfDeclared], Role::Company);
    assert_eq!(found(cohort(), &own), []);
    let mut nobody = cohort();
    nobody.parties = Set::new();
    nobody.licences = Set::from([subject(SITE)]);
    let expected = [
        ("parties", MISSING),
        ("parties", MISSING),
        ("licences", INVALID),
        ("licences", INVALID),
    ];
    assert_eq!(found(nobody, &own), expected);
    let mut direct = cohort();
    direct.parties = Set::from([party(PartyRole::Employer, FIRM)]);
    direct.channel = Some(Channel::Direct);
    assert_eq!(found(direct, &own), []);
    let mut odd = cohort();
    odd.size = Band::None;
    odd.recruited_to = date("2025-12");
    odd.rest_days_week = Some(8);
    odd.hours_week = Some(169);
    odd.overtime_week_max = Some(169);
    odd.recruited_from = date("2026");
    let expected = [
        ("size", INVALID),
        ("recruited_to", INVALID),
        ("rest_days_week", INVALID),
        ("hours_week", INVALID),
        ("overtime_week_max", INVALID),
    ];
    assert_eq!(found(odd, &own), expected);
}

#[test]
fn fee_statements_and_lines_agree() {
    let all = subjects(&[LICENCE, AGENCY, FIRM]);
    let own = context(&all, &[Basis::SelfDeclared], Role::Company);
    let line = |payer| FeeLine::new(FeeCategory::Medical, payer);
    let mut charged = cohort();
    charged.fee_statement = FeeStatement::Charged;
    assert_eq!(found(charged.clone(), &own), [("fee_statement", INVALID)]);
    charged.fees = vec![line(Payer::WorkerLaterReimbursed)];
    assert_eq!(found(charged.clone(), &own), []);
    charged.fee_statement = FeeStatement::NotAssessed;
    assert_eq!(found(charged, &own), [("fee_statement", INVALID)]);
    let mut paid_by_employer = cohort();
    paid_by_employer.fees = vec![line(Payer::Employer)];
    assert_eq!(found(paid_by_employer, &own), []);

    let money = |units, of| Money::new(units, Currency::new(of).unwrap());
    let mut odd = line(Payer::Employer);
    odd.lowest = money(200, "NPR");
    odd.highest = money(100, "NPR");
    odd.payers = Some(Band::From100);
    let mut currencies = line(Payer::Employer);
    currencies.lowest = money(100, "NPR");
    currencies.highest = money(200, "INR");
    currencies.payers = Some(Band::None);
    let mut claim = cohort();
    claim.fees = vec![odd, currencies];
    let problems = claim.build(&own).unwrap_err();
    assert_eq!(problems.len(), 3, "{problems:?}");
}

#[test]
fn lists_stand_beside_a_yes() {
    let all = subjects(&[LICENCE, AGENCY, FIRM]);
    let own = context(&all, &[Basis::SelfDeclared], Role::Company);
    let mut claim = cohort();
    claim.terms_stated = Set::from([Term::Hours]);
    claim.changes = vec![TermChange::new(
        Term::BaseWage,
        Direction::Worse,
        Stage::OnArrival,
    )];
    claim.deposits = vec![Deposit::new(Payer::Worker)];
    claim.exit_penalty = Money::new(1, Currency::new("MYR").unwrap());
    claim.days_before_departure = Some(5);
    let expected = [
        ("terms_assessed", INVALID),
        ("changes_assessed", INVALID),
        ("deposit_taken", INVALID),
        ("exit_penalty_charged", INVALID),
        ("days_before_departure", INVALID),
    ];
    assert_eq!(found(claim.clone(), &own), expected);
    claim.terms_assessed = Some(ThreeValued::Yes);
    claim.changes_assessed = Some(ThreeValued::Yes);
    claim.deposit_taken = Some(ThreeValued::Yes);
    claim.exit_penalty_charged = Some(ThreeValued::Yes);
    claim.signed_before_departure = Some(SignedBefore::Partial);
    assert_eq!(found(claim, &own), []);
}
