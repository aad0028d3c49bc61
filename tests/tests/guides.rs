//! The guides under `guides/` are executed as they stand.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use fairtrail_tests::guide;
use std::ffi::OsStr;
use std::path::Path;

fn run(name: &str, variables: &[(&str, &OsStr)]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("guides")
        .join(name);
    let markdown = fs_err::read_to_string(file).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let script = guide::script(&markdown);
    let output = guide::shell(&script, directory.path(), variables).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}\n{said}\n{complained}");
}

#[test]
fn a_network_is_made_from_an_empty_directory() {
    run("first-network.md", &[]);
}

#[test]
fn a_register_goes_in_and_comes_back_out_verified() {
    if let Some(register) = fairtrail_tests::sources::shared("data/uk_sponsor_register") {
        run("register.md", &[("REGISTER", register.as_os_str())]);
    }
}
