//! Errors as a person meets them: one line, its causes, and commands that help.

use crate::exit::Exit;
use fairtrail::api::MessageError;
use fairtrail::cbor::CborError;
use fairtrail::charter::CharterError;
use fairtrail::client::{ClientError, StoreError, SyncError};
use fairtrail::entry::EntryError;
use fairtrail::files::{AuthorError, FileError, HomeError, NameError};
use fairtrail::fraud::FraudError;
use fairtrail::id::IdError;
use fairtrail::key::KeyError;
use fairtrail::log::{LogError, Origin};
use fairtrail::note::NoteError;
use fairtrail::policy::PolicyError;
use fairtrail::reason::Reason;
use fairtrail::replica::ReplicaError;
use fairtrail::subject::SubjectError;
use serde_json::json;
use std::error::Error;
use std::fmt::Display;

/// What sort of failure it is; decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A fault of this program.
    Internal,
    /// Evidence does not hold.
    Invalid,
    /// The command could not do its work.
    Operational,
    /// Evidence says too little.
    Unknown,
    /// The command line is wrong.
    Usage,
}

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    kind: Kind,
    reason: Option<Reason>,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl CliError {
    fn new(kind: Kind, message: impl Display) -> Self {
        Self {
            kind,
            reason: None,
            message: message.to_string(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The command could not do its work.
    pub fn operational(message: impl Display) -> Self {
        Self::new(Kind::Operational, message)
    }

    /// The command line is wrong.
    pub fn usage(message: impl Display) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A fault of this program.
    pub fn internal(message: impl Display) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// Evidence says too little.
    pub fn unknown(message: impl Display) -> Self {
        Self::new(Kind::Unknown, message)
    }

    /// A refusal with its reason code; the code decides the kind and the first hint.
    pub fn coded(reason: Reason, message: impl Display) -> Self {
        let mut error = Self::new(kind_of(reason), message);
        error.reason = Some(reason);
        error.hints.extend(hint_for(reason).map(str::to_owned));
        error
    }

    /// The same error as evidence that does not hold, or as evidence that says too little.
    #[must_use]
    pub(crate) const fn about_evidence(mut self, sound: bool) -> Self {
        self.kind = if sound { Kind::Unknown } else { Kind::Invalid };
        self
    }

    /// The same error as evidence that does not hold.
    #[must_use]
    pub const fn against_evidence(self) -> Self {
        self.about_evidence(false)
    }

    pub(crate) fn of(reason: Reason, error: &dyn Error) -> Self {
        let mut coded = Self::coded(reason, error);
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Transparent and quoting errors say the same as their source.
            if !coded.message.contains(&text) {
                coded.causes.push(text);
            }
            source = cause.source();
        }
        coded
    }

    /// Puts a sentence about what was tried above the error, which becomes its cause.
    #[must_use]
    pub fn while_doing(mut self, what: impl Display) -> Self {
        let message = std::mem::replace(&mut self.message, what.to_string());
        self.causes.insert(0, message);
        self
    }

    /// Adds a cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// Replaces what the reason code alone suggests.
    #[must_use]
    pub fn only_hint(mut self, hint: impl Display) -> Self {
        self.hints = vec![hint.to_string()];
        self
    }

    /// One line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The stable code, see specs/reason-codes.md.
    pub const fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// What lies behind it.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What may help.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit status.
    pub const fn exit(&self) -> Exit {
        match self.kind {
            Kind::Internal => Exit::Internal,
            Kind::Invalid => Exit::Invalid,
            Kind::Operational => Exit::Operational,
            Kind::Unknown => Exit::Unknown,
            Kind::Usage => Exit::Usage,
        }
    }

    /// The error as a JSON object.
    pub fn json(&self) -> serde_json::Value {
        json!({
            "schema": "fairtrail/error@v1",
            "reason": self.reason,
            "error": self.message,
            "caused_by": self.causes,
            "hints": self.hints,
            "exit": self.exit().code(),
        })
    }
}

/// Evidence that does not hold is told apart from work that could not be done.
const fn kind_of(reason: Reason) -> Kind {
    match reason {
        Reason::CosignatureInvalid
        | Reason::DuplicateLeaf
        | Reason::LeafInadmissible
        | Reason::LogForked
        | Reason::PartMismatch
        | Reason::PromiseBroken
        | Reason::PromiseInvalid
        | Reason::ProofInvalid
        | Reason::RootMismatch
        | Reason::SignatureInvalid
        | Reason::TileMismatch => Kind::Invalid,
        _ => Kind::Operational,
    }
}

/// What helps with a reason code, whatever the details.
const fn hint_for(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::AuthorBehind => {
            "this directory looks like a restored backup: stop, find the newer one; if it is lost, `fairtrail author resume NAME`"
        }
        Reason::AuthorNotBegun => "`fairtrail author begin NAME --charter FILE --gateway URL`",
        Reason::AuthorRevoked => "ask whoever granted the author; nothing was submitted",
        Reason::DirectoryLocked => {
            "wait for the other process to end; its number is nobody else's to kill"
        }
        Reason::EarlyBegin => {
            "a granter must grant the author first: `fairtrail grant --as GRANTER --to NAME …`"
        }
        Reason::EarlyGrant => "the grant has no effect yet: ask whether enough roots have acted",
        Reason::EarlyPrev => {
            "the gateway lacks earlier entries of this feed: `fairtrail submit --pending --as NAME`"
        }
        Reason::FeedForked => {
            "rotate at once: `fairtrail author rotate NAME`, or `--abandon` to leave behind what was not acknowledged"
        }
        Reason::GatewayUnreachable => "check the address after --gateway, or FAIRTRAIL_GATEWAY",
        Reason::RollbackSuspected => {
            "a backup was put back: `fairtrail author resume NAME` goes on from what gateways hold"
        }
        Reason::GrantMissing => {
            "`fairtrail author show NAME --gateway URL` lists the grants in effect"
        }
        Reason::NetworkMismatch => {
            "compare `fairtrail charter show FILE` with the gateway's network"
        }
        Reason::PrivacyRawCount => {
            "people are counted in bands: few, 10-19, 20-49, 50-99, 100-249, 250+"
        }
        Reason::TextInClaim | Reason::TokenRule => {
            "move what a person would read to [text]; a claim holds codes"
        }
        Reason::UnknownField => "compare with `new --template`; a misspelt field is never ignored",
        _ => return None,
    })
}

