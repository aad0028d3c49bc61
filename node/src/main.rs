//! The `fairtrail-node` binary.

use std::process::ExitCode;

use clap::Parser;
use fairtrail_node::{args::Cli, commands};

fn main() -> ExitCode {
    ExitCode::from(commands::run(Cli::parse()))
}
