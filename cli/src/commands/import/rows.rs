//! `fairtrail import rows`: which rows carry a name, from the local memory alone.

use super::{Format, memory_dir};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::import::register::{Resolution, State};
use crate::import::{OrgName, store};
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::files::AuthorName;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::path::PathBuf;

/// Rows shown for one name.
const SHOWN: usize = 100;

/// Options of `import rows`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Names as the register prints them, or how they begin
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// The author whose import it is, by its name on this machine
    #[arg(id = "by", long = "as", value_name = "NAME")]
    by: Option<AuthorName>,
    /// Directory of the import's memory
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Which register
    #[arg(long, value_enum, default_value_t = Format::UkSponsor)]
    format: Format,
}

#[derive(Serialize)]
struct Rows {
    names: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    asked: String,
    rows: Vec<Row>,
    /// Rows that are not shown.
    more: usize,
}

#[derive(Serialize)]
struct Row {
    name: String,
    subject: SubjectId,
    /// Whether it is the very name asked for.
    exact: bool,
    /// Several lines of the register carry the name and are not told apart.
    unresolved: bool,
}

impl Report for Rows {
    const COMMAND: &'static str = "import.rows";

    fn human(&self, page: &mut Page) {
        for named in &self.names {
            if named.rows.is_empty() {
                let nothing = format!("no row carries a name that begins with `{}`", named.asked);
                page.toned(Tone::Warn, nothing);
            }
            for row in &named.rows {
                let tone = if row.exact { Tone::Strong } else { Tone::Plain };
                let mut pieces = vec![
                    (Tone::Plain, format!("{}  ", row.subject)),
                    (tone, row.name.clone()),
                ];
                if row.unresolved {
                    pieces.push((Tone::Warn, "  unresolved".to_owned()));
                }
                page.pieces(pieces);
            }
            if named.more > 0 {
                page.line(format!("and {} more", named.more));
            }
        }
    }

    fn exit(&self) -> Exit {
        if self.names.iter().any(|named| named.rows.is_empty()) {
            Exit::Operational
        } else {
            Exit::Done
        }
    }

    fn hints(&self) -> Vec<String> {
        let mut rows = self.names.iter().flat_map(|named| &named.rows);
        let several = "unresolved: several lines of the register carry this name; not told apart";
        if rows.any(|row| row.unresolved) {
            vec![several.into()]
        } else {
            vec![]
        }
    }
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Outcome {
    let dir = memory_dir(
        args.state.as_ref(),
        args.by.as_ref(),
        args.format.as_str(),
        context,
    )?;
    let nothing = || {
        let message = format!("nothing was imported into {}", dir.display());
        CliError::coded(Reason::NotFound, message)
    };
    let memory = store::peek(&dir)?.ok_or_else(nothing)?;
    let mut names = Vec::new();
    for asked in &args.names {
        let name = OrgName::parse(asked).map_err(|error| CliError::coded(error.code(), error))?;
        names.push(find(&memory, asked, &name));
    }
    report(Rows { names })
}

fn find(memory: &store::Memory<State>, asked: &str, name: &OrgName) -> Named {
    let begins = memory
        .state
        .rows()
        .filter(|(row, ..)| row.as_str().starts_with(name.as_str()));
    let mut rows: Vec<_> = begins
        .map(|(row, id, resolution)| Row {
            name: row.to_string(),
            subject: SubjectId::row(memory.observer, *id.as_bytes()),
            exact: row == name,
            unresolved: resolution == Resolution::Unresolved,
        })
        .collect();
    // In order of names, so the exact one, which is the shortest, comes first.
    let more = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    Named {
        asked: asked.to_owned(),
        rows,
        more,
    }
}
