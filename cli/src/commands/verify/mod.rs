//! `fairtrail verify`: what is known about a supplier, checked here.
//!
//! Whole logs are read and recomputed on this machine, and which supplier is asked about never
//! leaves it; or bundles prove as much.

mod basis;
mod chain;
mod html;
mod page;
#[cfg(test)]
mod sample;
mod words;

use super::reading::{BundleRead, Gateways, IndexView, Reading};
use super::reference;
use crate::context::{Context, write_new};
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use chain::Chained;
use fairtrail::chain::judge_chain;
use fairtrail::history::VerifiedHistory;
use fairtrail::messages::Language;
use fairtrail::policy::Policy;
use fairtrail::rules::{Difference, Question, Verdict, compare, judge};
use fairtrail::subject::SubjectId;
use fairtrail::time::Date;
use serde::Serialize;
use std::path::PathBuf;
use words::Words;

/// Verify what is known of a supplier's recruitment
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail verify osid:XA2026001N0RTHW --gateway http://127.0.0.1:8080 --policy policy.toml
  fairtrail verify osid:XA2026001N0RTHW --policy policy.toml --html verdict.html
  fairtrail verify lic:XA-LAB:GOODROAD-1 --as-of 2026-03-31 --known-at 2026-06-30 --policy policy.toml
  fairtrail verify osid:XA2026001N0RTHW --policy policy.toml --ruleset stricter.toml
  fairtrail verify osid:XA2026001N0RTHW --gateway https://one.example --gateway https://two.example --policy policy.toml
  fairtrail verify osid:XA2026001N0RTHW --bundle supplier.bundle --policy policy.toml
  fairtrail verify osid:XA2026001N0RTHW --tiers 3 --policy policy.toml --html chain.html

JSON: specs/schema/verdict.schema.json, with --tiers chain.schema.json, `fairtrail help json`
Exit statuses: 0 no adverse entries, 3 invalid evidence, 4 findings, 5 unknown or stale")]
pub struct Args {
    /// Ids of one supplier; repeat for more
    #[arg(required = true, value_name = "SUBJECT")]
    subjects: Vec<String>,
    /// The logs to judge.
    #[command(flatten)]
    reading: Reading,
    /// Judge what this bundle proves, without any gateway
    #[arg(long, value_name = "FILE", conflicts_with_all = ["by_index", "replica", "tiers"])]
    bundle: Option<PathBuf>,
    /// Ask the logs' indexes for proofs instead of reading whole logs: quick, but gateways learn
    /// whom I ask about [default: for large logs]
    #[arg(long, conflicts_with_all = ["replica", "offline", "tiers"])]
    by_index: bool,
    /// Read whole logs, however large, so that no gateway learns whom I ask about
    #[arg(long)]
    replica: bool,
    /// The date asked about [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Only what was provably known at the end of this date
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
    /// Judge whom the supplier depends on, too, so many steps away: 1 to 8
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=8))]
    tiers: Option<u8>,
    /// Write the verdict as a page to print and keep
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Language of the words for people: en, id
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = language)]
    lang: Language,
}

