//! `fairtrail submit`: statement files of any kind, signed bytes, or what waits to be acknowledged.

use super::deliver::{self, Acknowledged};
use super::statement::{self, Submit};
use crate::context::Context;
use crate::error::CliError;
use crate::gateways::Gateways;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::statement::{Filled, Stated, Trouble, read_text};
use fairtrail::api::Batch;
use fairtrail::client::Gateway;
use fairtrail::files::{AuthorDir, AuthorName, Pending, Seen, private_counts, read_bounded};
use fairtrail::id::{EntryId, GrantId};
use fairtrail::limits::WIRE_BYTES;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Options of `submit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail submit profile.toml --as acme --gateway http://127.0.0.1:8080
  fairtrail submit signed.batch --gateway http://127.0.0.1:8080
  fairtrail submit --pending --as acme --gateway http://127.0.0.1:8080")]
pub struct Args {
    /// Statement files to check, sign and submit, or files of `fairtrail sign` to submit as they are
    #[arg(required_unless_present = "pending", conflicts_with = "pending")]
    files: Vec<PathBuf>,
    /// Offer again what is signed and not acknowledged
    #[arg(long, requires = "by")]
    pending: bool,
    /// The author, by its name on this machine
    #[arg(id = "by", long = "as", value_name = "NAME")]
    by: Option<AuthorName>,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = super::reference::grant)]
    grant: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Options of `sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail sign audit.toml --as auditor-1 -o audit.batch --gateway http://127.0.0.1:8080
  fairtrail sign audit.toml --as auditor-1 -o audit.batch --offline
  fairtrail submit audit.batch --as auditor-1 --gateway http://127.0.0.1:8080

Offline, only this machine's own memory protects the feed: never sign from a copy of it.")]
pub struct Sign {
    /// The statement file
    file: PathBuf,
    /// The author that says it, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// The new file of signed bytes; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = super::reference::grant)]
    grant: Option<GrantId>,
    /// Sign without asking a gateway where the feed stands
    #[arg(long)]
    offline: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Who submits, and how.
pub(super) struct Submitting {
    pub(super) by: AuthorName,
    pub(super) grant: Option<GrantId>,
    pub(super) yes: bool,
}

#[derive(Serialize)]
struct Submitted {
    acknowledged: Vec<Acknowledged>,
}

impl Report for Submitted {
    const COMMAND: &'static str = "submit";

    fn human(&self, page: &mut Page) {
        deliver::show(&self.acknowledged, page);
        if self.acknowledged.is_empty() {
            page.line("nothing waits to be acknowledged");
        }
    }
}

#[derive(Serialize)]
struct Signed {
    file: PathBuf,
    entries: Vec<EntryId>,
    /// Gateways that said where the feed stands.
    gateways_asked: usize,
}

impl Report for Signed {
    const COMMAND: &'static str = "sign";

    fn human(&self, page: &mut Page) {
        page.field("file", self.file.display());
        for id in &self.entries {
            page.field("entry", id);
        }
        if self.gateways_asked == 0 {
            let text = "signed offline: no gateway was asked where the feed stands";
            page.toned(Tone::Warn, text);
        }
    }

