//! Reading the index of a followed log, and its leaves. Nothing a source says is trusted: heads are
//! verified up to a checkpoint, leaves up to a head.

use fairtrail::client::{BaseUrl, ClientError, Gateway, Http, Request, Transport};
use fairtrail::limits::UPDATE_BYTES;
use fairtrail::log::{Checkpoint, EntryTile, LogError, TileError, TilePath, VerifiedTiles};
use fairtrail::log::{Origin, decode_entries};
use fairtrail::merkle::{CompactRange, Hash, LeafIndex, TreeSize, prove};
use std::time::Duration;

use super::Unread;
use crate::service::{MirrorQuestion, Service};

/// Time for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
const OCTETS: &str = "application/octet-stream";

/// Where the index of one log is read.
#[derive(Debug)]
pub(super) struct Source {
    log: Gateway,
    index: Gateway,
    http: Http,
}

impl Source {
    /// Reads at this address of the log's gateway; nothing is asked yet.
    pub(super) fn at(url: &BaseUrl) -> Option<Self> {
        let below: BaseUrl = url.join("/index").parse().ok()?;
        Some(Self {
            log: Gateway::new(Http::within(url.clone(), PATIENCE)),
            index: Gateway::new(Http::within(below, PATIENCE)),
            http: Http::within(url.clone(), PATIENCE),
        })
    }

    /// The index log as a checkpoint of it has it.
    pub(super) fn index(&self, checkpoint: &Checkpoint) -> Result<Heads<'_>, Unread> {
        let tiles = VerifiedTiles::open(&self.index, checkpoint)?;
        Ok(Heads {
            gateway: &self.index,
            tiles,
        })
    }

    /// The update proof of the head at a leaf, as it is served; nothing if it is not.
    pub(super) fn update(&self, leaf: u64) -> Option<Vec<u8>> {
        let answer = self.http.request(&Request {
            path: &format!("/index/update/{leaf}"),
            accept: OCTETS,
            content: None,
            wait: None,
            max_bytes: UPDATE_BYTES,
        });
        let answer = answer.ok().filter(|answer| answer.status == 200)?;
        (answer.body.len() <= UPDATE_BYTES).then_some(answer.body)
    }
}

/// The heads of an index log, verified.
pub(super) struct Heads<'a> {
    gateway: &'a Gateway,
    tiles: VerifiedTiles<&'a Gateway>,
}

impl Heads<'_> {
    /// The heads from `first` on, as far as one bundle reaches.
    pub(super) fn from(&self, first: u64) -> Result<Vec<Vec<u8>>, Unread> {
        let (at, skip) = bundle(first, self.tiles.size()).ok_or(Unread::Short)?;
        let entries = self.gateway.entries(at)?;
        let leaves = self.tiles.leaves(at)?;
        let right = entries.len() == leaves.len()
            && entries
                .iter()
                .zip(leaves)
                .all(|(entry, leaf)| fairtrail::merkle::leaf_hash(entry) == leaf);
        if !right {
            return Err(Unread::Short);
        }
        Ok(entries.into_iter().skip(skip).collect())
    }

    /// The hashes that make up the tree of the first `size` heads.
    pub(super) fn range(&self, size: TreeSize) -> Result<CompactRange, Unread> {
        Ok(CompactRange::read(&self.tiles, size)?)
    }

    /// The path of a head.
    pub(super) fn path(&self, leaf: LeafIndex) -> Result<Vec<Hash>, Unread> {
        prove::inclusion(&self.tiles, leaf, self.tiles.size()).map_err(|_| Unread::Short)
    }
}

/// The leaves of a log of at least `size` leaves, one bundle at a time.
pub(super) struct Leaves<'a> {
    own: &'a Service,
    log: &'a Origin,
    gateway: &'a Gateway,
    size: TreeSize,
    held: Option<(EntryTile, Vec<Vec<u8>>)>,
}

impl<'a> Leaves<'a> {
    pub(super) const fn of(
        own: &'a Service,
        log: &'a Origin,
        source: &'a Source,
        size: TreeSize,
    ) -> Self {
        Self {
            own,
            log,
            gateway: &source.log,
            size,
            held: None,
        }
    }

    /// The bytes of these leaves.
    pub(super) fn read(&mut self, leaves: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, Unread> {
        let mut read = Vec::new();
        let mut next = leaves.start;
        while next < leaves.end {
            let (at, skip) = bundle(next, self.size).ok_or(Unread::Short)?;
            let entries = self.bundle(at)?.iter().skip(skip);
            let left = usize::try_from(leaves.end.saturating_sub(next)).unwrap_or(usize::MAX);
            let before = read.len();
            read.extend(entries.take(left).cloned());
            let came = u64::try_from(read.len().saturating_sub(before)).unwrap_or(u64::MAX);
            if came == 0 {
                return Err(Unread::Short);
            }
            next = next.saturating_add(came);
        }
        Ok(read)
    }

    /// What was taken up here need not be fetched again.
    fn bundle(&mut self, at: EntryTile) -> Result<&[Vec<u8>], Unread> {
        if self.held.as_ref().is_none_or(|(held, _)| *held != at) {
            let entries = match self.here(at) {
                Some(entries) => entries,
                None => self.gateway.entries(at)?,
            };
            self.held = Some((at, entries));
        }
        Ok(self.held.as_ref().map_or(&[], |(_, entries)| entries))
    }

    fn here(&self, at: EntryTile) -> Option<Vec<Vec<u8>>> {
        let asked = MirrorQuestion::Tile(TilePath::Entries(at));
        let bundle = self.own.mirrored(self.log.digest(), asked).ok()?;
        let entries = decode_entries(&bundle, usize::from(at.width())).ok()?;
        Some(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}

/// The widest bundle that holds a leaf, and how many leaves stand before it there.
fn bundle(leaf: u64, size: TreeSize) -> Option<(EntryTile, usize)> {
    let width = u64::from(fairtrail::limits::TILE_WIDTH);
    let (tile, skip) = (leaf.checked_div(width)?, leaf.checked_rem(width)?);
    let at = EntryTile::widest(tile, size)?;
    let skip = usize::try_from(skip).ok()?;
    (skip < usize::from(at.width())).then_some((at, skip))
}

impl From<TileError<ClientError>> for Unread {
    fn from(error: TileError<ClientError>) -> Self {
        match error {
            TileError::Source(error) => Self::Client(error),
            error => Self::Tiles(error.to_string()),
        }
    }
}

impl From<LogError> for Unread {
    fn from(error: LogError) -> Self {
        Self::Tiles(error.to_string())
    }
}
