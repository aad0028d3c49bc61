//! What is kept of the logs a node follows.

use std::fmt;

use fairtrail::log::Origin;
use serde::Serialize;

use super::NodeError;
use crate::config::Settings;
use crate::core::follow::Known;
use crate::follow::{KeptError, kept, path_of};
use crate::ledger::LedgerError;
use crate::store::accusations::Accusations;
use crate::store::disk;
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;

/// One followed log, as the disk has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowedLog {
    /// The log.
    pub origin: String,
    /// The node that is asked first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// Where it is asked.
    pub urls: Vec<String>,
    /// Leaves of it that are in the own log.
    pub size: u64,
    /// Leaves of the largest tree it was seen to sign.
    pub seen: u64,
    /// Whether it signed two histories; it is not followed any further then.
    pub forked: bool,
}

/// What is kept of every log that is configured; the node may be running.
///
/// # Errors
/// [`NodeError::Kept`].
pub fn followed(settings: &Settings) -> Result<Vec<FollowedLog>, NodeError> {
    let logs = settings.follow.iter().map(|settings_of| {
        let known = kept(&settings.data_dir, settings_of)?;
        let seen = known.as_ref().and_then(Known::seen);
        Ok(FollowedLog {
            origin: settings_of.followed.origin.to_string(),
            peer: settings_of.peer.as_ref().map(ToString::to_string),
            urls: settings_of.urls.iter().map(ToString::to_string).collect(),
            size: known
                .as_ref()
                .map_or(0, |known| known.cursor().head.size.get()),
            seen: seen.map_or(0, |seen| seen.checkpoint().size().get()),
            forked: known.as_ref().is_some_and(Known::is_forked),
        })
    });
    logs.collect()
}

/// Forgets what is kept of a log, sound or damaged, so that it is read anew from its first leaf by
/// the next start. What is held of it is not fetched again; what it signed before is forgotten,
/// which is why nothing else does this. The node must be stopped.
///
/// # Errors
/// [`NodeError::Convicted`] when the log is known to have signed two histories, unless
/// `although_forked`; then the proofs are set aside, until somebody shows one again.
/// [`NodeError::Ledger`] when the node runs; [`NodeError::Kept`].
pub fn forget(
    settings: &Settings,
    origin: &Origin,
    although_forked: bool,
) -> Result<(), NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let _lock = DirectoryLock::acquire(&layout.lock()).map_err(LedgerError::from)?;
    let accusations = Accusations::new(&layout.fraud());
    let path = path_of(&settings.data_dir, origin);
    let kept = disk::read_if_exists(&path).map_err(KeptError::from)?;
    // Of a damaged file every word counts against the log.
    let text = String::from_utf8_lossy(kept.as_deref().unwrap_or_default()).into_owned();
    let proofs = accusations.of(origin).map_err(KeptError::from)?;
    let convicted = text.contains("state forked") || !proofs.is_empty();
    if convicted && !although_forked {
        let origin = origin.clone();
        return Err(NodeError::Convicted { origin });
    }
    accusations.set_aside(origin).map_err(KeptError::from)?;
    disk::remove_file(&path).map_err(KeptError::from)?;
    Ok(())
}

impl fmt::Display for FollowedLog {
    /// Lines for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.origin)?;
        for url in self.peer.iter().chain(&self.urls) {
            writeln!(f, "  at        {url}")?;
        }
        writeln!(f, "  taken up  {} of {} leaves", self.size, self.seen)?;
        if self.forked {
            writeln!(
                f,
                "  forked    it signed two histories; see the folder fraud"
            )?;
        }
        Ok(())
    }
}
