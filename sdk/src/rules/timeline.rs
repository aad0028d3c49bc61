//! Builds licence timelines from register statements.

use super::Case;
use super::licences::{Moment, Point, Timeline};
use super::lines::{counts, counts_against};
use super::verdict::Counts;
use crate::claim::{Claim, Effective, Licence, LicenceState, LicenceStatus, PartialDate};
use crate::entry::Role;
use crate::history::HistoryEntry;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The timelines of a licence: an authority's and an observer's are never merged.
pub(super) fn timelines_for(case: &Case<'_>, licence: &SubjectId) -> Vec<Timeline> {
    let mut timelines: BTreeMap<(bool, Option<String>), Builder> = BTreeMap::new();
    for entry in case
        .history
        .about(licence)
        .filter(|entry| counts_against(entry))
    {
        let authority = entry.standing().role == Some(Role::Authority);
        match entry.claim() {
            Some(Claim::Licence(claim)) => {
                let route = claim.route.as_ref().map(ToString::to_string);
                timelines
                    .entry((authority, route))
                    .or_default()
                    .licence(case, entry, claim);
            }
            Some(Claim::LicenceStatus(claim)) => {
                let route = claim.route.as_ref().map(ToString::to_string);
                timelines
                    .entry((authority, route))
                    .or_default()
                    .status(case, entry, claim);
            }
            _ => {}
        }
    }
    let finish = |((authority, route), builder): (_, Builder)| builder.finish(authority, route);
    timelines.into_iter().map(finish).collect()
}

#[derive(Default)]
struct Builder {
    unresolved: bool,
    points: Vec<Point>,
}

impl Builder {
    fn licence(&mut self, case: &Case<'_>, entry: &HistoryEntry, claim: &Licence) {
        self.unresolved |= claim.unresolved;
        let status = claim.status.clone().unwrap_or(LicenceState::Active);
        // What is good news off the path of a forked feed counts for nothing.
        if counts(entry) != Counts::Yes && is_good(&status) {
            return;
        }
        let valid_from = claim.valid_from.map(PartialDate::last);
        let valid_to = claim.valid_to.map(PartialDate::first);
        let since = claim.status_since.or(valid_from.map(Effective::On));
        let seen = claim
            .last_observed
            .or(valid_to)
            .unwrap_or_else(|| last_word(case, entry));
        let by = since
            .map(Effective::latest)
            .or(claim.first_observed)
            .unwrap_or(seen);
        let after = since.and_then(began_after);
        self.point(entry, status, after, by, seen.max(by));
        if let Some(end) = valid_to {
            // The authority's own end date; a renewal is another statement.
            let (after, by) = (Some(end), end.plus_days(1));
            self.point(
                entry,
                LicenceState::Expired,
                after,
                by,
                last_word(case, entry).max(by),
            );
        }
    }

    fn status(&mut self, case: &Case<'_>, entry: &HistoryEntry, claim: &LicenceStatus) {
        if counts(entry) != Counts::Yes && is_good(&claim.status) {
            return;
        }
        let by = claim.effective.latest();
        let seen = match claim.effective {
            Effective::On(_) => last_word(case, entry).max(by),
            Effective::Between { .. } => by,
        };
        self.point(
            entry,
            claim.status.clone(),
            began_after(claim.effective),
            by,
            seen,
        );
    }

    fn point(
        &mut self,
        entry: &HistoryEntry,
        status: LicenceState,
        after: Option<Date>,
        by: Date,
        seen_until: Date,
    ) {
        let entries = BTreeSet::from([entry.id()]);
        self.points.push(Point {
            after,
            by,
            status,
            seen_until,
            entries,
        });
    }

    /// Sorts the points and lets each be seen until the next begins, where that is known.
    fn finish(mut self, authority: bool, route: Option<String>) -> Timeline {
        // On one day the statement made later in the list stands; the worst does when they differ.
        self.points
            .sort_by_key(|point| (point.by, is_good(&point.status)));
        self.points.dedup_by(|later, kept| {
            let same = later.by == kept.by;
            if same {
                kept.entries.append(&mut later.entries);
                kept.seen_until = kept.seen_until.max(later.seen_until);
            }
            same
        });
        let last_seen = self.points.iter().map(|point| point.seen_until).max();
        let begins: Vec<_> = self.points.iter().skip(1).map(|next| next.after).collect();
        for (point, next_after) in self.points.iter_mut().zip(begins) {
            // Certain up to the last moment before the next change may have begun.
            point.seen_until = next_after.map_or(point.by, |after| after.max(point.by));
        }
        if let (Some(last), Some(seen)) = (self.points.last_mut(), last_seen) {
            last.seen_until = last.seen_until.max(seen);
        }
        Timeline {
            authority,
            route,
            unresolved: self.unresolved,
            points: self.points,
        }
    }
}

fn began_after(effective: Effective) -> Option<Date> {
    match effective {
        Effective::On(day) => day.days().checked_sub(1).and_then(Date::from_days),
        Effective::Between { after, .. } => after,
    }
}

/// Until when an authority's word is taken to stand: some days after it was proved to be said.
fn last_word(case: &Case<'_>, entry: &HistoryEntry) -> Date {
    let days = case.policy.settings().licence_observation_days;
    let times = entry.times();
    times
        .not_after
        .unwrap_or(times.claimed)
        .date()
        .plus_days(days)
}

fn is_good(status: &LicenceState) -> bool {
    matches!(Moment::of(status, BTreeSet::new()), Moment::InForce { .. })
}
