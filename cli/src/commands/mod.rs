//! The commands: each takes its options and a context, and returns a report.

pub mod author;
pub mod charter;
pub mod completion;
pub mod grant;
pub mod help;
pub mod key;
pub mod revoke;

mod acts;
mod deliver;
mod instant;
mod reference;

use crate::args::Command;
use crate::context::Context;
use crate::output::Outcome;

/// Runs one command.
///
/// # Errors
/// [`crate::error::CliError`].
pub fn run(command: Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::Author(command) => author::run(command, context),
        Command::Charter(command) => charter::run(command, context),
        Command::Completion(args) => completion::run(&args),
        Command::Grant(args) => grant::run(&args, context),
        Command::Help(args) => help::run(&args),
        Command::Key(command) => key::run(command),
        Command::Revoke(args) => revoke::run(&args, context),
    }
}
