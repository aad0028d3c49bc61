//! `fairtrail ack`: that somebody saw an entry, said in public or kept to be shown later.

pub mod private;
mod shown;

use super::deliver::{self, Acknowledged};
use super::submit::{self, Submitting};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, report};
use crate::statement::{Filled, troubles};
use clap::Subcommand;
use fairtrail::claim::{Ack, AckAction, Claim, ExternalRef};
use fairtrail::client::Gateway;
use fairtrail::diligence::Noted;
use fairtrail::entry::{Body, Draft, Ref, RefType};
use fairtrail::files::{AuthorName, salt};
use fairtrail::id::{EntryId, GrantId};
use fairtrail::reason::Reason;
use fairtrail::time::Date;
use serde::Serialize;

/// Options of `ack`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  fairtrail ack entry:… --as acme --seen-on 2026-03-01 --action engaged
  fairtrail ack entry:… --as acme --private
  fairtrail ack anchor --as acme --gateway http://127.0.0.1:8080
  fairtrail ack prove 0 --as acme --policy policy.toml -o seen.ack

Actions: ended, engaged, none, remedy_requested, suspended_orders, under_review; any code is taken.
A public acknowledgement is an entry for everybody, about the subjects of what was seen; the grant's
scope must cover one of them. A private one stays in the author's directory; `ack anchor` shows
that it was there by a time, and tells nobody what it says.")]
pub struct Args {
    /// What to do with private ones.
    #[command(subcommand)]
    command: Option<Command>,
    /// What was seen.
    #[command(flatten)]
    seen: Option<Said>,
}

/// What was seen, by whom, when.
#[derive(Debug, clap::Args)]
pub struct Said {
    /// The entries seen
    #[arg(required = true, value_name = "ENTRY")]
    entries: Vec<EntryId>,
    /// The author that saw them, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// When they were seen [default: today]
    #[arg(long, value_name = "DATE")]
    seen_on: Option<Date>,
    /// What was done upon it
    #[arg(long, value_name = "CODE", value_parser = action)]
    action: Option<AckAction>,
    /// When that was done
    #[arg(long, value_name = "DATE", requires = "action")]
    action_on: Option<Date>,
    /// Keep it here and tell nobody
    #[arg(long, conflicts_with = "grant")]
    private: bool,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = super::reference::grant)]
    grant: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// What can be done with private acknowledgements.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the private acknowledgements of an author
    #[command(after_help = "Examples:
  fairtrail ack show --as acme --json")]
    Show(private::Show),
    /// Publish a digest that commits to all private acknowledgements so far, and says nothing else
    #[command(after_help = "Examples:
  fairtrail ack anchor --as acme --gateway http://127.0.0.1:8080

The digest stands in an ordinary sign of life (author.pulse): nobody sees that it is an anchor's
content, about whom, or how many.")]
    Anchor(private::Anchor),
    /// Export one private acknowledgement with its proof
    #[command(after_help = "Examples:
  fairtrail ack prove 0 --as acme --policy policy.toml -o seen.ack

The file shows this one and nothing of the others.")]
    Prove(private::Prove),
    /// Check an exported acknowledgement, offline
    #[command(after_help = "Examples:
  fairtrail ack verify seen.ack --policy policy.toml

Exit statuses: 0 it holds, 3 it does not")]
    Verify(private::Verify),
}

#[derive(Serialize)]
struct Acked {
    acknowledged: Vec<Acknowledged>,
    /// Entries this author said the very same of before.
    stated_before: Vec<EntryId>,
}

impl Report for Acked {
    const COMMAND: &'static str = "ack";

    fn human(&self, page: &mut Page) {
        deliver::show(&self.acknowledged, page);
        for entry in &self.stated_before {
            page.line(format!("said before     {entry}"));
        }
    }
}

fn action(text: &str) -> Result<AckAction, String> {
    AckAction::new(text)
        .map_err(|_| format!("expected a code, e.g. {}", AckAction::KNOWN.join(", ")))
}

