//! The one table from reason codes to HTTP statuses.

use axum::http::StatusCode;
use fairtrail::reason::Reason;

/// The HTTP status of a reason code (specs/gateway.md §5).
pub fn status(reason: Reason) -> StatusCode {
    let row = TABLE.iter().find(|(_, reasons)| reasons.contains(&reason));
    row.map_or(StatusCode::INTERNAL_SERVER_ERROR, |(status, _)| *status)
}

const TABLE: &[(StatusCode, &[Reason])] = &[
    (StatusCode::BAD_REQUEST, MALFORMED),
    (StatusCode::FORBIDDEN, FORBIDDEN),
    (
        StatusCode::NOT_FOUND,
        &[Reason::LogUnknown, Reason::NotFound],
    ),
    (StatusCode::METHOD_NOT_ALLOWED, &[Reason::MethodNotAllowed]),
    (StatusCode::NOT_ACCEPTABLE, &[Reason::NotAcceptable]),
    (StatusCode::REQUEST_TIMEOUT, &[Reason::RequestTimeout]),
    (StatusCode::CONFLICT, CONFLICT),
    (StatusCode::GONE, &[Reason::PartErased, Reason::Withheld]),
    (StatusCode::PAYLOAD_TOO_LARGE, &[Reason::TooLarge]),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        &[Reason::MediaTypeUnsupported],
    ),
    (StatusCode::UNPROCESSABLE_ENTITY, INVALID),
    (StatusCode::TOO_MANY_REQUESTS, &[Reason::QuotaExceeded]),
    (
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        &[Reason::HeadersTooLarge],
    ),
    (
        StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS,
        &[Reason::WithheldByLaw],
    ),
    (StatusCode::INTERNAL_SERVER_ERROR, BROKEN),
    (StatusCode::SERVICE_UNAVAILABLE, AWAY),
    (StatusCode::INTERNAL_SERVER_ERROR, NEVER_SAID),
];

/// The bytes are not what their type demands.
const MALFORMED: &[Reason] = &[
    Reason::CborForbiddenItem,
    Reason::CborMalformed,
    Reason::CborNotCanonical,
    Reason::CborTooDeep,
    Reason::CborTooManyItems,
    Reason::CheckpointMalformed,
    Reason::EmptyOptional,
    Reason::FrameInvalid,
    Reason::IntegerOutOfRange,
    Reason::KindInvalid,
    Reason::MissingField,
    Reason::NotAscending,
    Reason::RequestMalformed,
    Reason::SchemaMismatch,
    Reason::TilePath,
    Reason::TokenRule,
    Reason::UnknownField,
    Reason::VersionUnknown,
];

/// The author may not say this, or not any more.
const FORBIDDEN: &[Reason] = &[
    Reason::ActForbidden,
    Reason::AuthorRevoked,
    Reason::BadUpdate,
    Reason::CheckpointUnsigned,
    Reason::DelegationRefused,
    Reason::GrantExpired,
    Reason::GrantMismatch,
    Reason::GrantMissing,
    Reason::NotAuthorised,
    Reason::OutOfScope,
    Reason::RoleMismatch,
];

/// What is here does not allow it: not yet, or no longer.
const CONFLICT: &[Reason] = &[
    Reason::CheckpointConflict,
    Reason::EarlyBegin,
    Reason::EarlyGrant,
    Reason::EarlyPrev,
    Reason::EarlyTarget,
    Reason::FeedForked,
    Reason::FeedFrozen,
];

/// Well-formed, and refused for good.
const INVALID: &[Reason] = &[
    Reason::ClaimInadmissible,
    Reason::ClaimInvalid,
    Reason::ClaimMissing,
    Reason::CodeUnknown,
    Reason::IssuerMismatch,
    Reason::KeyMismatch,
    Reason::KeyReused,
    Reason::KeyUnacceptable,
    Reason::KindUnknown,
    Reason::LogForked,
    Reason::NetworkMismatch,
    Reason::PartMismatch,
    Reason::PartMissing,
    Reason::PartsInvalid,
    Reason::PrevMismatch,
    Reason::PrivacyAudience,
    Reason::PrivacyBand,
    Reason::PrivacyDigest,
    Reason::PrivacyRawCount,
    Reason::PrivacyText,
    Reason::ProofInvalid,
    Reason::RefOutOfScope,
    Reason::RotationMismatch,
    Reason::ScopeMissing,
    Reason::SignatureInvalid,
    Reason::SubjectInvalid,
    Reason::SubjectNaturalPerson,
    Reason::SubjectSchemeUnknown,
    Reason::SubjectsMismatch,
    Reason::TargetMismatch,
    Reason::TextInClaim,
    Reason::TextInvalid,
];

