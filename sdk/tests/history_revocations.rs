//! Revocations: every kind against every time, key compromise, who may revoke, acts of the roots.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::entry::{Revoke, RevokeKind, Role};
use fairtrail::history::{Revocations, Status, Times};
use fairtrail::id::EntryId;
use fairtrail::time::Timestamp;
use market::{SITE, market, statement};
use world::{World, noon, pulse};

const DAY: u64 = 86_400;

fn day(number: u64) -> Timestamp {
    Timestamp::new(noon("2026-03-01").seconds() + number * DAY).unwrap()
}

fn times(not_before: Option<u64>, not_after: Option<u64>) -> Times {
    Times {
        claimed: day(0),
        not_before: not_before.map(day),
        not_after: not_after.map(day),
    }
}

/// What is left of `entry`, written in `written`, when `by` is a revocation proved on `declared`.
fn status(
    world: &World,
    by: &[EntryId],
    entry: EntryId,
    written: Times,
    declared: Option<u64>,
) -> Status {
    let set = world.set();
    let mut revocations = Revocations::default();
    for revoke in by {
        revocations.observe(&set, world.entry(*revoke), times(None, declared), true);
    }
    revocations.status(&set, world.entry(entry), written)
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Kept => "kept",
        Status::Suspect => "suspect",
        Status::Revoked {
            on_record: false, ..
        } => "revoked",
        Status::Revoked {
            on_record: true, ..
        } => "barred",
    }
}

fn find(world: &mut World, by: &str) -> EntryId {
    world.say(by, &statement("finding", ""))[0]
}

#[test]
fn every_kind_keeps_what_was_written_in_its_good_time() {
    use RevokeKind::{Expiry, Suspension, Void, Withdrawn};
    let mut world = market();
    let entry = find(&mut world, "auditor");
    // Kind, since day 10, until; not before, not after; what is left when declared on day 40.
    let cases = [
        (Expiry, None, None, Some(9), "kept"),
        (Expiry, None, None, Some(10), "revoked"),
        (Expiry, None, Some(5), Some(11), "revoked"),
        (Expiry, None, None, None, "revoked"),
        (Expiry, None, None, Some(40), "revoked"),
        (Expiry, None, None, Some(41), "barred"),
        (Withdrawn, None, None, Some(9), "kept"),
        (Withdrawn, None, None, Some(10), "revoked"),
        (Withdrawn, None, None, None, "revoked"),
        (Void, None, None, Some(9), "revoked"),
        (Void, None, None, Some(41), "barred"),
        (Void, None, None, None, "revoked"),
        (Suspension, Some(20), None, Some(9), "kept"),
        (Suspension, Some(20), None, Some(10), "revoked"),
        (Suspension, Some(20), None, Some(15), "revoked"),
        // Only a note that it cites proves that it was written after the end.
        (Suspension, Some(20), None, Some(30), "revoked"),
        (Suspension, Some(20), Some(19), Some(30), "revoked"),
        (Suspension, Some(20), Some(20), Some(30), "kept"),
        (Suspension, Some(20), Some(20), None, "kept"),
        (Suspension, Some(20), None, None, "revoked"),
        (Suspension, None, Some(30), Some(31), "revoked"),
    ];
    for (kind, until, not_before, not_after, expected) in cases {
        let mut world = world.clone();
        let revoke = Revoke {
            since: day(10),
            until: until.map(day),
            ..world.grant_revoke("auditor", kind, "2026-03-01")
        };
        let by = world.revoke("scheme", &revoke);
        let found = status(&world, &[by], entry, times(not_before, not_after), Some(40));
        assert_eq!(
            word(found),
            expected,
            "{kind} until {until:?}, [{not_before:?}, {not_after:?}]"
        );
    }
}

/// Which entry of the feed is the last good one.
#[derive(Debug, Clone, Copy)]
enum LastGood {
    Nothing,
    Before,
    Itself,
    After,
}

