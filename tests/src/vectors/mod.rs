//! The vectors of `specs/vectors`: how they are made, written, read and judged.
//!
//! One file is one case with one outcome. Everything is made from fixed seeds, so that making them
//! again changes no byte. `cargo run -p fairtrail-tests --bin vectors` writes them; tests compare
//! the files with what is made in memory and judge each through the sdk's public interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "fixed inputs: a generator that meets a surprise has to stop"
)]

mod admission;
mod admission_network;
mod bundle;
mod cbor;
mod charter;
mod entry;
mod entry_frame;
mod entry_limits;
mod entry_parts;
mod feed;
mod forge;
mod fraud;
mod fraud_logs;
mod ids;
mod index;
mod item;
mod judge;
mod key;
mod network;
mod peers;
mod repair;
mod stage;
mod trie;
mod wire;
mod world;

pub use forge::Forge;
pub use item::Item;
pub use judge::judge;

use data_encoding::HEXLOWER;
use std::fmt;
use std::path::{Path, PathBuf};

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vector {
    /// Path below `specs/vectors`, without `.txt`.
    pub name: String,
    /// `ok`, or the reason code of the refusal.
    pub expect: String,
    /// Where it is specified, e.g. `entry.md §4`.
    pub spec: String,
    /// What the case is about.
    pub comment: String,
    /// The bytes and other values, in order.
    pub lines: Vec<(String, String)>,
}

impl Vector {
    /// A case without bytes yet.
    pub fn new(name: &str, expect: &str, spec: &str, comment: &str) -> Self {
        let [name, expect, spec, comment] = [name, expect, spec, comment].map(str::to_owned);
        Self {
            name,
            expect,
            spec,
            comment,
            lines: Vec::new(),
        }
    }

    /// Adds bytes, in hex.
    #[must_use]
    pub fn hex(self, key: &str, bytes: &[u8]) -> Self {
        self.line(key, HEXLOWER.encode(bytes))
    }

    /// Adds a text of one line.
    #[must_use]
    pub fn line(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.lines.push((key.to_owned(), value.to_string()));
        self
    }

    /// The first value under `key`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.lines
            .iter()
            .find(|(found, _)| found == key)
            .map(|(_, value)| value.as_str())
    }

    /// Every value under `key`.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(found, _): &&(String, String)| found == key;
        self.lines
            .iter()
            .filter(named)
            .map(|(_, value)| value.as_str())
    }

    /// The first value under `key` as bytes; panics when it is missing or no hex.
    pub fn bytes(&self, key: &str) -> Vec<u8> {
        let value = self
            .value(key)
            .unwrap_or_else(|| panic!("{}: no {key}", self.name));
        unhex(value)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let (head, body) = text.split_once("\n\n").ok_or("no blank line")?;
        let pairs = |text: &str| -> Result<Vec<(String, String)>, String> {
            let pair = |line: &str| {
                let (key, value) = line.split_once(": ").ok_or(format!("no key: {line}"))?;
                Ok((key.to_owned(), value.to_owned()))
            };
            text.lines().map(pair).collect()
        };
        let head = pairs(head)?;
        let [(e, expect), (s, spec), (c, comment)] = head.as_slice() else {
            return Err("three header lines".into());
        };
        if [e.as_str(), s, c] != ["expect", "spec", "comment"] {
            return Err("header lines are expect, spec, comment".into());
        }
        Ok(Self {
            lines: pairs(body)?,
            ..Self::new(name, expect, spec, comment)
        })
    }
}

impl fmt::Display for Vector {
    /// The text of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            expect,
            spec,
            comment,
            lines,
            ..
        } = self;
        write!(f, "expect: {expect}\nspec: {spec}\ncomment: {comment}\n\n")?;
        lines
            .iter()
            .try_for_each(|(key, value)| writeln!(f, "{key}: {value}"))
    }
}

/// Bytes from hex; panics when it is none.
pub fn unhex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).expect("lower-case hex")
}

/// Every vector, in no order that matters.
pub fn all() -> Vec<Vector> {
    [
        admission::vectors(),
        admission_network::vectors(),
        bundle::vectors(),
        cbor::vectors(),
        charter::vectors(),
        entry::vectors(),
        entry_frame::vectors(),
        entry_limits::vectors(),
        entry_parts::vectors(),
        feed::vectors(),
        fraud::vectors(),
        fraud_logs::vectors(),
        ids::vectors(),
        index::vectors(),
        key::vectors(),
        network::vectors(),
        peers::vectors(),
        repair::vectors(),
        trie::vectors(),
        wire::vectors(),
    ]
    .concat()
}

/// Where the vectors lie.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors")
}

/// The directories written here; others have formats of their own.
pub const DIRECTORIES: [&str; 17] = [
    "admission",
    "bundle",
    "cbor",
    "charter",
    "entry",
    "feed",
    "fraud",
    "fraud-logs",
    "ids",
    "index",
    "key",
    "network",
    "part",
    "peers",
    "repair",
    "trie",
    "wire",
];

/// Writes every vector and removes files that are none any more; returns how many there are.
///
/// # Errors
/// What the file system says.
pub fn write() -> std::io::Result<usize> {
    for directory in DIRECTORIES.map(|name| directory().join(name)) {
        if directory.exists() {
            fs_err::remove_dir_all(&directory)?;
        }
        fs_err::create_dir_all(directory)?;
    }
    let vectors = all();
    for vector in &vectors {
        let path = directory().join(format!("{}.txt", vector.name));
        fs_err::write(path, vector.to_string())?;
    }
    Ok(vectors.len())
}

/// Reads every file of [`DIRECTORIES`].
///
/// # Errors
/// What is wrong with a file, after its name.
pub fn read() -> Result<Vec<Vector>, String> {
    let mut vectors = Vec::new();
    for directory_name in DIRECTORIES {
        let listing =
            fs_err::read_dir(directory().join(directory_name)).map_err(|e| e.to_string())?;
        for file in listing {
            let path = file.map_err(|error| error.to_string())?.path();
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            let name = format!("{directory_name}/{stem}");
            let text = fs_err::read_to_string(&path).map_err(|error| error.to_string())?;
            vectors.push(Vector::parse(&name, &text).map_err(|error| format!("{name}: {error}"))?);
        }
    }
    Ok(vectors)
}
