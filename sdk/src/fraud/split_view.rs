//! A log that signed two histories.

use std::fmt;
use std::str::FromStr;

use super::FraudError;
use crate::limits::{NOTE_BYTES, PATH_HASHES};
use crate::log::{Checkpoint, SignedCheckpoint};
use crate::merkle::{Hash, Root, verify};
use crate::note::{Note, NoteVerifier};

const TITLE: &str = "fairtrail/split-view/v1";
/// Two notes and as many lines of path as there can be.
const MAX_BYTES: usize = 2 * NOTE_BYTES + (PATH_HASHES + 4) * 64;

/// Two checkpoints of one log that cannot both be true.
///
/// For one size: two roots. For two sizes: the root that the *newer* tree has over as many leaves
/// as the older one counts, with the consistency proof that binds it to the newer root; it is not
/// the root the older checkpoint states.
///
/// The text form is a title, the lengths of both notes, the prefix root, the path, an empty line
/// and the two notes as they were signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitView {
    older: Note,
    newer: Note,
    prefix: Root,
    path: Vec<Hash>,
}

impl SplitView {
    /// Puts the evidence together; [`Self::verify`] says whether it proves anything.
    pub const fn new(older: Note, newer: Note, prefix: Root, path: Vec<Hash>) -> Self {
        Self {
            older,
            newer,
            prefix,
            path,
        }
    }

    /// The evidence that two checkpoints of one size are.
    pub fn of_one_size(older: &SignedCheckpoint, newer: &SignedCheckpoint) -> Self {
        let root = newer.checkpoint().root();
        Self::new(older.note().clone(), newer.note().clone(), root, Vec::new())
    }

    /// Checks that `log` signed two histories; which two checkpoints it signed.
    ///
    /// # Errors
    /// [`FraudError::Log`] when a note is not of this log; [`FraudError::Merkle`] when the path does
    /// not hold; [`FraudError::NoFraud`] when the two are one history.
    pub fn verify(&self, log: &NoteVerifier) -> Result<(Checkpoint, Checkpoint), FraudError> {
        let open = |note: &Note| SignedCheckpoint::open(note.to_string().as_bytes(), log);
        let older = open(&self.older)?.checkpoint().clone();
        let newer = open(&self.newer)?.checkpoint().clone();
        if older.size() == newer.size() {
            // One size needs no path, and the prefix is the whole.
            if self.prefix != newer.root() || !self.path.is_empty() {
                return Err(FraudError::Malformed);
            }
        } else {
            let (old, new) = (older.size(), newer.size());
            verify::consistency(old, self.prefix, new, newer.root(), &self.path)?;
        }
        if self.prefix == older.root() {
            return Err(FraudError::NoFraud {
                older: older.size().get(),
                newer: newer.size().get(),
            });
        }
        Ok((older, newer))
    }

    /// The checkpoint note signed for the smaller tree, or the one seen first.
    pub const fn older(&self) -> &Note {
        &self.older
    }

    /// The checkpoint note that contradicts it.
    pub const fn newer(&self) -> &Note {
        &self.newer
    }
}

impl fmt::Display for SplitView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (older, newer) = (self.older.to_string(), self.newer.to_string());
        writeln!(
            f,
            "{TITLE}\nnotes {} {}\nprefix {}",
            older.len(),
            newer.len(),
            self.prefix
        )?;
        self.path
            .iter()
            .try_for_each(|hash| writeln!(f, "path {hash}"))?;
        write!(f, "\n{older}{newer}")
    }
}

impl FromStr for SplitView {
    type Err = FraudError;

    /// Reads a file in its one form. What it proves, [`Self::verify`] says.
    fn from_str(text: &str) -> Result<Self, FraudError> {
        let read = (text.len() <= MAX_BYTES).then(|| parse(text)).flatten();
        read.filter(|view| view.to_string() == text)
            .ok_or(FraudError::Malformed)
    }
}

