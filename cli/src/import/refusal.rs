//! Rows that were not taken, each with its line, column and reason.

use super::NAME_BYTES;
use fairtrail::claim::{Problem, TextError};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectError;
use std::collections::BTreeMap;
use std::io;

/// Why a row, or a cell of it, is not taken. Nothing here repeats what stands in the row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// Not a change the format has, or previous rating and sort of change contradict each other.
    #[error("the change is unknown or contradicts itself")]
    Change,
    /// Two rows of one key say different things.
    #[error("says something else than line {line}, though both stand for one statement")]
    Conflict {
        /// Line of the other row.
        line: u64,
    },
    /// Not a whole number of people, or more of a part than of the whole.
    #[error("{0}")]
    Count(&'static str),
    /// Not a country this version knows by that name.
    #[error("no country is known here by this name; a code of ISO 3166-1 is taken too")]
    Country,
    /// Not a date.
    #[error("expected a date as {expected}, from 1970-01-01 on")]
    Date {
        /// How dates are written.
        expected: &'static str,
    },
    /// The row says what another row of the file said.
    #[error("the same as line {line}; it was taken once")]
    Duplicate {
        /// Line of the other row.
        line: u64,
    },
    /// Too many or too few fields.
    #[error("{found} fields, expected {expected}")]
    Fields {
        /// As many as the header has.
        expected: usize,
        /// As many as stand there.
        found: usize,
    },
    /// What the kind of the statement does not take.
    #[error("{detail}")]
    Field {
        /// Stable code.
        reason: Reason,
        /// What it takes.
        detail: String,
    },
    /// A cell that has to be filled is empty.
    #[error("the cell is empty, and nothing is put in its place")]
    Missing,
    /// The name has control, direction or invisible characters.
    #[error("the name has control, direction or invisible characters")]
    NameCharacters,
    /// Nothing but white space.
    #[error("the name is empty")]
    NameEmpty,
    /// Longer than [`NAME_BYTES`].
    #[error("a name of more than {NAME_BYTES} bytes")]
    NameTooLong,
    /// A name in the form of a natural person's.
    #[error("has the form of a natural person's name")]
    NaturalPerson,
    /// A remark that may change what the row says.
    #[error("carries a note that may change what the row says; a person has to read it")]
    Note,
    /// The submission door would refuse the claim or the text.
    #[error("{}: {}", .0.field, .0.detail)]
    Problem(Problem),
    /// What was stated before under this key is about somebody else.
    #[error("what was stated of this row before is about another subject; revoke that first")]
    OtherSubject,
    /// A rating this version has no status for.
    #[error("the rating has no status here, and none is guessed")]
    Rating,
    /// A route this version has no code for.
    #[error("the route has no code here")]
    Route,
    /// No identifier of an organisation or site.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// A text that can stand in no text part.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Another row of its batch is refused.
    #[error("belongs together with line {line}, which is refused")]
    Together {
        /// Line of the other row.
        line: u64,
    },
    /// Something the field does not take.
    #[error("expected {expected}")]
    Value {
        /// What it takes.
        expected: &'static str,
    },
}

impl RowError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Change => Reason::ImportChange,
            Self::Conflict { .. } | Self::OtherSubject => Reason::ImportConflict,
            Self::Count(_) => Reason::ImportCount,
            Self::Country => Reason::ImportCountry,
            Self::Date { .. } => Reason::ImportDate,
            Self::Duplicate { .. } => Reason::ImportDuplicate,
            Self::Fields { .. } => Reason::ImportFields,
            Self::Field { reason, .. } => *reason,
            Self::Missing => Reason::MissingField,
            Self::NameCharacters | Self::NameEmpty | Self::NameTooLong => Reason::ImportName,
            Self::NaturalPerson => Reason::SubjectNaturalPerson,
            Self::Note => Reason::ImportNote,
            Self::Problem(problem) => problem.reason,
            Self::Rating => Reason::ImportRating,
            Self::Route => Reason::ImportRoute,
            Self::Subject(error) => error.code(),
            Self::Text(error) => error.code(),
            Self::Together { .. } => Reason::ImportBatch,
            Self::Value { .. } => Reason::ImportValue,
        }
    }

    /// Whether the row may be about any name at all, so that absence from the file shows nothing.
    ///
    /// A name or route that is refused is refused in every file and is never in the state.
    pub(super) const fn hides_the_name(&self) -> bool {
        matches!(self, Self::Fields { .. } | Self::NameCharacters)
    }
}

/// One row that was not taken, or one cell of a row that was taken without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line the row begins on, the header being 1.
    pub line: u64,
    /// The column that is wrong; `None` when it is the row as a whole.
    pub column: Option<String>,
    /// Why.
    pub error: RowError,
}

impl Refusal {
    /// A row that is wrong as a whole.
    pub const fn of_row(line: u64, error: RowError) -> Self {
        Self {
            line,
            column: None,
            error,
        }
    }

    /// A row that is wrong in one column.
    pub fn of_cell(line: u64, column: &str, error: RowError) -> Self {
        Self {
            line,
            column: Some(column.to_owned()),
            error,
        }
    }
}

/// Refused rows by reason code.
pub fn refused_by_reason<'a>(
    refusals: impl IntoIterator<Item = &'a Refusal>,
) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for refusal in refusals {
        *counts.entry(refusal.error.code().as_str()).or_default() += 1;
    }
    counts
}

/// Writes refusals as CSV: file, line, column, reason code, explanation. Nothing of the row itself.
///
/// # Errors
/// Those of the writer.
pub fn write_refusals<'a>(
    out: impl io::Write,
    files: impl IntoIterator<Item = (&'a str, &'a [Refusal])>,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["file", "line", "column", "reason", "explanation"])?;
    for (file, refusals) in files {
        for refusal in refusals {
            let Refusal {
                line,
                column,
                error,
            } = refusal;
            let column = column.as_deref().unwrap_or_default();
            let (line, code) = (line.to_string(), error.code());
            csv.write_record([file, &line, column, code.as_str(), &error.to_string()])?;
        }
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_line_column_and_reason_and_nothing_of_the_row() {
        let mut out = Vec::new();
        let refusals = [
            Refusal::of_row(3, RowError::Rating),
            Refusal::of_cell(
                4,
                "Workers",
                RowError::Count("not a whole number of people"),
            ),
        ];
        write_refusals(&mut out, [("a.csv", refusals.as_slice())]).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "file,line,column,reason,explanation\n\
            a.csv,3,,import-rating,\"the rating has no status here, and none is guessed\"\n\
            a.csv,4,Workers,import-count,not a whole number of people\n";
        assert_eq!(text, expected);
    }
}
