//! The index of a log that is being opened.

use std::sync::Arc;

use fairtrail::log::Origin;
use fairtrail::reason::Reason;

use super::super::Setup;
use super::super::admitted::SharedAdmitted;
use super::super::error::LedgerError;
use super::files::{IndexFiles, index_origin};
use super::press::{IndexKeys, IndexPress, IndexSetup};
use super::{IndexAccess, IndexReplay};
use crate::asking::Plan;
use crate::clock::Clock;
use crate::core::head::Head;
use crate::store::guard::{Guard, GuardError};
use crate::store::layout::Layout;

/// The index log of a log, or why there is none.
pub(in crate::ledger) struct OpenedIndex {
    log: Origin,
    opened: Result<Opened, LedgerError>,
}

/// Its files, and its guard or why that refuses.
type Opened = (IndexFiles, Result<Guard, LedgerError>);

/// The index of a log, as far as it can go on.
pub(in crate::ledger) struct RecoveredIndex {
    /// Nothing when the index cannot go on.
    pub(in crate::ledger) press: Option<IndexPress>,
    /// Nothing when there is no index.
    pub(in crate::ledger) access: Option<IndexAccess>,
    /// Why the index does not go on.
    pub(in crate::ledger) halted: Option<Reason>,
}

impl OpenedIndex {
    /// Opens its files and its guard. A folder that never had an index gets both.
    pub(in crate::ledger) fn open(setup: &Setup, layout: &Layout) -> Self {
        let log = setup.origin.clone();
        let opened = open(setup, layout);
        Self { log, opened }
    }

    /// What goes over the leaves of the log again.
    pub(in crate::ledger) fn replay(&self) -> Option<IndexReplay> {
        let (files, _) = self.opened.as_ref().ok()?;
        Some(files.replay(&self.log))
    }

    /// See [`IndexPress::recover`]. Whatever is wrong is told, and the log goes on without.
    pub(in crate::ledger) fn recover(
        self,
        replay: Option<IndexReplay>,
        keys: Option<IndexKeys>,
        witnesses: Plan,
        admitted: &SharedAdmitted,
        clock: &Clock,
    ) -> RecoveredIndex {
        let log = self.log;
        let recovered = self.opened.and_then(|(files, guard)| {
            let setup = IndexSetup {
                log,
                guard,
                replay: replay.ok_or(LedgerError::Stopped)?,
                keys: keys.ok_or(LedgerError::IndexKey)?,
                witnesses,
                admitted: admitted.clone(),
                clock: Arc::clone(clock),
            };
            IndexPress::recover(files, setup)
        });
        match recovered {
            Ok((Ok(press), access)) => RecoveredIndex {
                press: Some(press),
                access: Some(access),
                halted: None,
            },
            Ok((Err(error), access)) => {
                tracing::error!(%error, reason = %error.code(), "the index goes no further");
                RecoveredIndex {
                    press: None,
                    access: Some(access),
                    halted: Some(error.code()),
                }
            }
            Err(error) => {
                tracing::error!(%error, reason = %error.code(), "there is no index");
                RecoveredIndex {
                    press: None,
                    access: None,
                    halted: Some(error.code()),
                }
            }
        }
    }
}

fn open(setup: &Setup, layout: &Layout) -> Result<Opened, LedgerError> {
    // Before anything is made on the disk: where something stands, no key is drawn any more.
    if setup.keys.index.is_none() || setup.keys.index_witness.is_none() {
        return Err(LedgerError::IndexKey);
    }
    let origin = index_origin(&setup.origin)?;
    let (dir, data) = (&setup.guard_dir, layout.root());
    let guard = Guard::open(dir, data, origin.as_str());
    let guarded = guard.as_ref().map_or(0, |guard| guard.high().size);
    let files = IndexFiles::open(layout, &setup.origin, guarded)?;
    let guard = match guard {
        Err(GuardError::Missing { .. }) if files.is_new() => {
            Guard::create(dir, data, origin.as_str(), Head::empty().stored())
        }
        guard => guard,
    };
    Ok((files, guard.map_err(LedgerError::from)))
}
