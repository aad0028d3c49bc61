//! Keys of the demonstration's authors, and the charter they found. All follow from one seed.

use super::{Scenario, WorldError};
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{Pair, Role};
use fairtrail::key::SecretKey;
use fairtrail::time::Timestamp;
use std::collections::BTreeSet;

/// The charter of a scenario's network.
pub(super) fn charter(
    scenario: &Scenario,
    seed: &[u8; 32],
    founded: Timestamp,
) -> Result<Charter, WorldError> {
    let pairs = |names: &[String]| {
        let mut pairs: Vec<_> = names.iter().map(|name| pair(seed, name)).collect();
        pairs.sort();
        pairs
    };
    let roles: BTreeSet<_> = Role::ALL.iter().map(ToString::to_string).collect();
    let network = &scenario.network;
    Ok(Charter::new(&Terms {
        version: 1,
        created: founded,
        name: network.name.clone(),
        roots: pairs(&network.roots),
        threshold: network.threshold,
        reply_desks: pairs(&network.reply_desks),
        roles: roles.into_iter().collect(),
        terms: network.terms.clone(),
        contact: network.contact.clone(),
        licence: network.licence.clone(),
        envelope: 1,
    })?)
}

/// The secret key of `name` for a purpose.
pub(super) fn secret(seed: &[u8; 32], purpose: &str, name: &str) -> SecretKey {
    let digest = blake3::keyed_hash(seed, format!("{purpose} {name}").as_bytes());
    SecretKey::from_seed(*digest.as_bytes())
}

fn pair(seed: &[u8; 32], name: &str) -> Pair {
    let next = secret(seed, "rotation", name).public().next_digest();
    Pair {
        key: secret(seed, "signing", name).public().id(),
        next,
    }
}
