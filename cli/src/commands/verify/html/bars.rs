//! The validity of licences as bars with uncertain ends, over the months of recruitment.

use super::super::words::{Words, join};
use super::Shown;
use super::results::source;
use super::scale::{Scale, Tick, WIDTH, label};
use fairtrail::messages::Sentence;
use fairtrail::rules::{LicenceSegment, LicenceView, Moment, Verdict};
use fairtrail::time::{Date, Month};
use std::collections::BTreeSet;

const LANE: usize = 46;
const TOP: u32 = 34;
/// Lanes drawn at most; the tables list every licence.
const LANES: usize = 24;
/// How far back and ahead of the date asked about an end without an end is drawn, in days.
const REACH: u32 = 366;

/// The drawing.
pub(super) struct Bars {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bottom: u32,
    pub(super) ticks: Vec<Tick>,
    pub(super) as_of: u32,
    /// Months of recruitment: place, width, and what was known of licences then and is now.
    pub(super) recruited: Vec<(u32, u32, Shown)>,
    pub(super) recruited_title: Option<Shown>,
    pub(super) lanes: Vec<Lane>,
    pub(super) summary: Shown,
}

/// One licence.
pub(super) struct Lane {
    pub(super) text_y: u32,
    pub(super) second_y: u32,
    pub(super) caption: Shown,
    pub(super) source: Shown,
    pub(super) bar_y: u32,
    pub(super) bars: Vec<Bar>,
}

/// One stretch of a bar.
pub(super) struct Bar {
    pub(super) x: u32,
    pub(super) width: u32,
    pub(super) class: &'static str,
    pub(super) title: Shown,
    /// The status, where there is room for it.
    pub(super) text: Option<Shown>,
    pub(super) text_x: u32,
    pub(super) text_y: u32,
}

/// The bars; nothing where no interval of any licence is known.
pub(super) fn bars(verdict: &Verdict, words: Words) -> Option<Bars> {
    let views: Vec<_> = verdict
        .licences
        .iter()
        .filter(|view| !view.segments.is_empty())
        .take(LANES)
        .collect();
    let months = recruited(verdict);
    let segments = views.iter().flat_map(|view| &view.segments);
    let starts = segments.clone().map(|segment| segment.certain_from);
    let ends = segments.flat_map(|segment| [Some(segment.seen_until), segment.ended_by]);
    let latest = verdict.as_of.plus_days(REACH);
    let near = |date: &Date| *date <= latest;
    let ends = ends.flatten().filter(near);
    let recruitment = months
        .iter()
        .flat_map(|month| [month.first(), month.last()]);
    let dates = starts.filter(near).chain(ends).chain(recruitment);
    let scale = Scale::over(dates.chain([verdict.as_of]))?;
    if views.is_empty() {
        return None;
    }
    let bottom = (TOP..).step_by(LANE).nth(views.len()).unwrap_or(TOP);
    let band = |month: &Month| {
        let (from, to) = (scale.x(month.first()), scale.x(month.last()));
        (from, (to - from).max(1), known(verdict, *month, words))
    };
    let lanes = (TOP..).step_by(LANE).zip(&views);
    let names = Sentence::new("page-recruited").with_text("months", join(&months));
    Some(Bars {
        width: WIDTH,
        height: bottom + 8,
        bottom,
        ticks: scale.ticks(),
        as_of: scale.x(verdict.as_of),
        recruited: months.iter().map(band).collect(),
        recruited_title: (!months.is_empty()).then(|| Shown::new(words.say(&names))),
        lanes: lanes
            .map(|(top, view)| lane(top, view, &scale, words))
            .collect(),
        summary: Shown::new(words.label("page-licences-note")),
    })
}

/// What is known of the licences recruited under in a month, and what was at its end.
fn known(verdict: &Verdict, month: Month, words: Words) -> Shown {
    let rows = verdict.recruited_under.iter();
    let rows = rows.filter(|row| row.month == month);
    let rows: Vec<_> = rows.map(|row| words.recruited_under(row)).collect();
    if rows.is_empty() {
        let month = Sentence::new("page-recruited").with_text("months", month);
        return Shown::new(words.say(&month));
    }
    Shown::new(rows.join("; "))
}

/// The months in which workers are reported to have been recruited.
fn recruited(verdict: &Verdict) -> BTreeSet<Month> {
    let mut months = BTreeSet::new();
    for line in &verdict.entries {
        let month = |field: &str| {
            let stated = line.states.iter().find(|stated| stated.field == field)?;
            stated.value.parse::<Month>().ok()
        };
        let (Some(from), Some(to)) = (month("recruited_from"), month("recruited_to")) else {
            continue;
        };
        let days = std::iter::successors(Some(from.first()), |day| Some(day.plus_days(28)));
        // The rules look at ten years at most, and so does the drawing.
        let within = days.take_while(|day| *day <= to.last()).take(131);
        months.extend(within.map(Month::of));
        months.insert(to);
    }
    months
}

fn lane(top: u32, view: &LicenceView, scale: &Scale, words: Words) -> Lane {
    let mut bars = Vec::new();
    for (at, segment) in view.segments.iter().enumerate() {
        let previous = at.checked_sub(1).and_then(|at| view.segments.get(at));
        let begun = segment.began_after.or(previous.map(|one| one.seen_until));
        if let Some(after) = begun.filter(|after| *after < segment.certain_from) {
            bars.extend(stretch(
                top,
                (after, segment.certain_from),
                "maybe",
                "",
                scale,
            ));
        }
        let (class, status) = (class(view, segment), words.word(&segment.status));
        let until = segment.seen_until.plus_days(1);
        bars.extend(stretch(
            top,
            (segment.certain_from, until),
            class,
            &status,
            scale,
        ));
        let next = view.segments.get(at + 1);
        if let (Some(by), None) = (segment.ended_by, next) {
            bars.extend(stretch(top, (segment.seen_until, by), "maybe", "", scale));
        }
    }
    Lane {
        text_y: top + 20,
        second_y: top + 34,
        caption: label(view.subject.as_ref()),
        source: label(&source(view, words)),
        bar_y: top + 14,
        bars,
    }
}

/// Only what is known for certain has a plain colour.
fn class(view: &LicenceView, segment: &LicenceSegment) -> &'static str {
    if view.unresolved || segment.doubtful {
        return "maybe";
    }
    match Moment::of(&segment.status, BTreeSet::new()) {
        Moment::InForce { .. } => "in-force",
        Moment::Lapsed { .. } => "lapsed",
        Moment::NotInForce { .. } => "not-in-force",
        Moment::Unknown { .. } => "maybe",
    }
}

fn stretch(
    top: u32,
    (from, to): (Date, Date),
    class: &'static str,
    status: &str,
    scale: &Scale,
) -> Option<Bar> {
    let (x, end) = (scale.x(from), scale.x(to));
    let (first, last) = Scale::ends();
    // All of it lies beyond an end of the drawing.
    if to < from || (x == end && (x == first || x == last)) {
        return None;
    }
    let width = end.saturating_sub(x).max(1);
    let room = u32::try_from(status.chars().count() * 8 + 8).unwrap_or(u32::MAX);
    let name = if status.is_empty() { "?" } else { status };
    Some(Bar {
        x,
        width,
        class,
        title: Shown::new(format!("{name}: {from} – {to}")),
        text: (!status.is_empty() && room <= width).then(|| Shown::new(status)),
        text_x: x + 5,
        text_y: top + 29,
    })
}
