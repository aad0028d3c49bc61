//! What the process writes down about itself, to standard error. Subjects and the text of parts
//! never get here; modules say what they log.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::LogFormat;

/// Starts writing. A filter that makes no sense is `info`; a second start changes nothing.
pub fn start(filter: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = fmt().with_env_filter(filter).with_writer(stderr);
    let people = match format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let started = if people {
        builder.with_ansi(stderr().is_terminal()).try_init()
    } else {
        builder.json().try_init()
    };
    // Another subscriber is in place already: that of a test.
    let _ = started;
}
