//! What the rules found, what is open, and what is not known, as rows.

use super::super::words::{Words, is_endless, join, short};
use super::Shown;
use super::entries::{Cited, by_id, cited};
use fairtrail::id::EntryId;
use fairtrail::messages::{Sentence, label};
use fairtrail::rules::{
    Force, IloState, LicenceSegment, LicenceView, OpenFinding, RecruitedUnder, Verdict,
};

/// One ILO indicator.
pub(super) struct Ilo {
    pub(super) number: u8,
    pub(super) name: Shown,
    pub(super) state: Shown,
    pub(super) class: &'static str,
    pub(super) severity: Shown,
    pub(super) found_by: Shown,
    pub(super) missing: Shown,
}

/// A rule that found something.
pub(super) struct Indicator {
    pub(super) rule: Shown,
    pub(super) title: Shown,
    pub(super) severity: Shown,
    pub(super) ilo: Shown,
    pub(super) weight: Shown,
    pub(super) class: &'static str,
    pub(super) sentence: Shown,
    pub(super) marks: Shown,
    pub(super) rests_on: Vec<Cited>,
    pub(super) replies: Vec<Reply>,
}

/// An open finding.
pub(super) struct Finding {
    pub(super) topic: Shown,
    pub(super) severity: Shown,
    pub(super) ilo: Shown,
    pub(super) sentence: Shown,
    pub(super) due: Shown,
    pub(super) state: Option<Shown>,
    pub(super) marks: Shown,
    pub(super) rests_on: Vec<Cited>,
    pub(super) replies: Vec<Reply>,
    pub(super) no_reply: Shown,
}

/// A reply, in its author's words.
pub(super) struct Reply {
    pub(super) head: Shown,
    pub(super) id: Shown,
    pub(super) texts: Vec<(Shown, Vec<Shown>)>,
    pub(super) incomplete: bool,
}

/// Something that is not known.
pub(super) struct Unknown {
    pub(super) code: Shown,
    pub(super) sentence: Shown,
    pub(super) rests_on: Vec<Cited>,
}

/// A rule with a field that is absent.
pub(super) struct NotEvaluated {
    pub(super) rule: Shown,
    pub(super) title: Shown,
    pub(super) absent: Shown,
}

/// A licence and its intervals.
pub(super) struct Licence {
    pub(super) subject: Shown,
    pub(super) source: Shown,
    pub(super) unresolved: bool,
    pub(super) on_date: Shown,
    pub(super) segments: Vec<Segment>,
}

/// One interval.
pub(super) struct Segment {
    pub(super) status: Shown,
    pub(super) doubtful: bool,
    pub(super) began_after: Shown,
    pub(super) certain_from: Shown,
    pub(super) last_known: Shown,
    pub(super) ended_by: Shown,
}

/// A licence in a month of recruitment.
pub(super) struct Recruited {
    pub(super) licence: Shown,
    pub(super) month: Shown,
    pub(super) now: Shown,
    pub(super) recorded: Shown,
    pub(super) known_at: Shown,
    pub(super) then: Shown,
    pub(super) class: &'static str,
}

/// How a state is coloured.
pub(super) const fn state_class(state: IloState) -> &'static str {
    match state {
        IloState::Reported => "bad",
        IloState::NothingReported => "",
        IloState::Unknown | IloState::NotEvaluated => "warn",
    }
}

pub(super) fn ilo(verdict: &Verdict, words: Words) -> Vec<Ilo> {
    let row = |line: &fairtrail::rules::IloLine| {
        let reported = line.state == IloState::Reported;
        let severity = if reported {
            words.severity(line.worst_severity)
        } else {
            String::new()
        };
        let count = Sentence::new("page-open-findings-count").with("count", line.findings.len());
        let findings = (!line.findings.is_empty()).then(|| words.say(&count));
        let rules = line.rules.iter().map(ToString::to_string);
        let gaps = line.unknowns.iter().map(ToString::to_string);
        let absent = line.not_evaluated.iter().map(ToString::to_string);
        Ilo {
            number: line.number,
            name: Shown::new(words.label(&format!("ilo-{}", line.number))),
            state: Shown::new(words.ilo_state(line.state)),
            class: state_class(line.state),
            severity: Shown::new(severity),
            found_by: Shown::new(join(rules.chain(findings))),
            missing: Shown::new(join(gaps.chain(absent))),
        }
    };
    verdict.ilo.iter().map(row).collect()
}

pub(super) fn indicators(verdict: &Verdict, words: Words) -> Vec<Indicator> {
    let lines = by_id(verdict);
    let row = |found: &fairtrail::rules::Indicator| {
        let class = match (found.adverse, found.inquiry) {
            (true, _) => "bad",
            (false, true) => "warn",
            (false, false) => "",
        };
        Indicator {
            rule: Shown::new(found.rule),
            title: Shown::new(title(found.rule, words)),
            severity: Shown::new(words.severity(Some(found.severity))),
            ilo: Shown::new(words.ilo_numbers(found.ilo)),
            weight: Shown::new(words.weight(found)),
            class,
            sentence: Shown::new(words.say(&found.sentence)),
            marks: Shown::new(words.words(&found.marks)),
            rests_on: cited(&lines, &found.rests_on, words),
            replies: replies(verdict, &found.rests_on, words),
        }
    };
    verdict.indicators.iter().map(row).collect()
}

