//! Nodes that vouch for each other's indexes as processes, and an operator that lies to one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod liar;
#[path = "../peer/mod.rs"]
mod peer;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use fairtrail::client::{Http, Request, Transport};
use fairtrail::entry::{Draft, NetworkClaim, Pulse, SignedEntry};
use fairtrail::fraud::{FraudFile, Kind};
use fairtrail::index::{BadUpdate, IndexHead};
use fairtrail::log::{AddCheckpoint, TlogPolicy, read_cosignature};
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::trie::TrieRoot;
use liar::{LOG, Liar};
use peer::{Peer, program, wait_until};
use rustix::process::Signal;
use support::{Feed, at};

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
    let (origin, key, url) = (&log.origin, &log.vkey, format!("http://{}", log.address));
    let index = vkey(log, "index vkey");
    configure(
        witness,
        &format!(
            "\n[[follow]]\norigin = {origin:?}\nkey = {key:?}\nindex_key = {index:?}\nurl = {url:?}\n"
        ),
    );
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

fn index_of(peer: &Peer) -> [u8; 32] {
    let log: fairtrail::log::Origin = peer.origin.parse().unwrap();
    log.index(1).unwrap().digest()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// A witness for the index of an operator that may lie.
struct Judge {
    witness: Peer,
    key: NoteVerifier,
    liar: Liar,
}

impl Judge {
    fn new() -> Self {
        let (mut witness, liar) = (Peer::new("lake"), Liar::new());
        let (key, index) = (Liar::log_key(), &liar.key);
        let lines = format!(
            "\n[[follow]]\norigin = {LOG:?}\nkey = {:?}\nindex_key = {:?}\nurl = \"http://{}\"\ninterval_seconds = 3600\n",
            key.verifier().to_string(),
            index.verifier().to_string(),
            liar.address,
        );
        configure(&witness, &lines);
        witness.start();
        let key = vkey(&witness, "index witness").parse().unwrap();
        Self { witness, key, liar }
    }

    fn post(&self, request: &AddCheckpoint) -> (u16, Vec<u8>) {
        let address = format!("http://{}", self.witness.address);
        let http = Http::new(address.parse().unwrap());
        let content = request.to_string();
        let answer = http.request(&Request {
            path: "/add-checkpoint",
            accept: "text/plain",
            content: Some(("text/plain", content.as_bytes())),
            wait: None,
            max_bytes: 1 << 16,
        });
        let answer = answer.unwrap();
        (answer.status, answer.body)
    }

    fn cosigned(&self, old: u64, size: u64) {
        let request = self.liar.ask(old, size);
        let (status, body) = self.post(&request);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        read_cosignature(&request.note, &body, &self.key).unwrap();
    }

    fn refused(&self, old: u64, size: u64, status: u16, reason: &str) {
        let (found, body) = self.post(&self.liar.ask(old, size));
        let said = String::from_utf8_lossy(&body);
        assert_eq!(found, status, "{said}");
        assert!(said.contains(&format!("\"{reason}\"")), "{said}");
    }

    fn evidence(&self) -> Vec<PathBuf> {
        let Ok(files) = fs_err::read_dir(self.witness.data().join("fraud")) else {
            return Vec::new();
        };
        let files = files.map(|file| file.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|end| end == "bad-update"))
            .collect()
    }

    /// The one file that is kept proves that the head at `leaf` does not follow.
    fn proved(&self, leaf: usize) {
        let files = self.evidence();
        let [file] = &files[..] else {
            panic!("one proof: {files:?}");
        };
        assert!(
            file.to_string_lossy()
                .ends_with(&format!("-{leaf}.bad-update"))
        );
        let proof = BadUpdate::parse(&fs_err::read(file).unwrap()).unwrap();
        let proof = proof.verify(self.liar.key.verifier()).unwrap();
        assert_eq!(proof.leaf.get(), leaf as u64);
        assert_eq!(proof.signed.to_bytes(), self.liar.shown().heads[leaf]);
        assert_ne!(proof.signed, proof.rebuilt);
        // It is handed on as a file against the log.
        let files = fs_err::read_dir(self.witness.data().join("fraud")).unwrap();
        let mut files = files.map(|file| file.unwrap().path());
        let file = files.find(|path| path.extension().is_some_and(|end| end == "log-fraud"));
        let file = FraudFile::parse(&fs_err::read(file.unwrap()).unwrap()).unwrap();
        let accused = file.accused().unwrap().to_string();
        assert!(accused.starts_with(LOG), "{accused}");
        assert!(matches!(file, FraudFile::Log(fraud) if fraud.kind() == Kind::BadUpdate));
    }
}

