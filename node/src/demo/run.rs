//! `demo`: the scenario on a real node of this process, asked about by a real buyer.
//!
//! Entries go in through the gateway, as authors submit them, but for the one fork, which no door
//! takes. The buyer reads the log through the gateway and trusts only a policy.

use super::founding::Founding;
use super::{DemoError, Scenario, Verified, World};
use crate::boot::Node;
use crate::config::{Overrides, Settings};
use crate::ledger::LedgerError;
use crate::ops::{Init, NodeError, init};
use crate::service::Service;
use fairtrail::client::{Gateway, Missing, Pinned, Store, sync};
use fairtrail::files::replace;
use fairtrail::log::Origin;
use fairtrail::note::NoteVerifier;
use fairtrail::policy::{Policy, starter};
use fairtrail::time::Timestamp;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// What a demonstration is run with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where it lives; an existing one is taken up again.
    pub dir: PathBuf,
    /// Where its gateway listens.
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
    /// The gateway.
    pub url: String,
    /// The policy a buyer starts from.
    pub policy: PathBuf,
    /// Number of entries in the log.
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
    let node = start(plan, &world)?;
    let stage = Stage {
        url: format!("http://{}", node.address()),
        dir: plan.dir.clone(),
        service: node.service(),
        handle: node.runtime().handle().clone(),
        scenario,
        world,
        once: plan.once,
        now,
    };
    let (over, done) = oneshot::channel::<()>();
    let (said, hears) = mpsc::channel();
    let play = thread::spawn(move || stage.play(&said));
    let serve = thread::spawn(move || {
        node.serve(async {
            // Given up or told, it is over.
            let _ = done.await;
        })
    });
    for message in hears {
        match &message {
            Message::Ready(ready) => tell(&Told::Ready(ready)),
            Message::Verified(verified) => tell(&Told::Verified(verified)),
        }
    }
    let played = play.join().unwrap_or(Err(DemoError::Panicked));
    // After a good start the node goes on serving until it is asked to stop by a signal.
    let over = (!plan.once && played.is_ok()).then_some(over);
    let served = serve.join();
    drop(over);
    served.unwrap_or(Err(NodeError::Ledger(LedgerError::Stopped)))?;
    played
}

enum Message {
    Ready(Ready),
    Verified(Box<Verified>),
}

/// Everything the play needs, apart from the thread that serves.
struct Stage {
    url: String,
    dir: PathBuf,
    service: Service,
    handle: Handle,
    scenario: Scenario,
    world: World,
    once: bool,
    now: Timestamp,
}

/// The origin of a demonstration's log: whoever remembers another one is not asked to believe that
/// this is the same log under another key.
fn origin(world: &World) -> Result<Origin, DemoError> {
    let network = fairtrail::id::to_base32(world.charter.network().as_bytes());
    let origin = format!("localhost/demo-{network:.8}/e1");
    origin.parse().map_err(|_| DemoError::Panicked)
}

fn start(plan: &Plan, world: &World) -> Result<Node, DemoError> {
    let data_dir = plan.dir.join("node");
    if !data_dir.exists() {
        init(Init {
            data_dir: data_dir.clone(),
            charter: world.charter.clone(),
            origin: origin(world)?,
            guard_dir: None,
            keys_dir: None,
        })?;
    }
    let overrides = Overrides {
        listen: Some(plan.listen),
        ..Overrides::default()
    };
    Ok(Node::start(Settings::load(&data_dir, overrides)?)?)
}

impl Stage {
    fn play(&self, said: &mpsc::Sender<Message>) -> Result<bool, DemoError> {
        let gateway = Gateway::at(&self.url)?;
        let entries = self.submit(&gateway)?;
        self.wait_for(entries);
        let policy = self.write_policy(&gateway)?;
        // Whoever watches may have gone; the play goes on.
        let _ = said.send(Message::Ready(self.ready(&policy, entries)?));
        if self.once {
            self.verify(&gateway, &policy, said)
        } else {
            Ok(true)
        }
    }

    /// Submits everything; what is known from an earlier run is acknowledged again.
    fn submit(&self, gateway: &Gateway) -> Result<u64, DemoError> {
        let promise: NoteVerifier = gateway
            .log()?
            .promise_vkey
            .parse()
            .map_err(|_| DemoError::Panicked)?;
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        let mut entries = 0;
        for arrival in &self.world.arrivals {
            if arrival.followed {
                self.handle
                    .block_on(self.service.take_up(arrival.batch.clone()))?;
            } else {
                gateway.submit(&arrival.batch, &pinned, None)?;
            }
            entries += arrival.batch.0.len() as u64;
        }
        Ok(entries)
    }

    fn wait_for(&self, entries: u64) {
        let mut published = self.service.published();
        // A log that has ended publishes nothing more; asking it will say so.
        let _ = self
            .handle
            .block_on(published.wait_for(|now| now.size().get() >= entries));
    }

    fn write_policy(&self, gateway: &Gateway) -> Result<PathBuf, DemoError> {
        let text = starter(&self.world.charter, &gateway.log()?, &self.url);
        let file = self.dir.join("policy.toml");
        replace(&file, text.as_bytes())?;
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
            url: self.url.clone(),
            policy: policy.to_path_buf(),
            entries,
            questions,
        })
    }

    /// Asks as a buyer does: from the policy file and the gateway alone.
    fn verify(
        &self,
        gateway: &Gateway,
        policy: &Path,
        said: &mpsc::Sender<Message>,
    ) -> Result<bool, DemoError> {
        let policy = Policy::parse(&fs_err::read_to_string(policy).map_err(DemoError::Read)?)?;
        let log = policy.logs().logs().first().ok_or(DemoError::Panicked)?;
        let mut store = Store::open(&self.dir.join("buyer"), policy.network(), log)?;
        let replica = sync(gateway, &mut store, &policy, Missing::All, &mut |_| {})?;
        let reader = replica.reader(&policy, None);
        let mut agree = true;
        for story in self.scenario.stories() {
            let verified = story.ask(&self.world, &reader, &policy, self.now)?;
            agree &= verified.differences.is_empty();
            let _ = said.send(Message::Verified(Box::new(verified)));
        }
        Ok(agree)
    }
}
