//! Sets that differ, logs that lie, and what it costs.

mod world;

use std::collections::BTreeSet;

use super::*;
use fairtrail::entry::SignedEntry;
use world::*;

/// So many feeds of one to three entries, one of them forked twice.
fn feeds(count: u32) -> (Vec<Pen>, Vec<SignedEntry>) {
    let (mut pens, mut entries) = (Vec::new(), Vec::new());
    for number in 0..count {
        let (mut pen, begin) = Pen::begin(number);
        entries.push(begin);
        for said in 0..u64::from(number % 3) {
            entries.push(pen.say(said));
        }
        if number == 5 {
            for branch in 10..13 {
                let mut other = pen.clone();
                entries.push(other.say(branch));
                entries.push(other.say(branch + 10));
            }
        }
        pens.push(pen);
    }
    (pens, entries)
}

/// Ids of which no entry is the one before.
fn ends(entries: &[SignedEntry]) -> Vec<EntryId> {
    let before: BTreeSet<_> = entries.iter().filter_map(|it| it.header().prev).collect();
    let ids = entries.iter().map(SignedEntry::id);
    ids.filter(|id| !before.contains(id)).collect()
}

fn ids(held: &Held) -> BTreeSet<EntryId> {
    held.entries.iter().map(SignedEntry::id).collect()
}

#[test]
fn sets_that_differ_in_some_feeds_are_equal_afterwards_at_the_cost_of_these() {
    let (_, entries) = feeds(300);
    let whole = Held::of(entries);
    let ends = ends(&whole.entries);
    for (seed, k) in [(0, 1), (1, 2), (2, 7), (3, 30), (4, 300)] {
        let lost: Vec<_> = ends
            .iter()
            .copied()
            .skip(seed)
            .step_by(ends.len() / k)
            .take(k)
            .collect();
        let mut here = whole.without(&lost);
        let mut there = There::new(whole.clone());
        let (mut repairer, mut now) = (repairer(), 0);
        let rests = rounds(&mut repairer, &mut now, &mut there, &mut here, 9);
        let missing = u64::try_from(lost.len()).unwrap();
        assert_eq!(rests, [Rest::Brought(missing), Rest::Agreed]);
        assert_eq!((ids(&here), here.root()), (ids(&whole), whole.root()));
        let (opened, keys, runs) = there.counts();
        let depth = usize::try_from(300_u32.ilog2()).unwrap() + 1;
        assert_eq!(runs, lost.len());
        assert!(keys <= 2 + lost.len() * (depth + 1), "{k}: {keys} keys");
        assert!(opened <= 4 + depth + keys / 16, "{k}: {opened} questions");
    }
}

#[test]
fn both_sides_repair_themselves() {
    let (pens, entries) = feeds(40);
    let common = Held::of(entries);
    let (mut one, mut other) = (common.clone(), common);
    for (number, mut pen) in (100..).zip(pens) {
        let mut twin = pen.clone();
        // Each side has its own, and of some feeds both have another branch.
        match number % 4 {
            0 => one.offer(&[pen.say(number)]).unwrap(),
            1 => other.offer(&[pen.say(number)]).unwrap(),
            2 => {
                one.offer(&[pen.say(number), pen.say(number)]).unwrap();
                other.offer(&[twin.say(number + 100)]).unwrap();
            }
            _ => {}
        }
    }
    let both: BTreeSet<_> = ids(&one).union(&ids(&other)).copied().collect();
    let (mut first, mut second, mut now) = (repairer(), repairer(), 0);
    for _ in 0..3 {
        let mut there = There::new(other.clone());
        rounds(&mut first, &mut now, &mut there, &mut one, 1);
        let mut there = There::new(one.clone());
        rounds(&mut second, &mut now, &mut there, &mut other, 1);
    }
    assert_eq!((ids(&one), ids(&other)), (both.clone(), both));
    assert_eq!(one.root(), other.root());
}

#[test]
fn a_long_way_down_is_walked_in_runs_and_offered_from_below() {
    let (mut pen, begin) = Pen::begin(1);
    let mut entries = vec![begin];
    entries.extend((0..600).map(|number| pen.say(number)));
    for held in [0, 1, 88, 89, 344, 345, 600] {
        let mut here = Held::of(entries[..held].to_vec());
        let mut there = There::new(Held::of(entries.clone()));
        let (mut repairer, mut now) = (repairer(), 0);
        let rests = rounds(&mut repairer, &mut now, &mut there, &mut here, 3);
        let lacking = u64::try_from(entries.len() - held).unwrap();
        assert_eq!(rests, [Rest::Brought(lacking), Rest::Agreed]);
        let runs = (entries.len() - held).div_ceil(256);
        assert!(ids(&here) == ids(&there.held));
        assert!(there.counts().2 <= runs * 2, "{held}: {:?}", there.counts());
    }
}

