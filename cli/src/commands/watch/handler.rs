//! The command that a change is handed to.

use crate::error::CliError;
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs a command by the shell with a JSON object on its input. Why it did not take it, if so.
///
/// # Errors
/// There is no shell, or it could not be waited for.
pub(super) fn run(command: &str, json: &Value) -> Result<Option<String>, CliError> {
    let started = Command::new("sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => return Ok(Some(format!("could not be started: {}", error.kind()))),
    };
    if let Some(mut input) = child.stdin.take() {
        // A command that reads nothing may have closed it; its exit status says whether it is content.
        let _ = writeln!(input, "{json}");
    }
    let status = child.wait().map_err(CliError::internal)?;
    Ok((!status.success()).then(|| format!("ended with {status}")))
}
