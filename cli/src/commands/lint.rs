//! `fairtrail lint`: everything that would be refused of statement files, before anything is signed.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::statement::{Filled, Trouble, hint, read_text};
use fairtrail::files::private_counts;
use fairtrail::id::EntryId;
use fairtrail::privacy::exact::{ExactCount, remembered};
use fairtrail::reason::Reason;
use serde::Serialize;
use std::path::{Path, PathBuf};
use toml::Table;

/// Options of `lint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fairtrail lint attest.toml
  fairtrail lint *.toml --author ~/.local/share/fairtrail/authors/acme
  fairtrail lint --claims drafts.json --json

Exit statuses: 0 nothing would be refused, 1 something would, 2 usage.
Nothing is signed, sent or remembered; exact numbers are compared and never shown.")]
pub struct Args {
    /// The statement files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The files are JSON instead of TOML, with the same fields
    #[arg(long)]
    claims: bool,
    /// Directory of the author, whose exact numbers of all earlier statements are compared
    #[arg(long, value_name = "DIR")]
    author: Option<PathBuf>,
}

#[derive(Serialize)]
struct Linted {
    acceptable: bool,
    files: Vec<LintedFile>,
    /// Exact numbers of earlier statements that were compared with; absent without an author.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_with: Option<usize>,
    #[serde(skip)]
    counted: bool,
}

#[derive(Serialize)]
struct LintedFile {
    file: PathBuf,
    kind: String,
    /// Entries the file becomes.
    entries: usize,
    refusals: Vec<Refusal>,
}

/// One thing that would be refused.
#[derive(Serialize)]
struct Refusal {
    /// Which entry of the file: 0 the statement, then its findings.
    entry: usize,
    field: String,
    reason: Reason,
    /// What the reason means.
    meaning: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self {
            meaning: trouble.reason.meaning(),
            hint: hint(trouble.reason),
            entry: trouble.entry,
            field: trouble.field,
            reason: trouble.reason,
            detail: trouble.detail,
        }
    }
}

impl Report for Linted {
    const COMMAND: &'static str = "lint";

    fn human(&self, page: &mut Page) {
        for file in &self.files {
            if file.refusals.is_empty() {
                let line = format!("{}: nothing would be refused", file.file.display());
                page.toned(Tone::Good, line);
                continue;
            }
            let count = file.refusals.len();
            page.toned(
                Tone::Strong,
                format!("{}: {count} refused", file.file.display()),
            );
            for refusal in &file.refusals {
                show(refusal, page);
            }
        }
        if let Some(count) = self.compared_with {
            page.field(
                "compared with",
                format!("{count} exact numbers stated before"),
            );
        }
    }

    fn exit(&self) -> Exit {
        if self.acceptable {
            Exit::Done
        } else {
            Exit::Operational
        }
    }

    fn hints(&self) -> Vec<String> {
        let mut hints = Vec::new();
        if self.compared_with.is_none() && self.counted {
            let over_time = "--author DIR compares exact numbers with everything stated before";
            hints.push(over_time.to_owned());
        }
        if !self.counted {
            let private =
                "[[private]] with field and count lets groups be compared on this machine";
            hints.push(private.to_owned());
        }
        hints
    }
}

fn show(refusal: &Refusal, page: &mut Page) {
    let place = match refusal.entry {
        0 => refusal.field.clone(),
        entry => format!("finding {entry}: {}", refusal.field),
    };
    page.pieces([
        (Tone::Bad, format!("  {:<22} ", refusal.reason)),
        (Tone::Plain, format!("{place}: {}", refusal.detail)),
    ]);
    page.line(format!("  {:<22} {}", "", refusal.meaning));
    if let Some(hint) = refusal.hint {
        page.line(format!("  {:<22} try: {hint}", ""));
    }
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Outcome {
    let stated = args.author.as_deref().map(stated_before).transpose()?;
    let compared_with = stated.as_ref().map(Vec::len);
    let mut known = stated.unwrap_or_default();
    let (mut files, mut counted) = (Vec::new(), false);
    for path in &args.files {
        let filled = explain(path, args.claims, context)?;
        let mut troubles = filled.problems;
        troubles.extend(Trouble::exposed(&filled.counts, &known));
        counted |= !filled.counts.is_empty();
        // Files that are looked at together are submitted together.
        known = remembered(known, &filled.counts);
        files.push(LintedFile {
            file: path.clone(),
            kind: filled.kind,
            entries: filled.drafts.len(),
            refusals: troubles.into_iter().map(Refusal::from).collect(),
        });
    }
    report(Linted {
        acceptable: files.iter().all(|file| file.refusals.is_empty()),
        files,
        compared_with,
        counted,
    })
}

fn stated_before(author: &Path) -> Result<Vec<ExactCount>, CliError> {
    if !author.is_dir() {
        let message = format!("{} is no author's directory", author.display());
        return Err(CliError::usage(message)
            .hint("authors are kept below the home directory, in authors/NAME"));
    }
    Ok(private_counts(author)?)
}

/// Reads a file; what is not even a file of statements is a refusal, too.
fn explain(path: &Path, json: bool, context: &Context<'_>) -> Result<Filled, CliError> {
    let text = read_text(path)?;
    let text = if json { from_json(&text) } else { Ok(text) };
    let subjects_of = |_: EntryId| Ok(Vec::new());
    let explained = text.and_then(|text| Filled::explain(&text, context.now, &subjects_of));
    match explained {
        Err(error) if error.reason() == Some(Reason::ClaimInvalid) => {
            let detail = error.hints().join(" ");
            let trouble = Trouble::new(0, Reason::ClaimInvalid, "file", detail);
            Ok(Filled {
                problems: vec![trouble],
                ..Filled::default()
            })
        }
        explained => explained,
    }
}

fn from_json(text: &str) -> Result<String, CliError> {
    let wrong = |hint: String| CliError::coded(Reason::ClaimInvalid, "this is no JSON").hint(hint);
    let table: Table = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    toml::to_string(&table).map_err(|error| wrong(error.to_string()))
}
