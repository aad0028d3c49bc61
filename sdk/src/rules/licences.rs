//! Licences as status intervals with uncertain ends.
//!
//! A register that is watched shows a status at moments; between two moments the change lies
//! somewhere. An authority names days. What lies before the first word, in the gap of a change or
//! long after the last word is unknown, and a row that is gone is not found, cause unknown: never
//! revoked.

use super::Case;
use super::timeline::timelines_for;
use crate::claim::LicenceState;
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::{Date, Month};
use serde::Serialize;
use std::collections::BTreeSet;

/// What is known of one licence, from one sort of source, for one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// Whether the register speaks for itself; otherwise somebody watched it.
    pub authority: bool,
    /// The route or category, where the register has them.
    pub route: Option<String>,
    /// Several rows carry this name and are not told apart: nothing is known for certain.
    pub unresolved: bool,
    pub(super) points: Vec<Point>,
}

/// From `by` on the status is certain, until the next point's uncertainty or `seen_until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    /// The day after which it may have begun; `None` when that is unknown.
    pub(super) after: Option<Date>,
    pub(super) by: Date,
    pub(super) status: LicenceState,
    pub(super) seen_until: Date,
    pub(super) entries: BTreeSet<EntryId>,
}

/// What is known of a licence at a date or through a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "known", rename_all = "kebab-case")]
pub enum Moment {
    /// A status under which recruiting is allowed.
    InForce {
        /// The status.
        status: LicenceState,
        /// The entries that say so.
        entries: BTreeSet<EntryId>,
    },
    /// Suspended, revoked, expired, surrendered or barred.
    Lapsed {
        /// The status.
        status: LicenceState,
        /// The entries that say so.
        entries: BTreeSet<EntryId>,
    },
    /// Another status, e.g. applied for or refused.
    NotInForce {
        /// The status.
        status: LicenceState,
        /// The entries that say so.
        entries: BTreeSet<EntryId>,
    },
    /// Not known.
    Unknown {
        /// Why, in plain words.
        why: String,
        /// The entries nearest to an answer.
        entries: BTreeSet<EntryId>,
    },
}

impl Moment {
    /// The entries it rests on.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> {
        let (Self::InForce { entries, .. }
        | Self::Lapsed { entries, .. }
        | Self::NotInForce { entries, .. }
        | Self::Unknown { entries, .. }) = self;
        entries.iter().copied()
    }

    pub(super) fn of(status: &LicenceState, entries: BTreeSet<EntryId>) -> Self {
        use LicenceState as S;
        let status = status.clone();
        match status {
            S::Active | S::ActiveWithConditions | S::Provisional | S::UnderAppeal => {
                Self::InForce { status, entries }
            }
            S::Suspended
            | S::Revoked
            | S::RevokedImmediate
            | S::Expired
            | S::Surrendered
            | S::Barred => Self::Lapsed { status, entries },
            S::NotFound => Self::Unknown {
                why: "the register no longer shows it, cause unknown".into(),
                entries,
            },
            _ => Self::NotInForce { status, entries },
        }
    }

    /// Worse first, for the same date seen by several sources: what is adverse stands.
    const fn rank(&self) -> u8 {
        match self {
            Self::Lapsed { .. } => 0,
            Self::InForce { .. } => 1,
            Self::NotInForce { .. } => 2,
            Self::Unknown { .. } => 3,
        }
    }
}

/// A licence as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceView {
    /// The licence.
    pub subject: SubjectId,
    /// `authority` or `observer`.
    pub source: &'static str,
    /// The route, where the register has them.
    pub route: Option<String>,
    /// Whether several rows carry this name.
    pub unresolved: bool,
    /// The intervals.
    pub segments: Vec<LicenceSegment>,
    /// What is known on the date asked about.
    pub as_of: Moment,
}

/// One interval of a licence's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceSegment {
    /// The status.
    pub status: LicenceState,
    /// It began after this date; `None` when that is unknown.
    pub began_after: Option<Date>,
    /// It was there from this date on.
    pub certain_from: Date,
    /// The last date it was seen.
    pub seen_until: Date,
    /// It ended after `seen_until` and by this date, when an end is known.
    pub ended_by: Option<Date>,
}

