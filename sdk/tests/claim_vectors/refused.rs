//! One claim for each refusal, as little different from a good one as can be.

use fairtrail::claim::*;
use fairtrail::entry::{Basis, Role};
use fairtrail::reason::Reason;

use super::examples::{self, AGENCY, Example, FARM, FIRM, LICENCE, SITE, code, date, subject};
use super::vector::{Header, Vector};

fn vector(name: &str, reason: Reason, comment: &str, (_, claim, header): Example) -> Vector {
    Vector {
        name: name.to_owned(),
        expect: reason.as_str().to_owned(),
        comment: comment.to_owned(),
        ..Vector::good(("", claim, header))
    }
}

fn reply_bytes(name: &str, reason: Reason, comment: &str, claim: &[u8]) -> Vector {
    Vector {
        claim: claim.to_vec(),
        ..vector(name, reason, comment, reply())
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
    [forms(), rules(), privacy()]
        .into_iter()
        .flatten()
        .collect()
}

/// A reply is `{1: 1, 16: stance}`, `a2 01 01 10 00`.
fn forms() -> Vec<Vector> {
    let raw_count = {
        let (_, claim, header) = few(|_| {});
        // The word `few` under key 17 becomes the number 3.
        let mut bytes = claim.encode();
        let at = bytes
            .windows(5)
            .position(|five| five == [0x11, 0x63, b'f', b'e', b'w'])
            .unwrap();
        bytes.splice(at..at.checked_add(5).unwrap(), [0x11, 0x03]);
        let good = Vector::good(("", claim, header));
        Vector {
            name: "form_raw_count".to_owned(),
            expect: Reason::PrivacyRawCount.as_str().to_owned(),
            comment: "a number of people in place of a band".to_owned(),
            claim: bytes,
            ..good
        }
    };
    let unknown = Vector {
        kind: "remedy".to_owned(),
        ..reply_bytes(
            "form_kind",
            Reason::KindUnknown,
            "a kind not known",
            &[0xa1, 1, 1],
        )
    };
    let (lang, space) = (
        [0xa3, 1, 1, 6, 0x62, b'x', b'x', 16, 0],
        [0xa3, 1, 1, 6, 0x63, b'n', b' ', b'e', 16, 0],
    );
    vec![
        raw_count,
        unknown,
        reply_bytes(
            "form_truncated",
            Reason::CborMalformed,
            "ends early",
            &[0xa2, 1, 1, 16],
        ),
        reply_bytes(
            "form_trailing",
            Reason::CborMalformed,
            "goes on",
            &[0xa2, 1, 1, 16, 0, 0],
        ),
        reply_bytes(
            "form_order",
            Reason::CborNotCanonical,
            "keys fall",
            &[0xa2, 16, 0, 1, 1],
        ),
        reply_bytes(
            "form_long",
            Reason::CborNotCanonical,
            "1 in two bytes",
            &[0xa2, 1, 0x18, 1, 16, 0],
        ),
        reply_bytes(
            "form_null",
            Reason::CborForbiddenItem,
            "null",
            &[0xa2, 1, 1, 16, 0xf6],
        ),
        reply_bytes(
            "form_edition",
            Reason::CodeUnknown,
            "edition 2",
            &[0xa2, 1, 2, 16, 0],
        ),
        reply_bytes(
            "form_no_edition",
            Reason::MissingField,
            "no edition",
            &[0xa1, 16, 0],
        ),
        reply_bytes(
            "form_missing",
            Reason::MissingField,
            "no stance",
            &[0xa1, 1, 1],
        ),
        reply_bytes(
            "form_unknown_key",
            Reason::UnknownField,
            "key 9 is not in use",
            &[0xa3, 1, 1, 9, 1, 16, 0],
        ),
        reply_bytes(
            "form_code",
            Reason::CodeUnknown,
            "stance 4",
            &[0xa2, 1, 1, 16, 4],
        ),
        reply_bytes(
            "form_word",
            Reason::SchemaMismatch,
            "a word in place of a code",
            &[0xa2, 1, 1, 16, 0x61, b'0'],
        ),
        reply_bytes(
            "form_empty_list",
            Reason::EmptyOptional,
            "an empty list",
            &[0xa3, 1, 1, 16, 0, 17, 0x80],
        ),
        reply_bytes(
            "form_list_order",
            Reason::NotAscending,
            "b, a",
            &[0xa3, 1, 1, 16, 0, 17, 0x82, 0x61, b'b', 0x61, b'a'],
        ),
        reply_bytes(
            "form_list_twice",
            Reason::NotAscending,
            "a, a",
            &[0xa3, 1, 1, 16, 0, 17, 0x82, 0x61, b'a', 0x61, b'a'],
        ),
        reply_bytes("form_space", Reason::TokenRule, "text for people", &space),
        reply_bytes(
            "form_code_character",
            Reason::TextInClaim,
            "a code with a star",
            &[0xa3, 1, 1, 16, 0, 17, 0x81, 0x61, b'*'],
        ),
        reply_bytes(
            "form_language",
            Reason::CodeUnknown,
            "no such language",
            &lang,
        ),
        reply_bytes(
            "form_bytes",
            Reason::TokenRule,
            "three bytes",
            &[0xa3, 1, 1, 5, 0x43, 1, 2, 3, 16, 0],
        ),
    ]
}

fn rules() -> Vec<Vector> {
    let invalid = Reason::ClaimInvalid;
    let on = Effective::On(date("2026-04-01"));
    let between = Effective::Between {
        after: None,
        by: date("2026-04-01"),
    };
    let mut wrong_role = reply();
    wrong_role.2.role = Role::Desk;
    let mut person = reply();
    person.2 = Header::new(Role::Respondent, &[], &["cpf:52998224725"]);
    let mut unknown = reply();
    unknown.2 = Header::new(Role::Respondent, &[], &["duns:150483782"]);
    let mut digit = reply();
    digit.2 = Header::new(Role::Respondent, &[], &["gln:9520123456780"]);
    let elsewhere = |claim: &mut Finding| claim.responsible = Some(subject(FIRM));
    vec![
        vector(
            "role",
            Reason::RoleMismatch,
            "a desk speaks for its principal",
            wrong_role,
        ),
        vector(
            "subject_person",
            Reason::SubjectNaturalPerson,
            "a person's number",
            person,
        ),
        vector(
            "subject_scheme",
            Reason::SubjectSchemeUnknown,
            "a scheme not known",
            unknown,
        ),
        vector(
            "subject_digit",
            Reason::SubjectInvalid,
            "a wrong check digit",
            digit,
        ),
        vector(
            "responsible",
            invalid,
            "not one of the subjects",
            finding(elsewhere),
        ),
        vector(
            "finding_reference",
            Reason::MissingField,
            "no leaf for the manifest",
            finding(|claim| claim.external_ref = None),
        ),
        vector(
            "finding_standard",
            Reason::MissingField,
            "adverse without a standard",
            finding(|claim| claim.evidence_standard = None),
        ),
        vector(
            "finding_severity",
            invalid,
            "severity 6",
            finding(|claim| claim.severity = Some(6)),
        ),
        vector(
            "finding_reply_by",
            invalid,
            "before the party was told",
            finding(|claim| claim.reply_by = Some(date("2026-03-03"))),
        ),
        vector(
            "standard_adjudicated",
            invalid,
            "no court or agency",
            finding(|claim| claim.evidence_standard = Some(EvidenceStandard::Adjudicated)),
        ),
        vector(
            "status_observed_day",
            invalid,
            "an observer knows two snapshots",
            status(on, Role::Observer),
        ),
        vector(
            "status_authority_interval",
            invalid,
            "an authority names the day",
            status(between, Role::Authority),
        ),
        vector(
            "fee_statement",
            invalid,
            "none charged, and a worker paid",
            few(|claim| claim.fee_statement = FeeStatement::NoneCharged),
        ),
        vector(
            "no_employer",
            Reason::MissingField,
            "who employs them?",
            few(|claim| {
                claim.parties = Set::from([Party::new(PartyRole::Recruiter, subject(AGENCY))])
            }),
        ),
        vector(
            "no_recruiter",
            Reason::MissingField,
            "who recruited them?",
            few(|claim| {
                claim.parties = Set::from([Party::new(PartyRole::Employer, subject(FARM))])
            }),
        ),
    ]
}

fn privacy() -> Vec<Vector> {
    let band = Reason::PrivacyBand;
    let money = || Money::new(9_000_000, Currency::new("NPR").unwrap());
    vec![
        vector(
            "few_occupation",
            band,
            "what three people do",
            few(|claim| claim.occupation = Isco::new("92").ok()),
        ),
        vector(
            "few_origin",
            band,
            "from which province",
            few(|claim| {
                claim.origin.as_mut().unwrap().subdivision = Subdivision::new("NP-P3").ok()
            }),
        ),
        vector(
            "few_month",
            band,
            "in which month",
            few(|claim| claim.recruited_to = date("2026-03")),
        ),
        vector(
            "few_amount",
            band,
            "what three people paid",
            few(|claim| claim.fees[0].median = money()),
        ),
        vector(
            "few_wage",
            band,
            "what three people earn",
            few(|claim| claim.wage = Some(Wage::new(money().unwrap(), Interval::Month))),
        ),
        vector(
            "few_job_order",
            Reason::PrivacyAudience,
            "an order that lists three names",
            few(|claim| claim.job_order = Some(code("JO-77"))),
        ),
        vector(
            "fifty_occupation",
            band,
            "four digits below fifty",
            few(|claim| {
                claim.size = Band::From20;
                claim.occupation = Isco::new("9211").ok();
            }),
        ),
        vector(
            "day",
            band,
            "recruited on a day",
            few(|claim| {
                claim.size = Band::From250;
                claim.recruited_from = date("2026-01-02");
            }),
        ),
        vector(
            "digest",
            Reason::PrivacyDigest,
            "a bare digest",
            finding(|claim| claim.root_cause = Some(code("5d41402abc4b2a76b9719d911017c592"))),
        ),
        vector(
            "person_number",
            Reason::SubjectNaturalPerson,
            "a social security number",
            finding(|claim| claim.root_cause = Some(code("078-05-1120"))),
        ),
    ]
}
