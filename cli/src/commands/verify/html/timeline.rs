//! The entries along time: when it happened, and when it was proved to be known.

use super::super::words::Words;
use super::Shown;
use super::entries::caption;
use super::scale::{Scale, Tick, WIDTH, label};
use fairtrail::messages::Sentence;
use fairtrail::rules::{EntryLine, Verdict};

/// Lanes drawn at most; the table lists every entry.
const LANES: usize = 40;
const LANE: usize = 22;
const MIDDLE: u32 = 11;
const TOP: u32 = 34;

/// The drawing.
pub(super) struct Timeline {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bottom: u32,
    pub(super) ticks: Vec<Tick>,
    pub(super) as_of: u32,
    pub(super) lanes: Vec<Lane>,
    /// Said where not every entry is drawn.
    pub(super) some: Option<Shown>,
    pub(super) summary: Shown,
}

/// One entry.
pub(super) struct Lane {
    pub(super) y: u32,
    pub(super) text_y: u32,
    pub(super) caption: Shown,
    pub(super) title: Shown,
    pub(super) happened: Option<u32>,
    /// Left edge of the square.
    pub(super) known: Option<u32>,
    /// From where to where nobody could know of it here.
    pub(super) between: Option<(u32, u32)>,
}

/// The timeline; nothing where there is no entry with a date.
pub(super) fn timeline(verdict: &Verdict, words: Words) -> Option<Timeline> {
    let all = verdict.entries.iter().chain(&verdict.related_entries);
    let mut dated: Vec<_> = all
        .filter(|line| line.happened.is_some() || line.not_after.is_some())
        .collect();
    let order = |line: &&EntryLine| {
        let known = line.not_after.map(fairtrail::time::Timestamp::date);
        (line.happened.or(known), known, line.id)
    };
    dated.sort_by_key(order);
    let count = dated.len();
    let drawn = dated.split_off(count.saturating_sub(LANES));
    let dates = drawn.iter().flat_map(|line| {
        let known = line.not_after.map(fairtrail::time::Timestamp::date);
        line.happened.into_iter().chain(known)
    });
    let dates: Vec<_> = dates.collect();
    let scale = Scale::over(dates.iter().copied().chain([verdict.as_of]))?;
    if dates.is_empty() {
        return None;
    }
    let bottom = (TOP..).step_by(LANE).nth(drawn.len()).unwrap_or(TOP);
    let some = Sentence::new("page-timeline-some")
        .with("shown", drawn.len())
        .with("all", count);
    let lanes = (TOP..).step_by(LANE).zip(&drawn);
    Some(Timeline {
        width: WIDTH,
        height: bottom + 8,
        bottom,
        ticks: scale.ticks(),
        as_of: scale.x(verdict.as_of),
        summary: Shown::new(words.label("page-timeline-note")),
        some: (drawn.len() < count).then(|| Shown::new(words.say(&some))),
        lanes: lanes
            .map(|(top, line)| lane(top, line, &scale, words))
            .collect(),
    })
}

fn lane(top: u32, line: &EntryLine, scale: &Scale, words: Words) -> Lane {
    let date = line.not_after.map(fairtrail::time::Timestamp::date);
    let (happened, known) = (
        line.happened.map(|day| scale.x(day)),
        date.map(|day| scale.x(day)),
    );
    let dates = [
        line.happened.map(|day| (day, "page-happened")),
        date.map(|day| (day, "page-known")),
    ];
    let dates = dates.into_iter().flatten();
    let dates: Vec<_> = dates
        .map(|(day, id)| format!("{} {day}", words.label(id)))
        .collect();
    Lane {
        y: top + MIDDLE,
        text_y: top + MIDDLE + 4,
        caption: label(&caption(line)),
        title: Shown::new(format!("{}: {}", line.kind, dates.join(", "))),
        happened,
        known: known.map(|x| x.saturating_sub(5)),
        between: happened.zip(known).filter(|(from, to)| from < to),
    }
}
