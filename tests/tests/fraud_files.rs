//! Files that prove something, with every byte changed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use data_encoding::HEXLOWER;
use fairtrail_tests::vectors::{self, judge};

#[test]
fn a_file_with_any_byte_changed_is_refused() {
    let mut changed = 0;
    for vector in vectors::read().unwrap() {
        if !vector.name.starts_with("fraud-logs/") || vector.expect != "ok" {
            continue;
        }
        let bytes = vector.bytes("file");
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            // What stays text reaches deepest.
            other[at] ^= if at % 2 == 0 { 1 } else { 1 << (at % 7) };
            if std::str::from_utf8(&other).is_err() {
                continue;
            }
            let mut vector = vector.clone();
            let file = vector.lines.iter_mut().find(|(key, _)| key == "file");
            file.unwrap().1 = HEXLOWER.encode(&other);
            assert_ne!(
                judge(&vector),
                "ok",
                "{} with byte {at} changed",
                vector.name
            );
            changed += 1;
        }
    }
    assert!(changed > 10_000, "{changed}");
}
