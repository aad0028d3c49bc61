//! The mapping file: which column becomes which field.

use super::convert::{Convert, Form, date_form};
use super::path::Path;
use crate::import::facilities::headcount;
use crate::import::{Cells, FileError, Refusal, RowError, Sheet};
use fairtrail::claim::{Claim, Currency};
use fairtrail::entry::{Audience, Basis};
use fairtrail::subject::{SubjectId, normalise};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Bytes of a mapping.
const BYTES: usize = 64 * 1_024;
/// Fields of a mapping.
const FIELDS: usize = 256;

/// Which column becomes which field.
///
/// ```
/// use fairtrail_cli::import::table::{Mapping, TEMPLATES};
/// for (_, text) in TEMPLATES {
///     Mapping::parse(text)?;
/// }
/// assert!(Mapping::parse("kind = \"rumour\"").is_err());
/// # Ok::<(), fairtrail_cli::import::FileError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) kind: String,
    pub(super) memory: String,
    pub(super) sheet: Option<String>,
    pub(super) basis: Vec<Basis>,
    pub(super) audience: Audience,
    pub(super) lang: String,
    pub(super) own_key: Vec<String>,
    pub(super) subjects: Vec<SubjectColumn>,
    pub(super) claim: Fields,
    pub(super) text: Fields,
    pub(super) finding: Option<FindingColumns>,
}

/// Columns of the findings of an audit.
#[derive(Debug, Clone)]
pub(super) struct FindingColumns {
    pub(super) own_key: Vec<String>,
    pub(super) claim: Fields,
    pub(super) text: Fields,
}

/// Fields, each with where its value comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(Path, Source)>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    kind: String,
    memory: String,
    sheet: Option<String>,
    basis: Vec<Basis>,
    #[serde(default = "public")]
    audience: Audience,
    #[serde(default = "english")]
    lang: String,
    own_key: Vec<String>,
    #[serde(default)]
    subjects: Vec<SubjectColumn>,
    #[serde(default)]
    claim: BTreeMap<String, Source>,
    #[serde(default)]
    text: BTreeMap<String, Source>,
    finding: Option<FindingFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingFile {
    own_key: Vec<String>,
    claim: BTreeMap<String, Source>,
    #[serde(default)]
    text: BTreeMap<String, Source>,
}

const fn public() -> Audience {
    Audience::Public
}

fn english() -> String {
    "en".to_owned()
}

