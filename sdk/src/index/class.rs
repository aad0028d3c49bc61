//! Classes: what a subject's list is split by, so that one part of it can be shown whole.

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::entry::Kind;
use std::fmt;
use std::str::FromStr;

macro_rules! classes {
    ($($variant:ident = $word:literal: $meaning:literal,)*) => {
        /// The classes of `MapFn` v1, closed, in the order of their encodings: shorter words first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Class { $(#[doc = $meaning] $variant,)* }

        impl Class {
            /// Every class, in the order of their encodings.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that stands for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for Class {
            type Err = UnknownClass;

            fn from_str(text: &str) -> Result<Self, UnknownClass> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(UnknownClass),
                }
            }
        }
    };
}

classes! {
    Id = "id": "Links between ids of one party.",
    Ack = "ack": "That something was seen.",
    Net = "net": "Network kinds except the pulse.",
    Audit = "audit": "Audits and their status.",
    Other = "other": "Every kind that no other class takes.",
    Pulse = "pulse": "Signs of life.",
    Reply = "reply": "Replies of those a statement is about.",
    Remedy = "remedy": "Remedies and their status.",
    Supply = "supply": "Who supplies whom.",
    Finding = "finding": "Findings and their status.",
    Licence = "licence": "Licences and their status.",
    Listing = "listing": "Listings.",
    Profile = "profile": "Who somebody is.",
    Ruleset = "ruleset": "Adopted rules.",
    Contract = "contract": "Terms of contracts.",
    Register = "register": "Snapshots of registers.",
    Withhold = "withhold": "What is withheld.",
    Grievance = "grievance": "Counts of grievances.",
    Certificate = "certificate": "Certificates and their status.",
    Recruitment = "recruitment": "Agreements on recruitment.",
}

/// Text that names no class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a class of this index")]
pub struct UnknownClass;

impl UnknownClass {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(self) -> crate::reason::Reason {
        crate::reason::Reason::CodeUnknown
    }
}

impl Class {
    /// The class of a kind.
    ///
    /// ```
    /// use fairtrail::index::Class;
    /// assert_eq!(Class::of(&"finding.status".parse()?), Class::Finding);
    /// assert_eq!(Class::of(&"grant".parse()?), Class::Net);
    /// assert_eq!(Class::of(&"net.worth".parse()?), Class::Other);
    /// # Ok::<(), fairtrail::entry::KindError>(())
    /// ```
    pub fn of(kind: &Kind) -> Self {
        if kind.as_str() == "author.pulse" {
            return Self::Pulse;
        }
        if kind.is_network() {
            return Self::Net;
        }
        let first = kind.as_str().split('.').next().unwrap_or_default();
        match first.parse() {
            // The words of these three are no kinds: they say what a class holds.
            Ok(Self::Net | Self::Pulse | Self::Other) | Err(UnknownClass) => Self::Other,
            Ok(class) => class,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Encode for Class {
    fn encode(&self, writer: &mut Writer) {
        writer.text(self.as_str());
    }
}

impl Decode for Class {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let unknown = |error: UnknownClass| CborError::Invalid {
            what: "class",
            reason: error.code(),
        };
        reader.text()?.parse().map_err(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::encode;
    use crate::entry::NETWORK_KINDS;

    #[test]
    fn the_order_is_that_of_the_encodings() {
        let encoded: Vec<_> = Class::ALL.iter().map(encode).collect();
        assert!(encoded.is_sorted());
        assert!(Class::ALL.is_sorted());
        for class in Class::ALL {
            assert_eq!(class.as_str().parse(), Ok(*class));
        }
    }

    #[test]
    fn every_kind_has_one_class() {
        for kind in NETWORK_KINDS {
            let class = Class::of(&kind.parse().unwrap());
            let pulse = kind == "author.pulse";
            assert_eq!(class, if pulse { Class::Pulse } else { Class::Net });
        }
        for kind in [
            "net", "pulse", "other", "pulse.x", "findings", "new.kind", "author",
        ] {
            assert_eq!(Class::of(&kind.parse().unwrap()), Class::Other, "{kind}");
        }
        for kind in ["recruitment.agreement", "id.link", "certificate"] {
            let first = kind.split('.').next().unwrap();
            assert_eq!(Class::of(&kind.parse().unwrap()).as_str(), first);
        }
    }
}
