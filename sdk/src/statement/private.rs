//! Exact numbers in a statement file: `[[private]]`, read on the author's machine, never in a draft.

use crate::claim::{Band, Claim};
use crate::entry::Draft;
use crate::privacy::exact::{ExactCount, bands, period};
use crate::reason::Reason;
use serde::Deserialize;

/// One exact number, beside the band that a claim has in its place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrivateLine {
    /// The field of the band: `size`, `workforce.total`, `fees.payers`.
    field: String,
    /// How many people.
    count: u64,
    /// The author's own name of these people.
    group: Option<String>,
    /// The group they are a part of.
    part_of: Option<String>,
    /// By what that group is broken down.
    by: Option<String>,
}

/// An exact number that does not fit the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The field it names.
    pub field: String,
    /// The stable code.
    pub reason: Reason,
    /// What is wrong.
    pub detail: String,
}

/// The exact numbers of one statement, or what does not fit.
pub(super) fn counts(lines: &[PrivateLine], draft: &Draft) -> Result<Vec<ExactCount>, Vec<Misfit>> {
    let body = draft.parts.first().map(|part| &*part.body.bytes);
    let body = body.unwrap_or_default();
    // A claim that cannot be read is refused before anybody asks for its numbers.
    let Ok(claim) = Claim::decode(draft.kind.as_str(), body) else {
        return Ok(Vec::new());
    };
    let stated = bands(&claim);
    let misfits: Vec<_> = lines
        .iter()
        .filter_map(|line| line.misfit(&stated))
        .collect();
    if !misfits.is_empty() {
        return Err(misfits);
    }
    let statement = claim.common().external_ref.map(|own| own.to_string());
    let statement = statement.unwrap_or_else(|| name_of(draft, body));
    let days = period(&claim);
    let subjects: Vec<_> = draft.subjects.iter().map(ToString::to_string).collect();
    let count = |line: &PrivateLine| ExactCount {
        statement: statement.clone(),
        kind: draft.kind.to_string(),
        field: line.field.clone(),
        count: line.count,
        group: line.group.clone(),
        part_of: line.part_of.clone(),
        by: line.by.clone(),
        subjects: subjects.clone(),
        from: days.map(|(from, _)| from),
        to: days.map(|(_, to)| to),
    };
    Ok(lines.iter().map(count).collect())
}

/// What a statement without an own key is told apart by: all that it says.
fn name_of(draft: &Draft, claim: &[u8]) -> String {
    use std::fmt::Write;
    let mut name = draft.kind.to_string();
    for subject in &draft.subjects {
        name.push(' ');
        name.push_str(subject.as_str());
    }
    name.push(' ');
    for byte in claim {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

impl PrivateLine {
    fn misfit(&self, stated: &[(String, Band)]) -> Option<Misfit> {
        let here: Vec<_> = stated
            .iter()
            .filter(|(field, _)| *field == self.field)
            .collect();
        let band = Band::of(self.count);
        let detail = match here.as_slice() {
            [] => "the claim has no number of people in this field".to_owned(),
            // The number itself is not repeated: problems are shown and copied.
            bands if bands.iter().all(|(_, stated)| *stated != band) => {
                format!("the exact number lies in `{band}`, the claim says another band")
            }
            _ => return None,
        };
        Some(Misfit {
            field: self.field.clone(),
            reason: Reason::ClaimInvalid,
            detail,
        })
    }
}
