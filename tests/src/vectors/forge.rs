//! Entries put together by hand: what the sdk refuses to write must be written too.

use super::Item;
use super::world::{self, NOW};
use fairtrail::cbor::encode;
use fairtrail::contexts::{ENTRY, derive};
use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use fairtrail::key::SecretKey;

/// Both headers of an entry as trees, to be changed and signed.
#[derive(Debug, Clone)]
pub struct Forge {
    /// The protected header.
    pub protected: Item,
    /// The payload.
    pub payload: Item,
}

impl Forge {
    /// Takes a good entry apart.
    pub fn of(entry: &SignedEntry) -> Self {
        let protected = Item::decode(&encode(entry.protected()));
        let payload = Item::decode(&encode(entry.header()));
        Self { protected, payload }
    }

    /// An ordinary entry with a claim: the base of most changes.
    pub fn finding() -> Self {
        Self::of(&world::finding(NOW))
    }

    /// The same with another payload.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Item)) -> Self {
        change(&mut self.payload);
        self
    }

    /// The same with another protected header.
    #[must_use]
    pub fn protect(mut self, change: impl FnOnce(&mut Item)) -> Self {
        change(&mut self.protected);
        self
    }

    /// What the signature covers.
    pub fn message(&self) -> Vec<u8> {
        message(&self.protected.encode(), &self.payload.encode())
    }

    /// The id the entry has.
    pub fn id(&self) -> EntryId {
        EntryId::new(derive(ENTRY, &[&self.message()]))
    }

    /// The entry, signed.
    pub fn sign(&self, key: &SecretKey) -> Vec<u8> {
        self.frame(&key.sign(&self.message()))
    }

    /// The entry under a given signature.
    pub fn frame(&self, signature: &[u8]) -> Vec<u8> {
        frame(&self.protected.encode(), &self.payload.encode(), signature)
    }
}

/// `["Signature1", protected, h'', payload]`.
pub(super) fn message(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let bytes = |bytes: &[u8]| Item::Bytes(bytes.to_vec());
    let pieces = vec![
        Item::text("Signature1"),
        bytes(protected),
        bytes(&[]),
        bytes(payload),
    ];
    Item::Array(pieces).encode()
}

/// The one frame of this profile.
pub(super) fn frame(protected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let bytes = |bytes: &[u8]| Item::Bytes(bytes.to_vec());
    let pieces = vec![
        bytes(protected),
        Item::Map(vec![]),
        bytes(payload),
        bytes(signature),
    ];
    [vec![0xd2], Item::Array(pieces).encode()].concat()
}
