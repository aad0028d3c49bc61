//! The mark: what an author signed last, kept outside the author's directory, so that a directory
//! put back from a backup does not know less than this machine does (specs/fraud.md §5).

use super::{AuthorError, FeedHead, Membership};
use crate::files::{FileError, create_dir, create_new, read_bounded, replace};
use crate::id::{AuthorId, to_base32};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

const TITLE: &str = "fairtrail author mark 1\ncheck ";
const MARK_BYTES: u64 = 16 * 1_024;

/// What the mark says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marked {
    pub(super) feed: AuthorId,
    /// The last entry signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signed: Option<FeedHead>,
    /// The last entry a gateway acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) acknowledged: Option<FeedHead>,
    /// An entry that may be known elsewhere and is not known here: only a rotation may be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lost: Option<FeedHead>,
    /// Gateways that entries were offered to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) gateways: Vec<String>,
}

impl Marked {
    /// Nothing signed yet.
    pub(super) const fn of(feed: AuthorId) -> Self {
        Self {
            feed,
            signed: None,
            acknowledged: None,
            lost: None,
            gateways: Vec::new(),
        }
    }

    /// What a directory knows.
    pub(super) fn by(membership: &Membership) -> Self {
        Self {
            feed: membership.author,
            signed: membership.signed,
            acknowledged: membership.acknowledged,
            lost: None,
            gateways: membership.gateways.clone(),
        }
    }
}

/// The file of one feed's mark.
#[derive(Debug)]
pub(super) struct MarkFile {
    feed: AuthorId,
    path: PathBuf,
}

impl MarkFile {
    pub(super) fn new(guard: &Path, feed: AuthorId) -> Self {
        let path = guard.join(format!("{}.mark", to_base32(feed.as_bytes())));
        Self { feed, path }
    }

    /// Makes the mark of a feed that begins; one that is there stays as it is.
    pub(super) fn begin(&self) -> Result<(), AuthorError> {
        self.make_dir()?;
        match create_new(&self.path, &to_text(&Marked::of(self.feed))) {
            Ok(()) | Err(FileError::Exists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn read(&self) -> Result<Marked, AuthorError> {
        let missing = |what| AuthorError::GuardMissing {
            path: self.path.clone(),
            what,
        };
        let bytes = read_bounded(&self.path, MARK_BYTES).map_err(|_| missing("cannot be read"))?;
        let marked = parse(&bytes).ok_or_else(|| missing("is damaged"))?;
        if marked.feed == self.feed {
            Ok(marked)
        } else {
            Err(missing("is of another feed"))
        }
    }

    /// Puts a mark in the place of the last one, durably.
    pub(super) fn write(&self, marked: &Marked) -> Result<(), AuthorError> {
        self.make_dir()?;
        Ok(replace(&self.path, &to_text(marked))?)
    }

    fn make_dir(&self) -> Result<(), FileError> {
        create_dir(self.path.parent().unwrap_or(Path::new(".")))
    }
}

fn to_text(marked: &Marked) -> Vec<u8> {
    // Texts and numbers only, so this cannot fail; an empty body would be refused as damaged.
    let body = serde_json::to_string_pretty(marked).unwrap_or_default();
    format!("{TITLE}{}\n{body}\n", check(&body)).into_bytes()
}

fn check(body: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(body.as_bytes()))
}

fn parse(bytes: &[u8]) -> Option<Marked> {
    let rest = std::str::from_utf8(bytes).ok()?.strip_prefix(TITLE)?;
    let (stated, body) = rest.split_once('\n')?;
    let body = body.strip_suffix('\n')?;
    (stated == check(body))
        .then(|| serde_json::from_str(body).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EntryId;
    use crate::reason::Reason;

    #[test]
    fn a_mark_with_any_byte_changed_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let feed = AuthorId::new([3; 32]);
        let mark = MarkFile::new(&dir.path().join("guard"), feed);
        let missing = mark.read().unwrap_err();
        assert_eq!(missing.code(), Reason::GuardMissing);
        mark.begin().unwrap();
        let id = EntryId::new([4; 32]);
        let marked = Marked {
            signed: Some(FeedHead { seq: 7, id }),
            ..Marked::of(feed)
        };
        mark.write(&marked).unwrap();
        mark.begin().unwrap();
        assert_eq!(mark.read(), Ok(marked));
        let whole = fs_err::read(&mark.path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs_err::write(&mark.path, &bytes).unwrap();
            assert!(mark.read().is_err(), "byte {at}");
        }
    }
}
