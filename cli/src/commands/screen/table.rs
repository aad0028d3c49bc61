//! The report as a table: one row for each supplier and indicator, in the order of the list.

use super::Screened;
use super::judged::{IloCell, Judged};
use crate::error::CliError;
use crate::lists::{Refused, safe};
use fairtrail::files::{FileError, read_bounded};
use std::fmt::Display;
use std::path::Path;

const HEADER: [&str; 11] = [
    "line",
    "name",
    "ids",
    "indicator",
    "verdict",
    "severity",
    "rules",
    "unknown",
    "changed",
    "rests_on",
    "note",
];

/// Bytes of an earlier report.
const REPORT_BYTES: u64 = 1_024 * 1_024 * 1_024;

/// The bytes of the report.
///
/// # Errors
/// A defect.
pub(super) fn bytes(screened: &Screened) -> Result<Vec<u8>, CliError> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut write =
        |row: [String; 11]| csv.write_record(row.iter().map(|cell| safe(cell).into_owned()));
    write(HEADER.map(str::to_owned)).map_err(CliError::internal)?;
    let mut refused = screened.refused.iter().peekable();
    for supplier in &screened.suppliers {
        while let Some(row) = refused.next_if(|row| row.line < supplier.line) {
            write(refusal(row)).map_err(CliError::internal)?;
        }
        write(overall(screened, supplier)).map_err(CliError::internal)?;
        for cell in &supplier.indicators {
            write(indicator(supplier, cell)).map_err(CliError::internal)?;
        }
    }
    for row in refused {
        write(refusal(row)).map_err(CliError::internal)?;
    }
    csv.into_inner().map_err(CliError::internal)
}

/// Refuses to replace what is no report of this command.
///
/// # Errors
/// The file is another one.
pub(super) fn refuse_foreign(path: &Path) -> Result<(), CliError> {
    if !path.exists() {
        return Ok(());
    }
    let header = HEADER.join(",");
    let is_report = |bytes: Vec<u8>| bytes.starts_with(header.as_bytes());
    if read_bounded(path, REPORT_BYTES).is_ok_and(is_report) {
        return Ok(());
    }
    let path = path.to_path_buf();
    Err(FileError::Exists { path }.into())
}

fn overall(screened: &Screened, supplier: &Judged) -> [String; 11] {
    let log = screened
        .logs
        .iter()
        .map(|log| format!("{} at size {}", log.origin, log.size));
    let log = log.collect::<Vec<_>>().join(", ");
    let known = screened.known_at;
    let known = known.map_or_else(String::new, |day| format!(", known at {day}"));
    [
        supplier.line.to_string(),
        supplier.name.clone(),
        join(&supplier.subjects),
        "overall".to_owned(),
        supplier.outcome.as_str().to_owned(),
        severity(supplier.worst_severity),
        join(&supplier.rules),
        join(&supplier.unknowns),
        supplier.changed.words(),
        join(&supplier.rests_on),
        format!(
            "as of {}{known}, {log}, open findings: {}",
            screened.as_of, supplier.open_findings
        ),
    ]
}

fn indicator(supplier: &Judged, cell: &IloCell) -> [String; 11] {
    let note = if cell.not_evaluated.is_empty() {
        String::new()
    } else {
        format!("not evaluated: {}", join(&cell.not_evaluated))
    };
    [
        supplier.line.to_string(),
        supplier.name.clone(),
        join(&supplier.subjects),
        format!("ILO {} {}", cell.number, cell.name),
        cell.state.clone(),
        severity(cell.worst_severity),
        join(&cell.rules),
        join(&cell.unknowns),
        cell.changed.clone(),
        join(&cell.findings),
        note,
    ]
}

fn refusal(row: &Refused) -> [String; 11] {
    let note = format!("{}; {}", row.detail, row.hint);
    let blank = String::new;
    [
        row.line.to_string(),
        blank(),
        blank(),
        "row".to_owned(),
        "refused".to_owned(),
        blank(),
        blank(),
        row.reason.to_string(),
        blank(),
        blank(),
        note,
    ]
}

fn severity(severity: Option<u8>) -> String {
    severity.map_or_else(String::new, |severity| severity.to_string())
}

fn join(items: &[impl Display]) -> String {
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(" ")
}
