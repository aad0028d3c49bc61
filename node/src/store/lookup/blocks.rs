//! sled as a store of checked blocks. The only file that knows sled.
//!
//! Key `[table u8][sort u8][piece u32]`, big-endian so that a run lies together; value
//! `[crc32c of generation, key and body u32][body]`. sled is not trusted: it may fail or panic on a
//! damaged file anywhere, so every call is wrapped, dropping it too. A database is written once and
//! then only read, because sled gives back little of the space of what is removed from it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use sled::IVec;

use super::Table;
use super::error::LookupError;

const CRC_LEN: usize = 4;
/// How often, and after how long, a database that is still being closed is tried again.
const RELEASE_TRIES: u32 = 100;
const RELEASE_PAUSE: Duration = Duration::from_millis(20);

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Chunk = 0,
    Fences = 1,
    Filter = 2,
    Contents = 3,
}

/// A block's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockKey {
    pub(super) table: Table,
    pub(super) sort: Sort,
    pub(super) piece: u32,
}

impl BlockKey {
    fn to_bytes(self) -> [u8; 6] {
        let [p0, p1, p2, p3] = self.piece.to_be_bytes();
        [self.table.0, self.sort as u8, p0, p1, p2, p3]
    }
}

#[derive(Debug)]
pub(super) struct Blocks {
    generation: u32,
    // Taken out only by `drop`.
    db: Option<sled::Db>,
}

impl Blocks {
    pub(super) fn open(dir: &Path, generation: u32, cache_bytes: u64) -> Result<Self, LookupError> {
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(cache_bytes)
            .flush_every_ms(None);
        let db = guarded("open", || open_released(&config))?;
        Ok(Self {
            generation,
            db: Some(db),
        })
    }

    /// The body of a block that must be there, its checksum verified.
    pub(super) fn read(&self, key: BlockKey) -> Result<IVec, LookupError> {
        let name = key.to_bytes();
        let value = guarded("read", || self.db()?.get(name))?.ok_or(self.damaged())?;
        let sound = value
            .split_first_chunk::<CRC_LEN>()
            .is_some_and(|(crc, body)| u32::from_le_bytes(*crc) == self.checksum(&name, body));
        if !sound {
            return Err(self.damaged());
        }
        Ok(value.subslice(CRC_LEN, value.len() - CRC_LEN))
    }

    pub(super) fn write(&self, key: BlockKey, body: &[u8]) -> Result<(), LookupError> {
        let name = key.to_bytes();
        let mut value = Vec::with_capacity(CRC_LEN + body.len());
        value.extend(self.checksum(&name, body).to_le_bytes());
        value.extend(body);
        guarded("write", || self.db()?.insert(name, value)).map(|_| ())
    }

    pub(super) fn flush(&self) -> Result<(), LookupError> {
        guarded("flush", || self.db()?.flush()).map(|_| ())
    }

    pub(super) fn damaged(&self) -> LookupError {
        LookupError::Damaged {
            generation: self.generation,
        }
    }

    fn checksum(&self, name: &[u8], body: &[u8]) -> u32 {
        let crc = crc32c::crc32c(&self.generation.to_le_bytes());
        crc32c::crc32c_append(crc32c::crc32c_append(crc, name), body)
    }

    fn db(&self) -> sled::Result<&sled::Db> {
        self.db
            .as_ref()
            .ok_or_else(|| sled::Error::Unsupported("closed".into()))
    }
}

/// Opens a database that no other process can hold, because the data directory is locked. sled's own
/// lock may outlive the handle that this process dropped a moment ago, by as long as its threads take
/// to end; that is waited for, and is no damage.
fn open_released(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 0..RELEASE_TRIES {
        match config.open() {
            Err(sled::Error::Io(error)) if error.to_string().contains("acquire lock") => {
                std::thread::sleep(RELEASE_PAUSE);
            }
            outcome => return outcome,
        }
    }
    config.open()
}

impl Drop for Blocks {
    fn drop(&mut self) {
        let db = self.db.take();
        let _ = guarded("close", || {
            drop(db);
            Ok(())
        });
    }
}

fn guarded<T>(
    action: &'static str,
    step: impl FnOnce() -> sled::Result<T>,
) -> Result<T, LookupError> {
    // What a panic may leave half done is never used again: the caller rebuilds.
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::warn!(action, %error, "look-up engine failed");
            Err(LookupError::Engine { action })
        }
        Err(_) => {
            tracing::warn!(action, "look-up engine panicked");
            Err(LookupError::Engine { action })
        }
    }
}
