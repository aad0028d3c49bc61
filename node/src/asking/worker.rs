//! The thread that asks one witness.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Weak};
use std::thread;

use data_encoding::HEXLOWER;
use fairtrail::client::{Request, Response, Transport};
use fairtrail::limits::{ADD_CHECKPOINT_BYTES, NOTE_BYTES};
use fairtrail::log::{
    ADD_CHECKPOINT, AddCheckpoint, Checkpoint, SignedCheckpoint, read_cosignature, read_tree_size,
};
use fairtrail::merkle::{Hash, TreeSize};
use fairtrail::note::{Note, NoteVerifier, SignatureLine};
use fairtrail::time::Timestamp;

use super::Proofs;
use crate::core::asking::{Asker, Next};
use crate::core::head::Head;

/// A checkpoint that wants to be cosigned.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Note,
    pub(super) now: Timestamp,
    pub(super) reply: Sender<Reply>,
}

/// What a witness made of it.
#[derive(Debug)]
pub(super) enum Reply {
    /// It showed a larger tree that the log's key signed.
    Ahead(Head),
    /// Its line, verified.
    Line(SignatureLine),
    /// Nothing of use.
    Nothing,
}

/// One witness, and the thread that asks it.
#[derive(Debug)]
pub(super) struct Worker {
    key: NoteVerifier,
    jobs: Sender<Job>,
    busy: Arc<AtomicBool>,
}

impl Worker {
    /// Starts the thread; it ends when this is dropped and the last answer has come. A thread that
    /// cannot be started is a witness that never answers.
    pub(super) fn start(
        log: NoteVerifier,
        key: NoteVerifier,
        transport: Box<dyn Transport>,
        proofs: Weak<dyn Proofs>,
    ) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let busy = Arc::new(AtomicBool::new(false));
        let line = Line {
            log,
            key: key.clone(),
            transport,
            proofs,
            asker: Asker::default(),
        };
        let working = Arc::clone(&busy);
        let thread = thread::Builder::new().name("witness".into());
        if let Err(error) = thread.spawn(move || line.run(&waiting, &working)) {
            tracing::error!(%error, witness = %key.name(), "no thread to ask this witness");
        }
        Self { key, jobs, busy }
    }

    /// Whether the note has a line of this witness.
    pub(super) fn has_signed(&self, note: &Note) -> bool {
        note.lines().iter().any(|line| self.key.is_named_by(line))
    }

    /// Has the witness asked, unless it still owes an earlier answer; whether it will be.
    pub(super) fn ask(&self, job: &Job) -> bool {
        !self.busy.swap(true, Ordering::AcqRel) && self.jobs.send(job.clone()).is_ok()
    }
}

/// What the thread holds.
struct Line {
    log: NoteVerifier,
    key: NoteVerifier,
    transport: Box<dyn Transport>,
    proofs: Weak<dyn Proofs>,
    asker: Asker,
}

impl Line {
    fn run(mut self, jobs: &Receiver<Job>, busy: &AtomicBool) {
        while let Ok(job) = jobs.recv() {
            let reply = self.cosign(&job);
            busy.store(false, Ordering::Release);
            // Nobody waits any more: the line is asked for again with the next checkpoint.
            let _ = job.reply.send(reply);
        }
    }

    fn cosign(&mut self, job: &Job) -> Reply {
        let size = job.checkpoint.size();
        let mut next = self.asker.begin(size, job.now);
        while let Next::Ask { old } = next {
            // The log is closing, or its own tiles cannot be read: not the witness's fault.
            let Some(proof) = self.proof(old, size) else {
                return Reply::Nothing;
            };
            let note = job.note.clone();
            let request = AddCheckpoint { old, proof, note };
            let response = match self.send(&request) {
                Ok(response) => response,
                Err(error) => return self.fail(job, &error),
            };
            let Response { status, body, .. } = response;
            match (status, read_tree_size(&body)) {
                (200, _) => return self.take(job, &body),
                (409, Some(says)) => {
                    next = self.asker.conflict(says, size, job.now);
                    if says > size {
                        return self.look_ahead(&job.checkpoint, says);
                    }
                }
                (status, _) => return self.fail(job, &format_args!("status {status}")),
            }
        }
        Reply::Nothing
    }

    fn proof(&self, old: TreeSize, size: TreeSize) -> Option<Vec<Hash>> {
        if old == TreeSize::ZERO || old == size {
            return Some(Vec::new());
        }
        self.proofs.upgrade()?.consistency(old, size)
    }

    /// A witness says it cosigned a larger tree than this log has signed. Only the log's own
    /// signature shows that it did.
    fn look_ahead(&self, checkpoint: &Checkpoint, says: TreeSize) -> Reply {
        let (witness, ours) = (self.key.name(), checkpoint.size());
        tracing::error!(%witness, %says, %ours, "a witness says it cosigned a larger tree: another \
            copy of this log signs, or the witness is wrong");
        let hash = HEXLOWER.encode(&checkpoint.origin().digest());
        let response = self.transport.request(&Request {
            path: &format!("/witness/{hash}/checkpoint"),
            accept: "text/plain",
            content: None,
            wait: None,
            max_bytes: NOTE_BYTES,
        });
        let note = response.ok().filter(|response| response.status == 200);
        let opened = note.map(|response| SignedCheckpoint::open(&response.body, &self.log));
        match opened {
            Some(Ok(signed)) if signed.checkpoint().size() > ours => Reply::Ahead(Head {
                size: signed.checkpoint().size(),
                root: signed.checkpoint().root(),
            }),
            _ => Reply::Nothing,
        }
    }

    fn send(&self, request: &AddCheckpoint) -> Result<Response, fairtrail::client::TransportError> {
        let content = request.to_string();
        self.transport.request(&Request {
            path: ADD_CHECKPOINT,
            accept: "text/plain",
            content: Some(("text/plain; charset=utf-8", content.as_bytes())),
            wait: None,
            max_bytes: ADD_CHECKPOINT_BYTES,
        })
    }

    /// Verifies before anything is kept.
    fn take(&mut self, job: &Job, body: &[u8]) -> Reply {
        match read_cosignature(&job.note, body, &self.key) {
            Ok(line) => {
                self.asker.cosigned(job.checkpoint.size());
                Reply::Line(line)
            }
            Err(error) => self.fail(job, &error),
        }
    }

    fn fail(&mut self, job: &Job, error: &dyn std::fmt::Display) -> Reply {
        self.asker.failed(job.now);
        let (witness, size) = (self.key.name(), job.checkpoint.size().get());
        tracing::warn!(%witness, size, %error, "not cosigned by this witness");
        Reply::Nothing
    }
}
