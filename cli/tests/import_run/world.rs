//! A home directory with a root and an observer, a node that knows both, and a register.

use crate::node::Wire;
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{Draft, Grant, NetworkClaim, Pair, Role, ScopeItem};
use fairtrail::files::{AuthorDir, AuthorName, Home, Seen};
use fairtrail::id::AuthorId;
use fairtrail::key::SecretKey;
use fairtrail::time::Timestamp;
use fairtrail_cli::exit::Exit;
use fairtrail_cli::ui::Ui;
use fairtrail_cli::{Shell, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) wire: Wire,
    pub(crate) observer: AuthorId,
}

/// What a command left behind.
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-08-24"
        .parse::<fairtrail::time::Date>()
        .unwrap()
        .start()
}

fn pair(seed: u8) -> Pair {
    let key = |seed: u8| SecretKey::from_seed([seed; 32]).public();
    Pair {
        key: key(seed).id(),
        next: key(seed + 100).next_digest(),
    }
}

fn charter(root: Pair) -> Charter {
    Charter::new(&Terms {
        version: 1,
        created: Timestamp::new(1_760_000_000).unwrap(),
        name: "Test network".into(),
        roots: vec![root],
        threshold: 1,
        reply_desks: vec![pair(4)],
        roles: vec!["auditor".into(), "observer".into()],
        terms: "none".into(),
        contact: "nobody".into(),
        licence: "none".into(),
        envelope: 1,
    })
    .unwrap()
}

impl World {
    /// An observer whose grant covers what it has to say: itself and its rows.
    pub(crate) fn new() -> Self {
        Self::with_scope(|observer| {
            let text = observer.to_string();
            let rows = text.replace("author:", "row:") + ":*";
            vec![text, rows]
        })
    }

    pub(crate) fn with_scope(scope: impl Fn(AuthorId) -> Vec<String>) -> Self {
        Self::with_role(Role::Observer, scope)
    }

    pub(crate) fn with_role(role: Role, scope: impl Fn(AuthorId) -> Vec<String>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("home"));
        let name = |name: &str| name.parse::<AuthorName>().unwrap();
        let mut root = AuthorDir::create(&home.author(&name("root")), home.guard()).unwrap();
        let charter = charter(root.pair());
        let wire = Wire::new(charter.clone(), now());
        root.join(&charter, now()).unwrap();
        root.begin(Seen::Offline).unwrap();
        deliver(&wire, &mut root);
        let mut author = AuthorDir::create(&home.author(&name("watcher")), home.guard()).unwrap();
        let observer = author.join(&charter, now()).unwrap();
        let scope = scope(observer);
        let mut scope: Vec<_> = scope.iter().map(|s| ScopeItem::parse(s).unwrap()).collect();
        scope.sort();
        let grant = NetworkClaim::Grant(Grant {
            to: observer,
            role,
            scope,
            from: "2026-01-01".parse().unwrap(),
            to_date: "2027-01-01".parse().unwrap(),
            may_delegate: vec![],
            succeeds: None,
        });
        let root_id = root.state().membership.as_ref().unwrap().author;
        let mut signing = root.signing(None, Seen::Offline).unwrap();
        signing
            .push(&Draft::network(grant, root_id, now()))
            .unwrap();
        signing.finish().unwrap();
        deliver(&wire, &mut root);
        author.begin(Seen::Offline).unwrap();
        deliver(&wire, &mut author);
        let grants = wire.node().grants_to(observer);
        author.remember_grant(grants[0]).unwrap();
        Self {
            dir,
            wire,
            observer,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn home(&self) -> Home {
        Home::new(self.path("home"))
    }

    pub(crate) fn author(&self) -> AuthorDir {
        let name: AuthorName = "watcher".parse().unwrap();
        AuthorDir::open(&self.home().author(&name), self.home().guard()).unwrap()
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.path("home/imports/watcher/uk-sponsor")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs_err::write(&path, text).unwrap();
        path
    }

    /// Runs a command against the node.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        let (ui, out, err) = Ui::captured(None);
        let wire = self.wire.clone();
        let connect = move |_: &str| Ok(wire.gateway());
        let mut shell = Shell {
            ui,
            now: self.wire.node().now,
            connect: &connect,
        };
        let home = self.path("home");
        let home = home.to_str().unwrap();
        let mut line = vec!["fairtrail"];
        line.extend(words);
        line.extend(["--home", home, "--gateway", "http://node.example"]);
        let exit = run(&mut shell, line);
        let (out, err) = (out.text(), err.text());
        Ran { exit, out, err }
    }

    /// Imports files without asking.
    pub(crate) fn import(&self, files: &[&Path]) -> Ran {
        let mut words = vec!["import", "register", "--format", "uk-sponsor"];
        words.extend(files.iter().map(|path| path.to_str().unwrap()));
        words.extend(["--as", "watcher", "--yes", "--json"]);
        self.run(&words)
    }

    /// Entries of the observer beyond its begin.
    pub(crate) fn stated(&self) -> usize {
        let node = self.wire.node();
        let own = node
            .entries
            .iter()
            .filter(|(entry, _)| entry.author() == self.observer);
        own.count() - 1
    }
}

fn deliver(wire: &Wire, author: &mut AuthorDir) {
    let gateway = wire.gateway();
    let key = gateway.log().unwrap().promise_vkey.parse().unwrap();
    let pinned = fairtrail::client::Pinned {
        promise: &key,
        logs: None,
    };
    for pending in author.pending().unwrap() {
        gateway.submit(pending.batch(), &pinned, None).unwrap();
        author.acknowledge(&pending).unwrap();
    }
}
