//! The guard against forking oneself: what is signed, kept, offered, acknowledged, recovered.

use super::mark::{MarkFile, Marked};
use super::{
    AuthorDir, AuthorError, FeedHead, Membership, Pending, Seen, Signing, Standing, signing,
};
use crate::api::Batch;
use crate::entry::NetworkClaim;
use crate::id::GrantId;

impl AuthorDir {
    /// Opens a run of entries after the last one signed, under `grant` or the grant remembered.
    ///
    /// # Errors
    /// [`AuthorError::Behind`] and [`AuthorError::Forked`] when `seen` shows that this directory
    /// does not know its own feed; [`AuthorError::GuardMissing`], [`AuthorError::Restored`] and
    /// [`AuthorError::Lost`] when the mark does not allow it; [`AuthorError::GrantMissing`],
    /// [`AuthorError::NotBegun`].
    pub fn signing(
        &mut self,
        grant: Option<GrantId>,
        seen: Seen<'_>,
    ) -> Result<Signing<'_>, AuthorError> {
        let membership = self.membership()?;
        if let Seen::Gateways(views) = seen {
            signing::check(
                views,
                membership.author,
                membership.signed,
                &self.known_heads()?,
            )?;
        }
        let head = membership.signed.ok_or(AuthorError::NotBegun)?;
        self.guarded()?;
        let grant = Self::grant_for(membership, grant)?;
        let place = (membership.network, membership.author);
        let key = self.signing_key()?;
        Ok(Signing::new(self, key, place, grant, head))
    }

    /// Signed batches that wait for an acknowledgement, oldest first.
    ///
    /// # Errors
    /// [`AuthorError::Damaged`]; [`crate::files::FileError::Io`].
    pub fn pending(&self) -> Result<Vec<Pending>, AuthorError> {
        self.outbox.list()
    }

    /// Notes that a gateway took a batch; it is not offered again.
    ///
    /// # Errors
    /// [`crate::files::FileError::Io`].
    pub fn acknowledge(&mut self, pending: &Pending) -> Result<(), AuthorError> {
        let membership = self.membership_mut()?;
        if FeedHead::seq_after(pending.last()) > FeedHead::seq_after(membership.acknowledged) {
            membership.acknowledged = pending.last();
            self.save()?;
            self.mark_as_known()?;
        }
        pending.discard()
    }

    /// Keeps a batch, moves the high-water mark, and hands the batch out.
    pub(super) fn release(&mut self, batch: Batch) -> Result<Pending, AuthorError> {
        let pending = self.outbox.keep(batch)?;
        let signed = pending.last();
        self.move_mark(signed)?;
        self.adopt(&pending)?;
        self.save()?;
        Ok(pending)
    }

    /// Remembers a gateway before anything is offered to it: whoever resumes asks it too.
    ///
    /// # Errors
    /// [`AuthorError::Unbound`]; [`crate::files::FileError::Io`].
    pub fn remember_gateway(&mut self, url: &str) -> Result<(), AuthorError> {
        if self.membership_mut()?.remember_gateway(url) {
            self.save()?;
            self.mark_as_known()?;
        }
        Ok(())
    }

    /// Every gateway that this directory or its mark remembers.
    ///
    /// # Errors
    /// [`AuthorError::Unbound`].
    pub fn gateways(&self) -> Result<Vec<String>, AuthorError> {
        let mut known = self.membership()?.clone();
        for url in self.mark()?.read().iter().flat_map(|mark| &mark.gateways) {
            known.remember_gateway(url);
        }
        Ok(known.gateways)
    }

    /// The mark of this author's feed.
    pub(super) fn mark(&self) -> Result<MarkFile, AuthorError> {
        Ok(MarkFile::new(&self.guard, self.membership()?.author))
    }

    /// Refuses to sign unless the mark names the last entry that this directory knows of.
    pub(super) fn guarded(&self) -> Result<(), AuthorError> {
        let marked = self.unrestored()?;
        match marked.lost {
            Some(FeedHead { seq, .. }) => Err(AuthorError::Lost { seq }),
            None => Ok(()),
        }
    }

    /// As [`Self::guarded`] for a rotation that leaves entries behind, lost ones included.
    pub(super) fn unrestored(&self) -> Result<Marked, AuthorError> {
        let marked = self.mark()?.read()?;
        let ours = self.membership()?.signed;
        if marked.signed == ours {
            return Ok(marked);
        }
        let seq = |head: Option<FeedHead>| head.map(|head| head.seq);
        Err(AuthorError::Restored {
            ours: seq(ours),
            marked: seq(marked.signed),
        })
    }

    fn move_mark(&self, signed: Option<FeedHead>) -> Result<(), AuthorError> {
        let known = Marked::by(self.membership()?);
        self.mark()?.write(&Marked { signed, ..known })
    }

    /// Notes in the mark which gateways there are and what they took, where the mark is this
    /// directory's own.
    fn mark_as_known(&self) -> Result<(), AuthorError> {
        match self.unrestored() {
            Ok(Marked { lost, .. }) => {
                let known = Marked::by(self.membership()?);
                self.mark()?.write(&Marked { lost, ..known })
            }
            Err(_) => Ok(()),
        }
    }

    /// Takes over what a batch says about head and keys.
    pub(super) fn adopt(&mut self, pending: &Pending) -> Result<(), AuthorError> {
        for submission in &pending.batch().0 {
            if let Some(NetworkClaim::Rotate(rotate)) = submission.entry.network_claim() {
                self.state.key = rotate.key;
                self.state.next = rotate.next;
                self.membership_mut()?.keys = Some(submission.entry.id());
            }
        }
        let membership = self.membership_mut()?;
        membership.signed = pending.last();
        membership.abandoning = false;
        Ok(())
    }

    /// Sets what is signed but not acknowledged aside: a rotation takes its place.
    ///
    /// The intent is noted first, so that after a crash the rotation is taken for the head though
    /// its number is not above the high-water mark.
    pub(super) fn abandon(&mut self) -> Result<(), AuthorError> {
        self.membership_mut()?.abandoning = true;
        self.save()?;
        self.outbox.abandon()
    }

    /// After a crash: drops batches acknowledged before, adopts those kept but not yet noted.
    pub(super) fn recover(&mut self) -> Result<(), AuthorError> {
        let Some(membership) = self.state.membership.clone() else {
            return Ok(());
        };
        let mut waiting = Vec::new();
        let mut head = membership.acknowledged;
        for pending in self.outbox.list()? {
            let after = FeedHead::seq_after(pending.last());
            if after <= FeedHead::seq_after(membership.acknowledged) {
                pending.discard()?;
            } else if pending.follows(head) {
                head = pending.last();
                waiting.push(pending);
            } else {
                let path = pending.path().to_path_buf();
                let what = "does not continue the feed";
                return Err(AuthorError::Damaged { path, what });
            }
        }
        let unnoted = FeedHead::seq_after(head) > FeedHead::seq_after(membership.signed);
        if !waiting.is_empty() && (unnoted || membership.abandoning) {
            let marked = self.mark()?.read();
            for pending in &waiting {
                self.adopt(pending)?;
            }
            // The mark is moved only from where this directory left it.
            if marked.is_ok_and(|marked| marked.signed == membership.signed) {
                self.move_mark(self.membership()?.signed)?;
            }
            self.save()?;
        }
        Ok(())
    }

    pub(super) fn known_heads(&self) -> Result<Vec<FeedHead>, AuthorError> {
        let acknowledged = self.membership()?.acknowledged;
        let entries = self.pending()?;
        let heads = entries.iter().flat_map(|pending| &pending.batch().0);
        let heads = heads.map(|submission| FeedHead {
            seq: submission.entry.header().seq,
            id: submission.entry.id(),
        });
        Ok(heads.chain(acknowledged).collect())
    }

    pub(super) fn grant_for(
        membership: &Membership,
        named: Option<GrantId>,
    ) -> Result<Option<GrantId>, AuthorError> {
        let author = membership.author;
        match membership.standing {
            Standing::ReplyDesk | Standing::Root => Ok(None),
            Standing::Granted => {
                let grant = named.or(membership.grant);
                grant.map(Some).ok_or(AuthorError::GrantMissing { author })
            }
        }
    }
}
