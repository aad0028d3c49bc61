//! `fairtrail verify`: what is known about a supplier, checked here.
//!
//! The whole log is read and recomputed on this machine; which supplier is asked about never
//! leaves it.

mod chain;
mod page;

use super::reading::Reading;
use super::reference;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use fairtrail::policy::Policy;
use fairtrail::replica::Reader;
use fairtrail::rules::{Difference, Question, Verdict, compare, judge};
use fairtrail::time::Date;
use serde::Serialize;

/// Verify a supplier's ethical-recruitment history
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail verify osid:XA2026001N0RTHW --gateway http://127.0.0.1:8080 --policy policy.toml
  fairtrail verify lic:XA-LAB:GOODROAD-1 --as-of 2026-03-31 --known-at 2026-06-30 --policy policy.toml
  fairtrail verify osid:XA2026001N0RTHW --policy policy.toml --ruleset stricter.toml
  fairtrail verify osid:XA2026001N0RTHW --tiers 3 --policy policy.toml

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
    /// Judge whom the supplier depends on, too, so many steps away: 1 to 8
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=8))]
    tiers: Option<u8>,
}

#[derive(Serialize)]
struct Verified {
    /// BLAKE3 of the policy file: what was trusted.
    policy: String,
    exit: u8,
    /// What is different from the verdict by the policy's own settings of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by_ruleset: Option<Difference>,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Report for Verified {
    const COMMAND: &'static str = "verify";

    fn human(&self, page: &mut Page) {
        page::write(&self.verdict, page);
        if let Some(difference) = &self.changed_by_ruleset {
            changed_by_ruleset(difference, page);
        }
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
    let (policy, first, more) = args.reading.read_all(context)?;
    let more: Vec<_> = more.iter().collect();
    let reader = Reader::over(&first, &more, &policy, args.known_at)?;
    let question = Question {
        as_of: args.as_of.unwrap_or_else(|| context.now.date()),
        now: context.now,
    };
    if let Some(tiers) = args.tiers {
        return chain::run(&reader, &subjects, tiers, question);
    }
    let history = reader.history(&subjects);
    let verdict = judge(&history, &policy, question);
    let own = |own: Policy| compare(&judge(&history, &own, question), &verdict);
    let other_rules = args.reading.ruleset.is_some();
    let trusted = other_rules.then(|| args.reading.trusted()).transpose()?;
    let policy = fairtrail::id::to_base32(policy.digest());
    report(Verified {
        policy,
        exit: verdict.outcome.exit_code(),
        changed_by_ruleset: trusted.map(own),
        verdict,
    })
}

/// What other settings of the rules change, below the verdict they make.
fn changed_by_ruleset(difference: &Difference, page: &mut Page) {
    let lines = difference.lines();
    page.gap();
    page.line("changed by --ruleset, against the policy's own settings");
    if lines.is_empty() {
        page.line("nothing");
    }
    for line in lines {
        page.line(line);
    }
}
