//! `recover`: a restored node is shown what it signed, gets the leaves it lost back, and may sign
//! again (specs/recovery.md §§5, 6).

mod contradiction;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fairtrail::client::{BaseUrl, ClientError, Gateway, Http};
use fairtrail::log::{Checkpoint, Origin, SignedCheckpoint};
use fairtrail::merkle::TreeSize;
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use serde::Serialize;

use self::contradiction::keep_proof;
use super::{NodeError, read_charter, read_keys};
use crate::asking::Plan;
use crate::clock;
use crate::config::Settings;
use crate::core::follow::{Followed, Known, Reads};
use crate::core::head::Head;
use crate::follow::{Pulled, pull};
use crate::ledger::{Recovering, Setup};

/// Why a node may not sign yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// A checkpoint that the log's key signed is not of this history.
    #[error(
        "{by} shows a checkpoint of {size} leaves, signed by this log's key, of another history{}",
        proved_by(proof.as_deref())
    )]
    Diverged {
        /// Who showed it.
        by: String,
        /// Its size.
        size: u64,
        /// The file that proves it to everybody, if both histories are signed as far as they differ.
        proof: Option<PathBuf>,
    },
    /// Leaves that were signed are not here, and nobody who was asked has them.
    #[error(
        "{signed} leaves were signed, {have} are here, and nobody who was asked has the others"
    )]
    Lost {
        /// Leaves here.
        have: u64,
        /// Leaves of the largest tree signed.
        signed: u64,
        /// Why the last mirror was of no use.
        why: Option<Reason>,
    },
    /// Too few of those who know what was signed have answered.
    #[error("{answered} of those who know what was signed have answered, {wanted} are wanted")]
    TooFew {
        /// Answers.
        answered: usize,
        /// Answers wanted.
        wanted: usize,
    },
}

fn proved_by(proof: Option<&Path>) -> String {
    let named = proof.map(|proof| format!("; the proof is {}", proof.display()));
    named.unwrap_or_default()
}

impl RecoverError {
    /// The file that proves two histories, where one was written.
    pub fn proof(&self) -> Option<&Path> {
        match self {
            Self::Diverged { proof, .. } => proof.as_deref(),
            Self::Lost { .. } | Self::TooFew { .. } => None,
        }
    }

    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Diverged { .. } => Reason::LogForked,
            Self::Lost { .. } => Reason::RollbackSuspected,
            Self::TooFew { .. } => Reason::ReadOnly,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// Leaves there are now, all of them signed.
    pub entries: u64,
    /// Leaves that were fetched.
    pub fetched: u64,
    /// Who showed which size.
    pub shown: Vec<ShownSize>,
    /// Whether nothing was missing and nobody had to be asked.
    pub whole: bool,
}

/// What somebody showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownSize {
    /// Where.
    pub by: String,
    /// Leaves of the checkpoint.
    pub size: u64,
}

/// A checkpoint that this log's key signed, and who showed it.
#[derive(Debug)]
struct Shown {
    by: String,
    signed: SignedCheckpoint,
    /// Where the leaves can be had.
    mirror: Option<BaseUrl>,
}

/// What asking brought.
#[derive(Debug, Default)]
struct Asked {
    shown: Vec<Shown>,
    /// Addresses of `--from` that showed something.
    from: usize,
    /// Witnesses that count and have answered, be it that they never cosigned.
    witnesses: usize,
}

