//! Offering signed entries to a gateway and checking what it acknowledges.

use crate::context::Context;
use crate::error::CliError;
use crate::gateways::Gateways;
use crate::output::{Page, Tone};
use crate::pins;
use fairtrail::api::{Batch, CheckAnswer, DraftMessage, FeedView, Submission};
use fairtrail::client::{self, ClientError, Gateway, Pinned};
use fairtrail::entry::{Draft, NetworkClaim};
use fairtrail::files::{AuthorDir, AuthorName, Home, Membership, Seen};
use fairtrail::id::{EntryId, GrantId, NetworkId};
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
pub(crate) fn look(gateway: &Gateway, membership: &Membership) -> Result<FeedView, CliError> {
    same_network(gateway, membership.network)?;
    Ok(gateway.feed(membership.author)?)
}

/// Refuses a gateway of another network before anything is signed.
pub(crate) fn same_network(gateway: &Gateway, expected: NetworkId) -> Result<(), CliError> {
    let found = gateway.log()?.network;
    if found == expected {
        return Ok(());
    }
    Err(ClientError::Network { expected, found }.into())
}

/// Offers everything that waits, oldest first; the same bytes each time.
pub(crate) fn offer(
    gateways: &Gateways,
    home: &Home,
    dir: &mut AuthorDir,
) -> Result<Vec<Acknowledged>, CliError> {
    let mut acknowledged = Vec::new();
    for pending in dir.pending()? {
        dir.remember_gateway(gateways.url())?;
        let taken = submit(gateways.first(), home, pending.batch());
        acknowledged.extend(taken.map_err(kept)?);
        dir.acknowledge(&pending)?;
    }
    Ok(acknowledged)
}

/// What can be done about signed entries that were not taken.
fn kept(error: CliError) -> CliError {
    let again = "what was signed is kept: `fairtrail submit --pending --as NAME` offers the same bytes again";
    let error = error.hint(again);
    let passes = |reason: Reason| {
        matches!(
            reason,
            Reason::FileFailed
                | Reason::GatewayAnswer
                | Reason::GatewayUnreachable
                | Reason::Overloaded
                | Reason::QuotaExceeded
        )
    };
    let later = |reason: Reason| reason.is_early() || passes(reason);
    if error.reason().is_none_or(later) {
        return error;
    }
    error.hint(
        "refused for good, it blocks the feed: `fairtrail author rotate NAME --abandon` leaves it behind",
    )
}

/// Submits a batch under the pinned promise key and keeps the promise.
pub(super) fn submit(
    gateway: &Gateway,
    home: &Home,
    batch: &Batch,
) -> Result<Vec<Acknowledged>, CliError> {
    let promise = &pins::promise_key(home, &gateway.log()?)?;
    let logs = None;
    let receipt = gateway.submit(batch, &Pinned { promise, logs }, None)?;
    let by = receipt
        .promise
        .as_ref()
        .map(|signed| signed.promise().include_by().to_string());
    if let Some(signed) = &receipt.promise {
        pins::keep_promise(home, signed)?;
    }
    let line = |(submission, entry): (&Submission, &client::Acknowledged)| {
        let known = entry.standing == client::Standing::Known;
        Acknowledged {
            id: entry.id,
            kind: submission.entry.header().kind.to_string(),
            leaf_index: entry.leaf.get(),
            known,
            include_by: by.clone().filter(|_| !known),
        }
    };
    Ok(batch.0.iter().zip(&receipt.entries).map(line).collect())
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
        let gateways = context.gateways()?;
        let membership = membership(&context.author(self.name)?)?;
        let draft = Draft::network(claim, membership.author, context.now);
        self.draft(&draft, &gateways, context)
    }

    /// Signs one draft and offers it.
    pub(crate) fn draft(
        &self,
        draft: &Draft,
        gateways: &Gateways,
        context: &Context<'_>,
    ) -> Result<Vec<Acknowledged>, CliError> {
        let mut dir = context.author(self.name)?;
        let views = gateways.look(&membership(&dir)?, context)?;
        let mut signing = dir.signing(self.grant, Seen::Gateways(&views))?;
        // A signed position cannot be taken back, so the door is asked first.
        let header = draft.header(&signing.position());
        let bodies = draft.bodies();
        refuse(gateways.first().check(&DraftMessage { header, bodies })?)?;
        signing.push(draft)?;
        signing.finish()?;
        offer(gateways, &context.home, &mut dir)
    }
}

/// The problems the door found, in one error; the first one's code stands for it.
fn refuse(answer: CheckAnswer) -> Result<(), CliError> {
    let Some(first) = answer.problems.first() else {
        return Ok(());
    };
    let reason = first.reason.parse().unwrap_or(Reason::GatewayAnswer);
    let message = "the gateway would refuse this; nothing was signed";
    let mut error = CliError::coded(reason, message);
    for problem in answer.problems {
        error = error.cause(format!(
            "{}: {} [{}]",
            problem.field, problem.detail, problem.reason
        ));
    }
    Err(error)
}
