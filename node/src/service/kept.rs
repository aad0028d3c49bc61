//! Bundles kept in memory: the same question gets the same bytes while nothing moved that they are
//! made of (specs/gateway.md §6).
//!
//! All answers that are kept were made in one state. Whoever asks looks at the state first; when it
//! is another one, everything kept is forgotten. So a part that was erased or withheld, once that was
//! acknowledged, is in no answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fairtrail::bundle::Question;
use hyper::body::Bytes;

use super::{Published, ReadError, Service};
use crate::ledger::Full;
use crate::store::withheld::List;

/// Bytes kept unless told otherwise.
pub const KEPT_BYTES: usize = 64 << 20;
/// An answer of more than this part of the limit is not kept: it would drive out many others.
const LARGEST: usize = 8;
/// What an answer takes besides its bytes and twice its question, about.
const OVERHEAD: usize = 256;

/// Everything that an answer depends on besides its question and what never changes.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Parts that came or went, notes that were frozen.
    log: u64,
    /// Heads that the index settled at, notes of the log that it remembers.
    index: u64,
    note: IndexNote,
    withheld: Arc<List>,
}

/// The note of the index log that is served.
#[derive(Debug, Clone)]
enum IndexNote {
    Full(Option<Arc<Full>>),
    Shown(Option<Arc<Published>>),
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let counts = |state: &Self| (state.log, state.index);
        // What is held cannot give its place to another, so the same place is the same thing.
        counts(self) == counts(other)
            && self.note.is(&other.note)
            && Arc::ptr_eq(&self.withheld, &other.withheld)
    }
}

impl IndexNote {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Full(one), Self::Full(two)) => same(one.as_ref(), two.as_ref()),
            (Self::Shown(one), Self::Shown(two)) => same(one.as_ref(), two.as_ref()),
            _ => false,
        }
    }
}

fn same<T>(one: Option<&Arc<T>>, two: Option<&Arc<T>>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => Arc::ptr_eq(one, two),
        (None, None) => true,
        _ => false,
    }
}

/// Answers by their questions.
#[derive(Debug)]
pub(super) struct Kept {
    limit: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    state: Option<State>,
    answers: HashMap<Arc<str>, Answer>,
    /// The question asked at each turn that is the last one of its answer.
    turns: BTreeMap<u64, Arc<str>>,
    turn: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    bytes: Bytes,
    turn: u64,
}

impl Default for Kept {
    fn default() -> Self {
        Self::new(KEPT_BYTES)
    }
}

impl Kept {
    /// None yet, and at most so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        let held = Mutex::default();
        Self { limit, held }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // No code that holds the lock can panic half-way through a change.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a question that was made in this state.
    fn get(&self, state: &State, query: &str) -> Option<Bytes> {
        let mut held = self.held();
        held.enter(state);
        held.ask(query)
    }

    /// Keeps an answer made in this state; how many bytes are kept then.
    fn put(&self, state: &State, query: String, bytes: &Bytes) -> usize {
        let mut held = self.held();
        held.enter(state);
        let size = size(&query, bytes);
        if size <= self.limit / LARGEST {
            held.forget(&query);
            held.make_room(self.limit.saturating_sub(size));
            held.take(query.into(), bytes.clone());
        }
        held.bytes
    }
}

/// What an answer counts for.
fn size(query: &str, bytes: &Bytes) -> usize {
    let query = query.len().saturating_mul(2);
    bytes.len().saturating_add(query).saturating_add(OVERHEAD)
}

impl Held {
    /// Forgets what was made in another state.
    fn enter(&mut self, state: &State) {
        if self.state.as_ref() != Some(state) {
            *self = Self {
                state: Some(state.clone()),
                ..Self::default()
            };
        }
    }

    fn ask(&mut self, query: &str) -> Option<Bytes> {
        let answer = self.answers.get_mut(query)?;
        // What was asked for last is last already.
        if answer.turn != self.turn {
            let query = self.turns.remove(&answer.turn)?;
            self.turn = self.turn.saturating_add(1);
            answer.turn = self.turn;
            self.turns.insert(self.turn, query);
        }
        Some(answer.bytes.clone())
    }

    fn take(&mut self, query: Arc<str>, bytes: Bytes) {
        self.turn = self.turn.saturating_add(1);
        let turn = self.turn;
        self.bytes = self.bytes.saturating_add(size(&query, &bytes));
        self.turns.insert(turn, Arc::clone(&query));
        self.answers.insert(query, Answer { bytes, turn });
    }

    fn forget(&mut self, query: &str) {
        if let Some(answer) = self.answers.remove(query) {
            self.turns.remove(&answer.turn);
            self.bytes = self.bytes.saturating_sub(size(query, &answer.bytes));
        }
    }

