//! The programs under test, built once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The directory that holds `fairtrail` and `fairtrail-node`, built in the profile of the tests.
///
/// # Panics
/// When they cannot be built: nothing can be tested then.
pub fn directory() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(build)
}

#[expect(
    clippy::panic,
    clippy::expect_used,
    reason = "without programs there is nothing to test"
)]
fn build() -> PathBuf {
    // target/<profile>/deps/<this test>
    let test = std::env::current_exe().expect("a test knows its own path");
    let directory = test
        .ancestors()
        .nth(2)
        .expect("tests run from target/<profile>/deps");
    let release = directory.ends_with("release");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "build",
        "--quiet",
        "-p",
        "fairtrail-node",
        "-p",
        "fairtrail-cli",
        "--bins",
    ]);
    command.args(release.then_some("--release"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    match command.status() {
        Ok(status) if status.success() => directory.to_path_buf(),
        other => panic!("the programs could not be built: {other:?}"),
    }
}
