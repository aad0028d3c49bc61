//! What a person reads of a verdict. Every line is understandable without colour; the last line is
//! the answer.

use crate::output::{Page, Tone};
use fairtrail::history::{Closure, Lacking, Link};
use fairtrail::rules::{
    Counts, EntryLine, Indicator, LicenceView, Mark, Moment, OpenFinding, Outcome, Unknown, Verdict,
};
use std::fmt::Display;

/// Writes the whole verdict.
pub(super) fn write(verdict: &Verdict, page: &mut Page) {
    scope(verdict, page);
    entries(&verdict.entries, page);
    lacking(&verdict.lacking, page);
    section(page, "licences", &verdict.licences, licence);
    section(page, "indicators", &verdict.indicators, indicator);
    section(
        page,
        "findings still open",
        &verdict.open_findings,
        open_finding,
    );
    section(page, "unknown", &verdict.unknowns, unknown);
    not_evaluated(verdict, page);
    page.gap();
    answer(verdict, page);
}

fn scope(verdict: &Verdict, page: &mut Page) {
    page.toned(Tone::Strong, join(&verdict.closure.asked, ", "));
    closure(&verdict.closure, page);
    page.field("as of", verdict.as_of);
    page.field_if("known at", verdict.known_at);
    page.field("rules", format!("edition {}", verdict.edition));
    for log in &verdict.logs {
        page.field(
            "log",
            format!("{}, {} entries, root {}", log.origin, log.size, log.root),
        );
        let cosigned = log
            .cosigned_by
            .iter()
            .map(|(operator, at)| format!("{operator} at {at}"));
        let cosigned: Vec<_> = cosigned.collect();
        if !cosigned.is_empty() {
            page.field("cosigned by", cosigned.join(", "));
        }
        page.field_if("time", log.time);
    }
    if verdict.time_is_operators_word {
        page.toned(
            Tone::Warn,
            "               time: operator's word, no independent witness",
        );
    }
    page.field("checked", "every entry of the log was recomputed and admitted again; about these ids nothing in it was left out");
}

/// Other ids of the same party and what leads to them; links that lead elsewhere.
fn closure(closure: &Closure, page: &mut Page) {
    for alias in &closure.aliases {
        let disputed = if alias.disputed { "  [disputed]" } else { "" };
        page.pieces([
            (Tone::Plain, format!("  also {}", alias.id)),
            (Tone::Warn, disputed.to_owned()),
        ]);
        for link in &alias.path {
            page.toned(Tone::Faint, format!("      {}", said(link)));
        }
    }
    for link in &closure.neighbours {
        page.line(format!("  another party: {}", said(link)));
    }
    for left in &closure.left {
        let line = format!(
            "  not followed, {}: {}",
            left.why.as_str(),
            said(&left.link)
        );
        page.toned(Tone::Warn, line);
    }
}

fn said(link: &Link) -> String {
    let Link {
        from,
        to,
        relation,
        entry,
        said_by,
    } = link;
    let relation = relation.replace('_', " ");
    format!("{from} {relation} {to}, says {} in {entry}", short(said_by))
}

fn lacking(lacking: &[Lacking], page: &mut Page) {
    for Lacking { entry, origin } in lacking {
        page.toned(Tone::Warn, format!("  {origin} lacks {entry}"));
    }
}

fn entries(lines: &[EntryLine], page: &mut Page) {
    page.gap();
    if lines.is_empty() {
        page.toned(
            Tone::Strong,
            "no entries about these ids (the whole log was read)",
        );
        return;
    }
    page.toned(Tone::Strong, format!("entries ({})", lines.len()));
    for line in lines {
        let time = line
            .not_after
            .map_or_else(|| "time unknown".to_owned(), |at| at.date().to_string());
        let role = line.role.unwrap_or("no role");
        let desk = line.principal.filter(|principal| *principal != line.author);
        let who = match desk {
            Some(principal) => format!(
                "{role} {} by its desk {}",
                short(&principal),
                short(&line.author)
            ),
            None => format!("{role} {}", short(&line.author)),
        };
        page.pieces([
            (Tone::Plain, format!("  {time}  {:<16} {who}", line.kind)),
            (tone_of(line.counts), counts(line.counts).to_owned()),
            (Tone::Warn, marks(&line.marks)),
        ]);
        page.toned(Tone::Faint, format!("              {}", line.id));
        if !line.basis.is_empty() {
            page.toned(
                Tone::Faint,
                format!("              basis: {}", line.basis.join(", ")),
            );
        }
        for part in &line.withheld {
            page.toned(
                Tone::Warn,
                format!("              withheld: {} ({})", part.role, part.digest),
            );
        }
    }
}

const fn counts(counts: Counts) -> &'static str {
    match counts {
        Counts::Yes | Counts::Network => "",
        Counts::Replaced => "  replaced by a later statement",
        Counts::OffPath => "  off the path of a forked feed: only what is adverse counts",
        Counts::Revoked => "  does not count: standing was revoked",
        Counts::NotAuthorised => "  does not count: the author may not say this",
        Counts::NotAccepted => "  does not count: not accepted by this policy",
        Counts::NotReadable => "  not readable here",
        Counts::Suspect => "  written with a compromised key: only what is adverse counts",
        Counts::Unsound => "  breaks a rule of its kind: only what is adverse counts",
    }
}

const fn tone_of(counts: Counts) -> Tone {
    match counts {
        Counts::Yes | Counts::Network => Tone::Plain,
        _ => Tone::Warn,
    }
}

