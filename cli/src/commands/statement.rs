//! `fairtrail licence|audit|finding|attest|reply`: a template, a check, a submission.

use super::deliver;
use super::submit::{self, Submitting};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::gateways::Gateways;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::statement::template::template;
use crate::statement::{Filled, Trouble, read_text};
use clap::Subcommand;
use fairtrail::api::DraftMessage;
use fairtrail::claim::CohortId;
use fairtrail::client::Gateway;
use fairtrail::entry::Position;
use fairtrail::files::{AuthorName, Seen, private_counts, salt};
use fairtrail::id::GrantId;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::path::PathBuf;

/// What can be done with statements of one kind.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a template to fill in
    #[command(after_help = "Examples:
  fairtrail finding new --template > finding.toml
  fairtrail licence status new --template > status.toml")]
    New(New),
    /// Check a statement file: everything that is wrong, at once
    #[command(after_help = "Examples:
  fairtrail audit check audit.toml
  fairtrail audit check audit.toml --as auditor-1 --gateway http://127.0.0.1:8080")]
    Check(Check),
    /// Check, sign and submit a statement file
    #[command(after_help = "Examples:
  fairtrail audit submit audit.toml --as auditor-1 --gateway http://127.0.0.1:8080
  fairtrail reply submit reply.toml --as acme --yes")]
    Submit(Submit),
}

/// What can be done with statements whose status has statements of its own.
#[derive(Debug, Subcommand)]
pub enum WithStatus {
    /// The statement itself.
    #[command(flatten)]
    Own(Command),
    /// Say that its status changed
    #[command(subcommand)]
    Status(Command),
}

/// Options of `new`.
#[derive(Debug, clap::Args)]
pub struct New {
    /// Print a template; what is marked FILL-IN has to be filled in
    #[arg(long, required = true)]
    template: bool,
}

/// Options of `check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The statement file
    file: PathBuf,
    /// The author that would say it, by its name on this machine; lets the gateway check too
    #[arg(long = "as", value_name = "NAME")]
    by: Option<AuthorName>,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = super::reference::grant)]
    grant: Option<GrantId>,
}

/// Options of `submit`.
#[derive(Debug, clap::Args)]
pub struct Submit {
    /// The statement file
    pub(super) file: PathBuf,
    /// The author that says it, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    pub(super) by: AuthorName,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = super::reference::grant)]
    pub(super) grant: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

#[derive(Serialize)]
struct Template {
    kind: String,
    template: String,
}

impl Report for Template {
    const COMMAND: &'static str = "template";

    fn human(&self, page: &mut Page) {
        page.raw(&self.template);
    }
}

#[derive(Serialize)]
struct Checked {
    acceptable: bool,
    /// Entries the file becomes.
    entries: usize,
    problems: Vec<Trouble>,
    /// Whether the gateway looked too.
    gateway_asked: bool,
}

impl Report for Checked {
    const COMMAND: &'static str = "check";

    fn human(&self, page: &mut Page) {
        list(&self.problems, page);
        if self.acceptable {
            page.toned(
                Tone::Good,
                format!("no problems found in {} entries", self.entries),
            );
        }
    }

    fn exit(&self) -> Exit {
        if self.acceptable {
            Exit::Done
        } else {
            Exit::Operational
        }
    }

    fn hints(&self) -> Vec<String> {
        let more = "with --as NAME and --gateway URL the gateway checks role, scope and grant too";
        if self.gateway_asked {
            vec![]
        } else {
            vec![more.into()]
        }
    }
}

/// One line per problem.
pub(super) fn list(problems: &[Trouble], page: &mut Page) {
    for problem in problems {
        let place = match problem.entry {
            0 => problem.field.clone(),
            entry => format!("finding {entry}: {}", problem.field),
        };
        page.pieces([
            (Tone::Bad, format!("{:<20} ", problem.reason)),
            (Tone::Plain, format!("{place}: {}", problem.detail)),
        ]);
    }
}

/// Runs a command about statements of `kind`.
pub(crate) fn run(kind: &str, command: Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::New(New { .. }) => show_template(kind),
        Command::Check(options) => check(Some(kind), &options, context),
        Command::Submit(options) => submit::file(Some(kind), options, context),
    }
}

/// Runs a command about statements of `kind`, or about their status.
pub(crate) fn run_with_status(
    kind: &str,
    status: &str,
    command: WithStatus,
    context: &mut Context<'_>,
) -> Outcome {
    match command {
        WithStatus::Own(command) => run(kind, command, context),
        WithStatus::Status(command) => run(status, command, context),
    }
}

/// Prints the template of a kind.
pub(super) fn show_template(kind: &str) -> Outcome {
    let template = template(kind, CohortId::new(salt()?)).ok_or_else(|| {
        CliError::coded(
            Reason::KindUnknown,
            format!("there is no template for `{kind}`"),
        )
        .hint(format!(
            "templates: {}",
            crate::statement::template::KINDS.join(", ")
        ))
    })?;
    let kind = kind.to_owned();
    report(Template { kind, template })
}

fn check(kind: Option<&str>, options: &Check, context: &Context<'_>) -> Outcome {
    let gateways = Gateways::open(context)?;
    let gateway = gateways.as_ref().map(Gateways::first);
    let text = read_text(&options.file)?;
    let mut filled = submit::fill(&text, kind, [0; 32], gateway, context)?;
    let mut gateway_asked = false;
    if let (Some(gateways), Some(name)) = (&gateways, &options.by)
        && filled.problems.is_empty()
    {
        let known = private_counts(&context.home.author(name))?;
        filled.problems = Trouble::exposed(&filled.counts, &known);
        let place = place(name, options.grant, gateways, context)?;
        let refused = ask(gateways.first(), &filled, &place)?;
        filled.problems.extend(refused);
        gateway_asked = true;
    }
    report(Checked {
        acceptable: filled.problems.is_empty(),
        entries: filled.drafts.len(),
        problems: filled.problems,
        gateway_asked,
    })
}

/// Where the next entry of the author would go.
fn place(
    name: &AuthorName,
    grant: Option<GrantId>,
    gateways: &Gateways,
    context: &Context<'_>,
) -> Result<Position, CliError> {
    let mut dir = context.author(name)?;
    let views = gateways.look(&deliver::membership(&dir)?, context)?;
    let position = dir.signing(grant, Seen::Gateways(&views))?.position();
    Ok(position)
}

/// What the gateway's submission door would say of each entry.
pub(super) fn ask(
    gateway: &Gateway,
    filled: &Filled,
    position: &Position,
) -> Result<Vec<Trouble>, CliError> {
    let mut problems = Vec::new();
    for (entry, draft) in filled.drafts.iter().enumerate() {
        let header = draft.header(position);
        let bodies = draft.bodies();
        let answer = gateway.check(&DraftMessage { header, bodies })?;
        for problem in answer.problems {
            let reason = problem.reason.parse().unwrap_or(Reason::GatewayAnswer);
            problems.push(Trouble::new(entry, reason, problem.field, problem.detail));
        }
    }
    Ok(problems)
}

impl From<Submit> for Submitting {
    fn from(options: Submit) -> Self {
        Self {
            by: options.by,
            grant: options.grant,
            yes: options.yes,
        }
    }
}
