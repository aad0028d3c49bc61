//! Keeping watch: when to look, until somebody ends it.

use super::Args;
use super::bells::{Bells, Rung};
use super::looking::{Scope, Watch};
use super::stop::Stop;
use crate::clock;
use crate::commands::reading::Gateways;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use fairtrail::policy::Policy;
use fairtrail::time::Date;
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest time between two attempts when gateways do not answer, in seconds.
const LONGEST_WAIT: u64 = 900;
/// Seconds between two looks at most, however often somebody rings.
const PAUSE: u64 = 5;
/// The longest pause for an index that does not cover yet what was heard.
const LAG: u64 = 60;

/// When to look next. Instants are in seconds since 1970.
pub(super) struct Keep<'a> {
    args: &'a Args,
    policy: &'a Policy,
    bells: Bells,
    stop: Stop,
    /// Logs whose gateways are listened to; nothing before the first look.
    listened: Option<usize>,
    /// Those that tell at present.
    open: BTreeSet<String>,
    /// What gateways showed when they were asked last.
    shown: Option<Vec<String>>,
    date: Date,
    looked: u64,
    /// When to ask gateways that do not tell.
    poll: u64,
    /// When to look because something was heard.
    rung: Option<u64>,
    /// When to look again because something did not work, or was not taken.
    again: Option<(u64, Scope)>,
    full: u64,
    wait: u64,
    lag: u64,
}

impl<'a> Keep<'a> {
    /// Begins to listen for the end.
    ///
    /// # Errors
    /// The system lets nobody listen.
    pub(super) fn start(
        args: &'a Args,
        policy: &'a Policy,
        context: &Context<'_>,
    ) -> Result<Self, CliError> {
        let bells = Bells::new();
        Ok(Self {
            args,
            policy,
            stop: Stop::on_signals(bells.ring())?,
            bells,
            listened: None,
            open: BTreeSet::new(),
            shown: None,
            date: context.now.date(),
            looked: 0,
            poll: 0,
            rung: None,
            again: None,
            full: 0,
            wait: args.interval,
            lag: 1,
        })
    }

    /// Looks until somebody ends it.
    ///
    /// # Errors
    /// The evidence itself is invalid, or this machine is not as it must be.
    pub(super) fn forever(
        &mut self,
        watch: &mut Watch<'_>,
        context: &mut Context<'_>,
    ) -> Result<(), CliError> {
        watch.stop = self.stop.clone();
        let mut scope = Scope::All;
        loop {
            if self.polls() {
                self.shown = Some(shown(context, self.policy));
            }
            match watch.look(context, scope) {
                Ok(look) => self.looked(watch, scope, look.pending),
                Err(error) if matches!(error.exit(), Exit::Operational | Exit::Unknown) => {
                    self.could_not(&error, context);
                }
                Err(error) => return Err(error),
            }
            self.listen(watch, context);
            match self.next(watch, context) {
                Some(next) => scope = next,
                None => return Ok(()),
            }
        }
    }

    fn looked(&mut self, watch: &Watch<'_>, scope: Scope, pending: usize) {
        let now = now();
        (self.looked, self.wait, self.again) = (now, self.args.interval, None);
        self.poll = now.saturating_add(self.args.interval);
        if scope == Scope::All {
            self.full = now.saturating_add(self.args.full);
        }
        if pending > 0 {
            self.again = Some((self.poll, Scope::New));
        }
        self.rung = watch.expects().then(|| now.saturating_add(self.lag));
        self.lag = self.lag.saturating_mul(2).min(LAG);
    }

    fn could_not(&mut self, error: &CliError, context: &mut Context<'_>) {
        let code = error.reason();
        let code = code.map_or("unreadable", |reason| reason.as_str());
        let (text, wait) = (error.message(), self.wait);
        let note = format!("{code}: {text}; next attempt in {wait} s");
        context.ui.note(&note);
        self.again = Some((now().saturating_add(wait), Scope::All));
        self.rung = None;
        let longest = LONGEST_WAIT.max(self.args.interval);
        self.wait = wait.saturating_mul(2).min(longest);
    }

    /// Listens to the gateways of each log, once it is known from where on.
    fn listen(&mut self, watch: &Watch<'_>, context: &mut Context<'_>) {
        if self.listened.is_some() || self.args.reading.offline || watch.sizes().is_empty() {
            return;
        }
        let Ok(logs) = Gateways::by_log(context, self.policy) else {
            return;
        };
        self.listened = Some(logs.len());
        for (log, gateways) in logs {
            let from = watch.sizes().get(log.as_str()).copied();
            self.bells.listen(log, gateways, from.unwrap_or(0));
        }
    }

