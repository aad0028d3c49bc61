//! `fsck`: recomputes everything that can be recomputed and says what is not as it must be.
//!
//! It takes the lock of a stopped node and does to the files only what a start does before anything
//! else: cut off a torn end that nobody was told of. Every frame's checksum, every entry's
//! admission and signature, every root and note that was signed, every part's digest, and every row
//! of derived data is looked at.

mod derived;
mod journal;
mod notes;
mod parts;

use std::collections::BTreeSet;

use fairtrail::reason::Reason;
use serde::Serialize;

use self::derived::Derived;
use self::journal::Walk;
use super::{NodeError, read_charter, read_keys};
use crate::config::Settings;
use crate::ledger::{IndexPlace, LedgerError, check_index};
use crate::store::archive::Archive;
use crate::store::bodies::{self, Bodies};
use crate::store::guard::Guard;
use crate::store::journal::{Journal, SEGMENT_BYTES};
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;

/// Findings that are listed; the rest is counted.
const LISTED: usize = 1_000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The log.
    pub origin: String,
    /// Entries in the journal.
    pub entries: u64,
    /// The root over them.
    pub root: String,
    /// The largest tree that was signed.
    pub signed: u64,
    /// Signatures of the log that were checked.
    pub checkpoints: u64,
    /// Archived notes that were checked.
    pub archived: u64,
    /// Heads of the index that were checked.
    pub heads: u64,
    /// Parts that are here and sound.
    pub parts: u64,
    /// Parts that were erased.
    pub erased: u64,
    /// Parts that came by following and may not be kept.
    pub refused: u64,
    /// What is not as it must be, at most 1,000 lines.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more: u64,
}

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The stable code.
    pub reason: Reason,
    /// Where.
    pub place: String,
    /// What is wrong.
    pub detail: String,
    /// Whether the next start makes it anew from the journal.
    pub derived: bool,
}

impl Report {
    /// Whether everything is as it must be.
    pub const fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, reason: Reason, place: impl Into<String>, detail: impl Into<String>) {
        self.push(reason, place.into(), detail.into(), false);
    }

    fn find_derived(&mut self, place: impl Into<String>, detail: impl Into<String>) {
        self.push(Reason::StoreDamaged, place.into(), detail.into(), true);
    }

    fn push(&mut self, reason: Reason, place: String, detail: String, derived: bool) {
        if self.findings.len() >= LISTED {
            self.more = self.more.saturating_add(1);
            return;
        }
        self.findings.push(Finding {
            reason,
            place,
            detail,
            derived,
        });
    }
}

/// Checks a stopped node.
///
/// # Errors
/// [`NodeError`] when there is nothing to check: no configuration, no directory, another process at
/// work. What is wrong with what is there is in the report.
pub fn fsck(settings: &Settings) -> Result<Report, NodeError> {
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let charter = read_charter(&settings.charter)?;
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let _lock = DirectoryLock::acquire(&layout.lock()).map_err(LedgerError::from)?;
    let mut report = Report {
        origin: settings.origin.to_string(),
        ..Report::default()
    };
    let guard = Guard::open(&settings.guard_dir, layout.root(), settings.origin.as_str());
    let journal = match Journal::open(&layout.journal(), SEGMENT_BYTES) {
        Ok((journal, _)) => journal,
        Err(error) => {
            report.find(error.code(), "journal", error.to_string());
            return Ok(report);
        }
    };
    let reader = journal.reader();
    for at in reader.damage().map_err(LedgerError::from)? {
        let place = format!("journal segment {} offset {}", at.segment, at.offset);
        report.find(Reason::JournalDamaged, place, "no whole frame stands here");
    }
    let archive = Archive::open(&layout.log_archive()).map_err(LedgerError::from)?;
    let derived = Derived::open(&layout, &mut report)?;
    let sizes: BTreeSet<u64> = archive
        .sizes()
        .chain(derived.sizes())
        .chain(guard.iter().map(|guard| guard.high().size))
        .collect();
    let mut walk = Walk::new(settings.origin.clone(), charter.clone(), &keys, sizes);
    walk.run(&reader, &derived, &mut report)?;
    let end = walk.bodies_end;
    let (dir, documents) = (layout.bodies(), layout.documents());
    let bodies = Bodies::open(&dir, &documents, bodies::SEGMENT_BYTES, end);
    let bodies = bodies.map_err(LedgerError::from)?;
    parts::check(&reader, &bodies.reader(), &walk, &mut report);
    derived.check_tiles(&walk, &mut report)?;
    notes::check_archive(&archive, &walk, &mut report)?;
    notes::check_guard(guard, &walk, &mut report);
    notes::check_records(settings, &layout, &mut report);
    notes::check_index_records(settings, &layout, &mut report);
    // An index follows from its log: nothing can be said of it while the log is not sound.
    if !report.findings.iter().all(|finding| finding.derived) {
        return Ok(report);
    }
    let Some(key) = &keys.index else {
        // Before the first start of a node from before there were indexes there is neither.
        if layout.index_journal().exists() {
            let error = LedgerError::IndexKey;
            report.find(error.code(), "index", error.to_string());
        }
        return Ok(report);
    };
    let found = check_index(&IndexPlace {
        layout: &layout,
        guard_dir: &settings.guard_dir,
        origin: &settings.origin,
        charter: &charter,
        journal: &reader,
        key: key.verifier(),
    });
    report.heads = found.heads;
    for (reason, detail) in found.wrong {
        report.find(reason, "index", detail);
    }
    Ok(report)
}