impl Timeline {
    /// What is known on a date.
    pub fn on(&self, date: Date) -> Moment {
        let at = self.points.partition_point(|point| point.by <= date);
        let (before, next) = (
            at.checked_sub(1).and_then(|at| self.points.get(at)),
            self.points.get(at),
        );
        let entries = |points: [Option<&Point>; 2]| {
            points
                .into_iter()
                .flatten()
                .flat_map(|point| point.entries.clone())
                .collect()
        };
        let unknown = |why: &str| Moment::Unknown {
            why: why.into(),
            entries: entries([before, next]),
        };
        let Some(point) = before else {
            return match next.map(|next| next.after) {
                Some(Some(after)) if date > after => {
                    unknown("it may or may not have begun by then")
                }
                _ => unknown("nothing is known of a time so early"),
            };
        };
        if self.unresolved {
            return unknown("several rows of the register carry this name and are not told apart");
        }
        match next {
            // The change lies somewhere in the gap.
            Some(next)
                if next.after.is_none_or(|after| date > after) && date > point.seen_until =>
            {
                unknown("the status changed around then, the day is not known")
            }
            None if date > point.seen_until => unknown("nothing was heard so late"),
            _ => Moment::of(&point.status, point.entries.clone()),
        }
    }

    fn segments(&self) -> Vec<LicenceSegment> {
        let ends = self
            .points
            .iter()
            .skip(1)
            .map(|next| Some(next.by))
            .chain([None]);
        let segment = |(point, ended_by): (&Point, Option<Date>)| LicenceSegment {
            status: point.status.clone(),
            began_after: point.after,
            certain_from: point.by,
            seen_until: point.seen_until,
            ended_by,
        };
        self.points.iter().zip(ends).map(segment).collect()
    }
}

/// What is known of a licence through a month, from all sources: adverse on any day is adverse,
/// in force must be known on every day.
pub(super) fn standing_in_month(timelines: &[Timeline], month: Month) -> Moment {
    let last = month.last();
    let days = std::iter::successors(Some(month.first()), |day| Some(day.plus_days(1)));
    let moments = days
        .take_while(|day| *day <= last)
        .map(|day| on(timelines, day));
    let worst = |moment: &Moment| match moment {
        Moment::Lapsed { .. } => 0,
        Moment::Unknown { .. } => 1,
        Moment::NotInForce { .. } => 2,
        Moment::InForce { .. } => 3,
    };
    let nothing = || Moment::Unknown {
        why: "no register statement".into(),
        entries: BTreeSet::new(),
    };
    moments.min_by_key(worst).unwrap_or_else(nothing)
}

/// One date over all sources and routes: what is adverse stands; one route in force is enough.
fn on(timelines: &[Timeline], date: Date) -> Moment {
    let nothing = || Moment::Unknown {
        why: "no register statement".into(),
        entries: BTreeSet::new(),
    };
    timelines
        .iter()
        .map(|timeline| timeline.on(date))
        .min_by_key(Moment::rank)
        .unwrap_or_else(nothing)
}

/// The views of every licence among the subjects and the related ids.
pub(super) fn views(case: &Case<'_>) -> Vec<LicenceView> {
    let ids = case.history.subjects().iter().chain(case.history.related());
    let licences = ids.filter(|id| matches!(id.scheme(), "lic" | "row"));
    let view = |(subject, timeline): (&SubjectId, Timeline)| LicenceView {
        subject: subject.clone(),
        source: if timeline.authority {
            "authority"
        } else {
            "observer"
        },
        segments: timeline.segments(),
        as_of: timeline.on(case.as_of),
        route: timeline.route,
        unresolved: timeline.unresolved,
    };
    licences
        .flat_map(|id| {
            timelines_for(case, id)
                .into_iter()
                .map(move |timeline| (id, timeline))
        })
        .map(view)
        .collect()
}
