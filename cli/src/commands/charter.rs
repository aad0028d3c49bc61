//! `fairtrail charter`: what a network is founded on.

use crate::context::{Context, read_charter, write_new};
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::pair::{PairSource, PairText};
use clap::Subcommand;
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{Pair, Role};
use fairtrail::files::{AuthorName, read_bounded};
use fairtrail::id::{AuthorId, NetworkId};
use fairtrail::limits::CHARTER_TEXT_BYTES;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::path::PathBuf;

/// What can be done with charters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Found a network: write its charter to a new file
    #[command(after_help = "Examples:
  fairtrail charter new --name \"Example network\" --root root-1 --root root-2 --root root-3 \\
    --threshold 2 --reply-desk desk --role auditor --role company --role respondent \\
    --terms @terms.txt --contact desk@network.example --licence \"CC BY 4.0\" -o network.charter")]
    New(Box<New>),
    /// Show a charter and the authors that follow from it
    #[command(after_help = "Examples:
  fairtrail charter show network.charter")]
    Show {
        /// The charter
        file: PathBuf,
    },
}

/// Options of `charter new`.
#[derive(Debug, clap::Args)]
pub struct New {
    /// Name of the network
    #[arg(long)]
    name: String,
    /// A root: an author kept here, or a public pair `key:…/next:…`; repeat for more
    #[arg(long, required = true, value_name = "NAME|PAIR")]
    root: Vec<PairSource>,
    /// How many roots must agree: more than half of them
    #[arg(long, value_name = "N")]
    threshold: u64,
    /// A reply desk, named as a root is; repeat for more
    #[arg(long, required = true, value_name = "NAME|PAIR")]
    reply_desk: Vec<PairSource>,
    /// A role this network grants; repeat for more
    #[arg(long, required = true)]
    role: Vec<Role>,
    /// Terms of use, or @FILE
    #[arg(long, value_name = "TEXT|@FILE")]
    terms: String,
    /// Whom to write to
    #[arg(long)]
    contact: String,
    /// Licence of the data
    #[arg(long)]
    licence: String,
    /// The new file; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Founded {
    network: NetworkId,
    name: String,
    created: String,
    threshold: u64,
    roots: Vec<CharterLine>,
    reply_desks: Vec<CharterLine>,
    roles: Vec<String>,
    terms: String,
    contact: String,
    licence: String,
    #[serde(skip)]
    hints: Vec<String>,
}

#[derive(Serialize)]
struct CharterLine {
    author: AuthorId,
    pair: PairText,
}

impl Report for Founded {
    const COMMAND: &'static str = "charter";

    fn human(&self, page: &mut Page) {
        page.field("network", self.network);
        page.field("name", &self.name);
        page.field("created", &self.created);
        page.field(
            "roots",
            format!(
                "{}, of which {} must agree",
                self.roots.len(),
                self.threshold
            ),
        );
        for line in &self.roots {
            page.field("  root", line.author);
        }
        for line in &self.reply_desks {
            page.field("reply desk", line.author);
        }
        page.field("roles", self.roles.join(", "));
        page.field("contact", &self.contact);
        page.field("licence", &self.licence);
        page.toned(Tone::Faint, "terms");
        page.line(&self.terms);
    }

    fn hints(&self) -> Vec<String> {
        self.hints.clone()
    }
}

pub(crate) fn run(command: Command, context: &Context<'_>) -> Outcome {
    match command {
        Command::New(new) => found(*new, context),
        Command::Show { file } => report(describe(&read_charter(&file)?)),
    }
}

fn found(new: New, context: &Context<'_>) -> Outcome {
    let roots = pairs(&new.root, context)?;
    let reply_desks = pairs(&new.reply_desk, context)?;
    let mut roles: Vec<String> = new.role.iter().map(ToString::to_string).collect();
    roles.sort();
    roles.dedup();
    let terms = Terms {
        version: 1,
        created: context.now,
        name: new.name,
        roots,
        threshold: new.threshold,
        reply_desks,
        roles,
        terms: text_or_file(new.terms)?,
        contact: new.contact,
        licence: new.licence,
        envelope: 1,
    };
    let charter = Charter::new(&terms)
        .map_err(|error| CliError::from(error).while_doing("these are no terms of a charter"))?;
    write_new(&new.output, charter.bytes())?;
    context.home.keep_charter(&charter)?;
    let locals = new.root.iter().chain(&new.reply_desk).filter_map(local);
    let mut founded = describe(&charter);
    for name in locals {
        context.author(name)?.join(&charter, context.now)?;
        founded.hints.push(format!(
            "`fairtrail author begin {name}` posts its first entry"
        ));
    }
    report(founded)
}

const fn local(source: &PairSource) -> Option<&AuthorName> {
    match source {
        PairSource::Local(name) => Some(name),
        PairSource::Public(_) => None,
    }
}

fn pairs(sources: &[PairSource], context: &Context<'_>) -> Result<Vec<Pair>, CliError> {
    let pair = |source: &PairSource| match source {
        PairSource::Public(pair) => Ok(pair.0),
        PairSource::Local(name) => {
            let state = context.author_state(name)?;
            let signed = state
                .membership
                .is_some_and(|membership| membership.signed.is_some());
            if signed {
                let message = format!("`{name}` has begun in a network already");
                return Err(CliError::coded(Reason::KeyReused, message)
                    .hint("one author speaks in one network: make another author"));
            }
            let (key, next) = (state.key, state.next);
            Ok(Pair { key, next })
        }
    };
    let mut pairs = sources.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    pairs.sort();
    Ok(pairs)
}

fn text_or_file(text: String) -> Result<String, CliError> {
    let Some(path) = text.strip_prefix('@') else {
        return Ok(text);
    };
    let max = u64::try_from(CHARTER_TEXT_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bounded(path.as_ref(), max)?;
    let text = String::from_utf8(bytes);
    text.map_err(|_| CliError::operational(format!("{path} is not UTF-8 text")))
}

fn describe(charter: &Charter) -> Founded {
    let terms = charter.terms();
    let lines = |pairs: &[Pair]| {
        let line = |pair: &Pair| CharterLine {
            author: charter.author(*pair),
            pair: PairText(*pair),
        };
        pairs.iter().map(line).collect()
    };
    Founded {
        network: charter.network(),
        name: terms.name.clone(),
        created: terms.created.to_string(),
        threshold: terms.threshold,
        roots: lines(&terms.roots),
        reply_desks: lines(&terms.reply_desks),
        roles: terms.roles.clone(),
        terms: terms.terms.clone(),
        contact: terms.contact.clone(),
        licence: terms.licence.clone(),
        hints: Vec::new(),
    }
}
