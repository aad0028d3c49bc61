//! Values made up from a seed, for every type a claim is made of.

use crate::claim::*;
use crate::id::{AuthorId, EntryId, PartDigest};
use crate::subject::SubjectId;
use crate::time::{Date, Month, Timestamp};

/// A stream of numbers that depends on the seed alone (splitmix64).
pub(crate) struct Source(u64);

impl Source {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap() % bound
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_le_bytes()[0])
    }

    /// A known word, or now and then another.
    pub(crate) fn word<T: std::str::FromStr<Err = ValueError>>(&mut self, known: &[&str]) -> T {
        let text = if self.below(5) == 0 {
            "Some-other.word"
        } else {
            self.one(known)
        };
        text.parse().unwrap()
    }
}

pub(crate) trait Sample {
    fn sample(source: &mut Source) -> Self;
}

impl<T: Sample> Sample for Option<T> {
    fn sample(source: &mut Source) -> Self {
        (source.below(2) == 0).then(|| T::sample(source))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(source: &mut Source) -> Self {
        (0..source.below(4)).map(|_| T::sample(source)).collect()
    }
}

impl<T: Sample + Ord> Sample for Set<T> {
    fn sample(source: &mut Source) -> Self {
        Vec::sample(source).into()
    }
}

macro_rules! sampled {
    ($($type:ty: |$source:ident| $value:expr;)*) => {$(
        impl Sample for $type {
            fn sample($source: &mut Source) -> Self {
                $value
            }
        }
    )*};
}

sampled! {
    bool: |source| source.below(2) == 0;
    u8: |source| source.bytes::<1>()[0];
    u16: |source| u16::from_le_bytes(source.bytes());
    u64: |source| source.next() >> 11;
    Edition: |_source| Edition;
    Band: |source| source.one(Band::ALL);
    ThreeValued: |source| source.one(ThreeValued::ALL);
    EvidenceStandard: |source| source.one(EvidenceStandard::ALL);
    RegisterKind: |source| source.one(RegisterKind::ALL);
    Coverage: |source| source.one(Coverage::ALL);
    FileSort: |source| source.one(FileSort::ALL);
    FeeStatement: |source| source.one(FeeStatement::ALL);
    SignedBefore: |source| source.one(SignedBefore::ALL);
    Direction: |source| source.one(Direction::ALL);
    ShareBand: |source| source.one(ShareBand::ALL);
    BreachOf: |source| source.one(BreachOf::ALL);
    Stance: |source| source.one(Stance::ALL);
    Code: |source| Code::new(source.one(&["A1.2", "Major", "GB-GLAA", "0", "a/b(c):d_e+f"])).unwrap();
    Country: |source| Country::new(source.one(&["NP", "MY", "GB", "AE"])).unwrap();
    Subdivision: |source| Subdivision::new(source.one(&["NP-P3", "IN-TN", "GB-ENG"])).unwrap();
    Language: |source| Language::new(source.one(&["ne", "zh-Hant", "es-419"])).unwrap();
    Currency: |source| Currency::new(source.one(&["NPR", "JPY", "KWD"])).unwrap();
    Isco: |source| Isco::new(source.one(&["8153", "81", "9"])).unwrap();
    Isic: |source| Isic::new(source.one(&["C", "14", "1410"])).unwrap();
    Money: |source| Money::new(u64::sample(source), Currency::sample(source)).unwrap();
    Digest: |source| Digest::new(source.bytes());
    ExternalRef: |source| ExternalRef::new(source.bytes());
    CohortId: |source| CohortId::new(source.bytes());
    EntryId: |source| EntryId::new(source.bytes());
    PartDigest: |source| PartDigest::new(source.bytes());
    Hs: |source| Hs::new(source.one(&["52", "5201", "520100"])).unwrap();
    Confirmation: |source| source.one(Confirmation::ALL);
    MatchMethod: |source| source.one(MatchMethod::ALL);
    Date: |source| Date::from_days(u32::from(u16::sample(source))).unwrap();
    Timestamp: |source| Timestamp::new(source.next() >> 34).unwrap();
    Effective: |source| match source.below(2) {
        0 => Effective::On(Date::sample(source)),
        _ => Effective::Between { after: Option::sample(source), by: Date::sample(source) },
    };
    PartialDate: |source| match source.below(3) {
        0 => PartialDate::Day(Date::sample(source)),
        1 => PartialDate::Month(Month::of(Date::sample(source))),
        _ => PartialDate::Day(Date::sample(source)).to_year(),
    };
    SubjectId: |source| match source.below(4) {
        0 => SubjectId::row(AuthorId::new(source.bytes()), source.bytes()),
        1 => SubjectId::blind(source.bytes()),
        2 => "lic:GB-GLAA:ABCD0001".parse().unwrap(),
        _ => "lei:999900DEMO0000000152".parse().unwrap(),
    };
}
