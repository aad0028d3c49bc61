//! Reason codes: one stable word per refusal (specs/reason-codes.md).
//!
//! The same word is the error code, the `expect:` of a vector, the JSON `reason`, the metric label
//! and the last segment of the problem type.

use std::fmt;

macro_rules! reasons {
    ($($variant:ident = $code:literal : $meaning:literal,)*) => {
        /// Why something was refused, or what a verdict rests on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason { $(#[doc = $meaning] $variant,)* }

        impl Reason {
            /// Every reason, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable kebab-case word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Whether admission may take the same bytes once more has come.
            pub const fn is_early(self) -> bool {
                matches!(
                    self,
                    Self::EarlyBegin | Self::EarlyGrant | Self::EarlyPrev | Self::EarlyTarget
                )
            }

            /// One line on what it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

reasons! {
    // Encoding
    CborMalformed = "cbor-malformed": "the bytes are not well-formed CBOR, or end early",
    CborNotCanonical = "cbor-not-canonical": "the bytes are not the one deterministic encoding",
    CborForbiddenItem = "cbor-forbidden-item": "a float, null, tag or other item that has no place here",
    CborTooDeep = "cbor-too-deep": "arrays and maps are nested deeper than allowed",
    CborTooManyItems = "cbor-too-many-items": "more data items than allowed",
    IntegerOutOfRange = "integer-out-of-range": "an integer outside ±(2^53 − 1) or outside its field's bounds",
    TokenRule = "token-rule": "text that is not a token, or a byte string of another length than 16, 32 or 64",
    SchemaMismatch = "schema-mismatch": "an item of another type than the structure has there",
    UnknownField = "unknown-field": "a map key the structure does not have",
    MissingField = "missing-field": "a required field is absent",
    EmptyOptional = "empty-optional": "an optional field is present though empty; absent is its one encoding",
    NotAscending = "not-ascending": "a list that must rise strictly does not, or has a duplicate",
    TooLarge = "too-large": "more bytes or elements than the limit",
    // Envelope
    FrameInvalid = "frame-invalid": "the COSE frame is not the one this profile allows",
    VersionUnknown = "version-unknown": "an envelope version other than the charter's",
    NetworkMismatch = "network-mismatch": "the entry belongs to another network",
    KeyUnacceptable = "key-unacceptable": "the public key is weak, not canonical or has a torsion component",
    SignatureInvalid = "signature-invalid": "the signature does not verify strictly",
    IssuerMismatch = "issuer-mismatch": "iss or sub do not follow from the feed and the subjects",
    KindInvalid = "kind-invalid": "the kind breaks the grammar or uses a reserved prefix",
    SubjectInvalid = "subject-invalid": "a subject breaks the grammar, a check digit or its scheme's rules",
    SubjectsMismatch = "subjects-mismatch": "a network kind names other subjects than it must",
    PartsInvalid = "parts-invalid": "the part list breaks the rules of its kind",
    CodeUnknown = "code-unknown": "a role, basis, flag, reference type or other closed code is unknown",
    // Charter, feeds, admission
    CharterInvalid = "charter-invalid": "the charter breaks a rule",
    EarlyPrev = "early-prev": "the entry before this one is not admitted yet",
    EarlyBegin = "early-begin": "no admitted grant or charter pair names this author yet",
    EarlyGrant = "early-grant": "the cited grant is not in effect yet",
    EarlyTarget = "early-target": "what this entry acts on is not admitted yet",
    PrevMismatch = "prev-mismatch": "prev is not an entry of this feed with the sequence number before",
    KeyMismatch = "key-mismatch": "the entry is signed by another key than the feed's key state says",
    KeyReused = "key-reused": "a key occurs twice on one branch",
    RotationMismatch = "rotation-mismatch": "the rotation key is not the one committed to",
    GrantMissing = "grant-missing": "the entry cites no grant, or cites one where none may stand",
    GrantMismatch = "grant-mismatch": "the cited grant was given to another author",
    DelegationRefused = "delegation-refused": "the granter may not delegate this role, or the chain is too long",
    ScopeMissing = "scope-missing": "a role that must have a scope has none",
    TargetMismatch = "target-mismatch": "the target does not belong to the author named",
    NotAuthorised = "not-authorised": "this feed may not act on that target",
    ActForbidden = "act-forbidden": "only a root may make this act",
    FeedForked = "feed-forked": "the author signed two entries with one sequence number",
    FeedFrozen = "feed-frozen": "two branches of the fork were continued by rotation",
    // Submission door, claims, privacy
    ClaimMissing = "claim-missing": "the claim is not there, or does not match its digest",
    ClaimInvalid = "claim-invalid": "the claim breaks a rule of its kind",
    ClaimInadmissible = "claim-inadmissible": "a claim that arrived by following breaks token or size rules and is not stored",
    KindUnknown = "kind-unknown": "this version does not know the kind and does not take it at its door",
    PartMismatch = "part-mismatch": "bytes and salt do not give the digest named in the header",
    PartMissing = "part-missing": "a part named in the header was not sent",
    RoleMismatch = "role-mismatch": "the author's role may not make statements of this kind",
    OutOfScope = "out-of-scope": "a subject lies outside the grant's scope",
    AuthorRevoked = "author-revoked": "the author's grant or key has been revoked",
    GrantExpired = "grant-expired": "the grant is not valid on this date",
    QuotaExceeded = "quota-exceeded": "more entries than the author may post in this time",
    RefOutOfScope = "ref-out-of-scope": "the entry does not name all subjects of the entry it refers to",
    SubjectNaturalPerson = "subject-natural-person": "the identifier belongs to a natural person",
    SubjectSchemeUnknown = "subject-scheme-unknown": "the subject scheme is not one this version takes",
    PrivacyRawCount = "privacy-raw-count": "a raw number of people; bands only",
    PrivacyBand = "privacy-band": "a group of people is described more precisely than its size allows",
    PrivacyAudience = "privacy-audience": "the part's audience is wider than its content allows",
    PrivacyDifference = "privacy-difference": "with what the author stated before, fewer than ten people could be told apart",
    PrivacyDigest = "privacy-digest": "a bare digest where only a salted one may stand",
    PrivacyText = "privacy-text": "a text shows what looks like the contact or the number of a person",
    TextInvalid = "text-invalid": "a text part without a language or text, or with characters that hide what is written",
    TextInClaim = "text-in-claim": "text for people stands in a claim; it belongs in a text part",
    // Log, notes, proofs
    NoteMalformed = "note-malformed": "the signed note breaks the format",
    SignatureMissing = "signature-missing": "no signature by a key that is trusted here",
    VkeyMalformed = "vkey-malformed": "the verifier key text breaks the format",
    CheckpointMalformed = "checkpoint-malformed": "the checkpoint text breaks the format",
    OriginMismatch = "origin-mismatch": "the note is about another log",
    CosignatureInvalid = "cosignature-invalid": "a cosignature of a known witness does not verify",
    QuorumMissing = "quorum-missing": "fewer operators cosigned than the policy asks for",
    PolicyMalformed = "policy-malformed": "the policy breaks its format",
    TilePath = "tile-path": "the path is not the one form of a tile address",
    BundleMalformed = "bundle-malformed": "a bundle of entries breaks the format",
    ArchiveMalformed = "archive-malformed": "the archive list breaks the format",
    TileMismatch = "tile-mismatch": "a tile does not hash up to the checkpoint",
    ProofInvalid = "proof-invalid": "the proof does not lead to the root",
    ProofIncomplete = "proof-incomplete": "the evidence does not cover what is claimed",
    TrieShapeInvalid = "trie-shape-invalid": "the nodes a proof names cannot stand where it puts them, or are not named in the one form",
    TrieClaimMismatch = "trie-claim-mismatch": "the proof shows another answer for a key than the one claimed",
    TrieNodeClosed = "trie-node-closed": "a change leads below a node that the proof leaves closed",
    EvidenceIncomplete = "evidence-incomplete": "the bundle lacks something that what it holds depends on",
    EvidenceStray = "evidence-stray": "the bundle holds something that nothing in it vouches for",
    PromiseInvalid = "promise-invalid": "the promise does not cover the entry",
    PromiseBroken = "promise-broken": "a promised leaf index holds another entry",
    LogForked = "log-forked": "the log signed two histories",
    RootMismatch = "root-mismatch": "the recomputed root is not the signed one",
    CheckpointStale = "checkpoint-stale": "the newest checkpoint is older than the policy allows",
    LogKeyChanged = "log-key-changed": "the log is named with another key than the one known before",
    LeafInadmissible = "leaf-inadmissible": "the log holds a leaf that admission refuses",
    DuplicateLeaf = "duplicate-leaf": "one entry id stands twice in a log",
    // Index
    BadUpdate = "bad-update": "the index head is not the one that follows from the leaves",
    ForkEvidence = "fork-evidence": "the entries that show where a feed forks are missing, left over or others",
    IndexCount = "index-count": "another number of values than the question or the leaves demand",
    IndexLimit = "index-limit": "an index head covers no leaf, or more leaves, bytes or keys than it may",
    IndexPrevious = "index-previous": "the update does not begin with the index head checked last",
    IndexUnchecked = "index-unchecked": "the index was not checked here up to this checkpoint",
    LogTimeFell = "log-time-fell": "the log time of a posting or an index head falls",
    PostingChain = "posting-chain": "a posting was dropped, doubled, moved or replaced",
    PostingClass = "posting-class": "a posting of another class than its list",
    PostingEntry = "posting-entry": "the posting speaks of another entry than the one given",
    PostingForeign = "posting-foreign": "the posted entry does not name the subject",
    PostingOrder = "posting-order": "the leaf indexes of a list do not rise below the size of the log",
    PostingTwice = "posting-twice": "one entry is posted twice in a list",
    FraudMalformed = "fraud-malformed": "the fraud file is not in its one form",
    // Gossip
    GossipStale = "gossip-stale": "it was heard before, or newer is known",
    GossipUnknown = "gossip-unknown": "it is about a log or an author that is not known here",
    // Witnesses
    CheckpointConflict = "checkpoint-conflict": "the old size is not the one this witness cosigned last",
    CheckpointUnsigned = "checkpoint-unsigned": "the checkpoint bears no valid signature of a key this witness knows the log by",
    LogUnknown = "log-unknown": "this witness does not cosign for this log",
    // Keys and files
    KeyFileLax = "key-file-lax": "others may read the key file",
    KeyFileMalformed = "key-file-malformed": "the key file breaks the format",
    FileExists = "file-exists": "the file exists and is not overwritten",
    FileFailed = "file-failed": "the operating system refused a file operation",
    StateDamaged = "state-damaged": "files of an author's directory contradict one another",
    AuthorBehind = "author-behind": "the gateway holds entries of this feed that were not signed from this directory",
    AuthorBegun = "author-begun": "the author has begun in a network and speaks in no other",
    AuthorNotBegun = "author-not-begun": "the author belongs to no network yet, or its feed has not begun",
    StatedBefore = "stated-before": "the author made this statement before, under the same own key",
    // Import
    ImportEncoding = "import-encoding": "the file is not UTF-8 text",
    ImportFormat = "import-format": "the file's first line is not a header this format knows",
    ImportDate = "import-date": "a date is not written YYYY-MM-DD, or the lines of one list bear several dates",
    ImportFields = "import-fields": "a line has another number of fields than the header",
    ImportName = "import-name": "a name is empty, too long, or has control or direction characters",
    ImportRoute = "import-route": "a route this version has no code for",
    ImportRating = "import-rating": "a rating this version has no status for; nothing is guessed",
    ImportChange = "import-change": "a change of an unknown sort, or one that contradicts itself",
    ImportBatch = "import-batch": "the row belongs together with another one that is refused",
    ImportCount = "import-count": "not a whole number of people, or more of a part than of the whole",
    ImportCountry = "import-country": "no country is known by this name",
    ImportConflict = "import-conflict": "two rows that stand for one statement say different things",
    ImportDuplicate = "import-duplicate": "a row says what another row of the file said",
    ImportMapping = "import-mapping": "the mapping of columns breaks a rule or does not fit the file",
    ImportNote = "import-note": "the row carries a note that may change what it says",
    ImportValue = "import-value": "a cell holds something its field does not take; nothing is guessed",
    StateFileLax = "state-file-lax": "others may read the directory or file that holds names and a secret",
    StateFileMalformed = "state-file-malformed": "the state file breaks the format",
    StateLocked = "state-locked": "another process uses the state directory",
    StateForeign = "state-foreign": "the state directory remembers the statements of another author",
    StateUnsettled = "state-unsettled": "it is not known yet whether statements in flight were signed",
    // Node
    DirectoryLocked = "directory-locked": "another process uses the data directory",
    StoreVersion = "store-version": "the data directory was written by another version",
    JournalDamaged = "journal-damaged": "the journal is damaged before the last synced position",
    StoreDamaged = "store-damaged": "stored bytes outside the journal fail their check",
    StoreFailed = "store-failed": "the disk refused a write or a sync",
    GuardMissing = "guard-missing": "the guard outside the data directory is missing or cannot be read",
    IndexKeyMissing = "index-key-missing": "a key is missing that an index which stands is signed or cosigned with",
    BackupInvalid = "backup-invalid": "a backup is unfinished, or a file in it is not the one that was written",
    ReadOnly = "read-only": "the node was restored and signs nothing before it has recovered what it signed since",
    RollbackSuspected = "rollback-suspected": "the guard has seen a larger or a different tree",
    AddressInUse = "address-in-use": "the address to listen on is taken",
    NotInitialised = "not-initialised": "the data directory holds no log",
    ConfigInvalid = "config-invalid": "the configuration breaks a rule or names something unknown",
    DiskFull = "disk-full": "too little space is left on the disk; nothing is taken",
    ClockFellBack = "clock-fell-back": "the clock stands before the last signature; nothing is signed until it has passed it",
    // Gateway
    NotFound = "not-found": "nothing of that name is here",
    MethodNotAllowed = "method-not-allowed": "the resource does not take this method",
    RequestMalformed = "request-malformed": "the request breaks the format",
    RequestTimeout = "request-timeout": "the request's content did not arrive in time",
    MediaTypeUnsupported = "media-type-unsupported": "the content is of another media type than this resource takes",
    NotAcceptable = "not-acceptable": "none of the media types asked for is served here",
    HeadersTooLarge = "headers-too-large": "the request has more header fields, or longer ones, than the limit",
    Internal = "internal": "a defect of this node; the operator's log says more",
    Overloaded = "overloaded": "too much work is waiting; try again later",
    Stopping = "stopping": "the node is stopping; try again when it is back",
    PartErased = "part-erased": "the part was erased by an entry of the log",
    Withheld = "withheld": "the part is not served here",
    WithheldByLaw = "withheld-by-law": "the operator does not serve the part and names the legal basis",
    GatewayUnreachable = "gateway-unreachable": "the gateway does not answer",
    GatewayAnswer = "gateway-answer": "the gateway's answer breaks the format or contradicts itself",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::str::FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.as_str() == text)
            .ok_or(UnknownReason)
    }
}

/// The word is not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown reason code")]
pub struct UnknownReason;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_kebab_case_and_parse_back() {
        let words: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            let word = reason.as_str();
            assert!(
                word.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{word}"
            );
            assert_eq!(word.parse(), Ok(*reason));
        }
        assert_eq!("no-such-word".parse::<Reason>(), Err(UnknownReason));
    }
}
