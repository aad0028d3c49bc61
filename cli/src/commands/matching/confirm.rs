//! `fairtrail match confirm`: rows that a person marked, signed as id.link statements.

use crate::commands::deliver::{self, Acknowledged};
use crate::commands::submit::{self, Submitting};
use crate::context::Context;
use crate::error::CliError;
use crate::lists::{Refused, Row, Sheet, id_columns, row_ids};
use crate::matching::CompanyName;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::statement::{Filled, Trouble, troubles};
use fairtrail::claim::{Claim, Code, ExternalRef, IdLink, LinkEvidence, Relation, Set};
use fairtrail::entry::{Body, Draft};
use fairtrail::files::{AuthorDir, AuthorName, salt};
use fairtrail::id::{AuthorId, GrantId};
use fairtrail::limits::BATCH_ENTRIES;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::path::PathBuf;

/// Options of `match confirm`.
#[derive(Debug, clap::Args)]
pub struct Confirm {
    /// The marked file of `fairtrail match`
    file: PathBuf,
    /// The author that confirms, by its name on this machine
    #[arg(long = "as", value_name = "NAME")]
    by: AuthorName,
    /// Grant to act under, when there are several
    #[arg(long, value_name = "ID", value_parser = crate::commands::reference::grant)]
    grant: Option<GrantId>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// A link that a person confirmed.
#[derive(Debug, Clone, Serialize)]
struct Link {
    line: u64,
    from: SubjectId,
    relation: String,
    to: SubjectId,
    #[serde(skip)]
    evidence: Vec<LinkEvidence>,
    #[serde(skip)]
    state: String,
}

#[derive(Serialize)]
struct Confirmed {
    links: Vec<Link>,
    /// Lines of links that this author stated before.
    stated_before: Vec<u64>,
    /// Rows nobody marked; nothing was signed of them.
    unmarked: usize,
    refused: Vec<Refused>,
    acknowledged: Vec<Acknowledged>,
}

impl Report for Confirmed {
    const COMMAND: &'static str = "match-confirm";

    fn human(&self, page: &mut Page) {
        for link in &self.links {
            let Link {
                line,
                from,
                relation,
                to,
                ..
            } = link;
            let relation = relation.replace('_', " ");
            page.line(format!("line {line:<6} {from} {relation} {to}"));
        }
        for line in &self.stated_before {
            page.line(format!("line {line:<6} stated before"));
        }
        for row in &self.refused {
            page.toned(
                Tone::Warn,
                format!("line {:<6} {}: {}", row.line, row.reason, row.detail),
            );
            page.toned(Tone::Faint, format!("            {}", row.hint));
        }
        page.field("not marked", self.unmarked);
        deliver::show(&self.acknowledged, page);
        if self.links.is_empty() {
            page.line("nothing was signed");
        }
    }

