//! Proofs that logs and authors signed two histories, one file each, kept until the operator
//! removes them.
//!
//! ```text
//! <data dir>/fraud/<hex SHA-256 of the origin>-<size>.split-view      specs/follow.md §7
//! <data dir>/fraud/<hex of the author's id>.feed-fork                 specs/fraud.md §3
//! <data dir>/fraud/<hex SHA-256 of the index's origin>-<leaf>.bad-update   specs/index.md §9
//! <data dir>/fraud/<hex SHA-256 of the origin>.log-fraud              specs/fraud-logs.md
//! ```
//! One proof convicts. Only so many of one log are kept, for a log may sign any number; one of an
//! author, and the first one found.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fairtrail::fraud::{Accused, FraudFile, SplitView};
use fairtrail::id::AuthorId;
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::TreeSize;

use super::disk::{self, IoFault};
use crate::core::gossip::Case;

/// Proofs that are kept against one log.
const PER_LOG: usize = 16;
const SPLIT_VIEW: &str = ".split-view";
const FEED_FORK: &str = ".feed-fork";
const BAD_UPDATE: &str = ".bad-update";
const LOG_FRAUD: &str = ".log-fraud";
/// Behind the name of a file that counts no more, by the operator's word.
const SET_ASIDE: &str = ".set-aside";

/// The proofs of one node.
#[derive(Debug, Clone)]
pub struct Accusations {
    dir: PathBuf,
}

/// One file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProof {
    /// Who is accused in it, and whether of two histories.
    pub case: Case,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// Bytes of the file.
    pub bytes: u64,
    /// Where it lies.
    pub path: PathBuf,
}

impl Accusations {
    /// Keeps proofs in `dir`; it need not exist yet.
    pub fn new(dir: &Path) -> Self {
        let dir = dir.to_path_buf();
        Self { dir }
    }

    /// Keeps a proof about a log at a size, durably; the file, or nothing when enough is known of
    /// this log.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn keep(
        &self,
        origin: &Origin,
        size: TreeSize,
        proof: &SplitView,
    ) -> Result<Option<PathBuf>, IoFault> {
        if self.of(origin)?.len() >= PER_LOG {
            return Ok(None);
        }
        let name = format!("{}{size}{SPLIT_VIEW}", prefix(origin));
        self.write(&name, proof.to_string().as_bytes())
    }

    /// Keeps a proof of any sort durably, unless one against the same is kept; the file, or nothing.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn keep_first(
        &self,
        accused: &Accused,
        proof: &FraudFile,
    ) -> Result<Option<PathBuf>, IoFault> {
        match (accused, proof) {
            (Accused::Log(origin), FraudFile::SplitView(view)) => {
                if self.of(origin)?.is_empty() {
                    let newer: Result<Checkpoint, _> = view.newer().text().parse();
                    let size = newer.map_or(TreeSize::ZERO, |newer| newer.size());
                    return self.keep(origin, size, view);
                }
                Ok(None)
            }
            (Accused::Author(author), FraudFile::FeedFork(fork)) => {
                self.write(&fork_name(*author), fork.to_string().as_bytes())
            }
            (Accused::Log(origin), FraudFile::Log(fraud)) => {
                let name = format!("{}{LOG_FRAUD}", HEXLOWER.encode(&origin.digest()));
                self.write(&name, fraud.to_string().as_bytes())
            }
            _ => Ok(None),
        }
    }

    /// Keeps the proof that an index head does not follow, durably; the file, or nothing when one
    /// about this head is kept.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn keep_bad_update(
        &self,
        index: &Origin,
        leaf: u64,
        proof: &[u8],
    ) -> Result<Option<PathBuf>, IoFault> {
        self.write(&format!("{}{leaf}{BAD_UPDATE}", prefix(index)), proof)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<Option<PathBuf>, IoFault> {
        disk::create_dir(&self.dir)?;
        disk::sync_dir(disk::parent(&self.dir))?;
        let path = self.dir.join(name);
        let made = disk::write_once(&path, bytes)?;
        Ok(made.then_some(path))
    }

    /// The files that prove something against a log.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn of(&self, origin: &Origin) -> Result<Vec<PathBuf>, IoFault> {
        let prefix = prefix(origin);
        let mut names = disk::names(&self.dir)?;
        names.retain(|name| name.starts_with(&prefix) && name.ends_with(SPLIT_VIEW));
        names.sort();
        Ok(names.iter().map(|name| self.dir.join(name)).collect())
    }

    /// One proof against each who is accused. A file that is not in its form is passed over: it
    /// proves nothing.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn all(&self) -> Result<Vec<KeptProof>, IoFault> {
        let mut names = disk::names(&self.dir)?;
        names.retain(|name| {
            let mut kinds = [SPLIT_VIEW, FEED_FORK, LOG_FRAUD].into_iter();
            kinds.any(|kind| name.ends_with(kind))
        });
        names.sort();
        let mut kept: Vec<KeptProof> = Vec::new();
        for name in names {
            let path = self.dir.join(name);
            let Some(bytes) = disk::read_if_exists(&path)? else {
                continue;
            };
            let file = FraudFile::parse(&bytes).and_then(|file| Case::of(&file));
            let Ok(case) = file else { continue };
            if kept.last().is_some_and(|last| last.case == case) {
                continue;
            }
            kept.push(KeptProof {
                case,
                digest: FraudFile::digest(&bytes),
                bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                path,
            });
        }
        Ok(kept)
    }

    /// The bytes of a kept file.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn read(&self, proof: &KeptProof) -> Result<Option<Vec<u8>>, IoFault> {
        disk::read_if_exists(&proof.path)
    }

    /// Lets what is kept against a log count no more; the files stay under another name.
    ///
    /// # Errors
    /// [`IoFault`].
    pub fn set_aside(&self, origin: &Origin) -> Result<(), IoFault> {
        for path in self.of(origin)? {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(SET_ASIDE);
            disk::rename(&path, &path.with_file_name(name))?;
        }
        Ok(())
    }
}

