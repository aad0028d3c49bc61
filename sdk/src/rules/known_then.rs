//! What is known of a licence in a month of recruitment, beside what was known at its end.

use super::Case;
use super::index::timelines;
use super::licences::{Force, Moment, Timeline, standing_in_month};
use super::timeline::{known_statements, timelines_known_at};
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::{Date, Month, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;

/// A licence in a month in which workers are reported to have been recruited under it: valid then,
/// as known now, beside as known at the end of that month.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecruitedUnder {
    /// The licence.
    pub licence: SubjectId,
    /// The month; of the month of the date asked about, the days up to it.
    pub month: Month,
    /// What is known now of the month.
    pub now: Force,
    /// The statements that say so, or those nearest to an answer.
    pub rests_on: Vec<EntryId>,
    /// When the newest of them was proved to be said; `None` where one is not proved yet, or there
    /// is none.
    pub recorded: Option<Timestamp>,
    /// The last day of the month.
    pub known_at: Date,
    /// What was known of the month at the end of that day: from statements that were proved to be
    /// said by then, as far as their authors' standing is not lost since.
    pub then: Force,
}

/// What is asked of the licences recruited under: many attestations lean on few of them.
#[derive(Default)]
pub(super) struct Months(BTreeMap<SubjectId, Licence>);

/// One licence, its months, and what was known of it after so many of its statements.
struct Licence {
    now: Rc<[Timeline]>,
    known: BTreeMap<usize, Vec<Timeline>>,
    months: BTreeMap<Month, Asked>,
}

/// What was found out of one month.
struct Asked {
    moment: Moment,
    then: Force,
}

impl Months {
    /// What is known of a licence in each of these months.
    pub(super) fn moments<'a>(
        &'a mut self,
        case: &Case<'_>,
        licence: &SubjectId,
        months: &'a [Month],
    ) -> Vec<(Month, &'a Moment)> {
        let known = self.0.entry(licence.clone()).or_insert_with(|| Licence {
            now: timelines(case, licence),
            known: BTreeMap::new(),
            months: BTreeMap::new(),
        });
        for month in months {
            known.ask(case, licence, *month);
        }
        let moment = |month: &Month| Some((*month, &known.months.get(month)?.moment));
        months.iter().filter_map(moment).collect()
    }

    /// What was known of a licence at the end of a month that was asked about.
    pub(super) fn then(&self, licence: &SubjectId, month: Month) -> Option<Force> {
        Some(self.0.get(licence)?.months.get(&month)?.then)
    }

    /// Everything that was asked about, by licence and month.
    pub(super) fn into_rows(self, case: &Case<'_>) -> Vec<RecruitedUnder> {
        let licences = self.0.into_iter();
        let rows = licences.flat_map(|(licence, known)| {
            let months = known.months.into_iter();
            months.map(move |(month, asked)| RecruitedUnder {
                licence: licence.clone(),
                month,
                now: asked.moment.force(),
                rests_on: asked.moment.entries().collect(),
                recorded: recorded(case, asked.moment.entries()),
                known_at: month.last(),
                then: asked.then,
            })
        });
        rows.collect()
    }
}

impl Licence {
    fn ask(&mut self, case: &Case<'_>, licence: &SubjectId, month: Month) {
        let Entry::Vacant(vacant) = self.months.entry(month) else {
            return;
        };
        // Between two statements nothing more is known: one timeline serves every month in between.
        let day = month.last();
        let known = self.known.entry(known_statements(case, licence, day));
        let then = known.or_insert_with(|| timelines_known_at(case, licence, day));
        vacant.insert(Asked {
            moment: standing_in_month(&self.now, month, case.as_of),
            then: standing_in_month(then, month, case.as_of).force(),
        });
    }
}

/// When the newest of some statements was proved to be said.
pub(super) fn recorded(
    case: &Case<'_>,
    entries: impl IntoIterator<Item = EntryId>,
) -> Option<Timestamp> {
    let entries = entries.into_iter();
    let entries = entries.filter_map(|id| case.history.entry(id));
    let times: Option<Vec<_>> = entries.map(|entry| entry.times().not_after).collect();
    times?.into_iter().max()
}
