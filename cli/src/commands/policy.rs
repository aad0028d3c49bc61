//! `fairtrail policy`: the verifier's trust file.

use crate::context::{Context, read_charter, write_new};
use crate::explain::{Explained, explain};
use crate::output::{Outcome, Page, Report, report};
use crate::statement::read_text;
use clap::Subcommand;
use fairtrail::client::ClientError;
use fairtrail::id::NetworkId;
use fairtrail::policy::{BUILT_IN, Policy, Settings, starter};
use serde::Serialize;
use std::path::PathBuf;

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a starter policy for a network and the log of a gateway
    #[command(after_help = "Examples:
  fairtrail policy init --charter network.charter --gateway http://127.0.0.1:8080 -o policy.toml

A starter trusts one log and no independent witness, and says so. Every line is yours to change.")]
    Init(Init),
    /// Check a policy and say what it trusts
    #[command(after_help = "Examples:
  fairtrail policy check policy.toml")]
    Check {
        /// The policy
        file: PathBuf,
    },
    /// Show the settings of the rules, with what each means and where it comes from
    #[command(after_help = "Examples:
  fairtrail policy rules
  fairtrail policy rules -o stricter.toml

A file of these settings that you changed is used with `fairtrail verify --ruleset FILE`; single
settings can stand under [rules] in a policy.")]
    Rules {
        /// Write them to this new file; never overwritten
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Options of `policy init`.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// Charter of the network, got from somebody you trust
    #[arg(long, value_name = "FILE")]
    charter: PathBuf,
    /// The new file; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
    network: NetworkId,
    log: String,
    vkey: String,
}

impl Report for Written {
    const COMMAND: &'static str = "policy-init";

    fn human(&self, page: &mut Page) {
        page.field("policy", self.file.display());
        page.field("network", self.network);
        page.field("log", &self.log);
        page.field("its key", &self.vkey);
    }

    fn hints(&self) -> Vec<String> {
        vec![
            "the key is the gateway's own word: compare it with the operator's by other means"
                .into(),
            "one log and no independent witness: add those of other operators".into(),
        ]
    }
}

#[derive(Serialize)]
struct Rules {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    settings: Settings,
}

impl Report for Rules {
    const COMMAND: &'static str = "policy-rules";

    fn human(&self, page: &mut Page) {
        match &self.file {
            Some(file) => page.field("settings", file.display()),
            None => page.raw(BUILT_IN),
        }
    }
}

#[derive(Serialize)]
struct Checked(Explained);

impl Report for Checked {
    const COMMAND: &'static str = "policy-check";

    fn human(&self, page: &mut Page) {
        self.0.show(page);
    }
}

pub(crate) fn run(command: Command, context: &Context<'_>) -> Outcome {
    match command {
        Command::Init(options) => init(options, context),
        Command::Rules { output } => {
            if let Some(file) = &output {
                write_new(file, BUILT_IN.as_bytes())?;
            }
            report(Rules {
                file: output,
                settings: Settings::default(),
            })
        }
        Command::Check { file } => {
            let text = read_text(&file)?;
            Policy::parse(&text)?;
            report(Checked(explain(text.as_bytes())?))
        }
    }
}

fn init(options: Init, context: &Context<'_>) -> Outcome {
    let charter = read_charter(&options.charter)?;
    let gateway = context.gateway()?;
    let log = gateway.log()?;
    let (expected, found) = (charter.network(), log.network);
    if expected != found {
        return Err(ClientError::Network { expected, found }.into());
    }
    let url = context.gateway.as_deref().unwrap_or_default();
    let text = starter(&charter, &log, url);
    // What a gateway says must not become a policy that does not parse.
    Policy::parse(&text)?;
    write_new(&options.output, text.as_bytes())?;
    report(Written {
        file: options.output,
        network: expected,
        log: log.origin,
        vkey: log.vkey,
    })
}
