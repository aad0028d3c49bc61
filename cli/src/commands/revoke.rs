//! `fairtrail revoke`.

use super::acts::{self, Standings};
use super::deliver::{self, Acknowledged, Sending};
use super::instant;
use super::reference::{self, AuthorRef};
use crate::context::Context;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::entry::{NetworkClaim, Revoke, RevokeKind, RevokeTarget};
use fairtrail::files::AuthorName;
use fairtrail::id::{AuthorId, EntryId, GrantId};
use fairtrail::time::Timestamp;
use serde::Serialize;

/// Options of `revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail revoke --as root-1 --grant grant:… --author author:… --kind withdrawn --since 2026-06-01
  fairtrail revoke --as acme --key entry:… --author acme --kind key-compromise --since 2026-06-01 \\
    --last-good entry:…")]
#[command(group = clap::ArgGroup::new("target").required(true).args(["grant", "key"]))]
pub struct Args {
    /// The author that revokes, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// The grant to revoke
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    grant: Option<GrantId>,
    /// The key to revoke, by the begin or rotation that set it
    #[arg(long, value_name = "ENTRY")]
    key: Option<EntryId>,
    /// The author it belongs to
    #[arg(long, value_name = "AUTHOR|NAME")]
    author: AuthorRef,
    /// Why: expiry, suspension, withdrawn, void, key-compromise
    #[arg(long, value_name = "WORD")]
    kind: RevokeKind,
    /// From when on
    #[arg(long, value_name = "TIME", value_parser = instant::parse)]
    since: Timestamp,
    /// End of a suspension
    #[arg(long, value_name = "TIME", value_parser = instant::parse)]
    until: Option<Timestamp>,
    /// The last entry known to be the author's own, for a compromised key
    #[arg(long, value_name = "ENTRY")]
    last_good: Option<EntryId>,
    /// Grant of one's own to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    under: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Revoked {
    author: AuthorId,
    kind: RevokeKind,
    since: Timestamp,
    #[serde(flatten)]
    standings: Standings,
    acknowledged: Vec<Acknowledged>,
}

impl Report for Revoked {
    const COMMAND: &'static str = "revoke";

    fn human(&self, page: &mut Page) {
        page.field("revoked", format!("{} of {}", self.kind, self.author));
        page.field("since", self.since);
        if let Some(act) = &self.standings.act {
            page.field("act", act.id);
            let tone = if act.in_effect() {
                Tone::Good
            } else {
                Tone::Warn
            };
            let (acted, threshold) = (act.acted, act.threshold);
            page.toned(
                tone,
                format!("{:<14} {acted} of {threshold} roots have acted", ""),
            );
        }
        deliver::show(&self.acknowledged, page);
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let author = args.author.resolve(context)?;
    let target = args.grant.or(args.key.map(GrantId::from));
    // The group makes clap refuse a line with neither.
    let target = target.ok_or_else(|| crate::error::CliError::usage("name --grant or --key"))?;
    let sort = match args.key {
        Some(_) => RevokeTarget::Key,
        None => RevokeTarget::Grant,
    };
    let question = format!("Revoke a {sort} of {author}: {}?", args.kind);
    deliver::confirm(context, args.yes, &question)?;
    let claim = NetworkClaim::Revoke(Revoke {
        sort,
        target,
        author,
        kind: args.kind,
        since: args.since,
        until: args.until,
        last_good: args.last_good,
    });
    let (name, under) = (&args.by, args.under);
    let acknowledged = Sending { name, grant: under }.claim(claim.clone(), context)?;
    let standings = acts::standings(name, &claim, &acknowledged, context)?;
    report(Revoked {
        author,
        kind: args.kind,
        since: args.since,
        standings,
        acknowledged,
    })
}
