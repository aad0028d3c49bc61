//! Windows that overlap.

use super::*;
use fairtrail::api::PartsPage;
use fairtrail::entry::{Body, Draft, Position, SignedEntry};
use fairtrail::id::NetworkId;
use fairtrail::key::SecretKey;
use fairtrail::time::Timestamp;

/// Statements with a public claim each, behind the begin of their feed.
fn claims(count: usize) -> (Vec<SignedEntry>, Vec<Body>) {
    let key = SecretKey::from_seed([1; 32]);
    let now = Timestamp::new(1_790_000_000).unwrap();
    let network = NetworkId::new([9; 32]);
    let begin = Draft::begin(network, &key, key.public().next_digest(), now).unwrap();
    let feed = begin.author();
    let (mut entries, mut bodies) = (vec![begin], Vec::new());
    for number in 0..count {
        let position = Position {
            network,
            feed,
            seq: entries.len() as u64,
            prev: entries.last().unwrap().id(),
            grant: None,
        };
        let body = Body {
            salt: [7; 16],
            bytes: vec![0xa1, 1, 1, u8::try_from(number % 24).unwrap()],
        };
        let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
        let kind = "weather.seen".parse().unwrap();
        let draft = Draft::statement(kind, subjects, body, now);
        bodies.extend(draft.bodies());
        entries.push(draft.sign(&position, &key).unwrap());
    }
    (entries, bodies)
}

/// Carries everything but what admission is asked, until nothing else is left to do.
fn carry_others(
    follower: &mut Follower,
    begun: Vec<Output>,
    peer: &mut Peer,
    own: &mut Own,
) -> Vec<Output> {
    let (mut offered, mut todo) = (Vec::new(), VecDeque::from(begun));
    while let Some(output) = todo.pop_front() {
        let input = match output {
            Output::Ask { ticket, question } => Input::Answered {
                ticket,
                answer: Ok(peer.answer(&question)),
            },
            Output::Compare { ticket, leaves, .. } => Input::Compared {
                ticket,
                held: leaves.iter().map(|leaf| own.held.contains(leaf)).collect(),
                own: own.order.len() as u64,
            },
            Output::Keep { ticket, known } => {
                own.kept.push(*known);
                Input::Kept(ticket)
            }
            output => {
                offered.push(output);
                continue;
            }
        };
        todo.extend(follower.handle(input));
    }
    offered
}

type Offer = (Ticket, Vec<Submission>);

/// What admission is asked.
fn offers(outputs: &[Output]) -> Vec<Offer> {
    let admit = |output: &Output| match output {
        Output::Admit { ticket, entries } => (*ticket, entries.clone()),
        other => panic!("{other:?}"),
    };
    outputs.iter().map(admit).collect()
}

fn bundles(peer: &Peer) -> usize {
    let bundle = |question: &&Question| matches!(question, Question::Entries { .. });
    peer.asked.iter().filter(bundle).count()
}

/// The two runs that are offered at once of a long log, with what follows it.
fn two_offers(follower: &mut Follower, peer: &mut Peer, own: &mut Own) -> [Offer; 2] {
    let begun = follower.handle(Input::Poll);
    offers(&carry_others(follower, begun, peer, own))
        .try_into()
        .unwrap()
}

#[test]
fn the_next_windows_are_read_while_entries_are_admitted() {
    let entries = bytes(&pulses(3_500));
    let (mut follower, mut peer, mut own) = (new_follower(), Peer::new(entries), Own::default());
    let [first, second] = two_offers(&mut follower, &mut peer, &mut own);
    assert_eq!((first.1.len(), second.1.len()), (1_024, 1_024));
    assert_eq!(bundles(&peer), 12);
    assert_eq!(follower.known().cursor(), Cursor::start());
    let mut begun = Vec::new();
    for (ticket, entries) in [first, second] {
        let outcome = own.admit(&entries);
        begun.extend(follower.handle(Input::Admitted { ticket, outcome }));
        // An answer that comes twice takes nothing twice.
        assert_eq!(follower.handle(Input::Admitted { ticket, outcome }), []);
    }
    let reached = (Rest::Reached { moved: true }, Vec::new());
    assert_eq!(carry(&mut follower, begun, &mut peer, &mut own), reached);
    assert_eq!(own.order.len(), 3_500);
}

#[test]
fn a_run_that_is_early_for_want_of_the_one_before_it_is_offered_again() {
    let entries = bytes(&pulses(2_048));
    let (mut follower, mut peer, mut own) = (new_follower(), Peer::new(entries), Own::default());
    let [first, second] = two_offers(&mut follower, &mut peer, &mut own);
    let early = Outcome::Refused {
        position: 0,
        reason: Reason::EarlyPrev,
    };
    let (ticket, outcome) = (second.0, early);
    assert_eq!(follower.handle(Input::Admitted { ticket, outcome }), []);
    let (ticket, outcome) = (first.0, own.admit(&first.1));
    let begun = follower.handle(Input::Admitted { ticket, outcome });
    let again = offers(&begun);
    assert_eq!(again[0].1, second.1);
    let reached = (Rest::Reached { moved: true }, Vec::new());
    assert_eq!(carry(&mut follower, begun, &mut peer, &mut own), reached);
    assert_eq!(own.order.len(), 2_048);
}

