//! One frame: `[len u32][crc32c u32][kind u8][body]`, little-endian.
//!
//! The checksum covers where the frame stands as well as its length, kind and body, so a frame
//! that was moved or left over from elsewhere does not pass for one that was written here.

use crate::store::bytes::take_u32;
use crate::store::segment::Location;

/// Bytes before a frame's body.
pub(super) const FRAME_HEADER: usize = 9;
/// The same as a length in a file.
pub(super) const FRAME_HEADER_LEN: u32 = 9;
/// The most bytes one frame's body may have: a group of 4,096 entries of 8 KiB.
pub const MAX_FRAME_BYTES: usize = 32 << 20;

/// What is written as one: after a crash a frame is there whole or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the body is; the journal does not look at it.
    pub kind: u8,
    /// At most [`MAX_FRAME_BYTES`].
    pub body: &'a [u8],
}

/// A frame read back, its checksum verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFrame {
    /// Where it starts.
    pub at: Location,
    /// What the body is.
    pub kind: u8,
    /// The bytes as they were appended.
    pub body: Vec<u8>,
}

/// A frame's first bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameHead {
    pub(super) len: u32,
    crc: u32,
    pub(super) kind: u8,
}

impl FrameHead {
    /// The head, unless its length is beyond what any frame has.
    pub(super) fn decode(bytes: [u8; FRAME_HEADER]) -> Option<Self> {
        let mut rest = bytes.as_slice();
        let len = take_u32(&mut rest)?;
        let crc = take_u32(&mut rest)?;
        let kind = *rest.first()?;
        (u64::from(len) <= MAX_FRAME_BYTES as u64).then_some(Self { len, crc, kind })
    }

    /// Where the frame ends if it starts at `offset`; nothing beyond `limit`.
    pub(super) fn end(self, offset: u32, limit: u64) -> Option<u32> {
        let end = u64::from(offset) + FRAME_HEADER as u64 + u64::from(self.len);
        u32::try_from(end).ok().filter(|_| end <= limit)
    }

    pub(super) fn matches(self, at: Location, body: &[u8]) -> bool {
        self.crc == checksum(at, self.len, self.kind, body)
    }
}

/// Appends the frame's bytes, as they stand at `at`.
pub(super) fn encode(out: &mut Vec<u8>, at: Location, len: u32, frame: Frame<'_>) {
    out.extend(len.to_le_bytes());
    out.extend(checksum(at, len, frame.kind, frame.body).to_le_bytes());
    out.push(frame.kind);
    out.extend(frame.body);
}

fn checksum(at: Location, len: u32, kind: u8, body: &[u8]) -> u32 {
    let crc = crc32c::crc32c(&at.to_bytes());
    let crc = crc32c::crc32c_append(crc, &len.to_le_bytes());
    let crc = crc32c::crc32c_append(crc, &[kind]);
    crc32c::crc32c_append(crc, body)
}
