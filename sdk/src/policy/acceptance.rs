//! Who is believed.

use crate::entry::Role;
use crate::id::AuthorId;
use serde::{Deserialize, Serialize};

/// The authors and granters a verifier believes. With neither listed, everybody the charter's
/// roots granted, directly or down the chain, is believed in the role granted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Authors believed by name.
    #[serde(default)]
    pub authors: Vec<AuthorId>,
    /// Authors whose grants are believed.
    #[serde(default)]
    pub granters: Vec<AuthorId>,
    /// Authors believed when they say that two ids are one party's, as principals. With none
    /// listed, every author believed whose role is to look at others: not a party to the supply
    /// chain, which would speak of itself.
    #[serde(default)]
    pub asserters: Vec<AuthorId>,
}

impl Acceptance {
    /// Whether `author`, granted by `granters` (nearest first), is believed.
    pub fn believes(&self, author: AuthorId, granters: &[AuthorId]) -> bool {
        let everybody = self.authors.is_empty() && self.granters.is_empty();
        everybody
            || self.authors.contains(&author)
            || granters
                .iter()
                .any(|granter| self.granters.contains(granter))
    }

    /// Whether the principal `author`, speaking in `role`, may say that two ids are one party's.
    /// Whether it is believed at all is another question.
    pub fn asserts(&self, author: AuthorId, role: Option<Role>) -> bool {
        if !self.asserters.is_empty() {
            return self.asserters.contains(&author);
        }
        matches!(
            role,
            Some(
                Role::Auditor
                    | Role::Authority
                    | Role::Ngo
                    | Role::Observer
                    | Role::Scheme
                    | Role::WorkerOrganisation
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_narrow_who_is_believed() {
        let [a, b, c] = [1, 2, 3].map(|n| AuthorId::new([n; 32]));
        assert!(Acceptance::default().believes(a, &[]));
        let listed = Acceptance {
            authors: vec![a],
            granters: vec![b],
            asserters: vec![],
        };
        assert!(listed.believes(a, &[]));
        assert!(listed.believes(c, &[b]));
        assert!(!listed.believes(c, &[a]));
    }

    #[test]
    fn a_party_says_what_its_ids_are_only_to_whom_lists_it() {
        let [a, b] = [1, 2].map(|n| AuthorId::new([n; 32]));
        let nobody = Acceptance::default();
        assert!(nobody.asserts(a, Some(Role::Auditor)));
        for role in [Role::Company, Role::Recruiter, Role::Respondent] {
            assert!(!nobody.asserts(a, Some(role)));
        }
        let listed = Acceptance {
            asserters: vec![a],
            ..Acceptance::default()
        };
        assert!(listed.asserts(a, Some(Role::Company)));
        assert!(!listed.asserts(b, Some(Role::Auditor)));
    }
}
