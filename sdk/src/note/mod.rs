//! C2SP signed notes: keys, signatures and cosignatures.
//!
//! A note is text and signature lines over it. Its text means nothing before [`Note::verify`]. The
//! formats are C2SP `signed-note` 1.0.0 and `tlog-cosignature` 1.0.1; what is narrower here:
//! at most 64 KiB and 32 signatures, exactly one text form, no two lines of one key, and only
//! Ed25519 (0x01) and Ed25519 cosignatures (0x04) are verified. Lines of other types are kept and
//! carried, never trusted.
//!
//! ```
//! use fairtrail::key::SecretKey;
//! use fairtrail::note::{Note, NoteError, NoteSigner, NoteVerifier};
//!
//! let signer = NoteSigner::new("ledger.example/demo".parse()?, SecretKey::from_seed([7; 32]));
//! let vkey = signer.verifier().to_string();
//! let bytes = Note::new("hello\n", vec![signer.sign("hello\n")])?.to_string();
//!
//! let note = Note::parse(bytes.as_bytes())?;
//! let trusted: NoteVerifier = vkey.parse()?;
//! assert_eq!(note.verify(&[trusted.clone()])?.len(), 1);
//!
//! let forged = Note::parse(bytes.replace("hello", "hallo").as_bytes())?;
//! assert!(matches!(forged.verify(&[trusted]), Err(NoteError::SignatureInvalid { .. })));
//! # Ok::<(), NoteError>(())
//! ```

mod error;
mod line;
mod name;
mod signer;
mod text;
mod vkey;

pub use error::NoteError;
pub use line::SignatureLine;
pub use name::{KeyName, NoteKeyId};
pub use signer::{Cosigner, NoteSigner};
pub use text::{Note, VerifiedLine};
pub use vkey::{KeyType, NoteVerifier};
