//! What gateways answered at the last look, so that the next one asks only for what came since.

use crate::commands::reading::Answers;
use fairtrail::bundle::{Bundle, Question};
use fairtrail::log::Origin;
use std::collections::BTreeMap;

/// Bytes of all answers that are kept.
const KEPT_BYTES: usize = 64 * 1_024 * 1_024;

/// The last answers about suppliers, in memory.
pub(super) struct Kept {
    by: BTreeMap<usize, One>,
    bytes: usize,
    max: usize,
    turn: u64,
}

struct One {
    turn: u64,
    question: Question,
    by_log: Vec<(Origin, Vec<u8>)>,
}

impl Default for Kept {
    fn default() -> Self {
        Self::with_room(KEPT_BYTES)
    }
}

impl Kept {
    const fn with_room(max: usize) -> Self {
        Self {
            by: BTreeMap::new(),
            bytes: 0,
            max,
            turn: 0,
        }
    }

    /// What is kept about a supplier, until something newer is: who cannot be read now is asked about
    /// again, from there on.
    pub(super) fn of(&self, supplier: usize) -> Answers {
        let Some(one) = self.by.get(&supplier) else {
            return Answers::default();
        };
        let read =
            |(log, bytes): &(Origin, Vec<u8>)| Some((log.clone(), Bundle::parse(bytes).ok()?));
        Answers {
            question: one.question.clone(),
            by_log: one.by_log.iter().filter_map(read).collect(),
        }
    }

    /// Keeps answers about a supplier; the oldest of others make room.
    pub(super) fn put(&mut self, supplier: usize, answers: &Answers) {
        self.remove(supplier);
        self.turn = self.turn.saturating_add(1);
        let by_log = answers.by_log.iter();
        let by_log = by_log.map(|(log, bundle)| (log.clone(), bundle.to_bytes()));
        let one = One {
            turn: self.turn,
            question: answers.question.clone(),
            by_log: by_log.collect(),
        };
        self.bytes = self.bytes.saturating_add(one.bytes());
        self.by.insert(supplier, one);
        while self.bytes > self.max {
            let oldest = self.by.iter().min_by_key(|(_, one)| one.turn);
            let Some(oldest) = oldest.map(|(supplier, _)| *supplier) else {
                break;
            };
            self.remove(oldest);
        }
    }

    fn remove(&mut self, supplier: usize) -> Option<One> {
        let one = self.by.remove(&supplier)?;
        self.bytes = self.bytes.saturating_sub(one.bytes());
        Some(one)
    }
}

impl One {
    fn bytes(&self) -> usize {
        self.by_log.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::bundle::{LogPart, VERSION};
    use fairtrail::index::Embedded;

    fn answers(bytes: usize) -> Answers {
        let bundle = Bundle {
            version: VERSION,
            charter: Embedded(vec![0; bytes]),
            logs: vec![LogPart {
                note: Embedded(Vec::new()),
                path: Vec::new(),
                answer: Embedded(Vec::new()),
                lists: Vec::new(),
                notes: Vec::new(),
                places: Vec::new(),
                earlier: Vec::new(),
            }],
            entries: Vec::new(),
            bodies: Vec::new(),
            report: None,
        };
        Answers {
            question: Question::default(),
            by_log: vec![("ledger.example/coast/e1".parse().unwrap(), bundle)],
        }
    }

    #[test]
    fn what_is_kept_is_there_until_something_newer_is() {
        let mut kept = Kept::default();
        kept.put(0, &answers(10));
        // Twice, as nothing newer came in between: that look failed.
        for _ in 0..2 {
            let held = kept.of(0);
            assert_eq!(held.by_log, answers(10).by_log);
        }
        kept.put(0, &answers(20));
        assert_eq!(kept.of(0).by_log, answers(20).by_log);
        assert_eq!(kept.by.len(), 1);
    }

    #[test]
    fn the_oldest_make_room() {
        let mut kept = Kept::with_room(3_500);
        for supplier in 0..3 {
            kept.put(supplier, &answers(1_000));
        }
        assert_eq!(kept.by.len(), 3);
        kept.put(1, &answers(900));
        kept.put(3, &answers(2_000));
        assert_eq!(kept.by.keys().copied().collect::<Vec<_>>(), [1, 3]);
        kept.put(4, &answers(4_000));
        assert!(kept.by.is_empty());
        assert_eq!(kept.bytes, 0);
        assert!(kept.of(4).by_log.is_empty());
    }
}