/// Entries of a feed that forks at its third, by twos.
fn forked() -> Vec<Vec<SignedEntry>> {
    let mut root = Feed::root();
    let begin = root.begin.clone();
    let first = root.pulses(2);
    let mut twin = root.clone();
    let other = Draft::network(NetworkClaim::Pulse(Pulse {}), twin.author, at(99));
    let mut branch = vec![twin.sign(&other)];
    branch.extend(twin.pulses(3));
    let main = root.pulses(3);
    vec![
        vec![begin],
        first,
        main[..2].to_vec(),
        branch[..2].to_vec(),
        vec![main[2].clone(), branch[2].clone()],
        branch[3..].to_vec(),
    ]
}

#[test]
fn an_honest_index_is_cosigned_and_its_state_outlives_a_kill() {
    let mut judge = Judge::new();
    judge.cosigned(0, 0);
    let batches = forked();
    for entries in &batches[..4] {
        judge.liar.honest(entries);
    }
    judge.cosigned(0, 1);
    assert_eq!(judge.post(&judge.liar.ask(0, 3)), (409, b"1\n".to_vec()));
    judge.cosigned(1, 4);
    judge.witness.signal(Signal::KILL);
    judge.witness.start();
    // Nothing of what was checked is read again, not even where the fork is worked on.
    {
        let mut shown = judge.liar.shown();
        (shown.updates_from, shown.leaves) = (4, false);
    }
    for entries in &batches[4..] {
        judge.liar.honest(entries);
    }
    judge.cosigned(4, 6);
    assert_eq!(judge.evidence(), [] as [PathBuf; 0]);
}

#[test]
fn a_lie_is_refused_with_proof_and_so_is_everything_after_it() {
    let mut judge = Judge::new();
    let batches = forked();
    for entries in &batches[..4] {
        judge.liar.honest(entries);
    }
    judge.cosigned(0, 3);
    judge.liar.lie(&batches[4]);
    judge.refused(3, 5, 403, "bad-update");
    judge.proved(4);
    // Even a tree without the lie, and heads after it that are right again.
    judge.refused(3, 4, 403, "bad-update");
    judge.liar.honest(&batches[5]);
    judge.refused(3, 6, 403, "bad-update");
    judge.witness.signal(Signal::KILL);
    judge.witness.start();
    judge.refused(3, 6, 403, "bad-update");
    judge.proved(4);
}

#[test]
fn without_proofs_or_far_behind_every_head_is_made_again() {
    let mut judge = Judge::new();
    let mut root = Feed::root();
    judge.liar.honest(&[root.begin.clone()]);
    for _ in 0..69 {
        judge.liar.honest(&root.pulses(1));
    }
    judge.cosigned(0, 70);
    let proofs = |judge: &Judge| {
        let shown = judge.liar.shown();
        shown
            .asked
            .iter()
            .any(|path| path.starts_with("/index/update/"))
    };
    assert!(!proofs(&judge), "70 heads behind nobody asks for proofs");
    judge.liar.honest(&root.pulses(2));
    judge.cosigned(70, 71);
    assert!(proofs(&judge));
    // Proofs that are missing, and leaves as well: it comes again.
    {
        let mut shown = judge.liar.shown();
        (shown.updates_from, shown.leaves) = (1_000, false);
    }
    judge.liar.honest(&root.pulses(1));
    judge.refused(71, 72, 503, "index-unchecked");
    judge.liar.shown().leaves = true;
    judge.cosigned(71, 72);
    // A lie is found and proved that way as well.
    judge.liar.head(&root.pulses(1), |head: &mut IndexHead| {
        head.feeds = TrieRoot::new([9; 32]);
    });
    judge.refused(72, 73, 403, "bad-update");
    judge.proved(72);
}

#[test]
fn leaves_that_are_not_the_logs_prove_nothing() {
    let mut judge = Judge::new();
    let mut root = Feed::root();
    judge.liar.honest(&[root.begin.clone()]);
    judge.liar.head(&root.pulses(2), |head| {
        head.root = fairtrail::merkle::Root::from_bytes([8; 32]);
    });
    judge.refused(0, 2, 503, "index-unchecked");
    assert_eq!(judge.evidence(), [] as [PathBuf; 0]);
    judge.cosigned(0, 1);
}
