//! The program as a process, and requests to it byte by byte.

use crate::support::charter;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairtrail-node"));
    command.env("FAIRTRAIL_LOG", "off");
    command
}

/// A node's directories.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(origin: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("network.charter");
        fs_err::write(&file, charter().bytes()).unwrap();
        let mut init = program();
        init.args(["init", "--origin", origin, "--data-dir"]);
        let init = init.arg(dir.path().join("data"));
        let made = init.arg("--charter").arg(file).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        Self { dir }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn guard(&self) -> PathBuf {
        self.dir.path().join("data.guard")
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs a `witness` command.
    pub(crate) fn witness(&self, arguments: &[&str]) -> Output {
        let mut command = program();
        command.arg("witness").args(arguments);
        command.arg("--data-dir").arg(self.data()).output().unwrap()
    }

    pub(crate) fn vkey(&self) -> serde_json::Value {
        let mut command = program();
        let command = command.args(["vkey", "--json", "--data-dir"]);
        let output = command.arg(self.data()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn start(&self) -> Node {
        let mut command = program();
        command.args(["run", "--listen", "127.0.0.1:0", "--data-dir"]);
        command.arg(self.data()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap().to_owned();
        Node { child, address }
    }
}

/// A running node, killed when dropped.
pub(crate) struct Node {
    child: Child,
    address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: String,
}

impl Answer {
    /// The reason of a problem.
    pub(crate) fn reason(&self) -> String {
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(self.media_type, "application/problem+json");
        assert_eq!(problem["status"], self.status);
        problem["reason"].as_str().unwrap().to_owned()
    }
}

impl Node {
    pub(crate) fn add_checkpoint(&self, body: &str) -> Answer {
        self.ask("POST", "/add-checkpoint", "", body.as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", b"")
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let time = Some(Duration::from_secs(20));
        stream.set_read_timeout(time).unwrap();
        let length = body.len();
        let length = if length > 0 {
            format!("content-length: {length}\r\n")
        } else {
            String::new()
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: node.example\r\n{headers}{length}connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A refusal may come before everything is sent.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let lines = head.lines();
        let mut types = lines.filter_map(|line| line.strip_prefix("content-type: "));
        Answer {
            status,
            media_type: types.next_back().unwrap_or_default().to_owned(),
            body: body.to_owned(),
        }
    }
}
