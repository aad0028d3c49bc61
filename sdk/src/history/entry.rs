//! One entry of a history: header, times, standing, claim and texts as far as they are there.

use super::withholding::Said;
use super::{IncomingRef, Standing, Times, WithheldPart, WithheldReason};
use crate::claim::{
    Claim, ClaimContext, ClaimError, ContractAttest, PartyRole, Relation, TextPart,
};
use crate::entry::{Audience, Body, Part, PartRole, RefType, Role, SignedEntry};
use crate::id::{EntryId, PartDigest};
use crate::subject::SubjectId;
use crate::time::Date;

/// One entry, proved to be in the log.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    pub(crate) entry: SignedEntry,
    pub(crate) origin: String,
    pub(crate) leaf: u64,
    pub(crate) times: Times,
    pub(crate) standing: Standing,
    pub(crate) parts: PartsRead,
    pub(crate) incoming: Vec<IncomingRef>,
    /// Where it stands in its history, from 0.
    pub(crate) position: usize,
}

/// What the parts of an entry say, as far as they are here.
#[derive(Debug, Clone)]
pub(crate) struct PartsRead {
    claim: ClaimState,
    /// Whether the submission door would take the claim.
    sound: bool,
    texts: Vec<TextPart>,
    pub(super) withheld: Vec<WithheldPart>,
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
        &self.parts.claim
    }

    /// Whether the claim keeps every rule of its kind. A log may hold one that does not; then what
    /// speaks in somebody's favour in it counts for nothing.
    pub const fn is_sound(&self) -> bool {
        self.parts.sound
    }

    /// The claim, when it is here and known.
    pub const fn claim(&self) -> Option<&Claim> {
        match &self.parts.claim {
            ClaimState::Known(claim) => Some(claim),
            _ => None,
        }
    }

    /// When what it states happened, see [`Claim::event`]; `None` where the claim is not here.
    pub fn event(&self) -> Option<(Date, Date)> {
        let said = self.times.not_after.unwrap_or(self.times.claimed);
        self.claim()?.event(said.date())
    }

    /// The texts that are here; not verified content, only what the author wrote.
    pub fn texts(&self) -> &[TextPart] {
        &self.parts.texts
    }

    /// Parts that are not here.
    pub fn withheld(&self) -> &[WithheldPart] {
        &self.parts.withheld
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

/// Reads the parts of an entry as far as `body_of` has them; `is_erased` tells erased ones. The
/// claim is judged as that of an author of `role`.
pub(crate) fn read_parts<'a>(
    entry: &SignedEntry,
    role: Option<Role>,
    body_of: impl Fn(PartDigest) -> Option<&'a Body>,
    is_erased: impl Fn(PartDigest) -> bool,
) -> PartsRead {
    let mut read = PartsRead {
        claim: ClaimState::Network,
        sound: true,
        texts: Vec::new(),
        withheld: Vec::new(),
    };
    for part in &entry.header().parts {
        let erased = is_erased(part.digest);
        // A size that does not fit makes the part another one than the header names.
        let body = body_of(part.digest).filter(|body| !erased && body.matches(part));
        match (part.role, body) {
            (PartRole::Claim, Some(body)) => {
                read.claim = read_claim(entry.header().kind.as_str(), body);
                read.sound = is_sound(&read.claim, entry, part, role);
            }
            (PartRole::Text, Some(body)) => read.texts.extend(TextPart::decode(&body.bytes).ok()),
            (PartRole::Document, Some(_)) => {}
            (_, None) => read.withhold(part, erased),
        }
    }
    read
}

impl PartsRead {
    fn withhold(&mut self, part: &Part, erased: bool) {
        let reason = withheld_reason(part, erased);
        self.withheld.push(WithheldPart {
            digest: part.digest,
            role: part.role,
            reason,
            withheld_by: Vec::new(),
        });
        if part.role == PartRole::Claim {
            self.claim = ClaimState::Withheld(reason);
        }
    }

    /// Takes what operators say of the parts that their logs do not serve.
    pub(crate) fn tell(&mut self, said: impl Fn(PartDigest) -> Vec<Said>) {
        for part in &mut self.withheld {
            if part.reason != WithheldReason::NotServed {
                continue;
            }
            part.tell(said(part.digest));
            if part.role == PartRole::Claim {
                self.claim = ClaimState::Withheld(part.reason);
            }
        }
    }
}

fn is_sound(claim: &ClaimState, entry: &SignedEntry, part: &Part, role: Option<Role>) -> bool {
    let ClaimState::Known(claim) = claim else {
        return true;
    };
    let context = ClaimContext {
        subjects: &entry.header().subjects,
        basis: &entry.header().basis,
        role,
        audience: part.audience,
    };
    claim.problems(&context).is_empty()
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

/// The ids that a statement about the subjects asked for leans on: whoever recruited, and the
/// licences recruited under.
fn leans_on(attest: &ContractAttest) -> impl Iterator<Item = SubjectId> {
    let leans_on = |role: &PartyRole| {
        matches!(
            role,
            PartyRole::LabourProvider
                | PartyRole::LicenceHolder
                | PartyRole::Recruiter
                | PartyRole::SubAgent
        )
    };
    let parties = attest
        .parties
        .iter()
        .filter(move |party| leans_on(&party.role));
    let subjects = parties.map(|party| &party.subject).chain(&attest.licences);
    subjects.cloned()
}

impl HistoryEntry {
    /// The ids to be read in full as well; `own` says that the entry names a subject asked for.
    pub(crate) fn related(&self, own: bool) -> Vec<SubjectId> {
        let standing = &self.standing;
        if !(standing.accepted && standing.role_fits && standing.in_scope) {
            return Vec::new();
        }
        match self.claim() {
            Some(Claim::ContractAttest(attest)) if own => leans_on(attest).collect(),
            // A licence that is spoken of under its own id as well as under its holder's.
            Some(Claim::Licence(_) | Claim::LicenceStatus(_)) => {
                let subjects = self.entry.header().subjects.iter();
                let licences = subjects.filter(|id| matches!(id.scheme(), "lic" | "row"));
                // Whoever holds it may hold or have held others.
                let holder = match self.claim() {
                    Some(Claim::Licence(licence)) => licence.legal_holder.as_ref(),
                    _ => None,
                };
                licences.chain(holder).cloned().collect()
            }
            Some(Claim::IdLink(link)) if link.relation == Relation::SuccessorOf => {
                let both = [&link.from, &link.to].into_iter();
                let licences = both.filter(|id| matches!(id.scheme(), "lic" | "row"));
                licences.cloned().collect()
            }
            _ => Vec::new(),
        }
    }
}
