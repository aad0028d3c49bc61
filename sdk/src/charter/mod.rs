//! The charter of a network and the authors that follow from it (specs/charter.md).
