//! The index of a log that is being opened.

use std::sync::Arc;

use fairtrail::log::Origin;

use super::super::Setup;
use super::super::admitted::SharedAdmitted;
use super::super::error::LedgerError;
use super::files::{IndexFiles, index_origin};
use super::press::{IndexKeys, IndexPress, IndexSetup};
use super::{IndexAccess, IndexReplay};
use crate::clock::Clock;
use crate::core::head::Head;
use crate::store::guard::{Guard, GuardError};
use crate::store::layout::Layout;

/// The files of the index log and its guard.
pub(in crate::ledger) struct OpenedIndex {
    log: Origin,
    files: IndexFiles,
    guard: Result<Guard, LedgerError>,
}

impl OpenedIndex {
    /// Opens both. A folder that never had an index gets them.
    ///
    /// # Errors
    /// [`LedgerError`] when the files cannot be read. A guard that refuses lets nothing be signed.
    pub(in crate::ledger) fn open(setup: &Setup, layout: &Layout) -> Result<Self, LedgerError> {
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
        Ok(Self {
            log: setup.origin.clone(),
            files,
            guard: guard.map_err(LedgerError::from),
        })
    }

    /// What goes over the leaves of the log again.
    pub(in crate::ledger) fn replay(&self) -> IndexReplay {
        self.files.replay(&self.log)
    }

    /// See [`IndexPress::recover`].
    ///
    /// # Errors
    /// [`LedgerError`].
    pub(in crate::ledger) fn recover(
        self,
        replay: IndexReplay,
        keys: IndexKeys,
        admitted: &SharedAdmitted,
        clock: &Clock,
    ) -> Result<(Option<IndexPress>, IndexAccess), LedgerError> {
        let setup = IndexSetup {
            log: self.log,
            guard: self.guard,
            replay,
            keys,
            admitted: admitted.clone(),
            clock: Arc::clone(clock),
        };
        IndexPress::recover(self.files, setup)
    }
}
