//! Names that may be one: equal but for punctuation and legal form, or a few letters apart.

use crate::import::name::{OrgName, slug};
use crate::import::rows::Candidate;
use fairtrail::claim::Country;
use fairtrail::subject::SubjectId;

/// A recruiter as a row.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Its country.
    pub country: Country,
    /// Its name.
    pub name: OrgName,
    /// The row that stands for it.
    pub row: SubjectId,
}

/// Words that say of what legal form a firm is.
const FORMS: &[&str] = &[
    "ac",
    "ag",
    "asociacion",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "de",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "lc",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "plc",
    "pty",
    "rl",
    "s",
    "sa",
    "sapi",
    "sas",
    "sc",
    "srl",
    "a",
    "c",
    "l",
    "r",
    "v",
];

/// Names compared with each: those that follow it in order, so that a long list stays a short work.
const NEIGHBOURS: usize = 24;
/// Shorter names are compared as a whole only.
const LETTERS: usize = 8;
/// Letters of a name for each letter that may differ.
const PER_LETTER: usize = 8;

/// Pairs of firms of one country whose names are variants of one another.
///
/// A pair is a question for a person: equal names may be two firms, other names may be one.
pub fn variants(firms: Vec<Firm>) -> Vec<Candidate> {
    let mut firms: Vec<_> = firms
        .into_iter()
        .map(|firm| (firm.country.clone(), skeleton(&firm.name), firm))
        .collect();
    firms.sort_by(|a, b| (&a.0, &a.1, &a.2.name).cmp(&(&b.0, &b.1, &b.2.name)));
    let mut candidates = Vec::new();
    for (at, (country, bones, firm)) in firms.iter().enumerate() {
        for (other_country, other_bones, other) in firms.iter().skip(at + 1).take(NEIGHBOURS) {
            if other_country != country {
                break;
            }
            if let Some((score, why)) = alike(bones, other_bones) {
                candidates.push(Candidate {
                    from: firm.row.clone(),
                    from_name: firm.name.to_string(),
                    to: other.row.clone(),
                    to_name: other.name.to_string(),
                    score,
                    why,
                });
            }
        }
    }
    candidates
}

/// Letters and digits of the words that are no legal form, without spaces.
fn skeleton(name: &OrgName) -> Vec<char> {
    let words = slug(name.as_str());
    let words: Vec<_> = words.split('-').collect();
    let kept: Vec<_> = words.iter().filter(|word| !FORMS.contains(word)).collect();
    if kept.is_empty() {
        return words.concat().chars().collect();
    }
    kept.iter().flat_map(|word| word.chars()).collect()
}

fn alike(one: &[char], other: &[char]) -> Option<(u8, &'static str)> {
    if one == other {
        return (!one.is_empty()).then_some((95, "equal but for punctuation and legal form"));
    }
    let longer = one.len().max(other.len());
    let shorter = one.len().min(other.len());
    let allowed = longer / PER_LETTER;
    if shorter < LETTERS || longer - shorter > allowed {
        return None;
    }
    let apart = distance(one, other);
    let score = 100 - 100 * apart / longer;
    let score = u8::try_from(score.min(94)).unwrap_or(0);
    (apart <= allowed).then_some((score, "a few letters apart"))
}

/// Letters to put in, take out or change to make one text the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, left) in one.iter().enumerate() {
        let mut corner = at;
        let mut before = at + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(before);
        for (right, above) in other.iter().zip(row.iter().skip(1)) {
            let change = corner + usize::from(left != right);
            corner = *above;
            before = change.min(above + 1).min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::id::AuthorId;

    fn firm(name: &str, country: &str, n: u8) -> Firm {
        Firm {
            country: Country::new(country).unwrap(),
            name: OrgName::parse(name).unwrap(),
            row: SubjectId::row(AuthorId::new([1; 32]), [n; 16]),
        }
    }

    #[test]
    fn variants_of_one_country_are_proposed_and_others_are_not() {
        let firms = vec![
            firm("Invented Hands Inc.", "MX", 1),
            firm("INVENTED HANDS, LLC", "MX", 2),
            firm("Invented Hand Inc", "MX", 3),
            firm("Invented Hands Inc.", "GT", 4),
            firm("Other Agency", "MX", 5),
        ];
        let found = variants(firms);
        let pairs: Vec<_> = found.iter().map(|one| (one.score, one.why)).collect();
        let equal = "equal but for punctuation and legal form";
        let near = "a few letters apart";
        assert_eq!(pairs, [(93, near), (93, near), (95, equal)]);
    }

    #[test]
    fn distances_are_those_of_levenshtein() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (one, other, apart) in [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "abc", 0)] {
            assert_eq!(distance(&chars(one), &chars(other)), apart);
        }
    }
}
