//! Parts that are not here, and what is said of why (specs/privacy.md §6).
//!
//! Who withholds says so twice: the gateway in its answers, which is its word, and its author in a
//! `withhold` statement, which is signed. Whichever is there is named; the part is unknown anyhow.

use super::HistoryEntry;
use crate::api::WithheldView;
use crate::claim::{Claim, Ground};
use crate::entry::PartRole;
use crate::id::{AuthorId, EntryId, PartDigest};
use crate::reason::Reason;
use crate::time::Date;
use std::collections::BTreeMap;

/// A part that is not here, and why.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WithheldPart {
    /// The part.
    pub digest: PartDigest,
    /// What it held.
    pub role: PartRole,
    /// Why it is not here.
    pub reason: WithheldReason,
    /// Who says to withhold it, on which legal basis and since when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withheld_by: Vec<Withholding>,
}

/// Why a part is not here. It always counts as unknown.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithheldReason {
    /// Its author, a granter or the roots had it erased.
    Erased,
    /// It is for members of the network or for named readers.
    Audience,
    /// The log does not serve it.
    NotServed,
    /// The operator of the log says that law keeps it from showing the part.
    WithheldByLaw,
    /// The operator of the log says that it came in a form that may not be kept.
    ClaimInadmissible,
}

/// Who says to withhold a part, and on what ground: an operator in its answers, an author in a
/// statement, or both.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Withholding {
    /// The log whose operator says so in its answers: its word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The author of the statement that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorId>,
    /// On what ground; the statement it names is in the history and about this very part.
    #[serde(flatten)]
    pub ground: Ground,
    /// Until when, as the statement says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What the gateway of a log says of a part.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// The log.
    pub(crate) log: String,
    /// Its words.
    pub(crate) view: WithheldView,
}

impl WithheldPart {
    pub(super) fn tell(&mut self, said: Vec<Said>) {
        for Said { log, view } in said {
            match (view.reason.parse().ok(), view.ground) {
                (Some(Reason::WithheldByLaw), Some(ground)) => {
                    self.reason = WithheldReason::WithheldByLaw;
                    self.withheld_by.push(Withholding {
                        log: Some(log),
                        author: None,
                        ground,
                        until: None,
                    });
                }
                (Some(Reason::ClaimInadmissible), _)
                    if self.reason == WithheldReason::NotServed =>
                {
                    self.reason = WithheldReason::ClaimInadmissible;
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, stated: &[Withholding]) {
        for said in &mut self.withheld_by {
            let named = said.ground.statement;
            let signed = stated.iter().find(|one| one.ground.statement == named);
            match signed.filter(|_| named.is_some()) {
                Some(signed) => (said.author, said.until) = (signed.author, signed.until),
                // A statement that is not there, or about something else, says nothing.
                None => said.ground.statement = None,
            }
        }
        for one in stated {
            let named = |said: &Withholding| said.ground.statement == one.ground.statement;
            if !self.withheld_by.iter().any(named) {
                self.withheld_by.push(one.clone());
            }
        }
        self.withheld_by.sort();
    }
}

/// Joins `withhold` statements that have effect with the parts they are about, where these are not
/// here. Statements alone take nothing away: a part that some log serves is shown.
pub(crate) fn stated(entries: &mut [HistoryEntry]) {
    let mut stated: BTreeMap<(EntryId, PartDigest), Vec<Withholding>> = BTreeMap::new();
    for entry in entries.iter() {
        let Some(Claim::Withhold(claim)) = entry.claim() else {
            continue;
        };
        let standing = entry.standing();
        if !standing.is_authorised() || standing.is_lost() || entry.is_replaced() {
            continue;
        }
        let about = (claim.entry, claim.part);
        stated.entry(about).or_default().push(Withholding {
            log: None,
            author: Some(standing.author),
            ground: Ground {
                basis: claim.legal_basis.clone(),
                jurisdiction: claim.jurisdiction.clone(),
                statute: claim.statute.clone(),
                since: claim.from,
                statement: Some(entry.id()),
            },
            until: claim.until,
        });
    }
    for entry in entries {
        let id = entry.id();
        let parts = entry.parts.withheld.iter_mut();
        for part in parts.filter(|part| part.reason != WithheldReason::Erased) {
            let about = stated.get(&(id, part.digest));
            part.take(about.map_or(&[], Vec::as_slice));
        }
    }
}
