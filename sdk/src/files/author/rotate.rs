//! Rotation: new keys on disk first, then the entry that enrols them, then the old keys go.

use super::{AuthorDir, AuthorError, FeedHead, Membership, Pending, Seen, signing};
use crate::api::{Batch, Submission};
use crate::entry::{Draft, NetworkClaim, Position, Rotate};
use crate::files::durable::rename;
use crate::files::{new_key, read_key, write_key};
use crate::id::GrantId;
use crate::key::{KeyPurpose, SecretKey};
use crate::time::Timestamp;
use std::path::Path;

/// How to rotate.
#[derive(Debug, Clone, Copy)]
pub struct Rotation<'a> {
    /// The rotation key's file, when it is kept elsewhere (cold storage).
    pub key_file: Option<&'a Path>,
    /// The grant to cite, when not the one remembered.
    pub grant: Option<GrantId>,
    /// Whether to go on after the last *acknowledged* entry and leave later ones behind: heals a
    /// fork, a refused batch, or entries somebody else signed.
    pub abandon: bool,
    /// The time the entry states.
    pub at: Timestamp,
}

impl AuthorDir {
    /// Signs an `author.rotate` with the rotation key and installs fresh keys.
    ///
    /// # Errors
    /// [`AuthorError`]; before the entry is kept, nothing has changed but unused new keys.
    pub fn rotate(
        &mut self,
        rotation: &Rotation<'_>,
        seen: Seen<'_>,
    ) -> Result<Pending, AuthorError> {
        let membership = self.membership()?.clone();
        let head = self.rotation_head(&membership, rotation, seen)?;
        let grant = Self::grant_for(&membership, rotation.grant)?;
        let old = self.rotation_key(rotation.key_file)?;
        let signing = self.fresh_key(NEW_SIGNING, KeyPurpose::Signing)?;
        let next = self.fresh_key(NEW_ROTATION, KeyPurpose::Rotation)?;
        let claim = NetworkClaim::Rotate(Rotate {
            next: next.public().next_digest(),
            key: signing.public().id(),
        });
        let (network, feed) = (membership.network, membership.author);
        let seq = FeedHead::seq_after(Some(head));
        let prev = head.id;
        let position = Position {
            network,
            feed,
            seq,
            prev,
            grant,
        };
        let entry = Draft::network(claim, feed, rotation.at).sign(&position, &old)?;
        if rotation.abandon {
            self.abandon()?;
        }
        let bodies = Vec::new();
        let pending = self.release(Batch(vec![Submission { entry, bodies }]))?;
        self.install_keys()?;
        Ok(pending)
    }

    fn rotation_head(
        &self,
        membership: &Membership,
        rotation: &Rotation<'_>,
        seen: Seen<'_>,
    ) -> Result<FeedHead, AuthorError> {
        if rotation.abandon {
            self.unrestored()?;
            if let Seen::Gateways(views) = seen {
                signing::check_keys(views, membership)?;
            }
            return membership.acknowledged.ok_or(AuthorError::NotBegun);
        }
        self.guarded()?;
        if let Seen::Gateways(views) = seen {
            signing::check(
                views,
                membership.author,
                membership.signed,
                &self.known_heads()?,
            )?;
        }
        membership.signed.ok_or(AuthorError::NotBegun)
    }

    fn rotation_key(&self, elsewhere: Option<&Path>) -> Result<SecretKey, AuthorError> {
        let own = self.path.join(ROTATION);
        let path = elsewhere.unwrap_or(&own);
        let key = read_key(path, KeyPurpose::Rotation)?;
        if key.public().next_digest() == self.state.next {
            Ok(key)
        } else {
            Err(AuthorError::Damaged {
                path: path.to_path_buf(),
                what: "not the rotation key this feed is committed to",
            })
        }
    }

    /// A new key, or the one left by a rotation that was interrupted before it was signed.
    fn fresh_key(&self, name: &str, purpose: KeyPurpose) -> Result<SecretKey, AuthorError> {
        let path = self.path.join(name);
        if path.exists() {
            return Ok(read_key(&path, purpose)?);
        }
        let key = new_key()?;
        write_key(&path, &key, purpose)?;
        Ok(key)
    }

    /// Puts new keys in the place of old ones once the state names them; the old ones are gone.
    pub(super) fn install_keys(&self) -> Result<(), AuthorError> {
        let signing = self.path.join(NEW_SIGNING);
        if signing.exists() {
            let key = read_key(&signing, KeyPurpose::Signing)?;
            if key.public().id() == self.state.key {
                rename(&signing, &self.path.join(SIGNING))?;
            }
        }
        let rotation = self.path.join(NEW_ROTATION);
        if rotation.exists() {
            let key = read_key(&rotation, KeyPurpose::Rotation)?;
            if key.public().next_digest() == self.state.next {
                rename(&rotation, &self.path.join(ROTATION))?;
            }
        }
        Ok(())
    }
}

pub(super) const SIGNING: &str = "signing.key";
pub(super) const ROTATION: &str = "rotation.key";
pub(super) const NEW_SIGNING: &str = "new-signing.key";
const NEW_ROTATION: &str = "new-rotation.key";
