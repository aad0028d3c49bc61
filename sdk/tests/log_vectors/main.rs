//! `specs/vectors/log`: made from fixed seeds, read back from the files, and shown in the spec.
//!
//! `FAIRTRAIL_WRITE_VECTORS=1 cargo test -p fairtrail-sdk --test log_vectors` writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and names the file itself"
)]

mod artefacts;
mod cases;

use std::collections::BTreeMap;
use std::path::PathBuf;

use fairtrail::fraud::{FraudError, SplitView};
use fairtrail::log::{
    AddCheckpoint, ArchiveList, LogError, SignedCheckpoint, SignedPromise, TilePath, TlogPolicy,
    TlogProof, read_cosignature,
};
use fairtrail::merkle::Hash;
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

/// A vector: headers `name: value`, an empty line, and the bytes under test.
struct Vector {
    headers: Vec<(String, String)>,
    body: String,
}

impl Vector {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_owned(), value.to_owned())
        };
        Self {
            headers: head.lines().map(header).collect(),
            body: body.to_owned(),
        }
    }

    fn text(&self) -> String {
        let lines: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        format!("{}\n{}", lines.concat(), self.body)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self
            .headers
            .iter()
            .filter(move |(header, _)| header == name);
        named.map(|(_, value)| value.as_str())
    }

    fn one<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name)
            .next()
            .unwrap_or_else(|| panic!("no header {name}"))
    }

    fn keys(&self) -> Vec<NoteVerifier> {
        self.all("key").map(|key| key.parse().unwrap()).collect()
    }

    fn policy(&self) -> TlogPolicy {
        TlogPolicy::parse(&self.all("policy").collect::<Vec<_>>().join("\n")).unwrap()
    }

    fn leaf(&self) -> Hash {
        self.one("leaf").parse().unwrap()
    }

    /// The answer to the bytes: the reason they are refused, or what is checked about them.
    fn answer(&self) -> Result<String, Reason> {
        let bytes = self.body.as_bytes();
        match self.one("kind") {
            "add-checkpoint" => {
                let request = AddCheckpoint::parse(bytes).map_err(|error| error.code())?;
                assert_eq!(request.to_string(), self.body);
                let (old, hashes) = (request.old, request.proof.len());
                Ok(format!(
                    "old {old} hashes {hashes} origin {}",
                    request.origin()
                ))
            }
            "archive-list" => {
                let list: ArchiveList = self.body.parse().map_err(|e: LogError| e.code())?;
                Ok(format!("notes {}", list.lines().len()))
            }
            "checkpoint" => {
                let opened = SignedCheckpoint::open(bytes, &self.keys()[0]);
                let opened = opened.map_err(|error| error.code())?;
                Ok(format!("size {}", opened.checkpoint().size()))
            }
            "cosigned" => {
                let policy = self.policy();
                let opened = policy.open(bytes).map_err(|error| error.code())?;
                let seconds = |time: Option<Timestamp>| time.map_or(0, Timestamp::seconds);
                let f = policy.default_f();
                let (after, before) = (opened.not_after(f), opened.not_before(f));
                Ok(format!(
                    "not-after {} not-before {}",
                    seconds(after),
                    seconds(before)
                ))
            }
            "cosignature" => self.cosignature(bytes).map_err(|error| error.code()),
            "note" => {
                let note = Note::parse(bytes).map_err(|error| error.code())?;
                let keys = self.keys();
                let verified = note.verify(&keys).map_err(|error| error.code())?;
                Ok(format!(
                    "verified {} of {}",
                    verified.len(),
                    note.lines().len()
                ))
            }
            "policy" => {
                let policy = TlogPolicy::parse(&self.body).map_err(|error| error.code())?;
                Ok(format!("operators {}", policy.operators().join(" ")))
            }
            "promise" => self.promise(bytes).map_err(|error| error.code()),
            "proof" => {
                let proof = TlogProof::parse(bytes).map_err(|error| error.code())?;
                let verified = proof.verify(self.leaf(), &self.policy());
                verified.map_err(|error| error.code())?;
                Ok(format!("index {}", proof.index()))
            }
            "split-view" => {
                let view: SplitView = self.body.parse().map_err(|e: FraudError| e.code())?;
                let verified = view.verify(&self.keys()[0]);
                let (older, newer) = verified.map_err(|error| error.code())?;
                Ok(format!("older {} newer {}", older.size(), newer.size()))
            }
            other => panic!("unknown kind {other}"),
        }
    }

    /// The checkpoint stands in the headers, line by line; its signature does not matter here.
    fn cosignature(&self, bytes: &[u8]) -> Result<String, LogError> {
        let text = self.all("checkpoint").collect::<Vec<_>>().join("\n") + "\n";
        let note = Note::new(&text, vec![artefacts::log_key().sign(&text)])?;
        let (key, line) = (
            &self.keys()[0],
            read_cosignature(&note, bytes, &self.keys()[0])?,
        );
        let stamp = key.verify(&text, &line)?;
        Ok(format!("stamp {}", stamp.unwrap()))
    }

    fn promise(&self, bytes: &[u8]) -> Result<String, LogError> {
        let promise = SignedPromise::open(bytes, &self.keys()[0])?;
        let path: Vec<Hash> = self.all("path").map(|hash| hash.parse().unwrap()).collect();
        let position = self.one("position").parse().unwrap();
        let index = promise.covers(self.leaf(), position, &path)?;
        Ok(format!("index {index}"))
    }
}

