//! Writes `specs/vectors`, what the specifications show of them, and the schema of verdicts:
//! `cargo run -p fairtrail-tests --bin vectors`.

use fairtrail_tests::{artefacts, vectors};

fn main() -> std::io::Result<()> {
    vectors::write()?;
    artefacts::write()
}
