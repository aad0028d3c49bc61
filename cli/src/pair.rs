//! The public pair of an author as one word: `key:…/next:…`.

use fairtrail::entry::Pair;
use fairtrail::files::AuthorName;
use std::fmt;
use std::str::FromStr;

/// The word a charter author hands to whoever writes the charter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairText(pub Pair);

impl fmt::Display for PairText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.key, self.0.next)
    }
}

/// The text is no public pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `key:…/next:…`, as `fairtrail author show NAME` prints it")]
pub struct PairTextError;

impl FromStr for PairText {
    type Err = PairTextError;

    fn from_str(text: &str) -> Result<Self, PairTextError> {
        let (key, next) = text.split_once('/').ok_or(PairTextError)?;
        let key = key.parse().map_err(|_| PairTextError)?;
        let next = next.parse().map_err(|_| PairTextError)?;
        Ok(Self(Pair { key, next }))
    }
}

impl serde::Serialize for PairText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A charter author, named by a local author or by its public pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairSource {
    /// A local author.
    Local(AuthorName),
    /// Somebody else.
    Public(PairText),
}

impl FromStr for PairSource {
    type Err = PairTextError;

    fn from_str(text: &str) -> Result<Self, PairTextError> {
        match text.parse() {
            Ok(name) => Ok(Self::Local(name)),
            Err(_) => text.parse().map(Self::Public),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::id::{KeyId, NextKeyDigest};

    #[test]
    fn pairs_round_trip_and_names_are_told_apart() {
        let pair = PairText(Pair {
            key: KeyId::new([1; 32]),
            next: NextKeyDigest::new([2; 32]),
        });
        assert_eq!(pair.to_string().parse(), Ok(pair));
        assert_eq!(pair.to_string().parse(), Ok(PairSource::Public(pair)));
        let name = "root-1".parse().unwrap();
        assert_eq!("root-1".parse(), Ok(PairSource::Local(name)));
        assert!("key:x/next:y".parse::<PairSource>().is_err());
    }
}
