//! Statement files: what a person fills in, as TOML, and the drafts it becomes.
//!
//! One file is one statement, or one audit with its findings, which becomes one atomic batch: the
//! audit then declares how many findings there are and the manifest of them all. Texts go into text
//! parts, everything else into the claim; under `salted` stand numbers of the author's own that the
//! claim holds as salted digests. A finding without a severity takes the one that the table of
//! [`crate::rules::severity`] has for its grade. Spec: specs/claims.md.
//!
//! ```
//! use fairtrail::statement::{Surroundings, StatementFile};
//! use fairtrail::time::Timestamp;
//! let file = StatementFile::parse(r#"
//!     kind = "reply"
//!     subjects = ["lei:999900DEMO0000000152"]
//!     basis = ["self_declared"]
//!     [claim]
//!     stance = "explains"
//!     [text]
//!     lang = "en"
//!     reply = "The deductions were repaid in March."
//! "#).unwrap();
//! let mut salt = || [7; 16];
//! let mut surroundings = Surroundings {
//!     issued_at: Timestamp::new(1_790_000_000).unwrap(),
//!     reference_secret: [1; 32],
//!     salt: &mut salt,
//!     subjects_of: &|_| None,
//! };
//! assert_eq!(file.drafts(&mut surroundings).unwrap().len(), 1);
//! assert!(StatementFile::parse("kind = \"reply\"\nfreetext = \"x\"").is_err());
//! ```

mod audit;
mod check;
mod error;
mod private;

pub use error::StatementError;
pub use private::Misfit;

use crate::claim::{Claim, ExternalRef, Language, Problem, TEXT_MEDIA_TYPE, TextPart, Topic};
use crate::door::DoorProblem;
use crate::entry::{Audience, Basis, Body, Draft, Kind, Ref, RefType, Role, SALT_BYTES};
use crate::id::EntryId;
use crate::privacy::exact::ExactCount;
use crate::rules::severity::SeverityTable;
use crate::subject::SubjectId;
use crate::time::Timestamp;
use private::PrivateLine;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Bytes of a statement file.
const MAX_BYTES: usize = 1_024 * 1_024;

/// A statement as a person writes it down.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementFile {
    kind: String,
    /// The author's own name of this statement, so that a retry never makes a second one.
    own_key: Option<String>,
    #[serde(default)]
    subjects: Vec<SubjectId>,
    #[serde(default)]
    basis: Vec<Basis>,
    #[serde(default)]
    backfill: bool,
    #[serde(default = "public")]
    audience: Audience,
    #[serde(default)]
    refs: Vec<RefLine>,
    #[serde(default)]
    claim: Table,
    /// Numbers of the author's own, by the field that holds their salted digest.
    #[serde(default)]
    salted: BTreeMap<String, String>,
    text: Option<Table>,
    /// Own keys of all findings of an audit; by default those in this file.
    #[serde(default)]
    declares: Vec<Declared>,
    #[serde(default)]
    findings: Vec<FindingLine>,
    /// Exact numbers of people, for checks on this machine; no draft holds them.
    #[serde(default)]
    private: Vec<PrivateLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefLine {
    #[serde(rename = "type")]
    sort: RefType,
    entry: EntryId,
}

/// One finding of an audit, by its own key and native grade.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    own_key: String,
    grade: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingLine {
    own_key: String,
    #[serde(default)]
    basis: Vec<Basis>,
    claim: Table,
    text: Option<Table>,
    #[serde(default)]
    private: Vec<PrivateLine>,
}

const fn public() -> Audience {
    Audience::Public
}

/// What drafts need from around them.
pub struct Surroundings<'a> {
    /// When the author says it writes this.
    pub issued_at: Timestamp,
    /// 32 random bytes the author keeps, for [`ExternalRef::derive`].
    pub reference_secret: [u8; 32],
    /// Fresh random salts.
    pub salt: &'a mut dyn FnMut() -> [u8; SALT_BYTES],
    /// The subjects of an entry referred to; they are copied.
    pub subjects_of: &'a dyn Fn(EntryId) -> Option<Vec<SubjectId>>,
}

