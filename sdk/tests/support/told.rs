//! Bundles of a market that is told on step by step, and what they say.

#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "shared by tests, of which none uses all; a test fails by panicking"
)]

use super::market::{FIRM, LICENCE, SITE, market, statement};
use super::world::bundled::kept_up;
use super::world::{World, date, noon, subject};
use fairtrail::bundle::{Bundle, Trust, open};
use fairtrail::entry::RevokeKind;
use fairtrail::policy::Policy;
use fairtrail::rules::{Outcome, Question, judge};

/// Subjects asked about in each world.
pub(crate) const SUBJECTS: usize = 3;

/// Worlds.
const WORLDS: usize = 7;
/// After how many of them a bundle is kept up.
const KEPT_UP: [usize; 1] = [WORLDS];

/// Which world a bundle is of.
pub(crate) fn world_of(bundle: usize) -> usize {
    let at = bundle / SUBJECTS;
    let kept_up = at.checked_sub(WORLDS).map(|at| KEPT_UP[at] - 1);
    kept_up.unwrap_or(at)
}

/// A world, told on so far, and what is asked about it.
fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    let mut world = market();
    for (month, say) in ["audit", "finding", "finding", "audit", "finding"]
        .iter()
        .enumerate()
    {
        world.on(&format!("2026-{:02}-01", month + 4));
        world.say("auditor", &statement(say, ""));
        worlds.push(world.clone());
        if month == 1 {
            world.rotate("auditor");
        }
        if month == 3 {
            let revoke = world.grant_revoke("auditor", RevokeKind::Withdrawn, "2026-06-15");
            world.revoke("scheme", &revoke);
        }
    }
    let mark = world.mark("auditor");
    world.say("auditor", &statement("audit", ""));
    world.rewind(mark);
    world.say("auditor", &statement("finding", ""));
    worlds.push(world.clone());
    world.on("2026-10-01");
    world.say("auditor", &statement("audit", ""));
    worlds.push(world);
    worlds
}

/// Bundles of all worlds about three subjects.
pub(crate) fn bundles(policy: &Policy) -> Vec<(&'static str, Bundle)> {
    let worlds = worlds();
    assert_eq!(worlds.len(), WORLDS);
    let pairs = worlds.iter().flat_map(|world| {
        let subjects: [_; SUBJECTS] = [SITE, FIRM, LICENCE];
        let subjects = subjects.into_iter();
        subjects.map(move |id| {
            let inquired = world.indexed().inquire(&[subject(id)], policy, None);
            (id, inquired.bundle)
        })
    });
    let mut pairs: Vec<_> = pairs.collect();
    assert!(pairs.len() >= 20);
    // The same kept up in two steps, before and after a fork.
    for upto in KEPT_UP {
        let logs: Vec<_> = worlds[upto - 3..upto].iter().map(World::indexed).collect();
        pairs.extend([SITE, FIRM, LICENCE].map(|id| {
            let [.., last] = logs.as_slice() else {
                unreachable!()
            };
            let question = last.inquire(&[subject(id)], policy, None).question;
            (id, kept_up(&logs, &question))
        }));
    }
    pairs
}

pub(crate) fn trust(policy: &Policy) -> Trust<'_> {
    Trust {
        network: policy.network(),
        logs: policy.logs(),
        indexes: policy.indexes().unwrap(),
    }
}

pub(crate) fn is_accepted(policy: &Policy, bundle: &Bundle) -> bool {
    is_accepted_in_bytes(policy, &bundle.to_bytes())
}

pub(crate) fn is_accepted_in_bytes(policy: &Policy, bundle: &[u8]) -> bool {
    open(bundle, trust(policy)).is_ok()
}

/// How bad news a bundle is: what may be missing must not make it less.
pub(crate) fn badness(policy: &Policy, id: &str, bundle: &Bundle) -> Option<u8> {
    let evidence = open(&bundle.to_bytes(), trust(policy)).ok()?;
    let history = evidence.history(&[subject(id)], policy, None).ok()?;
    let question = Question {
        as_of: date("2026-09-01"),
        now: noon("2026-09-01"),
    };
    Some(match judge(&history, policy, question).outcome {
        Outcome::NoAdverseEntries => 0,
        _ => 1,
    })
}
