//! The `fairtrail` binary.

use fairtrail_cli::exit::Exit;
use fairtrail_cli::ui::Ui;
use fairtrail_cli::{Shell, clock, connect, run};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut shell = Shell {
        ui: Ui::of_process(),
        now: clock::now(),
        connect: &connect,
    };
    // The panic hook has printed what went wrong and where.
    let ran = catch_unwind(AssertUnwindSafe(|| run(&mut shell, std::env::args_os())));
    ran.unwrap_or(Exit::Internal).into()
}
