//! `demo`: the scenario on real nodes of this process, asked about by a real buyer.
//!
//! Entries go in through the gateways, as authors submit them, each author at a node of its own, but
//! for the one fork, which no door takes. The buyer reads all logs through the gateways and trusts
//! only a policy.

use super::bundled::Indexes;
use super::founding::Founding;
use super::nodes::{self, Nodes, Seat};
use super::{Arrival, DemoError, Scenario, Verified, World};
use crate::ledger::LedgerError;
use crate::ops::NodeError;
use fairtrail::client::{Gateway, Missing, Store, sync};
use fairtrail::files::replace;
use fairtrail::policy::Policy;
use fairtrail::replica::{Reader, Replica};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use tokio::sync::watch;

/// What a demonstration is run with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where it lives; an existing one is taken up again.
    pub dir: PathBuf,
    /// Where the gateway of its first node listens.
    pub listen: SocketAddr,
    /// Verify every story and end.
    pub once: bool,
}

/// What is told to whoever watches.
#[derive(Debug)]
pub enum Told<'a> {
    /// Everything is in: here is what to ask.
    Ready(&'a Ready),
    /// One story, verified.
    Verified(&'a Verified),
}

/// A demonstration that stands.
#[derive(Debug)]
pub struct Ready {
    /// The gateways.
    pub urls: Vec<String>,
    /// The policy of a buyer who trusts them together.
    pub policy: PathBuf,
    /// Number of entries in each log.
    pub entries: u64,
    /// Each story with its subject.
    pub questions: Vec<(super::Story, String)>,
}

/// Runs the demonstration until it is asked to stop, or with `once` until every story is verified.
/// True when everything came out as the scenario says.
///
/// # Errors
/// [`DemoError`].
pub fn run(
    plan: &Plan,
    now: Timestamp,
    tell: &mut dyn FnMut(&Told<'_>),
) -> Result<bool, DemoError> {
    let founding = Founding::in_dir(&plan.dir, now)?;
    let scenario = Scenario::built_in()?;
    let world = World::build(&scenario, founding.seed, founding.founded)?;
    let Nodes { nodes, policy } = nodes::start(&plan.dir, plan.listen, &world)?;
    let stage = Stage {
        seats: nodes.iter().map(Seat::at).collect::<Result<_, _>>()?,
        dir: plan.dir.clone(),
        policy,
        scenario,
        world,
        once: plan.once,
        now,
    };
    let (over, done) = watch::channel(());
    let (said, hears) = mpsc::channel();
    let play = thread::spawn(move || stage.play(&said));
    let serve = |node: crate::boot::Node| {
        let mut done = done.clone();
        thread::spawn(move || {
            node.serve(async move {
                // Given up or told, it is over.
                let _ = done.changed().await;
            })
        })
    };
    let serving: Vec<_> = nodes.into_iter().map(serve).collect();
    for message in hears {
        match &message {
            Message::Ready(ready) => tell(&Told::Ready(ready)),
            Message::Verified(verified) => tell(&Told::Verified(verified)),
        }
    }
    let played = play.join().unwrap_or(Err(DemoError::Panicked));
    // After a good start the nodes go on serving until they are asked to stop by a signal.
    let over = (!plan.once && played.is_ok()).then_some(over);
    let served: Vec<_> = serving.into_iter().map(thread::JoinHandle::join).collect();
    drop(over);
    for served in served {
        served.unwrap_or(Err(NodeError::Ledger(LedgerError::Stopped)))?;
    }
    played
}

enum Message {
    Ready(Ready),
    Verified(Box<Verified>),
}

/// Everything the play needs, apart from the threads that serve.
struct Stage {
    seats: Vec<Seat>,
    dir: PathBuf,
    policy: String,
    scenario: Scenario,
    world: World,
    once: bool,
    now: Timestamp,
}

impl Stage {
    fn play(&self, said: &mpsc::Sender<Message>) -> Result<bool, DemoError> {
        let entries = self.submit()?;
        for seat in &self.seats {
            seat.wait_for(entries);
        }
        let policy = self.write_policy()?;
        // Whoever watches may have gone; the play goes on.
        let _ = said.send(Message::Ready(self.ready(&policy, entries)?));
        if self.once {
            self.verify(entries, said)
        } else {
            Ok(true)
        }
    }

    /// Submits everything, each batch where its author writes. What it builds on may have to come
    /// there from another node first, and what different nodes hear about one party stands in the
    /// first log, whose order a buyer sees, in that of the scenario.
    fn submit(&self) -> Result<u64, DemoError> {
        let mut entries = 0;
        let mut spreading: Vec<(usize, SubjectId)> = Vec::new();
        for Arrival {
            batch,
            followed,
            node,
        } in &self.world.arrivals
        {
            let seat = self.seats.get(*node).ok_or(DemoError::Panicked)?;
            let about = batch.0.iter().flat_map(|one| &one.entry.header().subjects);
            let about: BTreeSet<_> = about.cloned().collect();
            let elsewhere =
                |(at, subject): &(usize, SubjectId)| at != node && about.contains(subject);
            if spreading.iter().any(elsewhere) {
                self.first()?.wait_to_hold(entries);
                spreading.clear();
            }
            spreading.extend(about.into_iter().map(|subject| (*node, subject)));
            if *followed {
                seat.take_up(batch, entries)?;
            } else {
                seat.submit(batch, entries)?;
            }
            entries += batch.0.len() as u64;
        }
        Ok(entries)
    }

    fn first(&self) -> Result<&Seat, DemoError> {
        self.seats.first().ok_or(DemoError::Panicked)
    }

    fn write_policy(&self) -> Result<PathBuf, DemoError> {
        let file = self.dir.join("policy.toml");
        replace(&file, self.policy.as_bytes())?;
        replace(
            &self.dir.join("network.charter"),
            self.world.charter.bytes(),
        )?;
        Ok(file)
    }

    fn ready(&self, policy: &Path, entries: u64) -> Result<Ready, DemoError> {
        let question = |story: &super::Story| {
            Ok((
                story.clone(),
                self.world.subject(&story.subject)?.to_string(),
            ))
        };
        let questions = self.scenario.stories().iter().map(question);
        let questions = questions.collect::<Result<_, DemoError>>()?;
        Ok(Ready {
            urls: self.seats.iter().map(|seat| seat.url.clone()).collect(),
            policy: policy.to_path_buf(),
            entries,
            questions,
        })
    }

    /// Asks as a buyer does, from the policy and the gateways alone, and both ways: from whole logs
    /// and from what their indexes prove.
    fn verify(&self, entries: u64, said: &mpsc::Sender<Message>) -> Result<bool, DemoError> {
        let policy = Policy::parse(&self.policy)?;
        let replicas = self.read(&policy)?;
        let (first, more) = replicas.split_first().ok_or(DemoError::Panicked)?;
        let more: Vec<_> = more.iter().collect();
        let reader = Reader::over(first, &more, &policy, None)?;
        let indexes = Indexes::new(&policy, entries)?;
        let mut agree = true;
        for story in self.scenario.stories() {
            let mut verified = story.ask(&self.world, &reader, &policy, self.now)?;
            let inquired = indexes.inquire(&self.world.subject(&story.subject)?)?;
            verified.compare(&self.world, &policy, self.now, &inquired);
            agree &= verified.differences.is_empty();
            let _ = said.send(Message::Verified(Box::new(verified)));
        }
        Ok(agree)
    }

    /// Every log of the policy, recomputed.
    fn read(&self, policy: &Policy) -> Result<Vec<Replica>, DemoError> {
        let home = self.dir.join("buyer");
        let read = |log: &fairtrail::log::PolicyLog| {
            let gateway = Gateway::at(log.url().unwrap_or_default())?;
            let mut store = Store::open(&home, policy.network(), log)?;
            let replica = sync(&gateway, &mut store, policy, Missing::All, &mut |_| {})?;
            Ok(replica)
        };
        policy.logs().logs().iter().map(read).collect()
    }
}
