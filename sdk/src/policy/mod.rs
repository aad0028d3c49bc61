//! The verifier's trust file (specs/policy.md): which network, which logs and witnesses, who is
//! believed, and the settings of the rules.
//!
//! A policy is the only thing a verifier trusts. It is read from a file the verifier chose, never
//! from a gateway.

mod acceptance;
mod settings;
mod starter;

pub use acceptance::Acceptance;
pub use settings::{BUILT_IN, EDITION, ListMatch, ListRule, MinimumWage, Scheme, Settings};
pub use starter::starter;

use crate::id::NetworkId;
use crate::index::EDITION as INDEX_EDITION;
use crate::log::{Origin, PolicyError as LogPolicyError, PolicyLog, TlogPolicy};
use crate::reason::Reason;
use serde::Deserialize;

/// What a verifier trusts.
///
/// ```
/// use fairtrail::policy::Policy;
/// let network = fairtrail::id::NetworkId::new([1; 32]);
/// let text = format!("network = \"{network}\"\nlog_policy = \"quorum none\\n\"\n");
/// assert_eq!(Policy::parse(&text).unwrap().network(), network);
/// // A misspelt setting is an error, not a setting left at its default.
/// assert!(Policy::parse(&format!("{text}requird_logs = 2\n")).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    network: NetworkId,
    logs: TlogPolicy,
    indexes: Option<TlogPolicy>,
    required_logs: usize,
    f: usize,
    max_age_hours: u32,
    acceptance: Acceptance,
    settings: Settings,
    settings_digest: [u8; 32],
    digest: [u8; 32],
}

/// Bytes of a policy file.
const MAX_BYTES: usize = 256 * 1_024;
/// How old the newest checkpoint may be, unless the policy says otherwise.
const DEFAULT_MAX_AGE_HOURS: u32 = 168;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    network: NetworkId,
    log_policy: String,
    index_policy: Option<String>,
    #[serde(default = "one")]
    required_logs: usize,
    f: Option<usize>,
    #[serde(default = "default_max_age")]
    max_age_hours: u32,
    #[serde(default)]
    accept: Acceptance,
    #[serde(default)]
    rules: toml::Table,
}

/// Every index belongs to one of the logs.
fn check_pairs(logs: &TlogPolicy, indexes: Option<&TlogPolicy>) -> Result<(), PolicyError> {
    let logs = logs.logs().iter();
    let names: Vec<_> = logs
        .filter_map(|log| log.origin().index(INDEX_EDITION))
        .collect();
    let indexes = indexes.iter().flat_map(|indexes| indexes.logs());
    let mut origins = indexes.map(PolicyLog::origin);
    match origins.find(|origin| !names.contains(*origin)) {
        None => Ok(()),
        Some(origin) => Err(PolicyError::IndexUnpaired {
            origin: origin.clone(),
        }),
    }
}

const fn one() -> usize {
    1
}

