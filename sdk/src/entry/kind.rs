//! Kinds: what a statement is.

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::limits::{KIND_BYTES, KIND_SEGMENTS};
use crate::reason::Reason;
use std::fmt;
use std::str::FromStr;

/// The kind of an entry: up to four lower-case segments joined by dots.
///
/// Kinds this version does not know are kept, replicated and indexed like any other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(Box<str>);

/// The kinds that carry their claim in the header and shape the network.
pub const NETWORK_KINDS: [&str; 7] = [
    "author.begin",
    "author.pulse",
    "author.rotate",
    "charter.amend",
    "grant",
    "part.erase",
    "revoke",
];

/// Kinds that begin so and are not in [`NETWORK_KINDS`] are refused by every version.
const RESERVED_PREFIXES: [&str; 5] = ["author.", "charter.", "part.", "grant.", "revoke."];

impl Kind {
    /// The kind's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the kind is a network kind.
    pub fn is_network(&self) -> bool {
        NETWORK_KINDS.contains(&&*self.0)
    }
}

/// The text is not a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind: lower-case segments joined by dots, at most 48 bytes, no reserved prefix")]
pub struct KindError;

impl KindError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(self) -> Reason {
        Reason::KindInvalid
    }
}

impl FromStr for Kind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<Self, KindError> {
        let segments = text.split('.').count();
        let grammatical = text.len() <= KIND_BYTES
            && segments <= KIND_SEGMENTS
            && text.split('.').all(is_segment);
        let reserved = RESERVED_PREFIXES
            .iter()
            .any(|prefix| text.starts_with(prefix))
            && !NETWORK_KINDS.contains(&text);
        if grammatical && !reserved {
            Ok(Self(text.into()))
        } else {
            Err(KindError)
        }
    }
}

fn is_segment(segment: &str) -> bool {
    segment.starts_with(|first: char| first.is_ascii_lowercase())
        && segment
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Encode for Kind {
    fn encode(&self, writer: &mut Writer) {
        writer.text(&self.0);
    }
}

impl Decode for Kind {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let invalid = CborError::Invalid {
            what: "kind",
            reason: Reason::KindInvalid,
        };
        reader.text()?.parse().map_err(|_| invalid)
    }
}

impl serde::Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_known_and_unknown_kinds_but_no_reserved_prefix() {
        for good in [
            "grant",
            "finding",
            "contract.attest",
            "a.b-2.c.d",
            "grantor",
            "author.pulse",
        ] {
            assert!(good.parse::<Kind>().is_ok(), "{good}");
        }
        let long = "a".repeat(49);
        for bad in [
            "",
            ".",
            "a.",
            "A",
            "2a",
            "a b",
            "a.b.c.d.e",
            "author.end",
            "grant.x",
            &long,
            "a_b",
        ] {
            assert_eq!(bad.parse::<Kind>(), Err(KindError), "{bad}");
        }
    }
}
