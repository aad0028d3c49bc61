//! The names that a replica and the author's own imports show, found by what they have in common
//! with a name asked for.

use super::score::{Asked, Score, Why};
use fairtrail::claim::{Claim, Country};
use fairtrail::history::HistoryEntry;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Kinds whose text parts name their subjects.
pub(crate) const NAMING_KINDS: [&str; 4] = ["licence", "licence.status", "listing", "profile"];
/// Fields of text parts that hold names.
const NAMES: [&str; 4] = ["name", "trading_name", "legal_name", "former_name"];
/// Fields of text parts that say where.
const PLACES: [&str; 4] = ["address", "locality", "city", "region"];
/// Names that are compared in full with one name asked for.
const COMPARED: usize = 256;
/// Candidates shown for one name.
const SHOWN: usize = 5;

/// Where a name was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "read_in", rename_all = "kebab-case")]
pub enum Source {
    /// The text of an entry that counts under the policy.
    Entry {
        /// The entry.
        entry: EntryId,
        /// Who wrote it.
        author: AuthorId,
    },
    /// The name map of an import on this machine.
    Import,
}

/// A name somebody gave to ids.
#[derive(Debug, Clone)]
pub struct Known {
    /// The ids.
    pub subjects: Vec<SubjectId>,
    /// As it is printed.
    pub printed: String,
    /// As it is compared.
    pub name: Asked,
    /// Where it was read.
    pub source: Source,
}

/// An id that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The id.
    pub subject: SubjectId,
    /// How alike, and why.
    #[serde(flatten)]
    pub score: Score,
    /// The name it is known by.
    pub known_as: String,
    /// Its country, as far as known.
    pub country: Option<Country>,
    /// Where that was read.
    #[serde(flatten)]
    pub source: Source,
}

/// All names, by the runs of three characters in them.
#[derive(Debug, Default)]
pub struct Index {
    names: Vec<Known>,
    runs: HashMap<[char; 3], Vec<usize>>,
}

impl Index {
    /// An index of these names.
    pub fn new(names: impl IntoIterator<Item = Known>) -> Self {
        let mut index = Self::default();
        for known in names {
            let at = index.names.len();
            for run in runs(&known.name) {
                index.runs.entry(run).or_default().push(at);
            }
            index.names.push(known);
        }
        index
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The best candidates, the best first; `own` is what the row is called already.
    pub fn candidates(&self, asked: &Asked, own: &[SubjectId]) -> Vec<Candidate> {
        let mut best: BTreeMap<&SubjectId, (Score, &Known)> = BTreeMap::new();
        for known in self.alike(asked) {
            let score = Score::of(asked, &known.name);
            if score.state() == super::MatchState::NoCandidate {
                continue;
            }
            for subject in known
                .subjects
                .iter()
                .filter(|subject| !own.contains(subject))
            {
                let worse = |(old, _): &(Score, &Known)| old.points < score.points;
                if best.get(subject).is_none_or(worse) {
                    best.insert(subject, (score.clone(), known));
                }
            }
        }
        let mut best: Vec<_> = best.into_iter().collect();
        best.sort_by_key(|(subject, (score, _))| (std::cmp::Reverse(score.points), *subject));
        mark_several(&mut best);
        best.truncate(SHOWN);
        let candidate = |(subject, (score, known)): (&SubjectId, (Score, &Known))| Candidate {
            subject: subject.clone(),
            score,
            known_as: known.printed.clone(),
            country: known.name.country.clone(),
            source: known.source.clone(),
        };
        best.into_iter().map(candidate).collect()
    }

    /// Names that share at least a third of their runs, those that share most first.
    fn alike(&self, asked: &Asked) -> impl Iterator<Item = &Known> {
        let runs = runs(asked);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for at in runs.iter().filter_map(|run| self.runs.get(run)).flatten() {
            *shared.entry(*at).or_default() += 1;
        }
        let mut shared: Vec<_> = shared
            .into_iter()
            .filter(|(_, count)| count * 3 >= runs.len())
            .collect();
        shared.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
        shared.truncate(COMPARED);
        shared.into_iter().filter_map(|(at, _)| self.names.get(at))
    }
}

/// Candidates that are as good as another and no name of the same party.
fn mark_several(best: &mut [(&SubjectId, (Score, &Known))]) {
    let tops: Vec<_> = best
        .iter()
        .map(|(_, (score, known))| (score.points, known.subjects.clone()))
        .collect();
    for (subject, (score, _)) in best.iter_mut() {
        let other = |(points, subjects): &(u16, Vec<SubjectId>)| {
            *points == score.points && !subjects.contains(subject)
        };
        if tops.iter().any(other) {
            score.why.push(Why::SeveralAlike);
        }
    }
}

/// Runs of three characters of each word, so that their order does not matter.
fn runs(name: &Asked) -> Vec<[char; 3]> {
    let mut found = Vec::new();
    for word in &name.name.words {
        let padded: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
        found.extend(
            padded
                .windows(3)
                .filter_map(|run| <[char; 3]>::try_from(run).ok()),
        );
    }
    found.sort_unstable();
    found.dedup();
    found
}

impl Known {
    /// The names that an entry gives to its subjects, if its word counts.
    pub fn of_entry(entry: &HistoryEntry) -> Vec<Self> {
        let standing = entry.standing();
        let names = NAMING_KINDS.contains(&entry.kind());
        if !names || !standing.counts_for() || entry.is_replaced() {
            return Vec::new();
        }
        let subjects = entry.entry().header().subjects.clone();
        let country = match entry.claim() {
            Some(Claim::Profile(profile)) => profile.country.clone(),
            _ => None,
        };
        let country = country.or_else(|| subjects.iter().find_map(country_of));
        let source = Source::Entry {
            entry: entry.id(),
            author: standing.principal.unwrap_or(standing.author),
        };
        let mut known = Vec::new();
        for text in entry.texts() {
            let places: Vec<_> = PLACES.iter().filter_map(|field| text.text(field)).collect();
            for printed in NAMES.iter().filter_map(|field| text.text(field)) {
                known.extend(
                    Asked::read(printed, country.clone(), &places).map(|name| Self {
                        subjects: subjects.clone(),
                        printed: printed.to_owned(),
                        name,
                        source: source.clone(),
                    }),
                );
            }
        }
        known
    }

