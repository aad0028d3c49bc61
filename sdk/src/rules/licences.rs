//! Licences as status intervals with uncertain ends.
//!
//! A register that is watched shows a status at moments; between two moments the change lies
//! somewhere. An authority names days. What lies before the first word, in the gap of a change or
//! after the last word is unknown, and a row that is gone is not found, cause unknown: never
//! revoked.

use super::index::timelines;
use super::{Case, messages};
use crate::claim::LicenceState;
use crate::id::{AuthorId, EntryId};
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::{Date, Month};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one licence, from one source, for one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// Whether the register speaks for itself; otherwise somebody watched it.
    pub authority: bool,
    /// Who says so.
    pub stated_by: Option<AuthorId>,
    /// The route or category, where the register has them; else it is about the whole licence.
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
    /// Good news of an author whose feed is forked or whose key was stolen.
    pub(super) doubtful: bool,
    pub(super) seen_until: Date,
    pub(super) entries: BTreeSet<EntryId>,
}

/// What is known of a licence at a date or through a month.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "known", rename_all = "kebab-case")]
pub enum Moment {
    /// A status under which recruiting is allowed: active, with conditions or not, provisional.
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
    /// Another status without force, e.g. applied for, refused or cancelled.
    NotInForce {
        /// The status.
        status: LicenceState,
        /// The entries that say so.
        entries: BTreeSet<EntryId>,
    },
    /// Not known.
    Unknown {
        /// Why, in plain words.
        why: Sentence,
        /// The entries nearest to an answer.
        entries: BTreeSet<EntryId>,
    },
}

/// What a moment amounts to, worst first; on one day, and over all days of a month, the worst stands.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// Suspended, revoked, expired, surrendered or barred.
    Lapsed,
    /// Another status without force.
    NotInForce,
    /// Not known.
    Unknown,
    /// Recruiting is allowed.
    InForce,
}

impl Force {
    /// In plain words.
    pub const fn sentence(self) -> Sentence {
        Sentence::new(match self {
            Self::Lapsed => "force-out-of-force",
            Self::NotInForce => "force-not-in-force",
            Self::Unknown => "force-unknown",
            Self::InForce => "force-in-force",
        })
    }
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

    /// What a status means, as said in `entries`.
    pub fn of(status: &LicenceState, entries: BTreeSet<EntryId>) -> Self {
        use LicenceState as S;
        let status = status.clone();
        match status {
            S::Active | S::ActiveWithConditions | S::Provisional => {
                Self::InForce { status, entries }
            }
            S::Suspended
            | S::Revoked
            | S::RevokedImmediate
            | S::Expired
            | S::Surrendered
            | S::Barred => Self::Lapsed { status, entries },
            S::Applied | S::Cancelled | S::Delisted | S::Refused | S::TransferredVoid => {
                Self::NotInForce { status, entries }
            }
            // Whether recruiting goes on meanwhile, or what a new word means, nobody here knows.
            S::NotFound | S::UnderAppeal | S::Other(_) => Self::Unknown {
                why: messages::status_says_nothing(&status),
                entries,
            },
        }
    }

    fn nothing() -> Self {
        Self::Unknown {
            why: Sentence::new("no-register-statement"),
            entries: BTreeSet::new(),
        }
    }

    /// What it amounts to.
    pub const fn force(&self) -> Force {
        match self {
            Self::Lapsed { .. } => Force::Lapsed,
            Self::NotInForce { .. } => Force::NotInForce,
            Self::Unknown { .. } => Force::Unknown,
            Self::InForce { .. } => Force::InForce,
        }
    }

    /// Of several sources for one route: what is adverse stands, and one that knows is enough.
    const fn among_sources(&self) -> u8 {
        match self {
            Self::Lapsed { .. } => 0,
            Self::NotInForce { .. } => 1,
            Self::InForce { .. } => 2,
            Self::Unknown { .. } => 3,
        }
    }

    /// Of several routes: one in force is enough, but not beside one that lost its force.
    const fn among_routes(&self) -> u8 {
        match self {
            Self::Lapsed { .. } => 0,
            Self::InForce { .. } => 1,
            Self::NotInForce { .. } => 2,
            Self::Unknown { .. } => 3,
        }
    }
}

/// A licence as the verdict shows it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceView {
    /// The licence.
    pub subject: SubjectId,
    /// `authority` or `observer`.
    pub source: &'static str,
    /// Who says so.
    pub stated_by: Option<AuthorId>,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceSegment {
    /// The status.
    pub status: LicenceState,
    /// Said with a standing that carries nothing good: it counts as unknown.
    pub doubtful: bool,
    /// It began after this date; `None` when that is unknown.
    pub began_after: Option<Date>,
    /// It was there from this date on.
    pub certain_from: Date,
    /// The last date for which it is known.
    pub seen_until: Date,
    /// It ended after `seen_until` and by this date, when an end is known.
    pub ended_by: Option<Date>,
}