const fn default_max_age() -> u32 {
    DEFAULT_MAX_AGE_HOURS
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Every operator of the quorum may lie: then no stamp would ever be evidence.
    #[error("f is {f}, must be below the {operators} operators of the quorum")]
    Liars {
        /// Operators that may lie.
        f: usize,
        /// Operators of the quorum.
        operators: usize,
    },
    /// The log policy breaks its format.
    #[error("log_policy: {0}")]
    Logs(#[from] LogPolicyError),
    /// The index policy breaks its format.
    #[error("index_policy: {0}")]
    Indexes(#[source] LogPolicyError),
    /// The index policy trusts the index of a log that the log policy does not trust.
    #[error("index_policy: {origin} is the index of no log in log_policy")]
    IndexUnpaired {
        /// The index log.
        origin: Origin,
    },
    /// `required_logs` is 0.
    #[error("required_logs must be at least 1")]
    NoLogs,
    /// A setting is out of bounds.
    #[error("rules.{setting} is out of bounds")]
    Setting {
        /// Which one.
        setting: String,
    },
    /// Larger than a policy may be.
    #[error("{len} bytes, at most {max}", max = MAX_BYTES)]
    TooLarge {
        /// Bytes found.
        len: usize,
    },
    /// Not TOML, an unknown key, or a value of another type.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
}

impl PolicyError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::PolicyMalformed
    }
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`] for whatever is wrong first.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_BYTES {
            return Err(PolicyError::TooLarge { len: text.len() });
        }
        let file: File = toml::from_str(text)?;
        let logs = TlogPolicy::parse(&file.log_policy)?;
        let indexes = file.index_policy.as_deref().map(TlogPolicy::parse);
        let indexes = indexes.transpose().map_err(PolicyError::Indexes)?;
        check_pairs(&logs, indexes.as_ref())?;
        if file.required_logs == 0 {
            return Err(PolicyError::NoLogs);
        }
        let settings = Settings::default().changed(file.rules)?;
        let (f, operators) = (
            file.f.unwrap_or_else(|| logs.default_f()),
            logs.operators().len(),
        );
        if operators > 0 && f >= operators {
            return Err(PolicyError::Liars { f, operators });
        }
        Ok(Self {
            network: file.network,
            required_logs: file.required_logs,
            f,
            logs,
            indexes,
            max_age_hours: file.max_age_hours,
            acceptance: file.accept,
            settings_digest: settings.digest(),
            settings,
            digest: *blake3::hash(text.as_bytes()).as_bytes(),
        })
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// The trusted logs and witnesses.
    pub const fn logs(&self) -> &TlogPolicy {
        &self.logs
    }

    /// The trusted indexes of these logs and who checks them; without it no bundle proves anything.
    pub const fn indexes(&self) -> Option<&TlogPolicy> {
        self.indexes.as_ref()
    }

    /// The only log of this policy that `origin` names, if any.
    pub fn trusts(&self, origin: &Origin) -> bool {
        self.logs.logs().iter().any(|log| log.origin() == origin)
    }

    /// How many logs must have been read in full.
    pub const fn required_logs(&self) -> usize {
        self.required_logs
    }

    /// How many operators may lie about time.
    pub const fn f(&self) -> usize {
        self.f
    }

    /// How old the newest checkpoint may be, in hours.
    pub const fn max_age_hours(&self) -> u32 {
        self.max_age_hours
    }

    /// Who is believed.
    pub const fn acceptance(&self) -> &Acceptance {
        &self.acceptance
    }

    /// The settings of the rules.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same trust with other settings of the rules.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings_digest = settings.digest();
        self.settings = settings;
        self
    }

    /// [`Settings::digest`], made once: every verdict names it.
    pub const fn settings_digest(&self) -> [u8; 32] {
        self.settings_digest
    }

    /// BLAKE3 of the file, printed with every verdict: what was trusted.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Whether times rest on the log operator's word alone.
    pub fn time_is_operators_word(&self) -> bool {
        self.logs.operators().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(more: &str) -> Result<Policy, PolicyError> {
        let network = NetworkId::new([1; 32]);
        Policy::parse(&format!(
            "network = \"{network}\"\nlog_policy = \"quorum none\\n\"\n{more}"
        ))
    }

    #[test]
    fn unknown_keys_and_bad_values_are_refused() {
        assert!(parse("").is_ok());
        assert_eq!(parse("required_logs = 0").unwrap_err(), PolicyError::NoLogs);
        for bad in [
            "x = 1",
            "[rules]\nx = 1",
            "[accept]\nauthors = [\"me\"]",
            "max_age_hours = -1",
        ] {
            assert!(matches!(parse(bad), Err(PolicyError::Toml(_))), "{bad}");
        }
        for (setting, value) in [("recorded_late_days", 36_526), ("adverse_from_severity", 6)] {
            let refused = parse(&format!("[rules]\n{setting} = {value}")).unwrap_err();
            let named = setting.to_owned();
            assert_eq!(refused, PolicyError::Setting { setting: named });
            assert!(parse(&format!("[rules]\n{setting} = {}", value - 1)).is_ok());
        }
        // Under `quorum none` nobody's stamp is independent, and f is of no use.
        assert_eq!(parse("f = 3").unwrap().f(), 3);
    }

    #[test]
    fn the_digest_changes_with_every_byte() {
        let (a, b) = (parse("").unwrap(), parse(" ").unwrap());
        assert_ne!(a.digest(), b.digest());
    }
}
