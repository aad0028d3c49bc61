//! Guides that are executed: the shell blocks of a Markdown file, one after the other.
//!
//! A block fenced as `sh` must succeed; one fenced as `sh exit=N` must end with that status. All
//! blocks of a guide share one shell, which begins in an empty directory; whatever it started in
//! the background ends with it.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

/// The shell script that a guide amounts to.
pub fn script(markdown: &str) -> String {
    let mut script = String::from(PRELUDE);
    let mut block: Option<(Option<&str>, String)> = None;
    for line in markdown.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(fence)) => {
                let (language, more) = fence.split_once(' ').unwrap_or((fence, ""));
                if language == "sh" {
                    block = Some((more.strip_prefix("exit="), String::new()));
                }
            }
            (Some((exit, body)), Some(_)) => {
                add(&mut script, *exit, body);
                block = None;
            }
            (Some((_, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, None) => {}
        }
    }
    script
}

/// Ends what runs in the background when the shell ends, however it ends.
const PRELUDE: &str = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n";

fn add(script: &mut String, exit: Option<&str>, body: &str) {
    let quoted = body.replace('\'', r"'\''");
    // Writing to a string cannot fail.
    let _ = match exit {
        None => writeln!(script, "printf '%s' '{quoted}' | sed 's/^/$ /'\n{body}"),
        Some(exit) => writeln!(
            script,
            "printf '%s' '{quoted}' | sed 's/^/$ /'\nstatus=0\n{{\n{body}}} || status=$?\n\
             [ \"$status\" = {exit} ] || {{ echo \"expected exit {exit}, got $status\" >&2; exit 1; }}"
        ),
    };
}

/// Runs a shell script in `directory` with the programs under test on the path and `variables` set.
///
/// # Errors
/// When no shell can be started.
pub fn shell(
    script: &str,
    directory: &Path,
    variables: &[(&str, &OsStr)],
) -> std::io::Result<Output> {
    let path = std::env::var("PATH").unwrap_or_default();
    let binaries = crate::binaries::directory().display();
    Command::new("bash")
        .arg("-c")
        .arg(script)
        .current_dir(directory)
        .envs(variables.iter().copied())
        .env("PATH", format!("{binaries}:{path}"))
        .env("FAIRTRAIL_HOME", directory.join("home"))
        .env("NO_COLOR", "1")
        .output()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(markdown: &str) -> (bool, String) {
        let output = Command::new("bash")
            .arg("-c")
            .arg(script(markdown))
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    }

    #[test]
    fn blocks_run_in_one_shell_and_statuses_are_checked() {
        let guide =
            "text\n```sh\nx=1\n```\n```sh exit=3\n(exit 3)\n```\n```sh\necho \"x is $x\"\n```\n";
        let (ended_well, said) = outcome(guide);
        assert!(ended_well && said.contains("x is 1"), "{said}");
        assert!(!outcome("```sh exit=3\ntrue\n```\n").0);
        assert!(!outcome("```sh\nfalse\n```\n").0);
        assert!(outcome("```toml\nfalse\n```\n").0);
    }
}