/// A column of identifiers, or one identifier for all rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectColumn {
    column: Option<String>,
    constant: Option<SubjectId>,
    /// Put before cells that hold the bare value.
    scheme: Option<String>,
    pub(super) role: Option<String>,
    #[serde(default)]
    required: bool,
    /// Whether it answers for what is stated.
    #[serde(default)]
    pub(super) responsible: bool,
    /// Whether it is a licence recruited under.
    #[serde(default)]
    pub(super) licence: bool,
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    column: Option<String>,
    constant: Option<Value>,
    #[serde(default)]
    convert: Convert,
    /// Translations of cells; a cell that is not among them refuses the row.
    values: Option<BTreeMap<String, String>>,
    dates: Option<String>,
    separator: Option<String>,
    currency: Option<Currency>,
    /// The column with the author's own name of the people counted.
    group: Option<String>,
    /// The column with the name of the group they are a part of.
    part_of: Option<String>,
    #[serde(default)]
    required: bool,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`FileError::Mapping`].
    pub fn parse(text: &str) -> Result<Self, FileError> {
        if text.len() > BYTES {
            return Err(wrong(format!("more than {BYTES} bytes")));
        }
        let file: MappingFile = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&file.memory.len()) || !file.memory.bytes().all(word) {
            return Err(wrong("memory is 1 to 32 of a-z, 0-9 and -"));
        }
        if !Claim::KINDS.contains(&file.kind.as_str()) {
            return Err(wrong("kind is no kind of statement"));
        }
        if (file.kind == "audit") != file.finding.is_some() {
            return Err(wrong(
                "[finding] belongs to the kind audit, and to no other",
            ));
        }
        if file.own_key.is_empty() || file.basis.is_empty() {
            return Err(wrong(
                "own_key names the columns that name a row; basis is not empty",
            ));
        }
        let finding = file.finding.map(FindingColumns::of).transpose()?;
        for subject in &file.subjects {
            if subject.column.is_some() == subject.constant.is_some() {
                return Err(wrong("a subject has a column or a constant"));
            }
        }
        Ok(Self {
            kind: file.kind,
            memory: file.memory,
            sheet: file.sheet,
            basis: file.basis,
            audience: file.audience,
            lang: file.lang,
            own_key: file.own_key,
            subjects: file.subjects,
            claim: Fields::of(file.claim)?,
            text: Fields::of(file.text)?,
            finding,
        })
    }

    /// Name of the import's memory.
    pub fn memory(&self) -> &str {
        &self.memory
    }

    /// The sheet of a spreadsheet; the first, when it names none.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Refuses a file that lacks a column of the mapping.
    pub(super) fn check(&self, sheet: &Sheet) -> Result<(), FileError> {
        sheet.require(&self.columns())
    }

    /// Every column that something is taken from.
    pub(super) fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.own_key.iter().map(String::as_str).collect();
        let subjects = self.subjects.iter();
        columns.extend(subjects.filter_map(|subject| subject.column.as_deref()));
        columns.extend(self.claim.columns().chain(self.text.columns()));
        if let Some(finding) = &self.finding {
            columns.extend(finding.own_key.iter().map(String::as_str));
            columns.extend(finding.claim.columns().chain(finding.text.columns()));
        }
        columns
    }
}

impl FindingColumns {
    fn of(file: FindingFile) -> Result<Self, FileError> {
        if file.own_key.is_empty() {
            return Err(wrong(
                "own_key of [finding] names the columns that name a finding",
            ));
        }
        Ok(Self {
            own_key: file.own_key,
            claim: Fields::of(file.claim)?,
            text: Fields::of(file.text)?,
        })
    }
}

fn wrong(detail: impl Into<String>) -> FileError {
    let detail = detail.into();
    FileError::Mapping { detail }
}

impl Fields {
    fn of(file: BTreeMap<String, Source>) -> Result<Self, FileError> {
        if file.len() > FIELDS {
            return Err(wrong(format!("more than {FIELDS} fields")));
        }
        let mut fields = Vec::with_capacity(file.len());
        for (path, source) in file {
            let odd = |what: &str| wrong(format!("{path}: {what}"));
            let place = Path::parse(&path).ok_or_else(|| odd("is no place in a claim"))?;
            if source.column.is_some() == source.constant.is_some() {
                return Err(odd("has a column or a constant"));
            }
            if source
                .dates
                .as_ref()
                .is_some_and(|form| date_form(form).is_none())
            {
                return Err(odd("names no form of dates, as YYYY-MM-DD or DD/MM/YYYY"));
            }
            if (source.convert == Convert::Money) != source.currency.is_some() {
                return Err(odd("has a currency exactly when it converts to money"));
            }
            let names_people = source.group.is_some() || source.part_of.is_some();
            if names_people && source.convert != Convert::Band {
                return Err(odd(
                    "has a group or part_of only when it converts to a band",
                ));
            }
            fields.push((place, source));
        }
        Ok(Self(fields))
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        let sources = self.0.iter().map(|(_, source)| source);
        let columns = sources.flat_map(|one| [&one.column, &one.group, &one.part_of]);
        columns.filter_map(|column| column.as_deref())
    }

    /// The column that the value of this field comes from; the first, of several.
    pub(super) fn column_of(&self, field: &str) -> Option<&str> {
        let mut of_field = self.0.iter().filter(|(path, _)| path.field() == field);
        of_field.find_map(|(_, source)| source.column.as_deref())
    }

