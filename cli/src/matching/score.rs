//! How alike two names are, from 0 to 1000, with the reasons. Whole numbers only: the same on every
//! machine.

use super::CompanyName;
use super::name::words;
use fairtrail::claim::Country;
use serde::Serialize;
use std::fmt;

/// From here on a name is proposed.
const POTENTIAL: u16 = 700;
/// From here on, with the same country and nothing against it, it is called matched.
const MATCHED: u16 = 950;
/// What names that share only common words reach at most.
const COMMON_ONLY: u16 = 650;

/// A name that candidates are sought for, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The name.
    pub name: CompanyName,
    /// Where.
    pub country: Option<Country>,
    /// Words of town and address.
    pub place: Vec<String>,
}

impl Asked {
    /// Reads a row. `None` when there is no name.
    pub fn read(name: &str, country: Option<Country>, places: &[&str]) -> Option<Self> {
        Some(Self {
            name: CompanyName::read(name)?,
            country,
            place: places.iter().flat_map(|place| words(place)).collect(),
        })
    }
}

/// What speaks for or against a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// All words are equal.
    NameEqual,
    /// The words are equal or alike in another order.
    WordOrder,
    /// The words are alike.
    NameAlike,
    /// What they share are words that many firms share.
    CommonWordsOnly,
    /// The legal forms are not the same.
    LegalFormDiffers,
    /// The country is the same.
    CountrySame,
    /// The country is another one.
    CountryDiffers,
    /// Of at least one the country is not known.
    CountryUnknown,
    /// Most words of the place are the same.
    PlaceAlike,
    /// Hardly a word of the place is the same.
    PlaceDiffers,
    /// Another candidate is as good.
    SeveralAlike,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameEqual => "name-equal",
            Self::WordOrder => "word-order",
            Self::NameAlike => "name-alike",
            Self::CommonWordsOnly => "common-words-only",
            Self::LegalFormDiffers => "legal-form-differs",
            Self::CountrySame => "country-same",
            Self::CountryDiffers => "country-differs",
            Self::CountryUnknown => "country-unknown",
            Self::PlaceAlike => "place-alike",
            Self::PlaceDiffers => "place-differs",
            Self::SeveralAlike => "several-alike",
        })
    }
}

/// What a machine makes of it; a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum MatchState {
    /// Equal in name and country, and nothing speaks against it.
    #[serde(rename = "MATCHED")]
    Matched,
    /// Worth a look.
    #[serde(rename = "POTENTIAL_MATCH")]
    PotentialMatch,
    /// Nothing is alike enough.
    #[serde(rename = "NO_CANDIDATE")]
    NoCandidate,
}

impl MatchState {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "MATCHED",
            Self::PotentialMatch => "POTENTIAL_MATCH",
            Self::NoCandidate => "NO_CANDIDATE",
        }
    }
}

/// How alike two names are, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// From 0 to 1000.
    pub points: u16,
    /// What speaks for and against it.
    pub why: Vec<Why>,
}

impl Score {
    /// Compares what is asked for with a known name. Common words and legal forms only lower.
    pub fn of(asked: &Asked, known: &Asked) -> Self {
        let mut score = Self::of_names(&asked.name, &known.name);
        if asked.name.forms != known.name.forms
            && !asked.name.forms.is_empty()
            && !known.name.forms.is_empty()
        {
            score.lower(20, Why::LegalFormDiffers);
        }
        match (&asked.country, &known.country) {
            (Some(a), Some(b)) if a == b => score.why.push(Why::CountrySame),
            (Some(_), Some(_)) => score.lower(250, Why::CountryDiffers),
            _ => score.why.push(Why::CountryUnknown),
        }
        match shared(&asked.place, &known.place) {
            Some(500..) => score.why.push(Why::PlaceAlike),
            Some(..200) => score.lower(100, Why::PlaceDiffers),
            _ => {}
        }
        score
    }

    fn of_names(a: &CompanyName, b: &CompanyName) -> Self {
        let (whole, order) = alike(&strs(&a.words), &strs(&b.words));
        let (telling_a, telling_b) = (a.telling(), b.telling());
        let mut why = vec![match (whole, order) {
            (_, true) => Why::WordOrder,
            (1000, false) => Why::NameEqual,
            _ => Why::NameAlike,
        }];
        let points = if telling_a.is_empty() || telling_b.is_empty() {
            why.push(Why::CommonWordsOnly);
            whole.min(COMMON_ONLY)
        } else {
            let (telling, _) = alike(&telling_a, &telling_b);
            if telling < POTENTIAL && telling < whole {
                why.push(Why::CommonWordsOnly);
            }
            whole.min(telling)
        };
        Self { points, why }
    }