fn project(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative)
}

/// The files of the directory, without the table of tile paths.
fn stored() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for item in std::fs::read_dir(project("specs/vectors/log")).unwrap() {
        let path = item.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
    files
}

#[test]
fn the_files_are_what_the_seeds_give() {
    let made = cases::all();
    if std::env::var_os("FAIRTRAIL_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(project("specs/vectors/log")).unwrap();
        for (name, text) in &made {
            std::fs::write(project("specs/vectors/log").join(name), text).unwrap();
        }
    }
    let stored = stored();
    let names: Vec<_> = stored.keys().collect();
    assert_eq!(names, made.keys().collect::<Vec<_>>());
    for (name, text) in made {
        assert_eq!(stored[&name], text, "{name}");
    }
}

#[test]
fn every_vector_gets_the_answer_it_expects() {
    for (name, text) in stored() {
        let vector = Vector::parse(&text);
        assert_eq!(vector.text(), text, "{name}");
        let answer = match vector.answer() {
            Ok(answer) => format!("ok {answer}"),
            Err(reason) => reason.to_string(),
        };
        assert_eq!(answer, vector.one("expect"), "{name}");
    }
}

#[test]
fn every_tile_path_gets_the_answer_it_expects() {
    let table = std::fs::read_to_string(project("specs/vectors/log/tile-paths.tsv")).unwrap();
    let rows: Vec<_> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert!(rows.len() >= 40);
    for row in rows {
        let (expected, path) = row.split_once('\t').unwrap();
        let answer = match path.parse::<TilePath>() {
            Ok(TilePath::Entries(at)) => format!("entries {} {}", at.index(), at.width()),
            Ok(TilePath::Hashes(tile)) => {
                format!("hashes {} {} {}", tile.level(), tile.index(), tile.width())
            }
            Err(error) => error.code().to_string(),
        };
        assert_eq!(answer, expected, "{path}");
    }
}

#[test]
fn the_artefacts_stand_in_the_spec_as_they_are() {
    for (name, texts) in [
        ("specs/log.md", artefacts::shown()),
        ("specs/witness.md", artefacts::shown_of_witnesses()),
    ] {
        let spec = std::fs::read_to_string(project(name)).unwrap();
        for text in texts {
            assert!(
                spec.contains(&format!("\n{text}```\n")),
                "not in {name}:\n{text}"
            );
        }
    }
}
