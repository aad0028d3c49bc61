//! One node: its directory, its configuration, its process.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use fairtrail::charter::Charter;
use fairtrail::files::{read_bounded, replace};
use fairtrail::id::to_base32;
use fairtrail::log::Origin;

use super::DevnetError;
use crate::config::{FILE_NAME, Overrides, Settings};
use crate::ops::{Init, NodeError, PublicKeys, WitnessChange, change_witness, init};
use crate::store::witnessed::LogKey;

/// Begins the part of the configuration that is written anew at every start.
const MARK: &str =
    "\n# Everything below is written anew whenever the development network starts.\n";
/// How long a node that was asked to stop has for it.
const STOPS_WITHIN: Duration = Duration::from_secs(10);
/// Bytes of a configuration that is taken up again.
const CONFIG_BYTES: u64 = 64 << 10;
const LOOKS_EVERY: Duration = Duration::from_millis(50);

/// A node that is to run.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) number: usize,
    pub(crate) origin: Origin,
    pub(crate) keys: PublicKeys,
    pub(crate) data_dir: PathBuf,
    pub(crate) address: SocketAddr,
    /// Where others reach it over libp2p, if they are to.
    pub(crate) peer_address: Option<SocketAddr>,
}

impl Member {
    /// Takes up the node `number` of a network of some sort in `dir`, or makes it.
    pub(crate) fn in_dir(
        dir: &Path,
        sort: &str,
        charter: &Charter,
        number: usize,
        address: SocketAddr,
    ) -> Result<Self, NodeError> {
        let data_dir = dir.join(format!("node-{number}"));
        let origin = origin(sort, charter, number)?;
        if !data_dir.exists() {
            init(Init {
                data_dir: data_dir.clone(),
                charter: charter.clone(),
                origin,
                guard_dir: None,
                keys_dir: None,
            })?;
        }
        let settings = Settings::load(&data_dir, Overrides::default())?;
        Ok(Self {
            number,
            keys: PublicKeys::read(&settings.keys_dir, &settings.origin)?,
            origin: settings.origin,
            data_dir,
            address,
            peer_address: None,
        })
    }

    /// The same, reached over libp2p as well.
    pub(super) fn with_peers(self, at: SocketAddr) -> Self {
        Self {
            peer_address: Some(at),
            ..self
        }
    }

    /// Where others call it over libp2p.
    fn peer(&self) -> Option<String> {
        let address = self.peer_address.map(multiaddr)?;
        Some(format!("{address}/p2p/{}", self.keys.peer))
    }

    /// Where its gateway is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it writes what it does.
    pub(super) fn log(&self) -> PathBuf {
        self.data_dir.with_extension("log")
    }

    /// Has it follow all others, cosign for them, and ask them to cosign.
    pub(crate) fn configure(&self, all: &[Self], quorum: usize) -> Result<(), NodeError> {
        let file = self.data_dir.join(FILE_NAME);
        let text = read_bounded(&file, CONFIG_BYTES)?;
        let text = String::from_utf8_lossy(&text);
        let kept = text.split(MARK).next().unwrap_or_default();
        let others = || all.iter().filter(|other| other.number != self.number);
        let wanted = (quorum > 0).then(|| quorum.to_string());
        let mut text = with_line(kept, "cosignatures", "quorum", wanted.clone());
        text = with_line(&text, "index_cosignatures", "quorum", wanted);
        let listen = self
            .peer_address
            .map(|at| format!("[\"{}\"]", multiaddr(at)));
        text = with_line(&text, "p2p", "listen", listen);
        text.push_str(MARK);
        for other in others() {
            let (origin, url, keys) = (&other.origin, other.url(), &other.keys.vkeys);
            let (key, witness) = (&keys.log, &keys.witness);
            let index = keys.index.as_ref();
            let index = index.map(|key| format!("index_key = \"{key}\"\n"));
            let vouching = keys.index_witness.as_ref();
            let vouching = vouching
                .map(|key| format!("\n[[index_witness]]\nurl = \"{url}\"\nkey = \"{key}\"\n"));
            let (index, vouching) = (index.unwrap_or_default(), vouching.unwrap_or_default());
            let peer = other.peer().map(|peer| format!("peer = \"{peer}\"\n"));
            let peer = peer.unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "\n[[follow]]\norigin = \"{origin}\"\nkey = \"{key}\"\n\
                 {index}url = \"{url}\"\n{peer}\
                 \n[[witness]]\nurl = \"{url}\"\nkey = \"{witness}\"\n{vouching}"
            );
        }
        replace(&file, text.as_bytes())?;
        let keys: Vec<_> = others()
            .filter_map(|other| LogKey::parse(&other.keys.vkeys.log))
            .collect();
        if !keys.is_empty() {
            let settings = Settings::load(&self.data_dir, Overrides::default())?;
            change_witness(&settings, Some(&WitnessChange::Add(keys)))?;
        }
        Ok(())
    }

    /// The line that runs it by hand.
    pub(super) fn run_line(&self, program: &Path) -> String {
        let (program, data_dir) = (program.display(), self.data_dir.display());
        let address = self.address;
        format!("{program} run --data-dir {data_dir} --listen {address}")
    }

    /// Starts its process, which ends with this one.
    pub(super) fn start(
        &self,
        program: &Path,
        filter: Option<&str>,
    ) -> Result<Running, DevnetError> {
        let log = fs_err::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(|error| refused("write the log of a node", &error))?;
        let mut command = Command::new(program);
        // What the environment says is meant for one node.
        for name in ["FAIRTRAIL_ADMIN", "FAIRTRAIL_DATA_DIR", "FAIRTRAIL_LISTEN"] {
            command.env_remove(name);
        }
        command.args(["run", "--until-input-ends", "--data-dir"]);
        command.arg(&self.data_dir);
        command.args(["--listen", &self.address.to_string()]);
        command.args(filter.into_iter().flat_map(|filter| ["--log", filter]));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(log.into_file());
        let mut child = command
            .spawn()
            .map_err(|error| refused("start a node", &error))?;
        let input = child.stdin.take();
        Ok(Running {
            member: self.clone(),
            child,
            input,
        })
    }
}

