//! What is admitted, in memory: the set, and what is revoked in it.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fairtrail::admission::{AdmittedSet, Answer};
use fairtrail::charter::Charter;
use fairtrail::door::{Door, DoorProblem};
use fairtrail::entry::{Body, Header, NetworkClaim, SignedEntry};
use fairtrail::history::{Erased, Revocations, Times};
use fairtrail::id::{AuthorId, EntryId, IdMap};
use fairtrail::key::PublicKey;
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;

use super::submit::SubmitError;

/// The admitted set and its revocations.
#[derive(Debug)]
pub struct Admitted {
    /// The set.
    pub set: AdmittedSet,
    /// The revocations in it.
    pub revocations: Revocations,
    /// Everything that erases, or decides who may.
    erasing: Vec<SignedEntry>,
    erased: Erased,
    unsettled: bool,
    forked: BTreeSet<AuthorId>,
}

/// Finds the subjects of an admitted entry.
pub type SubjectsOf<'a> = &'a dyn Fn(EntryId) -> Option<Vec<SubjectId>>;

impl Admitted {
    /// The empty set of a network.
    pub fn new(charter: Charter) -> Self {
        Self {
            set: AdmittedSet::new(charter),
            revocations: Revocations::default(),
            erasing: Vec::new(),
            erased: Erased::default(),
            unsettled: false,
            forked: BTreeSet::new(),
        }
    }

    /// What is erased, as of the last [`Admitted::settle`].
    pub const fn erased(&self) -> &Erased {
        &self.erased
    }

    /// The authors whose feeds have a fork.
    pub const fn forked(&self) -> &BTreeSet<AuthorId> {
        &self.forked
    }

    /// Judges anew what is erased; what is newly erased, or nothing at all when nothing came that
    /// can change it.
    pub fn settle(&mut self) -> Option<Erased> {
        if !std::mem::take(&mut self.unsettled) {
            return None;
        }
        let erased = Erased::of(&self.set, &self.erasing);
        let newly = erased.since(&self.erased);
        self.erased = erased;
        Some(newly)
    }

    /// Everything the submission door minds about a draft.
    pub fn check_draft(
        &self,
        header: &Header,
        bodies: &[Body],
        subjects_of: SubjectsOf<'_>,
        now: Timestamp,
    ) -> Vec<DoorProblem> {
        let Self {
            set, revocations, ..
        } = self;
        let door = Door {
            set,
            revocations,
            subjects_of,
            now,
        };
        door.check_draft(header, bodies)
    }

    /// Admits all entries or none. With `door`, each has to pass the submission door as well.
    pub(super) fn admit(
        &mut self,
        entries: &[SignedEntry],
        door: Option<&DoorView<'_>>,
    ) -> Result<(), SubmitError> {
        let Self {
            set, revocations, ..
        } = self;
        let answers = set.admit_all_through(entries, |seen, at| {
            let Some(view) = door else { return Ok(()) };
            view.check(seen, revocations, entries, at)
        });
        let answers = answers.map_err(|(at, error): (usize, SubmitError)| error.at(at))?;
        for (entry, answer) in entries.iter().zip(answers) {
            if matches!(answer, Answer::Admitted { .. }) {
                self.observe(entry);
            }
        }
        Ok(())
    }

    /// Notes what an admitted entry revokes, and that it may erase.
    pub fn observe(&mut self, entry: &SignedEntry) {
        if let Some(claim) = entry.network_claim()
            && Erased::depends_on(claim)
        {
            self.unsettled = true;
            if !matches!(claim, NetworkClaim::Rotate(_)) {
                self.erasing.push(entry.clone());
            }
        }
        // A fork takes effect from what stands beyond it.
        let walk = self.set.walk(entry.author());
        if walk.is_some_and(|walk| walk.fork.is_some()) {
            self.unsettled = true;
            self.forked.insert(entry.author());
        }
        let on_path = self.on_path(entry);
        let times = Times {
            claimed: entry.protected().issued_at,
            not_before: None,
            not_after: None,
        };
        self.revocations.observe(&self.set, entry, times, on_path);
    }

    /// Whether an admitted entry lies on the path of its feed as it stands now; off it, what it
    /// revokes or erases has no effect.
    pub fn on_path(&self, entry: &SignedEntry) -> bool {
        let walk = self.set.walk(entry.author());
        walk.is_some_and(|walk| walk.holds(entry.id(), entry.header().seq))
    }

    /// The key an entry may be signed with, if its feed is known here: a guess that saves time.
    /// Admission decides under which key an entry has to stand.
    pub fn likely_key(&self, entry: &SignedEntry) -> Option<PublicKey> {
        let set = &self.set;
        let before = set.fact(entry.header().prev?).map(|fact| fact.key_state);
        let head = || set.feed_value(entry.author()).map(|value| value.key_state);
        let state = before.or_else(head)?;
        let key = set.key_state(state)?.key;
        (key.id() == entry.protected().key).then_some(key)
    }
}

/// What the door looks at besides the set.
pub(super) struct DoorView<'a> {
    pub(super) bodies: &'a [Vec<Body>],
    pub(super) subjects_of: SubjectsOf<'a>,
    pub(super) now: Timestamp,
}

impl DoorView<'_> {
    fn check(
        &self,
        set: &AdmittedSet,
        revocations: &Revocations,
        entries: &[SignedEntry],
        at: usize,
    ) -> Result<(), SubmitError> {
        let (Some(entry), Some(bodies)) = (entries.get(at), self.bodies.get(at)) else {
            return Ok(());
        };
        // Entries before this one in the same submission are admitted, but not stored yet.
        let subjects_of = |id: EntryId| {
            let before = entries.iter().take(at).find(|entry| entry.id() == id);
            before.map_or_else(
                || (self.subjects_of)(id),
                |entry| Some(entry.header().subjects.clone()),
            )
        };
        let door = Door {
            set,
            revocations,
            subjects_of: &subjects_of,
            now: self.now,
        };
        let problems = door.check(entry, bodies);
        if problems.is_empty() {
            return Ok(());
        }
        Err(SubmitError::door(problems))
    }
}

/// The admitted set, shared. Writing takes no longer than admitting one submission whose signatures
/// were checked before.
#[derive(Debug, Clone)]
pub struct SharedAdmitted(Arc<RwLock<Admitted>>);

impl SharedAdmitted {
    pub(super) fn new(admitted: Admitted) -> Self {
        Self(Arc::new(RwLock::new(admitted)))
    }

    /// Looks at the set. A panic while it was changed ends the writer, and so the process.
    pub fn read(&self) -> RwLockReadGuard<'_, Admitted> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Admitted> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Subjects of entries that are admitted but not stored yet.
pub(super) type FreshSubjects = IdMap<EntryId, Vec<SubjectId>>;
