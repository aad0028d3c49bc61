//! What a person reads of a verdict. Every line is understandable without colour and, ids and
//! roots apart, no wider than 80 columns; the last line is the answer.

mod scope;

use super::super::reading::IndexView;
use super::words::{Words, join, short};
use crate::output::{Page, Tone, wrap};
use fairtrail::id::EntryId;
use fairtrail::messages::Sentence;
use fairtrail::rules::{
    Counts, EntryLine, Force, IloState, Indicator, LicenceView, Mark, Moment, OpenFinding, Outcome,
    Unknown, Verdict,
};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Columns of a line.
const COLUMNS: usize = 80;
/// Columns before the value of a field.
const FIELD: usize = 15;

/// Writes the whole verdict; `changes` are what other settings of the rules change.
pub(super) fn write(
    verdict: &Verdict,
    changes: Option<&[String]>,
    indexes: &[IndexView],
    words: Words,
    page: &mut Page,
) {
    let mut writer = Writer {
        verdict,
        indexes,
        words,
        page,
    };
    writer.scope();
    writer.lacking();
    writer.entries();
    writer.licences();
    writer.indicators();
    writer.findings();
    writer.unknowns();
    writer.not_evaluated();
    writer.ilo();
    writer.worst();
    writer.ignored();
    writer.changes(changes);
    writer.page.gap();
    writer.answer();
}

struct Writer<'a> {
    verdict: &'a Verdict,
    indexes: &'a [IndexView],
    words: Words,
    page: &'a mut Page,
}

