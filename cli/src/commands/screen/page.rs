//! What a person reads of a screening; the whole is in the report.

use super::judged::Judged;
use super::{Screened, worst};
use crate::exit::Exit;
use crate::output::{Page, Tone};
use fairtrail::rules::Outcome;

/// Suppliers or rows shown of each sort; the others are in the report.
const SHOWN: usize = 40;

pub(super) fn write(screened: &Screened, page: &mut Page) {
    page.field("as of", screened.as_of);
    page.field_if("known at", screened.known_at);
    for log in &screened.logs {
        page.field("log", format!("{}, {} entries", log.origin, log.size));
    }
    for log in &screened.not_read {
        page.toned(
            Tone::Warn,
            format!("               {} was not read: {}", log.origin, log.reason),
        );
    }
    page.field(
        "compared with",
        match screened.since {
            Some(since) => {
                let known = screened.since_known_at;
                let known = known.map_or_else(String::new, |day| format!(", as known at {day}"));
                format!("the run of {since}{known}")
            }
            None => "nothing: there is no earlier run beside the report".to_owned(),
        },
    );
    if screened.other_policy {
        page.toned(Tone::Warn, "               that run trusted another policy");
    }
    refused(screened, page);
    section(page, "findings", screened, |one| {
        one.outcome == Outcome::Findings
    });
    section(page, "changed", screened, Judged::is_changed);
    page.gap();
    counts(screened, page);
    page.field("report", screened.report.display());
    page.field("state", screened.state.display());
    answer(screened, page);
}

fn refused(screened: &Screened, page: &mut Page) {
    if screened.refused.is_empty() {
        return;
    }
    page.gap();
    page.toned(
        Tone::Strong,
        format!("rows refused ({})", screened.refused.len()),
    );
    for row in screened.refused.iter().take(SHOWN) {
        page.pieces([
            (
                Tone::Warn,
                format!("  line {:<6} {:<20} ", row.line, row.reason),
            ),
            (Tone::Plain, row.detail.clone()),
        ]);
        page.toned(Tone::Faint, format!("              {}", row.hint));
    }
    more(screened.refused.len(), page);
}

fn section(page: &mut Page, title: &str, screened: &Screened, take: impl Fn(&Judged) -> bool) {
    let found: Vec<_> = screened.suppliers.iter().filter(|one| take(one)).collect();
    if found.is_empty() {
        return;
    }
    page.gap();
    page.toned(Tone::Strong, format!("{title} ({})", found.len()));
    for one in found.iter().take(SHOWN) {
        let subjects: Vec<_> = one.subjects.iter().map(ToString::to_string).collect();
        page.pieces([
            (Tone::Plain, format!("  line {:<6} ", one.line)),
            (Tone::Strong, format!("{} ", one.name)),
            (Tone::Plain, subjects.join(", ")),
            (tone(one.outcome), format!("  {}", one.outcome.as_str())),
        ]);
        for line in one
            .changed
            .words()
            .split("; ")
            .filter(|_| title == "changed")
        {
            page.line(format!("              {line}"));
        }
    }
    more(found.len(), page);
}

fn more(found: usize, page: &mut Page) {
    if let Some(more) = found.checked_sub(SHOWN).filter(|more| *more > 0) {
        page.toned(Tone::Faint, format!("  and {more} more, in the report"));
    }
}

const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Findings => Tone::Bad,
        Outcome::NoAdverseEntries => Tone::Good,
        Outcome::Stale | Outcome::Unknown => Tone::Warn,
    }
}

fn counts(screened: &Screened, page: &mut Page) {
    let outcomes = [
        Outcome::Findings,
        Outcome::Unknown,
        Outcome::Stale,
        Outcome::NoAdverseEntries,
    ];
    for outcome in outcomes {
        let count = screened
            .suppliers
            .iter()
            .filter(|one| one.outcome == outcome)
            .count();
        page.pieces([
            (tone(outcome), format!("{:<18} ", outcome.as_str())),
            (Tone::Plain, count.to_string()),
        ]);
    }
    page.line(format!("{:<18} {}", "refused", screened.refused.len()));
}

fn answer(screened: &Screened, page: &mut Page) {
    let (tone, text) = match worst(&screened.suppliers, &screened.refused) {
        Exit::Findings => (
            Tone::Bad,
            "findings: of at least one supplier an adverse entry is open",
        ),
        Exit::Done => (
            Tone::Good,
            "no-adverse-entries: of no supplier is anything adverse open, and all are covered",
        ),
        _ => (
            Tone::Warn,
            "unknown: of at least one supplier too little is known, which is not good news",
        ),
    };
    page.pieces([
        (Tone::Strong, "worst: ".to_owned()),
        (tone, text.to_owned()),
    ]);
}
