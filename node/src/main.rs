//! The `fairtrail-node` binary.

fn main() {}
