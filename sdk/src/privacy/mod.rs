//! The privacy floor: what the bytes of a claim show about people (specs/privacy.md).
//!
//! Pure functions over a claim and what its header says. They see bands, codes, precision, audience
//! and the form of identifiers; of texts, what looks like an address or a number of a person. What
//! needs exact counts (differences between two statements, cells that complete one another) is
//! [`exact`]: the author's own work before it signs. Text is beyond any check by form: nothing here
//! proves that no personal data can enter.
//!
//! A fee charged to three people can always be recorded: it just says less about them.

mod cells;
mod cohort;
mod differencing;
pub mod exact;
mod form;
mod group;
mod text;

use crate::claim::{Claim, ClaimContext, Problem, Problems, TextPart};
use crate::entry::Audience;
use crate::reason::Reason;

/// Everything the privacy floor refuses about a claim; part of [`Claim::problems`].
///
/// ```
/// use fairtrail::claim::{Claim, ClaimContext, Code, FindingState, FindingStatus};
/// use fairtrail::entry::Audience;
/// use fairtrail::reason::Reason;
///
/// let on = "2026-03-01".parse().unwrap();
/// let mut status = FindingStatus::new(FindingState::Open, on);
/// // The digest of a number somebody could guess is that number in thin disguise.
/// status.reason = Some(Code::new("5d41402abc4b2a76b9719d911017c592").unwrap());
/// let context = ClaimContext { subjects: &[], basis: &[], role: None, audience: Audience::Public };
/// let problems = fairtrail::privacy::problems(&status.into(), &context);
/// assert_eq!(problems[0].reason, Reason::PrivacyDigest);
/// ```
pub fn problems(claim: &Claim, context: &ClaimContext<'_>) -> Vec<Problem> {
    let mut problems = Problems::default();
    check(claim, context, &mut problems);
    problems.into_vec()
}

/// Everything the privacy floor refuses about a text part: fields made for data of persons, and
/// texts that show what looks like an address, a telephone number or a document's number.
///
/// A party's own contact stands in a field whose name begins with `business_`; by that name the
/// author says that it belongs to no single person. What a text says otherwise is not judged.
///
/// ```
/// use fairtrail::claim::{Language, TextPart};
/// use fairtrail::privacy::text_problems;
/// use fairtrail::reason::Reason;
///
/// let mut text = TextPart::new(Language::new("en").unwrap());
/// text.insert("business_email", "office@example.com").unwrap();
/// assert!(text_problems(&text).is_empty());
/// text.insert("description", "Ask Ana, +63 900 000 0000.").unwrap();
/// assert_eq!(text_problems(&text)[0].reason, Reason::PrivacyText);
/// ```
pub fn text_problems(text: &TextPart) -> Vec<Problem> {
    let mut problems = Problems::default();
    for (field, value) in text.iter() {
        if let Some(what) = form::personal_field(field) {
            let detail = format!("field {field}: {what} of a person has no place here");
            problems.add(Reason::SubjectNaturalPerson, "text", detail);
        }
        if let Some(found) = text::find(value, text::Belongs::to(field)) {
            let detail = format!("field {field} shows what looks like {found}");
            problems.add(Reason::PrivacyText, "text", detail);
        }
    }
    problems.into_vec()
}

/// What bytes that are to be read as text, but are no text part, show of persons.
pub(crate) fn bytes_show(bytes: &[u8]) -> Option<&'static str> {
    text::find(
        &String::from_utf8_lossy(bytes),
        text::Belongs::ToNobodyKnown,
    )
}

pub(crate) fn check(claim: &Claim, context: &ClaimContext<'_>, problems: &mut Problems) {
    let seen = claim.seen();
    for (field, code) in &seen.codes {
        form::check(field, code, problems);
    }
    let header = context.subjects.iter().map(|subject| ("subjects", subject));
    for (field, subject) in header.chain(seen.subjects.iter().copied()) {
        if matches!(subject.scheme(), "lic" | "org") {
            form::check(field, subject.value(), problems);
        }
    }
    check_blind(claim, context, problems);
    cohort::check(claim.kind(), &seen, problems);
    match claim {
        Claim::ContractAttest(claim) => cohort::check_contract(claim, context, problems),
        Claim::GrievanceStat(claim) => group::check_grievances(claim, problems),
        Claim::Remedy(claim) => group::check_remedy(claim, problems),
        _ => {}
    }
}

/// Where the header hides a subject, a public claim must not give it away.
fn check_blind(claim: &Claim, context: &ClaimContext<'_>, problems: &mut Problems) {
    let blinded = context
        .subjects
        .iter()
        .any(|subject| subject.scheme() == "blind");
    if !blinded || context.audience != Audience::Public {
        return;
    }
    for (field, subject) in claim.seen().subjects {
        if !context.subjects.contains(subject) {
            let detail = "names a subject that a blinded header does not, in a public claim";
            problems.add(Reason::PrivacyAudience, field, detail);
        }
    }
}

#[cfg(test)]
mod tests;
