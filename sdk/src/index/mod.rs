//! The index of a log: for every subject, which entries name it, provably all of them
//! (specs/index.md).
//!
//! Two tries hang on every [`IndexHead`]: the *subjects* trie says how long each list of a subject
//! is and where its chain of [`Posting`]s stands, the *feeds* trie what each feed amounts to. Both
//! are functions of the log's leaves and their log times, the feeds trie of their set alone.
//!
//! - Asking: [`Answer`] proves class maps and feed values at a head, [`PostingList`] one class whole.
//! - Checking: [`Checked`] follows the heads of an index by [`UpdateProof`]s and refuses the first
//!   that does not follow from the leaves.
//! - Comparing: an [`Opening`] shows another node how its feeds trie goes on below some keys.
//! - Building: [`Index`] takes leaves in log order and gives heads, answers and update proofs.
//!
//! A proof shows one key's answer; that the whole trie is well formed is known only to whoever
//! checked every update from the first on.

mod answer;
mod bad_update;
mod beside;
mod builder;
mod checked;
mod class;
mod class_map;
mod error;
mod evidence;
mod feeds;
mod head;
mod kept;
mod keys;
mod list;
mod map_fn;
mod opening;
mod packed;
mod posting;
mod rebuild;
mod replay;
#[cfg(test)]
pub(crate) mod tests;
mod touched;
mod update;
mod wire;

pub use answer::{Answer, Proved};
pub use bad_update::{BadUpdate, BadUpdateProof, SignedHead};
pub use builder::{EntrySource, Index};
pub use checked::Checked;
pub use class::{Class, UnknownClass};
pub use class_map::{ClassMap, Tally};
pub use error::IndexError;
pub use feeds::{FeedFact, FeedFacts};
pub use head::{EDITION, IndexHead};
pub use kept::ForkedFeeds;
pub use keys::{feed_key, feed_value, feed_value_of, subject_key, subject_value};
pub use list::PostingList;
pub use map_fn::{names, posted_under};
pub use opening::{FeedThere, FoundFeed, Opened, Opening};
pub use posting::{ChainHead, Posting};
pub use rebuild::Rebuild;
pub use replay::Replay;
pub use touched::head_covers;
pub use update::{Inclusion, UpdateProof};
pub use wire::{Embedded, Nullable};
