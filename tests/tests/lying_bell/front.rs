//! A gateway before a node: what it says itself the test decides, all else it passes on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// The gateway.
pub(crate) struct Front {
    address: SocketAddr,
}

/// One request.
pub(crate) struct Request {
    /// What it asks for, with its query.
    pub(crate) path: String,
    first: String,
    head: String,
    behind: String,
    outside: TcpStream,
}

impl Front {
    /// Stands before the node at `behind`; each request is handed to `answer`, in a thread of its own.
    pub(crate) fn new<F>(behind: &str, answer: F) -> Self
    where
        F: Fn(Request) -> std::io::Result<()> + Clone + Send + 'static,
    {
        let behind = behind.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for outside in listener.incoming().flatten() {
                let (behind, answer) = (behind.clone(), answer.clone());
                // Whoever went away needs no answer.
                thread::spawn(move || answer(Request::read(outside, behind)?));
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Request {
    /// Reads the first line of a request, and the others but for what is said of the connection.
    fn read(outside: TcpStream, behind: String) -> std::io::Result<Self> {
        let mut lines = BufReader::new((&outside).take(1 << 16)).lines();
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
        Ok(Self {
            path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
            first,
            head,
            behind,
            outside,
        })
    }

    /// Lets the node answer.
    pub(crate) fn pass(mut self) -> std::io::Result<()> {
        let mut inside = TcpStream::connect(&self.behind)?;
        let (first, head) = (&self.first, &self.head);
        inside.write_all(format!("{first}\r\n{head}connection: close\r\n\r\n").as_bytes())?;
        std::io::copy(&mut inside, &mut self.outside)?;
        self.outside.shutdown(Shutdown::Both)
    }

    /// Answers itself: a status line and a media type, and then what is written until it is dropped.
    pub(crate) fn answer(mut self, status: &str, media: &str) -> std::io::Result<TcpStream> {
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: {media}\r\nconnection: close\r\n\r\n");
        self.outside.write_all(head.as_bytes())?;
        Ok(self.outside)
    }
}
