//! Networks of two or three nodes in one process.

use std::net::TcpListener;
use std::sync::Mutex;

use super::*;
use crate::config::P2pSettings;
use crate::core::gossip::{Announced, Content, Message};
use crate::gossip::{self, Ear, Hub, PeerEar};
use crate::ledger::support::{Feed, Place, Running as RunningLog, batch, charter, secret};
use fairtrail::fraud::Accused;
use fairtrail::limits::{FEED_FORK_BYTES, GOSSIP_BYTES};
use tokio::runtime::Runtime;

/// A node: its log, its network, and what it was told.
struct Node {
    handle: Handle,
    network: Option<Running>,
    heard: Arc<Heard>,
    log: RunningLog,
    _place: Place,
}

/// From whom, by which topic, and what.
type Said = (KeyId, Option<Topic>, Vec<u8>);

/// Notes what it hears, and says what it was told to say.
#[derive(Default)]
struct Heard {
    told: Mutex<Vec<Said>>,
    verdict: Option<Verdict>,
}

impl Listener for Heard {
    fn heard(&self, from: KeyId, topic: Option<Topic>, bytes: &[u8]) -> Verdict {
        self.told
            .lock()
            .unwrap()
            .push((from, topic, bytes.to_vec()));
        self.verdict.unwrap()
    }
}

fn key(seed: u8) -> KeyId {
    secret(seed).public().id()
}

/// A port nothing listens on.
fn free() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn address(seed: u8, port: u16) -> String {
    let peer = peer_of(key(seed)).unwrap();
    format!("/ip4/127.0.0.1/tcp/{port}/p2p/{peer}")
}

struct World {
    runtime: Runtime,
    stop: watch::Sender<bool>,
}

impl World {
    fn new() -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        Self {
            runtime: builder.worker_threads(2).enable_all().build().unwrap(),
            stop: watch::Sender::new(false),
        }
    }

    fn node(&self, seed: u8, port: u16, peers: &[String], verdict: Verdict) -> Node {
        let heard = Arc::new(Heard {
            told: Mutex::default(),
            verdict: Some(verdict),
        });
        let listener = Arc::clone(&heard);
        let mut node = self.node_hearing(seed, port, peers, |_| listener);
        node.heard = heard;
        node
    }

    fn node_hearing<L: Listener>(
        &self,
        seed: u8,
        port: u16,
        peers: &[String],
        listener: impl FnOnce(&Service) -> Arc<L>,
    ) -> Node {
        let place = Place::new();
        let log = RunningLog::of(place.open().unwrap().ledger);
        let listen = format!("/ip4/127.0.0.1/tcp/{port}");
        let setup = Setup {
            key: &secret(seed),
            network: charter().network(),
            origin: "log.example/one/e1".parse().unwrap(),
            settings: P2pSettings {
                listen: vec![listen.parse().unwrap()],
                bootstrap: peers.iter().map(|peer| peer.parse().unwrap()).collect(),
                connections: 16,
                memory_bytes: 8 << 30,
            },
            followed: Vec::new(),
            service: log.service.clone(),
            listener: listener(&log.service),
        };
        let network = self.runtime.block_on(async {
            let network = Network::listen(setup, self.stop.subscribe()).unwrap();
            (network.handle(), network.run())
        });
        Node {
            handle: network.0,
            network: Some(network.1),
            heard: Arc::default(),
            log,
            _place: place,
        }
    }

    fn checkpoint(&self, asker: &Node, seed: u8) -> Result<Answer, Failure> {
        let asked = asker.handle.ask(key(seed), Question::Checkpoint);
        self.runtime.block_on(asked)
    }

    fn end(self, nodes: Vec<Node>) {
        self.stop.send_replace(true);
        for mut node in nodes {
            self.runtime.block_on(node.network.take().unwrap().ended());
            drop(node.handle);
            node.log.stop();
        }
    }
}

fn wait(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..300 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}");
}

/// Two nodes that name each other; the second listens.
fn pair(world: &World, verdict: Verdict) -> (Node, Node) {
    let port = free();
    let by_id = format!("/p2p/{}", peer_of(key(61)).unwrap());
    let one = world.node(61, free(), &[address(62, port)], verdict);
    let other = world.node(62, port, &[by_id], verdict);
    (one, other)
}

#[test]
fn a_question_is_answered_and_a_panic_in_the_task_is_survived() {
    let world = World::new();
    let (one, other) = pair(&world, Verdict::Ignore);
    other.log.publish(batch(&[Feed::root().begin]));
    wait("the peer is asked", || world.checkpoint(&one, 62).is_ok());
    let note = other.log.service.checkpoint().note().to_vec();
    assert_eq!(world.checkpoint(&one, 62), Ok(Answer::Checkpoint(note)));
    let view = one.handle.view();
    assert_eq!(view.connected[0].key, key(62));
    assert_eq!(view.connected[0].standing, Some(Standing::Configured));
    wait("it said which log it keeps", || {
        let view = one.handle.view();
        view.connected[0].origin.as_deref() == Some("log.example/one/e1")
    });
    // What is not there, and bulk.
    let bundle = fairtrail::log::EntryTile::new(0, 1).unwrap();
    let entries = one
        .handle
        .ask(key(62), Question::Entries { bundle, skip: 0 });
    let Ok(Answer::Entries(entries)) = world.runtime.block_on(entries) else {
        panic!("entries");
    };
    assert_eq!(entries, [Feed::root().begin.bytes()]);
    let bundle = fairtrail::log::EntryTile::new(7, 1).unwrap();
    let none = one
        .handle
        .ask(key(62), Question::Entries { bundle, skip: 0 });
    let none = world.runtime.block_on(none);
    assert_eq!(none, Err(Failure(Reason::NotFound)));

    world.runtime.block_on(other.handle.0.tell(Command::Panic));
    wait("the break is shown", || other.handle.view().restarts == 1);
    wait("it runs again", || world.checkpoint(&one, 62).is_ok());
    assert!(other.handle.view().running);
    world.end(vec![one, other]);
}

