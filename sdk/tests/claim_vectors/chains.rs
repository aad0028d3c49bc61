//! Good claims of the kinds about agreements, certificates, chains, lists, remedies and acts.

use fairtrail::claim::*;
use fairtrail::entry::{Basis, Role};
use fairtrail::id::{AuthorId, EntryId, PartDigest};
use fairtrail::subject::SubjectId;

use super::examples::{AGENCY, Example, FIRM, LICENCE, SITE, code, country, date, money, subject};
use super::vector::Header;

pub(crate) fn all() -> Vec<Example> {
    vec![
        recruitment_agreement(),
        certificate(),
        certificate_status(),
        audit_status(),
        ("remedy", remedy().into(), remedying()),
        remedy_for_few(),
        supply_link(),
        supply_link_blinded(),
        listing(),
        listing_of_goods(),
        ("grievance_stat", complaints().into(), complaining()),
        nobody_complained(),
        ack(),
        withhold(),
        ruleset_adopt(),
    ]
}

/// A party that is none of the subjects.
pub(crate) fn outsider() -> SubjectId {
    AuthorId::new([0xa0; 32]).into()
}

fn site() -> Set<Party> {
    Set::from([Party::new(PartyRole::Site, subject(SITE))])
}

pub(crate) fn agreement() -> RecruitmentAgreement {
    let mut claim = RecruitmentAgreement::new(Payer::Employer);
    claim.parties = Set::from([
        Party::new(PartyRole::Employer, subject(FIRM)),
        Party::new(PartyRole::Recruiter, subject(AGENCY)),
    ]);
    claim.valid_from = Some(date("2026-01"));
    claim.valid_to = Some(date("2026-12"));
    claim.fee_lowest = Some(money(4_000_000));
    claim.fee_highest = Some(money(6_000_000));
    claim.workers = Some(Band::From100);
    claim.sub_agents_allowed = Some(ThreeValued::No);
    claim.invoices_seen = Some(ThreeValued::Yes);
    claim.licences = Set::from([subject(LICENCE)]);
    claim.origins = Set::from([country("NP")]);
    claim.destination = Some(country("BD"));
    claim.zero_fee_clause = Some(ThreeValued::Yes);
    claim.repayment_clause = Some(ThreeValued::NotAssessed);
    claim
}

pub(crate) fn agreeing() -> Header {
    let basis = [Basis::DocumentSeen];
    Header::new(Role::Company, &basis, &[FIRM, AGENCY, LICENCE])
}

fn recruitment_agreement() -> Example {
    ("recruitment_agreement", agreement().into(), agreeing())
}

pub(crate) fn certified() -> Certificate {
    let mut claim = Certificate::new(code("SA8000"), code("SA-0017"), date("2025-11-03"));
    claim.parties = site();
    claim.expires_on = Some(date("2028-11-02"));
    claim.body = Some(outsider());
    claim.accreditor = Some(code("SAAS"));
    claim.scheme_version = Some(code("2014"));
    claim.scope = Set::from([code("cut-make-trim")]);
    claim.sectors = Set::from([Isic::new("1410").unwrap()]);
    claim
}

pub(crate) fn certifying() -> Header {
    Header::new(Role::Scheme, &[Basis::SystemExport], &[SITE])
}

fn certificate() -> Example {
    ("certificate", certified().into(), certifying())
}

pub(crate) fn suspended() -> CertificateStatus {
    let effective = Effective::On(date("2026-04-10"));
    let (scheme, number) = (code("SA8000"), code("SA-0017"));
    let mut claim = CertificateStatus::new(scheme, number, CertificateState::Suspended, effective);
    claim.parties = site();
    claim.until = Some(date("2026-07-10"));
    claim
}

fn certificate_status() -> Example {
    ("certificate_status", suspended().into(), certifying())
}

pub(crate) fn recalled() -> AuditStatus {
    let mut claim = AuditStatus::new(AuditState::Recalled, date("2026-05-04"));
    claim.parties = site();
    claim.reason = Some(code("QA-4"));
    claim
}

