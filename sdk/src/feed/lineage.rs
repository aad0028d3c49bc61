//! The keys of one feed, followed from its first entry by signatures alone.
//!
//! Admission also asks for grants and targets; a feed's own entries show none of that. What is
//! checked here is what makes them its author's: each is signed by the key that the ones before
//! it name.

use crate::entry::{NetworkClaim, SignedEntry};
use crate::id::{AuthorId, EntryId, KeyId, NetworkId, NextKeyDigest};
use crate::key::{KeyError, PublicKey, next_digest};
use crate::reason::Reason;

/// Why an entry is not the next one of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineageError {
    /// The first entry is not the one the author is named after.
    #[error("{found} does not begin the feed of {expected}")]
    Begin {
        /// The author asked about.
        expected: AuthorId,
        /// The entry.
        found: EntryId,
    },
    /// An entry of another feed.
    #[error("an entry of {found} in the feed of {expected}")]
    Feed {
        /// The author of the feed.
        expected: AuthorId,
        /// The author of the entry.
        found: AuthorId,
    },
    /// A key or a signature is refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Another network than that of the first entry.
    #[error("expected an entry of {expected}, found one of {found}")]
    Network {
        /// The network of the first entry.
        expected: NetworkId,
        /// The network of the entry.
        found: NetworkId,
    },
    /// It does not follow the entry before it.
    #[error("the entry at seq {seq} does not follow the one before it")]
    Prev {
        /// The sequence number it states.
        seq: u64,
    },
    /// A rotation by another key than the one committed to.
    #[error("the rotation at seq {seq} is by another key than the one committed to")]
    Rotation {
        /// Its sequence number.
        seq: u64,
    },
    /// Signed by another key than the feed's.
    #[error("the entry at seq {seq} is signed by another key than the feed's")]
    Signer {
        /// Its sequence number.
        seq: u64,
    },
}

impl LineageError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Begin { .. } | Self::Feed { .. } | Self::Prev { .. } => Reason::PrevMismatch,
            Self::Key(error) => error.code(),
            Self::Network { .. } => Reason::NetworkMismatch,
            Self::Rotation { .. } => Reason::RotationMismatch,
            Self::Signer { .. } => Reason::KeyMismatch,
        }
    }
}

/// The state of a feed after the entries taken so far.
///
/// ```
/// use fairtrail::entry::Draft;
/// use fairtrail::feed::Lineage;
/// use fairtrail::id::NetworkId;
/// use fairtrail::key::SecretKey;
/// use fairtrail::time::Timestamp;
/// let (key, next) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
/// let at = Timestamp::new(1_790_000_000).unwrap();
/// let begin = Draft::begin(NetworkId::new([7; 32]), &key, next.public().next_digest(), at).unwrap();
/// let feed = Lineage::begin(begin.author(), &begin).unwrap();
/// assert_eq!(feed.key(), key.public().id());
/// // Another author's feed does not begin with it.
/// assert!(Lineage::begin(fairtrail::id::AuthorId::new([0; 32]), &begin).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Lineage {
    author: AuthorId,
    network: NetworkId,
    key: PublicKey,
    next: NextKeyDigest,
    key_state: EntryId,
    seq: u64,
    head: EntryId,
}

impl Lineage {
    /// Takes the first entry: the author's id is its id, so nothing else has to vouch for it.
    ///
    /// # Errors
    /// [`LineageError::Begin`]; [`LineageError::Key`].
    pub fn begin(author: AuthorId, begin: &SignedEntry) -> Result<Self, LineageError> {
        let (expected, found) = (author, begin.id());
        let Some(NetworkClaim::Begin(claim)) = begin.network_claim() else {
            return Err(LineageError::Begin { expected, found });
        };
        if author != found.into() {
            return Err(LineageError::Begin { expected, found });
        }
        let key = PublicKey::enrol(begin.protected().key)?;
        begin.authenticate(&key)?;
        Ok(Self {
            author,
            network: begin.header().network,
            key,
            next: claim.next,
            key_state: found,
            seq: 0,
            head: found,
        })
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// [`LineageError`]; nothing has changed then.
    pub fn take(&mut self, entry: &SignedEntry) -> Result<(), LineageError> {
        self.follows(entry)?;
        self.go_to(entry)
    }

    /// Whether an entry may stand next, whatever else may stand there.
    ///
    /// # Errors
    /// [`LineageError`].
    pub fn follows(&self, entry: &SignedEntry) -> Result<(), LineageError> {
        let header = entry.header();
        let next = self.seq.checked_add(1) == Some(header.seq);
        if !next || header.prev != Some(self.head) {
            return Err(LineageError::Prev { seq: header.seq });
        }
        self.signed(entry).map(|_| ())
    }

    /// Takes a rotation that stands anywhere after the last entry taken: the key it is signed
    /// with, committed to before, is what makes it the author's.
    ///
    /// # Errors
    /// [`LineageError`]; nothing has changed then.
    pub fn leap(&mut self, rotation: &SignedEntry) -> Result<(), LineageError> {
        let seq = rotation.header().seq;
        if seq <= self.seq || !rotates(rotation) {
            return Err(LineageError::Prev { seq });
        }
        self.go_to(rotation)
    }

    fn go_to(&mut self, entry: &SignedEntry) -> Result<(), LineageError> {
        if let Some((key, next)) = self.signed(entry)? {
            self.key = key;
            self.next = next;
            self.key_state = entry.id();
        }
        self.seq = entry.header().seq;
        self.head = entry.id();
        Ok(())
    }

    /// Checks feed, network and signature; the keys that a rotation sets.
    fn signed(
        &self,
        entry: &SignedEntry,
    ) -> Result<Option<(PublicKey, NextKeyDigest)>, LineageError> {
        let (header, signer) = (entry.header(), entry.protected().key);
        let seq = header.seq;
        if entry.author() != self.author {
            let (expected, found) = (self.author, entry.author());
            return Err(LineageError::Feed { expected, found });
        }
        if header.network != self.network {
            let (expected, found) = (self.network, header.network);
            return Err(LineageError::Network { expected, found });
        }
        let Some(NetworkClaim::Rotate(rotate)) = entry.network_claim() else {
            if signer != self.key.id() {
                return Err(LineageError::Signer { seq });
            }
            entry.authenticate(&self.key)?;
            return Ok(None);
        };
        if next_digest(signer) != self.next {
            return Err(LineageError::Rotation { seq });
        }
        entry.authenticate(&PublicKey::enrol(signer)?)?;
        Ok(Some((PublicKey::enrol(rotate.key)?, rotate.next)))
    }

    /// The author.
    pub const fn author(&self) -> AuthorId {
        self.author
    }

    /// The network of the first entry.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// The key that signs the next entry.
    pub fn key(&self) -> KeyId {
        self.key.id()
    }

    /// The commitment to the key that may sign the next rotation.
    pub const fn next(&self) -> NextKeyDigest {
        self.next
    }

    /// The begin or rotation that set the keys.
    pub const fn key_state(&self) -> EntryId {
        self.key_state
    }

    /// Sequence number of the last entry taken.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The last entry taken.
    pub const fn head(&self) -> EntryId {
        self.head
    }
}

/// Whether an entry sets keys.
pub(crate) fn rotates(entry: &SignedEntry) -> bool {
    matches!(entry.network_claim(), Some(NetworkClaim::Rotate(_)))
}
