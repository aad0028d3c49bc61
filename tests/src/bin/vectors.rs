//! Writes `specs/vectors` and what the specifications show of them:
//! `cargo run -p fairtrail-tests --bin vectors`.

use fairtrail_tests::{artefacts, vectors};

fn main() -> std::io::Result<()> {
    vectors::write()?;
    artefacts::write()
}
