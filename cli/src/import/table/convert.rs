//! From a cell to the value of a field.

use crate::import::facilities::headcount;
use crate::import::name::slug;
use crate::import::sheet::ERROR;
use crate::import::{RowError, country};
use fairtrail::claim::{Band, Currency, Money};
use fairtrail::time::Date;
use toml::{Table, Value};

/// What a cell is turned into.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Convert {
    /// The text as it stands: a word, a code.
    #[default]
    Text,
    /// A count of people, or the word of a band.
    Band,
    /// Words to a code: lower case, with hyphens.
    Slug,
    /// A country by name or code.
    Country,
    /// A date, by day.
    Day,
    /// A date, by month.
    Month,
    /// A date, by year.
    Year,
    /// Texts parted by `separator`.
    List,
    /// An amount in `currency`.
    Money,
    /// A whole number that is no count of people.
    Number,
}

/// How cells are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) dates: &'a str,
    pub(super) separator: &'a str,
    pub(super) currency: Option<&'a Currency>,
}

impl Convert {
    /// The value that this cell means.
    pub(super) fn value(self, cell: &str, form: Form<'_>) -> Result<Value, RowError> {
        if cell == ERROR {
            let expected = "a value, not a formula without one";
            return Err(RowError::Value { expected });
        }
        let text = match self {
            Self::Text => cell.to_owned(),
            Self::Slug => slug(cell),
            Self::Country => country(cell)?.to_string(),
            Self::Band => band(cell)?.to_string(),
            Self::Day => Parts::read(cell, form.dates)?.day()?,
            Self::Month => Parts::read(cell, form.dates)?.month()?,
            Self::Year => Parts::read(cell, form.dates)?.year()?,
            Self::List => return Ok(list(cell, form.separator)),
            Self::Money => return money(cell, form.currency),
            Self::Number => {
                let expected = "a whole number, in digits alone";
                let number = cell.parse::<u32>().map(i64::from);
                let number = number.map_err(|_| RowError::Value { expected })?;
                return Ok(Value::Integer(number));
            }
        };
        Ok(Value::String(text))
    }
}

fn band(cell: &str) -> Result<Band, RowError> {
    match cell.parse() {
        Ok(band) => Ok(band),
        Err(_) => Ok(headcount(cell)?.band()),
    }
}

fn list(cell: &str, separator: &str) -> Value {
    let items = cell.split(separator).map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}

