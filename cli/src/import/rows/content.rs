//! What one statement says, without salts, times or places in a feed.

use crate::import::RowError;
use fairtrail::claim::{Claim, ClaimContext, Language, Problem, TextError, TextPart};
use fairtrail::entry::{Audience, Basis};
use fairtrail::privacy;
use fairtrail::privacy::exact::ExactCount;
use fairtrail::subject::SubjectId;
use fairtrail::time::Date;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// A statement to make, under the importer's own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The importer's own key: equal in every run. It may hold a name and stays on this machine.
    pub key: String,
    /// Key of the statement that leads its atomic batch; its own when it stands alone.
    pub lead: String,
    /// Line of the file it begins on.
    pub line: u64,
    /// What it says.
    pub content: Content,
    /// How many people its bands stand for, as far as the file says; stays on this machine.
    pub counts: Vec<ExactCount>,
}

/// What one statement says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Whom or what it is about.
    pub subjects: Vec<SubjectId>,
    /// What it rests on.
    pub basis: Vec<Basis>,
    /// Who may have it.
    pub audience: Audience,
    /// The claim.
    pub claim: Claim,
    /// Texts: names, addresses and descriptions stand here and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// The date it concerns, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// Texts of one language, by field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The language.
    pub lang: Language,
    /// The texts.
    pub fields: BTreeMap<String, String>,
}

impl Text {
    /// Texts of a language, those that are there.
    pub fn new<'a>(
        lang: Language,
        fields: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Option<Self> {
        let fields = fields.into_iter();
        let there = fields.filter_map(|(field, text)| Some((field.to_owned(), text?.to_owned())));
        let fields: BTreeMap<_, _> = there.collect();
        (!fields.is_empty()).then_some(Self { lang, fields })
    }

    /// The part with these texts.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn part(&self) -> Result<TextPart, TextError> {
        let mut part = TextPart::new(self.lang.clone());
        for (field, text) in &self.fields {
            part.insert(field, text)?;
        }
        part.encode()?;
        Ok(part)
    }
}

impl Content {
    /// Everything the submission door would refuse, as far as it does not depend on the author.
    ///
    /// # Errors
    /// [`RowError::Text`] when a text can stand in no text part.
    pub fn problems(&self) -> Result<Vec<Problem>, RowError> {
        let mut subjects = self.subjects.clone();
        subjects.sort();
        let context = ClaimContext {
            subjects: &subjects,
            basis: &self.basis,
            role: None,
            audience: self.audience,
        };
        let mut problems = self.claim.problems(&context);
        if let Some(text) = &self.text {
            problems.extend(privacy::text_problems(&text.part()?));
        }
        Ok(problems)
    }

    /// The content, if the submission door would take it.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn checked(self) -> Result<Self, RowError> {
        match self.problems()?.into_iter().next() {
            Some(problem) => Err(RowError::Problem(problem)),
            None => Ok(self),
        }
    }

    /// Tells contents apart; stays on this machine.
    pub(super) fn digest(&self) -> String {
        // A claim that was decoded or built always has a JSON view.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
    }
}
