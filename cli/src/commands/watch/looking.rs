//! Looking: what is proved now, of whom, and what of it is new.

use super::Args;
use super::change::Change;
use super::handler;
use super::kept::Kept;
use super::memory::Memory;
use super::stop::Stop;
use super::touch::Touch;
use crate::commands::reading::LogsRead;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::lists::Supplier;
use crate::output::Render;
use fairtrail::bundle::Evidence;
use fairtrail::entry::SignedEntry;
use fairtrail::files::replace;
use fairtrail::history::{HistoryEntry, VerifiedHistory};
use fairtrail::index::Class;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::rules::{Question, judge};
use fairtrail::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// How often a supplier is asked about because of a leaf that no index covers.
const TRIES: u8 = 20;

/// Whom to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everybody.
    All,
    /// Whom something new can matter to.
    New,
}

/// What one look found.
#[derive(Default)]
pub(super) struct Look {
    pub(super) changed: usize,
    /// Changes that the command did not take.
    pub(super) pending: usize,
}

/// A watch under way.
pub(super) struct Watch<'a> {
    args: &'a Args,
    suppliers: Vec<Supplier>,
    state: PathBuf,
    memory: Memory,
    /// What was answered about suppliers, by index.
    kept: Kept,
    touch: Touch,
    /// Leaves looked at, by log.
    sizes: BTreeMap<String, u64>,
    /// Suppliers of whom something was not taken, or could not be read.
    pending: BTreeSet<usize>,
    /// Leaves that somebody says are about a supplier, by log, and how often they were looked for.
    expected: BTreeMap<usize, Expected>,
    pub(super) stop: Stop,
}

