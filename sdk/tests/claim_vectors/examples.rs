//! One good claim of every kind, about invented companies.

use fairtrail::claim::*;
use fairtrail::entry::{Basis, Role};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::subject::SubjectId;

use super::vector::Header;

pub(crate) type Example = (&'static str, Claim, Header);

pub(crate) const SITE: &str = "osid:BD2021001ABCDE8";
pub(crate) const FARM: &str = "gln:9520123456788";
pub(crate) const FIRM: &str = "lei:00000000000000000098";
pub(crate) const AGENCY: &str = "org:NP-CRO-45995";
pub(crate) const LICENCE: &str = "lic:NP-DOFE:123/064/065";

pub(crate) fn subject(text: &str) -> SubjectId {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

pub(crate) fn date<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(crate) fn country(text: &str) -> Country {
    Country::new(text).unwrap()
}

pub(crate) fn money(units: u64) -> Money {
    Money::new(units, Currency::new("NPR").unwrap()).unwrap()
}

pub(crate) fn all() -> Vec<Example> {
    vec![
        profile(),
        id_link(),
        register_snapshot(),
        licence(),
        licence_of_a_row(),
        licence_status_observed(),
        licence_status_by_authority(),
        contract_attest(),
        fee_charged_to_few(),
        audit(),
        finding(),
        positive_finding(),
        finding_status(),
        reply(),
    ]
}

fn profile() -> Example {
    let mut claim = Profile::new();
    claim.parties = Set::from([
        Party::new(PartyRole::Site, subject(SITE)),
        Party::new(PartyRole::LegalEntity, subject(FIRM)),
    ]);
    claim.country = Some(country("BD"));
    claim.sectors = Set::from([Isic::new("1410").unwrap()]);
    claim.workers = Some(Band::From250);
    claim.migrant_workers = Some(Band::Few);
    let header = Header::new(Role::Company, &[Basis::SelfDeclared], &[SITE, FIRM]);
    ("profile", claim.into(), header)
}

fn id_link() -> Example {
    let evidence = Set::from([LinkEvidence::RegisterExtract, LinkEvidence::SiteVisit]);
    let mut claim = IdLink::new(subject(FIRM), Relation::Operates, subject(SITE), evidence);
    claim.valid_from = Some(date("2019"));
    let basis = [Basis::DocumentSeen, Basis::OnSite];
    (
        "id_link",
        claim.into(),
        Header::new(Role::Auditor, &basis, &[SITE, FIRM]),
    )
}

fn observer() -> SubjectId {
    AuthorId::new([0x0b; 32]).into()
}

fn row() -> SubjectId {
    SubjectId::row(AuthorId::new([0x0b; 32]), [0x10; 16])
}

fn register_snapshot() -> Example {
    let mut claim = RegisterSnapshot::new(
        code("GB-HO-SPONSOR"),
        RegisterKind::EmployerSponsor,
        date("2026-03-01"),
        Digest::new([0x51; 32]),
        147_451,
        Digest::new([0x52; 32]),
        Coverage::Full,
        code("OGL-UK-3.0"),
        FileSort::Listing,
    );
    claim.retrieved_at = Some(date("2026-03-01T06:00:00Z"));
    let header = Header::new(
        Role::Observer,
        &[Basis::RegisterLookup],
        &[observer().as_str()],
    );
    ("register_snapshot", claim.into(), header)
}

fn licence() -> Example {
    let mut claim = Licence::new(code("NP-DOFE"), RegisterKind::Recruiter);
    claim.status = Some(LicenceState::Active);
    claim.status_since = Some(Effective::On(date("2025-07-16")));
    claim.valid_from = Some(date("2025-07-16"));
    claim.valid_to = Some(date("2027-07-15"));
    claim.jurisdiction = Some(country("NP"));
    claim.class = Some(LicenceClass::SendingAgency);
    claim.all_occupations = true;
    claim.source_countries = Set::from([country("NP")]);
    claim.destination_countries = Set::from([country("MY"), country("AE")]);
    claim.legal_holder = Some(subject(AGENCY));
    claim.bond = Some(Bond::new(money(300_000_000)));
    claim.parties = Set::from([Party::new(PartyRole::LicenceHolder, subject(AGENCY))]);
    let header = Header::new(Role::Authority, &[Basis::SystemExport], &[LICENCE, AGENCY]);
    ("licence", claim.into(), header)
}

fn licence_of_a_row() -> Example {
    let mut claim = Licence::new(code("GB-HO-SPONSOR"), RegisterKind::EmployerSponsor);
    claim.status = Some(LicenceState::ActiveWithConditions);
    claim.native_status = Some(code("Worker-B-rating"));
    claim.status_since = Some(Effective::Between {
        after: None,
        by: date("2026-02-22"),
    });
    claim.first_observed = Some(date("2026-02-22"));
    claim.last_observed = Some(date("2026-03-01"));
    claim.route = Some(code("skilled-worker"));
    claim.external_ref = Some(ExternalRef::new([0x33; 32]));
    let header = Header::new(Role::Observer, &[Basis::RegisterLookup], &[row().as_str()]);
    ("licence_of_a_row", claim.into(), header)
}

fn licence_status_observed() -> Example {
    let effective = Effective::Between {
        after: Some(date("2026-03-01")),
        by: date("2026-03-08"),
    };
    let mut claim = LicenceStatus::new(code("GB-HO-SPONSOR"), LicenceState::NotFound, effective);
    claim.previous_status = Some(LicenceState::ActiveWithConditions);
    claim.route = Some(code("skilled-worker"));
    let header = Header::new(Role::Observer, &[Basis::RegisterLookup], &[row().as_str()]);
    ("licence_status_observed", claim.into(), header)
}

fn licence_status_by_authority() -> Example {
    let effective = Effective::On(date("2026-04-01"));
    let mut claim = LicenceStatus::new(code("NP-DOFE"), LicenceState::Suspended, effective);
    claim.reason = Some(code("s-13.2"));
    claim.standards_failed = Set::from([code("13.2"), code("14.1")]);
    let mut condition = Condition::new(code("C-1"));
    condition.due = Some(date("2026-05-01"));
    claim.conditions = vec![condition];
    let header = Header::new(Role::Authority, &[Basis::CourtOrAgency], &[LICENCE]);
    ("licence_status_by_authority", claim.into(), header)
}

fn cohort(
    size: Band,
    from: &str,
    to: &str,
    fees: FeeStatement,
    to_country: &str,
) -> ContractAttest {
    let place = Place::new(country(to_country));
    let id = CohortId::new([0xc0; 16]);
    let mut claim = ContractAttest::new(id, size, date(from), date(to), fees, place);
    claim.origin = Some(Place::new(country("NP")));
    claim.licences = Set::from([subject(LICENCE)]);
    claim
}

fn contract_attest() -> Example {
    let mut claim = cohort(
        Band::From100,
        "2026-01",
        "2026-03",
        FeeStatement::NoneCharged,
        "MY",
    );
    claim.parties = Set::from([
        Party::new(PartyRole::Employer, subject(FIRM)),
        Party::new(PartyRole::Recruiter, subject(AGENCY)),
        Party::new(PartyRole::Site, subject(SITE)),
    ]);
    claim.origin.as_mut().unwrap().subdivision = Subdivision::new("NP-P3").ok();
    claim.occupation = Isco::new("8153").ok();
    claim.channel = Some(Channel::Agency);
    claim.terms_assessed = Some(ThreeValued::Yes);
    claim.terms_stated = Set::from([Term::BaseWage, Term::Hours, Term::Deductions]);
    claim.wage = Some(Wage::new(money(4_500_000), Interval::Month));
    claim.hours_week = Some(48);
    claim.rest_days_week = Some(1);
    claim.housing_deduction = Some(ShareBand::Nothing);
    claim.signed_before_departure = Some(SignedBefore::Yes);
    claim.days_before_departure = Some(14);
    claim.documents_held_by = Some(DocumentHolder::Worker);
    claim.free_to_terminate = Some(ThreeValued::Yes);
    claim.deposit_taken = Some(ThreeValued::No);
    claim.changes_assessed = Some(ThreeValued::NotAssessed);
    let mut line = FeeLine::new(FeeCategory::Medical, Payer::Employer);
    line.median = Some(money(850_000));
    line.receipt = Some(ThreeValued::Yes);
    claim.fees = vec![line];
    let mut signed = ContractVersion::new(Stage::SignedOrigin, Digest::new([0x61; 32]));
    signed.signed_consent = Some(ThreeValued::Yes);
    claim.versions = vec![
        signed,
        ContractVersion::new(Stage::OnArrival, Digest::new([0x62; 32])),
    ];
    let all = [SITE, FIRM, AGENCY, LICENCE];
    let basis = [Basis::SelfDeclared, Basis::DocumentSeen];
    (
        "contract_attest",
        claim.into(),
        Header::new(Role::Company, &basis, &all),
    )
}

/// Three workers on a farm, each of whom was charged for the recruitment.
pub(crate) fn fee_charged_to_few() -> Example {
    let mut claim = cohort(Band::Few, "2026", "2026", FeeStatement::Charged, "GB");
    claim.parties = Set::from([
        Party::new(PartyRole::Employer, subject(FARM)),
        Party::new(PartyRole::Recruiter, subject(AGENCY)),
    ]);
    claim.documents_held_by = Some(DocumentHolder::Worker);
    let mut line = FeeLine::new(FeeCategory::RecruitmentService, Payer::Worker);
    line.stage = Some(FeeStage::Origin);
    line.payers = Some(Band::Few);
    line.financed_by_loan = Some(ThreeValued::Yes);
    line.receipt = Some(ThreeValued::No);
    claim.fees = vec![line];
    let header = Header::new(
        Role::Auditor,
        &[Basis::WorkerInterview],
        &[FARM, AGENCY, LICENCE],
    );
    ("contract_attest_fee_charged_to_few", claim.into(), header)
}

fn findings() -> [ExternalRef; 2] {
    [ExternalRef::new([0xf1; 32]), ExternalRef::new([0xf2; 32])]
}

fn audit() -> Example {
    let mut claim = Audit::new(
        code("SMETA"),
        AuditType::Periodic,
        Announcement::SemiAnnounced,
        date("2026-03-02"),
        date("2026-03-04"),
        code("ZAA600012345"),
        2,
        manifest(&findings()),
    );
    claim.parties = Set::from([Party::new(PartyRole::Site, subject(SITE))]);
    claim.findings_declared = vec![
        GradeCount::new(code("Critical"), 1),
        GradeCount::new(code("Good-example"), 1),
    ];
    claim.scheme_version = Some(code("7"));
    claim.announcement_window_days = Some(21);
    claim.commissioned_by = Some(subject(FIRM));
    claim.paid_by = Some(subject(FIRM));
    claim.issued_on = Some(date("2026-03-20"));
    claim.rating = Some(Rating::new(code("site-rating"), code("C")));
    claim.dormitories_in_scope = Some(ThreeValued::Yes);
    claim.access_denied = Some(AccessDenied::NotAtAll);
    let mut workforce = Workforce::new();
    workforce.total = Some(Band::From250);
    workforce.migrant = Some(Band::Few);
    claim.workforce = Some(workforce);
    let mut interviews = Interviews::new();
    interviews.individual = Some(Band::From10);
    interviews.off_site = Some(Band::None);
    interviews.management_present = Some(ThreeValued::No);
    claim.interviews = Some(interviews);
    (
        "audit",
        claim.into(),
        Header::new(Role::Auditor, &[Basis::OnSite], &[SITE]),
    )
}

pub(crate) fn observed() -> Finding {
    let found_on = date("2026-03-03");
    let (clause, grade) = (code("1.3"), code("Critical"));
    let mut claim = Finding::new(code("SMETA"), clause, Topic::Fees, grade, found_on);
    claim.parties = Set::from([Party::new(PartyRole::Site, subject(SITE))]);
    claim.responsible = Some(subject(AGENCY));
    claim.evidence_standard = Some(EvidenceStandard::Corroborated);
    claim.external_ref = Some(findings()[0]);
    claim.severity = Some(4);
    claim.breach_of = Some(BreachOf::Both);
    claim.jurisdiction = Some(country("NP"));
    claim.notified_on = Some(date("2026-03-04"));
    claim.reply_by = Some(date("2026-03-18"));
    claim.period_from = Some(date("2025-06"));
    claim.affected = Some(Band::From20);
    claim.reach = Some(Reach::Systemic);
    claim.evidence_types = Set::from([EvidenceType::WorkerInterview, EvidenceType::PayrollRecalc]);
    claim.report_ref = Some(code("ZAA600012345"));
    let mut line = FeeLine::new(FeeCategory::RecruitmentService, Payer::Worker);
    line.lowest = Some(money(9_000_000));
    line.highest = Some(money(14_000_000));
    line.payers = Some(Band::From20);
    line.legal_status = Some(FeeRule::Capped);
    claim.fees = vec![line];
    claim.due = Some(date("2026-06-01"));
    claim
}

fn finding() -> Example {
    let basis = [Basis::OnSite, Basis::WorkerInterview];
    (
        "finding",
        observed().into(),
        Header::new(Role::Auditor, &basis, &[SITE, AGENCY]),
    )
}

fn positive_finding() -> Example {
    let found_on = date("2026-03-03");
    let (clause, grade) = (code("0.A"), code("Good-example"));
    let mut claim = Finding::new(code("SMETA"), clause, Topic::Grievance, grade, found_on);
    claim.parties = Set::from([Party::new(PartyRole::Site, subject(SITE))]);
    claim.external_ref = Some(findings()[1]);
    claim.positive = true;
    (
        "finding_positive",
        claim.into(),
        Header::new(Role::Auditor, &[Basis::OnSite], &[SITE]),
    )
}

fn finding_status() -> Example {
    let mut claim = FindingStatus::new(FindingState::ClosedVerified, date("2026-05-20"));
    claim.parties = Set::from([Party::new(PartyRole::Site, subject(SITE))]);
    claim.verified_by = Some(AuthorId::from(EntryId::new([0xa0; 32])).into());
    claim.method = Some(Verification::OnSite);
    (
        "finding_status",
        claim.into(),
        Header::new(Role::Auditor, &[Basis::OnSite], &[SITE, AGENCY]),
    )
}

fn reply() -> Example {
    let mut claim = Reply::new(Stance::Disputes);
    claim.lang = Some(Language::new("ne").unwrap());
    let header = Header::new(Role::Respondent, &[Basis::SelfDeclared], &[AGENCY]);
    ("reply", claim.into(), header)
}

/// The text part that the specification shows.
pub(crate) fn text() -> TextPart {
    let mut text = TextPart::new(Language::new("en").unwrap());
    text.insert("name", "Example Farm Ltd").unwrap();
    text.insert(
        "description",
        "Three workers were charged.\nNo receipt was given.",
    )
    .unwrap();
    text
}
