//! The command line.

mod operate;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use fairtrail::claim::{Code, Country, LegalBasis};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::log::Origin;

pub use self::operate::{Backup, Export, Recover, Restore, Status};
use crate::config::{LogFormat, Overrides};
use crate::store::witnessed::LogKey;

const EXIT_STATUSES: &str = "Exit statuses:
  0   done
  1   the command could not do its work; the reason stands in brackets
  2   the command line is wrong
  3   fsck: something stored is not as it must be; demo: a verification came out otherwise
  4   status: the node runs and is not ready
  78  more, or another history, may have been signed than is here; never to be overridden";

/// Keep a log of the Fairtrail ledger and serve it
#[derive(Debug, Parser)]
#[command(name = "fairtrail-node", version, after_help = EXIT_STATUSES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy the data of a node, running or not, and read the copy back
    Backup(Backup),
    /// Show what this is for: a small invented network, up until Ctrl-C
    Demo(Demo),
    /// Run several nodes on this machine that follow and cosign each other, up until Ctrl-C
    Devnet(Devnet),
    /// Overwrite the bytes of everything the log says is erased; the node must be stopped
    Erase(Erase),
    /// Write the published log as files for a plain file server
    Export(Export),
    /// Check everything stored, by recomputing it; the node must be stopped
    Fsck(Fsck),
    /// Make a new log: data directory, keys, guard, configuration
    Init(Init),
    /// Show how far other nodes' logs were taken up; a running node says more at its admin address
    Peers(Peers),
    /// Get back what a restored node signed and lost, from followers and mirrors; the node must be stopped
    Recover(Recover),
    /// Make a data directory of a backup; it signs nothing before it has recovered
    Restore(Restore),
    /// Run the node until SIGINT or SIGTERM
    Run(Run),
    /// Say how the node is doing
    Status(Status),
    /// Print the keys that others verify this log with
    Vkey(Vkey),
    /// Do not serve parts, and name the legal basis; a running node takes it up
    Withhold(Withhold),
    /// Say for which other logs this node cosigns; a running node takes it up
    #[command(subcommand)]
    Witness(Witness),
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the demonstration lives; an existing one is taken up again
    #[arg(long, value_name = "DIR", default_value = "fairtrail-demo")]
    pub data_dir: PathBuf,
    /// Address of its first gateway; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Verify every story, print what came out, and exit 0 only if each is as the scenario says
    #[arg(long)]
    pub once: bool,
    /// How it is logged.
    #[command(flatten)]
    pub log: Log,
}

/// `devnet`
#[derive(Debug, Args)]
pub struct Devnet {
    /// How many nodes, 1 to 16
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub nodes: usize,
    /// Where they live; an existing network is taken up again
    #[arg(long, value_name = "DIR", default_value = "fairtrail-devnet")]
    pub dir: PathBuf,
    /// Port of the first gateway, the others follow; any free ones unless it is given
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Print JSON objects, one a line
    #[arg(long)]
    pub json: bool,
    /// What the nodes write to their logs: a level, or target=level with commas
    #[arg(long = "log", env = "FAIRTRAIL_LOG", value_name = "FILTER")]
    pub filter: Option<String>,
}

