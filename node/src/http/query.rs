//! Queries: known names, each once, with a number in its one form.

use super::problem::Refusal;
use fairtrail::limits;

/// The numbers of a query string.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<(&'static str, u64)>);

impl Query {
    /// Reads `name=number` pairs, in any order, of no other names than `known`.
    pub(super) fn parse(query: Option<&str>, known: &[&'static str]) -> Result<Self, Refusal> {
        let mut numbers: Vec<(&'static str, u64)> = Vec::new();
        for pair in query.into_iter().flat_map(|query| query.split('&')) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = known.iter().find(|known| **known == name);
            let name = *name.ok_or_else(|| unknown(known))?;
            if numbers.iter().any(|(given, _)| *given == name) {
                return Err(Refusal::malformed(format!("`{name}` stands twice")));
            }
            let value = number(value)
                .ok_or_else(|| Refusal::malformed(format!("`{name}` is a decimal number")))?;
            numbers.push((name, value));
        }
        Ok(Self(numbers))
    }

    pub(super) fn get(&self, name: &str) -> Option<u64> {
        let pair = self.0.iter().find(|(given, _)| *given == name);
        pair.map(|(_, value)| *value)
    }

    /// A page's length: 1 to `max`, which is also what is meant when nothing is said.
    pub(super) fn length(&self, name: &str, max: u64) -> Result<u64, Refusal> {
        let length = self.get(name).unwrap_or(max);
        if (1..=max).contains(&length) {
            Ok(length)
        } else {
            Err(Refusal::malformed(format!("`{name}` is 1 to {max}")))
        }
    }
}

fn unknown(known: &[&str]) -> Refusal {
    Refusal::malformed(format!(
        "the query has no other names than {}",
        known.join(", ")
    ))
}

/// A number without sign and leading zeros, at most 2^53 − 1.
pub(super) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number <= limits::INTEGER && number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Option<Query> {
        Query::parse(Some(query), &["after", "limit"]).ok()
    }

    #[test]
    fn only_known_names_and_plain_numbers_are_taken() {
        let query = parse("limit=2&after=9007199254740991").unwrap();
        assert_eq!(query.get("limit"), Some(2));
        assert_eq!(query.get("after"), Some(limits::INTEGER));
        assert_eq!(Query::parse(None, &["after"]).unwrap().get("after"), None);
        let refused = [
            "",
            "&",
            "limit",
            "limit=",
            "limit=+1",
            "limit=01",
            "limit=-1",
            "limit=1&limit=1",
            "limit=1&",
            "Limit=1",
            "limit=%31",
            "limit=1;after=2",
            "limit=1 ",
            "other=1",
            "after=9007199254740992",
            "limit=1=1",
            "limit==1",
            "limit=18446744073709551616",
        ];
        for query in refused {
            assert_eq!(parse(query), None, "{query}");
        }
    }

    #[test]
    fn a_page_has_a_length_within_its_limit() {
        let length = |query| parse(query).unwrap().length("limit", 256).ok();
        assert_eq!(length("limit=1"), Some(1));
        assert_eq!(length("limit=256"), Some(256));
        assert_eq!(length("after=1"), Some(256));
        assert_eq!((length("limit=0"), length("limit=257")), (None, None));
    }
}
