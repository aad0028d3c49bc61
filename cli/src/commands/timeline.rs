//! `fairtrail timeline`: what could have been known of a supplier when, and what was done.

use super::reading::Reading;
use super::reference::{self, AuthorRef};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::diligence::{DiligenceTimeline, KnownLine, Lateness, PrivateAck};
use fairtrail::files::PrivateAcks;
use fairtrail::history::LogNotRead;
use fairtrail::id::EntryId;
use fairtrail::rules::{EntryLine, Question, Stated, judge};
use fairtrail::time::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// Options of `timeline`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail timeline osid:XA2026001N0RTHW --known-by acme --policy policy.toml
  fairtrail timeline osid:XA2026001N0RTHW --known-by author:… --known-at 2026-06-30 --policy policy.toml
  fairtrail timeline osid:XA2026001N0RTHW --known-by acme --private --policy policy.toml

\"Recorded\" is proved: the log held the entry by then. Dates that an author gives are its own word.
That nothing is known of an act does not say that nothing was done.")]
pub struct Args {
    /// Ids of one supplier; repeat for more
    #[arg(required = true, value_name = "SUPPLIER")]
    subjects: Vec<String>,
    /// Whose knowledge: an author's id, or its name on this machine
    #[arg(long, value_name = "ORG")]
    known_by: AuthorRef,
    /// The logs to read.
    #[command(flatten)]
    reading: Reading,
    /// Only what was provably known at the end of this date
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
    /// Show what this author noted in private as well; it must be one of this machine
    #[arg(long)]
    private: bool,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    timeline: DiligenceTimeline,
    not_acknowledged: usize,
    /// Logs of the policy that could not be read.
    not_read: Vec<LogNotRead>,
    /// What each entry states, in a few fields of its claim.
    states: BTreeMap<EntryId, Vec<Stated>>,
    /// What the organisation noted in private about these entries; not proved by this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noted_in_private: Vec<PrivateAck>,
    #[serde(skip)]
    known_by: String,
}

impl Report for Shown {
    const COMMAND: &'static str = "timeline";

    fn human(&self, page: &mut Page) {
        let timeline = &self.timeline;
        let subjects: Vec<_> = timeline.subjects.iter().map(ToString::to_string).collect();
        page.toned(Tone::Strong, subjects.join(", "));
        page.field(
            "known by",
            format!("{} ({})", self.known_by, timeline.known_by),
        );
        page.field_if("known at", timeline.known_at);
        for log in &timeline.logs {
            page.field(
                "log",
                format!("{}, {} entries, all read", log.origin, log.size),
            );
        }
        for log in &self.not_read {
            let line = format!("{} was not read: {}", log.origin, log.reason);
            page.toned(Tone::Warn, line);
        }
        for line in &timeline.lines {
            page.gap();
            self.line(line, page);
        }
        if !timeline.acts.is_empty() {
            page.gap();
            page.toned(Tone::Strong, format!("acts of {}", self.known_by));
        }
        for act in &timeline.acts {
            page.line(format!("  {}", act.words()));
            page.toned(Tone::Faint, format!("  {}", act.entry));
        }
        for ack in &timeline.without_effect {
            page.toned(Tone::Warn, format!("acknowledgement without effect: {ack}"));
        }
        page.gap();
        self.answer(page);
    }
}

