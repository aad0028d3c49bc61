//! A gateway that passes everything on to a node, but for what it says of its own when somebody
//! wants to hear of new leaves.

use crate::front::{Front, Request};
use std::io::Write;
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What is sent of a stream at a time, and the time after it.
pub(crate) type Piece = (Vec<u8>, Duration);

/// What a stream says: its status line, and its pieces. After the last one it ends.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) status: &'static str,
    pub(crate) pieces: Vec<Piece>,
}

/// What a stream says whose question has this number and this leaf in `from`.
pub(crate) type Lies = Arc<dyn Fn(usize, u64) -> Stream + Send + Sync>;

/// What was asked.
#[derive(Default)]
struct Asked {
    paths: Vec<(Duration, String)>,
    streams: usize,
}

/// The gateway.
pub(crate) struct Bell {
    front: Front,
    asked: Arc<Mutex<Asked>>,
}

impl Bell {
    /// Stands before the node at `behind`, and says `lies`.
    pub(crate) fn new(behind: &str, lies: Lies) -> Self {
        let asked: Arc<Mutex<Asked>> = Arc::default();
        let (began, noted) = (now(), Arc::clone(&asked));
        let front = Front::new(behind, move |request| answer(request, &lies, &noted, began));
        Self { front, asked }
    }

    pub(crate) fn url(&self) -> String {
        self.front.url()
    }

    /// Streams that were asked for.
    pub(crate) fn streams(&self) -> usize {
        self.asked.lock().unwrap().streams
    }

    /// When paths that begin so were asked for; what comes within half a second is one look.
    pub(crate) fn looks(&self, start: &str) -> Vec<Duration> {
        let asked = self.asked.lock().unwrap();
        let mut looks: Vec<Duration> = Vec::new();
        let mut last = None;
        for (at, path) in &asked.paths {
            if !path.starts_with(start) {
                continue;
            }
            if last.is_none_or(|last| *at > last + Duration::from_millis(500)) {
                looks.push(*at);
            }
            last = Some(*at);
        }
        looks
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how often somebody looks is measured"
)]
fn now() -> Instant {
    Instant::now()
}

fn answer(
    request: Request,
    lies: &Lies,
    asked: &Mutex<Asked>,
    began: Instant,
) -> std::io::Result<()> {
    let path = request.path.clone();
    let number = {
        let mut asked = asked.lock().unwrap();
        asked.paths.push((began.elapsed(), path.clone()));
        asked.streams += usize::from(path.starts_with("/v1/changes"));
        asked.streams
    };
    if !path.starts_with("/v1/changes") {
        return request.pass();
    }
    let from = path.split_once("from=").map_or("0", |(_, from)| from);
    let stream = lies(number - 1, from.parse().unwrap());
    let mut outside = request.answer(stream.status, "text/event-stream")?;
    for (bytes, pause) in &stream.pieces {
        outside.write_all(bytes)?;
        thread::sleep(*pause);
    }
    outside.shutdown(Shutdown::Both)
}
