//! Acts of several roots: how many have acted, as far as the gateway shows.

use super::deliver::Acknowledged;
use crate::context::Context;
use crate::error::CliError;
use fairtrail::admission::AdmittedSet;
use fairtrail::cbor::encode;
use fairtrail::charter::Charter;
use fairtrail::client::Gateway;
use fairtrail::entry::NetworkClaim;
use fairtrail::files::{AuthorName, Standing};
use fairtrail::id::{ActId, AuthorId, GrantId};
use fairtrail::limits::HISTORY_PAGE;
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a grant or a revocation came to.
#[derive(Serialize)]
pub(crate) struct Standings {
    /// What the grant is named by from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<GrantId>,
    /// What the roots decide together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Act>,
}

/// An act of several roots.
#[derive(Serialize)]
pub(crate) struct Act {
    pub(crate) id: ActId,
    /// Roots that have acted, as the gateway shows.
    pub(crate) acted: usize,
    /// Roots that must agree.
    pub(crate) threshold: u64,
}

impl Act {
    pub(crate) fn in_effect(&self) -> bool {
        u64::try_from(self.acted).is_ok_and(|acted| acted >= self.threshold)
    }
}

/// Says what a network claim that was just acknowledged came to.
pub(crate) fn standings(
    name: &AuthorName,
    claim: &NetworkClaim,
    acknowledged: &[Acknowledged],
    context: &Context<'_>,
) -> Result<Standings, CliError> {
    let membership = context.author_state(name)?.membership;
    let root = membership.filter(|membership| membership.standing == Standing::Root);
    let Some(root) = root else {
        let last = acknowledged.last().map(|entry| entry.id.into());
        let grant = last.filter(|_| matches!(claim, NetworkClaim::Grant(_)));
        return Ok(Standings { grant, act: None });
    };
    let charter = context.charter(root.network)?;
    let act = AdmittedSet::new(charter.clone()).act_id(claim.kind(), &encode(claim));
    let gateways = context.gateways()?;
    let acted = acted(gateways.first(), &charter, claim)?;
    let act = Act {
        id: act,
        acted: acted.len(),
        threshold: charter.terms().threshold,
    };
    let grants = matches!(claim, NetworkClaim::Grant(_)) && act.in_effect();
    Ok(Standings {
        grant: grants.then(|| act.id.into()),
        act: Some(act),
    })
}

/// The roots whose entries with this claim the gateway shows. A convenience: what is in effect, a
/// replica says.
fn acted(
    gateway: &Gateway,
    charter: &Charter,
    claim: &NetworkClaim,
) -> Result<BTreeSet<AuthorId>, CliError> {
    let pairs = &charter.terms().roots;
    let roots: BTreeSet<_> = pairs.iter().map(|pair| charter.author(*pair)).collect();
    let about = match claim {
        NetworkClaim::Grant(grant) => SubjectId::from(grant.to),
        NetworkClaim::Erase(erase) => SubjectId::from(erase.author),
        NetworkClaim::Revoke(revoke) => SubjectId::from(revoke.author),
        _ => return Ok(BTreeSet::new()),
    };
    let mut acted = BTreeSet::new();
    let mut after = None;
    loop {
        let page = gateway.history(&about, after, HISTORY_PAGE)?;
        let items = page.items.iter();
        for item in items.filter(|item| item.kind == claim.kind() && roots.contains(&item.author)) {
            let entry = gateway.entry(item.id)?;
            if entry.network_claim() == Some(claim) && roots.contains(&entry.author()) {
                acted.insert(entry.author());
            }
        }
        // A cursor that does not move would never end.
        match page.next {
            Some(next) if after.is_none_or(|after| next > after) => after = Some(next),
            _ => return Ok(acted),
        }
    }
}
