//! What following costs: a fresh node catches up with a log over HTTP, beside bare `verify_strict` of
//! as many signatures; the bytes on the wire beside those of entries and claims; the time from a
//! promise at one node to the same entry at its follower; and what is kept of a followed log.
//! A peer is another machine, so source and follower are two processes, each on one half of the cores
//! (`taskset`; without it they share all), and bare verification has the follower's cores.
//! Targets: 0.6 × bare `verify_strict`, 1.15 × the bytes, 1 KiB between 10^4 and 10^6 leaves.
//! `cargo bench -p fairtrail-node --bench follow -- 100000` measures another number of entries.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::format_push_string,
    reason = "a bench measures time, prints, and stops by panicking"
)]

#[path = "support/halves.rs"]
mod halves;
#[path = "support/served.rs"]
mod served;
#[path = "../../node/tests/support/mod.rs"]
mod support;
#[path = "support/timing.rs"]
mod timing;

use fairtrail::api::{Batch, Submission};
use fairtrail::client::Pinned;
use fairtrail::entry::{Body, Draft, SignedEntry};
use fairtrail::key::{PublicKey, SecretKey};
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::NoteSigner;
use fairtrail_node::core::follow::Known;
use halves::{Half, cores, wait};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use served::{Seen, Served, origin};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use support::{Feed, at, batch};
use timing::{median, spent};

/// Entries of a batch, as authors send them.
const BATCH: usize = 256;
/// Entries that are timed from one node to the other.
const LAGS: usize = 15;
/// Rounds of bare verification.
const ROUNDS: usize = 5;

/// Counts the bytes that pass on their way to `to` and back.
fn counted(to: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicU64::new(0)));
    let passed = Arc::clone(&count);
    thread::spawn(move || {
        for outside in listener.incoming() {
            let (outside, inside) = (outside.unwrap(), TcpStream::connect(to).unwrap());
            let back = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
            let counts = (Arc::clone(&passed), Arc::clone(&passed));
            thread::spawn(move || pass(outside, inside, &counts.0));
            thread::spawn(move || pass(back.0, back.1, &counts.1));
        }
    });
    (address, count)
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = vec![0; 65_536];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        count.fetch_add(len as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
    // Either end may be gone already.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// A network and one author's statements, each with a claim of some 200 bytes.
fn statements(count: usize) -> Vec<Batch> {
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let first = [root.begin.clone(), granted, author.begin.clone()];
    let said: Vec<_> = (0..count)
        .map(|number| statement(&mut author, number))
        .collect();
    let batches = said.chunks(BATCH).map(|said| Batch(said.to_vec()));
    [batch(&first)].into_iter().chain(batches).collect()
}

fn statement(author: &mut Feed, number: usize) -> Submission {
    // {1: 1, 16: 64 bytes, 17: 64 bytes, 18: 32 bytes}
    let mut claim = vec![0xa4, 1, 1];
    for (key, len) in [(16_u8, 64_u8), (17, 64), (18, 32)] {
        claim.extend([key, 0x58, len]);
        let seed = blake3::hash(&[&number.to_be_bytes()[..], &[key]].concat());
        let bytes = seed.as_bytes().iter().cycle().take(usize::from(len));
        claim.extend(bytes);
    }
    let body = Body {
        salt: [7; 16],
        bytes: claim,
    };
    let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
    let kind = "weather.seen".parse().unwrap();
    let draft = Draft::statement(kind, subjects, body, at(30 + number as u64));
    let entry = author.sign(&draft);
    let bodies = draft.bodies();
    Submission { entry, bodies }
}

/// Entry and claim bytes.
fn weight(batches: &[Batch]) -> (u64, u64) {
    let (mut entries, mut claims) = (0, 0);
    for one in batches.iter().flat_map(|batch| &batch.0) {
        entries += one.entry.bytes().len() as u64;
        claims += one
            .bodies
            .iter()
            .map(|body| body.bytes.len() as u64)
            .sum::<u64>();
    }
    (entries, claims)
}

/// Signatures verified per second on all cores of this process.
fn bare(batches: &[Batch]) -> f64 {
    let key = SecretKey::from_seed([9; 32]);
    let public = PublicKey::enrol(key.public().id()).unwrap();
    let entries = batches.iter().flat_map(|batch| &batch.0);
    let messages = entries.map(|one| one.entry.bytes().to_vec());
    let signed: Vec<_> = messages
        .map(|message| {
            let signature = key.sign(&message);
            (message, signature)
        })
        .collect();
    let times = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        signed.par_iter().for_each(|(message, signature)| {
            public.verify(message, signature).unwrap();
        });
        begun.elapsed()
    });
    signed.len() as f64 / median(times.collect()).as_secs_f64()
}