impl Timeline {
    /// What is known on a date.
    pub fn on(&self, date: Date) -> Moment {
        let at = self.points.partition_point(|point| point.by <= date);
        let before = at.checked_sub(1).and_then(|at| self.points.get(at));
        let next = self.points.get(at);
        let unknown = |why| {
            let near = before.into_iter().chain(next);
            Moment::Unknown {
                why,
                entries: near.flat_map(|point| point.entries.clone()).collect(),
            }
        };
        match (before, next) {
            (None, next) => {
                let begun = next.and_then(|next| next.after);
                unknown(if begun.is_some_and(|after| date > after) {
                    Sentence::new("may-have-begun")
                } else {
                    Sentence::new("nothing-so-early")
                })
            }
            (Some(_), _) if self.unresolved => unknown(Sentence::new("rows-not-told-apart")),
            (Some(point), _) if point.doubtful => unknown(Sentence::new("doubtful-status")),
            (Some(point), _) if date <= point.seen_until => {
                Moment::of(&point.status, point.entries.clone())
            }
            // The change lies somewhere in the gap.
            (Some(_), Some(_)) => unknown(Sentence::new("changed-around-then")),
            (Some(_), None) => unknown(Sentence::new("nothing-so-late")),
        }
    }

    /// Days on which something else is known than on the day before, and perhaps others.
    fn changes(&self) -> impl Iterator<Item = Date> {
        let points = self.points.iter();
        points.flat_map(|point| {
            let after = point.after.map(|after| after.plus_days(1));
            let days = [Some(point.by), Some(point.seen_until.plus_days(1)), after];
            days.into_iter().flatten()
        })
    }

    fn segments(&self) -> Vec<LicenceSegment> {
        let ends = self.points.iter().skip(1).map(|next| Some(next.by));
        let segment = |(point, ended_by): (&Point, Option<Date>)| LicenceSegment {
            status: point.status.clone(),
            doubtful: point.doubtful,
            began_after: point.after,
            certain_from: point.by,
            seen_until: point.seen_until,
            ended_by,
        };
        self.points
            .iter()
            .zip(ends.chain([None]))
            .map(segment)
            .collect()
    }
}

/// What is known of a licence through a month, up to `until`, from all sources: adverse on any day
/// is adverse, in force must be known on every day.
pub(super) fn standing_in_month(timelines: &[Timeline], month: Month, until: Date) -> Moment {
    let (first, last) = (month.first(), month.last().min(until));
    // Between two changes every day is as the first.
    let changes = timelines.iter().flat_map(Timeline::changes);
    let within = changes.filter(|day| first < *day && *day <= last);
    let mut days: Vec<_> = within.chain([first]).collect();
    days.sort_unstable();
    days.dedup();
    let days = days.into_iter().filter(|day| *day <= last);
    let moments = days.map(|day| on(timelines, day));
    moments
        .min_by_key(Moment::force)
        .unwrap_or_else(Moment::nothing)
}

/// One date over all sources and routes.
fn on(timelines: &[Timeline], date: Date) -> Moment {
    let mut routes: BTreeMap<Option<&str>, Moment> = BTreeMap::new();
    for timeline in timelines {
        let moment = timeline.on(date);
        let route = routes.entry(timeline.route.as_deref());
        let known = route.or_insert_with(|| moment.clone());
        if moment.among_sources() < known.among_sources() {
            *known = moment;
        }
    }
    // What is said of the whole licence holds for every route.
    let whole = routes.remove(&None);
    let best = routes.into_values().min_by_key(Moment::among_routes);
    let known = whole.into_iter().chain(best);
    known
        .min_by_key(Moment::among_sources)
        .unwrap_or_else(Moment::nothing)
}

/// The views of every licence among the subjects and the related ids.
pub(super) fn views(case: &Case<'_>) -> Vec<LicenceView> {
    let ids = case.history.subjects().iter().chain(case.history.related());
    let licences = ids.filter(|id| matches!(id.scheme(), "lic" | "row"));
    let view = |subject: &SubjectId, timeline: &Timeline| LicenceView {
        subject: subject.clone(),
        source: if timeline.authority {
            "authority"
        } else {
            "observer"
        },
        stated_by: timeline.stated_by,
        segments: timeline.segments(),
        as_of: timeline.on(case.as_of),
        route: timeline.route.clone(),
        unresolved: timeline.unresolved,
    };
    let views = licences.flat_map(|id| {
        let timelines = timelines(case, id);
        let views = timelines.iter().map(|timeline| view(id, timeline));
        views.collect::<Vec<_>>()
    });
    views.collect()
}
