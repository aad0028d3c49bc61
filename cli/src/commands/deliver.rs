//! Offering signed entries to a gateway and checking what it acknowledges.

use crate::context::Context;
use crate::error::CliError;
use crate::gateway::Gateway;
use crate::output::{Page, Tone};
use fairtrail::api::{Batch, FeedView, Receipt, ReceiptEntry};
use fairtrail::entry::{Draft, NetworkClaim};
use fairtrail::files::{AuthorDir, AuthorName, Membership, Pending, Seen};
use fairtrail::id::{EntryId, GrantId, NetworkId};
use fairtrail::log::SignedPromise;
use fairtrail::merkle::{Hash, leaf_hash};
use fairtrail::reason::Reason;
use serde::Serialize;

/// One entry as the gateway acknowledged it, with the promise checked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Acknowledged {
    pub(crate) id: EntryId,
    pub(crate) kind: String,
    pub(crate) leaf_index: u64,
    /// Whether it was there before.
    pub(crate) known: bool,
    /// Until when the log promises to publish it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) include_by: Option<String>,
}

/// Lines about what was acknowledged.
pub(crate) fn show(entries: &[Acknowledged], page: &mut Page) {
    for entry in entries {
        let state = match (&entry.include_by, entry.known) {
            (_, true) => "known".to_owned(),
            (Some(by), false) => format!("promised by {by}"),
            (None, false) => "taken".to_owned(),
        };
        page.pieces([
            (Tone::Good, format!("{:<16} ", entry.kind)),
            (
                Tone::Plain,
                format!("{} leaf {}, {state}", entry.id, entry.leaf_index),
            ),
        ]);
    }
}

/// The author's place in its network.
///
/// # Errors
/// It has none.
pub(crate) fn membership(dir: &AuthorDir) -> Result<Membership, CliError> {
    let unbound = || {
        CliError::coded(
            Reason::AuthorNotBegun,
            "the author belongs to no network yet",
        )
    };
    dir.state().membership.clone().ok_or_else(unbound)
}

/// Checks that the gateway serves the author's network and tells where the feed stands there.
pub(crate) fn look(gateway: &dyn Gateway, membership: &Membership) -> Result<FeedView, CliError> {
    same_network(gateway, membership.network)?;
    Ok(gateway.feed(membership.author)?)
}

/// Refuses a gateway of another network before anything is signed.
pub(crate) fn same_network(gateway: &dyn Gateway, expected: NetworkId) -> Result<(), CliError> {
    let found = gateway.log()?.network;
    if found == expected {
        return Ok(());
    }
    let message = format!("{} serves {found}, expected {expected}", gateway.url());
    Err(CliError::coded(Reason::NetworkMismatch, message))
}

/// Offers everything that waits, oldest first; the same bytes each time.
pub(crate) fn offer(
    gateway: &dyn Gateway,
    dir: &mut AuthorDir,
) -> Result<Vec<Acknowledged>, CliError> {
    let mut acknowledged = Vec::new();
    for pending in dir.pending()? {
        acknowledged.extend(offer_one(gateway, dir, &pending)?);
    }
    Ok(acknowledged)
}

fn offer_one(
    gateway: &dyn Gateway,
    dir: &mut AuthorDir,
    pending: &Pending,
) -> Result<Vec<Acknowledged>, CliError> {
    let batch = pending.batch();
    let receipt = gateway.submit(batch).map_err(|error| {
        CliError::from(error).hint(
            "what was signed is kept: `fairtrail submit --pending --as NAME` offers the same bytes again",
        )
    })?;
    let acknowledged = check_receipt(gateway, batch, &receipt)?;
    dir.acknowledge(pending)?;
    Ok(acknowledged)
}

/// Checks that the receipt is about this batch and that its promise covers every new entry.
fn check_receipt(
    gateway: &dyn Gateway,
    batch: &Batch,
    receipt: &Receipt,
) -> Result<Vec<Acknowledged>, CliError> {
    let other = || CliError::coded(Reason::GatewayAnswer, "the receipt is about other entries");
    if receipt.entries.len() != batch.0.len() {
        return Err(other());
    }
    let promise = match &receipt.promise {
        Some(note) => Some(open_promise(gateway, note)?),
        None => None,
    };
    let mut acknowledged = Vec::new();
    for (submission, line) in batch.0.iter().zip(&receipt.entries) {
        let entry = &submission.entry;
        if entry.id() != line.id {
            return Err(other());
        }
        if !line.known {
            check_promise(promise.as_ref(), entry.bytes(), line)?;
        }
        let by = promise.as_ref().filter(|_| !line.known);
        acknowledged.push(Acknowledged {
            id: line.id,
            kind: entry.header().kind.to_string(),
            leaf_index: line.leaf_index,
            known: line.known,
            include_by: by.map(|promise| promise.promise().include_by().to_string()),
        });
    }
    Ok(acknowledged)
}

fn open_promise(gateway: &dyn Gateway, note: &str) -> Result<SignedPromise, CliError> {
    let key = gateway.log()?.promise_vkey.parse()?;
    Ok(SignedPromise::open(note.as_bytes(), &key)?)
}

fn check_promise(
    promise: Option<&SignedPromise>,
    bytes: &[u8],
    line: &ReceiptEntry,
) -> Result<(), CliError> {
    let missing = |what: &str| CliError::coded(Reason::PromiseInvalid, what);
    let promise = promise.ok_or_else(|| missing("a new entry was taken without a promise"))?;
    let position = line
        .position
        .ok_or_else(|| missing("a new entry has no position in the promise"))?;
    let hash = |text: &String| text.parse::<Hash>();
    let path: Result<Vec<Hash>, _> = line.path.iter().map(hash).collect();
    let path = path.map_err(|_| missing("the path to the promise is no list of hashes"))?;
    let index = promise.covers(leaf_hash(bytes), position, &path)?;
    if index.get() == line.leaf_index {
        Ok(())
    } else {
        Err(missing("the promise covers another leaf"))
    }
}

/// Asks once on a terminal; in scripts `--yes` answers.
pub(crate) fn confirm(
    context: &mut Context<'_>,
    yes: bool,
    question: &str,
) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    match context.ui.confirm(question) {
        Some(true) => Ok(()),
        Some(false) => Err(CliError::operational("nothing was signed")),
        None => Err(CliError::usage("nobody is there to confirm").hint("say --yes in scripts")),
    }
}

/// Signs network kinds or statements as a local author and offers them, after what waits from
/// before.
pub(crate) struct Sending<'a> {
    pub(crate) name: &'a AuthorName,
    pub(crate) grant: Option<GrantId>,
}

impl Sending<'_> {
    /// Signs one network claim and offers it.
    pub(crate) fn claim(
        &self,
        claim: NetworkClaim,
        context: &Context<'_>,
    ) -> Result<Vec<Acknowledged>, CliError> {
        let gateway = context.gateway()?;
        let mut dir = context.author(self.name)?;
        let membership = membership(&dir)?;
        let view = look(&*gateway, &membership)?;
        let draft = Draft::network(claim, membership.author, context.now);
        let mut signing = dir.signing(self.grant, Seen::Gateway(&view))?;
        signing.push(&draft)?;
        signing.finish()?;
        offer(&*gateway, &mut dir)
    }
}
