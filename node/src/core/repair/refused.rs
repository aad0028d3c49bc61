//! What was not to be had, so that it is not asked for again.

use std::collections::{BTreeSet, VecDeque};

use fairtrail::trie::TrieValue;

/// Feed values that are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 1_024;

/// Values of feeds of which admission refused an entry for good.
#[derive(Debug, Default)]
pub(super) struct Refused {
    values: BTreeSet<TrieValue>,
    order: VecDeque<TrieValue>,
}

impl Refused {
    pub(super) const fn new() -> Self {
        Self {
            values: BTreeSet::new(),
            order: VecDeque::new(),
        }
    }

    pub(super) fn holds(&self, value: &TrieValue) -> bool {
        self.values.contains(value)
    }

    pub(super) fn remember(&mut self, value: TrieValue) {
        if !self.values.insert(value) {
            return;
        }
        self.order.push_back(value);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_remembered_and_no_more() {
        let value = |number: u16| {
            let mut bytes = [0; 32];
            bytes[..2].copy_from_slice(&number.to_be_bytes());
            TrieValue::new(bytes)
        };
        let mut refused = Refused::new();
        let count = u16::try_from(REMEMBERED).unwrap();
        (0..count).for_each(|number| refused.remember(value(number)));
        refused.remember(value(1));
        assert!(refused.holds(&value(0)));
        refused.remember(value(count));
        assert!(!refused.holds(&value(0)) && refused.holds(&value(1)));
        assert_eq!(
            (refused.values.len(), refused.order.len()),
            (REMEMBERED, REMEMBERED)
        );
    }
}