    /// Whether some log has nobody who tells of it.
    fn polls(&self) -> bool {
        self.listened.is_none_or(|logs| self.open.len() < logs)
    }

    /// Waits for a reason to look; nothing when it is time to end.
    fn next(&mut self, watch: &mut Watch<'_>, context: &mut Context<'_>) -> Option<Scope> {
        loop {
            if self.stop.is_asked() {
                return None;
            }
            context.now = clock::now();
            let now = context.now.seconds();
            if let Some(scope) = self.due(now, context) {
                return Some(scope);
            }
            let time = self.until(now);
            if let Some(rung) = self.bells.wait(Duration::from_secs(time)) {
                self.take(rung, watch, context);
            }
        }
    }

    fn due(&mut self, now: u64, context: &mut Context<'_>) -> Option<Scope> {
        let all = now >= self.full || context.now.date() != self.date;
        if let Some((at, scope)) = self.again {
            // While something does not work, nothing else is a reason to try.
            let scope = if all { Scope::All } else { scope };
            return (now >= at).then_some(scope);
        }
        if all {
            self.date = context.now.date();
            return Some(Scope::All);
        }
        if self.rung.is_some_and(|at| now >= at) {
            return Some(Scope::New);
        }
        if self.polls() && now >= self.poll {
            self.poll = now.saturating_add(self.args.interval);
            let shown = shown(context, self.policy);
            if self.shown.as_ref() != Some(&shown) {
                // An index says nothing of whom a new leaf is about.
                let by_index = self.args.by_index;
                return Some(if by_index { Scope::All } else { Scope::New });
            }
        }
        None
    }

    /// Seconds until something is due, unless somebody rings.
    fn until(&self, now: u64) -> u64 {
        let again = self.again.map(|(at, _)| at);
        let rung = self.rung.filter(|_| again.is_none());
        let poll = (again.is_none() && self.polls()).then_some(self.poll);
        let full = again.is_none().then_some(self.full);
        let next = [again, rung, poll, full].into_iter().flatten().min();
        // A day may end, and a clock may be set.
        next.unwrap_or(now).saturating_sub(now).clamp(1, 60)
    }

    fn take(&mut self, rung: Rung, watch: &mut Watch<'_>, context: &mut Context<'_>) {
        match rung {
            Rung::Stop => {}
            Rung::Opened { log } => {
                context.ui.detail(&format!("{log} says when it grows"));
                self.open.insert(log);
            }
            Rung::Closed { log, why } => {
                let every = self.args.interval;
                let text =
                    format!("{log} does not say when it grows ({why}): asked every {every} s");
                context.ui.detail(&text);
                self.open.remove(&log);
            }
            Rung::Halted { log, reason } => {
                let code = reason.map_or("a reason not known here", |reason| reason.as_str());
                let text =
                    format!("{log} signs nothing new at present, by its gateway's word: {code}");
                context.ui.note(&text);
            }
            Rung::Leaf { log, leaf } => {
                if watch.hear(&log, leaf.leaf_index, &leaf.subjects) {
                    self.ring();
                }
            }
            Rung::Size { log, size } => {
                let known = watch.sizes().get(&log).copied();
                if !self.args.by_index && known.is_none_or(|known| known < size) {
                    self.ring();
                }
            }
        }
    }

    /// A look soon: not for every leaf of a batch, and not as often as somebody likes to ring.
    fn ring(&mut self) {
        // What an index does not cover yet is asked for again ever more seldom, whoever goes on ringing.
        if self.rung.is_none() {
            self.lag = 1;
        }
        let pause = self.args.interval.min(PAUSE);
        let soonest = self.looked.saturating_add(pause);
        let at = now().saturating_add(1).max(soonest);
        self.rung = Some(self.rung.map_or(at, |rung| rung.min(at)));
    }
}

fn now() -> u64 {
    clock::now().seconds()
}

/// What every gateway shows now: as long as that stays, nothing is new.
fn shown(context: &Context<'_>, policy: &Policy) -> Vec<String> {
    let own = policy.logs().logs().iter();
    let own = own.filter_map(|log| log.url().map(str::to_owned));
    let urls = context.gateways.iter().cloned().chain(own);
    let shown = urls.map(|url| {
        let gateway = (context.connect)(&url);
        let note = gateway.and_then(|gateway| Ok(gateway.checkpoint()?));
        // One that does not answer shows something else than it did.
        let text = note.map_or_else(
            |error| error.message().to_owned(),
            |note| note.text().to_owned(),
        );
        format!("{url} {text}")
    });
    shown.collect()
}
