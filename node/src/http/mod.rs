//! The gateway: the log over HTTP (specs/gateway.md).
//!
//! A handler parses, asks the log and renders; all else stands around the handlers, once:
//! [`serve`] bounds connections and how slowly they may speak, `gate` bounds what one request may
//! ask for, `envelope` makes every refusal a problem and says what was done without saying about
//! whom. Client addresses are not kept; look-ups of subjects leave no trace in the log.
//!
//! The log stands behind [`LogService`], so that tests can make it slow, full or broken.

mod accept;
mod admin;
mod answer;
mod bundle;
mod changes;
mod connections;
mod content;
mod cors;
mod counted;
mod entries;
mod envelope;
mod feeds;
mod fraud;
mod gate;
mod guarded;
mod home;
mod index;
mod limits;
mod log;
mod log_service;
mod mirror;
mod named;
mod parts;
mod prefer;
mod problem;
mod query;
mod router;
mod server;
mod sliced;
mod stalling;
mod state;
mod status;
mod subjects;
mod teller;
mod witness;

pub use admin::admin_router;
pub use limits::GatewayLimits;
pub use log_service::{LogService, Submitting};
pub use router::router;
pub use server::{serve, serve_counted};
pub use status::status;
