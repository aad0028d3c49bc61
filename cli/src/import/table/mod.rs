//! Any table, by a mapping: which column becomes which field of which statement.
//!
//! A row is one statement; of an audit, all rows with its key are the audit and its findings, which
//! are one atomic batch with its manifest. Nothing is guessed: a value without a translation, a date
//! of another form, a raw count in the place of a band refuse the row, and one refused row of an
//! audit refuses the audit.

mod convert;
mod mapping;
mod path;
mod reader;
mod statement;

pub use convert::Convert;
pub use mapping::Mapping;

/// Mappings to start from.
pub const TEMPLATES: [(&str, &str); 2] = [
    ("attest", include_str!("templates/attest.toml")),
    ("audit", include_str!("templates/audit.toml")),
];
