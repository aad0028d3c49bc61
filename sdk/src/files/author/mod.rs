//! The author's directory: keys, place in the feed, and what is signed but not acknowledged.
//!
//! The guard against forking oneself: entries are kept durably in the outbox and the high-water
//! mark is moved before they leave; a signed position is never signed again, its bytes are offered
//! again; one process at a time holds the directory; and a mark outside it or a gateway that knows
//! more of the feed than the directory does (a restored backup) stops all signing.

mod counts;
mod error;
mod guard;
mod mark;
mod outbox;
mod resume;
mod rotate;
mod signing;
mod state;

pub use counts::private_counts;
pub use error::AuthorError;
pub use outbox::Pending;
pub use resume::{FeedRead, Resumed};
pub use rotate::Rotation;
pub use signing::{Seen, Signing};
pub use state::{AuthorState, FeedHead, Membership, Standing};

use super::durable::{create_dir, lock_dir};
use super::key_file::{read_secret, write_secret};
use super::{FileError, create_new, new_key, read_bounded, read_key, replace, write_key};
use crate::api::{Batch, Submission};
use crate::charter::Charter;
use crate::entry::{Draft, Pair};
use crate::id::{AuthorId, GrantId, NetworkId};
use crate::key::KeyPurpose;
use crate::time::Timestamp;
use fs_err::File;
use mark::MarkFile;
use outbox::Outbox;
use rotate::{ROTATION, SIGNING};
use std::path::{Path, PathBuf};

/// An author's directory, held exclusively until dropped.
#[derive(Debug)]
pub struct AuthorDir {
    path: PathBuf,
    guard: PathBuf,
    state: AuthorState,
    outbox: Outbox,
    _lock: File,
}

impl AuthorDir {
    /// Makes a new author: fresh keys, no network yet. Marks of its feed are kept in `guard`.
    ///
    /// # Errors
    /// [`FileError::Exists`] when there is an author of that name; [`FileError::Io`].
    ///
    /// ```
    /// use fairtrail::files::AuthorDir;
    /// let home = tempfile::tempdir().unwrap();
    /// let path = home.path().join("acme");
    /// let guard = home.path().join("guard");
    /// let author = AuthorDir::create(&path, &guard).unwrap();
    /// assert!(author.state().membership.is_none());
    /// drop(author);
    /// // Keys are never overwritten.
    /// assert!(AuthorDir::create(&path, &guard).is_err());
    /// ```
    pub fn create(path: &Path, guard: &Path) -> Result<Self, AuthorError> {
        if path.join(STATE).exists() || path.join(SIGNING).exists() {
            let path = path.to_path_buf();
            return Err(FileError::Exists { path }.into());
        }
        create_dir(path)?;
        let lock = lock_dir(path)?;
        let (signing, rotation) = (new_key()?, new_key()?);
        write_key(&path.join(SIGNING), &signing, KeyPurpose::Signing)?;
        write_key(&path.join(ROTATION), &rotation, KeyPurpose::Rotation)?;
        write_secret(&path.join(SECRET))?;
        let state = AuthorState {
            version: state::VERSION,
            key: signing.public().id(),
            next: rotation.public().next_digest(),
            membership: None,
        };
        create_new(&path.join(STATE), &to_json(&state))?;
        Ok(Self {
            path: path.to_path_buf(),
            guard: guard.to_path_buf(),
            state,
            outbox: Outbox::of(path),
            _lock: lock,
        })
    }

    /// Opens an author's directory and finishes what a crash interrupted.
    ///
    /// # Errors
    /// [`FileError::Locked`] while another process holds it; [`AuthorError::Damaged`];
    /// [`FileError::Io`].
    pub fn open(path: &Path, guard: &Path) -> Result<Self, AuthorError> {
        let state = Self::peek(path)?;
        let lock = lock_dir(path)?;
        let mut dir = Self {
            path: path.to_path_buf(),
            guard: guard.to_path_buf(),
            state,
            outbox: Outbox::of(path),
            _lock: lock,
        };
        // Read again: another process may have signed before the lock was ours.
        dir.state = Self::peek(path)?;
        dir.recover()?;
        dir.install_keys()?;
        Ok(dir)
    }

