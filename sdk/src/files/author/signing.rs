//! Signing: one run of entries, kept durably before any of them leaves.

use super::{AuthorDir, AuthorError, FeedHead, Membership, Pending};
use crate::api::{Batch, FeedView, Submission};
use crate::entry::{Draft, Position};
use crate::id::{AuthorId, EntryId, GrantId, NetworkId};
use crate::key::SecretKey;

/// What was looked at before signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen<'a> {
    /// How gateways view the feed, one at least: protects against a restored backup.
    Gateways(&'a [FeedView]),
    /// Nothing: only this directory's own memory protects the feed.
    Offline,
}

/// Entries in the making: signed in memory, kept and released together by
/// [`Signing::finish`]. Dropping it signs nothing.
#[derive(Debug)]
pub struct Signing<'a> {
    dir: &'a mut AuthorDir,
    key: SecretKey,
    network: NetworkId,
    feed: AuthorId,
    grant: Option<GrantId>,
    head: FeedHead,
    batch: Vec<Submission>,
}

impl<'a> Signing<'a> {
    pub(super) const fn new(
        dir: &'a mut AuthorDir,
        key: SecretKey,
        (network, feed): (NetworkId, AuthorId),
        grant: Option<GrantId>,
        head: FeedHead,
    ) -> Self {
        Self {
            dir,
            key,
            network,
            feed,
            grant,
            head,
            batch: Vec::new(),
        }
    }

    /// Where the next entry goes.
    pub const fn position(&self) -> Position {
        Position {
            network: self.network,
            feed: self.feed,
            seq: self.head.seq.saturating_add(1),
            prev: self.head.id,
            grant: self.grant,
        }
    }

    /// Signs one more entry in memory and tells its id, so that later ones can refer to it.
    ///
    /// # Errors
    /// [`AuthorError::Entry`] when the draft breaks a rule.
    pub fn push(&mut self, draft: &Draft) -> Result<EntryId, AuthorError> {
        let position = self.position();
        let entry = draft.sign(&position, &self.key)?;
        let (id, bodies) = (entry.id(), draft.bodies());
        self.batch.push(Submission { entry, bodies });
        let seq = position.seq;
        self.head = FeedHead { seq, id };
        Ok(id)
    }

    /// Keeps the entries durably, moves the high-water mark, and only then releases them.
    ///
    /// # Errors
    /// [`AuthorError::File`] when the disk refused; nothing has left then.
    /// [`AuthorError::NotBegun`] when nothing was pushed.
    pub fn finish(self) -> Result<Pending, AuthorError> {
        if self.batch.is_empty() {
            return Err(AuthorError::NotBegun);
        }
        self.dir.release(Batch(self.batch))
    }
}

/// Refuses to sign where any gateway's view shows that this directory does not know its own feed.
/// The one that knows most is heard first.
pub(super) fn check(
    views: &[FeedView],
    author: AuthorId,
    signed: Option<FeedHead>,
    known: &[FeedHead],
) -> Result<(), AuthorError> {
    let mut views: Vec<_> = views.iter().collect();
    views.sort_by_key(|view| std::cmp::Reverse(view.seq));
    let pairs = views.iter().zip(views.iter().skip(1));
    let two_heads = pairs
        .filter(|(one, other)| one.seq == other.seq && one.head != other.head)
        .find_map(|(one, _)| one.seq);
    for view in views {
        check_one(view, author, signed, known)?;
    }
    match two_heads {
        Some(seq) => Err(AuthorError::Forked { seq }),
        None => Ok(()),
    }
}

fn check_one(
    view: &FeedView,
    author: AuthorId,
    signed: Option<FeedHead>,
    known: &[FeedHead],
) -> Result<(), AuthorError> {
    if view.author != author {
        let (expected, found) = (author, view.author);
        return Err(AuthorError::WrongAuthor { expected, found });
    }
    let (Some(seq), Some(id)) = (view.seq, view.head) else {
        return Ok(());
    };
    // A fork that a rotation resolved in favour of this directory's branch is history: the walk
    // then reaches an entry signed here. An open one stops before it.
    let reached = signed.iter().chain(known).any(|head| head.id == id);
    if view.forked && !reached {
        return Err(AuthorError::Forked { seq });
    }
    let ours = signed.map(|head| head.seq);
    if ours.is_none_or(|ours| seq > ours) {
        return Err(AuthorError::Behind { ours, gateway: seq });
    }
    let other = |head: &FeedHead| head.seq == seq && head.id != id;
    if signed.iter().chain(known).any(other) {
        return Err(AuthorError::Forked { seq });
    }
    Ok(())
}

/// Refuses to leave a branch behind that another rotation went on: two rotations on two branches
/// freeze a feed for good.
pub(super) fn check_keys(views: &[FeedView], membership: &Membership) -> Result<(), AuthorError> {
    let ours = membership.keys.unwrap_or_else(|| membership.author.into());
    let mut states = views.iter().filter_map(|view| view.key_state);
    match states.find(|gateway| *gateway != ours) {
        Some(gateway) => Err(AuthorError::Rotated { ours, gateway }),
        None => Ok(()),
    }
}
