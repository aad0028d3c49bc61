//! Where the tests find data sets that are not part of the project.

use std::path::{Path, PathBuf};

/// The file or directory `relative` below the shared directory, or `None` with a visible note.
///
/// The shared directory lies beside the project, or where `FAIRTRAIL_SHARED` says.
pub(crate) fn shared(relative: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let root = std::env::var_os("FAIRTRAIL_SHARED").map_or_else(beside, PathBuf::from);
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {relative} is not below {}", root.display());
    None
}
