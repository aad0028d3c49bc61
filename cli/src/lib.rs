//! The `fairtrail` command line: one verb per file, every answer verified before it is shown.
//!
//! [`run`] takes a command line and streams and returns an exit status; nothing else reads the
//! clock, the environment or the terminal. A command returns a [`output::Report`]; people and
//! programs (`--json`) get two views of that one value.

pub mod args;
pub mod clock;
pub mod commands;
pub mod context;
pub mod error;
pub mod exit;
pub mod explain;
mod gateways;
pub mod import;
pub mod lists;
pub mod matching;
pub mod output;
pub mod pair;
pub mod pins;
pub mod statement;
pub mod ui;

use args::Cli;
use clap::Parser;
use clap::error::ErrorKind;
use context::{Connect, Context};
use error::CliError;
use exit::Exit;
use fairtrail::client::Gateway;
use fairtrail::files::Home;
use fairtrail::time::Timestamp;
use std::cell::RefCell;
use std::ffi::OsString;
use ui::Ui;

/// What a process gives to a run.
pub struct Shell<'a> {
    /// The streams.
    pub ui: Ui,
    /// The present.
    pub now: Timestamp,
    /// How gateways are opened.
    pub connect: &'a Connect,
}

/// Runs one command line, the program's name first.
pub fn run<I, T>(shell: &mut Shell<'_>, line: I) -> Exit
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let cli = match Cli::try_parse_from(line) {
        Ok(cli) => cli,
        Err(error) => return not_a_command(&mut shell.ui, &error),
    };
    shell.ui.adopt(cli.global.manner());
    let home = cli.global.home.map_or_else(context::default_home, Ok);
    let outcome = home.and_then(|home| {
        let home = match cli.global.guard {
            Some(guard) => Home::new(home).with_guard(guard),
            None => Home::new(home),
        };
        let mut context = Context {
            ui: &mut shell.ui,
            home,
            now: shell.now,
            gateways: cli.global.gateway,
            connect: shell.connect,
            notes: RefCell::default(),
        };
        let outcome = commands::run(cli.command, &mut context);
        for note in context.notes.take() {
            context.ui.note(&note);
        }
        outcome
    });
    match outcome {
        Ok(report) => shell.ui.report(&*report),
        Err(error) => shell.ui.error(&error),
    }
}

/// Help and version go to stdout, complaints to stderr.
fn not_a_command(ui: &mut Ui, error: &clap::Error) -> Exit {
    let text = error.render().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        ui.print_raw(&text);
        Exit::Done
    } else {
        ui.complain_raw(&text);
        Exit::Usage
    }
}

/// Opens a gateway over HTTP.
///
/// # Errors
/// The address is none.
pub fn connect(url: &str) -> Result<Gateway, CliError> {
    Ok(Gateway::at(url)?)
}
