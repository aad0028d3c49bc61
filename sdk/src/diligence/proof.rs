//! One record with all it takes to check it offline: record, path, document, entry, log.

use super::{ANCHOR_MEDIA_TYPE, AnchorText, PrivateAck};
use crate::entry::{Audience, PartRole, SALT_BYTES, SignedEntry};
use crate::id::{AuthorId, EntryId};
use crate::key::PublicKey;
use crate::log::TlogProof;
use crate::merkle::{Hash, LeafIndex, TreeSize, leaf_hash, verify};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::time::Timestamp;
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

/// Bytes of a proof file.
pub const PROOF_BYTES: u64 = 256 * 1_024;

/// The schema of the file.
const SCHEMA: &str = "fairtrail/private-ack@v1";

/// A proof file; whether it holds, [`Self::verify`] tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateProof {
    schema: String,
    /// The record, base64.
    record: String,
    /// Records in the log that was anchored.
    size: u64,
    /// From the record's sibling up.
    path: Vec<Hash>,
    /// Salt of the anchored document, base64.
    salt: String,
    /// The entry that names the document, base64.
    entry: String,
    /// Where the entry stands in a log: a `tlog-proof`.
    log: String,
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// The record.
    pub ack: PrivateAck,
    /// The entry that anchored it.
    pub anchor: EntryId,
    /// Whose entry it is.
    pub author: AuthorId,
    /// The log the entry stands in.
    pub origin: String,
    /// By when it stood there, and so by when the record was made.
    pub not_after: Timestamp,
}

impl PrivateProof {
    /// Puts a proof together.
    pub fn new(
        record: &PrivateAck,
        (size, path): (TreeSize, Vec<Hash>),
        salt: [u8; SALT_BYTES],
        entry: &SignedEntry,
        log: &TlogProof,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            record: BASE64.encode(&record.to_bytes()),
            size: size.get(),
            path,
            salt: BASE64.encode(&salt),
            entry: BASE64.encode(entry.bytes()),
            log: log.to_string(),
        }
    }

    /// Checks every link: the record leads to the root, the root stands in the document that the
    /// entry names, the entry is of the record's author and signed by the key it names, and the
    /// policy's log held it by a time. That the key was this author's is what every log checks on
    /// admission; one entry alone does not show it.
    ///
    /// # Errors
    /// The reason code of the first link that does not hold.
    pub fn verify(&self, policy: &Policy) -> Result<Proved, Reason> {
        if self.schema != SCHEMA {
            return Err(Reason::VersionUnknown);
        }
        let record = base64(&self.record)?;
        let ack = PrivateAck::parse(&record).map_err(|error| error.code())?;
        let (index, size) = (LeafIndex::new(ack.seq), TreeSize::new(self.size));
        let (Ok(index), Ok(size)) = (index, size) else {
            return Err(Reason::ProofInvalid);
        };
        let root = verify::root_from_inclusion(leaf_hash(&record), index, size, &self.path);
        let root = root.map_err(|_| Reason::ProofInvalid)?;
        let author = ack.author;
        let entry = self.anchoring(AnchorText { author, size, root })?;
        let key = PublicKey::enrol(entry.protected().key).map_err(|error| error.code())?;
        entry.authenticate(&key).map_err(|error| error.code())?;
        if entry.author() != author || entry.header().network != policy.network() {
            return Err(Reason::ProofInvalid);
        }
        let log = TlogProof::parse(self.log.as_bytes()).map_err(|error| error.code())?;
        let cosigned = log.verify(leaf_hash(entry.bytes()), policy.logs());
        let cosigned = cosigned.map_err(|error| error.code())?;
        let not_after = cosigned
            .not_after(policy.f())
            .ok_or(Reason::QuorumMissing)?;
        Ok(Proved {
            ack,
            anchor: entry.id(),
            author,
            origin: cosigned.checkpoint().origin().to_string(),
            not_after,
        })
    }

    /// The entry, if it names the document.
    fn anchoring(&self, text: AnchorText) -> Result<SignedEntry, Reason> {
        let salt = base64(&self.salt)?.try_into();
        let body = text.body(salt.map_err(|_| Reason::ProofInvalid)?);
        let part = body.part(PartRole::Document, Some(ANCHOR_MEDIA_TYPE), Audience::Named);
        let entry = SignedEntry::parse(&base64(&self.entry)?).map_err(|error| error.code())?;
        if entry.header().parts.contains(&part) {
            Ok(entry)
        } else {
            Err(Reason::PartMismatch)
        }
    }
}

fn base64(text: &str) -> Result<Vec<u8>, Reason> {
    BASE64
        .decode(text.as_bytes())
        .map_err(|_| Reason::ProofInvalid)
}
