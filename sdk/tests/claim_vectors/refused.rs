//! One claim for each refusal, as little different from a good one as can be.

use fairtrail::claim::*;
use fairtrail::entry::{Basis, Role};
use fairtrail::reason::Reason;

use super::examples::{self, AGENCY, Example, FARM, FIRM, LICENCE, SITE, code, date, subject};
use super::forms::{FORMS, Form};
use super::vector::{Header, Vector};

type Cohort = (&'static str, Reason, &'static str, fn(&mut ContractAttest));
type Found = (&'static str, Reason, &'static str, fn(&mut Finding));

pub(crate) fn vector(
    name: &str,
    reason: Reason,
    comment: &str,
    (_, claim, header): Example,
) -> Vector {
    Vector {
        name: name.to_owned(),
        expect: reason.as_str().to_owned(),
        comment: comment.to_owned(),
        ..Vector::good(("", claim, header))
    }
}

fn reply_bytes((name, reason, comment, claim): &Form) -> Vector {
    Vector {
        claim: claim.to_vec(),
        ..vector(name, *reason, comment, reply())
    }
}

fn reply() -> Example {
    let header = Header::new(Role::Respondent, &[Basis::SelfDeclared], &[AGENCY]);
    ("reply", Reply::new(Stance::Disputes).into(), header)
}

fn few(change: impl FnOnce(&mut ContractAttest)) -> Example {
    let (name, claim, header) = examples::fee_charged_to_few();
    let Claim::ContractAttest(mut claim) = claim else {
        panic!("the example is of another kind");
    };
    change(&mut claim);
    (name, Claim::ContractAttest(claim), header)
}

fn finding(change: impl FnOnce(&mut Finding)) -> Example {
    let mut claim = examples::observed();
    change(&mut claim);
    let header = Header::new(Role::Auditor, &[Basis::WorkerInterview], &[SITE, AGENCY]);
    ("finding", claim.into(), header)
}

fn status(effective: Effective, role: Role) -> Example {
    let claim = LicenceStatus::new(code("NP-DOFE"), LicenceState::Suspended, effective);
    (
        "status",
        claim.into(),
        Header::new(role, &[Basis::RegisterLookup], &[LICENCE]),
    )
}

pub(crate) fn all() -> Vec<Vector> {
    let forms = FORMS.iter().map(reply_bytes);
    let few = COHORTS
        .iter()
        .map(|(name, reason, comment, change)| vector(name, *reason, comment, few(change)));
    let findings = FINDINGS
        .iter()
        .map(|(name, reason, comment, change)| vector(name, *reason, comment, finding(change)));
    let all = forms.chain(few).chain(findings);
    all.chain(headers())
        .chain([raw_count(), unknown_kind()])
        .collect()
}

/// The word `few` under key 17 becomes the number 3.
fn raw_count() -> Vector {
    let (reason, comment) = (
        Reason::PrivacyRawCount,
        "a number of people in place of a band",
    );
    let mut vector = vector("form_raw_count", reason, comment, few(|_| {}));
    let word = [0x11, 0x63, b'f', b'e', b'w'];
    let at = vector
        .claim
        .windows(5)
        .position(|five| five == word)
        .unwrap();
    vector
        .claim
        .splice(at..at.checked_add(5).unwrap(), [0x11, 0x03]);
    vector
}

fn unknown_kind() -> Vector {
    let bytes: &[u8] = &[0xa1, 1, 1];
    let form = ("form_kind", Reason::KindUnknown, "a kind not known", bytes);
    Vector {
        kind: "remedy.plan".to_owned(),
        ..reply_bytes(&form)
    }
}

/// What is wrong lies in the header, or between it and the claim.
fn headers() -> Vec<Vector> {
    let replying = |role, subject| {
        let (name, claim, _) = reply();
        (name, claim, Header::new(role, &[], &[subject]))
    };
    let by = |subject| replying(Role::Respondent, subject);
    let on = Effective::On(date("2026-04-01"));
    let between = Effective::Between {
        after: None,
        by: date("2026-04-01"),
    };
    let (observed, said) = (status(on, Role::Observer), status(between, Role::Authority));
    let desk = replying(Role::Desk, AGENCY);
    let invalid = Reason::ClaimInvalid;
    vec![
        vector(
            "role",
            Reason::RoleMismatch,
            "a desk speaks for its principal",
            desk,
        ),
        vector(
            "subject_person",
            Reason::SubjectNaturalPerson,
            "a person's number",
            by("cpf:52998224725"),
        ),
        vector(
            "subject_scheme",
            Reason::SubjectSchemeUnknown,
            "a scheme not known",
            by("duns:150483782"),
        ),
        vector(
            "subject_digit",
            Reason::SubjectInvalid,
            "a wrong check digit",
            by("gln:9520123456780"),
        ),
        vector(
            "status_observed_day",
            invalid,
            "an observer knows two snapshots",
            observed,
        ),
        vector(
            "status_authority_interval",
            invalid,
            "an authority names the day",
            said,
        ),
    ]
}

