//! Gathers the entries of one history: those about the ids asked for, then about every other id of
//! the same party, then about the recruiters and licences these name.

use super::reader::Reader;
use crate::entry::RefType;
use crate::history::{Closure, HistoryEntry, IgnoredRef, LinkSeen, effect, links, resolve, stated};
use crate::id::EntryId;
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Ids that are read in full besides those covered, at most.
const MAX_RELATED: usize = 256;

/// What was gathered.
pub(super) struct Gathered {
    pub(super) closure: Closure,
    pub(super) related: BTreeSet<SubjectId>,
    /// Whether more ids are related than are read.
    pub(super) truncated: bool,
    pub(super) entries: Vec<HistoryEntry>,
    pub(super) ignored: Vec<IgnoredRef>,
}

pub(super) struct Gather<'r, 'a> {
    reader: &'r Reader<'a>,
    /// By position in the ledger.
    entries: BTreeMap<usize, HistoryEntry>,
    /// By what they refer to, the positions of entries that refer.
    referring: HashMap<EntryId, Vec<(RefType, usize)>>,
}

impl<'r, 'a> Gather<'r, 'a> {
    pub(super) fn new(reader: &'r Reader<'a>) -> Self {
        Self {
            reader,
            entries: BTreeMap::new(),
            referring: HashMap::new(),
        }
    }

    pub(super) fn run(mut self, asked: &BTreeSet<SubjectId>) -> Gathered {
        let closure = Closure::of(asked, |ids| self.links(ids));
        let covered: BTreeSet<_> = closure.ids().into_iter().collect();
        let (related, truncated) = self.related(&covered);
        let mut entries: Vec<_> = self.entries.into_values().collect();
        let (set, authority) = (self.reader.ledger().set(), self.reader.authority());
        let ignored = resolve(set, authority, &mut entries);
        stated(&mut entries);
        Gathered {
            closure,
            related,
            truncated,
            entries,
            ignored,
        }
    }

    /// Reads what names one of `ids`; the positions of all of it.
    fn read(&mut self, ids: &BTreeSet<SubjectId>) -> BTreeSet<usize> {
        let about = self.reader.ledger().about(ids);
        for at in &about {
            if self.entries.contains_key(at) {
                continue;
            }
            let Some(entry) = self.reader.entry(*at) else {
                continue;
            };
            for reference in &entry.entry.header().refs {
                let referring = self.referring.entry(reference.entry).or_default();
                referring.push((reference.sort, *at));
            }
            self.entries.insert(*at, entry);
        }
        about
    }

    /// Every link that one of `ids` has. Whatever replaces or answers a link names the same ids, so
    /// it was read by then.
    fn links(&mut self, ids: &BTreeSet<SubjectId>) -> Vec<LinkSeen> {
        let about = self.read(ids);
        let entries = about.iter().filter_map(|at| self.entries.get(at));
        let linking = entries.filter(|entry| matches!(entry.kind(), "id.link" | "profile"));
        linking.flat_map(|entry| self.links_in(entry)).collect()
    }

    fn links_in(&self, entry: &HistoryEntry) -> Vec<LinkSeen> {
        let (set, authority) = (self.reader.ledger().set(), self.reader.authority());
        let referring = self.referring.get(&entry.id()).into_iter().flatten();
        let effects = referring.filter_map(|(sort, at)| {
            let by = self.entries.get(at)?;
            effect(set, authority, by, entry, *sort).ok()?;
            Some((*sort, by))
        });
        let mut replies = Vec::new();
        for (sort, by) in effects {
            match sort {
                RefType::Supersedes | RefType::Retracts => return Vec::new(),
                RefType::Replies => replies.push(by),
                RefType::About | RefType::Closes => {}
            }
        }
        links(entry, &replies, self.reader.policy().acceptance())
    }

    /// Reads the ids that lean on those covered; which, and whether there were more.
    fn related(&mut self, covered: &BTreeSet<SubjectId>) -> (BTreeSet<SubjectId>, bool) {
        let (mut related, mut truncated) = (BTreeSet::new(), false);
        let mut new = covered.clone();
        while !new.is_empty() {
            let found = self.read(&new);
            let found = found.iter().filter_map(|at| self.entries.get(at));
            let named = found.flat_map(|entry| {
                let mut subjects = entry.entry.header().subjects.iter();
                entry.related(subjects.any(|id| covered.contains(id)))
            });
            let named: BTreeSet<_> = named
                .filter(|id| !covered.contains(id) && !related.contains(id))
                .collect();
            let room = MAX_RELATED.saturating_sub(related.len());
            truncated |= named.len() > room;
            new = named.into_iter().take(room).collect();
            related.extend(new.iter().cloned());
        }
        (related, truncated)
    }
}
