//! The bytes of a bundle.

use super::{BundleError, Earlier};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::entry::Body;
use crate::id::EntryId;
use crate::index::{Embedded, Inclusion};
use crate::limits;
use crate::subject::SubjectId;

/// The version that this program reads and writes.
pub const VERSION: u64 = 1;

int_map! {
    /// A bundle as it travels; nothing of it is verified.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Bundle {
        /// [`VERSION`].
        1 => version: u64,
        /// The charter.
        2 => charter: Embedded,
        /// What each log's index says, by rising origin.
        3 => logs: Vec<LogPart>,
        /// The entries, by rising id.
        4 ? entries: Vec<Embedded>,
        /// Their parts, by rising digest.
        5 ? bodies: Vec<Body>,
        /// A report for people. Nothing vouches for it.
        6 ? report: Option<String>,
    }
}

int_map! {
    /// What the index of one log says.
    #[derive(Debug, Clone, PartialEq)]
    pub struct LogPart {
        /// The note of the index log, with its cosignatures.
        1 => note: Embedded,
        /// The path of the note's last leaf.
        2 ? path: Vec<[u8; 32]>,
        /// Class maps and feed values.
        3 => answer: Embedded,
        /// Whole posting lists, by rising subject and class.
        4 ? lists: Vec<SubjectList>,
        /// Archived notes of the log, by rising size.
        5 ? notes: Vec<OldNote>,
        /// Entries that stand in none of the lists, by rising leaf.
        6 ? places: Vec<OutsideLists>,
        /// The log as it was when earlier evidence was given, by rising size.
        7 ? earlier: Vec<Earlier>,
    }
}

/// One class of a subject's entries.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectList {
    /// The subject.
    pub subject: SubjectId,
    /// All postings of one class.
    pub list: Embedded,
}

/// An archived note, and how the log grew from there.
#[derive(Debug, Clone, PartialEq)]
pub struct OldNote {
    /// The note as it was archived.
    pub note: Embedded,
    /// Its consistency with the log that the index head covers.
    pub path: Vec<[u8; 32]>,
}

/// Where an entry stands in the log that is in none of the lists.
#[derive(Debug, Clone, PartialEq)]
pub struct OutsideLists {
    /// The entry.
    pub entry: EntryId,
    /// Its leaf, and the path to the root that the index head names.
    pub at: Inclusion,
}

impl Bundle {
    /// Reads a bundle in its one encoding; what it embeds is read by whoever verifies it.
    ///
    /// # Errors
    /// [`BundleError::Cbor`], [`BundleError::Version`].
    ///
    /// ```
    /// use fairtrail::bundle::Bundle;
    /// use fairtrail::reason::Reason;
    /// assert_eq!(Bundle::parse(&[0xa0]).unwrap_err().code(), Reason::MissingField);
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self = decode(bytes, Rules::BUNDLE)?;
        if bundle.version != VERSION {
            return Err(BundleError::Version {
                found: bundle.version,
            });
        }
        let (len, max) = (bundle.logs.len(), limits::BUNDLE_LOGS);
        if len == 0 {
            let expected = "the evidence of at least one log";
            return Err(CborError::Expected { expected }.into());
        }
        if len > max {
            return Err(CborError::TooLarge { len, max }.into());
        }
        for part in &bundle.logs {
            let (len, max) = (part.earlier.len(), limits::BUNDLE_STATES);
            if len > max {
                return Err(CborError::TooLarge { len, max }.into());
            }
        }
        Ok(bundle)
    }

    /// Its one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

impl Encode for SubjectList {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        self.subject.encode(writer);
        self.list.encode(writer);
    }
}

impl Decode for SubjectList {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "a subject and a list")?;
        Ok(Self {
            subject: SubjectId::decode(reader)?,
            list: Embedded::decode(reader)?,
        })
    }
}

impl Encode for OldNote {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        self.note.encode(writer);
        self.path.encode(writer);
    }
}

impl Decode for OldNote {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "a note and a path")?;
        Ok(Self {
            note: Embedded::decode(reader)?,
            path: Vec::decode(reader)?,
        })
    }
}

impl Encode for OutsideLists {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        self.entry.encode(writer);
        self.at.encode(writer);
    }
}

impl Decode for OutsideLists {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "an entry and where it stands")?;
        Ok(Self {
            entry: EntryId::decode(reader)?,
            at: Inclusion::decode(reader)?,
        })
    }
}
