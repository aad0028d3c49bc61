//! What others say that this log signed.

use std::collections::VecDeque;

use fairtrail::fraud::SplitView;
use fairtrail::log::SignedCheckpoint;
use fairtrail::merkle::TreeSize;

use super::stash::{Lack, Tree};
use super::{After, Follower, Output, Rest};

/// Checkpoints that wait to be compared with the log's tree; the oldest is forgotten beyond that.
const WAITING: usize = 8;

/// Checkpoints of the log that came from elsewhere and were not compared with its tree yet.
#[derive(Debug, Default)]
pub(super) struct Hearsay(VecDeque<SignedCheckpoint>);

impl Hearsay {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Whether a tree of this size could contradict something.
    pub(super) fn concerns(&self, size: TreeSize) -> bool {
        let mut sizes = self.0.iter().map(|heard| heard.checkpoint().size());
        sizes.any(|heard| heard <= size)
    }

    fn add(&mut self, signed: SignedCheckpoint) {
        let said = |heard: &SignedCheckpoint| heard.checkpoint() == signed.checkpoint();
        if self.0.iter().any(said) {
            return;
        }
        if self.0.len() >= WAITING {
            self.0.pop_front();
        }
        self.0.push_back(signed);
    }

    /// The next one that a tree of this size contains or contradicts.
    fn within(&self, size: TreeSize) -> Option<&SignedCheckpoint> {
        self.0
            .iter()
            .find(|heard| heard.checkpoint().size() <= size)
    }

    fn forget(&mut self, checked: &SignedCheckpoint) {
        self.0.retain(|heard| heard != checked);
    }
}

impl Follower {
    /// Somebody has seen this checkpoint of the log. It counts only if the log's key signed it; then
    /// the log is asked at once, for it may have grown, or tell another history to others.
    pub(super) fn hear(&mut self, signed: &SignedCheckpoint) -> Vec<Output> {
        let note = signed.note().to_string();
        let opened = SignedCheckpoint::open(note.as_bytes(), &self.log.key);
        let Some(signed) = opened.ok().filter(|signed| {
            let checkpoint = signed.checkpoint();
            *checkpoint.origin() == self.log.origin && checkpoint.size() > TreeSize::ZERO
        }) else {
            return Vec::new();
        };
        if let Some(seen) = self.known.seen()
            && seen.checkpoint().size() == signed.checkpoint().size()
        {
            if seen.checkpoint().root() == signed.checkpoint().root() {
                return Vec::new();
            }
            let view = SplitView::of_one_size(seen, &signed);
            return if self.known.is_forked() {
                Vec::new()
            } else {
                self.forked(Box::new(view))
            };
        }
        self.hearsay.add(signed);
        self.poll()
    }

    /// It is proved elsewhere that the log signed two histories.
    pub(super) fn convict(&mut self) -> Vec<Output> {
        self.abandon();
        if self.known.is_forked() {
            return self.rest(Rest::Forked);
        }
        let mut known = self.known.clone();
        known.set_forked();
        vec![self.keep(known, After::Rest(Rest::Forked))]
    }

    /// The proof that the log told others another history than this tree, if it did.
    pub(super) fn contradicted(&mut self, tree: &Tree) -> Result<Option<Box<SplitView>>, Lack> {
        while let Some(heard) = self.hearsay.within(tree.size()).cloned() {
            let stated = heard.checkpoint();
            let prefix = tree.range_at(stated.size())?.root();
            if prefix == stated.root() {
                self.hearsay.forget(&heard);
                continue;
            }
            let newer = tree.signed();
            let view = if stated.size() == tree.size() {
                SplitView::of_one_size(&heard, newer)
            } else {
                let path = tree.consistency(stated.size())?;
                SplitView::new(heard.note().clone(), newer.note().clone(), prefix, path)
            };
            return Ok(Some(Box::new(view)));
        }
        Ok(None)
    }
}