#[test]
fn a_compromised_key_leaves_what_is_proved_old_or_vouched_for() {
    use LastGood::{After, Before, Itself, Nothing};
    let mut world = market();
    let before = find(&mut world, "auditor");
    let entry = find(&mut world, "auditor");
    let after = find(&mut world, "auditor");
    // Written on (None: not known), declared on, last good entry; the key is bad since day 10.
    let cases = [
        (Some(0), Some(30), Nothing, "kept"),
        (Some(9), Some(30), Nothing, "kept"),
        (Some(10), Some(30), Nothing, "suspect"),
        (Some(20), Some(30), Nothing, "suspect"),
        (Some(30), Some(30), Nothing, "suspect"),
        (Some(31), Some(30), Nothing, "barred"),
        (Some(90), Some(30), Nothing, "barred"),
        (None, Some(30), Nothing, "revoked"),
        (Some(9), None, Nothing, "kept"),
        (Some(20), None, Nothing, "revoked"),
        (None, None, Nothing, "revoked"),
        // Declared before it was bad: whatever follows is barred.
        (Some(5), Some(5), Nothing, "kept"),
        (Some(10), Some(5), Nothing, "barred"),
        (Some(20), Some(30), Itself, "kept"),
        (Some(20), Some(30), After, "kept"),
        (Some(20), Some(30), Before, "suspect"),
        (Some(31), Some(30), Itself, "kept"),
        (Some(31), Some(30), After, "kept"),
        (Some(31), Some(30), Before, "barred"),
        (None, Some(30), Itself, "kept"),
        (None, Some(30), After, "kept"),
        (None, Some(30), Before, "revoked"),
        (None, None, After, "kept"),
        (Some(9), Some(30), Before, "kept"),
    ];
    assert!(cases.len() >= 20);
    for (written, declared, good, expected) in cases {
        let last_good = match good {
            Nothing => None,
            Before => Some(before),
            Itself => Some(entry),
            After => Some(after),
        };
        let mut world = world.clone();
        let revoke = Revoke {
            since: day(10),
            last_good,
            ..world.key_revoke("auditor", RevokeKind::KeyCompromise, "2026-03-01")
        };
        let by = world.revoke("scheme", &revoke);
        let found = status(&world, &[by], entry, times(None, written), declared);
        assert_eq!(word(found), expected, "{written:?} {declared:?} {good:?}");
    }
}

#[test]
fn a_branch_that_the_last_good_entry_is_not_on_is_not_vouched_for() {
    let mut world = market();
    let mark = world.mark("auditor");
    let good = find(&mut world, "auditor");
    world.rewind(mark);
    let thief = world.say("auditor", &statement("finding", "own_key = \"R-1/7\""))[0];
    let revoke = Revoke {
        since: day(0),
        last_good: Some(good),
        ..world.key_revoke("auditor", RevokeKind::KeyCompromise, "2026-03-01")
    };
    let by = world.revoke("scheme", &revoke);
    assert_eq!(
        word(status(&world, &[by], good, times(None, Some(5)), Some(9))),
        "kept"
    );
    assert_eq!(
        word(status(&world, &[by], thief, times(None, Some(5)), Some(9))),
        "suspect"
    );
}

#[test]
fn only_the_key_that_was_named_is_taken_and_never_begins_and_rotations() {
    let mut world = market();
    let old = find(&mut world, "auditor");
    let begin = EntryId::from(world.author("auditor"));
    let rotate = world.rotate("auditor");
    let new = find(&mut world, "auditor");
    let revoke = world.key_revoke("auditor", RevokeKind::Void, "2026-03-01");
    let by = world.revoke("auditor", &revoke);
    let left = |id| word(status(&world, &[by], id, times(None, Some(50)), Some(60)));
    assert_eq!(
        [begin, rotate, new, old].map(left),
        ["kept", "kept", "kept", "revoked"]
    );
}

