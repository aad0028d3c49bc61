//! `fairtrail import listings`: published lists become listings.

use super::flow::Options;
use super::sheets::Sheets;
use crate::context::Context;
use crate::import::listings::{read_bars, read_goods};
use crate::output::Outcome;
use std::path::PathBuf;

/// Options of `import listings`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Lists
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which list
    #[arg(long, value_enum)]
    format: Format,
    #[command(flatten)]
    options: Options,
}

/// Which list, and how its files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Employers barred from the H-2A and H-2B programmes of the United States
    H2Bars,
    /// Goods made with child or forced labour, by country (US Department of Labor)
    IlabGoods,
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
        Format::H2Bars => sheets("h2-bars", &read_bars).run(context),
        Format::IlabGoods => sheets("ilab-goods", &read_goods).run(context),
    }
}
