//! Nodes that vouch for each other's indexes as processes, and an operator that lies to one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod judge;
mod liar;
mod lies;
#[path = "../peer/mod.rs"]
mod peer;
mod stand_in;
#[path = "../support/mod.rs"]
mod support;

use fairtrail::client::{Http, Request, Transport};
use fairtrail::log::TlogPolicy;
use fairtrail::note::Note;
use peer::{Carrier, Peer, program, wait_until};
use rustix::process::Signal;
use support::Feed;

fn vkey(peer: &Peer, name: &str) -> String {
    let mut command = program();
    let output = command
        .args(["vkey", "--data-dir"])
        .arg(peer.data())
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let key = text.lines().find_map(|line| line.strip_prefix(name));
    key.unwrap().trim().to_owned()
}

fn configure(peer: &Peer, lines: &str) {
    let path = peer.data().join("node.toml");
    let text = fs_err::read_to_string(&path).unwrap();
    fs_err::write(path, text + lines).unwrap();
}

fn get(peer: &Peer, path: &str) -> Option<Vec<u8>> {
    let http = Http::new(format!("http://{}", peer.address).parse().unwrap());
    let answer = http.request(&Request {
        path,
        accept: "text/plain",
        content: None,
        wait: None,
        max_bytes: 1 << 20,
    });
    answer
        .ok()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.body)
}

/// Has `witness` follow `log` and vouch for its index, and `log` ask it.
fn vouch(log: &Peer, witness: &Peer) {
    witness.follow(&[log]);
    vouch_as_followed(log, witness);
}

/// Has `witness` vouch for the index of `log`, which it was told last to follow, and `log` ask it.
fn vouch_as_followed(log: &Peer, witness: &Peer) {
    let index = vkey(log, "index vkey");
    configure(witness, &format!("index_key = {index:?}\n"));
    let (key, url) = (
        vkey(witness, "index witness"),
        format!("http://{}", witness.address),
    );
    configure(
        log,
        &format!("\n[[index_witness]]\nurl = {url:?}\nkey = {key:?}\n"),
    );
}

/// What a verifier trusts: the index of `log`, if all of these vouch for it.
fn policy(log: &Peer, witnesses: &[String]) -> TlogPolicy {
    let lines = (0..).zip(witnesses);
    let lines = lines.map(|(number, key): (u32, _)| format!("witness w{number} {key}\n"));
    let lines = lines.collect::<Vec<_>>().concat();
    let names = (0..witnesses.len()).map(|number| format!(" w{number}"));
    let names = names.collect::<Vec<_>>().concat();
    let (index, count) = (vkey(log, "index vkey"), witnesses.len());
    let text = format!("log {index}\n{lines}group all {count}{names}\nquorum all\n");
    TlogPolicy::parse(&text).unwrap()
}

/// Heads of the newest note that meets the quorum, as the policy sees it.
fn full(log: &Peer, policy: &TlogPolicy) -> u64 {
    let Some(note) = get(log, "/index/checkpoint/full") else {
        return 0;
    };
    let opened = policy.open(&note).unwrap();
    opened.checkpoint().size().get()
}

fn newest(log: &Peer) -> u64 {
    let note = get(log, "/index/checkpoint");
    let note = note.map(|note| Note::parse(&note).unwrap());
    note.map_or(0, |note| {
        let line = note.text().lines().nth(1).unwrap().to_owned();
        line.parse().unwrap()
    })
}

#[test]
fn nodes_vouch_for_an_index_up_to_the_quorum_through_kills_and_restarts() {
    let (mut hill, mut lake, mut moor) = (Peer::new("hill"), Peer::new("lake"), Peer::new("moor"));
    vouch(&hill, &lake);
    vouch(&hill, &moor);
    for peer in [&mut hill, &mut lake, &mut moor] {
        peer.start();
    }
    let witnesses = [&lake, &moor].map(|peer| vkey(peer, "index witness"));
    let vouched = policy(&hill, &witnesses);
    let mut root = Feed::root();
    hill.submit(std::slice::from_ref(&root.begin));
    let newest_is_full = |hill: &Peer, than: u64| {
        let newest = newest(hill);
        newest > than && full(hill, &vouched) == newest
    };
    wait_until("both vouch", || newest_is_full(&hill, 0));
    let note = get(&hill, "/index/checkpoint/full").unwrap();
    // The same operators as plain witnesses count for nothing, nor does the index's own operator.
    for other in [vkey(&lake, "witness vkey"), vkey(&hill, "index witness")] {
        let plain = policy(&hill, &[witnesses[1].clone(), other.clone()]);
        assert!(plain.open(&note).is_err(), "{other}");
    }

    // One of them is killed: the newest index goes on being shown, the full one stays.
    let before = full(&hill, &vouched);
    lake.signal(Signal::KILL);
    hill.submit(&root.pulses(3));
    wait_until("the index goes on", || newest(&hill) > before);
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(full(&hill, &vouched), before);
    lake.start();
    let kept = format!("/witness/{}/checkpoint", hex(&index_of(&hill)));
    assert!(
        get(&lake, &kept).is_some(),
        "what it cosigned is remembered"
    );
    wait_until("both vouch again", || newest_is_full(&hill, before));

    // What was full stays full over a restart of the log's own node.
    let before = full(&hill, &vouched);
    moor.stop();
    hill.signal(Signal::KILL);
    hill.start();
    assert_eq!(full(&hill, &vouched), before);
    hill.stop();

    // A plain witness's key is no index witness's.
    let plain = vkey(&lake, "witness vkey");
    configure(
        &hill,
        &format!("\n[[index_witness]]\nurl = \"http://127.0.0.1:1\"\nkey = {plain:?}\n"),
    );
    let mut run = program();
    let run = run
        .args(["run", "--data-dir"])
        .arg(hill.data())
        .output()
        .unwrap();
    assert!(!run.status.success());
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(
        said.contains("config-invalid") && said.contains("no key of an index witness"),
        "{said}"
    );
}

