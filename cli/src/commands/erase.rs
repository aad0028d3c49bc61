//! `fairtrail erase`: have a part of an entry erased everywhere.

use super::acts::{self, Standings};
use super::deliver::{self, Acknowledged, Sending};
use super::reference;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::claim::Code;
use fairtrail::entry::{NetworkClaim, PartErase, PartRole, SignedEntry};
use fairtrail::files::AuthorName;
use fairtrail::id::{EntryId, GrantId, PartDigest};
use fairtrail::reason::Reason;
use serde::Serialize;

/// Options of `erase`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail erase entry:… text --as acme --reason data-subject-request --gateway http://127.0.0.1:8080
  fairtrail erase entry:… part:… --as root-1 --reason court-order --yes

The entry's own author, or the firm it speaks for, erases its part of this entry; enough roots erase
a part wherever it occurs. Entry and proofs stand, the part counts as unknown from then on.")]
pub struct Args {
    /// The entry
    entry: EntryId,
    /// The part: its digest, or claim, text or document where the entry has one of them
    part: String,
    /// Why, as a code: the legal basis, e.g. data-subject-request
    #[arg(long, value_name = "CODE", value_parser = code)]
    reason: Code,
    /// The author that erases, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    grant: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn code(text: &str) -> Result<Code, String> {
    Code::new(text).map_err(|error| format!("expected {}", error.what))
}

#[derive(Serialize)]
struct Erased {
    entry: EntryId,
    part: PartDigest,
    #[serde(flatten)]
    standings: Standings,
    acknowledged: Vec<Acknowledged>,
}

impl Report for Erased {
    const COMMAND: &'static str = "erase";

    fn human(&self, page: &mut Page) {
        page.field("part", self.part);
        page.field("of", self.entry);
        if let Some(act) = &self.standings.act {
            let tone = if act.in_effect() {
                Tone::Good
            } else {
                Tone::Warn
            };
            let (acted, threshold) = (act.acted, act.threshold);
            let line = format!("{:<14} {acted} of {threshold} roots have acted", "");
            page.toned(tone, line);
        }
        deliver::show(&self.acknowledged, page);
    }

    fn hints(&self) -> Vec<String> {
        vec![
            "every node overwrites the bytes as soon as it holds this entry; a copy of a log here \
             does so with its next `fairtrail verify`"
                .to_owned(),
        ]
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let entry = context.gateways()?.first().entry(args.entry)?;
    let part = part_of(&entry, &args.part)?;
    let question = format!("Erase {part} of {}? It cannot be brought back.", args.entry);
    deliver::confirm(context, args.yes, &question)?;
    let claim = NetworkClaim::Erase(PartErase {
        entry: args.entry,
        part,
        author: entry.author(),
        reason: args.reason.to_string(),
    });
    let (name, grant) = (&args.by, args.grant);
    let acknowledged = Sending { name, grant }.claim(claim.clone(), context)?;
    let standings = acts::standings(name, &claim, &acknowledged, context)?;
    report(Erased {
        entry: args.entry,
        part,
        standings,
        acknowledged,
    })
}

fn part_of(entry: &SignedEntry, named: &str) -> Result<PartDigest, CliError> {
    let parts = &entry.header().parts;
    let role = match named {
        "claim" => Some(PartRole::Claim),
        "document" => Some(PartRole::Document),
        "text" => Some(PartRole::Text),
        _ => None,
    };
    let digest = named.parse::<PartDigest>().ok();
    let fits = parts
        .iter()
        .filter(|part| role.map_or_else(|| Some(part.digest) == digest, |role| part.role == role));
    let fits: Vec<_> = fits.map(|part| part.digest).collect();
    if let [part] = fits.as_slice() {
        return Ok(*part);
    }
    let message = format!("the entry has {} parts of that name", fits.len());
    let listed: Vec<_> = parts.iter().map(|part| part.digest.to_string()).collect();
    let hint = format!("its parts, the claim first: {}", listed.join(" "));
    Err(CliError::coded(Reason::NotFound, message).hint(hint))
}
