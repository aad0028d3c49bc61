//! What schemes' own grades amount to on one scale: an editable table with its reasons.
//!
//! A finding always keeps the grade its scheme gave it. The table only helps an author who leaves
//! the severity out, and whoever wants to read grades of several schemes side by side.
//!
//! ```
//! use fairtrail::rules::severity::SeverityTable;
//! let table = SeverityTable::built_in();
//! assert_eq!(table.lookup("SMETA", Some("6.1"), "Critical"), Some(Some(4)));
//! // Version 7 gives no grade by design, which is neither 0 nor unknown.
//! assert_eq!(table.lookup("SMETA", Some("7"), "CAR"), Some(None));
//! assert_eq!(table.lookup("SMETA", Some("7"), "Purple"), None);
//! assert!(SeverityTable::parse("edition = \"2026-1\"\nscheme = 3").is_err());
//! ```

use crate::claim::{Code, PartialDate, Topic};
use crate::reason::Reason;
use serde::Deserialize;
use std::sync::LazyLock;

/// The table this version comes with.
const BUILT_IN: &str = include_str!("severity.toml");
/// Bytes of a table.
const MAX_BYTES: usize = 256 * 1_024;
/// The highest severity.
const MAX_SEVERITY: u8 = 5;

/// Why a text is no severity table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SeverityError {
    /// Not TOML, or not in the form of the table.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A row is neither graded nor ungraded, or both, or above 5.
    #[error("{scheme} {native}: a severity from 0 to 5, or ungraded = true")]
    Grade {
        /// The scheme.
        scheme: Code,
        /// Its grade.
        native: Code,
    },
    /// A scheme or a grade of it comes twice.
    #[error("{scheme} {native} comes twice")]
    Twice {
        /// The scheme.
        scheme: Code,
        /// Its grade.
        native: Code,
    },
    /// Larger than a table may be.
    #[error("{len} bytes, at most {max}")]
    TooLarge {
        /// Bytes found.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
}

impl SeverityError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Toml(_) | Self::Grade { .. } | Self::Twice { .. } => Reason::SchemaMismatch,
        }
    }
}

/// Grades of schemes and what they amount to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityTable {
    /// The table's own edition.
    pub edition: Code,
    #[serde(default, rename = "scheme")]
    schemes: Vec<SchemeGrades>,
}

/// The grades of one scheme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeGrades {
    /// The scheme.
    pub code: Code,
    /// Other codes it goes by.
    #[serde(default)]
    pub aliases: Vec<Code>,
    /// Where its grades are described.
    pub source: String,
    /// Its grades.
    pub grades: Vec<Grade>,
}

/// A grade and what it amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// The grade in the scheme's own word.
    pub native: Code,
    /// Versions of the scheme it is for, with those below them: `7` is for 7.1 too; empty = any.
    #[serde(default)]
    pub versions: Vec<Code>,
    /// Topics it is for; empty = any.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// 0 to 5; absent exactly when `ungraded`.
    pub severity: Option<u8>,
    /// The scheme gives no grade by design.
    #[serde(default)]
    pub ungraded: bool,
    /// Why it amounts to that.
    pub rationale: String,
    /// When the scheme's own document was last read; absent = not yet.
    pub checked: Option<PartialDate>,
}

#[expect(
    clippy::expect_used,
    reason = "the built-in table is part of the program; a test reads it"
)]
static DEFAULT: LazyLock<SeverityTable> =
    LazyLock::new(|| SeverityTable::parse(BUILT_IN).expect("the built-in table is in order"));

impl SeverityTable {
    /// The table this version comes with.
    pub fn built_in() -> &'static Self {
        &DEFAULT
    }

    /// The built-in table as text, to be edited.
    pub const fn built_in_text() -> &'static str {
        BUILT_IN
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`SeverityError`].
    pub fn parse(text: &str) -> Result<Self, SeverityError> {
        if text.len() > MAX_BYTES {
            let (len, max) = (text.len(), MAX_BYTES);
            return Err(SeverityError::TooLarge { len, max });
        }
        let table: Self = toml::from_str(text)?;
        for scheme in &table.schemes {
            scheme.check()?;
        }
        Ok(table)
    }

    /// Every scheme, as the table has them.
    pub fn schemes(&self) -> &[SchemeGrades] {
        &self.schemes
    }

    /// What a grade amounts to: `None` when the table does not know it, `Some(None)` when the scheme
    /// gives no grade by design.
    pub fn lookup(&self, scheme: &str, version: Option<&str>, grade: &str) -> Option<Option<u8>> {
        self.find(scheme, version, grade, None)
            .map(|grade| grade.severity)
    }

    /// The row that applies; one made for the topic goes before one for any.
    pub fn find(
        &self,
        scheme: &str,
        version: Option<&str>,
        grade: &str,
        topic: Option<&Topic>,
    ) -> Option<&Grade> {
        let schemes = self.schemes.iter().filter(|found| found.is_called(scheme));
        // A scheme's code may hold its version, as in SMETA-7.
        let version = version.or_else(|| scheme.rsplit_once(['-', ':']).map(|(_, last)| last));
        let rows = schemes.flat_map(|scheme| &scheme.grades);
        let fits = |row: &&Grade| {
            same(row.native.as_str(), grade)
                && row.is_of(version)
                && (row.topics.is_empty() || topic.is_some_and(|topic| row.topics.contains(topic)))
        };
        let rows: Vec<_> = rows.filter(fits).collect();
        let special = rows.iter().find(|row| !row.topics.is_empty());
        special.or_else(|| rows.first()).copied()
    }
}

