//! What the gateway says of parts that it does not serve: its word, kept so that a verdict without a
//! gateway names it, too. One file, replaced whole.

use super::StoreError;
use crate::api::WithheldView;
use crate::files::{FileError, read_bounded, replace};
use crate::id::PartDigest;
use crate::limits::WIRE_ITEMS;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;

/// So many lines at their longest.
const MAX_BYTES: u64 = 64 * 1_024 * 1_024;

/// What was said, by part.
#[derive(Debug, Default)]
pub(super) struct Withheld {
    said: BTreeMap<PartDigest, WithheldView>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    withheld: Vec<WithheldView>,
}

impl Withheld {
    /// Reads the file; nothing was said when it is not there.
    pub(super) fn read(path: &Path) -> Result<Self, StoreError> {
        let bytes = match read_bounded(path, MAX_BYTES) {
            Err(FileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => return Ok(Self::default()),
            other => other?,
        };
        let file: File = serde_json::from_slice(&bytes).map_err(|_| StoreError::Damaged {
            path: path.to_path_buf(),
            what: "is not what was written, or another version wrote it",
            remove: path.parent().unwrap_or(path).to_path_buf(),
        })?;
        let said = file.withheld.into_iter().map(|view| (view.part, view));
        Ok(Self {
            said: said.collect(),
            changed: false,
        })
    }

    /// Forgets what was said of `named` and takes what is said now, as far as there is room; what
    /// was taken.
    pub(super) fn put(
        &mut self,
        named: &HashSet<PartDigest>,
        said: Vec<WithheldView>,
    ) -> Vec<WithheldView> {
        let before = self.said.len();
        self.said.retain(|part, _| !named.contains(part));
        let room = WIRE_ITEMS.saturating_sub(self.said.len());
        let taken: Vec<_> = said.into_iter().take(room).collect();
        self.changed |= before != self.said.len() || !taken.is_empty();
        let lines = taken.iter().map(|view| (view.part, view.clone()));
        self.said.extend(lines);
        taken
    }

    /// Everything that is said.
    pub(super) fn iter(&self) -> impl Iterator<Item = &WithheldView> {
        self.said.values()
    }

    /// Writes the file, if anything changed.
    pub(super) fn save(&mut self, path: &Path) -> Result<(), StoreError> {
        if !self.changed {
            return Ok(());
        }
        let withheld = self.said.values().cloned().collect();
        // Every field is a text or a number, so this cannot fail; an empty file would be refused as
        // damaged.
        let json = serde_json::to_vec(&File { withheld }).unwrap_or_default();
        replace(path, &json)?;
        self.changed = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Ground, LegalBasis};

    fn view(part: u8) -> WithheldView {
        WithheldView {
            part: PartDigest::new([part; 32]),
            reason: "withheld-by-law".into(),
            ground: Some(Ground {
                basis: LegalBasis::CourtOrder,
                jurisdiction: None,
                statute: None,
                since: "2026-11-22".parse().unwrap(),
                statement: None,
            }),
        }
    }

    #[test]
    fn what_is_said_is_kept_until_something_else_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("withheld");
        let mut withheld = Withheld::read(&path).unwrap();
        let named = |part: u8| HashSet::from([PartDigest::new([part; 32])]);
        assert_eq!(withheld.put(&named(1), vec![view(1)]), [view(1)]);
        withheld.put(&named(2), vec![view(2)]);
        withheld.save(&path).unwrap();
        let mut again = Withheld::read(&path).unwrap();
        assert_eq!(again.iter().collect::<Vec<_>>(), [&view(1), &view(2)]);
        again.put(&named(1), vec![]);
        again.save(&path).unwrap();
        let left = Withheld::read(&path).unwrap();
        assert_eq!(left.iter().collect::<Vec<_>>(), [&view(2)]);
        fs_err::write(&path, "{}").unwrap();
        assert!(Withheld::read(&path).is_err());
    }
}
