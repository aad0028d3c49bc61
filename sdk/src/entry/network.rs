//! The claims of network kinds: they stand in the header and shape who may speak.

use super::{Kind, Role};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode};
use crate::id::{AuthorId, EntryId, GrantId, KeyId, NextKeyDigest, PartDigest};
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};

/// What a network kind says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkClaim {
    /// `author.begin`: the first entry of a feed.
    Begin(Begin),
    /// `author.pulse`: the author is still there.
    Pulse(Pulse),
    /// `author.rotate`: a new signing key and a new commitment.
    Rotate(Rotate),
    /// `charter.amend`: more roots.
    Amend(Amend),
    /// `grant`: another author may speak in a role.
    Grant(Grant),
    /// `part.erase`: bytes that must go.
    Erase(PartErase),
    /// `revoke`: a grant or a key loses standing.
    Revoke(Revoke),
}

crate::int_map! {
    /// Commits to the key that may sign the first rotation.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Begin {
        /// Digest of the next rotation key.
        1 => next: NextKeyDigest,
    }
}

crate::int_map! {
    /// Says nothing but "still here".
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Pulse {}
}

crate::int_map! {
    /// Signed by the rotation key committed to before.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Rotate {
        /// Digest of the next rotation key.
        1 => next: NextKeyDigest,
        /// The key that signs entries from here on.
        2 => key: KeyId,
    }
}

crate::int_map! {
    /// Adds roots to the charter.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Amend {
        /// The pairs to add, ascending, 1 to 8.
        1 => pairs: Vec<Pair>,
    }
}

crate::int_map! {
    /// Lets an author speak in a role.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Grant {
        /// The author.
        1 => to: AuthorId,
        /// The role.
        2 => role: Role,
        /// What the author may speak about; empty = anything.
        3 ? scope: Vec<ScopeItem>,
        /// First date of validity.
        4 => from: Date,
        /// Last date of validity.
        5 => to_date: Date,
        /// Roles the author may grant in turn.
        6 ? may_delegate: Vec<Role>,
        /// The author this one continues.
        7 ? succeeds: Option<AuthorId>,
    }
}

crate::int_map! {
    /// Takes standing from a grant or a key; judged at verification, on proved times.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Revoke {
        /// What is revoked.
        1 => sort: RevokeTarget,
        /// The grant, act or key state.
        2 => target: GrantId,
        /// The author it belongs to.
        3 => author: AuthorId,
        /// Why.
        4 => kind: RevokeKind,
        /// From when on.
        5 => since: Timestamp,
        /// End of a suspension.
        6 ? until: Option<Timestamp>,
        /// The last entry known to be the author's own, for a compromised key.
        7 ? last_good: Option<EntryId>,
    }
}

crate::int_map! {
    /// Erases a part of one entry, everywhere.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PartErase {
        /// The entry.
        1 => entry: EntryId,
        /// The part.
        2 => part: PartDigest,
        /// The entry's author.
        3 => author: AuthorId,
        /// Why: a code, e.g. of the legal basis.
        4 => reason: String,
    }
}

crate::code_enum! {
    /// What a revocation names.
    pub enum RevokeTarget: "revoke target" {
        /// A grant.
        Grant = 0 "grant",
        /// The key set by a begin or a rotation.
        Key = 1 "key",
    }
}

crate::code_enum! {
    /// Why standing is taken.
    pub enum RevokeKind: "revoke kind" {
        /// It ran out.
        Expiry = 0 "expiry",
        /// For a time.
        Suspension = 1 "suspension",
        /// For good, from a date on.
        Withdrawn = 2 "withdrawn",
        /// As if it had never been.
        Void = 3 "void",
        /// The key was in other hands.
        KeyCompromise = 4 "key-compromise",
    }
}

/// A charter author: its first signing key and the commitment to its rotation key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The signing key.
    pub key: KeyId,
    /// Digest of the rotation key.
    pub next: NextKeyDigest,
}

impl Encode for Pair {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        self.key.encode(writer);
        self.next.encode(writer);
    }
}

impl Decode for Pair {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "a key and a digest")?;
        Ok(Self {
            key: Decode::decode(reader)?,
            next: Decode::decode(reader)?,
        })
    }
}

/// A subject, or a prefix of subjects when it ends with `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScopeItem(Box<str>);

impl ScopeItem {
    /// Reads a subject, or a scheme, a colon and a prefix followed by `*`.
    pub fn parse(text: &str) -> Option<Self> {
        // `x` stands for whatever may follow the prefix.
        let example = text.strip_suffix('*').map(|prefix| format!("{prefix}x"));
        let grammatical = example
            .as_deref()
            .unwrap_or(text)
            .parse::<SubjectId>()
            .is_ok();
        grammatical.then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `subject` lies within.
    pub fn covers(&self, subject: &SubjectId) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => subject.as_str().starts_with(prefix),
            None => subject.as_str() == &*self.0,
        }
    }
}

