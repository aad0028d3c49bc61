//! What a node that follows keeps of the bodies it is handed (specs/privacy.md §4).
//!
//! Entries are admitted whatever their parts say. What the bytes of a part show is looked at here
//! without knowing who spoke: admission decides about that, later or elsewhere.

use crate::cbor::{CborError, Rules, validate};
use crate::claim::{Claim, ClaimContext, ClaimError, TEXT_MEDIA_TYPE, TextPart, is_known};
use crate::entry::{Body, Header, Part, PartRole};
use crate::privacy;
use crate::reason::Reason;

/// Whether the body of a part may be kept by who did not take it at the submission door: token and
/// size rules, for kinds this version knows the form, and the privacy floor. The entry stays.
///
/// # Errors
/// The reason that the submission door would give; the part is then withheld as
/// `claim-inadmissible`.
///
/// ```
/// use fairtrail::door::may_keep;
/// use fairtrail::entry::{Body, Draft};
/// use fairtrail::reason::Reason;
/// use fairtrail::time::Timestamp;
///
/// let at = Timestamp::new(1_790_000_000).unwrap();
/// let body = |bytes: &[u8]| Body { salt: [1; 16], bytes: bytes.to_vec() };
/// // A kind nobody here knows: {1: 1} keeps the token rule, {1: "two words"} does not.
/// for (bytes, expected) in [
///     (&b"\xa1\x01\x01"[..], Ok(())),
///     (b"\xa1\x01\x69two words", Err(Reason::TokenRule)),
/// ] {
///     let subject = "lei:999900DEMO0000000152".parse().unwrap();
///     let draft = Draft::statement("weather.seen".parse().unwrap(), vec![subject], body(bytes), at);
///     # use fairtrail::entry::Position;
///     # use fairtrail::id::{AuthorId, EntryId, NetworkId};
///     # let position = Position { network: NetworkId::new([0; 32]), feed: AuthorId::new([1; 32]),
///     #     seq: 1, prev: EntryId::new([2; 32]), grant: None };
///     let header = draft.header(&position);
///     assert_eq!(may_keep(&header, &header.parts[0], &body(bytes)), expected);
/// }
/// ```
pub fn may_keep(header: &Header, part: &Part, body: &Body) -> Result<(), Reason> {
    match part.role {
        PartRole::Claim => claim(header, part, &body.bytes),
        PartRole::Text => text(part, &body.bytes),
        PartRole::Document => Ok(()),
    }
}

fn claim(header: &Header, part: &Part, bytes: &[u8]) -> Result<(), Reason> {
    validate(bytes, Rules::CLAIM).map_err(|error| error.code())?;
    let kind = header.kind.as_str();
    if !is_known(kind) {
        return Ok(());
    }
    let claim = match Claim::decode(kind, bytes) {
        Ok(claim) => claim,
        // A later edition has rules of its own, which nobody here can judge.
        Err(ClaimError::Form(CborError::UnknownCode { what, .. })) if what == EDITION => {
            return Ok(());
        }
        // What cannot be read cannot be held to the floor either, and nobody can use it.
        Err(error) => return Err(error.code()),
    };
    let context = ClaimContext {
        subjects: &header.subjects,
        basis: &header.basis,
        role: None,
        audience: part.audience,
    };
    let personal = claim.subjects_of_persons().next();
    let problems = privacy::problems(&claim, &context);
    let first = problems.first().map(|problem| problem.reason);
    match personal.map(|_| Reason::SubjectNaturalPerson).or(first) {
        Some(reason) => Err(reason),
        None => Ok(()),
    }
}

/// What the decoder calls the field that says the edition.
const EDITION: &str = "schema edition";

fn text(part: &Part, bytes: &[u8]) -> Result<(), Reason> {
    let shown = |_| Reason::PrivacyText;
    if part.media_type.as_deref() != Some(TEXT_MEDIA_TYPE) {
        return privacy::bytes_show(bytes).map(shown).map_or(Ok(()), Err);
    }
    let text = TextPart::decode(bytes).map_err(|error| error.code())?;
    let problems = privacy::text_problems(&text);
    let first = problems.first().map(|problem| problem.reason);
    first.map_or(Ok(()), Err)
}