#[test]
fn a_run_that_waits_on_nothing_before_it_stalls_the_log() {
    let entries = bytes(&pulses(2_048));
    let (mut follower, mut peer, mut own) = (new_follower(), Peer::new(entries), Own::default());
    let [first, second] = two_offers(&mut follower, &mut peer, &mut own);
    let outcome = Outcome::Refused {
        position: 7,
        reason: Reason::EarlyPrev,
    };
    // The second is taken by chance, and does not count.
    let taken = own.admit(&second.1);
    let ticket = second.0;
    assert_eq!(
        follower.handle(Input::Admitted {
            ticket,
            outcome: taken
        }),
        []
    );
    let ticket = first.0;
    let begun = follower.handle(Input::Admitted { ticket, outcome });
    let stalled = Rest::Stalled {
        leaf: 7,
        reason: Reason::EarlyPrev,
    };
    assert_eq!(carry(&mut follower, begun, &mut peer, &mut own).0, stalled);
    assert_eq!(follower.known().cursor().head.size.get(), 7);
}

#[test]
fn what_fails_ahead_does_not_undo_what_was_admitted_before() {
    let entries = bytes(&pulses(2_500));
    let (mut follower, mut own) = (new_follower(), Own::default());
    let mut peer = Peer::new(entries);
    peer.spoil = Some(|question, answer| {
        if let (Question::Entries { bundle, .. }, Answer::Entries(entries)) = (question, answer)
            && bundle.index() == 5
        {
            flip(&mut entries[9]);
        }
    });
    let failed = (Rest::Failed(Reason::RootMismatch), Vec::new());
    assert_eq!(round(&mut follower, &mut peer, &mut own), failed);
    assert_eq!(own.order.len(), 1_024);
    assert_eq!(follower.known().cursor().head.size.get(), 1_024);
    assert_eq!(own.kept.last(), Some(follower.known()));
    peer.spoil = None;
    round(&mut follower, &mut peer, &mut own);
    assert_eq!(own.order.len(), 2_500);
}

#[test]
fn the_cursor_is_kept_on_the_way_through_a_long_log() {
    let entries = bytes(&pulses(9_000));
    let (mut follower, mut own) = (new_follower(), Own::default());
    round(&mut follower, &mut Peer::new(entries), &mut own);
    let sizes = own.kept.iter().map(|known| known.cursor().head.size.get());
    let sizes: Vec<_> = sizes.collect();
    // The note, then the way.
    assert_eq!(sizes, [0, 8_192, 9_000]);
}

#[test]
fn parts_come_in_pages_and_belong_to_the_entries_that_name_them() {
    let (entries, bodies) = claims(700);
    let (mut follower, mut own) = (new_follower(), Own::default());
    let mut peer = Peer::new(bytes(&entries));
    // Of each page asked for, half is answered.
    peer.parts = bodies
        .iter()
        .map(|body| (body.digest(), body.clone()))
        .collect();
    peer.spoil = Some(|_, answer| {
        if let Answer::Parts(page) = answer {
            page.next = page.first + (page.next - page.first).div_ceil(2);
        }
    });
    let begun = follower.handle(Input::Poll);
    let mut outputs = VecDeque::from(carry_others(&mut follower, begun, &mut peer, &mut own));
    let mut taken = Vec::new();
    let rest = loop {
        let (ticket, entries) = match outputs.pop_front().unwrap() {
            Output::Admit { ticket, entries } => (ticket, entries),
            Output::Rest(rest) => break rest,
            other => panic!("{other:?}"),
        };
        taken.extend(entries.iter().flat_map(|line| line.bodies.clone()));
        let outcome = own.admit(&entries);
        let begun = follower.handle(Input::Admitted { ticket, outcome });
        outputs.extend(carry_others(&mut follower, begun, &mut peer, &mut own));
    };
    assert_eq!(rest, Rest::Reached { moved: true });
    assert_eq!(taken, bodies);
    let hashes: Vec<_> = entries
        .iter()
        .map(|entry| leaf_hash(entry.bytes()))
        .collect();
    assert_eq!(own.order, hashes);
}

/// Changes the page of an answer, if it is one.
fn spoil_page(answer: &mut Answer, change: fn(&mut PartsPage)) {
    if let Answer::Parts(page) = answer {
        change(page);
    }
}

#[test]
fn a_page_that_is_not_the_one_asked_for_ends_the_round() {
    let spoils: [Spoil; 3] = [
        |_, answer| spoil_page(answer, |page| page.first += 1),
        |_, answer| spoil_page(answer, |page| page.next = page.first),
        |_, answer| spoil_page(answer, |page| page.next += 1),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let (entries, _) = claims(3);
        let (mut follower, mut own) = (new_follower(), Own::default());
        let mut peer = Peer::new(bytes(&entries));
        peer.spoil = Some(spoil);
        let failed = (Rest::Failed(Reason::SchemaMismatch), Vec::new());
        assert_eq!(
            round(&mut follower, &mut peer, &mut own),
            failed,
            "case {number}"
        );
        assert!(own.order.is_empty());
    }
}
