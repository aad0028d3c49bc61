//! Who is believed.

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
        };
        assert!(listed.believes(a, &[]));
        assert!(listed.believes(c, &[b]));
        assert!(!listed.believes(c, &[a]));
    }
}