    fn exit(&self) -> crate::exit::Exit {
        if self.refused.is_empty() {
            crate::exit::Exit::Done
        } else {
            crate::exit::Exit::Operational
        }
    }
}

/// Runs the command.
pub(super) fn run(options: &Confirm, context: &mut Context<'_>) -> Outcome {
    let sheet = Sheet::read(&options.file)?;
    for column in ["name", "id", "candidate", "state", "confirm", "relation"] {
        sheet.needed(&[column])?;
    }
    let gateways = context.gateways()?;
    let mut dir = context.author(&options.by)?;
    let mut confirmed = read(&sheet, &dir)?;
    let drafts = drafts(&mut confirmed, &dir, context)?;
    let who = Submitting {
        by: options.by.clone(),
        grant: options.grant,
        yes: options.yes,
    };
    for batch in drafts.chunks(BATCH_ENTRIES) {
        let filled = Filled {
            kind: "id.link".to_owned(),
            drafts: batch.to_vec(),
            problems: Vec::new(),
            counts: Vec::new(),
        };
        let taken = submit::filled_as(&filled, &who, &gateways, &mut dir, context)?;
        confirmed.acknowledged.extend(taken);
    }
    report(confirmed)
}

fn read(sheet: &Sheet, dir: &AuthorDir) -> Result<Confirmed, CliError> {
    let author = deliver::membership(dir)?.author;
    let secret = dir.reference_secret()?;
    let mut confirmed = Confirmed {
        links: Vec::new(),
        stated_before: Vec::new(),
        unmarked: 0,
        refused: sheet.refused.clone(),
        acknowledged: Vec::new(),
    };
    for row in &sheet.rows {
        match link(row, sheet, author, &secret) {
            Ok(None) => confirmed.unmarked += 1,
            Ok(Some(link)) => confirmed.links.push(link),
            Err(refused) => confirmed.refused.push(refused),
        }
    }
    confirmed.refused.sort_by_key(|row| row.line);
    Ok(confirmed)
}

/// What a row says; `None` where nobody confirmed it.
fn link(
    row: &Row,
    sheet: &Sheet,
    author: AuthorId,
    secret: &[u8; 32],
) -> Result<Option<Link>, Refused> {
    let cell = |name: &str| row.cell(sheet.column(&[name]));
    match cell("confirm").to_lowercase().as_str() {
        "" | "no" | "n" => return Ok(None),
        "yes" | "y" | "x" => {}
        other => {
            let detail = format!("`{other}` in confirm");
            return Err(row.refused(Reason::ClaimInvalid, detail, "write yes, or leave it empty"));
        }
    }
    let state = cell("state").to_owned();
    let candidate = cell("candidate");
    if candidate.is_empty() || !matches!(state.as_str(), "MATCHED" | "POTENTIAL_MATCH") {
        let hint = "a row without a candidate has nothing to confirm";
        return Err(row.refused(Reason::ClaimInvalid, "no candidate", hint));
    }
    let to = crate::commands::reference::subject(candidate).map_err(|error| {
        row.refused(
            Reason::SubjectInvalid,
            error.causes().join("; "),
            "copy the candidate as it was",
        )
    })?;
    let relation = cell("relation").to_owned();
    if !Relation::KNOWN.contains(&relation.as_str()) {
        let detail = format!("`{relation}` is no relation");
        let hint = format!("one of {}", Relation::KNOWN.join(", "));
        return Err(row.refused(Reason::ClaimInvalid, detail, &hint));
    }
    let own = row_ids(row, &id_columns(sheet))?.into_iter().next();
    let from = own
        .or_else(|| own_row(cell("name"), author, secret))
        .ok_or_else(|| {
            row.refused(
                Reason::ImportName,
                "neither an id nor a name",
                "one of the two says what the link starts from",
            )
        })?;
    let evidence = evidence(row, cell("evidence"))?;
    let line = row.line;
    Ok(Some(Link {
        line,
        from,
        relation,
        to,
        evidence,
        state,
    }))
}

/// What the link rests on; a person who says nothing else compared names and addresses.
fn evidence(row: &Row, cell: &str) -> Result<Vec<LinkEvidence>, Refused> {
    let words = cell.split([' ', ';', ',']).filter(|word| !word.is_empty());
    let evidence = words.map(|word| {
        let known = LinkEvidence::KNOWN.contains(&word);
        LinkEvidence::new(word)
            .ok()
            .filter(|_| known)
            .ok_or_else(|| {
                let hint = format!("one of {}", LinkEvidence::KNOWN.join(", "));
                row.refused(
                    Reason::ClaimInvalid,
                    format!("`{word}` is no evidence"),
                    &hint,
                )
            })
    });
    let mut evidence = evidence.collect::<Result<Vec<_>, _>>()?;
    if evidence.is_empty() {
        evidence.push(LinkEvidence::NameAndAddress);
    }
    Ok(evidence)
}

/// An opaque id for a name that has none: equal for the same name, and nothing of it to be seen
/// without the author's secret.
fn own_row(name: &str, author: AuthorId, secret: &[u8; 32]) -> Option<SubjectId> {
    let name = CompanyName::read(name)?;
    let key = format!(
        "name row {} / {}",
        name.words.join(" "),
        name.forms.join(" ")
    );
    let digest = ExternalRef::derive(secret, key.as_bytes());
    let id = digest.as_bytes().first_chunk::<16>()?;
    Some(SubjectId::row(author, *id))
}

/// The statements of links that were not stated before.
fn drafts(
    confirmed: &mut Confirmed,
    dir: &AuthorDir,
    context: &Context<'_>,
) -> Result<Vec<Draft>, CliError> {
    let stated = submit::stated_by(dir)?;
    let secret = dir.reference_secret()?;
    let (mut drafts, mut problems) = (Vec::new(), Vec::new());
    let mut links = Vec::new();
    for link in std::mem::take(&mut confirmed.links) {
        let draft = draft(&link, &secret, context)?;
        match stated.refuse_known(std::slice::from_ref(&draft)) {
            Err(error) if error.reason() == Some(Reason::StatedBefore) => {
                confirmed.stated_before.push(link.line);
            }
            other => {
                other?;
                problems.extend(troubles(std::slice::from_ref(&draft)).into_iter().map(
                    |trouble| Trouble {
                        field: format!("line {}: {}", link.line, trouble.field),
                        ..trouble
                    },
                ));
                drafts.push(draft);
                links.push(link);
            }
        }
    }
    confirmed.links = links;
    submit::refuse(problems)?;
    Ok(drafts)
}

fn draft(link: &Link, secret: &[u8; 32], context: &Context<'_>) -> Result<Draft, CliError> {
    let Link {
        from, relation, to, ..
    } = link;
    let invalid = |error: fairtrail::claim::ValueError| CliError::coded(error.reason, error);
    let sort = Relation::new(relation).map_err(invalid)?;
    let evidence = Set::from(link.evidence.clone());
    let mut claim = IdLink::new(from.clone(), sort, to.clone(), evidence);
    claim.match_state = Some(Code::new(&link.state).map_err(invalid)?);
    claim.confirmed_by_person = true;
    let key = format!("id.link {from} {relation} {to}");
    claim.external_ref = Some(ExternalRef::derive(secret, key.as_bytes()));
    let body = Body {
        salt: salt()?,
        bytes: Claim::from(claim).encode(),
    };
    let kind = "id.link".parse().map_err(CliError::internal)?;
    let mut subjects = vec![from.clone(), to.clone()];
    subjects.sort();
    Ok(Draft::statement(kind, subjects, body, context.now))
}
