//! `fairtrail author resume`: going on after a backup was put back.

use super::deliver;
use super::reading::bar;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::client::Gateway;
use fairtrail::entry::SignedEntry;
use fairtrail::files::{
    AuthorDir, AuthorName, FeedHead, FeedRead, FileError, Membership, create_dir, create_new,
};
use fairtrail::fraud::FeedFork;
use fairtrail::id::{EntryId, to_base32};
use fairtrail::reason::Reason;
use indicatif::ProgressBar;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Entries of a feed that are read.
const FEED_ENTRIES: u64 = 262_144;
/// How often an entry is asked for that is not published yet, and after how long.
const LOOKS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

pub(super) const EXAMPLES: &str = "Examples:
  fairtrail author resume acme --gateway http://127.0.0.1:8080
  fairtrail author resume acme --also https://second.example --also https://third.example --yes

Gateways the author submitted to before are asked too; name others that may hold its entries. What
was signed and reached none of them cannot be known: if such entries may exist, go on with
`fairtrail author rotate NAME --abandon`, which is safe whatever turns up.";

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
    /// Gateways used before that did not answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreachable: Vec<String>,
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
        for url in &self.unreachable {
            let text =
                format!("{url} was used before and does not answer: what it holds is not known");
            page.toned(Tone::Warn, text);
        }
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
        } else if !self.marked || !self.unreachable.is_empty() {
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
    let mut dir = context.author(name)?;
    let membership = deliver::membership(&dir)?;
    let question = format!(
        "Has everything {name} ever signed been delivered to a gateway named here? In doubt say no and rotate."
    );
    deliver::confirm(context, args.yes, &question)?;
    let (feeds, unreachable) = ask(args, &dir, &membership, context)?;
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
        unreachable,
        signed: resumed.signed,
        pending: resumed.pending,
        lost: resumed.lost,
        marked: resumed.marked,
    })
}

/// A feed as a gateway holds it, and whether it calls it forked.
type Feed = (Vec<SignedEntry>, bool);

/// Reads the feed from every gateway named, which must answer, and from those the author is known
/// to have used, of which some may be gone. One at least must answer.
fn ask(
    args: &Args,
    dir: &AuthorDir,
    membership: &Membership,
    context: &Context<'_>,
) -> Result<(Vec<Feed>, Vec<String>), CliError> {
    let named: Vec<_> = context.gateways.iter().chain(&args.also).collect();
    let remembered = dir.gateways()?;
    let others = remembered.iter().filter(|url| !named.contains(url));
    let (mut feeds, mut silent) = (Vec::new(), Vec::new());
    let bar = bar(context.ui.shows_progress());
    bar.set_message("entries");
    for url in &named {
        let feed = read(&(context.connect)(url)?, membership, &bar);
        feeds.push(feed.map_err(|error| error.while_doing(format!("reading from {url}")))?);
    }
    for url in others {
        match read(&(context.connect)(url)?, membership, &bar) {
            Err(error) if error.reason() == Some(Reason::GatewayUnreachable) => {
                silent.push(url.clone());
            }
            feed => feeds.push(feed?),
        }
    }
    bar.finish_and_clear();
    if !feeds.is_empty() {
        return Ok((feeds, silent));
    }
    let error = CliError::usage("this needs a gateway").hint("name one: --gateway URL");
    Err(silent.iter().fold(error, |error, url| {
        error.cause(format!("{url} was used before and does not answer"))
    }))
}

/// A feed from its first entry to the head a gateway names, and whether it calls it forked. Each
/// entry is the one that the one after it names.
fn read(gateway: &Gateway, membership: &Membership, bar: &ProgressBar) -> Result<Feed, CliError> {
    let view = deliver::look(gateway, membership)?;
    let (Some(seq), Some(head)) = (view.seq, view.head) else {
        return Ok((Vec::new(), view.forked));
    };
    if seq >= FEED_ENTRIES {
        let message = format!("a feed up to seq {seq}; at most {FEED_ENTRIES} entries are read");
        return Err(CliError::coded(Reason::TooLarge, message));
    }
    bar.set_length(seq.saturating_add(1));
    bar.set_position(0);
    let (mut entries, mut at) = (Vec::new(), Some(head));
    let mut left = (0..=seq).rev().peekable();
    while let Some(seq) = left.peek().copied() {
        let torn = |seq: u64| {
            let message = format!("the gateway's feed does not hold together at seq {seq}");
            CliError::coded(Reason::GatewayAnswer, message)
        };
        for entry in some(gateway, at.ok_or_else(|| torn(seq))?)? {
            let seq = left.next().ok_or_else(|| torn(0))?;
            if entry.header().seq != seq || entry.author() != membership.author {
                return Err(torn(seq));
            }
            at = entry.header().prev;
            entries.push(entry);
            bar.inc(1);
        }
    }
    entries.reverse();
    Ok((entries, view.forked))
}

/// An entry of the feed and those before it, at least one. What is not published yet, and everything
/// at a gateway that knows of no runs, comes by itself.
fn some(gateway: &Gateway, id: EntryId) -> Result<Vec<SignedEntry>, CliError> {
    match gateway.feed_down_from(id) {
        Err(error) if error.code() == Reason::NotFound => Ok(vec![published(gateway, id)?]),
        entries => Ok(entries?),
    }
}

/// An entry of the feed. A gateway tells its head at once and shows the entry once it is published:
/// what was taken a moment ago is waited for.
fn published(gateway: &Gateway, id: EntryId) -> Result<SignedEntry, CliError> {
    for _ in 1..LOOKS {
        match gateway.entry(id) {
            Err(error) if error.code() == Reason::NotFound => std::thread::sleep(PAUSE),
            entry => return Ok(entry?),
        }
    }
    let not_yet = "it may not be published yet: try again";
    gateway
        .entry(id)
        .map_err(|error| CliError::from(error).hint(not_yet))
}

/// Refuses gateways that show two entries for one place, and keeps the proof.
fn evidence(
    feeds: &[Feed],
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
