//! What the process writes down about itself, to standard error. Subjects and the text of parts
//! never get here; modules say what they log.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::fmt;

use crate::config::LogFormat;

/// A library that warns whenever something is told that others have told already, which is no fault:
/// nodes tell each other the same things by design.
const CHATTY: &str = "libp2p_gossipsub";

/// Starts writing. A filter that makes no sense is `info`; a second start changes nothing.
pub fn start(filter: &str, format: LogFormat) {
    let builder = fmt().with_env_filter(shown(filter)).with_writer(stderr);
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

/// What is shown. Of what nobody named, warnings that are none are left out.
fn shown(filter: &str) -> EnvFilter {
    let shown = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let quiet: Option<Directive> = format!("{CHATTY}=error").parse().ok();
    match quiet.filter(|_| !filter.contains(CHATTY)) {
        Some(quiet) => shown.add_directive(quiet),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_shown_and_other_chatter_is_not() {
        for (filter, quiet) in [
            ("info", true),
            ("warn,fairtrail_node=debug", true),
            ("no filter", true),
            ("info,libp2p_gossipsub=debug", false),
        ] {
            let shown = shown(filter).to_string();
            assert_eq!(shown.contains("libp2p_gossipsub=error"), quiet, "{shown}");
        }
    }
}
