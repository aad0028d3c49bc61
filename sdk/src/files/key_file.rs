//! Secret keys on disk: one line, mode 0600, owned by who uses them.

use super::FileError;
use super::durable::{create_new, read_open};
use super::error::At;
use crate::entry::SALT_BYTES;
use crate::id::{from_base32, to_base32};
use crate::key::{KeyFileError, KeyPurpose, SecretKey};
use fs_err::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use zeroize::Zeroizing;

/// Bytes of the longest key file.
const KEY_FILE_BYTES: u64 = 256;

/// Draws a new key.
///
/// # Errors
/// [`FileError::Randomness`].
pub fn new_key() -> Result<SecretKey, FileError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|_| FileError::Randomness)?;
    Ok(SecretKey::from_seed(*seed))
}

/// Draws a new salt for a part.
///
/// # Errors
/// [`FileError::Randomness`].
pub fn salt() -> Result<[u8; SALT_BYTES], FileError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| FileError::Randomness)?;
    Ok(salt)
}

/// Writes a key to a new file, durably.
///
/// # Errors
/// [`FileError::Exists`]: a key is never overwritten; [`FileError::Io`].
///
/// ```
/// use fairtrail::files::{new_key, read_key, write_key};
/// use fairtrail::key::KeyPurpose;
/// let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("signing.key");
/// let key = new_key().unwrap();
/// write_key(&path, &key, KeyPurpose::Signing).unwrap();
/// let read = read_key(&path, KeyPurpose::Signing).unwrap();
/// assert_eq!(read.public(), key.public());
/// // One key serves one purpose.
/// assert!(read_key(&path, KeyPurpose::Rotation).is_err());
/// ```
pub fn write_key(path: &Path, key: &SecretKey, purpose: KeyPurpose) -> Result<(), FileError> {
    create_new(path, key.to_file_text(purpose).as_bytes())
}

/// Reads a key; refuses a file that anybody else may use.
///
/// # Errors
/// [`FileError::Lax`], [`FileError::Foreign`], [`FileError::Key`], [`FileError::Io`].
pub fn read_key(path: &Path, purpose: KeyPurpose) -> Result<SecretKey, FileError> {
    let bytes = read_private(path)?;
    let refused = |source| FileError::Key {
        path: path.to_path_buf(),
        source,
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| refused(KeyFileError::Malformed))?;
    SecretKey::from_file_text(text, purpose).map_err(refused)
}

/// Draws 32 secret bytes and keeps them in a new file.
pub(super) fn write_secret(path: &Path) -> Result<(), FileError> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *secret).map_err(|_| FileError::Randomness)?;
    let text = Zeroizing::new(to_base32(&*secret));
    create_new(path, text.as_bytes())
}

/// Reads them; `None` when the file holds something else.
pub(super) fn read_secret(path: &Path) -> Result<Option<[u8; 32]>, FileError> {
    let bytes = read_private(path)?;
    let text = std::str::from_utf8(&bytes).ok();
    Ok(text.and_then(from_base32))
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let mut file = File::open(path).at("read", path)?;
    check_private(&file, path)?;
    read_open(&mut file, KEY_FILE_BYTES).map(Zeroizing::new)
}

/// Looks at the open file, so that nothing can be swapped in between.
fn check_private(file: &File, path: &Path) -> Result<(), FileError> {
    let metadata = file.metadata().at("inspect", path)?;
    let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
    let path = path.to_path_buf();
    if owner != user {
        return Err(FileError::Foreign { path, owner, user });
    }
    let mode = metadata.mode() & 0o777;
    let others = mode & 0o077;
    if others != 0 {
        return Err(FileError::Lax { path, mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_others_may_use_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k");
        write_key(&path, &new_key().unwrap(), KeyPurpose::Signing).unwrap();
        for mode in [0o640, 0o604, 0o601, 0o660, 0o777] {
            fs_err::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            let refused = read_key(&path, KeyPurpose::Signing).unwrap_err();
            let path = path.clone();
            assert_eq!(refused, FileError::Lax { path, mode });
            assert_eq!(refused.code().as_str(), "key-file-lax");
        }
        fs_err::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
        assert!(read_key(&path, KeyPurpose::Signing).is_ok());
    }

    #[test]
    fn other_files_are_no_keys() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k");
        create_new(&path, &[0xff; 8]).unwrap();
        let refused = read_key(&path, KeyPurpose::Signing).unwrap_err();
        assert_eq!(refused.code().as_str(), "key-file-malformed");
        let long = dir.path().join("l");
        create_new(&long, &[b'a'; 257]).unwrap();
        let refused = read_key(&long, KeyPurpose::Signing).unwrap_err();
        assert_eq!(refused.code().as_str(), "too-large");
    }

    #[test]
    fn keys_and_salts_differ() {
        assert_ne!(new_key().unwrap().public(), new_key().unwrap().public());
        assert_ne!(salt().unwrap(), salt().unwrap());
    }
}