impl StatementFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`StatementError::TooLarge`], [`StatementError::Toml`].
    pub fn parse(text: &str) -> Result<Self, StatementError> {
        if text.len() > MAX_BYTES {
            return Err(StatementError::TooLarge {
                len: text.len(),
                max: MAX_BYTES,
            });
        }
        Ok(toml::from_str(text)?)
    }

    /// The kind of the statement.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The entries this statement refers to.
    pub fn refers_to(&self) -> impl Iterator<Item = EntryId> {
        self.refs.iter().map(|reference| reference.entry)
    }

    /// Kinds that are nothing without the entry they are about, and take its subjects.
    fn is_about_one_entry(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "ack" | "audit.status" | "certificate.status" | "remedy" | "withhold"
        )
    }

    /// The drafts this becomes, to be submitted as one batch: the statement, then its findings.
    ///
    /// # Errors
    /// [`StatementError`] for the first field that is no claim or text.
    pub fn drafts(&self, around: &mut Surroundings<'_>) -> Result<Vec<Draft>, StatementError> {
        let findings = self.finding_claims(around)?;
        let claim = self.own_claim(around, &findings)?;
        let mut subjects = self.subjects.clone();
        let copies = |line: &&RefLine| line.sort != RefType::About || self.is_about_one_entry();
        for reference in self.refs.iter().filter(copies) {
            subjects.extend((around.subjects_of)(reference.entry).unwrap_or_default());
        }
        let mut drafts =
            vec![self.draft(&claim, &self.basis, &subjects, self.text.as_ref(), around)?];
        if let Some(draft) = drafts.first_mut() {
            let reference = |line: &RefLine| Ref {
                sort: line.sort,
                entry: line.entry,
            };
            draft.refs = self.refs.iter().map(reference).collect();
        }
        for (line, claim) in self.findings.iter().zip(&findings) {
            let basis = if line.basis.is_empty() {
                &self.basis
            } else {
                &line.basis
            };
            drafts.push(self.draft(claim, basis, &subjects, line.text.as_ref(), around)?);
        }
        Ok(drafts)
    }

    /// The exact numbers that the file gives for its drafts, for [`crate::privacy::exact`].
    ///
    /// # Errors
    /// Every number that does not fit its claim, with the draft it was given for.
    pub fn exact_counts(&self, drafts: &[Draft]) -> Result<Vec<ExactCount>, Vec<(usize, Misfit)>> {
        let lines = std::iter::once(&self.private);
        let lines = lines.chain(self.findings.iter().map(|line| &line.private));
        let (mut counts, mut misfits) = (Vec::new(), Vec::new());
        for (at, (lines, draft)) in lines.zip(drafts).enumerate() {
            match private::counts(lines, draft) {
                Ok(found) => counts.extend(found),
                Err(found) => misfits.extend(found.into_iter().map(|misfit| (at, misfit))),
            }
        }
        if misfits.is_empty() {
            Ok(counts)
        } else {
            Err(misfits)
        }
    }

    /// Everything the submission door would refuse about claims and texts, for an author of `role`.
    pub fn problems(drafts: &[Draft], role: Option<Role>) -> Vec<(usize, Problem)> {
        let numbered = drafts.iter().enumerate();
        let problems = numbered.flat_map(|(at, draft)| {
            let found = check::problems(draft, role).into_iter();
            found.map(move |problem| (at, problem))
        });
        problems.collect()
    }

    /// Everything the submission door would refuse that shows without a log: as
    /// [`StatementFile::problems`], with references and parts that are missing.
    pub fn refusals(drafts: &[Draft]) -> Vec<(usize, DoorProblem)> {
        let numbered = drafts.iter().enumerate();
        let refusals = numbered.flat_map(|(at, draft)| {
            let found = check::refusals(draft).into_iter();
            found.map(move |problem| (at, problem))
        });
        refusals.collect()
    }

    fn own_claim(
        &self,
        around: &Surroundings<'_>,
        findings: &[Claim],
    ) -> Result<Claim, StatementError> {
        let mut table = self.claim.clone();
        if let Some(own_key) = &self.own_key {
            insert_reference(&mut table, around, own_key);
        }
        for (field, own) in &self.salted {
            table.insert(field.clone(), salted(around, own));
        }
        if self.kind == "finding" {
            grade(&mut table);
        }
        if self.kind == "audit" {
            audit::declare(&mut table, &self.declared(findings), around);
        } else if !self.findings.is_empty() || !self.declares.is_empty() {
            return Err(StatementError::Findings);
        }
        to_claim(&self.kind, table)
    }

    fn declared(&self, findings: &[Claim]) -> Vec<Declared> {
        if !self.declares.is_empty() {
            return self.declares.clone();
        }
        let grade = |claim: &Claim| match claim {
            Claim::Finding(finding) => finding.native_grade.to_string(),
            _ => String::new(),
        };
        let lines = self.findings.iter().zip(findings);
        lines
            .map(|(line, claim)| Declared {
                own_key: line.own_key.clone(),
                grade: grade(claim),
            })
            .collect()
    }

    fn finding_claims(&self, around: &Surroundings<'_>) -> Result<Vec<Claim>, StatementError> {
        let claim = |line: &FindingLine| {
            let mut table = line.claim.clone();
            insert_reference(&mut table, around, &line.own_key);
            // A finding stands in its audit's report and is made by the same scheme.
            for field in [
                "scheme",
                "scheme_version",
                "report_ref",
                "parties",
                "responsible",
            ] {
                if let Some(value) = self.claim.get(field) {
                    table.entry(field).or_insert_with(|| value.clone());
                }
            }
            grade(&mut table);
            to_claim("finding", table)
        };
        self.findings.iter().map(claim).collect()
    }

    fn draft(
        &self,
        claim: &Claim,
        basis: &[Basis],
        subjects: &[SubjectId],
        text: Option<&Table>,
        around: &mut Surroundings<'_>,
    ) -> Result<Draft, StatementError> {
        let kind: Kind = claim.kind().parse().map_err(|_| StatementError::Kind)?;
        let body = Body {
            salt: (around.salt)(),
            bytes: claim.encode(),
        };
        let mut draft = Draft::statement(kind, subjects.to_vec(), body, around.issued_at);
        draft.basis = basis.to_vec();
        draft.backfill = self.backfill;
        if let Some(part) = draft.parts.first_mut() {
            part.audience = self.audience;
        }
        if let Some(text) = text {
            let body = Body {
                salt: (around.salt)(),
                bytes: to_text(text)?.encode()?,
            };
            draft = draft.with_text(TEXT_MEDIA_TYPE, self.audience, body);
        }
        Ok(draft)
    }
}

