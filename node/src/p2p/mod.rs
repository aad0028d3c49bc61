//! Other nodes over libp2p (specs/peers.md): who is let in, what they may ask, what they are told.
//!
//! One supervised task owns the swarm. It waits for nothing but the network: questions are answered
//! by tasks of their own, as many as there are permits for, each in its time. What a peer answers is
//! bounded before it is read and believed by nobody: a follower checks it against its log's root.
//!
//! ```text
//! follow ─ Handle::ask ─┐                   ┌─ serve (small questions, pushes) ─ Service
//! gossip ─ publish ─────┼─ Command → swarm ─┼─ listening (what was told) ─ Listener
//! watching (roster, urgent) ─┘              └─ bulk (streams) ─ Service
//! ```

mod behaviour;
mod budget;
mod bulk;
mod codec;
mod command;
mod dialing;
mod error;
mod frame;
mod gossip;
mod listening;
pub mod message;
mod names;
mod resolving;
mod roster;
mod run;
mod scoring;
mod serve;
mod shared;
mod supervise;
#[cfg(test)]
mod tests;
mod transport;
mod view;
mod waiting;
mod watching;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fairtrail::id::{KeyId, NetworkId};
use fairtrail::key::SecretKey;
#[cfg(doc)]
use fairtrail::limits::GOSSIP_BYTES;
use fairtrail::log::{Origin, decode_some_entries};
use fairtrail::reason::Reason;
use libp2p::identity::Keypair;
use tokio::sync::{broadcast, oneshot, watch};
use tokio::task::JoinSet;

use self::budget::Kind;
use self::command::{Command, Reply};
pub use self::error::P2pError;
pub use self::gossip::{Deaf, Listener, Topic, Verdict};
use self::message::{Ask, Hello, Pull, Told, Way};
pub use self::names::{key_of, peer_of};
pub use self::roster::{Membership, Roster, Standing, members, membership};
use self::shared::{Identity, Shared};
use self::supervise::{Supervisor, supervise};
use self::transport::Listening;
pub use self::transport::{is_callable, is_supported};
pub use self::view::{ConnectedView, P2pView};
pub use self::waiting::Waiting;
use crate::config::{P2pSettings, PeerAddress};
use crate::core::follow::{Answer, Failure, Question};
use crate::core::{repair, vouching};
use crate::service::Service;

/// Time for a small question, the network's own bounds apart.
const ASK: Duration = Duration::from_secs(12);
/// Time for the first addresses to be known.
const ADDRESSES: Duration = Duration::from_secs(5);

/// What the network of one node is made of.
pub struct Setup<'a> {
    /// The key that connections show.
    pub key: &'a SecretKey,
    /// The network.
    pub network: NetworkId,
    /// The log this node keeps.
    pub origin: Origin,
    /// Where to listen, whom to call and let in, and limits.
    pub settings: P2pSettings,
    /// Peers that are followed: called and let in as those of the settings are.
    pub followed: Vec<PeerAddress>,
    /// What peers ask.
    pub service: Service,
    /// Who understands what is told.
    pub listener: Arc<dyn Listener>,
}

/// A network that listens and does not run yet.
pub struct Network {
    supervisor: Supervisor,
    first: Listening,
}

/// The running network: cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle(Arc<Shared>);

/// The tasks of a running network.
#[derive(Debug)]
pub struct Running {
    tasks: JoinSet<()>,
    beside: JoinSet<()>,
}

impl Network {
    /// Listens. Has to be called within the runtime; `stop` ends what [`Network::run`] begins.
    ///
    /// # Errors
    /// [`P2pError`]: an address is in use, or of no use.
    pub fn listen(setup: Setup<'_>, stop: watch::Receiver<bool>) -> Result<Self, P2pError> {
        let names = names::Names::of(setup.network);
        let keypair = Keypair::ed25519_from_bytes(*setup.key.seed());
        let keypair = keypair.map_err(|_| P2pError::Setup {
            what: "the node's key is refused",
        })?;
        let first = transport::listen(&keypair, &names, &setup.settings, &setup.service.metrics())?;
        let peers = || setup.settings.bootstrap.iter().chain(&setup.followed);
        let configured: BTreeSet<KeyId> = peers().map(|peer| peer.key).collect();
        let dialing = peers().filter_map(|peer| Some((peer.key, peer.address.clone()?)));
        let dialing = dialing.collect();
        let identity = Identity {
            key: setup.key.public().id(),
            hello: Hello {
                network: setup.network,
                origin: setup.origin,
            },
            names,
        };
        let shared = Shared::new(identity, setup.service, setup.listener, configured);
        Ok(Self {
            supervisor: Supervisor {
                shared: Arc::new(shared),
                keypair,
                settings: setup.settings,
                dialing,
                stop,
            },
            first,
        })
    }

