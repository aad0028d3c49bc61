//! Walks a claim and collects what rules for all kinds look at.

use super::value::{
    Band, Code, CohortId, Country, Currency, Digest, ExternalRef, Hs, Isco, Isic, Language, Money,
    PartialDate, Set, Subdivision, ThreeValued,
};
use crate::id::{EntryId, PartDigest};
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};

/// What a claim mentions, each with the name of the field it stands in.
#[derive(Default)]
pub(crate) struct Seen<'a> {
    pub(crate) codes: Vec<(&'static str, &'a str)>,
    pub(crate) subjects: Vec<(&'static str, &'a SubjectId)>,
    /// Every structure of the claim; the first is the claim itself.
    pub(crate) groups: Vec<Group>,
    /// The days that the claim speaks of its people at, first and last.
    pub(crate) period: Option<(Date, Date)>,
    open: Option<usize>,
}

/// One structure of a claim: what it says of a number of people stands in it or below it.
#[derive(Debug)]
pub(crate) struct Group {
    /// The structure around it, by its place in the list.
    pub(crate) outer: Option<usize>,
    /// The field of the claim that it stands in.
    pub(crate) field: &'static str,
    /// Numbers of people in it, by field.
    pub(crate) bands: Vec<(&'static str, Band)>,
    /// What can be too precise for so few, by field.
    pub(crate) details: Vec<(&'static str, Detail)>,
}

/// Something that can be too precise for few people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// An amount of money.
    Amount,
    /// A date by month.
    Month,
    /// A date by day, where a coarser one could stand.
    Day,
    /// A place below the country.
    Subdivision,
    /// An occupation of so many digits.
    Occupation(usize),
}

/// Fields with the days on which people worked, were hired or were seen; not with the terms, issue
/// and expiry of documents.
const PERIOD: &[&str] = &[
    "ended_on",
    "found_on",
    "from",
    "period_from",
    "period_to",
    "recruited_from",
    "recruited_to",
    "started_on",
    "to",
    "valid_from",
    "valid_to",
];

impl Seen<'_> {
    /// Enters a structure; what is given back closes it.
    pub(crate) fn open(&mut self, field: &'static str) -> Option<usize> {
        let outer = self.open;
        // The field of the claim itself, not one of a structure in it, is what an author looks for.
        let below = outer.and_then(|outer| self.groups.get(outer));
        let field = match below {
            Some(group) if group.outer.is_some() => group.field,
            _ => field,
        };
        self.open = Some(self.groups.len());
        self.groups.push(Group {
            outer,
            field,
            bands: Vec::new(),
            details: Vec::new(),
        });
        outer
    }

    /// Leaves a structure.
    pub(crate) fn close(&mut self, outer: Option<usize>) {
        self.open = outer;
    }

    fn speaks_of(&mut self, field: &str, first: Date, last: Date) {
        if PERIOD.contains(&field) {
            let (from, to) = self.period.unwrap_or((first, last));
            self.period = Some((from.min(first), to.max(last)));
        }
    }

    fn group(&mut self) -> Option<&mut Group> {
        self.open.and_then(|open| self.groups.get_mut(open))
    }

    fn detail(&mut self, field: &'static str, detail: Detail) {
        if let Some(group) = self.group() {
            let field = if group.outer.is_some() {
                group.field
            } else {
                field
            };
            group.details.push((field, detail));
        }
    }
}

pub(crate) trait Inspect {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>);
}

impl<T: Inspect> Inspect for Option<T> {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        if let Some(value) = self {
            value.inspect(field, seen);
        }
    }
}

impl<T: Inspect> Inspect for Vec<T> {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        for value in self {
            value.inspect(field, seen);
        }
    }
}

impl<T: Inspect> Inspect for Set<T> {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        for value in self {
            value.inspect(field, seen);
        }
    }
}

impl Inspect for Code {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        seen.codes.push((field, self.as_str()));
    }
}

impl Inspect for SubjectId {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        seen.subjects.push((field, self));
    }
}

impl Inspect for Band {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        if let Some(group) = seen.group() {
            group.bands.push((field, *self));
        }
    }
}

impl Inspect for Isco {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        seen.detail(field, Detail::Occupation(self.precision()));
    }
}

impl Inspect for Money {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        // A cap is the law's and no amount of theirs.
        if field != "legal_cap" {
            seen.detail(field, Detail::Amount);
        }
    }
}

impl Inspect for Date {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        seen.speaks_of(field, *self, *self);
    }
}

impl Inspect for PartialDate {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        seen.speaks_of(field, self.first(), self.last());
        match self {
            Self::Day(_) => seen.detail(field, Detail::Day),
            Self::Month(_) => seen.detail(field, Detail::Month),
            Self::Year(_) => {}
        }
    }
}

impl Inspect for Subdivision {
    fn inspect<'a>(&'a self, field: &'static str, seen: &mut Seen<'a>) {
        seen.detail(field, Detail::Subdivision);
    }
}

macro_rules! nothing_to_see {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::claim::Inspect for $type {
            fn inspect<'a>(&'a self, _: &'static str, _: &mut $crate::claim::Seen<'a>) {}
        }
    )*};
}
pub(crate) use nothing_to_see;

nothing_to_see!(
    u8,
    u16,
    u64,
    bool,
    CohortId,
    Country,
    Currency,
    Digest,
    EntryId,
    ExternalRef,
    Hs,
    Isic,
    Language,
    PartDigest,
    ThreeValued,
    Timestamp,
);
