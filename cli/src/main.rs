//! The `fairtrail` binary.

fn main() {}
