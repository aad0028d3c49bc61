//! Histories out of bundles: a file, or the answers of gateways to questions about some subjects.

use super::Reading;
use super::answers::Answers;
use super::asking::Asking;
use super::gateways::Gateways;
use crate::context::Context;
use crate::error::CliError;
use crate::statement::read_text;
use fairtrail::bundle::{Bundle, BundleError, Evidence, InquiryError, Trust, Uncovered, open};
use fairtrail::client::Seen;
use fairtrail::files::read_bounded;
use fairtrail::history::VerifiedHistory;
use fairtrail::limits::BUNDLE_BYTES;
use fairtrail::policy::{Policy, Settings};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};
use serde::Serialize;
use std::path::Path;

/// An index that a history rests on.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct IndexView {
    /// The index log.
    pub(crate) origin: String,
    /// Heads it holds, each of which was checked by whoever vouches for it.
    pub(crate) heads: u64,
    /// Operators that checked them, with their earliest stamps.
    pub(crate) checked_by: Vec<(String, Timestamp)>,
}

impl IndexView {
    /// The indexes of a bundle.
    pub(crate) fn all(evidence: &Evidence) -> Vec<Self> {
        let view = |log: &fairtrail::bundle::LogEvidence| {
            let stamps = log.note.stamps().iter();
            Self {
                origin: log.note.checkpoint().origin().to_string(),
                heads: log.note.checkpoint().size().get(),
                checked_by: stamps
                    .map(|stamps| (stamps.operator.clone(), stamps.earliest))
                    .collect(),
            }
        };
        evidence.logs().iter().map(view).collect()
    }
}

/// What bundles prove.
pub(crate) struct BundleRead {
    /// What is trusted, with the settings asked for.
    pub(crate) policy: Policy,
    pub(crate) bundle: Bundle,
    pub(crate) evidence: Evidence,
    pub(crate) history: VerifiedHistory,
    /// Bytes that gateways answered.
    pub(crate) came: u64,
    /// What each of them answers, whole.
    pub(crate) answers: Answers,
}

impl Reading {
    /// The policy with the settings asked for.
    ///
    /// # Errors
    /// One of the files cannot be read.
    pub(crate) fn settled(&self) -> Result<Policy, CliError> {
        let policy = self.trusted()?;
        Ok(match &self.ruleset {
            Some(file) => policy.with_settings(Settings::parse(&read_text(file)?)?),
            None => policy,
        })
    }

    /// What a bundle file proves about subjects, without any gateway.
    ///
    /// # Errors
    /// It cannot be read, proves nothing, or does not cover the subjects.
    pub(crate) fn judge_file(
        &self,
        context: &mut Context<'_>,
        file: &Path,
        subjects: &[SubjectId],
        known_at: Option<Date>,
    ) -> Result<BundleRead, CliError> {
        let policy = self.settled()?;
        let (bundle, evidence) = open_file(file, &policy)?;
        compare_with_seen(context, &policy, &evidence)?;
        let history = evidence.history(subjects, &policy, known_at);
        let history = history.map_err(|lacking| uncovered(&lacking))?;
        Ok(BundleRead {
            policy,
            bundle,
            evidence,
            history,
            came: 0,
            answers: Answers::default(),
        })
    }

    /// The gateways of the policy's logs; nothing where indexes cannot be asked anyhow.
    ///
    /// # Errors
    /// As for reading the logs.
    pub(crate) fn gateways(&self, context: &mut Context<'_>) -> Result<Option<Gateways>, CliError> {
        let policy = self.trusted()?;
        if self.offline || policy.indexes().is_none() {
            return Ok(None);
        }
        Gateways::find(context, &policy).map(Some)
    }