fn audit_status() -> Example {
    ("audit_status", recalled().into(), certifying())
}

pub(crate) fn remedy() -> Remedy {
    let mut claim = Remedy::new(RemedyType::FeeRepayment);
    claim.parties = site();
    claim.responsible = Some(subject(SITE));
    claim.discovered_on = Some(date("2026-03-03"));
    claim.planned_on = Some(date("2026-05-31"));
    claim.owed_total = Some(money(310_000_000));
    claim.paid_total = Some(money(124_000_000));
    claim.workers_owed = Some(Band::From20);
    claim.workers_paid = Some(Band::From10);
    claim.origin = Some(country("NP"));
    claim.method = Some(PaymentMethod::Bank);
    claim.departed_workers_included = Some(ThreeValued::No);
    claim.calc_basis = Some(CalcBasis::CorridorAverage);
    claim.interest_included = Some(ThreeValued::NotAssessed);
    claim.payers = Set::from([subject(FIRM)]);
    claim.verified_by = Some(outsider());
    claim.verification = Some(Verification::WorkerInterview);
    claim.worker_confirmation = Some(Confirmation::FromHalf);
    claim
}

pub(crate) fn remedying() -> Header {
    Header::new(Role::Company, &[Basis::DocumentSeen], &[SITE, AGENCY])
}

/// Three workers are owed what they paid: that it was repaid can be said, how much cannot.
fn remedy_for_few() -> Example {
    let mut claim = Remedy::new(RemedyType::FeeRepayment);
    claim.parties = site();
    claim.workers_owed = Some(Band::Few);
    claim.workers_paid = Some(Band::Few);
    claim.completed_on = Some(date("2026"));
    claim.departed_workers_included = Some(ThreeValued::Yes);
    ("remedy_for_few", claim.into(), remedying())
}

pub(crate) fn link() -> SupplyLink {
    let mut claim = SupplyLink::new(
        subject(SITE),
        SupplyRelation::RecruitsThrough,
        subject(AGENCY),
    );
    claim.parties = Set::from([
        Party::new(PartyRole::Site, subject(SITE)),
        Party::new(PartyRole::Recruiter, subject(AGENCY)),
    ]);
    claim.valid_from = Some(date("2025"));
    claim.tier = Some(1);
    claim.registered = Some(ThreeValued::Yes);
    claim
}

pub(crate) fn linking() -> Header {
    Header::new(Role::Company, &[Basis::SelfDeclared], &[SITE, AGENCY])
}

fn supply_link() -> Example {
    ("supply_link", link().into(), linking())
}

fn supply_link_blinded() -> Example {
    let hidden = SubjectId::blind([0x0d; 32]);
    let mut claim = SupplyLink::new(hidden.clone(), SupplyRelation::BuysFrom, subject(SITE));
    claim.tier = Some(2);
    claim.goods = Set::from([Hs::new("610910").unwrap()]);
    claim.origin = Some(country("BD"));
    claim.order = Some(Digest::new([0x71; 32]));
    claim.chain_of_custody = Some(CustodyModel::MassBalance);
    let header = Header::new(
        Role::Company,
        &[Basis::SystemExport],
        &[hidden.as_str(), SITE],
    );
    ("supply_link_blinded", claim.into(), header)
}

pub(crate) fn barred() -> Listing {
    let mut claim = Listing::new(code("XX-LABOUR-BAR"), MatchMethod::PersonConfirmed);
    claim.parties = Set::from([Party::new(PartyRole::Recruiter, subject(AGENCY))]);
    claim.matched_by = Some(outsider());
    claim.match_score = Some(93);
    claim.section = Some(code("s-12"));
    claim.listed_on = Some(Effective::On(date("2025-10-01")));
    claim.valid_from = Some(date("2025-10-01"));
    claim.valid_to = Some(date("2027-09-30"));
    claim.first_observed = Some(date("2026-02-22"));
    claim.snapshot = Some(EntryId::new([0x5a; 32]));
    claim.grounds = Set::from([code("wages")]);
    claim
}

