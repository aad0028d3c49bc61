mod heard;
mod pipeline;
mod world;

use self::world::*;
use super::*;
use fairtrail::fraud::SplitView;
use fairtrail::log::EntryTile;
use fairtrail::merkle::{TreeSize, leaf_hash};
use std::collections::VecDeque;

fn reached(moved: bool) -> (Rest, Vec<Report>) {
    (Rest::Reached { moved }, Vec::new())
}

#[test]
fn everything_is_taken_up_in_order_and_then_one_question_is_asked_per_poll() {
    let entries = bytes(&pulses(1_500));
    let (mut follower, mut own) = (new_follower(), Own::default());
    for count in [1, 2, 255, 256, 257, 600, 1_500] {
        let mut peer = Peer::new(entries[..count].to_vec());
        assert_eq!(round(&mut follower, &mut peer, &mut own), reached(true));
        let hashes: Vec<_> = entries[..count]
            .iter()
            .map(|leaf| leaf_hash(leaf))
            .collect();
        assert_eq!(own.order, hashes, "{count}");
        let cursor = follower.known().cursor();
        assert_eq!(
            (cursor.head.size, cursor.head.root),
            (peer.tree.size(), peer.tree.root())
        );
        assert_eq!(cursor.own, count as u64);
        peer.asked.clear();
        assert_eq!(round(&mut follower, &mut peer, &mut own), reached(false));
        assert_eq!(peer.asked, [Question::Checkpoint]);
    }
    assert_eq!(own.kept.last(), Some(follower.known()));
}

#[test]
fn what_is_held_is_not_fetched_again_and_a_bundle_only_behind_what_is_held() {
    let entries = bytes(&pulses(300));
    let mut own = Own::default();
    for leaf in &entries[..270] {
        own.held.insert(leaf_hash(leaf));
    }
    let (mut follower, mut peer) = (new_follower(), Peer::new(entries));
    assert_eq!(round(&mut follower, &mut peer, &mut own), reached(true));
    let bundles: Vec<_> = peer
        .asked
        .iter()
        .filter(|q| matches!(q, Question::Entries { .. }))
        .collect();
    let bundle = EntryTile::new(1, 44).unwrap();
    assert_eq!(bundles, [&Question::Entries { bundle, skip: 14 }]);
    assert_eq!(own.order.len(), 30);
}

#[test]
fn a_start_goes_on_at_the_cursor_and_begins_anew_on_an_older_own_log() {
    let entries = bytes(&pulses(700));
    let (mut first, mut own) = (new_follower(), Own::default());
    round(
        &mut first,
        &mut Peer::new(entries[..500].to_vec()),
        &mut own,
    );
    let stored = first.known().to_bytes();
    let key = signer(LOG, 7).verifier().clone();
    let origin = LOG.parse().unwrap();
    let known = Known::parse(&stored, &origin, &key).unwrap();
    assert!(stored.len() <= 1_024, "{} bytes", stored.len());
    let log = first.log.clone();
    let mut again = Follower::new(log.clone(), known.clone().on(500));
    let mut peer = Peer::new(entries.clone());
    assert_eq!(round(&mut again, &mut peer, &mut own), reached(true));
    assert_eq!(own.order.len(), 700);
    let bundles = peer
        .asked
        .iter()
        .filter(|q| matches!(q, Question::Entries { .. }));
    assert_eq!(bundles.count(), 2, "those that the cursor had not passed");

    let mut lost = Own::default();
    let mut anew = Follower::new(log, known.on(499));
    assert_eq!(round(&mut anew, &mut peer, &mut lost), reached(true));
    assert_eq!(lost.order, own.order);
}