    fn lower(&mut self, by: u16, why: Why) {
        self.points = self.points.saturating_sub(by);
        self.why.push(why);
    }

    /// What a machine makes of it.
    pub fn state(&self) -> MatchState {
        let against = [Why::PlaceDiffers, Why::SeveralAlike, Why::CommonWordsOnly];
        let sure = self.why.contains(&Why::CountrySame)
            && !against.iter().any(|why| self.why.contains(why));
        match self.points {
            MATCHED.. if sure => MatchState::Matched,
            POTENTIAL.. => MatchState::PotentialMatch,
            _ => MatchState::NoCandidate,
        }
    }
}

fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// How alike two lists of words are, and whether it took another order to see it.
fn alike(a: &[&str], b: &[&str]) -> (u16, bool) {
    let as_written = ratio(&a.join(" "), &b.join(" "));
    let sorted = |words: &[&str]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.join(" ")
    };
    let in_order = ratio(&sorted(a), &sorted(b));
    (as_written.max(in_order), in_order > as_written)
}

/// 1000 less the share of characters to change.
fn ratio(a: &str, b: &str) -> u16 {
    let longest = a.chars().count().max(b.chars().count());
    if longest == 0 {
        return 0;
    }
    let distance = strsim::osa_distance(a, b).min(longest);
    let points = (longest - distance) * 1_000 / longest;
    u16::try_from(points).unwrap_or(1_000)
}

/// The share, of 1000, of the words of one place that the other has; `None` where one is unknown.
fn shared(a: &[String], b: &[String]) -> Option<u16> {
    let (shorter, longer) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if shorter.is_empty() {
        return None;
    }
    let found = shorter.iter().filter(|word| longer.contains(word)).count();
    u16::try_from(found * 1_000 / shorter.len()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, country: &str, place: &str) -> Asked {
        Asked::read(name, Country::new(country).ok(), &[place]).unwrap()
    }

    fn score(a: (&str, &str, &str), b: (&str, &str, &str)) -> Score {
        let (a, b) = (asked(a.0, a.1, a.2), asked(b.0, b.1, b.2));
        let (there, back) = (Score::of(&a, &b), Score::of(&b, &a));
        assert_eq!(there, back, "the same from both sides");
        there
    }

    #[test]
    fn equal_names_in_one_country_are_matched_and_nothing_else_is() {
        let equal = score(
            ("Example Foods Ltd", "GB", ""),
            ("EXAMPLE FOODS LIMITED.", "GB", ""),
        );
        assert_eq!((equal.points, equal.state()), (1000, MatchState::Matched));
        let unknown = score(
            ("Example Foods Ltd", "", ""),
            ("Example Foods Ltd", "GB", ""),
        );
        assert_eq!(
            (unknown.points, unknown.state()),
            (1000, MatchState::PotentialMatch)
        );
        let abroad = score(
            ("Example Foods Ltd", "GB", ""),
            ("Example Foods Ltd", "NP", ""),
        );
        assert_eq!(
            (abroad.points, abroad.state()),
            (750, MatchState::PotentialMatch)
        );
        let elsewhere = score(
            ("Example Foods", "GB", "12 Long Lane Northport"),
            ("Example Foods", "GB", "Hill Street Southport"),
        );
        assert_eq!(elsewhere.state(), MatchState::PotentialMatch);
    }

    #[test]
    fn slips_and_other_orders_are_seen() {
        let slip = score(("Goodraod Labour", "", ""), ("Goodroad Labour", "", ""));
        assert!(slip.points >= 850, "{slip:?}");
        let order = score(
            ("Northport Example Sewing", "", ""),
            ("Example Sewing Northport", "", ""),
        );
        assert_eq!((order.points, order.why[0]), (1000, Why::WordOrder));
        let other = score(("Example Foods", "", ""), ("Distant Harbour Rope", "", ""));
        assert_eq!(other.state(), MatchState::NoCandidate);
    }

    #[test]
    fn common_words_lower_and_never_raise() {
        let common = score(
            ("Alpha Global Services Group", "GB", ""),
            ("Omega Global Services Group", "GB", ""),
        );
        assert_eq!(common.state(), MatchState::NoCandidate, "{common:?}");
        let only = score(
            ("Global Trading Group", "GB", ""),
            ("Global Trading Group", "GB", ""),
        );
        assert_eq!(only.points, COMMON_ONLY);
        assert!(only.why.contains(&Why::CommonWordsOnly));
    }
}
