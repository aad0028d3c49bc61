//! Imports whose rows are statements: the common part of their commands, and their report.

use super::flow::{self, Job, Options, Progress};
use crate::context::Context;
use crate::error::CliError;
use crate::import::rows::{Candidate, Known, Namer, Planned, Reading, RowIntake};
use crate::import::{FILE_BYTES, FileError, Knowledge as _, Refusal, Sheet, refused_by_reason};
use crate::output::{Outcome, Page, Report, Tone, report};
use data_encoding::HEXLOWER;
use fairtrail::files::{private_counts, read_bounded, replace};
use fairtrail::privacy::exact::{ExactCount, StatedCounts, remembered};
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Makes statements of one file.
pub(super) type Reader<'a> = &'a dyn Fn(&Sheet, &Namer) -> Result<Reading, FileError>;

/// Files whose rows are statements.
pub(super) struct Sheets<'a> {
    /// Name of the import, and of its memory.
    pub(super) format: &'a str,
    pub(super) files: &'a [PathBuf],
    pub(super) options: &'a Options,
    /// File for rows whose names are variants of one another.
    pub(super) candidates: Option<&'a PathBuf>,
    /// Sheet of a spreadsheet.
    pub(super) tab: Option<&'a str>,
    pub(super) reader: Reader<'a>,
}

struct Rows<'a> {
    sheets: &'a Sheets<'a>,
    parsed: Vec<Sheet>,
    /// The author's numbers of people, of all its statements.
    stated: Vec<ExactCount>,
    /// By file, what is refused and what was left out.
    refusals: Vec<Vec<Refusal>>,
    imported: Imported,
}

impl Sheets<'_> {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Outcome {
        let max = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
        let parse = |path: &PathBuf| {
            let sheet = Sheet::parse(&read_bounded(path, max)?, self.tab);
            sheet.map_err(|error| not_taken(path, error))
        };
        let parsed = self.files.iter().map(parse);
        let mut rows = Rows {
            sheets: self,
            parsed: parsed.collect::<Result<_, _>>()?,
            stated: self.stated_before(context)?,
            refusals: Vec::new(),
            imported: Imported {
                format: self.format.to_owned(),
                dry_run: self.options.dry_run,
                refusals: self.options.refusals.clone(),
                ..Imported::default()
            },
        };
        let progress = flow::run(&mut rows, self.options, context)?;
        let mut imported = rows.imported;
        imported.progress = progress;
        report(imported)
    }

    /// What the author stated of numbers before; a dry run may have none.
    fn stated_before(&self, context: &Context<'_>) -> Result<Vec<ExactCount>, CliError> {
        let author = self.options.by.as_ref();
        let counts = author.map(|name| private_counts(&context.home.author(name)));
        Ok(counts.transpose()?.unwrap_or_default())
    }
}

fn not_taken(path: &std::path::Path, error: FileError) -> CliError {
    let what = format!("{} is not taken; nothing was stated", path.display());
    CliError::from(error).while_doing(what)
}

impl Job for Rows<'_> {
    type Knowledge = Known;

    fn directory(&self) -> String {
        self.sheets.format.to_owned()
    }

    fn read(&mut self, namer: &Namer, waiting: &[Planned]) -> Result<Vec<Reading>, CliError> {
        let mut readings = Vec::new();
        let waiting: Vec<_> = waiting.iter().flat_map(Known::counts).cloned().collect();
        let stated = remembered(std::mem::take(&mut self.stated), &waiting);
        let mut stated = StatedCounts::new(stated);
        for (path, sheet) in self.sheets.files.iter().zip(&self.parsed) {
            let reading = (self.sheets.reader)(sheet, namer);
            let mut reading = reading.map_err(|error| not_taken(path, error))?;
            reading.hide(&mut stated);
            self.imported.files.push(Read {
                path: path.clone(),
                rows: sheet.rows.len(),
                sha256: HEXLOWER.encode(&sheet.sha256),
                refused: reading.refusals.len(),
                dropped_columns: reading.dropped.clone(),
            });
            readings.push(reading);
        }
        self.note(&readings)?;
        Ok(readings)
    }

    fn taken(&mut self, intake: RowIntake, _: &Known, plan: &[Planned]) -> Result<(), CliError> {
        for (why, count) in refused_by_reason(&intake.refusals) {
            *self.imported.refused.entry(why).or_default() += count;
        }
        let names = self
            .sheets
            .files
            .iter()
            .map(|path| path.display().to_string());
        let names: Vec<_> = names.collect();
        let files = names.iter().zip(&self.refusals);
        let files = files.map(|(name, refusals)| (name.as_str(), refusals.as_slice()));
        let later = ("", intake.refusals.as_slice());
        self.sheets.options.write_refusals(files.chain([later]))?;
        for planned in plan {
            let kind = planned.content().claim.kind();
            *self.imported.plan.entry(kind).or_default() += 1;
            self.imported.superseding += u64::from(planned.is_change());
        }
        self.imported.intake = intake;
        Ok(())
    }
}

impl Rows<'_> {
    fn note(&mut self, readings: &[Reading]) -> Result<(), CliError> {
        for reading in readings {
            self.imported.add(reading);
            let all = reading.refusals.iter().chain(&reading.left_out);
            self.refusals.push(all.cloned().collect());
        }
        if let Some(path) = self.sheets.candidates {
            let candidates = readings.iter().flat_map(|reading| &reading.candidates);
            let csv = csv(candidates, self.imported.dry_run).map_err(CliError::internal)?;
            replace(path, &csv)?;
            self.imported.candidates_file = Some(path.clone());
        }
        Ok(())
    }
}

