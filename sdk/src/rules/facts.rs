//! What is asked of every entry again and again, side by side: a history has thousands of entries,
//! and each of them is too large to be fetched from memory for one bit of it.

use super::lines::{counts, is_against, marks};
use super::marks::Marks;
use super::{Case, Counts};
use crate::claim::Claim;
use crate::history::HistoryEntry;
use crate::subject::SubjectId;

/// A few facts about one entry.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that holds or does not"
)]
pub(super) struct Fact {
    pub(super) counts: Counts,
    pub(super) marks: Marks,
    /// Of its claim, where that can be read.
    pub(super) kind: Option<&'static str>,
    /// Whether it is about the subjects, a licence they lean on, or names whoever recruited in a
    /// list or a link.
    pub(super) relevant: bool,
    /// Whether it names a subject.
    pub(super) own: bool,
    /// Whether its author lost its standing.
    pub(super) lost: bool,
    /// Whether it has parts beside its claim.
    pub(super) more_parts: bool,
    /// Whether parts of it are not here.
    pub(super) withheld: bool,
}

impl Fact {
    fn of(case: &Case<'_>, entry: &HistoryEntry) -> Self {
        let own = case.history.subjects().iter().any(|id| entry.names(id));
        Self {
            counts: counts(entry),
            marks: marks(case, entry),
            kind: entry.claim().map(Claim::kind),
            relevant: own || leans_on(case, entry),
            own,
            lost: entry.standing().is_lost(),
            more_parts: entry.entry().header().parts.len() > 1,
            withheld: !entry.withheld().is_empty(),
        }
    }

    /// Whether what is adverse in it counts.
    pub(super) const fn against(&self) -> bool {
        is_against(self.counts)
    }
}

/// The facts about each entry, in their order.
pub(super) fn facts_of(case: &Case<'_>) -> Vec<Fact> {
    let entries = case.history.entries().iter();
    entries.map(|entry| Fact::of(case, entry)).collect()
}

fn leans_on(case: &Case<'_>, entry: &HistoryEntry) -> bool {
    let licence = entry.kind().starts_with("licence");
    let of_recruiter = matches!(entry.kind(), "id.link" | "listing");
    if !licence && !of_recruiter {
        return false;
    }
    let subjects = entry.entry().header().subjects.iter();
    let mut related = subjects.filter(|id| case.history.related().binary_search(id).is_ok());
    let is_licence = |id: &SubjectId| matches!(id.scheme(), "lic" | "row");
    related.any(|id| of_recruiter || is_licence(id))
}
