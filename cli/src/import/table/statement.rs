//! From a statement file to what is stated, and from its errors to what a person can do.

use crate::import::rows::{Content, Namer, Text};
use crate::import::{Refusal, RowError};
use fairtrail::claim::{Claim, PartialDate, TextPart};
use fairtrail::entry::Draft;
use fairtrail::privacy::exact::ExactCount;
use fairtrail::reason::Reason;
use fairtrail::statement::{StatementError, StatementFile, Surroundings};
use fairtrail::time::{Date, Timestamp};
use toml::Table;

/// A draft is dated when it is stated.
const UNDATED: Timestamp = match Timestamp::new(0) {
    Some(time) => time,
    None => panic!("zero is a time"),
};

/// What an error of a statement file says, without what stands in the row.
pub(super) fn explain(error: &StatementError) -> (Reason, String) {
    let StatementError::Toml(toml) = error else {
        return (error.code(), error.to_string());
    };
    let message = toml.message();
    let line = message.lines().next().unwrap_or_default();
    if line.starts_with("missing field") {
        return (Reason::MissingField, line.to_owned());
    }
    if line.starts_with("unknown field") {
        return (Reason::ImportMapping, line.to_owned());
    }
    let expected = line
        .split_once("expected ")
        .map(|(_, expected)| format!("expected {expected}"));
    let own = line.starts_with("not ").then(|| line.to_owned());
    let detail = own
        .or(expected)
        .unwrap_or_else(|| "not what the field takes".to_owned());
    let reason = if detail.contains("band of people") {
        Reason::PrivacyRawCount
    } else {
        Reason::ImportValue
    };
    (reason, detail)
}

/// The drafts of a statement file, and the numbers its bands stand for.
pub(super) fn drafts(
    file: &Table,
    namer: &Namer,
) -> Result<(Vec<Draft>, Vec<ExactCount>), StatementError> {
    let text = toml::to_string(file).unwrap_or_default();
    let mut salt = || [0; 16];
    let file = StatementFile::parse(&text)?;
    let drafts = file.drafts(&mut Surroundings {
        issued_at: UNDATED,
        reference_secret: *namer.reference("statements of tables").as_bytes(),
        salt: &mut salt,
        subjects_of: &|_| None,
    })?;
    // Each number was made into the band of its own field, so all of them fit.
    let counts = file.exact_counts(&drafts).unwrap_or_default();
    Ok((drafts, counts))
}

/// Of the numbers of a file, those of one statement.
pub(super) fn counts_of(content: &Content, counts: &[ExactCount]) -> Vec<ExactCount> {
    let reference = content.claim.common().external_ref;
    let name = reference.map(|reference| reference.to_string());
    let own = |count: &&ExactCount| Some(&count.statement) == name.as_ref();
    counts.iter().filter(own).cloned().collect()
}

pub(super) fn content(draft: &Draft, line: u64) -> Result<Content, Refusal> {
    let wrong = |reason| {
        let detail = "the statement cannot be made".to_owned();
        Refusal::of_row(line, RowError::Field { reason, detail })
    };
    let mut parts = draft.parts.iter();
    let first = parts.next().ok_or_else(|| wrong(Reason::ClaimMissing))?;
    let claim = Claim::decode(draft.kind.as_str(), &first.body.bytes);
    let claim = claim.map_err(|error| wrong(error.code()))?;
    let text = parts
        .next()
        .map(|part| TextPart::decode(&part.body.bytes))
        .transpose();
    let text = text.map_err(|error| Refusal::of_row(line, error.into()))?;
    let text = text.and_then(|part| {
        let fields = part.iter().map(|(field, text)| (field, Some(text)));
        Text::new(part.lang().clone(), fields)
    });
    let on = claim_date(&claim);
    Ok(Content {
        subjects: draft.subjects.clone(),
        basis: draft.basis.clone(),
        audience: first.audience,
        claim,
        text,
        on,
    })
}

/// The date a statement concerns, where its kind has one.
fn claim_date(claim: &Claim) -> Option<Date> {
    match claim {
        Claim::Audit(audit) => Some(audit.issued_on.unwrap_or(audit.ended_on)),
        Claim::Finding(finding) => Some(finding.notified_on.unwrap_or(finding.found_on)),
        Claim::ContractAttest(attest) => Some(attest.recruited_to.last()),
        other => other.common().valid_from.map(PartialDate::first),
    }
}

/// The statement's salted reference is as good a key as what it was made from.
pub(super) fn key_of(content: &Content, line: u64) -> Result<String, Refusal> {
    let reference = content.claim.common().external_ref;
    let reference = reference.ok_or_else(|| Refusal::of_row(line, RowError::Missing))?;
    Ok(format!("{} {reference}", content.claim.kind()))
}
