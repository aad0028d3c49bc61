//! The files for operators against what the node exports and answers.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::path::Path;

use fairtrail_node::metrics::NAMES;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs_err::read_to_string(path).unwrap()
}

fn exported() -> BTreeSet<String> {
    NAMES.iter().map(|named| named.name.to_owned()).collect()
}

/// Every word of a text that is a metric's name, or looks like one.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|at: char| !(at.is_ascii_alphanumeric() || at == '_'));
    let words = words.filter(|word| word.starts_with("fairtrail_"));
    words.map(str::to_owned).collect()
}

#[test]
fn every_metric_is_documented_and_every_documented_one_is_exported() {
    let table = read("../specs/metrics.md");
    let rows = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `fairtrail_"));
    let names = rows.filter_map(|row| row.split('`').next());
    let documented: BTreeSet<String> = names.map(|name| format!("fairtrail_{name}")).collect();
    assert_eq!(documented, exported());
}

#[test]
fn every_metric_that_an_alert_rule_names_exists() {
    let rules = read("deploy/alerts.yaml");
    let (exported, mut used) = (exported(), 0);
    for name in named(&rules) {
        let histogram = ["_bucket", "_count", "_sum"];
        let base = histogram.iter().find_map(|end| name.strip_suffix(end));
        let known = exported.contains(&name) || base.is_some_and(|base| exported.contains(base));
        assert!(known, "{name}");
        used += 1;
    }
    assert!(used >= 10, "{used} names");
    for line in rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("expr: "))
    {
        let quoted = line.split('"').skip(1).step_by(2);
        let reasons = quoted.filter(|word| word.contains('-'));
        for reason in reasons.flat_map(|words| words.split('|')) {
            let known = reason.parse::<fairtrail::reason::Reason>().is_ok();
            assert!(known, "{reason} is no reason code");
        }
    }
}

#[test]
fn the_unit_and_the_image_run_this_program_without_more_than_it_needs() {
    let unit = read("deploy/fairtrail-node.service");
    for line in [
        "RestartPreventExitStatus=78",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "MemoryDenyWriteExecute=yes",
        "CapabilityBoundingSet=",
    ] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    let image = read("deploy/Dockerfile");
    assert!(image.lines().any(|line| line.starts_with("USER 10778")));
    assert!(image.contains("--locked -p fairtrail-node"));
}
