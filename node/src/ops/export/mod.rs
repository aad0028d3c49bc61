//! `export`: the published log as files, at the addresses a gateway has for them, for a plain file
//! server (specs/recovery.md §8). A running node is not disturbed; doing it again writes what is new.

mod files;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fairtrail::entry::Body;
use fairtrail::id::PartDigest;
use fairtrail::log::{ArchiveLine, ArchiveList, EntryTile, Tile, encode_entries, note_digest};
use fairtrail::merkle::{CompactRange, Hash, TreeSize};
use fairtrail::{api, cbor};
use serde::Serialize;

use self::files::Files;
use self::walk::{Published, Walk, published};
use super::{NodeError, read_charter, read_keys};
use crate::boot::log_info;
use crate::config::Settings;
use crate::ledger::LedgerError;
use crate::store::archive::Archive;
use crate::store::layout::Layout;

const WIDTH: usize = 256;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Where.
    pub path: PathBuf,
    /// Leaves of the checkpoint.
    pub entries: u64,
    /// Its root.
    pub root: String,
    /// Public parts that are served.
    pub parts: u64,
    /// Files that were written; the others were there already, as they must be.
    pub written: u64,
    /// Files of erased or withheld parts, and outgrown tiles, that were removed.
    pub removed: u64,
}

/// Exports what was published last. The checkpoint is written when everything it covers is on the
/// disk.
///
/// # Errors
/// [`NodeError`]; the old checkpoint then still stands, and everything it covers.
pub fn export(settings: &Settings, dir: &Path) -> Result<Exported, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let charter = read_charter(&settings.charter)?;
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let Published { note, size, root } = published(&layout)?;
    let mut files = Files::open(dir)?;
    let walked = write_leaves(&layout, size, &mut files)?;
    if walked.root != root {
        return Err(LedgerError::Root {
            size: size.get(),
            expected: root,
            found: walked.root,
        }
        .into());
    }
    files.keep_only("v1/parts", &walked.parts)?;
    files.put("v1/charter", charter.bytes())?;
    let mut info = log_info(settings, &keys, &charter);
    info.size = size.get();
    // The files are those of the log alone.
    info.index = None;
    // Values of this program have string keys only.
    files.put("v1/log", &serde_json::to_vec(&info).unwrap_or_default())?;
    write_archive(&layout, size, &mut files)?;
    files.sync()?;
    files.put_last("checkpoint", note.to_string().as_bytes())?;
    files.drop_outgrown(size)?;
    Ok(Exported {
        path: dir.to_path_buf(),
        entries: size.get(),
        root: root.to_string(),
        parts: walked.parts.len() as u64,
        written: files.written,
        removed: files.removed,
    })
}

struct Walked {
    root: fairtrail::merkle::Root,
    parts: BTreeSet<String>,
}

/// Bundles and parts as the journal is read, then the hash tiles over all of it.
fn write_leaves(layout: &Layout, size: TreeSize, files: &mut Files) -> Result<Walked, NodeError> {
    let mut walk = Walk::open(layout, size)?;
    let (mut bundle, mut number) = (Vec::new(), 0);
    let mut hashes = Vec::new();
    let mut range = CompactRange::new();
    let mut parts = BTreeSet::new();
    while let Some(leaf) = walk.next_leaf()? {
        hashes.push(leaf.hash);
        range.append(leaf.hash).map_err(LedgerError::from)?;
        for (digest, body) in &leaf.parts {
            put_part(*digest, body, files, &mut parts)?;
        }
        bundle.push(leaf.bytes);
        if bundle.len() == WIDTH {
            put_bundle(number, &bundle, files)?;
            number += 1;
            bundle.clear();
        }
    }
    if !bundle.is_empty() {
        put_bundle(number, &bundle, files)?;
    }
    put_tiles(hashes, files)?;
    let root = range.root();
    Ok(Walked { root, parts })
}

fn put_part(
    digest: PartDigest,
    body: &Body,
    files: &mut Files,
    parts: &mut BTreeSet<String>,
) -> Result<(), NodeError> {
    let name = digest.to_string();
    files.put(&format!("v1/parts/{name}"), &cbor::encode(body))?;
    parts.insert(name);
    Ok(())
}

fn put_bundle(number: u64, entries: &[Vec<u8>], files: &mut Files) -> Result<(), NodeError> {
    let width = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    let at = EntryTile::new(number, width).map_err(NodeError::Log)?;
    let bytes = encode_entries(entries.iter().map(Vec::as_slice)).map_err(NodeError::Log)?;
    Ok(files.put(&at.path().to_string(), &bytes)?)
}

/// The tiles of every level: the hashes of one are the roots of the full tiles below.
fn put_tiles(mut hashes: Vec<Hash>, files: &mut Files) -> Result<(), NodeError> {
    let mut level = 0;
    while !hashes.is_empty() {
        let mut above = Vec::new();
        for (number, chunk) in (0_u64..).zip(hashes.chunks(WIDTH)) {
            let width = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
            let tile = Tile::new(level, number, width).map_err(NodeError::Log)?;
            let bytes: Vec<u8> = chunk.iter().flat_map(|hash| *hash.as_bytes()).collect();
            files.put(&tile.path().to_string(), &bytes)?;
            if chunk.len() == WIDTH {
                let mut range = CompactRange::new();
                for hash in chunk {
                    range.append(*hash).map_err(LedgerError::from)?;
                }
                above.extend(range.hashes().first().copied());
            }
        }
        hashes = above;
        level += 1;
    }
    Ok(())
}

/// The notes that the tree covers, and the list of them.
fn write_archive(layout: &Layout, size: TreeSize, files: &mut Files) -> Result<(), NodeError> {
    let archive = Archive::open(&layout.log_archive()).map_err(LedgerError::from)?;
    let mut list = ArchiveList::new();
    for archived in archive
        .sizes()
        .take_while(|archived| *archived <= size.get())
    {
        let note = archive.note(archived).map_err(LedgerError::from)?;
        let note = note.unwrap_or_default();
        files.put(&format!("archive/{archived}"), &note)?;
        let line = ArchiveLine {
            size: TreeSize::new(archived).map_err(LedgerError::from)?,
            digest: note_digest(&note),
        };
        list.push(line).map_err(NodeError::Log)?;
    }
    Ok(files.put(api::ARCHIVE_LIST_FILE, list.to_string().as_bytes())?)
}
