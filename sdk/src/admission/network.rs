//! What each network kind needs to be admitted, beyond its place in a feed.

use super::check::Effect;
use super::{AdmissionError, AdmittedSet, CharterSort, GrantFact, Granter};
use crate::entry::{
    Amend, Grant, NetworkClaim, Pair, PartErase, Revoke, RevokeTarget, Role, SignedEntry,
};
use crate::id::{AuthorId, EntryId, GrantId};
use crate::limits::GRANT_DEPTH;

/// The grant an entry acts under, and what it says; `None` in feeds of charter authors.
type Under<'a> = Option<(GrantId, &'a GrantFact)>;

impl AdmittedSet {
    pub(super) fn check_network(
        &self,
        entry: &SignedEntry,
        under: Under<'_>,
    ) -> Result<Effect, AdmissionError> {
        let author = entry.author();
        match entry.network_claim() {
            Some(NetworkClaim::Grant(grant)) => self.check_grant(entry, grant, under),
            Some(NetworkClaim::Amend(amend)) => self.check_amend(entry, amend),
            Some(NetworkClaim::Revoke(revoke)) => {
                self.check_revoke(author, revoke).map(|()| Effect::None)
            }
            Some(NetworkClaim::Erase(erase)) => {
                self.check_erase(author, erase).map(|()| Effect::None)
            }
            Some(NetworkClaim::Begin(_) | NetworkClaim::Pulse(_) | NetworkClaim::Rotate(_))
            | None => Ok(Effect::None),
        }
    }

    fn check_grant(
        &self,
        entry: &SignedEntry,
        grant: &Grant,
        under: Under<'_>,
    ) -> Result<Effect, AdmissionError> {
        let refused = AdmissionError::Delegation { role: grant.role };
        if !self.charter.grants(grant.role) {
            return Err(refused);
        }
        let author = entry.author();
        match (
            under,
            self.charter_authors.get(&author).map(|known| known.sort),
        ) {
            (None, Some(CharterSort::Root)) => Ok(self.act(entry)),
            (None, Some(CharterSort::ReplyDesk)) => {
                let reply = grant.role == Role::Respondent && grant.may_delegate.is_empty();
                let fact = GrantFact {
                    grant: grant.clone(),
                    granter: Granter::ReplyDesk(author),
                    depth: 1,
                };
                if reply {
                    Ok(Effect::Grant(entry.id().into(), fact))
                } else {
                    Err(refused)
                }
            }
            (Some((id, parent)), _) => {
                let depth = parent.depth.saturating_add(1);
                let delegable = parent.grant.may_delegate.contains(&grant.role)
                    && grant
                        .may_delegate
                        .iter()
                        .all(|r| parent.grant.may_delegate.contains(r));
                if !delegable || depth > GRANT_DEPTH {
                    return Err(refused);
                }
                let granter = Granter::Author { author, under: id };
                let fact = GrantFact {
                    grant: grant.clone(),
                    granter,
                    depth,
                };
                Ok(Effect::Grant(entry.id().into(), fact))
            }
            (None, None) => Err(AdmissionError::GrantMissing { author }),
        }
    }

    /// One root's part in a threshold act. Roots count by the key of their charter pair.
    fn act(&self, entry: &SignedEntry) -> Effect {
        let raw = entry
            .header()
            .claim
            .as_ref()
            .map_or(&[][..], |claim| claim.as_bytes());
        let act = self.act_id(entry.header().kind.as_str(), raw);
        match self.charter_authors.get(&entry.author()) {
            Some(root) => Effect::Act {
                act,
                root: root.pair.key,
            },
            None => Effect::None,
        }
    }

    fn check_amend(&self, entry: &SignedEntry, amend: &Amend) -> Result<Effect, AdmissionError> {
        let author = entry.author();
        if !self.is_root(author) {
            return Err(AdmissionError::ActForbidden { author });
        }
        let terms = self.charter.terms();
        let same = |a: &Pair, b: &Pair| a.key == b.key || a.next == b.next;
        for (at, pair) in amend.pairs.iter().enumerate() {
            let charter = terms.roots.iter().chain(&terms.reply_desks);
            let earlier = amend.pairs.iter().take(at);
            if charter.chain(earlier).any(|other| same(pair, other)) {
                return Err(AdmissionError::KeyReused { key: pair.key });
            }
            crate::key::PublicKey::enrol(pair.key)?;
        }
        Ok(self.act(entry))
    }

    fn check_revoke(&self, by: AuthorId, revoke: &Revoke) -> Result<(), AdmissionError> {
        let (target, author) = (revoke.target, revoke.author);
        match revoke.sort {
            RevokeTarget::Grant => {
                let fact = match self.grants.get(&target) {
                    // Nothing at hand acts under it.
                    None if self.is_excerpt() => return Ok(()),
                    fact => fact.ok_or(AdmissionError::EarlyTarget {
                        target: *target.as_bytes(),
                    })?,
                };
                if fact.grant.to != author {
                    return Err(AdmissionError::TargetMismatch { author });
                }
                let may = self.is_root(by) || self.in_chain(target, by);
                if may {
                    Ok(())
                } else {
                    Err(AdmissionError::NotAuthorised { author: by })
                }
            }
            RevokeTarget::Key => self.check_revoke_key(by, target, author),
        }
    }

    fn check_revoke_key(
        &self,
        by: AuthorId,
        target: GrantId,
        author: AuthorId,
    ) -> Result<(), AdmissionError> {
        let state = EntryId::new(*target.as_bytes());
        let early = AdmissionError::EarlyTarget {
            target: *target.as_bytes(),
        };
        let fact = match self.facts.get(&state) {
            // Nothing at hand is signed with it.
            None if self.is_excerpt() => return Ok(()),
            fact => fact.ok_or(early)?,
        };
        if fact.feed != author || !self.keys.contains_key(&state) {
            return Err(AdmissionError::TargetMismatch { author });
        }
        let grants = self.grants_to(author);
        let may = by == author
            || self.is_root(by)
            || grants.iter().any(|grant| self.in_chain(*grant, by));
        // Another grant to the author may yet arrive, with this feed in its chain.
        let early = AdmissionError::EarlyTarget {
            target: *author.as_bytes(),
        };
        if may { Ok(()) } else { Err(early) }
    }

    fn check_erase(&self, by: AuthorId, erase: &PartErase) -> Result<(), AdmissionError> {
        let (entry, author) = (erase.entry, erase.author);
        let early = AdmissionError::EarlyTarget {
            target: *entry.as_bytes(),
        };
        let fact = match self.facts.get(&entry) {
            // It takes nothing from what is at hand.
            None if self.is_excerpt() => return Ok(()),
            fact => fact.ok_or(early)?,
        };
        if fact.feed != author {
            return Err(AdmissionError::TargetMismatch { author });
        }
        let above = fact.grant.is_some_and(|grant| self.in_chain(grant, by));
        let may = by == author || self.is_root(by) || above;
        if may {
            Ok(())
        } else {
            Err(AdmissionError::NotAuthorised { author: by })
        }
    }
}
