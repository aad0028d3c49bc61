//! `fairtrail import register`: files of a register become statements.

use super::Format;
use super::flow::{self, Job, Options};
use super::imported::{Imported, Read};
use crate::context::Context;
use crate::error::CliError;
use crate::import::register::{Coverage, Intake, Observation, SourceFile, State, Tally};
use crate::import::rows::Namer;
use crate::import::{FILE_BYTES, refused_by_reason};
use crate::output::{Outcome, report};
use fairtrail::files::read_bounded;
use fairtrail::reason::Reason;
use fairtrail::time::Date;
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
    /// The lists hold the whole register: what is absent was not listed
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    options: Options,
}

struct Register<'a> {
    args: &'a Args,
    files: Vec<SourceFile>,
    imported: Imported,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let files = read_files(args, context.now.date())?;
    let names: Vec<_> = args
        .files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let lines = names.iter().zip(&files);
    let lines = lines.map(|(name, file)| (name.as_str(), file.refusals.as_slice()));
    args.options.write_refusals(lines)?;
    let read = args.files.iter().zip(&files);
    let imported = Imported {
        format: args.format.as_str(),
        dry_run: args.options.dry_run,
        files: read.map(|(path, file)| Read::of(path, file)).collect(),
        refused: refused_by_reason(files.iter().flat_map(|file| &file.refusals)),
        refusals: args.options.refusals.clone(),
        ..Imported::default()
    };
    let mut job = Register {
        args,
        files,
        imported,
    };
    let progress = flow::run(&mut job, &args.options, context)?;
    let mut imported = job.imported;
    imported.progress = progress;
    report(imported)
}

impl Job for Register<'_> {
    type Knowledge = State;

    fn directory(&self) -> String {
        self.args.format.as_str().to_owned()
    }

    fn read(&mut self, _: &Namer, _: &[Observation]) -> Result<Vec<SourceFile>, CliError> {
        Ok(std::mem::take(&mut self.files))
    }

    fn taken(
        &mut self,
        intake: Intake,
        state: &State,
        plan: &[Observation],
    ) -> Result<(), CliError> {
        self.imported.intake = intake;
        self.imported.plan = Tally::of(plan);
        self.imported.count_names(state);
        Ok(())
    }
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
