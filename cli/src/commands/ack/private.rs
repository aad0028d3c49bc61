//! Private acknowledgements: noted, shown, anchored, proved.

use super::Said;
use super::shown;
use crate::commands::deliver::{self, Acknowledged};
use crate::commands::reading::Reading;
use crate::context::{Context, write_new};
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::statement::read_text;
use fairtrail::diligence::{
    ANCHOR_MEDIA_TYPE, AnchorText, PROOF_BYTES, PrivateAck, PrivateProof, Proved,
};
use fairtrail::entry::{Draft, NetworkClaim, Pulse};
use fairtrail::files::{AuthorDir, AuthorName, PrivateAcks, PrivateAcksError, read_bounded};
use fairtrail::id::EntryId;
use fairtrail::merkle::{LeafIndex, TreeSize};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::path::PathBuf;

/// Options of `ack show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The author, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
}

/// Options of `ack anchor`.
#[derive(Debug, clap::Args)]
pub struct Anchor {
    /// The author, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
}

/// Options of `ack prove`.
#[derive(Debug, clap::Args)]
pub struct Prove {
    /// Number of the acknowledgement, as `ack show` lists it
    number: u64,
    /// The author, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// The log that holds the anchor.
    #[command(flatten)]
    reading: Reading,
    /// The new file; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Options of `ack verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The file of `ack prove`
    file: PathBuf,
    /// What I trust
    #[arg(long, value_name = "FILE", env = "FAIRTRAIL_POLICY")]
    policy: PathBuf,
}

#[derive(Serialize)]
struct Log {
    acks: Vec<PrivateAck>,
    /// Sizes of the log that an anchor was made for.
    anchored: Vec<u64>,
}

impl Report for Log {
    const COMMAND: &'static str = "ack-private";

    fn human(&self, page: &mut Page) {
        for ack in &self.acks {
            line(ack, page);
            let anchored = self.anchored.iter().any(|size| *size > ack.seq);
            if !anchored {
                page.toned(Tone::Warn, "       not anchored yet");
            }
        }
        if self.acks.is_empty() {
            page.line("nothing was noted in private");
        }
    }

    fn hints(&self) -> Vec<String> {
        let newest = self.acks.last().map(|ack| ack.seq);
        let open = newest.is_some_and(|seq| self.anchored.iter().all(|size| *size <= seq));
        let hint = "`fairtrail ack anchor --as NAME` shows that they existed, and nothing of what they say";
        if open { vec![hint.into()] } else { vec![] }
    }
}

fn line(ack: &PrivateAck, page: &mut Page) {
    let action = ack.action.as_ref().map_or_else(String::new, |action| {
        let on = ack
            .action_on
            .map_or_else(String::new, |day| format!(" on {day}"));
        format!(", {}{on}", action.as_str().replace('_', " "))
    });
    page.pieces([
        (Tone::Strong, format!("{:<6} ", ack.seq)),
        (Tone::Plain, format!("seen on {}{action}", ack.seen_on)),
    ]);
    page.toned(Tone::Faint, format!("       {}", ack.entry));
    page.toned(Tone::Faint, format!("       noted {}", ack.noted_at));
}

#[derive(Serialize)]
struct Anchored {
    /// Acknowledgements committed to.
    size: u64,
    acknowledged: Vec<Acknowledged>,
}

impl Report for Anchored {
    const COMMAND: &'static str = "ack-anchor";

    fn human(&self, page: &mut Page) {
        page.field("commits to", format!("{} noted in private", self.size));
        deliver::show(&self.acknowledged, page);
    }
}

#[derive(Serialize)]
struct Exported {
    file: PathBuf,
    anchor: EntryId,
    size: u64,
}

impl Report for Exported {
    const COMMAND: &'static str = "ack-prove";

    fn human(&self, page: &mut Page) {
        page.field("file", self.file.display());
        page.field("anchored by", self.anchor);
    }

    fn hints(&self) -> Vec<String> {
        vec![format!(
            "`fairtrail ack verify {} --policy FILE` checks it anywhere",
            self.file.display()
        )]
    }
}

#[derive(Serialize)]
struct Verified {
    #[serde(flatten)]
    proved: Proved,
}

impl Report for Verified {
    const COMMAND: &'static str = "ack-verify";

    fn human(&self, page: &mut Page) {
        let Proved {
            ack,
            anchor,
            author,
            origin,
            not_after,
        } = &self.proved;
        page.field("author", author);
        page.field("saw", ack.entry);
        page.field("on", format!("{} (its own word)", ack.seen_on));
        if let Some(action) = &ack.action {
            let on = ack
                .action_on
                .map_or_else(String::new, |day| format!(" on {day}"));
            page.field(
                "then",
                format!("{}{on} (its own word)", action.as_str().replace('_', " ")),
            );
        }
        page.field("anchored by", anchor);
        page.field("in log", origin);
        page.pieces([(
            Tone::Good,
            format!("holds: this was noted in private not later than {not_after}"),
        )]);
    }
}

