//! `fairtrail import`: what registers, lists and tables show, stated by an author.

pub mod chains;
pub mod lists;
pub mod register;
pub mod rows;

mod flow;
mod imported;
mod run;
mod sheets;
pub mod table;
pub mod template;

pub use flow::Options;

use crate::context::Context;
use crate::error::CliError;
use crate::import::store::StoreError;
use crate::import::{self, StatementError};
use crate::output::Outcome;
use clap::Subcommand;
use fairtrail::files::AuthorName;
use std::path::PathBuf;

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// State what files of a public register show: lists, and changes between lists
    #[command(after_help = "Examples:
  fairtrail import register --format uk-sponsor list.csv changes.csv --as observer-1 --dry-run
  fairtrail import register --format uk-sponsor list.csv changes.csv --as observer-1 \\
      --refusals refused.csv --gateway http://127.0.0.1:8080

Run it again after an interruption: it goes on where it stopped and states nothing twice.")]
    Register(register::Args),
    /// State which employers' cases name which recruiters
    #[command(after_help = "Examples:
  fairtrail import chains --format h2b-edges edges.csv --dry-run --candidates variants.csv
  fairtrail import chains --format h2b-edges edges.csv --as observer-1 --refusals refused.csv

Counts of staff are dropped. That two names are one recruiter is proposed and never stated.")]
    Chains(chains::Args),
    /// State the profiles of the sites on facility lists
    #[command(after_help = "Examples:
  fairtrail import facilities --format osh-csv facilities.csv --dry-run
  fairtrail import facilities --format brand-csv disclosure.csv --as observer-1 \\
      --refusals refused.csv --gateway http://127.0.0.1:8080

Counts of people become bands; a share of a known total is one. Names and addresses stand in
erasable text parts. Run it again: it goes on where it stopped and states nothing twice.")]
    Facilities(lists::Args<lists::Facilities>),
    /// State what published lists say: bars with their dates, goods of countries
    #[command(after_help = "Examples:
  fairtrail import listings --format ilab-goods goods.csv --as observer-1 --dry-run
  fairtrail import listings --format h2-bars bars.csv --as observer-1 --refusals refused.csv

A party the list prints without an identifier is a possible match of anybody and never scored. A
person may add the columns `Subject` (whom the row means) and `Confirmed For` (an identifier).")]
    Listings(lists::Args<lists::Listings>),
    /// State what the rows of any table say, by a mapping of its columns
    #[command(after_help = "Examples:
  fairtrail import template audit -o audits.toml
  fairtrail import table --mapping audits.toml audits.xlsx --as auditor-1 --dry-run \\
      --refusals refused.csv
  fairtrail import table --mapping audits.toml audits.csv --as auditor-1 --yes

An audit with its findings is stated as one batch or not at all. Nothing is guessed: what the
mapping does not translate refuses its row, with line, column, reason and explanation.")]
    Table(table::Args),
    /// Write a mapping to start from
    #[command(after_help = "Examples:
  fairtrail import template attest > attestations.toml
  fairtrail import template audit -o audits.toml")]
    Template(template::Args),
    /// Look up the row ids that names of a register were given
    #[command(after_help = "Examples:
  fairtrail import rows \"example foods\" --as observer-1
  fairtrail import rows \"example f\" --state ./import --json")]
    Rows(rows::Args),
}

/// Which register, and how its files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Licensed employer sponsors of the United Kingdom, as mirrored CSV
    UkSponsor,
}

impl Format {
    const fn as_str(self) -> &'static str {
        match self {
            Self::UkSponsor => "uk-sponsor",
        }
    }
}

pub(crate) fn run(command: Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::Chains(args) => chains::run(&args, context),
        Command::Facilities(args) => lists::run(&args, context),
        Command::Listings(args) => lists::run(&args, context),
        Command::Register(args) => register::run(&args, context),
        Command::Table(args) => table::run(&args, context),
        Command::Template(args) => template::run(&args),
        Command::Rows(args) => rows::run(&args, context),
    }
}

/// Where the memory of an import is kept unless somebody says otherwise.
fn state_dir(options: &Options, import: &str, context: &Context<'_>) -> Result<PathBuf, CliError> {
    memory_dir(options.state.as_ref(), options.by.as_ref(), import, context)
}

fn memory_dir(
    named: Option<&PathBuf>,
    by: Option<&AuthorName>,
    import: &str,
    context: &Context<'_>,
) -> Result<PathBuf, CliError> {
    let of_author = |by| context.home.path().join("imports").join(by);
    let beside = || by.map(|by| of_author(by).join(import));
    let missing = || CliError::usage("whose import?").hint("name one: --as NAME, or --state DIR");
    named.cloned().or_else(beside).ok_or_else(missing)
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let coded = Self::coded(error.code(), &error);
        match &error {
            StoreError::Lax { path, .. } if path.is_dir() => {
                coded.only_hint(format!("chmod 700 {}", path.display()))
            }
            StoreError::Lax { path, .. } => {
                coded.only_hint(format!("chmod 600 {}", path.display()))
            }
            StoreError::Foreign { .. } => {
                coded.hint("each author has a state directory of its own")
            }
            _ => coded,
        }
    }
}

impl From<import::FileError> for CliError {
    fn from(error: import::FileError) -> Self {
        Self::coded(error.code(), error)
    }
}

impl From<StatementError> for CliError {
    fn from(error: StatementError) -> Self {
        Self::coded(error.code(), error)
    }
}
