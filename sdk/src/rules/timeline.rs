//! Builds licence timelines from register statements.

use super::Case;
use super::licences::{Force, Moment, Point, Timeline};
use super::lines::{counts_against, counts_for};
use crate::claim::{Claim, Effective, Licence, LicenceState, LicenceStatus, PartialDate};
use crate::entry::Role;
use crate::history::HistoryEntry;
use crate::id::{AuthorId, EntryId};
use crate::limits;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Who speaks, as an authority or not, and of which route: never merged.
type Source = (bool, Option<AuthorId>, Option<String>);

/// The timelines of a licence, one for each source.
pub(super) fn timelines_for(case: &Case<'_>, licence: &SubjectId) -> Vec<Timeline> {
    timelines(case, licence, None)
}

/// The same from what was proved to be said by the end of a day. Standing is what it is now: whoever
/// lost it since is not heard.
pub(super) fn timelines_known_at(case: &Case<'_>, licence: &SubjectId, day: Date) -> Vec<Timeline> {
    timelines(case, licence, Some(day))
}

/// How many statements about a licence were proved to be said by the end of a day. While it is the
/// same number, it is the same statements.
pub(super) fn known_statements(case: &Case<'_>, licence: &SubjectId, day: Date) -> usize {
    let statements = case.history.about(licence);
    statements
        .filter(|entry| entry.times().known_at(day))
        .count()
}

fn timelines(case: &Case<'_>, licence: &SubjectId, known_at: Option<Date>) -> Vec<Timeline> {
    let known = |entry: &&HistoryEntry| known_at.is_none_or(|day| entry.times().known_at(day));
    let mut builders: BTreeMap<Source, Builder> = BTreeMap::new();
    let statements = case.history.about(licence);
    for entry in statements
        .filter(known)
        .filter(|entry| counts_against(entry))
    {
        let standing = entry.standing();
        let authority = standing.role == Some(Role::Authority);
        let teller = Teller {
            case,
            entry,
            authority,
        };
        match entry.claim() {
            Some(Claim::Licence(claim)) => {
                let route = claim.route.as_ref().map(ToString::to_string);
                let source = (authority, standing.principal, route);
                builders.entry(source).or_default().licence(&teller, claim);
            }
            Some(Claim::LicenceStatus(claim)) => {
                let route = claim.route.as_ref().map(ToString::to_string);
                let source = (authority, standing.principal, route);
                builders.entry(source).or_default().status(&teller, claim);
            }
            _ => {}
        }
    }
    let finish = |(source, builder): (Source, Builder)| builder.finish(source);
    builders.into_iter().map(finish).collect()
}

/// Who makes one of the statements, and how long its word stands.
struct Teller<'a, 'c> {
    case: &'a Case<'c>,
    entry: &'a HistoryEntry,
    authority: bool,
}

impl Teller<'_, '_> {
    /// The date by which it was proved to be said.
    fn said(&self) -> Date {
        let times = self.entry.times();
        times.not_after.unwrap_or(times.claimed).date()
    }

    /// Until when the word stands: an authority's some days after it was proved to be said, an
    /// observer's as long as the licence was seen.
    fn heard(&self, observed: Option<Date>) -> Option<Date> {
        let days = self.case.policy.settings().licence_observation_days;
        let last_word = self.authority.then(|| self.said().plus_days(days));
        last_word.or(observed)
    }
}

/// A point before it is known how long it is seen.
struct Stated {
    after: Option<Date>,
    by: Date,
    status: LicenceState,
    /// What it says the status was before.
    previous: Option<LicenceState>,
    /// Until when this very statement stands.
    heard: Option<Date>,
    /// Said with a standing that carries nothing good.
    doubtful: bool,
    /// Follows from an end of validity and from no word of its own.
    derived: bool,
    entry: EntryId,
}

impl Stated {
    fn rank(&self) -> Force {
        if self.doubtful {
            Force::Unknown
        } else {
            rank(&self.status)
        }
    }
}

/// A period of validity that a statement names.
struct Validity {
    from: Date,
    /// The first and the last day that may be the end.
    end: (Date, Date),
    /// Whether it can stand for a renewal of another.
    renews: bool,
    entry: EntryId,
}

#[derive(Default)]
struct Builder {
    unresolved: bool,
    stated: Vec<Stated>,
    validities: Vec<Validity>,
    /// The last date on which the licence was seen, or for which the authority's word stands.
    heard_until: Option<Date>,
}

