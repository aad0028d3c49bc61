//! The log: checkpoints, tiles, entry bundles, promises and the archive (specs/log.md).
//!
//! A profile of C2SP `tlog-checkpoint`, `tlog-tiles`, `tlog-proof` and `tlog-policy`. A text from
//! outside becomes a value only in its one form, and a value is believed only after a signature
//! or a root vouched for it:
//!
//! - [`TlogPolicy::open`] turns a note into a [`CosignedCheckpoint`], if the quorum is met;
//! - [`VerifiedTiles`] is the only way to read hashes and entries out of downloaded tiles;
//! - [`TlogProof::verify`] ties a leaf to a cosigned checkpoint, [`SignedPromise::covers`] to a
//!   promise;
//! - [`AddCheckpoint`] is what a witness is asked.
//!
//! Writing the log, serving it and asking witnesses is the node's part.

mod add_checkpoint;
mod archive;
mod checkpoint;
mod entries;
mod error;
mod numbers;
mod origin;
mod policy;
mod promise;
mod proof;
mod quorum;
mod reader;
mod tile;
mod tile_path;

pub use add_checkpoint::{
    ADD_CHECKPOINT, AddCheckpoint, TREE_SIZE_TYPE, read_cosignature, read_tree_size,
};
pub use archive::{ArchiveLine, ArchiveList, ArchiveMark, is_due, note_digest};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use entries::{decode_entries, decode_some_entries, encode_entries};
pub use error::{LogError, PolicyError, TileError};
pub use origin::Origin;
pub use policy::{PolicyLog, PolicyWitness, TlogPolicy};
pub use promise::{Promise, SignedPromise};
pub use proof::TlogProof;
pub use quorum::{CosignedCheckpoint, OperatorStamps};
pub use reader::{TileSource, VerifiedTiles};
pub use tile::{EntryTile, Tile};
pub use tile_path::TilePath;
