//! What a demonstration keeps of itself, so that it can be taken up again: a seed and a day.

use super::DemoError;
use fairtrail::files::{create_dir, create_new, new_key, read_bounded};
use fairtrail::id::{from_base32, to_base32};
use fairtrail::time::Timestamp;
use std::path::Path;

/// From these two everything follows: keys, salts, dates, and so every byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Founding {
    pub(super) seed: [u8; 32],
    pub(super) founded: Timestamp,
}

const FILE: &str = "demo.seed";
const HEADER: &str = "fairtrail-demo-1";
const MAX_BYTES: u64 = 1_024;

impl Founding {
    /// Takes up the demonstration in `dir`, or founds one there now.
    pub(super) fn in_dir(dir: &Path, now: Timestamp) -> Result<Self, DemoError> {
        let file = dir.join(FILE);
        if file.exists() {
            let text = read_bounded(&file, MAX_BYTES)?;
            let read = std::str::from_utf8(&text).ok().and_then(Self::read);
            return read.ok_or(DemoError::Founding { file });
        }
        create_dir(dir)?;
        // The public half of a fresh key: 32 bytes that nobody can guess.
        let seed = *new_key()?.public().id().as_bytes();
        let founding = Self { seed, founded: now };
        create_new(&file, founding.text().as_bytes())?;
        Ok(founding)
    }

    fn text(self) -> String {
        format!(
            "{HEADER} {} {}\n",
            to_base32(&self.seed),
            self.founded.seconds()
        )
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.strip_suffix('\n')?.split(' ');
        let (header, seed, founded) = (words.next()?, words.next()?, words.next()?);
        let complete = header == HEADER && words.next().is_none();
        let (seed, founded) = (from_base32(seed)?, Timestamp::new(founded.parse().ok()?)?);
        complete.then_some(Self { seed, founded })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demonstration_is_taken_up_with_its_seed_and_day() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("demo");
        let [then, now] = [1_790_000_000, 1_800_000_000].map(|at| Timestamp::new(at).unwrap());
        let founding = Founding::in_dir(&dir, then).unwrap();
        assert_eq!(Founding::in_dir(&dir, now).unwrap(), founding);
        assert_eq!(founding.founded, then);
        fs_err::write(dir.join(FILE), "something else\n").unwrap();
        assert!(matches!(
            Founding::in_dir(&dir, now),
            Err(DemoError::Founding { .. })
        ));
    }
}
