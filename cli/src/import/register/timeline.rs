//! The history of one name under one route, as far as lists and changes showed it.

use super::rating::Standing;
use fairtrail::time::Date;
use std::collections::BTreeMap;

/// The number of a file in the importer's memory; the first is 0.
pub type FileNumber = usize;

/// Dates in a row on which one and the same was seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// What was seen; several when the register contradicts itself. Beside each, the files that
    /// showed it on the first and on the last date.
    pub standings: BTreeMap<Standing, [FileNumber; 2]>,
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
    /// The file that showed it on that first date.
    pub file: FileNumber,
}

/// A date, what was seen on it, and the file that showed it.
pub type Sighting = (Date, Standing, FileNumber);

impl Run {
    fn begin(date: Date, seen: BTreeMap<Standing, FileNumber>) -> Self {
        let standings = seen.into_iter();
        Self {
            standings: standings
                .map(|(standing, file)| (standing, [file, file]))
                .collect(),
            first: date,
            last: date,
        }
    }

    fn extend(&mut self, date: Date, seen: &BTreeMap<Standing, FileNumber>) {
        self.last = date;
        for (standing, [_, last]) in &mut self.standings {
            *last = seen.get(standing).copied().unwrap_or(*last);
        }
    }
}

/// What was seen of one name under one route, in runs of equal dates.
///
/// A date between two sightings of the same is taken as the same; between two sightings that
/// differ nothing is known but that a change lies there.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    runs: Vec<Run>,
    /// The first date on which a list of changes said that it left, so it had been listed until
    /// then, if only before any known date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<Date>,
}

impl Timeline {
    /// Adds sightings, in any order: a date, what was seen, and in which file. `left` is the first
    /// date on which a list of changes reports it gone. Of several files that show the same, the
    /// first counts.
    ///
    /// O(n log n) in runs and sightings.
    pub fn add(&mut self, sightings: impl IntoIterator<Item = Sighting>, left: Option<Date>) {
        self.left = self.left.into_iter().chain(left).min();
        let mut dates = BTreeMap::<Date, BTreeMap<Standing, FileNumber>>::new();
        let mut see = |(date, standing, file): Sighting| {
            let seen = dates.entry(date).or_default();
            let shown_by = seen.entry(standing).or_insert(file);
            *shown_by = file.min(*shown_by);
        };
        for run in self.runs.drain(..) {
            for (standing, [first, last]) in run.standings {
                see((run.first, standing, first));
                see((run.last, standing, last));
            }
        }
        sightings.into_iter().for_each(see);
        for (date, seen) in dates {
            match self.runs.last_mut() {
                Some(run) if run.standings.keys().eq(seen.keys()) => run.extend(date, &seen),
                _ => self.runs.push(Run::begin(date, seen)),
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
            let left = self
                .left
                .is_some_and(|on| run.first <= on && on <= run.last);
            let listed_before = after.is_some() || left;
            let stated = run
                .standings
                .iter()
                .filter(|(standing, _)| standing.is_listed() || listed_before);
            marks.extend(stated.map(|(standing, [file, _])| Mark {
                by: run.first,
                standing: *standing,
                after,
                file: *file,
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
        let listed = last.standings.keys().all(|standing| standing.is_listed());
        listed.then_some(last.last)
    }

    /// Whether on one date the register showed two things at once.
    pub fn contradicts_itself(&self) -> bool {
        self.runs.iter().any(|run| run.standings.len() > 1)
    }

    fn listed(&self) -> impl Iterator<Item = &Run> {
        let listed = |run: &&Run| run.standings.keys().any(|standing| standing.is_listed());
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
        timeline.add(sightings.iter().map(|(day, s)| (date(*day), *s, 0)), None);
        timeline
    }

    fn mark(after: Option<u32>, by: u32, standing: Standing) -> Mark {
        Mark {
            by: date(by),
            standing,
            after: after.map(date),
            file: 0,
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
        timeline.add([(date(7), NotFound, 0)], Some(date(7)));
        assert_eq!(timeline.marks(), [mark(None, 7, NotFound)]);
        assert_eq!(timeline.first_observed(), None);
    }

    #[test]
    fn a_name_that_left_later_was_not_listed_before_it_came() {
        let mut timeline = seen(&[(0, NotFound), (7, Active)]);
        timeline.add(
            [(date(7), Active, 0), (date(14), NotFound, 0)],
            Some(date(14)),
        );
        let expected = [mark(Some(0), 7, Active), mark(Some(7), 14, NotFound)];
        assert_eq!(timeline.marks(), expected);
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
                timeline.add(part.iter().map(|(day, s)| (date(*day), *s, 0)), None);
            }
            assert_eq!(timeline, whole);
        }
    }

    #[test]
    fn each_change_names_the_file_that_showed_it() {
        let mut timeline = Timeline::default();
        timeline.add([(date(0), Active, 0), (date(14), Active, 1)], None);
        timeline.add([(date(21), NotFound, 3), (date(21), NotFound, 2)], None);
        let files =
            |timeline: &Timeline| timeline.marks().iter().map(|m| m.file).collect::<Vec<_>>();
        assert_eq!(files(&timeline), [0, 2]);
        // What comes between splits a run; each side keeps its own file.
        timeline.add([(date(7), NotFound, 4)], None);
        assert_eq!(files(&timeline), [0, 4, 1, 2]);
    }
}
