//! What there is to state: values that become entries one for one.

use super::rating::Standing;
use super::route::Route;
use super::source::{Sort, SourceFacts};
use super::timeline::Mark;
use crate::import::name::OrgName;
use crate::import::secret::RowId;
use fairtrail::id::EntryId;
use fairtrail::time::Date;
use std::fmt;

/// Whether the lines that carry a name are told apart.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// One line a route. The register prints a name and nothing else, so even this is a name only.
    NameOnly,
    /// Several lines of the register carry this name, or contradict each other about it.
    Unresolved,
}

impl Resolution {
    /// The sentence that goes beside the name; `None` when there is nothing to say.
    pub const fn note(self) -> Option<&'static str> {
        match self {
            Self::NameOnly => None,
            Self::Unresolved => {
                Some("several lines of the register carry this name; not told apart")
            }
        }
    }
}

/// A name was seen licensed for a route.
///
/// It has no `valid_from` and no `valid_to`: the register prints none, and what was seen is not
/// when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceSeen {
    /// The row that carries the name.
    pub row: RowId,
    /// The name; belongs in a text part and nowhere else.
    pub name: OrgName,
    /// The route, which is the licence class.
    pub route: Route,
    /// Whether the lines that carry the name are told apart.
    pub resolution: Resolution,
    /// First list that showed it; `None` when it was gone before the first known list.
    pub first_observed: Option<Date>,
    /// Last list that showed it.
    pub last_observed: Option<Date>,
    /// The standing it was first seen with; its `after` bounds the start, or leaves it unknown.
    pub first: Option<Mark>,
    /// The statement made before, with another resolution; this one supersedes it.
    pub supersedes: Option<EntryId>,
}

/// A name under a route was seen with another standing than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingSeen {
    /// The row that carries the name.
    pub row: RowId,
    /// The name, to find the row in the local state; no part of the statement.
    pub name: OrgName,
    /// The route, which is the licence class.
    pub route: Route,
    /// The standing and the dates between which it began.
    pub mark: Mark,
}

/// One statement to make.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// A `licence`.
    Licence(LicenceSeen),
    /// A `register.snapshot`.
    Source(SourceFacts),
    /// A `licence.status`.
    Standing(StandingSeen),
}

impl Observation {
    /// The importer's own key of this statement: equal for equal statements, in every run.
    ///
    /// It holds no name. What goes into a claim is [`crate::import::Secret::reference`] of it.
    pub fn external_key(&self) -> String {
        match self {
            Self::Licence(seen) => licence_key(seen.row, seen.route, seen.resolution),
            Self::Source(facts) => facts.to_string(),
            Self::Standing(seen) => {
                let Mark { by, standing, .. } = seen.mark;
                format!("status {} {} {by} {standing}", seen.row, seen.route)
            }
        }
    }

    /// The date it concerns: of a file its own, else the first on which it was seen. `None` when
    /// all that is known is that it was over by then.
    pub fn on(&self) -> Option<Date> {
        match self {
            Self::Licence(seen) => seen.first.map(|mark| mark.by),
            Self::Source(facts) => Some(facts.on),
            Self::Standing(seen) => Some(seen.mark.by),
        }
    }

    /// The status this states, if it states one.
    pub fn standing(&self) -> Option<Standing> {
        match self {
            Self::Licence(seen) => seen.first.map(|mark| mark.standing),
            Self::Source(_) => None,
            Self::Standing(seen) => Some(seen.mark.standing),
        }
    }
}

fn licence_key(row: RowId, route: Route, resolution: Resolution) -> String {
    let suffix = match resolution {
        Resolution::NameOnly => "",
        Resolution::Unresolved => " unresolved",
    };
    format!("licence {row} {route}{suffix}")
}

impl fmt::Display for SourceFacts {
    /// What makes two files the same one: sort, date, rows and coverage, not the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sort = match self.sort {
            Sort::Changes => "changes",
            Sort::Listing => "listing",
        };
        write!(f, "{sort} {} {} {:?}", self.on, self.root, self.coverage)
    }
}