    /// What others of this process ask through; it answers once the network runs.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.supervisor.shared))
    }

    /// Runs until asked to stop.
    pub fn run(self) -> Running {
        let (mut tasks, mut beside) = (JoinSet::new(), JoinSet::new());
        let shared = &self.supervisor.shared;
        beside.spawn(watching::roster(Arc::clone(shared)));
        beside.spawn(watching::urgent(Arc::clone(shared)));
        tasks.spawn(supervise(self.supervisor, self.first));
        Running { tasks, beside }
    }
}

impl Running {
    /// Waits until the network has ended; it does once asked to stop.
    pub async fn ended(mut self) {
        // What a task ended by was told.
        while self.tasks.join_next().await.is_some() {}
        self.beside.shutdown().await;
    }
}

impl Handle {
    /// Asks a peer; nothing of the answer is believed yet.
    ///
    /// # Errors
    /// [`Failure`]: [`Reason::GatewayUnreachable`] when it is not connected, [`Reason::NotFound`]
    /// when it does not have it, or what it said.
    pub async fn ask(&self, peer: KeyId, question: Question) -> Result<Answer, Failure> {
        let ask = match Way::of(question) {
            Way::Pull(pull) => return bulk::ask(&self.0, peer, pull).await,
            Way::Ask(ask) => ask,
        };
        match self.small(peer, &ask).await.map_err(Failure)? {
            Told::Checkpoint(note) => Ok(Answer::Checkpoint(note)),
            Told::Tile(hashes) => Ok(Answer::Tile(hashes)),
            Told::Refused(reason) => Err(Failure(reason)),
            Told::Hello(_) | Told::Opening(_) | Told::Taken => Err(Failure(Reason::GatewayAnswer)),
        }
    }

    /// Asks a peer what whoever repairs wants to know; nothing of the answer is believed yet.
    ///
    /// # Errors
    /// As for [`Handle::ask`].
    pub async fn repair(
        &self,
        peer: KeyId,
        question: repair::Question,
    ) -> Result<repair::Answer, Failure> {
        match question {
            repair::Question::Open(keys) => {
                match self.small(peer, &Ask::Open(keys)).await.map_err(Failure)? {
                    Told::Opening(opening) => Ok(repair::Answer::Opening(opening)),
                    Told::Refused(reason) => Err(Failure(reason)),
                    _ => Err(Failure(Reason::GatewayAnswer)),
                }
            }
            repair::Question::Down(id, limit) => {
                let pull = Pull::Down { id, limit };
                let bytes = bulk::pulled(&self.0, peer, pull).await.map_err(Failure)?;
                let entries = decode_some_entries(&bytes, usize::from(limit));
                let entries = entries.map_err(|error| Failure(error.code()))?;
                let entries = entries.into_iter().map(<[u8]>::to_vec);
                Ok(repair::Answer::Entries(entries.collect()))
            }
        }
    }

    /// Asks a peer what whoever checks its index wants to know: hashes, a bundle, or a proof. Nothing
    /// of the answer is believed yet.
    ///
    /// # Errors
    /// As for [`Handle::ask`].
    pub async fn vouching(
        &self,
        peer: KeyId,
        question: vouching::Question,
    ) -> Result<Vec<u8>, Failure> {
        let pull = match question {
            vouching::Question::Tile(tile) => {
                return match self
                    .small(peer, &Ask::IndexTile(tile))
                    .await
                    .map_err(Failure)?
                {
                    Told::Tile(hashes) => Ok(hashes),
                    Told::Refused(reason) => Err(Failure(reason)),
                    _ => Err(Failure(Reason::GatewayAnswer)),
                };
            }
            vouching::Question::Heads(bundle) => Pull::Heads { bundle },
            vouching::Question::Leaves(bundle) => Pull::Entries { bundle, skip: 0 },
            vouching::Question::Update(leaf) => Pull::Update { leaf },
        };
        let answer = bulk::pulled(&self.0, peer, pull).await;
        answer.map_err(Failure)
    }

