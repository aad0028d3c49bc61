//! `fairtrail screen`: every supplier of a list, judged here.
//!
//! The logs are read once and whole; no gateway learns who is on the list, and names never leave
//! this machine. A row that cannot be read is refused by itself and counts as unknown.

mod judged;
mod memory;
mod page;
mod table;

use super::reading::{Reading, bar};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::lists::{Refused, Sheet, Suppliers};
use crate::output::{Outcome, Page, Report, report};
use fairtrail::files::replace;
use fairtrail::history::{LogNotRead, LogView};
use fairtrail::reason::Reason;
use fairtrail::replica::Reader;
use fairtrail::rules::{Question, judge};
use fairtrail::time::{Date, Timestamp};
use judged::Judged;
use memory::Memory;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Options of `screen`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail screen suppliers.csv -o report.csv --policy policy.toml --gateway http://127.0.0.1:8080
  fairtrail screen suppliers.csv -o report.csv --policy policy.toml --since last-year.state.json
  fairtrail screen suppliers.csv -o then.csv --policy policy.toml --known-at 2026-06-30

The list has a header and one supplier in a row: a column `ids` (lei:… osid:… gln:…), or columns
named after schemes (lei, osid, gln, org, lic, …), and perhaps a `name`, which stays here. What was
known last time is kept beside the report, as report.csv.state.json.

Exit statuses, the worst of all rows: 4 findings, 5 unknown, stale or a row refused, 0 no adverse
entries; 3 when the evidence itself is invalid, and then nothing is written")]
pub struct Args {
    /// The suppliers: CSV with a header
    list: PathBuf,
    /// The report, CSV; an earlier report is replaced, any other file is not
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The logs to judge.
    #[command(flatten)]
    reading: Reading,
    /// The date asked about [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Only what was provably known at the end of this date
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
    /// Compare with this state of an earlier run [default: the one beside the report]
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
}

/// What a run found.
#[derive(Serialize)]
struct Screened {
    /// BLAKE3 of the policy file: what was trusted.
    policy: String,
    as_of: Date,
    /// The date as of which knowledge was cut off, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_at: Option<Date>,
    asked_at: Timestamp,
    /// When the run compared with was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// The date as of which that run cut off knowledge, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    since_known_at: Option<Date>,
    /// Whether that run trusted something else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    other_policy: bool,
    logs: Vec<LogView>,
    /// Logs of the policy that could not be read.
    not_read: Vec<LogNotRead>,
    report: PathBuf,
    state: PathBuf,
    exit: u8,
    suppliers: Vec<Judged>,
    refused: Vec<Refused>,
    /// Columns of the list that mean nothing here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread_columns: Vec<String>,
}

impl Report for Screened {
    const COMMAND: &'static str = "screen";

    fn human(&self, page: &mut Page) {
        page::write(self, page);
    }

    fn exit(&self) -> Exit {
        worst(&self.suppliers, &self.refused)
    }

    fn hints(&self) -> Vec<String> {
        let unread = (!self.unread_columns.is_empty())
            .then(|| format!("columns not read: {}", self.unread_columns.join(", ")));
        unread.into_iter().collect()
    }
}

/// Findings before what is not known, and both before nothing adverse.
fn worst(suppliers: &[Judged], refused: &[Refused]) -> Exit {
    let exits: Vec<Exit> = suppliers.iter().map(|one| one.outcome.into()).collect();
    if exits.contains(&Exit::Findings) {
        Exit::Findings
    } else if !refused.is_empty() || exits.iter().any(|exit| *exit != Exit::Done) {
        Exit::Unknown
    } else {
        Exit::Done
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let list = Suppliers::of(&Sheet::read(&args.list)?)?;
    if list.rows.is_empty() && list.refused.is_empty() {
        let message = format!("{} names no supplier", args.list.display());
        return Err(CliError::coded(Reason::ImportFormat, message));
    }
    table::refuse_foreign(&args.output)?;
    let state = beside(&args.output);
    let before = earlier(args, &state)?;
    let read = args.reading.read(context)?;
    let policy = &read.policy;
    if let Some(before) = &before {
        before.same_network(policy.network())?;
    }
    let as_of = args.as_of.unwrap_or_else(|| context.now.date());
    let question = Question {
        as_of,
        now: context.now,
    };
    let mut after = Memory::new(policy, context.now, args.known_at);
    let reader = read.reader(args.known_at)?;
    let suppliers = judge_all(
        &list,
        &reader,
        question,
        before.as_ref(),
        &mut after,
        context,
    );
    let whole = reader.history(&[]);
    let digest = fairtrail::id::to_base32(policy.digest());
    let screened = Screened {
        other_policy: before
            .as_ref()
            .is_some_and(|before| before.policy != digest),
        policy: digest,
        as_of,
        known_at: args.known_at,
        asked_at: context.now,
        since: before.as_ref().map(|before| before.asked_at),
        since_known_at: before.and_then(|before| before.known_at),
        logs: whole.logs().to_vec(),
        not_read: whole.not_read().to_vec(),
        report: args.output.clone(),
        state,
        exit: worst(&suppliers, &list.refused).code(),
        suppliers,
        refused: list.refused,
        unread_columns: list.unread,
    };
    // The report first: should the state not follow, changes are shown again and not lost.
    replace(&screened.report, &table::bytes(&screened)?)?;
    replace(&screened.state, &after.to_bytes()?)?;
    report(screened)
}

fn judge_all(
    list: &Suppliers,
    reader: &Reader<'_>,
    question: Question,
    before: Option<&Memory>,
    after: &mut Memory,
    context: &Context<'_>,
) -> Vec<Judged> {
    let bar = bar(context.ui.shows_progress());
    bar.set_length(u64::try_from(list.rows.len()).unwrap_or(u64::MAX));
    bar.set_message("suppliers");
    let suppliers = list.rows.iter().map(|supplier| {
        let history = reader.history(&supplier.subjects);
        let verdict = judge(&history, reader.policy(), question);
        let known = after.remember(&supplier.subjects, &verdict);
        let earlier = before.and_then(|before| before.of(&supplier.subjects));
        bar.inc(1);
        Judged::new(supplier, &verdict, &known, earlier, before.is_some())
    });
    let suppliers = suppliers.collect();
    bar.finish_and_clear();
    suppliers
}

/// Where what is known now is kept.
fn beside(report: &Path) -> PathBuf {
    let mut name = report.file_name().unwrap_or_default().to_os_string();
    name.push(".state.json");
    report.with_file_name(name)
}

/// The earlier run: the one named must be there, the one beside the report may be.
fn earlier(args: &Args, beside: &Path) -> Result<Option<Memory>, CliError> {
    if let Some(named) = &args.since {
        return Memory::read(named).map(Some);
    }
    match Memory::read(beside) {
        Err(error) if error.reason() == Some(Reason::NotFound) => Ok(None),
        read => read.map(Some),
    }
}
