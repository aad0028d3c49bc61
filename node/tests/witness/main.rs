//! A node as a witness: every answer of C2SP tlog-witness over sockets, what survives crashes and
//! restored copies, and what the operator says with `witness`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;
mod races;
#[path = "../support/mod.rs"]
mod support;

use fairtrail::fraud::SplitView;
use fairtrail::key::SecretKey;
use fairtrail::log::{AddCheckpoint, Checkpoint, Origin, TREE_SIZE_TYPE, read_cosignature};
use fairtrail::merkle::{Hash, Root, Tree, TreeSize, leaf_hash};
use fairtrail::note::{Note, NoteSigner, NoteVerifier};
use program::{Node, Place, program};
use support::copy_dir;

const OWN: &str = "witness.example/one/e1";
const LOG: &str = "log.example/coast/e1";

/// The log that asks: it may sign anything.
pub(crate) fn log_key() -> NoteSigner {
    NoteSigner::new(LOG.parse().unwrap(), SecretKey::from_seed([1; 32]))
}

/// A history of `size` leaves; those of different branches part after two.
pub(crate) fn tree(branch: u8, size: u64) -> Tree {
    let leaf = |leaf: u64| leaf_hash(&[if leaf < 2 { 0 } else { branch }, leaf.to_le_bytes()[0]]);
    Tree::from_leaves((0..size).map(leaf)).unwrap()
}

pub(crate) fn ask(branch: u8, old: u64, size: u64) -> AddCheckpoint {
    let (tree, old) = (tree(branch, size), TreeSize::new(old).unwrap());
    let checkpoint = Checkpoint::new(LOG.parse().unwrap(), tree.size(), tree.root()).unwrap();
    AddCheckpoint {
        old,
        proof: tree.consistency(old, tree.size()).unwrap_or_default(),
        note: checkpoint.sign(&log_key()).unwrap(),
    }
}

/// A witness for the log, running.
pub(crate) fn witness() -> (Place, Node) {
    let place = Place::new(OWN);
    let key = log_key().verifier().to_string();
    let added = place.witness(&["add", &key]);
    assert!(added.status.success(), "{added:?}");
    let node = place.start();
    (place, node)
}

fn key_of(place: &Place) -> NoteVerifier {
    place.vkey()["witness"].as_str().unwrap().parse().unwrap()
}

fn cosigned(node: &Node, key: &NoteVerifier, request: &AddCheckpoint) -> u64 {
    let answer = node.add_checkpoint(&request.to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.media_type, "text/plain; charset=utf-8");
    let line = read_cosignature(&request.note, answer.body.as_bytes(), key).unwrap();
    assert_eq!(
        answer.body,
        format!("{line}\n"),
        "its own line and nothing else"
    );
    key.verify(request.note.text(), &line).unwrap().unwrap()
}

fn refused(node: &Node, request: &str, status: u16, reason: &str) {
    let answer = node.add_checkpoint(request);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (status, reason),
        "{answer:?}"
    );
}

fn conflict(node: &Node, request: &AddCheckpoint, size: u64) {
    let answer = node.add_checkpoint(&request.to_string());
    assert_eq!((answer.status, answer.body), (409, format!("{size}\n")));
    assert_eq!(answer.media_type, TREE_SIZE_TYPE);
}

fn latest(node: &Node) -> (u16, String) {
    let origin: Origin = LOG.parse().unwrap();
    let hash = data_encoding::HEXLOWER.encode(&origin.digest());
    let answer = node.get(&format!("/witness/{hash}/checkpoint"));
    (answer.status, answer.body)
}

