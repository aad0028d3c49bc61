//! What is asked of a log, and how it is written in an address (specs/gateway.md §5).

use crate::id::{AuthorId, IdError};
use crate::index::{Class, UnknownClass};
use crate::limits::BUNDLE_SUBJECTS;
use crate::reason::Reason;
use crate::subject::{SubjectError, SubjectId};
use std::collections::{BTreeMap, BTreeSet};

/// What is asked of a log.
///
/// ```
/// use fairtrail::bundle::Question;
/// let question = Question::parse_query("id=gln%3A0614141000012&class=finding").unwrap();
/// assert_eq!(Question::parse_query(&question.to_query()), Ok(question));
/// // Nothing is asked.
/// assert!(Question::parse_query("class=finding").is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The subjects, all of whose lists are wanted.
    pub subjects: BTreeSet<SubjectId>,
    /// Only these classes of them; all where it is empty. A history needs all.
    pub classes: BTreeSet<Class>,
    /// Authors whose feeds are wanted besides those of everybody involved.
    pub authors: BTreeMap<AuthorId, FeedWanted>,
}

/// What is wanted of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedWanted {
    /// Its value, and what proves it.
    Value,
    /// Also every entry from this sequence number on.
    EntriesFrom(u64),
}

/// Why a query is no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// No author id.
    #[error("`feed` is author:… or author:…@number")]
    Author(#[from] IdError),
    /// No class.
    #[error("`class`: {0}")]
    Class(#[from] UnknownClass),
    /// No subject and no feed.
    #[error("neither `id` nor `feed` is given")]
    Empty,
    /// A name that has no meaning here.
    #[error("the query has no other names than id, class, feed")]
    Name,
    /// After the @ of a feed stands no number.
    #[error("`feed` is author:… or author:…@number")]
    Number,
    /// No subject id.
    #[error("`id`: {0}")]
    Subject(#[from] SubjectError),
    /// More than one question names.
    #[error("{found} ids and feeds, at most {max} each", max = BUNDLE_SUBJECTS)]
    TooMany {
        /// How many.
        found: usize,
    },
    /// The same twice.
    #[error("`{value}` stands twice")]
    Twice {
        /// What stands there twice.
        value: String,
    },
}

impl QuestionError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::RequestMalformed
    }
}

impl Question {
    /// Reads the query of an address: `id`, `class` and `feed`, each as often as needed.
    ///
    /// # Errors
    /// [`QuestionError`].
    pub fn parse_query(query: &str) -> Result<Self, QuestionError> {
        let mut question = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !question.take(&name, &value)? {
                let value = value.into_owned();
                return Err(QuestionError::Twice { value });
            }
        }
        let found = question.subjects.len().max(question.authors.len());
        match found {
            0 => Err(QuestionError::Empty),
            1..=BUNDLE_SUBJECTS => Ok(question),
            _ => Err(QuestionError::TooMany { found }),
        }
    }

    /// Takes one pair; whether it is new.
    fn take(&mut self, name: &str, value: &str) -> Result<bool, QuestionError> {
        Ok(match name {
            "id" => self.subjects.insert(SubjectId::parse_open(value)?),
            "class" => self.classes.insert(value.parse()?),
            "feed" => {
                let (author, wanted) = match value.split_once('@') {
                    None => (value, FeedWanted::Value),
                    Some((author, from)) => {
                        let from = from.parse().map_err(|_| QuestionError::Number)?;
                        (author, FeedWanted::EntriesFrom(from))
                    }
                };
                self.authors.insert(author.parse()?, wanted).is_none()
            }
            _ => return Err(QuestionError::Name),
        })
    }

    /// The query that asks this.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for subject in &self.subjects {
            query.append_pair("id", subject.as_str());
        }
        for class in &self.classes {
            query.append_pair("class", &class.to_string());
        }
        for (author, wanted) in &self.authors {
            let feed = match wanted {
                FeedWanted::Value => author.to_string(),
                FeedWanted::EntriesFrom(seq) => format!("{author}@{seq}"),
            };
            query.append_pair("feed", &feed);
        }
        query.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AuthorId;

    #[test]
    fn a_question_comes_back_out_of_its_query() {
        let author = AuthorId::new([7; 32]);
        let question = Question {
            subjects: BTreeSet::from(["url:a&b=c+d%41#?".parse().unwrap()]),
            classes: BTreeSet::from([Class::Finding, Class::Net]),
            authors: BTreeMap::from([
                (author, FeedWanted::EntriesFrom(12)),
                (AuthorId::new([8; 32]), FeedWanted::Value),
            ]),
        };
        let query = question.to_query();
        assert_eq!(Question::parse_query(&query), Ok(question));
        for refused in [
            "",
            "id=",
            "id=x",
            "ids=gln:1",
            "feed=author:x",
            "class=none&id=gln:1",
        ] {
            assert!(Question::parse_query(refused).is_err(), "{refused}");
        }
        let twice = format!("feed={author}&feed={author}@3");
        let refused = Question::parse_query(&twice);
        assert!(matches!(refused, Err(QuestionError::Twice { .. })));
        let word = Question::parse_query(&format!("feed={author}@-1"));
        assert_eq!(word, Err(QuestionError::Number));
    }

    #[test]
    fn subjects_are_bounded_at_n_and_n_plus_one() {
        let query = |count: usize| {
            let ids = (0..count).map(|at| format!("id=gln:{at}"));
            ids.collect::<Vec<_>>().join("&")
        };
        assert!(Question::parse_query(&query(BUNDLE_SUBJECTS)).is_ok());
        let found = BUNDLE_SUBJECTS + 1;
        let refused = Question::parse_query(&query(found));
        assert_eq!(refused, Err(QuestionError::TooMany { found }));
    }
}
