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
    Band,
    CohortId,
    Country,
    Currency,
    Date,
    Digest,
    EntryId,
    ExternalRef,
    Hs,
    Isco,
    Isic,
    Language,
    Money,
    PartDigest,
    PartialDate,
    Subdivision,
    ThreeValued,
    Timestamp,
);