/// Serves a log of so many entries until nobody listens any more.
fn be_source(dir: &Path, count: usize) {
    let batches = statements(count);
    let total = leaves(&batches);
    let source = Served::new(dir, "source", None, batches);
    wait(|| source.published() == total);
    println!("{} {}", source.address, source.vkey);
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Verifies, catches up, verifies; says how long it took, and how fast bare verification was.
fn be_fresh(dir: &Path, count: usize, source: &Seen) {
    let batches = statements(count.min(20_000));
    let before = bare(&batches);
    let (begun, before_it) = (Instant::now(), spent());
    let follower = Served::new(dir, "fresh", Some(source), Vec::new());
    wait(|| follower.admitted() == count as u64 + 3);
    let took = begun.elapsed().as_secs_f64();
    let worked = spent().saturating_sub(before_it).as_secs_f64();
    drop(follower);
    println!("{took} {worked} {before} {}", bare(&batches));
}

fn leaves(batches: &[Batch]) -> u64 {
    batches.iter().map(|batch| batch.0.len() as u64).sum()
}

fn catching_up(count: usize) {
    let dir = tempfile::tempdir().unwrap();
    let (path, number) = (dir.path().to_str().unwrap(), count.to_string());
    let mut source = Half::start(true, &["source", path, &number]);
    let line = source.line();
    let (address, vkey) = line.split_once(' ').unwrap();
    let mut fresh = Half::start(false, &["fresh", path, &number, address, vkey]);
    let line = fresh.line();
    drop(fresh);
    let measured: Vec<f64> = line
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    let [took, worked, before, after] = measured[..] else {
        panic!("{line}");
    };
    let batches = statements(count);
    let ((entries, claims), total) = (weight(&batches), leaves(&batches));
    let (address, passed) = counted(address.parse().unwrap());
    let vkey = vkey.to_owned();
    let again = Served::new(
        dir.path(),
        "counted",
        Some(&Seen { address, vkey }),
        Vec::new(),
    );
    wait(|| again.admitted() == total);
    let passed = passed.load(Ordering::Relaxed);
    drop(again);

    let (rate, bare) = (total as f64 / took, f64::midpoint(before, after));
    println!(
        "{total} entries of {} bytes with claims of {} bytes",
        entries / total,
        claims / total
    );
    match cores(false).zip(cores(true)) {
        Some((first, second)) => println!("  follower on cores {first}, source on cores {second}"),
        None => println!("  follower and source share the cores"),
    }
    println!("  bare verify_strict, same cores     {bare:>10.0} /s");
    println!(
        "  a fresh follower, {took:>9.1} s       {rate:>10.0} /s, {worked:.1} s of them on its cores"
    );
    verdict("of bare verify_strict", rate / bare, rate / bare >= 0.6);
    let wire = passed as f64 / (entries + claims) as f64;
    println!("  on the wire                        {passed:>10} bytes");
    verdict("of entry and claim bytes", wire, wire <= 1.15);
}

fn verdict(what: &str, ratio: f64, held: bool) {
    let held = if held { "held" } else { "MISSED" };
    println!("    {what:<32} {ratio:>10.2} x {held}");
}

/// From the promise at one node to the same entry at the node that follows it.
fn lag() {
    let (mut root, dir) = (Feed::root(), tempfile::tempdir().unwrap());
    let first = vec![batch(&[root.begin.clone()])];
    let source = Served::new(dir.path(), "source", None, first);
    let follower = Served::new(dir.path(), "follower", Some(&source.seen()), Vec::new());
    wait(|| follower.admitted() == 1);
    let (here, there) = (source.gateway(), follower.gateway());
    let promise = here.log().unwrap().promise_vkey.parse().unwrap();
    let pinned = Pinned {
        promise: &promise,
        logs: None,
    };
    let (mut promised, mut admitted, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..LAGS as u64 {
        // At another moment of the intervals each time.
        thread::sleep(Duration::from_millis(370 * (1 + number % 4)));
        let pulse: SignedEntry = root.pulse();
        let begun = Instant::now();
        here.submit(&batch(std::slice::from_ref(&pulse)), &pinned, None)
            .unwrap();
        promised.push(begun.elapsed());
        let begun = Instant::now();
        wait(|| follower.admitted() == number + 2);
        admitted.push(begun.elapsed());
        wait(|| there.entry(pulse.id()).is_ok());
        shown.push(begun.elapsed());
    }
    let largest = shown.iter().max().copied().unwrap();
    println!("one entry, publishing and looking every second, median of {LAGS}");
    println!(
        "  to the promise                     {:>10.1?}",
        median(promised)
    );
    println!(
        "  from there to the follower's log   {:>10.1?}",
        median(admitted)
    );
    println!(
        "  from there to the follower's door  {:>10.1?}, at most {largest:.1?}",
        median(shown)
    );
}

/// What is kept of one followed log at two sizes.
fn kept() {
    let origin = origin("source");
    let signer = NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32]));
    let bytes = |leaves: u64| {
        let (size, root) = (TreeSize::new(leaves).unwrap(), Root::from_bytes([7; 32]));
        let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
        let note = checkpoint.sign(&signer).unwrap();
        let body =
            format!("log {origin}\ncursor {size} {root}\nown {leaves}\nstate following\n\n{note}");
        let check = crc32c::crc32c(body.as_bytes());
        let text = format!("fairtrail-node followed 1\ncheck {check:08x}\n{body}");
        let known = Known::parse(text.as_bytes(), &origin, signer.verifier()).unwrap();
        known.to_bytes().len()
    };
    let (small, large) = (bytes(10_000), bytes(1_000_000));
    println!("kept of a followed log");
    println!("  at 10^4 and 10^6 leaves            {small:>10} and {large} bytes");
    verdict(
        "difference, KiB",
        (large - small) as f64 / 1_024.0,
        large - small <= 1_024,
    );
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["source", dir, count] => return be_source(Path::new(dir), count.parse().unwrap()),
        ["fresh", dir, count, address, vkey] => {
            let (address, vkey) = (address.parse().unwrap(), vkey.to_owned());
            return be_fresh(
                Path::new(dir),
                count.parse().unwrap(),
                &Seen { address, vkey },
            );
        }
        _ => {}
    }
    let mut given = args.iter().filter_map(|arg| arg.parse().ok());
    let count = given.next().unwrap_or(10_000);
    catching_up(count);
    lag();
    kept();
}
