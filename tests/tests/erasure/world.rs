//! A node of its own, an auditor that reports, and a buyer: programs and files, nothing else.

use fairtrail::api::ProblemDetails;
use fairtrail::client::{Gateway, Http, Request, Response, Transport};
use fairtrail::entry::{Body, PartRole, SignedEntry};
use fairtrail::id::PartDigest;
use fairtrail_tests::binaries;
use serde_json::Value;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The site everything is about.
pub(crate) const SITE: &str = "osid:XA2026001N0RTHW";
/// Twenty seconds, in looks.
const LOOKS: u32 = 400;

/// A network with one root, an auditor and the operator's author.
pub(crate) struct World {
    dir: tempfile::TempDir,
    node: Option<Child>,
    pub(crate) url: String,
    statements: AtomicU32,
}

/// A finding as it was reported.
pub(crate) struct Finding {
    pub(crate) entry: SignedEntry,
    pub(crate) claim: Body,
    pub(crate) text: Body,
}

impl Finding {
    pub(crate) fn claim_digest(&self) -> PartDigest {
        self.claim.digest()
    }

    pub(crate) fn text_digest(&self) -> PartDigest {
        self.text.digest()
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            dir: tempfile::tempdir().unwrap(),
            node: None,
            url: String::new(),
            statements: AtomicU32::new(0),
        };
        for name in ["root", "desk"] {
            world.done(&["author", "new", name]);
        }
        world.done(&[
            "charter",
            "new",
            "--name",
            "Example network",
            "--root",
            "root",
            "--threshold",
            "1",
            "--reply-desk",
            "desk",
            "--role",
            "auditor",
            "--role",
            "node",
            "--role",
            "respondent",
            "--terms",
            "Say only what you saw.",
            "--contact",
            "desk@network.example",
            "--licence",
            "CC0 1.0",
            "-o",
            "network.charter",
        ]);
        let origin = "localhost/example/e1";
        let charter = "network.charter";
        world.node_done(&["init", "--charter", charter, "--origin", origin]);
        world.start();
        world.done(&["author", "begin", "root", "--charter", charter]);
        for (name, role) in [("auditor", "auditor"), ("operator", "node")] {
            world.done(&["author", "new", name, "--charter", charter]);
            world.done(&[
                "grant",
                "--as",
                "root",
                "--to",
                name,
                "--role",
                role,
                "--from",
                "2026-01-01",
                "--to-date",
                "2036-01-01",
                "--yes",
            ]);
            world.done(&["author", "begin", name]);
        }
        world.done(&["policy", "init", "--charter", charter, "-o", "policy.toml"]);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(binaries::directory().join(program));
        command.current_dir(self.dir.path());
        command.env("FAIRTRAIL_HOME", self.path("home"));
        command.env("FAIRTRAIL_GATEWAY", &self.url);
        command.env("FAIRTRAIL_POLICY", "policy.toml");
        command.env("FAIRTRAIL_DATA_DIR", "node");
        command.env("FAIRTRAIL_LOG", "warn").env("NO_COLOR", "1");
        command
    }

    /// `fairtrail`.
    pub(crate) fn fairtrail(&self, args: &[&str]) -> Output {
        self.command("fairtrail").args(args).output().unwrap()
    }

    /// `fairtrail`, which has to succeed.
    #[track_caller]
    pub(crate) fn done(&self, args: &[&str]) -> String {
        succeeded(args, self.fairtrail(args))
    }

    /// `fairtrail-node` on the data of this node, which has to succeed.
    #[track_caller]
    pub(crate) fn node_done(&self, args: &[&str]) -> String {
        let output = self.command("fairtrail-node").args(args).output();
        succeeded(args, output.unwrap())
    }

    /// Starts the node, and waits until it listens.
    pub(crate) fn start(&mut self) {
        let mut command = self.command("fairtrail-node");
        command.args(["run", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ");
        url.unwrap().clone_into(&mut self.url);
        self.node = Some(child);
    }

    /// Asks the node to stop, and waits for it.
    pub(crate) fn stop(&mut self) {
        let mut node = self.node.take().unwrap();
        let pid = node.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.unwrap().success());
        assert!(node.wait().unwrap().success());
    }

    /// Ends the node at once, as a power cut does.
    pub(crate) fn kill(&mut self) {
        let mut node = self.node.take().unwrap();
        node.kill().unwrap();
        node.wait().unwrap();
    }

    /// The process of the node.
    pub(crate) fn pid(&self) -> u32 {
        self.node.as_ref().unwrap().id()
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::at(&self.url).unwrap()
    }

    /// One question over HTTP.
    pub(crate) fn ask(&self, path: &str, accept: &'static str) -> Response {
        let request = Request {
            path,
            accept,
            content: None,
            wait: None,
            max_bytes: 1_000_000,
        };
        Http::parse(&self.url).unwrap().request(&request).unwrap()
    }

    /// Status of a part, and the problem it is answered with.
    pub(crate) fn part(&self, part: PartDigest) -> (u16, Option<ProblemDetails>) {
        let answer = self.ask(&format!("/v1/parts/{part}"), "*/*");
        (answer.status, serde_json::from_slice(&answer.body).ok())
    }

    /// Waits until a part is answered with `status`.
    #[track_caller]
    pub(crate) fn until(&self, part: PartDigest, status: u16) -> Option<ProblemDetails> {
        for _ in 0..LOOKS {
            let (found, problem) = self.part(part);
            if found == status {
                return problem;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "{part} is not answered with {status}: {:?}",
            self.part(part)
        );
    }

    /// Waits until everything the author of an entry said is published: before that, a part may be
    /// gone while no reader can know why.
    #[track_caller]
    pub(crate) fn settled(&self, finding: &Finding) {
        let gateway = self.gateway();
        for _ in 0..LOOKS {
            let head = gateway.feed(finding.entry.author()).unwrap().head.unwrap();
            if gateway.entry(head).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("what the auditor said last is not published");
    }

    /// The auditor reports a finding; it is published when this returns.
    pub(crate) fn report(&self, told: &str) -> Finding {
        let number = self.statements.fetch_add(1, Ordering::Relaxed) + 1;
        let statement = format!(
            r#"kind = "finding"
own_key = "R-1/{number}"
subjects = ["{SITE}"]
basis = ["on_site", "worker_interview"]
[claim]
scheme = "EXAMPLE-CODE"
responsible = "{SITE}"
report_ref = "R-1"
clause = "CLAUSE-{number}"
topic = "fees"
native_grade = "critical"
severity = 4
found_on = "2026-11-03"
evidence_standard = "observed"
parties = [{{ role = "site", subject = "{SITE}" }}]
[text]
lang = "en"
description = "{told}"
"#
        );
        fs_err::write(self.path("finding.toml"), statement).unwrap();
        self.done(&["submit", "finding.toml", "--as", "auditor", "--yes"]);
        fs_err::remove_file(self.path("finding.toml")).unwrap();
        for _ in 0..LOOKS {
            if let Some(found) = self.reported(told) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the finding is not published");
    }

    fn reported(&self, told: &str) -> Option<Finding> {
        let gateway = self.gateway();
        let subject = SITE.parse().unwrap();
        let items = gateway.history(&subject, None, 256).unwrap().items;
        let leaf = items.last()?.leaf_index;
        let entry = gateway.entry(items.last()?.id).unwrap();
        let bodies = gateway.parts(leaf, 1).unwrap().parts;
        let body = |role: PartRole| {
            let part = entry.header().parts.iter().find(|part| part.role == role)?;
            let (_, body) = bodies.iter().find(|(digest, _)| *digest == part.digest)?;
            Some(body.clone())
        };
        let (claim, text) = (body(PartRole::Claim)?, body(PartRole::Text)?);
        let says = text
            .bytes
            .windows(told.len())
            .any(|at| at == told.as_bytes());
        says.then_some(Finding { entry, claim, text })
    }

    /// What `fairtrail verify --json` says with the copy in `home`, its notes and its exit status.
    pub(crate) fn verify(&self, home: &str, more: &[&str]) -> (Value, String, Option<i32>) {
        let mut command = self.command("fairtrail");
        command.args(["verify", SITE, "--json"]).args(more);
        let output = command.env("FAIRTRAIL_HOME", self.path(home)).output();
        let output = output.unwrap();
        let notes = String::from_utf8(output.stderr).unwrap();
        let json = serde_json::from_slice(&output.stdout);
        let json = json.unwrap_or_else(|_| panic!("{notes}"));
        (json, notes, output.status.code())
    }

    /// What it says to people.
    pub(crate) fn page(&self, home: &str) -> String {
        let mut command = self.command("fairtrail");
        command.args(["verify", SITE]);
        let output = command.env("FAIRTRAIL_HOME", self.path(home)).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    }

    /// Files below `name` that hold the bytes of a part, or its salt.
    pub(crate) fn holding(&self, name: &str, body: &Body) -> Vec<PathBuf> {
        let mut found = Vec::new();
        search(&self.path(name), &[&body.bytes, &body.salt], &mut found);
        found
    }

    /// No file of the node, and none of a reader, holds anything of a part.
    #[track_caller]
    pub(crate) fn gone(&self, body: &Body) {
        for place in ["node", "node.keys", "node.guard", "home", "buyer"] {
            let holding = self.holding(place, body);
            assert!(holding.is_empty(), "{place}: {holding:?}");
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut node) = self.node.take() {
            // It may have ended already, which is what is wanted.
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

#[track_caller]
fn succeeded(args: &[&str], output: Output) -> String {
    let said = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{args:?}\n{said}\n{complained}");
    said
}

fn search(path: &Path, sought: &[&[u8]], found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for item in fs_err::read_dir(path).unwrap() {
            search(&item.unwrap().path(), sought, found);
        }
    } else if path.is_file() {
        // The node may be putting another file in the place of this one.
        let bytes = fs_err::read(path).unwrap_or_default();
        let holds = |one: &&[u8]| bytes.windows(one.len()).any(|window| window == *one);
        if sought.iter().any(holds) {
            found.push(path.to_path_buf());
        }
    }
}
