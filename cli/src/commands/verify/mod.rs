//! `fairtrail verify`: what is known about a supplier, checked here.
//!
//! The whole log is read and recomputed on this machine; which supplier is asked about never
//! leaves it.

mod page;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use crate::statement::read_text;
use fairtrail::client::{self, Gateway, Missing, Progress, Store};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use fairtrail::rules::{self, Question, Verdict, judge};
use fairtrail::subject::{SubjectId, normalise};
use fairtrail::time::Date;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Verify a supplier's ethical-recruitment history
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail verify osid:XA2026001N0RTHW --gateway http://127.0.0.1:8080 --policy policy.toml
  fairtrail verify lic:XA-LAB:GOODROAD-1 --as-of 2026-03-31 --known-at 2026-06-30 --policy policy.toml

Exit statuses: 0 no adverse entries, 3 invalid evidence, 4 findings, 5 unknown or stale")]
pub struct Args {
    /// Ids of one supplier; repeat for more
    #[arg(required = true, value_name = "SUBJECT")]
    subjects: Vec<String>,
    /// What I trust
    #[arg(long, value_name = "FILE", env = "FAIRTRAIL_POLICY")]
    policy: PathBuf,
    /// The date asked about [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Only what was provably known at the end of this date
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
    /// Judge what was downloaded before, without asking the gateway
    #[arg(long)]
    offline: bool,
    /// Ask again for parts that were missing before
    #[arg(long, conflicts_with = "offline")]
    refresh: bool,
}

#[derive(Serialize)]
struct Verified {
    /// BLAKE3 of the policy file: what was trusted.
    policy: String,
    exit: u8,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Report for Verified {
    const COMMAND: &'static str = "verify";

    fn human(&self, page: &mut Page) {
        page::write(&self.verdict, page);
    }

    fn exit(&self) -> Exit {
        match self.verdict.outcome {
            rules::Outcome::Findings => Exit::Findings,
            rules::Outcome::NoAdverseEntries => Exit::Done,
            rules::Outcome::Stale | rules::Outcome::Unknown => Exit::Unknown,
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let subjects = args
        .subjects
        .iter()
        .map(|text| subject(text))
        .collect::<Result<Vec<_>, _>>()?;
    let policy = Policy::parse(&read_text(&args.policy)?)?;
    let replica = replica(args, context, &policy)?;
    let history = replica.history(&subjects, &policy, args.known_at);
    let as_of = args.as_of.unwrap_or_else(|| context.now.date());
    let verdict = judge(
        &history,
        &policy,
        Question {
            as_of,
            now: context.now,
        },
    );
    let policy = fairtrail::id::to_base32(policy.digest());
    report(Verified {
        policy,
        exit: verdict.outcome.exit_code(),
        verdict,
    })
}

fn subject(text: &str) -> Result<SubjectId, CliError> {
    normalise(text)
        .map_err(|error| CliError::from(error).while_doing(format!("{text} is no subject")))
}

fn replica(args: &Args, context: &mut Context<'_>, policy: &Policy) -> Result<Replica, CliError> {
    let Some(log) = policy.logs().logs().first() else {
        let message = "the policy names no log";
        return Err(CliError::coded(Reason::PolicyMalformed, message));
    };
    let mut store = Store::open(context.home.path(), policy.network(), log)?;
    if args.offline {
        return Ok(store.load(policy)?);
    }
    let url = context.gateway.as_deref().or_else(|| log.url());
    let url = url.ok_or_else(|| {
        CliError::usage("this needs a gateway").hint(
            "name one: --gateway http://127.0.0.1:8080, or give the log an address in the policy",
        )
    })?;
    let gateway = Gateway::at(url)?;
    let missing = if args.refresh {
        Missing::All
    } else {
        Missing::Recent
    };
    let bar = bar(context.ui.shows_progress());
    let synced = client::sync(
        &gateway,
        &mut store,
        policy,
        missing,
        &mut |progress: Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(progress.stage.to_string());
        },
    );
    bar.finish_and_clear();
    Ok(synced?)
}

/// Shown on a terminal only, and only when the work takes longer than half a second.
fn bar(shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:<12} {bar:40} {pos}/{len}");
    let bar = ProgressBar::new(0);
    bar.enable_steady_tick(Duration::from_millis(500));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
