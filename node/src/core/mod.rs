//! Sans-io state machines: `handle(input, now) -> outputs`; no clock, no disk, no network.

pub mod asking;
pub mod follow;
pub mod gossip;
pub mod head;
pub mod index;
pub mod publish;
pub mod repair;
pub mod sequence;
pub mod vouching;
pub mod witness;
