//! What came since: asking for it, and putting it to what is held (specs/bundle.md §7).

use super::named::{bodies_of, listed};
use super::notes::notes_of;
use super::{Bundle, BundleError, Earlier, LogPart, OldNote, OutsideLists, Question, SubjectList};
use crate::entry::{Audience, Body, PartRole, SignedEntry};
use crate::id::{EntryId, PartDigest};
use crate::index::{Answer, ChainHead, Class, Embedded, IndexHead, PostingList};
use crate::limits::{BUNDLE_STATES, QUESTION_PARTS};
use crate::log::{Checkpoint, LogError, Origin};
use crate::merkle::{Hash, LeafIndex, TreeSize};
use crate::note::Note;
use crate::reason::Reason;
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// Why an answer cannot be put to what is held. Whoever asked asks again, in full.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeltaError {
    /// One of the two cannot be read.
    #[error("what is held, or what came since, cannot be read")]
    Bundle(#[from] BundleError),
    /// One of the two is not of one log.
    #[error("expected the evidence of one log, found that of {found}")]
    Logs {
        /// Of how many.
        found: usize,
    },
    /// What came covers less than what is held.
    #[error("held is the evidence of {held} leaves, what came covers {found}")]
    Less {
        /// Leaves that what is held covers.
        held: TreeSize,
        /// Leaves that the answer covers.
        found: TreeSize,
    },
    /// They are of different logs.
    #[error("held is the evidence of {expected}, found that of {found}")]
    Origin {
        /// The log of what is held.
        expected: Origin,
        /// That of the answer.
        found: Origin,
    },
    /// The answer does not follow on the state of the log that is held.
    #[error("held is {expected} leaves and their root, what came follows on another state")]
    State {
        /// Leaves that what is held covers.
        expected: u64,
    },
    /// A list goes on from elsewhere than what is held of it ends.
    #[error("of a list {held} postings are held, what came goes on after {start}")]
    List {
        /// Postings that are held.
        held: u64,
        /// Postings that came before those in the answer.
        start: u64,
    },
    /// What is held was brought up to date too often.
    #[error("{found} earlier states of the log, at most {max}", max = BUNDLE_STATES)]
    States {
        /// How many there would be.
        found: usize,
    },
}

impl DeltaError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Bundle(error) => error.code(),
            Self::Less { .. } => Reason::RollbackSuspected,
            Self::Logs { .. } => Reason::EvidenceIncomplete,
            Self::Origin { .. } => Reason::OriginMismatch,
            Self::State { .. } => Reason::RootMismatch,
            Self::List { .. } => Reason::PostingChain,
            Self::States { .. } => Reason::TooLarge,
        }
    }
}

impl Question {
    /// What asks the same log for what came since it gave `held` as its answer to this question, by
    /// itself or completed. Nothing where only a whole answer will do.
    pub fn since(&self, held: &Bundle) -> Option<Self> {
        let part = only(held).ok()?;
        if part.earlier.len() >= BUNDLE_STATES {
            return None;
        }
        let lacking = lacking(held).ok()?;
        (lacking.len() <= QUESTION_PARTS).then_some(())?;
        Some(Self {
            since: Some(part.stated().ok()?.1.size.get()),
            lacking,
            ..self.clone()
        })
    }
}

impl Bundle {
    /// Whether it says only what came since, which proves nothing without what was held.
    pub fn is_delta(&self) -> bool {
        self.logs.iter().any(|part| {
            // Lists of which nothing came are left out.
            let follows = matches!(part.earlier.as_slice(), [then] if then.is_empty());
            let starts_later = |list: &SubjectList| {
                PostingList::parse(&list.list.0).is_ok_and(|list| list.start > 0)
            };
            follows || part.lists.iter().any(starts_later)
        })
    }
}

/// Public claims and texts that entries name and the bundle lacks.
fn lacking(bundle: &Bundle) -> Result<BTreeSet<PartDigest>, BundleError> {
    let here: BTreeSet<_> = bundle.bodies.iter().map(Body::digest).collect();
    let mut lacking = BTreeSet::new();
    for bytes in &bundle.entries {
        let entry = SignedEntry::parse(&bytes.0)?;
        let parts = entry.header().parts.iter();
        let wanted = parts
            .filter(|part| part.role != PartRole::Document && part.audience == Audience::Public);
        let wanted = wanted.map(|part| part.digest);
        lacking.extend(wanted.filter(|part| !here.contains(part)));
    }
    Ok(lacking)
}

