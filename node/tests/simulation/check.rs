//! What must hold, and how often it was looked at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fairtrail::fraud::Accused;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::time::Timestamp;
use fairtrail_node::core::follow::{Known, Report};
use fairtrail_node::core::publish::Publication;

/// Bytes kept of one followed log.
const KEPT_BYTES: usize = 1_024;

/// Something did not hold.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) invariant: &'static str,
    pub(crate) detail: String,
}

/// An index that was promised.
struct Promised {
    origin: String,
    leaf: u64,
    id: EntryId,
    include_by: Timestamp,
}

/// What has been seen of all nodes, over all their lives.
#[derive(Default)]
pub(crate) struct Checks {
    /// By invariant, how often it was looked at.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    pub(crate) violation: Option<Violation>,
    signed: HashMap<(String, TreeSize), Root>,
    promised: Vec<Promised>,
    /// Leaves of each log, as far as they were ever published.
    published: HashMap<String, Vec<EntryId>>,
    /// Who is proved to have cheated, by node.
    proved: BTreeSet<(usize, Accused)>,
    /// Bodies that came after their entries, by node.
    late: BTreeSet<(usize, EntryId, PartDigest)>,
    /// What was taken from nodes behind their cursors.
    lost: BTreeSet<(String, EntryId)>,
    /// Leaves of the largest tree a node says it has kept a note of, by log.
    noted: BTreeMap<(usize, String), u64>,
    pub(crate) reports: Vec<(usize, String, Report)>,
}

impl Checks {
    pub(crate) fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    pub(crate) fn add(&mut self, what: &'static str, count: u64) {
        *self.counts.entry(what).or_default() += count;
    }

    /// Notes what was looked at; the first that does not hold is kept.
    pub(crate) fn expect(
        &mut self,
        invariant: &'static str,
        holds: bool,
        detail: impl FnOnce() -> String,
    ) {
        self.count(invariant);
        if !holds && self.violation.is_none() {
            let detail = detail();
            self.violation = Some(Violation { invariant, detail });
        }
    }

    pub(crate) fn signed(&mut self, origin: &str, size: TreeSize, root: Root) {
        let key = (origin.to_owned(), size);
        let before = *self.signed.entry(key).or_insert(root);
        self.expect("one root per size", before == root, || {
            format!("{origin} signed {before:?} and {root:?} at {size}")
        });
    }

    pub(crate) fn promised(&mut self, origin: &str, leaf: u64, id: EntryId, include_by: Timestamp) {
        self.promised.push(Promised {
            origin: origin.to_owned(),
            leaf,
            id,
            include_by,
        });
    }

    /// A log showed a tree with these leaves to everybody.
    pub(crate) fn served(&mut self, publication: &Publication, origin: &str, ids: Vec<EntryId>) {
        let stamp = publication.intent.stamp;
        for at in 0..self.promised.len() {
            let promised = &self.promised[at];
            if promised.origin != origin {
                continue;
            }
            let index = usize::try_from(promised.leaf).unwrap();
            let there = ids.get(index).copied();
            let (id, leaf, by) = (promised.id, promised.leaf, promised.include_by);
            let kept = there.map_or(stamp <= by, |found| found == id);
            self.expect("promises kept", kept, || {
                format!("{origin} promised {id} at {leaf} by {by}, has {there:?} at {stamp}")
            });
        }
        self.published.insert(origin.to_owned(), ids);
    }

    /// A node says that what a log signed is durable.
    pub(crate) fn note(&mut self, node: usize, known: &Known) {
        let origin = known.origin().to_string();
        let noted = self.noted.entry((node, origin)).or_default();
        *noted = (*noted).max(seen(known));
    }

    /// What a node finds on its disk when it starts to follow.
    pub(crate) fn found(&mut self, node: usize, known: &Known) {
        let noted = self.noted.get(&(node, known.origin().to_string()));
        let (noted, found) = (noted.copied().unwrap_or(0), seen(known));
        self.expect("what a log signed stays known", found >= noted, || {
            format!(
                "n{node} knew {noted} leaves of {}, now {found}",
                known.origin()
            )
        });
    }

    /// A node says that a proof is durable.
    pub(crate) fn prove(&mut self, node: usize, accused: Accused) {
        self.proved.insert((node, accused));
    }

    /// Against whom a node has said so.
    pub(crate) fn proved(&self, node: usize) -> Vec<Accused> {
        let proved = self.proved.iter().filter(|(by, _)| *by == node);
        proved.map(|(_, accused)| accused.clone()).collect()
    }

    /// A node says that a body is stored that came after its entry.
    pub(crate) fn late(&mut self, node: usize, entry: EntryId, part: PartDigest) {
        self.late.insert((node, entry, part));
    }

    /// Of which bodies a node has said so.
    pub(crate) fn came_late(&self, node: usize) -> Vec<(EntryId, PartDigest)> {
        let late = self.late.iter().filter(|(by, ..)| *by == node);
        late.map(|(_, entry, part)| (*entry, *part)).collect()
    }

    /// A node has lost entries, by no fault of what is looked at here.
    pub(crate) fn lose(&mut self, node: &str, gone: &BTreeSet<EntryId>) {
        let gone = gone.iter().map(|id| (node.to_owned(), *id));
        self.lost.extend(gone);
    }

    /// A node has another disk: what it said of the old one counts no more.
    pub(crate) fn other_disk(&mut self, node: usize) {
        self.proved.retain(|(by, _)| *by != node);
        self.late.retain(|(by, ..)| *by != node);
        self.noted.retain(|(by, _), _| *by != node);
    }

    /// A log ended because an old copy of it was put back: what it promised is owed no more.
    pub(crate) fn retire(&mut self, origin: &str) {
        self.promised.retain(|promised| promised.origin != origin);
    }

    /// Whatever a node keeps as its cursor, the leaves below are durable with it.
    pub(crate) fn cursor(&mut self, node: &str, known: &Known, durable: &BTreeSet<EntryId>) {
        let bytes = known.to_bytes().len();
        self.expect("state is bounded", bytes <= KEPT_BYTES, || {
            format!("{bytes} bytes kept of {}", known.origin())
        });
        let origin = known.origin().as_str();
        let Some(ids) = self.published.get(origin) else {
            return;
        };
        let size = usize::try_from(known.cursor().head.size.get()).unwrap();
        let taken = |id: EntryId| self.lost.contains(&(node.to_owned(), id));
        let mut passed = ids.iter().take(size);
        let lost = passed.find(|id| !durable.contains(id) && !taken(**id));
        let lost = lost.copied();
        self.expect("cursor behind entries", lost.is_none(), || {
            format!("{node} passed {lost:?} of {origin} and does not have it")
        });
    }
}

fn seen(known: &Known) -> u64 {
    let seen = known.seen().map(|seen| seen.checkpoint().size().get());
    seen.unwrap_or(0)
}
