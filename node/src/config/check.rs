//! From the file to what a process runs with.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fairtrail::files::read_bounded;
use fairtrail::log::Origin;
use fairtrail::reason::Reason;

use super::{Config, ConfigError, FILE_NAME, FollowSettings, LogFormat, P2pSettings};
use crate::asking::Plan;
use crate::http::GatewayLimits;

/// Bytes of a configuration file.
const FILE_BYTES: u64 = 64 << 10;
/// Seconds of an interval or a promise: a day.
const MAX_SECONDS: u64 = 86_400;
/// Submissions that may wait, connections and requests worked on, each.
const MAX_WAITING: u64 = 65_536;

/// What a process runs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The log.
    pub origin: Origin,
    /// Whom to ask for cosignatures.
    pub witnesses: Plan,
    /// Whom to ask to vouch for its index.
    pub index_witnesses: Plan,
    /// The charter's file.
    pub charter: PathBuf,
    /// Folder of the keys.
    pub keys_dir: PathBuf,
    /// Folder of the guard.
    pub guard_dir: PathBuf,
    /// Time from one publication to the next.
    pub interval: Duration,
    /// Time from a promise to the publication it names.
    pub include_within: Duration,
    /// Submissions that may wait for the writer.
    pub waiting: usize,
    /// Bytes that stay free on the disk.
    pub reserve_bytes: u64,
    /// The gateway's address.
    pub listen: SocketAddr,
    /// The admin listener's address.
    pub admin: Option<SocketAddr>,
    /// The gateway's limits.
    pub limits: GatewayLimits,
    /// Bytes of bundles kept in memory.
    pub bundle_bytes: usize,
    /// What is written to standard error.
    pub filter: String,
    /// How it is written.
    pub format: LogFormat,
    /// Other nodes, over libp2p.
    pub p2p: P2pSettings,
    /// Which other logs are followed.
    pub follow: Vec<FollowSettings>,
}

/// What the command line and the environment say instead of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The gateway's address.
    pub listen: Option<SocketAddr>,
    /// The admin listener's address.
    pub admin: Option<SocketAddr>,
    /// What is written to standard error.
    pub filter: Option<String>,
    /// How it is written.
    pub format: Option<LogFormat>,
}

impl Settings {
    /// Reads the configuration of a data directory.
    ///
    /// # Errors
    /// [`ConfigError`]; [`ConfigError::Missing`] when nothing was initialised there.
    pub fn load(data_dir: &Path, overrides: Overrides) -> Result<Self, ConfigError> {
        let path = data_dir.join(FILE_NAME);
        let bytes = match read_bounded(&path, FILE_BYTES) {
            Err(error) if error.code() == Reason::NotFound => {
                return Err(ConfigError::Missing { path });
            }
            bytes => bytes?,
        };
        let refused = |message: String| ConfigError::Text {
            path: path.clone(),
            message,
        };
        let text = str::from_utf8(&bytes).map_err(|error| refused(error.to_string()))?;
        let config: Config = toml::from_str(text).map_err(|error| refused(error.to_string()))?;
        Self::check(data_dir, &path, config, overrides)
    }

    fn check(
        data_dir: &Path,
        path: &Path,
        config: Config,
        overrides: Overrides,
    ) -> Result<Self, ConfigError> {
        let Config {
            log,
            cosignatures,
            witnesses,
            index_cosignatures,
            index_witnesses,
            gateway,
            admin,
            telemetry,
            p2p,
            follow,
        } = config;
        let seconds = |key, found| within(path, key, found, MAX_SECONDS, "1 to 86400");
        let count = |key, found: usize| {
            let found = u64::try_from(found).unwrap_or(u64::MAX);
            within(path, key, found, MAX_WAITING, "1 to 65536")
        };
        let interval = seconds("publish_seconds", log.publish_seconds)?;
        let include_within = seconds("promise_seconds", log.promise_seconds)?;
        count("waiting_submissions", log.waiting_submissions)?;
        count("connections", gateway.connections)?;
        count("submissions", gateway.submissions)?;
        count("questions", gateway.questions)?;
        let origin: Origin = log.origin.parse().map_err(|source| ConfigError::Origin {
            path: path.to_path_buf(),
            source,
        })?;
        let witnesses = super::witnesses::plan(path, &origin, &cosignatures, &witnesses)?;
        let index_witnesses = super::witnesses::index_plan(
            path,
            &origin,
            &index_cosignatures,
            &index_witnesses,
            &witnesses,
        )?;
        let follow = super::follow::check(path, &origin, &follow)?;
        let p2p = super::p2p::check(path, &p2p)?;
        let beside = |relative: PathBuf| data_dir.join(relative);
        Ok(Self {
            data_dir: data_dir.to_path_buf(),
            origin,
            witnesses,
            index_witnesses,
            charter: beside(log.charter),
            keys_dir: beside(log.keys_dir),
            guard_dir: beside(log.guard_dir),
            interval: Duration::from_secs(interval),
            include_within: Duration::from_secs(include_within),
            waiting: log.waiting_submissions,
            reserve_bytes: log.reserve_bytes,
            listen: overrides.listen.unwrap_or(gateway.listen),
            admin: overrides.admin.or(admin.listen),
            limits: GatewayLimits {
                connections: gateway.connections,
                questions: gateway.questions,
                submissions: gateway.submissions,
                ..GatewayLimits::default()
            },
            bundle_bytes: gateway.bundle_bytes,
            filter: overrides.filter.unwrap_or(telemetry.filter),
            format: overrides.format.unwrap_or(telemetry.format),
            p2p,
            follow,
        })
    }
}

