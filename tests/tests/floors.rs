//! Versions below which crates have known defects that a peer can use, and crates that nobody needs
//! here. Databases of advisories do not list all of them, so the lock file is looked at.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail_tests::sources::root;

/// Crates and the first version that is good, with what is wrong with those before.
const FLOORS: &[(&str, [u64; 3], &str)] = &[
    ("crossbeam-epoch", [0, 9, 20], "RUSTSEC-2026-0204"),
    ("h2", [0, 4, 16], "RUSTSEC-2026-0258"),
    (
        "hickory-proto",
        [0, 26, 1],
        "RUSTSEC-2026-0119: CPU exhaustion",
    ),
    ("libp2p", [0, 57, 0], "RUSTSEC-2022-0084: no limits"),
    (
        "libp2p-gossipsub",
        [0, 50, 0],
        "CVE-2026-33040, -34219: remote panics",
    ),
    (
        "libp2p-rendezvous",
        [0, 17, 1],
        "CVE-2026-35405: memory exhaustion",
    ),
    ("lru", [0, 18, 2], "RUSTSEC-2026-0002, -0253"),
    (
        "quinn-proto",
        [0, 11, 15],
        "RUSTSEC-2026-0037, -0185: memory exhaustion",
    ),
    ("ring", [0, 17, 12], "RUSTSEC-2025-0009: panic"),
    (
        "rustls-webpki",
        [0, 103, 13],
        "RUSTSEC-2026-0049, -0098, -0099, -0104",
    ),
    ("snow", [0, 9, 5], "RUSTSEC-2024-0011"),
    (
        "yamux",
        [0, 13, 10],
        "CVE-2026-31814, -32314: remote panics",
    ),
];

/// Without these nothing is found that should be floored.
const PRESENT: &[&str] = &["libp2p", "libp2p-gossipsub", "quinn-proto", "snow", "yamux"];

/// Parts of libp2p that find, forward or map: nobody needs them here, and each is one more way in.
const ABSENT: &[&str] = &[
    "autonat",
    "dcutr",
    "floodsub",
    "kad",
    "relay",
    "rendezvous",
    "websocket",
];

/// Every package of the lock file with its version.
fn locked() -> Vec<(String, [u64; 3])> {
    let text = fs_err::read_to_string(root().join("Cargo.lock")).unwrap();
    let value = |line: Option<&str>, key: &str| {
        let line = line.and_then(|line| line.strip_prefix(key)).unwrap();
        line.trim_matches('"').to_owned()
    };
    let packages = text.split("[[package]]\n").skip(1).map(|package| {
        let mut lines = package.lines();
        let name = value(lines.next(), "name = ");
        let version = value(lines.next(), "version = ");
        let release = version.split(['-', '+']).next().unwrap();
        let numbers: Vec<u64> = release
            .split('.')
            .map(|number| number.parse().unwrap())
            .collect();
        (name, numbers.try_into().unwrap())
    });
    packages.collect()
}

#[test]
fn no_version_with_a_known_defect_comes_in() {
    let locked = locked();
    for name in PRESENT {
        assert!(
            locked.iter().any(|(found, _)| found == name),
            "{name} is gone"
        );
    }
    let low: Vec<_> = locked
        .iter()
        .filter_map(|(name, version)| {
            let floor = FLOORS.iter().find(|(floored, ..)| floored == name);
            let (_, floor, why) = floor?;
            (version < floor).then_some((name, version, why))
        })
        .collect();
    assert!(low.is_empty(), "{low:?}");
}

#[test]
fn what_nobody_needs_of_libp2p_does_not_come_in() {
    let locked = locked();
    for part in ABSENT {
        let name = format!("libp2p-{part}");
        assert!(
            locked.iter().all(|(found, _)| *found != name),
            "{name} came in"
        );
    }
}

#[test]
fn a_node_is_built_without_discovery() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut tree = std::process::Command::new(cargo);
    tree.args([
        "tree",
        "--offline",
        "-e",
        "normal",
        "--prefix",
        "none",
        "-p",
        "fairtrail-node",
    ]);
    let output = tree.current_dir(root()).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let built: Vec<_> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(built.contains(&"libp2p"));
    for name in [
        "hickory-proto",
        "igd-next",
        "libp2p-dns",
        "libp2p-mdns",
        "libp2p-upnp",
    ] {
        assert!(!built.contains(&name), "{name} came in");
    }
}
