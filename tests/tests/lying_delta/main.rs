//! A gateway that lies to whoever asks only for what came since: a file that is brought up to date, and
//! a watch by index, never take what is not so, and learn what is as soon as anybody says it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../lying_bell/front.rs"]
mod front;
mod lies;
#[path = "../witnesses/node.rs"]
mod node;
#[path = "../witnesses/root.rs"]
mod root;
mod scene;
#[path = "../lying_bell/watching.rs"]
mod watching;

use fairtrail::rules::Verdict;
use lies::{Fate, Lie};
use scene::{Scene, When};
use serde_json::Value;

fn entries(verdict: &Verdict) -> Vec<(fairtrail::id::EntryId, u64)> {
    let lines = verdict.entries.iter();
    lines.map(|line| (line.id, line.leaf)).collect()
}

/// What a file that was brought up to date proves is what is so, or what was so and says so.
fn check(scene: &Scene, fate: Fate, lie: Lie) {
    let (before, truth) = (scene.verdict(&scene.before), scene.verdict(&scene.truth()));
    // What was held may date an entry better than what is answered now.
    let kept_up = scene.verdict(&scene.kept_up());
    assert_eq!(entries(&kept_up), entries(&truth));
    let found = scene.verdict(&scene.file());
    match fate {
        // Verdicts are long.
        Fate::Truth => {
            let so = found == truth || found == kept_up;
            assert!(so, "{lie:?}: {:?}", found.logs);
        }
        Fate::Stale | Fate::Refused => assert!(found == before, "{lie:?}: {:?}", found.logs),
        Fate::Untimed => {
            assert_eq!(entries(&found), entries(&truth), "{lie:?}");
            assert_eq!(found.logs[0].size, truth.logs[0].size);
            assert!(truth.logs[0].time.is_some());
            assert_eq!(found.logs[0].time, None, "{lie:?}");
            assert!(found.entries.iter().all(|line| {
                let mut truly = kept_up.entries.iter();
                let truly = truly.find(|truly| truly.id == line.id).unwrap();
                line.not_after.is_none() || line.not_after >= truly.not_after
            }));
        }
    }
}

#[test]
fn a_file_is_brought_up_to_date_by_what_is_so_and_else_stays_as_it_is() {
    let mut scene = Scene::new();
    scene.say();
    for (when, lie) in [When::Since, When::Always]
        .into_iter()
        .flat_map(|when| Lie::ALL.map(|lie| (when, lie)))
    {
        let fate = match when {
            When::Always => lie.always(),
            _ => lie.since(),
        };
        scene.tell(lie, when);
        let (status, out, notes) = scene.update();
        let told = scene.told();
        assert!(told > 0, "{lie:?} was told to nobody: {notes}");
        if fate == Fate::Refused {
            let error: Value = serde_json::from_str(&out).unwrap();
            assert!(error["reason"].is_string(), "{lie:?}: {error}");
            assert!(matches!(status, Some(1 | 3 | 5)), "{lie:?}: {error}");
            assert_eq!(scene.bytes(), scene.before.to_bytes(), "{lie:?}");
            println!("{lie:?} {when:?}: {} {status:?}", error["reason"]);
        } else {
            assert_eq!(status, Some(0), "{lie:?}: {out}{notes}");
            println!("{lie:?} {when:?}: {fate:?}, told {told} times");
        }
        check(&scene, fate, lie);
    }
}

#[test]
fn a_watch_by_index_tells_what_is_so_whatever_is_said_of_what_came_since() {
    let mut scene = Scene::new();
    let watching = scene.watch();
    scene.wait_until("it is seen", |scene| {
        scene.said().contains("\"first\":true")
    });
    for (at, lie) in (0..).zip(Lie::ALL) {
        scene.tell(lie, When::Since);
        let entry = scene.say();
        scene.wait_until("it is lied to", |scene| scene.told() > 0);
        if lie.since() == Fate::Stale {
            // Somebody says nothing new for a while.
            assert_eq!(scene.changes().len(), at);
            scene.tell(lie, When::Never);
        }
        scene.wait_until("it is told", |scene| scene.changes().len() > at);
        let changes = scene.changes();
        assert_eq!(changes.len(), at + 1, "{lie:?}");
        assert!(changes[at].contains(&entry.to_string()), "{lie:?}");
    }
    watching.end();
}

#[test]
fn a_watch_by_index_tells_nothing_while_every_answer_is_a_lie() {
    for lie in [Lie::Posting, Lie::Earlier, Lie::OtherLog, Lie::Garbage] {
        let mut scene = Scene::new();
        let mut watching = scene.watch();
        scene.wait_until("it is seen", |scene| {
            scene.said().contains("\"first\":true")
        });
        scene.tell(lie, When::Always);
        let entry = scene.say();
        scene.wait_until("it is lied to", |scene| scene.told() > 1);
        let ended = scene.wait_for_reason(&mut watching);
        assert_eq!(scene.changes(), Vec::<String>::new(), "{lie:?}");
        println!("{lie:?}: {}", if ended { "ended" } else { "goes on" });
        scene.tell(lie, When::Never);
        if ended {
            watching = scene.watch();
        }
        scene.wait_until("it is told", |scene| !scene.changes().is_empty());
        assert!(scene.changes()[0].contains(&entry.to_string()), "{lie:?}");
        // What was held before somebody lied is held all the same.
        assert_eq!(scene.asked_since(), !ended, "{lie:?}");
        watching.end();
    }
}
