//! One entry of a history: header, times, standing, claim and texts as far as they are there.

use super::{IncomingRef, Standing, Times};
use crate::claim::{Claim, ClaimError, PartyRole, TextPart};
use crate::entry::{Audience, Body, Part, PartRole, RefType, SignedEntry};
use crate::id::{EntryId, PartDigest};
use crate::subject::SubjectId;

/// One entry, proved to be in the log.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    pub(crate) entry: SignedEntry,
    pub(crate) origin: String,
    pub(crate) leaf: u64,
    pub(crate) times: Times,
    pub(crate) standing: Standing,
    pub(crate) claim: ClaimState,
    pub(crate) texts: Vec<TextPart>,
    pub(crate) withheld: Vec<WithheldPart>,
    pub(crate) incoming: Vec<IncomingRef>,
}

/// What is known of an entry's claim.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaimState {
    /// A network kind: the claim stands in the header.
    Network,
    /// It is here and of a kind this version knows.
    Known(Box<Claim>),
    /// It is here, and this version does not know its kind.
    UnknownKind,
    /// It is here and breaks its kind's form; it counts for nothing.
    Invalid(ClaimError),
    /// It is not here.
    Withheld(WithheldReason),
}

/// A part that is not here, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct WithheldPart {
    /// The part.
    pub digest: PartDigest,
    /// What it held.
    pub role: PartRole,
    /// Why it is not here.
    pub reason: WithheldReason,
}

/// Why a part is not here. It always counts as unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithheldReason {
    /// Its author, a granter or the roots had it erased.
    Erased,
    /// It is for members of the network or for named readers.
    Audience,
    /// The log does not serve it.
    NotServed,
}

impl HistoryEntry {
    /// The entry's id.
    pub const fn id(&self) -> EntryId {
        self.entry.id()
    }

    /// The signed entry.
    pub const fn entry(&self) -> &SignedEntry {
        &self.entry
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        self.entry.header().kind.as_str()
    }

    /// Whether the entry names `subject`.
    pub fn names(&self, subject: &SubjectId) -> bool {
        self.entry.header().subjects.binary_search(subject).is_ok()
    }

    /// The log it was read from.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its leaf in that log.
    pub const fn leaf(&self) -> u64 {
        self.leaf
    }

    /// When it existed.
    pub const fn times(&self) -> Times {
        self.times
    }

    /// Who spoke, with what standing.
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The claim, as far as it is known.
    pub const fn claim_state(&self) -> &ClaimState {
        &self.claim
    }

    /// The claim, when it is here and known.
    pub const fn claim(&self) -> Option<&Claim> {
        match &self.claim {
            ClaimState::Known(claim) => Some(claim),
            _ => None,
        }
    }

    /// The texts that are here; not verified content, only what the author wrote.
    pub fn texts(&self) -> &[TextPart] {
        &self.texts
    }

    /// Parts that are not here.
    pub fn withheld(&self) -> &[WithheldPart] {
        &self.withheld
    }

    /// What other entries do to this one, as far as it has effect.
    pub fn incoming(&self) -> &[IncomingRef] {
        &self.incoming
    }

    /// Entries that reply to this one.
    pub fn replies(&self) -> impl Iterator<Item = EntryId> {
        self.incoming_of(RefType::Replies)
    }

    /// Whether a later statement took its place or withdrew it.
    pub fn is_replaced(&self) -> bool {
        let replaces = |r: &IncomingRef| matches!(r.sort, RefType::Supersedes | RefType::Retracts);
        self.incoming.iter().any(replaces)
    }

    /// Entries that close this one.
    pub fn closed_by(&self) -> impl Iterator<Item = EntryId> {
        self.incoming_of(RefType::Closes)
    }

    fn incoming_of(&self, sort: RefType) -> impl Iterator<Item = EntryId> {
        self.incoming
            .iter()
            .filter(move |incoming| incoming.sort == sort)
            .map(|r| r.by)
    }
}

/// Reads the parts of an entry as far as `body_of` has them; `is_erased` tells erased ones.
pub(crate) fn read_parts<'a>(
    entry: &SignedEntry,
    body_of: impl Fn(PartDigest) -> Option<&'a Body>,
    is_erased: impl Fn(PartDigest) -> bool,
) -> (ClaimState, Vec<TextPart>, Vec<WithheldPart>) {
    let mut claim = ClaimState::Network;
    let (mut texts, mut withheld) = (Vec::new(), Vec::new());
    for part in &entry.header().parts {
        let body = if is_erased(part.digest) {
            None
        } else {
            body_of(part.digest)
        };
        // A size that does not fit makes the part another one than the header names.
        let body = body.filter(|body| body.matches(part));
        let reason = withheld_reason(part, is_erased(part.digest));
        match (part.role, body) {
            (PartRole::Claim, Some(body)) => claim = read_claim(entry.header().kind.as_str(), body),
            (PartRole::Text, Some(body)) => texts.extend(TextPart::decode(&body.bytes).ok()),
            (PartRole::Document, Some(_)) => {}
            (role, None) => {
                withheld.push(WithheldPart {
                    digest: part.digest,
                    role,
                    reason,
                });
                if role == PartRole::Claim {
                    claim = ClaimState::Withheld(reason);
                }
            }
        }
    }
    (claim, texts, withheld)
}

fn read_claim(kind: &str, body: &Body) -> ClaimState {
    if !crate::claim::is_known(kind) {
        return ClaimState::UnknownKind;
    }
    match Claim::decode(kind, &body.bytes) {
        Ok(claim) => ClaimState::Known(Box::new(claim)),
        Err(error) => ClaimState::Invalid(error),
    }
}

const fn withheld_reason(part: &Part, erased: bool) -> WithheldReason {
    match (erased, part.audience) {
        (true, _) => WithheldReason::Erased,
        (false, Audience::Public) => WithheldReason::NotServed,
        (false, Audience::Network | Audience::Named) => WithheldReason::Audience,
    }
}

/// The ids a claim leans on: whoever recruited, and the licences recruited under.
pub(crate) fn related_subjects(claim: &Claim) -> Vec<SubjectId> {
    let Claim::ContractAttest(attest) = claim else {
        return Vec::new();
    };
    let leans_on = |role: &PartyRole| {
        matches!(
            role,
            PartyRole::LabourProvider
                | PartyRole::LicenceHolder
                | PartyRole::Recruiter
                | PartyRole::SubAgent
        )
    };
    let parties = attest.parties.iter().filter(|party| leans_on(&party.role));
    let subjects = parties.map(|party| &party.subject).chain(&attest.licences);
    subjects.cloned().collect()
}
