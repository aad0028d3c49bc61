//! What nodes say to each other (specs/peers.md §4): deterministic CBOR, read strictly.
//!
//! ```
//! use fairtrail_node::p2p::message::Ask;
//! assert_eq!(Ask::parse(&[0x81, 0x01]), Ok(Ask::Checkpoint));
//! assert!(Ask::parse(&[0x81, 0x01, 0x00]).is_err());
//! ```

use fairtrail::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use fairtrail::id::NetworkId;
use fairtrail::limits::{
    ENTRY_BYTES, FEED_FORK_BYTES, GOSSIP_BYTES, NOTE_BYTES, QUESTION_BYTES, TILE_WIDTH, WIRE_BYTES,
};
use fairtrail::log::{EntryTile, Origin, Tile};
use fairtrail::reason::Reason;

use crate::core::follow::Question;

/// Version of the messages.
pub const VERSION: u64 = 1;
/// Bytes of a bulk question, and of the frame that begins its answer.
pub const HEAD_BYTES: usize = 1_024;
/// Bytes of one piece of bulk.
pub const PIECE_BYTES: usize = 256 << 10;

const RULES: Rules = Rules {
    max_items: 16,
    max_bytes: QUESTION_BYTES,
    max_string: NOTE_BYTES,
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
}

/// A bulk question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// Entries of a bundle behind the first `skip`.
    Entries {
        /// The bundle.
        bundle: EntryTile,
        /// Entries that are not wanted.
        skip: u16,
    },
    /// Parts of leaves `first` to `first + count − 1`.
    Parts {
        /// The first leaf.
        first: u64,
        /// Leaves.
        count: u64,
    },
    /// A fraud file that was announced.
    File {
        /// SHA-256 of the file.
        digest: [u8; 32],
        /// Its bytes, 1 to `FEED_FORK_BYTES`.
        bytes: usize,
    },
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

impl Pull {
    /// Bytes of the longest answer.
    pub fn most(self) -> usize {
        match self {
            Self::Entries { bundle, skip } => {
                let entries = bundle.width().saturating_sub(skip);
                usize::from(entries).saturating_mul(ENTRY_BYTES.saturating_add(2))
            }
            Self::Parts { .. } => WIRE_BYTES,
            Self::File { bytes, .. } => bytes,
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

fn entries(reader: &mut Reader<'_>) -> Result<Pull, CborError> {
    let refused = invalid("bundle", Reason::TilePath);
    let (index, width, skip) = (reader.uint()?, reader.uint()?, reader.uint()?);
    let (Ok(width), Ok(skip)) = (u16::try_from(width), u16::try_from(skip)) else {
        return Err(refused);
    };
    match EntryTile::new(index, width) {
        Ok(bundle) if skip < width => Ok(Pull::Entries { bundle, skip }),
        _ => Err(refused),
    }
}

fn parts(reader: &mut Reader<'_>) -> Result<Pull, CborError> {
    let (first, count) = (reader.uint()?, reader.uint()?);
    if (1..=u64::from(TILE_WIDTH)).contains(&count) {
        return Ok(Pull::Parts { first, count });
    }
    Err(invalid("run of leaves", Reason::RequestMalformed))
}

fn file(reader: &mut Reader<'_>) -> Result<Pull, CborError> {
    let digest = reader.fixed()?;
    let bytes = usize::try_from(reader.uint()?).unwrap_or(usize::MAX);
    if (1..=FEED_FORK_BYTES).contains(&bytes) {
        return Ok(Pull::File { digest, bytes });
    }
    Err(CborError::TooLarge {
        len: bytes,
        max: FEED_FORK_BYTES,
    })
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
            Self::Tile(tile) => {
                let numbers = [tile.level().into(), tile.index(), tile.width().into()];
                put(writer, 2, &numbers);
            }
            Self::Push(entry) => put_bytes(writer, 3, entry),
            Self::Tell(message) => put_bytes(writer, 4, message),
        }
    }
}

impl Decode for Ask {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(match code(reader, &[4, 1, 4, 2, 2])? {
            0 => Self::Hello(hello(reader)?),
            1 => Self::Checkpoint,
            2 => Self::Tile(tile(reader)?),
            3 => Self::Push(bounded(reader, ENTRY_BYTES)?),
            _ => Self::Tell(bounded(reader, GOSSIP_BYTES)?),
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
        }
    }
}

impl Decode for Told {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(match code(reader, &[4, 2, 2, 1, 2])? {
            0 => Self::Hello(hello(reader)?),
            1 => Self::Checkpoint(bounded(reader, NOTE_BYTES)?),
            2 => Self::Tile(bounded(reader, usize::from(TILE_WIDTH).saturating_mul(32))?),
            3 => Self::Taken,
            _ => Self::Refused(refused(reader)?),
        })
    }
}

impl Encode for Pull {
    fn encode(&self, writer: &mut Writer) {
        match *self {
            Self::Entries { bundle, skip } => {
                put(
                    writer,
                    0,
                    &[bundle.index(), bundle.width().into(), skip.into()],
                );
            }
            Self::Parts { first, count } => put(writer, 1, &[first, count]),
            Self::File { digest, bytes } => {
                writer.array(3);
                writer.uint(2);
                writer.bytes(&digest);
                writer.uint(bytes as u64);
            }
        }
    }
}

impl Decode for Pull {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        match code(reader, &[4, 3, 3])? {
            0 => entries(reader),
            1 => parts(reader),
            _ => file(reader),
        }
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