    /// Reads an author's public facts without holding the directory.
    ///
    /// # Errors
    /// [`AuthorError::Damaged`]; [`FileError::Io`].
    pub fn peek(path: &Path) -> Result<AuthorState, AuthorError> {
        let path = path.join(STATE);
        let bytes = read_bounded(&path, STATE_BYTES)?;
        match serde_json::from_slice::<AuthorState>(&bytes) {
            Ok(state) if state.version == state::VERSION => Ok(state),
            _ => Err(AuthorError::Damaged {
                path,
                what: "not the state of an author",
            }),
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The public facts.
    pub const fn state(&self) -> &AuthorState {
        &self.state
    }

    /// Key and commitment, as a charter names them.
    pub const fn pair(&self) -> Pair {
        Pair {
            key: self.state.key,
            next: self.state.next,
        }
    }

    /// Decides the network, and with it the author's id. Repeating it with the same charter
    /// changes nothing; another charter is taken as long as nothing was signed.
    ///
    /// # Errors
    /// [`AuthorError::Begun`] when the author has signed in another network; [`FileError::Io`].
    pub fn join(&mut self, charter: &Charter, now: Timestamp) -> Result<AuthorId, AuthorError> {
        let network = charter.network();
        if let Some(membership) = &self.state.membership {
            if membership.network == network {
                return Ok(membership.author);
            }
            if membership.signed.is_some() {
                let network = membership.network;
                return Err(AuthorError::Begun { network });
            }
        }
        let membership = self.place(charter, now)?;
        let author = membership.author;
        MarkFile::new(&self.guard, author).begin()?;
        self.state.membership = Some(membership);
        self.save()?;
        Ok(author)
    }

    fn place(&self, charter: &Charter, now: Timestamp) -> Result<Membership, AuthorError> {
        let (pair, terms) = (self.pair(), charter.terms());
        let standing = if terms.roots.contains(&pair) {
            Standing::Root
        } else if terms.reply_desks.contains(&pair) {
            Standing::ReplyDesk
        } else {
            Standing::Granted
        };
        let begin_at = match standing {
            // A granted author that begins at the charter's second would be refused.
            Standing::Granted if now == terms.created => {
                let earlier = now.seconds().saturating_sub(1);
                Timestamp::new(earlier).unwrap_or(now)
            }
            Standing::Granted => now,
            Standing::ReplyDesk | Standing::Root => terms.created,
        };
        let begin = self.begin_entry(charter.network(), begin_at)?;
        Ok(Membership {
            network: charter.network(),
            author: begin.author(),
            begin_at: begin_at.seconds(),
            standing,
            grant: None,
            signed: None,
            acknowledged: None,
            abandoning: false,
            keys: None,
            gateways: Vec::new(),
        })
    }

    /// Remembers the grant to act under.
    ///
    /// # Errors
    /// [`AuthorError::Unbound`]; [`FileError::Io`].
    pub fn remember_grant(&mut self, grant: GrantId) -> Result<(), AuthorError> {
        let membership = self.membership_mut()?;
        if membership.grant != Some(grant) {
            membership.grant = Some(grant);
            self.save()?;
        }
        Ok(())
    }

    /// What references to the author's own keys are salted with, so that a statement made twice
    /// is recognised and nobody can guess what was hashed.
    ///
    /// # Errors
    /// [`FileError::Lax`], [`FileError::Foreign`], [`FileError::Io`]; [`AuthorError::Damaged`].
    pub fn reference_secret(&self) -> Result<[u8; 32], AuthorError> {
        let path = self.path.join(SECRET);
        let what = "not a secret of 52 characters of base32";
        read_secret(&path)?.ok_or(AuthorError::Damaged { path, what })
    }

    /// Signs the first entry of the feed; again, its bytes are the same.
    ///
    /// # Errors
    /// [`AuthorError::Behind`] when the gateway knows more of the feed; [`AuthorError::Unbound`];
    /// [`FileError::Io`]. `Ok(None)` when it was acknowledged before.
    pub fn begin(&mut self, seen: Seen<'_>) -> Result<Option<Pending>, AuthorError> {
        let membership = self.membership()?;
        if let Seen::Gateways(views) = seen {
            let begin = FeedHead {
                seq: 0,
                id: membership.author.into(),
            };
            let signed = membership.signed.or(Some(begin));
            signing::check(views, membership.author, signed, &self.known_heads()?)?;
        }
        if membership.signed.is_some() {
            let first = |pending: &Pending| {
                let first = pending.batch().0.first();
                first.is_some_and(|first| first.entry.header().seq == 0)
            };
            return Ok(self.pending()?.into_iter().find(first));
        }
        self.guarded()?;
        let at = Timestamp::new(membership.begin_at).ok_or_else(|| self.damaged("begin time"))?;
        let entry = self.begin_entry(membership.network, at)?;
        if entry.author() != membership.author {
            return Err(self.damaged("the author does not follow from the keys"));
        }
        let bodies = Vec::new();
        self.release(Batch(vec![Submission { entry, bodies }]))
            .map(Some)
    }

    fn begin_entry(
        &self,
        network: NetworkId,
        at: Timestamp,
    ) -> Result<crate::entry::SignedEntry, AuthorError> {
        let key = self.signing_key()?;
        Ok(Draft::begin(network, &key, self.state.next, at)?)
    }

    fn signing_key(&self) -> Result<crate::key::SecretKey, AuthorError> {
        let path = self.path.join(SIGNING);
        let key = read_key(&path, KeyPurpose::Signing)?;
        if key.public().id() == self.state.key {
            Ok(key)
        } else {
            Err(self.damaged("names another signing key than the key file holds"))
        }
    }

    fn membership(&self) -> Result<&Membership, AuthorError> {
        self.state.membership.as_ref().ok_or(AuthorError::Unbound)
    }

    fn membership_mut(&mut self) -> Result<&mut Membership, AuthorError> {
        self.state.membership.as_mut().ok_or(AuthorError::Unbound)
    }

    fn damaged(&self, what: &'static str) -> AuthorError {
        let path = self.path.join(STATE);
        AuthorError::Damaged { path, what }
    }

    fn save(&self) -> Result<(), AuthorError> {
        Ok(replace(&self.path.join(STATE), &to_json(&self.state))?)
    }
}

const SECRET: &str = "reference.secret";
const STATE: &str = "author.json";
const STATE_BYTES: u64 = 16 * 1_024;

fn to_json(state: &AuthorState) -> Vec<u8> {
    // Every field is a text or a number, so this cannot fail; an empty file would be refused as
    // damaged.
    serde_json::to_vec_pretty(state).unwrap_or_default()
}

#[cfg(test)]
mod tests;
