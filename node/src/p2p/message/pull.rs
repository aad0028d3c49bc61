//! Bulk questions.

use fairtrail::cbor::{CborError, Decode, Encode, Reader, Writer};
use fairtrail::id::EntryId;
use fairtrail::limits::{ENTRY_BYTES, FEED_FORK_BYTES, TILE_WIDTH, UPDATE_BYTES, WIRE_BYTES};
use fairtrail::log::EntryTile;
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;

use super::{code, invalid, put};

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
    /// An entry and those before it in its feed, newest first.
    Down {
        /// The entry.
        id: EntryId,
        /// Entries, 1 to 256.
        limit: u16,
    },
    /// The heads in a bundle of the index log.
    Heads {
        /// The bundle.
        bundle: EntryTile,
    },
    /// The update proof of the head at a leaf of the index log.
    Update {
        /// The leaf.
        leaf: LeafIndex,
    },
}

impl Pull {
    /// Bytes of the longest answer.
    pub fn most(self) -> usize {
        match self {
            Self::Entries { bundle, skip } => bundled(bundle.width().saturating_sub(skip)),
            Self::Parts { .. } => WIRE_BYTES,
            Self::File { bytes, .. } => bytes,
            Self::Down { limit, .. } => bundled(limit),
            Self::Heads { bundle } => bundled(bundle.width()),
            Self::Update { .. } => UPDATE_BYTES,
        }
    }
}

/// Bytes of so many entries as in a bundle.
fn bundled(entries: u16) -> usize {
    usize::from(entries).saturating_mul(ENTRY_BYTES.saturating_add(2))
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

fn down(reader: &mut Reader<'_>) -> Result<Pull, CborError> {
    let (id, limit) = (Decode::decode(reader)?, reader.uint()?);
    match u16::try_from(limit) {
        Ok(limit) if (1..=TILE_WIDTH).contains(&limit) => Ok(Pull::Down { id, limit }),
        _ => Err(invalid("number of entries", Reason::RequestMalformed)),
    }
}

fn heads(reader: &mut Reader<'_>) -> Result<Pull, CborError> {
    let refused = invalid("bundle", Reason::TilePath);
    let (index, width) = (reader.uint()?, reader.uint()?);
    let width = u16::try_from(width).ok();
    let bundle = width.and_then(|width| EntryTile::new(index, width).ok());
    let bundle = bundle.ok_or(refused)?;
    Ok(Pull::Heads { bundle })
}

fn update(reader: &mut Reader<'_>) -> Result<Pull, CborError> {
    let leaf = LeafIndex::new(reader.uint()?);
    let leaf = leaf.map_err(|_| invalid("leaf", Reason::TilePath))?;
    Ok(Pull::Update { leaf })
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
            Self::Down { id, limit } => {
                writer.array(3);
                writer.uint(3);
                id.encode(writer);
                writer.uint(limit.into());
            }
            Self::Heads { bundle } => put(writer, 4, &[bundle.index(), bundle.width().into()]),
            Self::Update { leaf } => put(writer, 5, &[leaf.get()]),
        }
    }
}

impl Decode for Pull {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        match code(reader, &[4, 3, 3, 3, 3, 2])? {
            0 => entries(reader),
            1 => parts(reader),
            2 => file(reader),
            3 => down(reader),
            4 => heads(reader),
            _ => update(reader),
        }
    }
}
