//! From a scenario to signed entries.

use super::WorldError;
use super::keys::{charter, secret};
use super::names::Names;
use super::scenario::{GrantLine, RevokeLine, Scenario, Step};
use fairtrail::admission::AdmittedSet;
use fairtrail::api::{Batch, Submission};
use fairtrail::charter::Charter;
use fairtrail::entry::{
    Draft, Grant, NetworkClaim, Position, Revoke, RevokeTarget, ScopeItem, SignedEntry,
};
use fairtrail::id::{AuthorId, EntryId, GrantId};
use fairtrail::key::SecretKey;
use fairtrail::statement::{StatementFile, Surroundings};
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};
use std::collections::BTreeMap;
use toml::Table;

/// What a scenario becomes: the charter, and batches in the order they are to be submitted.
#[derive(Debug, Clone)]
pub struct World {
    /// The network's charter.
    pub charter: Charter,
    /// The batches.
    pub arrivals: Vec<Arrival>,
    names: Names,
}

/// A batch and how it comes to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The entries with their bodies.
    pub batch: Batch,
    /// Taken up as following another log does: no submission door lets an author fork its feed.
    pub followed: bool,
    /// The place of the node at which it is submitted, from 0.
    pub node: usize,
}

/// One author's feed as it grows.
struct Feed {
    key: SecretKey,
    author: AuthorId,
    grant: Option<GrantId>,
    seq: u64,
    last: EntryId,
}

struct Builder<'a> {
    seed: [u8; 32],
    founded: Timestamp,
    charter: Charter,
    set: AdmittedSet,
    feeds: BTreeMap<String, Feed>,
    names: Names,
    /// Where each step was signed: sequence number and entry before.
    places: BTreeMap<String, (u64, EntryId)>,
    subjects_of: BTreeMap<EntryId, Vec<SubjectId>>,
    arrivals: Vec<Arrival>,
    salts: u64,
    scenario: &'a Scenario,
}

/// Writes at the first node.
const FOUNDING: &str = "";
/// Days before and after its founding for which grants of the demonstration are valid.
const GRANT_DAYS: u32 = 3_650;

impl World {
    /// Builds the world of a scenario. All keys and salts follow from `seed`, all dates from
    /// `founded`.
    ///
    /// # Errors
    /// [`WorldError`] names the step that is wrong.
    pub fn build(
        scenario: &Scenario,
        seed: [u8; 32],
        founded: Timestamp,
    ) -> Result<Self, WorldError> {
        let charter = charter(scenario, &seed, founded)?;
        let mut builder = Builder::new(scenario, seed, founded, charter);
        builder.begin_charter_authors()?;
        for line in &scenario.grants {
            builder.grant(line)?;
        }
        for step in &scenario.steps {
            builder.step(step)?;
        }
        let Builder {
            charter,
            arrivals,
            names,
            ..
        } = builder;
        Ok(Self {
            charter,
            arrivals,
            names,
        })
    }

    /// The day the world was founded.
    pub const fn today(&self) -> Date {
        self.names.today
    }

    /// A subject by its name in the scenario.
    ///
    /// # Errors
    /// [`WorldError::Name`].
    pub fn subject(&self, name: &str) -> Result<SubjectId, WorldError> {
        self.names.subject(name)
    }

    /// The name of a subject in the scenario; the id itself where it has none.
    pub fn name_of_subject(&self, subject: &SubjectId) -> String {
        self.names.of_subject(subject)
    }

    /// The name of an entry in the scenario.
    pub fn name_of(&self, entry: EntryId) -> Option<&str> {
        let mut entries = self.names.entries.iter();
        entries
            .find(|(_, id)| **id == entry)
            .map(|(name, _)| name.as_str())
    }
}

impl<'a> Builder<'a> {
    fn new(scenario: &'a Scenario, seed: [u8; 32], founded: Timestamp, charter: Charter) -> Self {
        let names = Names {
            today: founded.date(),
            authors: BTreeMap::new(),
            subjects: scenario.subjects.clone(),
            entries: BTreeMap::new(),
        };
        Self {
            seed,
            founded,
            set: AdmittedSet::new(charter.clone()),
            charter,
            feeds: BTreeMap::new(),
            names,
            places: BTreeMap::new(),
            subjects_of: BTreeMap::new(),
            arrivals: Vec::new(),
            salts: 0,
            scenario,
        }
    }