fn prefix(origin: &Origin) -> String {
    format!("{}-", HEXLOWER.encode(&origin.digest()))
}

fn fork_name(author: AuthorId) -> String {
    format!("{}{FEED_FORK}", HEXLOWER.encode(author.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::log::SignedCheckpoint;
    use fairtrail::merkle::Root;
    use fairtrail::note::NoteSigner;

    #[test]
    fn a_proof_is_kept_once_and_only_so_many_are() {
        let dir = tempfile::tempdir().unwrap();
        let accusations = Accusations::new(&dir.path().join("fraud"));
        let origin: Origin = "log.example/two/e1".parse().unwrap();
        let log = NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32]));
        let signed = |size, root| {
            let root = Root::from_bytes([root; 32]);
            let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
            let note = checkpoint.sign(&log).unwrap().to_string();
            SignedCheckpoint::open(note.as_bytes(), log.verifier()).unwrap()
        };
        let proof = |size| {
            let size = TreeSize::new(size).unwrap();
            (
                size,
                SplitView::of_one_size(&signed(size, 1), &signed(size, 2)),
            )
        };
        let keep = |size| {
            let (size, proof) = proof(size);
            let path = accusations.keep(&origin, size, &proof).unwrap();
            path.map(|path| (path, proof))
        };
        let (path, view) = keep(7).unwrap();
        assert_eq!(keep(7), None);
        let kept = fs_err::read_to_string(&path).unwrap();
        assert_eq!(kept.parse(), Ok(view));
        // Of what others bring, the first is enough.
        let accused = Accused::Log(origin.clone());
        let other = FraudFile::SplitView(Box::new(proof(8).1));
        assert_eq!(accusations.keep_first(&accused, &other), Ok(None));
        for size in 8..40 {
            keep(size);
        }
        assert_eq!(accusations.of(&origin).unwrap().len(), PER_LOG);
        let all = accusations.all().unwrap();
        let [one] = &all[..] else { panic!("{all:?}") };
        assert_eq!(one.case.accused, accused);
        let bytes = accusations.read(one).unwrap().unwrap();
        assert_eq!(FraudFile::digest(&bytes), one.digest);
        fs_err::write(dir.path().join("fraud/x.feed-fork"), "nothing").unwrap();
        assert_eq!(accusations.all().unwrap().len(), 1);
        let stranger = "log.example/three/e1".parse().unwrap();
        assert!(accusations.of(&stranger).unwrap().is_empty());
        accusations.set_aside(&origin).unwrap();
        assert!(accusations.all().unwrap().is_empty());
        assert!(accusations.keep_first(&accused, &other).unwrap().is_some());
    }
}
