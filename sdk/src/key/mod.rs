//! Keys: which public keys may sign, secret keys that do not leak, and the text of a key file.
//!
//! Out of scope: where key files live and who may read them (`crate::files`). Spec: specs/feed.md.

mod public;
mod secret;

pub(crate) use public::next_digest;
pub use public::{KeyError, PublicKey};
pub use secret::{KeyFileError, KeyPurpose, SecretKey};
