//! What a person reads of a chain; the last line is the answer.

use super::super::words::{Words, join};
use super::{branches, unknowns, way};
use crate::output::{Page, Tone, wrap};
use fairtrail::chain::{ChainIlo, ChainParty, ChainTier, ChainVerdict};
use fairtrail::messages::Sentence;
use fairtrail::rules::{IloState, Outcome};
use std::fmt::Display;

/// Columns of a line.
const COLUMNS: usize = 80;
/// Parties that are named where something is unknown of many; all stand in `--json` and `--html`.
const SHOWN: usize = 8;

pub(super) fn write(chain: &ChainVerdict, words: Words, page: &mut Page) {
    let mut writer = Writer { words, page };
    writer.scope(chain);
    writer.head("page-chain-tree");
    for party in branches(chain) {
        writer.branch(party);
    }
    writer.head("page-chain-tiers");
    for tier in &chain.by_tier {
        writer.tier(tier);
    }
    writer.head("page-chain-worst");
    for line in &chain.ilo {
        writer.ilo(line);
    }
    writer.unknowns(chain);
    writer.list("page-chain-shared", &chain.shared_recruiters, |one| {
        words.shared(one)
    });
    writer.list("page-chain-cycles", &chain.cycles, |ids| join(ids));
    writer.list("page-chain-cut", &chain.cut, |link| words.link(link));
    let times = &chain.other_times;
    writer.list("page-chain-other-times", times, |link| words.link(link));
    if !chain.ends.is_empty() {
        writer.page.gap();
        let ends = Sentence::new("page-chain-ends").with("count", chain.ends.len());
        writer.prose(0, Tone::Plain, &words.say(&ends));
    }
    writer.page.gap();
    writer.answer(chain);
}

struct Writer<'a> {
    words: Words,
    page: &'a mut Page,
}

impl Writer<'_> {
    fn scope(&mut self, chain: &ChainVerdict) {
        let asked = chain.parties.first().map(|party| party.subject.to_string());
        self.page.toned(Tone::Strong, asked.unwrap_or_default());
        self.field("page-chain-steps", chain.tiers);
        self.field("page-as-of", chain.as_of);
        if let Some(known_at) = chain.known_at {
            self.field("page-known-at", known_at);
        }
        self.field("page-chain-parties", chain.parties.len());
        let note = self.words.label("page-chain-note");
        self.prose(0, Tone::Faint, &note);
    }

    /// A party, how it was reached, and its own verdict.
    fn branch(&mut self, party: &ChainParty) {
        let indent = "  ".repeat(usize::from(party.tier));
        let link = party.path.last();
        let relation = link.map_or_else(String::new, |link| {
            format!("{}: ", self.words.word(&link.relation))
        });
        let name = self.words.party(party);
        let verdict = &party.verdict;
        let severity = verdict.worst_severity;
        let worst = severity.map_or_else(String::new, |severity| {
            format!(", {}", self.words.severity(Some(severity)))
        });
        self.page.pieces([
            (Tone::Plain, format!("{indent}{relation}{name}  ")),
            (
                tone(verdict.outcome),
                format!("{}{worst}", verdict.outcome.as_str()),
            ),
        ]);
        if let Some(link) = link {
            let said = format!("{indent}  {}", self.words.said(link));
            self.page.toned(Tone::Faint, said);
        }
    }

    fn tier(&mut self, tier: &ChainTier) {
        let line = self.words.tier(tier);
        self.page.pieces([
            (Tone::Plain, format!("  {line}: ")),
            (tone(tier.outcome), tier.outcome.as_str().to_owned()),
            (
                Tone::Plain,
                tier.worst_severity.map_or_else(String::new, |severity| {
                    format!(", {}", self.words.severity(Some(severity)))
                }),
            ),
        ]);
    }

    fn ilo(&mut self, line: &ChainIlo) {
        let tone = match line.state {
            IloState::Reported => Tone::Bad,
            IloState::Unknown | IloState::NotEvaluated => Tone::Warn,
            IloState::NothingReported => Tone::Plain,
        };
        let name = self.words.label(&format!("ilo-{}", line.number));
        let state = self.words.ilo_state(line.state);
        let severity = line.worst_severity.map_or_else(String::new, |severity| {
            format!(", {}", self.words.severity(Some(severity)))
        });
        self.page.pieces([
            (Tone::Plain, format!("  {:>2} {name}: ", line.number)),
            (tone, format!("{state}{severity}")),
        ]);
        if line.state != IloState::Reported {
            return;
        }
        let rests = self.words.label("page-rests-on");
        for place in &line.at {
            self.page
                .line(format!("      {}", way(&place.path, &place.subject)));
            let path = place.path.iter().map(|link| link.entry);
            for entry in path.chain(place.rests_on.iter().copied()) {
                self.page
                    .toned(Tone::Faint, format!("        {rests} {entry}"));
            }
        }
    }

    fn unknowns(&mut self, chain: &ChainVerdict) {
        let lines: Vec<_> = unknowns(chain).into_iter().collect();
        let words = self.words;
        self.list("page-unknowns", &lines, |((tier, code), subjects)| {
            let shown = join(subjects.iter().take(SHOWN));
            let more = subjects.len().saturating_sub(SHOWN);
            let who = if more == 0 {
                shown
            } else {
                let sentence = Sentence::new("page-chain-more").with_text("items", shown);
                words.say(&sentence.with("count", more))
            };
            let step = words.say(&Sentence::new("page-chain-step").with_text("step", tier));
            format!("{step}, {code}: {who}")
        });
    }

    fn answer(&mut self, chain: &ChainVerdict) {
        let verdict = self.words.label("page-chain-verdict");
        let worst = self.words.label("page-chain-worst-of-all");
        self.page.pieces([
            (Tone::Strong, format!("{verdict}: ")),
            (tone(chain.outcome), chain.outcome.as_str().to_owned()),
            (Tone::Plain, format!(", {worst}")),
        ]);
    }

    fn head(&mut self, id: &str) {
        self.page.gap();
        self.page.toned(Tone::Strong, self.words.label(id));
    }

    fn field(&mut self, id: &str, value: impl Display) {
        self.page.field(&self.words.label(id), value.to_string());
    }

    fn list<T>(&mut self, title: &str, items: &[T], write: impl Fn(&T) -> String) {
        if items.is_empty() {
            return;
        }
        self.head(title);
        for item in items {
            self.page.line(format!("  {}", write(item)));
        }
    }

    fn prose(&mut self, indent: usize, tone: Tone, text: &str) {
        for line in wrap(text, COLUMNS - indent) {
            self.page.toned(tone, format!("{:indent$}{line}", ""));
        }
    }
}

const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Findings => Tone::Bad,
        Outcome::NoAdverseEntries => Tone::Good,
        Outcome::Stale | Outcome::Unknown => Tone::Warn,
    }
}
