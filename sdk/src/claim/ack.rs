//! `ack`: somebody saw an entry, on a day.

use super::common::{ANYBODY, Kind, Need};
use super::{ClaimContext, Problems, claim_kind, word_list};
use crate::entry::Role;
use crate::id::EntryId;
use crate::time::Date;

word_list! {
    /// What was done upon it.
    pub enum AckAction {
        /// Dealings were ended.
        Ended "ended",
        Engaged "engaged",
        NoAction "none",
        RemedyRequested "remedy_requested",
        SuspendedOrders "suspended_orders",
        UnderReview "under_review",
    }
}

claim_kind! {
    /// The author saw an entry; the header refers to it as `about` and has its subjects. It says
    /// nothing of whether the author agrees.
    pub struct Ack: "ack" {
        /// The entry seen.
        16 => entry: EntryId,
        /// When.
        17 => seen_on: Date,
        /// What was done upon it.
        18 ? action: Option<AckAction>,
        /// When.
        19 ? action_on: Option<Date>,
    }
}

impl Kind for Ack {
    const ROLES: &'static [Role] = ANYBODY;
    const NEEDS: &'static [Need] = &[];

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.action_on.is_none() || self.action.is_some(),
            "action_on",
            "stands without an action",
        );
        problems.rule(
            self.action_on.is_none_or(|day| self.seen_on <= day),
            "action_on",
            "lies before seen_on",
        );
    }
}
