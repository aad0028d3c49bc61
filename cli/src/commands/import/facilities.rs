//! `fairtrail import facilities`: facility lists become profiles of sites.

use super::flow::Options;
use super::sheets::Sheets;
use crate::context::Context;
use crate::import::facilities::{read_brand, read_osh};
use crate::output::Outcome;
use std::path::PathBuf;

/// Options of `import facilities`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Facility lists
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How they are written
    #[arg(long, value_enum)]
    format: Format,
    #[command(flatten)]
    options: Options,
}

/// How a facility list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Factories as a brand discloses them
    BrandCsv,
    /// Contributions to Open Supply Hub
    OshCsv,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let sheets = |format, reader| Sheets {
        format,
        files: &args.files,
        options: &args.options,
        candidates: None,
        tab: None,
        reader,
    };
    match args.format {
        Format::BrandCsv => sheets("facilities-brand", &read_brand).run(context),
        Format::OshCsv => sheets("facilities-osh", &read_osh).run(context),
    }
}
