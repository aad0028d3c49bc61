//! The forms of the files of a copy: leaves, parts, archived notes.

use crate::entry::{Body, SALT_BYTES};
use crate::id::PartDigest;
use crate::limits::{DOCUMENT_BYTES, ENTRY_BYTES, NOTE_BYTES};
use crate::log::note_digest;

/// A part on disk: digest, whether it lives, length of what follows, salt, bytes.
pub(super) struct PartRecord {
    /// What the part is named by.
    pub(super) digest: PartDigest,
    /// Where its flag lies.
    pub(super) place: Place,
    /// The part; `None` when its bytes were erased.
    pub(super) body: Option<Body>,
    /// Whether bytes are left of one that is erased: overwriting it was interrupted.
    pub(super) residue: bool,
}

/// Where a part lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Offset of the flag.
    pub(super) flag: u64,
    /// Bytes of salt and content, five bytes behind the flag.
    pub(super) len: u32,
}

impl Place {
    /// Offset of salt and content.
    pub(super) const fn body(self) -> u64 {
        self.flag.saturating_add(FLAG_AND_LENGTH)
    }
}

const DIGEST_BYTES: usize = 32;
const FLAG_AND_LENGTH: u64 = 5;
/// What the flag of an erased part is; that of a living one is [`LIVES`].
pub(super) const ERASED: u8 = 0;
const LIVES: u8 = 1;

/// The bytes of a part, and where it will lie when they are written at `at`.
pub(super) fn write_part(body: &Body, at: u64) -> (Vec<u8>, Place) {
    let len = u32::try_from(SALT_BYTES.saturating_add(body.bytes.len())).unwrap_or(u32::MAX);
    let head = u64::try_from(DIGEST_BYTES).unwrap_or(u64::MAX);
    let place = Place {
        flag: at.saturating_add(head),
        len,
    };
    let digest = body.digest();
    let parts: [&[u8]; 5] = [
        digest.as_bytes(),
        &[LIVES],
        &len.to_be_bytes(),
        &body.salt,
        &body.bytes,
    ];
    (parts.concat(), place)
}

/// Reads all parts; every living one is compared with its digest.
pub(super) fn read_parts(bytes: &[u8]) -> Option<Vec<PartRecord>> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = u64::try_from(bytes.len().checked_sub(rest.len())?).ok()?;
        let (digest, after) = rest.split_first_chunk::<DIGEST_BYTES>()?;
        let (flag, after) = after.split_first()?;
        let (len, after) = after.split_first_chunk::<4>()?;
        let len = u32::from_be_bytes(*len);
        let (content, after) = after.split_at_checked(usize::try_from(len).ok()?)?;
        let residue = *flag == ERASED && content.iter().any(|byte| *byte != 0);
        let (salt, content) = content.split_first_chunk::<SALT_BYTES>()?;
        let digest = PartDigest::new(*digest);
        let body = match *flag {
            ERASED => None,
            LIVES if content.len() <= DOCUMENT_BYTES => Some(Body {
                salt: *salt,
                bytes: content.to_vec(),
            }),
            _ => return None,
        };
        if body.as_ref().is_some_and(|body| body.digest() != digest) {
            return None;
        }
        let flag = at.checked_add(u64::try_from(DIGEST_BYTES).ok()?)?;
        let place = Place { flag, len };
        parts.push(PartRecord {
            digest,
            place,
            body,
            residue,
        });
        rest = after;
    }
    Some(parts)
}

/// The bytes of an archived note: digest, length, note.
pub(super) fn write_note(note: &[u8]) -> Vec<u8> {
    let len = u32::try_from(note.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&note_digest(note)[..], &len, note].concat()
}

/// Reads all archived notes, each compared with its digest.
pub(super) fn read_notes(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut notes = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (digest, after) = rest.split_first_chunk::<DIGEST_BYTES>()?;
        let (len, after) = after.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
        let (note, after) = after.split_at_checked(len)?;
        if len > NOTE_BYTES || note_digest(note) != *digest {
            return None;
        }
        notes.push(note);
        rest = after;
    }
    Some(notes)
}

/// The whole leaves at the beginning of bytes that may be torn.
pub(super) fn whole_leaves(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut leaves = Vec::new();
    let mut rest = bytes;
    while let Some((len, after)) = rest.split_first_chunk::<2>() {
        let len = usize::from(u16::from_be_bytes(*len));
        let Some((leaf, after)) = after.split_at_checked(len) else {
            break;
        };
        if !(1..=ENTRY_BYTES).contains(&len) {
            break;
        }
        leaves.push(leaf.to_vec());
        rest = after;
    }
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(salt: u8) -> Body {
        Body {
            salt: [salt; SALT_BYTES],
            bytes: vec![salt; 9],
        }
    }

    #[test]
    fn parts_are_read_back_and_every_flipped_byte_but_of_an_erased_one_is_noticed() {
        let (first, at) = write_part(&body(1), 0);
        let (second, place) = write_part(&body(2), u64::try_from(first.len()).unwrap());
        let bytes = [first, second].concat();
        let read = read_parts(&bytes).unwrap();
        assert_eq!((read[0].place, read[1].place), (at, place));
        assert_eq!(read[1].body, Some(body(2)));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let erased = |part: &PartRecord| part.body.is_none();
            let read = read_parts(&changed);
            assert!(read.is_none_or(|parts| parts.iter().any(erased)), "{at}");
            let cut = read_parts(&bytes[..at]);
            assert!(cut.is_none_or(|parts| parts.len() < 2), "{at}");
        }
    }

    #[test]
    fn notes_are_read_back_and_every_flipped_byte_is_noticed() {
        let bytes = [write_note(b"one"), write_note(b"another")].concat();
        assert_eq!(read_notes(&bytes).unwrap(), [&b"one"[..], b"another"]);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(read_notes(&changed).is_none(), "{at}");
        }
    }

    #[test]
    fn a_torn_tail_gives_its_whole_leaves() {
        let bytes = [&[0, 2][..], b"ab", &[0, 1], b"c", &[0, 5], b"de"].concat();
        assert_eq!(whole_leaves(&bytes), [b"ab".to_vec(), b"c".to_vec()]);
        assert_eq!(whole_leaves(&[0, 0, 0, 1, 7]), [[0; 0]; 0]);
        assert_eq!(whole_leaves(&vec![0xff; 70_000]), [[0; 0]; 0]);
    }
}
