//! Drafts: entries before they are signed.

use super::header::RawClaim;
use super::{
    Anchor, Audience, Basis, Begin, Body, ENVELOPE_VERSION, EntryError, Header, Kind, NetworkClaim,
    Pair, PartRole, Protected, Ref, SignedEntry,
};
use crate::id::{AuthorId, EntryId, GrantId, NetworkId};
use crate::key::SecretKey;
use crate::subject::SubjectId;
use crate::time::Timestamp;

/// Where in a feed an entry goes, and under which grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The network.
    pub network: NetworkId,
    /// The author.
    pub feed: AuthorId,
    /// The sequence number, at least 1.
    pub seq: u64,
    /// The entry before.
    pub prev: EntryId,
    /// The grant; `None` exactly in feeds of charter authors.
    pub grant: Option<GrantId>,
}

/// A statement in the making.
///
/// ```
/// use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse, SignedEntry};
/// use fairtrail::id::NetworkId;
/// use fairtrail::key::SecretKey;
/// use fairtrail::time::Timestamp;
///
/// let (key, next) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
/// let network = NetworkId::new([9; 32]);
/// let now = Timestamp::new(1_790_000_000).unwrap();
/// let begin = Draft::begin(network, &key, next.public().next_digest(), now).unwrap();
/// let position = Position { network, feed: begin.author(), seq: 1, prev: begin.id(), grant: None };
/// let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), begin.author(), now);
/// let pulse = draft.sign(&position, &key).unwrap();
/// assert_eq!(SignedEntry::parse(pulse.bytes()).unwrap().id(), pulse.id());
/// // One byte less is no entry.
/// assert!(SignedEntry::parse(&pulse.bytes()[1..]).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Draft {
    /// What the statement is.
    pub kind: Kind,
    /// Whom or what it is about; sorted when signed.
    pub subjects: Vec<SubjectId>,
    /// What it rests on; sorted when signed.
    pub basis: Vec<Basis>,
    /// Whether this is history loaded later.
    pub backfill: bool,
    /// The parts, the claim first.
    pub parts: Vec<DraftPart>,
    /// What it does to other entries; sorted when signed.
    pub refs: Vec<Ref>,
    /// A note the author has seen.
    pub anchor: Option<Anchor>,
    /// When the author says it writes this.
    pub issued_at: Timestamp,
    claim: Option<NetworkClaim>,
}

/// A part and how the header names it.
#[derive(Debug, Clone)]
pub struct DraftPart {
    /// What it holds.
    pub role: PartRole,
    /// Media type; `None` for a claim.
    pub media_type: Option<String>,
    /// Who may have it.
    pub audience: Audience,
    /// Salt and bytes.
    pub body: Body,
}

impl Draft {
    /// A statement with a detached claim that anybody may read.
    pub fn statement(
        kind: Kind,
        subjects: Vec<SubjectId>,
        claim: Body,
        issued_at: Timestamp,
    ) -> Self {
        let audience = Audience::Public;
        let claim = DraftPart {
            role: PartRole::Claim,
            media_type: None,
            audience,
            body: claim,
        };
        Self {
            parts: vec![claim],
            ..Self::empty(kind, subjects, issued_at)
        }
    }

    /// A network kind; its subjects follow from the claim and the author.
    pub fn network(claim: NetworkClaim, feed: AuthorId, issued_at: Timestamp) -> Self {
        let subjects = claim.subjects(feed);
        let kind = network_kind(&claim);
        Self {
            claim: Some(claim),
            ..Self::empty(kind, subjects, issued_at)
        }
    }

    fn empty(kind: Kind, subjects: Vec<SubjectId>, issued_at: Timestamp) -> Self {
        Self {
            kind,
            subjects,
            basis: Vec::new(),
            backfill: false,
            parts: Vec::new(),
            refs: Vec::new(),
            anchor: None,
            issued_at,
            claim: None,
        }
    }

    /// Adds a text for people, of the given media type.
    #[must_use]
    pub fn with_text(mut self, media_type: &str, audience: Audience, body: Body) -> Self {
        let media_type = Some(media_type.to_owned());
        self.parts.push(DraftPart {
            role: PartRole::Text,
            media_type,
            audience,
            body,
        });
        self
    }

