//! Checking a bundle against what the verifier trusts.

use super::at_hand::AtHand;
use super::complete::{Standings, check_complete, check_parts};
use super::earlier::States;
use super::leaves::Leaves;
use super::{Bundle, BundleError, Evidence, LogEvidence, LogPart, SubjectList, hashes};
use crate::charter::Charter;
use crate::entry::Body;
use crate::id::{NetworkId, PartDigest};
use crate::index::{Answer, Class, IndexError, Posting, PostingList, Proved};
use crate::log::{CosignedCheckpoint, LogError, TlogPolicy, note_digest};
use crate::subject::SubjectId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a verifier takes for given.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// The network.
    pub network: NetworkId,
    /// The logs, and whose cosignatures give their notes time.
    pub logs: &'a TlogPolicy,
    /// The indexes of these logs, and who checks them.
    pub indexes: &'a TlogPolicy,
}

/// Checks a bundle, with no network and no clock.
///
/// # Errors
/// [`BundleError`] for whatever is wrong first, in the order of specs/bundle.md §5; then nothing in
/// the bundle may be used.
pub fn open(bytes: &[u8], trust: Trust<'_>) -> Result<Evidence, BundleError> {
    let bundle = Bundle::parse(bytes)?;
    let charter = Charter::parse(&bundle.charter.0)?;
    if charter.network() != trust.network {
        let (expected, found) = (trust.network, charter.network());
        return Err(BundleError::Network { expected, found });
    }
    let entries = AtHand::read(&bundle.entries, trust.network)?;
    let bodies = Arc::new(read_bodies(bundle.bodies)?);
    let logs = bundle.logs.iter();
    let logs = logs.map(|part| read_log(part, trust, &entries, &bodies));
    let logs = logs.collect::<Result<Vec<_>, _>>()?;
    if !logs.is_sorted_by(|one, next| one.origin().as_str() < next.origin().as_str()) {
        return Err(BundleError::Order { what: "logs" });
    }
    let Standings { set, feeds } = check_complete(&charter, &logs, &entries)?;
    check_parts(&bodies, &entries)?;
    Ok(Evidence {
        charter,
        logs,
        entries,
        report: bundle.report,
        set,
        feeds,
        not_read: Vec::new(),
    })
}

fn read_bodies(bodies: Vec<Body>) -> Result<BTreeMap<PartDigest, Body>, BundleError> {
    let bodies: Vec<_> = bodies
        .into_iter()
        .map(|body| (body.digest(), body))
        .collect();
    if !bodies.is_sorted_by(|(one, _), (next, _)| one < next) {
        return Err(BundleError::Order { what: "parts" });
    }
    Ok(bodies.into_iter().collect())
}

fn read_log(
    part: &LogPart,
    trust: Trust<'_>,
    entries: &AtHand,
    bodies: &Arc<BTreeMap<PartDigest, Body>>,
) -> Result<LogEvidence, BundleError> {
    let note = trust.indexes.open(&part.note.0)?;
    let answer = Answer::parse(&part.answer.0)?;
    let proved = answer.verify(note.checkpoint(), &hashes(&part.path))?;
    let log = &proved.head.origin;
    if !trust.logs.logs().iter().any(|known| known.origin() == log) {
        let found = log.clone();
        return Err(LogError::OriginUnknown { found }.into());
    }
    let mut lists = BTreeMap::new();
    let mut last = None;
    for list in &part.lists {
        let (place, postings) = read_list(list, &proved, entries)?;
        if last.as_ref().is_some_and(|last| *last >= place) {
            return Err(BundleError::Order { what: "lists" });
        }
        last = Some(place.clone());
        lists.insert(place, postings);
    }
    let states = States::read(part, &proved.head)?;
    let notes = states.notes(trust.logs)?;
    let leaves = Leaves::read(&states, &proved.head, lists.values().flatten(), entries)?;
    let (places, in_order) = leaves.in_order.into_iter().unzip();
    Ok(LogEvidence {
        note,
        archive: (notes.iter().map(digest)).zip(0..).collect(),
        notes,
        leaves: leaves.of,
        places,
        in_order,
        proved,
        lists,
        bodies: Arc::clone(bodies),
    })
}

type Place = (SubjectId, Class);

fn read_list(
    given: &SubjectList,
    proved: &Proved,
    entries: &AtHand,
) -> Result<(Place, Vec<Posting>), BundleError> {
    let list = PostingList::parse(&given.list.0).map_err(BundleError::from)?;
    let map = proved.subjects.get(&given.subject).and_then(Option::as_ref);
    let tally = map.and_then(|map| map.tally(list.class));
    let Some(tally) = tally else {
        let log = proved.head.origin.clone();
        return Err(BundleError::ListUnasked { log });
    };
    // A list from the middle on would leave out what came before.
    if list.start > 0 {
        let (expected, found) = (tally.count, tally.count.saturating_sub(list.start));
        return Err(IndexError::Chain { expected, found }.into());
    }
    let postings = list.verify(&given.subject, tally, &proved.head, |p| entries.posted(p))?;
    Ok(((given.subject.clone(), list.class), postings))
}

fn digest(note: &CosignedCheckpoint) -> [u8; 32] {
    note_digest(note.note().to_string().as_bytes())
}
