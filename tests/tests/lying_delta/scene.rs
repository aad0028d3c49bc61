//! A node, a gateway before it that lies about bundles alone, and somebody who asks through that.

use crate::front::{Front, Request};
use crate::lies::{Known, Lie, stranger};
use crate::node::Node;
use crate::root::{FOUNDED, Root, charter, policy};
use crate::watching::Watching;
use fairtrail::bundle::{Bundle, Question, Trust, complete, open};
use fairtrail::client::Gateway;
use fairtrail::id::EntryId;
use fairtrail::policy::Policy;
use fairtrail::rules::{self, Verdict, judge};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use fairtrail_tests::binaries;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// To what the gateway answers with a lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Never,
    /// To who asks for what came since.
    Since,
    /// To whoever asks for a bundle.
    Always,
}

struct Liar {
    lie: Lie,
    when: When,
    before: Bundle,
    earlier: Bundle,
    told: usize,
    /// The last question asked for what came since.
    since: bool,
}

pub(crate) struct Scene {
    dir: TempDir,
    node: Node,
    root: Root,
    liar: Arc<Mutex<Liar>>,
    /// The true and whole answer before somebody spoke last.
    pub(crate) before: Bundle,
}

fn author() -> SubjectId {
    Root::begin().entries[0].author().into()
}

fn question() -> Question {
    Question {
        subjects: [author()].into(),
        ..Question::default()
    }
}

