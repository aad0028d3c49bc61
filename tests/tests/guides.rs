//! The guides under `guides/` are executed as they stand.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use std::path::Path;

fn run(name: &str) {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("guides")
        .join(name);
    let markdown = fs_err::read_to_string(guide).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let output = fairtrail_tests::guide::run(&markdown, directory.path()).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}\n{said}\n{complained}");
}

#[test]
fn a_network_is_made_from_an_empty_directory() {
    run("first-network.md");
}
