//! `fairtrail fraud`: files that prove that a log or an author signed what it must not.

mod shown;

use super::reading::Reading;
use super::reference::AuthorRef;
use crate::context::{Context, write_new};
use crate::error::CliError;
use crate::output::{Outcome, report};
use crate::statement::read_text;
use clap::Subcommand;
use fairtrail::files::read_bounded;
use fairtrail::fraud::{FeedFork, FraudError, FraudFile, Keys, LogFraud, SplitView};
use fairtrail::id::NetworkId;
use fairtrail::limits::FEED_FORK_BYTES;
use fairtrail::log::PolicyLog;
use fairtrail::note::NoteVerifier;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use shown::{Shown, What};
use std::path::{Path, PathBuf};

/// What can be done with fraud files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verify what a file proves against a log or an author, offline
    #[command(after_help = "Examples:
  fairtrail fraud verify acme.feed-fork
  fairtrail fraud verify acme.feed-fork --author author:…
  fairtrail fraud verify log.split-view --policy policy.toml
  fairtrail fraud verify log.omission --log-key ledger.example/coast/e1/index/1+…

Exit status 0: proven. 3: the file proves nothing, or not against the one named. 1: it cannot be read.")]
    Verify(Verify),
    /// Write the proof that an author signed two histories, from a verified copy of the log
    #[command(after_help = "Examples:
  fairtrail fraud export author:… -o acme.feed-fork --policy policy.toml

Whoever holds the same entries writes the same bytes.")]
    Export(Export),
}

/// Options of `fraud verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The file
    file: PathBuf,
    /// The author that must be the one accused: its id, or its name on this machine
    #[arg(long, value_name = "AUTHOR")]
    author: Option<AuthorRef>,
    /// A verifier key of the log accused, as the operator published it: the log's, its index's or
    /// its promise key, whichever signed what the file shows; repeat for more
    #[arg(long, value_name = "VKEY")]
    log_key: Vec<NoteVerifier>,
    /// Take keys of logs, the network and whose stamps count from this policy
    #[arg(long, value_name = "FILE", env = "FAIRTRAIL_POLICY")]
    policy: Option<PathBuf>,
    /// The network that the log accused is of, where no policy says so
    #[arg(long, value_name = "NETWORK")]
    network: Option<NetworkId>,
}

/// Options of `fraud export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The author: its id, or its name on this machine
    author: AuthorRef,
    /// The new file; never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The log to read.
    #[command(flatten)]
    reading: Reading,
}

pub(crate) fn run(command: Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::Verify(verify) => check(&verify, context),
        Command::Export(export) => write(&export, context),
    }
}

