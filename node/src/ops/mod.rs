//! What an operator does with a node besides running it.

mod error;
mod followed;
pub mod fsck;
mod init;
mod keys;
mod withhold;
mod witness;

pub use self::error::NodeError;
pub(crate) use self::error::hint;
pub use self::followed::{FollowedLog, followed};
pub use self::init::{Init, Initialised, init};
pub use self::keys::{PublicKeys, Vkeys, node_key, read_charter, read_keys};
pub use self::withhold::{Change, withhold};
pub use self::witness::{WitnessChange, WitnessedLog, change_witness, witness};