impl SchemeGrades {
    /// Whether the scheme goes by this code.
    pub fn is_called(&self, code: &str) -> bool {
        let mut codes = self.aliases.iter().chain([&self.code]);
        codes.any(|found| same(found.as_str(), code))
    }

    fn check(&self) -> Result<(), SeverityError> {
        for (at, row) in self.grades.iter().enumerate() {
            let (scheme, native) = (self.code.clone(), row.native.clone());
            let graded = row
                .severity
                .is_some_and(|severity| severity <= MAX_SEVERITY);
            if graded == row.ungraded || row.ungraded && row.severity.is_some() {
                return Err(SeverityError::Grade { scheme, native });
            }
            let key = |row: &Grade| {
                (
                    fold(row.native.as_str()),
                    row.versions.clone(),
                    row.topics.clone(),
                )
            };
            if self
                .grades
                .iter()
                .take(at)
                .any(|before| key(before) == key(row))
            {
                return Err(SeverityError::Twice { scheme, native });
            }
        }
        Ok(())
    }
}

impl Grade {
    fn is_of(&self, version: Option<&str>) -> bool {
        let under = |of: &Code| {
            let rest = version.and_then(|version| version.strip_prefix(of.as_str()));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.versions.is_empty() || self.versions.iter().any(under)
    }
}

/// Case and punctuation tell no two grades apart.
fn fold(text: &str) -> String {
    let letters = text.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ':'));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn same(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The row's severity, or [`UNGRADED`].
    fn found(scheme: &str, version: Option<&str>, grade: &str) -> Option<u8> {
        let found = SeverityTable::built_in().lookup(scheme, version, grade)?;
        Some(found.unwrap_or(UNGRADED))
    }

    const UNGRADED: u8 = 255;

    #[test]
    fn schemes_and_grades_are_found_however_they_are_written() {
        assert_eq!(found("smeta", None, "BUSINESS_CRITICAL"), Some(5));
        assert_eq!(found("SA8000:2014", None, "minor"), Some(2));
        assert_eq!(found("AMFORI-BSCI", Some("2021"), "D"), Some(3));
        assert_eq!(found("GB-GLAA", None, "30"), Some(4));
        assert_eq!(found("EXAMPLE", None, "Major"), None);
    }

    #[test]
    fn a_row_for_a_version_is_for_no_other() {
        assert_eq!(found("SMETA", Some("7.0"), "CAR"), Some(UNGRADED));
        assert_eq!(found("SMETA-7", None, "CAR"), Some(UNGRADED));
        assert_eq!(found("SMETA", Some("6.1"), "CAR"), None);
        assert_eq!(found("SMETA", Some("70"), "CAR"), None);
        assert_eq!(found("SMETA", None, "CAR"), None);
    }

    #[test]
    fn a_row_for_a_topic_goes_first() {
        let table = SeverityTable::built_in();
        let severity = |topic: Topic| {
            let row = table.find("RBA-VAP", Some("8"), "Major", Some(&topic));
            row.unwrap().severity
        };
        assert_eq!(severity(Topic::Fees), Some(4));
        assert_eq!(severity(Topic::Hours), Some(3));
        assert_eq!(found("RBA-VAP", Some("8"), "Major"), Some(3));
    }

    #[test]
    fn every_row_has_its_reason_and_source() {
        for scheme in SeverityTable::built_in().schemes() {
            assert!(!scheme.source.is_empty() && !scheme.grades.is_empty());
            assert!(scheme.grades.iter().all(|row| !row.rationale.is_empty()));
        }
    }

    #[test]
    fn rows_that_say_nothing_or_two_things_are_refused() {
        let one = |rows: &str| {
            let text = format!(
                "edition = \"x\"\n[[scheme]]\ncode = \"A\"\nsource = \"s\"\ngrades = [{rows}]"
            );
            SeverityTable::parse(&text)
        };
        let row = |rest: &str| format!("{{ native = \"M\", rationale = \"r\"{rest} }}");
        assert!(one(&row(", severity = 5")).is_ok());
        assert!(one(&row(", ungraded = true")).is_ok());
        for rest in ["", ", severity = 6", ", severity = 1, ungraded = true"] {
            let error = one(&row(rest)).unwrap_err();
            assert!(matches!(error, SeverityError::Grade { .. }), "{rest}");
            assert_eq!(error.code(), Reason::SchemaMismatch);
        }
        let twice = format!("{}, {}", row(", severity = 1"), row(", severity = 2"));
        assert!(matches!(one(&twice), Err(SeverityError::Twice { .. })));
        assert!(one(&row(", severity = 1, note = 1")).is_err());
        let large = "#".repeat(MAX_BYTES + 1);
        assert_eq!(
            SeverityTable::parse(&large).unwrap_err().code(),
            Reason::TooLarge
        );
    }
}
