//! Every limit of the formats, listed once (specs/limits.md).
