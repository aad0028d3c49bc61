//! `fairtrail policy`: the verifier's trust file.

use crate::context::{Context, read_charter, write_new};
use crate::explain::{Explained, explain};
use crate::output::{Outcome, Page, Report, report};
use crate::statement::read_text;
use clap::Subcommand;
use data_encoding::HEXLOWER;
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
  fairtrail policy rules --ruleset stricter.toml --digest
  fairtrail policy rules --of policy.toml --written-out | sha256sum

A file of these settings that you changed is used with `fairtrail verify --ruleset FILE`; single
settings can stand under [rules] in a policy. The digest is what a verdict names as `settings` and
a `ruleset.adopt` carries as `ruleset_sha256`: the same for equal settings, however written.")]
    Rules(RulesOf),
}

/// Options of `policy rules`.
#[derive(Debug, clap::Args)]
pub struct RulesOf {
    /// Those of this file of settings [default: the built-in ones]
    #[arg(long, value_name = "FILE")]
    ruleset: Option<PathBuf>,
    /// Those that this policy judges by
    #[arg(long, value_name = "POLICY", conflicts_with = "ruleset")]
    of: Option<PathBuf>,
    /// Every setting without comments: the bytes that the digest is made of
    #[arg(long)]
    written_out: bool,
    /// Print the digest alone
    #[arg(long, conflicts_with_all = ["written_out", "output"])]
    digest: bool,
    /// Write them to this new file; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
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
    /// What a verdict by these settings names, and a `ruleset.adopt` of them carries.
    digest: String,
    #[serde(skip)]
    shown: String,
    settings: Settings,
}

impl Report for Rules {
    const COMMAND: &'static str = "policy-rules";

    fn human(&self, page: &mut Page) {
        match &self.file {
            Some(file) => page.field("settings", file.display()),
            None => page.raw(&self.shown),
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
        Command::Rules(options) => rules(options),
        Command::Check { file } => {
            let text = read_text(&file)?;
            Policy::parse(&text)?;
            report(Checked(explain(text.as_bytes())?))
        }
    }
}

fn rules(options: RulesOf) -> Outcome {
    let built_in = options.ruleset.is_none() && options.of.is_none();
    let settings = match (&options.ruleset, &options.of) {
        (Some(file), _) => Settings::parse(&read_text(file)?)?,
        (None, Some(policy)) => Policy::parse(&read_text(policy)?)?.settings().clone(),
        (None, None) => Settings::default(),
    };
    let digest = HEXLOWER.encode(&settings.digest());
    // Comments are those of the built-in file; of any other, what is in force is shown.
    let shown = match (options.digest, built_in && !options.written_out) {
        (true, _) => format!("{digest}\n"),
        (false, true) => BUILT_IN.to_owned(),
        (false, false) => settings.written_out(),
    };
    if let Some(file) = &options.output {
        write_new(file, shown.as_bytes())?;
    }
    report(Rules {
        file: options.output,
        digest,
        shown,
        settings,
    })
}

fn init(options: Init, context: &Context<'_>) -> Outcome {
    let charter = read_charter(&options.charter)?;
    let gateway = context.gateway()?;
    let log = gateway.log()?;
    let (expected, found) = (charter.network(), log.network);
    if expected != found {
        return Err(ClientError::Network { expected, found }.into());
    }
    let url = context.address()?.unwrap_or_default();
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
