//! What is new of one supplier.

use super::memory::Known;
use crate::lists::Supplier;
use crate::output::{Page, Report, Tone};
use fairtrail::history::{HistoryEntry, LogView, VerifiedHistory};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::messages::Language;
use fairtrail::rules::{Difference, Outcome, Snapshot, Verdict};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use serde::Serialize;

/// One supplier of whom something is new.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    /// What the list calls it.
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    subjects: Vec<SubjectId>,
    /// Whether it is seen for the first time.
    pub(super) first: bool,
    seen_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Outcome>,
    after: Outcome,
    /// What differs in the verdict, in words.
    differs: Vec<String>,
    /// The same in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Box<Difference>>,
    /// Entries that were not there before.
    entries: Vec<NewEntry>,
    /// What it was proved by.
    logs: Vec<LogView>,
}

/// One entry that is new.
#[derive(Debug, Serialize)]
struct NewEntry {
    entry: EntryId,
    kind: String,
    author: AuthorId,
    log: String,
    leaf: u64,
    /// In one line.
    says: String,
}

impl Change {
    /// What is known now, and what of it is new.
    pub(super) fn find(
        supplier: &Supplier,
        history: &VerifiedHistory,
        verdict: &Verdict,
        before: Option<&Known>,
        now: Timestamp,
    ) -> (Known, Option<Self>) {
        let known = Known {
            verdict: Snapshot::of(verdict),
            entries: history.entries().iter().map(HistoryEntry::id).collect(),
        };
        let fresh = |entry: &&HistoryEntry| {
            before.is_some_and(|before| !before.entries.contains(&entry.id()))
        };
        let entries = history.entries().iter().filter(fresh).map(NewEntry::of);
        let entries: Vec<_> = entries.collect();
        let difference = before.map(|before| Difference::between(&before.verdict, &known.verdict));
        let difference = difference.filter(|difference| !difference.is_empty());
        if before.is_some() && entries.is_empty() && difference.is_none() {
            return (known, None);
        }
        let differs = difference.as_ref();
        let change = Self {
            name: supplier.name.clone(),
            subjects: supplier.subjects.clone(),
            first: before.is_none(),
            seen_at: now,
            before: before.map(|before| before.verdict.outcome),
            after: verdict.outcome,
            differs: differs.map_or_else(Vec::new, |found| found.lines(Language::English)),
            difference: difference.map(Box::new),
            entries,
            logs: history.logs().to_vec(),
        };
        (known, Some(change))
    }
}

impl NewEntry {
    fn of(found: &HistoryEntry) -> Self {
        let entry = found.entry();
        let (kind, author) = (found.kind().to_owned(), entry.author());
        let about = entry.header().subjects.iter().map(ToString::to_string);
        let about: Vec<_> = about.collect();
        let known = found.times().not_after;
        let since = known.map_or_else(|| "not dated yet".to_owned(), |at| format!("known by {at}"));
        Self {
            entry: found.id(),
            says: format!("{kind} about {}, by {author}, {since}", about.join(" ")),
            kind,
            author,
            log: found.origin().to_owned(),
            leaf: found.leaf(),
        }
    }
}

impl Report for Change {
    const COMMAND: &'static str = "watch";

    fn human(&self, page: &mut Page) {
        let ids: Vec<_> = self.subjects.iter().map(ToString::to_string).collect();
        let ids = ids.join(" ");
        let who = if self.name.is_empty() {
            ids
        } else {
            format!("{} ({ids})", self.name)
        };
        let verdict = match self.before {
            None => format!("{who}: {} (seen for the first time)", self.after.as_str()),
            Some(before) if before == self.after => {
                format!("{who}: {}, as before", self.after.as_str())
            }
            Some(before) => format!(
                "{who}: {} before, now {}",
                before.as_str(),
                self.after.as_str()
            ),
        };
        let tone = match self.after {
            Outcome::Findings => Tone::Bad,
            Outcome::NoAdverseEntries => Tone::Good,
            Outcome::Stale | Outcome::Unknown => Tone::Warn,
        };
        page.toned(tone, verdict);
        for line in &self.differs {
            page.line(format!("  {line}"));
        }
        for entry in &self.entries {
            page.line(format!("  new: {}", entry.says));
            page.line(format!(
                "       {} at leaf {} of {}",
                entry.entry, entry.leaf, entry.log
            ));
        }
    }
}
