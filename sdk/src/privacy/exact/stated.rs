//! Everything an author stated, so that what bears on a new number is found without reading all.

use super::{ExactCount, Exposure, exposures};
use std::collections::{BTreeSet, HashMap};

/// The exact numbers of one author, in the order they were stated.
///
/// ```
/// use fairtrail::privacy::exact::{ExactCount, StatedCounts};
/// let workers = |statement: &str, count| ExactCount {
///     statement: statement.into(),
///     kind: "contract.attest".into(),
///     field: "size".into(),
///     count,
///     group: None,
///     part_of: None,
///     by: None,
///     subjects: vec!["gln:9520123456788".into()],
///     from: None,
///     to: None,
/// };
/// let mut stated = StatedCounts::new(vec![workers("first", 100)]);
/// assert!(stated.take(&[workers("second", 120)]).is_ok());
/// // Whoever compares it with the second learns of one person; nothing is taken of it.
/// assert!(stated.take(&[workers("third", 121)]).is_err());
/// ```
#[derive(Debug, Clone, Default)]
pub struct StatedCounts {
    /// In order; what was replaced is gone.
    counts: Vec<Option<ExactCount>>,
    /// Places by what two counts need to have in common to bear on each other.
    places: HashMap<Name, Vec<usize>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Group(String),
    Statement(String),
    Subject(String),
}

fn names(count: &ExactCount) -> impl Iterator<Item = Name> {
    let groups = count.group.iter().chain(&count.part_of);
    let groups = groups.map(|group| Name::Group(group.clone()));
    let subjects = count.subjects.iter();
    let subjects = subjects.map(|subject| Name::Subject(subject.clone()));
    groups
        .chain(subjects)
        .chain([Name::Statement(count.statement.clone())])
}

impl StatedCounts {
    /// What was stated.
    pub fn new(counts: Vec<ExactCount>) -> Self {
        let mut stated = Self::default();
        for count in counts {
            stated.push(count);
        }
        stated
    }

    /// Takes the numbers of statements made together, in the place of what the same statements said
    /// before, unless they would give somebody away: the same answer as [`exposures`] over
    /// everything stated.
    ///
    /// # Errors
    /// Everything they would give away; none of them is taken then.
    pub fn take(&mut self, new: &[ExactCount]) -> Result<(), Vec<Exposure>> {
        let near: BTreeSet<usize> = new
            .iter()
            .flat_map(names)
            .filter_map(|name| self.places.get(&name))
            .flatten()
            .copied()
            .collect();
        let near = near.into_iter().filter_map(|at| self.counts.get(at));
        let near: Vec<ExactCount> = near.flatten().cloned().collect();
        let found = exposures(new, &near);
        if !found.is_empty() {
            return Err(found);
        }
        let replaced: BTreeSet<&str> = new.iter().map(|count| count.statement.as_str()).collect();
        for statement in replaced {
            let places = self.places.remove(&Name::Statement(statement.to_owned()));
            for at in places.into_iter().flatten() {
                if let Some(count) = self.counts.get_mut(at) {
                    *count = None;
                }
            }
        }
        for count in new {
            self.push(count.clone());
        }
        Ok(())
    }

    fn push(&mut self, count: ExactCount) {
        let at = self.counts.len();
        for name in names(&count) {
            self.places.entry(name).or_default().push(at);
        }
        self.counts.push(Some(count));
    }
}
