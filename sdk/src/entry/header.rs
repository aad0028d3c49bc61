//! The header: what is signed.

use super::{Basis, EntryError, Kind, NetworkClaim, Part, PartRole, RefType, ascending};
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::id::{AuthorId, EntryId, GrantId, KeyId, NetworkId};
use crate::limits;
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::Timestamp;

/// The content type of every entry.
pub const CONTENT_TYPE: &str = "application/vnd.fairtrail.entry+cbor";
/// `EdDSA` (RFC 9053).
const ALGORITHM: i64 = -8;
/// The envelope version of this profile.
pub const ENVELOPE_VERSION: u64 = 1;
/// The flag of history that is loaded later.
const BACKFILL: u64 = 1;

/// The protected header: algorithm, content type, key, and the CWT claims issuer, subject, time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// The key that signs.
    pub key: KeyId,
    /// `key:…` at sequence number 0, else `author:…`.
    pub issuer: String,
    /// One of the subjects.
    pub subject: String,
    /// When the author says it wrote this; never used for order.
    pub issued_at: Timestamp,
}

impl Encode for Protected {
    fn encode(&self, writer: &mut Writer) {
        writer.map(4);
        writer.uint(1);
        writer.int(ALGORITHM);
        writer.uint(3);
        writer.text(CONTENT_TYPE);
        writer.uint(4);
        self.key.encode(writer);
        writer.uint(15);
        writer.map(3);
        writer.uint(1);
        writer.text(&self.issuer);
        writer.uint(2);
        writer.text(&self.subject);
        writer.uint(6);
        self.issued_at.encode(writer);
    }
}

impl Decode for Protected {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let expected = CborError::Expected {
            expected: "the protected header of this profile",
        };
        let key = |reader: &mut Reader<'_>, label: u64| match reader.uint() {
            Ok(found) if found == label => Ok(()),
            _ => Err(expected.clone()),
        };
        if reader.map()? != 4 {
            return Err(expected);
        }
        key(reader, 1)?;
        let algorithm = reader.int()?;
        key(reader, 3)?;
        let content_type = reader.text()?;
        key(reader, 4)?;
        let kid = KeyId::decode(reader)?;
        key(reader, 15)?;
        if algorithm != ALGORITHM || content_type != CONTENT_TYPE || reader.map()? != 3 {
            return Err(expected);
        }
        key(reader, 1)?;
        let issuer = reader.text()?.to_owned();
        key(reader, 2)?;
        let subject = reader.text()?.to_owned();
        key(reader, 6)?;
        let issued_at = Timestamp::decode(reader)?;
        Ok(Self {
            key: kid,
            issuer,
            subject,
            issued_at,
        })
    }
}

crate::int_map! {
    /// The payload: what the entry is, about whom, where in its feed, and which parts it has.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Header {
        /// Envelope version.
        1 => version: u64,
        /// The network this entry belongs to.
        2 => network: NetworkId,
        /// The author; absent at sequence number 0.
        3 ? feed: Option<AuthorId>,
        /// Position in the feed.
        4 => seq: u64,
        /// The entry before; absent at sequence number 0.
        5 ? prev: Option<EntryId>,
        /// The grant the author acts under; absent at 0 and in feeds of charter authors.
        6 ? grant: Option<GrantId>,
        /// What the statement is.
        7 => kind: Kind,
        /// Whom or what it is about: 1 to 16, ascending.
        8 => subjects: Vec<SubjectId>,
        /// What it rests on, ascending.
        9 ? basis: Vec<Basis>,
        /// 1 = backfill.
        10 ? flags: Option<u64>,
        /// The parts, the claim first.
        11 ? parts: Vec<Part>,
        /// What it does to other entries, ascending.
        12 ? refs: Vec<Ref>,
        /// A note the author had seen.
        13 ? anchor: Option<Anchor>,
        /// The claim of a network kind.
        14 ? claim: Option<RawClaim>,
    }
}

/// A reference to another entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// What this entry does to it.
    pub sort: RefType,
    /// The other entry.
    pub entry: EntryId,
}

impl Encode for Ref {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        self.sort.encode(writer);
        self.entry.encode(writer);
    }
}

impl Decode for Ref {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "a reference type and an entry id")?;
        Ok(Self {
            sort: Decode::decode(reader)?,
            entry: Decode::decode(reader)?,
        })
    }
}

/// A cosigned note the author had seen: the entry is younger than it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The log.
    pub origin: String,
    /// Its size.
    pub size: u64,
    /// SHA-256 of the archived note.
    pub note: [u8; 32],
}

impl Encode for Anchor {
    fn encode(&self, writer: &mut Writer) {
        writer.array(3);
        writer.text(&self.origin);
        writer.uint(self.size);
        writer.bytes(&self.note);
    }
}

