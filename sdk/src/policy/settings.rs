//! Settings of the rules: thresholds, clocks, schemes and severities that are choices, not facts.
//!
//! The built-in settings are a readable file (`settings.toml`), and so is whatever takes their
//! place: a policy changes single ones, `--ruleset` all of them. Old histories can be judged again
//! under other settings; the verdict names the edition and the digest of what it was judged by.

use super::PolicyError;
use crate::claim::{Country, Interval, Money, Term};
use crate::time::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The settings this version has built in, as TOML.
pub const BUILT_IN: &str = include_str!("settings.toml");

/// The edition of the rules this version has built in.
pub const EDITION: &str = "2026-2";

/// Settings of the rules. Every one is a choice of whoever wrote it; `settings.toml` says what each
/// means, in which unit, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "settings.toml says what each is, and is what a reader sees"
)]
pub struct Settings {
    pub edition: String,
    pub adverse_from_severity: u8,
    pub max_silence_days: u32,
    pub recorded_late_days: u32,
    pub disclosed_late_days: u32,
    pub audit_validity_days: u32,
    pub licence_observation_days: u32,
    pub licence_renewal_days: u32,
    pub successor_days: u32,
    pub debt_percent_of_wage: u32,
    pub debt_heavy_percent_of_wage: u32,
    pub repayment_days: u32,
    pub zero_fee_window_months: u32,
    pub remedy_memory_months: u32,
    pub signed_days_before_departure: u16,
    pub notice_days_max: u16,
    pub pay_interval_days_max: u32,
    pub deductions_percent_max: u32,
    pub hours_week_max: u8,
    pub hours_normal_max: u8,
    pub rest_days_week_min: u8,
    pub open_without_date_days: u32,
    pub repeat_months: u32,
    pub announced_audits_max: u32,
    pub topic_from_severity: u8,
    pub differing_audits_days: u32,
    pub differing_from_severity: u8,
    pub goods_audit_months: u32,
    pub channel_months: u32,
    pub silent_quarters: u32,
    /// Schemes whose audits count for coverage; empty: any.
    pub accepted_schemes: BTreeSet<String>,
    /// Terms a written contract states.
    pub required_terms: BTreeSet<Term>,
    /// `NP>AE`, `*>AE`, `NP>*`.
    pub corridors_without_licence: BTreeSet<String>,
    /// Severity by rule, or by rule and case: `R-19`, `R-19.on-receipt`.
    pub severities: BTreeMap<String, u8>,
    /// What is known of schemes, by name.
    pub schemes: BTreeMap<String, Scheme>,
    /// How R-38 treats lists, by name; `default` for all others.
    pub lists: BTreeMap<String, ListRule>,
    /// Legal minimum wages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub minimum_wages: Vec<MinimumWage>,
}

/// What is known of an audit scheme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// How long an audit is valid, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_days: Option<u32>,
    /// The same by rating.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validity_days_by_rating: BTreeMap<String, u32>,
    /// Days in which a finding of a native grade is closed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub close_days: BTreeMap<String, u32>,
    /// Where the numbers come from.
    #[serde(default)]
    pub source: String,
}

impl Scheme {
    /// Days in which a finding of this native grade is closed.
    pub fn close_days(&self, grade: &str) -> Option<u32> {
        by_code(&self.close_days, grade)
    }

    /// Days an audit is valid, by its rating where the scheme has such.
    pub fn validity_days(&self, rating: Option<&str>) -> Option<u32> {
        let rated = rating.and_then(|rating| by_code(&self.validity_days_by_rating, rating));
        rated.or(self.validity_days)
    }
}

fn by_code(days: &BTreeMap<String, u32>, code: &str) -> Option<u32> {
    let same = days.iter().find(|(known, _)| fold(known) == fold(code));
    same.map(|(_, days)| *days)
}

/// Case and punctuation tell no two codes apart.
fn fold(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Which matches with a list count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRule {
    /// Ways of matching that count; any other is shown as possible and never scored.
    pub counts: BTreeSet<ListMatch>,
    /// The severity of a hit.
    pub severity: u8,
    /// Whether a hit is context, such as a presumption, and no severity.
    #[serde(default)]
    pub context: bool,
}

/// How a list entry was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListMatch {
    /// By an identifier.
    Identifier,
    /// By a person who signed it.
    Person,
}

