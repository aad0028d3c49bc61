//! Key files and author directories, written so that a crash or a restored backup cannot fork a
//! feed (feature `files`).
//!
//! Everything here touches the disk and draws randomness; nothing reads a clock or the network.
//! A home directory holds `authors/<name>/` and `charters/<network>.charter`. Out of scope: what a
//! statement says ([`crate::claim`]) and who takes it ([`crate::api`]).

mod author;
mod durable;
mod error;
mod home;
mod key_file;
mod private_acks;

pub use author::{
    AuthorDir, AuthorError, AuthorState, FeedHead, FeedRead, Membership, Pending, Resumed,
    Rotation, Seen, Signing, Standing, private_counts,
};
pub use durable::{create_dir, create_new, read_bounded, replace};
#[cfg(feature = "client")]
pub(crate) use durable::{lock_dir, rename};
#[cfg(feature = "client")]
pub(crate) use error::At;
pub use error::FileError;
pub use home::{AuthorName, Home, HomeError, NameError};
pub use key_file::{new_key, read_key, salt, write_key};
pub use private_acks::{PrivateAcks, PrivateAcksError};
