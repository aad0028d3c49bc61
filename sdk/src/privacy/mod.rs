//! The privacy floor: what claims may not say about groups of people (specs/claims.md).
