//! CBOR messages: batches, drafts, pages of parts.

use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::entry::{Body, EntryError, Header, SignedEntry, ascending};
use crate::id::PartDigest;
use crate::limits;
use crate::reason::Reason;

/// One entry and the bodies sent with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The entry.
    pub entry: SignedEntry,
    /// Bodies of its parts, in the header's order; parts for a named audience may be left out.
    pub bodies: Vec<Body>,
}

/// What is admitted together or not at all: 1 to 256 entries.
///
/// Bytes: `[[entry bytes, [[salt, bytes], …]], …]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch(pub Vec<Submission>);

/// Why a batch cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The message breaks its encoding.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// One entry is no entry.
    #[error("entry {position}: {source}")]
    Entry {
        /// Its position in the batch.
        position: usize,
        /// What is wrong with it.
        source: EntryError,
    },
}

impl MessageError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Entry { source, .. } => source.code(),
        }
    }

    /// The position of the entry to blame.
    pub const fn position(&self) -> Option<usize> {
        match self {
            Self::Cbor(_) => None,
            Self::Entry { position, .. } => Some(*position),
        }
    }
}

impl Batch {
    /// Reads a batch; every entry is parsed, no signature is checked.
    ///
    /// # Errors
    /// [`MessageError`] for whatever is wrong first.
    pub fn parse(bytes: &[u8]) -> Result<Self, MessageError> {
        let wire: WireList = decode(bytes, Rules::WIRE)?;
        let len = wire.0.len();
        if len == 0 || len > limits::BATCH_ENTRIES {
            return Err(CborError::TooLarge {
                len,
                max: limits::BATCH_ENTRIES,
            }
            .into());
        }
        let parse = |(position, item): (usize, WireItem)| {
            let entry = SignedEntry::parse(&item.bytes)
                .map_err(|source| MessageError::Entry { position, source })?;
            Ok(Submission {
                entry,
                bodies: item.bodies,
            })
        };
        wire.0
            .into_iter()
            .enumerate()
            .map(parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let item = |submission: &Submission| WireItem {
            bytes: submission.entry.bytes().to_vec(),
            bodies: submission.bodies.clone(),
        };
        encode(&WireList(self.0.iter().map(item).collect()))
    }
}

/// A draft to be checked: the header it would have, unsigned, and its bodies.
///
/// Bytes: `[header bytes, [[salt, bytes], …]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftMessage {
    /// The header.
    pub header: Header,
    /// Bodies of its parts.
    pub bodies: Vec<Body>,
}

impl DraftMessage {
    /// Reads a draft.
    ///
    /// # Errors
    /// [`CborError`] for whatever is wrong first.
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        let WireItem { bytes, bodies } = decode(bytes, Rules::WIRE)?;
        Ok(Self {
            header: decode(&bytes, Rules::HEADER)?,
            bodies,
        })
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&WireItem {
            bytes: encode(&self.header),
            bodies: self.bodies.clone(),
        })
    }
}

/// The public parts of a run of leaves, as far as they are held here.
///
/// Bytes: `[first, next, [[digest, [salt, bytes]], …]]`, digests ascending. A part named by an
/// entry of the run and missing here is withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsPage {
    /// The first leaf covered.
    pub first: u64,
    /// The first leaf not covered.
    pub next: u64,
    /// The parts; the digest says which, the receiver recomputes it.
    pub parts: Vec<(PartDigest, Body)>,
}

impl PartsPage {
    /// Reads a page and checks every digest.
    ///
    /// # Errors
    /// [`CborError`]; [`Reason::PartMismatch`] when a body is not what its digest names.
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        let page: Self = decode(bytes, Rules::WIRE)?;
        let digests: Vec<_> = page.parts.iter().map(|(digest, _)| *digest).collect();
        ascending(&digests, 0, limits::WIRE_ITEMS)?;
        if page
            .parts
            .iter()
            .any(|(digest, body)| body.digest() != *digest)
        {
            return Err(CborError::Invalid {
                what: "part",
                reason: Reason::PartMismatch,
            });
        }
        Ok(page)
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

impl Encode for PartsPage {
    fn encode(&self, writer: &mut Writer) {
        writer.array(3);
        writer.uint(self.first);
        writer.uint(self.next);
        writer.array(self.parts.len());
        for (digest, body) in &self.parts {
            writer.array(2);
            digest.encode(writer);
            body.encode(writer);
        }
    }
}

impl Decode for PartsPage {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "first, next and parts")?;
        let (first, next) = (reader.uint()?, reader.uint()?);
        let mut parts = Vec::new();
        for _ in 0..reader.array()? {
            reader.array_of(2, "a digest and a body")?;
            parts.push((Decode::decode(reader)?, Decode::decode(reader)?));
        }
        Ok(Self { first, next, parts })
    }
}

struct WireList(Vec<WireItem>);

struct WireItem {
    bytes: Vec<u8>,
    bodies: Vec<Body>,
}

impl Encode for WireList {
    fn encode(&self, writer: &mut Writer) {
        self.0.encode(writer);
    }
}

impl Decode for WireList {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Vec::decode(reader).map(Self)
    }
}

impl Encode for WireItem {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        writer.bytes(&self.bytes);
        self.bodies.encode(writer);
    }
}

impl Decode for WireItem {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "bytes and bodies")?;
        let bytes = reader.bytes()?.to_vec();
        let bodies: Vec<Body> = Decode::decode(reader)?;
        if bodies.len() > limits::PARTS {
            return Err(CborError::TooLarge {
                len: bodies.len(),
                max: limits::PARTS,
            });
        }
        Ok(Self { bytes, bodies })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Draft, NetworkClaim, Position, Pulse};
    use crate::id::NetworkId;
    use crate::key::SecretKey;
    use crate::time::Timestamp;

    fn submission() -> Submission {
        let key = SecretKey::from_seed([1; 32]);
        let now = Timestamp::new(1_790_000_000).unwrap();
        let network = NetworkId::new([9; 32]);
        let begin = Draft::begin(network, &key, key.public().next_digest(), now).unwrap();
        let (feed, prev) = (begin.author(), begin.id());
        let position = Position {
            network,
            feed,
            seq: 1,
            prev,
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, now);
        let bodies = vec![Body {
            salt: [1; 16],
            bytes: vec![1, 2, 3],
        }];
        Submission {
            entry: draft.sign(&position, &key).unwrap(),
            bodies,
        }
    }

    #[test]
    fn batches_round_trip_and_are_bounded() {
        let batch = Batch(vec![submission(); 2]);
        assert_eq!(Batch::parse(&batch.to_bytes()), Ok(batch));
        let refused = |batch: Batch| Batch::parse(&batch.to_bytes()).unwrap_err().code();
        assert_eq!(refused(Batch(vec![])), Reason::TooLarge);
        assert_eq!(refused(Batch(vec![submission(); 257])), Reason::TooLarge);
        assert!(Batch::parse(&Batch(vec![submission(); 256]).to_bytes()).is_ok());
    }

    #[test]
    fn a_page_with_a_foreign_body_is_refused() {
        let body = Body {
            salt: [1; 16],
            bytes: vec![1],
        };
        let parts = vec![(body.digest(), body)];
        let page = PartsPage {
            first: 0,
            next: 1,
            parts,
        };
        assert_eq!(PartsPage::parse(&page.to_bytes()), Ok(page.clone()));
        let mut foreign = page;
        foreign.parts[0].0 = PartDigest::new([0; 32]);
        let refused = PartsPage::parse(&foreign.to_bytes()).unwrap_err();
        assert_eq!(refused.code(), Reason::PartMismatch);
    }
}
