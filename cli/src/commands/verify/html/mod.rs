//! A verdict as one HTML file: no script, nothing loaded from anywhere, the same bytes for the same
//! verdict. Made to be printed and kept.
//!
//! What authors wrote enters twice guarded: [`Shown`] writes out every character that hides or
//! reorders text, and the template escapes whatever is markup.

mod bars;
mod chain;
mod entries;
mod results;
mod scale;
mod timeline;

#[cfg(test)]
mod tests;

use super::words::{Words, join};
use crate::error::CliError;
use crate::output::visible;
use askama::Template;
use bars::Bars;
pub(super) use chain::render_chain;
use data_encoding::HEXLOWER;
use entries::{Entry, Feed, Withheld};
use fairtrail::messages::Sentence;
use fairtrail::rules::{Outcome, Verdict};
use results::{Finding, Ilo, Indicator, Licence, NotEvaluated, Recruited, Unknown};
use std::fmt;
use timeline::Timeline;

/// Text that may be shown: nothing in it moves, hides or reorders what stands around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown(String);

impl Shown {
    pub(super) fn new(text: impl fmt::Display) -> Self {
        Self(visible(&text.to_string()))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the page is made of.
#[derive(Template)]
#[template(path = "verdict.html")]
struct Document {
    words: Words,
    lang: &'static str,
    reviewed: bool,
    title: Shown,
    outcome: Shown,
    outcome_class: &'static str,
    worst: Shown,
    facts: Vec<(String, Vec<Shown>)>,
    changes: Option<Vec<Shown>>,
    ilo: Vec<Ilo>,
    indicators: Vec<Indicator>,
    findings: Vec<Finding>,
    unknowns: Vec<Unknown>,
    not_evaluated: Vec<NotEvaluated>,
    licences: Vec<Licence>,
    recruited: Vec<Recruited>,
    bars: Option<Bars>,
    timeline: Option<Timeline>,
    entries: Vec<Entry>,
    related: Vec<Entry>,
    withheld: Vec<Withheld>,
    ignored: Vec<Shown>,
    feeds: Vec<Feed>,
    command: Shown,
    policy_check: Shown,
}

impl Document {
    /// A fixed text of the catalogue.
    fn t(&self, id: &str) -> String {
        self.words.label(id)
    }
}

/// The page of a verdict under the policy with this digest; `changes` are the lines of a
/// comparison, if there was one.
///
/// # Errors
/// Internal: the template could not be filled.
pub(super) fn render(
    verdict: &Verdict,
    policy: &str,
    changes: Option<&[String]>,
    words: Words,
) -> Result<String, CliError> {
    document(verdict, policy, changes, words)
        .render()
        .map_err(CliError::internal)
}

fn document(verdict: &Verdict, policy: &str, changes: Option<&[String]>, words: Words) -> Document {
    let subjects = join(&verdict.closure.asked);
    let title = Sentence::new("page-title").with("subjects", subjects);
    let check = Sentence::new("page-check-policy").with("digest", policy);
    let changes = changes.map(|lines| lines.iter().map(Shown::new).collect());
    Document {
        words,
        lang: words.language.tag(),
        reviewed: words.language.is_reviewed(),
        title: Shown::new(words.say(&title)),
        outcome: Shown::new(words.outcome(verdict.outcome)),
        outcome_class: class(verdict.outcome),
        worst: Shown::new(words.severity(verdict.worst_severity)),
        facts: facts(verdict, policy, words),
        changes,
        ilo: results::ilo(verdict, words),
        indicators: results::indicators(verdict, words),
        findings: results::findings(verdict, words),
        unknowns: results::unknowns(verdict, words),
        not_evaluated: results::not_evaluated(verdict, words),
        licences: results::licences(verdict, words),
        recruited: results::recruited(verdict, words),
        bars: bars::bars(verdict, words),
        timeline: timeline::timeline(verdict, words),
        entries: entries::entries(&verdict.entries, words),
        related: entries::entries(&verdict.related_entries, words),
        withheld: entries::withheld(verdict, words),
        ignored: entries::ignored(verdict, words),
        feeds: entries::feeds(verdict, words),
        command: Shown::new(command(verdict, None)),
        policy_check: Shown::new(words.say(&check)),
    }
}

const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Findings => "bad",
        Outcome::NoAdverseEntries => "good",
        Outcome::Stale | Outcome::Unknown => "warn",
    }
}

