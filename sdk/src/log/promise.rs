//! Promises: what a node signs when entries are durable but not yet in a checkpoint.

use std::fmt;
use std::str::FromStr;

use super::numbers::decimal;
use super::{LogError, Origin};
use crate::contexts::PROMISE_HEADER;
use crate::limits::PROMISE_ENTRIES;
use crate::merkle::{Hash, LeafIndex, Root, TreeSize, verify};
use crate::note::{Note, NoteSigner, NoteVerifier};
use crate::time::Timestamp;

/// The claim that a batch of new entries has its final leaf indices and will be in a published
/// checkpoint in time. It is never evidence in a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    origin: Origin,
    first: LeafIndex,
    count: u64,
    root: Root,
    include_by: Timestamp,
}

impl Promise {
    /// Promises the leaves `first` to `first + count − 1`, whose own tree has the root `root`,
    /// published by `include_by`.
    ///
    /// # Errors
    /// [`LogError::PromiseMalformed`] unless `count` is 1 to 65,536, or when the last leaf is
    /// beyond every tree or the origin is an index.
    pub fn new(
        origin: Origin,
        first: LeafIndex,
        count: u64,
        root: Root,
        include_by: Timestamp,
    ) -> Result<Self, LogError> {
        let bounded = (1..=PROMISE_ENTRIES).contains(&count) && first.plus(count).is_ok();
        if !bounded || origin.is_index() {
            return Err(LogError::PromiseMalformed);
        }
        Ok(Self {
            origin,
            first,
            count,
            root,
            include_by,
        })
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Leaf index of the first entry.
    pub const fn first(&self) -> LeafIndex {
        self.first
    }

    /// Number of entries.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// RFC 6962 root over the leaves of the batch alone.
    pub const fn root(&self) -> Root {
        self.root
    }

    /// When a published checkpoint covers them at the latest.
    pub const fn include_by(&self) -> Timestamp {
        self.include_by
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`LogError::KeyNameMismatch`] unless the signer's name is `<origin>/promise`.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, LogError> {
        check_key_name(&self.origin, signer.verifier())?;
        let text = self.to_string();
        let line = signer.sign(&text);
        Ok(Note::new(&text, vec![line])?)
    }

    /// Is it broken by a checkpoint of this size that was provably cosigned only after
    /// `not_before`? (The other way to break it is another leaf at a promised index.)
    pub fn is_overdue(&self, size: TreeSize, not_before: Timestamp) -> bool {
        not_before > self.include_by && size.get() < self.first.get().saturating_add(self.count)
    }
}

impl FromStr for Promise {
    type Err = LogError;

    /// Reads the text of a promise note.
    fn from_str(text: &str) -> Result<Self, LogError> {
        parse(text).ok_or(LogError::PromiseMalformed)
    }
}

fn parse(text: &str) -> Option<Promise> {
    let lines: Vec<_> = text.strip_suffix('\n')?.splitn(7, '\n').collect();
    let [PROMISE_HEADER, origin, first, count, root, include_by] = lines.as_slice() else {
        return None;
    };
    let first = LeafIndex::new(decimal(first)?).ok()?;
    let include_by = Timestamp::new(decimal(include_by)?)?;
    let (origin, root) = (origin.parse().ok()?, root.parse().ok()?);
    Promise::new(origin, first, decimal(count)?, root, include_by).ok()
}

impl fmt::Display for Promise {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            origin,
            first,
            count,
            root,
            include_by,
        } = self;
        let seconds = include_by.seconds();
        writeln!(
            f,
            "{PROMISE_HEADER}\n{origin}\n{first}\n{count}\n{root}\n{seconds}"
        )
    }
}

/// A promise with the note in which the node signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPromise {
    promise: Promise,
    note: Note,
}

impl SignedPromise {
    /// Opens a note with the promise key of one log.
    ///
    /// # Errors
    /// [`LogError::Note`] when the note or the signature is refused,
    /// [`LogError::PromiseMalformed`], [`LogError::KeyNameMismatch`] when it is about another log.
    pub fn open(bytes: &[u8], key: &NoteVerifier) -> Result<Self, LogError> {
        let note = Note::parse(bytes)?;
        note.verify(std::slice::from_ref(key))?;
        let promise: Promise = note.text().parse()?;
        check_key_name(&promise.origin, key)?;
        Ok(Self { promise, note })
    }

    /// What was promised.
    pub const fn promise(&self) -> &Promise {
        &self.promise
    }

    /// The note.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Checks that the promise covers an entry by its leaf hash, its position in the batch and
    /// its path there, and returns the leaf index it was promised.
    ///
    /// # Errors
    /// [`LogError::PositionOutOfRange`], [`LogError::Merkle`].
    pub fn covers(&self, leaf: Hash, position: u64, path: &[Hash]) -> Result<LeafIndex, LogError> {
        let Promise {
            first, count, root, ..
        } = self.promise;
        if position >= count {
            return Err(LogError::PositionOutOfRange { position, count });
        }
        verify::inclusion(
            leaf,
            LeafIndex::new(position)?,
            TreeSize::new(count)?,
            path,
            root,
        )?;
        Ok(first.plus(position)?)
    }
}

fn check_key_name(origin: &Origin, key: &NoteVerifier) -> Result<(), LogError> {
    let expected = origin.promise_key_name()?;
    if expected == *key.name() {
        return Ok(());
    }
    Err(LogError::KeyNameMismatch {
        expected,
        found: key.name().clone(),
    })
}
