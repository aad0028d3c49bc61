//! `fairtrail help`: commands and topics.

use crate::args::Cli;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use clap::CommandFactory;

/// Options of `help`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail help exit-codes
  fairtrail help author rotate")]
pub struct Args {
    /// A command, or a topic: exit-codes, environment, json
    topic: Vec<String>,
}

#[derive(serde::Serialize)]
struct Text {
    text: String,
}

impl Report for Text {
    const COMMAND: &'static str = "help";

    fn human(&self, page: &mut Page) {
        page.raw(&self.text);
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    let words: Vec<_> = args.topic.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        ["exit-codes"] => exit_codes(),
        ["environment"] => ENVIRONMENT.to_owned(),
        ["json"] => JSON.to_owned(),
        command => help_of(command)?,
    };
    report(Text { text })
}

fn exit_codes() -> String {
    let line = |exit: Exit| format!("{:>5}  {}\n", exit.code(), exit.meaning());
    let lines: String = Exit::ALL.map(line).concat();
    format!("Exit statuses of every command:\n\n{lines}")
}

const ENVIRONMENT: &str = "Environment variables; an option on the command line goes before them:

  FAIRTRAIL_HOME     directory of authors and charters, as --home
  FAIRTRAIL_GATEWAY  address of the gateway, as --gateway
  XDG_DATA_HOME      where the home directory is when nobody names one
  NO_COLOR           no colour
  CLICOLOR_FORCE     colour even where no terminal is seen
  TERM=dumb          no colour
";

const JSON: &str = "With --json every command prints one object on stdout:

  {\"schema\": \"fairtrail/<command>@v1\", …}

An error is an object too, with \"schema\": \"fairtrail/error@v1\" and the fields reason (a stable
code), error, caused_by, hints and exit. Text for people goes to stderr as always.
";

fn help_of(words: &[&str]) -> Result<String, CliError> {
    let mut command = Cli::command();
    command.build();
    let mut at = &mut command;
    for word in words {
        at = at.find_subcommand_mut(word).ok_or_else(|| {
            CliError::usage(format!("there is no command or topic `{word}`"))
                .hint("`fairtrail help` lists commands, `fairtrail help help` topics")
        })?;
    }
    Ok(at.render_long_help().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topic_lists_every_exit_status() {
        let text = exit_codes();
        for exit in Exit::ALL {
            let line = format!("{:>5}  {}\n", exit.code(), exit.meaning());
            assert!(text.contains(&line));
        }
    }

    #[test]
    fn commands_are_found_by_their_words() {
        assert!(
            help_of(&["author", "rotate"])
                .unwrap()
                .contains("--abandon")
        );
        assert_eq!(help_of(&["nothing"]).unwrap_err().exit(), Exit::Usage);
    }
}