#[test]
fn a_witness_that_comes_late_makes_the_index_again_from_what_it_follows() {
    let (mut hill, mut lake) = (Peer::new("hill"), Peer::new("lake"));
    hill.start();
    let mut root = Feed::root();
    hill.submit(std::slice::from_ref(&root.begin));
    for size in [3, 5, 7] {
        hill.submit(&root.pulses(2));
        wait_until("the log grows", || hill.size() == size);
    }
    wait_until("so does the index", || newest(&hill) >= 3);
    hill.stop();
    // Nobody was asked to vouch, and what shows the single steps is gone.
    fs_err::remove_dir_all(hill.data().join("index/updates")).unwrap();
    vouch(&hill, &lake);
    configure(&lake, "keep_tiles = true\n");
    lake.start();
    hill.start();
    let vouched = policy(&hill, &[vkey(&lake, "index witness")]);
    wait_until("it vouches", || {
        newest(&hill) >= 3 && full(&hill, &vouched) == newest(&hill)
    });
    hill.submit(&root.pulses(1));
    wait_until("and goes on", || {
        newest(&hill) >= 4 && full(&hill, &vouched) == newest(&hill)
    });
}

/// The index of a log that is followed over libp2p alone is vouched for, through a kill and after it
/// was left without what shows the single steps.
fn vouched_over_libp2p(over: [Carrier; 2]) {
    let [mut hill, mut lake, mut moor] = ["hill", "lake", "moor"].map(Peer::new);
    // One calls, the other is called.
    let to_hill = hill.listen(over[0]);
    lake.follow_at(&hill, &to_hill);
    let to_moor = moor.listen(over[1]);
    moor.follow_at(&hill, &format!("/p2p/{}", hill.id));
    hill.bootstrap(&[format!("/p2p/{}", lake.id), to_moor]);
    vouch_as_followed(&hill, &lake);
    vouch_as_followed(&hill, &moor);
    for peer in [&mut hill, &mut lake, &mut moor] {
        peer.start();
    }
    let witnesses = [&lake, &moor].map(|peer| vkey(peer, "index witness"));
    let vouched = policy(&hill, &witnesses);
    let newest_is_full = |hill: &Peer, than: u64| {
        let newest = newest(hill);
        newest > than && full(hill, &vouched) == newest
    };
    let mut root = Feed::root();
    hill.submit(std::slice::from_ref(&root.begin));
    wait_until("both vouch", || newest_is_full(&hill, 0));
    let before = newest(&hill);
    lake.signal(Signal::KILL);
    // More than one bundle has.
    hill.submit(&root.pulses(200));
    hill.submit(&root.pulses(100));
    wait_until("the index goes on", || newest(&hill) > before);
    lake.start();
    wait_until("both vouch again", || newest_is_full(&hill, before));

    hill.stop();
    fs_err::remove_dir_all(hill.data().join("index/updates")).unwrap();
    let before = {
        hill.start();
        newest(&hill)
    };
    lake.stop();
    hill.submit(&root.pulses(2));
    wait_until("the index goes on", || newest(&hill) > before);
    hill.stop();
    fs_err::remove_dir_all(hill.data().join("index/updates")).unwrap();
    hill.start();
    lake.start();
    wait_until("made again from leaves", || newest_is_full(&hill, before));
}

#[test]
fn an_index_followed_over_tcp_alone_is_vouched_for() {
    vouched_over_libp2p([Carrier::Tcp, Carrier::Quic]);
}

#[test]
fn an_index_followed_over_quic_alone_is_vouched_for() {
    vouched_over_libp2p([Carrier::Quic, Carrier::Tcp]);
}

fn index_of(peer: &Peer) -> [u8; 32] {
    let log: fairtrail::log::Origin = peer.origin.parse().unwrap();
    log.index(1).unwrap().digest()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
