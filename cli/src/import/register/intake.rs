//! Taking files into the state: rows become sightings, sightings become timelines.

use super::change::Changes;
use super::listing::Listing;
use super::observation::Resolution;
use super::rating::Standing;
use super::route::Route;
use super::source::{Content, Coverage, Sort, SourceFile};
use super::state::{Source, State};
use super::timeline::{FileNumber, Sighting};
use crate::import::name::OrgName;
use fairtrail::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What [`State::observe`] took in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Intake {
    /// Files that were new.
    pub new_files: u64,
    /// Files that had been taken in before; nothing was read from them.
    pub known_files: u64,
    /// Earlier ratings that cannot be dated: those before the first list that changes were seen in.
    pub undated: u64,
    /// Licences last seen listed that a newer sample does not show. Nothing is stated about them.
    pub absent_from_sample: u64,
}

impl crate::import::knowledge::Intake for Intake {
    fn changed(&self) -> bool {
        self.new_files > 0
    }
}

/// What one run over files shows of one name under one route.
#[derive(Default)]
struct Sightings {
    seen: Vec<Sighting>,
    left: Option<Date>,
    several_lines: bool,
}

type Key = (OrgName, Route);
type Seen = BTreeMap<Key, Sightings>;

impl State {
    /// Takes in what files show; their order does not matter. States nothing.
    pub fn observe(&mut self, files: &[SourceFile]) -> Intake {
        let mut intake = Intake::default();
        let past_full_lists = self.full_lists();
        let new = self.take_new(files, &mut intake);
        let (lists, changes) = contents(&new);
        for (_, changes) in &changes {
            self.compared.extend(changes.rows.iter().map(|row| row.on));
        }
        let mut seen = Seen::new();
        for (file, changes) in changes {
            intake.undated += see_changes(file, changes, &self.compared, &mut seen);
        }
        for (file, _, list) in &lists {
            see_list(*file, list, &mut seen);
        }
        self.see_absence(&lists, &past_full_lists, &mut seen);
        self.fold(seen);
        intake.absent_from_sample = self.absent_from_sample(&lists);
        intake
    }

    fn full_lists(&self) -> Vec<(FileNumber, Date)> {
        let facts = self.sources.iter().map(|source| &source.facts);
        let full = facts
            .enumerate()
            .filter(|(_, facts)| facts.sort == Sort::Listing && facts.coverage == Coverage::Full);
        full.map(|(file, facts)| (file, facts.on)).collect()
    }

