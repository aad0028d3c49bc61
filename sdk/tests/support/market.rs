//! The authors and statements that most tests start from.

#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "shared by tests, of which none uses all; a test fails by panicking"
)]

use super::world::World;
use fairtrail::entry::Role;
use toml::{Table, Value};

pub(crate) const SITE: &str = "osid:XA2026001N0RTHW";
pub(crate) const FIRM: &str = "lei:999900DEMO0000000152";
pub(crate) const LICENCE: &str = "lic:XA-LAB:GOODROAD-1";

/// A ministry, a watcher, a scheme with two auditors and a desk, a company, and a respondent.
pub(crate) fn market() -> World {
    let mut world = World::new();
    world.grant(
        "roots",
        "ministry",
        Role::Authority,
        &["lic:XA-LAB:*", "lei:*", "author:*"],
        &[],
    );
    world.grant(
        "roots",
        "watcher",
        Role::Observer,
        &["author:*", "lic:*", "row:*"],
        &[],
    );
    world.grant(
        "roots",
        "other-watcher",
        Role::Observer,
        &["author:*", "lic:*", "row:*"],
        &[],
    );
    world.grant(
        "roots",
        "scheme",
        Role::Scheme,
        &[],
        &[Role::Auditor, Role::Desk],
    );
    world.grant("scheme", "auditor", Role::Auditor, &[], &[Role::Desk]);
    world.grant("scheme", "other-auditor", Role::Auditor, &[], &[]);
    world.grant("auditor", "field-desk", Role::Desk, &[], &[]);
    world.grant(
        "roots",
        "company",
        Role::Company,
        &["lei:*", "lic:*", "osid:XA*", "row:*"],
        &[],
    );
    world.grant(
        super::world::DESK,
        "respondent",
        Role::Respondent,
        &[SITE],
        &[],
    );
    world
}

/// A statement of `tests/data/templates.toml` with some fields changed; a `""` takes one away.
pub(crate) fn statement(template: &str, changes: &str) -> String {
    let templates: Table = include_str!("../data/templates.toml").parse().unwrap();
    let changes: Table = changes
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{changes}"));
    let mut statement = templates[template].as_table().unwrap().clone();
    merge(&mut statement, &changes);
    statement.to_string()
}

/// Takes in what changes, table by table.
pub(crate) fn merge(into: &mut Table, changes: &Table) {
    for (key, change) in changes {
        match (into.get_mut(key), change) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, Value::String(gone)) if gone.is_empty() => {
                into.remove(key);
            }
            _ => {
                into.insert(key.clone(), change.clone());
            }
        }
    }
}