pub(crate) fn reading() -> Header {
    Header::new(Role::Observer, &[Basis::RegisterLookup], &[AGENCY])
}

fn listing() -> Example {
    ("listing", barred().into(), reading())
}

fn listing_of_goods() -> Example {
    let mut claim = Listing::new(code("XX-GOODS"), MatchMethod::Identifier);
    claim.goods = Set::from([Hs::new("5201").unwrap()]);
    claim.native_goods = Set::from([code("cotton")]);
    claim.country = Some(country("TM"));
    claim.grounds = Set::from([code("forced_labour")]);
    claim.listed_on = Some(Effective::Between {
        after: None,
        by: date("2024-09-05"),
    });
    let observer = outsider();
    let header = Header::new(
        Role::Observer,
        &[Basis::RegisterLookup],
        &[observer.as_str()],
    );
    ("listing_of_goods", claim.into(), header)
}

pub(crate) fn complaints() -> GrievanceStat {
    let (from, to) = (date("2026-01"), date("2026-03"));
    let mut claim = GrievanceStat::new(GrievanceChannel::Hotline, from, to, Band::From20);
    claim.parties = site();
    claim.resolved = Some(Band::From10);
    claim.operator_independent = Some(ThreeValued::Yes);
    claim.workers_covered = Some(Band::From250);
    claim.languages = Set::from([Language::new("bn").unwrap(), Language::new("ne").unwrap()]);
    claim.median_days = Some(21);
    claim.topics = vec![TopicBand::new(Topic::Fees, Band::From10)];
    claim.anonymous_allowed = Some(ThreeValued::Yes);
    claim.non_retaliation_policy = Some(ThreeValued::Yes);
    claim.policy = Some(Digest::new([0x81; 32]));
    claim
}

pub(crate) fn complaining() -> Header {
    Header::new(Role::Ngo, &[Basis::SystemExport], &[SITE])
}

fn nobody_complained() -> Example {
    let (from, to) = (date("2026-04"), date("2026-06"));
    let mut claim = GrievanceStat::new(GrievanceChannel::Letterbox, from, to, Band::None);
    claim.parties = site();
    claim.operator_independent = Some(ThreeValued::No);
    ("grievance_stat_none", claim.into(), complaining())
}

pub(crate) fn seen() -> Ack {
    let mut claim = Ack::new(EntryId::new([0x5a; 32]), date("2026-03-06"));
    claim.action = Some(AckAction::Engaged);
    claim.action_on = Some(date("2026-03-09"));
    claim
}

pub(crate) fn acknowledging() -> Header {
    Header::new(Role::Company, &[], &[SITE, AGENCY])
}

fn ack() -> Example {
    ("ack", seen().into(), acknowledging())
}

pub(crate) fn hidden() -> Withhold {
    let (entry, part) = (EntryId::new([0x5a; 32]), PartDigest::new([0x5b; 32]));
    let mut claim = Withhold::new(entry, part, LegalBasis::DataProtection, date("2026-06-01"));
    claim.jurisdiction = Some(country("DE"));
    claim.statute = Some(code("GDPR-17"));
    claim
}

pub(crate) fn withholding() -> Header {
    Header::new(Role::Node, &[], &[SITE, AGENCY])
}

fn withhold() -> Example {
    ("withhold", hidden().into(), withholding())
}

pub(crate) fn adopted() -> RulesetAdopt {
    let digest = Digest::new([0x91; 32]);
    let mut claim = RulesetAdopt::new(code("2026-1"), digest, date("2026-07-01"));
    claim.previous = Some(code("2025-2"));
    claim
}

pub(crate) fn adopting() -> Header {
    let network = outsider();
    Header::new(Role::Scheme, &[], &[network.as_str()])
}

fn ruleset_adopt() -> Example {
    ("ruleset_adopt", adopted().into(), adopting())
}
