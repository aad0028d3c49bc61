//! Claims: the typed content of entries (specs/claims.md).
