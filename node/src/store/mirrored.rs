//! The hash tiles of followed logs whose operator wants them kept, so that this node is a mirror of
//! them and can give their operators lost leaves back (specs/recovery.md §7).
//!
//! ```text
//! mirrored/<hex SHA-256 of the log's origin>/<tiles>      as the own log's
//! mirrored/<hex SHA-256 of the log's origin>/checkpoint   the newest checkpoint they all cover
//! ```
//! All of it is derived and verified by whoever reads it: tiles lead to a root that the log signed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;
use fairtrail::log::Origin;
use fairtrail::merkle::Hash;

use super::disk::{self, IoFault};
use super::head::TreeHead;
use super::tiles::{TileReader, Tiles, TilesError};

const CHECKPOINT: &str = "checkpoint";

/// The tiles of one followed log, as its follower moves on. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Mirrored {
    dir: PathBuf,
    reader: TileReader,
    writing: Arc<Mutex<Writing>>,
}

#[derive(Debug)]
struct Writing {
    tiles: Tiles,
    /// Where the follower's cursor stands.
    at: u64,
    /// The leaves behind it, as they were verified.
    ahead: Vec<Hash>,
}

/// The logs that this node is a mirror of, by the digest of their origins.
pub type Mirrors = BTreeMap<[u8; 32], Mirrored>;

/// The folder of one log.
fn folder(data_dir: &Path, origin: &Origin) -> PathBuf {
    let name = HEXLOWER.encode(&origin.digest());
    data_dir.join("mirrored").join(name)
}

impl Mirrored {
    /// Opens the tiles of a log, as far as they are sound.
    ///
    /// # Errors
    /// [`TilesError::Io`].
    pub fn open(data_dir: &Path, origin: &Origin) -> Result<Self, TilesError> {
        let dir = folder(data_dir, origin);
        disk::create_dir(disk::parent(&dir))?;
        let tiles = Tiles::open(&dir)?;
        let reader = tiles.reader();
        let writing = Writing {
            tiles,
            at: 0,
            ahead: Vec::new(),
        };
        Ok(Self {
            dir,
            reader,
            writing: Arc::new(Mutex::new(writing)),
        })
    }

    /// Begins where the cursor stands; whether all tiles up to there are here. If not, the cursor
    /// has to go back.
    pub fn begin(&self, cursor: u64) -> bool {
        let mut writing = self.writing();
        writing.at = cursor;
        writing.tiles.head().size >= cursor
    }

    /// Leaves from `first` on were verified. Those before it that are not passed yet stay; what
    /// stood there from an earlier attempt goes.
    pub fn verified(&self, first: u64, leaves: &[Hash]) {
        let mut writing = self.writing();
        if first < writing.at {
            // The cursor went back.
            writing.at = first;
            writing.ahead.clear();
        }
        let ahead = usize::try_from(first.saturating_sub(writing.at)).unwrap_or(usize::MAX);
        writing.ahead.truncate(ahead);
        if writing.ahead.len() == ahead {
            writing.ahead.extend_from_slice(leaves);
        }
    }

    /// The cursor moved to this tree. Tiles that do not lead to its root are begun anew.
    ///
    /// # Errors
    /// [`TilesError`]; the mirror is not complete then, and the next start completes it.
    pub fn moved(&self, cursor: TreeHead) -> Result<(), TilesError> {
        let mut writing = self.writing();
        let Writing { tiles, at, ahead } = &mut *writing;
        let from = std::mem::replace(at, cursor.size);
        let within = |size: u64| usize::try_from(size.saturating_sub(from)).unwrap_or(usize::MAX);
        let behind = ahead.split_off(within(cursor.size).min(ahead.len()));
        let passed = std::mem::replace(ahead, behind);
        let have = tiles.head().size;
        if cursor.size <= have || have < from {
            return Ok(());
        }
        let Some(new) = passed.get(within(have)..within(cursor.size)) else {
            return Ok(());
        };
        if tiles.grow(new)? == cursor {
            return tiles.sync();
        }
        tracing::warn!(
            size = cursor.size,
            "kept tiles of a followed log are begun anew"
        );
        tiles.clear()
    }

    /// Keeps a checkpoint of this size if the tiles cover it.
    ///
    /// # Errors
    /// [`TilesError::Io`].
    pub fn signed(&self, checkpoint: TreeHead, note: &str) -> Result<(), TilesError> {
        if self.writing().tiles.head() == checkpoint {
            disk::write_atomic(&self.dir.join(CHECKPOINT), note.as_bytes())?;
        }
        Ok(())
    }

    /// The newest checkpoint that the tiles cover, with the log's line alone.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, IoFault> {
        disk::read_if_exists(&self.dir.join(CHECKPOINT))
    }

    /// The tiles.
    pub const fn tiles(&self) -> &TileReader {
        &self.reader
    }

    fn writing(&self) -> std::sync::MutexGuard<'_, Writing> {
        // Whatever panicked half-way, tiles are compared with a root before they are kept.
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::merkle::{CompactRange, leaf_hash};

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|number| leaf_hash(&[number])).collect()
    }

    fn head(leaves: &[Hash]) -> TreeHead {
        let mut range = CompactRange::new();
        for leaf in leaves {
            range.append(*leaf).unwrap();
        }
        let root = *range.root().as_bytes();
        let size = leaves.len() as u64;
        TreeHead { size, root }
    }

    #[test]
    fn tiles_follow_the_cursor_and_a_checkpoint_is_kept_once_they_cover_it() {
        let dir = tempfile::tempdir().unwrap();
        let origin = "log.example/one/e1".parse().unwrap();
        let mirrored = Mirrored::open(dir.path(), &origin).unwrap();
        let all = leaves(9);
        assert!(mirrored.begin(0));
        mirrored.verified(0, &all[..3]);
        mirrored.verified(3, &all[3..6]);
        // The cursor moves on between two windows, then another attempt begins behind it.
        mirrored.moved(head(&all[..4])).unwrap();
        mirrored.signed(head(&all), "nine").unwrap();
        assert_eq!(mirrored.checkpoint(), Ok(None));
        mirrored.verified(6, &all[6..8]);
        mirrored.verified(4, &all[4..7]);
        mirrored.verified(7, &all[7..]);
        mirrored.moved(head(&all)).unwrap();
        mirrored.signed(head(&all), "nine").unwrap();
        assert_eq!(mirrored.checkpoint(), Ok(Some(b"nine".to_vec())));
        drop(mirrored);
        let mirrored = Mirrored::open(dir.path(), &origin).unwrap();
        assert_eq!(mirrored.tiles().size().get(), 9);
        assert!(mirrored.begin(9));
        // A cursor beyond the tiles has to go back; from the start nothing is lost.
        assert!(!mirrored.begin(10));
        assert!(mirrored.begin(0));
        mirrored.verified(0, &all[..4]);
        mirrored.moved(head(&all[..4])).unwrap();
        assert_eq!(mirrored.tiles().size().get(), 9);
    }

    #[test]
    fn tiles_that_do_not_lead_to_the_root_are_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let origin = "log.example/one/e1".parse().unwrap();
        let mirrored = Mirrored::open(dir.path(), &origin).unwrap();
        mirrored.begin(0);
        mirrored.verified(0, &leaves(4));
        let other = TreeHead {
            size: 4,
            root: [7; 32],
        };
        mirrored.moved(other).unwrap();
        assert_eq!(mirrored.tiles().size().get(), 0);
    }
}
