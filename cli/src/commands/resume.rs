//! `fairtrail author resume`: going on after a backup was put back.

use super::deliver;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::client::Gateway;
use fairtrail::entry::SignedEntry;
use fairtrail::files::{
    AuthorName, FeedHead, FeedRead, FileError, Membership, create_dir, create_new,
};
use fairtrail::fraud::FeedFork;
use fairtrail::id::to_base32;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::path::PathBuf;

/// Entries of a feed that are read.
const FEED_ENTRIES: u64 = 262_144;

pub(super) const EXAMPLES: &str = "Examples:
  fairtrail author resume acme --gateway http://127.0.0.1:8080
  fairtrail author resume acme --also https://second.example --also https://third.example --yes

Name every gateway the author ever submitted to. What was signed and reached none of them cannot be
known: if such entries may exist, go on with `fairtrail author rotate NAME --abandon`, which is safe
whatever turns up.";

/// Options of `author resume`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The author's name on this machine
    name: AuthorName,
    /// One more gateway to ask; repeat for more
    #[arg(long, value_name = "URL")]
    also: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Resumed {
    name: String,
    /// Gateways that answered.
    asked: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<FeedHead>,
    /// Batches that are offered again.
    pending: usize,
    /// An entry that may be known elsewhere; only a rotation may be signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    lost: Option<FeedHead>,
    /// Whether the mark was there.
    marked: bool,
}

impl Report for Resumed {
    const COMMAND: &'static str = "author-resume";

    fn human(&self, page: &mut Page) {
        page.field("author", &self.name);
        let signed = self.signed.map_or("nothing".to_owned(), |head| {
            format!("up to seq {}, {}", head.seq, head.id)
        });
        page.field("signed", signed);
        page.field("gateways asked", self.asked);
        if self.pending > 0 {
            page.field(
                "waiting",
                format!("{} signed, not acknowledged", self.pending),
            );
        }
        if let Some(lost) = self.lost {
            let text = format!(
                "an entry at seq {} may be known elsewhere and is not known here: only a rotation is signed",
                lost.seq
            );
            page.toned(Tone::Warn, text);
        }
        if !self.marked {
            let text = "the mark was gone: nothing shows whether an entry was signed that reached no gateway asked";
            page.toned(Tone::Warn, text);
        }
    }

    fn hints(&self) -> Vec<String> {
        let name = &self.name;
        if self.lost.is_some() {
            vec![format!(
                "name a gateway that may hold it and resume again, or leave it behind: `fairtrail author rotate {name} --abandon`"
            )]
        } else if self.pending > 0 {
            vec![format!(
                "`fairtrail submit --pending --as {name}` offers what waits"
            )]
        } else if !self.marked {
            vec![format!(
                "in doubt, `fairtrail author rotate {name} --abandon` is safe whatever turns up"
            )]
        } else {
            Vec::new()
        }
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let name = &args.name;
    let question = format!(
        "Has everything {name} ever signed been delivered to a gateway named here? In doubt say no and rotate."
    );
    deliver::confirm(context, args.yes, &question)?;
    let mut dir = context.author(name)?;
    let membership = deliver::membership(&dir)?;
    let mut feeds = vec![read(&context.gateway()?, &membership)?];
    for url in &args.also {
        feeds.push(read(&(context.connect)(url)?, &membership)?);
    }
    evidence(&feeds, &membership, context)?;
    let read: Vec<_> = feeds
        .iter()
        .map(|(entries, forked)| FeedRead {
            entries,
            forked: *forked,
        })
        .collect();
    let resumed = dir.resume(&read)?;
    report(Resumed {
        name: name.to_string(),
        asked: feeds.len(),
        signed: resumed.signed,
        pending: resumed.pending,
        lost: resumed.lost,
        marked: resumed.marked,
    })
}

/// A feed from its first entry to the head a gateway names, and whether it calls it forked. Each
/// entry is the one that the one after it names.
fn read(gateway: &Gateway, membership: &Membership) -> Result<(Vec<SignedEntry>, bool), CliError> {
    let view = deliver::look(gateway, membership)?;
    let (Some(seq), Some(head)) = (view.seq, view.head) else {
        return Ok((Vec::new(), view.forked));
    };
    if seq >= FEED_ENTRIES {
        let message = format!("a feed up to seq {seq}; at most {FEED_ENTRIES} entries are read");
        return Err(CliError::coded(Reason::TooLarge, message));
    }
    let (mut entries, mut at) = (Vec::new(), Some(head));
    for seq in (0..=seq).rev() {
        let entry = at.map(|id| gateway.entry(id)).transpose()?;
        let fits =
            |entry: &SignedEntry| entry.header().seq == seq && entry.author() == membership.author;
        let entry = entry.filter(fits).ok_or_else(|| {
            let message = format!("the gateway's feed does not hold together at seq {seq}");
            CliError::coded(Reason::GatewayAnswer, message)
        })?;
        at = entry.header().prev;
        entries.push(entry);
    }
    entries.reverse();
    Ok((entries, view.forked))
}

/// Refuses gateways that show two entries for one place, and keeps the proof.
fn evidence(
    feeds: &[(Vec<SignedEntry>, bool)],
    membership: &Membership,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let all = feeds.iter().flat_map(|(entries, _)| entries);
    let Some(fork) = FeedFork::find(membership.author, all) else {
        return Ok(());
    };
    let proved = fork.verify()?;
    let path = kept(membership, context);
    match create_new(&path, fork.to_string().as_bytes()) {
        Ok(()) | Err(FileError::Exists { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let message = format!(
        "gateways hold two entries of this feed at seq {}",
        proved.seq
    );
    let hint = format!("the proof is in {}", path.display());
    Err(CliError::coded(Reason::FeedForked, message).hint(hint))
}

fn kept(membership: &Membership, context: &Context<'_>) -> PathBuf {
    let dir = context.home.path().join("forks");
    // Should it fail, writing the file says why.
    let _ = create_dir(&dir);
    dir.join(format!(
        "{}.feed-fork",
        to_base32(membership.author.as_bytes())
    ))
}
