//! The copy of the log that a command judges.
//!
//! The whole log is read and recomputed on this machine; whom or what a person asks about never
//! leaves it.

use crate::context::Context;
use crate::error::CliError;
use crate::statement::read_text;
use fairtrail::client::{self, Missing, Progress, Store};
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
    /// The policy, and the log brought up to date.
    ///
    /// # Errors
    /// The policy cannot be read or names no log; the gateway or the copy is not as it must be.
    pub(crate) fn read(&self, context: &mut Context<'_>) -> Result<(Policy, Replica), CliError> {
        let policy = self.trusted()?;
        let replica = self.replica(context, &policy)?;
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

    fn replica(&self, context: &mut Context<'_>, policy: &Policy) -> Result<Replica, CliError> {
        let Some(log) = policy.logs().logs().first() else {
            let message = "the policy names no log";
            return Err(CliError::coded(Reason::PolicyMalformed, message));
        };
        let mut store = Store::open(context.home.path(), policy.network(), log)?;
        if self.offline {
            return Ok(store.load(policy)?);
        }
        let url = context.gateway.as_deref().or_else(|| log.url());
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
        Ok(synced?)
    }
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
