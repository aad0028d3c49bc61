//! Gossip in a running node (specs/gossip.md): what is heard is judged by [`crate::core::gossip`], kept
//! beside the log, served, acted on, and told on.
//!
//! An [`Ear`] is what carriers speak into, whatever they are: they bring messages and the files
//! that were asked for, and are told what becomes of each. A [`Hub`] is what everybody shares of it.

mod asking;
mod ear;
mod forks;
mod hearing;
mod hub;
mod telling;

pub(crate) use self::asking::ask_around;
pub use self::ear::{Ear, Judged};
pub use self::forks::watch;
pub use self::hearing::{Announcements, PeerEar, fetch};
pub use self::hub::Hub;
pub use self::telling::tell;
