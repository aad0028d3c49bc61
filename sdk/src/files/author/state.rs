//! What an author's directory remembers.

use crate::id::{AuthorId, EntryId, GrantId, KeyId, NetworkId, NextKeyDigest};
use serde::{Deserialize, Serialize};

/// The file's format.
pub(super) const VERSION: u32 = 1;

crate::code_enum! {
    /// How an author stands in its network.
    pub enum Standing: "standing" {
        /// A root of the charter: its grants and amendments are acts of several.
        Root = 0 "root",
        /// A reply desk of the charter.
        ReplyDesk = 1 "reply-desk",
        /// Admitted by a grant.
        Granted = 2 "granted",
    }
}

/// The public facts of an author's directory; the keys are in files of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorState {
    /// The file's format, 1.
    pub version: u32,
    /// The key that signs the next entry.
    pub key: KeyId,
    /// The commitment to the key that may sign the next rotation.
    pub next: NextKeyDigest,
    /// The network the author belongs to, once it is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<Membership>,
}

/// The author in its network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The network.
    pub network: NetworkId,
    /// The author, the id of its first entry.
    pub author: AuthorId,
    /// The time its first entry states, unix seconds.
    pub begin_at: u64,
    /// How it stands.
    pub standing: Standing,
    /// The grant it acts under when no other is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// The last entry signed: nothing at or below this position is ever signed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<FeedHead>,
    /// The last entry a gateway acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<FeedHead>,
    /// Whether a rotation is about to take the place of what is signed but not acknowledged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub abandoning: bool,
    /// The rotation that set the keys; absent when the first entry did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<EntryId>,
    /// Gateways that entries were offered to, at most [`Self::MAX_GATEWAYS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateways: Vec<String>,
}

impl Membership {
    /// Gateways that are remembered.
    pub const MAX_GATEWAYS: usize = 16;
    /// Bytes of an address that is remembered.
    const MAX_ADDRESS: usize = 256;

    /// Remembers one more gateway; whether it is new and there was room.
    pub(super) fn remember_gateway(&mut self, url: &str) -> bool {
        let fits = url.len() <= Self::MAX_ADDRESS && self.gateways.len() < Self::MAX_GATEWAYS;
        let new = fits && !self.gateways.iter().any(|known| known == url);
        if new {
            self.gateways.push(url.to_owned());
        }
        new
    }
}

/// A place in a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedHead {
    /// The sequence number.
    pub seq: u64,
    /// The entry.
    pub id: EntryId,
}

impl FeedHead {
    /// The sequence number after `head`, 0 after none.
    pub(super) fn seq_after(head: Option<Self>) -> u64 {
        head.map_or(0, |head| head.seq.saturating_add(1))
    }
}
