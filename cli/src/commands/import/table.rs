//! `fairtrail import table`: any table becomes statements, by a mapping.

use super::flow::Options;
use super::sheets::Sheets;
use crate::context::Context;
use crate::error::CliError;
use crate::import::FileError;
use crate::import::table::Mapping;
use crate::output::Outcome;
use fairtrail::files::read_bounded;
use std::path::PathBuf;

/// Bytes of a mapping file.
const BYTES: u64 = 64 * 1_024;

/// Options of `import table`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Tables: CSV or XLSX
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which column becomes which field
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let bytes = read_bounded(&args.mapping, BYTES)?;
    let text = String::from_utf8(bytes).map_err(|error| FileError::NotUtf8 {
        valid: error.utf8_error().valid_up_to(),
    });
    let mapping = text.and_then(|text| Mapping::parse(&text));
    let mapping = mapping.map_err(|error| {
        let what = format!("{} is no mapping", args.mapping.display());
        CliError::from(error).while_doing(what)
    })?;
    let sheets = Sheets {
        format: &format!("table-{}", mapping.memory()),
        files: &args.files,
        options: &args.options,
        candidates: None,
        tab: mapping.sheet(),
        reader: &|sheet, namer| mapping.read(sheet, namer),
    };
    sheets.run(context)
}