#[test]
fn any_spoilt_answer_is_refused_and_nothing_of_it_is_taken() {
    let (_, entries) = feeds(14);
    let whole = Held::of(entries);
    let lost: Vec<_> = ends(&whole.entries).into_iter().step_by(5).collect();
    let before = whole.without(&lost);
    let questions = {
        let (mut here, mut there) = (before.clone(), There::new(whole.clone()));
        rounds(&mut repairer(), &mut 0, &mut there, &mut here, 1);
        there.asked.len()
    };
    for spoilt in 0..questions {
        for way in 0..7_usize {
            let mut count = 0;
            let mut there = There::new(whole.clone());
            there.spoil = Some(Box::new(move |_, answer| {
                if count == spoilt {
                    match answer {
                        Answer::Opening(bytes) => flip(bytes, way * 7_919),
                        Answer::Entries(entries) => flip(&mut entries[0], way * 7_919),
                    }
                }
                count += 1;
            }));
            let mut here = before.clone();
            let (mut repairer, mut now) = (repairer(), 0);
            let first = rounds(&mut repairer, &mut now, &mut there, &mut here, 1);
            assert_ne!(first, [Rest::Agreed], "answer {spoilt}, way {way}");
            assert!(ids(&here).is_subset(&ids(&whole)));
            there.spoil = None;
            rounds(&mut repairer, &mut now, &mut there, &mut here, 4);
            assert_eq!(here.root(), whole.root(), "answer {spoilt}, way {way}");
        }
    }
}

fn flip(bytes: &mut [u8], at: usize) {
    let at = at % bytes.len();
    bytes[at] ^= 1 << (at % 8);
}

#[test]
fn what_is_refused_for_good_stays_away_and_is_not_asked_for_again() {
    let (mut pens, entries) = feeds(12);
    let (good, bad) = (pens[2].say(50), pens[3].say(51));
    let behind = pens[3].say(52);
    let common = Held::of(entries);
    let mut theirs = common.clone();
    theirs.offer(&[good.clone(), bad.clone(), behind]).unwrap();
    let (mut here, mut there) = (common, There::new(theirs));
    here.refuse.insert(bad.id(), Reason::SignatureInvalid);
    let (mut repairer, mut now) = (repairer(), 0);
    let first = rounds(&mut repairer, &mut now, &mut there, &mut here, 1);
    assert_eq!(first, [Rest::Brought(1)]);
    assert!(here.holds(good.id()) && !here.holds(bad.id()));
    let runs = there.counts().2;
    for _ in 0..200 {
        now += WAIT * 100;
        round(&mut repairer, now, &mut there, &mut here);
    }
    assert_eq!(there.counts().2, runs, "no entry is asked for again");
    // Between these two sets nothing is left; only the newest head is looked at.
    let tail = &there.asked[there.asked.len() - 50..];
    assert!(
        tail.iter()
            .all(|asked| *asked == Question::Open(Vec::new()))
    );
}

#[test]
fn what_waits_for_another_feed_comes_behind_it() {
    let (mut pens, entries) = feeds(20);
    let common = Held::of(entries);
    let said: Vec<_> = (1..6).map(|at| pens[at].say(70)).collect();
    let mut theirs = common.clone();
    theirs.offer(&said).unwrap();
    let (mut here, mut there) = (common, There::new(theirs.clone()));
    // Each needs another one, in an order that keys do not follow.
    let needs = said.windows(2).map(|pair| (pair[1].id(), pair[0].id()));
    here.needs = needs.collect();
    let (mut repairer, mut now) = (repairer(), 0);
    let rests = rounds(&mut repairer, &mut now, &mut there, &mut here, 9);
    assert_eq!(rests.last(), Some(&Rest::Agreed));
    assert_eq!(here.root(), theirs.root());
}

#[test]
fn a_log_that_keeps_entries_back_does_not_keep_others_from_coming() {
    let (mut pens, entries) = feeds(30);
    let common = Held::of(entries);
    let said: Vec<_> = pens.iter_mut().map(|pen| pen.say(80)).collect();
    let mut theirs = common.clone();
    theirs.offer(&said).unwrap();
    let (mut here, mut there) = (common, There::new(theirs));
    there.keeps = said.iter().step_by(3).map(SignedEntry::id).collect();
    let (mut repairer, mut now) = (repairer(), 0);
    let rests = rounds(&mut repairer, &mut now, &mut there, &mut here, 2);
    assert_eq!(rests, [Rest::Brought(20), Rest::Failed(Reason::NotFound)]);
    let lacking = said.iter().filter(|said| !here.holds(said.id()));
    assert_eq!(lacking.count(), there.keeps.len());
    // It is asked less and less often.
    let asked = there.asked.len();
    for _ in 0..64 {
        now += WAIT;
        round(&mut repairer, now, &mut there, &mut here);
    }
    assert!(
        there.asked.len() - asked < 200,
        "{}",
        there.asked.len() - asked
    );
    there.keeps.clear();
    rounds(&mut repairer, &mut now, &mut there, &mut here, 2);
    assert_eq!(here.root(), there.held.root());
}

