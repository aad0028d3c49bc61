//! Rows to statements, by a mapping.
//!
//! Each row, or group of rows of one audit, is written as the statement file a person would fill in,
//! so that a table and a file by hand become the same statements under the same checks.

use super::mapping::{Fields, FindingColumns, Mapping};
use super::statement::{content, counts_of, drafts, explain, key_of};
use crate::import::rows::{Content, Namer, Reading};
use crate::import::{Cells, FileError, Refusal, Row, RowError, Sheet};
use data_encoding::HEXLOWER;
use fairtrail::claim::Problem;
use fairtrail::limits::BATCH_ENTRIES;
use fairtrail::privacy::exact::ExactCount;
use fairtrail::statement::StatementError;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Parts of own keys stand apart by what no cell holds.
const APART: &str = "\u{1f}";

/// A statement of a group.
struct Made {
    line: u64,
    key: String,
    content: Content,
    counts: Vec<ExactCount>,
}

impl Mapping {
    /// Reads a table.
    ///
    /// # Errors
    /// [`FileError::ColumnMissing`].
    pub fn read(&self, sheet: &Sheet, namer: &Namer) -> Result<Reading, FileError> {
        self.check(sheet)?;
        let mut reading = Reading::of(sheet, &self.columns());
        let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        let mut order = Vec::new();
        for row in &sheet.rows {
            let cells = sheet.cells(row);
            let counted = cells.check_count();
            let counted = counted.map_err(|error| Refusal::of_row(cells.line(), error));
            let mut key = match counted.and_then(|()| own_key(&self.own_key, cells)) {
                Ok(key) => key,
                Err(refusal) => {
                    reading.refusals.push(refusal);
                    continue;
                }
            };
            if self.finding.is_none() {
                // Rows of one key contradict each other or say the same: that is seen later.
                key = format!("{key}{APART}{}", row.line);
            }
            let group = groups.entry(key.clone()).or_default();
            if group.is_empty() {
                order.push(key);
            }
            group.push(row);
        }
        for key in order {
            let rows = groups.remove(&key).unwrap_or_default();
            let rows: Vec<_> = rows.into_iter().map(|row| sheet.cells(row)).collect();
            self.read_group(&rows, namer, &mut reading);
        }
        reading.settle();
        Ok(reading)
    }

