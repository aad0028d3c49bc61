//! A set of marks.

use super::Mark;

/// Marks, each at most once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

/// Every mark, in the order they are shown.
const ALL: [Mark; 6] = [
    Mark::Backfill,
    Mark::Disputed,
    Mark::Forked,
    Mark::RecordedLate,
    Mark::Reported,
    Mark::Suspect,
];

impl Marks {
    /// These of the six, in their order.
    pub(super) fn of(there: [bool; 6]) -> Self {
        let bits = there.iter().zip(BITS);
        let bits = bits.filter_map(|(there, bit)| there.then_some(bit));
        Self(bits.fold(0, |set, bit| set | bit))
    }

    /// Those of either set.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, mark: Mark) -> bool {
        let marks = ALL.into_iter().zip(BITS);
        marks
            .filter(|(known, _)| *known == mark)
            .any(|(_, bit)| self.0 & bit != 0)
    }

    pub(super) fn to_vec(self) -> Vec<Mark> {
        let marks = ALL.into_iter().zip(BITS);
        marks
            .filter_map(|(mark, bit)| (self.0 & bit != 0).then_some(mark))
            .collect()
    }
}

const BITS: [u8; 6] = [1, 2, 4, 8, 16, 32];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_several_entries_come_once_and_in_order() {
        let one = Marks::of([false, true, false, true, false, false]);
        let other = Marks::of([true, false, false, true, false, false]);
        let all = [Mark::Backfill, Mark::Disputed, Mark::RecordedLate];
        assert_eq!(one.and(other).to_vec(), all);
        assert!(ALL.is_sorted() && Marks::default().to_vec().is_empty());
        assert_eq!(Marks::of([true; 6]).to_vec(), ALL);
    }
}
