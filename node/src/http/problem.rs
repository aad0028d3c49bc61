//! Refusals: problem+json (RFC 9457) with a reason code.

use super::status::status;
use crate::service::{ReadError, SubmitError};
use axum::http::{HeaderValue, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use fairtrail::api::{DraftProblem, MessageError, ProblemDetails};
use fairtrail::cbor::CborError;
use fairtrail::reason::Reason;

/// Why a request is not answered. It travels as an extension of its response; the envelope writes
/// the body, because only it knows the request's id.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    reason: Reason,
    problem: Box<ProblemDetails>,
}

impl Refusal {
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        let mut problem = ProblemDetails::new(reason, status(reason).as_u16(), detail);
        problem.hint = hint(reason).map(str::to_owned);
        Self {
            reason,
            problem: Box::new(problem),
        }
    }

    pub(super) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(Reason::RequestMalformed, detail)
    }

    pub(super) fn not_found() -> Self {
        Self::new(Reason::NotFound, "nothing of that name is here")
    }

    pub(super) fn overloaded(detail: &str) -> Self {
        Self::new(Reason::Overloaded, detail)
    }

    /// What went wrong is for the operator's log, not for the client.
    pub(super) fn internal() -> Self {
        Self::new(Reason::Internal, "the node failed to answer")
    }

    pub(super) fn too_large(max: usize) -> Self {
        Self::new(Reason::TooLarge, format!("at most {max} bytes are taken"))
    }

    fn blaming(mut self, position: Option<usize>, problems: Vec<DraftProblem>) -> Self {
        self.problem.position = position;
        self.problem.problems = problems;
        self
    }

    pub(super) const fn reason(&self) -> Reason {
        self.reason
    }

    /// The problem, as told to the client of request `id`.
    pub(super) fn problem(mut self, id: &str) -> ProblemDetails {
        self.problem.instance = Some(format!("/requests/{id}"));
        *self.problem
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(self.reason).into_response();
        if let Some(seconds) = retry_after(self.reason) {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<SubmitError> for Refusal {
    fn from(error: SubmitError) -> Self {
        Self::new(error.reason, error.detail).blaming(error.position, error.problems)
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        let mut refusal = Self::new(error.code(), error.to_string());
        match error {
            ReadError::Withheld { refused: true } => {
                refusal.problem.why = Some(Reason::ClaimInadmissible.to_string());
            }
            ReadError::WithheldByLaw { log, ground } => {
                refusal.problem.log = Some(log);
                refusal.problem.ground = Some(*ground);
            }
            _ => {}
        }
        refusal
    }
}

impl From<MessageError> for Refusal {
    fn from(error: MessageError) -> Self {
        Self::new(error.code(), error.to_string()).blaming(error.position(), Vec::new())
    }
}

impl From<CborError> for Refusal {
    fn from(error: CborError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// Seconds until another attempt is worth while.
const fn retry_after(reason: Reason) -> Option<u16> {
    match reason {
        Reason::IndexUnchecked | Reason::Overloaded => Some(1),
        Reason::QuotaExceeded | Reason::ClockFellBack => Some(60),
        Reason::QuorumMissing | Reason::Stopping => Some(10),
        Reason::DiskFull | Reason::GuardMissing | Reason::ReadOnly | Reason::RollbackSuspected => {
            Some(600)
        }
        _ => None,
    }
}

const fn hint(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::EarlyPrev => "post the entries before this one first, or all in one batch",
        Reason::EarlyBegin => "post the grant that names this author first",
        Reason::EarlyGrant => "post the grant first; a root's grant needs enough roots",
        Reason::EarlyTarget => "post the entry this one acts on first",
        Reason::FeedForked | Reason::FeedFrozen => {
            "the entries of two signers meet in this feed: rotate the key from cold storage"
        }
        Reason::NetworkMismatch => "compare the network id with /v1/log",
        Reason::ClaimMissing | Reason::PartMissing => "send the body of every part along",
        Reason::PrivacyBand | Reason::PrivacyRawCount => "use the bands of specs/claims.md",
        Reason::TooLarge => "send less at once; a batch may be split where its entries allow",
        Reason::MethodNotAllowed => "the header allow names what is taken",
        Reason::NotAcceptable => "ask for application/cose or application/json",
        Reason::TilePath => "tile/<level>/<index>[.p/<width>], the index in groups as x001/234",
        Reason::PartErased => "the entry and its proofs stand; the part counts as unknown",
        Reason::PrivacyText => {
            "leave it out, or put a party's own contact into a field named business_…"
        }
        Reason::Withheld | Reason::WithheldByLaw => {
            "who needs the part asks its author, or another node"
        }
        Reason::RequestTimeout => "send again; an entry that was taken is recognised by its id",
        Reason::IndexUnchecked | Reason::Overloaded | Reason::Stopping | Reason::QuotaExceeded => {
            "the header retry-after says when to try again"
        }
        _ => return None,
    })
}
