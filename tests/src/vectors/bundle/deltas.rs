//! What came since, by itself and put to what was held.

use super::market::{SITE, market, statement};
use super::world::bundled::{Indexed, kept_up};
use super::world::subject;
use super::{Broken, Vector, broken, case};
use fairtrail::bundle::{Bundle, LogPart, OutsideLists, Question};
use fairtrail::index::{Posting, PostingList};
use fairtrail::limits::BUNDLE_STATES;
use fairtrail::merkle::Hash;

/// A log on three days, and what is asked about it: an auditor spoke, rotated its key and spoke again,
/// and another one spoke that was granted before.
fn days() -> (Vec<Indexed>, Question) {
    let mut world = market();
    let mut logs = Vec::new();
    for (day, who, what) in [
        ("2026-05-01", "auditor", "audit"),
        ("2026-06-01", "auditor", "finding"),
        ("2026-07-01", "other-auditor", "finding"),
    ] {
        world.on(day);
        if day == "2026-06-01" {
            world.rotate("auditor");
        }
        world.say(who, &statement(what, ""));
        world.stamp();
        logs.push(world.indexed());
    }
    let policy = world.policy("");
    let last = logs.last().expect("a day");
    let question = last.inquire(&[subject(SITE)], &policy, None).question;
    (logs, question)
}

fn part(bundle: &mut Bundle) -> &mut LogPart {
    &mut bundle.logs[0]
}

/// A place in an earlier state.
fn place(part: &mut LogPart) -> &mut OutsideLists {
    let mut places = part.earlier.iter_mut().flat_map(|then| &mut then.places);
    places.next().expect("a place")
}

/// Changes to what was kept up.
const BROKEN: &[Broken] = &[
    broken(
        "states-order",
        "not-ascending",
        "5.4d",
        "two earlier states exchanged",
        |bundle| part(bundle).earlier.swap(0, 1),
    ),
    broken(
        "state-late",
        "not-ascending",
        "5.4d",
        "an earlier state that is larger than what the index head covers",
        |bundle| {
            let last = part(bundle).earlier.last_mut();
            last.expect("a state").size = 1 << 40;
        },
    ),
    broken(
        "state-empty",
        "not-ascending",
        "5.4d",
        "an earlier state without leaves",
        |bundle| part(bundle).earlier[0].size = 0,
    ),
    broken(
        "state-root",
        "root-mismatch",
        "5.4d",
        "an earlier state of another history",
        |bundle| part(bundle).earlier[0].root[0] ^= 1,
    ),
    broken(
        "state-path",
        "proof-invalid",
        "5.4d",
        "a path from one state to the next that is too long",
        |bundle| part(bundle).earlier[0].path.push([0; 32]),
    ),
    broken(
        "states-many",
        "too-large",
        "4",
        "one earlier state too many",
        |bundle| {
            let earlier = &mut part(bundle).earlier;
            let first = earlier[0].clone();
            earlier.resize(BUNDLE_STATES + 1, first);
        },
    ),
    broken(
        "state-note-path",
        "root-mismatch",
        "5.4d",
        "a note that the earlier state does not follow from",
        |bundle| {
            let states = part(bundle).earlier.iter_mut();
            let mut notes = states.flat_map(|then| &mut then.notes);
            let note = notes.find(|note| !note.path.is_empty());
            note.expect("a note").path[0][0] ^= 1;
        },
    ),
    broken(
        "state-place-path",
        "root-mismatch",
        "5.4e",
        "an entry that did not stand there",
        |bundle| place(part(bundle)).at.path[0] = Hash::from_bytes([0; 32]),
    ),
    broken(
        "state-place-listed",
        "evidence-stray",
        "5.4e",
        "an entry placed in an earlier state that stands in a list",
        |bundle| {
            let part = part(bundle);
            let list = PostingList::parse(&part.lists[0].list.0).expect("a list");
            let posting = Posting::parse(&list.postings[0].0).expect("a posting");
            place(part).entry = posting.entry;
        },
    ),
    broken(
        "held-missing",
        "evidence-incomplete",
        "5.4e",
        "an entry that was held is left out",
        |bundle| {
            let entry = place(part(bundle)).entry;
            bundle.entries.retain(|bytes| {
                let read = fairtrail::entry::SignedEntry::parse(&bytes.0).expect("an entry");
                read.id() != entry
            });
        },
    ),
];

pub(super) fn vectors() -> Vec<Vector> {
    let (logs, question) = days();
    let whole = kept_up(&logs, &question);
    let comment = "kept up on two days";
    let mut vectors = vec![case("kept-up", "ok", "7", comment, &whole)];
    vectors.extend(BROKEN.iter().map(|broken| broken.case(&whole)));
    let [before, last] = &logs[1..] else {
        return vectors;
    };
    let held = before.bundle(&question);
    let since = question.since(&held).expect("a question");
    let delta = last.bundle(&since);
    let comment = "what came since, by itself";
    vectors.push(case("delta", "posting-chain", "5.4c", comment, &delta));
    let nothing = before.bundle(&since);
    let comment = "nothing came since";
    let expect = "evidence-incomplete";
    vectors.push(case("delta-empty", expect, "5.7", comment, &nothing));
    let anew = last.bundle(&question);
    let mut twice = whole.clone();
    let notes = &mut part(&mut twice).notes;
    notes.clone_from(&anew.logs[0].notes);
    let comment = "a note in an earlier state and again";
    vectors.push(case("note-twice", "not-ascending", "5.4d", comment, &twice));
    let mut twice = whole;
    let part = part(&mut twice);
    let held = place(part).entry;
    let again = anew.logs[0].places.iter();
    part.places
        .extend(again.filter(|place| place.entry == held).cloned());
    part.places.sort_by_key(|place| place.at.leaf);
    let comment = "an entry placed in an earlier state and again";
    vectors.push(case(
        "place-twice",
        "duplicate-leaf",
        "5.4e",
        comment,
        &twice,
    ));
    vectors
}