    fn hints(&self) -> Vec<String> {
        vec![format!(
            "`fairtrail submit {} --as NAME` offers it",
            self.file.display()
        )]
    }
}

impl Args {
    fn submitting(&self) -> Result<Submitting, CliError> {
        let missing = || CliError::usage("a statement file needs an author").hint("name one: --as");
        let by = self.by.clone().ok_or_else(missing)?;
        let (grant, yes) = (self.grant, self.yes);
        Ok(Submitting { by, grant, yes })
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let mut acknowledged = Vec::new();
    if let (true, Some(name)) = (args.pending, &args.by) {
        let gateways = context.gateways()?;
        let mut dir = context.author(name)?;
        deliver::same_network(gateways.first(), deliver::membership(&dir)?.network)?;
        acknowledged = deliver::offer(&gateways, &context.home, &mut dir)?;
    }
    for file in &args.files {
        let taken = match batch_in(file)? {
            Some(batch) => offer_signed(&batch, args.by.as_ref(), context),
            None => submit_file(None, file, &args.submitting()?, context),
        };
        acknowledged.extend(taken?);
    }
    report(Submitted { acknowledged })
}

/// Submits one statement file of `kind`.
pub(super) fn file(kind: Option<&str>, options: Submit, context: &mut Context<'_>) -> Outcome {
    let file = options.file.clone();
    let acknowledged = submit_file(kind, &file, &options.into(), context)?;
    report(Submitted { acknowledged })
}

fn submit_file(
    kind: Option<&str>,
    file: &Path,
    who: &Submitting,
    context: &mut Context<'_>,
) -> Result<Vec<Acknowledged>, CliError> {
    let gateways = context.gateways()?;
    let mut dir = context.author(&who.by)?;
    let filled = prepare(kind, file, &dir, Some(gateways.first()), context)?;
    filled_as(&filled, who, &gateways, &mut dir, context)
}

/// Submits drafts that have no problems of their own, as one batch.
pub(super) fn filled_as(
    filled: &Filled,
    who: &Submitting,
    gateways: &Gateways,
    dir: &mut AuthorDir,
    context: &mut Context<'_>,
) -> Result<Vec<Acknowledged>, CliError> {
    let views = gateways.look(&deliver::membership(dir)?, context)?;
    // The door is asked before anything is signed: a signed position cannot be taken back.
    let position = dir.signing(who.grant, Seen::Gateways(&views))?.position();
    refuse(statement::ask(gateways.first(), filled, &position)?)?;
    deliver::confirm(context, who.yes, &question(filled, &who.by))?;
    sign_all(filled, who.grant, Seen::Gateways(&views), dir)?;
    deliver::offer(gateways, &context.home, dir)
}

/// Reads a file, refuses it with all its problems, and refuses what was stated before.
fn prepare(
    kind: Option<&str>,
    file: &Path,
    dir: &AuthorDir,
    gateway: Option<&Gateway>,
    context: &Context<'_>,
) -> Result<Filled, CliError> {
    let text = read_text(file)?;
    let stated = stated_by(dir)?;
    let filled = fill(&text, kind, dir.reference_secret()?, gateway, context)?;
    refuse(filled.problems.clone())?;
    let known = private_counts(dir.path())?;
    refuse(Trouble::exposed(&filled.counts, &known))?;
    stated.refuse_known(&filled.drafts)?;
    Ok(filled)
}

/// What the author has stated, what waits to be acknowledged included.
pub(super) fn stated_by(dir: &AuthorDir) -> Result<Stated, CliError> {
    let stated = Stated::of(dir);
    for pending in dir.pending()? {
        stated.remember(&pending.batch().0)?;
    }
    Ok(stated)
}

/// Reads the text of a statement file, copying the subjects of entries it refers to.
pub(super) fn fill(
    text: &str,
    kind: Option<&str>,
    secret: [u8; 32],
    gateway: Option<&Gateway>,
    context: &Context<'_>,
) -> Result<Filled, CliError> {
    let subjects_of = |id: EntryId| -> Result<Vec<SubjectId>, CliError> {
        match gateway {
            Some(gateway) => Ok(gateway.entry(id)?.header().subjects.clone()),
            None => Ok(Vec::new()),
        }
    };
    let mut filled = Filled::read(text, secret, context.now, &subjects_of)?;
    if let Some(expected) = kind.filter(|expected| *expected != filled.kind) {
        let detail = format!("expected `{expected}`, found `{}`", filled.kind);
        let trouble = Trouble::new(0, Reason::ClaimInvalid, "kind", detail);
        filled.problems.push(trouble);
    }
    Ok(filled)
}

/// All problems of a statement in one error; the first one's code stands for it.
pub(super) fn refuse(problems: Vec<Trouble>) -> Result<(), CliError> {
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let message = format!(
        "the statement has {} problems; nothing was signed",
        problems.len()
    );
    let mut error = CliError::coded(first.reason, message);
    for problem in problems {
        let place = match problem.entry {
            0 => problem.field,
            entry => format!("finding {entry}: {}", problem.field),
        };
        error = error.cause(format!("{place}: {} [{}]", problem.detail, problem.reason));
    }
    Err(error)
}

fn question(filled: &Filled, name: &AuthorName) -> String {
    let entries = match filled.drafts.len() {
        1 => "1 entry".to_owned(),
        more => format!("{more} entries"),
    };
    format!(
        "Submit {} ({entries}) as {name}? Entries can be answered and superseded, never taken back.",
        filled.kind
    )
}

fn sign_all(
    filled: &Filled,
    grant: Option<GrantId>,
    seen: Seen<'_>,
    dir: &mut AuthorDir,
) -> Result<Pending, CliError> {
    let stated = Stated::of(dir);
    // Before anything is signed: what is forgotten could give people away.
    dir.remember_counts(&filled.counts)?;
    let mut signing = dir.signing(grant, seen)?;
    for draft in &filled.drafts {
        signing.push(draft)?;
    }
    let pending = signing.finish()?;
    stated.remember(&pending.batch().0)?;
    Ok(pending)
}

pub(crate) fn sign(options: Sign, context: &mut Context<'_>) -> Outcome {
    let mut dir = context.author(&options.by)?;
    if options.output.exists() {
        let path = options.output;
        return Err(fairtrail::files::FileError::Exists { path }.into());
    }
    let views = if options.offline {
        Vec::new()
    } else {
        let gateways = Gateways::open(context)?.ok_or_else(|| {
            CliError::usage("a gateway is asked where the feed stands before anything is signed")
                .hint("name one: --gateway URL; or say --offline")
        })?;
        gateways.look_at_any(&deliver::membership(&dir)?, context)?
    };
    let filled = prepare(None, &options.file, &dir, None, context)?;
    deliver::confirm(context, options.yes, &question(&filled, &options.by))?;
    let seen = match views.as_slice() {
        [] => Seen::Offline,
        views => Seen::Gateways(views),
    };
    let pending = sign_all(&filled, options.grant, seen, &mut dir)?;
    crate::context::write_new(&options.output, &pending.batch().to_bytes())?;
    let entries = pending.batch().0.iter().map(|line| line.entry.id());
    report(Signed {
        file: options.output,
        entries: entries.collect(),
        gateways_asked: views.len(),
    })
}

/// The batch in a file; `None` when the file is text.
fn batch_in(path: &Path) -> Result<Option<Batch>, CliError> {
    let max = u64::try_from(WIRE_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bounded(path, max)?;
    let text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\0'));
    match Batch::parse(&bytes) {
        Ok(batch) => Ok(Some(batch)),
        Err(_) if text => Ok(None),
        Err(error) => {
            let what = format!("{} is neither a batch nor text", path.display());
            Err(CliError::from(error).while_doing(what))
        }
    }
}

/// Offers signed bytes; those of an author kept here are acknowledged in its outbox too.
fn offer_signed(
    batch: &Batch,
    name: Option<&AuthorName>,
    context: &Context<'_>,
) -> Result<Vec<Acknowledged>, CliError> {
    let gateways = context.gateways()?;
    if let Some(first) = batch.0.first() {
        deliver::same_network(gateways.first(), first.entry.header().network)?;
    }
    let mut dir = name.map(|name| context.author(name)).transpose()?;
    if let Some(dir) = &mut dir {
        dir.remember_gateway(gateways.url())?;
    }
    let acknowledged = deliver::submit(gateways.first(), &context.home, batch)?;
    if let Some(dir) = &mut dir {
        for pending in dir.pending()? {
            if pending.batch() == batch {
                dir.acknowledge(&pending)?;
            }
        }
    }
    Ok(acknowledged)
}
