//! A difference in plain words.

use super::{Change, Difference};
use crate::rules::snapshot::{KnownFinding, KnownIndicator};
use crate::time::Date;
use std::fmt::Display;

pub(super) fn lines(difference: &Difference) -> Vec<String> {
    let mut lines = Vec::new();
    asked(difference, &mut lines);
    let outcome = difference.outcome.as_ref().map(|change| Change {
        before: change.before.as_str(),
        after: change.after.as_str(),
    });
    lines.extend(outcome.map(|change| changed("verdict", &change)));
    let severity = difference.worst_severity.as_ref().map(|change| Change {
        before: graded(change.before),
        after: graded(change.after),
    });
    lines.extend(severity.map(|change| changed("worst severity", &change)));
    indicators(difference, &mut lines);
    findings(difference, &mut lines);
    gaps(difference, &mut lines);
    lines.extend(counted("new", difference.entries_came.len()));
    lines.extend(counted("not there now", difference.entries_went.len()));
    lines
}

/// What was asked differently: no difference in what is known by itself.
fn asked(difference: &Difference, lines: &mut Vec<String>) {
    let edition = difference.edition.as_ref();
    lines.extend(edition.map(|change| changed("edition of the rules", change)));
    let as_of = difference.as_of.as_ref();
    lines.extend(as_of.map(|change| changed("as of", change)));
    let now = || "everything known".to_owned();
    let known_at = difference.known_at.as_ref().map(|change| Change {
        before: change.before.map_or_else(now, |day| day.to_string()),
        after: change.after.map_or_else(now, |day| day.to_string()),
    });
    lines.extend(known_at.map(|change| changed("known at", &change)));
    let came = difference.subjects_came.iter();
    lines.extend(came.map(|id| format!("id covered now: {id}")));
    let went = difference.subjects_went.iter();
    lines.extend(went.map(|id| format!("id no longer covered: {id}")));
}

fn indicators(difference: &Difference, lines: &mut Vec<String>) {
    let say = |what: &str, found: &KnownIndicator| {
        let KnownIndicator {
            rule,
            severity,
            sentence,
            ..
        } = found;
        format!("{what}: {rule} severity {severity}: {sentence}")
    };
    let came = difference.indicators_came.iter();
    lines.extend(came.map(|found| say("indicator new", found)));
    let went = difference.indicators_went.iter();
    lines.extend(went.map(|found| say("indicator no longer there", found)));
    for Change { before, after } in &difference.indicators_changed {
        let how = if before.severity != after.severity {
            format!("severity {} before", before.severity)
        } else if before.rests_on != after.rests_on {
            "rests on other entries than before".to_owned()
        } else if after.adverse {
            "not adverse before".to_owned()
        } else {
            "adverse before, not now".to_owned()
        };
        lines.push(format!("{} ({how})", say("indicator changed", after)));
    }
}

fn findings(difference: &Difference, lines: &mut Vec<String>) {
    let say = |what: &str, found: &KnownFinding| {
        let topic = found.topic.replace('_', " ");
        let severity = graded(found.severity);
        let KnownFinding { clause, entry, .. } = found;
        format!("{what}: {topic}, clause {clause}, severity {severity}, {entry}")
    };
    let opened = difference.findings_opened.iter();
    lines.extend(opened.map(|found| say("finding opened", found)));
    let closed = difference.findings_closed.iter();
    lines.extend(closed.map(|found| say("finding no longer open", found)));
    for change in &difference.findings_changed {
        let how = how_changed(change);
        lines.push(format!("{} ({how})", say("finding changed", &change.after)));
    }
}

fn how_changed(Change { before, after }: &Change<KnownFinding>) -> String {
    let day = |due: Option<Date>| due.map_or_else(|| "not set".to_owned(), |due| due.to_string());
    let severity = format!("severity {} before", graded(before.severity));
    let due = format!("due {} before, {} now", day(before.due), day(after.due));
    let (had, has) = (before.replies.len(), after.replies.len());
    let replies = format!("replies {had} before, {has} now");
    let how = [
        (before.severity != after.severity, severity),
        (before.due != after.due, due),
        (before.replies != after.replies, replies),
    ];
    let how = how.into_iter().filter_map(|(is, what)| is.then_some(what));
    how.collect::<Vec<_>>().join("; ")
}

fn gaps(difference: &Difference, lines: &mut Vec<String>) {
    for unknown in &difference.unknowns_came {
        lines.push(format!(
            "unknown now: {}: {}",
            unknown.code, unknown.sentence
        ));
    }
    for unknown in &difference.unknowns_went {
        let line = format!("no longer unknown: {}: {}", unknown.code, unknown.sentence);
        lines.push(line);
    }
    for gap in &difference.not_evaluated_came {
        lines.push(format!(
            "not evaluated now: {} ({} absent)",
            gap.rule, gap.field
        ));
    }
    for gap in &difference.not_evaluated_went {
        let line = format!(
            "no longer left out: {} ({} was absent)",
            gap.rule, gap.field
        );
        lines.push(line);
    }
}

fn changed(what: &str, change: &Change<impl Display>) -> String {
    let Change { before, after } = change;
    format!("{what}: {before} before, {after} now")
}

fn graded(severity: Option<u8>) -> String {
    severity.map_or_else(|| "not graded".to_owned(), |severity| severity.to_string())
}

fn counted(what: &str, count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 entry {what}")),
        more => Some(format!("{more} entries {what}")),
    }
}
