//! What a gateway costs that answers with the bundle of one supplier, in a ledger of many: the time of
//! an answer to one client, and answers per second to several, beside bare servers of axum and of hyper
//! that give the same bytes from memory. Cold is who asks what nobody asked before, each time with the
//! feed of another author, whom nobody knows, besides; warm is who asks the same again. Gateway and
//! clients are two processes, each on one half of the cores (`taskset`; without it they share all).
//! Targets: 5 ms cold, and warm 0.8 × axum.
//! `cargo bench -p fairtrail-node --bench gateway -- 1000000` says for how many entries; ten are said
//! about a supplier, fifty about the one asked for.

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
use fairtrail::bundle::{Inquiry, Question};
use fairtrail::client::Gateway;
use fairtrail::entry::{Body, Draft};
use fairtrail::id::AuthorId;
use fairtrail::policy::Policy;
use fairtrail::subject::SubjectId;
use halves::{Half, cores, wait};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use served::Served;
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};
use support::{Feed, at, batch};
use timing::median;

/// Entries of a batch, as authors send them.
const BATCH: usize = 256;
const TO_A_SUPPLIER: usize = 10;
const TO_THE_ONE: usize = 50;
/// Clients that ask at once, and for how long.
const CLIENTS: usize = 8;
const SPAN: Duration = Duration::from_secs(4);
/// Rounds of each measurement, in turns.
const ROUNDS: usize = 3;

/// A supplier by its number.
fn supplier(number: usize) -> SubjectId {
    let letters = b"BCDFGHJKLMNPQRSTVWXZ";
    let letter = |place: u32| char::from(letters[number / 20_usize.pow(place) % 20]);
    let name: String = (0..5).map(letter).collect();
    // One of these fits as check character.
    let last = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars();
    let ids = last.map(|last| format!("osid:XA2026001{name}{last}"));
    ids.flat_map(|id| id.parse()).next().unwrap()
}

/// Statements about many suppliers, fifty of them about the first.
fn ledger(count: usize) -> Vec<Batch> {
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let first = batch(&[root.begin.clone(), granted, author.begin.clone()]);
    let suppliers: Vec<_> = (0..count / TO_A_SUPPLIER).map(supplier).collect();
    let each = count / TO_THE_ONE;
    let said = (0..count).map(|number| {
        let about = if number % each == 0 {
            0
        } else {
            number % suppliers.len()
        };
        statement(&mut author, suppliers[about].clone(), number)
    });
    let said: Vec<_> = said.collect();
    let batches = said.chunks(BATCH).map(|said| Batch(said.to_vec()));
    [first].into_iter().chain(batches).collect()
}

fn statement(author: &mut Feed, about: SubjectId, number: usize) -> Submission {
    // {1: 1, 16: 32 bytes}
    let seed = blake3::hash(&number.to_be_bytes());
    let claim = [&[0xa2, 1, 1, 16, 0x58, 32], &seed.as_bytes()[..]].concat();
    let body = Body {
        salt: [7; 16],
        bytes: claim,
    };
    let kind = "weather.seen".parse().unwrap();
    let draft = Draft::statement(kind, vec![about], body, at(30 + number as u64));
    let entry = author.sign(&draft);
    let bodies = draft.bodies();
    Submission { entry, bodies }
}

/// The question that a buyer ends with, and the bytes of its answer.
fn ask(gateway: &Gateway, served: &Served) -> (Question, usize, usize) {
    let info = gateway.log().unwrap();
    let index = info.index.unwrap().vkey;
    let (network, log) = (info.network, &info.vkey);
    let policy = format!(
        "network = \"{network}\"\nlog_policy = \"\"\"\nlog {log}\nquorum none\n\"\"\"\n\
         index_policy = \"\"\"\nlog {index}\nquorum none\n\"\"\"\n"
    );
    let policy = Policy::parse(&policy).unwrap();
    wait(|| served.service.health().index == Some(served.published()));
    let mut inquiry = Inquiry::new(&policy, vec![supplier(0)], None);
    loop {
        let question = inquiry.question().clone();
        let bundle = gateway.bundle(&question).unwrap();
        let len = bundle.to_bytes().len();
        if let Some(inquired) = inquiry.take(vec![bundle]).unwrap() {
            return (question, inquired.history.entries().len(), len);
        }
    }
}

/// What a bare server is made of.
#[derive(Clone, Copy)]
enum Bare {
    Axum,
    Hyper,
}

/// A server that gives the same bytes to everybody.
fn bare(what: Bare, bytes: &[u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let bytes = Bytes::from(bytes.to_vec());
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let given = bytes.clone();
            let route = axum::routing::get(|| async move { given });
            let router = axum::Router::new().route("/v1/bundle", route);
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let http = hyper::server::conn::http1::Builder::new();
                if matches!(what, Bare::Axum) {
                    let answer = TowerToHyperService::new(router.clone());
                    tokio::spawn(http.serve_connection(TokioIo::new(stream), answer));
                    continue;
                }
                let bytes = bytes.clone();
                let answer = service_fn(move |_| {
                    let body = Full::new(bytes.clone());
                    async { Ok::<_, Infallible>(hyper::Response::new(body)) }
                });
                tokio::spawn(http.serve_connection(TokioIo::new(stream), answer));
            }
        });
    });
    address
}

