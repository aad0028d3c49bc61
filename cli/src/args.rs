//! The command line: global options and the list of commands. Each command's own options stand
//! beside the command.

use crate::commands::{
    ack, audit_log, author, bundle, charter, completion, entry, erase, fraud, grant, help, import,
    key, lint, matching, policy, revoke, screen, statement, submit, timeline, verify, watch,
};
use crate::ui::{Color, Manner};
use clap::{Parser, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  fairtrail author new acme --charter network.charter
  fairtrail finding check finding.toml
  fairtrail audit submit audit.toml --as auditor-1 --gateway http://127.0.0.1:8080

Exit statuses: `fairtrail help exit-codes`";

/// Write entries, submit them, and verify a supplier's recruitment history
#[derive(Debug, Parser)]
#[command(name = "fairtrail", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Leave out notes and hints
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Tell more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Directory of authors and charters [default: ~/.local/share/fairtrail]
    #[arg(
        long,
        global = true,
        env = "FAIRTRAIL_HOME",
        value_name = "DIR",
        hide_env_values = true
    )]
    pub home: Option<PathBuf>,
    /// Directory of the authors' marks, best outside what is backed up with the home
    #[arg(
        long,
        global = true,
        env = "FAIRTRAIL_GUARD",
        value_name = "DIR",
        hide = true
    )]
    pub guard: Option<PathBuf>,
    /// Address of the gateway to talk to; repeat it where logs are read or entries signed
    #[arg(
        long,
        global = true,
        env = "FAIRTRAIL_GATEWAY",
        value_delimiter = ' ',
        value_name = "URL",
        hide_env_values = true
    )]
    pub gateway: Vec<String>,
}

impl Global {
    /// How to speak.
    pub const fn manner(&self) -> Manner {
        Manner {
            json: self.json,
            quiet: self.quiet,
            verbose: self.verbose,
            color: self.color,
        }
    }
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say that an entry was seen, in public or to be shown later
    Ack(ack::Args),
    /// State the terms a group of workers was recruited under
    #[command(subcommand)]
    Attest(statement::Command),
    /// State an audit with its findings
    #[command(subcommand)]
    Audit(statement::Command),
    /// Recompute a whole node from outside, and prove what is wrong with it
    AuditLog(audit_log::Args),
    /// Make and use authors: keys, a place in a network, a feed
    #[command(subcommand)]
    Author(author::Command),
    /// Keep the evidence about a supplier in one file
    #[command(subcommand)]
    Bundle(bundle::Command),
    /// Found a network, or show what one is founded on
    #[command(subcommand)]
    Charter(charter::Command),
    /// Print a completion script for a shell
    Completion(completion::Args),
    /// Explain an entry, or any file this program makes
    #[command(subcommand)]
    Entry(entry::Command),
    /// Have a part of an entry erased everywhere
    Erase(erase::Args),
    /// State a finding, or where one stands
    #[command(subcommand)]
    Finding(statement::WithStatus),
    /// Verify or write files that prove a fork or a split view
    #[command(subcommand)]
    Fraud(fraud::Command),
    /// Let another author speak in a role
    Grant(grant::Args),
    /// Explain a command, or a topic: exit-codes, environment, json
    Help(help::Args),
    /// State what public registers show
    #[command(subcommand)]
    Import(import::Command),
    /// Make and show key files
    #[command(subcommand)]
    Key(key::Command),
    /// State what a register says of a licence, or that its status changed
    #[command(subcommand)]
    Licence(statement::WithStatus),
    /// Explain everything that would be refused of statement files
    Lint(lint::Args),
    /// Propose ids for names; a person confirms
    Match(matching::Args),
    /// Write and check trust policies
    #[command(subcommand)]
    Policy(policy::Command),
    /// Answer a statement
    #[command(subcommand)]
    Reply(statement::Command),
    /// Take standing from a grant or a key
    Revoke(revoke::Args),
    /// Verify every supplier of a list, and tell what changed since last time
    Screen(screen::Args),
    /// Sign a statement file without a gateway
    Sign(submit::Sign),
    /// Submit statement files, signed bytes, or what waits to be acknowledged
    Submit(submit::Args),
    /// Show what could have been known of a supplier when, and what was done
    Timeline(timeline::Args),
    /// Verify what is known of a supplier's recruitment
    Verify(verify::Args),
    /// Say when what is known of suppliers changes
    Watch(watch::Args),
}