#[test]
fn keys_are_revoked_by_granters_roots_together_and_the_feed_itself_once_it_rotated() {
    let mut world = market();
    let entry = find(&mut world, "auditor");
    world.grant("roots", "rival-scheme", Role::Scheme, &[], &[Role::Auditor]);
    world.grant("rival-scheme", "auditor", Role::Auditor, &[], &[]);
    let revoke = world.key_revoke("auditor", RevokeKind::Void, "2026-03-01");
    let left = |world: &World, by: &[EntryId]| {
        let found = status(world, by, entry, times(None, Some(1)), Some(9));
        word(found)
    };
    // A feed that did not rotate takes nothing from itself: whoever has the key could.
    let itself = world.revoke("auditor", &revoke);
    assert_eq!(left(&world, &[itself]), "kept");
    world.rotate("auditor");
    let itself = world.revoke("auditor", &revoke);
    assert_eq!(left(&world, &[itself]), "revoked");
    // Whoever granted it anything may say that its key is in other hands.
    for by in ["scheme", "rival-scheme"] {
        let by = world.revoke(by, &revoke);
        assert_eq!(left(&world, &[by]), "revoked");
    }
    let one = world.revoke("root-one", &revoke);
    let again = world.revoke("root-one", &revoke);
    assert_eq!(left(&world, &[one, again]), "kept");
    let two = world.revoke("root-two", &revoke);
    assert_eq!(left(&world, &[one, two]), "revoked");
}

#[test]
fn a_root_that_rotated_takes_its_own_old_key_alone() {
    let mut world = market();
    let entry = world.network("root-one", pulse());
    world.rotate("root-one");
    let revoke = world.key_revoke("root-one", RevokeKind::Void, "2026-03-01");
    let by = world.revoke("root-one", &revoke);
    assert_eq!(
        word(status(&world, &[by], entry, times(None, Some(1)), Some(9))),
        "revoked"
    );
}

#[test]
fn an_act_of_the_roots_is_declared_when_enough_of_them_have_made_it() {
    let mut world = market();
    let entry = find(&mut world, "auditor");
    let revoke = world.key_revoke("auditor", RevokeKind::KeyCompromise, "2026-03-01");
    let acts = ["root-one", "root-two", "root-three"].map(|root| world.revoke(root, &revoke));
    let set = world.set();
    let left = |declared: &[(usize, Option<u64>)], written| {
        let mut revocations = Revocations::default();
        for (root, on) in declared {
            revocations.observe(&set, world.entry(acts[*root]), times(None, *on), true);
        }
        word(revocations.status(&set, world.entry(entry), times(None, Some(written))))
    };
    assert_eq!(left(&[(0, Some(10))], 20), "kept");
    assert_eq!(left(&[(0, Some(10)), (1, Some(30))], 20), "suspect");
    assert_eq!(left(&[(1, Some(30)), (0, Some(10))], 20), "suspect");
    assert_eq!(left(&[(0, Some(10)), (1, Some(30))], 31), "barred");
    assert_eq!(
        left(&[(0, Some(10)), (1, Some(30)), (2, Some(12))], 20),
        "barred"
    );
    assert_eq!(left(&[(0, Some(10)), (1, None)], 20), "revoked");
}

#[test]
fn a_revoked_grant_takes_from_everything_below_it() {
    let mut world = market();
    let [own, desk, other] =
        ["auditor", "field-desk", "other-auditor"].map(|by| find(&mut world, by));
    let left = |world: &World, by: EntryId| {
        [own, desk, other].map(|id| word(status(world, &[by], id, times(None, Some(20)), Some(30))))
    };
    let cases = [
        ("field-desk", "auditor", ["kept", "revoked", "kept"]),
        // An ancestor may as well.
        ("field-desk", "scheme", ["kept", "revoked", "kept"]),
        ("auditor", "scheme", ["revoked", "revoked", "kept"]),
    ];
    for (of, by, expected) in cases {
        let mut world = world.clone();
        let revoke = world.grant_revoke(of, RevokeKind::Withdrawn, "2026-03-01");
        let by = world.revoke(by, &revoke);
        assert_eq!(left(&world, by), expected, "{of}");
    }
    // A grant of the roots is named by its act, and taken by an act.
    let revoke = world.grant_revoke("scheme", RevokeKind::Void, "2026-03-01");
    let acts = ["root-two", "root-three"].map(|root| world.revoke(root, &revoke));
    for id in [own, desk, other] {
        let found = status(&world, &acts, id, times(None, Some(20)), Some(30));
        assert_eq!(word(found), "revoked");
        assert_eq!(
            status(&world, &acts[..1], id, times(None, Some(20)), Some(30)),
            Status::Kept
        );
    }
}

