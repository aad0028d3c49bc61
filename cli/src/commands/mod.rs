//! The commands: each takes its options and a context, and returns a report.

pub mod ack;
pub mod audit_log;
pub mod author;
pub mod bundle;
pub mod charter;
pub mod completion;
pub mod entry;
pub mod erase;
pub mod fraud;
pub mod grant;
pub mod help;
pub mod import;
pub mod key;
pub mod lint;
pub mod matching;
pub mod policy;
pub mod resume;
pub mod revoke;
pub mod screen;
pub mod statement;
pub mod submit;
pub mod timeline;
pub mod verify;
pub mod watch;

mod acts;
pub(crate) mod deliver;
mod instant;
mod reading;
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
        Command::Ack(args) => ack::run(args, context),
        Command::Attest(command) => statement::run("contract.attest", command, context),
        Command::Audit(command) => statement::run("audit", command, context),
        Command::AuditLog(args) => audit_log::run(&args, context),
        Command::Author(command) => author::run(command, context),
        Command::Bundle(command) => bundle::run(&command, context),
        Command::Charter(command) => charter::run(command, context),
        Command::Completion(args) => completion::run(&args),
        Command::Entry(command) => entry::run(command, context),
        Command::Erase(args) => erase::run(&args, context),
        Command::Finding(command) => {
            statement::run_with_status("finding", "finding.status", command, context)
        }
        Command::Fraud(command) => fraud::run(command, context),
        Command::Grant(args) => grant::run(&args, context),
        Command::Help(args) => help::run(&args),
        Command::Import(command) => import::run(command, context),
        Command::Key(command) => key::run(command),
        Command::Licence(command) => {
            statement::run_with_status("licence", "licence.status", command, context)
        }
        Command::Lint(args) => lint::run(&args, context),
        Command::Match(args) => matching::run(args, context),
        Command::Policy(command) => policy::run(command, context),
        Command::Reply(command) => statement::run("reply", command, context),
        Command::Revoke(args) => revoke::run(&args, context),
        Command::Screen(args) => screen::run(&args, context),
        Command::Sign(options) => submit::sign(options, context),
        Command::Submit(args) => submit::run(&args, context),
        Command::Timeline(args) => timeline::run(&args, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Watch(args) => watch::run(&args, context),
    }
}
