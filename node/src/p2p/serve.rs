//! Answering what peers ask, off the network's task.

use std::sync::Arc;
use std::time::Duration;

use fairtrail::api::{Batch, Submission};
use fairtrail::entry::SignedEntry;
use fairtrail::id::KeyId;
use fairtrail::log::{TilePath, encode_entries};
use fairtrail::reason::Reason;

use super::budget::Kind;
use super::gossip::Verdict;
use super::listening;
use super::message::{Ask, Hello, Pull, Told};
use super::roster::Standing;
use super::shared::Shared;
use crate::core::follow::{Answer, Failure, Question, Reads, urgent};
use crate::core::repair;
use crate::service::{IndexQuestion, SubmitError};

/// Time for an answer.
const TIME: Duration = Duration::from_secs(8);

/// The answer to a small question.
pub(super) async fn told(shared: &Arc<Shared>, peer: KeyId, question: Vec<u8>) -> Told {
    let answer = async {
        match Ask::parse(&question) {
            Ok(ask) => answer(shared, peer, ask).await,
            Err(error) => {
                shared.fault(peer, "a malformed question");
                Told::Refused(error.code())
            }
        }
    };
    let answer = tokio::time::timeout(TIME, answer).await;
    answer.unwrap_or(Told::Refused(Reason::Overloaded))
}

async fn answer(shared: &Arc<Shared>, peer: KeyId, ask: Ask) -> Told {
    match ask {
        Ask::Hello(hello) => greet(shared, &hello),
        Ask::Checkpoint => found(read(shared, Question::Checkpoint, Reads::Public).await),
        Ask::Tile(tile) => found(read(shared, Question::Tile(tile), Reads::Public).await),
        Ask::Push(entry) => pushed(shared, peer, entry).await,
        Ask::Tell(message) => heard(shared, peer, message).await,
        Ask::Open(keys) => match repair(shared, repair::Question::Open(keys)).await {
            Ok(repair::Answer::Opening(opening)) => Told::Opening(opening),
            Ok(repair::Answer::Entries(_)) => Told::Refused(Reason::Internal),
            Err(reason) => Told::Refused(reason),
        },
        Ask::IndexTile(tile) => {
            match index(shared, IndexQuestion::Tile(TilePath::Hashes(tile))).await {
                Ok(hashes) => Told::Tile(hashes),
                Err(reason) => Told::Refused(reason),
            }
        }
    }
}

fn greet(shared: &Shared, hello: &Hello) -> Told {
    if hello.network == shared.hello.network {
        Told::Hello(shared.hello.clone())
    } else {
        Told::Refused(Reason::NetworkMismatch)
    }
}

fn found(answer: Result<Answer, Failure>) -> Told {
    match answer {
        Ok(Answer::Checkpoint(note)) => Told::Checkpoint(note),
        Ok(Answer::Tile(hashes)) => Told::Tile(hashes),
        Ok(Answer::Entries(_) | Answer::Parts(_)) => Told::Refused(Reason::Internal),
        Err(Failure(reason)) => Told::Refused(reason),
    }
}

/// The answer to a bulk question, as far as the peer may have it.
pub(super) async fn bulk(shared: &Arc<Shared>, peer: KeyId, pull: Pull) -> Result<Vec<u8>, Reason> {
    let reads = shared.standing(peer).map_or(Reads::Public, Standing::reads);
    let question = match pull {
        Pull::Entries { bundle, skip } => Question::Entries { bundle, skip },
        Pull::Parts { first, count } => Question::Parts {
            first,
            count,
            reads,
        },
        Pull::File { digest, bytes } => return file(shared, digest, bytes).await,
        Pull::Heads { bundle } => {
            return index(shared, IndexQuestion::Tile(TilePath::Entries(bundle))).await;
        }
        Pull::Update { leaf } => return index(shared, IndexQuestion::Update(leaf.get())).await,
        Pull::Down { id, limit } => {
            let question = repair::Question::Down(id, limit);
            return match repair(shared, question).await? {
                repair::Answer::Entries(entries) => encoded(&entries),
                repair::Answer::Opening(_) => Err(Reason::Internal),
            };
        }
    };
    match read(shared, question, reads).await {
        Ok(Answer::Entries(entries)) => encoded(&entries),
        Ok(Answer::Parts(page)) => Ok(page.to_bytes()),
        Ok(Answer::Checkpoint(_) | Answer::Tile(_)) => Err(Reason::Internal),
        Err(Failure(reason)) => Err(reason),
    }
}

