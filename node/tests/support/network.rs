//! How nodes of a test reach each other over libp2p, and what shows when one of them cheats.

use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use data_encoding::HEXLOWER;
use fairtrail::client::Gateway;
use tempfile::TempDir;

/// What carries questions between nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Quic,
    Tcp,
}

impl Carrier {
    /// The address of a port on loopback.
    pub(crate) fn at(self, port: u16) -> String {
        match self {
            Self::Quic => format!("/ip4/127.0.0.1/udp/{port}/quic-v1"),
            Self::Tcp => format!("/ip4/127.0.0.1/tcp/{port}"),
        }
    }

    /// A port on loopback that nothing listens on.
    pub(crate) fn free(self) -> u16 {
        let any = "127.0.0.1:0";
        match self {
            Self::Quic => UdpSocket::bind(any).unwrap().local_addr().unwrap().port(),
            Self::Tcp => TcpListener::bind(any).unwrap().local_addr().unwrap().port(),
        }
    }
}

/// Puts a line in the place of one of a node's configuration.
pub(crate) fn change(data: &Path, start: &str, line: &str) {
    let path = data.join("node.toml");
    let text = fs_err::read_to_string(&path).unwrap();
    let changed = text.lines().map(|found| {
        let here = found.starts_with(start);
        if here { line } else { found }
    });
    let changed: Vec<_> = changed.collect();
    assert!(changed.contains(&line), "no line {start}");
    fs_err::write(path, changed.join("\n") + "\n").unwrap();
}

/// The same node in another directory, its keys and its guard with it: what no operator may do.
pub(crate) fn copied(node: &TempDir) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    super::copy_dir(node.path(), dir.path());
    let config = dir.path().join("data/node.toml");
    let text = fs_err::read_to_string(&config).unwrap();
    let (here, there) = (node.path().display(), dir.path().display());
    let text = text.replace(&here.to_string(), &there.to_string());
    fs_err::write(config, text).unwrap();
    dir
}

/// The file that a gateway shows against somebody, downloaded.
pub(crate) fn accusation(gateway: &Gateway, accused: &str) -> Option<Vec<u8>> {
    let files = gateway.fraud_files().unwrap().files;
    let mut files = files.iter();
    let line = files.find(|line| line.accused.to_string() == accused)?;
    let digest = HEXLOWER.decode(line.digest.as_bytes()).unwrap();
    let bytes = usize::try_from(line.bytes).unwrap();
    let file = gateway.fraud_file(digest.try_into().unwrap(), bytes);
    Some(file.unwrap())
}