    /// The first entry of a feed, signed by its own key.
    ///
    /// # Errors
    /// [`EntryError`] never for keys and times of these types.
    pub fn begin(
        network: NetworkId,
        key: &SecretKey,
        next: crate::id::NextKeyDigest,
        issued_at: Timestamp,
    ) -> Result<SignedEntry, EntryError> {
        let pair = Pair {
            key: key.public().id(),
            next,
        };
        let (protected, header) = begin_of(network, pair, issued_at);
        SignedEntry::sign(&protected, &header, key)
    }

    /// The header this draft has at `position`.
    pub fn header(&self, position: &Position) -> Header {
        let parts = self.parts.iter();
        let header = Header {
            version: ENVELOPE_VERSION,
            network: position.network,
            feed: Some(position.feed),
            seq: position.seq,
            prev: Some(position.prev),
            grant: position.grant,
            kind: self.kind.clone(),
            subjects: sorted(&self.subjects),
            basis: sorted(&self.basis),
            flags: None,
            parts: parts
                .map(|part| {
                    part.body
                        .part(part.role, part.media_type.as_deref(), part.audience)
                })
                .collect(),
            refs: sorted(&self.refs),
            anchor: self.anchor.clone(),
            claim: self.claim.as_ref().map(RawClaim::of),
        };
        header.with_backfill(self.backfill)
    }

    /// Signs the draft at `position`.
    ///
    /// # Errors
    /// [`EntryError`] when the header breaks a rule, e.g. has no subject or too many parts.
    pub fn sign(&self, position: &Position, key: &SecretKey) -> Result<SignedEntry, EntryError> {
        let header = self.header(position);
        let subject = header
            .subjects
            .first()
            .ok_or(EntryError::Issuer)?
            .to_string();
        let issuer = position.feed.to_string();
        let issued_at = self.issued_at;
        let protected = Protected {
            key: key.public().id(),
            issuer,
            subject,
            issued_at,
        };
        SignedEntry::sign(&protected, &header, key)
    }

    /// The bodies that travel beside the entry. A document for named readers does not: its author
    /// keeps it and hands it over, and only the digest is shared.
    pub fn bodies(&self) -> Vec<Body> {
        let kept =
            |part: &&DraftPart| part.role == PartRole::Document && part.audience == Audience::Named;
        let travel = self.parts.iter().filter(|part| !kept(part));
        travel.map(|part| part.body.clone()).collect()
    }

    /// Adds a document that only readers named by the author get from it.
    #[must_use]
    pub fn with_named_document(mut self, media_type: &str, body: Body) -> Self {
        self.parts.push(DraftPart {
            role: PartRole::Document,
            media_type: Some(media_type.to_owned()),
            audience: Audience::Named,
            body,
        });
        self
    }
}

fn sorted<T: Ord + Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort();
    list.dedup();
    list
}

#[expect(clippy::expect_used, reason = "constants, each exercised by a test")]
fn network_kind(claim: &NetworkClaim) -> Kind {
    claim.kind().parse().expect("network kinds are kinds")
}

/// Both headers of the first entry of the feed of `pair`.
pub(crate) fn begin_of(
    network: NetworkId,
    pair: Pair,
    issued_at: Timestamp,
) -> (Protected, Header) {
    let claim = NetworkClaim::Begin(Begin { next: pair.next });
    let subject = SubjectId::from(pair.key);
    let name = subject.to_string();
    let header = Header {
        version: ENVELOPE_VERSION,
        network,
        feed: None,
        seq: 0,
        prev: None,
        grant: None,
        kind: network_kind(&claim),
        subjects: vec![subject],
        basis: Vec::new(),
        flags: None,
        parts: Vec::new(),
        refs: Vec::new(),
        anchor: None,
        claim: Some(RawClaim::of(&claim)),
    };
    (
        Protected {
            key: pair.key,
            issuer: name.clone(),
            subject: name,
            issued_at,
        },
        header,
    )
}