fn encoded(entries: &[Vec<u8>]) -> Result<Vec<u8>, Reason> {
    let bytes = encode_entries(entries.iter().map(Vec::as_slice));
    bytes.map_err(|error| error.code())
}

/// The answer to a question of whoever repairs.
async fn repair(shared: &Shared, question: repair::Question) -> Result<repair::Answer, Reason> {
    let answer = shared.service.read(move |log| log.repair(&question)).await;
    answer.map_err(|error| error.code())
}

/// A resource of the index log, as far as it is shown.
async fn index(shared: &Shared, question: IndexQuestion) -> Result<Vec<u8>, Reason> {
    let answer = shared
        .service
        .read(move |log| log.index_log(question))
        .await;
    answer.map_err(|error| error.code())
}

/// A fraud file that is held here. One of another length is not the one asked for.
async fn file(shared: &Shared, digest: [u8; 32], bytes: usize) -> Result<Vec<u8>, Reason> {
    let file = shared.service.read(move |log| log.fraud_file(digest)).await;
    let file = file.map_err(|error| error.code())?;
    (file.len() == bytes)
        .then_some(file)
        .ok_or(Reason::NotFound)
}

async fn read(shared: &Shared, question: Question, reads: Reads) -> Result<Answer, Failure> {
    let answer = shared
        .service
        .read(move |log| Ok(log.answer(&question, reads)));
    answer.await.map_err(|error| Failure(error.code()))?
}

/// An entry that does not wait for its turn: offered to admission, and passed on once it is
/// admitted, by whoever listens to that.
async fn pushed(shared: &Arc<Shared>, peer: KeyId, bytes: Vec<u8>) -> Told {
    if !shared.take(peer, Kind::Push, 1) {
        return Told::Refused(Reason::QuotaExceeded);
    }
    let entry = tokio::task::spawn_blocking(move || urgent(&bytes)).await;
    let Ok(Some(entry)) = entry else {
        shared.fault(peer, "a push of what is not urgent");
        return Told::Refused(Reason::RequestMalformed);
    };
    match shared.service.take_up(alone(entry)).await {
        Ok(_) => Told::Taken,
        Err(error) => {
            if is_final(&error) {
                shared.fault(peer, "a push of what nobody admits");
            }
            Told::Refused(error.code())
        }
    }
}

/// A message for this node alone. Whoever waits for an answer is told whether an honest node says
/// such a thing, and nothing of what becomes of it.
async fn heard(shared: &Arc<Shared>, peer: KeyId, message: Vec<u8>) -> Told {
    if !shared.take(peer, Kind::Gossip, 1) {
        return Told::Refused(Reason::QuotaExceeded);
    }
    // Held for as long as the listener takes, which may be longer than is waited for it.
    let Ok(permit) = Arc::clone(&shared.small).try_acquire_owned() else {
        return Told::Refused(Reason::Overloaded);
    };
    match listening::judge(shared, peer, None, message, permit).await {
        Verdict::Accept | Verdict::Ignore => Told::Taken,
        Verdict::Reject => {
            shared.fault(peer, "a message that was refused");
            Told::Refused(Reason::RequestMalformed)
        }
    }
}

fn alone(entry: SignedEntry) -> Batch {
    let bodies = Vec::new();
    Batch(vec![Submission { entry, bodies }])
}

/// Whether no larger set would admit the entry either.
fn is_final(error: &SubmitError) -> bool {
    error.position.is_some() && !error.code().is_early()
}