/// Puts what a log answered to [`Question::since`] to what was asked from, so that it is as a whole
/// answer but for where paths end. A whole answer comes back as it is. Nothing is verified by it, and
/// nothing of what is held is taken for verified: that is for [`super::open`].
///
/// # Errors
/// [`DeltaError`]: the two do not belong together.
pub fn complete(held: &Bundle, answer: Bundle) -> Result<Bundle, DeltaError> {
    let (old, new) = (only(held)?, only(&answer)?);
    let ((_, before), (stated, now)) = (old.stated()?, new.stated()?);
    let Some(grown) = grown(&before, &now, new)? else {
        return Ok(answer);
    };
    let lists = lists(old, new, &stated)?;
    let mut joined = Joined {
        listed: listed(lists.values().map(|(list, _)| list))?,
        ..Joined::default()
    };
    joined.take_places(old, new, &stated)?;
    joined.take_entries(held.entries.iter().chain(&answer.entries))?;
    let mut part = joined.part(old, new, grown)?;
    let lists = lists.into_iter();
    part.lists = lists
        .map(|((subject, _), (_, list))| SubjectList { subject, list })
        .collect();
    let bodies = held.bodies.iter().chain(&answer.bodies).cloned();
    let bodies = bodies_of(bodies, joined.entries.values());
    let entries = joined.entries.into_values();
    Ok(Bundle {
        version: answer.version,
        charter: answer.charter.clone(),
        logs: vec![part],
        entries: entries
            .map(|entry| Embedded(entry.bytes().to_vec()))
            .collect(),
        bodies: bodies.into_values().collect(),
        report: None,
    })
}

fn only(bundle: &Bundle) -> Result<&LogPart, DeltaError> {
    match bundle.logs.as_slice() {
        [only] => Ok(only),
        other => Err(DeltaError::Logs { found: other.len() }),
    }
}

/// From which state to which a log grew.
struct Grown {
    from: IndexHead,
    /// Nothing where it did not.
    path: Option<Vec<[u8; 32]>>,
}

/// How the log grew from what is held to the answer; nothing for a whole answer.
fn grown(old: &IndexHead, new: &IndexHead, part: &LogPart) -> Result<Option<Grown>, DeltaError> {
    if old.origin != new.origin {
        let (expected, found) = (old.origin.clone(), new.origin.clone());
        return Err(DeltaError::Origin { expected, found });
    }
    if new.size < old.size {
        let (held, found) = (old.size, new.size);
        return Err(DeltaError::Less { held, found });
    }
    let grown = |path| {
        let from = old.clone();
        Ok(Some(Grown { from, path }))
    };
    match part.earlier.as_slice() {
        [] if old.size != new.size => Ok(None),
        [] if old.root == new.root => grown(None),
        [then] if (then.size, &then.root) == (old.size.get(), old.root.as_bytes()) => {
            grown(Some(then.path.clone()))
        }
        _ => Err(DeltaError::State {
            expected: old.size.get(),
        }),
    }
}

type Lists = BTreeMap<(SubjectId, Class), (PostingList, Embedded)>;

/// What is held of each list that the answer still speaks of, and what came since.
fn lists(old: &LogPart, new: &LogPart, stated: &Answer) -> Result<Lists, DeltaError> {
    let asked: BTreeSet<_> = stated.subjects.iter().collect();
    let read = |list: &SubjectList| PostingList::parse(&list.list.0).map_err(BundleError::from);
    let mut lists = Lists::new();
    for held in old
        .lists
        .iter()
        .filter(|list| asked.contains(&list.subject))
    {
        let list = read(held)?;
        let place = (held.subject.clone(), list.class);
        lists.insert(place, (list, held.list.clone()));
    }
    for came in &new.lists {
        let mut list = read(came)?;
        let place = (came.subject.clone(), list.class);
        let mut bytes = came.list.clone();
        if list.start > 0 {
            let held = lists.remove(&place).map(|(held, _)| held.postings);
            let mut postings = held.unwrap_or_default();
            let (held, start) = (
                u64::try_from(postings.len()).unwrap_or(u64::MAX),
                list.start,
            );
            if held != start {
                return Err(DeltaError::List { held, start });
            }
            postings.append(&mut list.postings);
            list = PostingList {
                start: 0,
                start_head: ChainHead::START,
                postings,
                ..list
            };
            bytes = Embedded(list.to_bytes());
        }
        lists.insert(place, (list, bytes));
    }
    Ok(lists)
}

/// What is held and what came, joined.
#[derive(Default)]
struct Joined {
    /// Where entries stand that lists name, and their leaf hashes.
    listed: BTreeMap<EntryId, (LeafIndex, Hash)>,
    /// Where others stand, by what is held.
    held: BTreeMap<EntryId, LeafIndex>,
    /// Where others stand, by what came.
    came: BTreeMap<EntryId, LeafIndex>,
    entries: BTreeMap<(EntryId, Vec<u8>), SignedEntry>,
}

