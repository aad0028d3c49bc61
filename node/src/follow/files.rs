//! Parts of a mirror of files (specs/recovery.md §8), which has no pages of them: which there are is
//! read off the entries it has, and each is asked for by itself.
//!
//! What such a mirror says of its entries only says where to ask. The follower takes a body for an
//! entry it has verified, by digest and size, and no other.

use std::collections::BTreeMap;

use fairtrail::api::PartsPage;
use fairtrail::client::{ClientError, Gateway};
use fairtrail::entry::{Audience, SignedEntry};
use fairtrail::limits::PARTS_PAGE_BYTES;
use fairtrail::log::{Checkpoint, EntryTile};
use fairtrail::reason::Reason;

/// Files that are asked for in one go, but for those of one leaf.
const FILES: usize = 128;

/// A page of the public parts of at most `count` leaves from `first` on, one bundle at a time;
/// nothing from a mirror of the log alone.
pub(super) fn page(
    mirror: &Gateway,
    first: u64,
    count: u64,
) -> Result<Option<PartsPage>, ClientError> {
    if mirror.log().is_err() {
        return Ok(None);
    }
    let leaves = entries(mirror, first)?.into_iter();
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let (mut parts, mut next) = (BTreeMap::new(), first);
    let (mut asked, mut bytes) = (0_usize, 0_usize);
    for entry in leaves.take(count) {
        if asked >= FILES || bytes >= PARTS_PAGE_BYTES {
            break;
        }
        next = next.saturating_add(1);
        // What is no entry names no parts.
        let Ok(entry) = SignedEntry::parse(&entry) else {
            continue;
        };
        let named = entry.header().parts.iter();
        for part in named.filter(|part| part.audience == Audience::Public) {
            if parts.contains_key(&part.digest) {
                continue;
            }
            asked = asked.saturating_add(1);
            if let Some(body) = mirror.part(part.digest)? {
                bytes = bytes.saturating_add(body.bytes.len());
                parts.insert(part.digest, body);
            }
        }
    }
    let parts = parts.into_iter().collect();
    Ok((next > first).then_some(PartsPage { first, next, parts }))
}

/// The entries of a bundle from one leaf on, as the mirror has them.
fn entries(mirror: &Gateway, first: u64) -> Result<Vec<Vec<u8>>, ClientError> {
    let note = mirror.checkpoint()?;
    let unread = || ClientError::Answer {
        path: "/checkpoint".to_owned(),
        why: Reason::CheckpointMalformed,
    };
    let checkpoint: Checkpoint = note.text().parse().map_err(|_| unread())?;
    let width = u64::from(fairtrail::limits::TILE_WIDTH);
    let bundle = EntryTile::widest(first / width, checkpoint.size()).ok_or_else(unread)?;
    let before = usize::try_from(first % width).unwrap_or(usize::MAX);
    let entries = mirror.entries(bundle)?;
    Ok(entries.into_iter().skip(before).collect())
}