/// Recovers a stopped node from followers, mirrors and witnesses of its own log.
///
/// # Errors
/// [`NodeError::Recover`], and nothing may be signed then; what was fetched is kept, and doing it
/// again goes on from there.
pub fn recover(settings: &Settings, from: &[BaseUrl]) -> Result<Recovered, NodeError> {
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let key = keys.log.verifier().clone();
    let log = Recovering::open(setup(settings, keys)?)?;
    let (guard, restored) = log.guard()?;
    let before = log.head().size.get();
    let at_guard = log.roots(&BTreeSet::from([guard.size]))?;
    let knows_guard = at_guard.get(&guard.size) == Some(&guard.root);
    if !restored && knows_guard && guard.size <= log.signed().size {
        log.close();
        return Ok(Recovered {
            entries: before,
            fetched: 0,
            shown: Vec::new(),
            whole: true,
        });
    }
    let asked = ask(&settings.origin, &key, from, &settings.witnesses);
    if restored {
        asked.check_enough(from.len(), &settings.witnesses)?;
    }
    let wanted = asked.largest().max(guard.size.get());
    let compared =
        fetch(&log, settings, &key, &asked, wanted).and_then(|why| check(&log, &asked, guard, why));
    if let Err(NodeError::Recover(RecoverError::Diverged { by, size, .. })) = compared {
        let proof = keep_proof(&log, settings, &asked.shown, &key);
        return Err(RecoverError::Diverged { by, size, proof }.into());
    }
    compared?;
    let now = clock::system()();
    let head = log.finish(now)?;
    let size = |shown: &Shown| ShownSize {
        by: shown.by.clone(),
        size: shown.size().get(),
    };
    Ok(Recovered {
        entries: head.size.get(),
        fetched: head.size.get().saturating_sub(before),
        shown: asked.shown.iter().map(size).collect(),
        whole: false,
    })
}

pub(super) fn setup(settings: &Settings, keys: crate::ledger::Keys) -> Result<Setup, NodeError> {
    Ok(Setup {
        data_dir: settings.data_dir.clone(),
        guard_dir: settings.guard_dir.clone(),
        origin: settings.origin.clone(),
        charter: read_charter(&settings.charter)?,
        keys,
        witnesses: Plan::nobody(),
        index_witnesses: Plan::nobody(),
        interval: settings.interval,
        include_within: settings.include_within,
        waiting: settings.waiting,
        reserve_bytes: settings.reserve_bytes,
        clock: clock::system(),
    })
}

/// Asks everybody for the newest checkpoint of this log.
fn ask(origin: &Origin, key: &NoteVerifier, from: &[BaseUrl], plan: &Plan) -> Asked {
    let hash = HEXLOWER.encode(&origin.digest());
    let below = |url: &BaseUrl, path: String| url.join(&path).parse::<BaseUrl>().ok();
    let mut asked = Asked::default();
    for url in from {
        let mirror = below(url, format!("/mirror/{hash}"));
        let witness = below(url, format!("/witness/{hash}"));
        let places = [(Some(url.clone()), true), (mirror, true), (witness, false)];
        let before = asked.shown.len();
        for (url, leaves) in places {
            let Some(url) = url else { continue };
            asked.shown.extend(
                newest(&url, origin, key)
                    .unwrap_or_default()
                    .map(|signed| Shown {
                        by: url.to_string(),
                        signed,
                        mirror: leaves.then_some(url),
                    }),
            );
        }
        asked.from = asked
            .from
            .saturating_add(usize::from(asked.shown.len() > before));
    }
    for witness in plan.witnesses.iter().filter(|witness| !witness.optional) {
        let Some(url) = below(&witness.url, format!("/witness/{hash}")) else {
            continue;
        };
        let Ok(answer) = newest(&url, origin, key) else {
            continue;
        };
        asked.witnesses = asked.witnesses.saturating_add(1);
        asked.shown.extend(answer.map(|signed| Shown {
            by: url.to_string(),
            signed,
            mirror: None,
        }));
    }
    asked
}

