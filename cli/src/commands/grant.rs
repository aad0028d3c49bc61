//! `fairtrail grant`.

use super::acts::{self, Standings};
use super::deliver::{self, Acknowledged, Sending};
use super::reference::{self, AuthorRef};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::entry::{Grant, NetworkClaim, Role};
use fairtrail::files::AuthorName;
use fairtrail::id::{AuthorId, GrantId};
use fairtrail::reason::Reason;
use fairtrail::time::Date;
use serde::Serialize;

/// Options of `grant`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail grant --as root-1 --to author:… --role auditor --from 2026-01-01 --to-date 2027-12-31
  fairtrail grant --as acme --to acme-desk --role desk --from 2026-01-01 --to-date 2026-12-31

Roots act together: each of them runs the same command, until enough have.")]
pub struct Args {
    /// The author that grants, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// The author to grant
    #[arg(long, value_name = "AUTHOR|NAME")]
    to: AuthorRef,
    /// The role: authority, observer, auditor, company, recruiter, respondent, ngo,
    /// worker-organisation, desk, node, scheme
    #[arg(long)]
    role: Role,
    /// What it may speak about: a subject, or a prefix ending in *; repeat for more
    #[arg(long, value_name = "SUBJECT")]
    scope: Vec<String>,
    /// First date of validity
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// Last date of validity
    #[arg(long, value_name = "DATE")]
    to_date: Date,
    /// A role it may grant in turn; repeat for more
    #[arg(long, value_name = "ROLE")]
    may_delegate: Vec<Role>,
    /// The author it continues
    #[arg(long, value_name = "AUTHOR")]
    succeeds: Option<AuthorId>,
    /// Grant of one's own to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    under: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Granted {
    to: AuthorId,
    role: Role,
    from: Date,
    to_date: Date,
    #[serde(flatten)]
    standings: Standings,
    acknowledged: Vec<Acknowledged>,
}

impl Report for Granted {
    const COMMAND: &'static str = "grant";

    fn human(&self, page: &mut Page) {
        page.field("granted", format!("{} to {}", self.role, self.to));
        page.field("valid", format!("from {} to {}", self.from, self.to_date));
        if let Some(act) = &self.standings.act {
            page.field("act", act.id);
            let tone = if act.in_effect() {
                Tone::Good
            } else {
                Tone::Warn
            };
            let (acted, threshold) = (act.acted, act.threshold);
            let text = format!(
                "{:<14} {acted} of the {threshold} roots needed have acted",
                ""
            );
            page.toned(tone, text);
        }
        page.field_if("grant", self.standings.grant);
        deliver::show(&self.acknowledged, page);
    }

    fn hints(&self) -> Vec<String> {
        let waiting = self
            .standings
            .act
            .as_ref()
            .is_some_and(|act| !act.in_effect());
        let more = "other roots run the same command, with the same dates and scope".to_owned();
        if waiting { vec![more] } else { vec![] }
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    if args.to_date < args.from {
        let message = "the last date of validity lies before the first";
        return Err(CliError::coded(Reason::SchemaMismatch, message));
    }
    let grant = grant(args, context)?;
    let question = format!("Grant {} to {} as {}?", args.role, grant.to, args.by);
    deliver::confirm(context, args.yes, &question)?;
    let (to, role, from, to_date) = (grant.to, grant.role, grant.from, grant.to_date);
    let claim = NetworkClaim::Grant(grant);
    let (name, under) = (&args.by, args.under);
    let acknowledged = Sending { name, grant: under }.claim(claim.clone(), context)?;
    let standings = acts::standings(name, &claim, &acknowledged, context)?;
    report(Granted {
        to,
        role,
        from,
        to_date,
        standings,
        acknowledged,
    })
}

fn grant(args: &Args, context: &Context<'_>) -> Result<Grant, CliError> {
    let item = |text: &String| reference::scope_item(text);
    let mut scope = args.scope.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    scope.sort();
    scope.dedup();
    let mut may_delegate = args.may_delegate.clone();
    may_delegate.sort();
    may_delegate.dedup();
    Ok(Grant {
        to: args.to.resolve(context)?,
        role: args.role,
        scope,
        from: args.from,
        to_date: args.to_date,
        may_delegate,
        succeeds: args.succeeds,
    })
}
