//! `fairtrail help`: commands and topics.

use crate::args::Cli;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use clap::CommandFactory;
use fairtrail::rules::severity::{Grade, SeverityTable};

/// Options of `help`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail help exit-codes
  fairtrail help severity SMETA
  fairtrail help author rotate")]
pub struct Args {
    /// A command, or a topic: exit-codes, environment, json, severity [SCHEME]
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
        ["severity"] => SeverityTable::built_in_text().to_owned(),
        ["severity", scheme] => severities(scheme)?,
        command => help_of(command)?,
    };
    report(Text { text })
}

/// What the grades of one scheme amount to, and why.
fn severities(scheme: &str) -> Result<String, CliError> {
    let all = SeverityTable::built_in().schemes();
    let found = all.iter().find(|found| found.is_called(scheme));
    let found = found.ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|scheme| scheme.code.as_str()).collect();
        CliError::usage(format!("the table has no grades of `{scheme}`"))
            .hint(format!("schemes: {}", known.join(", ")))
    })?;
    let line = |row: &Grade| {
        let severity = row
            .severity
            .map_or("-".to_owned(), |found| found.to_string());
        let checked = row
            .checked
            .map_or("not yet".to_owned(), |date| date.to_string());
        let topics: Vec<_> = row.topics.iter().map(ToString::to_string).collect();
        let of = if topics.is_empty() {
            String::new()
        } else {
            format!(" [{}]", topics.join(", "))
        };
        let (native, why) = (&row.native, &row.rationale);
        format!("  {severity}  {native}{of}: {why} (checked: {checked})\n")
    };
    let lines: String = found.grades.iter().map(line).collect();
    let (code, source) = (&found.code, &found.source);
    Ok(format!("{code}\n{source}\n\n{lines}"))
}

fn exit_codes() -> String {
    let line = |exit: Exit| format!("{:>5}  {}\n", exit.code(), exit.meaning());
    let lines: String = Exit::ALL.map(line).concat();
    format!("Exit statuses of every command:\n\n{lines}")
}

const ENVIRONMENT: &str = "Environment variables; an option on the command line goes before them:

  FAIRTRAIL_HOME     directory of authors and charters, as --home
  FAIRTRAIL_GUARD    directory of the authors' marks, as --guard [default: <home>-guard]; best outside
                     what is backed up with the home
  FAIRTRAIL_GATEWAY  address of the gateway, as --gateway; several with spaces
  XDG_DATA_HOME      where the home directory is when nobody names one
  NO_COLOR           no colour
  CLICOLOR_FORCE     colour even where no terminal is seen
  TERM=dumb          no colour
";

const JSON: &str = "With --json every command prints one object on stdout:

  {\"schema\": \"fairtrail/<command>@v1\", …}

What `verify` prints is described by the JSON Schemas specs/schema/verdict.schema.json and, with
--tiers, specs/schema/chain.schema.json; version 1 only
gains fields.

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
    fn grades_of_a_scheme_are_shown_with_their_reasons() {
        let text = severities("smeta-7").unwrap();
        assert!(text.contains("  4  Critical: ") && text.contains("  -  CAR: "));
        assert_eq!(severities("nothing").unwrap_err().exit(), Exit::Usage);
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
