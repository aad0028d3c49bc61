//! What is wrong with the form of a statement file, all of it at once and by its stable code.
//!
//! Reading stops at the first field it cannot take; this looks at every field first.

use super::Trouble;
use fairtrail::claim::{Band, fields_for};
use fairtrail::reason::Reason;
use toml::{Table, Value};

/// Marks what has to be filled in.
const PLACEHOLDER: &str = "FILL-IN";

/// Fields that hold a number of people, wherever they stand.
const COUNTS_OF_PEOPLE: [&str; 20] = [
    "affected",
    "agency",
    "authorised_persons",
    "contract",
    "female",
    "group",
    "individual",
    "migrant",
    "migrant_workers",
    "off_site",
    "payers",
    "received",
    "resolved",
    "size",
    "total",
    "workers",
    "workers_owed",
    "workers_paid",
    "headcount",
    "employees",
];

/// Everything found by looking, field by field.
pub(super) fn lint(file: &Table) -> Vec<Trouble> {
    let mut found = Vec::new();
    let kind = file.get("kind").and_then(Value::as_str).unwrap_or_default();
    placeholders(file, "", &mut found);
    if let Some(Value::Table(claim)) = file.get("claim") {
        claim_table(kind, claim, 0, &mut found);
    }
    let findings = file.get("findings").and_then(Value::as_array);
    for (at, finding) in findings.into_iter().flatten().enumerate() {
        if let Some(Value::Table(claim)) = finding.get("claim") {
            claim_table("finding", claim, at.saturating_add(1), &mut found);
        }
    }
    found
}

/// The file with raw numbers as bands, and without the fields that no claim has or that hold text:
/// what is left is looked at as well. Nothing when there is nothing to mend.
pub(super) fn mended(mut file: Table) -> Option<Table> {
    let before = file.clone();
    let kind = file
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if let Some(Value::Table(claim)) = file.get_mut("claim") {
        mend_claim(&kind, claim);
    }
    let findings = file.get_mut("findings").and_then(Value::as_array_mut);
    for finding in findings.into_iter().flatten() {
        if let Some(Value::Table(claim)) = finding.get_mut("claim") {
            mend_claim("finding", claim);
        }
    }
    (file != before).then_some(file)
}

fn mend_claim(kind: &str, claim: &mut Table) {
    let known = fields_for(kind);
    claim.retain(|field, value| {
        let has = known.is_empty() || known.iter().any(|(_, name)| *name == field);
        has && !is_for_people(value)
    });
    for (field, value) in claim.iter_mut() {
        mend_count(field, value);
    }
}

fn is_for_people(value: &Value) -> bool {
    matches!(value, Value::String(text) if !is_token(text))
}

fn mend_count(field: &str, value: &mut Value) {
    if is_raw_count(field, value) {
        let count = value
            .as_integer()
            .and_then(|count| u64::try_from(count).ok());
        let count = count.or_else(|| value.as_str()?.trim_end_matches('%').parse().ok());
        *value = Value::String(Band::of(count.unwrap_or(1)).to_string());
        return;
    }
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| mend_count(field, value)),
        Value::Table(table) => {
            table.retain(|_, value| !is_for_people(value));
            for (inner, value) in table.iter_mut() {
                mend_count(inner, value);
            }
        }
        _ => {}
    }
}

/// A number of people as a number, or as a share of others.
fn is_raw_count(field: &str, value: &Value) -> bool {
    let raw = match value {
        Value::Integer(_) | Value::Float(_) => true,
        Value::String(text) => {
            let number = text.trim_end_matches('%');
            !number.is_empty()
                && number
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
        }
        _ => false,
    };
    raw && COUNTS_OF_PEOPLE.contains(&field)
}

fn placeholders(table: &Table, path: &str, found: &mut Vec<Trouble>) {
    for (field, value) in table {
        let path = if path.is_empty() {
            field.clone()
        } else {
            format!("{path}.{field}")
        };
        each_text(value, &mut |text| {
            if text.contains(PLACEHOLDER) {
                found.push(Trouble::new(
                    0,
                    Reason::MissingField,
                    &path,
                    "is to be filled in",
                ));
            }
        });
    }
}

fn claim_table(kind: &str, claim: &Table, entry: usize, found: &mut Vec<Trouble>) {
    let known = fields_for(kind);
    for (field, value) in claim {
        if !known.is_empty() && !known.iter().any(|(_, name)| name == field) {
            let detail = format!("{kind} has no such field");
            found.push(Trouble::new(entry, Reason::UnknownField, field, detail));
        }
        value_in_claim(field, value, entry, found);
    }
}

fn value_in_claim(field: &str, value: &Value, entry: usize, found: &mut Vec<Trouble>) {
    match value {
        value if is_raw_count(field, value) => {
            let detail = "people are counted in bands: few, 10-19, 20-49, 50-99, 100-249, 250+; never as a share";
            found.push(Trouble::new(entry, Reason::PrivacyRawCount, field, detail));
        }
        Value::String(text) if !is_token(text) && !text.contains(PLACEHOLDER) => {
            let detail = "what a person would read goes to [text], a claim holds codes";
            found.push(Trouble::new(entry, Reason::TextInClaim, field, detail));
        }
        Value::Array(values) => {
            for value in values {
                value_in_claim(field, value, entry, found);
            }
        }
        Value::Table(table) => {
            for (inner, value) in table {
                value_in_claim(inner, value, entry, found);
            }
        }
        _ => {}
    }
}

/// The token rule: 1 to 128 printable ASCII bytes without space.
fn is_token(text: &str) -> bool {
    (1..=fairtrail::limits::TOKEN_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn each_text(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, look)),
        Value::Table(table) => table.iter().for_each(|(_, value)| each_text(value, look)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let found = lint(&toml::from_str(text).unwrap());
        found
            .iter()
            .map(|trouble| trouble.reason.as_str())
            .collect()
    }

    #[test]
    fn every_sort_of_trouble_has_its_code() {
        let claim = |fields: &str| codes(&format!("kind = \"finding\"\n[claim]\n{fields}"));
        assert_eq!(claim("clause = \"a text with spaces\""), ["text-in-claim"]);
        assert_eq!(claim("clause = \"नेपाल\""), ["text-in-claim"]);
        assert_eq!(claim("affected = 17"), ["privacy-raw-count"]);
        assert_eq!(claim("fees = [{ payers = 3 }]"), ["privacy-raw-count"]);
        assert_eq!(claim("note = \"x\""), ["unknown-field"]);
        assert_eq!(claim("clause = \"FILL-IN\""), ["missing-field"]);
        assert_eq!(claim("severity = 3"), [""; 0]);
        assert_eq!(claim("note = \"a b\"\naffected = 1").len(), 3);
    }

    #[test]
    fn findings_of_an_audit_are_looked_at_too() {
        let text = "kind = \"audit\"\n[[findings]]\nown_key = \"1\"\nclaim = { nothing = 1 }";
        let found = lint(&toml::from_str(text).unwrap());
        assert_eq!((found[0].entry, found[0].reason), (1, Reason::UnknownField));
    }
}
