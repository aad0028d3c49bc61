//! What a ledger is opened with.

use fairtrail::charter::Charter;

use crate::clock;
use crate::config::Settings;
use crate::ledger::{Keys, Setup};

/// The part of the settings that the ledger works with.
pub(super) fn of(settings: &Settings, charter: Charter, keys: Keys) -> Setup {
    Setup {
        data_dir: settings.data_dir.clone(),
        guard_dir: settings.guard_dir.clone(),
        origin: settings.origin.clone(),
        charter,
        keys,
        witnesses: settings.witnesses.clone(),
        index_witnesses: settings.index_witnesses.clone(),
        interval: settings.interval,
        include_within: settings.include_within,
        waiting: settings.waiting,
        reserve_bytes: settings.reserve_bytes,
        clock: clock::system(),
    }
}
