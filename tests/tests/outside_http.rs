//! A running node, read over HTTP with nothing of ours: `signed_note` for the notes, `tlog_tiles`
//! for tiles and proofs, `coset` for the entries, and a socket.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use coset::{CoseSign1, TaggedCborSerializable};
use data_encoding::BASE32_NOPAD;
use fairtrail::time::Timestamp;
use fairtrail_node::demo::{self, Plan, Told};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use tlog_tiles::{Hash, HashReader, TileHashReader, TileReader};

struct Node(SocketAddr);

impl Node {
    /// Status and content.
    fn ask(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(self.0).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.0
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap();
        let status = std::str::from_utf8(&answer[9..12])
            .unwrap()
            .parse()
            .unwrap();
        (status, answer[end + 4..].to_vec())
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let (status, content) = self.ask(path);
        assert_eq!(status, 200, "{path}");
        content
    }

    /// A note under `vkey`, as a checkpoint.
    fn checkpoint(&self, path: &str, vkey: &str) -> tlog_tiles::Checkpoint {
        checkpoint(&self.get(path), vkey)
    }

    /// All entries of a log, out of its bundles.
    fn entries(&self, size: u64) -> Vec<Vec<u8>> {
        let mut entries = Vec::new();
        for index in 0..size.div_ceil(256) {
            let width = (size - index * 256).min(256);
            let partial = if width < 256 {
                format!(".p/{width}")
            } else {
                String::new()
            };
            let bundle = self.get(&format!("/tile/entries/{index:03}{partial}"));
            let mut rest = bundle.as_slice();
            while let [high, low, after @ ..] = rest {
                let (entry, after) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
                entries.push(entry.to_vec());
                rest = after;
            }
        }
        entries
    }
}

fn checkpoint(note: &[u8], vkey: &str) -> tlog_tiles::Checkpoint {
    let note = signed_note::Note::from_bytes(note).unwrap();
    let verifier = signed_note::StandardVerifier::new(vkey).unwrap();
    let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    assert_eq!(note.verify(&known).unwrap().0.len(), 1);
    tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap()
}

impl TileReader for Node {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        // Their paths name the height, which C2SP fixes at 8 and leaves out.
        let path = |tile: &tlog_tiles::Tile| tile.path().replacen("tile/8/", "/tile/", 1);
        Ok(tiles.iter().map(|tile| self.get(&path(tile))).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// Checks a statement by COSE alone and returns its id.
fn verify_statement(entry: &[u8]) -> String {
    let cose = CoseSign1::from_tagged_slice(entry).unwrap();
    let key: [u8; 32] = cose.protected.header.key_id.as_slice().try_into().unwrap();
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
    let verify = |signature: &[u8], message: &[u8]| {
        key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature)?)
    };
    cose.verify_signature(&[], verify).unwrap();
    let id = blake3::derive_key("fairtrail entry v1", &cose.tbs_data(&[]));
    format!("entry:{}", BASE32_NOPAD.encode(&id).to_lowercase())
}

fn verify_log(node: &Node) {
    let info: serde_json::Value = serde_json::from_slice(&node.get("/v1/log")).unwrap();
    let vkey = info["vkey"].as_str().unwrap();
    let newest = node.checkpoint("/checkpoint", vkey);
    assert_eq!(newest.origin(), info["origin"].as_str().unwrap());
    let (size, root) = (newest.size(), *newest.hash());
    let tiles = TileHashReader::new(size, root, node);
    assert_eq!(tlog_tiles::tree_hash(size, &tiles).unwrap(), root);

    let entries = node.entries(size);
    assert_eq!(entries.len() as u64, size);
    for (index, entry) in (0..).zip(&entries) {
        let leaf = tlog_tiles::record_hash(entry);
        let stored = tiles.read_hashes(&[tlog_tiles::stored_hash_index(0, index)]);
        assert_eq!(stored.unwrap(), [leaf]);
        let path = tlog_tiles::prove_record(size, index, &tiles).unwrap();
        tlog_tiles::check_record(&path, size, root, index, leaf).unwrap();
        let id = verify_statement(entry);
        assert_eq!(node.get(&format!("/v1/entries/{id}")), *entry);
        if index % 16 == 0 {
            verify_proof(
                &node.get(&format!("/v1/entries/{id}/proof")),
                index,
                leaf,
                vkey,
            );
        }
    }
    let list = String::from_utf8(node.get("/archive")).unwrap();
    assert!(!list.is_empty());
    for line in list.lines() {
        let (archived, _) = line.split_once(' ').unwrap();
        let note = node.checkpoint(&format!("/archive/{archived}"), vkey);
        assert_eq!(note.size().to_string(), archived);
        if note.size() < size {
            let proof = tlog_tiles::prove_tree(size, note.size(), &tiles).unwrap();
            tlog_tiles::check_tree(&proof, size, root, note.size(), *note.hash()).unwrap();
        }
    }
    assert_eq!(node.ask(&format!("/tile/0/{:03}", size / 256)).0, 404);
}

fn verify_proof(file: &[u8], index: u64, leaf: Hash, vkey: &str) {
    let file = std::str::from_utf8(file).unwrap();
    let (head, note) = file.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    assert_eq!(lines.next(), Some(format!("index {index}").as_str()));
    let path = lines.map(|line| Hash::parse_hash(line).unwrap()).collect();
    let newest = checkpoint(note.as_bytes(), vkey);
    tlog_tiles::check_record(&path, newest.size(), *newest.hash(), index, leaf).unwrap();
}

#[test]
fn tools_of_others_read_the_log_and_verify_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan {
        dir: dir.path().to_path_buf(),
        listen: "127.0.0.1:0".parse().unwrap(),
        once: true,
    };
    let now = Timestamp::new(1_830_297_600).unwrap();
    let mut verified = 0;
    let mut watch = |told: &Told<'_>| {
        if let Told::Ready(ready) = told {
            for url in &ready.urls {
                let address = url.strip_prefix("http://").unwrap();
                verify_log(&Node(address.parse().unwrap()));
                verified += 1;
            }
        }
    };
    demo::run(&plan, now, &mut watch).unwrap();
    assert_eq!(verified, 3);
}
