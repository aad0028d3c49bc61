//! Asking gateways until nothing is missing: which ids belong to a party, and what else a history
//! needs, is decided here, by the verifier's own policy, out of what is proved.

use super::{Bundle, BundleError, Evidence, FeedWanted, Question, Trust, Uncovered, merge, open};
use crate::feed::FeedValue;
use crate::history::{LogNotRead, VerifiedHistory};
use crate::id::AuthorId;
use crate::index::Answer;
use crate::limits::{BUNDLE_SUBJECTS, INQUIRY_ROUNDS, QUESTION_NOTES};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// One inquiry about some subjects. Whoever carries it puts [`Self::question`] to the gateway of
/// each log, gives the answers to [`Self::take`], and goes on until there is a result.
#[derive(Debug)]
pub struct Inquiry<'a> {
    policy: &'a Policy,
    subjects: Vec<SubjectId>,
    known_at: Option<Date>,
    question: Question,
    not_read: Vec<LogNotRead>,
    rounds: usize,
}

/// What an inquiry came to.
#[derive(Debug)]
pub struct Inquired {
    /// The question that it ended with: an inquiry about the same may begin with it.
    pub question: Question,
    /// The file that proves it.
    pub bundle: Bundle,
    /// What it proves.
    pub evidence: Evidence,
    /// What it says of the subjects.
    pub history: VerifiedHistory,
}

/// Why an inquiry comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InquiryError {
    /// One of the bundles given proves nothing by itself. Whoever gave it may ask another gateway of
    /// that log, or leave the log out, and go on with the same question.
    #[error("a bundle is refused")]
    Answer {
        /// Its place among those given.
        at: usize,
        /// Why.
        #[source]
        error: BundleError,
    },
    /// Each bundle holds, and together they do not.
    #[error("a bundle is refused")]
    Bundle(#[from] BundleError),
    /// The policy names no index, so that nothing could prove that an answer is whole.
    #[error("the policy has no index_policy")]
    NoIndexes,
    /// Gateways answer without giving what is asked for, or more belongs to the party than is read.
    #[error("after {rounds} questions the answers still lack something")]
    Endless {
        /// Questions asked.
        rounds: usize,
        /// What they lack.
        #[source]
        lacking: Uncovered,
    },
}

impl InquiryError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Answer { error, .. } | Self::Bundle(error) => error.code(),
            Self::NoIndexes => Reason::PolicyMalformed,
            Self::Endless { lacking, .. } => lacking.code(),
        }
    }
}

impl<'a> Inquiry<'a> {
    /// Begins with the subjects themselves, and the authors the policy asks about.
    pub fn new(policy: &'a Policy, subjects: Vec<SubjectId>, known_at: Option<Date>) -> Self {
        let authors = policy.acceptance().authors.iter();
        let question = Question {
            subjects: subjects.iter().cloned().collect(),
            classes: BTreeSet::new(),
            authors: authors.map(|id| (*id, FeedWanted::Value)).collect(),
            ..Question::default()
        };
        Self {
            policy,
            subjects,
            known_at,
            question,
            not_read: Vec::new(),
            rounds: 0,
        }
    }

    /// Begins with the question that an inquiry about the same subjects ended with, so that what it
    /// had to ask again for is asked at once. How far back it went in feeds is forgotten, as logs that
    /// differed may agree now.
    #[must_use]
    pub fn again(mut self, last: &Question) -> Self {
        let question = &mut self.question;
        question.subjects.extend(last.subjects.iter().cloned());
        let authors = last.authors.keys();
        let authors = authors.map(|author| (*author, FeedWanted::Value));
        question.authors.extend(authors);
        question.notes.clone_from(&last.notes);
        self
    }

    /// What to ask next.
    pub const fn question(&self) -> &Question {
        &self.question
    }

    /// Says which logs of the policy are not asked, and why; histories name them.
    pub fn leave_out(&mut self, not_read: Vec<LogNotRead>) {
        self.not_read = not_read;
    }

    /// Takes one bundle for each log asked. Nothing comes back while something is still missing;
    /// then the question has grown.
    ///
    /// # Errors
    /// [`InquiryError`].
    pub fn take(&mut self, bundles: Vec<Bundle>) -> Result<Option<Inquired>, InquiryError> {
        let rounds = self.rounds;
        self.rounds = self.rounds.saturating_add(1);
        // Of one alone it is clear whose fault it is.
        let several = (bundles.len() > 1).then(|| bundles.clone());
        match self.try_take(bundles) {
            Err(InquiryError::Bundle(error)) => {
                self.rounds = rounds;
                Err(match several {
                    Some(bundles) => self.blame(&bundles, error),
                    None => InquiryError::Answer { at: 0, error },
                })
            }
            other => other,
        }
    }

    /// Which of the bundles proves nothing by itself.
    fn blame(&self, bundles: &[Bundle], error: BundleError) -> InquiryError {
        let Ok(trust) = self.trust() else {
            return InquiryError::NoIndexes;
        };
        for (at, bundle) in bundles.iter().enumerate() {
            if let Err(error) = open(&bundle.to_bytes(), trust) {
                return InquiryError::Answer { at, error };
            }
        }
        error.into()
    }

