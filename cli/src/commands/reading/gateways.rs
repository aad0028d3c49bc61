//! Which gateway serves which log: told by the origin of the checkpoint it shows.

use crate::context::Context;
use crate::error::CliError;
use fairtrail::client::{ClientError, Gateway, SyncError};
use fairtrail::log::{Checkpoint, LogError, Origin, PolicyLog};
use fairtrail::note::Note;
use fairtrail::policy::Policy;

/// One gateway, and what it shows of its log.
pub(super) struct Source {
    pub(super) url: String,
    pub(super) gateway: Gateway,
    pub(super) shown: Result<Note, ClientError>,
}

/// Leaves from which on a log counts as large.
const LARGE: u64 = 20_000;

/// The gateways of a policy's logs.
#[derive(Default)]
pub(crate) struct Gateways(Vec<(Origin, Source)>);

impl Gateways {
    /// Asks the gateways named, and for logs that none of them serves the policy's own.
    ///
    /// # Errors
    /// An address is none; a gateway serves a log that the policy does not name.
    pub(super) fn find(context: &mut Context<'_>, policy: &Policy) -> Result<Self, CliError> {
        let mut found = Self::default();
        let logs = policy.logs().logs();
        for url in context.gateways.clone() {
            let source = Source::ask(context, url)?;
            let origin = match (&source.shown, logs) {
                (Ok(note), _) => served(note, logs)?,
                // Whatever it serves, it can be no other.
                (Err(_), [only]) => only.origin().clone(),
                (Err(error), _) => {
                    context.ui.note(&format!("{}: {error}", source.url));
                    continue;
                }
            };
            found.0.push((origin, source));
        }
        for log in logs {
            let is_served = found.0.iter().any(|(origin, _)| origin == log.origin());
            if let (false, Some(url)) = (is_served, log.url()) {
                let source = Source::ask(context, url.to_owned())?;
                found.0.push((log.origin().clone(), source));
            }
        }
        Ok(found)
    }

    /// The gateways of each log of a policy that has any, by origin.
    ///
    /// # Errors
    /// As for reading the logs.
    pub(crate) fn by_log(
        context: &mut Context<'_>,
        policy: &Policy,
    ) -> Result<Vec<(String, Vec<Gateway>)>, CliError> {
        let mut found = Self::find(context, policy)?;
        let logs = policy.logs().logs().iter().map(|log| {
            let sources = found.take(log).into_iter();
            let gateways: Vec<_> = sources.map(|source| source.gateway).collect();
            (log.origin().to_string(), gateways)
        });
        Ok(logs.filter(|(_, gateways)| !gateways.is_empty()).collect())
    }

    /// Whether one of them states so many leaves that it is asked for proofs instead of being read
    /// whole.
    pub(crate) fn is_large(&self) -> bool {
        let mut stated = self.0.iter().filter_map(|(_, source)| source.stated());
        stated.any(|stated| stated >= LARGE)
    }

    /// The gateways of one log.
    pub(super) fn take(&mut self, log: &PolicyLog) -> Vec<Source> {
        let of_log = |(origin, _): &mut (Origin, Source)| origin == log.origin();
        let taken = self.0.extract_if(.., of_log);
        taken.map(|(_, source)| source).collect()
    }
}

impl Source {
    fn ask(context: &Context<'_>, url: String) -> Result<Self, CliError> {
        let gateway = (context.connect)(&url)?;
        Ok(Self {
            shown: gateway.checkpoint(),
            gateway,
            url,
        })
    }

    /// Leaves it states, in no way verified.
    pub(super) fn stated(&self) -> Option<u64> {
        let checkpoint: Checkpoint = self.shown.as_ref().ok()?.text().parse().ok()?;
        Some(checkpoint.size().get())
    }
}

/// The log that a checkpoint says it is of. Whether it is signed by that log is asked later.
fn served(note: &Note, logs: &[PolicyLog]) -> Result<Origin, CliError> {
    let refused = |error: LogError| CliError::from(SyncError::from(error));
    let stated: Checkpoint = note.text().parse().map_err(refused)?;
    let found = stated.origin().clone();
    if logs.iter().any(|log| *log.origin() == found) {
        return Ok(found);
    }
    let names = logs.iter().map(|log| log.origin().to_string());
    let names = names.collect::<Vec<_>>().join(", ");
    Err(refused(LogError::OriginUnknown { found }).hint(format!("the policy names {names}")))
}