fn marks(marks: &[Mark]) -> String {
    if marks.is_empty() {
        String::new()
    } else {
        format!("  [{}]", join(marks, ", "))
    }
}

fn licence(view: &LicenceView, page: &mut Page) {
    let route = view
        .route
        .as_ref()
        .map_or_else(String::new, |route| format!(", {route}"));
    let unresolved = if view.unresolved {
        ", unresolved: several rows carry this name"
    } else {
        ""
    };
    page.line(format!(
        "  {} ({}{route}{unresolved})",
        view.subject, view.source
    ));
    for segment in &view.segments {
        let began = match segment.began_after {
            Some(after) if after < segment.certain_from => {
                format!("began after {after} and by {}", segment.certain_from)
            }
            Some(_) => format!("from {}", segment.certain_from),
            None => format!("start unknown, seen from {}", segment.certain_from),
        };
        let ended = match segment.ended_by {
            Some(by) => format!("last seen {}, ended by {by}", segment.seen_until),
            None => format!("last known {}", segment.seen_until),
        };
        page.line(format!(
            "    {:<22} {began}; {ended}",
            segment.status.to_string()
        ));
    }
    let (tone, sentence) = match &view.as_of {
        Moment::InForce { status, .. } => (Tone::Plain, format!("on the date asked: {status}")),
        Moment::Lapsed { status, .. } => (Tone::Bad, format!("on the date asked: {status}")),
        Moment::NotInForce { status, .. } => (Tone::Warn, format!("on the date asked: {status}")),
        Moment::Unknown { why, .. } => (Tone::Warn, format!("on the date asked: unknown, {why}")),
    };
    page.toned(tone, format!("    {sentence}"));
}

fn indicator(found: &Indicator, page: &mut Page) {
    let ilo = if found.ilo.is_empty() {
        String::new()
    } else {
        format!(", ILO indicator {}", join(found.ilo, ", "))
    };
    let tone = if found.adverse { Tone::Bad } else { Tone::Warn };
    page.pieces([
        (
            tone,
            format!("  {} severity {}{ilo}: ", found.rule, found.severity),
        ),
        (Tone::Plain, found.sentence.to_string()),
        (Tone::Warn, marks(&found.marks)),
    ]);
    rests_on(&found.rests_on, page);
}

fn open_finding(finding: &OpenFinding, page: &mut Page) {
    let severity = finding
        .severity
        .map_or_else(|| "not graded".to_owned(), |s| format!("severity {s}"));
    page.pieces([
        (
            Tone::Bad,
            format!("  {}, {severity}", finding.topic.replace('_', " ")),
        ),
        (
            Tone::Plain,
            format!(
                ": clause {}, graded {} by the auditor, reported on {}",
                finding.clause, finding.native_grade, finding.found_on
            ),
        ),
        (Tone::Warn, marks(&finding.marks)),
    ]);
    match finding.due {
        Some(due) => page.line(format!("      due {due}")),
        None => {
            page.line("      no date was set for closing it; that does not mean it is never due");
        }
    }
    match (finding.replies.as_slice(), finding.reply_by) {
        ([], Some(by)) => page.line(format!("      reply pending until {by}")),
        ([], None) => page.line("      no reply"),
        (replies, _) => page.line(format!("      replied to by {}", join(replies, ", "))),
    }
    rests_on(&[finding.entry], page);
}

fn unknown(unknown: &Unknown, page: &mut Page) {
    page.pieces([
        (Tone::Warn, format!("  {}: ", unknown.code)),
        (Tone::Plain, unknown.sentence.to_string()),
    ]);
    rests_on(&unknown.rests_on, page);
}

fn not_evaluated(verdict: &Verdict, page: &mut Page) {
    let rules = verdict.not_evaluated.iter();
    let rules: Vec<_> = rules
        .map(|rule| {
            format!(
                "{} ({} absent in {})",
                rule.rule, rule.field, rule.statements
            )
        })
        .collect();
    if !rules.is_empty() {
        page.gap();
        page.field("not evaluated", rules.join(", "));
    }
}

fn answer(verdict: &Verdict, page: &mut Page) {
    let (tone, sentence) = match verdict.outcome {
        Outcome::Findings => (Tone::Bad, "findings: at least one adverse entry is open"),
        Outcome::NoAdverseEntries => (
            Tone::Good,
            "no-adverse-entries: nothing adverse is open, and what this policy asks for is covered",
        ),
        Outcome::Stale => (
            Tone::Warn,
            "stale: the evidence is older than this policy allows",
        ),
        Outcome::Unknown => (
            Tone::Warn,
            "unknown: this is not good news; see what is missing",
        ),
    };
    page.pieces([
        (Tone::Strong, "verdict: ".to_owned()),
        (tone, sentence.to_owned()),
    ]);
}

fn section<T>(page: &mut Page, title: &str, items: &[T], write: fn(&T, &mut Page)) {
    if items.is_empty() {
        return;
    }
    page.gap();
    page.toned(Tone::Strong, title);
    for item in items {
        write(item, page);
    }
}

fn rests_on(entries: &[impl Display], page: &mut Page) {
    for entry in entries {
        page.toned(Tone::Faint, format!("      rests on {entry}"));
    }
}

fn join(items: &[impl Display], separator: &str) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(separator)
}

/// The first characters of an id; the whole one is in `--json`.
fn short(id: &impl Display) -> String {
    let text = id.to_string();
    let cut = text.find(':').map_or(12, |colon| colon + 13);
    text.get(..cut)
        .map_or(text.clone(), |head| format!("{head}…"))
}
