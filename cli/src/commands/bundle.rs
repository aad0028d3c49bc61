//! `fairtrail bundle`: the evidence about a supplier in one file, to keep, hand over and check
//! without any network.

pub mod update;

use super::reading::{BundleRead, IndexView, Reading, covered, open_file};
use super::{reference, verify};
use crate::context::{Context, write_new};
use crate::output::{Outcome, Page, Report, Tone, report};
use clap::Subcommand;
use fairtrail::bundle::{Bundle, Evidence};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::policy::Policy;
use fairtrail::rules::{Question, judge};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What can be done with bundles.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask gateways for the evidence about a supplier and write it into a file
    #[command(after_help = "Examples:
  fairtrail bundle create osid:XA2026001N0RTHW -o supplier.bundle --policy policy.toml
  fairtrail verify osid:XA2026001N0RTHW --bundle supplier.bundle --policy policy.toml

The policy needs an index_policy. Gateways learn whom is asked about.")]
    Create(Create),
    /// Check a file and tell what it proves about whom
    #[command(after_help = "Examples:
  fairtrail bundle show supplier.bundle --policy policy.toml

Exit status 0: it holds. 3: it proves nothing. 1: it cannot be read.")]
    Show(Show),
    /// Ask gateways for what came since a file was made, and put it into the file
    #[command(after_help = "Examples:
  fairtrail bundle update supplier.bundle --policy policy.toml

Only what came since is asked for, and the file is replaced at once, when all of it holds. Where that
does not work, all is asked for. Gateways learn whom is asked about.

Exit status 0: the file is up to date. 3: it proves nothing, or what came does not hold. 1: it
cannot be read, a gateway does not answer, or shows less than the file. Then it stays as it is.")]
    Update(update::Update),
}

/// Options of `bundle create`.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// Ids of one supplier; repeat for more
    #[arg(required = true, value_name = "SUBJECT")]
    subjects: Vec<String>,
    /// The new file; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The logs to ask.
    #[command(flatten)]
    reading: Reading,
}

/// Options of `bundle show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The file
    file: PathBuf,
    /// What I trust
    #[command(flatten)]
    reading: Reading,
}

/// What is proved of one log.
#[derive(Serialize)]
struct LogShown {
    origin: String,
    size: TreeSize,
    root: Root,
    /// Log time of the head: the operator's word.
    log_time: Timestamp,
    index: IndexView,
    /// Notes of the log, which give time.
    notes: usize,
}

#[derive(Serialize)]
struct Shown {
    file: PathBuf,
    bytes: u64,
    network: String,
    logs: Vec<LogShown>,
    /// Ids of which every list is there, whole.
    covered: Vec<SubjectId>,
    entries: usize,
    /// Words for people that travelled along. Nothing vouches for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    unsigned_report: Option<String>,
    #[serde(skip)]
    written: bool,
}

impl Report for Shown {
    const COMMAND: &'static str = "bundle";

    fn human(&self, page: &mut Page) {
        page.field("file", self.file.display());
        page.field("bytes", self.bytes);
        page.field("network", &self.network);
        for log in &self.logs {
            let (origin, size, root) = (&log.origin, log.size, log.root);
            page.field("log", format!("{origin}, {size} entries, root {root}"));
            page.field("log time", format!("{}, the operator's word", log.log_time));
            let who = log.index.checked_by.iter().map(|(who, _)| who.as_str());
            let who = who.collect::<Vec<_>>().join(", ");
            page.field(
                "index",
                if who.is_empty() {
                    "operator's word".to_owned()
                } else {
                    format!("checked by {who}")
                },
            );
            page.field("notes", log.notes);
        }
        for id in &self.covered {
            page.field("all about", id);
        }
        page.field("entries", self.entries);
        match (&self.unsigned_report, self.written) {
            (Some(report), false) => {
                page.gap();
                let text =
                    "REPORT INSIDE THE FILE: nothing vouches for it; `verify --bundle` judges anew";
                page.toned(Tone::Warn, text);
                for line in report.lines() {
                    page.line(format!("| {line}"));
                }
            }
            _ => page
                .line("`fairtrail verify SUBJECT --bundle FILE` judges it, without any network."),
        }
    }
}

/// Runs the command.
pub(super) fn run(command: &Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::Create(args) => create(args, context),
        Command::Show(args) => show(args),
        Command::Update(args) => update::run(args, context),
    }
}

fn create(args: &Create, context: &mut Context<'_>) -> Outcome {
    let subjects = args.subjects.iter().map(|text| reference::subject(text));
    let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
    let mut read = args.reading.inquire(context, None, &subjects, None)?;
    read.bundle.report = Some(words(&read, context));
    let bytes = read.bundle.to_bytes();
    write_new(&args.output, &bytes)?;
    report(shown(
        &args.output,
        bytes.len(),
        &read.bundle,
        &read.evidence,
        true,
    ))
}

/// What the verdict was when the file was made, for people.
fn words(read: &BundleRead, context: &Context<'_>) -> String {
    let question = Question {
        as_of: context.now.date(),
        now: context.now,
    };
    let verdict = judge(&read.history, &read.policy, question);
    verify::text(&verdict, &IndexView::all(&read.evidence))
}

fn show(args: &Show) -> Outcome {
    let policy: Policy = args.reading.trusted()?;
    let (bundle, evidence) = open_file(&args.file, &policy)?;
    let bytes = bundle.to_bytes().len();
    report(shown(&args.file, bytes, &bundle, &evidence, false))
}

fn shown(file: &Path, bytes: usize, bundle: &Bundle, evidence: &Evidence, written: bool) -> Shown {
    let logs = evidence.logs().iter().zip(IndexView::all(evidence));
    let logs = logs.map(|(log, index)| LogShown {
        origin: log.origin().to_string(),
        size: log.proved.head.size,
        root: log.proved.head.root,
        log_time: log.proved.head.time,
        index,
        notes: log.notes.len(),
    });
    Shown {
        file: file.to_path_buf(),
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        network: evidence.charter().network().to_string(),
        logs: logs.collect(),
        covered: covered(evidence).cloned().collect(),
        entries: bundle.entries.len(),
        unsigned_report: evidence.report().map(str::to_owned),
        written,
    }
}
