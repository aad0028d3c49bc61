//! The identity of a log or an index.

use std::fmt;
use std::str::FromStr;

use super::LogError;
use super::numbers::decimal;
use crate::limits::ORIGIN_BYTES;
use crate::note::KeyName;
use sha2::{Digest, Sha256};

const INDEX: &str = "/index/";
const PROMISE: &str = "/promise";

/// The identity of a log, `host/name/eN`, or of one of its indexes, `host/name/eN/index/V`.
///
/// `host` is a lower-case host name with an optional port, `name` is lower case too, N is the epoch
/// from 1 and V the edition of the index from 1. The log part has at most 128 bytes. An origin
/// is a name, not an address; the log signs under it as key name.
///
/// ```
/// use fairtrail::log::Origin;
/// let origin: Origin = "ledger.example/coast/e1".parse()?;
/// assert_eq!(origin.index(1).unwrap().to_string(), "ledger.example/coast/e1/index/1");
/// assert!("https://ledger.example/coast/e1".parse::<Origin>().is_err());
/// # Ok::<(), fairtrail::log::LogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is this the origin of an index?
    pub fn is_index(&self) -> bool {
        self.0.contains(INDEX)
    }

    /// The log this origin belongs to: itself, unless it is an index.
    #[must_use]
    pub fn log(&self) -> Self {
        let log = self
            .0
            .split_once(INDEX)
            .map_or(self.as_str(), |(log, _)| log);
        Self(log.to_owned())
    }

    /// The origin of this log's index in an edition; `None` when this is an index already or the
    /// edition is 0.
    pub fn index(&self, edition: u8) -> Option<Self> {
        (!self.is_index() && edition > 0).then(|| Self(format!("{}{INDEX}{edition}", self.0)))
    }

    /// SHA-256 of the text, by which witnesses name a log in addresses.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    /// `host/name/`: how the key names of everything run by the log's operator begin.
    pub fn operator_prefix(&self) -> &str {
        let slash = self.0.match_indices('/').nth(1);
        let end = slash.map_or(self.0.len(), |(at, slash)| at.saturating_add(slash.len()));
        self.0.get(..end).unwrap_or(&self.0)
    }

    /// Name of the key that signs the checkpoints: the origin itself.
    ///
    /// # Errors
    /// None in fact: every origin is a key name.
    pub fn key_name(&self) -> Result<KeyName, LogError> {
        Ok(self.0.parse()?)
    }

    /// Name of the key that signs the promises: `<origin>/promise`.
    ///
    /// # Errors
    /// None in fact: every origin is a key name.
    pub fn promise_key_name(&self) -> Result<KeyName, LogError> {
        Ok(format!("{}{PROMISE}", self.0).parse()?)
    }
}

impl FromStr for Origin {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let (log, edition) = match text.split_once(INDEX) {
            Some((log, edition)) => (log, decimal(edition)),
            None => (text, Some(1)),
        };
        let known_edition = edition.is_some_and(|edition| (1..=255).contains(&edition));
        if log.len() <= ORIGIN_BYTES && known_edition && is_log(log) {
            return Ok(Self(text.to_owned()));
        }
        Err(LogError::OriginMalformed)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_log(text: &str) -> bool {
    let mut segments = text.split('/');
    let (host, name, epoch) = (segments.next(), segments.next(), segments.next());
    let epoch = epoch
        .and_then(|epoch| epoch.strip_prefix('e'))
        .and_then(decimal);
    host.is_some_and(is_host)
        && name.is_some_and(|name| is_dotted(name, b"-_"))
        && epoch.is_some_and(|epoch| (1..=u64::from(u32::MAX)).contains(&epoch))
        && segments.next().is_none()
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, decimal(port)),
        None => (text, Some(1)),
    };
    is_dotted(host, b"-") && port.is_some_and(|port| (1..=65_535).contains(&port))
}

/// Labels of lower-case letters, digits and, inside, the `inner` bytes, joined by single dots.
fn is_dotted(text: &str, inner: &[u8]) -> bool {
    text.split('.').all(|label| {
        let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = label.as_bytes();
        bytes.first().is_some_and(plain)
            && bytes.last().is_some_and(plain)
            && bytes.iter().all(|byte| plain(byte) || inner.contains(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_of_the_grammar_are_read() {
        for good in [
            "a/b/e1",
            "ledger.example/coast/e12",
            "localhost:8080/x_y-z.1/e1",
            "a/b/e1/index/1",
        ] {
            assert_eq!(good.parse::<Origin>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "a/b",
            "a/b/",
            "a/b/e0",
            "a/b/e01",
            "a/b/E1",
            "a/b/e1/",
            "/a/b/e1",
            "a//e1",
            "A/b/e1",
            "a/B/e1",
            "a b/c/e1",
            "a/b+c/e1",
            "a/b/e1 ",
            "https://a/b/e1",
            "a:0/b/e1",
            "a:65536/b/e1",
            "a:08/b/e1",
            ".a/b/e1",
            "a./b/e1",
            "a..b/c/e1",
            "-a/b/e1",
            "a/../e1",
            "a/b/e4294967296",
            "a/b/e1/index/0",
            "a/b/e1/index/01",
            "a/b/e1/index/256",
            "a/b/e1/index/1/",
            "a/b/e1/index/",
            "a/b/e1/index/1/index/1",
            "a/b/e1/promise",
            "ä/b/e1",
        ] {
            assert_eq!(
                bad.parse::<Origin>(),
                Err(LogError::OriginMalformed),
                "{bad}"
            );
        }
    }

    #[test]
    fn the_limit_is_128_bytes_for_the_log() {
        let long = |bytes: usize| format!("a/{}/e1", "b".repeat(bytes - 5));
        let origin: Origin = long(128).parse().unwrap();
        assert!(long(129).parse::<Origin>().is_err());
        let index = origin.index(1).unwrap();
        assert_eq!(index.to_string().parse::<Origin>(), Ok(index.clone()));
        assert_eq!(
            (index.log(), index.index(1), origin.index(0)),
            (origin, None, None)
        );
    }

    #[test]
    fn key_names_follow_from_the_origin() {
        let origin: Origin = "ledger.example/coast/e1".parse().unwrap();
        assert_eq!(
            origin.promise_key_name().unwrap().as_str(),
            "ledger.example/coast/e1/promise"
        );
        assert_eq!(origin.operator_prefix(), "ledger.example/coast/");
        assert_eq!(
            origin.index(1).unwrap().operator_prefix(),
            "ledger.example/coast/"
        );
    }
}