fn check(options: &Verify, context: &Context<'_>) -> Outcome {
    let max = u64::try_from(FEED_FORK_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bounded(&options.file, max)?;
    let proven = match FraudFile::parse(&bytes) {
        Ok(FraudFile::FeedFork(fork)) => feed_fork(&fork, options, context),
        Ok(FraudFile::SplitView(view)) => split_view(&view, options),
        Ok(FraudFile::Log(fraud)) => log_fraud(&fraud, options),
        Err(error) => Err(error.into()),
    };
    let what = || format!("{} proves nothing", options.file.display());
    report(proven.map_err(|error| match error.exit() {
        crate::exit::Exit::Invalid => error.while_doing(what()),
        _ => error,
    })?)
}

fn feed_fork(fork: &FeedFork, options: &Verify, context: &Context<'_>) -> Result<Shown, CliError> {
    let named = options.author.as_ref();
    let expected = named.map(|author| author.resolve(context)).transpose()?;
    if let Some(expected) = expected.filter(|expected| *expected != fork.author()) {
        let message = format!("expected {expected}, the file is about {}", fork.author());
        return Err(CliError::coded(Reason::ProofInvalid, message));
    }
    let named_by = if expected.is_some() {
        "command-line"
    } else {
        "file"
    };
    forked(&options.file, fork, named_by)
}

fn forked(file: &Path, fork: &FeedFork, named_by: &'static str) -> Result<Shown, CliError> {
    Ok(proven(file, named_by, fork.verify()?.into()))
}

fn proven(file: &Path, named_by: &'static str, what: What) -> Shown {
    Shown {
        file: file.to_path_buf(),
        proven: true,
        named_by,
        what,
        written: false,
    }
}

fn split_view(view: &SplitView, options: &Verify) -> Result<Shown, CliError> {
    let known = Known::of(
        options,
        "a split view accuses a log: its key must be known from elsewhere",
    )?;
    let mut refused = None;
    // Who names a key asks about that one.
    let named = &options.log_key;
    let keys = if named.is_empty() { &known.keys } else { named };
    for key in keys {
        match view.verify(key) {
            Ok((older, newer)) => {
                let what = What::SplitView {
                    fraud: "split-view",
                    log: older.origin().to_string(),
                    key: key.to_string(),
                    older: older.into(),
                    newer: newer.into(),
                };
                return Ok(proven(&options.file, known.named_by, what));
            }
            // Signed by this key, so what is wrong is the file.
            Err(error) if error.code() != Reason::SignatureMissing => return Err(error.into()),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.map_or_else(
        || CliError::coded(Reason::PolicyMalformed, "the policy names no log"),
        |error| CliError::from(error).hint("name the log's key: --log-key VKEY"),
    ))
}

fn log_fraud(fraud: &LogFraud, options: &Verify) -> Result<Shown, CliError> {
    let known = Known::of(
        options,
        "this accuses a log: its key must be known from elsewhere",
    )?;
    let mut keys = Keys::new(&known.keys);
    if let Some(policy) = &known.policy {
        keys = keys.with_time(policy.logs(), policy.f());
        keys = keys.of_network(policy.network());
    }
    if let Some(network) = options.network {
        keys = keys.of_network(network);
    }
    match fraud.verify(&keys) {
        Ok(charge) => Ok(proven(&options.file, known.named_by, charge.into())),
        Err(error) if error.code() == Reason::SignatureMissing => {
            let accused = fraud
                .accused()
                .map_or_else(|_| String::new(), |log| log.to_string());
            let hint = format!(
                "name the key of {accused} with --log-key VKEY; one file may need those of a log, its index and its promises"
            );
            Err(CliError::from(error).hint(hint))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is known beforehand, and from where.
struct Known {
    named_by: &'static str,
    keys: Vec<NoteVerifier>,
    policy: Option<Policy>,
}

impl Known {
    fn of(options: &Verify, why: &str) -> Result<Self, CliError> {
        let policy = options.policy.as_ref();
        let policy = policy.map(|file| Ok::<_, CliError>(Policy::parse(&read_text(file)?)?));
        let policy = policy.transpose()?;
        let mut keys = options.log_key.clone();
        let named_by = if keys.is_empty() {
            "policy"
        } else {
            "command-line"
        };
        match &policy {
            Some(policy) => {
                let more = policy.logs().logs().iter().map(PolicyLog::key);
                let more = more.filter(|key| !options.log_key.contains(key)).cloned();
                keys.extend(more.collect::<Vec<_>>());
            }
            None if keys.is_empty() => {
                return Err(CliError::usage(why).hint("name it: --log-key VKEY, or --policy FILE"));
            }
            None => {}
        }
        Ok(Self {
            named_by,
            keys,
            policy,
        })
    }
}

fn write(options: &Export, context: &mut Context<'_>) -> Outcome {
    let author = options.author.resolve(context)?;
    let read = options.reading.read(context)?;
    let entries = read.replicas.iter().flat_map(Replica::entries);
    let fork = FeedFork::find(author, entries).ok_or_else(|| {
        CliError::coded(Reason::NotFound, format!("no fork of {author} is in the log"))
            .hint("a fork shows only where both entries were admitted; another log may hold the other one")
    })?;
    let mut proven = forked(&options.output, &fork, "command-line")?;
    let bytes = fork.to_string().into_bytes();
    if bytes.len() > FEED_FORK_BYTES {
        let len = bytes.len();
        return Err(FraudError::TooLarge { len }.into());
    }
    write_new(&options.output, &bytes)?;
    proven.written = true;
    report(proven)
}
