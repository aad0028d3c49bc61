//! `fairtrail match`: names to candidate ids, from what is on this machine.
//!
//! The log is read whole, so no gateway learns a name; names are compared here and written only
//! into the file asked for. Nothing is merged: a person marks rows, and `match confirm` signs those.

pub mod confirm;

use super::reading::{LogsRead, Reading, bar};
use crate::context::Context;
use crate::error::CliError;
use crate::import::country;
use crate::lists::{Refused, Row, Sheet, id_columns, row_ids, safe};
use crate::matching::{Asked, Candidate, Index, Known, MatchState, NAMING_KINDS, Source};
use crate::output::{Outcome, Page, Report, Tone, report};
use clap::Subcommand;
use fairtrail::files::create_new;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Columns of the file that a person marks.
const HEADER: [&str; 13] = [
    "line",
    "name",
    "id",
    "candidate",
    "score",
    "state",
    "why",
    "known_as",
    "country",
    "read_in",
    "confirm",
    "relation",
    "evidence",
];

/// Options of `match`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  fairtrail match names.csv -o candidates.csv --policy policy.toml --gateway http://127.0.0.1:8080
  fairtrail match confirm candidates.csv --as acme --gateway http://127.0.0.1:8080

The list has a header and a column `name`, perhaps `country`, `locality`, `address`, and the id that
a row has already (`id`, or a column named after a scheme). In the file that comes out, write `yes`
into `confirm` and a relation (same_legal_entity, same_site, trading_name_of, …) where a candidate is
right; `match confirm` signs those rows as id.link statements and no others.")]
pub struct Args {
    /// What to do with a marked file.
    #[command(subcommand)]
    command: Option<Command>,
    /// The names: CSV with a header
    #[arg(required = true, value_name = "NAMES")]
    list: Option<PathBuf>,
    /// The new file of candidates, to be marked; never overwritten
    #[arg(short, long, required = true, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The log to read.
    #[command(flatten)]
    reading: Option<Reading>,
}

/// What can be done with a marked file.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign the rows that a person confirmed, as id.link statements
    #[command(after_help = "Examples:
  fairtrail match confirm candidates.csv --as acme --gateway http://127.0.0.1:8080

Only rows with `yes` in `confirm` and a relation are signed. A row without an id of its own gets an
opaque row id, made with a secret of this author: nothing of the name leaves this machine.")]
    Confirm(confirm::Confirm),
}

#[derive(Serialize)]
struct Matched {
    file: PathBuf,
    /// Names known here.
    known_names: usize,
    rows: Vec<Named>,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Named {
    line: u64,
    name: String,
    ids: Vec<SubjectId>,
    state: MatchState,
    candidates: Vec<Candidate>,
}

impl Report for Matched {
    const COMMAND: &'static str = "match";

    fn human(&self, page: &mut Page) {
        page.field("names known", self.known_names);
        for row in &self.rows {
            page.pieces([
                (Tone::Plain, format!("line {:<6} ", row.line)),
                (Tone::Strong, format!("{}  ", row.name)),
                (Tone::Plain, row.state.as_str().to_owned()),
            ]);
            for found in &row.candidates {
                let why: Vec<_> = found.score.why.iter().map(ToString::to_string).collect();
                page.line(format!(
                    "  {:>4}  {}  {}",
                    found.score.points, found.subject, found.known_as
                ));
                page.toned(Tone::Faint, format!("        {}", why.join(", ")));
            }
        }
        for row in &self.refused {
            page.toned(
                Tone::Warn,
                format!("line {:<6} {}: {}", row.line, row.reason, row.detail),
            );
        }
        page.field("file", self.file.display());
    }