/// The newest checkpoint at an address, if this log's key signed one there; an error if nobody
/// answered.
fn newest(
    url: &BaseUrl,
    origin: &Origin,
    key: &NoteVerifier,
) -> Result<Option<SignedCheckpoint>, ClientError> {
    let gateway = Gateway::new(Http::new(url.clone()));
    let note = match gateway.checkpoint() {
        Ok(note) => note,
        Err(error) if error.code() == Reason::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let own = note.keep_verified(std::slice::from_ref(key)).ok();
    let signed = own.and_then(|own| SignedCheckpoint::open(own.to_string().as_bytes(), key).ok());
    Ok(signed.filter(|signed| signed.checkpoint().origin() == origin))
}

impl Shown {
    const fn checkpoint(&self) -> &Checkpoint {
        self.signed.checkpoint()
    }

    const fn size(&self) -> TreeSize {
        self.checkpoint().size()
    }
}

impl Asked {
    fn largest(&self) -> u64 {
        let sizes = self.shown.iter().map(|shown| shown.size().get());
        sizes.max().unwrap_or(0)
    }

    /// Whether whatever was shown to verifiers must be known to somebody who answered: every quorum
    /// of witnesses has one of so many. Without witnesses everybody who was named has to answer.
    fn check_enough(&self, from: usize, plan: &Plan) -> Result<(), RecoverError> {
        let (answered, wanted) = match plan.counting() {
            0 => (self.from, from.max(1)),
            all => {
                let others = all.saturating_sub(plan.quorum);
                (self.witnesses, others.saturating_add(1))
            }
        };
        if answered >= wanted {
            return Ok(());
        }
        Err(RecoverError::TooFew { answered, wanted })
    }
}

/// Takes up the leaves that are missing, from whoever has most of them; why the last one was of no
/// use.
fn fetch(
    log: &Recovering,
    settings: &Settings,
    key: &NoteVerifier,
    asked: &Asked,
    wanted: u64,
) -> Result<Option<Reason>, NodeError> {
    let mut mirrors: Vec<_> = asked
        .shown
        .iter()
        .filter(|shown| shown.mirror.is_some())
        .collect();
    mirrors.sort_by_key(|shown| std::cmp::Reverse(shown.size()));
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = built.map_err(|error| NodeError::Runtime { kind: error.kind() })?;
    let mut why = None;
    for shown in mirrors {
        let have = log.head();
        let Some(url) = shown.mirror.as_ref().filter(|_| have.size.get() < wanted) else {
            continue;
        };
        if shown.size() <= have.size {
            continue;
        }
        let followed = Followed {
            origin: settings.origin.clone(),
            key: key.clone(),
            reads: Reads::Public,
        };
        let known = Known::up_to(settings.origin.clone(), have);
        match runtime.block_on(pull(&log.access(), url, followed, known)) {
            Pulled::All => why = None,
            Pulled::Diverged => {
                return Err(diverged(shown).into());
            }
            Pulled::Broke(reason) => why = Some(reason),
        }
    }
    runtime.shutdown_background();
    Ok(why)
}

/// Everything that was shown, and the guard, is of this history.
fn check(
    log: &Recovering,
    asked: &Asked,
    guard: Head,
    why: Option<Reason>,
) -> Result<(), NodeError> {
    let sizes = asked.shown.iter().map(Shown::size);
    let roots = log.roots(&sizes.chain([guard.size]).collect())?;
    let have = log.head().size;
    for shown in &asked.shown {
        let size = shown.size();
        if size <= have && roots.get(&size) != Some(&shown.checkpoint().root()) {
            return Err(diverged(shown).into());
        }
    }
    let signed = asked.largest().max(guard.size.get());
    if signed > have.get() {
        let have = have.get();
        return Err(RecoverError::Lost { have, signed, why }.into());
    }
    if roots.get(&guard.size) != Some(&guard.root) {
        let (by, size) = ("the guard".to_owned(), guard.size.get());
        let proof = None;
        return Err(RecoverError::Diverged { by, size, proof }.into());
    }
    Ok(())
}

fn diverged(shown: &Shown) -> RecoverError {
    RecoverError::Diverged {
        by: shown.by.clone(),
        size: shown.size().get(),
        proof: None,
    }
}