    /// Asks the gateways of the policy's logs about subjects, until nothing is missing: those found
    /// before, or those that are found now. They learn whom is asked about.
    ///
    /// # Errors
    /// No log answers; an answer proves nothing; the policy trusts no index.
    pub(crate) fn inquire(
        &self,
        context: &mut Context<'_>,
        gateways: Option<Gateways>,
        subjects: &[SubjectId],
        known_at: Option<Date>,
    ) -> Result<BundleRead, CliError> {
        let mut asking = self.asking(context, gateways)?;
        asking.inquire(context, subjects, known_at)
    }

    /// As [`Self::inquire`], for whoever asks more than once.
    ///
    /// # Errors
    /// As for reading the logs.
    pub(crate) fn asking(
        &self,
        context: &mut Context<'_>,
        gateways: Option<Gateways>,
    ) -> Result<Asking, CliError> {
        let policy = self.settled()?;
        let gateways = match gateways {
            Some(found) => found,
            None => Gateways::find(context, &policy)?,
        };
        Asking::new(context, policy, gateways)
    }
}

/// Compares a file with what was seen of its logs, as far as that can be done without asking anybody.
fn compare_with_seen(
    context: &mut Context<'_>,
    policy: &Policy,
    evidence: &Evidence,
) -> Result<(), CliError> {
    for log in evidence.logs() {
        let mut logs = policy.logs().logs().iter();
        let Some(named) = logs.find(|named| named.origin() == log.origin()) else {
            continue;
        };
        let seen = Seen::open(context.home.path(), named)?;
        if let Some(later) = seen.compare(log)? {
            let (origin, size) = (log.origin(), log.proved.head.size);
            let text = format!(
                "{origin}: the file ends at {size} leaves, {later} were seen before; what came since is not in it"
            );
            context.ui.note(&text);
        }
    }
    Ok(())
}

/// Reads a bundle and checks it by a policy.
///
/// # Errors
/// It cannot be read, or proves nothing.
pub(crate) fn open_file(file: &Path, policy: &Policy) -> Result<(Bundle, Evidence), CliError> {
    let bytes = read_bounded(file, u64::try_from(BUNDLE_BYTES).unwrap_or(u64::MAX))?;
    let indexes = policy.indexes().ok_or(InquiryError::NoIndexes)?;
    let trust = Trust {
        network: policy.network(),
        logs: policy.logs(),
        indexes,
    };
    let evidence = open(&bytes, trust).map_err(|error| {
        let delta = Bundle::parse(&bytes).is_ok_and(|bundle| bundle.is_delta());
        let error = CliError::from(error);
        if delta {
            return error.only_hint(
                "it says what came since an older answer, and proves nothing without that; \
                 `fairtrail bundle update FILE` asks for it and puts it to an older file",
            );
        }
        error
    })?;
    Ok((Bundle::parse(&bytes)?, evidence))
}

fn uncovered(lacking: &Uncovered) -> CliError {
    let subjects = lacking.subjects.iter().map(ToString::to_string);
    let authors = lacking.authors.iter().map(ToString::to_string);
    let names: Vec<_> = subjects.chain(authors).collect();
    CliError::of(lacking.code(), lacking).only_hint(format!(
        "it says nothing, or not all, of {}; a new one does: `fairtrail bundle create`",
        names.join(", ")
    ))
}

impl From<BundleError> for CliError {
    /// A bundle that does not hold is evidence that does not hold, whatever is wrong with it.
    fn from(error: BundleError) -> Self {
        let quorum = error.code() == Reason::QuorumMissing;
        Self::of(error.code(), &error).about_evidence(quorum)
    }
}

impl From<InquiryError> for CliError {
    fn from(error: InquiryError) -> Self {
        match error {
            InquiryError::Answer { error, .. } | InquiryError::Bundle(error) => error.into(),
            InquiryError::NoIndexes => Self::of(error.code(), &error).only_hint(
                "`fairtrail policy init` writes one; `GET /v1/log` names an index and its keys",
            ),
            InquiryError::Endless { ref lacking, .. } => uncovered(lacking),
            other => Self::of(other.code(), &other),
        }
    }
}
