//! Files of every kind against a log, in their one form.

use super::charge::{Charge, Kind};
use super::{
    Accused, BrokenPromise, DuplicateLeaf, ForeignPosting, FraudError, HeadOrder, HeadSplit,
    InadmissibleLeaf, Keys, Omission,
};
use crate::cbor::{Rules, decode, encode};
use crate::index::BadUpdate;
use crate::limits::FEED_FORK_BYTES;
use crate::log::{Checkpoint, LogError, Origin, Promise};
use crate::note::Note;
use data_encoding::BASE64;
use std::fmt;
use std::str::FromStr;

/// What accuses a log of something else than two histories.
///
/// As text: the title `fairtrail/<kind>/v1`, and one line of base64 over deterministic CBOR.
///
/// ```
/// use fairtrail::fraud::LogFraud;
/// assert!("fairtrail/omission/v1\noA==\n".parse::<LogFraud>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogFraud {
    /// An entry that a subject's list lacks.
    Omission(Omission),
    /// A posting that does not belong into its list.
    ForeignPosting(ForeignPosting),
    /// Index heads that do not rise.
    HeadOrder(HeadOrder),
    /// An index head over another tree than the log's.
    HeadSplit(HeadSplit),
    /// A promise that was not kept.
    BrokenPromise(BrokenPromise),
    /// One entry at two leaves.
    DuplicateLeaf(DuplicateLeaf),
    /// A leaf that no log may hold.
    InadmissibleLeaf(InadmissibleLeaf),
    /// An index head that does not follow from the leaves.
    BadUpdate(BadUpdate),
}

impl LogFraud {
    /// Of what the log is accused.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Omission(_) => Kind::Omission,
            Self::ForeignPosting(_) => Kind::ForeignPosting,
            Self::HeadOrder(_) => Kind::HeadOrder,
            Self::HeadSplit(_) => Kind::HeadSplit,
            Self::BrokenPromise(_) => Kind::BrokenPromise,
            Self::DuplicateLeaf(_) => Kind::DuplicateLeaf,
            Self::InadmissibleLeaf(_) => Kind::InadmissibleLeaf,
            Self::BadUpdate(_) => Kind::BadUpdate,
        }
    }

    /// Checks that the log did it. Needs no network, no clock and no third party.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, that it is about a log whose key is not among
    /// these, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        match self {
            Self::Omission(file) => file.verify(keys),
            Self::ForeignPosting(file) => file.verify(keys),
            Self::HeadOrder(file) => file.verify(keys),
            Self::HeadSplit(file) => file.verify(keys),
            Self::BrokenPromise(file) => file.verify(keys),
            Self::DuplicateLeaf(file) => file.verify(keys),
            Self::InadmissibleLeaf(file) => file.verify(keys),
            Self::BadUpdate(file) => bad_update(file, keys),
        }
    }

    /// Who is accused, by the word of the file.
    ///
    /// # Errors
    /// [`FraudError::Log`] when its note is of no log.
    pub fn accused(&self) -> Result<Accused, FraudError> {
        let note = match self {
            Self::Omission(file) => &file.listed.note,
            Self::ForeignPosting(file) => &file.listed.note,
            Self::HeadOrder(file) => &file.note,
            Self::HeadSplit(file) => &file.note,
            Self::BrokenPromise(file) => &file.promise,
            Self::DuplicateLeaf(file) => &file.note,
            Self::InadmissibleLeaf(file) => &file.note,
            Self::BadUpdate(file) => &file.checkpoint,
        };
        let note = Note::parse(&note.0).map_err(LogError::from)?;
        let origin = match self {
            Self::BrokenPromise(_) => note.text().parse::<Promise>()?.origin().clone(),
            _ => note.text().parse::<Checkpoint>()?.origin().clone(),
        };
        Ok(Accused::Log(origin))
    }

    /// The origin of the log that this is about: of an index, the log that is indexed.
    ///
    /// # Errors
    /// As [`Self::accused`].
    pub fn log(&self) -> Result<Origin, FraudError> {
        match self.accused()? {
            Accused::Log(origin) => Ok(origin.log()),
            Accused::Author(_) => Err(FraudError::Malformed),
        }
    }

    fn cbor(&self) -> Vec<u8> {
        match self {
            Self::Omission(file) => encode(file),
            Self::ForeignPosting(file) => encode(file),
            Self::HeadOrder(file) => encode(file),
            Self::HeadSplit(file) => encode(file),
            Self::BrokenPromise(file) => encode(file),
            Self::DuplicateLeaf(file) => encode(file),
            Self::InadmissibleLeaf(file) => encode(file),
            Self::BadUpdate(file) => encode(file),
        }
    }
}

fn bad_update(file: &BadUpdate, keys: &Keys<'_>) -> Result<Charge, FraudError> {
    let (checkpoint, key) = keys.checkpoint(&file.checkpoint.0)?;
    let proof = file.verify(&key)?;
    let charge = Charge::new(Kind::BadUpdate, &checkpoint, key);
    let roots = |head: &crate::index::IndexHead| {
        let (subjects, feeds) = (head.subjects, head.feeds);
        format!("subjects {subjects}, feeds {feeds}")
    };
    Ok(charge
        .with("index_leaf", proof.leaf)
        .with("log_size", proof.signed.size)
        .with("signed", roots(&proof.signed))
        .with("follows", roots(&proof.rebuilt)))
}

impl fmt::Display for LogFraud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n{}",
            self.kind().title(),
            BASE64.encode(&self.cbor())
        )
    }
}

impl FromStr for LogFraud {
    type Err = FraudError;

    /// Reads a file in its one form. What it proves, [`Self::verify`] says.
    fn from_str(text: &str) -> Result<Self, FraudError> {
        if text.len() > FEED_FORK_BYTES {
            return Err(FraudError::TooLarge { len: text.len() });
        }
        parse(text).ok_or(FraudError::Malformed)
    }
}

fn parse(text: &str) -> Option<LogFraud> {
    let (title, rest) = text.split_once('\n')?;
    let bytes = BASE64.decode(rest.strip_suffix('\n')?.as_bytes()).ok()?;
    let rules = Rules::WIRE;
    Some(match Kind::titled(title)? {
        Kind::Omission => LogFraud::Omission(decode(&bytes, rules).ok()?),
        Kind::ForeignPosting => LogFraud::ForeignPosting(decode(&bytes, rules).ok()?),
        Kind::HeadOrder => LogFraud::HeadOrder(decode(&bytes, rules).ok()?),
        Kind::HeadSplit => LogFraud::HeadSplit(decode(&bytes, rules).ok()?),
        Kind::BrokenPromise => LogFraud::BrokenPromise(decode(&bytes, rules).ok()?),
        Kind::DuplicateLeaf => LogFraud::DuplicateLeaf(decode(&bytes, rules).ok()?),
        Kind::InadmissibleLeaf => LogFraud::InadmissibleLeaf(decode(&bytes, rules).ok()?),
        Kind::BadUpdate => LogFraud::BadUpdate(decode(&bytes, rules).ok()?),
    })
}
