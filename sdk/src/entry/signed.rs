//! Signed entries: the exact bytes, what they say, and their id.

use super::{EntryError, Header, NetworkClaim, Protected};
use crate::cbor::{Rules, Writer, decode, encode};
use crate::contexts::{ENTRY, derive};
use crate::id::{AuthorId, EntryId};
use crate::key::{KeyError, PublicKey, SecretKey};
use crate::limits::ENTRY_BYTES;
use crate::merkle::{Hash, leaf_hash};
use std::sync::{Arc, OnceLock};

/// An entry: received bytes in the one form allowed, read but not yet admitted.
///
/// The signature is checked by [`SignedEntry::authenticate`], under a key somebody vouches for. Copies
/// share one content: a ledger, the histories made of it and the verdicts on them hold it once.
#[derive(Clone)]
pub struct SignedEntry {
    id: EntryId,
    content: Arc<Content>,
}

/// What an entry says, and its bytes.
struct Content {
    bytes: Box<[u8]>,
    protected: Protected,
    header: Header,
    claim: Option<NetworkClaim>,
    authentic: OnceLock<Result<(), KeyError>>,
    leaf_hash: OnceLock<Hash>,
}

impl SignedEntry {
    /// Reads an entry: frame, determinism, tokens, schema and everything one header shows by
    /// itself (specs/entry.md). The signature is not checked here.
    ///
    /// # Errors
    /// [`EntryError`] for whatever is wrong first.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES {
            return Err(EntryError::TooLarge { len: bytes.len() });
        }
        let frame = Frame::split(bytes).ok_or(EntryError::Frame)?;
        let protected: Protected = decode(frame.protected, Rules::HEADER)?;
        let header: Header = decode(frame.payload, Rules::HEADER)?;
        let claim = header.check()?;
        protected.check(&header)?;
        let id = EntryId::new(derive(
            ENTRY,
            &[&sig_structure(frame.protected, frame.payload)],
        ));
        let content = Arc::new(Content {
            bytes: bytes.into(),
            protected,
            header,
            claim,
            authentic: OnceLock::new(),
            leaf_hash: OnceLock::new(),
        });
        Ok(Self { id, content })
    }

    /// Signs a header; the caller made it consistent, [`super::Draft`] does.
    ///
    /// # Errors
    /// [`EntryError`] when the result would not parse, e.g. because it is too large.
    pub fn sign(
        protected: &Protected,
        header: &Header,
        key: &SecretKey,
    ) -> Result<Self, EntryError> {
        let (protected, payload) = (encode(protected), encode(header));
        let signature = key.sign(&sig_structure(&protected, &payload));
        Self::parse(&frame(&protected, &payload, &signature))
    }

    /// The id a header has, whoever signs it.
    pub fn id_of(protected: &Protected, header: &Header) -> EntryId {
        let message = sig_structure(&encode(protected), &encode(header));
        EntryId::new(derive(ENTRY, &[&message]))
    }

    /// Checks the signature strictly under `key`; the answer is remembered.
    ///
    /// # Errors
    /// [`KeyError::Signature`] when it does not verify, or `key` is not the one the entry names.
    pub fn authenticate(&self, key: &PublicKey) -> Result<(), KeyError> {
        if key.id() != self.content.protected.key {
            return Err(KeyError::Signature { key: key.id() });
        }
        *self.content.authentic.get_or_init(|| {
            let refused = KeyError::Signature { key: key.id() };
            let frame = Frame::split(&self.content.bytes).ok_or(refused)?;
            let message = sig_structure(frame.protected, frame.payload);
            key.verify(&message, frame.signature)
        })
    }

    /// Takes the signature as checked. Only for bytes that this program authenticated before and
    /// kept under its own checksum, such as a node's journal; never for what comes from outside.
    #[must_use]
    pub fn authenticated_before(self) -> Self {
        self.content.authentic.get_or_init(|| Ok(()));
        self
    }

    /// Takes the signature as checked: for bytes that were authenticated before and that a root
    /// then bound.
    #[cfg(feature = "client")]
    pub(crate) fn vouch(&self) {
        self.content.authentic.get_or_init(|| Ok(()));
    }

    /// The exact bytes; a log's leaf data.
    pub fn bytes(&self) -> &[u8] {
        &self.content.bytes
    }

    /// The hash of the leaf with these bytes; it is computed once.
    pub fn leaf_hash(&self) -> Hash {
        *(self.content.leaf_hash).get_or_init(|| leaf_hash(self.bytes()))
    }

    /// The id: the hash of what the signature covers, without the signature.
    pub const fn id(&self) -> EntryId {
        self.id
    }

    /// The author: the feed, or for the first entry of a feed its own id.
    pub fn author(&self) -> AuthorId {
        self.content.header.feed.unwrap_or_else(|| self.id.into())
    }

    /// Key, issuer and claimed time.
    pub fn protected(&self) -> &Protected {
        &self.content.protected
    }

    /// What the entry says about itself.
    pub fn header(&self) -> &Header {
        &self.content.header
    }

    /// The inline claim of a network kind.
    pub fn network_claim(&self) -> Option<&NetworkClaim> {
        self.content.claim.as_ref()
    }
}

impl std::fmt::Debug for SignedEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "SignedEntry({:?} {} {:?})",
            self.id,
            self.header().kind,
            self.author()
        )
    }
}

impl PartialEq for SignedEntry {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.content, &other.content) || self.bytes() == other.bytes()
    }
}

impl Eq for SignedEntry {}

/// `["Signature1", protected, h'', payload]` (RFC 9052 §4.4).
fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let heads = 32_usize;
    let len = heads.saturating_add(protected.len());
    let mut writer = Writer::with_capacity(len.saturating_add(payload.len()));
    writer.array(4);
    writer.text("Signature1");
    writer.bytes(protected);
    writer.bytes(&[]);
    writer.bytes(payload);
    writer.into_bytes()
}

/// Tag 18, an array of four, an empty unprotected map.
fn frame(protected: &[u8], payload: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.encoded(&[0xd2]);
    writer.array(4);
    writer.bytes(protected);
    writer.map(0);
    writer.bytes(payload);
    writer.bytes(signature);
    writer.into_bytes()
}

struct Frame<'a> {
    protected: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8; 64],
}

impl<'a> Frame<'a> {
    /// Takes the frame apart; `None` unless it is byte for byte the one form allowed.
    fn split(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&[0xd2, 0x84])?;
        let (protected, rest) = byte_string(rest)?;
        let rest = rest.strip_prefix(&[0xa0])?;
        let (payload, rest) = byte_string(rest)?;
        let (signature, rest) = byte_string(rest)?;
        let signature = signature.try_into().ok()?;
        rest.is_empty().then_some(Self {
            protected,
            payload,
            signature,
        })
    }
}

/// A byte string with the shortest head, at most 65,535 bytes, and what follows it.
fn byte_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = match bytes {
        [head @ 0x40..=0x57, rest @ ..] => (usize::from(head & 0x1f), rest),
        [0x58, len, rest @ ..] if *len >= 24 => (usize::from(*len), rest),
        [0x59, high, low, rest @ ..] if *high >= 1 => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(len)
}
