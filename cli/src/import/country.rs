//! Countries by the names that lists print.

use super::name::collapse_spaces;
use super::refusal::RowError;
use fairtrail::claim::Country;

/// The country of this printed name or code of ISO 3166-1.
///
/// ```
/// use fairtrail_cli::import::country;
/// assert_eq!(country("VIET NAM").unwrap().as_str(), "VN");
/// assert_eq!(country("gb").unwrap().as_str(), "GB");
/// assert!(country("Atlantis").is_err());
/// ```
///
/// # Errors
/// [`RowError::Country`]; nothing is guessed.
pub fn country(printed: &str) -> Result<Country, RowError> {
    if printed.len() == 2
        && let Ok(known) = Country::new(&printed.to_ascii_uppercase())
    {
        return Ok(known);
    }
    let name = collapse_spaces(printed).to_lowercase().replace('&', "and");
    let mut lines = NAMES.lines().filter_map(|line| line.split_once(' '));
    let of_name = lines.find(|(_, names)| names.split(" | ").any(|known| known == name));
    let code = of_name.and_then(|(code, _)| Country::new(code).ok());
    code.ok_or(RowError::Country)
}

/// Codes with the names that lists use for them, in lower case: those of the time zone database
/// (in the public domain) and the forms seen in published facility, goods and recruiter lists.
const NAMES: &str = include_str!("countries.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_country_and_no_name_stands_for_two() {
        let mut names: Vec<&str> = Vec::new();
        for line in NAMES.lines() {
            let (code, of_code) = line.split_once(' ').unwrap();
            Country::new(code).unwrap();
            names.extend(of_code.split(" | "));
        }
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for name in names {
            assert!(country(name).is_ok(), "{name}");
        }
    }
}