/// The true answer, once the index covers so many leaves.
fn whole(node: &Node, size: u64) -> Bundle {
    for _ in 0..300 {
        if let Ok(bundle) = node.gateway().bundle(&question()) {
            let entries = bundle.entries.len() as u64;
            // All leaves are about the one author.
            if entries == size {
                return bundle;
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("the index does not cover {size} leaves");
}

fn answer(request: Request, node: &Gateway, liar: &Mutex<Liar>) -> std::io::Result<()> {
    let query = request.path.strip_prefix("/v1/bundle?");
    let asked = query.map(|query| Question::parse_query(query).unwrap());
    let lies = |asked: &Question| {
        let mut liar = liar.lock().unwrap();
        liar.since = asked.since.is_some();
        match liar.when {
            When::Never => false,
            When::Since => asked.since.is_some(),
            When::Always => true,
        }
    };
    let Some(asked) = asked.filter(lies) else {
        return request.pass();
    };
    let mut other = asked.clone();
    other.subjects = [stranger()].into();
    let mut stray = Root::begin();
    stray.say(77_777);
    let mut liar = liar.lock().unwrap();
    let known = Known {
        truth: node.bundle(&asked).unwrap(),
        before: liar.before.clone(),
        earlier: liar.earlier.clone(),
        elsewhere: node.bundle(&other).unwrap(),
        stray: stray.entries.pop().unwrap(),
    };
    let (status, content) = liar.lie.tell(&known);
    liar.told += 1;
    drop(liar);
    let media = "application/vnd.fairtrail.bundle+cbor";
    request.answer(status, media)?.write_all(&content)
}

impl Scene {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("network.charter");
        fs_err::write(&file, charter().bytes()).unwrap();
        let mut node = Node::new(dir.path(), &file, "coast");
        node.start();
        let mut root = Root::begin();
        root.publish(&node);
        let earlier = whole(&node, root.len());
        root.say(20);
        root.publish(&node);
        let before = whole(&node, root.len());
        let liar = Arc::new(Mutex::new(Liar {
            lie: Lie::Empty,
            when: When::Never,
            before: before.clone(),
            earlier,
            told: 0,
            since: false,
        }));
        let (url, mind) = (node.url(), Arc::clone(&liar));
        let front = Front::new(&node.url(), move |request| {
            answer(request, &Gateway::at(&url).unwrap(), &mind)
        });
        let text = policy(&node, &front.url());
        fs_err::write(dir.path().join("policy.toml"), text).unwrap();
        Self {
            dir,
            node,
            root,
            liar,
            before,
        }
    }

    /// Somebody speaks; what was true before is known to the liar.
    pub(crate) fn say(&mut self) -> EntryId {
        let before = whole(&self.node, self.root.len());
        let mut liar = self.liar.lock().unwrap();
        if liar.before != before {
            liar.earlier = std::mem::replace(&mut liar.before, before.clone());
            self.before = before;
        }
        drop(liar);
        self.root.say(20 + self.root.len());
        self.root.publish(&self.node);
        whole(&self.node, self.root.len());
        self.root.entries.last().unwrap().id()
    }

    /// From now on the gateway says this; who holds a file holds the one of before.
    pub(crate) fn tell(&self, lie: Lie, when: When) {
        fs_err::write(self.path("file.bundle"), self.before.to_bytes()).unwrap();
        let mut liar = self.liar.lock().unwrap();
        (liar.lie, liar.when, liar.told) = (lie, when, 0);
    }

    /// How often it was told.
    pub(crate) fn told(&self) -> usize {
        self.liar.lock().unwrap().told
    }

    /// Whether only what came since was asked for last.
    pub(crate) fn asked_since(&self) -> bool {
        self.liar.lock().unwrap().since
    }

    /// What is held, brought up to date by the node itself.
    pub(crate) fn kept_up(&self) -> Bundle {
        let since = question().since(&self.before).unwrap();
        let came = self.node.gateway().bundle(&since).unwrap();
        complete(&self.before, came).unwrap()
    }

    /// The true and whole answer now.
    pub(crate) fn truth(&self) -> Bundle {
        whole(&self.node, self.root.len())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs_err::read(self.path("file.bundle")).unwrap()
    }

    pub(crate) fn file(&self) -> Bundle {
        Bundle::parse(&self.bytes()).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What a bundle means to the buyer, always at the same instant.
    pub(crate) fn verdict(&self, bundle: &Bundle) -> Verdict {
        let policy = fs_err::read_to_string(self.path("policy.toml")).unwrap();
        let policy = Policy::parse(&policy).unwrap();
        let trust = Trust {
            network: policy.network(),
            logs: policy.logs(),
            indexes: policy.indexes().unwrap(),
        };
        let evidence = open(&bundle.to_bytes(), trust).unwrap();
        let history = evidence.history(&[author()], &policy, None).unwrap();
        let now = Timestamp::new(FOUNDED).unwrap();
        let as_of = now.date();
        judge(&history, &policy, rules::Question { as_of, now })
    }

    /// The program, with a home of its own.
    fn fairtrail(&self, home: &str) -> Command {
        let mut command = Command::new(binaries::directory().join("fairtrail"));
        command.env("FAIRTRAIL_HOME", self.path(home));
        command.current_dir(self.dir.path());
        command
    }

    /// `bundle update`, by somebody who saw nothing of the log but the file.
    pub(crate) fn update(&self) -> (Option<i32>, String, String) {
        let home = tempfile::tempdir_in(self.dir.path()).unwrap();
        let mut command = self.fairtrail(home.path().to_str().unwrap());
        command.args(["bundle", "update", "file.bundle", "--policy", "policy.toml"]);
        let output = command.arg("--json").output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let status = output.status.code();
        (status, text(output.stdout), text(output.stderr))
    }

    /// A watch that asks the index as soon as it hears something.
    pub(crate) fn watch(&self) -> Watching {
        let mut command = self.fairtrail("home");
        command.args(["watch", author().as_str(), "--by-index", "--json"]);
        command.args(["--interval", "1", "--full", "3", "--state", "state"]);
        command.args(["--exec", "cat >> told.jsonl", "--policy", "policy.toml"]);
        let notes = fs_err::File::create(self.path("notes")).unwrap();
        command.stderr(Stdio::from(notes.into_parts().0));
        Watching::start(&mut command, &self.path("out.jsonl"))
    }

    pub(crate) fn said(&self) -> String {
        fs_err::read_to_string(self.path("out.jsonl")).unwrap()
    }

    fn notes(&self) -> String {
        fs_err::read_to_string(self.path("notes")).unwrap()
    }

    /// What was handed to the command.
    pub(crate) fn changes(&self) -> Vec<String> {
        let told = fs_err::read_to_string(self.path("told.jsonl"));
        told.map_or_else(
            |_| Vec::new(),
            |told| told.lines().map(str::to_owned).collect(),
        )
    }

    pub(crate) fn wait_until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        for _ in 0..300 {
            if done(self) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let lie = self.liar.lock().unwrap().lie;
        panic!("{what}: {lie:?}: {}{}", self.said(), self.notes());
    }

    /// Waits until the watch says why nothing is read, by a code; whether it ended by that.
    pub(crate) fn wait_for_reason(&self, watching: &mut Watching) -> bool {
        for _ in 0..300 {
            if let Some(status) = watching.0.try_wait().unwrap() {
                assert_eq!(status.code(), Some(3), "{}", self.notes());
                // `error: … [code]`
                assert!(self.notes().contains("]\n"), "{}", self.notes());
                return true;
            }
            if self.notes().contains("next attempt in") {
                return false;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("nothing is said: {}", self.notes());
    }
}
