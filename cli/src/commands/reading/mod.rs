//! The copies of the policy's logs that a command judges.
//!
//! Every log is read whole and recomputed on this machine; whom or what a person asks about never
//! leaves it.

mod answers;
mod asking;
mod bundles;
mod gateways;
mod mirrors;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::statement::read_text;
pub(crate) use answers::{Answers, covered, made_about};
pub(crate) use bundles::{BundleRead, IndexView, open_file};
use fairtrail::client::{Missing, Store, StoreError, SyncError};
use fairtrail::history::LogNotRead;
use fairtrail::log::{LogError, PolicyLog};
use fairtrail::policy::{Policy, Settings};
use fairtrail::reason::Reason;
use fairtrail::replica::{Reader, Replica};
use fairtrail::time::Date;
pub(crate) use gateways::Gateways;
use indicatif::{ProgressBar, ProgressStyle};
use mirrors::Mirrors;
use std::path::PathBuf;
use std::time::Duration;

/// What is trusted, and how the logs are read.
#[derive(Debug, clap::Args)]
pub(crate) struct Reading {
    /// What I trust
    #[arg(long, value_name = "FILE", env = "FAIRTRAIL_POLICY")]
    pub(crate) policy: PathBuf,
    /// Judge by these settings of the rules instead of the policy's (`fairtrail policy rules`)
    #[arg(long, value_name = "FILE")]
    pub(crate) ruleset: Option<PathBuf>,
    /// Judge what was downloaded before, without asking any gateway
    #[arg(long)]
    pub(crate) offline: bool,
    /// Ask again for parts that were missing before
    #[arg(long, conflicts_with = "offline")]
    pub(crate) refresh: bool,
    /// Set aside what was seen of this log and read it as one never seen; repeat for more
    #[arg(long, value_name = "ORIGIN", conflicts_with = "offline")]
    pub(crate) accept_new_history: Vec<String>,
}

/// The logs of a policy, as far as they could be read.
#[derive(Debug)]
pub(crate) struct LogsRead {
    /// What is trusted, with the settings asked for.
    pub(crate) policy: Policy,
    /// At least one, in the policy's order.
    pub(crate) replicas: Vec<Replica>,
    not_read: Vec<LogNotRead>,
}

impl LogsRead {
    /// What the logs hold together; of what is known now, or was at the end of a date.
    ///
    /// # Errors
    /// The logs are of different networks.
    pub(crate) fn reader(&self, known_at: Option<Date>) -> Result<Reader<'_>, CliError> {
        let nothing = || CliError::internal("no log was read");
        let (first, more) = self.replicas.split_first().ok_or_else(nothing)?;
        let more: Vec<_> = more.iter().collect();
        let reader = Reader::over(first, &more, &self.policy, known_at)?;
        Ok(reader.without(self.not_read.clone()))
    }
}

impl Reading {
    /// The policy, and every log of it that can be read, brought up to date. A log that cannot be
    /// reached, or that too few cosigned, is noted; a verdict names it.
    ///
    /// # Errors
    /// The policy cannot be read or names no log; no log can be read; a copy is not as it must be.
    /// What a log shows against itself is never passed over.
    pub(crate) fn read(&self, context: &mut Context<'_>) -> Result<LogsRead, CliError> {
        self.read_from(context, None)
    }