fn parse(text: &str) -> Option<SplitView> {
    let (head, notes) = text.split_once("\n\n")?;
    let mut lines = head.strip_prefix(TITLE)?.strip_prefix('\n')?.split('\n');
    let (older, newer) = lines.next()?.strip_prefix("notes ")?.split_once(' ')?;
    let (older, newer): (usize, usize) = (older.parse().ok()?, newer.parse().ok()?);
    let prefix = lines.next()?.strip_prefix("prefix ")?.parse().ok()?;
    let path = lines.map(|line| line.strip_prefix("path ")?.parse().ok());
    let path: Vec<Hash> = path.collect::<Option<_>>()?;
    let (first, second) = notes.split_at_checked(older)?;
    let whole = second.len() == newer && path.len() <= PATH_HASHES;
    let note = |text: &str| Note::parse(text.as_bytes()).ok();
    whole
        .then(|| Some(SplitView::new(note(first)?, note(second)?, prefix, path)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::log::Origin;
    use crate::merkle::{Tree, TreeSize, leaf_hash};
    use crate::note::NoteSigner;
    use crate::reason::Reason;

    fn signer(origin: &str) -> (Origin, NoteSigner) {
        let origin: Origin = origin.parse().unwrap();
        let name = origin.key_name().unwrap();
        (origin, NoteSigner::new(name, SecretKey::from_seed([7; 32])))
    }

    fn tree(leaves: &[&str]) -> Tree {
        Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf.as_bytes()))).unwrap()
    }

    fn signed(tree: &Tree) -> Note {
        let (origin, key) = signer("log.example/one/e1");
        let checkpoint = Checkpoint::new(origin, tree.size(), tree.root()).unwrap();
        checkpoint.sign(&key).unwrap()
    }

    fn view(older: &Tree, newer: &Tree) -> SplitView {
        let path = newer.consistency(older.size(), newer.size()).unwrap();
        let prefix = newer.root_at(older.size()).unwrap();
        SplitView::new(signed(older), signed(newer), prefix, path)
    }

    #[test]
    fn two_roots_for_one_size_and_a_rewritten_beginning_are_proved_offline() {
        let (_, key) = signer("log.example/one/e1");
        let (a, b) = (tree(&["a", "b", "c"]), tree(&["a", "x", "c"]));
        let longer = tree(&["a", "x", "c", "d", "e"]);
        for view in [view(&a, &b), view(&a, &longer)] {
            let read: SplitView = view.to_string().parse().unwrap();
            assert_eq!(read, view);
            let (older, newer) = read.verify(key.verifier()).unwrap();
            assert_eq!(older.root(), a.root());
            assert!(newer.size() >= older.size());
        }
    }

    #[test]
    fn one_history_another_key_and_another_path_prove_nothing() {
        let (_, key) = signer("log.example/one/e1");
        let (short, long) = (tree(&["a", "b", "c"]), tree(&["a", "b", "c", "d"]));
        let honest = view(&short, &long).verify(key.verifier()).unwrap_err();
        assert_eq!(honest, FraudError::NoFraud { older: 3, newer: 4 });
        let same = view(&short, &short).verify(key.verifier()).unwrap_err();
        assert_eq!(same.code(), Reason::ProofInvalid);

        let other = tree(&["a", "x", "c", "d"]);
        let (_, stranger) = signer("log.example/two/e1");
        let foreign = view(&short, &other)
            .verify(stranger.verifier())
            .unwrap_err();
        assert_eq!(foreign.code(), Reason::SignatureMissing);

        let mut forged = view(&short, &other);
        forged.prefix = tree(&["y", "b", "c"]).root();
        assert!(matches!(
            forged.verify(key.verifier()),
            Err(FraudError::Merkle(_))
        ));
        let mut padded = view(&short, &tree(&["a", "x", "c"]));
        padded.path.push(leaf_hash(b"z"));
        assert_eq!(padded.verify(key.verifier()), Err(FraudError::Malformed));
        let empty = SplitView::new(
            signed(&Tree::new()),
            signed(&long),
            long.root_at(TreeSize::ZERO).unwrap(),
            Vec::new(),
        );
        assert!(empty.verify(key.verifier()).is_err());
    }

    #[test]
    fn a_file_has_one_form() {
        let (a, b) = (tree(&["a", "b", "c"]), tree(&["a", "x", "c", "d"]));
        let text = view(&a, &b).to_string();
        for changed in [
            text.replace("v1", "v2"),
            text.replace("notes ", "notes 0"),
            text.replacen("\n\n", "\n", 1),
            format!("{text}\n"),
            String::new(),
            "x".repeat(MAX_BYTES + 1),
        ] {
            assert_eq!(changed.parse::<SplitView>(), Err(FraudError::Malformed));
        }
    }
}
