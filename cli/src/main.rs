//! The `fairtrail` binary.

use fairtrail_cli::exit::guarded;
use fairtrail_cli::ui::Ui;
use fairtrail_cli::{Shell, clock, connect, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut shell = Shell {
        ui: Ui::of_process(),
        now: clock::now(),
        connect: &connect,
    };
    guarded(|| run(&mut shell, std::env::args_os())).into()
}