#[test]
fn a_stranger_is_refused() {
    let world = World::new();
    let port = free();
    let open = world.node(62, port, &[], Verdict::Ignore);
    let stranger = world.node(63, free(), &[address(62, port)], Verdict::Ignore);
    for _ in 0..20 {
        assert!(world.checkpoint(&stranger, 62).is_err());
        assert_eq!(open.handle.view().connected, []);
        std::thread::sleep(Duration::from_millis(100));
    }
    world.end(vec![open, stranger]);
}

#[test]
fn what_is_told_is_heard_once_and_judged() {
    let world = World::new();
    let (one, other) = pair(&world, Verdict::Reject);
    wait("they are connected", || world.checkpoint(&one, 62).is_ok());
    let tell = |bytes: Vec<u8>| {
        let told = one.handle.publish(Topic::Fraud, bytes);
        world.runtime.block_on(told)
    };
    assert_eq!(tell(vec![1; GOSSIP_BYTES + 1]), Err(Reason::TooLarge));
    let largest = vec![1; GOSSIP_BYTES];
    wait("it is heard", || {
        assert_eq!(tell(largest.clone()), Ok(()));
        !other.heard.told.lock().unwrap().is_empty()
    });
    let told = other.heard.told.lock().unwrap().clone();
    assert_eq!(told, [(key(61), Some(Topic::Fraud), largest)]);
    // Who goes on passing on what is refused is sent away.
    for number in 2..10 {
        assert_eq!(tell(vec![number]), Ok(()));
    }
    wait("it is sent away", || {
        other.handle.view().connected.is_empty()
    });
    world.end(vec![one, other]);
}

#[test]
fn who_sends_what_no_honest_node_sends_is_sent_away() {
    let world = World::new();
    let (one, other) = pair(&world, Verdict::Ignore);
    wait("they are connected", || world.checkpoint(&one, 62).is_ok());
    let peer = peer_of(key(62)).unwrap();
    let ask = |question: Vec<u8>| {
        let asked = one.handle.command(|reply| Command::Ask {
            peer,
            question,
            reply,
        });
        world.runtime.block_on(asked)
    };
    // An entry that waits for its turn as all others do is not to be pushed.
    let pushed = ask(Ask::Push(Feed::root().begin.bytes().to_vec()).to_bytes());
    let refused = Told::Refused(Reason::RequestMalformed);
    assert_eq!(Told::parse(&pushed.unwrap()), Ok(refused));
    assert_eq!(other.log.service.health().admitted, 0);
    for _ in 0..3 {
        let told = Told::parse(&ask(vec![0xff]).unwrap());
        assert!(matches!(told, Ok(Told::Refused(_))), "{told:?}");
    }
    wait("it is sent away", || {
        other.handle.view().connected.is_empty()
    });
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(other.handle.view().connected, []);
    assert!(world.checkpoint(&one, 62).is_err());
    world.end(vec![one, other]);
}

#[test]
fn files_are_fetched_from_who_announced_them_and_who_has_none_is_sent_away() {
    let world = World::new();
    let (port, dir) = (free(), tempfile::tempdir().unwrap());
    let by_id = format!("/p2p/{}", peer_of(key(61)).unwrap());
    let liar = world.node(61, free(), &[address(62, port)], Verdict::Ignore);
    let network = charter().network();
    let mut listening = None;
    let other = world.node_hearing(62, port, &[by_id], |service| {
        let hub = Hub::open(network, Vec::new(), dir.path()).unwrap();
        let ear = Ear::new(Arc::new(hub), service.clone());
        let (listener, announced) = PeerEar::new(ear.clone());
        listening = Some((ear, announced));
        Arc::new(listener)
    });
    let (ear, announced) = listening.unwrap();
    let stop = world.stop.subscribe();
    let fetching = gossip::fetch(ear.clone(), other.handle.clone(), announced, stop);
    world.runtime.spawn(fetching);
    other.log.publish(batch(&[Feed::root().begin]));
    wait("they are connected", || world.checkpoint(&liar, 62).is_ok());
    let file = |digest, bytes| {
        world
            .runtime
            .block_on(other.handle.file(key(61), digest, bytes))
    };
    let content = Content::Announced(Announced {
        accused: Accused::Author(Feed::root().begin.author()),
        digest: [5; 32],
        bytes: 20_000,
    });
    let message = Message { network, content }.to_bytes();
    // Names are told to each alone.
    let told = world
        .runtime
        .block_on(liar.handle.publish(Topic::Fraud, message.clone()));
    assert_eq!(told, Ok(()));
    let tell = || {
        world
            .runtime
            .block_on(liar.handle.tell(key(62), message.clone()))
    };
    for _ in 0..3 {
        let _ = tell();
        std::thread::sleep(Duration::from_millis(300));
    }
    wait("it is sent away", || {
        other.handle.view().connected.is_empty()
    });
    assert!(ear.hub().files().files.is_empty());
    // So much may be fetched because one peer said so, whatever comes of it.
    let outcomes = [1, 2, 3].map(|byte| file([byte; 32], FEED_FORK_BYTES));
    assert_eq!(outcomes[2], Err(Reason::QuotaExceeded));
    drop(ear);
    world.end(vec![liar, other]);
}
