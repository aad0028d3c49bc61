//! Notes outside of the journal: the archive, and the guard's memory of the largest tree signed.

use fairtrail::log::SignedCheckpoint;
use fairtrail::merkle::Root;
use fairtrail::reason::Reason;

use super::Report;
use super::journal::Walk;
use crate::config::Settings;
use crate::ledger::LedgerError;
use crate::store::archive::Archive;
use crate::store::disk;
use crate::store::guard::{Guard, GuardError};
use crate::store::index_records::IndexRecords;
use crate::store::layout::Layout;
use crate::store::records::{RecordStore, Records};
use crate::store::witnessed::Witnessed;

/// Every archived note is this log's, signed, cosigned, and over this tree.
pub(super) fn check_archive(
    archive: &Archive,
    walk: &Walk,
    report: &mut Report,
) -> Result<(), LedgerError> {
    for size in archive.sizes() {
        let place = format!("archive {size}");
        let note = archive.note(size)?.unwrap_or_default();
        let opened = match SignedCheckpoint::open(&note, &walk.log_key) {
            Ok(opened) => opened,
            Err(error) => {
                report.find(error.code(), place, error.to_string());
                continue;
            }
        };
        let checkpoint = opened.checkpoint();
        let states = checkpoint.size().get() == size
            && *checkpoint.origin() == walk.origin
            && walk.root_at(size) == Some(checkpoint.root());
        if !states {
            report.find(Reason::RootMismatch, place.as_str(), "states another tree");
        }
        let stamps = opened
            .note()
            .verify(std::slice::from_ref(&walk.witness_key));
        if let Err(error) = stamps {
            report.find(error.code(), place, error.to_string());
        }
        report.archived = report.archived.saturating_add(1);
    }
    Ok(())
}

/// Every log that is cosigned has a sound record of what was.
pub(super) fn check_records(settings: &Settings, layout: &Layout, report: &mut Report) {
    let list = match Witnessed::open(&layout.witnessed()) {
        Ok(list) => list,
        Err(error) => return report.find(error.code(), "witnessed", error.to_string()),
    };
    let records = Records::new(&settings.guard_dir, &settings.origin);
    for line in list.keys().iter() {
        if let Err(error) = records.read(line.origin()) {
            let place = format!("witness record of {}", line.origin());
            report.find(error.code(), place, error.to_string());
        }
    }
}

/// Every index this node began to vouch for has a sound record of how far it was checked.
pub(super) fn check_index_records(settings: &Settings, layout: &Layout, report: &mut Report) {
    let list = layout.index_witnessed();
    let read = match disk::read_if_exists(&list) {
        Ok(read) => read.unwrap_or_default(),
        Err(fault) => return report.find(fault.code(), "index/witnessed", fault.to_string()),
    };
    let records = IndexRecords::new(&settings.guard_dir, &settings.origin);
    for line in String::from_utf8_lossy(&read).lines() {
        let place = format!("index witness record of {line}");
        match line.parse().map(|index| records.load(&index)) {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => report.find(error.code(), place, error.to_string()),
            Err(_) => report.find(Reason::StoreDamaged, place, "not the origin of an index"),
        }
    }
}

/// The guard knows the last tree signed, or the one before if the process ended in between.
pub(super) fn check_guard(guard: Result<Guard, GuardError>, walk: &Walk, report: &mut Report) {
    let high = match guard {
        Ok(guard) => guard.high(),
        Err(error) => return report.find(error.code(), "guard", error.to_string()),
    };
    let signed = walk.signed.map_or(0, |signed| signed.head.size.get());
    let same_root = walk.root_at(high.size) == Some(Root::from_bytes(high.root));
    if high.size > signed || !same_root {
        let detail = format!(
            "has seen tree size {}, this log has signed {signed}; its root there {}",
            high.size,
            if same_root {
                "is the same"
            } else {
                "is another, or it is too small"
            }
        );
        report.find(Reason::RollbackSuspected, "guard", detail);
    }
}
