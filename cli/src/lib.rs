//! The `fairtrail` command line: one verb per file, every answer verified before it is shown.

pub mod import;
