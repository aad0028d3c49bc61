//! Cosigning the checkpoints of other logs (C2SP tlog-witness, specs/witness.md).

use super::answer::{self, Keep, TEXT};
use super::content;
use super::named::Named;
use super::problem::Refusal;
use super::state::Gateway;
use crate::witness::Cosigned;
use axum::extract::{Request, State};
use axum::response::Response;
use fairtrail::limits::ADD_CHECKPOINT_BYTES;
use fairtrail::log::TREE_SIZE_TYPE;
use fairtrail::reason::Reason;
use std::str::FromStr;

/// `POST /add-checkpoint`. The content may have any media type, as the protocol names none.
pub(super) async fn add_checkpoint(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Refusal> {
    let content = content::receive_within(&gateway, request, ADD_CHECKPOINT_BYTES).await?;
    let cosigned = gateway.read(move |log| Ok(log.add_checkpoint(&content)));
    match cosigned.await? {
        Cosigned::Line(line) => answer::bytes(&gateway, TEXT, format!("{line}\n"), Keep::Never),
        Cosigned::Conflict(size) => {
            let size = answer::bytes(&gateway, TREE_SIZE_TYPE, format!("{size}\n"), Keep::Never)?;
            Ok(answer::with_reason(size, Reason::CheckpointConflict))
        }
        Cosigned::Refused(refusal) => Err(Refusal::new(refusal.reason, refusal.detail)),
    }
}

/// `GET /witness/{hash}/checkpoint`.
pub(super) async fn latest(
    State(gateway): State<Gateway>,
    Named(HexHash(hash)): Named<HexHash>,
) -> Result<Response, Refusal> {
    let note = gateway.read(move |log| log.cosigned(hash)).await?;
    answer::bytes(&gateway, TEXT, note, Keep::Never)
}

/// A SHA-256 in lower-case hex.
pub(super) struct HexHash(pub(super) [u8; 32]);

impl FromStr for HexHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        let hash = bytes.and_then(|bytes| bytes.try_into().ok());
        hash.map(Self)
            .ok_or("expected 64 lower-case hex digits, a SHA-256")
    }
}
