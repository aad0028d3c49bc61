//! What the importer knows from all files so far, and what it has stated.

use super::intake::Intake;
use super::observation::{LicenceSeen, Observation, Resolution, StandingSeen};
use super::rating::Standing;
use super::route::Route;
use super::source::SourceFacts;
use super::source::SourceFile;
use super::statement::Statements;
use super::timeline::{FileNumber, Mark, Timeline};
use crate::import::knowledge::{Knowledge, Named};
use crate::import::name::OrgName;
use crate::import::secret::{RowId, Secret};
use fairtrail::id::AuthorId;
use fairtrail::id::EntryId;
use fairtrail::time::Date;
use fairtrail::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The importer's memory. It holds names and a secret and never leaves the local disk.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    secret: Secret,
    /// Dates of lists that changes were seen in.
    pub(super) compared: BTreeSet<Date>,
    pub(super) sources: Vec<Source>,
    pub(super) rows: BTreeMap<OrgName, Row>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) facts: SourceFacts,
    /// The statement about it, once it is made.
    pub(super) entry: Option<EntryId>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) resolution: Resolution,
    pub(super) routes: BTreeMap<Route, Licence>,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            resolution: Resolution::NameOnly,
            routes: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Licence {
    pub(super) timeline: Timeline,
    /// The last statement of the licence.
    stated: Option<Stated>,
    /// Which changes were stated, the licence's own first one included.
    marks: BTreeSet<(Date, Standing)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    resolution: Resolution,
    entry: EntryId,
}

impl State {
    /// An importer that has seen nothing.
    pub const fn new(secret: Secret) -> Self {
        Self {
            secret,
            compared: BTreeSet::new(),
            sources: Vec::new(),
            rows: BTreeMap::new(),
        }
    }

    /// The secret that row ids and references are made with.
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Every row: its name, its id, and whether its lines are told apart; in order of names.
    pub fn rows(&self) -> impl Iterator<Item = (&OrgName, RowId, Resolution)> {
        let row = |(name, row): (_, &Row)| (name, self.secret.row(name), row.resolution);
        self.rows.iter().map(row)
    }

    /// The date of the newest list that was taken in or that changes were seen in.
    pub fn newest(&self) -> Option<Date> {
        self.sources.iter().map(|source| source.facts.on).max()
    }

    /// The files taken in, by their numbers, each with the statement about it once it is made.
    pub fn files(&self) -> impl Iterator<Item = (&SourceFacts, Option<EntryId>)> {
        let sources = self.sources.iter();
        sources.map(|source| (&source.facts, source.entry))
    }

    /// The number of a file; other line ends or another order of lines make no other file.
    pub(super) fn number_of(&self, facts: &SourceFacts) -> Option<FileNumber> {
        let same = facts.to_string();
        let mut sources = self.sources.iter();
        sources.position(|source| source.facts.to_string() == same)
    }

    /// Everything that is known and was not stated, in the order to state it: the files by date,
    /// then each row's licences followed by their changes. Rows stand in the order of their ids,
    /// which tells nothing of names.
    pub fn pending(&self) -> Vec<Observation> {
        let mut sources: Vec<_> = self
            .sources
            .iter()
            .filter(|source| source.entry.is_none())
            .collect();
        sources.sort_by_key(|source| (source.facts.on, source.facts.to_string()));
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_cached_key(|(name, _)| self.secret.row(name));
        let sources = sources.into_iter().map(|source| &source.facts).cloned();
        let mut plan: Vec<_> = sources.map(Observation::Source).collect();
        for (name, row) in rows {
            let id = self.secret.row(name);
            for (route, licence) in &row.routes {
                licence.pending((id, name, *route), row.resolution, &mut plan);
            }
        }
        plan
    }

    /// Remembers that this was stated, and by which entry. What the state does not know is left
    /// alone.
    pub fn mark(&mut self, stated: &Observation, entry: EntryId) {
        match stated {
            Observation::Licence(seen) => {
                if let Some(licence) = self.licence(&seen.name, seen.route) {
                    let resolution = seen.resolution;
                    licence.stated = Some(Stated { resolution, entry });
                    licence.marks.extend(seen.first.map(key));
                }
            }
            Observation::Source(facts) => {
                let number = self.number_of(facts);
                if let Some(source) = number.and_then(|number| self.sources.get_mut(number)) {
                    source.entry = Some(entry);
                }
            }
            Observation::Standing(seen) => {
                if let Some(licence) = self.licence(&seen.name, seen.route) {
                    licence.marks.insert(key(seen.mark));
                }
            }
        }
    }

    fn licence(&mut self, name: &OrgName, route: Route) -> Option<&mut Licence> {
        self.rows.get_mut(name)?.routes.get_mut(&route)
    }
}

impl Knowledge for State {
    type File = SourceFile;
    type Intake = Intake;
    type Statement = Observation;
    type Drafts = Statements;

    fn new(secret: Secret) -> Self {
        Self::new(secret)
    }

    fn secret(&self) -> &Secret {
        self.secret()
    }

    fn take_in(&mut self, files: &[SourceFile]) -> Intake {
        self.observe(files)
    }

    fn pending(&self) -> Vec<Observation> {
        self.pending()
    }

    fn mark(&mut self, stated: &Observation, entry: EntryId) {
        self.mark(stated, entry);
    }

    fn named(&self) -> Vec<Named> {
        let named = |(name, row, resolution): (&OrgName, _, Resolution)| Named {
            name: name.to_string(),
            row,
            note: resolution.note(),
        };
        self.rows().map(named).collect()
    }

    fn drafts(&self, author: AuthorId, issued_at: Timestamp) -> Statements {
        Statements::new(self, author, issued_at)
    }
}

impl Licence {
    fn pending(
        &self,
        (id, name, route): (RowId, &OrgName, Route),
        resolution: Resolution,
        plan: &mut Vec<Observation>,
    ) {
        let mut marks = self.timeline.marks();
        if marks.is_empty() {
            return;
        }
        if self.stated.map(|stated| stated.resolution) != Some(resolution) {
            let first = marks.iter().find(|mark| mark.standing.is_listed()).copied();
            marks.retain(|mark| Some(*mark) != first);
            plan.push(Observation::Licence(LicenceSeen {
                row: id,
                name: name.clone(),
                route,
                resolution,
                first_observed: self.timeline.first_observed(),
                last_observed: self.timeline.last_observed(),
                first,
                supersedes: self.stated.map(|stated| stated.entry),
            }));
        }
        let unstated = marks
            .into_iter()
            .filter(|mark| !self.marks.contains(&key(*mark)));
        plan.extend(unstated.map(|mark| {
            Observation::Standing(StandingSeen {
                row: id,
                name: name.clone(),
                route,
                mark,
            })
        }));
    }
}

const fn key(mark: Mark) -> (Date, Standing) {
    (mark.by, mark.standing)
}
