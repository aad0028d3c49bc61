//! `fairtrail import template`: a mapping to start from.

use crate::context::write_new;
use crate::import::table::TEMPLATES;
use crate::output::{Outcome, Page, Report, report};
use serde::Serialize;
use std::path::PathBuf;

/// Options of `import template`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of what
    #[arg(value_enum, value_name = "WHAT")]
    what: What,
    /// File to write; it must not exist [default: print it]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What there are mappings for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// Terms under which cohorts of workers were recruited
    Attest,
    /// Audits with their findings
    Audit,
}

#[derive(Serialize)]
struct Template {
    template: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
}

impl Report for Template {
    const COMMAND: &'static str = "import.template";

    fn human(&self, page: &mut Page) {
        match &self.file {
            Some(file) => page.field("mapping", file.display()),
            None => page.raw(self.template),
        }
    }
}

pub(super) fn run(args: &Args) -> Outcome {
    let name = match args.what {
        What::Attest => "attest",
        What::Audit => "audit",
    };
    let mut known = TEMPLATES.iter().filter(|(known, _)| *known == name);
    let template = known.next().map_or("", |(_, text)| text);
    if let Some(file) = &args.output {
        write_new(file, template.as_bytes())?;
    }
    report(Template {
        template,
        file: args.output.clone(),
    })
}