/// Digits, a point, and no more digits behind it than the currency has.
fn money(cell: &str, currency: Option<&Currency>) -> Result<Value, RowError> {
    let expected = "an amount in digits, with a point and as many decimals as the currency has";
    let wrong = || RowError::Value { expected };
    let currency = currency.ok_or_else(wrong)?;
    let (whole, minor) = cell.split_once('.').unwrap_or((cell, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(minor) || minor.len() > currency.digits() {
        return Err(wrong());
    }
    let width = currency.digits();
    let units = format!("{whole}{minor:0<width$}");
    let units = units.parse().map_err(|_| wrong())?;
    let money = Money::new(units, currency.clone()).ok_or_else(wrong)?;
    let minor_units = i64::try_from(money.minor_units()).map_err(|_| wrong())?;
    let mut table = Table::new();
    table.insert("minor_units".into(), Value::Integer(minor_units));
    table.insert("currency".into(), Value::String(currency.to_string()));
    Ok(Value::Table(table))
}

/// Forms of dates, and what each part is written as.
const FORMS: &[&str] = &[
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD.MM.YYYY",
    "DD-MM-YYYY",
    "YYYY/MM/DD",
    "YYYYMMDD",
    "YYYY-MM",
    "MM/YYYY",
    "MM.YYYY",
    "YYYY",
];

/// The form a mapping names, if there is such a one.
pub(super) fn date_form(text: &str) -> Option<&'static str> {
    FORMS.iter().find(|form| **form == text).copied()
}

/// Parts of a date, as far as they are written.
struct Parts {
    year: String,
    month: Option<String>,
    day: Option<String>,
    form: &'static str,
}

impl Parts {
    /// Reads a date of this form, or of `YYYY-MM-DD`, which reads as nothing else and is how cells of
    /// spreadsheets with real dates are handed on.
    fn read(cell: &str, form: &str) -> Result<Self, RowError> {
        let form = date_form(form).unwrap_or("YYYY-MM-DD");
        let read = Self::of_form(cell, form).or_else(|| Self::of_form(cell, "YYYY-MM-DD"));
        read.ok_or(RowError::Date { expected: form })
    }

    fn of_form(cell: &str, form: &'static str) -> Option<Self> {
        if cell.len() != form.len() || !cell.is_ascii() {
            return None;
        }
        let part = |letter: char| {
            let pairs = form.chars().zip(cell.chars());
            let digits: String = pairs
                .filter(|(f, _)| *f == letter)
                .map(|(_, c)| c)
                .collect();
            (!digits.is_empty()).then_some(digits)
        };
        let fits = form.chars().zip(cell.chars()).all(|(f, c)| {
            if f.is_ascii_uppercase() {
                c.is_ascii_digit()
            } else {
                f == c
            }
        });
        let parts = Self {
            year: part('Y')?,
            month: part('M'),
            day: part('D'),
            form,
        };
        let day = parts.day.as_deref().unwrap_or("01");
        let month = parts.month.as_deref().unwrap_or("01");
        let real = format!("{}-{month}-{day}", parts.year)
            .parse::<Date>()
            .is_ok();
        (fits && real).then_some(parts)
    }

    fn day(&self) -> Result<String, RowError> {
        match &self.day {
            Some(day) => Ok(format!("{}-{day}", self.month()?)),
            None => Err(RowError::Date {
                expected: self.form,
            }),
        }
    }

    fn month(&self) -> Result<String, RowError> {
        match &self.month {
            Some(month) => Ok(format!("{}-{month}", self.year)),
            None => Err(RowError::Date {
                expected: self.form,
            }),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as its two siblings")]
    fn year(&self) -> Result<String, RowError> {
        Ok(self.year.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(convert: Convert, cell: &str, dates: &str) -> Result<Value, RowError> {
        let currency = Currency::new("NPR").unwrap();
        let form = Form {
            dates,
            separator: ";",
            currency: Some(&currency),
        };
        convert.value(cell, form)
    }

    #[test]
    fn dates_are_read_in_the_form_that_is_named_and_no_other() {
        let text = |value: &str| Ok(Value::String(value.into()));
        let uk = "DD/MM/YYYY";
        assert_eq!(convert(Convert::Day, "03/04/2026", uk), text("2026-04-03"));
        assert_eq!(
            convert(Convert::Day, "03/04/2026", "MM/DD/YYYY"),
            text("2026-03-04")
        );
        assert_eq!(convert(Convert::Month, "2026-03-04", uk), text("2026-03"));
        assert_eq!(convert(Convert::Year, "03/2026", "MM/YYYY"), text("2026"));
        for bad in [
            "3/4/2026",
            "31/02/2026",
            "13-04-2026",
            "04/2026",
            "soon",
            "",
        ] {
            let expected = Err(RowError::Date { expected: uk });
            assert_eq!(convert(Convert::Day, bad, uk), expected, "{bad}");
        }
        assert!(convert(Convert::Day, "03/2026", "MM/YYYY").is_err());
    }

    #[test]
    fn counts_become_bands_and_amounts_whole_minor_units() {
        let text = |value: &str| Ok(Value::String(value.into()));
        assert_eq!(convert(Convert::Band, "7", ""), text("few"));
        assert_eq!(convert(Convert::Band, "20-49", ""), text("20-49"));
        assert!(convert(Convert::Band, "about 20", "").is_err());
        let money = convert(Convert::Money, "1500.5", "").unwrap();
        assert_eq!(money["minor_units"].as_integer(), Some(150_050));
        for bad in [
            "1,500",
            "1500.555",
            "-1",
            ".5",
            "NPR 5",
            "99999999999999999999",
        ] {
            assert!(convert(Convert::Money, bad, "").is_err(), "{bad}");
        }
        assert_eq!(
            convert(Convert::List, "en; ne;", "")
                .unwrap()
                .as_array()
                .unwrap()
                .len(),
            2
        );
        assert!(convert(Convert::Number, "1.5", "").is_err());
        assert!(convert(Convert::Text, ERROR, "").is_err());
    }
}
