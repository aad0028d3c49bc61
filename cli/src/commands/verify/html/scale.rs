//! A time axis in whole units of a drawing: the same numbers everywhere.

use super::Shown;
use fairtrail::time::Date;

/// Where the axis begins and how long it is.
const LEFT: u32 = 250;
const LENGTH: u32 = 730;
/// Characters that have room before it.
const LABEL: usize = 33;
/// Marks on the axis, at most.
const TICKS: u32 = 9;
/// Width of the whole drawing.
pub(super) const WIDTH: u32 = 1000;

/// A mark on the axis.
pub(super) struct Tick {
    pub(super) x: u32,
    pub(super) label: Shown,
}

/// A text that has room before the axis.
pub(super) fn label(text: &str) -> Shown {
    let short: String = text.chars().take(LABEL).collect();
    if short.len() == text.len() {
        return Shown::new(text);
    }
    Shown::new(short + "…")
}

/// From a first day to a last one.
pub(super) struct Scale {
    from: u32,
    to: u32,
}

impl Scale {
    /// An axis that shows all of `dates`, with a little room at both ends.
    pub(super) fn over(dates: impl IntoIterator<Item = Date>) -> Option<Self> {
        let days = dates.into_iter().map(Date::days);
        let (from, to) = days.fold(None, |span: Option<(u32, u32)>, day| {
            let (from, to) = span.unwrap_or((day, day));
            Some((from.min(day), to.max(day)))
        })?;
        let room = ((to - from) / 20).max(10);
        Some(Self {
            from: from.saturating_sub(room),
            to: to.saturating_add(room),
        })
    }

    /// Where a day lies; days beyond an end lie on that end.
    pub(super) fn x(&self, date: Date) -> u32 {
        let day = date.days().clamp(self.from, self.to);
        let along = u64::from(day - self.from) * u64::from(LENGTH);
        let x = along / u64::from(self.to - self.from);
        LEFT + u32::try_from(x).unwrap_or(LENGTH)
    }

    /// The first and the last place.
    pub(super) const fn ends() -> (u32, u32) {
        (LEFT, LEFT + LENGTH)
    }

    /// Beginnings of years or months, not too many.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let months = (self.to - self.from) / 30 + 1;
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
        let step = steps.into_iter().find(|step| months / step < TICKS);
        let step = step.unwrap_or(6000);
        let first = Date::from_days(self.from).map(|day| day.to_string());
        let year = first.and_then(|day| day.get(..4)?.parse::<u32>().ok());
        let year = year.unwrap_or(1970) / (step / 12).max(1) * (step / 12).max(1);
        let starts = (0..).map(|count| year * 12 + count * step);
        let days = starts.map_while(|month| {
            let label = format!("{:04}-{:02}", month / 12, month % 12 + 1);
            let day: Date = format!("{label}-01").parse().ok()?;
            Some((day, label))
        });
        let shown = days
            .take_while(|(day, _)| day.days() <= self.to)
            .filter(|(day, _)| day.days() >= self.from);
        let tick = |(day, label): (Date, String)| Tick {
            x: self.x(day),
            label: Shown::new(if step % 12 == 0 { &label[..4] } else { &label }),
        };
        shown.map(tick).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(from: &str, to: &str) -> Scale {
        Scale::over([from.parse().unwrap(), to.parse().unwrap()]).unwrap()
    }

    #[test]
    fn every_day_lies_on_the_axis_in_order() {
        let scale = scale("2026-01-01", "2026-12-31");
        let (first, last) = Scale::ends();
        let at = |day: &str| scale.x(day.parse().unwrap());
        assert_eq!(at("1970-01-01"), first);
        assert_eq!(at("9999-12-31"), last);
        assert!(first < at("2026-01-01") && at("2026-01-01") < at("2026-06-01"));
        assert!(at("2026-12-31") < last);
        assert!(Scale::over([]).is_none());
    }

    #[test]
    fn marks_are_few_whatever_the_span() {
        for (from, to) in [
            ("2026-03-01", "2026-03-01"),
            ("2026-03-01", "2026-09-01"),
            ("2020-03-01", "2026-09-01"),
            ("1970-01-01", "9999-12-31"),
        ] {
            let ticks = scale(from, to).ticks().len();
            assert!(ticks <= 10, "{from} {to} {ticks}");
        }
        let labels = scale("2026-01-05", "2026-06-25").ticks();
        assert_eq!(labels[0].label, Shown::new("2026-01"));
        let labels = scale("2016-01-05", "2026-06-25").ticks();
        assert_eq!(labels[0].label, Shown::new("2016"));
    }
}