    /// All of a group, or a refusal for each of its rows.
    fn read_group(&self, rows: &[Cells<'_>], namer: &Namer, reading: &mut Reading) {
        let wanted = self.group(rows, namer);
        let wanted = wanted.and_then(|group| {
            let lead = group.first().map(|made| made.key.clone());
            let lead = lead.unwrap_or_default();
            for made in group {
                reading.want_in(made.line, made.key, lead.clone(), made.content, made.counts)?;
            }
            Ok(())
        });
        let Err(refusal) = wanted else {
            for cells in rows {
                let own = self.claim.banded(*cells);
                let of_finding = self.finding.as_ref();
                let of_finding = of_finding.map_or(0, |finding| finding.claim.banded(*cells));
                (0..own + of_finding).for_each(|_| reading.count("banded"));
            }
            return;
        };
        let line = refusal.line;
        let others = rows
            .iter()
            .map(|cells| cells.line())
            .filter(|other| *other != line);
        let others = others.map(|other| Refusal::of_row(other, RowError::Together { line }));
        let others: Vec<_> = others.collect();
        reading.refusals.push(refusal);
        reading.refusals.extend(others);
    }

    /// The statements of a group.
    fn group(&self, rows: &[Cells<'_>], namer: &Namer) -> Result<Vec<Made>, Refusal> {
        let Some(first) = rows.first().copied() else {
            return Ok(Vec::new());
        };
        let findings = self.findings(rows)?;
        let file = |but: Option<&str>| self.file(rows, &findings, but, namer);
        let (drafts, counts) = match drafts(&file(None)?, namer) {
            Ok(made) => made,
            Err(error) => return Err(self.blame(&error, rows, &findings, namer)),
        };
        let lines = [first.line()]
            .into_iter()
            .chain(findings.iter().map(|cells| cells.line()));
        let mut group = Vec::new();
        for (at, (draft, line)) in drafts.iter().zip(lines).enumerate() {
            let fields = if at == 0 {
                &self.claim
            } else {
                self.finding_claim()
            };
            let content = content(draft, line)?;
            let problems = content
                .problems()
                .map_err(|error| Refusal::of_row(line, error))?;
            if let Some(problem) = problems.into_iter().next() {
                return Err(of_problem(line, problem, fields));
            }
            let counts = counts_of(&content, &counts);
            group.push(Made {
                line,
                key: key_of(&content, line)?,
                content,
                counts,
            });
        }
        Ok(group)
    }

    fn finding_claim(&self) -> &Fields {
        self.finding
            .as_ref()
            .map_or(&self.claim, |finding| &finding.claim)
    }

    /// The rows of a group that hold a finding.
    fn findings<'a>(&self, rows: &[Cells<'a>]) -> Result<Vec<Cells<'a>>, Refusal> {
        let Some(columns) = &self.finding else {
            return Ok(Vec::new());
        };
        let holds = |cells: &Cells<'a>| {
            let named = columns
                .own_key
                .iter()
                .any(|column| cells.get(column).is_some());
            named || columns.claim.any(*cells) || columns.text.any(*cells)
        };
        let findings: Vec<_> = rows.iter().copied().filter(holds).collect();
        let mut keys = BTreeMap::new();
        for cells in &findings {
            let line = cells.line();
            if let Some(line) = keys.insert(own_key(&columns.own_key, *cells)?, line) {
                return Err(Refusal::of_row(cells.line(), RowError::Conflict { line }));
            }
        }
        if findings.len() >= BATCH_ENTRIES {
            let expected = "an audit of fewer findings than one batch holds";
            let line = rows.first().map_or(0, |cells| cells.line());
            return Err(Refusal::of_row(line, RowError::Value { expected }));
        }
        Ok(findings)
    }

    /// The statement file of a group, without what comes from the column `but`.
    fn file(
        &self,
        rows: &[Cells<'_>],
        findings: &[Cells<'_>],
        but: Option<&str>,
        namer: &Namer,
    ) -> Result<Table, Refusal> {
        let Some((first, others)) = rows.split_first() else {
            return Ok(Table::new());
        };
        let mut file = self.statement(*first, but, namer)?;
        for cells in others {
            if self.statement(*cells, but, namer)? != file {
                let line = first.line();
                return Err(Refusal::of_row(cells.line(), RowError::Conflict { line }));
            }
        }
        let Some(columns) = &self.finding else {
            return Ok(file);
        };
        let key = own_key(&self.own_key, *first)?;
        let findings = findings
            .iter()
            .map(|cells| self.one_finding(columns, &key, *cells, but));
        let findings = findings.collect::<Result<Vec<_>, _>>()?;
        if !findings.is_empty() {
            file.insert("findings".into(), Value::Array(findings));
        }
        Ok(file)
    }

    fn one_finding(
        &self,
        columns: &FindingColumns,
        audit: &str,
        cells: Cells<'_>,
        but: Option<&str>,
    ) -> Result<Value, Refusal> {
        let own = own_key(&columns.own_key, cells)?;
        let mut finding = Table::new();
        let key = format!("finding{APART}{audit}{APART}{own}");
        finding.insert("own_key".into(), Value::String(key));
        finding.insert(
            "claim".into(),
            Value::Table(columns.claim.values(cells, but)?),
        );
        put_private(columns.claim.private(cells, but), &mut finding);
        self.put_text(&columns.text, cells, but, &mut finding)?;
        Ok(Value::Table(finding))
    }

    /// What one row says beside its finding.
    fn statement(
        &self,
        cells: Cells<'_>,
        but: Option<&str>,
        namer: &Namer,
    ) -> Result<Table, Refusal> {
        let mut claim = self.claim.values(cells, but)?;
        let key = format!("{}{APART}{}", self.kind, own_key(&self.own_key, cells)?);
        if self.kind == "contract.attest" {
            // The same in every run, and nothing to anybody without the secret.
            let cohort = namer.secret.row_of(&format!("cohort{APART}{key}"));
            let cohort = HEXLOWER.encode(cohort.as_bytes());
            claim.entry("cohort").or_insert(Value::String(cohort));
        }
        let (mut subjects, mut parties) = (Vec::new(), Vec::new());
        let mut licences = Vec::new();
        for column in &self.subjects {
            let Some(subject) = column.of(cells)? else {
                continue;
            };
            let subject = Value::String(subject.to_string());
            if let Some(role) = &column.role {
                let mut party = Table::new();
                party.insert("role".into(), Value::String(role.clone()));
                party.insert("subject".into(), subject.clone());
                parties.push(Value::Table(party));
            }
            if column.responsible {
                claim.insert("responsible".into(), subject.clone());
            }
            if column.licence {
                licences.push(subject.clone());
            }
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        for (field, list) in [("parties", parties), ("licences", licences)] {
            if !list.is_empty() {
                claim.insert(field.into(), Value::Array(list));
            }
        }
        let mut file = Table::new();
        file.insert("own_key".into(), Value::String(key));
        file.insert("kind".into(), Value::String(self.kind.clone()));
        file.insert("subjects".into(), Value::Array(subjects));
        file.insert("basis".into(), words(&self.basis));
        file.insert("audience".into(), word(&self.audience));
        file.insert("claim".into(), Value::Table(claim));
        put_private(self.claim.private(cells, but), &mut file);
        self.put_text(&self.text, cells, but, &mut file)?;
        Ok(file)
    }

    fn put_text(
        &self,
        fields: &Fields,
        cells: Cells<'_>,
        but: Option<&str>,
        file: &mut Table,
    ) -> Result<(), Refusal> {
        let mut text = fields.values(cells, but)?;
        if !text.is_empty() {
            text.insert("lang".into(), Value::String(self.lang.clone()));
            file.insert("text".into(), Value::Table(text));
        }
        Ok(())
    }

    /// Which column makes the statement impossible: the one without which it fails otherwise.
    fn blame(
        &self,
        error: &StatementError,
        rows: &[Cells<'_>],
        findings: &[Cells<'_>],
        namer: &Namer,
    ) -> Refusal {
        let said = error.to_string();
        // Without a column: what is said then, when it is something else; nothing when all is well.
        let without = |column: &str| {
            let file = self.file(rows, findings, Some(column), namer).ok()?;
            let then = drafts(&file, namer).err();
            let then = then.map(|error| error.to_string()).unwrap_or_default();
            (then != said).then_some(then)
        };
        let columns = self.columns();
        let guilty = |missing: bool| {
            let differs = |column: &&str| {
                let then = without(column);
                then.is_some_and(|then| then.contains("missing field") == missing)
            };
            columns.iter().copied().find(differs)
        };
        // Taking away what has to be there is a fault of its own, so those columns come last.
        let column = guilty(false).or_else(|| guilty(true));
        let (reason, detail) = explain(error);
        let missing = detail
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'));
        let of_field =
            |fields: &Fields| missing.and_then(|field| fields.column_of(field).map(str::to_owned));
        let column = match missing {
            Some(_) => of_field(&self.claim).or_else(|| of_field(self.finding_claim())),
            None => column.map(str::to_owned),
        };
        let at = |column: &String| {
            let mut rows = rows
                .iter()
                .filter(|cells| cells.get(column).is_some() == missing.is_none());
            rows.next().map(|cells| cells.line())
        };
        let first = rows.first().map_or(0, |cells| cells.line());
        let line = column.as_ref().and_then(at).unwrap_or(first);
        let error = RowError::Field { reason, detail };
        Refusal {
            line,
            column,
            error,
        }
    }
}

fn put_private(lines: Vec<Value>, file: &mut Table) {
    if !lines.is_empty() {
        file.insert("private".into(), Value::Array(lines));
    }
}

fn of_problem(line: u64, problem: Problem, fields: &Fields) -> Refusal {
    let column = fields.column_of(problem.field).map(str::to_owned);
    let error = RowError::Problem(problem);
    Refusal {
        line,
        column,
        error,
    }
}

/// The columns that name a row, all of them filled.
fn own_key(columns: &[String], cells: Cells<'_>) -> Result<String, Refusal> {
    let cell = |column: &String| {
        let missing = || Refusal::of_cell(cells.line(), column, RowError::Missing);
        cells.get(column).ok_or_else(missing)
    };
    let key: Vec<_> = columns.iter().map(cell).collect::<Result<_, _>>()?;
    Ok(key.join(APART))
}

fn word<T: serde::Serialize>(value: &T) -> Value {
    Value::try_from(value).unwrap_or_else(|_| Value::String(String::new()))
}

fn words<T: serde::Serialize>(values: &[T]) -> Value {
    Value::Array(values.iter().map(word).collect())
}