    fn trust(&self) -> Result<Trust<'a>, InquiryError> {
        let indexes = self.policy.indexes().ok_or(InquiryError::NoIndexes)?;
        Ok(Trust {
            network: self.policy.network(),
            logs: self.policy.logs(),
            indexes,
        })
    }

    fn try_take(&mut self, bundles: Vec<Bundle>) -> Result<Option<Inquired>, InquiryError> {
        let trust = self.trust()?;
        if self.differ(&bundles)? && self.rounds < INQUIRY_ROUNDS {
            return Ok(None);
        }
        let bundle = merge(bundles)?;
        let evidence = match open(&bundle.to_bytes(), trust) {
            Err(BundleError::FeedUnproved { author, .. }) if self.reach_back(author) => {
                return Ok(None);
            }
            opened => opened?.without(self.not_read.clone()),
        };
        match evidence.history(&self.subjects, self.policy, self.known_at) {
            Ok(_) if self.ask_notes(&evidence) => Ok(None),
            Ok(history) => Ok(Some(Inquired {
                question: self.question.clone(),
                bundle,
                evidence,
                history,
            })),
            Err(lacking) => self.ask(lacking).map(|()| None),
        }
    }

    fn ask(&mut self, lacking: Uncovered) -> Result<(), InquiryError> {
        let before = (self.question.subjects.len(), self.question.authors.len());
        let subjects = lacking.subjects.iter().cloned();
        self.question.subjects.extend(subjects);
        for author in &lacking.authors {
            let authors = &mut self.question.authors;
            authors.entry(*author).or_insert(FeedWanted::Value);
        }
        let grown = before != (self.question.subjects.len(), self.question.authors.len());
        let few = self.question.subjects.len() <= BUNDLE_SUBJECTS;
        if grown && few && self.rounds < INQUIRY_ROUNDS {
            return Ok(());
        }
        let rounds = self.rounds;
        Err(InquiryError::Endless { rounds, lacking })
    }

    /// Asks for notes that entries cite of logs that do not hold them, once: a history needs none of
    /// them. Whether there are such.
    fn ask_notes(&mut self, evidence: &Evidence) -> bool {
        let cited = evidence.cited_elsewhere();
        let asked = &mut self.question.notes;
        asked.retain(|size| cited.contains_key(size));
        let before = asked.len();
        let lacking = cited.iter().filter(|(_, here)| !**here);
        let lacking = lacking.map(|(size, _)| *size);
        let lacking: Vec<_> = lacking.filter(|size| !asked.contains(size)).collect();
        let room = QUESTION_NOTES.saturating_sub(before);
        asked.extend(lacking.into_iter().take(room));
        asked.len() > before && self.rounds < INQUIRY_ROUNDS
    }

    /// Asks for more of a feed of which logs hold different branches; whether there can be more.
    fn reach_back(&mut self, author: AuthorId) -> bool {
        let again = self.rounds < INQUIRY_ROUNDS;
        let asked = self.question.authors.get_mut(&author).filter(|_| again);
        let Some(FeedWanted::EntriesFrom(from @ 1..)) = asked else {
            return false;
        };
        let step = u32::try_from(self.rounds).map_or(u64::MAX, |rounds| 1_u64 << rounds.min(63));
        *from = from.saturating_sub(step);
        true
    }

    /// Whether logs have different feeds of an author, or only some were asked about it. Then all of
    /// them are asked for it, from where the shorter one ends. This decides nothing, so the
    /// answers need not be verified yet.
    fn differ(&mut self, bundles: &[Bundle]) -> Result<bool, InquiryError> {
        let parts = bundles.iter().flat_map(|bundle| &bundle.logs);
        let feeds = parts.map(|part| Answer::parse(&part.answer.0)?.feeds());
        let feeds = feeds.collect::<Result<Vec<_>, _>>();
        let feeds = feeds.map_err(BundleError::from)?;
        let authors: BTreeSet<_> = feeds.iter().flat_map(BTreeMap::keys).copied().collect();
        let mut grown = false;
        for author in authors {
            let Some(wanted) = differs(&feeds, author) else {
                continue;
            };
            let further = match (self.question.authors.get(&author), wanted) {
                (None, _) => true,
                (Some(FeedWanted::Value), wanted) => wanted != FeedWanted::Value,
                (Some(FeedWanted::EntriesFrom(asked)), FeedWanted::EntriesFrom(from)) => {
                    from < *asked
                }
                (Some(FeedWanted::EntriesFrom(_)), FeedWanted::Value) => false,
            };
            if further {
                self.question.authors.insert(author, wanted);
                grown = true;
            }
        }
        Ok(grown)
    }
}

type Feeds = BTreeMap<AuthorId, Option<FeedValue>>;

/// What is needed of a feed because logs differ about it, or not all were asked; nothing where they
/// agree.
fn differs(feeds: &[Feeds], author: AuthorId) -> Option<FeedWanted> {
    let values: Vec<_> = feeds.iter().map(|feeds| feeds.get(&author)).collect();
    let first = values.first()?;
    if values.iter().all(|value| value == first) {
        return None;
    }
    let begun = values.into_iter().flatten().flatten();
    let begun: Vec<&FeedValue> = begun.collect();
    let base = |value: &FeedValue| match &value.fork {
        None => value.seq,
        Some(fork) => fork.lowest.seq.saturating_sub(1),
    };
    let different = begun.iter().any(|value| begun.first() != Some(value));
    let lowest = begun.iter().map(|value| base(value)).min();
    let lowest = lowest.filter(|_| different);
    Some(lowest.map_or(FeedWanted::Value, FeedWanted::EntriesFrom))
}