#[derive(Default)]
struct Expected {
    leaves: BTreeMap<String, u64>,
    tries: u8,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        args: &'a Args,
        suppliers: Vec<Supplier>,
        state: PathBuf,
        memory: Memory,
    ) -> Self {
        let ids = suppliers.iter().map(|supplier| &supplier.subjects[..]);
        Self {
            args,
            touch: Touch::new(ids),
            suppliers,
            state,
            memory,
            kept: Kept::default(),
            sizes: BTreeMap::new(),
            pending: BTreeSet::new(),
            expected: BTreeMap::new(),
            stop: Stop::default(),
        }
    }

    pub(super) const fn suppliers(&self) -> usize {
        self.suppliers.len()
    }

    pub(super) fn into_state(self) -> PathBuf {
        self.state
    }

    /// How far each log was looked at.
    pub(super) const fn sizes(&self) -> &BTreeMap<String, u64> {
        &self.sizes
    }

    /// Whether somebody is to be asked about again because of what was heard.
    pub(super) fn expects(&self) -> bool {
        !self.expected.is_empty()
    }

    /// Hears that a leaf of a log is about some ids; whether that is of interest here.
    pub(super) fn hear(&mut self, log: &str, leaf: u64, ids: &[SubjectId]) -> bool {
        if !self.args.by_index {
            return self.sizes.get(log).is_none_or(|size| leaf >= *size);
        }
        let touched = self.touch.touched(ids);
        for at in &touched {
            let expected = self.expected.entry(*at).or_default();
            expected.tries = 0;
            let newest = expected.leaves.entry(log.to_owned()).or_default();
            *newest = leaf.max(*newest);
        }
        !touched.is_empty()
    }

    /// Reads the logs or asks their indexes, judges and tells what changed.
    ///
    /// # Errors
    /// As for reading logs; the state cannot be written.
    pub(super) fn look(
        &mut self,
        context: &mut Context<'_>,
        scope: Scope,
    ) -> Result<Look, CliError> {
        let look = if self.args.by_index {
            self.ask(context, scope)?
        } else {
            self.read(context, scope)?
        };
        replace(&self.state, &self.memory.to_bytes()?)?;
        Ok(look)
    }

    /// By copies of the logs: nobody learns who is of interest.
    fn read(&mut self, context: &mut Context<'_>, scope: Scope) -> Result<Look, CliError> {
        let read = self.args.reading.read(context)?;
        let reader = read.reader(None)?;
        let who = match scope {
            Scope::All => self.everybody(),
            Scope::New => self.touched_by(&read),
        };
        let mut look = Look::default();
        for at in who {
            if self.stop.is_asked() {
                return Ok(look);
            }
            let subjects = self.subjects(at).to_vec();
            let history = reader.history(&subjects);
            self.touch.set(at, rests_on(&history));
            self.judge(at, &history, &read.policy, &mut look, context)?;
        }
        let sizes = read.replicas.iter();
        let sizes = sizes.map(|log| (log.origin().to_string(), log.size().get()));
        self.sizes = sizes.collect();
        Ok(look)
    }

    /// Whom the new leaves of the copies can matter to. Acts of the network can matter to anybody,
    /// and so does a log that was not read the last time, or is not read now.
    fn touched_by(&self, read: &LogsRead) -> BTreeSet<usize> {
        let mut logs = read.replicas.iter().map(|log| log.origin().to_string());
        let same = read.replicas.len() == self.sizes.len();
        if !same || !logs.all(|log| self.sizes.contains_key(&log)) {
            return self.everybody();
        }
        let new = read.replicas.iter().flat_map(|log| {
            let known = self.sizes.get(log.origin().as_str()).copied();
            let known = usize::try_from(known.unwrap_or(0)).unwrap_or(usize::MAX);
            log.entries().get(known..).unwrap_or_default()
        });
        let new: Vec<&SignedEntry> = new.collect();
        let acts = |entry: &&SignedEntry| Class::of(&entry.header().kind) == Class::Net;
        if new.iter().any(acts) {
            return self.everybody();
        }
        let ids = new.iter().flat_map(|entry| &entry.header().subjects);
        let mut who = self.touch.touched(ids);
        who.extend(&self.pending);
        who
    }

    /// By the logs' indexes, one supplier after the other: gateways learn who is of interest.
    fn ask(&mut self, context: &mut Context<'_>, scope: Scope) -> Result<Look, CliError> {
        let who = match scope {
            Scope::All => self.everybody(),
            Scope::New => self
                .pending
                .iter()
                .chain(self.expected.keys())
                .copied()
                .collect(),
        };
        let mut asking = self.args.reading.asking(context, None)?;
        let (mut look, mut sizes) = (Look::default(), BTreeMap::new());
        let (mut failed, mut read) = (None, 0_usize);
        for at in who {
            if self.stop.is_asked() {
                return Ok(look);
            }
            let subjects = self.subjects(at).to_vec();
            let held = self.kept.of(at);
            match asking.inquire_since(context, &subjects, None, held) {
                Ok(found) => {
                    read = read.saturating_add(1);
                    self.kept.put(at, &found.answers);
                    self.touch.set(at, asked_about(&found.evidence));
                    self.covered(at, &found.evidence, &mut sizes);
                    self.judge(at, &found.history, &found.policy, &mut look, context)?;
                }
                Err(error) => {
                    self.unread(at, &error, context)?;
                    failed.get_or_insert(error);
                }
            }
        }
        if scope == Scope::All {
            self.sizes = sizes;
        }
        match failed {
            Some(error) if read == 0 => Err(error),
            _ => Ok(look),
        }
    }

    /// One supplier that cannot be read keeps nobody from hearing of the others, unless the reason
    /// is nothing about that supplier.
    fn unread(
        &mut self,
        at: usize,
        error: &CliError,
        context: &mut Context<'_>,
    ) -> Result<(), CliError> {
        let about_it = matches!(error.exit(), Exit::Operational | Exit::Unknown);
        if !about_it || error.reason() == Some(Reason::GatewayUnreachable) {
            return Err(error.clone());
        }
        self.pending.insert(at);
        self.expected.remove(&at);
        let ids = self.subjects(at).iter().map(SubjectId::as_str);
        let ids = ids.collect::<Vec<_>>().join(" ");
        context.ui.note(&format!("{ids}: {}", error.message()));
        Ok(())
    }

    /// What was heard and is covered now needs no more looking; what no index covers is looked for
    /// a while, since whoever rang may have lied.
    fn covered(&mut self, at: usize, evidence: &Evidence, sizes: &mut BTreeMap<String, u64>) {
        for log in evidence.logs() {
            let (origin, size) = (log.origin().to_string(), log.proved.head.size.get());
            if let Some(expected) = self.expected.get_mut(&at) {
                expected
                    .leaves
                    .retain(|of, leaf| *of != origin || *leaf >= size);
            }
            let least = sizes.entry(origin).or_insert(size);
            *least = size.min(*least);
        }
        if let Some(expected) = self.expected.get_mut(&at) {
            expected.tries = expected.tries.saturating_add(1);
            if expected.leaves.is_empty() || expected.tries >= TRIES {
                self.expected.remove(&at);
            }
        }
    }

    fn judge(
        &mut self,
        at: usize,
        history: &VerifiedHistory,
        policy: &Policy,
        look: &mut Look,
        context: &mut Context<'_>,
    ) -> Result<(), CliError> {
        let Some(supplier) = self.suppliers.get(at) else {
            return Ok(());
        };
        let question = Question {
            as_of: context.now.date(),
            now: context.now,
        };
        let verdict = judge(history, policy, question);
        let before = self.memory.of(&supplier.subjects);
        let (known, change) = Change::find(supplier, history, &verdict, before, context.now);
        let told = match &change {
            Some(change) => {
                look.changed = look.changed.saturating_add(1);
                self.tell(change, context)?
            }
            None => true,
        };
        if told {
            self.pending.remove(&at);
            self.memory.remember(&supplier.subjects, known);
        } else {
            self.pending.insert(at);
            look.pending = look.pending.saturating_add(1);
        }
        if change.is_some() {
            replace(&self.state, &self.memory.to_bytes()?)?;
        }
        Ok(())
    }

    /// Prints a change and hands it to the command; whether that took it.
    fn tell(&self, change: &Change, context: &mut Context<'_>) -> Result<bool, CliError> {
        context.ui.report(change);
        let Some(command) = self.args.exec.as_ref().filter(|_| !change.first) else {
            return Ok(true);
        };
        let json = Render::json(change)?;
        let failed = handler::run(command, &json)?;
        if let Some(why) = &failed {
            let text = format!("`{command}` {why}: this change is told again at the next look");
            context.ui.note(&text);
        }
        Ok(failed.is_none())
    }

    fn everybody(&self) -> BTreeSet<usize> {
        (0..self.suppliers.len()).collect()
    }

    fn subjects(&self, at: usize) -> &[SubjectId] {
        let supplier = self.suppliers.get(at);
        supplier.map_or(&[], |supplier| &supplier.subjects)
    }
}

/// The ids that a history rests on.
fn rests_on(history: &VerifiedHistory) -> BTreeSet<SubjectId> {
    let authors = history.entries().iter().map(HistoryEntry::entry);
    let authors = authors.map(|entry| SubjectId::from(entry.author()));
    let ids = history.subjects().iter().chain(history.related()).cloned();
    ids.chain(authors).collect()
}

/// The ids whose lists the evidence holds: those of the party, those related, and everybody whose
/// standing it rests on.
fn asked_about(evidence: &Evidence) -> BTreeSet<SubjectId> {
    let logs = evidence.logs().iter();
    logs.flat_map(|log| log.proved.subjects.keys().cloned())
        .collect()
}
