//! What was heard of one log.

use std::collections::VecDeque;

use fairtrail::fraud::SplitView;
use fairtrail::log::SignedCheckpoint;
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::reason::Reason;

use super::budget::Bucket;

/// Checkpoints of one log that are remembered, whatever it signs.
const REMEMBERED: usize = 32;

/// A log whose keys are known.
#[derive(Debug)]
pub(super) struct Log {
    keys: Vec<NoteVerifier>,
    remembered: VecDeque<SignedCheckpoint>,
    /// The largest that this node's own follower has taken for the log's history.
    own: Option<SignedCheckpoint>,
    largest: Option<SignedCheckpoint>,
    pub(super) bucket: Bucket,
}

/// What a checkpoint is beside those remembered.
pub(super) enum Beside {
    /// It says what one of them says.
    Known,
    /// It and one of them cannot both be true.
    Contradicts(SplitView),
    /// It is of a larger tree than all.
    Newer,
    /// It is of a smaller tree, at a size not heard of before.
    Older,
}

impl Log {
    pub(super) const fn new(keys: Vec<NoteVerifier>) -> Self {
        Self {
            keys,
            remembered: VecDeque::new(),
            own: None,
            largest: None,
            bucket: Bucket::full(0),
        }
    }

    pub(super) fn keys(&self) -> &[NoteVerifier] {
        &self.keys
    }

    /// Opens a note that has this log's line and nothing else, so that one checkpoint is one message.
    pub(super) fn open(&self, note: &Note) -> Result<SignedCheckpoint, Reason> {
        if note.lines().len() != 1 {
            return Err(Reason::NoteMalformed);
        }
        let bytes = note.to_string();
        let mut refused = Reason::SignatureMissing;
        for key in &self.keys {
            match SignedCheckpoint::open(bytes.as_bytes(), key) {
                Ok(signed) => return Ok(signed),
                Err(error) => refused = error.code(),
            }
        }
        Err(refused)
    }

    /// Compares a checkpoint with those remembered, and remembers it unless it contradicts one.
    pub(super) fn hear(&mut self, signed: &SignedCheckpoint) -> Beside {
        let found = signed.checkpoint();
        let all = self.remembered.iter().chain(&self.own).chain(&self.largest);
        let mut same = all.filter(|other| other.checkpoint().size() == found.size());
        if let Some(other) = same.next() {
            if other.checkpoint().root() == found.root() {
                return Beside::Known;
            }
            return Beside::Contradicts(SplitView::of_one_size(other, signed));
        }
        if self.remembered.len() >= REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(signed.clone());
        let largest = self.largest.as_ref();
        if largest.is_some_and(|largest| largest.checkpoint().size() > found.size()) {
            return Beside::Older;
        }
        self.largest = Some(signed.clone());
        Beside::Newer
    }

    pub(super) fn take_up(&mut self, signed: SignedCheckpoint) {
        self.own = Some(signed);
    }

    /// What others may compare with what they were shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = &SignedCheckpoint> {
        let own = self.own.as_ref();
        let other = self
            .largest
            .as_ref()
            .filter(|largest| Some(*largest) != own);
        own.into_iter().chain(other)
    }
}
