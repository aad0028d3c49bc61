//! A licence through the months of a recruitment, which many attestations have in common.

use super::known_then::{Months, RecruitedUnder, recorded};
use super::licences::Force;
use super::{Case, messages};
use crate::history::HistoryEntry;
use crate::id::EntryId;
use crate::messages::{Sentence, Value};
use crate::subject::SubjectId;
use crate::time::Month;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is found of a licence through some months, where it was not in force in all of them.
#[derive(Default)]
pub(super) struct Span<'a>(BTreeMap<Force, Found<'a>>);

/// The months with one standing, in a sentence, and the statements that say so.
pub(super) struct Found<'a> {
    pub(super) sentence: Sentence,
    pub(super) entries: Vec<&'a HistoryEntry>,
}

/// The first of some months, and how many they are.
type Stretch = (Option<Month>, usize);

/// The spans that were asked about, each found once.
#[derive(Default)]
pub(super) struct Spans<'a> {
    known: Months,
    found: BTreeMap<SubjectId, BTreeMap<Stretch, Rc<Span<'a>>>>,
}

impl<'a> Span<'a> {
    pub(super) fn found(&self, force: Force) -> Option<&Found<'a>> {
        self.0.get(&force)
    }
}

impl<'a> Spans<'a> {
    /// What is found of a licence through months that follow one another.
    pub(super) fn of(
        &mut self,
        case: &Case<'a>,
        licence: &SubjectId,
        months: &[Month],
    ) -> Rc<Span<'a>> {
        let stretch = (months.first().copied(), months.len());
        let known = self.found.get(licence).and_then(|of| of.get(&stretch));
        if let Some(span) = known {
            return Rc::clone(span);
        }
        let span = Rc::new(find(case, licence, months, &mut self.known));
        let of_licence = self.found.entry(licence.clone()).or_default();
        of_licence.insert(stretch, Rc::clone(&span));
        span
    }

    /// Everything that was asked about, by licence and month.
    pub(super) fn into_rows(self, case: &Case<'_>) -> Vec<RecruitedUnder> {
        self.known.into_rows(case)
    }
}

/// Months with one standing, and the entries that say so.
#[derive(Default)]
struct Standing {
    months: Vec<Month>,
    rests_on: BTreeSet<EntryId>,
}

fn find<'a>(
    case: &Case<'a>,
    licence: &SubjectId,
    months: &[Month],
    known: &mut Months,
) -> Span<'a> {
    let mut by_force: BTreeMap<Force, Standing> = BTreeMap::new();
    for (month, moment) in known.moments(case, licence, months) {
        let standing = by_force.entry(moment.force()).or_default();
        standing.months.push(month);
        standing.rests_on.extend(moment.entries());
    }
    let mut span = Span::default();
    for (force, standing) in by_force {
        let months = &standing.months;
        let sentence = match force {
            Force::InForce => continue,
            Force::Unknown => messages::licence_unknown(licence, months),
            Force::Lapsed => {
                let sentence = messages::licence_lapsed(licence, months);
                with_known_then(case, licence, &standing, sentence, known)
            }
            Force::NotInForce => {
                let sentence = messages::no_licence(licence, months);
                with_known_then(case, licence, &standing, sentence, known)
            }
        };
        let entries = standing.rests_on.iter();
        let entries = entries.filter_map(|id| case.history.entry(*id)).collect();
        span.0.insert(force, Found { sentence, entries });
    }
    span
}

/// What was known of a licence at the end of each of these months, beside what is known now, and when
/// the newest of the words that say so was proved to be said.
fn with_known_then(
    case: &Case<'_>,
    licence: &SubjectId,
    standing: &Standing,
    sentence: Sentence,
    known: &Months,
) -> Sentence {
    let months = standing.months.iter();
    let then: BTreeSet<_> = months
        .filter_map(|month| known.then(licence, *month))
        .collect();
    let then = then.into_iter().map(|force| force.sentence().into());
    let recorded = recorded(case, standing.rests_on.iter().copied());
    let recorded = recorded.map_or_else(
        || Sentence::new("not-yet-recorded").into(),
        |at| Value::text(at.date()),
    );
    sentence
        .with("then", Value::List(then.collect()))
        .with("recorded", recorded)
}
