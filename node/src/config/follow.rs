//! `[[follow]]`: which logs of other nodes are followed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use fairtrail::client::BaseUrl;
use fairtrail::index::EDITION;
use fairtrail::log::Origin;
use fairtrail::note::{KeyType, NoteVerifier};
use serde::{Deserialize, Serialize};

use super::{ConfigError, PeerAddress};
use crate::core::follow::{Followed, Reads};
use crate::core::repair::Repairer;

/// Logs that one node follows. Each costs 32 bytes of traffic per leaf; for more there are others
/// to follow.
const MAX_LOGS: usize = 64;
/// Addresses of one log.
const MAX_URLS: usize = 16;
/// Seconds from one look to the next: a day.
const MAX_SECONDS: u64 = 86_400;

/// `[[follow]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// Identity of the log, `host/name/e1`.
    pub origin: String,
    /// The key of the log, as its `vkey` prints it.
    pub key: String,
    /// The key of its index log: the index is checked here and cosigned for whoever asks, and sets
    /// that differ are repaired.
    #[serde(default)]
    pub index_key: Option<String>,
    /// Where the log is served.
    #[serde(default)]
    pub url: Option<String>,
    /// Where else it is served; nothing any of them says is trusted.
    #[serde(default)]
    pub mirrors: Vec<String>,
    /// The node that keeps it, over libp2p.
    #[serde(default)]
    pub peer: Option<String>,
    /// Whether this node is a mirror of the log, so that its operator gets back what is lost.
    #[serde(default)]
    pub keep_tiles: bool,
    /// Seconds for which the sets of the two logs may differ before what lacks here is looked for
    /// entry by entry; 0 for never. Needs the key of the index.
    #[serde(default = "ten_minutes")]
    pub repair_seconds: u64,
    /// Seconds from one look to the next.
    #[serde(default = "one")]
    pub interval_seconds: u64,
}

const fn one() -> u64 {
    1
}

const fn ten_minutes() -> u64 {
    600
}

/// A log that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowSettings {
    /// The log and its key.
    pub followed: Followed,
    /// The key of its index log, if sets are to be repaired and the index vouched for.
    pub index: Option<NoteVerifier>,
    /// The node that is asked first, over libp2p.
    pub peer: Option<PeerAddress>,
    /// Where it is asked, the first one first.
    pub urls: Vec<BaseUrl>,
    /// Whether its hash tiles are kept and served: 32 bytes a leaf.
    pub keep_tiles: bool,
    /// Seconds for which the sets may differ; 0 for ever.
    pub repair_seconds: u64,
    /// Time from one look to the next.
    pub interval: Duration,
}

impl FollowSettings {
    /// What repairs from this log, if anything is to.
    pub fn repairer(&self) -> Option<Repairer> {
        let index = self.index.clone().filter(|_| self.repair_seconds > 0);
        index.map(|index| Repairer::new(index, self.repair_seconds))
    }
}

/// Checks all sections.
pub(super) fn check(
    path: &Path,
    own: &Origin,
    sections: &[Follow],
) -> Result<Vec<FollowSettings>, ConfigError> {
    let refused = |number: usize, what: &'static str| ConfigError::Follow {
        path: path.to_path_buf(),
        number,
        what,
    };
    if sections.len() > MAX_LOGS {
        return Err(refused(MAX_LOGS.saturating_add(1), "one of too many"));
    }
    let (mut origins, mut checked) = (BTreeSet::new(), Vec::new());
    for (number, section) in (1..).zip(sections) {
        let settings = settings(section).map_err(|what| refused(number, what))?;
        let origin = settings.followed.origin.as_str();
        if origin == own.as_str() {
            return Err(refused(number, "this node's own log"));
        }
        if !origins.insert(section.origin.clone()) {
            return Err(refused(number, "followed twice"));
        }
        checked.push(settings);
    }
    Ok(checked)
}

