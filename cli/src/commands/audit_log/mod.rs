//! `fairtrail audit-log`: recomputes a whole node from outside (specs/audit.md).
//!
//! Everything is downloaded and redone on this machine: the tree, admission, every index head. What
//! contradicts what the operator signed is written as a fraud file.

mod index;
mod index_log;
mod log;
mod page;
mod promises;
mod state;
mod told;
mod trust;

use super::reading::bar;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, report};
use fairtrail::files::{create_dir, replace};
use fairtrail::fraud::{Charge, FraudFile, Keys, LogFraud};
use fairtrail::id::NetworkId;
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use index::IndexRead;
use indicatif::ProgressBar;
use serde::Serialize;
use state::State;
use std::path::{Path, PathBuf};
use trust::Trust;

/// Options of `audit-log`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail audit-log https://ledger.example --policy policy.toml
  fairtrail audit-log https://ledger.example --log-key ledger.example/coast/e1+036a0c39+AYqI…
  fairtrail audit-log https://ledger.example --policy policy.toml --bundle supplier.bundle
  fairtrail audit-log https://ledger.example --json

The first run reads the whole log; later ones what is new. Without keys those that the gateway
names are taken at the first run, and held to from then on.

Exit statuses: 0 everything was recomputed and agrees; 3 something contradicts what was signed, or
does not hold; 5 it agrees, and something could not be compared; 1 the work could not be done")]
pub struct Args {
    /// The gateway of the node
    url: String,
    /// Trust the log's key and whose stamps count by this policy
    #[arg(long, value_name = "FILE", env = "FAIRTRAIL_POLICY")]
    policy: Option<PathBuf>,
    /// The log's key, as the operator published it; repeat for the index's and the promise key
    #[arg(long, value_name = "VKEY")]
    log_key: Vec<NoteVerifier>,
    /// Compare what this bundle tells of the log, too; repeat for more
    #[arg(long, value_name = "FILE")]
    bundle: Vec<PathBuf>,
    /// Where the copy and what was checked are kept [default: `audits` in the home directory]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Where fraud files are written [default: `fraud` beside the copy]
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
}

/// What was recomputed, and what came of it.
#[derive(Serialize)]
struct Audited {
    log: String,
    key: String,
    network: NetworkId,
    /// Who named the keys: `policy`, `command-line`, or `gateway`: its word when first read.
    named_by: &'static str,
    /// When it was read.
    read_at: Timestamp,
    size: TreeSize,
    root: Option<Root>,
    /// Leaves that an earlier run had read.
    before: u64,
    archived_notes: usize,
    index: Option<IndexRead>,
    /// Bundles that were compared.
    bundles: Vec<PathBuf>,
    promises: promises::Checked,
    /// What is proved against the operator.
    fraud: Vec<Found>,
    /// What does not hold, and is no proof.
    wrong: Vec<String>,
    /// What could not be compared.
    open: Vec<String>,
}

/// One fraud file.
#[derive(Serialize)]
struct Found {
    fraud: String,
    accused: String,
    says: String,
    file: PathBuf,
}

impl Report for Audited {
    const COMMAND: &'static str = "audit-log";

    fn human(&self, page: &mut Page) {
        page::write(self, page);
    }

    fn exit(&self) -> Exit {
        if !self.fraud.is_empty() || !self.wrong.is_empty() {
            Exit::Invalid
        } else if self.open.is_empty() {
            Exit::Done
        } else {
            Exit::Unknown
        }
    }

    fn hints(&self) -> Vec<String> {
        let files = self.fraud.iter();
        files
            .map(|found| {
                let file = found.file.display();
                format!("`fairtrail fraud verify {file}` shows it to anybody, offline")
            })
            .collect()
    }
}

