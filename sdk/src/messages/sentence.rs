//! A sentence without a language.

use super::{Language, format};
use fluent_bundle::{FluentArgs, FluentValue};
use serde::{Serialize, Serializer};
use std::fmt;

/// A sentence of the catalogue with what it speaks of. Shown and serialised in English; in another
/// language by [`Sentence::in_language`].
///
/// ```
/// use fairtrail::messages::{Language, Sentence};
/// let sentence = Sentence::new("author-never-heard").with("author", "author:x");
/// assert_eq!(sentence.to_string(), "author:x was never heard of");
/// assert_ne!(sentence.in_language(Language::Indonesian), sentence.to_string());
/// // A sentence nobody wrote shows what was meant to be said.
/// assert_eq!(Sentence::new("no-such-sentence").to_string(), "no-such-sentence");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sentence {
    id: &'static str,
    /// Gaps and what stands in them, by name: a verdict holds thousands of sentences with few gaps.
    values: Vec<(&'static str, Value)>,
}

/// What stands in a gap of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Shown as it is: an id, a date, an amount.
    Text(String),
    /// A number, which may decide the form of the sentence.
    Number(u64),
    /// A word of an open list, e.g. `wages_withheld`: the catalogue's `word-wages-withheld`, or the
    /// word itself with spaces.
    Word(String),
    /// Several, with commas.
    List(Vec<Self>),
    /// A sentence within.
    Sentence(Box<Sentence>),
}

impl Value {
    /// A word of an open list.
    pub fn word(word: impl fmt::Display) -> Self {
        Self::Word(word.to_string())
    }

    /// Words of an open list, each once, in their order.
    pub fn words<T: fmt::Display>(words: impl IntoIterator<Item = T>) -> Self {
        let words: std::collections::BTreeSet<_> = words.into_iter().map(Self::word).collect();
        Self::List(words.into_iter().collect())
    }

    /// Shown as it is.
    pub fn text(text: impl fmt::Display) -> Self {
        Self::Text(text.to_string())
    }

    /// In words of a language.
    pub fn in_language(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Word(word) => {
                let id = format!("word-{}", word.replace('_', "-"));
                format(&id, &FluentArgs::new(), language).unwrap_or_else(|| word.replace('_', " "))
            }
            Self::List(values) => {
                let values = values.iter().map(|value| value.in_language(language));
                values.collect::<Vec<_>>().join(", ")
            }
            Self::Sentence(sentence) => sentence.in_language(language),
        }
    }

    fn fluent(&self, language: Language) -> FluentValue<'_> {
        match self {
            Self::Number(number) => FluentValue::from(*number),
            other => FluentValue::from(other.in_language(language)),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        // No machine has more.
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Sentence> for Value {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(Box::new(sentence))
    }
}

impl Sentence {
    /// The sentence of this id in the catalogue.
    pub const fn new(id: &'static str) -> Self {
        Self {
            id,
            values: Vec::new(),
        }
    }

    /// Fills a gap.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let at = self.values.partition_point(|(known, _)| *known < name);
        match self.values.get_mut(at) {
            Some((known, old)) if *known == name => *old = value,
            _ => self.values.insert(at, (name, value)),
        }
        self
    }

    /// Fills a gap with what is shown as it is.
    #[must_use]
    pub fn with_text(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.with(name, Value::text(value))
    }

    /// Its id in the catalogue.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// In words of a language, or in English where that lacks it.
    pub fn in_language(&self, language: Language) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in &self.values {
            args.set(*name, value.fluent(language));
        }
        format(self.id, &args, language).unwrap_or_else(|| self.id.to_owned())
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(Language::English))
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
