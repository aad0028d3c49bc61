//! Configuration: one file in the data directory, one struct per section, nothing unknown.
//!
//! [`Config`] is the file. [`Settings`] is what a process runs with: parsed types, paths resolved,
//! flags and environment (read by the command line) laid over the file. Keys are never configured
//! by value.

mod check;
mod error;
mod file;
mod follow;
mod moved;
mod p2p;
mod witnesses;

pub use self::check::{Overrides, Settings};
pub use self::error::ConfigError;
pub use self::file::{Admin, Config, GatewaySection, Log, LogFormat, Telemetry};
pub use self::follow::{Follow, FollowSettings};
pub use self::moved::ConfigText;
pub use self::p2p::{P2pSection, P2pSettings, PeerAddress};
pub use self::witnesses::{Cosignatures, IndexCosignatures, WitnessSection};

/// The file's name in the data directory.
pub const FILE_NAME: &str = "node.toml";
/// The charter's name in the data directory.
pub const CHARTER_NAME: &str = "charter";
