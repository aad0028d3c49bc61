//! Going on after a directory was put back from a backup, or its mark was lost.

use super::mark::Marked;
use super::rotate::{NEW_SIGNING, SIGNING};
use super::{AuthorDir, AuthorError, FeedHead};
use crate::entry::SignedEntry;
use crate::feed::Lineage;
use crate::files::read_key;
use crate::id::KeyId;
use crate::key::KeyPurpose;

/// How one gateway knows the feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedRead<'a> {
    /// Its entries from the first one to the head; none when the gateway holds nothing.
    pub entries: &'a [SignedEntry],
    /// Whether the gateway calls the feed forked.
    pub forked: bool,
}

/// Where an author goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resumed {
    /// The last entry that counts as signed.
    pub signed: Option<FeedHead>,
    /// The last entry that a gateway holds.
    pub acknowledged: Option<FeedHead>,
    /// Batches that are offered again.
    pub pending: usize,
    /// An entry that may be known elsewhere: only a rotation that leaves it behind may be signed.
    pub lost: Option<FeedHead>,
    /// Whether the mark was there; without it, nothing tells of entries that no gateway holds.
    pub marked: bool,
}

impl AuthorDir {
    /// Takes the highest entry known from gateways, outbox and mark as the last one signed.
    /// Every entry read is verified first (specs/fraud.md §7).
    ///
    /// # Errors
    /// [`AuthorError::Feed`] when what was read is not this author's feed;
    /// [`AuthorError::Forked`] when two gateways, or a gateway and this directory, know different
    /// entries for one place; [`AuthorError::Spent`] when the feed goes on under a key that is not
    /// here. Nothing has changed then.
    pub fn resume(&mut self, feeds: &[FeedRead<'_>]) -> Result<Resumed, AuthorError> {
        let feed = self.verified(feeds)?;
        let before = self.mark()?.read().ok();
        let gateways = self.gateways()?;
        let forked = feeds.iter().any(|feed| feed.forked);
        let state = self.state.clone();
        if let Some(keys) = &feed.keys {
            self.state.key = keys.key();
            self.state.next = keys.next();
            let head = FeedHead {
                seq: keys.seq(),
                id: keys.head(),
            };
            let membership = self.membership_mut()?;
            membership.keys = Some(keys.key_state());
            membership.signed = Some(head);
            membership.acknowledged = Some(head);
            membership.abandoning = false;
        }
        let follow = self.follow_outbox(&feed)?;
        if !self.holds(self.state.key) {
            let key = self.state.key;
            self.state = state;
            return Err(AuthorError::Spent { key });
        }
        self.tidy_outbox(&follow)?;
        self.membership_mut()?.gateways = gateways;
        let membership = self.membership()?.clone();
        let lost = before.as_ref().and_then(|before| {
            let last = before.lost.or(before.signed);
            last.filter(|last| {
                let beyond =
                    FeedHead::seq_after(Some(*last)) > FeedHead::seq_after(membership.acknowledged);
                (beyond || feed.at(last.seq).is_some())
                    && membership.signed != Some(*last)
                    && !follow.knows(&feed, *last)
            })
        });
        let lost = lost.or_else(|| membership.signed.filter(|_| forked));
        let (signed, acknowledged) = (membership.signed, membership.acknowledged);
        let known = Marked::by(&membership);
        self.mark()?.write(&Marked { lost, ..known })?;
        self.save()?;
        self.install_keys()?;
        Ok(Resumed {
            signed,
            acknowledged,
            pending: follow.kept,
            lost,
            marked: before.is_some(),
        })
    }

    /// The longest feed read, once all are verified and found to be one.
    fn verified<'a>(&self, feeds: &[FeedRead<'a>]) -> Result<Known<'a>, AuthorError> {
        let membership = self.membership()?;
        let mut longest = Known {
            entries: &[],
            keys: None,
        };
        for read in feeds {
            let Some((begin, rest)) = read.entries.split_first() else {
                continue;
            };
            let mut keys = Lineage::begin(membership.author, begin)?;
            for entry in rest {
                keys.take(entry)?;
            }
            if read.entries.len() > longest.entries.len() {
                let keys = Some(keys);
                let entries = read.entries;
                longest = Known { entries, keys };
            }
        }
        for (entry, held) in feeds
            .iter()
            .flat_map(|read| read.entries.iter().zip(longest.entries))
        {
            if entry.id() != held.id() {
                let seq = entry.header().seq;
                return Err(AuthorError::Forked { seq });
            }
        }
        let Some(ours) = membership.acknowledged else {
            return Ok(longest);
        };
        match longest.at(ours.seq) {
            Some(found) if found.id() != ours.id => Err(AuthorError::Forked { seq: ours.seq }),
            Some(_) => Ok(longest),
            // The gateways know less than one that acknowledged: what is known here goes before.
            None => Ok(Known {
                keys: None,
                ..longest
            }),
        }
    }

    /// Takes over the batches of the outbox that still follow.
    fn follow_outbox(&mut self, feed: &Known<'_>) -> Result<Outgoing, AuthorError> {
        let mut outgoing = Outgoing::default();
        let mut head = self.membership()?.acknowledged;
        for pending in self.pending()? {
            if pending.follows(head) {
                head = pending.last();
                outgoing.heads.extend(head);
                outgoing.kept = outgoing.kept.saturating_add(1);
                self.adopt(&pending)?;
            } else if !pending.last().is_some_and(|last| feed.holds(last)) {
                outgoing.strays = true;
            }
        }
        Ok(outgoing)
    }

    /// Sets aside what follows nothing any more; what gateways hold is forgotten on opening.
    fn tidy_outbox(&self, outgoing: &Outgoing) -> Result<(), AuthorError> {
        if !outgoing.strays {
            return Ok(());
        }
        let keep = self.pending()?;
        self.outbox.abandon()?;
        for pending in keep {
            if pending
                .last()
                .is_some_and(|last| outgoing.heads.contains(&last))
            {
                self.outbox.keep(pending.batch().clone())?;
            }
        }
        Ok(())
    }

    /// Whether the key of that id is here.
    fn holds(&self, key: KeyId) -> bool {
        [SIGNING, NEW_SIGNING].iter().any(|name| {
            let found = read_key(&self.path.join(name), KeyPurpose::Signing);
            found.is_ok_and(|found| found.public().id() == key)
        })
    }
}

/// The feed as gateways hold it.
struct Known<'a> {
    entries: &'a [SignedEntry],
    /// The keys after it; `None` when this directory knows more.
    keys: Option<Lineage>,
}

impl Known<'_> {
    fn at(&self, seq: u64) -> Option<&SignedEntry> {
        self.entries.get(usize::try_from(seq).ok()?)
    }

    fn holds(&self, head: FeedHead) -> bool {
        self.at(head.seq).is_some_and(|entry| entry.id() == head.id)
    }
}

/// What of the outbox still follows.
#[derive(Default)]
struct Outgoing {
    heads: Vec<FeedHead>,
    kept: usize,
    strays: bool,
}

impl Outgoing {
    fn knows(&self, feed: &Known<'_>, head: FeedHead) -> bool {
        feed.holds(head) || self.heads.contains(&head)
    }
}
