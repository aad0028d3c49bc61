//! The log of a world, as somebody who reads it whole holds and judges it.

use super::{OTHER_ORIGIN, World, key, subject};
use fairtrail::history::VerifiedHistory;
use fairtrail::log::{Checkpoint, Origin, TlogPolicy};
use fairtrail::merkle::{Tree, TreeSize, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::policy::Policy;
use fairtrail::replica::Replica;
use fairtrail::rules::{Question, Verdict, judge};
use fairtrail::time::Timestamp;

pub(crate) const ORIGIN: &str = "ledger.example/coast/e1";

impl World {
    fn log_signer(origin: &str) -> NoteSigner {
        NoteSigner::new(origin.parse().unwrap(), key("test log key", origin))
    }

    fn witness() -> Cosigner {
        Cosigner::new(
            "witness.example/w".parse().unwrap(),
            key("test witness key", "w"),
        )
    }

    fn log_policy() -> String {
        Self::tlog_policy(&[ORIGIN, OTHER_ORIGIN])
    }

    fn tlog_policy(origins: &[&str]) -> String {
        let mut lines = Vec::new();
        for origin in origins {
            lines.push(format!("log {}", Self::log_signer(origin).verifier()));
        }
        lines.push(format!("witness w {}", Self::witness().verifier()));
        lines.push("quorum w\n".to_owned());
        lines.join("\n")
    }

    /// A checkpoint that its log signed and the witness stamped.
    pub(crate) fn stamped(origin: &Origin, checkpoint: &Checkpoint, time: Timestamp) -> Vec<u8> {
        let note = checkpoint.sign(&Self::log_signer(origin.as_str())).unwrap();
        let stamp = Self::witness().cosign(note.text(), time.seconds()).unwrap();
        note.with(stamp).unwrap().to_string().into_bytes()
    }

    /// The policies of the logs and of their indexes.
    pub(crate) fn policies() -> [String; 2] {
        let indexes = [ORIGIN, OTHER_ORIGIN].map(|origin| format!("{origin}/index/1"));
        let indexes = indexes.each_ref().map(String::as_str);
        [Self::log_policy(), Self::tlog_policy(&indexes)]
    }

    /// Trusts the log when the witness cosigned; `more` follows.
    pub(crate) fn policy(&self, more: &str) -> Policy {
        let network = self.charter.network();
        let [logs, indexes] = Self::policies();
        let text = format!(
            "network = \"{network}\"\nlog_policy = \"\"\"\n{logs}\"\"\"\n\
             index_policy = \"\"\"\n{indexes}\"\"\"\n{more}"
        );
        Policy::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// The log as somebody who read it whole holds it.
    pub(crate) fn replica(&self) -> Replica {
        self.replica_of(ORIGIN)
    }

    /// The same as a log of this name.
    pub(crate) fn replica_of(&self, origin: &str) -> Replica {
        let mut world = self.clone();
        world.stamp();
        let logs = TlogPolicy::parse(&Self::log_policy()).unwrap();
        let origin: Origin = origin.parse().unwrap();
        let leaves: Vec<_> = world
            .entries
            .iter()
            .map(|entry| entry.bytes().to_vec())
            .collect();
        let tree = Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
        let note = |(size, time): &(usize, Timestamp)| {
            let size = TreeSize::new(u64::try_from(*size).unwrap()).unwrap();
            let root = tree.root_at(size).unwrap();
            let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
            logs.open(&Self::stamped(&origin, &checkpoint, *time))
                .unwrap()
        };
        let mut replica = Replica::new(world.charter.clone(), origin.clone());
        replica
            .extend(note(world.notes.last().unwrap()), &leaves)
            .unwrap();
        for stamped in &world.notes {
            replica.add_note(note(stamped)).unwrap();
        }
        for body in &world.bodies {
            replica.add_part(body.clone());
        }
        replica
    }

    /// What a copy of the whole log says of subjects; a bundle says the same.
    pub(crate) fn history(&self, subjects: &[&str], policy: &Policy) -> VerifiedHistory {
        let subjects: Vec<_> = subjects.iter().map(|text| subject(text)).collect();
        let history = self.replica().history(&subjects, policy, None);
        let bundled = self.indexed().inquire(&subjects, policy, None);
        assert_same(&bundled.history, &history);
        history
    }

    /// The verdict about one subject, asked on the day the world has come to.
    pub(crate) fn verdict(&self, of: &str, policy: &Policy) -> Verdict {
        let question = Question {
            as_of: self.now.date(),
            now: self.now,
        };
        judge(&self.history(&[of], policy), policy, question)
    }
}

/// Asserts that a bundle says what a copy of the log does.
pub(crate) fn assert_same(bundled: &VerifiedHistory, whole: &VerifiedHistory) {
    assert_eq!(bundled.closure(), whole.closure());
    assert_eq!(bundled.related(), whole.related());
    assert_eq!(bundled.logs(), whole.logs());
    assert_eq!(bundled.lacking(), whole.lacking());
    assert_eq!(bundled.ignored(), whole.ignored());
    assert_eq!(bundled.is_truncated(), whole.is_truncated());
    if whole.known_at().is_none() {
        assert_eq!(bundled.feeds(), whole.feeds());
    }
    let ids = |history: &VerifiedHistory| -> Vec<_> {
        let entries = history.entries().iter();
        entries.map(fairtrail::history::HistoryEntry::id).collect()
    };
    assert_eq!(ids(bundled), ids(whole));
    for (one, other) in bundled.entries().iter().zip(whole.entries()) {
        assert_eq!(format!("{one:#?}"), format!("{other:#?}"));
    }
}
