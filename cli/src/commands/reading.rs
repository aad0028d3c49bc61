//! The copy of the log that a command judges.
//!
//! The whole log is read and recomputed on this machine; whom or what a person asks about never
//! leaves it.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::statement::read_text;
use fairtrail::client::{self, Missing, Progress, Store};
use fairtrail::log::PolicyLog;
use fairtrail::policy::{Policy, Settings};
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;

/// What is trusted, and how the log is read.
#[derive(Debug, clap::Args)]
pub(crate) struct Reading {
    /// What I trust
    #[arg(long, value_name = "FILE", env = "FAIRTRAIL_POLICY")]
    pub(crate) policy: PathBuf,
    /// Judge by these settings of the rules instead of the policy's (`fairtrail policy rules`)
    #[arg(long, value_name = "FILE")]
    pub(crate) ruleset: Option<PathBuf>,
    /// Judge what was downloaded before, without asking the gateway
    #[arg(long)]
    pub(crate) offline: bool,
    /// Ask again for parts that were missing before
    #[arg(long, conflicts_with = "offline")]
    pub(crate) refresh: bool,
}

impl Reading {
    /// The policy, and the first of its logs brought up to date.
    ///
    /// # Errors
    /// The policy cannot be read or names no log; the gateway or the copy is not as it must be.
    pub(crate) fn read(&self, context: &mut Context<'_>) -> Result<(Policy, Replica), CliError> {
        let policy = self.trusted()?;
        let log = first_log(&policy)?;
        let gateway = context.gateway.clone();
        let url = gateway.as_deref().or_else(|| log.url());
        let replica = self.replica(context, &policy, log, url)?;
        let policy = match &self.ruleset {
            Some(file) => policy.with_settings(Settings::parse(&read_text(file)?)?),
            None => policy,
        };
        Ok((policy, replica))
    }

    /// The policy with its own settings of the rules.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn trusted(&self) -> Result<Policy, CliError> {
        Ok(Policy::parse(&read_text(&self.policy)?)?)
    }

    /// The policy, and every log that it takes to satisfy it: the first, and where it requires
    /// several, each that has an address. One that cannot be reached is noted; the verdict then
    /// says that logs are missing.
    ///
    /// # Errors
    /// As [`Self::read`]; what one log shows against itself is never passed over.
    pub(crate) fn read_all(
        &self,
        context: &mut Context<'_>,
    ) -> Result<(Policy, Replica, Vec<Replica>), CliError> {
        let (policy, first) = self.read(context)?;
        let mut more = Vec::new();
        let logs = policy.logs().logs().iter().skip(1);
        for log in logs.filter(|log| policy.required_logs() > 1 && log.url().is_some()) {
            match self.replica(context, &policy, log, log.url()) {
                Ok(replica) => more.push(replica),
                Err(error) if error.exit() == Exit::Operational => {
                    let note = format!("{} was not read: {}", log.origin(), error.message());
                    context.ui.note(&note);
                }
                Err(error) => return Err(error),
            }
        }
        Ok((policy, first, more))
    }

    fn replica(
        &self,
        context: &mut Context<'_>,
        policy: &Policy,
        log: &PolicyLog,
        url: Option<&str>,
    ) -> Result<Replica, CliError> {
        let mut store = Store::open(context.home.path(), policy.network(), log)?;
        if self.offline {
            return Ok(store.load(policy)?);
        }
        let url = url.ok_or_else(|| {
            CliError::usage("this needs a gateway").hint(
                "name one: --gateway http://127.0.0.1:8080, or give the log an address in the policy",
            )
        })?;
        let gateway = (context.connect)(url)?;
        let missing = if self.refresh {
            Missing::All
        } else {
            Missing::Recent
        };
        let bar = bar(context.ui.shows_progress());
        let synced = client::sync(
            &gateway,
            &mut store,
            policy,
            missing,
            &mut |progress: Progress| {
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                bar.set_message(progress.stage.to_string());
            },
        );
        bar.finish_and_clear();
        let erased = store.overwritten();
        if erased > 0 {
            let parts = if erased == 1 { "part" } else { "parts" };
            context.ui.note(&format!(
                "{erased} {parts} of {} erased by its log: the bytes were overwritten in the copy here",
                log.origin()
            ));
        }
        Ok(synced?)
    }
}

fn first_log(policy: &Policy) -> Result<&PolicyLog, CliError> {
    let first = policy.logs().logs().first();
    first.ok_or_else(|| CliError::coded(Reason::PolicyMalformed, "the policy names no log"))
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
