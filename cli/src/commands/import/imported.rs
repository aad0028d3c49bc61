//! What an import read, refused and stated, for people and programs.

use super::flow::Progress;
use crate::import::register::{
    Coverage, FileDigest, Intake, Resolution, Sort, SourceFile, State, Tally,
};
use crate::output::{Page, Report};
use fairtrail::time::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Default, Serialize)]
pub(super) struct Imported {
    pub(super) format: &'static str,
    pub(super) dry_run: bool,
    pub(super) files: Vec<Read>,
    /// Refused rows by reason code.
    pub(super) refused: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refusals: Option<PathBuf>,
    #[serde(flatten)]
    pub(super) intake: Intake,
    /// What there was to state, by sort.
    pub(super) plan: Tally,
    #[serde(flatten)]
    pub(super) progress: Progress,
    /// Names known, in this run or before.
    pub(super) names: usize,
    /// Of these, how many stand for several lines that are not told apart.
    pub(super) unresolved_names: usize,
}

#[derive(Serialize)]
pub(super) struct Read {
    path: PathBuf,
    sort: Sort,
    on: Date,
    rows: u64,
    sha256: FileDigest,
    coverage: Coverage,
    refused: usize,
}

impl Report for Imported {
    const COMMAND: &'static str = "import.register";

    fn human(&self, page: &mut Page) {
        for file in &self.files {
            page.field("file", file.text());
        }
        self.show_refused(page);
        self.show_plan(page);
        self.progress.show(self.dry_run, page);
        let (names, unresolved) = (self.names, self.unresolved_names);
        page.field("names", format!("{names}, of them {unresolved} unresolved"));
    }

    fn hints(&self) -> Vec<String> {
        let refused = !self.refused.is_empty() && self.refusals.is_none();
        let hint = "--refusals FILE lists every refused row with its line".to_owned();
        if refused { vec![hint] } else { vec![] }
    }
}

impl Imported {
    fn show_refused(&self, page: &mut Page) {
        let mut text: Vec<_> = self
            .refused
            .iter()
            .map(|(why, n)| format!("{n} {why}"))
            .collect();
        if text.is_empty() {
            text.push("no row".into());
        }
        page.field("refused", text.join(", "));
        page.field_if(
            "refusals",
            self.refusals.as_ref().map(|path| path.display()),
        );
    }

    fn show_plan(&self, page: &mut Page) {
        let plan = &self.plan;
        let (lists, changes) = (plan.listings, plan.changes);
        let (licences, between, unresolved) = (plan.licences, plan.start_between, plan.unresolved);
        let changed: u64 = plan.statuses.values().sum();
        let each = plan.statuses.iter();
        let each: Vec<_> = each.map(|(status, n)| format!(", {status} {n}")).collect();
        let each = each.concat();
        let text = [
            format!("{} statements", plan.total()),
            format!("register.snapshot {lists} of lists, {changes} of changes"),
            format!(
                "licence {licences}, {between} with a known start interval, {unresolved} unresolved"
            ),
            format!("licence.status {changed}{each}"),
        ]
        .join("\n");
        let text = if plan.total() == 0 {
            "nothing".to_owned()
        } else {
            text
        };
        page.field("to state", text);
        let Intake {
            known_files,
            undated,
            absent_from_sample,
            ..
        } = self.intake;
        for (n, what) in [
            (known_files, "files were taken in before"),
            (undated, "earlier ratings have no known date; not stated"),
            (
                absent_from_sample,
                "listed before and not in this sample; nothing is stated of them",
            ),
        ] {
            if n > 0 {
                page.field("", format!("{n} {what}"));
            }
        }
    }
}

impl Read {
    pub(super) fn of(path: &Path, file: &SourceFile) -> Self {
        let facts = &file.facts;
        Self {
            path: path.to_owned(),
            sort: facts.sort,
            on: facts.on,
            rows: facts.rows,
            sha256: facts.sha256,
            coverage: facts.coverage,
            refused: file.refusals.len(),
        }
    }

    fn text(&self) -> String {
        let sort = match self.sort {
            Sort::Changes => "changes until",
            Sort::Listing => "list of",
        };
        let coverage = match self.coverage {
            Coverage::Full => "full",
            Coverage::Sample => "sample",
        };
        let path = self.path.display();
        let (on, rows, sha256) = (self.on, self.rows, self.sha256);
        format!("{path}: {sort} {on}, {rows} rows, {coverage}\nsha256 {sha256}")
    }
}

impl Imported {
    pub(super) fn count_names(&mut self, state: &State) {
        self.names = state.rows().count();
        let unresolved =
            |(_, _, resolution): &(_, _, Resolution)| *resolution == Resolution::Unresolved;
        self.unresolved_names = state.rows().filter(unresolved).count();
    }
}
