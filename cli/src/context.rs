//! What every command works with: streams, the home directory, a gateway, the time.

use crate::error::CliError;
use crate::gateways::Gateways;
use crate::ui::Ui;
use fairtrail::charter::Charter;
use fairtrail::client::Gateway;
use fairtrail::files::{AuthorDir, AuthorName, AuthorState, Home, read_bounded};
use fairtrail::id::NetworkId;
use fairtrail::limits::CHARTER_BYTES;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Opens a gateway by its address.
pub type Connect = dyn Fn(&str) -> Result<Gateway, CliError>;

/// What a command works with.
pub struct Context<'a> {
    /// The streams.
    pub ui: &'a mut Ui,
    /// Authors and charters.
    pub home: Home,
    /// The present.
    pub now: Timestamp,
    /// The addresses given.
    pub gateways: Vec<String>,
    /// How to open it.
    pub connect: &'a Connect,
    /// What is said once the command has ended, each once.
    pub notes: RefCell<Vec<String>>,
}

impl Context<'_> {
    /// Has something said once the command has ended.
    pub fn note_later(&self, text: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    /// The gateways an author works with: the first one is written to.
    ///
    /// # Errors
    /// A usage error when none was named; whatever opening them gives.
    pub(crate) fn gateways(&self) -> Result<Gateways, CliError> {
        Gateways::open(self)?.ok_or_else(needed)
    }

    /// The gateway, which this command cannot do without.
    ///
    /// # Errors
    /// A usage error when none or more than one was named.
    pub fn gateway(&self) -> Result<Gateway, CliError> {
        self.gateway_if_any()?.ok_or_else(needed)
    }

    /// The gateway, if one was named.
    ///
    /// # Errors
    /// More than one was named; whatever opening it gives.
    pub fn gateway_if_any(&self) -> Result<Option<Gateway>, CliError> {
        self.address()?.map(self.connect).transpose()
    }

    /// The one address given, if any.
    ///
    /// # Errors
    /// A usage error when there are several: only what reads logs asks more than one.
    pub fn address(&self) -> Result<Option<&str>, CliError> {
        match self.gateways.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(CliError::usage("this command talks to one gateway")
                .hint("name one; what reads logs and what signs take several")),
        }
    }

    /// Opens a local author for writing.
    ///
    /// # Errors
    /// Not found, held by another process, or damaged.
    pub fn author(&self, name: &AuthorName) -> Result<AuthorDir, CliError> {
        AuthorDir::open(&self.home.author(name), self.home.guard())
            .map_err(|error| unknown_author(error.into(), name))
    }

    /// Reads the public facts of a local author.
    ///
    /// # Errors
    /// Not found, or damaged.
    pub fn author_state(&self, name: &AuthorName) -> Result<AuthorState, CliError> {
        AuthorDir::peek(&self.home.author(name)).map_err(|error| unknown_author(error.into(), name))
    }

    /// The kept charter of a network.
    ///
    /// # Errors
    /// Not kept, or damaged.
    pub fn charter(&self, network: NetworkId) -> Result<Charter, CliError> {
        let charter = self.home.charter(network);
        charter.map_err(|error| {
            CliError::from(error).hint("`fairtrail author begin NAME --charter FILE` keeps it")
        })
    }
}

fn needed() -> CliError {
    CliError::usage("this needs a gateway")
        .hint("name one: --gateway http://127.0.0.1:8080, or FAIRTRAIL_GATEWAY")
}

fn unknown_author(error: CliError, name: &AuthorName) -> CliError {
    if error.reason() == Some(Reason::NotFound) {
        CliError::coded(
            Reason::NotFound,
            format!("there is no author `{name}` here"),
        )
        .hint(format!(
            "`fairtrail author new {name}` makes it, `fairtrail author list` shows all"
        ))
    } else {
        error
    }
}

/// Reads a charter file.
///
/// # Errors
/// It cannot be read, or is no charter.
pub fn read_charter(path: &Path) -> Result<Charter, CliError> {
    let bytes = read_bounded(path, u64::try_from(CHARTER_BYTES).unwrap_or(u64::MAX))?;
    let charter = Charter::parse(&bytes);
    charter.map_err(|error| {
        CliError::from(error).while_doing(format!("{} is no charter", path.display()))
    })
}

/// Writes a public file that must not exist yet.
///
/// # Errors
/// It exists, or the disk refused.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    use std::io::Write;
    let refused = |action: &'static str, error: &std::io::Error| {
        let (path, kind) = (path.to_path_buf(), error.kind());
        if kind == std::io::ErrorKind::AlreadyExists {
            fairtrail::files::FileError::Exists { path }
        } else {
            fairtrail::files::FileError::Io { action, path, kind }
        }
    };
    let mut options = fs_err::OpenOptions::new();
    let file = options.write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| refused("create", &error))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    Ok(written.map_err(|error| refused("write", &error))?)
}

/// Where authors and charters are kept unless somebody says otherwise.
///
/// # Errors
/// A usage error when the environment names no home directory.
pub fn default_home() -> Result<PathBuf, CliError> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let data = variable("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/share")));
    let data = data.map(|data| data.join("fairtrail"));
    data.ok_or_else(|| {
        CliError::usage("there is no home directory").hint("name one with --home DIR")
    })
}
