//! The files of this project, for tests that read them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The directory of data and vectors that others published: beside the project, or where
/// `FAIRTRAIL_SHARED` says. `None`, with a visible note, when `relative` is not there.
#[expect(clippy::print_stdout, reason = "a test that is skipped has to say so")]
pub fn shared(relative: &str) -> Option<PathBuf> {
    let beside = || root().join("../shared");
    let shared = std::env::var_os("FAIRTRAIL_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {relative} is not below {}", shared.display());
    None
}

/// Every file below the top that is part of the project, by its path from there; what is ignored
/// is left out.
///
/// # Errors
/// What the file system says.
pub fn files() -> std::io::Result<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root())
        .output();
    let listed = listed.ok().filter(|output| output.status.success());
    if let Some(output) = listed {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let paths = text
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(PathBuf::from);
        return Ok(paths.filter(|path| root().join(path).is_file()).collect());
    }
    let mut files = Vec::new();
    walk(&root(), Path::new(""), &mut files)?;
    Ok(files)
}

fn walk(top: &Path, below: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for item in fs_err::read_dir(top.join(below))? {
        let item = item?;
        let path = below.join(item.file_name());
        let ignored = ["target", ".git"]
            .iter()
            .any(|name| path == Path::new(name));
        if item.file_type()?.is_dir() && !ignored {
            walk(top, &path, files)?;
        } else if item.file_type()?.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