impl From<PrivateAcksError> for CliError {
    fn from(error: PrivateAcksError) -> Self {
        match error {
            PrivateAcksError::File(error) => error.into(),
            other => Self::coded(other.code(), other),
        }
    }
}

fn open(dir: &AuthorDir) -> Result<PrivateAcks, CliError> {
    Ok(PrivateAcks::open(dir, deliver::membership(dir)?.author)?)
}

/// Notes what was seen, and tells nobody.
pub(super) fn note(seen: &Said, context: &Context<'_>) -> Outcome {
    let seen_on = seen.seen_on(context)?;
    let dir = context.author(&seen.by)?;
    let mut private = open(&dir)?;
    for entry in &seen.entries {
        let noted = seen.noted(*entry, seen_on, context);
        let said = |ack: &PrivateAck| {
            (ack.entry, ack.seen_on, &ack.action, ack.action_on)
                == (noted.entry, noted.seen_on, &noted.action, noted.action_on)
        };
        if !private.log().records().iter().any(said) {
            private.append(noted)?;
        }
    }
    report(log_of(&private))
}

fn log_of(private: &PrivateAcks) -> Log {
    let anchored = private.anchors().into_iter();
    Log {
        acks: private.log().records().to_vec(),
        anchored: anchored.map(|(size, _)| size.get()).collect(),
    }
}

/// Lists what was noted.
pub(super) fn show(options: &Show, context: &Context<'_>) -> Outcome {
    let dir = context.author(&options.by)?;
    report(log_of(&open(&dir)?))
}

/// Signs a pulse that names the document.
pub(super) fn anchor(options: &Anchor, context: &Context<'_>) -> Outcome {
    let gateways = context.gateways()?;
    let dir = context.author(&options.by)?;
    let private = open(&dir)?;
    let size = private.log().size();
    if size.get() == 0 {
        return Err(
            CliError::coded(Reason::NotFound, "nothing was noted in private")
                .hint("`fairtrail ack ENTRY --as NAME --private` notes what was seen"),
        );
    }
    let body = text_of(&private, size)?.body(private.anchor_salt()?);
    let membership = deliver::membership(&dir)?;
    let draft = Draft::network(
        NetworkClaim::Pulse(Pulse {}),
        membership.author,
        context.now,
    );
    let draft = draft.with_named_document(ANCHOR_MEDIA_TYPE, body);
    // The directory is opened again to sign.
    drop(dir);
    let sending = deliver::Sending {
        name: &options.by,
        grant: None,
    };
    let acknowledged = sending.draft(&draft, &gateways, context)?;
    let size = size.get();
    report(Anchored { size, acknowledged })
}

pub(super) fn text_of(private: &PrivateAcks, size: TreeSize) -> Result<AnchorText, CliError> {
    let root = private.log().root_at(size).map_err(CliError::internal)?;
    let author = private.log().author();
    Ok(AnchorText { author, size, root })
}

/// Exports one acknowledgement with the earliest anchor that covers it.
pub(super) fn prove(options: &Prove, context: &mut Context<'_>) -> Outcome {
    let dir = context.author(&options.by)?;
    let private = open(&dir)?;
    let records = private.log().records();
    let record = usize::try_from(options.number)
        .ok()
        .and_then(|at| records.get(at));
    let record = record.ok_or_else(|| {
        let message = format!("there is no private acknowledgement {}", options.number);
        CliError::coded(Reason::NotFound, message).hint("`fairtrail ack show --as NAME` lists them")
    })?;
    let read = options.reading.read(context)?;
    let (anchor, log) = shown::shown(&private, record, &read)?;
    let (entry, size, salt) = anchor;
    let index = LeafIndex::new(record.seq).map_err(CliError::internal)?;
    let path = private
        .log()
        .path(index, size)
        .map_err(CliError::internal)?;
    let proof = PrivateProof::new(record, (size, path), salt, entry, &log);
    // What would not hold elsewhere is not handed out.
    proof.verify(&read.policy).map_err(refused)?;
    let bytes = serde_json::to_vec_pretty(&proof).map_err(CliError::internal)?;
    write_new(&options.output, &bytes)?;
    report(Exported {
        file: options.output.clone(),
        anchor: entry.id(),
        size: size.get(),
    })
}

/// Checks a file of `ack prove`.
pub(super) fn verify(options: &Verify) -> Outcome {
    let bytes = read_bounded(&options.file, PROOF_BYTES)?;
    let policy = Policy::parse(&read_text(&options.policy)?)?;
    let proof: PrivateProof = serde_json::from_slice(&bytes).map_err(|error| {
        CliError::coded(Reason::ProofInvalid, error).while_doing(format!(
            "{} is no exported acknowledgement",
            options.file.display()
        ))
    })?;
    let proved = proof.verify(&policy).map_err(refused)?;
    report(Verified { proved })
}

fn refused(reason: Reason) -> CliError {
    CliError::coded(reason, reason.meaning())
        .while_doing("the acknowledgement is not proved")
        .against_evidence()
}
