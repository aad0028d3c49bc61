//! When an entry existed: claimed, not before, not after (specs/log.md).

use crate::time::{Date, Timestamp};

/// The three times of an entry. Existence lies in [`Times::not_before`, `Times::not_after`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Times {
    /// What the author says.
    pub claimed: Timestamp,
    /// It cites a note that existed only from then on.
    pub not_before: Option<Timestamp>,
    /// A note that covers it is stamped so; `None` where no note covers it yet.
    pub not_after: Option<Timestamp>,
}

impl Times {
    /// Whether the entry was provably known at the end of `date`.
    pub fn known_at(&self, date: Date) -> bool {
        self.not_after.is_some_and(|time| time <= date.end())
    }

    /// Whether the entry is contemporaneous with something that ended on `event`: written into the
    /// log at most `days` later.
    pub fn contemporaneous(&self, event: Date, days: u32) -> bool {
        self.known_at(event.plus_days(days))
    }
}

/// The notes of one log that give time: size and the stamp that counts.
///
/// Every note that covers a leaf bounds when it existed, so the least counts. With it, times never
/// fall along the log, and what was known on a date is a prefix of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteTimes(
    /// By ascending size: the least stamp of the notes of this size or a larger one.
    Vec<(u64, Timestamp)>,
);

impl NoteTimes {
    /// Takes a verified note of `size` whose (f+1)-th smallest stamp is `time`.
    pub fn push(&mut self, size: u64, time: Timestamp) {
        let at = self.0.partition_point(|(known, _)| *known < size);
        let later = self.0.get(at).map(|(_, least)| *least);
        let least = later.map_or(time, |later| later.min(time));
        self.0.insert(at, (size, least));
        for (_, known) in self.0.iter_mut().take(at) {
            *known = (*known).min(least);
        }
    }

    /// The smallest time among the notes that cover `leaf`.
    pub fn not_after(&self, leaf: u64) -> Option<Timestamp> {
        let from = self.0.partition_point(|(size, _)| *size <= leaf);
        self.0.get(from).map(|(_, least)| *least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(seconds: u64) -> Timestamp {
        Timestamp::new(seconds).unwrap()
    }

    #[test]
    fn the_earliest_covering_note_counts_even_if_pushed_late() {
        let mut notes = NoteTimes::default();
        notes.push(10, time(500));
        notes.push(4, time(300));
        // A later note with an earlier stamp bounds every leaf it covers.
        notes.push(12, time(200));
        assert_eq!(notes.not_after(3), Some(time(200)));
        assert_eq!(notes.not_after(11), Some(time(200)));
        assert_eq!(notes.not_after(12), None);
        notes.push(2, time(100));
        assert_eq!(notes.not_after(1), Some(time(100)));
        assert_eq!(notes.not_after(2), Some(time(200)));
    }

    #[test]
    fn known_and_contemporaneous_end_with_the_last_second_of_a_day() {
        let day: Date = "2026-03-31".parse().unwrap();
        let at = |seconds| Times {
            claimed: time(0),
            not_before: None,
            not_after: Some(time(seconds)),
        };
        let end = day.end().seconds();
        assert!(at(end).known_at(day) && !at(end + 1).known_at(day));
        let late = day.plus_days(30).end().seconds();
        assert!(at(late).contemporaneous(day, 30));
        assert!(!at(late + 1).contemporaneous(day, 30));
        let unknown = Times {
            not_after: None,
            ..at(0)
        };
        assert!(!unknown.known_at(day) && !unknown.contemporaneous(day, 30));
    }

    proptest! {
        #[test]
        fn is_the_least_stamp_of_the_covering_notes_and_never_falls(
            notes in prop::collection::vec((1_u64..40, 0_u64..100), 0..20),
        ) {
            let mut times = NoteTimes::default();
            for (size, stamp) in &notes {
                times.push(*size, time(*stamp));
            }
            for leaf in 0..40 {
                let covering = notes.iter().filter(|(size, _)| *size > leaf);
                let least = covering.map(|(_, stamp)| time(*stamp)).min();
                prop_assert_eq!(times.not_after(leaf), least);
                let next = times.not_after(leaf + 1);
                prop_assert!(next.is_none() || next >= times.not_after(leaf));
            }
        }
    }
}
