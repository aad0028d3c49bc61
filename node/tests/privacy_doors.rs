//! Every refusal of the privacy floor, put to three doors: the sdk's, a gateway's with parts made by
//! hand, and following.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::sync::Arc;

use fairtrail::api::{Batch, DraftMessage, Submission};
use fairtrail::claim::{
    Band, Claim, Code, CohortId, ContractAttest, Country, Currency, Deposit, EvidenceStandard,
    ExternalRef, FeeCategory, FeeLine, FeeStatement, Finding, FindingState, FindingStatus,
    GrievanceChannel, GrievanceStat, Interval, Isco, Language, Money, Party, PartyRole, Payer,
    Place as Where, Remedy, RemedyType, Reply, Set, Stance, Subdivision, TEXT_MEDIA_TYPE, TextPart,
    ThreeValued, Topic, TopicBand, Wage,
};
use fairtrail::client::{ClientError, Gateway, Pinned};
use fairtrail::door::check_statement;
use fairtrail::entry::{
    Audience, Basis, Body, Draft, Grant, NetworkClaim, Position, Role, ScopeItem, SignedEntry,
};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use fairtrail::time::Date;
use fairtrail_node::http::{GatewayLimits, router, serve};
use fairtrail_node::service::ReadError;
use support::*;

const FARM: &str = "gln:9520123456788";
const AGENCY: &str = "org:GB-COH-09506232";

/// One refusal.
struct Case {
    name: &'static str,
    claim: Claim,
    /// The bytes of the claim, when they are not those the claim has.
    bytes: Option<Vec<u8>>,
    text: Option<(&'static str, &'static str)>,
    /// A text part of another media type.
    plain: Option<&'static str>,
    subjects: Vec<SubjectId>,
    reason: Reason,
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
            claim.occupation = Isco::new("9").ok()
        }),
        few("a month of few", |claim| claim.recruited_from = month()),
        few("the validity of few by month", |claim| {
            claim.valid_to = Some(month())
        }),
        few("a wage of few", |claim| {
            claim.wage = Some(Wage::new(money(), Interval::Month));
        }),
        few("an exit penalty of few", |claim| {
            claim.exit_penalty_charged = Some(ThreeValued::Yes);
            claim.exit_penalty = Some(money());
        }),
        few("a deposit of few", |claim| {
            claim.deposits[0].amount = Some(money())
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
    fn draft(&self, number: u8) -> Draft {
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
    fn at_fault(&self) -> usize {
        usize::from(self.text.is_some() || self.plain.is_some())
    }
}

fn company(root: &mut Feed, to: &mut Feed) -> SignedEntry {
    let scope = ["blind:*", "gln:*", "org:*"].map(|scope| ScopeItem::parse(scope).unwrap());
    let entry = root.network(NetworkClaim::Grant(Grant {
        to: to.author,
        role: Role::Company,
        scope: scope.to_vec(),
        from: Date::from_days(0).unwrap(),
        to_date: Date::from_days(100_000).unwrap(),
        may_delegate: Vec::new(),
        succeeds: None,
    }));
    let claim = entry.header().claim.as_ref().unwrap();
    let set = fairtrail::admission::AdmittedSet::new(charter());
    to.grant = Some(set.act_id("grant", claim.as_bytes()).into());
    entry
}

fn position(feed: &Feed) -> Position {
    Position {
        network: charter().network(),
        feed: feed.author,
        seq: feed.seq + 1,
        prev: feed.last,
        grant: feed.grant,
    }
}

#[test]
fn every_refusal_holds_at_every_door() {
    let place = Place::new();
    let log = place.open().unwrap();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = company(&mut root, &mut author);
    log.publish(batch(&[root.begin.clone(), granted, author.begin.clone()]));
    let web = tokio::runtime::Runtime::new().unwrap();
    let listener = web
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let gateway = Gateway::at(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let limits = GatewayLimits::default();
    let served = router(Arc::new(log.service.clone()), limits.clone());
    web.spawn(serve(listener, served, limits, std::future::pending()));
    let promise = keys().promise.verifier().clone();
    let pinned = Pinned {
        promise: &promise,
        logs: None,
    };
    let cases: Vec<Case> = [cohorts(), other_kinds(), texts()]
        .into_iter()
        .flatten()
        .collect();
    for (number, case) in (1..).zip(&cases) {
        let name = case.name;
        let draft = case.draft(number);
        let (header, bodies) = (draft.header(&position(&author)), draft.bodies());
        // The sdk, before anything is signed.
        let refused = check_statement(&header, &bodies);
        // What is no text part by its media type is refused for that.
        let expected = if case.plain.is_some() {
            Reason::PartsInvalid
        } else {
            case.reason
        };
        assert!(
            refused.iter().any(|found| found.reason == expected),
            "{name}: {refused:?}"
        );
        // The gateway, asked and then not asked: signed by hand, sent as it is.
        let message = DraftMessage {
            header,
            bodies: bodies.clone(),
        };
        let answer = gateway.check(&message).unwrap();
        let said = answer
            .problems
            .iter()
            .any(|found| found.reason == expected.as_str());
        assert!(!answer.acceptable && said, "{name}: {answer:?}");
        let admitted = log.service.health().admitted;
        let entry = author.sign(&draft);
        let id = entry.id();
        let by_hand = Batch(vec![Submission {
            entry,
            bodies: bodies.clone(),
        }]);
        let ClientError::Refused(refusal) = gateway.submit(&by_hand, &pinned, None).unwrap_err()
        else {
            panic!("{name}: not refused by the gateway");
        };
        assert!((400..500).contains(&refusal.status), "{name}: {refusal:?}");
        assert_eq!(log.service.health().admitted, admitted, "{name}");
        // A peer relays it: the entry stands, the part is not kept.
        log.take_up(by_hand).unwrap();
        log.published(admitted + 1);
        let stored = log.service.entry(id).unwrap();
        assert!(log.service.proof(id).is_ok());
        let part = bodies[case.at_fault()].digest();
        let withheld = log.service.withheld(&stored).unwrap();
        let lines: Vec<_> = withheld
            .iter()
            .map(|line| (line.part, &*line.reason))
            .collect();
        assert_eq!(lines, [(part, "claim-inadmissible")], "{name}");
        let read = log.service.part(part).unwrap_err();
        assert_eq!(read, ReadError::Withheld { refused: true }, "{name}");
        assert_eq!(read.basis().as_deref(), Some("claim-inadmissible"));
    }
    let good = case("good", Reason::Internal, cohort(Band::From50)).draft(200);
    let header = good.header(&position(&author));
    assert_eq!(check_statement(&header, &good.bodies()), []);
    let entry = author.sign(&good);
    let bodies = good.bodies();
    log.take_up(Batch(vec![Submission {
        entry: entry.clone(),
        bodies,
    }]))
    .unwrap();
    log.published(log.service.health().admitted);
    let stored = log.service.entry(entry.id()).unwrap();
    assert_eq!(log.service.withheld(&stored).unwrap(), []);
    drop(web);
    log.stop();
    // Nothing that was not kept stands in any file, and a start tells it apart from what is erased.
    let stored = fs_err::read(place.data.join("bodies/00000001.seg")).unwrap();
    for told in [
        &b"ana@example.com"[..],
        b"+977 98",
        b"PA1234567",
        b"5d41402abc4b",
    ] {
        assert!(!stored.windows(told.len()).any(|bytes| bytes == told));
    }
    place.open().unwrap().stop();
}
