//! The parts: each body gives the digest its entry names, and what was erased is gone.

use fairtrail::entry::{Body, SignedEntry};
use fairtrail::reason::Reason;

use super::Report;
use super::journal::Walk;
use crate::ledger::frame::{Content, GroupEntry, decode};
use crate::ledger::late::LateBody;
use crate::store::bodies::{self, BodyPlace, BodyReader};
use crate::store::journal::{JournalReader, Location};

pub(super) fn check(
    journal: &JournalReader,
    reader: &BodyReader,
    walk: &Walk,
    report: &mut Report,
) {
    for stored in journal.frames(Location::START) {
        let Ok(stored) = stored else { break };
        let group = match decode(&stored) {
            Some(Content::Group(group)) => group,
            Some(Content::Late(frame)) => {
                for late in &frame.bodies {
                    check_late(late, reader, walk, report);
                }
                continue;
            }
            _ => continue,
        };
        for (leaf, line) in (group.first.get()..).zip(&group.entries) {
            // What is no entry is in the report already.
            if let Ok(entry) = SignedEntry::parse(line.bytes) {
                check_entry(leaf, &entry, line, reader, walk, report);
            }
        }
    }
}

/// A body that came after its entry.
fn check_late(late: &LateBody, reader: &BodyReader, walk: &Walk, report: &mut Report) {
    let place = format!("leaf {} part {}", late.leaf, late.part);
    if late.place == BodyPlace::REFUSED {
        report.refused = report.refused.saturating_add(1);
        return;
    }
    match reader.read(late.place).map(|stored| stored.content) {
        Err(error) => report.find(error.code(), place, error.to_string()),
        Ok(bodies::Content::Erased) => {
            report.erased = report.erased.saturating_add(1);
            if !walk.named.contains(&late.part) {
                report.find(Reason::StoreDamaged, place, "erased, and no entry says so");
            }
        }
        Ok(bodies::Content::Live { .. })
            if walk.admitted.erased().covers(late.entry, late.part) =>
        {
            report.find(Reason::StoreDamaged, place, "to be erased, and still here");
        }
        Ok(bodies::Content::Live { salt, bytes }) => {
            report.parts = report.parts.saturating_add(1);
            if (Body { salt, bytes }).digest() != late.part {
                report.find(Reason::PartMismatch, place, Reason::PartMismatch.meaning());
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
    let erased = walk.admitted.erased();
    for (index, at) in &line.held {
        let place = format!("leaf {leaf} part {index}");
        let Some(part) = entry.header().parts.get(usize::from(*index)) else {
            report.find(Reason::JournalDamaged, place, "the entry has no such part");
            continue;
        };
        if *at == BodyPlace::REFUSED {
            report.refused = report.refused.saturating_add(1);
            continue;
        }
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
                if !walk.named.contains(&part.digest) {
                    report.find(Reason::StoreDamaged, place, "erased, and no entry says so");
                }
            }
            bodies::Content::Live { .. } if erased.covers(entry.id(), part.digest) => {
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