#[test]
fn every_status_of_add_checkpoint() {
    let (place, node) = witness();
    let key = key_of(&place);
    assert_eq!(latest(&node).0, 404);
    conflict(&node, &ask(0, 3, 5), 0);
    cosigned(&node, &key, &ask(0, 0, 5));

    let good = ask(0, 5, 9).to_string();
    for (from, to) in [
        ("old 5", "new 5"),
        ("old 5", "old 05"),
        ("old 5", "old +5"),
        ("old 5\n", "old 5\r\n"),
        ("\n\n", "\n"),
        ("\n\n", "\nx\n\n"),
        ("— ", "- "),
    ] {
        refused(&node, &good.replacen(from, to, 1), 400, "request-malformed");
    }
    refused(&node, "", 400, "request-malformed");
    refused(&node, &ask(0, 7, 6).to_string(), 400, "request-malformed");
    let text = format!("{}extension\n", ask(0, 5, 9).note.text());
    let extended = AddCheckpoint {
        note: Note::new(&text, vec![log_key().sign(&text)]).unwrap(),
        ..ask(0, 5, 9)
    };
    refused(&node, &extended.to_string(), 400, "checkpoint-malformed");

    let mut stranger = ask(0, 5, 9);
    let text = stranger.note.text().to_owned();
    let other = NoteSigner::new(LOG.parse().unwrap(), SecretKey::from_seed([9; 32]));
    stranger.note = Note::new(&text, vec![other.sign(&text)]).unwrap();
    refused(&node, &stranger.to_string(), 403, "checkpoint-unsigned");
    stranger.note = Note::new(&text, vec![log_key().sign("x\n"), other.sign(&text)]).unwrap();
    refused(&node, &stranger.to_string(), 403, "checkpoint-unsigned");

    for origin in ["log.example/other/e1", OWN, "example.com/behind-the-sofa"] {
        refused(&node, &good.replace(LOG, origin), 404, "log-unknown");
    }
    conflict(&node, &ask(0, 4, 9), 5);
    conflict(&node, &ask(0, 0, 9), 5);
    conflict(&node, &ask(0, 0, 3), 5);

    refused(&node, &ask(1, 5, 9).to_string(), 422, "proof-invalid");
    let mut cut = ask(0, 5, 9);
    cut.proof.pop();
    refused(&node, &cut.to_string(), 422, "proof-invalid");
    cut.proof = vec![Hash::from_bytes([0; 32]); 63];
    refused(&node, &cut.to_string(), 422, "proof-invalid");
    refused(&node, &ask(1, 5, 5).to_string(), 422, "log-forked");

    cosigned(&node, &key, &ask(0, 5, 9));
    cosigned(&node, &key, &ask(0, 9, 9));
    let (status, note) = latest(&node);
    assert_eq!(status, 200);
    let note = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(
        note.verify(&[key, log_key().verifier().clone()])
            .unwrap()
            .len(),
        2
    );
    assert_eq!(note.text(), ask(0, 9, 9).note.text());
}

#[test]
fn what_is_no_request_of_the_protocol() {
    let (_place, node) = witness();
    let ask = |method: &str, headers: &str, body: &[u8]| {
        node.ask(method, "/add-checkpoint", headers, body)
    };
    for method in ["GET", "PUT", "DELETE"] {
        let answer = ask(method, "", b"");
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (405, "method-not-allowed")
        );
    }
    let answer = ask("POST", "content-encoding: gzip\r\n", b"old 0\n");
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (415, "media-type-unsupported")
    );
    // Any media type, or none, is fine.
    let answer = ask("POST", "content-type: application/json\r\n", b"old 0\n");
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (400, "request-malformed")
    );
    let answer = ask("POST", "", &vec![b'x'; 16_384]);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (400, "request-malformed")
    );
    let answer = ask("POST", "", &vec![b'x'; 16_385]);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (413, "too-large")
    );
    for path in ["/witness/x/checkpoint", "/witness/00/checkpoint"] {
        assert_eq!(node.get(path).status, 400);
    }
    assert_eq!(
        node.get(&format!("/witness/{}/checkpoint", "0".repeat(64)))
            .status,
        404
    );
}

#[test]
fn an_empty_tree_has_the_empty_root_and_no_proof() {
    let (place, node) = witness();
    let odd = Root::from_bytes([7; 32]);
    let text = format!("{LOG}\n0\n{odd}\n");
    let request = AddCheckpoint {
        old: TreeSize::ZERO,
        proof: vec![],
        note: Note::new(&text, vec![log_key().sign(&text)]).unwrap(),
    };
    refused(&node, &request.to_string(), 422, "proof-invalid");
    let padded = AddCheckpoint {
        proof: vec![Hash::from_bytes([0; 32])],
        ..ask(0, 0, 5)
    };
    refused(&node, &padded.to_string(), 422, "proof-invalid");
    cosigned(&node, &key_of(&place), &ask(0, 0, 0));
    cosigned(&node, &key_of(&place), &ask(0, 0, 5));
}

#[test]
fn a_forged_line_is_neither_kept_nor_in_the_way() {
    let (place, node) = witness();
    let key = key_of(&place);
    // The witness's own name and key id, and bytes that are no signature.
    let id = key.id().to_bytes();
    let bytes = [&id[..], &[0; 72]].concat();
    let line = format!(
        "— {} {}\n",
        key.name(),
        data_encoding::BASE64.encode(&bytes)
    );
    let poisoned = format!("{}{line}", ask(0, 0, 5));
    assert_eq!(node.add_checkpoint(&poisoned).status, 200);
    let (_, note) = latest(&node);
    let note = Note::parse(note.as_bytes()).unwrap();
    assert!(note.verify(std::slice::from_ref(&key)).is_ok());
    cosigned(&node, &key, &ask(0, 5, 9));
}