    /// Tells something to everybody. That it was taken says nothing about who heard it.
    ///
    /// # Errors
    /// [`Reason::TooLarge`] beyond [`GOSSIP_BYTES`]; [`Reason::Overloaded`] and
    /// [`Reason::GatewayUnreachable`] when nothing can be told at present.
    pub async fn publish(&self, topic: Topic, bytes: Vec<u8>) -> Result<(), Reason> {
        self.command(|reply| Command::Publish {
            topic,
            bytes,
            reply,
        })
        .await
    }

    /// What this node is to the network, by what its own log held a moment ago.
    pub fn membership(&self) -> Membership {
        self.0.membership()
    }

    /// Tells one peer something; that it was taken says nothing about what becomes of it.
    ///
    /// # Errors
    /// As for [`Handle::ask`]; [`Reason::RequestMalformed`] when no honest node says such a thing.
    pub async fn tell(&self, peer: KeyId, message: Vec<u8>) -> Result<(), Reason> {
        self.0.pace(peer, Kind::Gossip).await;
        match self.small(peer, &Ask::Tell(message)).await? {
            Told::Taken => Ok(()),
            Told::Refused(reason) => Err(reason),
            Told::Checkpoint(_) | Told::Hello(_) | Told::Opening(_) | Told::Tile(_) => {
                Err(Reason::GatewayAnswer)
            }
        }
    }

    /// Tells everybody who is connected something each alone, and waits for nobody.
    pub async fn tell_each(&self, message: Vec<u8>) {
        let ask = Ask::Tell(message).to_bytes();
        self.0.tell(Command::Everybody(ask.into())).await;
    }

    /// Fetches a fraud file from whoever announced it; nothing of it is believed yet.
    ///
    /// # Errors
    /// As for [`Handle::ask`]; [`Reason::QuotaExceeded`] when this peer has announced too much.
    pub async fn file(
        &self,
        peer: KeyId,
        digest: [u8; 32],
        bytes: usize,
    ) -> Result<Vec<u8>, Reason> {
        let now = self.0.now();
        let within = self.0.budgets().wait(peer, Kind::File, bytes as u64, now);
        if within.is_err() {
            self.0.metrics.over_budget(Kind::File.word());
            return Err(Reason::QuotaExceeded);
        }
        bulk::pulled(&self.0, peer, Pull::File { digest, bytes }).await
    }

    /// Notes that a peer sent what no honest node sends; it is sent away if it goes on.
    pub fn fault(&self, peer: KeyId, what: &str) {
        self.0.fault(peer, what);
    }

    /// Peers that said who they are, from now on.
    pub fn greeted(&self) -> broadcast::Receiver<KeyId> {
        self.0.greeted.subscribe()
    }

    /// How the network is doing.
    pub fn view(&self) -> P2pView {
        self.0.status().view(|key| self.0.standing(key))
    }

    /// Where the network listens, once it does; those that are known by then, after five seconds.
    pub async fn listening(&self, at_least: usize) -> Vec<String> {
        let known = async {
            while self.0.status().listening.len() < at_least {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // Those that are known are answered in any case.
        let _ = tokio::time::timeout(ADDRESSES, known).await;
        self.view().listening
    }

    async fn small(&self, peer: KeyId, ask: &Ask) -> Result<Told, Reason> {
        self.0.pace(peer, Kind::Ask).await;
        let peer = peer_of(peer).ok_or(Reason::GatewayUnreachable)?;
        let question = ask.to_bytes();
        let told = self.command(|reply| Command::Ask {
            peer,
            question,
            reply,
        });
        Told::parse(&told.await?).map_err(|error| error.code())
    }

    async fn command<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Reason> {
        let (reply, told) = oneshot::channel();
        let asked = async {
            self.0.tell(command(reply)).await;
            // A command that nobody takes is dropped with its reply.
            told.await.unwrap_or(Err(Reason::GatewayUnreachable))
        };
        let asked = tokio::time::timeout(ASK, asked).await;
        asked.unwrap_or(Err(Reason::RequestTimeout))
    }
}
