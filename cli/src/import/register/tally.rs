//! How many statements of each sort a plan makes: what a dry run shows.

use super::observation::{Observation, Resolution};
use super::source::Sort;
use std::collections::BTreeMap;

/// Counts by sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// `register.snapshot` of lists.
    pub listings: u64,
    /// `register.snapshot` of lists of changes.
    pub changes: u64,
    /// `licence`.
    pub licences: u64,
    /// Of these, how many say that the lines of their name are not told apart.
    pub unresolved: u64,
    /// Of these, how many have a start bounded on both sides.
    pub start_between: u64,
    /// `licence.status`, by status.
    pub statuses: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Counts a plan.
    pub fn of(plan: &[Observation]) -> Self {
        let mut tally = Self::default();
        for observation in plan {
            tally.add(observation);
        }
        tally
    }

    /// Statements in all.
    pub fn total(&self) -> u64 {
        self.listings + self.changes + self.licences + self.statuses.values().sum::<u64>()
    }

    fn add(&mut self, observation: &Observation) {
        match observation {
            Observation::Licence(seen) => {
                self.licences += 1;
                self.unresolved += u64::from(seen.resolution == Resolution::Unresolved);
                let between = seen.first.is_some_and(|mark| mark.after.is_some());
                self.start_between += u64::from(between);
            }
            Observation::Source(facts) => match facts.sort {
                Sort::Changes => self.changes += 1,
                Sort::Listing => self.listings += 1,
            },
            Observation::Standing(seen) => {
                *self.statuses.entry(seen.mark.standing.code()).or_default() += 1;
            }
        }
    }
}
