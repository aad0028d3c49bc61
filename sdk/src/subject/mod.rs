//! Subject identifiers: schemes, normal forms and check digits (specs/identifiers.md).
