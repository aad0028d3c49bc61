//! The parts: each body gives the digest its entry names, and what was erased is gone.

use fairtrail::entry::{Body, SignedEntry};
use fairtrail::id::PartDigest;
use fairtrail::reason::Reason;

use super::Report;
use super::journal::{Eraser, Walk};
use crate::ledger::frame::{Content, GroupEntry, decode};
use crate::store::bodies::{self, BodyReader};
use crate::store::journal::{JournalReader, Location};

pub(super) fn check(
    journal: &JournalReader,
    reader: &BodyReader,
    walk: &Walk,
    report: &mut Report,
) {
    for stored in journal.frames(Location::START) {
        let Ok(stored) = stored else { break };
        let Some(Content::Group(group)) = decode(&stored) else {
            continue;
        };
        for (leaf, line) in (group.first.get()..).zip(&group.entries) {
            // What is no entry is in the report already.
            if let Ok(entry) = SignedEntry::parse(line.bytes) {
                check_entry(leaf, &entry, line, reader, walk, report);
            }
        }
    }
}

fn check_entry(
    leaf: u64,
    entry: &SignedEntry,
    line: &GroupEntry<'_>,
    reader: &BodyReader,
    walk: &Walk,
    report: &mut Report,
) {
    for (index, at) in &line.held {
        let place = format!("leaf {leaf} part {index}");
        let Some(part) = entry.header().parts.get(usize::from(*index)) else {
            report.find(Reason::JournalDamaged, place, "the entry has no such part");
            continue;
        };
        let body = match reader.read(*at) {
            Ok(stored) => stored.content,
            Err(error) => {
                report.find(error.code(), place, error.to_string());
                continue;
            }
        };
        match body {
            bodies::Content::Erased => {
                report.erased = report.erased.saturating_add(1);
                if !walk.erased.contains(&part.digest) {
                    report.find(Reason::StoreDamaged, place, "erased, and no entry says so");
                }
            }
            bodies::Content::Live { .. } if is_erased(walk, entry, part.digest) => {
                report.find(Reason::StoreDamaged, place, "to be erased, and still here");
            }
            bodies::Content::Live { salt, bytes } => {
                report.parts = report.parts.saturating_add(1);
                if !(Body { salt, bytes }).matches(part) {
                    report.find(Reason::PartMismatch, place, Reason::PartMismatch.meaning());
                }
            }
        }
    }
}

/// Whether the principal of an entry erased this part of it. What others say has no effect here.
fn is_erased(walk: &Walk, entry: &SignedEntry, digest: PartDigest) -> bool {
    let set = &walk.admitted.set;
    let principal = set.principal(entry.author(), entry.header().grant);
    let mut erasers = walk
        .erasers
        .get(&(entry.id(), digest))
        .into_iter()
        .flatten();
    let by = |(author, grant): &Eraser| set.principal(*author, *grant);
    principal.is_some() && erasers.any(|eraser| by(eraser) == principal)
}
