//! `fairtrail verify`: what is known about a supplier, checked here.
//!
//! The whole log is read and recomputed on this machine; which supplier is asked about never
//! leaves it.

mod page;

use super::reading::Reading;
use super::reference;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use fairtrail::rules::{Question, Verdict, judge};
use fairtrail::time::Date;
use serde::Serialize;

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
    /// The log to judge.
    #[command(flatten)]
    reading: Reading,
    /// The date asked about [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Only what was provably known at the end of this date
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
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
        self.verdict.outcome.into()
    }
}

/// Runs the command.
pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let subjects = args
        .subjects
        .iter()
        .map(|text| reference::subject(text))
        .collect::<Result<Vec<_>, _>>()?;
    let (policy, replica) = args.reading.read(context)?;
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
