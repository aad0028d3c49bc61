//! Entry bundles: up to 256 entries behind 16-bit lengths (C2SP `tlog-tiles`).

use super::LogError;
use crate::limits::{ENTRY_BYTES, TILE_WIDTH};

const LENGTH_BYTES: usize = 2;

/// Writes entries as a bundle.
///
/// # Errors
/// [`LogError::EntryLength`] for an entry that is empty or above 8,192 bytes.
pub fn encode_entries<'a>(
    entries: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, LogError> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = check_length(entry.len())?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Reads entries in the form of a bundle, however many there are, at most `most`. They are not
/// verified.
///
/// # Errors
/// [`LogError::BundleMalformed`] when bytes are missing or there are more, [`LogError::EntryLength`].
pub fn decode_some_entries(bytes: &[u8], most: usize) -> Result<Vec<&[u8]>, LogError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if entries.len() >= most {
            return Err(malformed(bytes, rest));
        }
        let (entry, after) = next(bytes, rest)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// Reads the `count` entries of a bundle. They are not verified: see
/// [`super::VerifiedTiles::entries`].
///
/// # Errors
/// [`LogError::BundleMalformed`] when bytes are missing or left over, [`LogError::EntryLength`].
pub fn decode_entries(bundle: &[u8], count: usize) -> Result<Vec<&[u8]>, LogError> {
    let mut entries = Vec::with_capacity(count.min(usize::from(TILE_WIDTH)));
    let mut rest = bundle;
    while entries.len() < count {
        let (entry, after) = next(bundle, rest)?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() {
        return Ok(entries);
    }
    Err(malformed(bundle, rest))
}

/// The first entry of what is left of a bundle, and what is behind it.
fn next<'a>(bundle: &[u8], rest: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), LogError> {
    let broken = || malformed(bundle, rest);
    let (length, after) = rest
        .split_first_chunk::<LENGTH_BYTES>()
        .ok_or_else(broken)?;
    let length = usize::from(check_length(usize::from(u16::from_be_bytes(*length)))?);
    after.split_at_checked(length).ok_or_else(broken)
}

const fn malformed(bundle: &[u8], rest: &[u8]) -> LogError {
    LogError::BundleMalformed {
        at: bundle.len().saturating_sub(rest.len()),
    }
}

fn check_length(found: usize) -> Result<u16, LogError> {
    let allowed = Some(found).filter(|length| (1..=ENTRY_BYTES).contains(length));
    let length = allowed.and_then(|length| u16::try_from(length).ok());
    length.ok_or(LogError::EntryLength {
        found,
        max: ENTRY_BYTES,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_read_back_and_a_cut_or_padded_one_is_not() {
        let entries: [&[u8]; 3] = [b"a", b"bc", &[7; ENTRY_BYTES]];
        let bundle = encode_entries(entries).unwrap();
        assert_eq!(decode_entries(&bundle, 3).unwrap(), entries);
        assert_eq!(bundle[..5], [0, 1, b'a', 0, 2]);
        for end in 0..bundle.len() {
            assert!(decode_entries(&bundle[..end], 3).is_err(), "{end}");
        }
        let padded = [&bundle[..], &[0]].concat();
        let at = bundle.len();
        assert_eq!(
            decode_entries(&padded, 3),
            Err(LogError::BundleMalformed { at })
        );
        assert_eq!(
            decode_entries(&bundle, 2),
            Err(LogError::BundleMalformed { at: 7 })
        );
        assert_eq!(
            decode_entries(&bundle, usize::MAX),
            Err(LogError::BundleMalformed { at })
        );
        assert_eq!(decode_entries(&[], 0), Ok(Vec::new()));
    }

    #[test]
    fn an_entry_has_1_to_8192_bytes() {
        let refused = |found| {
            Err(LogError::EntryLength {
                found,
                max: ENTRY_BYTES,
            })
        };
        assert_eq!(encode_entries([&[][..]]), refused(0));
        assert_eq!(
            encode_entries([&[0; ENTRY_BYTES + 1][..]]),
            refused(ENTRY_BYTES + 1)
        );
        assert_eq!(decode_entries(&[0, 0], 1).map(|_| Vec::new()), refused(0));
        assert_eq!(
            decode_entries(&[0x20, 1], 1).map(|_| Vec::new()),
            refused(ENTRY_BYTES + 1)
        );
    }
}
