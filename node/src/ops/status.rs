//! `status`: how a node is doing, asked of the running one, or read from its disk.

use std::net::SocketAddr;
use std::time::Duration;

use fairtrail::client::{BaseUrl, Http, Request, Transport};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::NodeError;
use crate::config::Settings;
use crate::ledger::LedgerError;
use crate::store::disk;
use crate::store::guard::Guard;
use crate::store::layout::Layout;

/// Bytes of an answer of the admin listener.
const MAX_BYTES: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(4);

/// How a running node says it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Leaves, published or not.
    pub entries: u64,
    /// Leaves of the shown checkpoint.
    pub published: u64,
    /// When it was signed.
    pub published_at: Timestamp,
    /// Seconds since then.
    pub age_seconds: u64,
    /// Cosignatures of others on it.
    pub cosignatures: u64,
    /// Why nothing is taken or signed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub halted: Option<String>,
    /// Leaves that the index covers; absent where none can be answered from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub index: Option<u64>,
    /// Why nothing of the index is signed any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub index_halted: Option<String>,
    /// Logs that are followed, and those of them that do not come along.
    pub followed: u64,
    /// Followed logs that are behind, or ended.
    pub lagging: u64,
    /// Indexes of other logs in which a head was signed that does not follow: nothing is cosigned
    /// for them any more.
    #[serde(default)]
    pub refused_indexes: u64,
}

/// How a node is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The log.
    pub origin: String,
    /// What the running node says; absent if none answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// Cosignatures that are wanted.
    pub quorum: u64,
    /// The largest tree the guard knows to be signed; absent without a guard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<u64>,
    /// Whether the node was restored and has not recovered.
    pub read_only: bool,
    /// Bytes of the journal.
    pub journal_bytes: u64,
    /// Bytes of the bodies.
    pub bodies_bytes: u64,
    /// Bytes free on the disk.
    pub free_bytes: u64,
}

impl Status {
    /// The exit status: 0 ready, 4 running and not ready, 78 restored and not recovered, 1 not
    /// running.
    pub fn exit_status(&self) -> u8 {
        match &self.running {
            Some(running) if running.halted.is_none() => 0,
            Some(_) => 4,
            None if self.read_only => 78,
            None => 1,
        }
    }
}

/// Looks after a node.
///
/// # Errors
/// [`NodeError`] when there is no node.
pub fn status(settings: &Settings) -> Result<Status, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let guard = Guard::look(&settings.guard_dir, settings.origin.as_str()).ok();
    let bytes = |folder: &std::path::Path| disk::folder_bytes(folder).map_err(LedgerError::from);
    Ok(Status {
        origin: settings.origin.to_string(),
        running: settings.admin.and_then(ask),
        quorum: settings.witnesses.quorum as u64,
        signed: guard.map(|(head, _)| head.size),
        read_only: guard.is_some_and(|(_, restored)| restored),
        journal_bytes: bytes(&layout.journal())?,
        bodies_bytes: bytes(&layout.bodies())?,
        free_bytes: disk::free_bytes(layout.root()).map_err(LedgerError::from)?,
    })
}

/// What the node at the admin address says; nothing if none answers.
fn ask(admin: SocketAddr) -> Option<Running> {
    let url: BaseUrl = format!("http://{admin}").parse().ok()?;
    let request = Request {
        path: "/status",
        accept: "application/json",
        content: None,
        wait: None,
        max_bytes: MAX_BYTES,
    };
    let response = Http::within(url, PATIENCE).request(&request).ok()?;
    serde_json::from_slice(&response.body).ok()
}

impl std::fmt::Display for Status {
    /// Lines for people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "log            {}", self.origin)?;
        match &self.running {
            Some(running) => {
                let state = running.halted.as_deref();
                let state = state.map_or("ready".to_owned(), |why| format!("not ready: {why}"));
                let (quorum, found) = (self.quorum, running.cosignatures);
                writeln!(f, "running        {state}")?;
                writeln!(f, "entries        {}", running.entries)?;
                let (size, age) = (running.published, running.age_seconds);
                writeln!(
                    f,
                    "shown          size {size}, {age} s old, {found} cosignatures, {quorum} wanted"
                )?;
                let covered = running.index.unwrap_or(0);
                let state = running.index_halted.as_deref();
                let state = state.map_or(String::new(), |why| format!(", not signed: {why}"));
                writeln!(f, "index          covers {covered}{state}")?;
                writeln!(
                    f,
                    "followed       {}, {} behind",
                    running.followed, running.lagging
                )?;
                if running.refused_indexes > 0 {
                    let (refused, why) = (running.refused_indexes, Reason::BadUpdate);
                    writeln!(
                        f,
                        "refused        {refused} indexes of others [{why}], see fraud/"
                    )?;
                }
            }
            None => writeln!(f, "running        nobody answers at the admin address")?,
        }
        match self.signed {
            Some(size) => writeln!(f, "signed         size {size}, says the guard")?,
            None => writeln!(f, "signed         the guard is missing or damaged")?,
        }
        if self.read_only {
            writeln!(
                f,
                "read-only      restored, and not recovered [{}]",
                Reason::ReadOnly
            )?;
        }
        writeln!(f, "journal        {} bytes", self.journal_bytes)?;
        writeln!(f, "bodies         {} bytes", self.bodies_bytes)?;
        writeln!(f, "free           {} bytes", self.free_bytes)
    }
}
