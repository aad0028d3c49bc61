//! `fairtrail import facilities` and `import listings`: lists in formats this version knows.

use super::flow::Options;
use super::sheets::{Reader, Sheets};
use crate::context::Context;
use crate::import::facilities::{read_brand, read_osh};
use crate::import::listings::{read_bars, read_goods};
use crate::output::Outcome;
use clap::ValueEnum;
use std::path::PathBuf;

/// Options of an import of lists in one of the formats `F`.
#[derive(Debug, clap::Args)]
pub struct Args<F: Format> {
    /// Lists
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which list, and how its files are written
    #[arg(long, value_enum)]
    format: F,
    #[command(flatten)]
    options: Options,
}

/// How a list is written.
pub trait Format: ValueEnum + Clone + Copy + Send + Sync + 'static {
    /// Name of the import's memory.
    fn memory(self) -> &'static str;

    /// What makes statements of it.
    fn reader(self) -> Reader<'static>;
}

/// How a facility list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Facilities {
    /// Factories as a brand discloses them
    BrandCsv,
    /// Contributions to Open Supply Hub
    OshCsv,
}

impl Format for Facilities {
    fn memory(self) -> &'static str {
        match self {
            Self::BrandCsv => "facilities-brand",
            Self::OshCsv => "facilities-osh",
        }
    }

    fn reader(self) -> Reader<'static> {
        match self {
            Self::BrandCsv => &read_brand,
            Self::OshCsv => &read_osh,
        }
    }
}

/// Which published list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Listings {
    /// Employers barred from the H-2A and H-2B programmes of the United States
    H2Bars,
    /// Goods made with child or forced labour, by country (US Department of Labor)
    IlabGoods,
}

impl Format for Listings {
    fn memory(self) -> &'static str {
        match self {
            Self::H2Bars => "h2-bars",
            Self::IlabGoods => "ilab-goods",
        }
    }

    fn reader(self) -> Reader<'static> {
        match self {
            Self::H2Bars => &read_bars,
            Self::IlabGoods => &read_goods,
        }
    }
}

pub(super) fn run<F: Format>(args: &Args<F>, context: &mut Context<'_>) -> Outcome {
    let sheets = Sheets {
        format: args.format.memory(),
        files: &args.files,
        options: &args.options,
        candidates: None,
        tab: None,
        reader: args.format.reader(),
    };
    sheets.run(context)
}
