//! `reply`: what a party says to a statement about it.

use super::common::{ANYBODY, Kind, Need};
use super::inspect::nothing_to_see;
use super::value::{Code, Set};
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;

crate::code_enum! {
    /// What a reply does.
    pub enum Stance: "stance" {
        /// Says it is not so.
        Disputes = 0 "disputes",
        /// Says how it came about.
        Explains = 1 "explains",
        /// Says it is so.
        Accepts = 2 "accepts",
        /// Says what is right instead.
        Corrects = 3 "corrects",
    }
}

nothing_to_see!(Stance);

claim_kind! {
    /// An answer; the header refers to what is answered. What is said stands in a text part.
    pub struct Reply: "reply" {
        /// What the reply does.
        16 => stance: Stance,
        /// What is asked for, in the network's codes.
        17 ? requests: Set<Code>,
    }
}

impl Kind for Reply {
    const ROLES: &'static [Role] = ANYBODY;
    const NEEDS: &'static [Need] = &[];

    fn check(&self, _: &ClaimContext<'_>, _: &mut Problems) {}
}
