//! Keeping a node going: copies, recovery, files for others, how it is.

use std::path::PathBuf;

use clap::Args;
use fairtrail::client::BaseUrl;
use fairtrail::log::Origin;

use super::{Data, parse_origin};

/// `backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Where the backup goes; an unfinished one there is begun anew, anything else is not touched
    #[arg(value_name = "DIR")]
    pub to: PathBuf,
    /// Leave the keys out; whoever has the backup cannot speak for this log then
    #[arg(long)]
    pub without_keys: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub backup: PathBuf,
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Where the guard is or goes; one that is there is kept [default: DIR.guard]
    #[arg(long, value_name = "DIR")]
    pub guard_dir: Option<PathBuf>,
    /// Where the keys are or go; those that are there are kept [default: DIR.keys]
    #[arg(long, value_name = "DIR")]
    pub keys_dir: Option<PathBuf>,
    /// Give the log up: make a new one of this identity, with new keys, that holds its entries. For
    /// when leaves it signed are lost for good
    #[arg(long, value_name = "ORIGIN", value_parser = parse_origin)]
    pub new_origin: Option<Origin>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `recover`
#[derive(Debug, Args)]
pub struct Recover {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Gateways of followers that keep this log's tiles, mirrors of it, exports on a file server,
    /// witnesses; each says what it saw this log sign
    #[arg(long, value_name = "URL", num_args = 1..)]
    pub from: Vec<BaseUrl>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// The folder that a file server serves; what is there already is kept
    #[arg(value_name = "DIR")]
    pub to: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `status`
#[derive(Debug, Args)]
pub struct Status {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Where the running node answers its operator, if not as configured
    #[arg(long, env = "FAIRTRAIL_ADMIN", value_name = "ADDR")]
    pub admin: Option<std::net::SocketAddr>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
