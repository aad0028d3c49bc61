//! Statement files on the command line: read, looked at as a whole, and turned into drafts.

mod lint;
mod stated;
pub mod template;

pub use stated::Stated;

use crate::error::CliError;
use fairtrail::entry::{Draft, SALT_BYTES};
use fairtrail::files::{read_bounded, salt};
use fairtrail::id::EntryId;
use fairtrail::reason::Reason;
use fairtrail::statement::{StatementError, StatementFile, Surroundings};
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
}

/// A statement file that was read.
#[derive(Debug)]
pub struct Filled {
    /// The kind it says.
    pub kind: String,
    /// The entries it becomes; empty when its form does not allow that.
    pub drafts: Vec<Draft>,
    /// Everything that is wrong with it.
    pub problems: Vec<Trouble>,
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
        let drafts = match StatementFile::parse(text) {
            Ok(file) => {
                let copied = copied_subjects(&file, subjects_of, &problems)?;
                draft(&file, reference_secret, issued_at, &copied)?
            }
            Err(error) => Err(error),
        };
        let drafts = drafts.unwrap_or_else(|error| {
            // What was found field by field says it better.
            if problems.is_empty() {
                problems.push(Trouble::new(0, error.code(), "file", first_line(&error)));
            }
            Vec::new()
        });
        problems.extend(troubles(&drafts));
        Ok(Self {
            kind,
            drafts,
            problems,
        })
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
