//! `fairtrail fraud`: files that prove that a log or an author signed two histories.

use super::reading::Reading;
use super::reference::AuthorRef;
use crate::context::{Context, write_new};
use crate::error::CliError;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::statement::read_text;
use clap::Subcommand;
use fairtrail::files::read_bounded;
use fairtrail::fraud::{FeedFork, FraudError, SplitView};
use fairtrail::id::{AuthorId, EntryId, KeyId, NetworkId};
use fairtrail::limits::FEED_FORK_BYTES;
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::NoteVerifier;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What can be done with fraud files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verify that a file proves a fork or a split view, offline
    #[command(after_help = "Examples:
  fairtrail fraud verify acme.feed-fork
  fairtrail fraud verify acme.feed-fork --author author:…
  fairtrail fraud verify log.split-view --policy policy.toml

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
    /// The verifier key of the log accused, as the operator published it
    #[arg(long, value_name = "VKEY")]
    log_key: Option<NoteVerifier>,
    /// Take the log's key from this policy
    #[arg(
        long,
        value_name = "FILE",
        env = "FAIRTRAIL_POLICY",
        conflicts_with = "log_key"
    )]
    policy: Option<PathBuf>,
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

/// One signed tree.
#[derive(Serialize)]
struct Tree {
    size: TreeSize,
    root: Root,
}

impl From<Checkpoint> for Tree {
    fn from(checkpoint: Checkpoint) -> Self {
        Self {
            size: checkpoint.size(),
            root: checkpoint.root(),
        }
    }
}

/// What is proved.
#[derive(Serialize)]
#[serde(tag = "fraud", rename_all = "kebab-case")]
enum What {
    FeedFork {
        author: AuthorId,
        network: NetworkId,
        seq: u64,
        prev: EntryId,
        entries: [EntryId; 2],
        keys: [KeyId; 2],
    },
    SplitView {
        log: String,
        /// The key both notes are signed with.
        key: String,
        older: Tree,
        newer: Tree,
    },
}

#[derive(Serialize)]
struct Shown {
    file: PathBuf,
    proven: bool,
    /// Who vouches for the one accused: `file`, `command-line` or `policy`.
    named_by: &'static str,
    #[serde(flatten)]
    what: What,
    #[serde(skip)]
    written: bool,
}

impl Report for Shown {
    const COMMAND: &'static str = "fraud";

    fn human(&self, page: &mut Page) {
        match &self.what {
            What::FeedFork {
                author,
                network,
                seq,
                prev,
                entries: [a, b],
                keys: [key_a, key_b],
            } => {
                let text = "PROVEN: an author's keys signed two entries with one sequence number";
                page.toned(Tone::Bad, text);
                page.field("author", author);
                page.field("network", network);
                page.field("seq", seq);
                page.field("one entry", format!("{a}\nsigned with {key_a}"));
                page.field("another", format!("{b}\nsigned with {key_b}"));
                page.field("both after", prev);
                page.line("It does not say who held the keys, nor whether a rotation has resolved the fork since.");
            }
            What::SplitView {
                log,
                key,
                older,
                newer,
            } => {
                page.toned(Tone::Bad, "PROVEN: a log's key signed two histories");
                page.field("log", log);
                page.field("key", key);
                page.field(
                    "one tree",
                    format!("{} leaves, root {}", older.size, older.root),
                );
                page.field(
                    "another",
                    format!("{} leaves, root {}", newer.size, newer.root),
                );
                page.line(
                    "No tree has both roots. It does not say which of the two others were shown.",
                );
            }
        }
        let by = match self.named_by {
            "policy" => "the policy",
            "command-line" => "the command line",
            _ => "the file itself: compare the author's id with one known by other means",
        };
        page.field("accused as", by);
        if self.written {
            page.field("file", self.file.display());
        }
    }

    fn hints(&self) -> Vec<String> {
        if self.written {
            let file = self.file.display();
            vec![format!("`fairtrail fraud verify {file}` needs no network")]
        } else {
            Vec::new()
        }
    }
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
    let proven = if bytes.starts_with(b"fairtrail/split-view/") {
        split_view(&bytes, options)
    } else {
        feed_fork(&bytes, options, context)
    };
    let what = || format!("{} proves nothing", options.file.display());
    report(proven.map_err(|error| match error.exit() {
        crate::exit::Exit::Invalid => error.while_doing(what()),
        _ => error,
    })?)
}

fn text(bytes: &[u8]) -> Result<&str, CliError> {
    std::str::from_utf8(bytes).map_err(|_| FraudError::Malformed.into())
}

fn feed_fork(bytes: &[u8], options: &Verify, context: &Context<'_>) -> Result<Shown, CliError> {
    let fork: FeedFork = text(bytes)?.parse()?;
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
    forked(&options.file, &fork, named_by)
}

fn forked(file: &Path, fork: &FeedFork, named_by: &'static str) -> Result<Shown, CliError> {
    let found = fork.verify()?;
    Ok(Shown {
        file: file.to_path_buf(),
        proven: true,
        named_by,
        what: What::FeedFork {
            author: found.author,
            network: found.network,
            seq: found.seq,
            prev: found.prev,
            entries: found.entries,
            keys: found.keys,
        },
        written: false,
    })
}

fn split_view(bytes: &[u8], options: &Verify) -> Result<Shown, CliError> {
    let view: SplitView = text(bytes)?.parse()?;
    let (named_by, keys) = log_keys(options)?;
    let mut refused = None;
    for key in keys {
        match view.verify(&key) {
            Ok((older, newer)) => {
                let what = What::SplitView {
                    log: older.origin().to_string(),
                    key: key.to_string(),
                    older: older.into(),
                    newer: newer.into(),
                };
                let (file, proven, written) = (options.file.clone(), true, false);
                return Ok(Shown {
                    file,
                    proven,
                    named_by,
                    what,
                    written,
                });
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

/// The keys that may be the accused log's, and who names them.
fn log_keys(options: &Verify) -> Result<(&'static str, Vec<NoteVerifier>), CliError> {
    if let Some(key) = &options.log_key {
        return Ok(("command-line", vec![key.clone()]));
    }
    let policy = options.policy.as_ref().ok_or_else(|| {
        CliError::usage("a split view accuses a log: its key must be known from elsewhere")
            .hint("name it: --log-key VKEY, or --policy FILE")
    })?;
    let policy = Policy::parse(&read_text(policy)?)?;
    let keys = policy.logs().logs().iter().map(|log| log.key().clone());
    Ok(("policy", keys.collect()))
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
