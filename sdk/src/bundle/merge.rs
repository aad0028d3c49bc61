//! Several bundles as one.

use super::{Bundle, BundleError};
use crate::entry::{Body, SignedEntry};
use crate::id::{EntryId, PartDigest};
use crate::index::{Answer, Embedded};
use std::collections::BTreeMap;

/// Puts bundles about one network, each from another log, together. Nothing is verified by it: that
/// is for [`super::open`]. Reports are left out, as each speaks of one log only.
///
/// # Errors
/// [`BundleError::Cbor`], [`BundleError::Entry`] for what cannot be read, and
/// [`BundleError::Order`] when there is none, or when two are of one log.
pub fn merge(bundles: Vec<Bundle>) -> Result<Bundle, BundleError> {
    let mut logs = BTreeMap::new();
    let mut entries: BTreeMap<(EntryId, Vec<u8>), Embedded> = BTreeMap::new();
    let mut bodies: BTreeMap<PartDigest, Body> = BTreeMap::new();
    let mut whole = None;
    for bundle in bundles {
        for part in bundle.logs {
            let origin = Answer::parse(&part.answer.0)?.origin()?;
            if logs.insert(origin.to_string(), part).is_some() {
                return Err(BundleError::Order { what: "logs" });
            }
        }
        for entry in bundle.entries {
            let id = SignedEntry::parse(&entry.0)?.id();
            entries.insert((id, entry.0.clone()), entry);
        }
        for body in bundle.bodies {
            bodies.insert(body.digest(), body);
        }
        whole.get_or_insert((bundle.version, bundle.charter));
    }
    let (version, charter) = whole.ok_or(BundleError::Order { what: "logs" })?;
    Ok(Bundle {
        version,
        charter,
        logs: logs.into_values().collect(),
        entries: entries.into_values().collect(),
        bodies: bodies.into_values().collect(),
        report: None,
    })
}
