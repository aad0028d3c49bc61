//! `fairtrail watch`: says when what is known of suppliers changes (specs/watching.md).
//!
//! Gateways say when their logs grow, or are asked now and then. That is a bell and no more: what is
//! new is read, verified and judged as `verify` does, so nothing is told that is not proved.

mod bells;
mod change;
mod handler;
mod keep;
mod kept;
mod looking;
mod memory;
mod stop;
mod touch;

use super::reading::Reading;
use super::reference;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::lists::{Sheet, Supplier, Suppliers};
use crate::output::{Outcome, Page, Report, report};
use fairtrail::files::create_dir;
use fairtrail::id::to_base32;
use fairtrail::policy::Policy;
use keep::Keep;
use looking::{Scope, Watch};
use memory::Memory;
use serde::Serialize;
use std::path::PathBuf;

/// Options of `watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail watch osid:XA2026001N0RTHW --policy policy.toml --gateway http://127.0.0.1:8080
  fairtrail watch --list suppliers.csv --policy policy.toml --once --json
  fairtrail watch --list suppliers.csv --policy policy.toml --exec './notify.sh'

Every change is told once, and again until the command given with --exec ends with 0. What was
told is kept in a state file: ending this at any time is safe, and the next run goes on from there.

Exit statuses: 0 with --once when the logs were read; 1 with --once when a gateway does not
answer or a change was not taken; 3 when the evidence itself is invalid: a fork, a step back")]
pub struct Args {
    /// Suppliers, each by one id
    #[arg(value_name = "SUBJECT", required_unless_present = "list")]
    subjects: Vec<String>,
    /// Suppliers of a CSV file with a header, as for `screen`
    #[arg(long, value_name = "FILE", conflicts_with = "subjects")]
    list: Option<PathBuf>,
    /// The logs to judge.
    #[command(flatten)]
    reading: Reading,
    /// Run this command by the shell for each change, with the change as JSON on its input
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    /// Look once and end
    #[arg(long)]
    once: bool,
    /// Ask the logs' indexes about each supplier instead of reading whole logs: gateways learn whom
    /// I watch
    #[arg(long, conflicts_with_all = ["offline", "refresh"])]
    by_index: bool,
    /// Seconds from one question to the next to gateways that do not say when their log grows
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    /// Seconds from one look at every supplier to the next, whatever gateways say
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    full: u64,
    /// What was told, kept from run to run [default: in `watch` in the home directory]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

/// How a watch ended that was to look once.
#[derive(Serialize)]
struct Watched {
    suppliers: usize,
    changed: usize,
    /// Changes that were not taken by the command and will be told again.
    pending: usize,
    state: PathBuf,
}

impl Report for Watched {
    const COMMAND: &'static str = "watched";

    fn human(&self, page: &mut Page) {
        let (suppliers, changed) = (self.suppliers, self.changed);
        page.line(format!(
            "{suppliers} suppliers looked at, {changed} changed"
        ));
    }

    fn exit(&self) -> Exit {
        if self.pending == 0 {
            Exit::Done
        } else {
            Exit::Operational
        }
    }
}

/// How a watch ended that somebody ended.
#[derive(Serialize)]
struct Ended {
    suppliers: usize,
    state: PathBuf,
}

impl Report for Ended {
    const COMMAND: &'static str = "watched";

    fn human(&self, page: &mut Page) {
        let (suppliers, state) = (self.suppliers, self.state.display());
        page.line(format!(
            "the watch ended (suppliers: {suppliers}); the next one goes on from {state}"
        ));
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let policy = args.reading.trusted()?;
    let suppliers = suppliers(args, context)?;
    let state = state_file(args, &suppliers, &policy, context)?;
    let memory = Memory::open(&state, &policy)?;
    let mut watch = Watch::new(args, suppliers, state, memory);
    if args.once {
        let look = watch.look(context, Scope::All)?;
        return report(Watched {
            suppliers: watch.suppliers(),
            changed: look.changed,
            pending: look.pending,
            state: watch.into_state(),
        });
    }
    Keep::start(args, &policy, context)?.forever(&mut watch, context)?;
    report(Ended {
        suppliers: watch.suppliers(),
        state: watch.into_state(),
    })
}

fn suppliers(args: &Args, context: &mut Context<'_>) -> Result<Vec<Supplier>, CliError> {
    if let Some(file) = &args.list {
        let list = Suppliers::of(&Sheet::read(file)?)?;
        for row in &list.refused {
            let (line, reason, detail) = (row.line, row.reason, &row.detail);
            context
                .ui
                .note(&format!("line {line} is not watched: {reason}: {detail}"));
        }
        if list.rows.is_empty() {
            let message = format!("{} names no supplier that can be watched", file.display());
            return Err(CliError::usage(message));
        }
        return Ok(list.rows);
    }
    let one = |(line, text): (u64, &String)| {
        Ok(Supplier {
            line,
            name: String::new(),
            subjects: vec![reference::subject(text)?],
        })
    };
    (1..).zip(&args.subjects).map(one).collect()
}

/// One file for each set of suppliers and policy, unless somebody names one.
fn state_file(
    args: &Args,
    suppliers: &[Supplier],
    policy: &Policy,
    context: &Context<'_>,
) -> Result<PathBuf, CliError> {
    if let Some(state) = &args.state {
        return Ok(state.clone());
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(policy.network().as_bytes());
    for subject in suppliers.iter().flat_map(|supplier| &supplier.subjects) {
        hasher.update(subject.as_str().as_bytes()).update(b"\n");
    }
    let dir = context.home.path().join("watch");
    create_dir(&dir)?;
    Ok(dir.join(format!("{}.json", to_base32(hasher.finalize().as_bytes()))))
}