#[test]
fn one_go_has_a_budget_and_the_next_goes_on_behind_it() {
    let begins: Vec<_> = (0..700).map(|number| Pen::begin(number).1).collect();
    let (mut here, mut there) = (Held::default(), There::new(Held::of(begins)));
    here.offer(&[Pen::begin(9_999).1]).unwrap();
    let (mut repairer, mut now) = (repairer(), 0);
    let rests = rounds(&mut repairer, &mut now, &mut there, &mut here, 3);
    let [Rest::Brought(first), Rest::Brought(second), Rest::Ahead] = rests[..] else {
        panic!("{rests:?}");
    };
    assert_eq!(first + second, 700);
    assert!(first < u64::from(GO_QUESTIONS));
    let (_, _, runs) = there.counts();
    assert_eq!(runs, 700);
}

#[test]
fn nothing_is_gone_through_while_a_log_moves_or_before_it_is_time() {
    let (mut pens, entries) = feeds(10);
    let common = Held::of(entries);
    let mut theirs = common.clone();
    theirs.offer(&[pens[0].say(1)]).unwrap();
    let (mut here, mut there) = (common, There::new(theirs));
    let mut repairer = repairer();
    let begin = |now, signed: Head, own| Input::Begin {
        now: at(now),
        signed,
        own,
    };
    // The own index is behind.
    let early = Output::Rest(Rest::Early);
    assert_eq!(repairer.handle(begin(0, there.cursor(), None)), early);
    // It differs from now on.
    assert_eq!(round(&mut repairer, 1, &mut there, &mut here), Rest::Early);
    assert_eq!((repairer.differs(), there.asked.len()), (true, 1));
    assert_eq!(
        round(&mut repairer, WAIT, &mut there, &mut here),
        Rest::Early
    );
    assert_eq!(there.asked.len(), 1);
    // The log was followed to where its index is not.
    let mut behind = begin(WAIT + 1, Head::empty(), Some(here.root()));
    assert!(matches!(repairer.handle(behind.clone()), Output::Ask(_)));
    let answer = Question::Open(Vec::new());
    let head = there.answer_of(&answer);
    assert_eq!(repairer.handle(Input::Answered(Ok(head))), early);
    // It speaks of another log of as many leaves.
    let Input::Begin { signed, now, .. } = &mut behind else {
        unreachable!();
    };
    (*now, signed.size) = (at(WAIT * 3), there.cursor().size);
    assert!(matches!(repairer.handle(behind), Output::Ask(_)));
    let head = there.answer_of(&answer);
    let other = Output::Rest(Rest::Failed(Reason::RootMismatch));
    assert_eq!(repairer.handle(Input::Answered(Ok(head))), other);
    let rest = round(&mut repairer, WAIT * 5, &mut there, &mut here);
    assert_eq!(rest, Rest::Brought(1));
}

#[test]
fn a_head_that_moves_ends_the_go_and_what_was_found_stands() {
    let (_, entries) = feeds(60);
    let whole = Held::of(entries);
    let lost: Vec<_> = ends(&whole.entries).into_iter().step_by(2).collect();
    let mut here = whole.without(&lost);
    let mut there = There::new(whole.clone());
    let mut more = There::new(whole.clone());
    more.held.offer(&[Pen::begin(777).1]).unwrap();
    more.index = more.held.index();
    let mut count = 0;
    there.spoil = Some(Box::new(move |question, answer| {
        count += 1;
        if count > 20 {
            *answer = more.answer_of(question);
        }
    }));
    let (mut repairer, mut now) = (repairer(), 0);
    let rests = rounds(&mut repairer, &mut now, &mut there, &mut here, 1);
    assert!(
        matches!(rests[..], [Rest::Brought(some)] if some > 0),
        "{rests:?}"
    );
    assert!(!here.holds(Pen::begin(777).1.id()));
    there.spoil = None;
    rounds(&mut repairer, &mut now, &mut there, &mut here, 9);
    assert_eq!(here.root(), whole.root());
}
