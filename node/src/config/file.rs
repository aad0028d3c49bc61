//! The file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::service::KEPT_BYTES;

use super::{Cosignatures, Follow, IndexCosignatures, P2pSection, WitnessSection};

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The log.
    pub log: Log,
    /// What is wanted of witnesses.
    #[serde(default)]
    pub cosignatures: Cosignatures,
    /// Whom to ask for cosignatures.
    #[serde(default, rename = "witness")]
    pub witnesses: Vec<WitnessSection>,
    /// What is wanted of index witnesses.
    #[serde(default)]
    pub index_cosignatures: IndexCosignatures,
    /// Whom to ask to vouch for the index.
    #[serde(default, rename = "index_witness")]
    pub index_witnesses: Vec<WitnessSection>,
    /// What everybody may ask.
    #[serde(default)]
    pub gateway: GatewaySection,
    /// What the operator's tools may ask.
    #[serde(default)]
    pub admin: Admin,
    /// What is written down about the process.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// Other nodes, over libp2p.
    #[serde(default)]
    pub p2p: P2pSection,
    /// Other nodes' logs.
    #[serde(default)]
    pub follow: Vec<Follow>,
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Identity of the log, `host/name/e1`. Never changes.
    pub origin: String,
    /// The network's charter.
    pub charter: PathBuf,
    /// Folder of `log.key`, `promise.key`, `witness.key` and `node.key`.
    pub keys_dir: PathBuf,
    /// Folder of the guard; outside of whatever is backed up with the data directory.
    pub guard_dir: PathBuf,
    /// Seconds from one publication to the next.
    #[serde(default = "one")]
    pub publish_seconds: u64,
    /// Seconds from a promise to the publication it names.
    #[serde(default = "sixty")]
    pub promise_seconds: u64,
    /// Submissions that may wait for the writer; more are refused as overload.
    #[serde(default = "waiting")]
    pub waiting_submissions: usize,
    /// Bytes that stay free on the disk; with less, nothing is taken.
    #[serde(default = "reserve")]
    pub reserve_bytes: u64,
}

const fn one() -> u64 {
    1
}

const fn sixty() -> u64 {
    60
}

const fn waiting() -> usize {
    1_024
}

const fn reserve() -> u64 {
    64 << 20
}

/// `[gateway]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewaySection {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Open connections.
    pub connections: usize,
    /// Submissions worked on at once.
    pub submissions: usize,
    /// Questions worked on at once.
    pub questions: usize,
    /// Bytes of bundles kept in memory; 0 keeps none.
    pub bundle_bytes: usize,
}

impl Default for GatewaySection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8_080)),
            connections: 1_024,
            submissions: 128,
            questions: 256,
            bundle_bytes: KEPT_BYTES,
        }
    }
}

/// `[admin]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// Address to listen on; nothing is served without one.
    pub listen: Option<SocketAddr>,
}

/// `[telemetry]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// What is written: a level, or `target=level` with commas.
    pub filter: String,
    /// How it is written.
    pub format: LogFormat,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            filter: "info".into(),
            format: LogFormat::Auto,
        }
    }
}

/// How the process writes down what it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people on a terminal, as JSON otherwise.
    #[default]
    Auto,
    /// Lines for people.
    Human,
    /// One JSON object per line.
    Json,
}

impl Config {
    /// The commented file that `init` writes.
    pub fn text(origin: &str, charter: &Path, keys_dir: &Path, guard_dir: &Path) -> String {
        let quoted = |path: &Path| toml::Value::from(path.display().to_string()).to_string();
        format!(
            "\
# A Fairtrail node. Relative paths start at this file. What is commented out is the default.

[log]
# Identity of the log: host/name/e1. Never change it; a new identity is a new log.
origin = {origin}
# The network's charter.
charter = {charter}
# Folder of log.key, promise.key, witness.key, index.key, index-witness.key and node.key. Back it up apart from the data; whoever has these
# keys can speak for this log.
keys_dir = {keys}
# Folder of the guard: the largest tree ever signed. Never restore it from a backup and never copy
# it with the data. Without it this log does not sign.
guard_dir = {guard}
# Seconds from one publication to the next.
# publish_seconds = 1
# Seconds from a promise to the publication it names. A promise that is broken is proof against you.
# promise_seconds = 60
# Submissions that may wait for the writer; more are refused as overload.
# waiting_submissions = 1024
# Bytes that stay free on the disk; with less, nothing is taken.
# reserve_bytes = 67108864

[gateway]
# Address to listen on. Put a TLS terminator in front of anything but loopback.
# listen = \"127.0.0.1:8080\"
# Open connections, submissions and questions worked on at once: they bound the memory used.
# connections = 1024
# submissions = 128
# questions = 256
# Bytes of bundles kept in memory, for who asks the same while nothing moved; 0 keeps none.
# bundle_bytes = 67108864

[admin]
# Address for /livez and /readyz; nothing is served without one. Keep it on loopback.
# listen = \"127.0.0.1:8081\"

{cosignatures}[telemetry]
# What is written to standard error: a level, or target=level with commas. Subjects never are.
# Of libp2p_gossipsub only errors, unless it is named: it warns of what is no fault.
# filter = \"info\"
# auto (people on a terminal, JSON otherwise), human or json.
# format = \"auto\"

{p2p}# Logs of other nodes that this one follows: their entries are verified and taken up into this log.
# One section each, as in this example. Identity and key are told by the operator of that log
# (`fairtrail-node vkey`); of the addresses nothing is trusted. Seconds from one look to the next.
#[[follow]]
#origin = \"hill.example/watch/e1\"
#key = \"hill.example/watch/e1+...\"
# To vouch for its index when it asks, the key of that.
#index_key = \"hill.example/watch/e1/index/1+...\"
# With that key what lacks here behind the place up to which it was followed is looked for as well:
# seconds from one look to the next, 0 for never.
#repair_seconds = 600
#url = \"https://hill.example\"
#mirrors = []
# Or, or as well, that node over libp2p; then parts for members come along, if this node is one.
#peer = \"/ip4/192.0.2.7/tcp/8082/p2p/12D3KooW...\"
# Whether to keep its hash tiles, 32 bytes a leaf, and be a mirror of it: then its operator can get
# back from here what is lost there.
#keep_tiles = false
#interval_seconds = 1
",
            cosignatures = super::witnesses::TEXT,
            p2p = super::p2p::TEXT,
            origin = toml::Value::from(origin),
            charter = quoted(charter),
            keys = quoted(keys_dir),
            guard = quoted(guard_dir),
        )
    }
}
