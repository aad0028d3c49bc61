//! The scenario's log as an honest gateway serves it, and a buyer who asks.

use fairtrail::api::PartsPage;
use fairtrail::client::{
    Gateway, Missing, Request, Response, Store, SyncError, Transport, TransportError, sync,
};
use fairtrail::entry::Audience;
use fairtrail::key::SecretKey;
use fairtrail::log::{
    ArchiveLine, ArchiveList, Checkpoint, EntryTile, Origin, Tile, encode_entries, note_digest,
};
use fairtrail::merkle::{Tree, TreeSize, leaf_hash};
use fairtrail::note::{Cosigner, Note, NoteSigner};
use fairtrail::policy::Policy;
use fairtrail::replica::Replica;
use fairtrail::rules::{Question, Verdict, judge};
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};
use fairtrail_node::demo::{Scenario, World};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

const FOUNDED: u64 = 1_830_297_600;
const ORIGIN: &str = "localhost/demo/e1";
/// Leaves from one archived note to the next.
const ARCHIVED_EVERY: u64 = 9;
/// Leaves of one answer with parts.
const LEAVES_PER_PAGE: u64 = 20;

/// What a gateway says, by path.
pub(crate) type Answers = BTreeMap<String, Vec<u8>>;

/// Whose stamps the buyer goes by, and how slowly the log grows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Seconds from one note to the next.
    pub(crate) pace: u64,
    /// The last lines of the buyer's log policy.
    pub(crate) quorum: &'static str,
}

/// The log of the scenario, and who asks about it.
pub(crate) struct Honest {
    pub(crate) answers: Arc<Answers>,
    policy: Policy,
    /// Title and subject of each story.
    pub(crate) stories: Vec<(String, SubjectId)>,
    as_of: Date,
    now: Timestamp,
}

impl Honest {
    pub(crate) fn new(manner: Manner) -> Self {
        let scenario = Scenario::built_in().unwrap();
        let founded = Timestamp::new(FOUNDED).unwrap();
        let world = World::build(&scenario, [7; 32], founded).unwrap();
        let log = Log::new(&world, manner.pace);
        let stories = scenario.stories().iter();
        let stories = stories.map(|story| {
            let subject = world.subject(&story.subject).unwrap();
            (story.title.clone(), subject)
        });
        Self {
            policy: log.policy(manner.quorum),
            now: Timestamp::new(log.stamp(log.size()) + 60).unwrap(),
            answers: Arc::new(log.answers()),
            stories: stories.collect(),
            as_of: world.today(),
        }
    }

    pub(crate) fn store(&self, home: &Path) -> Store {
        let log = &self.policy.logs().logs()[0];
        Store::open(home, self.policy.network(), log).unwrap()
    }

    /// Downloads the log into `home`.
    pub(crate) fn sync(&self, gateway: Said, home: &Path) -> Result<Replica, SyncError> {
        let mut store = self.store(home);
        let gateway = Gateway::new(gateway);
        sync(
            &gateway,
            &mut store,
            &self.policy,
            Missing::Recent,
            &mut |_| (),
        )
    }

    /// What lies in `home`, without asking anybody.
    pub(crate) fn load(&self, home: &Path) -> Option<Replica> {
        self.store(home).load(&self.policy).ok()
    }

    /// A verdict for each story.
    pub(crate) fn judge(&self, replica: &Replica) -> Vec<Verdict> {
        let question = Question {
            as_of: self.as_of,
            now: self.now,
        };
        let verdict = |(_, subject): &(String, SubjectId)| {
            let history = replica.history(std::slice::from_ref(subject), &self.policy, None);
            judge(&history, &self.policy, question)
        };
        self.stories.iter().map(verdict).collect()
    }
}

/// Says what it holds; `changed` comes before `honest`, and without content nothing is there.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) honest: Arc<Answers>,
    pub(crate) changed: BTreeMap<String, Option<Vec<u8>>>,
    pub(crate) asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Transport for Said {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let path = request.path;
        self.asked.lock().unwrap().insert(path.to_owned());
        let honest = || self.honest.get(path).cloned();
        let body = self.changed.get(path).cloned().unwrap_or_else(honest);
        Ok(Response {
            status: if body.is_some() { 200 } else { 404 },
            retry_after: None,
            body: body.unwrap_or_default(),
        })
    }
}

/// The whole world in one log.
struct Log<'a> {
    world: &'a World,
    leaves: Vec<Vec<u8>>,
    tree: Tree,
    pace: u64,
}

impl<'a> Log<'a> {
    fn new(world: &'a World, pace: u64) -> Self {
        let batches = world.arrivals.iter().map(|arrival| &arrival.batch);
        let leaves = batches.flat_map(|batch| &batch.0);
        let leaves: Vec<_> = leaves.map(|one| one.entry.bytes().to_vec()).collect();
        let tree = Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
        Self {
            world,
            leaves,
            tree,
            pace,
        }
    }

