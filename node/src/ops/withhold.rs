//! `withhold`: what this node does not serve, and on which legal basis.

use fairtrail::claim::Code;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::time::Timestamp;

use super::NodeError;
use crate::config::Settings;
use crate::ledger::LedgerError;
use crate::store::layout::Layout;
use crate::store::withheld::{Line, Withheld};

/// A change to the list of withheld parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Serve the parts again.
    Lift,
    /// Serve them no more.
    Withhold {
        /// The legal basis.
        basis: Code,
        /// Since when.
        since: Timestamp,
    },
}

/// Changes what is withheld, for one entry or for all that name the parts; the list as it is then.
/// A running node takes it up by itself. Doing it again changes nothing.
///
/// # Errors
/// [`NodeError`].
pub fn withhold(
    settings: &Settings,
    parts: &[PartDigest],
    entry: Option<EntryId>,
    change: Option<&Change>,
) -> Result<Vec<Line>, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let list = Withheld::open(&layout.withheld()).map_err(LedgerError::from)?;
    let mut lines = list.lines().to_vec();
    let Some(change) = change else {
        return Ok(lines);
    };
    let named = |line: &Line| parts.contains(&line.part) && line.entry == entry;
    match change {
        Change::Lift => lines.retain(|line| !named(line)),
        Change::Withhold { basis, since } => {
            // What was withheld before keeps its date.
            lines.retain(|line| !named(line) || line.basis == *basis);
            for part in parts {
                if !lines
                    .iter()
                    .any(|line| line.part == *part && line.entry == entry)
                {
                    lines.push(Line {
                        part: *part,
                        entry,
                        basis: basis.clone(),
                        since: *since,
                    });
                }
            }
        }
    }
    list.replace(&lines).map_err(LedgerError::from)?;
    Ok(lines)
}