impl Shown {
    fn line(&self, line: &KnownLine, page: &mut Page) {
        let date = line
            .recorded
            .map_or_else(|| "not recorded".to_owned(), |at| at.date().to_string());
        let role = line.role.map_or("no role", |role| role.as_str());
        page.pieces([
            (Tone::Strong, format!("{date}  {:<18} ", line.kind)),
            (Tone::Plain, format!("{role} {}", line.by)),
        ]);
        page.toned(Tone::Faint, format!("    {}", line.entry));
        if let Some(states) = self
            .states
            .get(&line.entry)
            .filter(|states| !states.is_empty())
        {
            let states = states
                .iter()
                .map(|stated| format!("{} {}", stated.field.replace('_', " "), stated.value));
            page.line(format!(
                "    states: {}",
                states.collect::<Vec<_>>().join(", ")
            ));
        }
        if let Some((from, to)) = line.happened {
            let event = if from == to {
                from.to_string()
            } else {
                format!("{from} to {to}")
            };
            page.line(format!("    event: {event}"));
        }
        let late = matches!(
            line.lateness,
            Lateness::RecordedLate { .. } | Lateness::Backfill
        );
        page.toned(
            if late { Tone::Warn } else { Tone::Plain },
            format!("    {}", line.recorded_words()),
        );
        for (is, words) in [
            (!line.counts, "does not count under this policy"),
            (line.replaced, "replaced or withdrawn by a later statement"),
            (!line.readable, "its claim is not readable here"),
        ] {
            if is {
                page.toned(Tone::Warn, format!("    {words}"));
            }
        }
        if line.by != self.timeline.known_by {
            let tone = if line.acknowledged.is_some() {
                Tone::Plain
            } else {
                Tone::Warn
            };
            page.toned(
                tone,
                format!("    {}", line.acknowledged_words(&self.known_by)),
            );
        }
        self.acts(line, page);
    }

    fn acts(&self, line: &KnownLine, page: &mut Page) {
        for ack in self
            .noted_in_private
            .iter()
            .filter(|ack| ack.entry == line.entry)
        {
            page.line(format!(
                "    noted in private by {}: seen on {}; `fairtrail ack prove {}` shows by when",
                self.known_by, ack.seen_on, ack.seq
            ));
        }
        for act in &line.acts {
            page.line(format!("    {}", act.words()));
        }
    }

    fn answer(&self, page: &mut Page) {
        if self.timeline.lines.is_empty() {
            page.line("nothing was recorded about these ids; these logs were read in full");
            return;
        }
        page.line(format!(
            "{} entries could have been known; {} of them are not acknowledged by {} as far as known",
            self.timeline.lines.len(),
            self.not_acknowledged,
            self.known_by
        ));
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let subjects = args.subjects.iter().map(|text| reference::subject(text));
    let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
    let known_by = args.known_by.resolve(context)?;
    let private = private(args, context)?;
    let read = args.reading.read(context)?;
    let history = read.reader(args.known_at)?.history(&subjects);
    let late_days = read.policy.settings().recorded_late_days;
    let timeline = DiligenceTimeline::of(&history, known_by, late_days);
    let question = Question {
        as_of: context.now.date(),
        now: context.now,
    };
    let states = judge(&history, &read.policy, question).entries;
    let states = states
        .into_iter()
        .map(|EntryLine { id, states, .. }| (id, states));
    let about = |ack: &PrivateAck| timeline.lines.iter().any(|line| line.entry == ack.entry);
    report(Shown {
        not_acknowledged: timeline.not_acknowledged(),
        not_read: history.not_read().to_vec(),
        states: states.collect(),
        noted_in_private: private.into_iter().filter(about).collect(),
        known_by: match &args.known_by {
            AuthorRef::Name(name) => name.to_string(),
            AuthorRef::Id(_) => "it".to_owned(),
        },
        timeline,
    })
}

fn private(args: &Args, context: &Context<'_>) -> Result<Vec<PrivateAck>, CliError> {
    let AuthorRef::Name(name) = &args.known_by else {
        return if args.private {
            Err(
                CliError::usage("--private shows what an author of this machine noted")
                    .hint("name it as `fairtrail author list` does"),
            )
        } else {
            Ok(Vec::new())
        };
    };
    if !args.private {
        return Ok(Vec::new());
    }
    let dir = context.author(name)?;
    let author = super::deliver::membership(&dir)?.author;
    Ok(PrivateAcks::open(&dir, author)?.log().records().to_vec())
}