impl Builder {
    fn licence(&mut self, teller: &Teller<'_, '_>, claim: &Licence) {
        self.unresolved |= claim.unresolved;
        let valid_from = claim.valid_from.filter(|_| teller.authority);
        let since = claim.status_since;
        let seen = claim.first_observed.or(claim.last_observed);
        let by = since
            .map(Effective::latest)
            .or(valid_from.map(PartialDate::last))
            .or(seen)
            .unwrap_or_else(|| teller.said());
        let after = match since {
            Some(since) => began_after(since),
            None => claim.valid_from.and_then(|from| before(from.first())),
        };
        let after = after.filter(|after| *after < by);
        let heard = teller.heard(claim.last_observed.or(claim.first_observed));
        if let Some(status) = &claim.status {
            self.state(teller, status, (after, by), None, heard);
        }
        let in_force = claim.status.as_ref().map(rank) == Some(Force::InForce);
        let end = claim.valid_to.map(|end| (end.first(), end.last()));
        self.validities.extend(end.map(|end| Validity {
            from: by,
            end,
            renews: in_force && counts_for(teller.entry),
            entry: teller.entry.id(),
        }));
    }

    fn status(&mut self, teller: &Teller<'_, '_>, claim: &LicenceStatus) {
        let (after, by) = (began_after(claim.effective), claim.effective.latest());
        let (previous, heard) = (claim.previous_status.clone(), teller.heard(Some(by)));
        self.state(teller, &claim.status, (after, by), previous, heard);
    }

    fn state(
        &mut self,
        teller: &Teller<'_, '_>,
        status: &LicenceState,
        (after, by): (Option<Date>, Date),
        previous: Option<LicenceState>,
        heard: Option<Date>,
    ) {
        let counts = counts_for(teller.entry);
        if counts {
            self.heard_until = self.heard_until.max(heard);
        }
        self.stated.push(Stated {
            after,
            by,
            status: status.clone(),
            previous,
            heard,
            // Good news off the path of a forked feed, or with a stolen key, is no news at all.
            doubtful: !counts && rank(status) == Force::InForce,
            derived: false,
            entry: teller.entry.id(),
        });
    }

    /// Ends of validity that were not renewed. An authority's own date stands until it says
    /// otherwise; an observer must have looked again.
    fn expire(&mut self, authority: bool) {
        let ends = self.validities.iter().filter(|one| {
            let renewed = |other: &Validity| {
                let joins = other.from <= one.end.1.plus_days(1);
                other.renews && joins && other.end.0 > one.end.1
            };
            !self.validities.iter().any(renewed)
        });
        let expired = ends.map(|one| Stated {
            after: Some(one.end.0),
            by: one.end.1.plus_days(1),
            status: LicenceState::Expired,
            previous: None,
            // It does not end: an authority's own end date needs no further word.
            heard: Date::from_days(limits::DATE_DAYS).filter(|_| authority),
            doubtful: false,
            derived: true,
            entry: one.entry,
        });
        let heard = self.heard_until;
        let seen = |expired: &Stated| authority || heard.is_some_and(|heard| heard >= expired.by);
        let expired: Vec<_> = expired.filter(seen).collect();
        self.stated.extend(expired);
    }

    fn finish(mut self, (authority, stated_by, route): Source) -> Timeline {
        self.expire(authority);
        // On one day the worst stands; the end of a validity yields to what was said of that day.
        self.stated
            .sort_by_key(|stated| (stated.by, stated.derived, stated.rank()));
        let (mut points, mut heard) = (Vec::<Point>::new(), None);
        for stated in self.stated {
            match points.last_mut() {
                Some(same) if same.by == stated.by => {
                    same.after = same.after.min(stated.after);
                    same.entries.insert(stated.entry);
                    continue;
                }
                // Certain up to the last moment before the change may have begun, unless another
                // status is said to have come between.
                Some(before) => {
                    let gap = |previous: &LicenceState| *previous != before.status;
                    let after = stated
                        .after
                        .filter(|_| !stated.previous.as_ref().is_some_and(gap));
                    // An end of validity says nothing of the time since the last word.
                    let until = if stated.derived {
                        after.min(self.heard_until)
                    } else {
                        after
                    };
                    before.seen_until = until.map_or(before.by, |until| until.max(before.by));
                }
                None => {}
            }
            heard = stated.heard;
            points.push(Point {
                after: stated.after,
                by: stated.by,
                status: stated.status,
                doubtful: stated.doubtful,
                seen_until: stated.by,
                entries: BTreeSet::from([stated.entry]),
            });
        }
        if let Some(last) = points.last_mut() {
            let until = self.heard_until.max(heard);
            last.seen_until = until.map_or(last.by, |until| until.max(last.by));
        }
        Timeline {
            authority,
            stated_by,
            route,
            unresolved: self.unresolved,
            points,
        }
    }
}

fn before(day: Date) -> Option<Date> {
    day.days().checked_sub(1).and_then(Date::from_days)
}

fn began_after(effective: Effective) -> Option<Date> {
    match effective {
        Effective::On(day) => before(day),
        Effective::Between { after, .. } => after,
    }
}

fn rank(status: &LicenceState) -> Force {
    Moment::of(status, BTreeSet::new()).force()
}
