//! The gaps in words. Nothing known is never said as nothing done.

use super::{Acknowledgement, Act, Deed, KnownLine, Lateness};
use crate::claim::AckAction;

impl KnownLine {
    /// When it could have been known from, in words.
    pub fn recorded_words(&self) -> String {
        let Some(recorded) = self.recorded else {
            return "not shown yet when it was recorded".to_owned();
        };
        let on = format!("recorded on {}", recorded.date());
        match self.lateness {
            Lateness::InTime { days: 0 } => format!("{on}, on the day"),
            Lateness::InTime { days } => format!("{on}, {} after the event", count(days.into())),
            Lateness::RecordedLate { days } => {
                format!("{on}, late: {} after the event", count(days.into()))
            }
            Lateness::Backfill => format!("{on}, declared as history loaded later"),
            Lateness::NoEvent | Lateness::Unknown => on,
        }
    }

    /// Whether and when `org` acknowledged it, in words.
    pub fn acknowledged_words(&self, org: &str) -> String {
        match &self.acknowledged {
            None => format!("not acknowledged by {org} as far as known"),
            Some(ack) => ack.words(org),
        }
    }
}

impl Acknowledgement {
    fn words(&self, org: &str) -> String {
        let gap = match self.days_after {
            Some(0) => " on the day it was recorded".to_owned(),
            Some(days) if days > 0 => format!(" {} later", count(days)),
            Some(days) => format!(" {} before it was recorded", count(days.saturating_neg())),
            None => String::new(),
        };
        let proved = self.recorded.map_or_else(
            || "not shown yet when that was recorded".to_owned(),
            |at| format!("recorded on {}", at.date()),
        );
        let action = self.action.as_ref().map_or_else(String::new, |action| {
            let on = self
                .action_on
                .map_or_else(String::new, |day| format!(" on {day}"));
            format!("; action stated: {}{on}", spoken(action))
        });
        let seen = self.seen_on;
        format!("acknowledged by {org}{gap} (seen on {seen} by its own word, {proved}){action}")
    }
}

impl Act {
    /// What was done, in words.
    pub fn words(&self) -> String {
        let what = match self.what {
            Deed::Acknowledged => "acknowledged again",
            Deed::FindingStatus => "status of the finding stated",
            Deed::LinkEnded => "supply link stated to have ended",
            Deed::Remedy => "remedy stated",
            Deed::Reply => "reply",
        };
        let detail = if self.detail.is_empty() {
            String::new()
        } else {
            format!(": {}", self.detail)
        };
        let on = self
            .on
            .map_or_else(String::new, |day| format!(", on {day} by its own word"));
        let recorded = self.recorded.map_or_else(
            || "not shown yet when it was recorded".to_owned(),
            |at| format!("recorded on {}", at.date()),
        );
        format!("{what}{detail}{on}, {recorded}")
    }
}

fn spoken(action: &AckAction) -> String {
    action.as_str().replace('_', " ")
}

fn count(days: i64) -> String {
    match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
