//! What nodes say to each other (specs/peers.md §4): deterministic CBOR, read strictly.
//!
//! ```
//! use fairtrail_node::p2p::message::Ask;
//! assert_eq!(Ask::parse(&[0x81, 0x01]), Ok(Ask::Checkpoint));
//! assert!(Ask::parse(&[0x81, 0x01, 0x00]).is_err());
//! ```

mod pull;

use fairtrail::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use fairtrail::id::NetworkId;
use fairtrail::limits::{
    ENTRY_BYTES, GOSSIP_BYTES, NOTE_BYTES, OPENED_KEYS, QUESTION_BYTES, TILE_WIDTH,
};
use fairtrail::log::{Origin, Tile};
use fairtrail::reason::Reason;
use fairtrail::trie::TrieKey;

pub use self::pull::Pull;
use crate::core::follow::Question;

/// Version of the messages.
pub const VERSION: u64 = 1;
/// Bytes of a bulk question, and of the frame that begins its answer.
pub const HEAD_BYTES: usize = 1_024;
/// Bytes of one piece of bulk.
pub const PIECE_BYTES: usize = 256 << 10;

/// Bytes of an opened feeds trie: what fits into a frame of a small answer.
const OPENING_BYTES: usize = QUESTION_BYTES - 16;

const RULES: Rules = Rules {
    max_items: 16,
    max_bytes: QUESTION_BYTES,
    max_string: OPENING_BYTES,
    ..Rules::STRUCTURE
};

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The network it belongs to.
    pub network: NetworkId,
    /// The log it keeps.
    pub origin: Origin,
}

/// A small question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Who are you? Says first who asks.
    Hello(Hello),
    /// The newest checkpoint.
    Checkpoint,
    /// The hashes of a tile.
    Tile(Tile),
    /// Here is an entry that does not wait for its turn.
    Push(Vec<u8>),
    /// Here is a message of gossip, for this node alone.
    Tell(Vec<u8>),
    /// The feeds trie, opened at these keys.
    Open(Vec<TrieKey>),
    /// The hashes of a tile of the index log.
    IndexTile(Tile),
}

/// The answer to a small question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Who answers.
    Hello(Hello),
    /// A note.
    Checkpoint(Vec<u8>),
    /// Hashes.
    Tile(Vec<u8>),
    /// A pushed entry is known here, or a message was heard.
    Taken,
    /// There is no answer.
    Refused(Reason),
    /// An opened feeds trie.
    Opening(Vec<u8>),
}

/// How the answer to a bulk question begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// As many bytes follow, in pieces.
    Bytes(u64),
    /// There is no answer.
    Refused(Reason),
}

/// A question of a follower goes one of two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// As a small question.
    Ask(Ask),
    /// As a bulk question.
    Pull(Pull),
}

impl Way {
    pub(super) const fn of(question: Question) -> Self {
        match question {
            Question::Checkpoint => Self::Ask(Ask::Checkpoint),
            Question::Tile(tile) => Self::Ask(Ask::Tile(tile)),
            Question::Entries { bundle, skip } => Self::Pull(Pull::Entries { bundle, skip }),
            Question::Parts { first, count, .. } => Self::Pull(Pull::Parts { first, count }),
        }
    }
}

macro_rules! message {
    ($($name:ident),*) => { $(
        impl $name {
            /// Reads a message.
            ///
            /// # Errors
            /// [`CborError`] for whatever is wrong first.
            pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
                decode(bytes, RULES)
            }

            /// The message.
            pub fn to_bytes(&self) -> Vec<u8> {
                encode(self)
            }
        }
    )* };
}

message!(Ask, Told, Pull, Head);

fn put(writer: &mut Writer, code: u64, numbers: &[u64]) {
    writer.array(numbers.len().saturating_add(1));
    writer.uint(code);
    for number in numbers {
        writer.uint(*number);
    }
}

fn put_bytes(writer: &mut Writer, code: u64, bytes: &[u8]) {
    writer.array(2);
    writer.uint(code);
    writer.bytes(bytes);
}

fn put_tile(writer: &mut Writer, code: u64, tile: Tile) {
    let numbers = [tile.level().into(), tile.index(), tile.width().into()];
    put(writer, code, &numbers);
}

fn put_hello(writer: &mut Writer, hello: &Hello) {
    writer.array(4);
    writer.uint(0);
    writer.uint(VERSION);
    hello.network.encode(writer);
    writer.text(hello.origin.as_str());
}

fn put_refused(writer: &mut Writer, code: u64, reason: Reason) {
    writer.array(2);
    writer.uint(code);
    writer.text(reason.as_str());
}

/// Reads the code at the start of a message of `lengths[code]` items.
fn code(reader: &mut Reader<'_>, lengths: &[usize]) -> Result<u64, CborError> {
    let length = reader.array()?;
    let code = reader.uint()?;
    let expected = usize::try_from(code).ok().and_then(|at| lengths.get(at));
    match expected {
        Some(expected) if *expected == length => Ok(code),
        Some(_) => Err(CborError::Expected {
            expected: "as many items as the message has",
        }),
        None => Err(CborError::UnknownCode {
            what: "message",
            code,
        }),
    }
}

