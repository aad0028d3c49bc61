//! `fairtrail bundle update`: what came since a file was made.

use super::words;
use crate::commands::reading::{Answers, BundleRead, IndexView, Reading, made_about, open_file};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, report};
use fairtrail::bundle::Evidence;
use fairtrail::files::replace;
use fairtrail::history::{VerifiedHistory, WithheldReason};
use fairtrail::id::PartDigest;
use fairtrail::merkle::TreeSize;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Options of `bundle update`.
#[derive(Debug, clap::Args)]
pub struct Update {
    /// The file
    file: PathBuf,
    /// What I trust
    #[command(flatten)]
    reading: Reading,
}

/// How far the evidence of a log went and goes now.
#[derive(Serialize)]
struct LogGrown {
    origin: String,
    /// Entries it covered; nothing where the file had nothing of this log.
    before: Option<TreeSize>,
    size: TreeSize,
    index: IndexView,
}

#[derive(Serialize)]
struct Updated {
    file: PathBuf,
    /// Bytes of the file now.
    bytes: u64,
    /// Bytes that gateways answered.
    came: u64,
    logs: Vec<LogGrown>,
    entries: usize,
    new_entries: usize,
}

impl Report for Updated {
    const COMMAND: &'static str = "bundle-update";

    fn human(&self, page: &mut Page) {
        page.field("file", self.file.display());
        for log in &self.logs {
            let (origin, size) = (&log.origin, log.size);
            page.field(
                "log",
                match log.before {
                    Some(before) => format!("{origin}, {before} entries before, {size} now"),
                    None => format!("{origin}, {size} entries, new in the file"),
                },
            );
        }
        page.field(
            "entries",
            format!("{}, {} new", self.entries, self.new_entries),
        );
        page.field(
            "came",
            format!("{} bytes, of {} in all", self.came, self.bytes),
        );
        page.line("`fairtrail verify SUBJECT --bundle FILE` judges it, without any network.");
    }
}

/// Runs the command.
pub(super) fn run(args: &Update, context: &mut Context<'_>) -> Outcome {
    let policy = args.reading.settled()?;
    let (bundle, before) = open_file(&args.file, &policy)?;
    let subjects = made_about(&before, &policy)?;
    let held = Answers::of_file(&bundle, &before, &policy)?;
    let mut asking = args.reading.asking(context, None)?;
    let mut read = asking.inquire_since(context, &subjects, None, held)?;
    check_logs(&before, &read)?;
    let erased = erased(&read.history);
    let bodies = &mut read.bundle.bodies;
    bodies.retain(|body| !erased.contains(&body.digest()));
    read.bundle.report = Some(words(&read, context));
    let bytes = read.bundle.to_bytes();
    replace(&args.file, &bytes)?;
    let entries = read.evidence.entries();
    let new = entries.filter(|entry| before.entry(entry.id()).is_none());
    report(Updated {
        file: args.file.clone(),
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        came: read.came,
        logs: grown(&before, &read.evidence),
        entries: read.evidence.entries().count(),
        new_entries: new.count(),
    })
}

/// Parts that were erased since: the file forgets their bytes too, unless another entry has them.
fn erased(history: &VerifiedHistory) -> BTreeSet<PartDigest> {
    let (mut erased, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for entry in history.entries() {
        let gone = entry.withheld().iter();
        let gone = gone.filter(|part| part.reason == WithheldReason::Erased);
        let gone: BTreeSet<_> = gone.map(|part| part.digest).collect();
        let parts = entry.entry().header().parts.iter().map(|part| part.digest);
        kept.extend(parts.filter(|part| !gone.contains(part)));
        erased.extend(gone);
    }
    &erased - &kept
}

fn grown(before: &Evidence, now: &Evidence) -> Vec<LogGrown> {
    let logs = now.logs().iter().zip(IndexView::all(now));
    let logs = logs.map(|(log, index)| LogGrown {
        origin: log.origin().to_string(),
        before: size_in(before, log.origin().as_str()),
        size: log.proved.head.size,
        index,
    });
    logs.collect()
}

fn size_in(evidence: &Evidence, origin: &str) -> Option<TreeSize> {
    let mut logs = evidence.logs().iter();
    let log = logs.find(|log| log.origin().as_str() == origin)?;
    Some(log.proved.head.size)
}

/// A file is not exchanged for one that shows nothing of a log.
fn check_logs(before: &Evidence, now: &BundleRead) -> Result<(), CliError> {
    let mut logs = before.logs().iter().map(|log| log.origin().as_str());
    let Some(origin) = logs.find(|origin| size_in(&now.evidence, origin).is_none()) else {
        return Ok(());
    };
    let mut left_out = now.history.not_read().iter();
    let why = left_out.find(|log| log.origin == origin);
    let reason = why.map_or(Reason::EvidenceIncomplete, |log| log.reason);
    let text = format!("{origin} could not be read, of which the file holds evidence");
    let error = CliError::coded(reason, text);
    Err(error.only_hint("the file stays as it is; ask another gateway, or later"))
}
