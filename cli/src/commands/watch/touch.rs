//! Whom a new entry can matter to.

use fairtrail::subject::SubjectId;
use std::collections::{BTreeSet, HashMap};

/// The ids that the verdict of each supplier rests on, as far as was seen: its own, those of its
/// party, of recruiters and licences, and of authors. Suppliers go by their place in the list.
#[derive(Default)]
pub(super) struct Touch {
    of: Vec<BTreeSet<SubjectId>>,
    by_id: HashMap<SubjectId, BTreeSet<usize>>,
}

impl Touch {
    /// Suppliers of whom nothing but their own ids is known.
    pub(super) fn new<'a>(suppliers: impl Iterator<Item = &'a [SubjectId]>) -> Self {
        let mut touch = Self::default();
        for (at, ids) in suppliers.enumerate() {
            touch.of.push(BTreeSet::new());
            touch.set(at, ids.iter().cloned().collect());
        }
        touch
    }

    /// Says what the verdict of a supplier rests on, instead of what was said before.
    pub(super) fn set(&mut self, at: usize, ids: BTreeSet<SubjectId>) {
        let Some(of) = self.of.get_mut(at) else {
            return;
        };
        for id in of.difference(&ids) {
            if let Some(suppliers) = self.by_id.get_mut(id) {
                suppliers.remove(&at);
                if suppliers.is_empty() {
                    self.by_id.remove(id);
                }
            }
        }
        for id in ids.difference(of) {
            self.by_id.entry(id.clone()).or_default().insert(at);
        }
        *of = ids;
    }

    /// The suppliers that an entry about these ids can matter to.
    pub(super) fn touched<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a SubjectId>,
    ) -> BTreeSet<usize> {
        let suppliers = ids.into_iter().filter_map(|id| self.by_id.get(id));
        suppliers.flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> SubjectId {
        text.parse().unwrap()
    }

    #[test]
    fn an_entry_matters_to_whoever_rests_on_one_of_its_ids() {
        let (one, two) = ([id("gln:1")], [id("gln:2")]);
        let mut touch = Touch::new([&one[..], &two[..]].into_iter());
        assert_eq!(touch.touched(&one), BTreeSet::from([0]));
        let party = BTreeSet::from([id("gln:1"), id("gln:3"), id("gln:2")]);
        touch.set(0, party);
        assert_eq!(touch.touched(&two), BTreeSet::from([0, 1]));
        assert_eq!(touch.touched(&[id("gln:3")]), BTreeSet::from([0]));
        // Who is no longer of the party is not asked about again.
        touch.set(0, BTreeSet::from([id("gln:1")]));
        assert_eq!(touch.touched(&[id("gln:3")]), BTreeSet::new());
        assert_eq!(touch.touched(&two), BTreeSet::from([1]));
        touch.set(7, BTreeSet::from([id("gln:1")]));
        assert_eq!(touch.touched(&one), BTreeSet::from([0]));
    }
}