/// What was read and under which policy: names and values.
fn facts(verdict: &Verdict, policy: &str, words: Words) -> Vec<(String, Vec<Shown>)> {
    let known_at = verdict
        .known_at
        .map_or_else(|| words.label("page-known-now"), |date| date.to_string());
    let edition = Sentence::new("page-edition").with_text("edition", &verdict.edition);
    let one = |text: String| vec![Shown::new(text)];
    let all = |ids: &[fairtrail::subject::SubjectId]| ids.iter().map(Shown::new).collect();
    let closure = &verdict.closure;
    let paths = closure.aliases.iter().flat_map(|alias| &alias.path);
    let paths = paths.map(|link| Shown::new(words.link(link)));
    let others = closure.neighbours.iter();
    let others = others.map(|link| Shown::new(words.link(link)));
    let left = closure.left.iter();
    let left = left.map(|left| Shown::new(words.left(left)));
    let lacking = verdict.lacking.iter();
    let lacking = lacking.map(|lacking| Shown::new(words.lacks(lacking)));
    let mut facts = vec![
        ("page-as-of", one(verdict.as_of.to_string())),
        ("page-known-at", one(known_at)),
        ("page-asked-at", one(verdict.asked_at.to_string())),
        ("page-rules", one(words.say(&edition))),
        ("page-settings", one(HEXLOWER.encode(&verdict.settings))),
        ("page-policy", one(policy.to_owned())),
        ("page-network", one(verdict.network.to_string())),
        ("page-ids", all(&verdict.subjects)),
        ("page-same-party", paths.collect()),
        ("page-other-parties", others.collect()),
        ("page-links-left", left.collect()),
        ("page-related", all(&verdict.related)),
        ("page-lacking", lacking.collect()),
    ];
    for log in &verdict.logs {
        let read = Sentence::new("page-log-read")
            .with_text("origin", &log.origin)
            .with_text("size", log.size)
            .with_text("root", &log.root);
        facts.push(("page-log", one(words.say(&read))));
        let cosigned = log.cosigned_by.iter().map(|(who, at)| {
            let sentence = Sentence::new("page-cosigned-at").with_text("who", who);
            Shown::new(words.say(&sentence.with_text("at", at)))
        });
        facts.push(("page-cosigned", cosigned.collect()));
        let unknown = || words.label("page-time-unknown");
        let mut time = one(words.interval_of(log).unwrap_or_else(unknown));
        if verdict.time_is_operators_word {
            time.push(Shown::new(words.label("page-operators-word")));
        }
        facts.push(("page-time", time));
    }
    let not_read = verdict.not_read.iter();
    let not_read = not_read.map(|log| Shown::new(words.not_read(log)));
    facts.push(("page-log", not_read.collect()));
    let facts = facts.into_iter().filter(|(_, values)| !values.is_empty());
    facts
        .map(|(id, values)| (words.label(id), values))
        .collect()
}

/// The line that asks the same again.
fn command(verdict: &Verdict, tiers: Option<u8>) -> String {
    let asked = verdict.closure.asked.iter();
    let subjects: Vec<_> = asked.map(ToString::to_string).collect();
    let known = verdict.known_at;
    let known = known.map_or_else(String::new, |date| format!(" --known-at {date}"));
    let tiers = tiers.map_or_else(String::new, |tiers| format!(" --tiers {tiers}"));
    format!(
        "fairtrail verify {}{tiers} --policy policy.toml --as-of {}{known}",
        subjects.join(" "),
        verdict.as_of
    )
}
