//! A market in which numbers say what happens, day by day.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::market::{market, statement};
use super::world::{World, pulse};
use fairtrail::entry::{Body, Role};
use fairtrail::id::EntryId;

/// One thing that happens.
fn step(world: &mut World, what: u8, parts: &mut Parts) {
    match what {
        0 => parts.said(world.say("auditor", &statement("finding", ""))),
        1 => parts.said(world.say("auditor", &statement("audit", ""))),
        // Granted long before, and nobody here heard of them.
        2 => parts.said(world.say("other-auditor", &statement("finding", ""))),
        3 => parts.said(world.say("field-desk", &statement("finding", ""))),
        4 => parts.said(world.say("ministry", &statement("licence", ""))),
        5 => parts.said(world.say("company", &statement("attest", ""))),
        6 => drop(world.rotate("auditor")),
        7 => drop(world.network("auditor", pulse())),
        8 => {
            let kind = fairtrail::entry::RevokeKind::Withdrawn;
            let revoke = world.grant_revoke("auditor", kind, "2026-03-01");
            world.revoke("scheme", &revoke);
        }
        9 => {
            let mark = world.mark("auditor");
            parts.said(world.say("auditor", &statement("audit", "")));
            world.rewind(mark);
            parts.said(world.say("auditor", &statement("finding", "")));
        }
        // What one head says of somebody else is not said by the next one.
        10 => {
            let continued = world.author("watcher");
            let name = format!("heir {}", world.entries.len());
            world.grant_with("scheme", &name, |grant| {
                grant.role = Role::Auditor;
                grant.succeeds = Some(continued);
            });
        }
        11 => parts.withhold(world),
        12 => world.bodies.append(&mut parts.withheld),
        13 => parts.erase(world),
        14 => world.add_root(&format!("root {}", world.entries.len())),
        _ => drop(world.network("scheme", pulse())),
    }
}

/// Entries with parts, and parts that their log does not serve now.
#[derive(Default)]
struct Parts {
    entries: Vec<EntryId>,
    withheld: Vec<Body>,
}

impl Parts {
    fn said(&mut self, entries: Vec<EntryId>) {
        self.entries.extend(entries);
    }

    fn withhold(&mut self, world: &mut World) {
        let Some(entry) = self.entries.last() else {
            return;
        };
        let before = world.bodies.clone();
        world.withhold(*entry);
        let here = &world.bodies;
        self.withheld
            .extend(before.into_iter().filter(|body| !here.contains(body)));
    }

    /// By its author, for good.
    fn erase(&mut self, world: &mut World) {
        let Some(id) = self.entries.first().copied() else {
            return;
        };
        let author = world.entry(id).author();
        let name = world.feeds.iter().find(|(_, feed)| feed.author == author);
        let name = name.unwrap().0.clone();
        let part = world.entry(id).header().parts[0].digest;
        world.erase(&name, id, part);
        world.bodies.retain(|body| body.digest() != part);
        self.withheld.retain(|body| body.digest() != part);
    }
}

/// The log of a world at the end of each day on which something happened.
pub(crate) fn days(days: &[Vec<u8>]) -> Vec<World> {
    let (mut world, mut parts) = (market(), Parts::default());
    let mut worlds = Vec::new();
    for (day, steps) in days.iter().enumerate() {
        world.on(&format!("2026-{:02}-01", day + 2));
        for what in steps {
            step(&mut world, *what, &mut parts);
        }
        world.stamp();
        worlds.push(world.clone());
    }
    worlds
}