impl Writer<'_> {
    fn entries(&mut self) {
        self.page.gap();
        let (own, related) = (&self.verdict.entries, &self.verdict.related_entries);
        if own.is_empty() {
            self.head("page-no-entries");
        } else {
            self.counted("page-entries", own);
        }
        if !related.is_empty() {
            self.page.gap();
            self.counted("page-about-related", related);
        }
    }

    fn counted(&mut self, title: &str, lines: &[EntryLine]) {
        let title = lower_first(&self.words.label(title));
        let title = format!("{title} ({})", lines.len());
        self.page.toned(Tone::Strong, title);
        for line in lines {
            self.entry(line);
        }
    }

    fn entry(&mut self, line: &EntryLine) {
        let known = line.not_after.map_or_else(
            || self.words.label("page-time-unknown"),
            |at| at.date().to_string(),
        );
        let who = self.words.who(line);
        self.page.pieces([
            (Tone::Plain, format!("  {known}  {:<16} {who}", line.kind)),
            (Tone::Warn, marks(&line.marks)),
        ]);
        if !matches!(line.counts, Counts::Yes | Counts::Network) {
            self.prose(14, Tone::Warn, &self.words.counts(line.counts));
        }
        self.page
            .toned(Tone::Faint, format!("              {}", line.id));
        let mut rests = vec![self.words.words(&line.basis)];
        rests.extend(line.evidence_standard.map(|word| self.words.word(word)));
        rests.retain(|text| !text.is_empty());
        if !rests.is_empty() {
            let basis = format!("{}: {}", self.words.label("page-basis"), rests.join("; "));
            self.prose(14, Tone::Faint, &basis);
        }
        for by in &line.revoked_by {
            let revoked = Sentence::new("page-revoked-by").with_text("entry", by);
            self.prose(14, Tone::Warn, &self.words.say(&revoked));
        }
        for part in &line.withheld {
            let title = self.words.label("page-withheld").to_lowercase();
            let (role, reason) = (self.words.word(part.role), self.words.withheld(part));
            let withheld = format!("{title}: {role} ({}), {reason}", part.digest);
            self.prose(14, Tone::Warn, &withheld);
        }
    }

    fn licences(&mut self) {
        let views = &self.verdict.licences;
        self.title("page-licences", views.is_empty());
        for view in views {
            self.licence(view);
        }
        self.recruited_under();
    }

    /// The months of recruitment: as known now, and as known then.
    fn recruited_under(&mut self) {
        let rows = &self.verdict.recruited_under;
        self.title("page-recruited-under", rows.is_empty());
        for row in rows {
            let tone = match row.now {
                Force::InForce => Tone::Plain,
                Force::Lapsed => Tone::Bad,
                Force::NotInForce | Force::Unknown => Tone::Warn,
            };
            self.prose(2, tone, &self.words.recruited_under(row));
        }
    }

    fn licence(&mut self, view: &LicenceView) {
        let route = view.route.as_ref();
        let route = route.map_or_else(String::new, |route| format!(", {route}"));
        let source = self.words.word(view.source);
        self.page
            .line(format!("  {} ({source}{route})", view.subject));
        if view.unresolved {
            self.prose(4, Tone::Warn, &self.words.label("page-several-rows"));
        }
        for segment in &view.segments {
            let (began, ended) = self.words.interval(segment);
            let status = self.words.word(&segment.status);
            self.prose(4, Tone::Plain, &format!("{status}: {began}; {ended}"));
        }
        let tone = match &view.as_of {
            Moment::InForce { .. } => Tone::Plain,
            Moment::Lapsed { .. } => Tone::Bad,
            Moment::NotInForce { .. } | Moment::Unknown { .. } => Tone::Warn,
        };
        let on_date = self.words.label("page-on-date");
        let moment = self.words.moment(&view.as_of);
        self.prose(4, tone, &format!("{on_date}: {moment}"));
    }

    fn indicators(&mut self) {
        let found = &self.verdict.indicators;
        self.title("page-indicators", found.is_empty());
        for indicator in found {
            self.indicator(indicator);
        }
    }

    fn indicator(&mut self, found: &Indicator) {
        let severity = self.words.severity(Some(found.severity));
        let weight = self.words.weight(found);
        let ilo = self.words.ilo_numbers(found.ilo);
        let head = [severity, weight, ilo].into_iter();
        let head: Vec<_> = head.filter(|text| !text.is_empty()).collect();
        let tone = if found.adverse { Tone::Bad } else { Tone::Warn };
        self.page.pieces([
            (tone, format!("  {} {}", found.rule, head.join(", "))),
            (Tone::Warn, marks(&found.marks)),
        ]);
        self.prose(6, Tone::Plain, &self.words.say(&found.sentence));
        self.rests_on(&found.rests_on);
        self.replies(&found.rests_on);
    }

    fn findings(&mut self) {
        let findings = &self.verdict.open_findings;
        self.title("page-findings", findings.is_empty());
        for finding in findings {
            self.finding(finding);
        }
    }

    fn finding(&mut self, finding: &OpenFinding) {
        let topic = self.words.word(&finding.topic);
        let severity = self.words.severity(finding.severity);
        self.page.pieces([
            (Tone::Bad, format!("  {topic}, {severity}")),
            (Tone::Warn, marks(&finding.marks)),
        ]);
        self.prose(6, Tone::Plain, &self.words.finding(finding));
        let due = self.words.due(finding, self.verdict.as_of);
        self.prose(6, Tone::Plain, &due);
        self.rests_on(&[finding.entry]);
        if finding.replies.is_empty() {
            let none = self.words.no_reply(finding.reply_by, self.verdict.as_of);
            self.prose(6, Tone::Plain, &none);
        }
        self.replies(&[finding.entry]);
    }

    /// What parties answered, beside what they answer.
    fn replies(&mut self, answered: &[EntryId]) {
        let verdict = self.verdict;
        let answers = |reply: &&fairtrail::rules::ReplyView| {
            reply.answers.iter().any(|entry| answered.contains(entry))
        };
        for reply in verdict.replies.iter().filter(answers) {
            self.prose(6, Tone::Strong, &self.words.reply(reply));
            self.page
                .toned(Tone::Faint, format!("        {}", reply.entry));
            for text in &reply.texts {
                for line in text.text.split('\n') {
                    self.prose(8, Tone::Plain, &format!("\"{line}\""));
                }
            }
            if reply.withheld > 0 {
                self.prose(8, Tone::Warn, &self.words.label("page-reply-withheld"));
            }
        }
    }

    fn unknowns(&mut self) {
        let unknowns = &self.verdict.unknowns;
        self.title("page-unknowns", unknowns.is_empty());
        for unknown in unknowns {
            self.unknown(unknown);
        }
    }

    fn unknown(&mut self, unknown: &Unknown) {
        let sentence = self.words.say(&unknown.sentence);
        self.prose(2, Tone::Warn, &format!("{}: {sentence}", unknown.code));
        self.rests_on(&unknown.rests_on);
    }

    fn not_evaluated(&mut self) {
        let items = &self.verdict.not_evaluated;
        if items.is_empty() {
            return;
        }
        self.page.gap();
        let mut by_field: BTreeMap<(&str, usize), Vec<&str>> = BTreeMap::new();
        for item in items {
            let rules = by_field.entry((item.field, item.statements)).or_default();
            rules.push(item.rule);
        }
        let fields = by_field.into_iter().map(|((field, statements), rules)| {
            let absent = self.words.absent(field, statements);
            wrap(&format!("{absent}: {}", join(rules)), COLUMNS - FIELD).join("\n")
        });
        let fields: Vec<_> = fields.collect();
        let name = self.words.label("page-not-evaluated").to_lowercase();
        self.page.field(&name, fields.join("\n"));
    }

    /// The ILO vector, by what is known.
    fn ilo(&mut self) {
        self.page.gap();
        self.head("page-ilo");
        for state in [
            IloState::Reported,
            IloState::Unknown,
            IloState::NotEvaluated,
            IloState::NothingReported,
        ] {
            let lines = self.verdict.ilo.iter().filter(|line| line.state == state);
            let numbers = lines.map(|line| match line.worst_severity {
                Some(severity) => {
                    let severity = self.words.severity(Some(severity));
                    format!("{} ({severity})", line.number)
                }
                None => line.number.to_string(),
            });
            let numbers: Vec<_> = numbers.collect();
            if !numbers.is_empty() {
                let name = self.words.ilo_state(state);
                let text = wrap(&numbers.join(", "), COLUMNS - 20);
                let text = text.join("\n                    ");
                self.page.line(format!("  {name:<17} {text}"));
            }
        }
    }

    fn worst(&mut self) {
        if let Some(worst) = self.verdict.worst_severity {
            self.field("page-worst-severity", worst);
        }
    }

    fn ignored(&mut self) {
        let ignored = &self.verdict.ignored_refs;
        self.title("page-ignored", ignored.is_empty());
        for one in ignored {
            let (by, target) = (short(&one.by), short(&one.target));
            let line = format!("{by} {} {target}: {}", one.sort, one.reason);
            self.prose(2, Tone::Warn, &line);
        }
    }

    /// What other settings of the rules change, if others were asked for.
    fn changes(&mut self, changes: Option<&[String]>) {
        let Some(changes) = changes else {
            return;
        };
        self.title("page-changes", false);
        if changes.is_empty() {
            self.prose(2, Tone::Plain, &self.words.label("page-no-change"));
        }
        for line in changes {
            self.prose(2, Tone::Plain, line);
        }
    }

    fn answer(&mut self) {
        let tone = match self.verdict.outcome {
            Outcome::Findings => Tone::Bad,
            Outcome::NoAdverseEntries => Tone::Good,
            Outcome::Stale | Outcome::Unknown => Tone::Warn,
        };
        let verdict = self.words.label("page-summary").to_lowercase();
        let sentence = self.words.outcome(self.verdict.outcome);
        self.page
            .pieces([(Tone::Strong, format!("{verdict}: ")), (tone, sentence)]);
    }

    fn field(&mut self, id: &str, value: impl Display) {
        let value = wrap(&value.to_string(), COLUMNS - FIELD).join("\n");
        let name = self.words.label(id).to_lowercase();
        self.page.field(&name, value);
    }

    fn head(&mut self, id: &str) {
        let title = self.words.label(id);
        self.page.toned(Tone::Strong, lower_first(&title));
    }

    /// A heading, if something follows.
    fn title(&mut self, id: &str, nothing: bool) {
        if !nothing {
            self.page.gap();
            self.head(id);
        }
    }

    fn prose(&mut self, indent: usize, tone: Tone, text: &str) {
        for line in wrap(text, COLUMNS - indent) {
            self.page.toned(tone, format!("{:indent$}{line}", ""));
        }
    }

    fn rests_on(&mut self, entries: &[EntryId]) {
        let rests = self.words.label("page-rests-on");
        for entry in entries {
            self.page
                .toned(Tone::Faint, format!("      {rests} {entry}"));
        }
    }
}

/// A heading as it stands in running text; abbreviations stay.
fn lower_first(title: &str) -> String {
    let mut rest = title.chars();
    let first = rest.next().map(|c| c.to_lowercase().to_string());
    match (first, rest.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first + rest.as_str(),
        _ => title.to_owned(),
    }
}

fn marks(marks: &[Mark]) -> String {
    if marks.is_empty() {
        String::new()
    } else {
        format!("  [{}]", join(marks))
    }
}