/// A legal minimum wage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumWage {
    /// Where it holds.
    pub jurisdiction: Country,
    /// From this day.
    pub from: Date,
    /// To this day.
    pub to: Date,
    /// For how long a time of work.
    pub per: Interval,
    /// How much.
    pub amount: Money,
    /// Where it is published, and when it was looked up.
    pub source: String,
}

/// The worst severity there is; above it nothing would be adverse.
const MAX_SEVERITY: u8 = 5;
/// A hundred years.
const MAX_DAYS: i64 = 36_525;

impl Default for Settings {
    #[expect(clippy::expect_used, reason = "a test reads the built-in file")]
    fn default() -> Self {
        Self::parse(BUILT_IN).expect("the built-in settings are sound")
    }
}

impl Settings {
    /// Reads a whole file of settings.
    ///
    /// ```
    /// use fairtrail::policy::{Settings, BUILT_IN};
    /// let own = BUILT_IN.replace("repayment_days = 90", "repayment_days = 30");
    /// assert_eq!(Settings::parse(&own).unwrap().repayment_days, 30);
    /// // A misspelt setting is an error, not a setting left at its default.
    /// assert!(Settings::parse(&format!("repayment_dayz = 30\n{BUILT_IN}")).is_err());
    /// ```
    ///
    /// # Errors
    /// [`PolicyError`] when it is not TOML, a setting is missing, unknown or out of bounds.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::of(text.parse::<Table>()?)
    }

    /// These settings with single ones changed; tables are joined, everything else is replaced.
    ///
    /// # Errors
    /// As [`Settings::parse`].
    pub fn changed(&self, changes: Table) -> Result<Self, PolicyError> {
        if changes.is_empty() {
            return Ok(self.clone());
        }
        let mut table = Table::try_from(self).map_err(|_| PolicyError::Setting {
            setting: "edition".into(),
        })?;
        join(&mut table, changes);
        Self::of(table)
    }

    fn of(table: Table) -> Result<Self, PolicyError> {
        check_numbers(&table)?;
        let settings: Self = table.try_into()?;
        settings.check()?;
        Ok(settings)
    }

    /// The severity of a rule, or of one of its cases. One that no file names is taken for the
    /// worst: a gap must not soften anything.
    pub fn severity(&self, case: &str) -> u8 {
        self.severities.get(case).copied().unwrap_or(MAX_SEVERITY)
    }

    /// What is known of a scheme by its code, which may end with a version: `SMETA-6.1` is `SMETA`.
    pub fn scheme(&self, code: &str) -> Option<&Scheme> {
        let code = fold(code);
        let called = |name: &str| code.strip_prefix(&fold(name)).map(str::to_owned);
        let version = |rest: String| rest.bytes().all(|byte| byte.is_ascii_digit());
        let known = self.schemes.iter();
        let fits = known.filter(|(name, _)| called(name).is_some_and(version));
        fits.max_by_key(|(name, _)| name.len()).map(|(_, of)| of)
    }

    /// Every setting written out as TOML, without comments: one text for equal settings, however
    /// their file was written (specs/policy.md §3). It reads as these settings again.
    #[expect(
        clippy::expect_used,
        reason = "plain numbers, texts and tables of them"
    )]
    pub fn written_out(&self) -> String {
        toml::to_string(self).expect("settings are TOML: they were read from it")
    }

    /// SHA-256 of [`Settings::written_out`]: what a verdict names and a `ruleset.adopt` carries.
    ///
    /// ```
    /// use fairtrail::policy::{Settings, BUILT_IN};
    /// let commented = Settings::parse(&format!("# ours\n{BUILT_IN}")).unwrap();
    /// assert_eq!(commented.digest(), Settings::default().digest());
    /// let own = BUILT_IN.replace("repayment_days = 90", "repayment_days = 30");
    /// assert_ne!(Settings::parse(&own).unwrap().digest(), Settings::default().digest());
    /// ```
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.written_out()).into()
    }

    fn check(&self) -> Result<(), PolicyError> {
        let refuse = |setting: &str| {
            let setting = setting.to_owned();
            Err(PolicyError::Setting { setting })
        };
        for (setting, severity) in [
            ("adverse_from_severity", self.adverse_from_severity),
            ("topic_from_severity", self.topic_from_severity),
            ("differing_from_severity", self.differing_from_severity),
        ] {
            if severity > MAX_SEVERITY {
                return refuse(setting);
            }
        }
        let mut corridors = self.corridors_without_licence.iter();
        if !corridors.all(|corridor| is_corridor(corridor)) {
            return refuse("corridors_without_licence");
        }
        if self.edition.is_empty() || !self.edition.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse("edition");
        }
        let lists = self.lists.values().map(|list| list.severity);
        let mut severities = self.severities.values().copied().chain(lists);
        if severities.any(|severity| severity > MAX_SEVERITY) {
            return refuse("severities");
        }
        let known: BTreeSet<_> = self.severities.keys().collect();
        if !known.iter().all(|case| case.starts_with("R-")) {
            return refuse("severities");
        }
        if !self.lists.contains_key("default") {
            return refuse("lists.default");
        }
        Ok(())
    }
}