    fn size(&self) -> u64 {
        self.tree.size().get()
    }

    fn signer() -> NoteSigner {
        NoteSigner::new(ORIGIN.parse().unwrap(), SecretKey::from_seed([1; 32]))
    }

    fn own() -> Cosigner {
        let name = "localhost/demo/witness".parse().unwrap();
        Cosigner::new(name, SecretKey::from_seed([2; 32]))
    }

    fn witness() -> Cosigner {
        let name = "witness.example/w".parse().unwrap();
        Cosigner::new(name, SecretKey::from_seed([3; 32]))
    }

    fn policy(&self, quorum: &str) -> Policy {
        let (log, own, witness) = (Self::signer(), Self::own(), Self::witness());
        let (log, own, witness) = (log.verifier(), own.verifier(), witness.verifier());
        let network = self.world.charter.network();
        let text = format!(
            "network = \"{network}\"\nlog_policy = \"\"\"\nlog {log}\nwitness own {own}\n\
             witness w {witness}\n{quorum}\n\"\"\"\n"
        );
        Policy::parse(&text).unwrap()
    }

    /// When the note of a size was stamped.
    fn stamp(&self, size: u64) -> u64 {
        FOUNDED + size.div_ceil(ARCHIVED_EVERY) * self.pace
    }

    fn note(&self, size: TreeSize) -> Note {
        let root = self.tree.root_at(size).unwrap();
        let origin: Origin = ORIGIN.parse().unwrap();
        let checkpoint = Checkpoint::new(origin, size, root).unwrap();
        let note = checkpoint.sign(&Self::signer()).unwrap();
        let (text, stamp) = (note.text().to_owned(), self.stamp(size.get()));
        let own = Self::own().cosign(&text, stamp).unwrap();
        let other = Self::witness().cosign(&text, stamp).unwrap();
        note.with(own).unwrap().with(other).unwrap()
    }

    /// Every answer of one whole download.
    fn answers(&self) -> Answers {
        let size = self.tree.size();
        let width = u16::try_from(self.size()).unwrap();
        let hashes = self.leaves.iter().map(|leaf| leaf_hash(leaf));
        let tile = hashes.flat_map(|hash| *hash.as_bytes()).collect();
        let bundle = encode_entries(self.leaves.iter().map(Vec::as_slice)).unwrap();
        let (hashes_at, entries_at) = (Tile::new(0, 0, width), EntryTile::new(0, width));
        let mut answers = Answers::from([
            (
                "/v1/charter".to_owned(),
                self.world.charter.bytes().to_vec(),
            ),
            ("/checkpoint".to_owned(), self.note(size).to_string().into()),
            (format!("/{}", hashes_at.unwrap().path()), tile),
            (format!("/{}", entries_at.unwrap().path()), bundle),
        ]);
        answers.extend(self.archive());
        answers.extend(self.pages());
        answers
    }

    fn archive(&self) -> Answers {
        let sizes = (ARCHIVED_EVERY..self.size()).step_by(usize::try_from(ARCHIVED_EVERY).unwrap());
        let (mut list, mut answers) = (ArchiveList::new(), Answers::new());
        for size in sizes {
            let size = TreeSize::new(size).unwrap();
            let note = self.note(size).to_string().into_bytes();
            let digest = note_digest(&note);
            list.push(ArchiveLine { size, digest }).unwrap();
            answers.insert(format!("/archive/{size}"), note);
        }
        answers.insert("/archive".to_owned(), list.to_string().into_bytes());
        answers
    }

    fn pages(&self) -> Answers {
        let batches = self.world.arrivals.iter().map(|arrival| &arrival.batch);
        let submissions: Vec<_> = batches.flat_map(|batch| &batch.0).collect();
        let firsts = (0..self.size()).step_by(usize::try_from(LEAVES_PER_PAGE).unwrap());
        let page = |first: u64| {
            let next = self.size().min(first + LEAVES_PER_PAGE);
            let run = usize::try_from(first).unwrap()..usize::try_from(next).unwrap();
            let mut parts = BTreeMap::new();
            for one in &submissions[run] {
                let named = one.entry.header().parts.iter();
                let public: BTreeSet<_> = named
                    .filter(|part| part.audience == Audience::Public)
                    .map(|part| part.digest)
                    .collect();
                let bodies = one.bodies.iter().map(|body| (body.digest(), body.clone()));
                parts.extend(bodies.filter(|(digest, _)| public.contains(digest)));
            }
            let parts = parts.into_iter().collect();
            let path = format!("/v1/parts?first={first}&count={}", self.size() - first);
            (path, PartsPage { first, next, parts }.to_bytes())
        };
        firsts.map(page).collect()
    }
}
