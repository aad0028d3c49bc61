//! Questions over HTTP.

use std::sync::Arc;
use std::time::Duration;

use fairtrail::client::{ClientError, Gateway, TransportError};
use fairtrail::reason::Reason;

use super::files;
use crate::core::follow::{Answer, Failure, Question};
use crate::core::repair;

/// The whole of one question, whatever the peer does.
const DEADLINE: Duration = Duration::from_secs(60);

pub(super) async fn ask(gateway: Arc<Gateway>, question: Question) -> Result<Answer, Failure> {
    let asked = tokio::task::spawn_blocking(move || answer(&gateway, question));
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(Ok(answer))) => answer.ok_or(Failure(Reason::NotFound)),
        Ok(Ok(Err(error))) => Err(Failure(reason(&error))),
        // Too slow, or the runtime is going down.
        Ok(Err(_)) | Err(_) => Err(Failure(Reason::GatewayUnreachable)),
    }
}

/// A question of whoever repairs.
pub(super) async fn repair(
    gateway: Arc<Gateway>,
    question: repair::Question,
) -> Result<repair::Answer, Failure> {
    let asked = tokio::task::spawn_blocking(move || match question {
        repair::Question::Open(keys) => {
            let opening = gateway.opened_feeds(&keys)?;
            Ok(repair::Answer::Opening(opening))
        }
        repair::Question::Down(id, limit) => {
            let entries = gateway.down_from(id, usize::from(limit))?;
            Ok(repair::Answer::Entries(entries))
        }
    });
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(answer)) => answer.map_err(|error: ClientError| Failure(reason(&error))),
        Ok(Err(_)) | Err(_) => Err(Failure(Reason::GatewayUnreachable)),
    }
}

/// `None` where a mirror of files has no such resource.
fn answer(gateway: &Gateway, question: Question) -> Result<Option<Answer>, ClientError> {
    Ok(Some(match question {
        Question::Checkpoint => {
            let note = gateway.checkpoint()?;
            Answer::Checkpoint(note.to_string().into_bytes())
        }
        Question::Tile(tile) => Answer::Tile(gateway.tile(tile)?),
        Question::Entries { bundle, skip } => {
            let entries = gateway.entries(bundle)?;
            let behind = entries.into_iter().skip(usize::from(skip));
            Answer::Entries(behind.collect())
        }
        // A gateway knows nobody: what it has for members it does not show.
        Question::Parts { first, count, .. } => {
            let page = match gateway.parts_unless_files(first, count)? {
                Some(page) => Some(page),
                None => files::page(gateway, first, count)?,
            };
            return Ok(page.map(Answer::Parts));
        }
    }))
}

/// A mirror of files says that it does not have something by its status alone.
fn reason(error: &ClientError) -> Reason {
    match error {
        ClientError::Unreachable {
            source: TransportError::Status { status: 404 },
            ..
        } => Reason::NotFound,
        error => error.code(),
    }
}
