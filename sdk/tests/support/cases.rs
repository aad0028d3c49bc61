//! Reads the decision tables and builds the worlds it speaks of.

#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "shared by tests, of which none uses all; a test fails by panicking"
)]

use super::market::{market, statement};
use super::world::World;
use fairtrail::entry::{PartRole, RevokeKind};
use fairtrail::id::EntryId;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Table;

/// The files of the table.
const FILES: &[&str] = &[
    include_str!("../data/decisions.toml"),
    include_str!("../data/decisions-contract.toml"),
    include_str!("../data/decisions-edges.toml"),
    include_str!("../data/decisions-findings.toml"),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Decisions {
    pub(crate) case: Vec<Case>,
    pub(crate) moment: Vec<Moment>,
    pub(crate) month: Vec<MonthCase>,
}

impl Decisions {
    /// The whole table.
    pub(crate) fn read() -> Self {
        let mut all = Self::default();
        for text in FILES {
            let file: Self = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
            all.case.extend(file.case);
            all.moment.extend(file.moment);
            all.month.extend(file.month);
        }
        all
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    set: BTreeMap<String, Table>,
    #[serde(default)]
    drop: Vec<String>,
    #[serde(default)]
    revoke_first: Vec<Revocation>,
    #[serde(default)]
    say: Vec<Say>,
    #[serde(default)]
    withhold: Vec<String>,
    #[serde(default)]
    erase: Vec<String>,
    /// Statements of which a text was erased, not the claim.
    #[serde(default)]
    erase_text: Vec<String>,
    /// Statements in whose place their authors signed another one, too.
    #[serde(default)]
    fork: Vec<String>,
    #[serde(default)]
    revoke: Vec<Revocation>,
    #[serde(default)]
    policy: String,
    #[serde(default)]
    policy_rules: String,
    #[serde(default)]
    accept: Vec<String>,
    pub(crate) as_of: Option<String>,
    pub(crate) asked_on: Option<String>,
    pub(crate) outcome: String,
    #[serde(default)]
    pub(crate) rules: Vec<String>,
    #[serde(default)]
    pub(crate) unknown: Vec<String>,
    #[serde(default)]
    pub(crate) open: Vec<String>,
    #[serde(default)]
    pub(crate) not_evaluated: Vec<String>,
    #[serde(default)]
    pub(crate) marks: Vec<String>,
    #[serde(default)]
    pub(crate) counts: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Say {
    by: String,
    #[serde(rename = "use")]
    template: String,
    name: Option<String>,
    on: Option<String>,
    #[serde(default)]
    refs: Vec<String>,
    #[serde(default)]
    set: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revocation {
    by: String,
    of: String,
    kind: RevokeKind,
    since: String,
    #[serde(default)]
    key: bool,
}

/// Statements without the supplier around them.
#[derive(Deserialize)]
pub(crate) struct Said {
    say: Vec<Say>,
    #[serde(default)]
    revoke: Vec<Revocation>,
}

#[derive(Deserialize)]
pub(crate) struct Moment {
    pub(crate) name: String,
    pub(crate) days: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) policy: String,
    #[serde(flatten)]
    pub(crate) said: Said,
}

#[derive(Deserialize)]
pub(crate) struct MonthCase {
    pub(crate) name: String,
    pub(crate) months: BTreeMap<String, String>,
    #[serde(flatten)]
    pub(crate) said: Said,
}

/// Entries by name.
pub(crate) type Names = BTreeMap<String, EntryId>;

/// The statements every supplier starts from, and who makes them.
pub(crate) const BASE: [(&str, &str); 3] = [
    ("licence", "ministry"),
    ("attest", "company"),
    ("audit", "auditor"),
];

/// A supplier about which all is known and nothing adverse is open, on the day it was stated.
pub(crate) fn supplier(change: impl Fn(&str) -> Option<String>) -> (World, Names) {
    let (mut world, mut names) = (market(), Names::new());
    world.on("2026-08-15");
    for (template, by) in BASE {
        if let Some(changes) = change(template) {
            let ids = world.say(by, &statement(template, &changes));
            names.insert(template.to_owned(), ids[0]);
        }
    }
    world.on("2026-08-20");
    (world, names)
}

impl Case {
    /// The world of the case, asked on the first of September.
    pub(crate) fn world(&self) -> (World, Names) {
        let (mut world, mut names) = supplier(|template| {
            let dropped = self.drop.iter().any(|name| name == template);
            let changes = self.set.get(template).map(ToString::to_string);
            (!dropped).then(|| changes.unwrap_or_default())
        });
        for revocation in &self.revoke_first {
            revocation.post(&mut world);
        }
        if !self.revoke_first.is_empty() {
            world.on("2026-08-21");
        }
        for say in &self.say {
            say.post(&mut world, &mut names);
        }
        for name in &self.withhold {
            world.withhold(names[name]);
        }
        for name in &self.erase {
            let id = names[name];
            let part = world.entry(id).header().parts[0].digest;
            let by = author_of(&world, id);
            world.erase(&by, id, part);
        }
        for name in &self.erase_text {
            let id = names[name];
            let parts = world.entry(id).header().parts.iter();
            let mut texts = parts.filter(|part| part.role == PartRole::Text);
            let part = texts.next().unwrap().digest;
            let by = author_of(&world, id);
            world.erase(&by, id, part);
        }
        for name in &self.fork {
            fork(&mut world, names[name]);
        }
        world.on("2026-08-31");
        for revocation in &self.revoke {
            revocation.post(&mut world);
        }
        world.network("root-three", super::world::pulse());
        (world, names)
    }

    /// What the case adds to the policy.
    pub(crate) fn policy_text(&self, world: &World) -> String {
        let authors = self
            .accept
            .iter()
            .map(|name| format!("\"{}\"", world.author(name)));
        let authors = authors.collect::<Vec<_>>().join(", ");
        let mut text = vec![self.policy.clone()];
        if !self.accept.is_empty() {
            text.push(format!("[accept]\nauthors = [{authors}]"));
        }
        if !self.policy_rules.is_empty() {
            text.push(format!("[rules]\n{}", self.policy_rules));
        }
        text.join("\n")
    }
}

fn author_of(world: &World, id: EntryId) -> String {
    let author = world.entry(id).author();
    let mut feeds = world.feeds.iter();
    feeds
        .find(|(_, feed)| feed.author == author)
        .unwrap()
        .0
        .clone()
}

/// Another entry of the same author, about somebody else, at the place of this one.
fn fork(world: &mut World, id: EntryId) {
    let (name, entry) = (author_of(world, id), world.entry(id).clone());
    let mut mark = world.mark(&name);
    (mark.seq, mark.last) = (entry.header().seq - 1, entry.header().prev.unwrap());
    world.rewind(mark);
    let elsewhere = "subjects = [\"osid:XA2026002FEE02J\"]\n[claim]\nresponsible = \"\"\nparties = [{ role = \"site\", subject = \"osid:XA2026002FEE02J\" }]";
    world.say(&name, &statement("audit", elsewhere));
}

impl Said {
    pub(crate) fn world(&self) -> World {
        let (mut world, mut names) = (market(), Names::new());
        for say in &self.say {
            world.on(say.on.as_deref().unwrap_or("2026-08-20"));
            say.post(&mut world, &mut names);
        }
        world.on("2026-09-01");
        for revocation in &self.revoke {
            revocation.post(&mut world);
        }
        world
    }
}

impl Say {
    fn post(&self, world: &mut World, names: &mut Names) {
        let mut changes = self.set.clone();
        let refs = self.refs.iter().map(|reference| {
            let (sort, to) = reference.split_once(' ').unwrap();
            format!("{{ type = \"{sort}\", entry = \"{}\" }}", names[to])
        });
        let refs = refs.collect::<Vec<_>>().join(", ");
        if !refs.is_empty() {
            let refs: Table = format!("refs = [{refs}]").parse().unwrap();
            changes.extend(refs);
        }
        let ids = world.say(&self.by, &statement(&self.template, &changes.to_string()));
        if let Some(name) = &self.name {
            names.insert(name.clone(), ids[0]);
        }
    }
}

impl Revocation {
    fn post(&self, world: &mut World) {
        let revoke = if self.key {
            world.key_revoke(&self.of, self.kind, &self.since)
        } else {
            world.grant_revoke(&self.of, self.kind, &self.since)
        };
        world.revoke(&self.by, &revoke);
    }
}
