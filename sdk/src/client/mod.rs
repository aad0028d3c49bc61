//! Gateways over HTTP, and a verifier's copy of a log on disk (feature `client`).
//!
//! A gateway is never trusted: [`Gateway`] returns what was checked against something the caller
//! holds, and documents what could not be. Blocking and without a clock; whoever calls knows the
//! time. Out of scope: signing and the keys for it (feature `files`), judging what was read
//! ([`crate::rules`]).

mod accuse;
mod answer;
mod base_url;
mod erasure;
mod error;
mod gateway;
mod http;
mod opened;
mod receipt;
mod rumours;
mod store;
mod sync;
mod transport;

pub use accuse::{duplicate_leaf, inadmissible_leaf};
pub use base_url::{BaseUrl, BaseUrlError};
pub use error::{ClientError, Refusal};
pub use gateway::{Changes, Gateway, Told};
pub use http::Http;
pub use receipt::{Acknowledged, Pinned, Receipt, Standing};
pub use store::{Seen, Store, StoreError};
pub use sync::{Mirror, Missing, Progress, Stage, SyncError, compare, follow_index, sync};
pub use transport::{Opened, Request, Response, Transport, TransportError};