const fn invalid(what: &'static str, reason: Reason) -> CborError {
    CborError::Invalid { what, reason }
}

fn hello(reader: &mut Reader<'_>) -> Result<Hello, CborError> {
    if reader.uint()? != VERSION {
        return Err(invalid("version", Reason::VersionUnknown));
    }
    let network = Decode::decode(reader)?;
    let origin = reader.text()?.parse();
    let origin = origin.map_err(|_| invalid("origin", Reason::OriginMismatch))?;
    Ok(Hello { network, origin })
}

fn tile(reader: &mut Reader<'_>) -> Result<Tile, CborError> {
    let refused = invalid("tile", Reason::TilePath);
    let (level, index, width) = (reader.uint()?, reader.uint()?, reader.uint()?);
    let (Ok(level), Ok(width)) = (level.try_into(), width.try_into()) else {
        return Err(refused);
    };
    Tile::new(level, index, width).map_err(|_| refused)
}

/// Strictly rising keys behind each other.
fn keys(reader: &mut Reader<'_>) -> Result<Vec<TrieKey>, CborError> {
    let bytes = bounded(reader, OPENED_KEYS.saturating_mul(32))?;
    let (keys, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || !keys.is_sorted_by(|one, next| one < next) {
        return Err(invalid("keys", Reason::RequestMalformed));
    }
    Ok(keys.iter().copied().map(TrieKey::new).collect())
}

fn bounded(reader: &mut Reader<'_>, max: usize) -> Result<Vec<u8>, CborError> {
    let bytes = reader.bytes()?;
    let len = bytes.len();
    if len > max {
        return Err(CborError::TooLarge { len, max });
    }
    Ok(bytes.to_vec())
}

/// A reason this version does not know says no more than that there is no answer.
fn refused(reader: &mut Reader<'_>) -> Result<Reason, CborError> {
    let word = reader.text()?;
    let known = Reason::ALL.iter().find(|reason| reason.as_str() == word);
    known
        .copied()
        .ok_or_else(|| invalid("reason", Reason::GatewayAnswer))
}

impl Encode for Ask {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Hello(hello) => put_hello(writer, hello),
            Self::Checkpoint => put(writer, 1, &[]),
            Self::Tile(tile) => put_tile(writer, 2, *tile),
            Self::Push(entry) => put_bytes(writer, 3, entry),
            Self::Tell(message) => put_bytes(writer, 4, message),
            Self::Open(keys) => {
                let keys: Vec<u8> = keys.iter().flat_map(|key| *key.as_bytes()).collect();
                put_bytes(writer, 5, &keys);
            }
            Self::IndexTile(tile) => put_tile(writer, 6, *tile),
        }
    }
}

impl Decode for Ask {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(match code(reader, &[4, 1, 4, 2, 2, 2, 4])? {
            0 => Self::Hello(hello(reader)?),
            1 => Self::Checkpoint,
            2 => Self::Tile(tile(reader)?),
            3 => Self::Push(bounded(reader, ENTRY_BYTES)?),
            4 => Self::Tell(bounded(reader, GOSSIP_BYTES)?),
            5 => Self::Open(keys(reader)?),
            _ => Self::IndexTile(tile(reader)?),
        })
    }
}

impl Encode for Told {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Hello(hello) => put_hello(writer, hello),
            Self::Checkpoint(note) => put_bytes(writer, 1, note),
            Self::Tile(hashes) => put_bytes(writer, 2, hashes),
            Self::Taken => put(writer, 3, &[]),
            Self::Refused(reason) => put_refused(writer, 4, *reason),
            Self::Opening(opening) => put_bytes(writer, 5, opening),
        }
    }
}

impl Decode for Told {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(match code(reader, &[4, 2, 2, 1, 2, 2])? {
            0 => Self::Hello(hello(reader)?),
            1 => Self::Checkpoint(bounded(reader, NOTE_BYTES)?),
            2 => Self::Tile(bounded(reader, usize::from(TILE_WIDTH).saturating_mul(32))?),
            3 => Self::Taken,
            4 => Self::Refused(refused(reader)?),
            _ => Self::Opening(bounded(reader, OPENING_BYTES)?),
        })
    }
}

impl Encode for Head {
    fn encode(&self, writer: &mut Writer) {
        match *self {
            Self::Bytes(size) => put(writer, 0, &[size]),
            Self::Refused(reason) => put_refused(writer, 1, reason),
        }
    }
}

impl Decode for Head {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(match code(reader, &[2, 2])? {
            0 => Self::Bytes(reader.uint()?),
            _ => Self::Refused(refused(reader)?),
        })
    }
}

#[cfg(test)]
mod tests;