fn settings(section: &Follow) -> Result<FollowSettings, &'static str> {
    let origin: Origin = section.origin.parse().map_err(|_| "not an origin")?;
    if origin.is_index() {
        return Err("an index; name the log");
    }
    let key: NoteVerifier = section.key.parse().map_err(|_| "not a vkey")?;
    if key.key_type() != KeyType::Ed25519 || key.name().as_str() != origin.as_str() {
        return Err("a key of something other than this log");
    }
    if section.mirrors.len() >= MAX_URLS {
        return Err("with too many mirrors");
    }
    let peer = section.peer.as_deref().map(str::parse).transpose();
    let peer: Option<PeerAddress> =
        peer.map_err(|_| "with a peer that is no multiaddr of a node")?;
    if section.url.is_none() && peer.is_none() {
        return Err("without a url or a peer");
    }
    let urls = section.url.iter().chain(&section.mirrors);
    let urls: Vec<BaseUrl> = urls
        .map(|url| {
            url.parse()
                .map_err(|_| "without a plain http or https address")
        })
        .collect::<Result<_, _>>()?;
    let index = section
        .index_key
        .as_deref()
        .map(|key| index_key(&origin, key));
    let index = index.transpose()?;
    if section.repair_seconds > MAX_SECONDS {
        return Err("with more than 86400 seconds until it is repaired");
    }
    if !(1..=MAX_SECONDS).contains(&section.interval_seconds) {
        return Err("with an interval outside of 1 to 86400 seconds");
    }
    Ok(FollowSettings {
        followed: Followed {
            origin,
            key,
            reads: reads(peer.as_ref()),
        },
        index,
        peer,
        urls,
        keep_tiles: section.keep_tiles,
        repair_seconds: section.repair_seconds,
        interval: Duration::from_secs(section.interval_seconds),
    })
}

/// The key of the index of a log.
fn index_key(log: &Origin, vkey: &str) -> Result<NoteVerifier, &'static str> {
    let key: NoteVerifier = vkey
        .parse()
        .map_err(|_| "with an index key that is no vkey")?;
    let index = log.index(EDITION);
    let fits = index.is_some_and(|index| index.as_str() == key.name().as_str());
    if !fits || key.key_type() != KeyType::Ed25519 {
        return Err("with a key of something other than its index");
    }
    Ok(key)
}

/// A gateway knows nobody, so there is nothing else to be had from it. A node knows who asks, and
/// hands over what that one may have.
const fn reads(peer: Option<&PeerAddress>) -> Reads {
    match peer {
        Some(_) => Reads::Network,
        None => Reads::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::note::NoteSigner;

    fn section(origin: &str) -> Follow {
        let name = "hill.example/watch/e1".parse().unwrap();
        let key = NoteSigner::new(name, SecretKey::from_seed([1; 32]));
        Follow {
            origin: origin.into(),
            key: key.verifier().to_string(),
            index_key: None,
            url: Some("https://hill.example".into()),
            peer: None,
            mirrors: vec!["http://127.0.0.1:1".into()],
            keep_tiles: false,
            repair_seconds: 600,
            interval_seconds: 5,
        }
    }

    fn checked(sections: &[Follow]) -> Result<Vec<FollowSettings>, ConfigError> {
        let own = "log.example/one/e1".parse().unwrap();
        check(Path::new("node.toml"), &own, sections)
    }

    #[test]
    fn a_log_is_followed_under_its_own_key_only() {
        let good = section("hill.example/watch/e1");
        let read = checked(std::slice::from_ref(&good)).unwrap();
        assert_eq!(read[0].urls.len(), 2);
        assert_eq!(read[0].interval, Duration::from_secs(5));
        let with = |change: fn(&mut Follow)| {
            let mut section = good.clone();
            change(&mut section);
            section
        };
        for bad in [
            section("lake.example/watch/e1"),
            section("hill.example/watch/e1/index/1"),
            section("log.example/one/e1"),
            with(|section| section.key = "hill.example/watch/e1+00000000+AAAA".into()),
            with(|section| section.url = Some("hill.example".into())),
            with(|section| section.url = None),
            with(|section| section.peer = Some("/ip4/127.0.0.1/tcp/1".into())),
            with(|section| section.mirrors = vec!["https://a.example".into(); MAX_URLS]),
            with(|section| section.interval_seconds = 0),
            with(|section| section.interval_seconds = 86_401),
            with(|section| section.repair_seconds = 86_401),
        ] {
            let refused = checked(&[good.clone(), bad.clone()]).unwrap_err();
            assert!(
                refused.to_string().contains("follow 2"),
                "{bad:?}: {refused}"
            );
        }
        assert!(checked(&[good.clone(), good]).is_err());
    }
}
