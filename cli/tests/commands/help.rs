//! Help of every command, kept as snapshots; and the rules for its words.

use clap::CommandFactory;
use fairtrail_cli::args::Cli;

fn each(command: &mut clap::Command, path: &str, look: &mut impl FnMut(&str, &mut clap::Command)) {
    look(path, command);
    let names: Vec<_> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    for name in names {
        let inner = command.find_subcommand_mut(&name).unwrap();
        each(inner, &format!("{path}-{name}"), look);
    }
}

fn command() -> clap::Command {
    let mut command = Cli::command().term_width(100);
    command.build();
    command
}

#[test]
fn help_of_every_command() {
    each(&mut command(), "fairtrail", &mut |path, command| {
        insta::assert_snapshot!(path.to_owned(), command.render_long_help().to_string());
    });
}

#[test]
fn first_lines_are_imperative_without_full_stop_and_commands_have_examples() {
    each(&mut command(), "fairtrail", &mut |path, command| {
        let about = command.get_about().unwrap().to_string();
        assert!(!about.ends_with('.'), "{path}: {about}");
        assert!(about.starts_with(char::is_uppercase), "{path}: {about}");
        let first = about.split(' ').next().unwrap();
        assert!(
            !first.ends_with("ing") && !first.ends_with('s'),
            "{path}: {about}"
        );
        if command.get_subcommands().count() == 0 {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Examples:"), "{path}");
        }
    });
}

#[test]
fn completions_are_written_for_every_shell() {
    let stage = super::stage::Stage::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stage.line(&["completion", shell]).done().out;
        assert!(script.contains("fairtrail"), "{shell}");
    }
}