    /// Numbers the files that are new: those of one call by date, whatever order they came in.
    fn take_new<'a>(&mut self, files: &'a [SourceFile], intake: &mut Intake) -> Vec<NewFile<'a>> {
        let mut files: Vec<_> = files.iter().collect();
        files.sort_by_cached_key(|file| (file.facts.on, file.facts.to_string()));
        let mut new = Vec::new();
        for file in files {
            if self.number_of(&file.facts).is_some() {
                intake.known_files += 1;
                continue;
            }
            intake.new_files += 1;
            new.push((self.sources.len(), file));
            self.sources.push(Source {
                facts: file.facts.clone(),
                entry: None,
            });
        }
        new
    }

    /// A full list shows every name it lacks as not found, also names that turn up later.
    fn see_absence(&self, lists: &[NewList<'_>], past: &[(FileNumber, Date)], seen: &mut Seen) {
        let full = lists
            .iter()
            .filter(|(_, coverage, _)| *coverage == Coverage::Full);
        let full: Vec<_> = full
            .map(|(file, _, list)| (*file, list.on, shown(list)))
            .collect();
        if full.is_empty() && past.is_empty() {
            return;
        }
        let known: BTreeSet<Key> = self.keys().collect();
        let newcomers = seen.keys().filter(|key| !known.contains(*key)).cloned();
        let newcomers: Vec<Key> = newcomers.collect();
        for key in &newcomers {
            let before = past
                .iter()
                .map(|(file, date)| (*date, Standing::NotFound, *file));
            seen.entry(key.clone()).or_default().seen.extend(before);
        }
        for key in known.iter().chain(&newcomers) {
            let lacking = full
                .iter()
                .filter(|(_, _, shown)| !shown.contains(&(&key.0, key.1)));
            let absent = lacking.map(|(file, date, _)| (*date, Standing::NotFound, *file));
            seen.entry(key.clone()).or_default().seen.extend(absent);
        }
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        self.rows.iter().flat_map(|(name, row)| {
            let routes = row.routes.keys();
            routes.map(|route| (name.clone(), *route))
        })
    }

    fn fold(&mut self, seen: Seen) {
        for ((name, route), sightings) in seen {
            let row = self.rows.entry(name).or_default();
            let licence = row.routes.entry(route).or_default();
            licence.timeline.add(sightings.seen, sightings.left);
            if sightings.several_lines || licence.timeline.contradicts_itself() {
                row.resolution = Resolution::Unresolved;
            }
        }
    }

    fn absent_from_sample(&self, lists: &[NewList<'_>]) -> u64 {
        let samples = lists
            .iter()
            .filter(|(_, coverage, _)| *coverage == Coverage::Sample);
        let Some((_, _, newest)) = samples.max_by_key(|(_, _, list)| list.on) else {
            return 0;
        };
        let shown = shown(newest);
        let mut absent = 0;
        for (name, row) in &self.rows {
            for (route, licence) in &row.routes {
                let listed = licence.timeline.listed_until();
                let earlier = listed.is_some_and(|date| date < newest.on);
                absent += u64::from(earlier && !shown.contains(&(name, *route)));
            }
        }
        absent
    }
}

type NewFile<'a> = (FileNumber, &'a SourceFile);
type NewList<'a> = (FileNumber, Coverage, &'a Listing);
type NewChanges<'a> = (FileNumber, &'a Changes);

fn contents<'a>(files: &[NewFile<'a>]) -> (Vec<NewList<'a>>, Vec<NewChanges<'a>>) {
    let (mut lists, mut all_changes) = (Vec::new(), Vec::new());
    for (number, file) in files {
        match &file.content {
            Content::Changes(changes) => all_changes.push((*number, changes)),
            Content::Listing(list) => lists.push((*number, file.facts.coverage, list)),
        }
    }
    (lists, all_changes)
}

/// A change shows two lists: the one it was seen in and the one that was compared with.
/// Returns how many earlier ratings have no date.
fn see_changes(
    file: FileNumber,
    changes: &Changes,
    compared: &BTreeSet<Date>,
    seen: &mut Seen,
) -> u64 {
    let mut undated = 0;
    let mut lines = BTreeSet::new();
    for row in &changes.rows {
        let sightings = seen.entry((row.name.clone(), row.route)).or_default();
        sightings.several_lines |= !lines.insert((&row.name, row.route, row.on));
        if !row.change.after().is_listed() {
            sightings.left = sightings.left.into_iter().chain([row.on]).min();
        }
        let before = row.change.before();
        match compared.range(..row.on).next_back() {
            Some(previous) => {
                sightings
                    .seen
                    .extend(before.map(|was| (*previous, was, file)));
            }
            None => undated += u64::from(before.is_some_and(Standing::is_listed)),
        }
        sightings.seen.push((row.on, row.change.after(), file));
    }
    undated
}

fn see_list(file: FileNumber, list: &Listing, seen: &mut Seen) {
    let mut lines = BTreeSet::new();
    for row in &list.rows {
        // A row without a status is remembered too: it is there, and not absent from a full list.
        let sightings = seen.entry((row.name.clone(), row.route)).or_default();
        sightings.several_lines |= !lines.insert((&row.name, row.route));
        let sighting = row.standing.map(|standing| (list.on, standing, file));
        sightings.seen.extend(sighting);
    }
}

fn shown(list: &Listing) -> BTreeSet<(&OrgName, Route)> {
    list.rows.iter().map(|row| (&row.name, row.route)).collect()
}
