//! BLAKE3 derive-key contexts and signed-text headers, each listed once (specs/contexts.md).

use blake3::hazmat::{ContextKey, HasherExt, hash_derive_key_context};
use std::sync::LazyLock;

/// Entry id, over the `Sig_structure`.
pub const ENTRY: &str = "fairtrail entry v1";
/// Part digest, over salt and bytes.
pub const PART: &str = "fairtrail part v1";
/// Network id, over the charter's bytes.
pub const CHARTER: &str = "fairtrail charter v1";
/// Commitment to the next rotation key, over its `COSE_Key`.
pub const NEXT_KEY: &str = "fairtrail next key v1";
/// Act id, over network id, kind and claim.
pub const ACT: &str = "fairtrail act v1";
/// Digest of the childless entries of a forked feed.
pub const FORK_TIPS: &str = "fairtrail fork tips v1";
/// Reference to a statement by its author's own key, over a secret and that key.
pub const EXTERNAL_REF: &str = "fairtrail external ref v1";
/// Key of a subject in the subjects trie, over the subject's text.
pub const SUBJECT_KEY: &str = "fairtrail subject key v1";
/// Value of a subject, over its class map.
pub const SUBJECT: &str = "fairtrail subject v1";
/// Key of a feed in the feeds trie, over the author's id.
pub const FEED_KEY: &str = "fairtrail feed key v1";
/// Value of a feed, over its feed value.
pub const FEED: &str = "fairtrail feed v1";
/// Head of a chain of postings, over the head before, the count and the posting.
pub const POSTING: &str = "fairtrail posting v1";
/// First line of a promise.
pub const PROMISE_HEADER: &str = "fairtrail/promise/v1";
/// First line of what an anchor of a private log says; named in an entry by its salted digest.
pub const PRIVATE_ACKS_HEADER: &str = "fairtrail/private-acks/v1";

/// First line of what a cosignature signs (C2SP tlog-cosignature).
pub const COSIGNATURE_HEADER: &str = "cosignature/v1";
/// First line of a proof file (C2SP tlog-proof); not signed.
pub const TLOG_PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Every BLAKE3 context.
pub const ALL: &[&str] = &[
    ENTRY,
    PART,
    CHARTER,
    NEXT_KEY,
    ACT,
    FORK_TIPS,
    EXTERNAL_REF,
    SUBJECT_KEY,
    SUBJECT,
    FEED_KEY,
    FEED,
    POSTING,
];

/// What each context makes of the hash.
static KEYS: LazyLock<Vec<(&str, ContextKey)>> = LazyLock::new(|| {
    let key = |context: &&'static str| (*context, hash_derive_key_context(context));
    ALL.iter().map(key).collect()
});

/// BLAKE3 in derive-key mode: the hash of `bytes` under `context`.
///
/// ```
/// use fairtrail::contexts::{ACT, ENTRY, derive};
/// assert_ne!(derive(ENTRY, &[b"same"]), derive(ACT, &[b"same"]));
/// assert_eq!(derive(ENTRY, &[b"sa", b"me"]), derive(ENTRY, &[b"same"]));
/// ```
pub fn derive(context: &'static str, bytes: &[&[u8]]) -> [u8; 32] {
    // What a context makes of the hash is itself a hash, and the same every time.
    let known = KEYS.iter().find(|(known, _)| *known == context);
    let mut hasher = match known {
        Some((_, key)) => blake3::Hasher::new_from_context_key(key),
        None => blake3::Hasher::new_derive_key(context),
    };
    for piece in bytes {
        hasher.update(piece);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_context_gives_what_the_library_gives() {
        for context in ALL.iter().chain(&["another context"]) {
            assert_eq!(
                derive(context, &[b"some"]),
                blake3::derive_key(context, b"some")
            );
        }
    }

    #[test]
    fn contexts_are_distinct() {
        let mut sorted = ALL.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ALL.len());
    }
}