#[test]
fn a_grant_made_with_a_stolen_key_gives_nothing() {
    let mut world = World::new();
    world.grant("roots", "scheme", Role::Scheme, &[], &[Role::Auditor]);
    world.grant("scheme", "good", Role::Auditor, &[], &[]);
    let last_good = world.mark("scheme").last;
    world.on("2026-03-10");
    world.grant("scheme", "puppet", Role::Auditor, &[], &[]);
    world.on("2026-03-20");
    let [good, puppet] = ["good", "puppet"].map(|by| find(&mut world, by));
    world.on("2026-04-01");
    let revoke = Revoke {
        last_good: Some(last_good),
        ..world.key_revoke("scheme", RevokeKind::KeyCompromise, "2026-03-05")
    };
    world.revoke("roots", &revoke);
    let history = world.history(&[SITE], &world.policy(""));
    let standing = |id| history.entry(id).unwrap().standing().clone();
    assert_eq!(standing(good).status, Status::Kept);
    assert_eq!(standing(puppet).status, Status::Suspect);
    assert!(!standing(puppet).counts_for());
}

#[test]
fn a_revocation_off_the_path_is_empty() {
    let mut world = market();
    let entry = find(&mut world, "auditor");
    let mark = world.mark("scheme");
    let revoke = world.grant_revoke("auditor", RevokeKind::Void, "2026-03-01");
    world.revoke("scheme", &revoke);
    let left = |world: &World| {
        let history = world.history(&[SITE], &world.policy(""));
        word(history.entry(entry).unwrap().standing().status)
    };
    assert_eq!(left(&world), "revoked");
    // The scheme takes its feed back from before the thief.
    let mut forked = world.clone();
    forked.rewind(mark);
    forked.rotate("scheme");
    assert_eq!(left(&forked), "kept");
    let history = forked.history(&[SITE], &forked.policy(""));
    assert!(history.entry(entry).unwrap().standing().granted);
}

#[test]
fn of_two_revocations_the_worse_stands_and_both_are_shown() {
    let mut world = market();
    let entry = find(&mut world, "auditor");
    world.on("2026-04-01");
    let mild = world.key_revoke("auditor", RevokeKind::KeyCompromise, "2026-01-01");
    let hard = world.grant_revoke("auditor", RevokeKind::Void, "2026-03-01");
    let mut shown = [world.revoke("scheme", &mild), world.revoke("scheme", &hard)];
    shown.sort();
    let history = world.history(&[SITE], &world.policy(""));
    let standing = history.entry(entry).unwrap().standing();
    assert_eq!(
        standing.status,
        Status::Revoked {
            kind: RevokeKind::Void,
            on_record: false
        }
    );
    assert_eq!(standing.revoked_by, shown);
}

#[test]
fn worse_is_the_same_in_any_order() {
    let all = [
        Status::Kept,
        Status::Suspect,
        Status::Revoked {
            kind: RevokeKind::Expiry,
            on_record: true,
        },
        Status::Revoked {
            kind: RevokeKind::Void,
            on_record: false,
        },
    ];
    for a in all {
        assert_eq!(a.worse(a), a);
        for b in all {
            assert_eq!(a.worse(b), b.worse(a));
            for c in all {
                assert_eq!(a.worse(b).worse(c), a.worse(b.worse(c)));
            }
        }
    }
}
