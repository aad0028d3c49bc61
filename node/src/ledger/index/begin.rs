//! The index of a log that is being opened.

use std::sync::Arc;

use fairtrail::log::Origin;

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

/// The index log of a log; nothing when its files cannot be read.
pub(in crate::ledger) struct OpenedIndex {
    log: Origin,
    opened: Option<(IndexFiles, Result<Guard, LedgerError>)>,
}

impl OpenedIndex {
    /// Opens its files and its guard. A folder that never had an index gets both.
    ///
    /// # Errors
    /// [`LedgerError`] when the origin can have no index.
    pub(in crate::ledger) fn open(setup: &Setup, layout: &Layout) -> Result<Self, LedgerError> {
        let origin = index_origin(&setup.origin)?;
        let (dir, data) = (&setup.guard_dir, layout.root());
        let guard = Guard::open(dir, data, origin.as_str());
        let guarded = guard.as_ref().map_or(0, |guard| guard.high().size);
        let log = setup.origin.clone();
        let files = match IndexFiles::open(layout, &log, guarded) {
            Ok(files) => files,
            Err(error) => {
                tracing::error!(%error, reason = %error.code(), "there is no index");
                return Ok(Self { log, opened: None });
            }
        };
        let guard = match guard {
            Err(GuardError::Missing { .. }) if files.is_new() => {
                Guard::create(dir, data, origin.as_str(), Head::empty().stored())
            }
            guard => guard,
        };
        let opened = Some((files, guard.map_err(LedgerError::from)));
        Ok(Self { log, opened })
    }

    /// What goes over the leaves of the log again.
    pub(in crate::ledger) fn replay(&self) -> Option<IndexReplay> {
        let (files, _) = self.opened.as_ref()?;
        Some(files.replay(&self.log))
    }

    /// See [`IndexPress::recover`].
    ///
    /// # Errors
    /// [`LedgerError`].
    pub(in crate::ledger) fn recover(
        self,
        replay: Option<IndexReplay>,
        keys: IndexKeys,
        witnesses: Plan,
        admitted: &SharedAdmitted,
        clock: &Clock,
    ) -> Result<(Option<IndexPress>, Option<IndexAccess>), LedgerError> {
        let (Some((files, guard)), Some(replay)) = (self.opened, replay) else {
            return Ok((None, None));
        };
        let setup = IndexSetup {
            log: self.log,
            guard,
            replay,
            keys,
            witnesses,
            admitted: admitted.clone(),
            clock: Arc::clone(clock),
        };
        let (press, access) = IndexPress::recover(files, setup)?;
        Ok((press, Some(access)))
    }
}