/// One audit under way.
struct Audit<'a> {
    url: &'a str,
    trust: Trust,
    state: State,
    dir: PathBuf,
    evidence: PathBuf,
    now: Timestamp,
    bar: ProgressBar,
    fraud: Vec<Found>,
    wrong: Vec<String>,
    open: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Outcome {
    let gateway = (context.connect)(&args.url)?;
    let root = args.state.clone();
    let root = root.unwrap_or_else(|| context.home.path().join("audits"));
    let given = told::read(&args.bundle)?;
    let trust = Trust::find(args, &gateway)?;
    let dir = root.join(trust.file_name());
    create_dir(&dir)?;
    let state = State::open(&dir, &trust)?;
    let evidence = args.evidence.clone().unwrap_or_else(|| dir.join("fraud"));
    let mut audit = Audit {
        url: &args.url,
        trust,
        state,
        evidence,
        dir,
        now: context.now,
        bar: bar(context.ui.shows_progress()),
        fraud: Vec::new(),
        wrong: Vec::new(),
        open: Vec::new(),
    };
    // The index first: a log that is read after it covers what the index does.
    let index = audit.fetch_index(context)?;
    let read = audit.read_log(&gateway)?;
    let (mut index_read, mut bundles) = (None, Vec::new());
    let mut promises = promises::Checked::default();
    if let Some(replica) = &read.replica {
        if let Some(index) = &index {
            index_read = Some(audit.check_index(index, replica)?);
            bundles = audit.check_bundles(&given, index, replica)?;
        }
        promises = audit.check_promises(context, replica)?;
    }
    if index.is_none() || read.replica.is_none() {
        let files = given.iter().map(|given| given.file.display());
        audit
            .open
            .extend(files.map(|file| format!("what {file} tells")));
    }
    audit.state.save(&audit.dir)?;
    audit.bar.finish_and_clear();
    let replica = read.replica.as_ref();
    report(Audited {
        log: audit.trust.log.origin().to_string(),
        key: audit.trust.log.key().to_string(),
        network: audit.trust.policy.network(),
        named_by: audit.trust.named_by,
        read_at: audit.now,
        size: replica.map_or(TreeSize::ZERO, fairtrail::replica::Replica::size),
        root: replica.and_then(|replica| replica.root_at(replica.size()).ok()),
        before: read.before,
        archived_notes: replica.map_or(0, |replica| replica.notes().count()),
        index: index_read,
        bundles,
        promises,
        fraud: audit.fraud,
        wrong: audit.wrong,
        open: audit.open,
    })
}

impl Audit<'_> {
    /// Keeps a file that proves something; what does not hold is a defect here and is said.
    fn accuse(&mut self, fraud: LogFraud) -> Result<(), CliError> {
        let policy = &self.trust.policy;
        let keys = Keys::new(&self.trust.keys).of_network(policy.network());
        let keys = keys.with_time(policy.logs(), policy.f());
        match fraud.verify(&keys) {
            Ok(charge) => self.keep(&FraudFile::Log(Box::new(fraud)), &charge),
            Err(error) => {
                let kind = fraud.kind();
                self.wrong
                    .push(format!("{kind}: no file can be made of it: {error}"));
                Ok(())
            }
        }
    }

    fn keep(&mut self, file: &FraudFile, charge: &Charge) -> Result<(), CliError> {
        let bytes = file.to_bytes();
        if bytes.len() > fairtrail::limits::FEED_FORK_BYTES {
            let says = charge.kind.says();
            self.wrong
                .push(format!("{says}; its file would be too large"));
            return Ok(());
        }
        let digest = data_encoding::HEXLOWER.encode(&FraudFile::digest(&bytes));
        let short = digest.get(..16).unwrap_or_default();
        let path = self.evidence.join(format!("{short}.{}", charge.kind));
        create_dir(&self.evidence)?;
        replace(&path, &bytes)?;
        self.fraud.push(Found {
            fraud: charge.kind.to_string(),
            accused: charge.origin.to_string(),
            says: charge.kind.says().to_owned(),
            file: path,
        });
        Ok(())
    }

    /// A proof that was kept by whatever found it.
    fn convicted(&mut self, accused: String, path: &Path) {
        self.fraud.push(Found {
            fraud: "split-view".to_owned(),
            accused,
            says: "the log's key signed two histories".to_owned(),
            file: path.to_path_buf(),
        });
    }

    fn progress(&self, what: &str, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.bar.set_message(what.to_owned());
    }
}

/// What cannot be done at all, told apart from what a node shows against itself.
fn failed(error: CliError, what: &str) -> CliError {
    if error.reason() == Some(Reason::GatewayUnreachable) {
        return error.hint("what was downloaded is kept: run the same command again to go on");
    }
    error.while_doing(format!("{what} could not be read"))
}
