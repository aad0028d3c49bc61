//! `withhold`: what this node does not serve, and on which legal basis.

use fairtrail::claim::Ground;
use fairtrail::id::{EntryId, PartDigest};

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
    /// Serve them no more, on this ground. What was withheld on the same basis before
    /// keeps its date, and what is not said anew.
    Withhold(Ground),
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
    let lines = list.now().lines().to_vec();
    let Some(change) = change else {
        return Ok(lines);
    };
    let named = |line: &Line| parts.contains(&line.part) && line.entry == entry;
    let (before, mut after): (Vec<_>, Vec<_>) = lines.into_iter().partition(named);
    if let Change::Withhold(ground) = change {
        for part in parts {
            let same = |line: &&Line| line.part == *part && line.ground.basis == ground.basis;
            let mut ground = ground.clone();
            if let Some(line) = before.iter().find(same) {
                ground.since = line.ground.since;
                ground.statement = ground.statement.or(line.ground.statement);
                ground.statute = ground.statute.or_else(|| line.ground.statute.clone());
                let jurisdiction = line.ground.jurisdiction.clone();
                ground.jurisdiction = ground.jurisdiction.or(jurisdiction);
            }
            after.push(Line {
                part: *part,
                entry,
                ground,
            });
        }
    }
    list.replace(&after).map_err(LedgerError::from)?;
    Ok(after)
}
