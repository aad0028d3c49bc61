//! The RFC 6962 Merkle tree: hashing, compact ranges, proofs. No strings, no keys.