    fn begin_charter_authors(&mut self) -> Result<(), WorldError> {
        let network = &self.scenario.network;
        for name in network.roots.iter().chain(&network.reply_desks) {
            let begin = self.begin(name, None, self.founded)?;
            self.push(vec![begin], name, false);
        }
        Ok(())
    }

    /// Signs the first entry of a feed; a charter author's is dated when the charter was.
    fn begin(
        &mut self,
        name: &str,
        grant: Option<GrantId>,
        issued_at: Timestamp,
    ) -> Result<Submission, WorldError> {
        let key = secret(&self.seed, "signing", name);
        let next = secret(&self.seed, "rotation", name).public().next_digest();
        let begin = Draft::begin(self.charter.network(), &key, next, issued_at);
        let entry = begin.map_err(|source| WorldError::Entry {
            step: name.to_owned(),
            source,
        })?;
        let (author, last) = (entry.author(), entry.id());
        self.names.authors.insert(name.to_owned(), author);
        self.feeds.insert(
            name.to_owned(),
            Feed {
                key,
                author,
                grant,
                seq: 0,
                last,
            },
        );
        Ok(Submission {
            entry,
            bodies: Vec::new(),
        })
    }

    /// A grant and the beginning of the feed it names, in one batch.
    fn grant(&mut self, line: &GrantLine) -> Result<(), WorldError> {
        let begin = self.begin(&line.to, None, self.after_founding())?;
        let to = begin.entry.author();
        let claim = NetworkClaim::Grant(self.grant_claim(line, to)?);
        let roots = self.scenario.network.roots.iter();
        let threshold = usize::try_from(self.scenario.network.threshold).unwrap_or(usize::MAX);
        let by: Vec<_> = match line.by.as_str() {
            "roots" => roots.take(threshold).cloned().collect(),
            author => vec![author.to_owned()],
        };
        let mut submissions = Vec::new();
        for name in &by {
            submissions.push(self.sign_network(name, claim.clone())?);
        }
        let id = match submissions.first() {
            Some(first) if line.by == "roots" => {
                let raw = first
                    .entry
                    .header()
                    .claim
                    .as_ref()
                    .map_or(&[][..], |raw| raw.as_bytes());
                self.set.act_id("grant", raw).into()
            }
            Some(first) => first.entry.id().into(),
            None => {
                return Err(WorldError::Name {
                    name: line.by.clone(),
                });
            }
        };
        if let Some(feed) = self.feeds.get_mut(&line.to) {
            feed.grant = Some(id);
        }
        submissions.push(begin);
        self.push(submissions, FOUNDING, false);
        Ok(())
    }

    fn grant_claim(&self, line: &GrantLine, to: AuthorId) -> Result<Grant, WorldError> {
        let item = |text: &String| {
            ScopeItem::parse(text).ok_or_else(|| WorldError::Name { name: text.clone() })
        };
        let mut scope = line.scope.iter().map(item).collect::<Result<Vec<_>, _>>()?;
        scope.sort();
        let mut may_delegate = line.may_delegate.clone();
        may_delegate.sort();
        let today = self.names.today;
        let from = today
            .days()
            .checked_sub(GRANT_DAYS)
            .and_then(Date::from_days)
            .unwrap_or(today);
        let to_date = today.plus_days(GRANT_DAYS);
        Ok(Grant {
            to,
            role: line.role,
            scope,
            from,
            to_date,
            may_delegate,
            succeeds: None,
        })
    }

    fn step(&mut self, step: &Step) -> Result<(), WorldError> {
        if let Some(line) = &step.revoke {
            let claim = NetworkClaim::Revoke(self.revoke_claim(line)?);
            let submission = self.sign_network(&step.by, claim)?;
            self.names
                .entries
                .insert(step.name.clone(), submission.entry.id());
            self.push(vec![submission], &step.by, false);
        }
        if let Some(statement) = &step.statement {
            self.statement(step, statement.clone())?;
        }
        Ok(())
    }

