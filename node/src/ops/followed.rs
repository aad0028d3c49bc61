//! What is kept of the logs a node follows.

use std::fmt;

use serde::Serialize;

use super::NodeError;
use crate::config::Settings;
use crate::core::follow::Known;
use crate::follow::kept;

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
