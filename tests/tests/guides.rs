//! The guides under `guides/` are executed as they stand.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use fairtrail_tests::{artefacts, guide};
use std::ffi::OsStr;
use std::path::Path;

fn run(name: &str, variables: &[(&str, &OsStr)]) -> tempfile::TempDir {
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
    directory
}

#[test]
fn a_network_is_made_from_an_empty_directory() {
    let directory = run("first-network.md", &[]);
    let read = |path: &Path| fs_err::read_to_string(path).unwrap();
    let json = |path: &Path| serde_json::from_str(&read(path)).unwrap();
    let schema: serde_json::Value = json(&artefacts::schema_file());
    let answer: serde_json::Value = json(&directory.path().join("verdict.json"));
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let problems: Vec<_> = validator
        .iter_errors(&answer)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    // A bundle says the same, and names what shows that it leaves nothing out.
    let bundled: serde_json::Value = json(&directory.path().join("bundled.json"));
    assert!(validator.is_valid(&bundled), "{bundled:#}");
    for what in [
        "outcome",
        "entries",
        "open_findings",
        "unknowns",
        "feeds",
        "closure",
    ] {
        assert_eq!(answer[what], bundled[what], "{what}");
    }
    assert_eq!(bundled["indexes"].as_array().unwrap().len(), 1);
    let page = read(&directory.path().join("verdict.html"));
    assert!(page.starts_with("<!DOCTYPE html>"));
    let findings = answer["open_findings"].as_array().unwrap();
    for finding in findings {
        assert!(page.contains(finding["entry"].as_str().unwrap()));
    }
    assert!(!findings.is_empty());
}

#[test]
fn a_list_is_screened_matched_acknowledged_and_looked_back_on() {
    run("screening.md", &[]);
}

#[test]
fn suppliers_are_watched_and_their_node_is_audited() {
    run("watching.md", &[]);
}

#[test]
fn a_chain_is_followed_other_rules_are_compared_and_limits_hold() {
    let directory = run("chains.md", &[]);
    let read = |file: &str| fs_err::read_to_string(directory.path().join(file)).unwrap();
    let schema = fs_err::read_to_string(artefacts::chain_schema_file()).unwrap();
    let validator = jsonschema::draft202012::new(&serde_json::from_str(&schema).unwrap()).unwrap();
    for file in ["chain.json", "many.json"] {
        let answer = serde_json::from_str(&read(file)).unwrap();
        let problems: Vec<_> = validator
            .iter_errors(&answer)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{file}: {problems:#?}");
    }
    let chain: serde_json::Value = serde_json::from_str(&read("chain.json")).unwrap();
    let page = read("chain.html");
    for step in chain["steps"].as_array().unwrap() {
        assert!(page.contains(step["from"].as_str().unwrap()));
    }
    for party in chain["parties"].as_array().unwrap() {
        for link in party["path"].as_array().unwrap() {
            assert!(page.contains(link["entry"].as_str().unwrap()));
        }
    }
}

#[test]
fn nodes_cosign_each_other_and_a_buyer_asks_for_it() {
    run("cosigning.md", &[]);
}

#[test]
fn a_lost_node_is_restored_recovered_and_exported() {
    run("operating.md", &[]);
}

#[test]
fn a_register_goes_in_and_comes_back_out_verified() {
    if let Some(register) = fairtrail_tests::sources::shared("data/uk_sponsor_register") {
        run("register.md", &[("REGISTER", register.as_os_str())]);
    }
}

#[test]
fn lists_and_tables_go_in() {
    if let Some(data) = fairtrail_tests::sources::shared("data") {
        run("imports.md", &[("DATA", data.as_os_str())]);
    }
}
