//! The author's exact numbers of people, beside its keys: readable by nobody else, never sent.

use super::{AuthorDir, AuthorError};
use crate::files::{FileError, read_bounded, replace};
use crate::privacy::exact::{ExactCount, remembered};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const COUNTS: &str = "private-counts.json";
const COUNTS_BYTES: u64 = 64 * 1_024 * 1_024;
/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

/// Every exact number that the author whose directory this is has stated as a band.
///
/// # Errors
/// [`FileError::Lax`] when others may read them; [`AuthorError::Damaged`]; [`FileError::Io`].
pub fn private_counts(author: &Path) -> Result<Vec<ExactCount>, AuthorError> {
    let path = author.join(COUNTS);
    let mode = match fs_err::metadata(&path) {
        Ok(found) => found.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let (action, kind) = ("read", error.kind());
            return Err(FileError::Io { action, path, kind }.into());
        }
    };
    if mode & OTHERS != 0 {
        let mode = mode & 0o777;
        return Err(FileError::Lax { path, mode }.into());
    }
    let bytes = read_bounded(&path, COUNTS_BYTES)?;
    let what = "not a list of exact numbers";
    serde_json::from_slice(&bytes).map_err(|_| AuthorError::Damaged { path, what })
}

impl AuthorDir {
    /// Remembers exact numbers, durably; before what they stand for is signed, so that no crash
    /// forgets them. Those of a statement made anew replace the earlier ones.
    ///
    /// # Errors
    /// As [`private_counts`].
    pub fn remember_counts(&mut self, new: &[ExactCount]) -> Result<(), AuthorError> {
        if new.is_empty() {
            return Ok(());
        }
        let counts = remembered(private_counts(self.path())?, new);
        // Texts and numbers only, so this cannot fail; an empty file would be refused as damaged.
        let bytes = serde_json::to_vec_pretty(&counts).unwrap_or_default();
        Ok(replace(&self.path().join(COUNTS), &bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    fn count(statement: &str, count: u64) -> ExactCount {
        ExactCount {
            statement: statement.into(),
            kind: "contract.attest".into(),
            field: "size".into(),
            count,
            group: None,
            part_of: None,
            by: None,
            subjects: vec!["gln:9520123456788".into()],
            from: "2026-01-01".parse().ok(),
            to: None,
        }
    }

    #[test]
    fn numbers_are_kept_closed_to_others_and_replaced_by_statement() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("acme");
        let mut dir = AuthorDir::create(&path, home.path()).unwrap();
        assert_eq!(private_counts(&path).unwrap(), []);
        dir.remember_counts(&[count("a", 40), count("b", 80)])
            .unwrap();
        dir.remember_counts(&[count("a", 44)]).unwrap();
        let kept = private_counts(&path).unwrap();
        assert_eq!(kept, [count("b", 80), count("a", 44)]);
        let file = path.join(COUNTS);
        let mode = fs_err::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(
            private_counts(&path).unwrap_err().code(),
            Reason::KeyFileLax
        );
        fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        fs_err::write(&file, "half").unwrap();
        assert_eq!(
            private_counts(&path).unwrap_err().code(),
            Reason::StateDamaged
        );
    }
}
