//! What this node knows of others: checkpoints it saw, and proofs it holds (specs/gossip.md §6).

use super::answer::{self, Keep, TEXT};
use super::named::Named;
use super::problem::Refusal;
use super::state::Gateway;
use super::witness::HexHash;
use axum::extract::State;
use axum::response::Response;

/// `GET /v1/checkpoints`.
pub(super) async fn checkpoints(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    let seen = gateway.read(|log| Ok(log.seen_checkpoints())).await?;
    answer::json(&gateway, &seen, Keep::Never)
}

/// `GET /v1/fraud`.
pub(super) async fn files(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    let files = gateway.read(|log| Ok(log.fraud_files())).await?;
    answer::json(&gateway, &files, Keep::Never)
}

/// `GET /v1/fraud/{digest}`.
pub(super) async fn file(
    State(gateway): State<Gateway>,
    Named(HexHash(digest)): Named<HexHash>,
) -> Result<Response, Refusal> {
    let bytes = gateway.read(move |log| log.fraud_file(digest)).await?;
    answer::bytes(&gateway, TEXT, bytes, Keep::Forever)
}
