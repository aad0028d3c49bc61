//! The history of one name under one route, as far as lists and changes showed it.

use super::rating::Standing;
use fairtrail::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Dates in a row on which one and the same was seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// What was seen; several when the register contradicts itself.
    pub standings: BTreeSet<Standing>,
    /// First date it was seen on.
    pub first: Date,
    /// Last date it was seen on.
    pub last: Date,
}

/// A change and the two dates between which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Mark {
    /// The date by which it had happened: the first on which this was seen.
    pub by: Date,
    /// How the name stood from then on.
    pub standing: Standing,
    /// The date after which it happened: the last on which something else was seen. `None` when
    /// nobody saw what was before.
    pub after: Option<Date>,
}

/// What was seen of one name under one route, in runs of equal dates.
///
/// A date between two sightings of the same is taken as the same; between two sightings that
/// differ nothing is known but that a change lies there.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    runs: Vec<Run>,
    /// A list of changes said it left, so it had been listed, if only before any known date.
    #[serde(default)]
    left: bool,
}

impl Timeline {
    /// Adds sightings, in any order. `left` says that a list of changes reports it gone.
    ///
    /// O(n log n) in runs and sightings.
    pub fn add(&mut self, sightings: impl IntoIterator<Item = (Date, Standing)>, left: bool) {
        self.left |= left;
        let mut dates = BTreeMap::<Date, BTreeSet<Standing>>::new();
        for run in self.runs.drain(..) {
            for date in [run.first, run.last] {
                dates.entry(date).or_default().extend(&run.standings);
            }
        }
        for (date, standing) in sightings {
            dates.entry(date).or_default().insert(standing);
        }
        for (date, standings) in dates {
            match self.runs.last_mut() {
                Some(run) if run.standings == standings => run.last = date,
                _ => self.runs.push(Run {
                    standings,
                    first: date,
                    last: date,
                }),
            }
        }
    }

    /// The runs, oldest first.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Every change worth stating, oldest first; of one date in the order of [`Standing`].
    ///
    /// Absence is stated where the name had been listed before, never for the time before it was.
    pub fn marks(&self) -> Vec<Mark> {
        let mut after = None;
        let mut marks = Vec::new();
        for run in &self.runs {
            let listed_before = after.is_some() || self.left;
            let stated = run
                .standings
                .iter()
                .filter(|s| s.is_listed() || listed_before);
            marks.extend(stated.map(|standing| Mark {
                by: run.first,
                standing: *standing,
                after,
            }));
            after = Some(run.last);
        }
        marks
    }

    /// The first date on which the register showed the name.
    pub fn first_observed(&self) -> Option<Date> {
        self.listed().map(|run| run.first).next()
    }

    /// The last date on which the register showed the name.
    pub fn last_observed(&self) -> Option<Date> {
        self.listed().map(|run| run.last).last()
    }

    /// The last date of all, if the register showed the name on it.
    pub fn listed_until(&self) -> Option<Date> {
        let last = self.runs.last()?;
        let listed = last.standings.iter().all(|standing| standing.is_listed());
        listed.then_some(last.last)
    }

    /// Whether on one date the register showed two things at once.
    pub fn contradicts_itself(&self) -> bool {
        self.runs.iter().any(|run| run.standings.len() > 1)
    }

    fn listed(&self) -> impl Iterator<Item = &Run> {
        let listed = |run: &&Run| run.standings.iter().any(|standing| standing.is_listed());
        self.runs.iter().filter(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Standing::{Active, ActiveWithConditions, NotFound};

    fn date(day: u32) -> Date {
        Date::from_days(20_000 + day).unwrap()
    }

    fn seen(sightings: &[(u32, Standing)]) -> Timeline {
        let mut timeline = Timeline::default();
        timeline.add(sightings.iter().map(|(day, s)| (date(*day), *s)), false);
        timeline
    }

    fn mark(after: Option<u32>, by: u32, standing: Standing) -> Mark {
        Mark {
            by: date(by),
            standing,
            after: after.map(date),
        }
    }

    #[test]
    fn a_name_seen_once_has_an_unknown_start() {
        let timeline = seen(&[(7, Active)]);
        assert_eq!(timeline.marks(), [mark(None, 7, Active)]);
        assert_eq!(timeline.first_observed(), Some(date(7)));
    }

    #[test]
    fn absence_before_the_first_listing_bounds_it_and_is_not_stated() {
        let timeline = seen(&[(7, NotFound), (14, Active), (21, Active)]);
        assert_eq!(timeline.marks(), [mark(Some(7), 14, Active)]);
        assert_eq!(timeline.first_observed(), Some(date(14)));
        assert_eq!(timeline.last_observed(), Some(date(21)));
    }

    #[test]
    fn gone_and_back_again_is_two_intervals() {
        let timeline = seen(&[(0, Active), (7, NotFound), (21, NotFound), (28, Active)]);
        let expected = [
            mark(None, 0, Active),
            mark(Some(0), 7, NotFound),
            mark(Some(21), 28, Active),
        ];
        assert_eq!(timeline.marks(), expected);
    }

    #[test]
    fn a_name_that_left_before_any_list_was_listed_once() {
        let mut timeline = Timeline::default();
        timeline.add([(date(7), NotFound)], true);
        assert_eq!(timeline.marks(), [mark(None, 7, NotFound)]);
        assert_eq!(timeline.first_observed(), None);
    }

    #[test]
    fn both_sides_of_a_contradiction_are_stated_and_so_is_its_end() {
        let timeline = seen(&[(0, Active), (7, Active), (7, NotFound), (14, Active)]);
        assert!(timeline.contradicts_itself());
        let expected = [
            mark(None, 0, Active),
            mark(Some(0), 7, Active),
            mark(Some(0), 7, NotFound),
            mark(Some(7), 14, Active),
        ];
        assert_eq!(timeline.marks(), expected);
    }

    #[test]
    fn sightings_may_come_in_any_order_and_twice() {
        let sightings = [
            (0, Active),
            (7, ActiveWithConditions),
            (14, Active),
            (21, Active),
        ];
        let whole = seen(&sightings);
        for cut in 0..sightings.len() {
            let (early, late) = sightings.split_at(cut);
            let mut timeline = seen(late);
            for part in [early, late] {
                timeline.add(part.iter().map(|(day, s)| (date(*day), *s)), false);
            }
            assert_eq!(timeline, whole);
        }
    }
}