/// Runs the command.
pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Outcome {
    match (args.command, args.seen) {
        (Some(Command::Show(options)), _) => private::show(&options, context),
        (Some(Command::Anchor(options)), _) => private::anchor(&options, context),
        (Some(Command::Prove(options)), _) => private::prove(&options, context),
        (Some(Command::Verify(options)), _) => private::verify(&options),
        (None, Some(seen)) if seen.private => private::note(&seen, context),
        (None, Some(seen)) => publish(&seen, context),
        (None, None) => Err(CliError::usage("which entries were seen?")),
    }
}

impl Said {
    /// When it was seen: not tomorrow.
    fn seen_on(&self, context: &Context<'_>) -> Result<Date, CliError> {
        let today = context.now.date();
        let seen_on = self.seen_on.unwrap_or(today);
        let latest = self.action_on.map_or(seen_on, |day| day.max(seen_on));
        if latest > today {
            return Err(CliError::usage(format!("{latest} is yet to come")));
        }
        if self.action_on.is_some_and(|day| day < seen_on) {
            return Err(CliError::usage("--action-on lies before --seen-on"));
        }
        Ok(seen_on)
    }

    fn noted(&self, entry: EntryId, seen_on: Date, context: &Context<'_>) -> Noted {
        Noted {
            entry,
            seen_on,
            action: self.action.clone(),
            action_on: self.action_on,
            noted_at: context.now,
        }
    }
}

fn publish(seen: &Said, context: &mut Context<'_>) -> Outcome {
    let seen_on = seen.seen_on(context)?;
    let gateways = context.gateways()?;
    let mut dir = context.author(&seen.by)?;
    let stated = submit::stated_by(&dir)?;
    let secret = dir.reference_secret()?;
    let mut filled = Filled {
        kind: "ack".to_owned(),
        drafts: Vec::new(),
        problems: Vec::new(),
        counts: Vec::new(),
    };
    let mut stated_before = Vec::new();
    for entry in &seen.entries {
        let draft = draft(seen, *entry, seen_on, &secret, gateways.first(), context)?;
        match stated.refuse_known(std::slice::from_ref(&draft)) {
            Err(error) if error.reason() == Some(Reason::StatedBefore) => {
                stated_before.push(*entry);
            }
            other => {
                other?;
                filled.drafts.push(draft);
            }
        }
    }
    submit::refuse(troubles(&filled.drafts))?;
    let acknowledged = if filled.drafts.is_empty() {
        deliver::offer(&gateways, &context.home, &mut dir)?
    } else {
        let who = Submitting {
            by: seen.by.clone(),
            grant: seen.grant,
            yes: seen.yes,
        };
        submit::filled_as(&filled, &who, &gateways, &mut dir, context)?
    };
    report(Acked {
        acknowledged,
        stated_before,
    })
}

/// The entry that says it: about what was seen, with the very subjects of it.
fn draft(
    seen: &Said,
    entry: EntryId,
    seen_on: Date,
    secret: &[u8; 32],
    gateway: &Gateway,
    context: &Context<'_>,
) -> Result<Draft, CliError> {
    let target = gateway.entry(entry)?;
    let mut ack = Ack::new(entry, seen_on);
    ack.action.clone_from(&seen.action);
    ack.action_on = seen.action_on;
    let action = seen.action.as_ref().map_or("", AckAction::as_str);
    let done = seen
        .action_on
        .map_or_else(String::new, |day| day.to_string());
    let key = format!("ack {entry} {seen_on} {action} {done}");
    ack.external_ref = Some(ExternalRef::derive(secret, key.as_bytes()));
    let body = Body {
        salt: salt()?,
        bytes: Claim::from(ack).encode(),
    };
    let kind = "ack".parse().map_err(CliError::internal)?;
    let subjects = target.header().subjects.clone();
    let mut draft = Draft::statement(kind, subjects, body, context.now);
    let sort = RefType::About;
    draft.refs = vec![Ref { sort, entry }];
    Ok(draft)
}
