//! Authors, grants and subjects as a person names them.

use crate::context::Context;
use crate::error::CliError;
use fairtrail::entry::ScopeItem;
use fairtrail::files::AuthorName;
use fairtrail::id::{ActId, AuthorId, EntryId, GrantId};
use fairtrail::reason::Reason;
use fairtrail::subject::{SubjectId, normalise};
use std::str::FromStr;

/// An author, by id or by local name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuthorRef {
    /// By id.
    Id(AuthorId),
    /// By local name.
    Name(AuthorName),
}

impl FromStr for AuthorRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let name = text.parse().map(Self::Name);
        name.map_err(|_| "expected `author:…` or the name of an author here".to_owned())
    }
}

impl AuthorRef {
    /// The author's id.
    ///
    /// # Errors
    /// The local author is unknown, or belongs to no network yet.
    pub(crate) fn resolve(&self, context: &Context<'_>) -> Result<AuthorId, CliError> {
        let name = match self {
            Self::Id(id) => return Ok(*id),
            Self::Name(name) => name,
        };
        let membership = context.author_state(name)?.membership;
        let unbound = || {
            let message = format!("`{name}` belongs to no network yet");
            CliError::coded(Reason::AuthorNotBegun, message)
        };
        Ok(membership.ok_or_else(unbound)?.author)
    }
}

/// What a grant is named by: a grant, act or entry id.
pub(crate) fn grant(text: &str) -> Result<GrantId, String> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    if let Ok(entry) = text.parse::<EntryId>() {
        return Ok(entry.into());
    }
    let act = text.parse::<ActId>().map(GrantId::from);
    act.map_err(|_| "expected `grant:…`, `act:…` or `entry:…`".to_owned())
}

/// A subject in its normal form.
///
/// # Errors
/// With the form expected, or the check digits computed.
pub(crate) fn subject(text: &str) -> Result<SubjectId, CliError> {
    let what = || format!("`{text}` is no subject");
    normalise(text).map_err(|error| CliError::from(error).while_doing(what()))
}

/// A subject, or a prefix of subjects when it ends with `*`.
///
/// # Errors
/// As [`subject`].
pub(crate) fn scope_item(text: &str) -> Result<ScopeItem, CliError> {
    let whole = if text.ends_with('*') {
        text.to_owned()
    } else {
        subject(text)?.to_string()
    };
    ScopeItem::parse(&whole).ok_or_else(|| {
        CliError::coded(Reason::SubjectInvalid, format!("`{text}` is no scope"))
            .hint("a scope is a subject, or a scheme, a colon and a prefix ending in *")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_subject_says_what_it_should_be() {
        let error = subject("gln:5901234123450").unwrap_err();
        assert_eq!(error.reason(), Some(Reason::SubjectInvalid));
        assert!(error.causes()[0].contains("should be `7`"));
    }

    #[test]
    fn scopes_are_subjects_or_prefixes() {
        assert_eq!(
            scope_item("lic:GB-GLAA:*").unwrap().as_str(),
            "lic:GB-GLAA:*"
        );
        assert!(scope_item("gln:5901234123450").is_err());
        assert!(scope_item("*").is_err());
    }
}