const FINDINGS: &[Found] = &[
    (
        "responsible",
        Reason::ClaimInvalid,
        "not one of the subjects",
        |claim| {
            claim.responsible = Some(subject(FIRM));
        },
    ),
    (
        "finding_reference",
        Reason::MissingField,
        "no leaf for the manifest",
        |claim| {
            claim.external_ref = None;
        },
    ),
    (
        "finding_standard",
        Reason::MissingField,
        "adverse without a standard",
        |claim| {
            claim.evidence_standard = None;
        },
    ),
    (
        "finding_severity",
        Reason::ClaimInvalid,
        "severity 6",
        |claim| {
            claim.severity = Some(6);
        },
    ),
    (
        "finding_reply_by",
        Reason::ClaimInvalid,
        "before the party was told",
        |claim| {
            claim.reply_by = Some(date("2026-03-03"));
        },
    ),
    (
        "standard_adjudicated",
        Reason::ClaimInvalid,
        "no court or agency",
        |claim| {
            claim.evidence_standard = Some(EvidenceStandard::Adjudicated);
        },
    ),
    ("digest", Reason::PrivacyDigest, "a bare digest", |claim| {
        claim.root_cause = Some(code("5d41402abc4b2a76b9719d911017c592"));
    }),
    (
        "person_number",
        Reason::SubjectNaturalPerson,
        "a social security number",
        |claim| {
            claim.root_cause = Some(code("078-05-1120"));
        },
    ),
];

const COHORTS: &[Cohort] = &[
    (
        "fee_statement",
        Reason::ClaimInvalid,
        "none charged, and a worker paid",
        |claim| {
            claim.fee_statement = FeeStatement::NoneCharged;
        },
    ),
    (
        "no_employer",
        Reason::MissingField,
        "who employs them?",
        |claim| {
            claim.parties = Set::from([Party::new(PartyRole::Recruiter, subject(AGENCY))]);
        },
    ),
    (
        "no_recruiter",
        Reason::MissingField,
        "who recruited them?",
        |claim| {
            claim.parties = Set::from([Party::new(PartyRole::Employer, subject(FARM))]);
        },
    ),
    (
        "few_occupation",
        Reason::PrivacyBand,
        "what three people do",
        |claim| {
            claim.occupation = Isco::new("92").ok();
        },
    ),
    (
        "few_origin",
        Reason::PrivacyBand,
        "from which province",
        |claim| {
            claim.origin.as_mut().unwrap().subdivision = Subdivision::new("NP-P3").ok();
        },
    ),
    (
        "few_month",
        Reason::PrivacyBand,
        "in which month",
        |claim| {
            claim.recruited_to = date("2026-03");
        },
    ),
    (
        "few_amount",
        Reason::PrivacyBand,
        "what three people paid",
        |claim| {
            claim.fees[0].median = Some(rupees());
        },
    ),
    (
        "few_wage",
        Reason::PrivacyBand,
        "what three people earn",
        |claim| {
            claim.wage = Some(Wage::new(rupees(), Interval::Month));
        },
    ),
    (
        "few_job_order",
        Reason::PrivacyAudience,
        "an order that lists three names",
        |claim| {
            claim.job_order = Some(code("JO-77"));
        },
    ),
    (
        "fifty_occupation",
        Reason::PrivacyBand,
        "four digits below fifty",
        |claim| {
            claim.size = Band::From20;
            claim.occupation = Isco::new("9211").ok();
        },
    ),
    ("day", Reason::PrivacyBand, "recruited on a day", |claim| {
        claim.size = Band::From250;
        claim.recruited_from = date("2026-01-02");
    }),
];

fn rupees() -> Money {
    Money::new(9_000_000, Currency::new("NPR").unwrap()).unwrap()
}
