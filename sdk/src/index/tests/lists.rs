//! Lists that lie, under honest class maps and under class maps made to fit.

use super::world::*;
use super::*;
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::merkle::TreeSize;
use crate::subject::SubjectId;
use std::collections::HashMap;

struct Case {
    log: Log,
    subject: SubjectId,
    head: IndexHead,
    entries: HashMap<EntryId, SignedEntry>,
}

impl Case {
    fn new() -> Self {
        let log = Log::of_world(3);
        let size = u64::try_from(log.entries.len()).unwrap();
        let entries = log.entries.iter().map(|entry| (entry.id(), entry.clone()));
        Self {
            entries: entries.collect(),
            subject: "lei:999900DEMO0000000152".parse().unwrap(),
            head: IndexHead {
                size: TreeSize::new(size).unwrap(),
                time: at(size),
                ..IndexHead::before_first(origin())
            },
            log,
        }
    }

    fn postings(&self) -> Vec<Posting> {
        self.log.postings(&self.subject, Class::Finding)
    }

    fn verify(&self, list: &PostingList, proved: Tally) -> Result<Vec<Posting>, Reason> {
        let read = PostingList::parse(&list.to_bytes()).unwrap();
        let verified = read.verify(&self.subject, proved, &self.head, |p| {
            self.entries.get(&p.entry)
        });
        verified.map_err(|error| error.code())
    }

    /// What is said to a list whose class map was made to fit.
    fn fitting(&self, postings: &[Posting]) -> Result<Vec<Posting>, Reason> {
        self.verify(&list(postings), tally(postings))
    }
}

fn list(postings: &[Posting]) -> PostingList {
    let postings = postings.iter().map(|posting| Embedded(posting.to_bytes()));
    PostingList {
        class: Class::Finding,
        start: 0,
        start_head: ChainHead::START,
        postings: postings.collect(),
    }
}

fn tally(postings: &[Posting]) -> Tally {
    let bytes = postings.iter().map(Posting::to_bytes);
    bytes.fold(Tally::START, |tally, posting| tally.after(&posting))
}

#[test]
fn a_list_and_every_delta_of_it_are_whole() {
    let case = Case::new();
    let postings = case.postings();
    assert!(postings.len() > 3);
    let proved = tally(&postings);
    for start in 0..=postings.len() {
        let (before, rest) = postings.split_at(start);
        let before = tally(before);
        let delta = PostingList {
            start: before.count,
            start_head: before.head,
            ..list(rest)
        };
        assert_eq!(case.verify(&delta, proved), Ok(rest.to_vec()));
    }
}

#[test]
fn nothing_can_be_dropped_doubled_moved_or_replaced() {
    let case = Case::new();
    let postings = case.postings();
    let proved = tally(&postings);
    let refused = |changed: &[Posting]| {
        assert_eq!(
            case.verify(&list(changed), proved),
            Err(Reason::PostingChain)
        );
    };
    let other = Posting {
        entry: EntryId::new([7; 32]),
        ..postings[0].clone()
    };
    for at in 0..postings.len() {
        let mut changed = postings.clone();
        changed.remove(at);
        refused(&changed);
        let mut changed = postings.clone();
        changed.insert(at, postings[at].clone());
        refused(&changed);
        let mut changed = postings.clone();
        changed[at] = other.clone();
        refused(&changed);
        if at > 0 {
            let mut changed = postings.clone();
            changed.swap(at - 1, at);
            refused(&changed);
        }
    }
    // A start that is not one: another count, another head, a head where zeros stand.
    let (before, rest) = (tally(&postings[..2]), &postings[2..]);
    for (start, start_head) in [
        (1, before.head),
        (2, ChainHead::new([1; 32])),
        (0, before.head),
    ] {
        let delta = PostingList {
            start,
            start_head,
            ..list(rest)
        };
        assert_eq!(case.verify(&delta, proved), Err(Reason::PostingChain));
    }
}

#[test]
fn a_class_map_made_to_fit_does_not_help() {
    let case = Case::new();
    let postings = case.postings();
    let with = |change: &dyn Fn(&mut Vec<Posting>)| {
        let mut postings = postings.clone();
        change(&mut postings);
        case.fitting(&postings).unwrap_err()
    };
    assert_eq!(with(&|p| p.swap(0, 1)), Reason::PostingOrder);
    assert_eq!(with(&|p| p[1].leaf = p[0].leaf), Reason::PostingOrder);
    let size = case.head.size.next_index().unwrap();
    assert_eq!(
        with(&|p| p.last_mut().unwrap().leaf = size),
        Reason::PostingOrder
    );
    assert_eq!(with(&|p| p[0].time = at(90)), Reason::LogTimeFell);
    assert_eq!(
        with(&|p| p.last_mut().unwrap().time = at(99_999)),
        Reason::LogTimeFell
    );
    assert_eq!(with(&|p| p[1].entry = p[0].entry), Reason::PostingTwice);
    assert_eq!(
        with(&|p| p[0].kind = "audit".parse().unwrap()),
        Reason::PostingClass
    );
    assert_eq!(
        with(&|p| p[0].kind = "finding.status".parse().unwrap()),
        Reason::PostingEntry
    );
    let hash = crate::merkle::leaf_hash(b"other");
    assert_eq!(with(&|p| p[0].hash = hash), Reason::PostingEntry);
}

#[test]
fn an_entry_that_does_not_name_the_subject_is_refused() {
    let mut case = Case::new();
    let postings = case.postings();
    case.subject = "lei:999900DEMO0000009952".parse().unwrap();
    assert_eq!(case.fitting(&postings), Err(Reason::PostingForeign));
    // Without the entry at hand nothing is known of its subjects.
    case.entries.clear();
    assert!(case.fitting(&postings).is_ok());
}