    fn revoke_claim(&self, line: &RevokeLine) -> Result<Revoke, WorldError> {
        let unknown = || WorldError::Name {
            name: line.grant_to.clone(),
        };
        let feed = self.feeds.get(&line.grant_to).ok_or_else(unknown)?;
        let since: Date = self
            .names
            .text(&line.since)?
            .parse()
            .map_err(|_| unknown())?;
        Ok(Revoke {
            sort: RevokeTarget::Grant,
            target: feed.grant.ok_or_else(unknown)?,
            author: feed.author,
            kind: line.kind,
            since: since.start(),
            until: None,
            last_good: None,
        })
    }

    fn statement(&mut self, step: &Step, mut statement: Table) -> Result<(), WorldError> {
        let at_step = |source| WorldError::Statement {
            step: step.name.clone(),
            source,
        };
        self.names.fill_table(&mut statement)?;
        let file = StatementFile::parse(&statement.to_string()).map_err(at_step)?;
        let (seed, mut salts) = (self.seed, self.salts);
        let mut salt = || {
            salts += 1;
            let digest = blake3::keyed_hash(&seed, format!("salt {salts}").as_bytes());
            let (salt, _) = digest
                .as_bytes()
                .split_first_chunk()
                .unwrap_or((&[0; 16], &[]));
            *salt
        };
        let subjects_of = |id: EntryId| self.subjects_of.get(&id).cloned();
        let drafts = file.drafts(&mut Surroundings {
            issued_at: self.after_founding(),
            reference_secret: self.seed,
            salt: &mut salt,
            subjects_of: &subjects_of,
        });
        let drafts = drafts.map_err(at_step)?;
        self.salts = salts;
        self.rewind(step)?;
        let names = std::iter::once(&step.name).chain(&step.findings);
        let mut submissions = Vec::new();
        for (draft, name) in drafts.iter().zip(names) {
            let entry = self.sign(&step.by, draft)?;
            self.names.entries.insert(name.clone(), entry.id());
            self.subjects_of
                .insert(entry.id(), entry.header().subjects.clone());
            submissions.push(Submission {
                entry,
                bodies: draft.bodies(),
            });
        }
        self.push(submissions, &step.by, step.instead_of.is_some());
        Ok(())
    }

    /// Notes where a step is signed; for a fork, goes back to where the other one was.
    fn rewind(&mut self, step: &Step) -> Result<(), WorldError> {
        let unknown = |name: &str| WorldError::Name {
            name: name.to_owned(),
        };
        let feed = self
            .feeds
            .get_mut(&step.by)
            .ok_or_else(|| unknown(&step.by))?;
        if let Some(other) = &step.instead_of {
            (feed.seq, feed.last) = *self.places.get(other).ok_or_else(|| unknown(other))?;
        }
        self.places.insert(step.name.clone(), (feed.seq, feed.last));
        Ok(())
    }

    fn sign_network(&mut self, name: &str, claim: NetworkClaim) -> Result<Submission, WorldError> {
        let author = self.names.author(name)?;
        let draft = Draft::network(claim, author, self.after_founding());
        Ok(Submission {
            entry: self.sign(name, &draft)?,
            bodies: Vec::new(),
        })
    }

    fn sign(&mut self, name: &str, draft: &Draft) -> Result<SignedEntry, WorldError> {
        let network = self.charter.network();
        let unknown = || WorldError::Name {
            name: name.to_owned(),
        };
        let feed = self.feeds.get_mut(name).ok_or_else(unknown)?;
        let (seq, prev) = (feed.seq + 1, feed.last);
        let position = Position {
            network,
            feed: feed.author,
            seq,
            prev,
            grant: feed.grant,
        };
        let entry = draft.sign(&position, &feed.key);
        let entry = entry.map_err(|source| WorldError::Entry {
            step: name.to_owned(),
            source,
        })?;
        (feed.seq, feed.last) = (seq, entry.id());
        Ok(entry)
    }

    fn push(&mut self, submissions: Vec<Submission>, by: &str, followed: bool) {
        self.arrivals.push(Arrival {
            batch: Batch(submissions),
            followed,
            node: self.scenario.network.node_of(by),
        });
    }

    /// Ordinary authors begin later than the charter: only charter authors begin with it.
    fn after_founding(&self) -> Timestamp {
        Timestamp::new(self.founded.seconds().saturating_add(1)).unwrap_or(self.founded)
    }
}