/// Candidates as CSV. Before an import rows have no lasting ids, so a dry run shows none.
fn csv<'a>(
    candidates: impl Iterator<Item = &'a Candidate>,
    dry_run: bool,
) -> Result<Vec<u8>, csv::Error> {
    let id = |subject: &'a SubjectId| if dry_run { "" } else { subject.as_str() };
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["from", "from_name", "to", "to_name", "score", "why"])?;
    for one in candidates {
        csv.write_record([
            id(&one.from),
            &one.from_name,
            id(&one.to),
            &one.to_name,
            &one.score.to_string(),
            one.why,
        ])?;
    }
    Ok(csv.into_inner().unwrap_or_default())
}

/// What an import read, refused and stated.
#[derive(Default, Serialize)]
struct Imported {
    format: String,
    dry_run: bool,
    files: Vec<Read>,
    /// Refused rows by reason code.
    refused: BTreeMap<&'static str, u64>,
    /// Cells left out of rows that were taken, by reason code.
    left_out: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusals: Option<PathBuf>,
    /// What was counted on the way.
    counts: BTreeMap<&'static str, u64>,
    /// Pairs of rows whose names are variants of one another; none is stated.
    candidates: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates_file: Option<PathBuf>,
    #[serde(flatten)]
    intake: RowIntake,
    /// What there was to state, by kind.
    plan: BTreeMap<&'static str, u64>,
    /// Of these, how many take the place of an earlier statement.
    superseding: u64,
    #[serde(flatten)]
    progress: Progress,
}

#[derive(Serialize)]
struct Read {
    path: PathBuf,
    rows: usize,
    sha256: String,
    refused: usize,
    /// Columns nothing was taken from.
    dropped_columns: Vec<String>,
}

impl Imported {
    fn add(&mut self, reading: &Reading) {
        for (why, count) in refused_by_reason(&reading.refusals) {
            *self.refused.entry(why).or_default() += count;
        }
        for (why, count) in refused_by_reason(&reading.left_out) {
            *self.left_out.entry(why).or_default() += count;
        }
        for (what, count) in &reading.counts {
            *self.counts.entry(what).or_default() += count;
        }
        self.candidates += reading.candidates.len();
    }

    fn show_refused(&self, page: &mut Page) {
        page.field("refused", list(&self.refused, "no row"));
        if !self.left_out.is_empty() {
            page.field("left out", list(&self.left_out, ""));
        }
        let path = self.refusals.as_ref();
        page.field_if("refusals", path.map(|path| path.display()));
        for (what, count) in &self.counts {
            page.field("counted", format!("{count} {what}"));
        }
        if self.candidates > 0 {
            let count = self.candidates;
            let text = format!("{count} pairs of names may be one party; a person decides");
            page.field("candidates", text);
        }
        let path = self.candidates_file.as_ref();
        page.field_if("", path.map(|path| path.display()));
    }
}

fn list(counts: &BTreeMap<&'static str, u64>, none: &str) -> String {
    let each: Vec<_> = counts
        .iter()
        .map(|(what, n)| format!("{n} {what}"))
        .collect();
    if each.is_empty() {
        none.to_owned()
    } else {
        each.join(", ")
    }
}

impl Report for Imported {
    const COMMAND: &'static str = "import.rows-stated";

    fn human(&self, page: &mut Page) {
        for Read {
            path,
            rows,
            sha256,
            dropped_columns,
            ..
        } in &self.files
        {
            let path = path.display();
            page.field("file", format!("{path}: {rows} rows\nsha256 {sha256}"));
            if !dropped_columns.is_empty() {
                page.field("", format!("not taken: {}", dropped_columns.join(", ")));
            }
        }
        self.show_refused(page);
        page.field("to state", list(&self.plan, "nothing"));
        let RowIntake {
            unchanged, absent, ..
        } = self.intake;
        for (n, what) in [
            (self.superseding, "take the place of earlier statements"),
            (unchanged, "were known and say the same"),
            (
                absent,
                "known before, not in these files; nothing is stated of them",
            ),
        ] {
            if n > 0 {
                page.field("", format!("{n} {what}"));
            }
        }
        self.progress.show(self.dry_run, page);
    }

    fn hints(&self) -> Vec<String> {
        let refused = !(self.refused.is_empty() && self.left_out.is_empty());
        let hint = "--refusals FILE lists what was refused, with line, column and reason";
        if refused && self.refusals.is_none() {
            vec![hint.to_owned()]
        } else {
            vec![]
        }
    }
}

impl Progress {
    pub(super) fn show(&self, dry_run: bool, page: &mut Page) {
        let Self {
            resumed,
            stated,
            batches,
            names_file,
        } = self;
        if *resumed > 0 {
            page.field(
                "resumed",
                format!("{resumed} statements of an interrupted run"),
            );
        }
        if dry_run {
            page.toned(Tone::Strong, "dry run: nothing was changed, signed or sent");
        } else {
            let text = format!("{:<14} {stated} statements in {batches} batches", "stated");
            page.toned(Tone::Good, text);
        }
        page.field_if("names file", names_file.as_ref().map(|path| path.display()));
    }
}