/// A node's process. Dropped, it is stopped.
pub(super) struct Running {
    pub(super) member: Member,
    child: Child,
    /// Held open: a node ends when its standard input does, and so with this process, however that
    /// ends.
    input: Option<ChildStdin>,
}

impl Running {
    /// Waits until it serves.
    pub(super) fn serves(&mut self) -> Result<(), DevnetError> {
        let mut line = String::new();
        if let Some(out) = self.child.stdout.take() {
            // Whatever came is looked at; nothing means that it ended.
            let _ = BufReader::new(out).read_line(&mut line);
        }
        if line.starts_with("listening on ") {
            return Ok(());
        }
        let status = self.child.wait().map(|status| status.to_string());
        let log = self.member.log();
        let text = fs_err::read_to_string(&log).unwrap_or_default();
        let last = text.lines().rev().find(|line| line.starts_with("error: "));
        Err(DevnetError::Ended {
            node: self.member.number,
            status: status.unwrap_or_default(),
            log,
            said: last.map(|last| format!(": {last}")).unwrap_or_default(),
        })
    }

    /// The number of its process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(status.to_string())
    }

    /// Asks it to stop: it commits and publishes what is waiting.
    pub(super) fn ask_to_stop(&mut self) {
        self.input = None;
    }

    /// Waits until it has stopped; one that does not is killed.
    fn stopped(&mut self) {
        let looks = STOPS_WITHIN.as_millis() / LOOKS_EVERY.as_millis();
        for _ in 0..looks {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(LOOKS_EVERY);
        }
        // It may end by itself in this moment, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ask_to_stop();
        self.stopped();
    }
}

/// Addresses that nobody listens on: from `first` on, or any.
pub(super) fn addresses(count: usize, first: Option<u16>) -> Result<Vec<SocketAddr>, DevnetError> {
    let listener = |at: usize| {
        let port = first.map(|first| u16::try_from(at).ok()?.checked_add(first));
        let port = port.unwrap_or(Some(0)).ok_or(DevnetError::Refused {
            action: "listen beyond port 65535",
            kind: std::io::ErrorKind::InvalidInput,
        })?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| refused("listen", &error))
    };
    // All are open at once, so that no two are the same.
    let listeners: Vec<_> = (0..count).map(listener).collect::<Result<_, _>>()?;
    let address = |listener: &TcpListener| {
        let address = listener.local_addr();
        address.map_err(|error| refused("listen", &error))
    };
    listeners.iter().map(address).collect()
}

/// The log of a node: whoever remembers another network's is not asked to believe that this is it.
fn origin(sort: &str, charter: &Charter, number: usize) -> Result<Origin, NodeError> {
    let network = to_base32(charter.network().as_bytes());
    let origin = format!("localhost/{sort}-{network:.8}-{number}/e1");
    Ok(origin.parse()?)
}

/// The configuration with `key` of a section set, or left to its default.
fn with_line(text: &str, section: &str, key: &str, value: Option<String>) -> String {
    let (header, begins) = (format!("[{section}]"), format!("{key} = "));
    let set = value.map(|value| format!("{begins}{value}\n"));
    let mut inside = false;
    let line = |line: &str| {
        if line.starts_with('[') {
            inside = line == header;
        }
        match &set {
            _ if !inside || !line.trim_start_matches('#').starts_with(&begins) => {
                format!("{line}\n")
            }
            Some(set) => set.clone(),
            None => format!("#{}\n", line.trim_start_matches('#')),
        }
    };
    text.lines().map(line).collect()
}

fn multiaddr(address: SocketAddr) -> String {
    let family = if address.is_ipv4() { "ip4" } else { "ip6" };
    format!("/{family}/{}/tcp/{}", address.ip(), address.port())
}

fn refused(action: &'static str, error: &std::io::Error) -> DevnetError {
    let kind = error.kind();
    DevnetError::Refused { action, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_differ_and_follow_one_another_where_that_was_asked_for() {
        let any = addresses(16, None).unwrap();
        let different: std::collections::BTreeSet<_> = any.iter().collect();
        assert_eq!(different.len(), 16);
        let first = any[0].port();
        if let Ok(two) = addresses(1, Some(first)) {
            assert_eq!(two[0].port(), first);
        }
        assert!(addresses(2, Some(u16::MAX)).is_err());
    }

    #[test]
    fn a_line_is_set_in_its_section_and_taken_back() {
        let text = "[cosignatures]\n#quorum = 2\n[p2p]\n#quorum = 7\n";
        let set = with_line(text, "cosignatures", "quorum", Some("3".into()));
        assert_eq!(set, text.replace("#quorum = 2", "quorum = 3"));
        let back = with_line(&set, "cosignatures", "quorum", None);
        assert_eq!(back, text.replace("= 2", "= 3"));
    }
}
