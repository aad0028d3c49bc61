//! Which sentence of the catalogue says what a rule found.

use crate::claim::{Audit, ContractAttest, DocumentHolder, FeeLine, Finding, LicenceState};
use crate::history::Withholding;
use crate::id::AuthorId;
use crate::messages::{Sentence, Value};
use crate::subject::SubjectId;
use crate::time::{Date, Month, Timestamp};

pub(super) fn worker_paid_fee(lines: &[&FeeLine]) -> Sentence {
    if lines.is_empty() {
        return Sentence::new("fee-charged-for-nothing-stated");
    }
    let sorts = Value::words(lines.iter().map(|line| &line.category));
    let amounts = lines.iter().filter_map(|line| line.highest.as_ref());
    let amounts: Vec<_> = amounts.map(Value::text).collect();
    if amounts.is_empty() {
        return Sentence::new("fee-paid").with("sorts", sorts);
    }
    Sentence::new("fee-paid-up-to")
        .with("sorts", sorts)
        .with("amounts", Value::List(amounts))
}

/// Only asked where somebody other than the worker is said to hold them.
pub(super) fn documents_held(attest: &ContractAttest) -> Sentence {
    match &attest.documents_held_by {
        Some(DocumentHolder::EmployerOnRequestReceipt) | None => {
            Sentence::new("documents-on-request")
        }
        Some(holder) => Sentence::new("documents-held").with("holder", Value::word(holder)),
    }
}

pub(super) fn finding_overdue(finding: &Finding, due: Date, by_scheme: bool) -> Sentence {
    let id = if by_scheme {
        "finding-overdue-by-scheme"
    } else {
        "finding-overdue"
    };
    about(id, finding)
        .with_text("due", due)
        .with_text("scheme", &finding.scheme)
}

/// A sentence on a finding: its topic and when it was reported.
pub(super) fn about(id: &'static str, finding: &Finding) -> Sentence {
    Sentence::new(id)
        .with("topic", Value::word(&finding.topic))
        .with_text("found", finding.found_on)
}

pub(super) fn audit_incomplete(audit: &Audit, posted: usize) -> Sentence {
    Sentence::new("audit-incomplete")
        .with_text("report", &audit.report_ref)
        .with("declared", u32::from(audit.findings_total))
        .with("posted", posted)
}

/// Who withholds, on which legal basis, and since when.
pub(super) fn withheld_by_law(said: &Withholding) -> Sentence {
    let ground = &said.ground;
    let who = match (&said.log, said.author) {
        (Some(log), _) => log.clone(),
        (None, author) => author.map_or_else(String::new, |author| author.to_string()),
    };
    let law = [
        ground.jurisdiction.as_ref().map(Value::text),
        ground.statute.as_ref().map(Value::text),
    ];
    let basis = [Some(Value::word(&ground.basis))].into_iter().chain(law);
    Sentence::new("withheld-by-law")
        .with("who", who)
        .with("basis", Value::List(basis.flatten().collect()))
        .with_text("since", ground.since)
}

pub(super) fn licence_not_named(recruiter: Option<&SubjectId>) -> Sentence {
    match recruiter {
        Some(recruiter) => Sentence::new("licence-not-named").with_text("recruiter", recruiter),
        None => Sentence::new("recruiter-not-named"),
    }
}

pub(super) fn recruited_too_long(months: &[Month]) -> Sentence {
    Sentence::new("recruited-too-long").with("months", span(months))
}

fn of_licence(id: &'static str, licence: &SubjectId, months: &[Month]) -> Sentence {
    Sentence::new(id)
        .with_text("licence", licence)
        .with("months", span(months))
}

pub(super) fn licence_unknown(licence: &SubjectId, months: &[Month]) -> Sentence {
    of_licence("licence-unknown", licence, months)
}

pub(super) fn licence_lapsed(licence: &SubjectId, months: &[Month]) -> Sentence {
    of_licence("licence-lapsed", licence, months)
}

pub(super) fn no_licence(licence: &SubjectId, months: &[Month]) -> Sentence {
    of_licence("no-licence", licence, months)
}

pub(super) fn status_says_nothing(status: &LicenceState) -> Sentence {
    match status {
        LicenceState::NotFound => Sentence::new("status-not-found"),
        LicenceState::UnderAppeal => Sentence::new("status-under-appeal"),
        other => Sentence::new("status-without-meaning").with("status", Value::word(other)),
    }
}

pub(super) fn author_silent(author: AuthorId, heard: Option<Timestamp>) -> Sentence {
    match heard {
        Some(at) => Sentence::new("author-last-heard").with_text("at", at),
        None => Sentence::new("author-never-heard"),
    }
    .with_text("author", author)
}

/// A sentence that counts statements.
pub(super) fn counting(id: &'static str, count: usize) -> Sentence {
    Sentence::new(id).with("count", count)
}

pub(super) fn logs_missing(have: usize, need: usize, missing: &[&str]) -> Sentence {
    let id = if missing.is_empty() {
        "logs-too-few"
    } else {
        "logs-missing"
    };
    let names = missing.iter().map(Value::text).collect();
    Sentence::new(id)
        .with("have", have)
        .with("need", need)
        .with("missing", Value::List(names))
}

pub(super) fn alias_not_covered(id: &SubjectId) -> Sentence {
    Sentence::new("alias-not-covered").with_text("id", id)
}

pub(super) fn alias_disputed(id: &SubjectId) -> Sentence {
    Sentence::new("alias-disputed").with_text("id", id)
}

/// From the first to the last of these months.
pub(super) fn span(months: &[Month]) -> Value {
    match months {
        [] => Sentence::new("no-months").into(),
        [only] => Value::text(only),
        [first, .., last] => Sentence::new("months")
            .with_text("first", first)
            .with_text("last", last)
            .with("count", months.len())
            .into(),
    }
}
