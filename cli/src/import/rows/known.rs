//! The memory of an importer of rows.

use super::drafts::{Planned, RowDrafts};
use super::{Content, Reading};
use crate::import::{Knowledge, Named, OrgName, Refusal, RowError, RowId, Secret};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::privacy::exact::ExactCount;
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Every statement that was wanted so far, and what of it was stated.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    secret: Secret,
    statements: BTreeMap<String, Remembered>,
    names: BTreeMap<OrgName, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    /// Key of the statement that leads its batch, when that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
    wanted: Content,
    /// How many people its bands stand for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    counts: Vec<ExactCount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated: Option<Stated>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    entry: EntryId,
    digest: String,
    subjects: Vec<SubjectId>,
}

/// What taking in rows came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct RowIntake {
    /// Statements that were not known before.
    pub new: u64,
    /// Statements that now say something else.
    pub changed: u64,
    /// Statements that were known and say the same.
    pub unchanged: u64,
    /// Statements known before that no row of these files makes. Nothing is stated of them.
    pub absent: u64,
    /// Statements that cannot take the place of those made before.
    #[serde(skip)]
    pub refusals: Vec<Refusal>,
}

impl crate::import::Intake for RowIntake {
    fn changed(&self) -> bool {
        self.new + self.changed > 0
    }
}

impl Known {
    fn take(&mut self, reading: &Reading, intake: &mut RowIntake, shown: &mut BTreeSet<String>) {
        for wanted in &reading.wanted {
            shown.insert(wanted.key.clone());
            let lead = (wanted.lead != wanted.key).then(|| wanted.lead.clone());
            let Some(known) = self.statements.get_mut(&wanted.key) else {
                intake.new += 1;
                let remembered = Remembered {
                    lead,
                    wanted: wanted.content.clone(),
                    counts: wanted.counts.clone(),
                    stated: None,
                };
                self.statements.insert(wanted.key.clone(), remembered);
                continue;
            };
            if known.wanted == wanted.content {
                intake.unchanged += 1;
                continue;
            }
            let named = |subject| wanted.content.subjects.contains(subject);
            if known
                .stated
                .as_ref()
                .is_some_and(|stated| !stated.subjects.iter().all(named))
            {
                let refusal = Refusal::of_row(wanted.line, RowError::OtherSubject);
                intake.refusals.push(refusal);
                continue;
            }
            intake.changed += 1;
            known.wanted = wanted.content.clone();
            known.counts.clone_from(&wanted.counts);
            known.lead = lead;
        }
        for (name, row) in &reading.names {
            self.names.insert(name.clone(), row.to_string());
        }
    }

    /// Leading statements first, in an order that follows from the secret and says nothing of keys.
    fn order(&self, key: &str, lead: &str) -> ([u8; 32], bool, [u8; 32]) {
        let place = |key| self.secret.reference(key);
        (place(lead), key != lead, place(key))
    }
}

impl Knowledge for Known {
    type File = Reading;
    type Intake = RowIntake;
    type Statement = Planned;
    type Drafts = RowDrafts;

    fn new(secret: Secret) -> Self {
        Self {
            secret,
            statements: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    fn secret(&self) -> &Secret {
        &self.secret
    }

    fn take_in(&mut self, files: &[Reading]) -> RowIntake {
        let mut intake = RowIntake::default();
        let mut shown = BTreeSet::new();
        for reading in files {
            self.take(reading, &mut intake, &mut shown);
        }
        let absent = self.statements.keys().filter(|key| !shown.contains(*key));
        intake.absent = u64::try_from(absent.count()).unwrap_or(u64::MAX);
        intake
    }

    fn pending(&self) -> Vec<Planned> {
        let mut plan = Vec::new();
        for (key, known) in &self.statements {
            let stated = known.stated.as_ref();
            let digest = known.wanted.digest();
            if stated.is_some_and(|stated| stated.digest == digest) {
                continue;
            }
            plan.push(Planned {
                key: key.clone(),
                lead: known.lead.as_ref().unwrap_or(key).clone(),
                content: known.wanted.clone(),
                counts: known.counts.clone(),
                supersedes: stated.map(|stated| stated.entry),
            });
        }
        plan.sort_by_cached_key(|planned| self.order(&planned.key, &planned.lead));
        plan
    }

    fn counts(planned: &Planned) -> &[ExactCount] {
        &planned.counts
    }

    fn mark(&mut self, stated: &Planned, entry: EntryId) {
        if let Some(known) = self.statements.get_mut(&stated.key) {
            known.stated = Some(Stated {
                entry,
                digest: stated.content.digest(),
                subjects: stated.content.subjects.clone(),
            });
        }
    }

    fn named(&self) -> Vec<Named> {
        let named = |(name, row): (&OrgName, &String)| {
            let row: RowId = row.parse().ok()?;
            let name = name.to_string();
            Some(Named {
                name,
                row,
                note: None,
            })
        };
        self.names.iter().filter_map(named).collect()
    }

    fn drafts(&self, _: AuthorId, issued_at: Timestamp) -> RowDrafts {
        RowDrafts::new(issued_at)
    }
}