pub(super) fn findings(verdict: &Verdict, words: Words) -> Vec<Finding> {
    let lines = by_id(verdict);
    let row = |found: &OpenFinding| {
        let state = found.state.as_ref().map(|state| {
            let state = Sentence::new("page-stands").with_text("state", words.word(state));
            Shown::new(words.say(&state))
        });
        Finding {
            topic: Shown::new(words.word(&found.topic)),
            severity: Shown::new(words.severity(found.severity)),
            ilo: Shown::new(words.ilo_numbers(found.ilo)),
            sentence: Shown::new(words.finding(found)),
            due: Shown::new(words.due(found, verdict.as_of)),
            state,
            marks: Shown::new(words.words(&found.marks)),
            rests_on: cited(&lines, &[found.entry], words),
            replies: replies(verdict, &[found.entry], words),
            no_reply: Shown::new(words.no_reply(found.reply_by, verdict.as_of)),
        }
    };
    verdict.open_findings.iter().map(row).collect()
}

fn replies(verdict: &Verdict, answered: &[EntryId], words: Words) -> Vec<Reply> {
    let answers = |reply: &&fairtrail::rules::ReplyView| {
        reply.answers.iter().any(|entry| answered.contains(entry))
    };
    let row = |reply: &fairtrail::rules::ReplyView| {
        let text = |text: &fairtrail::rules::ReplyText| {
            let name = format!("{} ({})", words.word(&text.field), text.lang);
            let lines = text.text.split('\n').map(Shown::new);
            (Shown::new(name), lines.collect())
        };
        Reply {
            head: Shown::new(words.reply(reply)),
            id: Shown::new(reply.entry),
            texts: reply.texts.iter().map(text).collect(),
            incomplete: reply.withheld > 0,
        }
    };
    verdict.replies.iter().filter(answers).map(row).collect()
}

pub(super) fn unknowns(verdict: &Verdict, words: Words) -> Vec<Unknown> {
    let lines = by_id(verdict);
    let row = |unknown: &fairtrail::rules::Unknown| Unknown {
        code: Shown::new(unknown.code),
        sentence: Shown::new(words.say(&unknown.sentence)),
        rests_on: cited(&lines, &unknown.rests_on, words),
    };
    verdict.unknowns.iter().map(row).collect()
}

pub(super) fn not_evaluated(verdict: &Verdict, words: Words) -> Vec<NotEvaluated> {
    let row = |item: &fairtrail::rules::NotEvaluated| NotEvaluated {
        rule: Shown::new(item.rule),
        title: Shown::new(title(item.rule, words)),
        absent: Shown::new(words.absent(item.field, item.statements)),
    };
    verdict.not_evaluated.iter().map(row).collect()
}

pub(super) fn licences(verdict: &Verdict, words: Words) -> Vec<Licence> {
    let row = |view: &LicenceView| Licence {
        subject: Shown::new(&view.subject),
        source: Shown::new(source(view, words)),
        unresolved: view.unresolved,
        on_date: Shown::new(words.moment(&view.as_of)),
        segments: view
            .segments
            .iter()
            .map(|one| segment(one, words))
            .collect(),
    };
    verdict.licences.iter().map(row).collect()
}

pub(super) fn recruited(verdict: &Verdict, words: Words) -> Vec<Recruited> {
    let row = |row: &RecruitedUnder| Recruited {
        licence: Shown::new(&row.licence),
        month: Shown::new(row.month),
        now: Shown::new(words.say(&row.now.sentence())),
        recorded: Shown::new(words.recorded(row)),
        known_at: Shown::new(row.known_at),
        then: Shown::new(words.say(&row.then.sentence())),
        class: match row.now {
            Force::InForce => "",
            Force::Lapsed => "bad",
            Force::NotInForce | Force::Unknown => "warn",
        },
    };
    verdict.recruited_under.iter().map(row).collect()
}

/// Who says so, and of which route.
pub(super) fn source(view: &LicenceView, words: Words) -> String {
    let who = view
        .stated_by
        .map_or_else(String::new, |author| short(&author));
    let sentence = Sentence::new("page-licence-source")
        .with_text("source", words.word(view.source))
        .with_text("who", who);
    let route = view.route.as_ref();
    let route = route.map_or_else(String::new, |route| format!(", {route}"));
    words.say(&sentence) + &route
}

fn segment(segment: &LicenceSegment, words: Words) -> Segment {
    let or = |date: Option<fairtrail::time::Date>, id: &str| {
        Shown::new(date.map_or_else(|| words.label(id), |date| date.to_string()))
    };
    Segment {
        status: Shown::new(words.word(&segment.status)),
        doubtful: segment.doubtful,
        began_after: or(segment.began_after, "page-start-unknown"),
        certain_from: Shown::new(segment.certain_from),
        last_known: or(
            Some(segment.seen_until).filter(|_| !is_endless(segment)),
            "page-still-open",
        ),
        ended_by: or(segment.ended_by, "page-still-open"),
    }
}

/// What a rule points at.
fn title(rule: &str, words: Words) -> String {
    label(&format!("rule-{}", rule.to_lowercase()), words.language)
}
