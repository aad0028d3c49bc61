//! `fairtrail watch`: says when what is known of suppliers changes (specs/watching.md).
//!
//! A gateway is only asked whether its log grew. What is new is downloaded, verified and judged as
//! `verify` does, so nothing is told that is not proved, and no gateway learns who is watched.

mod change;
mod handler;
mod memory;

use super::reading::Reading;
use super::reference;
use crate::clock;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::lists::{Sheet, Supplier, Suppliers};
use crate::output::{Outcome, Page, Render, Report, report};
use change::Change;
use fairtrail::files::{create_dir, replace};
use fairtrail::id::to_base32;
use fairtrail::policy::Policy;
use fairtrail::rules::{Question, judge};
use memory::Memory;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// The longest time between two attempts when gateways do not answer, in seconds.
const LONGEST_WAIT: u64 = 900;

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
    /// Seconds from one look to the next
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
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

/// A watch under way.
struct Watch<'a> {
    args: &'a Args,
    suppliers: Vec<Supplier>,
    state: PathBuf,
    memory: Memory,
}

/// What one look found.
#[derive(Default)]
struct Look {
    changed: usize,
    pending: usize,
}

/// Runs the command.
pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let policy = args.reading.trusted()?;
    let suppliers = suppliers(args, context)?;
    let state = state_file(args, &suppliers, &policy, context)?;
    let memory = Memory::open(&state, &policy)?;
    let mut watch = Watch {
        args,
        suppliers,
        state,
        memory,
    };
    if args.once {
        let look = watch.look(context)?;
        return report(Watched {
            suppliers: watch.suppliers.len(),
            changed: look.changed,
            pending: look.pending,
            state: watch.state,
        });
    }
    watch.forever(context, &policy)
}

impl Watch<'_> {
    /// Looks until somebody ends the process; returns when the evidence itself is invalid.
    fn forever(&mut self, context: &mut Context<'_>, policy: &Policy) -> Outcome {
        let mut wait = self.args.interval;
        let mut last: Option<Vec<String>> = None;
        loop {
            let shown = shown(context, policy);
            let same = last.as_ref().is_some_and(|last| *last == shown);
            if !same {
                match self.look(context) {
                    Ok(look) => {
                        wait = self.args.interval;
                        // What was not taken is told again at the next look.
                        last = (look.pending == 0).then_some(shown);
                    }
                    Err(error) if matches!(error.exit(), Exit::Operational | Exit::Unknown) => {
                        let code = error
                            .reason()
                            .map_or("unreadable", |reason| reason.as_str());
                        let text = error.message();
                        context
                            .ui
                            .note(&format!("{code}: {text}; next attempt in {wait} s"));
                        sleep(wait);
                        wait = wait
                            .saturating_mul(2)
                            .min(LONGEST_WAIT.max(self.args.interval));
                        context.now = clock::now();
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            sleep(wait);
            context.now = clock::now();
        }
    }

    /// Reads the logs, judges everybody and tells what changed.
    fn look(&mut self, context: &mut Context<'_>) -> Result<Look, CliError> {
        let read = self.args.reading.read(context)?;
        let reader = read.reader(None)?;
        let question = Question {
            as_of: context.now.date(),
            now: context.now,
        };
        let mut look = Look::default();
        for supplier in &self.suppliers {
            let history = reader.history(&supplier.subjects);
            let verdict = judge(&history, &read.policy, question);
            let before = self.memory.of(&supplier.subjects);
            let (known, change) = Change::find(supplier, &history, &verdict, before, context.now);
            let told = match &change {
                Some(change) => {
                    look.changed = look.changed.saturating_add(1);
                    self.tell(change, context)?
                }
                None => true,
            };
            if told {
                self.memory.remember(&supplier.subjects, known);
            } else {
                look.pending = look.pending.saturating_add(1);
            }
            if change.is_some() {
                replace(&self.state, &self.memory.to_bytes()?)?;
            }
        }
        replace(&self.state, &self.memory.to_bytes()?)?;
        Ok(look)
    }

    /// Prints a change and hands it to the command; whether that took it.
    fn tell(&self, change: &Change, context: &mut Context<'_>) -> Result<bool, CliError> {
        context.ui.report(change);
        let Some(command) = self.args.exec.as_ref().filter(|_| !change.first) else {
            return Ok(true);
        };
        let json = Render::json(change)?;
        let failed = handler::run(command, &json)?;
        if let Some(why) = &failed {
            let text = format!("`{command}` {why}: this change is told again at the next look");
            context.ui.note(&text);
        }
        Ok(failed.is_none())
    }
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

/// What every gateway shows now, and the date: as long as both stay, nothing can have changed.
fn shown(context: &Context<'_>, policy: &Policy) -> Vec<String> {
    let own = policy
        .logs()
        .logs()
        .iter()
        .filter_map(|log| log.url().map(str::to_owned));
    let urls = context.gateways.iter().cloned().chain(own);
    let mut shown: Vec<_> = urls
        .map(|url| {
            let gateway = (context.connect)(&url);
            let note = gateway.and_then(|gateway| Ok(gateway.checkpoint()?));
            // One that does not answer shows something else than it did.
            let text = note.map_or_else(
                |error| error.message().to_owned(),
                |note| note.text().to_owned(),
            );
            format!("{url} {text}")
        })
        .collect();
    shown.push(context.now.date().to_string());
    shown
}

fn sleep(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}
