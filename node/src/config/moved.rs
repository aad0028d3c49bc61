//! A configuration that stands in another place now.

use std::path::Path;

use super::{Config, ConfigError};

/// The text of a configuration file.
#[derive(Debug, Clone, Copy)]
pub struct ConfigText<'a>(pub &'a str);

impl ConfigText<'_> {
    /// The same with other places for charter, keys and guard. Comments stay where the file has the
    /// form that `init` gave it; `path` is what errors name.
    ///
    /// # Errors
    /// [`ConfigError::Text`] when this is no configuration.
    pub fn moved(
        self,
        path: &Path,
        charter: &Path,
        keys_dir: &Path,
        guard_dir: &Path,
    ) -> Result<String, ConfigError> {
        let refused = |message: String| ConfigError::Text {
            path: path.to_path_buf(),
            message,
        };
        let parse = |text: &str| toml::from_str::<Config>(text);
        let mut wanted = parse(self.0).map_err(|error| refused(error.to_string()))?;
        let places = [
            ("charter", charter),
            ("keys_dir", keys_dir),
            ("guard_dir", guard_dir),
        ];
        wanted.log.charter = charter.to_path_buf();
        wanted.log.keys_dir = keys_dir.to_path_buf();
        wanted.log.guard_dir = guard_dir.to_path_buf();
        let line = |line: &str| {
            let named = line.split_once('=').map(|(name, _)| name.trim());
            let place = places.iter().find(|(name, _)| Some(*name) == named);
            place.map_or_else(
                || format!("{line}\n"),
                |(name, path)| {
                    let path = toml::Value::from(path.display().to_string());
                    format!("{name} = {path}\n")
                },
            )
        };
        let text: String = self.0.lines().map(line).collect();
        if parse(&text).is_ok_and(|found| found == wanted) {
            return Ok(text);
        }
        toml::to_string(&wanted).map_err(|error| refused(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_change_and_comments_stay() {
        let path = Path::new;
        let text = Config::text(
            "log.example/one/e1",
            path("charter"),
            path("/k"),
            path("/g"),
        );
        let text = text.replace("# publish_seconds = 1\n", "publish_seconds = 7\n");
        let moved =
            ConfigText(&text).moved(path("x"), path("charter"), path("/new k"), path("/new g"));
        let moved = moved.unwrap();
        assert!(moved.contains("keys_dir = \"/new k\"\n"));
        assert!(moved.contains("# Folder of the guard"));
        let config: Config = toml::from_str(&moved).unwrap();
        assert_eq!(config.log.guard_dir, path("/new g"));
        assert_eq!(config.log.publish_seconds, 7);
        let odd = "log = { origin = \"a.example/b/e1\", charter = \"c\", keys_dir = \"/k\", guard_dir = \"/g\" }";
        let moved = ConfigText(odd)
            .moved(path("x"), path("charter"), path("/a"), path("/b"))
            .unwrap();
        let config: Config = toml::from_str(&moved).unwrap();
        assert_eq!(config.log.keys_dir, path("/a"));
        assert!(
            ConfigText("nothing")
                .moved(path("x"), path("c"), path("k"), path("g"))
                .is_err()
        );
    }
}