#[derive(Serialize)]
struct Verified {
    /// BLAKE3 of the policy file: what was trusted.
    policy: String,
    exit: u8,
    /// What is different from the verdict by the policy's own settings of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by_ruleset: Option<Difference>,
    /// The indexes that prove that nothing was left out; none where logs were read whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    indexes: Vec<IndexView>,
    #[serde(skip)]
    words: Words,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Report for Verified {
    const COMMAND: &'static str = "verify";

    fn human(&self, page: &mut Page) {
        let language = self.words.language;
        let changes = self.changed_by_ruleset.as_ref();
        let changes = changes.map(|changes| changes.lines(language));
        page::write(
            &self.verdict,
            changes.as_deref(),
            &self.indexes,
            self.words,
            page,
        );
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
    let question = Question {
        as_of: args.as_of.unwrap_or_else(|| context.now.date()),
        now: context.now,
    };
    let gateways = match bundled(args, context, &subjects)? {
        Chosen::Bundle(read) => {
            let indexes = IndexView::all(&read.evidence);
            return verified(
                args,
                context,
                &read.policy,
                &read.history,
                question,
                indexes,
            );
        }
        Chosen::Copies(gateways) => gateways,
    };
    let read = args.reading.read_from(context, gateways)?;
    let (policy, reader) = (&read.policy, read.reader(args.known_at)?);
    if let Some(tiers) = args.tiers {
        let words = Words::of(args.lang, &[]);
        let chain = judge_chain(&reader, &subjects, tiers, question);
        let policy = fairtrail::id::to_base32(policy.digest());
        write_page(args, context, || html::render_chain(&chain, &policy, words))?;
        return report(Chained::new(chain, policy, words));
    }
    let history = reader.history(&subjects);
    verified(args, context, policy, &history, question, Vec::new())
}

/// How it is shown that nothing was left out.
enum Chosen {
    Bundle(Box<BundleRead>),
    /// By copies of whole logs, from these gateways if they were looked for already.
    Copies(Option<Gateways>),
}

/// What bundles prove, where a file is given or the logs' indexes are asked.
fn bundled(
    args: &Args,
    context: &mut Context<'_>,
    subjects: &[SubjectId],
) -> Result<Chosen, CliError> {
    let reading = &args.reading;
    if let Some(file) = &args.bundle {
        let read = reading.judge_file(context, file, subjects, args.known_at)?;
        return Ok(Chosen::Bundle(Box::new(read)));
    }
    let may = args.by_index || !args.replica && args.tiers.is_none();
    let gateways = may
        .then(|| reading.gateways(context))
        .transpose()?
        .flatten();
    let is_large = gateways.as_ref().is_some_and(Gateways::is_large);
    if args.by_index || is_large {
        let read = reading.inquire(context, gateways, subjects, args.known_at)?;
        return Ok(Chosen::Bundle(Box::new(read)));
    }
    Ok(Chosen::Copies(gateways))
}

/// What a person reads of a verdict that rests on indexes, in English.
pub(super) fn text(verdict: &Verdict, indexes: &[IndexView]) -> String {
    let mut page = Page::new();
    let words = Words::of(Language::English, indexes);
    page::write(verdict, None, indexes, words, &mut page);
    page.words()
}

fn verified(
    args: &Args,
    context: &mut Context<'_>,
    policy: &Policy,
    history: &VerifiedHistory,
    question: Question,
    indexes: Vec<IndexView>,
) -> Outcome {
    let words = Words::of(args.lang, &indexes);
    let verdict = judge(history, policy, question);
    let own = |own: Policy| compare(&judge(history, &own, question), &verdict);
    let other_rules = args.reading.ruleset.is_some();
    let trusted = other_rules.then(|| args.reading.trusted()).transpose()?;
    let policy = fairtrail::id::to_base32(policy.digest());
    let changed_by_ruleset = trusted.map(own);
    let changes = changed_by_ruleset.as_ref();
    let changes = changes.map(|changes| changes.lines(args.lang));
    write_page(args, context, || {
        html::render(&verdict, &policy, changes.as_deref(), words)
    })?;
    report(Verified {
        policy,
        exit: verdict.outcome.exit_code(),
        changed_by_ruleset,
        indexes,
        words,
        verdict,
    })
}

/// Writes the page, if one is wanted.
fn write_page(
    args: &Args,
    context: &mut Context<'_>,
    render: impl FnOnce() -> Result<String, CliError>,
) -> Result<(), CliError> {
    let Some(path) = &args.html else {
        return Ok(());
    };
    write_new(path, render()?.as_bytes())?;
    context.ui.note(&format!("{} is written", path.display()));
    Ok(())
}

fn language(tag: &str) -> Result<Language, String> {
    Language::of_tag(tag).ok_or_else(|| {
        let known: Vec<_> = Language::ALL.iter().map(|known| known.tag()).collect();
        format!("one of {}", known.join(", "))
    })
}
