//! Signed notes and proof files.

use super::Explained;
use fairtrail::log::{Checkpoint, Promise, TlogProof};
use fairtrail::note::Note;

/// A note: a checkpoint, a promise, or another.
pub(super) fn note(note: &Note) -> Explained {
    let mut explained = if let Ok(promise) = note.text().parse::<Promise>() {
        promised(&promise)
    } else if let Ok(checkpoint) = note.text().parse::<Checkpoint>() {
        checkpointed(&checkpoint)
    } else {
        let mut explained = Explained::new("signed note");
        explained.field("text", note.text());
        explained
    };
    for line in note.lines() {
        let id = u32::from_be_bytes(line.id().to_bytes());
        explained.field("signature", format!("{} {id:08x}", line.name().as_str()));
    }
    explained.field(
        "checked",
        "the form only: which of these keys to trust, a policy says",
    );
    explained
}

fn promised(promise: &Promise) -> Explained {
    let mut explained = Explained::new("promise");
    explained.field("log", promise.origin());
    explained.field("first leaf", promise.first());
    explained.field("leaves", promise.count());
    explained.field("root", promise.root());
    explained.field("include by", promise.include_by());
    explained
}

fn checkpointed(checkpoint: &Checkpoint) -> Explained {
    let mut explained = Explained::new("checkpoint");
    explained.field("log", checkpoint.origin());
    explained.field("size", checkpoint.size());
    explained.field("root", checkpoint.root());
    explained
}

/// A proof file.
pub(super) fn proof(proof: &TlogProof) -> Explained {
    let mut explained = Explained::new("proof of an entry in a log");
    explained.field("leaf", proof.index());
    explained.field("path", format!("{} hashes", proof.path().len()));
    explained.field("checked", "the form only: `fairtrail verify` checks it");
    explained.containing([note(proof.note())])
}
