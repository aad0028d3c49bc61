//! A difference in the words of the catalogue.

use super::{Change, Difference};
use crate::messages::{Sentence, Value};
use crate::rules::snapshot::{KnownFinding, KnownIndicator, KnownUnknown};
use crate::time::Date;

/// What differs, one sentence each.
pub(super) fn sentences(difference: &Difference) -> Vec<Sentence> {
    let mut said = Vec::new();
    asked(difference, &mut said);
    let outcome = difference.outcome.as_ref();
    said.extend(outcome.map(|change| {
        let (before, after) = (change.before.as_str(), change.after.as_str());
        changed("changed-outcome", before, after)
    }));
    let severity = difference.worst_severity.as_ref();
    said.extend(severity.map(|change| {
        let (before, after) = (graded(change.before), graded(change.after));
        changed("changed-worst-severity", before, after)
    }));
    indicators(difference, &mut said);
    findings(difference, &mut said);
    gaps(difference, &mut said);
    said.extend(counted("entries-came", difference.entries_came.len()));
    said.extend(counted("entries-went", difference.entries_went.len()));
    said
}

/// What was asked differently: no difference in what is known by itself.
fn asked(difference: &Difference, said: &mut Vec<Sentence>) {
    let edition = difference.edition.as_ref();
    said.extend(edition.map(|Change { before, after }| {
        changed("changed-edition", before.as_str(), after.as_str())
    }));
    let as_of = difference.as_of.as_ref();
    said.extend(as_of.map(|Change { before, after }| {
        changed("changed-as-of", Value::text(before), Value::text(after))
    }));
    let known_at = difference.known_at.as_ref();
    said.extend(known_at.map(|Change { before, after }| {
        let (before, after) = (
            day(*before, "page-known-now"),
            day(*after, "page-known-now"),
        );
        changed("changed-known-at", before, after)
    }));
    let came = difference.subjects_came.iter();
    said.extend(came.map(|id| Sentence::new("id-came").with_text("id", id)));
    let went = difference.subjects_went.iter();
    said.extend(went.map(|id| Sentence::new("id-went").with_text("id", id)));
}

fn indicators(difference: &Difference, said: &mut Vec<Sentence>) {
    let say = |id: &'static str, found: &KnownIndicator| {
        Sentence::new(id)
            .with("rule", found.rule.as_str())
            .with("severity", u32::from(found.severity))
            .with("sentence", found.sentence.value())
    };
    let came = difference.indicators_came.iter();
    said.extend(came.map(|found| say("indicator-came", found)));
    let went = difference.indicators_went.iter();
    said.extend(went.map(|found| say("indicator-went", found)));
    for Change { before, after } in &difference.indicators_changed {
        let how = if before.severity != after.severity {
            severity_before(graded(Some(before.severity)))
        } else if before.rests_on != after.rests_on {
            Sentence::new("other-entries-than-before")
        } else if after.adverse {
            Sentence::new("not-adverse-before")
        } else {
            Sentence::new("adverse-before")
        };
        said.push(say("indicator-changed", after).with("how", how));
    }
}

fn findings(difference: &Difference, said: &mut Vec<Sentence>) {
    let say = |id: &'static str, found: &KnownFinding| {
        Sentence::new(id)
            .with("topic", Value::word(&found.topic))
            .with("clause", found.clause.as_str())
            .with("severity", graded(found.severity))
            .with_text("entry", found.entry)
    };
    let opened = difference.findings_opened.iter();
    said.extend(opened.map(|found| say("finding-came", found)));
    let closed = difference.findings_closed.iter();
    said.extend(closed.map(|found| say("finding-went", found)));
    for change in &difference.findings_changed {
        said.push(say("finding-changed", &change.after).with("how", how_changed(change)));
    }
}

fn how_changed(Change { before, after }: &Change<KnownFinding>) -> Value {
    let severity = severity_before(graded(before.severity));
    let (had, has) = (
        day(before.due, "due-not-set"),
        day(after.due, "due-not-set"),
    );
    let due = changed("changed-due", had, has);
    let (had, has) = (before.replies.len(), after.replies.len());
    let replies = changed("changed-replies", had, has);
    let how = [
        (before.severity != after.severity, severity),
        (before.due != after.due, due),
        (before.replies != after.replies, replies),
    ];
    let how = how.into_iter().filter_map(|(is, what)| is.then_some(what));
    Value::List(how.map(Value::from).collect())
}

fn gaps(difference: &Difference, said: &mut Vec<Sentence>) {
    let say = |id: &'static str, unknown: &KnownUnknown| {
        Sentence::new(id)
            .with("code", unknown.code.as_str())
            .with("sentence", unknown.sentence.value())
    };
    let came = difference.unknowns_came.iter();
    said.extend(came.map(|unknown| say("unknown-came", unknown)));
    let went = difference.unknowns_went.iter();
    said.extend(went.map(|unknown| say("unknown-went", unknown)));
    for (id, gaps) in [
        ("not-evaluated-came", &difference.not_evaluated_came),
        ("not-evaluated-went", &difference.not_evaluated_went),
    ] {
        said.extend(gaps.iter().map(|gap| {
            Sentence::new(id)
                .with("rule", gap.rule.as_str())
                .with("field", gap.field.as_str())
        }));
    }
}

fn changed(id: &'static str, before: impl Into<Value>, after: impl Into<Value>) -> Sentence {
    Sentence::new(id)
        .with("before", before)
        .with("after", after)
}

fn severity_before(before: Value) -> Sentence {
    Sentence::new("severity-before").with("before", before)
}

fn graded(severity: Option<u8>) -> Value {
    let not_graded = || Sentence::new("page-not-graded").into();
    severity.map_or_else(not_graded, |severity| u32::from(severity).into())
}

/// A date, or what is said where there is none.
fn day(day: Option<Date>, none: &'static str) -> Value {
    day.map_or_else(|| Sentence::new(none).into(), Value::text)
}

fn counted(id: &'static str, count: usize) -> Option<Sentence> {
    (count > 0).then(|| Sentence::new(id).with("count", count))
}
