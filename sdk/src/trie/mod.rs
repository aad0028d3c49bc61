//! The authenticated map of the index: a path-compressed, history-independent trie (specs/trie.md).
//!
//! Keys and values are 32 bytes and mean nothing here; what is put in is the index's business. The
//! root depends on the set of keys and values alone, not on how it came about. One proof format
//! shows presence, absence and several keys at once, and [`verify`] opens as much of the trie as
//! a proof shows, so that changes can be replayed on it without the rest.
//!
//! - [`TrieKey`], [`TrieValue`], [`TrieRoot`], [`Label`]: values that cannot be mistaken for another.
//! - [`Trie`]: all keys in memory, with a tip that runs ahead of what has settled; a [`View`] reads.
//! - [`TrieProof`]: bytes on the wire; [`verify`] and [`PartialTrie`]: what follows from them.
//!
//! A proof answers for its keys only. It does not show that the rest of the trie is well formed:
//! that follows by induction for whoever checked every update from the empty trie on.
//!
//! ```
//! use fairtrail::trie::{Trie, TrieError, TrieKey, TrieValue, verify};
//!
//! let (key, value) = (TrieKey::new([0x80; 32]), TrieValue::new([3; 32]));
//! let mut trie = Trie::new();
//! trie.apply(&[(key, value)])?;
//! let root = trie.tip().root();
//!
//! let absent = TrieKey::new([0; 32]);
//! let proof = trie.tip().prove(&[absent, key])?;
//! verify(root, &[(absent, None), (key, Some(value))], &proof)?;
//!
//! let denied = verify(root, &[(absent, None), (key, None)], &proof);
//! assert_eq!(denied.unwrap_err(), TrieError::ClaimMismatch { key });
//! # Ok::<(), TrieError>(())
//! ```

mod change;
mod compare;
mod diff;
mod error;
mod hash;
mod label;
mod partial;
mod pool;
mod proof;
mod prove;
mod tree;
mod value;
mod verify;
mod view;

pub use compare::Differing;
pub use diff::diff;
pub use error::TrieError;
pub use label::{KEY_BITS, Label};
pub use partial::PartialTrie;
pub(crate) use pool::Pool;
pub use proof::{Item, TrieProof};
pub use tree::Trie;
pub use value::{TrieKey, TrieRoot, TrieValue};
pub use verify::{Claim, verify};
pub use view::{Iter, Node, NodeContent, View};
