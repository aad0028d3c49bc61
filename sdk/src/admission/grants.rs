//! Grants in effect, charter authors, and the chains that lead from one to the other.

use super::AdmittedSet;
use crate::entry::{Grant, Pair, Role};
use crate::id::{ActId, AuthorId, GrantId};
use crate::limits::GRANT_DEPTH;

/// A grant in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantFact {
    /// What it says.
    pub grant: Grant,
    /// Who made it.
    pub granter: Granter,
    /// Position in its chain; a root's or a reply desk's grant is 1.
    pub depth: usize,
}

/// Who made a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granter {
    /// The roots, together.
    Roots(ActId),
    /// A reply desk of the charter.
    ReplyDesk(AuthorId),
    /// Another author, under its own grant.
    Author {
        /// The author.
        author: AuthorId,
        /// The grant it acted under.
        under: GrantId,
    },
}

/// An author named by the charter or an amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CharterAuthor {
    /// Its key and commitment.
    pub pair: Pair,
    /// What it is.
    pub sort: CharterSort,
}

/// What a charter author is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharterSort {
    /// A root: acts count towards the threshold.
    Root,
    /// A reply desk: serves whoever proves control of a subject.
    ReplyDesk,
}

impl AdmittedSet {
    /// A grant in effect.
    pub fn grant(&self, id: GrantId) -> Option<&GrantFact> {
        self.grants.get(&id)
    }

    /// The grants in effect that name `author`, in the order they took effect.
    pub fn grants_to(&self, author: AuthorId) -> &[GrantId] {
        self.granted.get(&author).map_or(&[], Vec::as_slice)
    }

    /// Every grant in effect, in no order.
    pub fn grants(&self) -> impl Iterator<Item = (GrantId, &GrantFact)> {
        self.grants.iter().map(|(id, fact)| (*id, fact))
    }

    /// What the charter or an amendment says of `author`.
    pub fn charter_author(&self, author: AuthorId) -> Option<&CharterAuthor> {
        self.charter_authors.get(&author)
    }

    /// Whether `author` is a root.
    pub fn is_root(&self, author: AuthorId) -> bool {
        self.charter_author(author)
            .is_some_and(|known| known.sort == CharterSort::Root)
    }

    /// The grants from `id` up to the charter, `id` first; empty when it is not in effect.
    pub fn chain(&self, id: GrantId) -> Vec<(GrantId, &GrantFact)> {
        let mut chain = Vec::new();
        let mut at = Some(id);
        while let Some((id, fact)) = at.and_then(|id| self.grant(id).map(|fact| (id, fact))) {
            chain.push((id, fact));
            at = match fact.granter {
                Granter::Author { under, .. } if chain.len() < GRANT_DEPTH => Some(under),
                _ => None,
            };
        }
        chain
    }

    /// Whether `author` made the grant or one above it. Roots are asked for by [`Self::is_root`].
    pub(super) fn in_chain(&self, id: GrantId, author: AuthorId) -> bool {
        self.chain(id).iter().any(|(_, fact)| match fact.granter {
            Granter::Author {
                author: granter, ..
            }
            | Granter::ReplyDesk(granter) => granter == author,
            Granter::Roots(_) => false,
        })
    }

    /// Whom an entry of `author` under `grant` speaks for: the author itself, or for a desk the
    /// first granter up the chain that does not act as desk. `None` when that would be the roots.
    pub fn principal(&self, author: AuthorId, grant: Option<GrantId>) -> Option<AuthorId> {
        let Some(grant) = grant else {
            return Some(author);
        };
        let mut principal = Some(author);
        for (_, fact) in self.chain(grant) {
            if fact.grant.role != Role::Desk {
                return principal;
            }
            principal = match fact.granter {
                Granter::Author { author, .. } => Some(author),
                Granter::ReplyDesk(_) | Granter::Roots(_) => None,
            };
        }
        principal
    }
}