/// `erase`
#[derive(Debug, Args)]
pub struct Erase {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `withhold`
#[derive(Debug, Args)]
pub struct Withhold {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// The parts, by their digests
    #[arg(value_name = "PART")]
    pub parts: Vec<PartDigest>,
    /// The legal basis, told to whoever asks for the part; a wrong word is answered with the list
    #[arg(long, value_name = "WORD", value_parser = parse_basis, required_unless_present_any = ["lift", "list"])]
    pub basis: Option<LegalBasis>,
    /// Whose law: a country code
    #[arg(long, value_name = "COUNTRY", value_parser = parse_country, requires = "basis")]
    pub jurisdiction: Option<Country>,
    /// The statute or order, as a code
    #[arg(long, value_name = "CODE", value_parser = parse_code, requires = "basis")]
    pub statute: Option<Code>,
    /// The `withhold` statement that says so in the log
    #[arg(long, value_name = "ENTRY", requires = "basis")]
    pub statement: Option<EntryId>,
    /// Only for this entry; for every one that names the parts without
    #[arg(long, value_name = "ENTRY")]
    pub entry: Option<EntryId>,
    /// Serve the parts again
    #[arg(long, conflicts_with = "basis")]
    pub lift: bool,
    /// Only list
    #[arg(long, conflicts_with_all = ["basis", "lift", "parts", "entry"])]
    pub list: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `fsck`
#[derive(Debug, Args)]
pub struct Fsck {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// The network's charter
    #[arg(long, value_name = "FILE")]
    pub charter: PathBuf,
    /// Identity of the log: host/name/e1, with a host you control
    #[arg(long, value_parser = parse_origin)]
    pub origin: Origin,
    /// Where the guard goes [default: DIR.guard]
    #[arg(long, value_name = "DIR")]
    pub guard_dir: Option<PathBuf>,
    /// Where the keys go [default: DIR.keys]
    #[arg(long, value_name = "DIR")]
    pub keys_dir: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `peers`
#[derive(Debug, Args)]
pub struct Peers {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Forget what is kept of this log, so that it is read anew; the node must be stopped
    #[arg(long, value_name = "ORIGIN", value_parser = parse_origin)]
    pub forget: Option<Origin>,
    /// Even if it signed two histories
    #[arg(long, requires = "forget")]
    pub although_forked: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Address of the gateway
    #[arg(long, env = "FAIRTRAIL_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Show what was published last and do nothing else: for a restored node
    #[arg(long)]
    pub read_only: bool,
    /// Address for /livez, /readyz and /metrics
    #[arg(long, env = "FAIRTRAIL_ADMIN", value_name = "ADDR")]
    pub admin: Option<SocketAddr>,
    /// End when standard input does: with whoever started it
    #[arg(long, hide = true)]
    pub until_input_ends: bool,
    /// How it is logged.
    #[command(flatten)]
    pub log: Log,
}

/// `vkey`
#[derive(Debug, Args)]
pub struct Vkey {
    /// The data directory.
    #[command(flatten)]
    pub data: Data,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `witness`
#[derive(Debug, Subcommand)]
pub enum Witness {
    /// Cosign for logs, by their keys as `vkey` prints them
    Add {
        /// The data directory.
        #[command(flatten)]
        data: Data,
        /// The logs' keys
        #[arg(value_name = "VKEY", value_parser = parse_log_key, required = true)]
        keys: Vec<LogKey>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the logs, and what was cosigned last
    List {
        /// The data directory.
        #[command(flatten)]
        data: Data,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Draw a new witness key and begin with an empty list; the node must be stopped
    Renew {
        /// The data directory.
        #[command(flatten)]
        data: Data,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Cosign no more; what was cosigned is remembered
    Remove {
        /// The data directory.
        #[command(flatten)]
        data: Data,
        /// The logs' origins, or single keys
        #[arg(value_name = "LOG", required = true)]
        logs: Vec<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Where the data is.
#[derive(Debug, Args)]
pub struct Data {
    /// The data directory
    #[arg(long = "data-dir", env = "FAIRTRAIL_DATA_DIR", value_name = "DIR")]
    pub dir: PathBuf,
}

/// What is written to standard error.
#[derive(Debug, Args)]
pub struct Log {
    /// A level, or target=level with commas
    #[arg(long = "log", env = "FAIRTRAIL_LOG", value_name = "FILTER")]
    pub filter: Option<String>,
    /// How it is written
    #[arg(long = "log-format", env = "FAIRTRAIL_LOG_FORMAT", value_enum)]
    pub format: Option<LogFormat>,
}

impl Run {
    /// What is said instead of the file.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            listen: self.listen,
            admin: self.admin,
            filter: self.log.filter.clone(),
            format: self.log.format,
        }
    }
}

fn parse_basis(text: &str) -> Result<LegalBasis, String> {
    if LegalBasis::KNOWN.contains(&text) {
        return LegalBasis::new(text).map_err(|error| format!("expected {}", error.what));
    }
    Err(format!("one of {}", LegalBasis::KNOWN.join(", ")))
}

fn parse_country(text: &str) -> Result<Country, String> {
    Country::new(text).map_err(|error| format!("expected {}", error.what))
}

fn parse_code(text: &str) -> Result<Code, String> {
    Code::new(text).map_err(|error| format!("expected {}", error.what))
}

fn parse_log_key(text: &str) -> Result<LogKey, String> {
    LogKey::parse(text).ok_or_else(|| "expected the vkey of a log, host/name/e1+…".to_owned())
}

fn parse_origin(text: &str) -> Result<Origin, String> {
    let origin: Origin = text
        .parse()
        .map_err(|_| "expected host/name/e1".to_owned())?;
    if origin.is_index() {
        return Err("an index follows from its log; name the log".to_owned());
    }
    Ok(origin)
}
