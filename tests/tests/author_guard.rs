//! An author's programs killed at any moment, and its home put back from a backup: no place of a
//! feed is ever signed twice, and both times the author goes on.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::api::Batch;
use fairtrail::client::Gateway;
use fairtrail::entry::SignedEntry;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail_tests::binaries;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How often the program is killed while it signs and submits.
const KILLS: u32 = 25;

/// A network of one root that has begun, with its node and the author's machine.
struct World {
    dir: TempDir,
    node: Child,
    url: String,
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

impl World {
    fn founded() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let run = |args: &[&str]| {
            let output = fairtrail(&home).args(args).current_dir(dir.path()).output();
            succeeded(&output.unwrap());
        };
        run(&["author", "new", "root"]);
        run(&["author", "new", "desk"]);
        let found = "charter new --name Guarded --root root --threshold 1 --reply-desk desk \
             --role auditor --role respondent --terms none --contact a@b.example --licence none \
             -o net.charter";
        run(&found.split_whitespace().collect::<Vec<_>>());
        let (node, url) = node(dir.path());
        let world = Self { dir, node, url };
        world.done(&["author", "begin", "root", "--charter", "net.charter"]);
        world
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    fn author(&self) -> PathBuf {
        self.home().join("authors/root")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = fairtrail(&self.home());
        command.args(args).env("FAIRTRAIL_GATEWAY", &self.url);
        command.current_dir(self.dir.path());
        command
    }

    fn ran(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn done(&self, args: &[&str]) {
        succeeded(&self.ran(args));
    }

    /// Failed with this reason code.
    fn refused(&self, args: &[&str], reason: &str) {
        let output = self.ran(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("[{reason}]")), "{said}");
    }

    fn id(&self) -> AuthorId {
        let state = fs_err::read(self.author().join("author.json")).unwrap();
        let state: serde_json::Value = serde_json::from_slice(&state).unwrap();
        let id = state["membership"]["author"].as_str().unwrap();
        id.parse().unwrap()
    }

    /// The feed as the node holds it, from its head down.
    fn feed(&self) -> Vec<SignedEntry> {
        let gateway = Gateway::at(&self.url).unwrap();
        let view = gateway.feed(self.id()).unwrap();
        assert!(!view.forked, "the node calls the feed forked");
        let (mut feed, mut at) = (Vec::new(), view.head);
        while let Some(id) = at {
            // The head is known at once, the entry once it is published.
            let entry = (0..100).find_map(|_| {
                let entry = gateway.entry(id).ok();
                if entry.is_none() {
                    std::thread::sleep(Duration::from_millis(50));
                }
                entry
            });
            let entry = entry.unwrap();
            at = entry.header().prev;
            feed.push(entry);
        }
        feed
    }

    /// What waits to be acknowledged.
    fn waiting(&self) -> Vec<SignedEntry> {
        let Ok(files) = fs_err::read_dir(self.author().join("outbox")) else {
            return Vec::new();
        };
        let batches = files.map(|file| file.unwrap().path());
        let batches = batches.filter(|path| path.extension().is_some_and(|end| end == "batch"));
        let batches = batches.map(|path| Batch::parse(&fs_err::read(path).unwrap()).unwrap());
        batches
            .flat_map(|batch| batch.0.into_iter().map(|one| one.entry))
            .collect()
    }
}

fn fairtrail(home: &Path) -> Command {
    let mut command = Command::new(binaries::directory().join("fairtrail"));
    command.env("FAIRTRAIL_HOME", home).env("NO_COLOR", "1");
    command.env_remove("FAIRTRAIL_GUARD");
    command
}

fn node(dir: &Path) -> (Child, String) {
    let program = || {
        let mut command = Command::new(binaries::directory().join("fairtrail-node"));
        command.current_dir(dir).env("FAIRTRAIL_LOG", "error");
        command
    };
    let init = "init --data-dir node --charter net.charter --origin localhost/guarded/e1";
    succeeded(&program().args(init.split(' ')).output().unwrap());
    let run = "run --data-dir node --listen 127.0.0.1:0";
    let mut node = program();
    let mut node = node
        .args(run.split(' '))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = node.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap();
    (node, url.to_owned())
}

fn succeeded(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success());
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long a run takes here tells when to kill it"
)]
fn killed_at_any_moment_it_never_signs_one_place_twice() {
    let world = World::founded();
    // What a whole run takes tells when to kill.
    let begun = Instant::now();
    world.done(&["author", "pulse", "root"]);
    let whole = begun.elapsed();
    let mut places: BTreeMap<u64, EntryId> = BTreeMap::new();
    let mut note = |entries: Vec<SignedEntry>| {
        for entry in entries {
            let (seq, id) = (entry.header().seq, entry.id());
            assert_eq!(
                *places.entry(seq).or_insert(id),
                id,
                "seq {seq} was signed twice"
            );
        }
        places.len()
    };
    let (mut cut, mut left) = (0, 0);
    for kill in 0..KILLS {
        let mut child = world.command(&["author", "pulse", "root"]);
        let mut child = child
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Most of what is durable is done in the last part of a run.
        let part = whole * (KILLS / 4 + kill) / KILLS;
        std::thread::sleep(part.min(Duration::from_secs(2)));
        child.kill().unwrap();
        cut += u32::from(!child.wait().unwrap().success());
        let waiting = world.waiting();
        left += u32::from(!waiting.is_empty());
        note(waiting);
        note(world.feed());
    }
    println!("killed {cut} of {KILLS} runs, {left} with signed bytes left behind");
    world.done(&["submit", "--pending", "--as", "root"]);
    world.done(&["author", "pulse", "root"]);
    let feed = world.feed();
    let signed = note(feed.clone());
    // Whatever was signed is in the feed, each at its place.
    assert_eq!(feed.len(), signed);
    assert!(cut > KILLS / 4, "{cut} runs were killed before their end");
}

#[test]
fn a_restored_backup_signs_nothing_until_the_author_resumes() {
    let world = World::founded();
    let (author, backup) = (world.author(), world.dir.path().join("backup"));
    copy(&author, &backup);
    world.done(&["author", "pulse", "root"]);
    fs_err::remove_dir_all(&author).unwrap();
    copy(&backup, &author);
    world.refused(&["author", "pulse", "root"], "author-behind");
    // With a gateway that cannot be asked the mark alone decides.
    let statement = world.dir.path().join("pulse.toml");
    fs_err::write(&statement, PROFILE).unwrap();
    let offline = "sign pulse.toml --as root -o a.batch --offline --yes";
    let offline: Vec<_> = offline.split(' ').collect();
    world.refused(&offline, "rollback-suspected");
    assert_eq!(world.waiting(), []);
    world.done(&["author", "resume", "root", "--yes"]);
    world.done(&["author", "pulse", "root"]);
    let feed = world.feed();
    let seqs: Vec<_> = feed.iter().map(|entry| entry.header().seq).collect();
    assert_eq!(seqs, [2, 1, 0]);
}

/// A statement that no gateway has to know anything of.
const PROFILE: &str = r#"
kind = "profile"
own_key = "profile 1"
subjects = ["osid:XA2026001N0RTHW"]
basis = ["self_declared"]
[claim]
parties = [{ role = "site", subject = "osid:XA2026001N0RTHW" }]
[text]
lang = "en"
name = "Northwind Example Sewing Ltd"
"#;
