//! Whose keys are held against the node.

use super::Args;
use crate::error::CliError;
use crate::statement::read_text;
use fairtrail::client::Gateway;
use fairtrail::log::{Origin, PolicyLog};
use fairtrail::note::NoteVerifier;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;

/// Keys, and who named them.
pub(super) struct Trust {
    pub(super) policy: Policy,
    pub(super) log: PolicyLog,
    /// Of the log, its index and its promises, as far as they are known.
    pub(super) keys: Vec<NoteVerifier>,
    pub(super) named_by: &'static str,
}

impl Trust {
    /// Puts together what the command line and the policy name, and what is missing from the word of
    /// the gateway.
    pub(super) fn find(args: &Args, gateway: &Gateway) -> Result<Self, CliError> {
        let info = gateway.log()?;
        let origin: Origin = info.origin.parse().map_err(CliError::internal)?;
        let stated = |vkey: &str| vkey.parse::<NoteVerifier>();
        let own = origin.key_name()?;
        let named = args.log_key.iter().find(|key| *key.name() == own);
        let policy = if let Some(file) = &args.policy {
            Policy::parse(&read_text(file)?)?
        } else {
            let key = named.cloned().map_or_else(|| stated(&info.vkey), Ok)?;
            let network = info.network;
            let logs = format!("log_policy = \"\"\"\nlog {key}\nquorum none\n\"\"\"\n");
            Policy::parse(&format!("network = \"{network}\"\n{logs}"))?
        };
        let mut logs = policy.logs().logs().iter();
        let log = logs.find(|log| *log.origin() == origin).cloned();
        let log = log.ok_or_else(|| {
            let message = format!(
                "{} serves {origin}, which the policy does not name",
                args.url
            );
            CliError::coded(Reason::OriginMismatch, message)
        })?;
        let named_by = match (&args.policy, named) {
            (Some(_), _) => "policy",
            (None, Some(_)) => "command-line",
            (None, None) => "gateway",
        };
        let mut keys = vec![log.key().clone()];
        let index = info.index.as_ref().map(|index| index.vkey.as_str());
        for vkey in [Some(info.promise_vkey.as_str()), index]
            .into_iter()
            .flatten()
        {
            let key = stated(vkey)?;
            let mut named = args.log_key.iter();
            let named = named.find(|named| named.name() == key.name()).cloned();
            keys.push(named.unwrap_or(key));
        }
        Ok(Self {
            policy,
            log,
            keys,
            named_by,
        })
    }

    /// The key with a name.
    pub(super) fn key(&self, origin: &Origin) -> Option<&NoteVerifier> {
        let name = origin.key_name().ok()?;
        self.keys.iter().find(|key| *key.name() == name)
    }

    /// Where the copy lies; neither `~` nor `@` stands in an origin.
    pub(super) fn file_name(&self) -> String {
        let origin = self.log.origin().as_str();
        origin.replace('/', "~").replace(':', "@")
    }
}
