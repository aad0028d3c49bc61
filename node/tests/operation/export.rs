//! The published log as files, behind a plain file server.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use fairtrail::api::Batch;
use fairtrail::client::{Gateway, Missing, Store, sync};
use fairtrail::policy::{Policy, starter};

use crate::peer::{Peer, wait_until};
use crate::support::Feed;

/// Serves files and knows of nothing else: a query is dropped, a folder is sent elsewhere.
fn serve(root: PathBuf) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
            let path = path
                .split('?')
                .next()
                .unwrap_or("/")
                .trim_start_matches('/');
            let file = root.join(path);
            let (status, bytes) = match fs_err::read(&file) {
                Ok(bytes) => ("200 OK", bytes),
                Err(_) if file.is_dir() => ("301 Moved Permanently", b"elsewhere".to_vec()),
                Err(_) => ("404 Not Found", b"<h1>404</h1>".to_vec()),
            };
            let len = bytes.len();
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n");
            // A client that has gone away needs nothing.
            let _ = stream.write_all(&[head.as_bytes(), &bytes].concat());
        }
    });
    address
}

fn export(node: &Peer, to: &Path) -> String {
    let (status, text) = node.tool(&["export"], &[to.to_str().unwrap()]);
    assert_eq!(status, 0, "{text}");
    text
}

/// What a verifier that reads the files at `address` holds: leaves and parts.
fn verified(address: SocketAddr) -> (u64, usize) {
    let dir = tempfile::tempdir().unwrap();
    let charter = crate::support::charter();
    let url = format!("http://{address}");
    let gateway = Gateway::at(&url).unwrap();
    let text = starter(&charter, &gateway.log().unwrap(), &url);
    let policy = Policy::parse(&text).unwrap();
    let log = policy.logs().logs().first().unwrap();
    let mut store = Store::open(dir.path(), charter.network(), log).unwrap();
    let replica = sync(&gateway, &mut store, &policy, Missing::All, &mut |_| {}).unwrap();
    let entries = replica.entries().iter();
    let named = entries.flat_map(|entry| &entry.header().parts);
    let held = named.filter(|part| replica.part(part.digest).is_some());
    (replica.size().get(), held.count())
}

#[test]
fn an_export_is_a_mirror_for_verifiers_and_followers_and_forgets_what_is_erased() {
    let mut node = Peer::new("hill");
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let said = author.say(1);
    let (entry, part) = (said.entry.clone(), said.bodies[1].digest());
    let claim = said.bodies[0].digest();
    let first = [root.begin.clone(), granted, author.begin.clone()];
    node.seed(vec![crate::support::batch(&first), Batch(vec![said])]);
    node.start();
    for _ in 0..4 {
        node.submit(&root.pulses(70));
    }
    wait_until("the node publishes", || node.size() == 284);
    let files = node.path("files");
    let text = export(&node, &files);
    assert!(text.contains("entries        284"), "{text}");
    let again = export(&node, &files);
    assert!(again.contains("0 written, 0 removed"), "{again}");

    let address = serve(files.clone());
    let (size, parts) = verified(address);
    assert_eq!((size, parts), (284, 2));
    // The node is gone; a follower reads the files.
    let mut follower = Peer::new("lake");
    let (origin, key) = (node.origin.clone(), node.vkey("log vkey"));
    follower.configure(&format!(
        "[[follow]]\norigin = {origin:?}\nkey = {key:?}\nurl = \"http://{address}\""
    ));
    let erase = author.erase(&entry, part);
    node.submit(&[erase]);
    wait_until("the node publishes", || node.size() == 285);
    node.stop();
    let text = export(&node, &files);
    assert!(text.contains("entries        285"), "{text}");
    assert!(!files.join(format!("v1/parts/{part}")).exists());
    follower.start();
    wait_until("the follower reads the files", || follower.size() == 285);
    let (size, parts) = verified(address);
    assert_eq!((size, parts), (285, 1));
    // What is public came along, one by one; what is erased has no file any more.
    let held = || follower.gateway().parts(0, 256).unwrap().parts;
    let held: Vec<_> = held().into_iter().map(|(digest, _)| digest).collect();
    assert_eq!(held, [claim]);
    follower.stop();
    // And from the follower, which had no part from an author, it goes on to files again.
    let copy = follower.path("files");
    export(&follower, &copy);
    assert!(copy.join(format!("v1/parts/{claim}")).exists());
    assert!(!copy.join(format!("v1/parts/{part}")).exists());
    // Nothing of others is touched.
    let (status, text) = node.tool(&["export"], &[node.dir.path().to_str().unwrap()]);
    assert_eq!(
        (status, text.contains("[file-exists]")),
        (1, true),
        "{text}"
    );
}

#[test]
fn a_lost_log_comes_back_from_an_export() {
    let mut node = Peer::new("hill");
    node.start();
    let mut root = Feed::root();
    node.submit(std::slice::from_ref(&root.begin));
    wait_until("the node publishes", || node.size() == 1);
    let backup = node.backup("backup");
    node.submit(&root.pulses(40));
    wait_until("the node publishes", || node.size() == 41);
    let checkpoint = node.checkpoint();
    let files = node.path("files");
    export(&node, &files);
    node.lose();
    node.restore(&backup);
    let address = serve(files);
    let (status, text) = node.tool(&["recover"], &["--from", &format!("http://{address}")]);
    assert_eq!(status, 0, "{text}");
    node.start();
    wait_until("everything is shown again", || node.size() == 41);
    assert_eq!(node.checkpoint(), checkpoint);
}