impl Decode for Anchor {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "origin, size and note digest")?;
        let origin = reader.text()?.to_owned();
        let size = reader.uint()?;
        if size == 0 {
            return Err(CborError::IntegerRange);
        }
        Ok(Self {
            origin,
            size,
            note: reader.fixed()?,
        })
    }
}

/// The bytes of an inline claim; its kind says how to read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawClaim(Vec<u8>);

impl RawClaim {
    /// The encoded claim.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn of(claim: &NetworkClaim) -> Self {
        Self(crate::cbor::encode(claim))
    }
}

impl Encode for RawClaim {
    fn encode(&self, writer: &mut Writer) {
        writer.encoded(&self.0);
    }
}

impl Decode for RawClaim {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.item().map(|item| Self(item.to_vec()))
    }
}

impl Header {
    /// Whether this history was loaded later.
    pub fn is_backfill(&self) -> bool {
        self.flags == Some(BACKFILL)
    }

    /// Marks history loaded later.
    #[must_use]
    pub fn with_backfill(self, backfill: bool) -> Self {
        Self {
            flags: backfill.then_some(BACKFILL),
            ..self
        }
    }

    /// Checks everything that one header shows by itself, and reads the inline claim.
    pub(crate) fn check(&self) -> Result<Option<NetworkClaim>, EntryError> {
        if self.version != ENVELOPE_VERSION {
            return Err(EntryError::Version {
                found: self.version,
            });
        }
        ascending(&self.subjects, 1, limits::SUBJECTS)?;
        ascending(&self.basis, 0, Basis::ALL.len())?;
        ascending(&self.refs, 0, limits::REFS)?;
        if self.flags.is_some_and(|flags| flags != BACKFILL) {
            return Err(EntryError::Code { what: "flag" });
        }
        self.check_position()?;
        self.check_parts()?;
        self.network_claim()
    }

    fn check_position(&self) -> Result<(), EntryError> {
        let first = self.seq == 0;
        let begin = self.kind.as_str() == "author.begin";
        let links = self.feed.is_some() && self.prev.is_some();
        if first != begin || links == first || self.feed.is_some() != self.prev.is_some() {
            return Err(EntryError::Position { seq: self.seq });
        }
        let bare = self.grant.is_none()
            && self.basis.is_empty()
            && self.flags.is_none()
            && self.parts.is_empty()
            && self.refs.is_empty()
            && self.anchor.is_none();
        if first && !bare {
            Err(EntryError::Position { seq: 0 })
        } else {
            Ok(())
        }
    }

    fn check_parts(&self) -> Result<(), EntryError> {
        let claims = self
            .parts
            .iter()
            .filter(|part| part.role == PartRole::Claim)
            .count();
        let claim_first = self
            .parts
            .first()
            .is_some_and(|part| part.role == PartRole::Claim);
        let fits_kind = if self.kind.is_network() {
            claims == 0
        } else {
            claims == 1 && claim_first
        };
        let in_range = self.parts.len() <= limits::PARTS;
        if fits_kind && in_range && self.parts.iter().all(Part::is_valid) {
            Ok(())
        } else {
            Err(EntryError::Parts)
        }
    }

    fn network_claim(&self) -> Result<Option<NetworkClaim>, EntryError> {
        let Some(raw) = &self.claim else {
            return if self.kind.is_network() {
                Err(EntryError::Claim)
            } else {
                Ok(None)
            };
        };
        if !self.kind.is_network() {
            return Err(EntryError::Claim);
        }
        let claim = NetworkClaim::read(&self.kind, raw.as_bytes())?;
        claim.check()?;
        if let Some(feed) = self.feed
            && self.subjects != claim.subjects(feed)
        {
            return Err(EntryError::Subjects);
        }
        Ok(Some(claim))
    }
}

impl Protected {
    /// Checks issuer and subject against the header.
    pub(crate) fn check(&self, header: &Header) -> Result<(), EntryError> {
        let issued = match header.feed {
            Some(feed) => feed.is_text(&self.issuer),
            None => self.key.is_text(&self.issuer),
        };
        let named = header
            .subjects
            .iter()
            .any(|subject| subject.as_str() == self.subject);
        let first =
            header.feed.is_some() || (self.subject == self.issuer && header.subjects.len() == 1);
        if issued && named && first {
            Ok(())
        } else {
            Err(EntryError::Issuer)
        }
    }
}

impl EntryError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Claim | Self::Position { .. } => Reason::SchemaMismatch,
            Self::Code { .. } => Reason::CodeUnknown,
            Self::Frame => Reason::FrameInvalid,
            Self::Issuer => Reason::IssuerMismatch,
            Self::Key(error) => error.code(),
            Self::Parts => Reason::PartsInvalid,
            Self::Subjects => Reason::SubjectsMismatch,
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Version { .. } => Reason::VersionUnknown,
        }
    }
}