#[test]
fn bytes_that_do_not_pass_their_check_are_not_known() {
    let (mut first, mut own) = (new_follower(), Own::default());
    round(&mut first, &mut Peer::new(bytes(&pulses(3))), &mut own);
    let stored = first.known().to_bytes();
    let key = signer(LOG, 7).verifier().clone();
    let origin: Origin = LOG.parse().unwrap();
    for at in 0..stored.len() {
        let mut changed = stored.clone();
        changed[at] ^= 1;
        assert!(Known::parse(&changed, &origin, &key).is_err(), "{at}");
        assert!(Known::parse(&stored[..at], &origin, &key).is_err(), "{at}");
    }
    let other = signer(LOG, 8).verifier().clone();
    let refused = Known::parse(&stored, &origin, &other).unwrap_err();
    assert_eq!(refused.code(), Reason::SignatureMissing);
    let elsewhere = "log.example/two/e1".parse().unwrap();
    let refused = Known::parse(&stored, &elsewhere, &key).unwrap_err();
    assert_eq!(refused.code(), Reason::OriginMismatch);
}

fn forked(reports: &[Report]) -> &SplitView {
    match reports {
        [Report::Forked(view)] => view,
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_histories_are_proved_by_a_file_and_end_the_following_for_good() {
    let entries = bytes(&pulses(600));
    let mut swapped = entries.clone();
    swapped.swap(3, 4);
    for size in [500, 600] {
        let (mut follower, mut own) = (new_follower(), Own::default());
        round(
            &mut follower,
            &mut Peer::new(entries[..500].to_vec()),
            &mut own,
        );
        let before = own.order.clone();
        let mut peer = Peer::new(swapped[..size].to_vec());
        let (rest, reports) = round(&mut follower, &mut peer, &mut own);
        assert_eq!(rest, Rest::Forked);
        let file = forked(&reports).to_string();
        let view: SplitView = file.parse().unwrap();
        let (older, newer) = view.verify(&follower.log.key).unwrap();
        assert_eq!((older.size().get(), newer.size().get()), (500, size as u64));
        assert_eq!(
            own.order, before,
            "nothing of the second history is taken up"
        );
        peer.asked.clear();
        assert_eq!(round(&mut follower, &mut peer, &mut own).0, Rest::Forked);
        assert!(peer.asked.is_empty());
        let stored = follower.known().to_bytes();
        let log = follower.log.clone();
        let known = Known::parse(&stored, &log.origin, &log.key).unwrap();
        let mut restarted = Follower::new(log, known);
        assert_eq!(round(&mut restarted, &mut peer, &mut own).0, Rest::Forked);
    }
}

#[test]
fn a_smaller_tree_is_reported_and_passes() {
    let entries = bytes(&pulses(300));
    let (mut follower, mut own) = (new_follower(), Own::default());
    let mut peer = Peer::new(entries.clone());
    round(&mut follower, &mut peer, &mut own);
    let mut old = Peer::new(entries[..299].to_vec());
    let (rest, reports) = round(&mut follower, &mut old, &mut own);
    assert_eq!(
        rest,
        Rest::Shrunk {
            seen: 300,
            found: 299
        }
    );
    assert!(matches!(reports[..], [Report::Shrunk { .. }]));
    assert_eq!(round(&mut follower, &mut peer, &mut own), reached(false));
}

type Spoil = fn(&Question, &mut Answer);

fn flip(bytes: &mut [u8]) {
    bytes[5] ^= 1;
}

/// Flips a bit of every tile of this width, or of any below 256.
fn flip_tile(question: &Question, answer: &mut Answer, full: bool) {
    if let (Question::Tile(tile), Answer::Tile(bytes)) = (question, answer)
        && (tile.width() == 256) == full
    {
        flip(bytes);
    }
}

fn note_of(answer: &mut Answer, change: fn(&mut Vec<u8>)) {
    if let Answer::Checkpoint(note) = answer {
        change(note);
    }
}

fn entries_of(answer: &mut Answer, change: fn(&mut Vec<Vec<u8>>)) {
    if let Answer::Entries(entries) = answer {
        change(entries);
    }
}

fn larger(note: &mut Vec<u8>) {
    let text = String::from_utf8(note.clone()).unwrap();
    *note = text.replace("\n600\n", "\n601\n").into_bytes();
}

const LIES: [(Spoil, Reason); 8] = [
    (
        |_, answer| note_of(answer, larger),
        Reason::SignatureInvalid,
    ),
    (
        |_, answer| note_of(answer, |note| note.truncate(20)),
        Reason::NoteMalformed,
    ),
    (
        |q, answer| flip_tile(q, answer, false),
        Reason::RootMismatch,
    ),
    (|q, answer| flip_tile(q, answer, true), Reason::TileMismatch),
    (
        |_, answer| {
            if let Answer::Tile(bytes) = answer {
                bytes.pop();
            }
        },
        Reason::TileMismatch,
    ),
    (
        |_, answer| entries_of(answer, |entries| flip(&mut entries[0])),
        Reason::RootMismatch,
    ),
    (
        |_, answer| entries_of(answer, |entries| drop(entries.pop())),
        Reason::BundleMalformed,
    ),
    (
        |question, answer| {
            if matches!(question, Question::Tile(_)) {
                *answer = Answer::Entries(Vec::new());
            }
        },
        Reason::GatewayAnswer,
    ),
];

#[test]
fn nothing_is_believed_that_does_not_lead_to_a_root_the_log_signed() {
    for (number, (spoil, reason)) in LIES.into_iter().enumerate() {
        let (mut follower, mut own) = (new_follower(), Own::default());
        let mut peer = Peer::new(bytes(&pulses(600)));
        peer.spoil = Some(spoil);
        let refused = round(&mut follower, &mut peer, &mut own);
        assert_eq!(refused, (Rest::Failed(reason), Vec::new()), "case {number}");
        assert!(own.order.is_empty());
        assert_eq!(follower.known().cursor(), Cursor::start());
        peer.spoil = None;
        assert_eq!(round(&mut follower, &mut peer, &mut own), reached(true));
        assert_eq!(own.order.len(), 600);
    }
}

#[test]
fn another_key_and_another_origin_are_not_followed() {
    let (mut follower, mut own) = (new_follower(), Own::default());
    let mut peer = Peer::new(bytes(&pulses(3)));
    peer.signer = signer(LOG, 8);
    let (rest, _) = round(&mut follower, &mut peer, &mut own);
    assert_eq!(rest, Rest::Failed(Reason::SignatureMissing));
    assert!(own.kept.is_empty());
}

#[test]
fn a_leaf_refused_for_good_is_reported_and_passed_and_an_early_one_is_waited_for() {
    let entries = bytes(&pulses(20));
    let hash = |at: usize| leaf_hash(&entries[at]);
    let (mut follower, mut peer) = (new_follower(), Peer::new(entries.clone()));
    let mut own = Own {
        refuse: vec![
            (hash(4), Reason::SignatureInvalid),
            (hash(9), Reason::EarlyGrant),
        ],
        ..Own::default()
    };
    let (rest, reports) = round(&mut follower, &mut peer, &mut own);
    let reason = Reason::EarlyGrant;
    assert_eq!(rest, Rest::Stalled { leaf: 9, reason });
    assert!(matches!(
        reports[..],
        [Report::LeafRefused {
            leaf: 4,
            reason: Reason::SignatureInvalid,
            entry: Some(_)
        }]
    ));
    assert_eq!(follower.known().cursor().head.size.get(), 9);
    assert_eq!(own.order.len(), 8);
    let (rest, _) = round(&mut follower, &mut peer, &mut own);
    assert_eq!(rest, Rest::Stalled { leaf: 9, reason });
    own.refuse.pop();
    assert_eq!(round(&mut follower, &mut peer, &mut own), reached(true));
    assert_eq!(own.order.len(), 19);
}

#[test]
fn a_log_of_refused_leaves_is_followed_no_further() {
    let entries = bytes(&pulses(400));
    let mut own = Own {
        refuse: entries
            .iter()
            .map(|leaf| (leaf_hash(leaf), Reason::SignatureInvalid))
            .collect(),
        ..Own::default()
    };
    let (mut follower, mut peer) = (new_follower(), Peer::new(entries));
    let (rest, reports) = round(&mut follower, &mut peer, &mut own);
    assert_eq!(rest, Rest::Blamed);
    assert_eq!(reports.len(), usize::try_from(REFUSED_LEAVES).unwrap());
    assert_eq!(round(&mut follower, &mut peer, &mut own).0, Rest::Blamed);
}

#[test]
fn leaves_that_are_no_entries_are_blamed_and_passed() {
    let mut leaves = bytes(&pulses(5));
    leaves[2] = vec![0; 40];
    let (mut follower, mut own) = (new_follower(), Own::default());
    let (rest, reports) = round(&mut follower, &mut Peer::new(leaves), &mut own);
    assert_eq!(rest, Rest::Reached { moved: true });
    assert!(matches!(
        reports[..],
        [Report::LeafRefused {
            leaf: 2,
            reason: Reason::FrameInvalid,
            entry: None
        }]
    ));
    let mut leaves = bytes(&pulses(3));
    leaves[1] = vec![0; 8_193];
    let (mut follower, mut own) = (new_follower(), Own::default());
    let (rest, _) = round(&mut follower, &mut Peer::new(leaves), &mut own);
    assert_eq!(rest, Rest::Failed(Reason::TooLarge));
}

#[test]
fn a_busy_log_moves_nothing_and_late_answers_answer_nothing() {
    let (mut follower, mut peer) = (new_follower(), Peer::new(bytes(&pulses(5))));
    let mut own = Own {
        busy: true,
        ..Own::default()
    };
    let (rest, _) = round(&mut follower, &mut peer, &mut own);
    assert_eq!(rest, Rest::Busy(Reason::Overloaded));
    assert_eq!(follower.known().cursor(), Cursor::start());
    let late = Input::Answered {
        ticket: Ticket::new(1),
        answer: Ok(Answer::Checkpoint(peer.note())),
    };
    assert_eq!(follower.handle(late), []);
    assert_eq!(follower.handle(Input::Kept(Ticket::new(2))), []);
    own.busy = false;
    assert_eq!(round(&mut follower, &mut peer, &mut own), reached(true));
}

#[test]
fn a_cursor_that_stands_on_nothing_signed_starts_over() {
    let entries = bytes(&pulses(50));
    let (mut first, mut own) = (new_follower(), Own::default());
    round(&mut first, &mut Peer::new(entries[..40].to_vec()), &mut own);
    let mut known = first.known().clone();
    let mut cursor = known.cursor();
    cursor.head.size = TreeSize::new(39).unwrap();
    known.advance(cursor);
    let mut second = Follower::new(first.log.clone(), known);
    let (rest, reports) = round(&mut second, &mut Peer::new(entries), &mut own);
    assert_eq!(rest, Rest::Reached { moved: true });
    assert_eq!(reports, [Report::CursorReset]);
    assert_eq!(own.order.len(), 50);
}

#[test]
fn what_is_kept_does_not_grow_with_the_log() {
    let entries = bytes(&pulses(2_000));
    let (mut follower, mut own) = (new_follower(), Own::default());
    round(
        &mut follower,
        &mut Peer::new(entries[..10].to_vec()),
        &mut own,
    );
    let small = follower.known().to_bytes().len();
    round(&mut follower, &mut Peer::new(entries), &mut own);
    let large = follower.known().to_bytes().len();
    assert!(large - small <= 16, "{small} and {large} bytes");
}

#[test]
fn only_what_harms_others_while_it_waits_may_overtake() {
    let pulse = pulses(2).pop().unwrap();
    assert!(urgent(pulse.bytes()).is_none());
    assert!(urgent(&[0; 10]).is_none());
}
