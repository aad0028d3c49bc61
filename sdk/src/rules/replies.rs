//! Replies, to be shown beside what they answer. They change nothing else.

use super::index::with;
use super::{Case, Mark};
use crate::claim::{Claim, Stance};
use crate::entry::{Audience, PartRole};
use crate::history::HistoryEntry;
use crate::id::{AuthorId, EntryId};
use crate::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a party answered.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplyView {
    /// The reply.
    pub entry: EntryId,
    /// The entries it answers.
    pub answers: Vec<EntryId>,
    /// Who speaks.
    pub author: AuthorId,
    /// For whom it speaks.
    pub principal: Option<AuthorId>,
    /// What it does, where its claim is here.
    pub stance: Option<Stance>,
    /// When it was proved to exist.
    pub not_after: Option<Timestamp>,
    /// What it says: public texts that are here, in its author's words and nobody else's.
    pub texts: Vec<ReplyText>,
    /// Texts that are not here or not for everybody.
    pub withheld: usize,
}

/// One text of a reply.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplyText {
    /// Its language.
    pub lang: String,
    /// Its name, e.g. `reply`.
    pub field: String,
    /// What was written.
    pub text: String,
}

/// The replies to the entries about the subjects, in log order.
pub(super) fn views(case: &Case<'_>) -> Vec<ReplyView> {
    let mut answers: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    for entry in with(case, |fact| fact.own && fact.marks.has(Mark::Disputed)) {
        for reply in entry.replies() {
            answers.entry(reply).or_default().push(entry.id());
        }
    }
    let answers = answers.into_iter();
    let mut views: Vec<_> = answers
        .filter_map(|(reply, answered)| Some((case.history.entry(reply)?, answered)))
        .collect();
    views.sort_by_key(|(reply, _)| reply.position);
    let views = views.into_iter();
    views
        .map(|(reply, answered)| view(reply, answered))
        .collect()
}

fn view(entry: &HistoryEntry, answers: Vec<EntryId>) -> ReplyView {
    let parts = entry.entry().header().parts.iter();
    let texts = parts.filter(|part| part.role == PartRole::Text);
    let (public, restricted): (Vec<_>, Vec<_>) =
        texts.partition(|part| part.audience == Audience::Public);
    let withheld = entry.withheld().iter();
    let missing = withheld.filter(|part| part.role == PartRole::Text).count();
    // Texts do not say which part they came from: one restricted part restricts them all.
    let shown = restricted.is_empty();
    ReplyView {
        entry: entry.id(),
        answers,
        author: entry.standing().author,
        principal: entry.standing().principal,
        stance: match entry.claim() {
            Some(Claim::Reply(reply)) => Some(reply.stance),
            _ => None,
        },
        not_after: entry.times().not_after,
        texts: if shown { texts_of(entry) } else { Vec::new() },
        withheld: if shown {
            missing
        } else {
            public.len().saturating_add(restricted.len())
        },
    }
}

fn texts_of(entry: &HistoryEntry) -> Vec<ReplyText> {
    let texts = entry.texts().iter().flat_map(|part| {
        part.iter().map(|(field, text)| ReplyText {
            lang: part.lang().to_string(),
            field: field.to_owned(),
            text: text.to_owned(),
        })
    });
    texts.collect()
}
