//! `fairtrail entry`: what an entry or a file says.

use super::statement::show_template;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explained, explain};
use crate::output::{Outcome, Page, Report, report};
use clap::Subcommand;
use fairtrail::files::read_bounded;
use fairtrail::id::EntryId;
use fairtrail::limits::WIRE_BYTES;
use std::path::Path;

/// What can be done with entries.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Explain an entry, or a file this program makes, field by field
    #[command(after_help = "Examples:
  fairtrail entry show audit.batch
  fairtrail entry show entry:… --gateway http://127.0.0.1:8080
  fairtrail entry show network.charter --json")]
    Show {
        /// A file (entry, batch, charter, key file, checkpoint, promise, proof, policy), or the id of an
        /// entry
        #[arg(value_name = "FILE|ID")]
        what: String,
    },
    /// Print the template of any kind of statement
    #[command(after_help = "Examples:
  fairtrail entry template finding.status > status.toml")]
    Template {
        /// The kind, e.g. finding.status
        kind: String,
    },
}

impl Report for Explained {
    const COMMAND: &'static str = "entry-show";

    fn human(&self, page: &mut Page) {
        self.show(page);
    }

    fn exit(&self) -> Exit {
        if self.invalid {
            Exit::Invalid
        } else {
            Exit::Done
        }
    }
}

pub(crate) fn run(command: Command, context: &Context<'_>) -> Outcome {
    match command {
        Command::Template { kind } => show_template(&kind),
        Command::Show { what } => report(show(&what, context)?),
    }
}

fn show(what: &str, context: &Context<'_>) -> Result<Explained, CliError> {
    if let Ok(id) = what.parse::<EntryId>() {
        let entry = context.gateway()?.entry(id)?;
        return explain(entry.bytes());
    }
    let max = u64::try_from(WIRE_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bounded(Path::new(what), max)?;
    explain(&bytes).map_err(|error| error.while_doing(format!("cannot explain {what}")))
}
