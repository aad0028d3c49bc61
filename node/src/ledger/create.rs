use std::path::Path;

use fairtrail::index::EDITION;
use fairtrail::log::Origin;

use super::error::LedgerError;
use crate::core::head::Head;
use crate::store::bodies::{self, Bodies};
use crate::store::guard::Guard;
use crate::store::journal::{self, Journal};
use crate::store::layout::Layout;

/// Makes an empty log in `data_dir`, which must not hold anything, and its guard in `guard_dir`,
/// which must lie elsewhere. The guard comes last: what is interrupted before cannot sign.
///
/// # Errors
/// [`LedgerError::Layout`] when the directory is taken, [`LedgerError::Guard`] when this origin has
/// a guard: it has signed, or may have; or a file operation failed.
pub fn create(data_dir: &Path, guard_dir: &Path, origin: &Origin) -> Result<Layout, LedgerError> {
    let layout = Layout::init(data_dir)?;
    Journal::create(&layout.journal(), journal::SEGMENT_BYTES)?;
    Bodies::create(&layout.bodies(), &layout.documents(), bodies::SEGMENT_BYTES)?;
    let first = Head::empty().stored();
    if let Some(index) = origin.index(EDITION) {
        Guard::create(guard_dir, layout.root(), index.as_str(), first)?;
    }
    Guard::create(guard_dir, layout.root(), origin.as_str(), first)?;
    Ok(layout)
}
