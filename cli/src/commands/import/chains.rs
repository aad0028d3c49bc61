//! `fairtrail import chains`: who recruits through whom.

use super::flow::Options;
use super::sheets::Sheets;
use crate::context::Context;
use crate::import::chains;
use crate::output::Outcome;
use std::path::PathBuf;

/// Options of `import chains`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Lists of edges from cases to recruiters
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How they are written
    #[arg(long, value_enum)]
    format: Format,
    /// File for pairs of names that may be one recruiter, for a person to decide; replaced if it
    /// exists
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// How a list of recruiters is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Foreign labour recruiters of H-2B cases (appendix C of the application)
    H2bEdges,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let Format::H2bEdges = args.format;
    let sheets = Sheets {
        format: "h2b-edges",
        files: &args.files,
        options: &args.options,
        candidates: args.candidates.as_ref(),
        tab: None,
        reader: &chains::read,
    };
    sheets.run(context)
}
