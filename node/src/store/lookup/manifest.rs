//! The manifest: which generations there are and what they cover. A file of its own, replaced in one
//! step once a new generation is on the disk, so that after a crash it names only whole ones.
//!
//! `[version u8][next u32][covered? u8][size u64][root 32][count u32][generation u32 …][crc32c u32]`

use std::path::{Path, PathBuf};

use super::error::LookupError;
use crate::store::bytes::{take_u8, take_u32};
use crate::store::disk;
use crate::store::head::TreeHead;

const VERSION: u8 = 4;
const NAME: &str = "manifest";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    /// No generation of this number or a higher one is in use.
    pub(super) next: u32,
    pub(super) covers: Option<TreeHead>,
    /// Oldest first.
    pub(super) generations: Vec<u32>,
}

impl Manifest {
    pub(super) fn new() -> Self {
        Self {
            next: 1,
            covers: None,
            generations: Vec::new(),
        }
    }

    /// The manifest in a store's directory; a new one when there is none.
    pub(super) fn read(dir: &Path) -> Result<Self, LookupError> {
        match disk::read_if_exists(&dir.join(NAME))? {
            Some(bytes) => Self::decode(&bytes).ok_or(LookupError::Damaged { generation: 0 }),
            None => Ok(Self::new()),
        }
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), LookupError> {
        Ok(disk::write_atomic(&dir.join(NAME), &self.encode())?)
    }

    /// Removes what a crash or a merge left of generations that are not named.
    pub(super) fn sweep(&self, dir: &Path) -> Result<(), LookupError> {
        for name in disk::names(dir)? {
            let number = name.parse::<u32>().ok();
            if number.is_some_and(|number| !self.generations.contains(&number)) {
                disk::remove_dir_all(&dir.join(name))?;
            }
        }
        Ok(())
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend(self.next.to_le_bytes());
        out.push(u8::from(self.covers.is_some()));
        out.extend(self.covers.map(TreeHead::to_bytes).unwrap_or_default());
        // A handful: more are merged.
        let count = u32::try_from(self.generations.len()).unwrap_or(u32::MAX);
        out.extend(count.to_le_bytes());
        out.extend(
            self.generations
                .iter()
                .flat_map(|number| number.to_le_bytes()),
        );
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut content, crc) = bytes.split_last_chunk::<4>()?;
        if u32::from_le_bytes(*crc) != crc32c::crc32c(content) {
            return None;
        }
        let rest = &mut content;
        if take_u8(rest)? != VERSION {
            return None;
        }
        let next = take_u32(rest)?;
        let covers = match take_u8(rest)? {
            0 => None,
            _ => Some(TreeHead::take(rest)?),
        };
        let generations = (0..take_u32(rest)?)
            .map(|_| take_u32(rest))
            .collect::<Option<_>>()?;
        rest.is_empty().then_some(Self {
            next,
            covers,
            generations,
        })
    }
}

/// The directory of one generation.
pub(super) fn generation_dir(dir: &Path, number: u32) -> PathBuf {
    dir.join(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_comes_back_and_no_part_or_change_of_it_passes_for_one() {
        let covers = Some(TreeHead {
            size: 5,
            root: [6; 32],
        });
        let manifest = Manifest {
            next: 12,
            covers,
            generations: vec![1, 7, 11],
        };
        let bytes = manifest.encode();
        assert_eq!(Manifest::decode(&bytes), Some(manifest));
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            assert_eq!(Manifest::decode(&flipped), None);
            assert_eq!(Manifest::decode(&bytes[..at]), None);
        }
        let empty = Manifest::new();
        assert_eq!(Manifest::decode(&empty.encode()), Some(empty));
    }
}
