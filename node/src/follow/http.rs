//! Questions over HTTP, to one log at one or more addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fairtrail::client::{BaseUrl, ClientError, Gateway, Http, TransportError};
use fairtrail::reason::Reason;

use crate::core::follow::{Answer, Failure, Question};

/// The whole of one question, whatever the peer does.
const DEADLINE: Duration = Duration::from_secs(60);

/// The addresses of one log. Every answer is verified, so that any of them may give it.
#[derive(Debug)]
pub(super) struct Mirrors {
    gateways: Vec<Arc<Gateway>>,
    /// Where the last question was answered.
    good: AtomicUsize,
}

impl Mirrors {
    pub(super) fn new(urls: &[BaseUrl]) -> Self {
        let gateway = |url: &BaseUrl| Arc::new(Gateway::new(Http::new(url.clone())));
        Self {
            gateways: urls.iter().map(gateway).collect(),
            good: AtomicUsize::new(0),
        }
    }

    /// Asks elsewhere first from now on: what the last address answered was of no use.
    pub(super) fn turn(&self) {
        self.good.fetch_add(1, Ordering::Relaxed);
    }

    /// Asks where it went well last, then at the other addresses in turn.
    pub(super) async fn ask(&self, question: Question) -> Result<Answer, Failure> {
        let first = self.good.load(Ordering::Relaxed);
        let mut failure = Failure(Reason::GatewayUnreachable);
        for more in 0..self.gateways.len() {
            let at = first.wrapping_add(more) % self.gateways.len().max(1);
            let Some(gateway) = self.gateways.get(at) else {
                continue;
            };
            match ask_one(Arc::clone(gateway), question).await {
                Ok(answer) => {
                    self.good.store(at, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(found) => failure = found,
            }
        }
        Err(failure)
    }
}

async fn ask_one(gateway: Arc<Gateway>, question: Question) -> Result<Answer, Failure> {
    let asked = tokio::task::spawn_blocking(move || answer(&gateway, question));
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(answer)) => answer.map_err(|error| Failure(reason(&error))),
        // Too slow, or the runtime is going down.
        Ok(Err(_)) | Err(_) => Err(Failure(Reason::GatewayUnreachable)),
    }
}

fn answer(gateway: &Gateway, question: Question) -> Result<Answer, ClientError> {
    match question {
        Question::Checkpoint => {
            let note = gateway.checkpoint()?;
            Ok(Answer::Checkpoint(note.to_string().into_bytes()))
        }
        Question::Tile(tile) => gateway.tile(tile).map(Answer::Tile),
        Question::Entries { bundle, skip } => {
            let entries = gateway.entries(bundle)?;
            let behind = entries.into_iter().skip(usize::from(skip));
            Ok(Answer::Entries(behind.collect()))
        }
        // A gateway knows nobody: what it has for members it does not show.
        Question::Parts { first, count, .. } => gateway.parts(first, count).map(Answer::Parts),
    }
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
