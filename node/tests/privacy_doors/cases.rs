//! The refusals, each with the statement that meets it.

use fairtrail::claim::{
    Band, Claim, Code, CohortId, ContractAttest, Country, Currency, Deposit, EvidenceStandard,
    ExternalRef, FeeCategory, FeeLine, FeeStatement, Finding, FindingState, FindingStatus,
    GrievanceChannel, GrievanceStat, Interval, Isco, Language, Money, Party, PartyRole, Payer,
    Place as Where, Remedy, RemedyType, Reply, Set, Stance, Subdivision, TEXT_MEDIA_TYPE, TextPart,
    ThreeValued, Topic, TopicBand, Wage,
};
use fairtrail::entry::{Audience, Basis, Body, Draft};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;

use crate::support::at;

const FARM: &str = "gln:9520123456788";
const AGENCY: &str = "org:GB-COH-09506232";

/// One refusal.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    claim: Claim,
    /// The bytes of the claim, when they are not those the claim has.
    bytes: Option<Vec<u8>>,
    text: Option<(&'static str, &'static str)>,
    /// A text part of another media type.
    pub(crate) plain: Option<&'static str>,
    subjects: Vec<SubjectId>,
    pub(crate) reason: Reason,
}

fn subject(text: &str) -> SubjectId {
    text.parse().unwrap()
}

fn money() -> Money {
    Money::new(12_000_000, Currency::new("NPR").unwrap()).unwrap()
}

fn cohort(size: Band) -> ContractAttest {
    let mut claim = ContractAttest::new(
        CohortId::new([9; 16]),
        size,
        "2026".parse().unwrap(),
        "2026".parse().unwrap(),
        FeeStatement::Charged,
        Where::new(Country::new("GB").unwrap()),
    );
    claim.origin = Some(Where::new(Country::new("NP").unwrap()));
    claim.fees = vec![FeeLine::new(FeeCategory::RecruitmentService, Payer::Worker)];
    claim.deposit_taken = Some(ThreeValued::Yes);
    claim.deposits = vec![Deposit::new(Payer::Worker)];
    claim.parties = Set::from([
        Party::new(PartyRole::Employer, subject(FARM)),
        Party::new(PartyRole::Recruiter, subject(AGENCY)),
    ]);
    claim
}

fn finding() -> Finding {
    let code = |text| Code::new(text).unwrap();
    let found_on = "2026-03-03".parse().unwrap();
    let mut finding = Finding::new(
        code("SMETA"),
        code("1.3"),
        Topic::Fees,
        code("Critical"),
        found_on,
    );
    finding.evidence_standard = Some(EvidenceStandard::Observed);
    finding.external_ref = Some(ExternalRef::new([1; 32]));
    finding.affected = Some(Band::Few);
    finding
}

fn case(name: &'static str, reason: Reason, claim: impl Into<Claim>) -> Case {
    Case {
        name,
        claim: claim.into(),
        bytes: None,
        text: None,
        plain: None,
        subjects: vec![subject(FARM), subject(AGENCY)],
        reason,
    }
}

fn few(name: &'static str, change: impl FnOnce(&mut ContractAttest)) -> Case {
    let mut claim = cohort(Band::Few);
    change(&mut claim);
    case(name, Reason::PrivacyBand, claim)
}

fn text(name: &'static str, field: &'static str, value: &'static str, reason: Reason) -> Case {
    let text = Some((field, value));
    Case {
        text,
        ..case(name, reason, cohort(Band::From50))
    }
}

/// Every refusal.
pub(crate) fn all() -> Vec<Case> {
    let all = [cohorts(), other_kinds(), texts()];
    all.into_iter().flatten().collect()
}

/// A statement that is taken.
pub(crate) fn good() -> Case {
    case("good", Reason::Internal, cohort(Band::From50))
}

fn cohorts() -> Vec<Case> {
    let month = || "2026-02".parse().unwrap();
    let mut raw = case("a raw count", Reason::PrivacyRawCount, cohort(Band::From10));
    let bytes = raw.claim.encode();
    let at = bytes
        .windows(6)
        .position(|word| word == b"\x6510-19")
        .unwrap();
    raw.bytes = Some([&bytes[..at], &[17], &bytes[at + 6..]].concat());
    let below_fifty = |name, change: fn(&mut ContractAttest)| {
        let mut claim = cohort(Band::From20);
        change(&mut claim);
        case(name, Reason::PrivacyBand, claim)
    };
    let mut by_day = cohort(Band::From250);
    by_day.recruited_from = "2026-01-02".parse().unwrap();
    let mut line = cohort(Band::From100);
    line.fees[0].payers = Some(Band::Few);
    line.fees[0].highest = Some(money());
    let mut listed = cohort(Band::Few);
    listed.job_order = Code::new("JO-1").ok();
    vec![
        raw,
        few("an occupation of few", |claim| {
            claim.occupation = Isco::new("9").ok();
        }),
        few("a month of few", |claim| claim.recruited_from = month()),
        few("the validity of few by month", |claim| {
            claim.valid_to = Some(month());
        }),
        few("a wage of few", |claim| {
            claim.wage = Some(Wage::new(money(), Interval::Month));
        }),
        few("an exit penalty of few", |claim| {
            claim.exit_penalty_charged = Some(ThreeValued::Yes);
            claim.exit_penalty = Some(money());
        }),
        few("a deposit of few", |claim| {
            claim.deposits[0].amount = Some(money());
        }),
        few("a fee of few", |claim| claim.fees[0].median = Some(money())),
        few("when a fee of few was found", |claim| {
            claim.fees[0].discovered_on = Some(month());
        }),
        below_fifty("an occupation below fifty", |claim| {
            claim.occupation = Isco::new("9211").ok();
        }),
        below_fifty("an origin below fifty", |claim| {
            claim.origin.as_mut().unwrap().subdivision = Subdivision::new("NP-P3").ok();
        }),
        below_fifty("a destination below fifty", |claim| {
            claim.destination.subdivision = Subdivision::new("GB-ENG").ok();
        }),
        case("recruitment by day", Reason::PrivacyBand, by_day),
        case("a line that few paid", Reason::PrivacyBand, line),
        case("a list that names few", Reason::PrivacyAudience, listed),
    ]
}

