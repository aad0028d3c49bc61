//! Statement files on the command line: read, looked at as a whole, and turned into drafts.

mod hint;
mod lint;
mod stated;
pub mod template;

pub use hint::hint;
pub use stated::Stated;

use crate::error::CliError;
use fairtrail::entry::{Draft, SALT_BYTES};
use fairtrail::files::{read_bounded, salt};
use fairtrail::id::EntryId;
use fairtrail::privacy::exact::{ExactCount, Exposure, exposures};
use fairtrail::reason::Reason;
use fairtrail::statement::{Misfit, StatementError, StatementFile, Surroundings};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use serde::Serialize;
use std::path::Path;
use toml::Table;

/// One thing that is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Which entry of the file: 0 the statement, then its findings.
    pub entry: usize,
    /// The stable code.
    pub reason: Reason,
    /// The field to blame.
    pub field: String,
    /// What is wrong.
    pub detail: String,
}

impl Trouble {
    pub(crate) fn new(
        entry: usize,
        reason: Reason,
        field: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            entry,
            reason,
            field: field.into(),
            detail: detail.into(),
        }
    }

    /// What exact numbers would give away beside those stated before.
    pub fn exposed(counts: &[ExactCount], known: &[ExactCount]) -> Vec<Self> {
        let trouble = |found: Exposure| {
            let field = counts.get(found.at).map(|count| count.field.clone());
            Self::new(0, found.reason, field.unwrap_or_default(), found.detail)
        };
        let found = exposures(counts, known).into_iter();
        found.map(trouble).collect()
    }
}

/// A statement file that was read.
#[derive(Debug, Default)]
pub struct Filled {
    /// The kind it says.
    pub kind: String,
    /// The entries it becomes; empty when its form does not allow that.
    pub drafts: Vec<Draft>,
    /// Everything that is wrong with it.
    pub problems: Vec<Trouble>,
    /// The exact numbers it gives, which go nowhere.
    pub counts: Vec<ExactCount>,
}

/// Bytes of a statement file.
const FILE_BYTES: u64 = 1_024 * 1_024;

/// Looks up the subjects of an entry that is referred to.
pub type SubjectsOf<'a> = dyn Fn(EntryId) -> Result<Vec<SubjectId>, CliError> + 'a;

/// Reads the text of a statement file.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, CliError> {
    let text = String::from_utf8(read_bounded(path, FILE_BYTES)?);
    text.map_err(|_| CliError::operational(format!("{} is not UTF-8 text", path.display())))
}

impl Filled {
    /// Reads a statement file: its form is looked at field by field, then its claims.
    ///
    /// # Errors
    /// Not TOML at all; an entry referred to cannot be looked up; no randomness.
    pub fn read(
        text: &str,
        reference_secret: [u8; 32],
        issued_at: Timestamp,
        subjects_of: &SubjectsOf<'_>,
    ) -> Result<Self, CliError> {
        let table: Table = toml::from_str(text).map_err(not_toml)?;
        let kind = table.get("kind").and_then(toml::Value::as_str);
        let kind = kind.unwrap_or_default().to_owned();
        let mut problems = lint::lint(&table);
        let parsed = StatementFile::parse(text);
        let drafts = match &parsed {
            Ok(file) => {
                let copied = copied_subjects(file, subjects_of, &problems)?;
                draft(file, reference_secret, issued_at, &copied)?
            }
            Err(error) => Err(error.clone()),
        };
        let drafts = drafts.unwrap_or_else(|error| {
            // What was found field by field says it better.
            if problems.is_empty() {
                problems.push(Trouble::new(0, error.code(), "file", first_line(&error)));
            }
            Vec::new()
        });
        problems.extend(troubles(&drafts));
        let counts = match parsed.map(|file| file.exact_counts(&drafts)) {
            Ok(Ok(counts)) => counts,
            Ok(Err(misfits)) => {
                let trouble = |(entry, misfit): (usize, Misfit)| {
                    Trouble::new(entry, misfit.reason, misfit.field, misfit.detail)
                };
                problems.extend(misfits.into_iter().map(trouble));
                Vec::new()
            }
            Err(_) => Vec::new(),
        };
        Ok(Self {
            kind,
            drafts,
            problems,
            counts,
        })
    }