fn within(
    path: &Path,
    key: &'static str,
    found: u64,
    max: u64,
    allowed: &'static str,
) -> Result<u64, ConfigError> {
    if (1..=max).contains(&found) {
        return Ok(found);
    }
    Err(ConfigError::OutOfRange {
        path: path.to_path_buf(),
        key,
        found,
        allowed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, overrides: Overrides) -> Result<Settings, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join(FILE_NAME), text).unwrap();
        Settings::load(dir.path(), overrides)
    }

    fn written() -> String {
        let path = Path::new;
        Config::text(
            "log.example/one/e1",
            path("charter"),
            path("/k"),
            path("../g"),
        )
    }

    #[test]
    fn the_file_that_init_writes_gives_the_defaults_its_comments_state() {
        let settings = load(&written(), Overrides::default()).unwrap();
        assert!(settings.guard_dir.ends_with("../g"));
        assert_eq!(settings.keys_dir, Path::new("/k"));
        assert_eq!(settings.limits, GatewayLimits::default());
        let is_key = |line: &&str| line.starts_with("# ") && line.contains(" = ");
        let stated: String = written()
            .lines()
            .map(|line| {
                if is_key(&line) {
                    line.trim_start_matches("# ")
                } else {
                    line
                }
            })
            .filter(|line| !line.contains("8081"))
            .fold(String::new(), |text, line| text + line + "\n");
        let mut stated = load(&stated, Overrides::default()).unwrap();
        stated.data_dir.clone_from(&settings.data_dir);
        stated.charter.clone_from(&settings.charter);
        stated.guard_dir.clone_from(&settings.guard_dir);
        assert_eq!(stated, settings);
    }

    #[test]
    fn flags_go_before_the_file() {
        let listen = "127.0.0.1:1".parse().unwrap();
        let overrides = Overrides {
            listen: Some(listen),
            filter: Some("debug".into()),
            ..Overrides::default()
        };
        let settings = load(&written(), overrides).unwrap();
        assert_eq!(
            (settings.listen, settings.filter.as_str()),
            (listen, "debug")
        );
    }

    #[test]
    fn unknown_keys_bad_values_and_missing_files_are_refused() {
        let with = |line: &str| written().replace("[gateway]\n", &format!("[gateway]\n{line}\n"));
        for line in [
            "colour = 1",
            "connections = 0",
            "connections = 65537",
            "listen = 7",
        ] {
            let refused = load(&with(line), Overrides::default()).unwrap_err();
            assert_eq!(refused.code(), Reason::ConfigInvalid, "{line}");
        }
        let origin = written().replace("log.example/one/e1", "LOG");
        let refused = load(&origin, Overrides::default()).unwrap_err();
        assert!(matches!(refused, ConfigError::Origin { .. }));
        let slow = written().replace("# publish_seconds = 1", "publish_seconds = 0");
        let refused = load(&slow, Overrides::default()).unwrap_err();
        assert!(refused.to_string().contains("publish_seconds"));
        let dir = tempfile::tempdir().unwrap();
        let refused = Settings::load(dir.path(), Overrides::default()).unwrap_err();
        assert_eq!(refused.code(), Reason::NotInitialised);
    }
}
