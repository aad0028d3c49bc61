//! Addresses of tiles and entry bundles, as they stand in a URL.

use std::fmt;
use std::str::FromStr;

use super::numbers::decimal;
use super::{EntryTile, LogError, Tile};
use crate::limits::TILE_WIDTH;

/// More than the longest address: `tile/entries/x035/x184/x372/x088/x831.p/255`.
const MAX_BYTES: usize = 64;

/// The address of a tile or an entry bundle below a log's prefix:
/// `tile/<level>/<index>[.p/<width>]` or `tile/entries/<index>[.p/<width>]`.
///
/// A path from outside is read into integers and must be what these integers are written as; only
/// the integers go on to whatever looks the tile up.
///
/// ```
/// use fairtrail::log::TilePath;
/// let path: TilePath = "tile/0/x001/x234/067.p/8".parse()?;
/// assert_eq!(path.to_string(), "tile/0/x001/x234/067.p/8");
/// assert!("tile/0/../checkpoint".parse::<TilePath>().is_err());
/// # Ok::<(), fairtrail::log::LogError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TilePath {
    /// An entry bundle.
    Entries(EntryTile),
    /// A hash tile.
    Hashes(Tile),
}

impl FromStr for TilePath {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let path = (text.len() <= MAX_BYTES).then(|| parse(text)).flatten();
        path.filter(|path| path.to_string() == text)
            .ok_or(LogError::TilePath)
    }
}

fn parse(text: &str) -> Option<TilePath> {
    let (level, place) = text.strip_prefix("tile/")?.split_once('/')?;
    let (index, width) = match place.split_once(".p/") {
        Some((index, width)) => (index, u16::try_from(decimal(width)?).ok()?),
        None => (place, TILE_WIDTH),
    };
    let index = parse_index(index)?;
    if level == "entries" {
        return EntryTile::new(index, width).ok().map(TilePath::Entries);
    }
    let level = u8::try_from(decimal(level)?).ok()?;
    Tile::new(level, index, width).ok().map(TilePath::Hashes)
}

/// Reads groups of three digits; whether the x stand where they should, writing it again tells.
fn parse_index(text: &str) -> Option<u64> {
    text.split('/').try_fold(0_u64, |index, group| {
        let digits = group.trim_start_matches('x');
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        index.checked_mul(1_000)?.checked_add(digits.parse().ok()?)
    })
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Entries(at) => {
                f.write_str("tile/entries/")?;
                (at.index(), at.width())
            }
            Self::Hashes(tile) => {
                write!(f, "tile/{}/", tile.level())?;
                (tile.index(), tile.width())
            }
        };
        write_index(f, index)?;
        if width < TILE_WIDTH {
            write!(f, ".p/{width}")?;
        }
        Ok(())
    }
}

fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let shifted = std::iter::successors(Some(index), |rest| Some(rest / 1_000).filter(|n| *n > 0));
    let leading: Vec<_> = shifted.skip(1).collect();
    leading
        .iter()
        .rev()
        .try_for_each(|rest| write!(f, "x{:03}/", rest % 1_000))?;
    write!(f, "{:03}", index % 1_000)
}
