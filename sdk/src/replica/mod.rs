//! A verifier's own copy of a log: recomputes the tree and re-admits every entry.
