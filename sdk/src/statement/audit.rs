//! What an audit declares of its findings.

use super::{Declared, Surroundings};
use crate::claim::{ExternalRef, manifest};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Fills in total, manifest and counts by grade where the file leaves them out.
pub(super) fn declare(table: &mut Table, declared: &[Declared], around: &Surroundings<'_>) {
    let reference =
        |line: &Declared| ExternalRef::derive(&around.reference_secret, line.own_key.as_bytes());
    let references: Vec<_> = declared.iter().map(reference).collect();
    let mut grades: BTreeMap<&str, i64> = BTreeMap::new();
    for line in declared {
        let count = grades.entry(&line.grade).or_default();
        *count = count.saturating_add(1);
    }
    let grade = |(grade, count): (&str, i64)| {
        let fields = [
            ("grade", Value::String(grade.into())),
            ("count", Value::Integer(count)),
        ];
        Value::Table(
            fields
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    };
    let grades: Vec<_> = grades.into_iter().map(grade).collect();
    let total = i64::try_from(declared.len()).unwrap_or(i64::MAX);
    let manifest = Value::String(manifest(&references).to_string());
    table
        .entry("findings_total")
        .or_insert(Value::Integer(total));
    table.entry("manifest").or_insert(manifest);
    if !grades.is_empty() {
        table
            .entry("findings_declared")
            .or_insert(Value::Array(grades));
    }
}
