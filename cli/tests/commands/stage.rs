//! A home directory, a gateway in memory, and command lines typed into them.

use super::gateway::Ledger;
use fairtrail::charter::Charter;
use fairtrail::client::Gateway;
use fairtrail::time::Timestamp;
use fairtrail_cli::exit::Exit;
use fairtrail_cli::ui::Ui;
use fairtrail_cli::{Shell, run};
use serde_json::Value;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// 2026-09-21.
pub(crate) const NOW: u64 = 1_790_000_000;
pub(crate) const FIRST: &str = "http://gateway.example";
pub(crate) const OTHER: &str = "http://other.example";
pub(crate) const SITE: &str = "osid:XA2026001N0RTHW";

pub(crate) struct Stage {
    dir: TempDir,
    pub(crate) ledger: Option<Ledger>,
    /// Another gateway of the network, at [`OTHER`].
    pub(crate) other: Option<Ledger>,
    second: Cell<u64>,
}

/// What a command line came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.exit, Exit::Done, "{}{}", self.out, self.err);
        self
    }

    /// Failed with this reason code and at least one hint.
    #[track_caller]
    pub(crate) fn refused(&self, exit: Exit, reason: &str) {
        assert_eq!(self.exit, exit, "{}{}", self.out, self.err);
        assert!(self.err.contains(&format!("[{reason}]")), "{}", self.err);
    }

    #[track_caller]
    pub(crate) fn hinted(&self, part: &str) {
        let hint = |line: &str| line.starts_with("hint:") && line.contains(part);
        assert!(
            self.err.lines().any(hint),
            "no hint with {part:?}: {}",
            self.err
        );
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }
}

impl Stage {
    pub(crate) fn empty() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            ledger: None,
            other: None,
            second: Cell::new(NOW),
        }
    }

    /// Two of three roots must agree; a reply desk; a gateway; all charter authors have begun.
    pub(crate) fn founded() -> Self {
        let mut stage = Self::empty();
        for name in ["root-1", "root-2", "root-3", "replies"] {
            stage.line(&["author", "new", name]).done();
        }
        stage.found();
        for name in ["root-1", "root-2", "root-3", "replies"] {
            stage.line(&["author", "begin", name]).done();
        }
        stage
    }

    fn found(&mut self) {
        let charter = self.path("network.charter");
        let mut line = vec![
            "charter",
            "new",
            "--name",
            "Example network",
            "--threshold",
            "2",
        ];
        for root in ["root-1", "root-2", "root-3"] {
            line.extend(["--root", root]);
        }
        for role in [
            "auditor",
            "scheme",
            "company",
            "desk",
            "respondent",
            "authority",
        ] {
            line.extend(["--role", role]);
        }
        let charter = charter.to_str().unwrap();
        line.extend([
            "--reply-desk",
            "replies",
            "--terms",
            "Say only what you saw.",
        ]);
        line.extend([
            "--contact",
            "desk@network.example",
            "--licence",
            "CC BY 4.0",
        ]);
        line.extend(["-o", charter]);
        self.line(&line).done();
        self.open_gateway();
    }

    pub(crate) fn open_gateway(&mut self) {
        let charter = Charter::parse(&fs_err::read(self.path("network.charter")).unwrap());
        let now = Timestamp::new(NOW).unwrap();
        self.ledger = Some(Ledger::new(charter.unwrap(), now));
    }

    /// Opens a second gateway, which holds what the first one holds now.
    pub(crate) fn open_other(&mut self) {
        let charter = Charter::parse(&fs_err::read(self.path("network.charter")).unwrap());
        let other = Ledger::new(charter.unwrap(), Timestamp::new(NOW).unwrap());
        other.follow(self.ledger());
        self.other = Some(other);
    }

    pub(crate) fn other(&self) -> &Ledger {
        self.other.as_ref().unwrap()
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        self.ledger.as_ref().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs_err::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command line without a terminal.
    pub(crate) fn line(&self, words: &[&str]) -> Ran {
        self.typed(words, None)
    }

    /// Runs a command line for a person who gives `answers`.
    pub(crate) fn typed(&self, words: &[&str], answers: Option<&str>) -> Ran {
        let (ui, out, err) = Ui::captured(answers);
        self.second.set(self.second.get() + 1);
        let ledger = self.ledger.clone();
        let other = self.other.clone();
        let connect = move |url: &str| {
            let at = if url == OTHER { &other } else { &ledger };
            Ok(Gateway::new(at.clone().unwrap()))
        };
        let mut shell = Shell {
            ui,
            now: Timestamp::new(self.second.get()).unwrap(),
            connect: &connect,
        };
        let home = self.home();
        let mut line = vec!["fairtrail", "--home", home.to_str().unwrap()];
        // Whoever names gateways means these and no other.
        if self.ledger.is_some() && !words.contains(&"--gateway") {
            line.extend(["--gateway", FIRST]);
        }
        line.extend(words);
        let exit = run(&mut shell, line);
        Ran {
            exit,
            out: out.text(),
            err: err.text(),
        }
    }

    /// Grants by two roots, so that it takes effect.
    pub(crate) fn roots_grant(&self, to: &str, role: &str, more: &[&str]) -> String {
        let mut ran = None;
        for root in ["root-1", "root-2"] {
            let mut line = vec!["grant", "--as", root, "--to", to, "--role", role, "--yes"];
            line.extend(["--from", "2026-01-01", "--to-date", "2027-12-31", "--json"]);
            line.extend(more);
            ran = Some(self.line(&line).done().json());
        }
        ran.unwrap()["grant"].as_str().unwrap().to_owned()
    }

    /// A new author of the network, granted by the roots and begun.
    pub(crate) fn author(&self, name: &str, role: &str, more: &[&str]) {
        let charter = self.path("network.charter");
        let charter = charter.to_str().unwrap();
        self.line(&["author", "new", name, "--charter", charter])
            .done();
        self.roots_grant(name, role, more);
        self.line(&["author", "begin", name]).done();
    }

    pub(crate) fn author_dir(&self, name: &str) -> PathBuf {
        self.home().join("authors").join(name)
    }
}

/// Copies a directory as a backup would.
pub(crate) fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp")
        .arg("-a")
        .args([from, to])
        .status();
    assert!(status.unwrap().success());
}

pub(crate) const AUDIT: &str = r#"
kind = "audit"
own_key = "report 17"
subjects = ["osid:XA2026001N0RTHW"]
basis = ["on_site", "worker_interview"]
[claim]
scheme = "EXAMPLE-AUDIT"
audit_type = "initial"
announcement = "unannounced"
started_on = "2026-03-01"
ended_on = "2026-03-02"
report_ref = "R-17"
responsible = "osid:XA2026001N0RTHW"
parties = [{ role = "site", subject = "osid:XA2026001N0RTHW" }]
[text]
lang = "en"
description = "Two days on site."
[[findings]]
own_key = "report 17, 1"
[findings.claim]
clause = "A1.2"
topic = "fees"
native_grade = "Major"
found_on = "2026-03-02"
severity = 4
evidence_standard = "observed"
[[findings]]
own_key = "report 17, 2"
[findings.claim]
clause = "A3.1"
topic = "hours"
native_grade = "Minor"
found_on = "2026-03-02"
severity = 2
evidence_standard = "observed"
"#;