/// Two countries, of which one may be any: `NP>AE`, `*>AE`, `NP>*`.
fn is_corridor(text: &str) -> bool {
    let is_country = |text: &str| text.parse::<Country>().is_ok();
    match text.split_once('>') {
        Some(("*", end) | (end, "*")) => is_country(end),
        Some((from, to)) => is_country(from) && is_country(to),
        None => false,
    }
}

/// No number of days, months or per cent lies beyond a hundred years.
fn check_numbers(table: &Table) -> Result<(), PolicyError> {
    let beyond = |value: &Value| value.as_integer().is_some_and(|n| n > MAX_DAYS);
    match table.iter().find(|(_, value)| beyond(value)) {
        Some((setting, _)) => Err(PolicyError::Setting {
            setting: setting.clone(),
        }),
        None => Ok(()),
    }
}

fn join(table: &mut Table, changes: Table) {
    for (key, change) in changes {
        match (table.get_mut(&key), change) {
            (Some(Value::Table(old)), Value::Table(new)) => join(old, new),
            (_, change) => {
                table.insert(key, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str) -> Result<Settings, PolicyError> {
        Settings::default().changed(text.parse().unwrap())
    }

    #[test]
    fn the_built_in_file_is_sound_and_names_its_edition() {
        let built_in = Settings::default();
        assert_eq!(built_in.edition, EDITION);
        let again = Settings::parse(&built_in.written_out()).unwrap();
        assert_eq!((&again, again.digest()), (&built_in, built_in.digest()));
    }

    #[test]
    fn one_setting_changes_and_nothing_else() {
        let other = changed("[severities]\nR-01 = 2\n[schemes.SMETA]\nvalidity_days = 1").unwrap();
        assert_eq!(other.severity("R-01"), 2);
        assert_eq!(other.severity("R-02"), Settings::default().severity("R-02"));
        assert_eq!(other.schemes["SMETA"].close_days["Minor"], 90);
        assert_ne!(other.digest(), Settings::default().digest());
        assert_eq!(changed("").unwrap(), Settings::default());
    }

    #[test]
    fn schemes_and_grades_are_found_however_they_are_written() {
        let settings = Settings::default();
        let days = |scheme: &str, grade| settings.scheme(scheme)?.close_days(grade);
        assert_eq!(days("SMETA", "Business-critical"), Some(30));
        assert_eq!(days("smeta-6.1", "MINOR"), Some(90));
        assert_eq!(days("SMETAX", "Minor"), None);
        assert_eq!(days("SMETA", "CAR"), None);
        let valid = |rating| settings.scheme("BSCI")?.validity_days(rating);
        assert_eq!((valid(Some("c")), valid(None)), (Some(365), Some(730)));
    }

    #[test]
    fn what_no_file_names_is_the_worst() {
        assert_eq!(Settings::default().severity("R-99"), 5);
    }

    #[test]
    fn settings_out_of_bounds_are_refused() {
        for (text, setting) in [
            ("adverse_from_severity = 6", "adverse_from_severity"),
            ("repayment_days = 36526", "repayment_days"),
            ("differing_from_severity = 6", "differing_from_severity"),
            (
                "corridors_without_licence = [\"Nepal>AE\"]",
                "corridors_without_licence",
            ),
            (
                "corridors_without_licence = [\"*>*\"]",
                "corridors_without_licence",
            ),
            ("[severities]\nR-01 = 6", "severities"),
            ("[severities]\nX = 1", "severities"),
            ("edition = \"\"", "edition"),
        ] {
            let setting = setting.to_owned();
            assert_eq!(changed(text).unwrap_err(), PolicyError::Setting { setting });
        }
        assert!(matches!(changed("x = 1"), Err(PolicyError::Toml(_))));
    }
}
