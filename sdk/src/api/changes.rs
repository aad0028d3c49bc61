//! What a gateway tells of new leaves as they are published (specs/changes.md): what is asked, and
//! each notice. All of it is the gateway's word.

use crate::id::{AuthorId, EntryId};
use crate::limits::{CHANGES_SUBJECTS, INTEGER};
use crate::reason::Reason;
use crate::subject::{SubjectError, SubjectId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Media type of notices.
pub const CHANGES: &str = "text/event-stream";

/// From where on, and about whom, somebody wants to hear.
///
/// ```
/// use fairtrail::api::ChangesQuestion;
/// let question = ChangesQuestion::parse_query("from=31&subject=gln%3A0614141000012").unwrap();
/// assert_eq!(ChangesQuestion::parse_query(&question.to_query()), Ok(question));
/// assert!(ChangesQuestion::parse_query("from=031").is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangesQuestion {
    /// The first leaf; without it the first one published from now on.
    pub from: Option<u64>,
    /// Only leaves that name one of these; all where it is empty.
    pub subjects: BTreeSet<SubjectId>,
}

/// Why a query is no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangesQuestionError {
    /// A name that has no meaning here.
    #[error("the query has no other names than from, subject")]
    Name,
    /// Not the one form of a leaf index.
    #[error("`from` is a decimal number")]
    Number,
    /// No subject id.
    #[error("`subject`: {0}")]
    Subject(#[from] SubjectError),
    /// More than one stream tells of.
    #[error("{found} subjects, at most {max}", max = CHANGES_SUBJECTS)]
    TooMany {
        /// How many.
        found: usize,
    },
    /// The same twice.
    #[error("`{name}` says something twice")]
    Twice {
        /// The name.
        name: &'static str,
    },
}

impl ChangesQuestionError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::RequestMalformed
    }
}

impl ChangesQuestion {
    /// Reads the query of an address; an empty one asks for everything from now on.
    ///
    /// # Errors
    /// [`ChangesQuestionError`].
    pub fn parse_query(query: &str) -> Result<Self, ChangesQuestionError> {
        let mut question = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "from" => {
                    let from = leaf_number(&value).ok_or(ChangesQuestionError::Number)?;
                    if question.from.replace(from).is_some() {
                        return Err(ChangesQuestionError::Twice { name: "from" });
                    }
                }
                "subject" => {
                    if !question.subjects.insert(SubjectId::parse_open(&value)?) {
                        return Err(ChangesQuestionError::Twice { name: "subject" });
                    }
                }
                _ => return Err(ChangesQuestionError::Name),
            }
        }
        let found = question.subjects.len();
        if found > CHANGES_SUBJECTS {
            return Err(ChangesQuestionError::TooMany { found });
        }
        Ok(question)
    }

    /// The query that asks this.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(from) = self.from {
            query.append_pair("from", &from.to_string());
        }
        for subject in &self.subjects {
            query.append_pair("subject", subject.as_str());
        }
        query.finish()
    }
}

/// A leaf index in its one form: decimal, without sign and leading zeros, at most 2^53 − 1.
pub fn leaf_number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number <= INTEGER && number.to_string() == text).then_some(number)
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Notice {
    /// The first one: what is told of.
    Log(LogNotice),
    /// A leaf was published.
    Leaf(LeafNotice),
    /// Everything before this size was told, as far as it was asked for.
    Size(SizeNotice),
    /// Nothing new is signed at present, or it is again.
    Halted(HaltedNotice),
}

/// Which log, and from where on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogNotice {
    /// The log's origin.
    pub origin: String,
    /// Leaves published.
    pub size: u64,
    /// The first leaf that is told.
    pub from: u64,
}

/// A published leaf, as its header says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafNotice {
    /// The leaf.
    pub leaf_index: u64,
    /// The entry.
    pub id: EntryId,
    /// What it is.
    pub kind: String,
    /// The author.
    pub author: AuthorId,
    /// Whom or what it is about.
    pub subjects: Vec<SubjectId>,
}

/// How far the log was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeNotice {
    /// Leaves of the published tree.
    pub size: u64,
}

/// Whether the log signs anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaltedNotice {
    /// The reason code; absent when it signs again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Notice {
    /// Its name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Log(_) => "log",
            Self::Leaf(_) => "leaf",
            Self::Size(_) => "size",
            Self::Halted(_) => "halted",
        }
    }

    /// The last leaf that need not be told again to whoever got this far.
    pub const fn place(&self) -> Option<u64> {
        match self {
            Self::Leaf(leaf) => Some(leaf.leaf_index),
            Self::Size(size) => size.size.checked_sub(1),
            Self::Log(_) | Self::Halted(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_one_form_and_known_names() {
        let question = ChangesQuestion {
            from: Some(INTEGER),
            subjects: BTreeSet::from(["url:a&b=c+d%41#?".parse().unwrap()]),
        };
        let query = question.to_query();
        assert_eq!(ChangesQuestion::parse_query(&query), Ok(question));
        let all = ChangesQuestion::parse_query("");
        assert_eq!(all, Ok(ChangesQuestion::default()));
        for refused in [
            "from=",
            "from=+1",
            "from=01",
            "from=9007199254740992",
            "from=1&from=2",
            "subject=x",
            "subject=gln:1&subject=gln%3A1",
            "id=gln:1",
            "from=1;subject=gln:1",
        ] {
            assert!(ChangesQuestion::parse_query(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn subjects_are_bounded_at_n_and_n_plus_one() {
        let query = |count: usize| {
            let ids = (0..count).map(|at| format!("subject=gln:{at}"));
            ids.collect::<Vec<_>>().join("&")
        };
        assert!(ChangesQuestion::parse_query(&query(CHANGES_SUBJECTS)).is_ok());
        let found = CHANGES_SUBJECTS + 1;
        let refused = ChangesQuestion::parse_query(&query(found));
        assert_eq!(refused, Err(ChangesQuestionError::TooMany { found }));
    }
}