    /// A name from the map of an import.
    pub fn of_import(subject: SubjectId, printed: &str) -> Option<Self> {
        let country = country_of(&subject);
        Some(Self {
            name: Asked::read(printed, country, &[])?,
            subjects: vec![subject],
            printed: printed.to_owned(),
            source: Source::Import,
        })
    }
}

/// The country that an id bears in itself.
fn country_of(subject: &SubjectId) -> Option<Country> {
    match subject.scheme() {
        "osid" | "lic" | "org" => Country::new(subject.value().get(..2)?).ok(),
        "abn" => Country::new("AU").ok(),
        "cnpj" => Country::new("BR").ok(),
        "uscc" => Country::new("CN").ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::MatchState;

    const SITE: &str = "osid:XA2026001N0RTHW";

    fn known(subject: &str, printed: &str) -> Known {
        Known::of_import(subject.parse().unwrap(), printed).unwrap()
    }

    fn ask(index: &Index, name: &str) -> Vec<Candidate> {
        index.candidates(&Asked::read(name, None, &[]).unwrap(), &[])
    }

    #[test]
    fn the_best_comes_first_and_strangers_do_not_come() {
        let index = Index::new([
            known("lei:999900DEMO0000000152", "Example Sewing Ltd"),
            known(SITE, "Exampel Sewing"),
            known("gln:5901234123457", "Distant Rope Works"),
        ]);
        let found = ask(&index, "Example Sewing");
        let ids: Vec<_> = found.iter().map(|found| found.subject.as_str()).collect();
        assert_eq!(ids, ["lei:999900DEMO0000000152", SITE]);
        assert!(found[0].score.points > found[1].score.points);
        assert!(ask(&index, "Harbour Fish").is_empty());
        let own = ["lei:999900DEMO0000000152".parse().unwrap()];
        let asked = Asked::read("Example Sewing", None, &[]).unwrap();
        assert_eq!(index.candidates(&asked, &own).len(), 1);
    }

    #[test]
    fn equals_are_shown_side_by_side_and_none_is_called_matched() {
        let index = Index::new([
            known("lic:GB-GLAA:EXAM0001", "Example Sewing"),
            known("lic:GB-GLAA:EXAM0002", "Example Sewing"),
        ]);
        let asked = Asked::read("Example Sewing", Country::new("GB").ok(), &[]).unwrap();
        let found = index.candidates(&asked, &[]);
        assert_eq!(found.len(), 2);
        for one in found {
            assert!(one.score.why.contains(&Why::SeveralAlike));
            assert_eq!(one.score.state(), MatchState::PotentialMatch);
        }
    }

    #[test]
    fn candidates_are_bounded_and_always_in_the_same_order() {
        let names = |reverse: bool| {
            let mut names: Vec<_> = (10..40)
                .map(|n| known(&format!("lic:GB-GLAA:EXAM00{n}"), "Example Sewing"))
                .collect();
            if reverse {
                names.reverse();
            }
            Index::new(names)
        };
        let found = ask(&names(false), "Example Sewing");
        assert_eq!(found.len(), SHOWN);
        assert_eq!(found, ask(&names(true), "Example Sewing"));
    }
}
