//! `fairtrail completion`.

use crate::args::Cli;
use crate::output::{Outcome, Page, Report, report};
use clap::CommandFactory;
use clap_complete::Shell;

/// Options of `completion`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail completion bash > ~/.local/share/bash-completion/completions/fairtrail
  fairtrail completion zsh > ~/.zfunc/_fairtrail")]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(serde::Serialize)]
struct Script {
    script: String,
}

impl Report for Script {
    const COMMAND: &'static str = "completion";

    fn human(&self, page: &mut Page) {
        page.raw(&self.script);
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "fairtrail", &mut bytes);
    let script = String::from_utf8_lossy(&bytes).into_owned();
    report(Script { script })
}
