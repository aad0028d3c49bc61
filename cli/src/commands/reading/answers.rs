//! What gateways answered, so that only what came since has to be asked for.

use crate::error::CliError;
use fairtrail::bundle::{Bundle, BundleError, Evidence, FeedWanted, Question, split};
use fairtrail::log::Origin;
use fairtrail::policy::Policy;
use fairtrail::subject::SubjectId;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The answers of logs to one question, each whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    pub(crate) question: Question,
    pub(crate) by_log: Vec<(Origin, Bundle)>,
}

impl Answers {
    /// What a file holds that was checked, as answers to a question about all that it covers.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn of_file(
        bundle: &Bundle,
        evidence: &Evidence,
        policy: &Policy,
    ) -> Result<Self, BundleError> {
        let origins = evidence.logs().iter().map(|log| log.origin().clone());
        let authors = policy.acceptance().authors.iter();
        Ok(Self {
            question: Question {
                subjects: covered(evidence).cloned().collect(),
                authors: authors.map(|id| (*id, FeedWanted::Value)).collect(),
                ..Question::default()
            },
            by_log: origins.zip(split(bundle)?).collect(),
        })
    }

    /// What a log answered to a question that asks the same.
    pub(super) fn to(&self, question: &Question, log: &Origin) -> Option<&Bundle> {
        let mut answers = self.by_log.iter();
        let (_, answer) = answers.find(|(of, _)| of == log)?;
        question.asks_the_same(&self.question).then_some(answer)
    }

    pub(super) fn forget(&mut self, log: &Origin) {
        self.by_log.retain(|(of, _)| of != log);
    }
}

/// The ids that a bundle was made about: out of what it says of them follows everything that it
/// covers.
///
/// # Errors
/// None can be told.
pub(crate) fn made_about(evidence: &Evidence, policy: &Policy) -> Result<Vec<SubjectId>, CliError> {
    let reach = covered(evidence).filter_map(|id| {
        let history = evidence.history(std::slice::from_ref(id), policy, None);
        let history = history.ok()?;
        let read = history.subjects().iter().chain(history.related()).cloned();
        Some((id.clone(), read.collect::<BTreeSet<_>>()))
    });
    let mut reach: Vec<_> = reach.collect();
    reach.sort_by_key(|(id, reached)| (Reverse(reached.len()), id.clone()));
    let (mut all, mut about) = (BTreeSet::new(), Vec::new());
    for (id, reached) in reach {
        if !reached.is_subset(&all) {
            all.extend(reached);
            about.push(id);
        }
    }
    if about.is_empty() {
        let error = CliError::unknown("the file covers nobody by this policy");
        return Err(error.hint("make a new one: `fairtrail bundle create`"));
    }
    Ok(about)
}

/// The ids of which every list is there in every log. An author of whom only the acts about it are
/// there is in the bundle for the sake of others.
pub(crate) fn covered(evidence: &Evidence) -> impl Iterator<Item = &SubjectId> {
    let first = evidence.logs().first();
    let asked = first.into_iter().flat_map(|log| log.proved.subjects.keys());
    asked.filter(|id| {
        let beside = |(about, class, _): (&SubjectId, fairtrail::index::Class, _)| {
            about == *id && class != fairtrail::index::Class::Net
        };
        let mut logs = evidence.logs().iter();
        let itself = id.author().is_none() || logs.any(|log| log.lists().any(beside));
        itself && evidence.logs().iter().all(|log| log.covers(id))
    })
}