/// The node is at fault.
const BROKEN: &[Reason] = &[
    Reason::Internal,
    Reason::JournalDamaged,
    Reason::StoreDamaged,
    Reason::StoreFailed,
];

/// The node cannot at present.
const AWAY: &[Reason] = &[
    Reason::ClockFellBack,
    Reason::DiskFull,
    Reason::GuardMissing,
    Reason::IndexUnchecked,
    Reason::Overloaded,
    Reason::QuorumMissing,
    Reason::ReadOnly,
    Reason::RollbackSuspected,
    Reason::Stopping,
];

/// Said by verifiers, commands and start-up; should a gateway ever say one, it is a defect.
const NEVER_SAID: &[Reason] = &[
    Reason::AddressInUse,
    Reason::ArchiveMalformed,
    Reason::AuthorBegun,
    Reason::AuthorBehind,
    Reason::AuthorNotBegun,
    Reason::BackupInvalid,
    Reason::BundleMalformed,
    Reason::CharterInvalid,
    Reason::CheckpointStale,
    Reason::ConfigInvalid,
    Reason::CosignatureInvalid,
    Reason::DirectoryLocked,
    Reason::DuplicateLeaf,
    Reason::EvidenceIncomplete,
    Reason::EvidenceStray,
    Reason::FileExists,
    Reason::FileFailed,
    Reason::ForkEvidence,
    Reason::FraudMalformed,
    Reason::GatewayAnswer,
    Reason::GatewayUnreachable,
    Reason::GossipStale,
    Reason::GossipUnknown,
    Reason::IndexKeyMissing,
    Reason::ImportBatch,
    Reason::ImportChange,
    Reason::ImportConflict,
    Reason::ImportCount,
    Reason::ImportCountry,
    Reason::ImportDate,
    Reason::ImportDuplicate,
    Reason::ImportEncoding,
    Reason::ImportFields,
    Reason::ImportFormat,
    Reason::ImportMapping,
    Reason::ImportName,
    Reason::ImportNote,
    Reason::ImportRating,
    Reason::ImportRoute,
    Reason::ImportValue,
    Reason::IndexCount,
    Reason::IndexLimit,
    Reason::IndexPrevious,
    Reason::KeyFileLax,
    Reason::KeyFileMalformed,
    Reason::LeafInadmissible,
    Reason::LogKeyChanged,
    Reason::LogTimeFell,
    Reason::NotInitialised,
    Reason::NoteMalformed,
    Reason::OriginMismatch,
    Reason::PolicyMalformed,
    Reason::PostingChain,
    Reason::PostingClass,
    Reason::PostingEntry,
    Reason::PostingForeign,
    Reason::PostingOrder,
    Reason::PostingTwice,
    Reason::PrivacyDifference,
    Reason::PromiseBroken,
    Reason::PromiseInvalid,
    Reason::ProofIncomplete,
    Reason::RootMismatch,
    Reason::SignatureMissing,
    Reason::StateDamaged,
    Reason::StateFileLax,
    Reason::StateFileMalformed,
    Reason::StateForeign,
    Reason::StateLocked,
    Reason::StateUnsettled,
    Reason::StatedBefore,
    Reason::StoreVersion,
    Reason::TileMismatch,
    Reason::TrieClaimMismatch,
    Reason::TrieNodeClosed,
    Reason::TrieShapeInvalid,
    Reason::VkeyMalformed,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_stands_in_exactly_one_row() {
        let listed: Vec<_> = TABLE.iter().flat_map(|(_, reasons)| *reasons).collect();
        let once = |reason: &&Reason| listed.iter().filter(|row| **row == *reason).count() == 1;
        let others: Vec<_> = Reason::ALL.iter().filter(|reason| !once(reason)).collect();
        assert_eq!(
            others,
            [] as [&Reason; 0],
            "each belongs in one row of this table"
        );
        assert_eq!(status(Reason::EarlyPrev), StatusCode::CONFLICT);
        assert_eq!(status(Reason::RootMismatch).as_u16(), 500);
    }
}