impl Joined {
    /// Of the places that are held only those of heads of feeds are still good for something: the
    /// answer says all others anew. What is wanted no more could name authors of whom the answer
    /// says nothing.
    fn take_places(
        &mut self,
        old: &LogPart,
        new: &LogPart,
        stated: &Answer,
    ) -> Result<(), DeltaError> {
        let feeds = stated.feeds().map_err(BundleError::from)?;
        let linear = feeds.into_values().flatten();
        let linear = linear.filter(|value| value.fork.is_none());
        let heads: BTreeSet<_> = linear.map(|value| value.head).collect();
        let place = |place: &OutsideLists| (place.entry, place.at.leaf);
        self.came = new.places.iter().map(place).collect();
        let earlier = old.earlier.iter().flat_map(|then| &then.places);
        let held = earlier.chain(&old.places).map(place);
        let held = held.filter(|(entry, _)| {
            let again = self.came.contains_key(entry) || self.listed.contains_key(entry);
            heads.contains(entry) && !again
        });
        self.held = held.collect();
        Ok(())
    }

    fn leaf_of(&self, entry: EntryId) -> Option<LeafIndex> {
        let listed = self.listed.get(&entry).map(|(leaf, _)| leaf);
        let beside = self.held.get(&entry).or_else(|| self.came.get(&entry));
        listed.or(beside).copied()
    }

    fn take_entries<'a>(
        &mut self,
        entries: impl Iterator<Item = &'a Embedded>,
    ) -> Result<(), DeltaError> {
        for bytes in entries {
            let entry = SignedEntry::parse(&bytes.0).map_err(BundleError::from)?;
            let stands = match self.listed.get(&entry.id()) {
                Some((_, hash)) => *hash == entry.leaf_hash(),
                None => self.leaf_of(entry.id()).is_some(),
            };
            if stands {
                self.entries.insert((entry.id(), bytes.0.clone()), entry);
            }
        }
        Ok(())
    }

    /// The part without its lists.
    fn part(&self, old: &LogPart, new: &LogPart, grown: Grown) -> Result<LogPart, DeltaError> {
        let earlier = old.earlier.iter().flat_map(|then| &then.notes);
        let held = sized(earlier.chain(&old.notes))?;
        let came = sized(new.notes.iter())?;
        let mut wanted = self.wanted(&held.keys().chain(came.keys()).copied().collect());
        // What was given again was asked for.
        wanted.extend(came.keys());
        let mut earlier = Vec::with_capacity(old.earlier.len().saturating_add(1));
        for then in &old.earlier {
            earlier.push(Earlier {
                notes: kept(&then.notes, &wanted)?,
                places: self.kept_places(&then.places),
                ..then.clone()
            });
        }
        let (mut notes, mut places) = (kept(&old.notes, &wanted)?, self.kept_places(&old.places));
        if let Some(path) = grown.path {
            earlier.push(Earlier {
                size: grown.from.size.get(),
                root: *grown.from.root.as_bytes(),
                path,
                notes: std::mem::take(&mut notes),
                places: std::mem::take(&mut places),
            });
        }
        let fresh = came.iter().filter(|(size, _)| !held.contains_key(size));
        notes.extend(fresh.map(|(_, note)| (*note).clone()));
        places.extend(new.places.iter().cloned());
        places.sort_by_key(|place| place.at.leaf);
        Ok(LogPart {
            note: new.note.clone(),
            path: new.path.clone(),
            answer: new.answer.clone(),
            lists: Vec::new(),
            notes: sized(notes.iter())?.into_values().cloned().collect(),
            places,
            earlier: led(earlier)?,
        })
    }

    fn kept_places(&self, places: &[OutsideLists]) -> Vec<OutsideLists> {
        let places = places.iter();
        let places = places.filter(|place| self.held.contains_key(&place.entry));
        places.cloned().collect()
    }

    /// The notes of each entry, and the last one.
    fn wanted(&self, sizes: &BTreeSet<TreeSize>) -> BTreeSet<TreeSize> {
        let mut wanted: BTreeSet<_> = sizes.last().copied().into_iter().collect();
        for entry in self.entries.values() {
            wanted.extend(notes_of(sizes, self.leaf_of(entry.id()), entry));
        }
        wanted
    }
}

/// A state leads to the next one, so those before the first that holds something are wanted no more.
fn led(mut earlier: Vec<Earlier>) -> Result<Vec<Earlier>, DeltaError> {
    let empty = |then: &&Earlier| then.is_empty();
    let idle = earlier.iter().take_while(empty).count();
    earlier.drain(..idle);
    let found = earlier.len();
    if found > BUNDLE_STATES {
        return Err(DeltaError::States { found });
    }
    Ok(earlier)
}

fn kept(notes: &[OldNote], wanted: &BTreeSet<TreeSize>) -> Result<Vec<OldNote>, BundleError> {
    let mut notes = sized(notes.iter())?;
    notes.retain(|size, _| wanted.contains(size));
    Ok(notes.into_values().cloned().collect())
}

/// Notes by the size that they state.
fn sized<'a>(
    notes: impl Iterator<Item = &'a OldNote>,
) -> Result<BTreeMap<TreeSize, &'a OldNote>, BundleError> {
    let notes = notes.map(|old| {
        let note = Note::parse(&old.note.0).map_err(LogError::from)?;
        let stated: Checkpoint = note.text().parse()?;
        Ok((stated.size(), old))
    });
    notes.collect()
}
