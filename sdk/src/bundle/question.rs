//! What is asked of a log, and how it is written in an address (specs/gateway.md §5).

use crate::id::{AuthorId, IdError, PartDigest};
use crate::index::{Class, UnknownClass};
use crate::limits::{BUNDLE_SUBJECTS, QUESTION_NOTES, QUESTION_PARTS};
use crate::merkle::TreeSize;
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
    /// The size of the log up to which the answer to this question is held: only what came since is
    /// wanted. A whole answer is an answer to this too.
    pub since: Option<u64>,
    /// Parts of what is held that are not at hand.
    pub lacking: BTreeSet<PartDigest>,
    /// The sizes of archived notes that are wanted besides: entries cite them that the log does not
    /// hold.
    pub notes: BTreeSet<TreeSize>,
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
    /// Parts that are not at hand, of nothing that is held.
    #[error("`part` is given without `since`")]
    Alone,
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
    #[error("the query has no other names than id, class, feed, since, part, note")]
    Name,
    /// No size of a note.
    #[error("`note` is a number of leaves")]
    Note,
    /// More notes than one question names.
    #[error("{found} notes, at most {max}", max = QUESTION_NOTES)]
    Notes {
        /// How many.
        found: usize,
    },
    /// After the @ of a feed stands no number.
    #[error("`feed` is author:… or author:…@number")]
    Number,
    /// No part digest.
    #[error("`part`: {0}")]
    Part(#[source] IdError),
    /// More parts than one question names.
    #[error("{found} parts, at most {max}", max = QUESTION_PARTS)]
    Parts {
        /// How many.
        found: usize,
    },
    /// No size of a log.
    #[error("`since` is a number of leaves")]
    Since,
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
    /// Reads the query of an address: `id`, `class`, `feed`, `part` and `note`, each as often as needed, and
    /// `since` once.
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
        let found = question.notes.len();
        if found > QUESTION_NOTES {
            return Err(QuestionError::Notes { found });
        }
        let found = question.lacking.len();
        if found > QUESTION_PARTS {
            return Err(QuestionError::Parts { found });
        }
        if found > 0 && question.since.is_none() {
            return Err(QuestionError::Alone);
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
            "since" => {
                let since = value.parse().map_err(|_| QuestionError::Since)?;
                self.since.replace(since).is_none()
            }
            "part" => {
                let part = value.parse().map_err(QuestionError::Part)?;
                self.lacking.insert(part)
            }
            "note" => {
                let size = value.parse().ok().and_then(|size| TreeSize::new(size).ok());
                self.notes.insert(size.ok_or(QuestionError::Note)?)
            }
            _ => return Err(QuestionError::Name),
        })
    }

    /// Whether a class of the subjects is wanted.
    pub fn wants(&self, class: Class) -> bool {
        self.classes.is_empty() || self.classes.contains(&class)
    }

    /// Whether whoever holds the answer to the other need only be told what came since: it says of
    /// the same subjects, classes and authors. How far back feeds are wanted does not matter, nor
    /// which notes are wanted besides.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        self.subjects == other.subjects
            && self.classes == other.classes
            && self.authors.keys().eq(other.authors.keys())
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
        if let Some(since) = self.since {
            query.append_pair("since", &since.to_string());
        }
        for part in &self.lacking {
            query.append_pair("part", &part.to_string());
        }
        for size in &self.notes {
            query.append_pair("note", &size.get().to_string());
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
            since: Some(7),
            lacking: BTreeSet::from([PartDigest::new([9; 32])]),
            notes: [3, 12].map(|size| TreeSize::new(size).unwrap()).into(),
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
            "id=gln:1&since=-1",
            "id=gln:1&since=1&since=2",
            "id=gln:1&since=1&part=x",
            "id=gln:1&note=x",
            "id=gln:1&note=3&note=3",
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
    fn parts_are_bounded_at_n_and_n_plus_one() {
        let query = |count: u8, since: &str| {
            let parts = (0..count).map(|at| format!("&part={}", PartDigest::new([at; 32])));
            format!("id=gln:1{since}{}", parts.collect::<String>())
        };
        let most = u8::try_from(QUESTION_PARTS).unwrap();
        assert!(Question::parse_query(&query(most, "&since=3")).is_ok());
        let refused = Question::parse_query(&query(most + 1, "&since=3"));
        let found = QUESTION_PARTS + 1;
        assert_eq!(refused, Err(QuestionError::Parts { found }));
        let alone = Question::parse_query(&query(1, ""));
        assert_eq!(alone, Err(QuestionError::Alone));
    }

    #[test]
    fn notes_are_bounded_at_n_and_n_plus_one() {
        let query = |count: usize| {
            let notes = (0..count).map(|at| format!("&note={at}"));
            format!("id=gln:1{}", notes.collect::<String>())
        };
        assert!(Question::parse_query(&query(QUESTION_NOTES)).is_ok());
        let found = QUESTION_NOTES + 1;
        let refused = Question::parse_query(&query(found));
        assert_eq!(refused, Err(QuestionError::Notes { found }));
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
