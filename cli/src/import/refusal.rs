//! Rows that were not taken, each with its line and reason.

use fairtrail::reason::Reason;
use std::io;

/// Why a row is not taken. The others of its file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// Not a change the format has, or previous rating and sort of change contradict each other.
    #[error("the change is unknown or contradicts itself")]
    Change,
    /// Not a date.
    #[error("expected a date as YYYY-MM-DD, from 1970-01-01 on")]
    Date,
    /// Too many or too few fields.
    #[error("{found} fields, expected {expected}")]
    Fields {
        /// As many as the header has.
        expected: usize,
        /// As many as stand there.
        found: usize,
    },
    /// The name has control, direction or invisible characters.
    #[error("the name has control, direction or invisible characters")]
    NameCharacters,
    /// Nothing but white space.
    #[error("the name is empty")]
    NameEmpty,
    /// Longer than [`super::NAME_BYTES`].
    #[error("a name of more than {max} bytes")]
    NameTooLong {
        /// The limit.
        max: usize,
    },
    /// A rating this version has no status for.
    #[error("the rating has no status here, and none is guessed")]
    Rating,
    /// A route this version has no code for.
    #[error("the route has no code here")]
    Route,
}

impl RowError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Change => Reason::ImportChange,
            Self::Date => Reason::ImportDate,
            Self::Fields { .. } => Reason::ImportFields,
            Self::NameCharacters | Self::NameEmpty | Self::NameTooLong { .. } => Reason::ImportName,
            Self::Rating => Reason::ImportRating,
            Self::Route => Reason::ImportRoute,
        }
    }

    /// Whether the row may be about any name at all, so that absence from the file shows nothing.
    ///
    /// A name or route that is refused is refused in every file and is never in the state.
    pub(super) const fn hides_the_name(self) -> bool {
        matches!(self, Self::Fields { .. } | Self::NameCharacters)
    }
}

/// One row that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Line the row begins on, the header being 1.
    pub line: u64,
    /// Why.
    pub error: RowError,
}

/// Writes refusals as CSV: file, line, reason code, explanation. Nothing of the row itself.
///
/// # Errors
/// Those of the writer.
pub fn write_refusals<'a>(
    out: impl io::Write,
    files: impl IntoIterator<Item = (&'a str, &'a [Refusal])>,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["file", "line", "reason", "explanation"])?;
    for (file, refusals) in files {
        for Refusal { line, error } in refusals {
            let code = error.code();
            csv.write_record([file, &line.to_string(), code.as_str(), &error.to_string()])?;
        }
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_line_and_reason_and_nothing_of_the_row() {
        let mut out = Vec::new();
        let refusals = [Refusal {
            line: 3,
            error: RowError::Rating,
        }];
        write_refusals(&mut out, [("a.csv", refusals.as_slice())]).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected =
            "a.csv,3,import-rating,\"the rating has no status here, and none is guessed\"\n";
        assert_eq!(text.lines().count(), 2);
        assert!(text.ends_with(expected), "{text}");
    }
}
