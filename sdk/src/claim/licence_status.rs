//! `licence.status`: how the status of a licence changed.

use super::common::{Kind, Need};
use super::inspect::nothing_to_see;
use super::licence::{Condition, check_observer, check_subject};
use super::value::{Code, Set};
use super::words::LicenceState;
use super::{ClaimContext, Problems, claim_kind};
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::entry::Role;
use crate::id::EntryId;
use crate::time::Date;

/// When a change took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effective {
    /// On this day: an authority speaks. Encoded `{1: on}`.
    On(Date),
    /// After one snapshot and at the latest by the next: somebody watched. Encoded
    /// `{2: after, 3: by}`, or `{3: by}` when no earlier snapshot is known.
    Between {
        /// The last snapshot that showed something else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Date>,
        /// The first snapshot that showed it.
        by: Date,
    },
}

impl Effective {
    /// The first day it may have been in effect; `None` when that is unknown.
    pub fn earliest(self) -> Option<Date> {
        match self {
            Self::On(day) => Some(day),
            Self::Between { after, .. } => after.map(|after| after.plus_days(1)),
        }
    }

    /// The day from which it certainly was.
    pub const fn latest(self) -> Date {
        match self {
            Self::On(day) => day,
            Self::Between { by, .. } => by,
        }
    }

    /// Whether an interval ends after it begins.
    pub(super) fn rises(self) -> bool {
        match self {
            Self::On(_) => true,
            Self::Between { after, by } => after.is_none_or(|after| after < by),
        }
    }

    pub(super) fn check(
        self,
        field: &'static str,
        context: &ClaimContext<'_>,
        problems: &mut Problems,
    ) {
        match self {
            Self::On(_) => problems.rule(
                context.role != Some(Role::Observer),
                field,
                "an observer knows two snapshots, not the day",
            ),
            Self::Between { .. } => {
                problems.rule(
                    context.role != Some(Role::Authority),
                    field,
                    "an authority names the day",
                );
                problems.rule(self.rises(), field, "ends before it begins");
            }
        }
    }
}

crate::int_map! {
    /// The fields of [`Effective`] in bytes.
    struct EffectiveFields {
        1 ? on: Option<Date>,
        2 ? after: Option<Date>,
        3 ? by: Option<Date>,
    }
}

impl Encode for Effective {
    fn encode(&self, writer: &mut Writer) {
        let (on, after, by) = match *self {
            Self::On(day) => (Some(day), None, None),
            Self::Between { after, by } => (None, after, Some(by)),
        };
        EffectiveFields { on, after, by }.encode(writer);
    }
}

impl Decode for Effective {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        match EffectiveFields::decode(reader)? {
            EffectiveFields {
                on: Some(on),
                after: None,
                by: None,
            } => Ok(Self::On(on)),
            EffectiveFields {
                on: None,
                after,
                by: Some(by),
            } => Ok(Self::Between { after, by }),
            _ => Err(CborError::Expected {
                expected: "a day, or the days after and by which",
            }),
        }
    }
}

nothing_to_see!(Effective);

claim_kind! {
    /// A change of a licence's status. A row that is gone is `not_found`, cause unknown.
    pub struct LicenceStatus: "licence.status" {
        /// Code of the register, as in `lic:<authority>:…`.
        16 => authority: Code,
        /// The new status, in our words.
        17 => status: LicenceState,
        /// When it took effect.
        18 => effective: Effective,
        /// The new status, in the register's words.
        19 ? native_status: Option<Code>,
        /// The status before, in our words.
        20 ? previous_status: Option<LicenceState>,
        /// The status before, in the register's words.
        21 ? previous_native_status: Option<Code>,
        /// The route or category of the register it is about.
        22 ? route: Option<Code>,
        /// Why, in the register's code.
        23 ? reason: Option<Code>,
        /// Standards of the register that were not met.
        24 ? standards_failed: Set<Code>,
        /// Points by the register's own scheme.
        25 ? points: Option<u16>,
        /// Conditions put on the licence.
        26 ? conditions: Vec<Condition>,
        /// The snapshot that first showed it.
        27 ? snapshot: Option<EntryId>,
    }
}

impl Kind for LicenceStatus {
    const ROLES: &'static [Role] = &[Role::Authority, Role::Observer];
    const NEEDS: &'static [Need] = &[];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        check_subject(&self.authority, context, problems);
        check_observer(context, problems);
        self.effective.check("effective", context, problems);
        problems.rule(
            self.status != LicenceState::NotFound || self.native_status.is_none(),
            "native_status",
            "a row that is gone shows none",
        );
    }
}