macro_rules! coded {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::of(error.code(), &error)
            }
        }
    )*};
}

coded!(
    CborError,
    CharterError,
    EntryError,
    HomeError,
    IdError,
    KeyError,
    LogError,
    MessageError,
    NameError,
    NoteError,
    PolicyError,
    ReplicaError,
    SubjectError,
);

impl From<FileError> for CliError {
    fn from(error: FileError) -> Self {
        let coded = Self::of(error.code(), &error);
        match &error {
            FileError::Lax { path, .. } => coded.only_hint(format!("chmod 600 {}", path.display())),
            FileError::Foreign { path, .. } => {
                coded.only_hint(format!("chown $USER {}", path.display()))
            }
            FileError::Exists { path } => coded.only_hint(format!(
                "nothing is overwritten; choose another name, or move {} away",
                path.display()
            )),
            _ => coded,
        }
    }
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        let coded = Self::of(error.code(), &error);
        let hint = error.refusal().and_then(|refusal| refusal.hint.clone());
        match hint {
            Some(hint) => coded.hint(hint),
            None => coded,
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let coded = Self::of(error.code(), &error);
        let coded = match error.hint() {
            Some(hint) => coded.hint(hint),
            None => coded,
        };
        match &error {
            StoreError::Forked {
                origin, evidence, ..
            } => coded
                .hint(format!(
                    "`fairtrail fraud verify {} --policy POLICY` checks the proof offline",
                    evidence.display()
                ))
                .hint(accept(origin)),
            StoreError::Key { origin, .. } => coded.hint(accept(origin)),
            _ => coded,
        }
    }
}

/// How to go on with a log that is not the one that was seen.
fn accept(origin: &Origin) -> String {
    format!(
        "if its operator explained it and you take up another history all the same: --accept-new-history {origin}"
    )
}

impl From<SyncError> for CliError {
    fn from(error: SyncError) -> Self {
        let error = match error {
            SyncError::Store(error) => return error.into(),
            other => other,
        };
        let coded = Self::of(error.code(), &error);
        let coded = match &error {
            SyncError::Gateway(_) | SyncError::Network { .. } => coded,
            SyncError::Log(LogError::QuorumMissing { .. }) => coded.about_evidence(true),
            _ => coded.about_evidence(false),
        };
        let coded = match error.hint() {
            Some(hint) => coded.hint(hint),
            None => coded,
        };
        match &error {
            SyncError::RolledBack { origin, .. } => coded.hint(accept(origin)),
            _ => coded,
        }
    }
}

impl From<FraudError> for CliError {
    /// A file that proves nothing is evidence that does not hold, whatever is wrong with it.
    fn from(error: FraudError) -> Self {
        Self::of(error.code(), &error).against_evidence()
    }
}

impl From<AuthorError> for CliError {
    fn from(error: AuthorError) -> Self {
        match error {
            AuthorError::File(error) => error.into(),
            AuthorError::GuardMissing { .. } => Self::of(error.code(), &error)
                .hint("`fairtrail author resume NAME --gateway URL` makes it anew from what gateways hold; name every gateway the author ever submitted to")
                .hint("if the home directory was moved, move its marks along (<home>-guard), or name their directory with --guard DIR"),
            AuthorError::Lost { .. } => Self::of(error.code(), &error).only_hint(
                "name a gateway that may hold it: `fairtrail author resume NAME --also URL`; else leave it behind: `fairtrail author rotate NAME --abandon`",
            ),
            AuthorError::Spent { .. } => Self::of(error.code(), &error).only_hint(
                "the keys were rotated after this copy was made: put the newer signing.key and rotation.key in its place, then resume",
            ),
            AuthorError::Begun { .. } => Self::of(error.code(), &error)
                .only_hint("one author speaks in one network: make another author"),
            other => Self::of(other.code(), &other),
        }
    }
}

#[cfg(test)]
mod tests;
