//! The addresses of one log, whatever carries the questions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fairtrail::client::{Gateway, Http};
use fairtrail::id::KeyId;
use fairtrail::reason::Reason;

use super::http;
use crate::config::FollowSettings;
use crate::core::follow::{Answer, Failure, Question, Reads};
use crate::core::repair;
use crate::p2p::Handle;

/// Where a log is asked.
#[derive(Debug)]
enum Address {
    /// With its name.
    Gateway(String, Arc<Gateway>),
    Peer(Handle, KeyId),
}

/// The addresses of one log. Every answer is verified, so that any of them may give it.
#[derive(Debug)]
pub(super) struct Mirrors {
    addresses: Vec<Address>,
    /// Where the last question was answered.
    good: AtomicUsize,
}

impl Mirrors {
    pub(super) fn new(settings: &FollowSettings, network: Option<&Handle>) -> Self {
        let peer = settings.peer.as_ref().zip(network);
        let peer = peer.map(|(peer, network)| Address::Peer(network.clone(), peer.key));
        let gateways = settings.urls.iter().map(|url| {
            let gateway = Gateway::new(Http::new(url.clone()));
            Address::Gateway(url.to_string(), Arc::new(gateway))
        });
        Self {
            addresses: peer.into_iter().chain(gateways).collect(),
            good: AtomicUsize::new(0),
        }
    }

    /// Every gateway, with its name.
    pub(super) fn gateways(&self) -> impl Iterator<Item = (&str, &Arc<Gateway>)> {
        self.addresses.iter().filter_map(|address| match address {
            Address::Gateway(name, gateway) => Some((name.as_str(), gateway)),
            Address::Peer(..) => None,
        })
    }

    /// Asks elsewhere first from now on: what the last address answered was of no use.
    pub(super) fn turn(&self) {
        self.good.fetch_add(1, Ordering::Relaxed);
    }

    /// Asks where it went well last, then at the other addresses in turn.
    pub(super) async fn ask(&self, question: Question) -> Result<Answer, Failure> {
        // Only a peer can have what is for members, and it is the first address.
        let members = matches!(
            question,
            Question::Parts {
                reads: Reads::Network,
                ..
            }
        );
        let first = if members {
            0
        } else {
            self.good.load(Ordering::Relaxed)
        };
        let mut failure = Failure(Reason::GatewayUnreachable);
        for more in 0..self.addresses.len() {
            let at = first.wrapping_add(more) % self.addresses.len().max(1);
            let Some(address) = self.addresses.get(at) else {
                continue;
            };
            match address.ask(question).await {
                Ok(answer) => {
                    self.good.store(at, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(found) => failure = found,
            }
        }
        Err(failure)
    }
}

impl Mirrors {
    /// Asks where it went well last, then at the other addresses in turn.
    pub(super) async fn repair(
        &self,
        question: repair::Question,
    ) -> Result<repair::Answer, Failure> {
        let first = self.good.load(Ordering::Relaxed);
        let mut failure = Failure(Reason::GatewayUnreachable);
        for more in 0..self.addresses.len() {
            let at = first.wrapping_add(more) % self.addresses.len().max(1);
            let Some(address) = self.addresses.get(at) else {
                continue;
            };
            match address.repair(question.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(found) => failure = found,
            }
        }
        Err(failure)
    }
}

impl Address {
    async fn repair(&self, question: repair::Question) -> Result<repair::Answer, Failure> {
        match self {
            Self::Gateway(_, gateway) => http::repair(Arc::clone(gateway), question).await,
            Self::Peer(network, key) => network.repair(*key, question).await,
        }
    }

    async fn ask(&self, question: Question) -> Result<Answer, Failure> {
        match self {
            Self::Gateway(_, gateway) => http::ask(Arc::clone(gateway), question).await,
            Self::Peer(network, key) => network.ask(*key, question).await,
        }
    }
}
