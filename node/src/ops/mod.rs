//! What an operator does with a node besides running it.

pub mod backup;
mod error;
mod export;
mod followed;
pub mod fsck;
mod gossip;
mod init;
mod keys;
mod recover;
mod status;
mod vouch;
mod withhold;
mod witness;

pub use self::error::NodeError;
pub(crate) use self::error::hint;
pub use self::export::{Exported, export};
pub use self::followed::{FollowedLog, followed, forget};
pub use self::gossip::gossip;
pub use self::init::{Init, Initialised, init};
pub use self::keys::{PublicKeys, Vkeys, node_key, read_charter, read_keys};
pub(crate) use self::keys::{index_info, keys_to_run};
pub use self::recover::{RecoverError, Recovered, ShownSize, recover};
pub use self::status::{Running, Status, status};
pub use self::vouch::index_witness;
pub use self::withhold::{Change, withhold};
pub use self::witness::{WitnessChange, WitnessedLog, change_witness, renew_witness, witness};
