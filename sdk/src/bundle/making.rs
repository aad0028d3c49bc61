//! Putting together what was gathered for a bundle, as far as whoever asks does not hold it.

use super::base::Base;
use super::build::{BuildError, BundleSource, Gathering, IndexNote};
use super::notes::notes_of;
use super::{Bundle, Earlier, LogPart, OldNote, OutsideLists, Question, SubjectList, VERSION};
use crate::charter::Charter;
use crate::entry::{Body, PartRole};
use crate::index::{ChainHead, Embedded, Inclusion, Posting, PostingList, Tally};
use crate::limits::BUNDLE_BYTES;
use crate::merkle::Hash;
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of all parts of a bundle, so that it fits its limit.
const MAX_BODIES: usize = BUNDLE_BYTES / 2;

impl<S: BundleSource> Gathering<'_, S> {
    pub(super) fn finish(
        self,
        charter: &Charter,
        note: IndexNote,
        question: &Question,
        base: &Base,
    ) -> Result<Bundle, BuildError<S::Error>> {
        let named = self.involved.iter().map(|author| SubjectId::from(*author));
        let subjects = named.chain(question.subjects.iter().cloned()).collect();
        let answer = self.source.answer(subjects, &self.involved);
        let answer = answer.map_err(BuildError::Source)?;
        let part = LogPart {
            note: Embedded(note.note),
            path: bytes(&note.path),
            answer: Embedded(answer.to_bytes()),
            lists: self.posting_lists(base)?,
            notes: self.notes(question, base)?,
            places: self.places(base)?,
            earlier: self.earlier(base)?,
        };
        let bodies = self.bodies(question, base)?;
        let mut entries = self.entries;
        entries.retain(|id, _| !base.holds(*id));
        let entries = entries.into_values();
        Ok(Bundle {
            version: VERSION,
            charter: Embedded(charter.bytes().to_vec()),
            logs: vec![part],
            entries: entries
                .map(|(_, entry)| Embedded(entry.bytes().to_vec()))
                .collect(),
            bodies,
            report: None,
        })
    }

    /// Lists that whoever asks has in part go on from there; those it has in whole are left out.
    fn posting_lists(&self, base: &Base) -> Result<Vec<SubjectList>, BuildError<S::Error>> {
        let by_leaf: BTreeMap<_, _> = self.entries.values().map(|(leaf, e)| (*leaf, e)).collect();
        let mut lists = Vec::with_capacity(self.lists.len());
        for (place, leaves) in &self.lists {
            let held = base.held(place, leaves);
            if held > 0 && held == leaves.len() {
                continue;
            }
            let mut start = Tally {
                count: 0,
                head: ChainHead::START,
            };
            let mut postings = Vec::with_capacity(leaves.len());
            let listed = leaves.iter().filter_map(|leaf| by_leaf.get_key_value(leaf));
            for (at, (leaf, entry)) in listed.enumerate() {
                let time = self.source.log_time(*leaf).map_err(BuildError::Source)?;
                let posting = Posting::of(entry, *leaf, time).to_bytes();
                if at < held {
                    start = start.after(&posting);
                } else {
                    postings.push(Embedded(posting));
                }
            }
            let (subject, class) = place.clone();
            let list = PostingList {
                class,
                start: start.count,
                start_head: start.head,
                postings,
            };
            lists.push(SubjectList {
                subject,
                list: Embedded(list.to_bytes()),
            });
        }
        Ok(lists)
    }

    fn places(&self, base: &Base) -> Result<Vec<OutsideLists>, BuildError<S::Error>> {
        let listed: BTreeSet<_> = self.lists.values().flatten().collect();
        let outside = self.outside.iter().filter_map(|id| self.entries.get(id));
        let outside = outside.filter(|(leaf, _)| !listed.contains(leaf));
        let outside = outside.filter(|(_, entry)| !base.holds(entry.id()));
        let outside: BTreeMap<_, _> = outside.map(|(leaf, entry)| (*leaf, entry.id())).collect();
        let mut places = Vec::with_capacity(outside.len());
        for (leaf, entry) in outside {
            let path = self.source.inclusion(leaf).map_err(BuildError::Source)?;
            let at = Inclusion { leaf, path };
            places.push(OutsideLists { entry, at });
        }
        Ok(places)
    }

    /// The notes of each entry, those asked for, and the last one. Whoever has an entry has those that there were.
    fn notes(
        &self,
        question: &Question,
        base: &Base,
    ) -> Result<Vec<OldNote>, BuildError<S::Error>> {
        let sizes = self.source.note_sizes().map_err(BuildError::Source)?;
        let sizes: BTreeSet<_> = sizes.into_iter().collect();
        let mut wanted: BTreeSet<_> = sizes.intersection(&question.notes).copied().collect();
        wanted.extend(sizes.last());
        for (leaf, entry) in self.entries.values() {
            let notes = notes_of(&sizes, Some(*leaf), entry);
            wanted.extend(notes.filter(|size| !base.holds(entry.id()) || base.is_after(*size)));
        }
        let mut notes = Vec::with_capacity(wanted.len());
        for size in wanted {
            let note = self.source.note(size).map_err(BuildError::Source)?;
            let path = self.source.growth(size).map_err(BuildError::Source)?;
            notes.push(OldNote {
                note: Embedded(note),
                path: bytes(&path),
            });
        }
        Ok(notes)
    }

    /// The state that what is held ends in, where the log grew since.
    fn earlier(&self, base: &Base) -> Result<Vec<Earlier>, BuildError<S::Error>> {
        let since = base.since().filter(|since| *since < self.source.size());
        let Some(since) = since else {
            return Ok(Vec::new());
        };
        let root = self.source.root(since).map_err(BuildError::Source)?;
        let path = self.source.growth(since).map_err(BuildError::Source)?;
        Ok(vec![Earlier {
            size: since.get(),
            root: *root.as_bytes(),
            path: bytes(&path),
            notes: Vec::new(),
            places: Vec::new(),
        }])
    }

    /// Claims and texts; documents are fetched by who wants them.
    fn bodies(&self, question: &Question, base: &Base) -> Result<Vec<Body>, BuildError<S::Error>> {
        let (mut bodies, mut bytes) = (BTreeMap::new(), 0_usize);
        for (_, entry) in self.entries.values() {
            let held = base.holds(entry.id());
            let parts = entry.header().parts.iter();
            let parts = parts.filter(|part| part.role != PartRole::Document);
            for part in parts.filter(|part| !held || question.lacking.contains(&part.digest)) {
                let body = self.source.body(entry, part.digest);
                let Some(body) = body.map_err(BuildError::Source)? else {
                    continue;
                };
                bytes = bytes.saturating_add(body.bytes.len());
                if bytes > MAX_BODIES {
                    let max = self.max_entries;
                    return Err(BuildError::TooLarge { max });
                }
                bodies.insert(part.digest, body);
            }
        }
        Ok(bodies.into_values().collect())
    }
}

fn bytes(path: &[Hash]) -> Vec<[u8; 32]> {
    path.iter().map(|hash| *hash.as_bytes()).collect()
}