fn other_kinds() -> Vec<Case> {
    let mut amounts = finding();
    amounts.fees = vec![FeeLine::new(FeeCategory::Medical, Payer::Worker)];
    amounts.fees[0].lowest = Some(money());
    let mut period = finding();
    period.period_from = Some("2026-01".parse().unwrap());
    let year = || "2026".parse().unwrap();
    let mut complaints =
        GrievanceStat::new(GrievanceChannel::Hotline, year(), year(), Band::From50);
    complaints.topics = vec![TopicBand::new(Topic::Fees, Band::Few)];
    let month = "2026-01".parse().unwrap();
    let quarter = GrievanceStat::new(GrievanceChannel::Hotline, month, year(), Band::Few);
    let mut repaid = Remedy::new(RemedyType::FeeRepayment);
    repaid.workers_owed = Some(Band::From50);
    repaid.workers_paid = Some(Band::Few);
    repaid.paid_total = Some(money());
    let status = |text: &str| {
        let mut status = FindingStatus::new(FindingState::Open, "2026-03-01".parse().unwrap());
        status.reason = Some(Code::new(text).unwrap());
        status
    };
    let mut shown = Reply::new(Stance::Disputes);
    shown.responsible = Some(subject(FARM));
    let blinded = Case {
        subjects: vec![SubjectId::blind([1; 32])],
        ..case(
            "a blinded header given away",
            Reason::PrivacyAudience,
            shown,
        )
    };
    vec![
        case(
            "amounts of a finding about few",
            Reason::PrivacyBand,
            amounts,
        ),
        case("months of a finding about few", Reason::PrivacyBand, period),
        case("a topic of few", Reason::PrivacyBand, complaints),
        case("complaints of few by month", Reason::PrivacyBand, quarter),
        case("what few of many were paid", Reason::PrivacyBand, repaid),
        case(
            "a bare digest",
            Reason::PrivacyDigest,
            status("5d41402abc4b2a76b9719d911017c592"),
        ),
        case(
            "a person's number",
            Reason::SubjectNaturalPerson,
            status("078-05-1120"),
        ),
        blinded,
    ]
}

fn texts() -> Vec<Case> {
    let shows = |name, value| text(name, "description", value, Reason::PrivacyText);
    let mut plain = shows("an address in other text", "");
    plain.text = None;
    plain.plain = Some("write to ana@example.com");
    vec![
        text(
            "a field for persons",
            "worker_name",
            "x",
            Reason::SubjectNaturalPerson,
        ),
        shows("an e-mail address", "write to ana@example.com"),
        shows("a telephone number", "call +977 98-0000-0000 at night"),
        shows("a passport", "passport PA1234567"),
        shows("a social security number", "SSN 078-05-1120"),
        shows("a long number", "id 123456789012"),
        text(
            "a business's passport",
            "business_contact",
            "PA1234567",
            Reason::PrivacyText,
        ),
        plain,
    ]
}

impl Case {
    pub(crate) fn draft(&self, number: u8) -> Draft {
        let bytes = self.bytes.clone().unwrap_or_else(|| self.claim.encode());
        let salt = [number; 16];
        let claim = Body { salt, bytes };
        let kind = self.claim.kind().parse().unwrap();
        let mut draft = Draft::statement(kind, self.subjects.clone(), claim, at(30));
        draft.basis = vec![Basis::OnSite];
        let part = |bytes| Body { salt, bytes };
        if let Some((field, value)) = self.text {
            let mut text = TextPart::new(Language::new("en").unwrap());
            text.insert(field, value).unwrap();
            let body = part(text.encode().unwrap());
            draft = draft.with_text(TEXT_MEDIA_TYPE, Audience::Public, body);
        }
        if let Some(plain) = self.plain {
            let body = part(plain.as_bytes().to_vec());
            draft = draft.with_text("text/plain", Audience::Public, body);
        }
        draft
    }

    /// Which part is not kept.
    pub(crate) fn at_fault(&self) -> usize {
        usize::from(self.text.is_some() || self.plain.is_some())
    }
}
