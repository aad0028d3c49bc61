//! A fraud file of any sort, as nodes keep it and pass it on.

use super::{FeedFork, FraudError, LogFraud, SplitView};
use crate::id::AuthorId;
use crate::limits::FEED_FORK_BYTES;
use crate::log::{Checkpoint, Origin};
use crate::reason::Reason;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A file that accuses an author or a log. What it proves, its own sort says.
///
/// ```
/// use fairtrail::fraud::FraudFile;
/// assert!(FraudFile::parse(b"fairtrail/feed-fork/v1\n").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FraudFile {
    /// An author that signed two entries with one sequence number.
    FeedFork(Box<FeedFork>),
    /// A log that signed or held what it must not.
    Log(Box<LogFraud>),
    /// A log that signed two trees.
    SplitView(Box<SplitView>),
}

/// Who is accused. As text: the author's id, or the origin of the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Accused {
    /// An author.
    Author(AuthorId),
    /// A log.
    Log(Origin),
}

/// Text that names neither an author nor a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an author's id nor the origin of a log")]
pub struct UnknownAccused;

impl UnknownAccused {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(self) -> Reason {
        Reason::FraudMalformed
    }
}

impl FraudFile {
    /// Reads a file in its one form; nothing of it is verified.
    ///
    /// # Errors
    /// [`FraudError::TooLarge`], [`FraudError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FraudError> {
        let len = bytes.len();
        if len > FEED_FORK_BYTES {
            return Err(FraudError::TooLarge { len });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| FraudError::Malformed)?;
        if text.starts_with("fairtrail/split-view/") {
            return Ok(Self::SplitView(Box::new(text.parse()?)));
        }
        if text.starts_with("fairtrail/feed-fork/") {
            return Ok(Self::FeedFork(Box::new(text.parse()?)));
        }
        Ok(Self::Log(Box::new(text.parse()?)))
    }

    /// Who is accused, by the word of the file.
    ///
    /// # Errors
    /// [`FraudError::Log`] when its note is of no log.
    pub fn accused(&self) -> Result<Accused, FraudError> {
        Ok(match self {
            Self::FeedFork(fork) => Accused::Author(fork.author()),
            Self::Log(fraud) => fraud.accused()?,
            Self::SplitView(view) => {
                let checkpoint: Checkpoint = view.older().text().parse()?;
                Accused::Log(checkpoint.origin().clone())
            }
        })
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }

    /// SHA-256 of a file's bytes, by which nodes name it.
    pub fn digest(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }
}

impl fmt::Display for FraudFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FeedFork(fork) => fork.fmt(f),
            Self::Log(fraud) => fraud.fmt(f),
            Self::SplitView(view) => view.fmt(f),
        }
    }
}

impl fmt::Display for Accused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Author(author) => author.fmt(f),
            Self::Log(origin) => f.write_str(origin.as_str()),
        }
    }
}

impl FromStr for Accused {
    type Err = UnknownAccused;

    fn from_str(text: &str) -> Result<Self, UnknownAccused> {
        let author = text.parse().map(Self::Author);
        author.or_else(|_| text.parse().map(Self::Log).map_err(|_| UnknownAccused))
    }
}

impl From<Accused> for String {
    fn from(accused: Accused) -> Self {
        accused.to_string()
    }
}

impl TryFrom<String> for Accused {
    type Error = UnknownAccused;

    fn try_from(text: String) -> Result<Self, UnknownAccused> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::log::SignedCheckpoint;
    use crate::merkle::{Root, TreeSize};
    use crate::note::NoteSigner;

    #[test]
    fn a_file_names_who_is_accused_and_reads_back() {
        let origin: Origin = "log.example/two/e1".parse().unwrap();
        let log = NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32]));
        let signed = |root| {
            let (size, root) = (TreeSize::new(7).unwrap(), Root::from_bytes([root; 32]));
            let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
            let note = checkpoint.sign(&log).unwrap().to_string();
            SignedCheckpoint::open(note.as_bytes(), log.verifier()).unwrap()
        };
        let view = SplitView::of_one_size(&signed(1), &signed(2));
        let file = FraudFile::SplitView(Box::new(view));
        let bytes = file.to_bytes();
        assert_eq!(FraudFile::parse(&bytes), Ok(file.clone()));
        let accused = file.accused().unwrap();
        assert_eq!(accused, Accused::Log(origin));
        assert_eq!(accused.to_string().parse(), Ok(accused));
        assert_eq!("nobody".parse::<Accused>(), Err(UnknownAccused));
        assert_eq!(FraudFile::parse(&[0xff]), Err(FraudError::Malformed));
        let len = FEED_FORK_BYTES + 1;
        let above = FraudFile::parse(&vec![b'x'; len]);
        assert_eq!(above, Err(FraudError::TooLarge { len }));
    }
}
