//! Where a log shows the anchor of a private acknowledgement.

use super::private::text_of;
use crate::commands::reading::LogsRead;
use crate::error::CliError;
use fairtrail::diligence::PrivateAck;
use fairtrail::entry::{PartRole, SALT_BYTES, SignedEntry};
use fairtrail::files::PrivateAcks;
use fairtrail::log::TlogProof;
use fairtrail::merkle::{LeafIndex, TreeSize};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;

/// An entry that anchors the private log, the size it commits to, and the salt of its digest.
type Named<'a> = (&'a SignedEntry, TreeSize, [u8; SALT_BYTES]);

/// The first anchor that a log shows, and where it stands there.
pub(super) fn shown<'a>(
    private: &PrivateAcks,
    record: &PrivateAck,
    read: &'a LogsRead,
) -> Result<(Named<'a>, TlogProof), CliError> {
    let mut refused = None;
    for replica in &read.replicas {
        let anchor = earliest(private, record, replica);
        let shown = anchor.and_then(|anchor| {
            let proof = log_proof(anchor.0, replica, &read.policy)?;
            Ok((anchor, proof))
        });
        match shown {
            Ok(shown) => return Ok(shown),
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    Err(refused.unwrap_or_else(|| CliError::internal("no log was read")))
}

/// The first anchor in the log that commits to the record.
fn earliest<'a>(
    private: &PrivateAcks,
    record: &PrivateAck,
    replica: &'a Replica,
) -> Result<Named<'a>, CliError> {
    let mut anchors = Vec::new();
    for (size, salt) in private.anchors() {
        if size.get() > record.seq {
            anchors.push((size, salt, text_of(private, size)?.body(salt).digest()));
        }
    }
    let found = replica.entries().iter().find_map(|entry| {
        let named = |digest| {
            let part = |part: &fairtrail::entry::Part| {
                part.role == PartRole::Document && part.digest == digest
            };
            entry.author() == record.author && entry.header().parts.iter().any(part)
        };
        let anchor = anchors.iter().find(|(_, _, digest)| named(*digest));
        anchor.map(|(size, salt, _)| (entry, *size, *salt))
    });
    found.ok_or_else(|| {
        CliError::coded(
            Reason::ProofIncomplete,
            "no anchor in this log commits to it",
        )
        .hint("`fairtrail ack anchor --as NAME`, then wait until the log has published it")
    })
}

/// Shows where the entry stands, under the note that bounds its time best.
fn log_proof(
    entry: &SignedEntry,
    replica: &Replica,
    policy: &Policy,
) -> Result<TlogProof, CliError> {
    let leaf = replica.leaf_of(entry.id()).unwrap_or_default();
    let index = LeafIndex::new(leaf).map_err(CliError::internal)?;
    let covers = |note: &&fairtrail::log::CosignedCheckpoint| {
        note.meets_quorum() && note.checkpoint().size().get() > leaf
    };
    let notes = replica.notes().chain(replica.newest()).filter(covers);
    let timed = notes.filter_map(|note| Some((note.not_after(policy.f())?, note)));
    let best = timed.min_by_key(|(time, note)| (*time, note.checkpoint().size().get()));
    let (_, note) = best.ok_or_else(|| {
        CliError::coded(
            Reason::QuorumMissing,
            "no note that this policy trusts covers the anchor yet",
        )
    })?;
    let path = replica
        .inclusion(index, note.checkpoint().size())
        .map_err(CliError::internal)?;
    Ok(TlogProof::new(
        Vec::new(),
        index,
        path,
        note.note().clone(),
    )?)
}
