//! The thread that asks one witness.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Weak};
use std::thread;

use fairtrail::client::{Request, Response, Transport};
use fairtrail::limits::ADD_CHECKPOINT_BYTES;
use fairtrail::log::{ADD_CHECKPOINT, AddCheckpoint, Checkpoint, read_cosignature, read_tree_size};
use fairtrail::note::{Note, NoteVerifier, SignatureLine};
use fairtrail::time::Timestamp;

use super::Proofs;
use crate::core::asking::{Asker, Next};

/// A checkpoint that wants to be cosigned.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Note,
    pub(super) now: Timestamp,
    /// Told the verified line, or that there is none.
    pub(super) reply: Sender<Option<SignatureLine>>,
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
        key: NoteVerifier,
        transport: Box<dyn Transport>,
        proofs: Weak<dyn Proofs>,
    ) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let busy = Arc::new(AtomicBool::new(false));
        let line = Line {
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
    key: NoteVerifier,
    transport: Box<dyn Transport>,
    proofs: Weak<dyn Proofs>,
    asker: Asker,
}

impl Line {
    fn run(mut self, jobs: &Receiver<Job>, busy: &AtomicBool) {
        while let Ok(job) = jobs.recv() {
            let line = self.cosign(&job);
            busy.store(false, Ordering::Release);
            // Nobody waits any more: the line is asked for again with the next checkpoint.
            let _ = job.reply.send(line);
        }
    }

    fn cosign(&mut self, job: &Job) -> Option<SignatureLine> {
        let size = job.checkpoint.size();
        let mut next = self.asker.begin(size, job.now);
        while let Next::Ask { old } = next {
            let proof = if old.get() == 0 || old == size {
                Some(Vec::new())
            } else {
                let proofs = self.proofs.upgrade();
                proofs.and_then(|proofs| proofs.consistency(old, size))
            };
            // The log is closing, or its own tiles cannot be read: not the witness's fault.
            let note = job.note.clone();
            let request = AddCheckpoint {
                old,
                proof: proof?,
                note,
            };
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
                        let (witness, ours) = (self.key.name(), size.get());
                        tracing::error!(%witness, %says, ours, "a witness says it cosigned a larger tree: \
                            another copy of this log signs, or the witness is wrong");
                    }
                }
                (status, _) => return self.fail(job, &format_args!("status {status}")),
            }
        }
        None
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
    fn take(&mut self, job: &Job, body: &[u8]) -> Option<SignatureLine> {
        match read_cosignature(&job.note, body, &self.key) {
            Ok(line) => {
                self.asker.cosigned(job.checkpoint.size());
                Some(line)
            }
            Err(error) => self.fail(job, &error),
        }
    }

    fn fail(&mut self, job: &Job, error: &dyn std::fmt::Display) -> Option<SignatureLine> {
        self.asker.failed(job.now);
        let (witness, size) = (self.key.name(), job.checkpoint.size().get());
        tracing::warn!(%witness, size, %error, "not cosigned by this witness");
        None
    }
}
