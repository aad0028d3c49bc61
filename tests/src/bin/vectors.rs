//! Writes `specs/vectors`: `cargo run -p fairtrail-tests --bin vectors`.

use fairtrail_tests::vectors;
use std::process::ExitCode;

fn main() -> ExitCode {
    match vectors::write() {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
