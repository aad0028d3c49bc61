//! Two histories under this log's own key: the file that proves it (specs/recovery.md §6).

use std::path::PathBuf;

use fairtrail::client::{BaseUrl, Gateway, Http};
use fairtrail::fraud::{Accused, FraudFile, SplitView};
use fairtrail::log::{SignedCheckpoint, VerifiedTiles};
use fairtrail::merkle::{CompactRange, Hash, Root, Tree, TreeSize, prove};
use fairtrail::note::NoteVerifier;

use super::Shown;
use crate::config::Settings;
use crate::ledger::{LedgerError, Recovering};
use crate::ops::NodeError;
use crate::store::accusations::Accusations;
use crate::store::layout::Layout;

/// A checkpoint that this log's key signed.
struct Seen<'a> {
    signed: SignedCheckpoint,
    /// Where its leaves can be had, if they are not here.
    mirror: Option<&'a BaseUrl>,
}

/// Keeps the file that proves two histories where other proofs are kept, if what is held proves it;
/// where it lies. That it could not be kept changes nothing about them.
pub(super) fn keep_proof(
    log: &Recovering,
    settings: &Settings,
    shown: &[Shown],
    key: &NoteVerifier,
) -> Option<PathBuf> {
    let keep = || -> Result<Option<PathBuf>, NodeError> {
        let Some(view) = contradiction(log, shown, key)? else {
            return Ok(None);
        };
        let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
        let kept = Accusations::new(&layout.fraud());
        let accused = Accused::Log(settings.origin.clone());
        let file = FraudFile::SplitView(Box::new(view));
        let new = kept
            .keep_first(&accused, &file)
            .map_err(LedgerError::from)?;
        let mut all = kept.of(&settings.origin).map_err(LedgerError::from)?;
        all.truncate(1);
        Ok(new.or_else(|| all.pop()))
    };
    keep().unwrap_or_else(|error| {
        tracing::error!(%error, "two histories are signed, and the proof could not be kept");
        None
    })
}

/// A proof from what was signed here and what was shown, if any two of these contradict each other.
/// Leaves that were never signed contradict nobody.
fn contradiction(
    log: &Recovering,
    shown: &[Shown],
    key: &NoteVerifier,
) -> Result<Option<SplitView>, LedgerError> {
    let own = log.signed_note().and_then(|note| {
        let own = note.keep_verified(std::slice::from_ref(key)).ok()?;
        SignedCheckpoint::open(own.to_string().as_bytes(), key).ok()
    });
    let own = own.map(|signed| Seen {
        signed,
        mirror: None,
    });
    let shown = shown.iter().map(|shown| Seen {
        signed: shown.signed.clone(),
        mirror: shown.mirror.as_ref(),
    });
    let seen: Vec<_> = own.into_iter().chain(shown).collect();
    let tree = log.tree()?;
    let pairs = seen
        .iter()
        .flat_map(|older| seen.iter().map(move |newer| (older, newer)));
    let views = pairs.filter_map(|(older, newer)| view(older, newer, &tree));
    let mut proofs = views.filter(|view| view.verify(key).is_ok());
    Ok(proofs.next())
}

/// What two checkpoints would prove; nothing when the newer tree cannot be read.
fn view(older: &Seen<'_>, newer: &Seen<'_>, own: &Tree) -> Option<SplitView> {
    let (old, new) = (older.signed.checkpoint(), newer.signed.checkpoint());
    if old.size() == TreeSize::ZERO || old.size() > new.size() {
        return None;
    }
    if old.size() == new.size() {
        return Some(SplitView::of_one_size(&older.signed, &newer.signed));
    }
    let here = own.root_at(new.size()).is_ok_and(|root| root == new.root());
    let (prefix, path) = if here {
        let path = own.consistency(old.size(), new.size()).ok()?;
        (own.root_at(old.size()).ok()?, path)
    } else {
        there(newer, old.size())?
    };
    let (older, newer) = (older.signed.note().clone(), newer.signed.note().clone());
    Some(SplitView::new(older, newer, prefix, path))
}

/// The root over the first leaves of a tree that a mirror has, and the path from it.
fn there(newer: &Seen<'_>, old: TreeSize) -> Option<(Root, Vec<Hash>)> {
    let checkpoint = newer.signed.checkpoint();
    let mirror = Gateway::new(Http::new(newer.mirror?.clone()));
    let tiles = VerifiedTiles::open(mirror, checkpoint).ok()?;
    let prefix = CompactRange::read(&tiles, old).ok()?.root();
    let path = prove::consistency(&tiles, old, checkpoint.size()).ok()?;
    Some((prefix, path))
}
