//! Stating a plan in batches, so that the end of the process at any moment costs nothing
//! (specs/import.md §6).

use crate::commands::deliver;
use crate::error::CliError;
use crate::gateways::Gateways;
use crate::import::store::{InFlight, Store};
use crate::import::{Drafts as _, Knowledge};
use fairtrail::api::{DraftMessage, FeedView};
use fairtrail::entry::Draft;
use fairtrail::files::{AuthorDir, Home, Membership, Seen, salt};
use fairtrail::id::{EntryId, GrantId};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a gateway that has too much to do is asked again, and after how long.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// An author that states a plan to a gateway.
pub(super) struct Stating<'a, K: Knowledge> {
    pub(super) gateways: &'a Gateways,
    /// Where the feed stood at the gateways that are not written to, when they were asked.
    pub(super) elsewhere: Vec<FeedView>,
    pub(super) home: &'a Home,
    pub(super) now: Timestamp,
    /// Grant to act under, when there are several.
    pub(super) grant: Option<GrantId>,
    pub(super) author: AuthorDir,
    pub(super) store: Store<K>,
}

impl<K: Knowledge> Stating<'_, K> {
    /// Offers what waits from before, and finds out what became of the run in flight. Returns how
    /// many statements of it were made.
    pub(super) fn resume(&mut self) -> Result<usize, CliError> {
        let network = self.membership()?.network;
        deliver::same_network(self.gateways.first(), network)?;
        let Some(run) = self.store.in_flight().cloned() else {
            self.offer()?;
            return Ok(0);
        };
        let waits = self.waits(&run)?;
        self.offer()?;
        let stated = waits || self.is_stated(&run)?;
        self.store.settle(stated)?;
        Ok(if stated { run.entries.len() } else { 0 })
    }

    fn membership(&self) -> Result<Membership, CliError> {
        deliver::membership(&self.author)
    }

    /// Where the feed stands: now, where it is written to; elsewhere as it was.
    fn views(&self) -> Result<Vec<FeedView>, CliError> {
        let mut views = self.elsewhere.clone();
        views.push(self.gateways.first().feed(self.membership()?.author)?);
        Ok(views)
    }

    /// Whether the outbox holds the run: it was signed.
    fn waits(&self, run: &InFlight) -> Result<bool, CliError> {
        let pending = self.author.pending()?;
        let mut entries = pending.iter().flat_map(|pending| &pending.batch().0);
        Ok(entries.any(|one| Some(&one.entry.id()) == run.entries.last()))
    }

    /// Whether a run that is in no outbox was acknowledged; else it was never signed, or a
    /// rotation abandoned it.
    fn is_stated(&self, run: &InFlight) -> Result<bool, CliError> {
        let membership = self.membership()?;
        let Some(last) = run.entries.last().copied() else {
            return Ok(false);
        };
        if membership.acknowledged.is_some_and(|head| head.id == last) {
            return Ok(true);
        }
        if membership.signed.is_none_or(|head| head.seq < run.last_seq) {
            return Ok(false);
        }
        // Something else was signed since; who took it knows.
        match self.gateways.first().entry(last) {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Reason::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the submission door about the first statement of each sort before anything is signed:
    /// a signed position cannot be taken back.
    pub(super) fn ask(&mut self) -> Result<(), CliError> {
        let statements = self.statements()?;
        let mut sorts = BTreeSet::new();
        let first = |statement: &&K::Statement| sorts.insert(K::Drafts::sort(statement));
        let firsts: Vec<_> = self.store.plan().iter().filter(first).cloned().collect();
        let views = self.views()?;
        let signing = self.author.signing(self.grant, Seen::Gateways(&views))?;
        let position = signing.position();
        drop(signing);
        for statement in &firsts {
            let draft = draft::<K>(&statements, statement)?;
            let header = draft.header(&position);
            let bodies = draft.bodies();
            let answer = self
                .gateways
                .first()
                .check(&DraftMessage { header, bodies })?;
            if let Some(problem) = answer.problems.first() {
                let reason = problem.reason.parse().unwrap_or(Reason::GatewayAnswer);
                let message = format!("{}: {}", problem.field, problem.detail);
                let what = format!("the gateway takes no {}; nothing was signed", draft.kind);
                return Err(CliError::coded(reason, message).while_doing(what));
            }
        }
        Ok(())
    }

    /// Remembers how many people the plan's bands stand for, before any of it is signed: what is
    /// forgotten could give people away.
    pub(super) fn remember_counts(&mut self) -> Result<(), CliError> {
        let counts = self.store.plan().iter().flat_map(K::counts);
        let counts: Vec<_> = counts.cloned().collect();
        Ok(self.author.remember_counts(&counts)?)
    }

    /// States the whole plan; `after_batch` is told how many statements each batch held.
    pub(super) fn state_all(&mut self, after_batch: &mut dyn FnMut(usize)) -> Result<(), CliError> {
        let mut statements = self.statements()?;
        while !self.store.plan().is_empty() {
            let stated = self.state_batch(&mut statements)?;
            after_batch(stated);
        }
        Ok(self.store.save()?)
    }

    /// Signs in memory, notes it, keeps it in the outbox, offers it, notes that it was taken. Each
    /// step is on the disk before the next begins.
    fn state_batch(&mut self, statements: &mut K::Drafts) -> Result<usize, CliError> {
        let views = self.views()?;
        let mut signing = self.author.signing(self.grant, Seen::Gateways(&views))?;
        let plan = self.store.plan();
        let batch = plan.iter().take(K::Drafts::batch(plan));
        let mut entries = Vec::with_capacity(batch.len());
        for statement in batch {
            let entry = signing.push(&draft::<K>(statements, statement)?)?;
            statements.stated(statement, entry);
            entries.push(entry);
        }
        let last_seq = signing.position().seq.saturating_sub(1);
        let stated = entries.len();
        self.store.intend(InFlight { last_seq, entries })?;
        signing.finish()?;
        self.offer()?;
        self.store.settle(true)?;
        Ok(stated)
    }

    fn offer(&mut self) -> Result<Vec<EntryId>, CliError> {
        let mut tries = 1;
        loop {
            match deliver::offer(self.gateways, self.home, &mut self.author) {
                Err(error) if error.reason() == Some(Reason::Overloaded) && tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(PAUSE);
                }
                taken => return Ok(taken?.iter().map(|entry| entry.id).collect()),
            }
        }
    }

    fn statements(&self) -> Result<K::Drafts, CliError> {
        let author = self.membership()?.author;
        Ok(self.store.state().drafts(author, self.now))
    }
}

fn draft<K: Knowledge>(drafts: &K::Drafts, statement: &K::Statement) -> Result<Draft, CliError> {
    Ok(drafts.draft(statement, [salt()?, salt()?])?)
}
