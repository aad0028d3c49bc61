//! What may be done about a refusal.

use fairtrail::reason::Reason;

/// One sentence on what to do, where there is something that always helps.
pub const fn hint(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::CodeUnknown => "`fairtrail … new --template` lists the words a field takes",
        Reason::KindUnknown => "see `fairtrail help` for the kinds of statements",
        Reason::MissingField => "fill it in; what nobody looked at has the answer not_assessed",
        Reason::PrivacyAudience => {
            "leave the field out, or give the statement audience = \"named\""
        }
        Reason::PrivacyBand => {
            "leave the field out or say it more coarsely; the statement itself can still be made"
        }
        Reason::PrivacyDifference => {
            "leave this number out, or state the same group again instead of a nearly equal one"
        }
        Reason::PrivacyDigest => "put what it hides into a text or document part, which is salted",
        Reason::PrivacyRawCount => {
            "write the band; the exact number may stand in [[private]], which never leaves this machine"
        }
        Reason::PrivacyText => {
            "leave it out, or put a party's own contact into a field named business_…; write \
             identifiers with their scheme, as gln:…"
        }
        Reason::SubjectInvalid => "compare it with the number's source, digit by digit",
        Reason::SubjectNaturalPerson => "persons have no place here, not even by number",
        Reason::TextInClaim => "move the text to [text]",
        Reason::UnknownField => "compare the name with the template of the kind",
        _ => return None,
    })
}
