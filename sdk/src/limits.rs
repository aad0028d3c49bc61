//! Every limit of the formats, listed once (specs/limits.md).

/// Bytes of an entry.
pub const ENTRY_BYTES: usize = 8_192;
/// Largest magnitude of an integer, 2^53 − 1: what every JSON reader keeps exactly.
pub const INTEGER: u64 = (1 << 53) - 1;
/// Latest instant, in seconds since 1970: the last second of year 9999.
pub const TIMESTAMP: u64 = 253_402_300_799;
/// Latest date, in days since 1970-01-01: 9999-12-31, the last that prints in ten characters.
pub const DATE_DAYS: u32 = 2_932_896;
/// Depth of arrays and maps, the outermost being 1.
pub const DEPTH: usize = 8;
/// Data items in one structure.
pub const ITEMS: usize = 4_096;
/// Bytes of a token (any text in a header or claim).
pub const TOKEN_BYTES: usize = 128;
/// Bytes of a kind.
pub const KIND_BYTES: usize = 48;
/// Segments of a kind.
pub const KIND_SEGMENTS: usize = 4;
/// Bytes of a subject after its scheme and colon.
pub const SUBJECT_VALUE_BYTES: usize = 111;
/// Bytes of a subject's scheme.
pub const SUBJECT_SCHEME_BYTES: usize = 16;
/// Subjects of an entry.
pub const SUBJECTS: usize = 16;
/// Parts of an entry.
pub const PARTS: usize = 32;
/// References of an entry.
pub const REFS: usize = 16;
/// Bytes of a claim.
pub const CLAIM_BYTES: usize = 16 * 1_024;
/// Bytes of a text part.
pub const TEXT_BYTES: usize = 16 * 1_024;
/// Fields of a text part, its language included.
pub const TEXT_FIELDS: usize = 64;
/// Bytes of the name of a field of a text part.
pub const TEXT_FIELD_BYTES: usize = 32;
/// Bytes of a code in a claim.
pub const CODE_BYTES: usize = 48;
/// Bytes of a language tag.
pub const LANGUAGE_BYTES: usize = 35;
/// Bytes of a document part.
pub const DOCUMENT_BYTES: usize = 16 * 1_024 * 1_024;
/// A text part's stated size is rounded up to a multiple of this.
pub const TEXT_ROUNDING: u64 = 64;
/// A document part's stated size is rounded up to a multiple of this.
pub const DOCUMENT_ROUNDING: u64 = 4_096;
/// Bytes of a charter.
pub const CHARTER_BYTES: usize = 64 * 1_024;
/// Bytes of a text in a charter.
pub const CHARTER_TEXT_BYTES: usize = 16 * 1_024;
/// Roots of a charter, and reply desks.
pub const CHARTER_PAIRS: usize = 32;
/// Pairs added by one `charter.amend`.
pub const AMEND_PAIRS: usize = 8;
/// Subjects in the scope of a grant.
pub const SCOPE: usize = 32;
/// Length of a chain of grants, a root's own grant being 1.
pub const GRANT_DEPTH: usize = 4;
/// Early entries kept per admitted feed.
pub const EARLY_PER_FEED: usize = 256;
/// Early entries kept in all.
pub const EARLY_TOTAL: usize = 65_536;
/// Entries in one atomic batch.
pub const BATCH_ENTRIES: usize = 256;
/// Bytes of a signed note.
pub const NOTE_BYTES: usize = 64 * 1_024;
/// Signature lines of a signed note.
pub const NOTE_SIGNATURES: usize = 32;
/// Bytes of a key name in a note.
pub const KEY_NAME_BYTES: usize = 255;
/// Largest time stamp of a cosignature.
pub const STAMP: u64 = (1 << 63) - 1;
/// Bytes of a log's origin.
pub const ORIGIN_BYTES: usize = 128;
/// Hashes of an inclusion path: one per bit of the largest tree size.
pub const PATH_HASHES: usize = 53;
/// Bytes of the extra data of a proof file.
pub const PROOF_EXTRA_BYTES: usize = 16 * 1_024;
/// Hashes of a full tile, entries of a full entry bundle.
pub const TILE_WIDTH: u16 = 256;
/// Entries covered by one promise.
pub const PROMISE_ENTRIES: u64 = 65_536;
/// Bytes of a trust policy text.
pub const TLOG_POLICY_BYTES: usize = 64 * 1_024;
/// Logs, witnesses and groups of a trust policy, each.
pub const TLOG_POLICY_NAMES: usize = 256;
/// Notes in an archive list: one an hour for thirty years.
pub const ARCHIVE_NOTES: usize = 262_144;
/// Bytes of what a witness is asked.
pub const ADD_CHECKPOINT_BYTES: usize = 16 * 1_024;
/// Hashes of the consistency proof a witness is sent.
pub const ADD_CHECKPOINT_HASHES: usize = 63;
/// Bytes of one message between programs: a batch of entries with their bodies.
pub const WIRE_BYTES: usize = 24 * 1_024 * 1_024;
/// Data items in one message between programs.
pub const WIRE_ITEMS: usize = 65_536;
/// Leaves whose parts one answer covers at most.
pub const PARTS_PAGE_LEAVES: u64 = 256;
/// Bytes of bodies one answer holds before it stops.
pub const PARTS_PAGE_BYTES: usize = 8 * 1_024 * 1_024;
/// Entries naming one part that are looked at for it.
pub const PART_ENTRIES: usize = 65_536;
/// Lines on parts that are not served which one answer holds before it stops.
pub const WITHHELD_PAGE: usize = 1_024;
/// Subjects that one stream of changes tells of.
pub const CHANGES_SUBJECTS: usize = 64;
/// Bytes of one notice in a stream of changes, its last line end included.
pub const NOTICE_BYTES: usize = 16 * 1_024;
/// Entries of a subject's history in one answer.
pub const HISTORY_PAGE: usize = 256;
/// Seconds a gateway waits for publication at most before it answers a submission.
pub const WAIT_SECONDS: u64 = 30;
/// Bytes of a receipt: a proof file for each entry of a batch.
pub const RECEIPT_BYTES: usize = 8 * 1_024 * 1_024;
/// Bytes of a JSON answer other than a receipt.
pub const ANSWER_BYTES: usize = 1_024 * 1_024;
/// Bytes of the list of archived notes: 62 a line at most.
pub const ARCHIVE_LIST_BYTES: usize = ARCHIVE_NOTES * 62;
/// Links followed from an id asked for to another id of the same party.
pub const ALIAS_DEPTH: usize = 8;
/// Ids of one party that are covered, those asked for included.
pub const ALIAS_IDS: usize = 256;
/// Steps that a chain is followed from the party asked about.
pub const CHAIN_TIERS: u8 = 8;
/// Parties of a chain that are judged.
pub const CHAIN_PARTIES: usize = 4_096;
/// Bytes of the evidence of a feed's fork.
pub const FEED_FORK_BYTES: usize = 16 * 1_024 * 1_024;
/// Bytes of a small question between nodes, and of its answer.
pub const QUESTION_BYTES: usize = 256 * 1_024;
/// Bytes of a message that nodes tell each other.
pub const GOSSIP_BYTES: usize = 16 * 1_024;
/// Fraud files that one node keeps and lists.
pub const FRAUD_FILES: usize = 4_096;
/// Checkpoints of other logs that one node lists.
pub const SEEN_CHECKPOINTS: usize = 256;
/// Keys whose values one proof shows: what one index head may touch.
pub const TRIE_KEYS: usize = 8_192;
/// Items of a proof's shape for each key, and hashes: one for each bit of the way, and the end.
pub const TRIE_STEPS: usize = 257;
/// Data items of a proof: three for each item of the shape, and those around them.
pub const TRIE_ITEMS: usize = 8 * 1_024 * 1_024;
/// Bytes of what shows that one index head follows from the one before.
pub const UPDATE_BYTES: usize = 16 * 1_024 * 1_024;
/// Leaves that one index head covers beyond the head before.
pub const INDEX_HEAD_LEAVES: usize = 4_096;
/// Bytes of these leaves.
pub const INDEX_HEAD_LEAF_BYTES: usize = 2 * 1_024 * 1_024;
/// Keys at which a node opens its feeds trie in one answer.
pub const OPENED_KEYS: usize = 16;
/// Childless entries of forked feeds that one such answer names.
pub const OPENED_TIPS: usize = 1_024;
/// Bytes of a bundle.
pub const BUNDLE_BYTES: usize = 256 * 1_024 * 1_024;
/// Levels of arrays and maps of a bundle, the outermost being 1.
pub const BUNDLE_DEPTH: usize = 9;
/// Data items of a bundle, those of what it embeds not counted.
pub const BUNDLE_ITEMS: usize = 4 * 1_024 * 1_024;
/// Subjects that one question for a bundle names: those of a party, and those related to it.
pub const BUNDLE_SUBJECTS: usize = 512;
/// Questions of one inquiry.
pub const INQUIRY_ROUNDS: usize = 16;
/// Logs whose evidence one bundle holds.
pub const BUNDLE_LOGS: usize = 64;
/// Earlier states of one log whose evidence one bundle holds: how often it can be brought up to date.
pub const BUNDLE_STATES: usize = 32;
/// Parts that a question for what is new names as not at hand.
pub const QUESTION_PARTS: usize = 64;
/// Archived notes that one question names because entries cite them which the log does not hold.
pub const QUESTION_NOTES: usize = 64;
