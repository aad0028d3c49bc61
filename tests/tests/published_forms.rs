//! Published COSE and BLAKE3 vectors, and an independent COSE reader over our entries.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use coset::{CborSerializable, CoseSign1, TaggedCborSerializable, iana};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use fairtrail::entry::SignedEntry;
use fairtrail::reason::Reason;
use fairtrail_tests::sources::shared;
use fairtrail_tests::vectors;
use serde_json::Value;
use std::path::PathBuf;

/// The JSON files below a shared directory; empty, with a visible note, when it is absent.
fn files(relative: &str) -> Vec<(PathBuf, Value)> {
    let Some(directory) = shared(relative) else {
        return Vec::new();
    };
    let listing = fs_err::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path());
    let json = listing.filter(|path| path.extension().is_some_and(|ext| ext == "json"));
    let parsed = json.map(|path| {
        let text = fs_err::read_to_string(&path).unwrap();
        (path, serde_json::from_str(&text).unwrap())
    });
    parsed.collect()
}

fn must_refuse(hex: &Value, path: &std::path::Path) {
    let bytes = HEX.decode(hex.as_str().unwrap().as_bytes()).unwrap();
    let refused = SignedEntry::parse(&bytes).unwrap_err().code();
    // Signed by others, with their headers: refused at the frame or at the protected header.
    let expected = [
        Reason::FrameInvalid,
        Reason::CborMalformed,
        Reason::SchemaMismatch,
        Reason::TokenRule,
        Reason::CborNotCanonical,
    ];
    assert!(expected.contains(&refused), "{}: {refused}", path.display());
}

#[test]
fn every_cose_wg_message_is_refused_valid_or_not() {
    for directory in ["sign1-tests", "eddsa-examples"] {
        for (path, file) in files(&format!("vectors/cose-wg-examples/{directory}")) {
            must_refuse(&file["output"]["cbor"], &path);
        }
    }
}

#[test]
fn every_gluecose_message_is_refused() {
    for (path, file) in files("vectors/gluecose-cose-sign1") {
        let verify = &file["sign1::verify"]["taggedCOSESign1"]["cborHex"];
        let sign = &file["sign1::sign"]["expectedOutput"]["cborHex"];
        let hex = if verify.is_string() { verify } else { sign };
        must_refuse(hex, &path);
    }
}

#[test]
fn blake3_gives_the_published_derived_keys() {
    let Some(path) = shared("vectors/blake3/test_vectors/test_vectors.json") else {
        return;
    };
    let file: Value = serde_json::from_str(&fs_err::read_to_string(path).unwrap()).unwrap();
    let context = file["context_string"].as_str().unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 35);
    for case in cases {
        let len = usize::try_from(case["input_len"].as_u64().unwrap()).unwrap();
        let input: Vec<u8> = (0..=250).cycle().take(len).collect();
        let output = blake3::derive_key(context, &input);
        let expected = case["derive_key"].as_str().unwrap();
        assert_eq!(
            HEX.encode(&output).to_lowercase(),
            expected[..64],
            "{len} bytes"
        );
    }
}

/// What the sdk hashes with is that function, under each of our contexts.
#[test]
fn our_contexts_are_derived_by_it() {
    for vector in vectors::read().unwrap() {
        if vector.name.starts_with("ids/") {
            let output =
                blake3::derive_key(vector.value("context").unwrap(), &vector.bytes("input"));
            assert_eq!(output.to_vec(), vector.bytes("output"), "{}", vector.name);
        }
    }
}

#[test]
fn an_independent_cose_reader_verifies_our_entries() {
    let mut checked = 0;
    for vector in vectors::read().unwrap() {
        let entries = ["entry/", "network/"]
            .iter()
            .any(|name| vector.name.starts_with(name));
        if entries && vector.expect == "ok" {
            verify_elsewhere(&vector.name, &vector.bytes("entry"));
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked}");
}

fn verify_elsewhere(name: &str, bytes: &[u8]) {
    let cose = CoseSign1::from_tagged_slice(bytes).unwrap();
    let header = &cose.protected.header;
    assert_eq!(
        header.alg,
        Some(coset::Algorithm::Assigned(iana::Algorithm::EdDSA)),
        "{name}"
    );
    assert!(
        cose.unprotected.is_empty() && header.crit.is_empty(),
        "{name}"
    );
    let key: [u8; 32] = header.key_id.as_slice().try_into().unwrap();
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
    let signed = cose.tbs_data(&[]);
    cose.verify_signature(&[], |signature, message| {
        assert_eq!(message, signed);
        key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature)?)
    })
    .unwrap();
    // What it says was signed is what our id is the hash of.
    let id = blake3::derive_key("fairtrail entry v1", &signed);
    assert_eq!(
        SignedEntry::parse(bytes).unwrap().id().as_bytes(),
        &id,
        "{name}"
    );
    // Written again by it, the entry is the same.
    assert_eq!(cose.to_tagged_vec().unwrap(), bytes, "{name}");
    let untagged = CoseSign1::from_slice(&bytes[1..]).unwrap();
    assert_eq!(untagged.signature.len(), 64);
}
