//! The way of every import: settle, read, take in, ask, state; or look only.

use super::run::Stating;
use crate::commands::{deliver, reference};
use crate::context::Context;
use crate::error::CliError;
use crate::import::rows::Namer;
use crate::import::store::{self, Store};
use crate::import::{Knowledge, Refusal, Secret, write_refusals};
use crate::ui::Ui;
use fairtrail::files::{AuthorName, replace};
use fairtrail::id::{AuthorId, GrantId};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::path::PathBuf;

/// Options every import has.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The author that states it, by its name on this machine
    #[arg(
        id = "by",
        long = "as",
        value_name = "NAME",
        required_unless_present = "dry_run"
    )]
    pub(super) by: Option<AuthorName>,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    pub(super) grant: Option<GrantId>,
    /// Directory of the import's memory [default: imports/NAME below the home directory]
    #[arg(long, value_name = "DIR")]
    pub(super) state: Option<PathBuf>,
    /// Count what would be stated, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// File for what is refused, each with line, column and reason; replaced if it exists
    #[arg(long, value_name = "FILE")]
    pub(super) refusals: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

impl Options {
    /// Writes the refusals file, if one is wanted.
    pub(super) fn write_refusals<'a>(
        &self,
        files: impl IntoIterator<Item = (&'a str, &'a [Refusal])>,
    ) -> Result<(), CliError> {
        let Some(path) = &self.refusals else {
            return Ok(());
        };
        let mut csv = Vec::new();
        write_refusals(&mut csv, files).map_err(CliError::internal)?;
        Ok(replace(path, &csv)?)
    }
}

/// What is particular to one import.
pub(super) trait Job {
    type Knowledge: Knowledge;

    /// Name of its directory.
    fn directory(&self) -> String;

    /// Reads the files, with ids for their rows, beside what is known and waits to be stated.
    fn read(
        &mut self,
        namer: &Namer,
        waiting: &[<Self::Knowledge as Knowledge>::Statement],
    ) -> Result<Vec<<Self::Knowledge as Knowledge>::File>, CliError>;

    /// Notes what was taken in and what there is to state, before anything is signed.
    fn taken(
        &mut self,
        intake: <Self::Knowledge as Knowledge>::Intake,
        knowledge: &Self::Knowledge,
        plan: &[<Self::Knowledge as Knowledge>::Statement],
    ) -> Result<(), CliError>;
}

/// What came of stating a plan.
#[derive(Debug, Default, Serialize)]
pub(super) struct Progress {
    /// Statements of an interrupted run that turned out to be made.
    pub(super) resumed: usize,
    pub(super) stated: usize,
    pub(super) batches: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) names_file: Option<PathBuf>,
}

/// Runs an import, or counts what it would state.
pub(super) fn run<J: Job>(
    job: &mut J,
    options: &Options,
    context: &mut Context<'_>,
) -> Result<Progress, CliError> {
    if options.dry_run {
        look(job, options, context)?;
        Ok(Progress::default())
    } else {
        state(job, options, context)
    }
}

/// Counts what would be stated.
fn look<J: Job>(job: &mut J, options: &Options, context: &mut Context<'_>) -> Result<(), CliError> {
    let known = match super::state_dir(options, &job.directory(), context) {
        Ok(dir) => store::peek::<J::Knowledge>(&dir)?,
        Err(_) => None,
    };
    let waiting = known.as_ref().and_then(|memory| memory.in_flight.as_ref());
    if let Some(run) = waiting {
        let count = run.entries.len();
        let note =
            format!("{count} of these statements may have been signed by an interrupted run");
        context.ui.note(&note);
    }
    let author = known.as_ref().map(|memory| memory.observer);
    // Counts depend neither on the secret nor on the author.
    let mut knowledge = known.map_or_else(
        || J::Knowledge::new(Secret::new([0; 32])),
        |memory| memory.state,
    );
    let namer = Namer {
        author: author.unwrap_or(AuthorId::new([0; 32])),
        secret: knowledge.secret().clone(),
    };
    let files = job.read(&namer, &knowledge.pending())?;
    let intake = knowledge.take_in(&files);
    job.taken(intake, &knowledge, &knowledge.pending())
}

/// States it.
fn state<J: Job>(
    job: &mut J,
    options: &Options,
    context: &mut Context<'_>,
) -> Result<Progress, CliError> {
    let by = options
        .by
        .as_ref()
        .ok_or_else(|| CliError::usage("who states it? --as NAME"))?;
    let dir = super::state_dir(options, &job.directory(), context)?;
    let gateways = context.gateways()?;
    let author = context.author(by)?;
    let membership = deliver::membership(&author)?;
    let observer = membership.author;
    let elsewhere = gateways.look(&membership, context)?.split_off(1);
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|_| fairtrail::files::FileError::Randomness)?;
    let mut stating: Stating<'_, J::Knowledge> = Stating {
        gateways: &gateways,
        elsewhere,
        home: &context.home.clone(),
        now: context.now,
        grant: options.grant,
        author,
        store: Store::open(&dir, observer, || Secret::new(secret))?,
    };
    let mut progress = Progress {
        resumed: stating.resume().map_err(|error| error.hint(AGAIN))?,
        ..Progress::default()
    };
    let namer = Namer {
        author: observer,
        secret: stating.store.state().secret().clone(),
    };
    let files = job.read(&namer, stating.store.plan())?;
    let intake = stating.store.take_in(&files)?;
    job.taken(intake, stating.store.state(), stating.store.plan())?;
    progress.names_file = Some(stating.store.write_names()?);
    let count = stating.store.plan().len();
    if count == 0 {
        return Ok(progress);
    }
    stating.ask()?;
    let question = format!(
        "State {count} entries as {by}? Entries can be answered and superseded, never taken back."
    );
    deliver::confirm(context, options.yes, &question)?;
    stating.remember_counts()?;
    let bar = bar(context.ui, count);
    let stated = stating.state_all(&mut |stated| {
        progress.stated += stated;
        progress.batches += 1;
        bar.inc(u64::try_from(stated).unwrap_or(u64::MAX));
    });
    stated.map_err(|error| error.hint(AGAIN))?;
    bar.finish_and_clear();
    Ok(progress)
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