#[test]
fn what_was_signed_is_remembered_by_killed_and_restored_nodes() {
    let (place, node) = witness();
    let key = key_of(&place);
    let first = cosigned(&node, &key, &ask(0, 0, 5));
    drop(node);
    let backup = place.path().join("backup");
    copy_dir(&place.data(), &backup);

    let node = place.start();
    conflict(&node, &ask(1, 0, 5), 5);
    refused(&node, &ask(1, 5, 5).to_string(), 422, "log-forked");
    assert!(cosigned(&node, &key, &ask(0, 5, 9)) >= first);
    drop(node);

    // An old copy of the data directory; the records lie outside of it.
    fs_err::rename(place.data(), place.path().join("newer")).unwrap();
    fs_err::rename(&backup, place.data()).unwrap();
    let node = place.start();
    conflict(&node, &ask(1, 5, 9), 9);
    refused(&node, &ask(1, 9, 9).to_string(), 422, "log-forked");
    cosigned(&node, &key, &ask(0, 9, 9));
    drop(node);

    // Without its record a log is not begun anew, neither by the node nor by adding it again.
    let mut folders = fs_err::read_dir(place.guard()).unwrap();
    let records = folders.find(|item| item.as_ref().unwrap().file_type().unwrap().is_dir());
    fs_err::remove_dir_all(records.unwrap().unwrap().path()).unwrap();
    let node = place.start();
    refused(&node, &ask(0, 0, 5).to_string(), 503, "guard-missing");
    let again = place.witness(&["add", &log_key().verifier().to_string()]);
    let text = String::from_utf8(again.stderr).unwrap();
    assert!(text.contains("[guard-missing]"), "{text}");
    refused(&node, &ask(0, 0, 5).to_string(), 503, "guard-missing");
}

#[test]
fn two_roots_for_one_size_are_kept_as_proof() {
    let (place, node) = witness();
    let key = key_of(&place);
    cosigned(&node, &key, &ask(0, 0, 5));
    assert!(!place.data().join("fraud").exists());
    // Whatever old size and proof come with it.
    conflict(&node, &ask(1, 0, 5), 5);
    refused(&node, &ask(1, 5, 5).to_string(), 422, "log-forked");
    let listed = place.witness(&["list", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["logs"][0]["size"], 5);
    let files = listed["logs"][0]["fraud"].as_array().unwrap();
    assert_eq!(files.len(), 1, "one proof, however often it comes");
    let text = fs_err::read_to_string(files[0].as_str().unwrap()).unwrap();
    let proof: SplitView = text.parse().unwrap();
    let (older, newer) = proof.verify(log_key().verifier()).unwrap();
    assert_eq!(
        (older.root(), newer.root()),
        (tree(0, 5).root(), tree(1, 5).root())
    );
    // It goes on with the history it knows.
    cosigned(&node, &key, &ask(0, 5, 9));
}

#[test]
fn a_running_node_takes_up_what_the_operator_says() {
    let place = Place::new(OWN);
    let node = place.start();
    let vkey = log_key().verifier().to_string();
    refused(&node, &ask(0, 0, 5).to_string(), 404, "log-unknown");
    let listed = place.witness(&["list"]);
    assert_eq!(
        String::from_utf8(listed.stdout).unwrap(),
        "nothing is cosigned for other logs\n"
    );
    assert!(place.witness(&["add", &vkey]).status.success());
    let key = key_of(&place);
    cosigned(&node, &key, &ask(0, 0, 5));
    // Adding again forgets nothing, nor does removing.
    assert!(place.witness(&["add", &vkey, &vkey]).status.success());
    conflict(&node, &ask(0, 0, 5), 5);
    assert!(place.witness(&["remove", LOG]).status.success());
    refused(&node, &ask(0, 5, 9).to_string(), 404, "log-unknown");
    let added = place.witness(&["add", &vkey, "--json"]);
    let added: serde_json::Value = serde_json::from_slice(&added.stdout).unwrap();
    let log = &added["logs"][0];
    assert_eq!((&log["origin"], &log["size"]), (&LOG.into(), &5.into()));
    assert_eq!(log["vkeys"][0], vkey);
    conflict(&node, &ask(0, 0, 5), 5);

    // A second key of the log, as during a change of keys.
    let next = NoteSigner::new(LOG.parse().unwrap(), SecretKey::from_seed([2; 32]));
    assert!(
        place
            .witness(&["add", &next.verifier().to_string()])
            .status
            .success()
    );
    let mut request = ask(0, 5, 9);
    let text = request.note.text().to_owned();
    request.note = Note::new(&text, vec![next.sign(&text)]).unwrap();
    cosigned(&node, &key, &request);

    let own = place.vkey()["log"].as_str().unwrap().to_owned();
    let refused = place.witness(&["add", &own]);
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(
        text.contains("[config-invalid]") && text.contains("own log"),
        "{text}"
    );
    let witness_key = key.to_string();
    for bad in ["nonsense", witness_key.as_str()] {
        assert_eq!(place.witness(&["add", bad]).status.code(), Some(2));
    }
    let mut unmade = program();
    let unmade = unmade.args(["witness", "list", "--data-dir"]);
    let unmade = unmade.arg(place.path().join("nowhere")).output().unwrap();
    let text = String::from_utf8(unmade.stderr).unwrap();
    assert!(text.contains("[not-initialised]"), "{text}");
}