/// Asks until the time is over; how long each answer took.
fn client(address: &str, path: &str, cold: Option<usize>) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let path = |asked: usize| match cold {
        None => path.to_owned(),
        Some(seed) => {
            let nobody = blake3::hash(format!("{address} {seed} {asked}").as_bytes());
            format!("{path}&feed={}", AuthorId::new(*nobody.as_bytes()))
        }
    };
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < SPAN {
        let path = path(times.len());
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        read_answer(&mut answers);
        times.push(asked.elapsed());
    }
    times
}

fn read_answer(answers: &mut BufReader<TcpStream>) {
    let (mut line, mut len) = (String::new(), 0);
    answers.read_line(&mut line).unwrap();
    assert!(line.contains(" 200 "), "{line}");
    loop {
        line.clear();
        answers.read_line(&mut line).unwrap();
        if line == "\r\n" {
            break;
        }
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            len = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; len];
    answers.read_exact(&mut body).unwrap();
}

/// What the other process does: so many clients ask, and it tells their answers per second and the
/// median of their times in microseconds.
fn be_clients(count: usize, address: &str, path: &str, cold: Option<usize>) {
    let times: Vec<Duration> = thread::scope(|scope| {
        let seed = |number| cold.map(|round| round * count + number);
        let client = |number| move || client(address, path, seed(number));
        let clients = (0..count).map(|number| scope.spawn(client(number)));
        let clients: Vec<_> = clients.collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    let rate = times.len() as f64 / SPAN.as_secs_f64();
    println!("{rate} {}", median(times).as_micros());
}

fn asked(count: usize, address: SocketAddr, path: &str, cold: Option<usize>) -> (f64, f64) {
    let (count, address) = (count.to_string(), address.to_string());
    let cold = cold.map_or_else(|| "warm".to_owned(), |round| round.to_string());
    let line = Half::start(true, &["clients", &count, &address, path, &cold]).line();
    let (rate, micros) = line.split_once(' ').unwrap();
    (rate.parse().unwrap(), micros.parse().unwrap())
}

fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn be_gateway(count: usize) {
    let dir = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let served = Served::new(dir.path(), "gateway", None, ledger(count));
    wait(|| served.published() >= count as u64);
    let gateway = served.gateway();
    let (question, entries, len) = ask(&gateway, &served);
    let path = format!("/v1/bundle?{}", question.to_query());
    println!(
        "{count} entries about {} suppliers, made in {:.0?}",
        count / TO_A_SUPPLIER,
        begun.elapsed()
    );
    println!("  a bundle of {entries} entries, {len} bytes");
    let bytes = gateway.bundle(&question).unwrap().to_bytes();
    let [axum, hyper] = [Bare::Axum, Bare::Hyper].map(|what| bare(what, &bytes));
    let mut rates: [Vec<f64>; 6] = Default::default();
    for round in 0..ROUNDS {
        let cold = [2 * round, 2 * round + 1].map(Some);
        rates[0].push(asked(1, served.address, &path, cold[0]).1 / 1_000.0);
        rates[1].push(asked(CLIENTS, served.address, &path, cold[1]).0);
        rates[2].push(asked(1, served.address, &path, None).1 / 1_000.0);
        rates[3].push(asked(CLIENTS, served.address, &path, None).0);
        rates[4].push(asked(CLIENTS, axum, &path, None).0);
        rates[5].push(asked(CLIENTS, hyper, &path, None).0);
    }
    let [alone_cold, cold, alone, warm, axum, hyper] = rates.map(middle);
    println!("  cold: one client, median of an answer {alone_cold:>10.3} ms");
    println!("  cold: {CLIENTS} clients                       {cold:>10.0} /s");
    println!("  warm: one client, median of an answer {alone:>10.3} ms");
    println!("  warm: {CLIENTS} clients                       {warm:>10.0} /s");
    println!("  the same bytes by bare axum           {axum:>10.0} /s");
    println!("  the same bytes by bare hyper          {hyper:>10.0} /s");
    println!(
        "  warm / axum                           {:>10.3} x",
        warm / axum
    );
    println!(
        "  warm / hyper                          {:>10.3} x",
        warm / hyper
    );
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["clients", count, address, path, cold] => {
            be_clients(count.parse().unwrap(), address, path, cold.parse().ok());
        }
        ["gateway", count] => be_gateway(count.parse().unwrap()),
        _ => {
            let mut given = args.iter().filter_map(|arg| arg.parse().ok());
            let count: usize = given.next().unwrap_or(20_000);
            if cores(true).is_none() {
                println!("gateway and clients share the cores");
            }
            let mut gateway = Half::start(false, &["gateway", &count.to_string()]);
            gateway.echo();
        }
    }
}
