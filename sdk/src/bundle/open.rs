//! Checking a bundle against what the verifier trusts.

use super::{Bundle, BundleError, LogPart, SubjectList};
use crate::charter::Charter;
use crate::entry::{Body, SignedEntry};
use crate::id::{EntryId, NetworkId, PartDigest};
use crate::index::{Answer, Class, Posting, PostingList, Proved};
use crate::key::PublicKey;
use crate::log::{Checkpoint, CosignedCheckpoint, LogError, Origin, TlogPolicy};
use crate::merkle::Hash;
use crate::subject::SubjectId;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// What a bundle proved: in which logs, and completely.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The charter of the network.
    pub charter: Charter,
    /// Each log, by rising origin.
    pub logs: Vec<LogEvidence>,
    /// The entries; each stands in a list of some log.
    pub entries: HashMap<EntryId, SignedEntry>,
    /// Parts by their digests.
    pub bodies: HashMap<PartDigest, Body>,
    /// A report for people that travelled along. Nothing vouches for it.
    pub report: Option<String>,
}

/// What one log's index proved.
#[derive(Debug, Clone)]
pub struct LogEvidence {
    /// The index log's note.
    pub note: CosignedCheckpoint,
    /// Class maps and feed values, at one index head.
    pub proved: Proved,
    /// Archived notes of the log, by rising size.
    pub notes: Vec<CosignedCheckpoint>,
    lists: BTreeMap<(SubjectId, Class), Vec<Posting>>,
}

impl LogEvidence {
    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.proved.head.origin
    }

    /// All postings of a subject in one class, none where it has none; nothing where the bundle
    /// shows only how many there are, or was not asked about the subject.
    pub fn list(&self, subject: &SubjectId, class: Class) -> Option<&[Posting]> {
        let map = self.proved.subjects.get(subject)?;
        if map.as_ref().and_then(|map| map.tally(class)).is_none() {
            return Some(&[]);
        }
        let list = self.lists.get(&(subject.clone(), class));
        list.map(Vec::as_slice)
    }

    /// Every list that the bundle holds.
    pub fn lists(&self) -> impl Iterator<Item = (&SubjectId, Class, &[Posting])> {
        let lists = self.lists.iter();
        lists.map(|((subject, class), list)| (subject, *class, list.as_slice()))
    }
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
    let entries = read_entries(&bundle, trust.network)?;
    let bodies = read_bodies(bundle.bodies)?;
    let logs = bundle.logs.iter();
    let logs = logs.map(|part| read_log(part, trust, &entries));
    let logs = logs.collect::<Result<Vec<_>, _>>()?;
    if !logs.is_sorted_by(|one, next| one.origin().as_str() < next.origin().as_str()) {
        return Err(BundleError::Order { what: "logs" });
    }
    check_complete(&logs, &entries)?;
    Ok(Evidence {
        charter,
        logs,
        entries,
        bodies,
        report: bundle.report,
    })
}

fn read_entries(
    bundle: &Bundle,
    network: NetworkId,
) -> Result<HashMap<EntryId, SignedEntry>, BundleError> {
    let mut entries = HashMap::new();
    let mut last = None;
    for bytes in &bundle.entries {
        let entry = SignedEntry::parse(&bytes.0)?;
        let found = entry.header().network;
        if found != network {
            let expected = network;
            return Err(BundleError::Network { expected, found });
        }
        // Whether the key was the author's is a matter of its feed; that it signed is not.
        entry.authenticate(&PublicKey::enrol(entry.protected().key)?)?;
        if last.is_some_and(|last| last >= entry.id()) {
            return Err(BundleError::Order { what: "entries" });
        }
        last = Some(entry.id());
        entries.insert(entry.id(), entry);
    }
    Ok(entries)
}

fn read_bodies(bodies: Vec<Body>) -> Result<HashMap<PartDigest, Body>, BundleError> {
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
    entries: &HashMap<EntryId, SignedEntry>,
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
    Ok(LogEvidence {
        notes: read_notes(part, trust, &proved)?,
        note,
        proved,
        lists,
    })
}

type Place = (SubjectId, Class);

fn read_list(
    given: &SubjectList,
    proved: &Proved,
    entries: &HashMap<EntryId, SignedEntry>,
) -> Result<(Place, Vec<Posting>), BundleError> {
    let list = PostingList::parse(&given.list.0).map_err(BundleError::from)?;
    let map = proved.subjects.get(&given.subject).and_then(Option::as_ref);
    // A list from the middle on would leave out what came before.
    let whole = list.start == 0;
    let tally = map.and_then(|map| map.tally(list.class)).filter(|_| whole);
    let Some(tally) = tally else {
        let log = proved.head.origin.clone();
        return Err(BundleError::ListUnasked { log });
    };
    let postings = list.verify(&given.subject, tally, &proved.head, entries)?;
    Ok(((given.subject.clone(), list.class), postings))
}

/// Archived notes count only as prefixes of the log that the index head covers.
fn read_notes(
    part: &LogPart,
    trust: Trust<'_>,
    proved: &Proved,
) -> Result<Vec<CosignedCheckpoint>, BundleError> {
    let head = &proved.head;
    let covered = Checkpoint::new(head.origin.clone(), head.size, head.root)?;
    let mut notes: Vec<CosignedCheckpoint> = Vec::with_capacity(part.notes.len());
    for old in &part.notes {
        let note = trust.logs.open(&old.note.0)?;
        note.checkpoint()
            .check_growth(&covered, &hashes(&old.path))?;
        let size = |note: &CosignedCheckpoint| note.checkpoint().size();
        if notes.last().is_some_and(|last| size(last) >= size(&note)) {
            return Err(BundleError::Order { what: "notes" });
        }
        notes.push(note);
    }
    Ok(notes)
}

fn hashes(path: &[[u8; 32]]) -> Vec<Hash> {
    path.iter().map(|hash| Hash::from_bytes(*hash)).collect()
}

/// Every entry stands in a list, every posting has its entry, and of every author of an entry the
/// feed value and all network entries that name it are there: who granted to it is an author of
/// one of these, and so on up to the charter.
fn check_complete(
    logs: &[LogEvidence],
    entries: &HashMap<EntryId, SignedEntry>,
) -> Result<(), BundleError> {
    let mut listed = HashSet::new();
    for log in logs {
        let postings = log.lists().flat_map(|(_, _, postings)| postings);
        for posting in postings {
            let id = posting.entry;
            let entry = entries.get(&id);
            let entry = entry.ok_or(BundleError::EntryMissing { entry: id })?;
            if listed.insert((log.origin().as_str(), id)) {
                check_author(log, entry)?;
            }
        }
    }
    let listed: HashSet<_> = listed.into_iter().map(|(_, id)| id).collect();
    let mut stray: Vec<_> = entries.keys().filter(|id| !listed.contains(*id)).collect();
    stray.sort();
    match stray.first() {
        None => Ok(()),
        Some(entry) => Err(BundleError::Stray { entry: **entry }),
    }
}

fn check_author(log: &LogEvidence, entry: &SignedEntry) -> Result<(), BundleError> {
    let author = entry.author();
    let begun = matches!(log.proved.feeds.get(&author), Some(Some(_)));
    let acts = log.list(&author.into(), Class::Net);
    if begun && acts.is_some_and(|acts| !acts.is_empty()) {
        return Ok(());
    }
    let log = log.origin().clone();
    Err(BundleError::StandingMissing { author, log })
}
