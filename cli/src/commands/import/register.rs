//! `fairtrail import register`: files of a register become statements.

use super::imported::{Imported, Read};
use super::run::Stating;
use super::{Format, state_dir};
use crate::commands::{deliver, reference};
use crate::context::Context;
use crate::error::CliError;
use crate::import::register::{Coverage, SourceFile, State, Tally};
use crate::import::store::{self, Store};
use crate::import::{FILE_BYTES, Secret, refused_by_reason, write_refusals};
use crate::output::{Outcome, report};
use crate::ui::Ui;
use fairtrail::files::{AuthorName, read_bounded, replace};
use fairtrail::id::GrantId;
use fairtrail::reason::Reason;
use fairtrail::time::Date;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;

/// Options of `import register`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Lists and lists of changes, in any order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which register
    #[arg(long, value_enum)]
    format: Format,
    /// The observer that states it, by its name on this machine
    #[arg(
        id = "by",
        long = "as",
        value_name = "NAME",
        required_unless_present = "dry_run"
    )]
    by: Option<AuthorName>,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    grant: Option<GrantId>,
    /// The lists hold the whole register: what is absent was not listed
    #[arg(long)]
    full: bool,
    /// Directory of the import's memory [default: imports/NAME below the home directory]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Count what would be stated, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// File for the rows that are refused, each with line and reason; replaced if it exists
    #[arg(long, value_name = "FILE")]
    refusals: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let files = read_files(args, context.now.date())?;
    if let Some(path) = &args.refusals {
        replace(path, &refusals(args, &files)?)?;
    }
    let read = args.files.iter().zip(&files);
    let mut imported = Imported {
        format: args.format.as_str(),
        dry_run: args.dry_run,
        files: read.map(|(path, file)| Read::of(path, file)).collect(),
        refused: refused_by_reason(files.iter().flat_map(|file| &file.refusals)),
        refusals: args.refusals.clone(),
        ..Imported::default()
    };
    if args.dry_run {
        look(args, &files, &mut imported, context)?;
    } else {
        state(args, &files, &mut imported, context)?;
    }
    report(imported)
}

fn read_files(args: &Args, today: Date) -> Result<Vec<SourceFile>, CliError> {
    let coverage = if args.full {
        Coverage::Full
    } else {
        Coverage::Sample
    };
    let max = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
    let read = |path: &PathBuf| {
        let what = || format!("{} is not taken; nothing was changed", path.display());
        let file = SourceFile::parse(&read_bounded(path, max)?, coverage);
        let file = file.map_err(|error| CliError::from(error).while_doing(what()))?;
        if file.facts.on > today {
            let message = format!("it is dated {}, today is {today}", file.facts.on);
            return Err(CliError::coded(Reason::ImportDate, message).while_doing(what()));
        }
        Ok(file)
    };
    args.files.iter().map(read).collect()
}

fn refusals(args: &Args, files: &[SourceFile]) -> Result<Vec<u8>, CliError> {
    let names: Vec<_> = args
        .files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let lines = names.iter().zip(files);
    let lines = lines.map(|(name, file)| (name.as_str(), file.refusals.as_slice()));
    let mut csv = Vec::new();
    write_refusals(&mut csv, lines).map_err(CliError::internal)?;
    Ok(csv)
}

/// Counts what would be stated.
fn look(
    args: &Args,
    files: &[SourceFile],
    imported: &mut Imported,
    context: &mut Context<'_>,
) -> Result<(), CliError> {
    let known = match state_dir(args.state.as_ref(), args.by.as_ref(), args.format, context) {
        Ok(dir) => store::peek(&dir)?,
        Err(_) => None,
    };
    let waiting = known.as_ref().and_then(|memory| memory.in_flight.as_ref());
    if let Some(run) = waiting {
        let count = run.entries.len();
        let note =
            format!("{count} of these statements may have been signed by an interrupted run");
        context.ui.note(&note);
    }
    // Counts do not depend on the secret.
    let mut state = known.map_or_else(|| State::new(Secret::new([0; 32])), |memory| memory.state);
    imported.intake = state.observe(files);
    imported.plan = Tally::of(&state.pending());
    imported.count_names(&state);
    Ok(())
}

/// States it.
fn state(
    args: &Args,
    files: &[SourceFile],
    imported: &mut Imported,
    context: &mut Context<'_>,
) -> Result<(), CliError> {
    let by = args
        .by
        .as_ref()
        .ok_or_else(|| CliError::usage("who states it? --as NAME"))?;
    let dir = state_dir(args.state.as_ref(), Some(by), args.format, context)?;
    let gateway = context.gateway()?;
    let author = context.author(by)?;
    let observer = deliver::membership(&author)?.author;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|_| fairtrail::files::FileError::Randomness)?;
    let mut stating = Stating {
        gateway: &gateway,
        home: &context.home.clone(),
        now: context.now,
        grant: args.grant,
        author,
        store: Store::open(&dir, observer, || Secret::new(secret))?,
    };
    imported.resumed = stating.resume().map_err(|error| error.hint(AGAIN))?;
    imported.intake = stating.store.take_in(files)?;
    imported.plan = Tally::of(stating.store.plan());
    imported.count_names(stating.store.state());
    imported.names_file = Some(stating.store.write_names()?);
    let count = stating.store.plan().len();
    if count > 0 {
        stating.ask()?;
        let question = format!(
            "State {count} entries as {by}? Entries can be answered and superseded, never taken back."
        );
        deliver::confirm(context, args.yes, &question)?;
        let bar = bar(context.ui, count);
        let stated = stating.state_all(&mut |stated| {
            imported.stated += stated;
            imported.batches += 1;
            bar.inc(u64::try_from(stated).unwrap_or(u64::MAX));
        });
        stated.map_err(|error| error.hint(AGAIN))?;
        bar.finish_and_clear();
    }
    Ok(())
}

const AGAIN: &str = "run the same command again: it goes on where it stopped";

/// A bar on stderr, where somebody may be watching.
fn bar(ui: &Ui, count: usize) -> ProgressBar {
    let target = if ui.shows_progress() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let bar = ProgressBar::with_draw_target(Some(count), target);
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
