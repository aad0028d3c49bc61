//! Who tells one client of changes, until the client goes, is too slow, or the gateway closes.

use super::server::Closing;
use super::state::Gateway;
use crate::metrics::{OpenStream, StreamEnd};
use crate::service::Published;
use axum::body::Bytes;
use fairtrail::api::{HaltedNotice, LeafNotice, LogNotice, Notice, SizeNotice};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// Bytes of one piece, give or take a notice.
const PIECE_BYTES: usize = 16 * 1_024;
/// How long a browser waits before it asks again, in milliseconds.
const RETRY: &str = "retry: 5000\n";
/// A line that means nothing, but that somebody is there.
const BEAT: &str = ":\n\n";

/// What a client wants to hear.
pub(super) struct Asked {
    /// The first leaf; what is new from now on, without it.
    pub(super) from: Option<u64>,
    /// Only leaves that name one of these; all where it is empty.
    pub(super) subjects: BTreeSet<SubjectId>,
}

/// The state of one stream. What was asked dies with it.
pub(super) struct Teller {
    gateway: Gateway,
    published: watch::Receiver<Arc<Published>>,
    asked: Asked,
    tell: mpsc::Sender<Bytes>,
    /// The next leaf to look at.
    next: u64,
    /// The size told last.
    told: Option<u64>,
    /// Why nothing is signed, as told last.
    halted: Option<Reason>,
    counts: OpenStream,
}

impl Teller {
    pub(super) fn new(
        gateway: Gateway,
        published: watch::Receiver<Arc<Published>>,
        asked: Asked,
        tell: mpsc::Sender<Bytes>,
        counts: OpenStream,
    ) -> Self {
        Self {
            gateway,
            published,
            asked,
            tell,
            next: 0,
            told: None,
            halted: None,
            counts,
        }
    }

    /// Tells until somebody ends it; the client asks again from where it got.
    pub(super) async fn run(mut self, closing: Option<Closing>) {
        let (client, time) = (self.tell.clone(), self.gateway.limits().stream_time);
        let end = tokio::select! {
            told = self.tell_all() => told.err(),
            () = client.closed() => Some(StreamEnd::client),
            () = closes(closing) => Some(StreamEnd::closing),
            () = sleep(time) => Some(StreamEnd::time),
        };
        if let Some(end) = end {
            self.counts.ended(end);
        }
    }

    async fn tell_all(&mut self) -> Result<(), StreamEnd> {
        self.introduce().await?;
        loop {
            let size = self.published.borrow_and_update().size().get();
            self.catch_up(size).await?;
            self.tell_halt().await?;
            let beat = self.gateway.limits().beat;
            tokio::select! {
                changed = self.published.changed() => changed.map_err(|_| StreamEnd::closing)?,
                () = sleep(beat) => self.say(BEAT.to_owned(), 0).await?,
            }
        }
    }

    async fn introduce(&mut self) -> Result<(), StreamEnd> {
        let (origin, size) = {
            let published = self.published.borrow();
            let origin = published.checkpoint().origin().to_string();
            (origin, published.size().get())
        };
        self.next = self.asked.from.unwrap_or(size);
        let from = self.next;
        let notice = Notice::Log(LogNotice { origin, size, from });
        let mut text = RETRY.to_owned();
        write(&mut text, &notice);
        self.say(text, 1).await
    }

    /// Tells every published leaf that was not looked at yet, as the client takes them.
    async fn catch_up(&mut self, mut size: u64) -> Result<(), StreamEnd> {
        while self.next < size {
            let (first, subjects) = (self.next, self.asked.subjects.clone());
            let page = (self.gateway).read(move |log| log.changes(first, &subjects));
            // What cannot be read is in the operator's log.
            let page = page.await.map_err(|_| StreamEnd::unreadable)?;
            if page.next <= first {
                return Ok(());
            }
            self.tell_leaves(page.leaves).await?;
            (self.next, size) = (page.next, page.size);
        }
        if self.told == Some(size) || self.next > size {
            return Ok(());
        }
        self.told = Some(size);
        let mut text = String::new();
        write(&mut text, &Notice::Size(SizeNotice { size }));
        self.say(text, 1).await
    }

    async fn tell_leaves(&mut self, leaves: Vec<LeafNotice>) -> Result<(), StreamEnd> {
        let (mut text, mut notices) = (String::new(), 0_u64);
        for leaf in leaves {
            write(&mut text, &Notice::Leaf(leaf));
            notices = notices.saturating_add(1);
            if text.len() >= PIECE_BYTES {
                self.say(std::mem::take(&mut text), std::mem::take(&mut notices))
                    .await?;
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        self.say(text, notices).await
    }

    async fn tell_halt(&mut self) -> Result<(), StreamEnd> {
        let health = self.gateway.log().health();
        let halted = health.halted.or(health.stopped.then_some(Reason::Stopping));
        if halted == self.halted {
            return Ok(());
        }
        self.halted = halted;
        let reason = halted.map(|reason| reason.to_string());
        let mut text = String::new();
        write(&mut text, &Notice::Halted(HaltedNotice { reason }));
        self.say(text, 1).await
    }

    /// Hands a piece of so many notices over. Whoever takes nothing for too long is dropped, so that no
    /// piece waits.
    async fn say(&self, text: String, notices: u64) -> Result<(), StreamEnd> {
        let patience = self.gateway.limits().stall_time;
        let said = timeout(patience, self.tell.send(Bytes::from(text))).await;
        let said = said.map_err(|_| StreamEnd::slow)?;
        said.map_err(|_| StreamEnd::client)?;
        self.counts.told(notices);
        Ok(())
    }
}

async fn closes(closing: Option<Closing>) {
    match closing {
        // Whoever would say that it closes is gone, and so is the gateway.
        Some(Closing(mut closes)) => {
            let _ = closes.wait_for(|closes| *closes).await;
        }
        None => std::future::pending().await,
    }
}

/// One notice: its place, if it has one, its name, and what it says.
fn write(text: &mut String, notice: &Notice) {
    // Texts, numbers and lists of them; JSON has no line ends.
    let json = serde_json::to_string(notice).unwrap_or_default();
    if let Some(place) = notice.place() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "id: {place}");
    }
    let _ = write!(text, "event: {}\ndata: {json}\n\n", notice.name());
}