    /// The values of a row, without those from the column `but`: cells first, then the constants
    /// that stand beside them.
    pub(super) fn values(&self, cells: Cells<'_>, but: Option<&str>) -> Result<Table, Refusal> {
        let mut table = Table::new();
        for (path, source) in &self.0 {
            let Some(column) = source
                .column
                .as_deref()
                .filter(|column| but != Some(*column))
            else {
                continue;
            };
            let value = source.value(cells, column);
            let value = value.map_err(|error| Refusal::of_cell(cells.line(), column, error))?;
            if let Some(value) = value {
                path.put(&mut table, value);
            }
        }
        for (path, source) in &self.0 {
            if let Some(constant) = &source.constant
                && path.has_place(&table)
            {
                path.put(&mut table, constant.clone());
            }
        }
        Ok(super::path::finish(table))
    }

    /// The counts of people that become bands in the row, as lines of `[[private]]`.
    pub(super) fn private(&self, cells: Cells<'_>, but: Option<&str>) -> Vec<Value> {
        let banded = self.0.iter().filter_map(|(path, source)| {
            let column = source.column.as_deref()?;
            let wanted = source.convert == Convert::Band && but != Some(column);
            let people = source.people(cells, column).filter(|_| wanted)?;
            let mut line = Table::new();
            line.insert("field".into(), Value::String(path.plain()));
            line.insert("count".into(), Value::Integer(people));
            for (key, column) in [("group", &source.group), ("part_of", &source.part_of)] {
                if let Some(name) = column.as_deref().and_then(|column| cells.get(column)) {
                    line.insert(key.into(), Value::String(name.to_owned()));
                }
            }
            Some(Value::Table(line))
        });
        banded.collect()
    }

    /// Whether any of the columns has a value in the row.
    pub(super) fn any(&self, cells: Cells<'_>) -> bool {
        self.columns().any(|column| cells.get(column).is_some())
    }

    /// How many counts become bands in the row.
    pub(super) fn banded(&self, cells: Cells<'_>) -> usize {
        self.private(cells, None).len()
    }
}

impl Source {
    /// The number that a cell shows, if it is one and no word of a band.
    fn people(&self, cells: Cells<'_>, column: &str) -> Option<i64> {
        let cell = cells.get(column)?;
        let cell = match &self.values {
            Some(values) => values.get(cell)?,
            None => cell,
        };
        i64::try_from(headcount(cell).ok()?.people()).ok()
    }

    fn value(&self, cells: Cells<'_>, column: &str) -> Result<Option<Value>, RowError> {
        let cell = cells.get(column);
        let cell = match (&self.values, cell) {
            (Some(values), _) => match values.get(cell.unwrap_or_default()) {
                Some(known) => Some(known.as_str()),
                None if cell.is_none() => None,
                None => {
                    let expected = "a value that the mapping translates";
                    return Err(RowError::Value { expected });
                }
            },
            (None, cell) => cell,
        };
        let Some(cell) = cell else {
            return if self.required {
                Err(RowError::Missing)
            } else {
                Ok(None)
            };
        };
        let form = Form {
            dates: self.dates.as_deref().unwrap_or("YYYY-MM-DD"),
            separator: self.separator.as_deref().unwrap_or(";"),
            currency: self.currency.as_ref(),
        };
        self.convert.value(cell, form).map(Some)
    }
}

impl SubjectColumn {
    /// The subject of a row.
    pub(super) fn of(&self, cells: Cells<'_>) -> Result<Option<SubjectId>, Refusal> {
        let Some(column) = &self.column else {
            return Ok(self.constant.clone());
        };
        let wrong = |error| Refusal::of_cell(cells.line(), column, error);
        let Some(cell) = cells.get(column) else {
            return if self.required {
                Err(wrong(RowError::Missing))
            } else {
                Ok(None)
            };
        };
        let text = match &self.scheme {
            Some(scheme) if !cell.starts_with(&format!("{scheme}:")) => format!("{scheme}:{cell}"),
            _ => cell.to_owned(),
        };
        let subject = normalise(&text).map_err(|error| wrong(error.into()))?;
        Ok(Some(subject))
    }
}
