//! Subjects: whom or what an entry is about (specs/identifiers.md).
//!
//! Two doors, two strictnesses. *Admission* takes every text of the open grammar
//! ([`SubjectId::parse_open`]), so that no version of the software splits a network. The
//! *submission door* takes only schemes this version knows, in their one normal form, with correct
//! check digits, and no identifier of a natural person ([`SubjectId::check_closed`]).
//! [`normalise`] turns what a person types into the normal form.
//!
//! A correct check digit says that no digit was mistyped, never that the thing exists. The check
//! digit of an OS ID is additive: it misses every transposition of digits and is a typo filter only.

mod closed;
mod digits;
mod error;
mod normalise;
mod org;
mod person;

pub use digits::CheckDigits;
pub use error::SubjectError;
pub use normalise::normalise;
pub(crate) use person::{form as personal_form, scheme as personal_word};

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::id::{AuthorId, KeyId, to_base32};
use crate::limits;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Whom or what an entry is about: `scheme:value`, at most 128 printable ASCII bytes.
///
/// Ordered by bytes, as lists of subjects are. Copies share the text: a history and its verdict name a
/// few subjects thousands of times.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectId(Arc<str>);

impl SubjectId {
    /// Takes every text of the open grammar `[a-z][a-z0-9]{1,15}:[!-~]{1,111}`: what admission
    /// takes.
    ///
    /// # Errors
    /// [`SubjectError::Grammar`].
    ///
    /// ```
    /// use fairtrail::subject::SubjectId;
    /// let subject = SubjectId::parse_open("lei:724500PMK2A2M1SQQ228").unwrap();
    /// assert_eq!(subject.scheme(), "lei");
    /// assert!(SubjectId::parse_open("no scheme").is_err());
    /// ```
    pub fn parse_open(text: &str) -> Result<Self, SubjectError> {
        let (scheme, value) = text.split_once(':').ok_or(SubjectError::Grammar)?;
        if is_scheme(scheme) && is_value(value) {
            Ok(Self(text.into()))
        } else {
            Err(SubjectError::Grammar)
        }
    }

    /// Whether the submission door takes this subject: a known scheme, its one normal form, correct
    /// check digits, no natural person. A key is refused: it names only the author of a first entry.
    ///
    /// # Errors
    /// [`SubjectError`] with the hint that helps: the expected form, or the computed check digits.
    ///
    /// ```
    /// use fairtrail::subject::{SubjectError, SubjectId};
    /// let closed = |text| SubjectId::parse_open(text).unwrap().check_closed();
    /// assert_eq!(closed("gln:5901234123457"), Ok(()));
    /// let error = closed("gln:5901234123450").unwrap_err();
    /// assert_eq!(error.to_string(), "the check digits of this gln should be `7`");
    /// assert_eq!(closed("duns:150483782"), Err(SubjectError::SchemeUnknown));
    /// ```
    pub fn check_closed(&self) -> Result<(), SubjectError> {
        closed::check(self.scheme(), self.value())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first colon.
    pub fn scheme(&self) -> &str {
        self.0.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// What stands after the first colon.
    pub fn value(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, value)| value)
    }

    /// The author, when this is `author:<base32>`.
    pub fn author(&self) -> Option<AuthorId> {
        self.0.parse().ok()
    }

    /// The key, when this is `key:<base32>`: the only subject of an author's first entry.
    pub fn key(&self) -> Option<KeyId> {
        self.0.parse().ok()
    }

    /// Authority code and number, when this is `lic:<authority>:<number>`.
    pub fn licence(&self) -> Option<(&str, &str)> {
        self.0.strip_prefix("lic:")?.split_once(':')
    }

    /// The observer, when this is `row:<observer>:<id>`.
    pub fn row_observer(&self) -> Option<AuthorId> {
        let (observer, _) = self.0.strip_prefix("row:")?.split_once(':')?;
        crate::id::from_base32(observer).map(AuthorId::new)
    }

    /// A row of a register without numbers, as `observer` names it; `id` is random or a salted
    /// digest cut to 16 bytes, never a digest of the name alone.
    pub fn row(observer: AuthorId, id: [u8; 16]) -> Self {
        let observer = to_base32(observer.as_bytes());
        Self(format!("row:{observer}:{}", to_base32(&id)).into())
    }

    /// A subject that is itself a secret, by a salted digest.
    pub fn blind(salted_digest: [u8; 32]) -> Self {
        Self(format!("blind:{}", to_base32(&salted_digest)).into())
    }

    /// A licence by authority code and number, both in normal form.
    ///
    /// # Errors
    /// [`SubjectError`] when either is not.
    pub fn lic(authority: &str, number: &str) -> Result<Self, SubjectError> {
        let subject = Self::parse_open(&format!("lic:{authority}:{number}"))?;
        subject.check_closed().map(|()| subject)
    }
}

fn is_scheme(text: &str) -> bool {
    (2..=limits::SUBJECT_SCHEME_BYTES).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_value(text: &str) -> bool {
    (1..=limits::SUBJECT_VALUE_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for SubjectId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for SubjectId {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        Self::parse_open(text)
    }
}

impl From<AuthorId> for SubjectId {
    fn from(author: AuthorId) -> Self {
        Self(author.to_string().into())
    }
}

impl From<KeyId> for SubjectId {
    fn from(key: KeyId) -> Self {
        Self(key.to_string().into())
    }
}

impl Encode for SubjectId {
    fn encode(&self, writer: &mut Writer) {
        writer.text(&self.0);
    }
}

impl Decode for SubjectId {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let invalid = |error: SubjectError| CborError::Invalid {
            what: "subject",
            reason: error.code(),
        };
        Self::parse_open(reader.text()?).map_err(invalid)
    }
}

impl serde::Serialize for SubjectId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for SubjectId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