    /// As [`Self::read`], from gateways that were found before.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn read_from(
        &self,
        context: &mut Context<'_>,
        gateways: Option<Gateways>,
    ) -> Result<LogsRead, CliError> {
        let policy = self.trusted()?;
        if policy.logs().logs().is_empty() {
            return Err(CliError::coded(
                Reason::PolicyMalformed,
                "the policy names no log",
            ));
        }
        self.set_aside(context, &policy)?;
        let (replicas, not_read) = self.logs(context, &policy, gateways)?;
        let policy = match &self.ruleset {
            Some(file) => policy.with_settings(Settings::parse(&read_text(file)?)?),
            None => policy,
        };
        Ok(LogsRead {
            policy,
            replicas,
            not_read,
        })
    }

    /// The policy with its own settings of the rules.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn trusted(&self) -> Result<Policy, CliError> {
        Ok(Policy::parse(&read_text(&self.policy)?)?)
    }

    fn logs(
        &self,
        context: &mut Context<'_>,
        policy: &Policy,
        gateways: Option<Gateways>,
    ) -> Result<(Vec<Replica>, Vec<LogNotRead>), CliError> {
        let mut gateways = match gateways {
            Some(found) => found,
            None if self.offline => Gateways::default(),
            None => Gateways::find(context, policy)?,
        };
        let (mut replicas, mut not_read, mut first) = (Vec::new(), Vec::new(), None);
        for log in policy.logs().logs() {
            let read = if self.offline {
                load(context, policy, log)
            } else {
                self.sync(context, policy, log, &mut gateways)
            };
            let error = match read {
                Ok(replica) => {
                    replicas.push(replica);
                    continue;
                }
                Err(Refused::Whole(error)) => return Err(error),
                Err(Refused::Log(error)) => error,
            };
            let reason = error.reason().unwrap_or(Reason::GatewayUnreachable);
            let origin = log.origin().to_string();
            if policy.logs().logs().len() > 1 {
                let note = format!("{origin} was not read: {reason}: {}", error.message());
                context.ui.note(&note);
            }
            not_read.push(LogNotRead { origin, reason });
            first.get_or_insert(error);
        }
        match first {
            Some(error) if replicas.is_empty() => Err(error),
            _ => Ok((replicas, not_read)),
        }
    }

    fn sync(
        &self,
        context: &mut Context<'_>,
        policy: &Policy,
        log: &PolicyLog,
        gateways: &mut Gateways,
    ) -> Result<Replica, Refused> {
        let mut store = open(context, policy, log)?;
        let bar = bar(context.ui.shows_progress());
        let mut mirrors = Mirrors {
            store: &mut store,
            policy,
            missing: if self.refresh {
                Missing::All
            } else {
                Missing::Recent
            },
            bar: &bar,
            notes: Vec::new(),
        };
        let read = mirrors.read(gateways.take(log));
        let notes = std::mem::take(&mut mirrors.notes);
        bar.finish_and_clear();
        for note in notes {
            context.ui.note(&note);
        }
        let erased = store.overwritten();
        if erased > 0 {
            let parts = if erased == 1 { "part" } else { "parts" };
            context.ui.note(&format!(
                "{erased} {parts} of {} erased by its log: the bytes were overwritten in the copy here",
                log.origin()
            ));
        }
        read?.ok_or_else(|| {
            let message = format!("no gateway of {} is known", log.origin());
            let error = CliError::coded(Reason::GatewayUnreachable, message);
            Refused::Log(error.only_hint(
                "name one: --gateway http://127.0.0.1:8080, or give the log an address in the policy",
            ))
        })
    }

    /// Forgets the logs that somebody decided to take up anew.
    fn set_aside(&self, context: &mut Context<'_>, policy: &Policy) -> Result<(), CliError> {
        for origin in &self.accept_new_history {
            let mut logs = policy.logs().logs().iter();
            let log = logs.find(|log| log.origin().as_str() == origin);
            let log = log.ok_or_else(|| {
                CliError::usage(format!("{origin} is no log of the policy"))
                    .hint("write the origin as the policy does: host/name/e1")
            })?;
            let note = match Store::set_aside(context.home.path(), log)? {
                Some(place) => format!(
                    "what was known of {origin} was moved to {}; its history is read as one never seen",
                    place.display()
                ),
                None => format!("nothing was known of {origin}"),
            };
            context.ui.note(&note);
        }
        Ok(())
    }
}

/// Why there is no copy to judge.
enum Refused {
    /// This log says nothing; others may.
    Log(CliError),
    /// Nothing may be judged: a log is caught, or this machine is not as it must be.
    Whole(CliError),
}

impl From<SyncError> for Refused {
    fn from(error: SyncError) -> Self {
        let local = matches!(error, SyncError::Store(_));
        let error = CliError::from(error);
        match error.exit() {
            Exit::Operational | Exit::Unknown if !local => Self::Log(error),
            _ => Self::Whole(error),
        }
    }
}

fn open(context: &Context<'_>, policy: &Policy, log: &PolicyLog) -> Result<Store, Refused> {
    let store = Store::open(context.home.path(), policy.network(), log);
    store.map_err(|error| Refused::Whole(error.into()))
}

fn load(context: &Context<'_>, policy: &Policy, log: &PolicyLog) -> Result<Replica, Refused> {
    let loaded = open(context, policy, log)?.load(policy);
    loaded.map_err(|error| match error {
        StoreError::Empty { .. } | StoreError::Log(LogError::QuorumMissing { .. }) => {
            Refused::Log(error.into())
        }
        other => Refused::Whole(other.into()),
    })
}

/// Shown on a terminal only, and only when the work takes longer than half a second.
pub(crate) fn bar(shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:<12} {bar:40} {pos}/{len}");
    let bar = ProgressBar::new(0);
    bar.enable_steady_tick(Duration::from_millis(500));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
