//! A node that a bench starts.

#![allow(dead_code, reason = "not every bench needs all of it")]

use crate::support::charter;
use fairtrail::api::Batch;
use fairtrail::client::Gateway;
use fairtrail::log::Origin;
use fairtrail_node::boot::Node;
use fairtrail_node::config::{Overrides, Settings};
use fairtrail_node::ops::{self, Init};
use fairtrail_node::service::Service;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// Where a node is reached, and the key of its log.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) address: SocketAddr,
    pub(crate) vkey: String,
}

/// A node that serves in this process.
pub(crate) struct Served {
    pub(crate) service: Service,
    pub(crate) address: SocketAddr,
    pub(crate) vkey: String,
    over: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Served {
    /// Makes a node that follows these logs, lets it take up what is given, and serves.
    pub(crate) fn new(dir: &Path, name: &str, follow: Option<&Seen>, given: Vec<Batch>) -> Self {
        let data_dir = dir.join(name);
        let made = ops::init(Init {
            data_dir: data_dir.clone(),
            charter: charter(),
            origin: origin(name),
            guard_dir: None,
            keys_dir: None,
        });
        let vkey = made.unwrap().vkeys.vkeys.log;
        let file = data_dir.join("node.toml");
        let mut text = fs_err::read_to_string(&file).unwrap();
        if let Some(Seen { address, vkey: key }) = follow {
            let source = key.split('+').next().unwrap();
            text += &format!(
                "\n[[follow]]\norigin = \"{source}\"\nkey = \"{key}\"\nurl = \"http://{address}\"\n"
            );
        }
        fs_err::write(file, text).unwrap();
        let overrides = Overrides {
            listen: Some("127.0.0.1:0".parse().unwrap()),
            ..Overrides::default()
        };
        let node = Node::start(Settings::load(&data_dir, overrides).unwrap()).unwrap();
        let (service, address) = (node.service(), node.address());
        for batch in given {
            node.runtime().block_on(service.take_up(batch)).unwrap();
        }
        let (over, done) = oneshot::channel::<()>();
        let serve = move || {
            let asked = async {
                // Given up or told, it is over.
                let _ = done.await;
            };
            node.serve(asked).unwrap();
        };
        Self {
            service,
            address,
            vkey,
            over: Some(over),
            serving: Some(thread::spawn(serve)),
        }
    }

    pub(crate) fn admitted(&self) -> u64 {
        self.service.health().admitted
    }

    pub(crate) fn published(&self) -> u64 {
        self.service.checkpoint().size().get()
    }

    pub(crate) fn seen(&self) -> Seen {
        Seen {
            address: self.address,
            vkey: self.vkey.clone(),
        }
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::at(&format!("http://{}", self.address)).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.over.take());
        self.serving.take().unwrap().join().unwrap();
    }
}

pub(crate) fn origin(name: &str) -> Origin {
    format!("{name}.example/log/e1").parse().unwrap()
}
