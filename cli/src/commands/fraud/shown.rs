//! What a fraud file proves, for people and programs.

use crate::output::{Page, Report, Tone};
use fairtrail::fraud::{Charge, Forked};
use fairtrail::id::{AuthorId, EntryId, KeyId, NetworkId};
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Root, TreeSize};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One signed tree.
#[derive(Serialize)]
pub(super) struct Tree {
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
#[serde(untagged)]
pub(super) enum What {
    FeedFork(FeedFork),
    SplitView {
        fraud: &'static str,
        log: String,
        /// The key both notes are signed with.
        key: String,
        older: Tree,
        newer: Tree,
    },
    Log(LogFraud),
}

#[derive(Serialize)]
pub(super) struct FeedFork {
    fraud: &'static str,
    author: AuthorId,
    network: NetworkId,
    seq: u64,
    prev: EntryId,
    entries: [EntryId; 2],
    keys: [KeyId; 2],
}

#[derive(Serialize)]
pub(super) struct LogFraud {
    fraud: &'static str,
    log: String,
    key: String,
    says: &'static str,
    facts: BTreeMap<&'static str, String>,
    /// The same, in an order for people.
    #[serde(skip)]
    lines: Vec<(&'static str, String)>,
}

impl From<Forked> for What {
    fn from(found: Forked) -> Self {
        Self::FeedFork(FeedFork {
            fraud: "feed-fork",
            author: found.author,
            network: found.network,
            seq: found.seq,
            prev: found.prev,
            entries: found.entries,
            keys: found.keys,
        })
    }
}

impl From<Charge> for What {
    fn from(charge: Charge) -> Self {
        Self::Log(LogFraud {
            fraud: charge.kind.as_str(),
            log: charge.origin.to_string(),
            key: charge.key.to_string(),
            says: charge.kind.says(),
            facts: charge.facts.iter().cloned().collect(),
            lines: charge.facts,
        })
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) file: PathBuf,
    pub(super) proven: bool,
    /// Who vouches for the one accused: `file`, `command-line` or `policy`.
    pub(super) named_by: &'static str,
    #[serde(flatten)]
    pub(super) what: What,
    #[serde(skip)]
    pub(super) written: bool,
}

impl Report for Shown {
    const COMMAND: &'static str = "fraud";

    fn human(&self, page: &mut Page) {
        match &self.what {
            What::FeedFork(fork) => fork.human(page),
            What::SplitView {
                log,
                key,
                older,
                newer,
                ..
            } => {
                page.toned(Tone::Bad, "PROVEN: a log's key signed two histories");
                page.field("log", log);
                page.field("key", key);
                let tree = |tree: &Tree| format!("{} leaves, root {}", tree.size, tree.root);
                page.field("one tree", tree(older));
                page.field("another", tree(newer));
                page.line(
                    "No tree has both roots. It does not say which of the two others were shown.",
                );
            }
            What::Log(fraud) => fraud.human(page),
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

impl FeedFork {
    fn human(&self, page: &mut Page) {
        let ([a, b], [key_a, key_b]) = (&self.entries, &self.keys);
        let text = "PROVEN: an author's keys signed two entries with one sequence number";
        page.toned(Tone::Bad, text);
        page.field("author", self.author);
        page.field("network", self.network);
        page.field("seq", self.seq);
        page.field("one entry", format!("{a}\nsigned with {key_a}"));
        page.field("another", format!("{b}\nsigned with {key_b}"));
        page.field("both after", self.prev);
        page.line(
            "It does not say who held the keys, nor whether a rotation has resolved the fork since.",
        );
    }
}

impl LogFraud {
    fn human(&self, page: &mut Page) {
        page.toned(Tone::Bad, format!("PROVEN: {}", self.says));
        page.field("log", &self.log);
        page.field("key", &self.key);
        for (name, value) in &self.lines {
            page.field(&name.replace('_', " "), value);
        }
        page.line("It does not say who held the key.");
    }
}
