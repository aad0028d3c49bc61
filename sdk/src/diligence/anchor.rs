//! What an anchor says: one author's private log had this size and this root.

use crate::contexts::PRIVATE_ACKS_HEADER;
use crate::entry::{Body, SALT_BYTES};
use crate::id::AuthorId;
use crate::merkle::{Root, TreeSize};

/// Media type of the document.
pub const ANCHOR_MEDIA_TYPE: &str = "application/vnd.fairtrail.private-acks";

/// The document that an `author.pulse` names by its salted digest and nobody but the author holds.
/// It says nothing of how many records there are to whoever sees the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorText {
    /// Whose log.
    pub author: AuthorId,
    /// How many records.
    pub size: TreeSize,
    /// What commits to them.
    pub root: Root,
}

impl AnchorText {
    /// The document under a salt.
    pub fn body(&self, salt: [u8; SALT_BYTES]) -> Body {
        let (author, size, root) = (self.author, self.size.get(), self.root);
        let text = format!("{PRIVATE_ACKS_HEADER}\n{author}\n{size}\n{root}\n");
        let bytes = text.into_bytes();
        Body { salt, bytes }
    }
}