    /// Forgets those that nobody asked for longest, until at most `limit` bytes are kept.
    fn make_room(&mut self, limit: usize) {
        while self.bytes > limit
            && let Some((_, query)) = self.turns.first_key_value()
        {
            let query = Arc::clone(query);
            self.forget(&query);
        }
    }
}

impl Service {
    /// The same, keeping at most so many bytes of bundles in memory; none with 0.
    #[must_use]
    pub fn with_kept_bundles(self, limit: usize) -> Self {
        let kept = Arc::new(Kept::new(limit));
        Self { kept, ..self }
    }

    /// The answer to a question as [`Question::to_query`] writes it, if it is kept and nothing moved.
    /// Reads no file; whether that of withheld parts was replaced is looked at.
    pub fn kept_bundle(&self, query: &str) -> Option<Bytes> {
        let withheld = self.access.reader.withheld.unchanged()?;
        let bytes = self.kept.get(&self.state(withheld)?, query)?;
        self.metrics.bundle_answered(true);
        Some(bytes)
    }

    /// As [`Service::bundle`], kept or to be kept.
    ///
    /// # Errors
    /// As there; no refusal is kept.
    pub fn bundle_bytes(&self, question: &Question) -> Result<Bytes, ReadError> {
        let query = question.to_query();
        // Whoever writes the question in another way, or asked while it was answered, comes here.
        if let Some(bytes) = self.kept_bundle(&query) {
            return Ok(bytes);
        }
        let withheld = || self.access.reader.withheld.now();
        let before = self.state(withheld());
        let bytes = Bytes::from(self.bundle(question)?);
        self.metrics.bundle_answered(false);
        if let Some(state) = self
            .state(withheld())
            .filter(|now| before.as_ref() == Some(now))
        {
            let held = self.kept.put(&state, query, &bytes);
            self.metrics.bundles_kept(held);
        }
        Ok(bytes)
    }

    /// The state of this moment, with what is withheld; nothing where no index is kept up.
    fn state(&self, withheld: Arc<List>) -> Option<State> {
        let (reader, index) = (&self.access.reader, self.access.index.as_ref()?);
        let note = match &index.full {
            Some(full) => IndexNote::Full(full.borrow().clone()),
            None => IndexNote::Shown(index.shown.borrow().clone()),
        };
        Some(State {
            log: reader.moves.count(),
            index: index.moves(),
            note,
            withheld,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(log: u64) -> State {
        State {
            log,
            index: 1,
            note: IndexNote::Shown(None),
            withheld: Arc::default(),
        }
    }

    fn bytes(len: usize) -> Bytes {
        Bytes::from(vec![7; len])
    }

    #[test]
    fn an_answer_is_kept_while_its_state_lasts() {
        let (kept, state) = (Kept::default(), state(1));
        assert_eq!(kept.get(&state, "id=a"), None);
        kept.put(&state, "id=a".into(), &bytes(3));
        assert_eq!(kept.get(&state, "id=a"), Some(bytes(3)));
        assert_eq!(kept.get(&state, "id=b"), None);
        let same = state.clone();
        assert_eq!(kept.get(&same, "id=a"), Some(bytes(3)));
        for other in [
            State {
                log: 2,
                ..same.clone()
            },
            State {
                index: 2,
                ..same.clone()
            },
            State {
                note: IndexNote::Full(None),
                ..same.clone()
            },
            State {
                withheld: Arc::default(),
                ..same.clone()
            },
        ] {
            kept.put(&same, "id=a".into(), &bytes(3));
            assert_eq!(kept.get(&other, "id=a"), None);
            // And it does not come back.
            assert_eq!(kept.get(&same, "id=a"), None);
            assert_eq!(kept.held().bytes, 0);
        }
    }

    #[test]
    fn what_nobody_asked_for_longest_gives_way_and_large_answers_are_not_kept() {
        let (state, limit) = (state(1), 10_000);
        let kept = Kept::new(limit);
        let query = |number: usize| format!("id={number:02}");
        for number in 0..40 {
            let held = kept.put(&state, query(number), &bytes(900));
            assert!(held <= limit);
            assert!(kept.get(&state, &query(0)).is_some(), "asked for each time");
        }
        let left = (0..40).filter(|number| kept.get(&state, &query(*number)).is_some());
        // 900 bytes, a question and what it takes: eight of them.
        assert_eq!(left.collect::<Vec<_>>(), [0, 33, 34, 35, 36, 37, 38, 39]);
        let before = kept.held().bytes;
        assert_eq!(
            kept.put(&state, "id=x".into(), &bytes(limit / LARGEST)),
            before
        );
        // The same again takes its own place.
        assert_eq!(kept.put(&state, query(39), &bytes(900)), before);
        assert_eq!(kept.held().turns.len(), 8);
        assert_eq!(Kept::new(0).put(&state, "id=x".into(), &bytes(0)), 0);
    }
}