fn insert_reference(table: &mut Table, around: &Surroundings<'_>, own_key: &str) {
    table.insert("external_ref".into(), salted(around, own_key));
}

/// A digest that nobody can test guesses against without the author's secret.
fn salted(around: &Surroundings<'_>, own: &str) -> Value {
    let digest = ExternalRef::derive(&around.reference_secret, own.as_bytes());
    Value::String(digest.to_string())
}

/// Fills in the severity of a finding whose author leaves it out, where the built-in table knows
/// the scheme's grade. The grade itself stays as it is.
fn grade(table: &mut Table) {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let positive = table.get("positive").and_then(Value::as_bool) == Some(true);
    let (Some(scheme), Some(native)) = (text("scheme"), text("native_grade")) else {
        return;
    };
    let topic = text("topic").and_then(|topic| Topic::new(topic).ok());
    let known = SeverityTable::built_in();
    let row = known.find(scheme, text("scheme_version"), native, topic.as_ref());
    if let Some(severity) = row.and_then(|row| row.severity).filter(|_| !positive) {
        table
            .entry("severity")
            .or_insert(Value::Integer(severity.into()));
    }
}

fn to_claim(kind: &str, mut table: Table) -> Result<Claim, StatementError> {
    if !crate::claim::is_known(kind) {
        return Err(StatementError::Kind);
    }
    table.insert("kind".into(), Value::String(kind.into()));
    Ok(Claim::deserialize(Value::Table(table))?)
}

fn to_text(table: &Table) -> Result<TextPart, StatementError> {
    let string = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or(StatementError::Text)
    };
    let lang = table
        .get("lang")
        .ok_or(StatementError::Text)
        .and_then(string)?;
    let mut text = TextPart::new(Language::new(&lang).map_err(|_| StatementError::Text)?);
    for (field, value) in table.iter().filter(|(field, _)| *field != "lang") {
        text.insert(field, &string(value)?)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
