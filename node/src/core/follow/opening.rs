//! From a note to a tree that continues what was seen before.

use fairtrail::fraud::SplitView;
use fairtrail::log::{Checkpoint, LogError, SignedCheckpoint, Tile, note_digest};
use fairtrail::merkle::{CompactRange, TreeSize};
use fairtrail::note::Note;
use fairtrail::reason::Reason;

use super::known::Cursor;
use super::stash::{Lack, Stash, Tree};
use super::{After, Followed, Follower, Output, Question, Report, Rest, Step};
use crate::core::head::Head;

/// A checkpoint whose tree is not open yet.
#[derive(Debug)]
pub(super) struct Opening {
    signed: SignedCheckpoint,
    stash: Stash,
}

impl Opening {
    pub(super) fn put(&self, question: &Question, bytes: Vec<u8>) {
        self.stash.put(question, bytes);
    }
}

/// How a tree stands to what was seen before.
enum Standing {
    /// It continues it; the state at the cursor.
    Grown(CompactRange),
    /// It continues it, but not the cursor, which is therefore wrong.
    Astray,
    /// It does not.
    Forked(Box<SplitView>),
}

impl Follower {
    /// The newest note came.
    pub(super) fn noted(&mut self, note: &[u8]) -> Vec<Output> {
        // The note that was reached last, byte for byte, needs no second look.
        let digest = note_digest(note);
        if self.opened == Some(digest) && self.has_all() && !self.hearsay.concerns(self.seen_size())
        {
            return self.rest(Rest::Reached { moved: false });
        }
        self.opened = None;
        let signed = match open_note(&self.log, note) {
            Ok(signed) => signed,
            Err(error) => return self.rest(Rest::Failed(error.code())),
        };
        let found = signed.checkpoint();
        let cursor = self.known.cursor().head;
        if let Some(seen) = self.known.seen() {
            let stated = seen.checkpoint();
            if found.size() == stated.size() && found.root() != stated.root() {
                let view = SplitView::of_one_size(seen, &signed);
                return self.forked(Box::new(view));
            }
            if found.size() < stated.size() {
                return self.shrunk(&signed);
            }
        }
        if found.size() == cursor.size && !self.hearsay.concerns(found.size()) {
            self.opened = Some(digest);
            return self.rest(Rest::Reached { moved: false });
        }
        let edge: Vec<_> = Tile::edge(found.size()).collect();
        let stash = Stash::default();
        self.step = Step::Opening(Opening { signed, stash });
        let questions = edge.into_iter().map(Question::Tile);
        questions.map(|question| self.ask(question)).collect()
    }

    /// Whether the cursor stands at the end of what was seen.
    fn has_all(&self) -> bool {
        self.known.seen().is_some() && self.seen_size() == self.known.cursor().head.size
    }

    fn seen_size(&self) -> TreeSize {
        let seen = self.known.seen();
        seen.map_or(TreeSize::ZERO, |seen| seen.checkpoint().size())
    }

    fn shrunk(&mut self, found: &SignedCheckpoint) -> Vec<Output> {
        let Some(seen) = self.known.seen() else {
            return self.rest(Rest::Failed(Reason::Internal));
        };
        let rest = Rest::Shrunk {
            seen: seen.checkpoint().size().get(),
            found: found.checkpoint().size().get(),
        };
        let report = Report::Shrunk {
            seen: Box::new(seen.note().clone()),
            found: Box::new(found.note().clone()),
        };
        let mut outputs = vec![Output::Report(report)];
        outputs.extend(self.rest(rest));
        outputs
    }

    /// Says so, remembers it for good, and rests for good.
    pub(super) fn forked(&mut self, view: Box<SplitView>) -> Vec<Output> {
        self.asked.clear();
        let mut known = self.known.clone();
        known.set_forked();
        let keep = self.keep(known, After::Rest(Rest::Forked));
        vec![Output::Report(Report::Forked(view)), keep]
    }

    /// A tile at the edge came.
    pub(super) fn open(&mut self, opening: Opening) -> Vec<Output> {
        if !self.asked.is_empty() {
            return self.stay(Step::Opening(opening));
        }
        match Tree::open(opening.signed, opening.stash) {
            Ok(tree) => self.prove(Box::new(tree)),
            Err(lack) => self.rest(Rest::Failed(reason(lack))),
        }
    }

    /// Shows that the tree continues what was seen, as far as tiles came.
    pub(super) fn prove(&mut self, tree: Box<Tree>) -> Vec<Output> {
        let range = match self.standing(&tree) {
            Ok(Standing::Grown(range)) => range,
            Ok(Standing::Forked(view)) => return self.forked(view),
            Ok(Standing::Astray) => {
                self.known.advance(Cursor::start());
                let mut outputs = vec![Output::Report(Report::CursorReset)];
                outputs.extend(self.prove(tree));
                return outputs;
            }
            Err(Lack::Tile(tile)) => {
                self.step = Step::Proving(tree);
                return vec![self.ask(Question::Tile(tile))];
            }
            Err(Lack::Broken(reason)) => return self.rest(Rest::Failed(reason)),
        };
        match self.contradicted(&tree) {
            Ok(None) => {}
            Ok(Some(view)) => return self.forked(view),
            Err(Lack::Tile(tile)) => {
                self.step = Step::Proving(tree);
                return vec![self.ask(Question::Tile(tile))];
            }
            Err(Lack::Broken(reason)) => return self.rest(Rest::Failed(reason)),
        }
        let signed = tree.signed().clone();
        let again = |seen: &SignedCheckpoint| seen.checkpoint() == signed.checkpoint();
        if self.known.seen().is_some_and(again) {
            return self.pull(tree, range);
        }
        let mut known = self.known.clone();
        known.see(signed);
        vec![self.keep(known, After::Pull(tree, range))]
    }

    fn standing(&self, tree: &Tree) -> Result<Standing, Lack> {
        if let Some(seen) = self.known.seen() {
            let stated: &Checkpoint = seen.checkpoint();
            let size = stated.size();
            let prefix = tree.range_at(size)?.root();
            if size > TreeSize::ZERO && prefix != stated.root() {
                let path = tree.consistency(size)?;
                let (older, newer) = (seen.note().clone(), tree.signed().note().clone());
                let view = SplitView::new(older, newer, prefix, path);
                return Ok(Standing::Forked(Box::new(view)));
            }
        }
        let cursor = self.known.cursor().head;
        let range = tree.range_at(cursor.size)?;
        if Head::of(&range) == cursor {
            Ok(Standing::Grown(range))
        } else {
            Ok(Standing::Astray)
        }
    }
}

/// Opens a note with the log's key and keeps the log's line alone: what others appended could fill
/// or block whatever it is kept in.
fn open_note(log: &Followed, note: &[u8]) -> Result<SignedCheckpoint, LogError> {
    let own = Note::parse(note)?.keep_verified(std::slice::from_ref(&log.key))?;
    let signed = SignedCheckpoint::open(own.to_string().as_bytes(), &log.key)?;
    let found = signed.checkpoint().origin();
    if *found == log.origin {
        return Ok(signed);
    }
    Err(LogError::OriginMismatch {
        expected: log.origin.clone(),
        found: found.clone(),
    })
}

pub(super) const fn reason(lack: Lack) -> Reason {
    match lack {
        // Everything asked for came, so that this can only be a defect here.
        Lack::Tile(_) => Reason::Internal,
        Lack::Broken(reason) => reason,
    }
}
