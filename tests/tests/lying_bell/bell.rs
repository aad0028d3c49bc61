//! A gateway that passes everything on to a node, but for what it says of its own when somebody
//! wants to hear of new leaves.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
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
    address: SocketAddr,
    asked: Arc<Mutex<Asked>>,
}

impl Bell {
    /// Stands before the node at `behind`, and says `lies`.
    pub(crate) fn new(behind: &str, lies: Lies) -> Self {
        let behind = behind.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Asked>> = Arc::default();
        let (began, noted) = (now(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, lies, noted) = (behind.clone(), Arc::clone(&lies), Arc::clone(&noted));
                // Whoever went away needs no answer.
                thread::spawn(move || answer(stream, &behind, &lies, &noted, began));
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
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
    mut outside: TcpStream,
    behind: &str,
    lies: &Lies,
    asked: &Mutex<Asked>,
    began: Instant,
) -> std::io::Result<()> {
    let (first, head) = head(&outside)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let number = {
        let mut asked = asked.lock().unwrap();
        asked.paths.push((began.elapsed(), path.clone()));
        asked.streams += usize::from(path.starts_with("/v1/changes"));
        asked.streams
    };
    if path.starts_with("/v1/changes") {
        let from = path.split_once("from=").map_or("0", |(_, from)| from);
        let stream = lies(number - 1, from.parse().unwrap());
        return ring(outside, &stream);
    }
    let mut inside = TcpStream::connect(behind)?;
    inside.write_all(format!("{first}\r\n{head}connection: close\r\n\r\n").as_bytes())?;
    std::io::copy(&mut inside, &mut outside)?;
    outside.shutdown(Shutdown::Both)
}

/// The first line of a request, and the others but for what is said of the connection.
fn head(outside: &TcpStream) -> std::io::Result<(String, String)> {
    let mut lines = BufReader::new(outside.take(1 << 16)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut head = String::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if !line.to_lowercase().starts_with("connection:") {
            head.extend([&line, "\r\n"]);
        }
    }
    Ok((first, head))
}

fn ring(mut outside: TcpStream, stream: &Stream) -> std::io::Result<()> {
    let status = stream.status;
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    );
    outside.write_all(head.as_bytes())?;
    for (bytes, pause) in &stream.pieces {
        outside.write_all(bytes)?;
        thread::sleep(*pause);
    }
    outside.shutdown(Shutdown::Both)
}
