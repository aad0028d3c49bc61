//! When an entry existed: claimed, not before, not after (specs/log.md).

use crate::time::{Date, Timestamp};

/// The three times of an entry. Existence lies in [`Times::not_before`, `Times::not_after`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Times {
    /// What the author says.
    pub claimed: Timestamp,
    /// It cites a note that existed only from then on.
    pub not_before: Option<Timestamp>,
    /// The first archived note that covers it is stamped so; `None` where no note covers it yet.
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

/// The notes of one log that give time: size and the stamp that counts, by ascending size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteTimes(Vec<(u64, Timestamp)>);

impl NoteTimes {
    /// Takes a verified note of `size` whose (f+1)-th smallest stamp is `time`.
    pub fn push(&mut self, size: u64, time: Timestamp) {
        let at = self.0.partition_point(|(known, _)| *known < size);
        self.0.insert(at, (size, time));
    }

    /// The smallest time among the notes that cover `leaf`.
    pub fn not_after(&self, leaf: u64) -> Option<Timestamp> {
        let from = self.0.partition_point(|(size, _)| *size <= leaf);
        self.0.iter().skip(from).map(|(_, time)| *time).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