impl Encode for ScopeItem {
    fn encode(&self, writer: &mut Writer) {
        writer.text(&self.0);
    }
}

impl Decode for ScopeItem {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let invalid = CborError::Invalid {
            what: "scope",
            reason: Reason::SubjectInvalid,
        };
        Self::parse(reader.text()?).ok_or(invalid)
    }
}

impl NetworkClaim {
    /// Reads the claim of a network kind.
    ///
    /// # Errors
    /// [`CborError`] when it is not the kind's claim; [`CborError::Expected`] for another kind.
    pub(crate) fn read(kind: &Kind, bytes: &[u8]) -> Result<Self, CborError> {
        fn claim<T: Decode + Encode>(bytes: &[u8]) -> Result<T, CborError> {
            decode(bytes, Rules::HEADER)
        }
        Ok(match kind.as_str() {
            "author.begin" => Self::Begin(claim(bytes)?),
            "author.pulse" => Self::Pulse(claim(bytes)?),
            "author.rotate" => Self::Rotate(claim(bytes)?),
            "charter.amend" => Self::Amend(claim(bytes)?),
            "grant" => Self::Grant(claim(bytes)?),
            "part.erase" => Self::Erase(claim(bytes)?),
            "revoke" => Self::Revoke(claim(bytes)?),
            _ => {
                return Err(CborError::Expected {
                    expected: "a network kind",
                });
            }
        })
    }

    /// The kind's text.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Begin(_) => "author.begin",
            Self::Pulse(_) => "author.pulse",
            Self::Rotate(_) => "author.rotate",
            Self::Amend(_) => "charter.amend",
            Self::Grant(_) => "grant",
            Self::Erase(_) => "part.erase",
            Self::Revoke(_) => "revoke",
        }
    }

    /// The subjects its entry must have, in order; `feed` is the author, none for a begin.
    pub(crate) fn subjects(&self, feed: AuthorId) -> Vec<SubjectId> {
        let mut subjects = match self {
            Self::Grant(grant) => [Some(grant.to), grant.succeeds]
                .into_iter()
                .flatten()
                .map(SubjectId::from)
                .collect(),
            Self::Revoke(revoke) => vec![SubjectId::from(revoke.author)],
            Self::Erase(erase) => vec![SubjectId::from(erase.author)],
            Self::Begin(_) | Self::Pulse(_) | Self::Rotate(_) | Self::Amend(_) => {
                vec![SubjectId::from(feed)]
            }
        };
        subjects.sort();
        subjects.dedup();
        subjects
    }

    /// The rules the encoding does not carry: list lengths, order, fields that go together.
    pub(crate) fn check(&self) -> Result<(), CborError> {
        match self {
            Self::Begin(_) | Self::Pulse(_) | Self::Rotate(_) => Ok(()),
            Self::Amend(amend) => amend.check(),
            Self::Grant(grant) => grant.check(),
            Self::Erase(erase) if crate::entry::is_code(&erase.reason) => Ok(()),
            Self::Erase(_) => Err(CborError::Invalid {
                what: "reason code",
                reason: Reason::SchemaMismatch,
            }),
            Self::Revoke(revoke) => revoke.check(),
        }
    }
}

impl Amend {
    fn check(&self) -> Result<(), CborError> {
        super::ascending(&self.pairs, 1, crate::limits::AMEND_PAIRS)
    }
}

impl Grant {
    fn check(&self) -> Result<(), CborError> {
        super::ascending(&self.scope, 0, crate::limits::SCOPE)?;
        super::ascending(&self.may_delegate, 0, Role::ALL.len())?;
        let needs_scope = matches!(
            self.role,
            Role::Company | Role::Recruiter | Role::Respondent
        );
        if needs_scope && self.scope.is_empty() {
            return Err(CborError::Invalid {
                what: "scope",
                reason: Reason::ScopeMissing,
            });
        }
        Ok(())
    }

    /// Whether `subject` lies within the scope.
    pub fn covers(&self, subject: &SubjectId) -> bool {
        self.scope.is_empty() || self.scope.iter().any(|item| item.covers(subject))
    }
}

impl Revoke {
    fn check(&self) -> Result<(), CborError> {
        let until = self.until.is_none() || self.kind == RevokeKind::Suspension;
        let last_good = self.last_good.is_none() || self.kind == RevokeKind::KeyCompromise;
        if until && last_good {
            Ok(())
        } else {
            Err(CborError::Expected {
                expected: "until or last good entry with their kinds only",
            })
        }
    }
}

impl Encode for NetworkClaim {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Begin(claim) => claim.encode(writer),
            Self::Pulse(claim) => claim.encode(writer),
            Self::Rotate(claim) => claim.encode(writer),
            Self::Amend(claim) => claim.encode(writer),
            Self::Grant(claim) => claim.encode(writer),
            Self::Erase(claim) => claim.encode(writer),
            Self::Revoke(claim) => claim.encode(writer),
        }
    }
}
