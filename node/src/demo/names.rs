//! What the placeholders of a scenario stand for.

use super::WorldError;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Month};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Names known so far; entries are added as they are signed.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) today: Date,
    pub(super) authors: BTreeMap<String, AuthorId>,
    pub(super) subjects: BTreeMap<String, String>,
    pub(super) entries: BTreeMap<String, EntryId>,
}

impl Names {
    /// Replaces every placeholder in every string of `table`.
    pub(super) fn fill_table(&self, table: &mut Table) -> Result<(), WorldError> {
        table.iter_mut().try_for_each(|(_, value)| self.fill(value))
    }

    fn fill(&self, value: &mut Value) -> Result<(), WorldError> {
        match value {
            Value::String(text) => *text = self.text(text)?,
            Value::Array(values) => {
                for value in values {
                    self.fill(value)?;
                }
            }
            Value::Table(table) => self.fill_table(table)?,
            _ => {}
        }
        Ok(())
    }

    /// The text with its placeholders replaced, also those that come out of a replacement.
    pub(super) fn text(&self, text: &str) -> Result<String, WorldError> {
        let mut text = text.to_owned();
        while let Some((before, rest)) = text.split_once('{') {
            let (name, after) = rest.split_once('}').ok_or_else(|| unknown(rest))?;
            text = format!("{before}{}{after}", self.lookup(name)?);
        }
        Ok(text)
    }

    pub(super) fn author(&self, name: &str) -> Result<AuthorId, WorldError> {
        self.authors.get(name).copied().ok_or_else(|| unknown(name))
    }

    pub(super) fn subject(&self, name: &str) -> Result<SubjectId, WorldError> {
        let text = self.text(&format!("{{subject.{name}}}"))?;
        text.parse().map_err(|_| unknown(name))
    }

    /// The name of a subject; the id itself where it has none.
    pub(super) fn of_subject(&self, subject: &SubjectId) -> String {
        let mut names = self.subjects.keys();
        let name = names.find(|name| self.subject(name).is_ok_and(|id| id == *subject));
        name.cloned().unwrap_or_else(|| subject.to_string())
    }

    fn lookup(&self, name: &str) -> Result<String, WorldError> {
        if let Some((sort, rest)) = name.split_once('.') {
            let found = match sort {
                "author" => self.authors.get(rest).map(ToString::to_string),
                "entry" => self.entries.get(rest).map(ToString::to_string),
                "subject" => self.subjects.get(rest).cloned(),
                "row" => self.row(rest),
                _ => None,
            };
            return found.ok_or_else(|| unknown(name));
        }
        self.date(name).ok_or_else(|| unknown(name))
    }

    /// A row of a watched register; a real observer's ids are random, these follow from the name.
    fn row(&self, name: &str) -> Option<String> {
        let (observer, row) = name.split_once('.')?;
        let digest = blake3::hash(row.as_bytes());
        let id = digest.as_bytes().first_chunk::<16>()?;
        Some(SubjectId::row(*self.authors.get(observer)?, *id).to_string())
    }

    fn date(&self, name: &str) -> Option<String> {
        let at = name.find(['+', '-']).unwrap_or(name.len());
        let (word, offset) = name.split_at(at);
        let offset: i64 = if offset.is_empty() {
            0
        } else {
            offset.parse().ok()?
        };
        let moved = |from: u32| u32::try_from(i64::from(from) + offset).ok();
        match word {
            "today" => moved(self.today.days())
                .and_then(Date::from_days)
                .map(|d| d.to_string()),
            "month" => {
                let month = moved(Month::of(self.today).months()).and_then(Month::from_months);
                month.map(|month| month.to_string())
            }
            "year" => Some((i64::from(self.today.parts().0) + offset).to_string()),
            _ => None,
        }
    }
}

fn unknown(name: &str) -> WorldError {
    WorldError::Name {
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            today: "2026-03-31".parse().unwrap(),
            authors: BTreeMap::from([("a".to_owned(), AuthorId::new([1; 32]))]),
            subjects: BTreeMap::from([("s".to_owned(), "{row.a.x}".to_owned())]),
            entries: BTreeMap::new(),
        }
    }

    #[test]
    fn dates_move_by_days_months_and_years() {
        let text = |text| names().text(text).unwrap();
        assert_eq!(text("{today}"), "2026-03-31");
        assert_eq!(text("{today-31}"), "2026-02-28");
        assert_eq!(text("from {month-3} to {month}"), "from 2025-12 to 2026-03");
        assert_eq!(text("{year-1}"), "2025");
    }

    #[test]
    fn names_nest_and_unknown_ones_are_errors() {
        assert!(names().text("{subject.s}").unwrap().starts_with("row:"));
        for bad in [
            "{subject.t}",
            "{entry.x}",
            "{week}",
            "{today-x}",
            "{",
            "{zz.a}",
        ] {
            assert!(names().text(bad).is_err(), "{bad}");
        }
    }
}
