//! What a log sends a witness, and what comes back (C2SP `tlog-witness`, specs/witness.md).

use std::fmt;

use super::numbers::decimal;
use super::{Checkpoint, LogError};
use crate::limits::{ADD_CHECKPOINT_BYTES, ADD_CHECKPOINT_HASHES};
use crate::merkle::{Hash, TreeSize};
use crate::note::{Note, NoteVerifier, SignatureLine};

const OLD: &str = "old ";

/// Where a witness takes checkpoints, below its address.
pub const ADD_CHECKPOINT: &str = "/add-checkpoint";
/// Media type of the answer that states the size a witness cosigned last.
pub const TREE_SIZE_TYPE: &str = "text/x.tlog.size";

/// The content of `POST /add-checkpoint`: a checkpoint, and the proof that it continues the one of
/// `old` leaves. Nothing is verified, and the note may be of any log.
///
/// ```
/// use fairtrail::key::SecretKey;
/// use fairtrail::log::{AddCheckpoint, Checkpoint, LogError};
/// use fairtrail::merkle::{Root, TreeSize};
/// use fairtrail::note::NoteSigner;
///
/// let log = NoteSigner::new("ledger.example/coast/e1".parse()?, SecretKey::from_seed([1; 32]));
/// let empty = Checkpoint::new("ledger.example/coast/e1".parse()?, TreeSize::ZERO, Root::empty())?;
/// let request = AddCheckpoint { old: TreeSize::ZERO, proof: vec![], note: empty.sign(&log)? };
/// let text = request.to_string();
/// assert!(text.starts_with("old 0\n\nledger.example/coast/e1\n0\n"));
/// assert_eq!(AddCheckpoint::parse(text.as_bytes()), Ok(request));
/// let refused = AddCheckpoint::parse(text.replacen("old 0", "old 00", 1).as_bytes());
/// assert_eq!(refused, Err(LogError::AddCheckpointMalformed));
/// # Ok::<(), LogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Leaves of the tree the witness is believed to have cosigned last; zero if none.
    pub old: TreeSize,
    /// The consistency proof from there; empty if nothing grew or nothing was there.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by its log.
    pub note: Note,
}

impl AddCheckpoint {
    /// Reads the content of a request: at most 16 KiB and 63 hashes, in its one form.
    ///
    /// # Errors
    /// [`LogError::AddCheckpointTooLarge`], [`LogError::AddCheckpointMalformed`], and
    /// [`LogError::Note`] for what stands behind the empty line.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        if bytes.len() > ADD_CHECKPOINT_BYTES {
            return Err(LogError::AddCheckpointTooLarge {
                found: bytes.len(),
                max: ADD_CHECKPOINT_BYTES,
            });
        }
        let malformed = LogError::AddCheckpointMalformed;
        let text = str::from_utf8(bytes).map_err(|_| malformed.clone())?;
        let (head, note) = text.split_once("\n\n").ok_or(malformed.clone())?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix(OLD));
        let old = old.and_then(decimal).ok_or(malformed.clone())?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() >= ADD_CHECKPOINT_HASHES {
                return Err(malformed);
            }
            proof.push(line.parse().map_err(|_| malformed.clone())?);
        }
        Ok(Self {
            old: TreeSize::new(old)?,
            proof,
            note: Note::parse(note.as_bytes())?,
        })
    }

    /// The first line of the checkpoint: which log it says it is about.
    pub fn origin(&self) -> &str {
        let text = self.note.text();
        text.split_once('\n').map_or(text, |(origin, _)| origin)
    }
}

impl fmt::Display for AddCheckpoint {
    /// The content of the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{OLD}{}", self.old)?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}

/// Reads what a witness answered to a checkpoint: its own line over `note`, verified. Lines of other
/// keys are passed over.
///
/// # Errors
/// [`LogError::Note`] when the answer holds no line of `witness`, or one that does not verify.
pub fn read_cosignature(
    note: &Note,
    answer: &[u8],
    witness: &NoteVerifier,
) -> Result<SignatureLine, LogError> {
    // With the checkpoint before it the answer is a note, and read like one.
    let whole = [note.text().as_bytes(), b"\n", answer].concat();
    let answered = Note::parse(&whole)?;
    let verified = answered.verify(std::slice::from_ref(witness))?;
    let line = verified.first().map(|verified| verified.line.clone());
    line.ok_or(LogError::Note(crate::note::NoteError::Unsigned))
}

/// Reads the size a witness says it cosigned last: a decimal number and a line feed.
///
/// ```
/// use fairtrail::log::read_tree_size;
/// assert_eq!(read_tree_size(b"20852163\n").map(|size| size.get()), Some(20_852_163));
/// assert_eq!(read_tree_size(b"020852163\n"), None);
/// ```
pub fn read_tree_size(answer: &[u8]) -> Option<TreeSize> {
    let text = str::from_utf8(answer).ok()?.strip_suffix('\n')?;
    TreeSize::new(decimal(text)?).ok()
}

impl Checkpoint {
    /// Whether another checkpoint of the same log and size has another root.
    pub fn contradicts(&self, other: &Self) -> bool {
        self.origin() == other.origin()
            && self.size() == other.size()
            && self.root() != other.root()
    }
}