    fn hints(&self) -> Vec<String> {
        vec![format!(
            "a candidate is a proposal: mark what is right in {} and sign it with `fairtrail match confirm`",
            self.file.display()
        )]
    }
}

/// Runs the command.
pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Outcome {
    if let Some(Command::Confirm(options)) = args.command {
        return confirm::run(&options, context);
    }
    match (args.list, args.output, args.reading) {
        (Some(list), Some(output), Some(reading)) => propose(&list, output, &reading, context),
        _ => Err(CliError::usage(
            "which names, and where to write the candidates?",
        )),
    }
}

fn propose(list: &Path, output: PathBuf, reading: &Reading, context: &mut Context<'_>) -> Outcome {
    let sheet = Sheet::read(list)?;
    let name = sheet.needed(&["name", "supplier_name", "supplier"])?;
    if output.exists() {
        let path = output;
        return Err(fairtrail::files::FileError::Exists { path }.into());
    }
    let mut known = known_in(&reading.read(context)?)?;
    known.extend(imported(context)?);
    let index = Index::new(known);
    let mut matched = Matched {
        file: output,
        known_names: index.len(),
        rows: Vec::new(),
        refused: sheet.refused.clone(),
    };
    let bar = bar(context.ui.shows_progress());
    bar.set_length(u64::try_from(sheet.rows.len()).unwrap_or(u64::MAX));
    bar.set_message("names");
    for row in &sheet.rows {
        match look_up(row, name, &sheet, &index) {
            Ok(named) => matched.rows.push(named),
            Err(refused) => matched.refused.push(refused),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    matched.refused.sort_by_key(|row| row.line);
    create_new(&matched.file, &bytes(&matched)?)?;
    report(matched)
}

/// What the logs' public texts call their subjects, as far as the policy believes who wrote them.
fn known_in(read: &LogsRead) -> Result<Vec<Known>, CliError> {
    let entries = read.replicas.iter().flat_map(Replica::entries);
    let naming = entries.filter(|entry| NAMING_KINDS.contains(&entry.header().kind.as_str()));
    let subjects = naming.flat_map(|entry| &entry.header().subjects);
    let subjects: BTreeSet<_> = subjects.cloned().collect();
    let subjects: Vec<_> = subjects.into_iter().collect();
    let history = read.reader(None)?.history(&subjects);
    Ok(history.entries().iter().flat_map(Known::of_entry).collect())
}

/// The name maps of imports on this machine.
fn imported(context: &Context<'_>) -> Result<Vec<Known>, CliError> {
    let mut known = Vec::new();
    for author in context.home.authors()? {
        let Some(place) = context.author_state(&author)?.membership else {
            continue;
        };
        let dir = context.home.path().join("imports").join(&author);
        let Ok(formats) = fs_err::read_dir(&dir) else {
            continue;
        };
        let maps = formats
            .flatten()
            .map(|format| format.path().join("names.csv"));
        let mut maps: Vec<_> = maps.filter(|map| map.exists()).collect();
        maps.sort();
        for map in maps {
            let sheet = Sheet::read(&map)?;
            let (name, row) = (sheet.needed(&["name"])?, sheet.needed(&["row"])?);
            for line in &sheet.rows {
                let prefix = place.author.to_string().replacen("author:", "row:", 1);
                let subject = format!("{prefix}:{}", line.cell(Some(row))).parse();
                let subject = subject.ok();
                known.extend(subject.and_then(|id| Known::of_import(id, line.cell(Some(name)))));
            }
        }
    }
    Ok(known)
}

fn look_up(row: &Row, name: usize, sheet: &Sheet, index: &Index) -> Result<Named, Refused> {
    let ids = row_ids(row, &id_columns(sheet))?;
    let printed = row.cell(Some(name));
    let of = sheet.column(&["country"]);
    let country = match row.cell(of) {
        "" => None,
        text => Some(country(text).map_err(|error| {
            row.refused(
                error.code(),
                format!("{text}: {error}"),
                "two letters of ISO 3166, or the country's name",
            )
        })?),
    };
    let places = ["locality", "city", "address"].map(|name| row.cell(sheet.column(&[name])));
    let asked = Asked::read(printed, country, &places).ok_or_else(|| {
        row.refused(
            Reason::ImportName,
            "no name to compare",
            "at most 512 bytes, and a letter or digit",
        )
    })?;
    let candidates = index.candidates(&asked, &ids);
    let best = candidates.first().map(|found| found.score.state());
    Ok(Named {
        line: row.line,
        name: printed.to_owned(),
        ids,
        state: best.unwrap_or(MatchState::NoCandidate),
        candidates,
    })
}

/// The file that a person marks.
fn bytes(matched: &Matched) -> Result<Vec<u8>, CliError> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(HEADER).map_err(CliError::internal)?;
    for row in &matched.rows {
        let ids: Vec<_> = row.ids.iter().map(ToString::to_string).collect();
        let head = [row.line.to_string(), row.name.clone(), ids.join(" ")];
        let mut lines: Vec<_> = row.candidates.iter().map(cells).collect();
        if lines.is_empty() {
            let mut none = <[String; 7]>::default();
            row.state.as_str().clone_into(&mut none[2]);
            lines.push(none);
        }
        for cells in lines {
            let marks = [const { String::new() }; 3];
            let line = head.iter().chain(&cells).chain(&marks);
            let line = line.map(|cell| safe(cell).into_owned());
            csv.write_record(line).map_err(CliError::internal)?;
        }
    }
    csv.into_inner().map_err(CliError::internal)
}

fn cells(found: &Candidate) -> [String; 7] {
    let why: Vec<_> = found.score.why.iter().map(ToString::to_string).collect();
    [
        found.subject.to_string(),
        found.score.points.to_string(),
        found.score.state().as_str().to_owned(),
        why.join(" "),
        found.known_as.clone(),
        found
            .country
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        match &found.source {
            Source::Entry { entry, .. } => entry.to_string(),
            Source::Import => "import on this machine".to_owned(),
        },
    ]
}