    /// As [`Filled::read`], but not stopping at the first thing that keeps a file from being a
    /// statement: what can be mended is, so that everything else shows as well.
    ///
    /// # Errors
    /// As [`Filled::read`].
    pub fn explain(
        text: &str,
        issued_at: Timestamp,
        subjects_of: &SubjectsOf<'_>,
    ) -> Result<Self, CliError> {
        // Nothing is signed, so own keys need no secret; all are told apart under any.
        let mut filled = Self::read(text, [0; 32], issued_at, subjects_of)?;
        let mended = if filled.drafts.is_empty() {
            let table: Table = toml::from_str(text).map_err(not_toml)?;
            lint::mended(table).and_then(|table| toml::to_string(&table).ok())
        } else {
            None
        };
        let rest = match &mended {
            Some(text) => Self::read(text, [0; 32], issued_at, subjects_of)?,
            None => Self::default(),
        };
        filled.take_over(rest.problems);
        let drafts = if mended.is_some() {
            &rest.drafts
        } else {
            &filled.drafts
        };
        let refusals = StatementFile::refusals(drafts).into_iter();
        let refusals = refusals.map(|(entry, problem)| {
            Trouble::new(entry, problem.reason, problem.field, problem.detail)
        });
        let refusals: Vec<_> = refusals.collect();
        filled.take_over(refusals);
        if mended.is_some() {
            filled.counts = rest.counts;
        }
        Ok(filled)
    }

    fn take_over(&mut self, troubles: Vec<Trouble>) {
        for trouble in troubles {
            let known = |known: &Trouble| {
                (known.entry, known.reason, &known.field)
                    == (trouble.entry, trouble.reason, &trouble.field)
            };
            if !self.problems.iter().any(known) {
                self.problems.push(trouble);
            }
        }
    }
}

/// Everything the submission door would refuse about the claims of drafts, whoever makes them.
pub(crate) fn troubles(drafts: &[Draft]) -> Vec<Trouble> {
    let problems = StatementFile::problems(drafts, None).into_iter();
    let trouble = problems.map(|(entry, problem)| {
        Trouble::new(
            entry,
            problem.reason,
            problem.field,
            problem.detail.into_owned(),
        )
    });
    trouble.collect()
}

/// Draws salts before drafting, so that a system without randomness stops here.
fn draft(
    file: &StatementFile,
    reference_secret: [u8; 32],
    issued_at: Timestamp,
    copied: &dyn Fn(EntryId) -> Option<Vec<SubjectId>>,
) -> Result<Result<Vec<Draft>, StatementError>, CliError> {
    let mut refused = None;
    let mut draw = || {
        salt().unwrap_or_else(|error| {
            refused = Some(error);
            [0; SALT_BYTES]
        })
    };
    let drafts = file.drafts(&mut Surroundings {
        issued_at,
        reference_secret,
        salt: &mut draw,
        subjects_of: copied,
    });
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(drafts),
    }
}

type Copied = Box<dyn Fn(EntryId) -> Option<Vec<SubjectId>>>;

fn copied_subjects(
    file: &StatementFile,
    subjects_of: &SubjectsOf<'_>,
    problems: &[Trouble],
) -> Result<Copied, CliError> {
    let mut known = std::collections::BTreeMap::new();
    // A template not filled in refers to nothing.
    if problems.is_empty() {
        for id in file.refers_to() {
            known.insert(id, subjects_of(id)?);
        }
    }
    Ok(Box::new(move |id| known.get(&id).cloned()))
}

fn first_line(error: &StatementError) -> String {
    match error {
        StatementError::Toml(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err asks for")]
fn not_toml(error: toml::de::Error) -> CliError {
    let error = error.to_string();
    CliError::coded(Reason::ClaimInvalid, "this is no TOML").hint(error.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let at = Timestamp::new(1_790_000_000).unwrap();
        let filled = Filled::read(text, [1; 32], at, &|_| Ok(vec![])).unwrap();
        let codes = filled
            .problems
            .iter()
            .map(|trouble| trouble.reason.as_str());
        codes.collect()
    }

    const REPLY: &str = "kind = \"reply\"\nsubjects = [\"lei:999900DEMO0000000152\"]\n[claim]\n";

    #[test]
    fn form_and_content_are_looked_at() {
        assert_eq!(codes(&format!("{REPLY}stance = \"disputes\"")), [""; 0]);
        assert_eq!(
            codes(&format!("{REPLY}stance = \"shouts\"")),
            ["claim-invalid"]
        );
        assert_eq!(
            codes(&format!("misspelt = 1\n{REPLY}stance = \"disputes\"")),
            ["claim-invalid"]
        );
        let bad = REPLY.replace("152", "153");
        assert_eq!(
            codes(&format!("{bad}stance = \"disputes\"")),
            ["subject-invalid"]
        );
        assert_eq!(codes("kind = \"zz\"\n[claim]"), ["kind-unknown"]);
    }

    #[test]
    fn what_is_no_toml_says_where() {
        let at = Timestamp::new(1_790_000_000).unwrap();
        let error = Filled::read("kind = ", [1; 32], at, &|_| Ok(vec![])).unwrap_err();
        assert_eq!(error.reason(), Some(Reason::ClaimInvalid));
        assert!(error.hints()[0].contains("line 1"), "{:?}", error.hints());
    }
}
