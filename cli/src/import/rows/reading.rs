//! What a reader made of one file.

use super::{Content, Wanted};
use crate::import::{Cells, OrgName, Refusal, RowError, RowId, Secret, Sheet};
use fairtrail::claim::ExternalRef;
use fairtrail::id::AuthorId;
use fairtrail::privacy::exact::{ExactCount, Exposure, StatedCounts};
use fairtrail::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// Gives rows and references their ids.
#[derive(Debug, Clone)]
pub struct Namer {
    /// The author that makes the statements.
    pub author: AuthorId,
    /// The importer's secret.
    pub secret: Secret,
}

impl Namer {
    /// The row that stands for `key`, and its id.
    pub fn row(&self, key: &str) -> (SubjectId, RowId) {
        let id = self.secret.row_of(key);
        (SubjectId::row(self.author, *id.as_bytes()), id)
    }

    /// The salted reference of the statement the importer calls `key`.
    pub fn reference(&self, key: &str) -> ExternalRef {
        ExternalRef::new(self.secret.reference(key))
    }
}

/// Two rows that may stand for one party: for a person to decide, never stated by an importer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// One row.
    pub from: SubjectId,
    /// Its name.
    pub from_name: String,
    /// The other.
    pub to: SubjectId,
    /// Its name.
    pub to_name: String,
    /// How alike the names are, in per cent.
    pub score: u8,
    /// What they have in common.
    pub why: &'static str,
}

/// What a reader made of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Statements to make.
    pub wanted: Vec<Wanted>,
    /// Rows that were not taken.
    pub refusals: Vec<Refusal>,
    /// Cells that were left out of rows that were taken.
    pub left_out: Vec<Refusal>,
    /// Columns of the file that nothing was taken from.
    pub dropped: Vec<String>,
    /// What was counted on the way, by what it is.
    pub counts: BTreeMap<&'static str, u64>,
    /// Names that were given rows, for people.
    pub names: Vec<(OrgName, RowId)>,
    /// Rows whose names are variants of one another.
    pub candidates: Vec<Candidate>,
    /// Place of each key in `wanted`.
    places: BTreeMap<String, usize>,
}

impl Reading {
    /// A reading of a file of which these columns are taken.
    pub fn of(sheet: &Sheet, taken: &[&str]) -> Self {
        let dropped = sheet.columns.iter();
        let dropped = dropped.filter(|column| !taken.contains(&column.as_str()));
        Self {
            dropped: dropped.cloned().collect(),
            ..Self::default()
        }
    }

    /// Counts one more of `what`.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Takes what `read` makes of each row, or notes why it makes nothing of it.
    pub fn each_row(
        &mut self,
        sheet: &Sheet,
        mut read: impl FnMut(&mut Self, Cells<'_>) -> Result<(), Refusal>,
    ) {
        for row in &sheet.rows {
            let cells = sheet.cells(row);
            let counted = cells.check_count();
            let counted = counted.map_err(|error| Refusal::of_row(cells.line(), error));
            if let Err(refusal) = counted.and_then(|()| read(self, cells)) {
                self.refusals.push(refusal);
            }
        }
    }

    /// Wants a statement that stands alone.
    ///
    /// # Errors
    /// [`RowError::Duplicate`] or [`RowError::Conflict`] when another row made it; what the
    /// submission door would refuse.
    pub fn want(&mut self, line: u64, key: String, content: Content) -> Result<(), Refusal> {
        let lead = key.clone();
        self.want_in(line, key, lead, content, Vec::new())
    }

    /// Wants a statement of the batch that `lead` leads, with the numbers its bands stand for.
    ///
    /// # Errors
    /// As [`Self::want`].
    pub fn want_in(
        &mut self,
        line: u64,
        key: String,
        lead: String,
        content: Content,
        counts: Vec<ExactCount>,
    ) -> Result<(), Refusal> {
        let content = content.checked();
        let content = content.map_err(|error| Refusal::of_row(line, error))?;
        let known = self.places.get(&key).and_then(|at| self.wanted.get(*at));
        if let Some(known) = known {
            let error = if known.content == content {
                RowError::Duplicate { line: known.line }
            } else {
                RowError::Conflict { line: known.line }
            };
            return Err(Refusal::of_row(line, error));
        }
        self.places.insert(key.clone(), self.wanted.len());
        self.wanted.push(Wanted {
            key,
            lead,
            line,
            content,
            counts,
        });
        Ok(())
    }

    /// Whether a statement of this key is wanted already.
    pub fn wants(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// Gives back every statement whose numbers of people would give somebody away beside those
    /// stated before, and with it its whole batch.
    pub fn hide(&mut self, stated: &mut StatedCounts) {
        let mut refusals = Vec::new();
        let wanted = std::mem::take(&mut self.wanted);
        for batch in wanted.chunk_by(|one, next| one.lead == next.lead) {
            let counts = batch
                .iter()
                .flat_map(|wanted| wanted.counts.iter().cloned());
            let counts: Vec<_> = counts.collect();
            let Err(exposed) = stated.take(&counts) else {
                self.wanted.extend(batch.iter().cloned());
                continue;
            };
            refusals.extend(exposing(batch, &counts, &exposed));
        }
        self.refusals.extend(refusals);
        self.refusals.sort_by_key(|refusal| refusal.line);
    }

    /// Gives back every statement that another row contradicts: which of them holds would be a
    /// guess.
    pub fn settle(&mut self) {
        let contradicted: Vec<u64> = self
            .refusals
            .iter()
            .filter_map(|refusal| match refusal.error {
                RowError::Conflict { line } => Some(line),
                _ => None,
            })
            .collect();
        let held = |wanted: &Wanted| !contradicted.contains(&wanted.line);
        let (held, gone): (Vec<_>, Vec<_>) = self.wanted.drain(..).partition(held);
        self.wanted = held;
        for wanted in gone {
            let other = self.refusals.iter().find_map(|refusal| {
                let about = refusal.error == RowError::Conflict { line: wanted.line };
                about.then_some(refusal.line)
            });
            let error = RowError::Conflict {
                line: other.unwrap_or(wanted.line),
            };
            self.refusals.push(Refusal::of_row(wanted.line, error));
        }
        self.refusals.sort_by_key(|refusal| refusal.line);
    }
}

/// A refusal for each line of a batch: what would be given away, and the rest with it.
fn exposing(batch: &[Wanted], counts: &[ExactCount], exposed: &[Exposure]) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = Vec::new();
    for wanted in batch {
        let own = exposed.iter().find(|exposure| {
            let count = counts.get(exposure.at);
            count.is_some_and(|count| wanted.counts.contains(count))
        });
        if let Some(own) = own {
            let (reason, detail) = (own.reason, own.detail.clone());
            let error = RowError::Field { reason, detail };
            refusals.push(Refusal::of_row(wanted.line, error));
        }
    }
    let line = refusals.first().map_or(0, |refusal| refusal.line);
    let lines: BTreeSet<u64> = batch.iter().map(|wanted| wanted.line).collect();
    let refused: BTreeSet<u64> = refusals.iter().map(|refusal| refusal.line).collect();
    let others = lines.difference(&refused);
    let others = others.map(|other| Refusal::of_row(*other, RowError::Together { line }));
    let others: Vec<_> = others.collect();
    refusals.extend(others);
    refusals
}
