//! A verifier's home directory in a test.

use super::Ledger;
use fairtrail::client::{Gateway, Missing, Store, StoreError, SyncError, sync};
use fairtrail::policy::Policy;
use fairtrail::replica::Replica;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A home directory, and the policy of whom it belongs to.
pub(crate) struct Home {
    dir: TempDir,
    policy: Policy,
}

/// What must be the same after an answer that was changed: entries, parts, notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) parts: usize,
    pub(crate) notes: usize,
}

impl Home {
    pub(crate) fn new(ledger: &Ledger) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            policy: ledger.policy(),
        }
    }

    pub(crate) fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    pub(crate) const fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn copy(&self) -> PathBuf {
        self.path().join("replicas/ledger.example~coast~e1")
    }

    pub(crate) fn store(&self) -> Result<Store, StoreError> {
        let log = &self.policy.logs().logs()[0];
        Store::open(self.path(), self.policy.network(), log)
    }

    pub(crate) fn sync(&self, gateway: &Gateway) -> Result<Replica, SyncError> {
        self.sync_with(gateway, Missing::Recent)
    }

    pub(crate) fn sync_with(
        &self,
        gateway: &Gateway,
        missing: Missing,
    ) -> Result<Replica, SyncError> {
        let mut store = self.store()?;
        sync(gateway, &mut store, &self.policy, missing, &mut |_| ())
    }

    pub(crate) fn load(&self) -> Result<Replica, StoreError> {
        self.store()?.load(&self.policy)
    }

    /// Every file below, with its bytes, but for evidence and the lock.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        walk(self.path(), &mut files);
        files.retain(|path, _| !path.ends_with("LOCK") && !is_evidence(path));
        files
    }

    /// The files of evidence kept.
    pub(crate) fn evidence(&self) -> Vec<PathBuf> {
        let mut files = BTreeMap::new();
        walk(self.path(), &mut files);
        files.retain(|path, _| is_evidence(path));
        files.into_keys().collect()
    }

    /// Puts other files in the place of those here.
    pub(crate) fn put(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        for name in ["replicas", "seen", "evidence"] {
            let path = self.path().join(name);
            if path.exists() {
                fs_err::remove_dir_all(path).unwrap();
            }
        }
        for (path, bytes) in files {
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes).unwrap();
        }
    }
}

fn is_evidence(path: &Path) -> bool {
    path.iter().any(|name| name == "evidence")
}

fn walk(dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for item in fs_err::read_dir(dir).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.insert(path.clone(), fs_err::read(&path).unwrap());
        }
    }
}

/// What a replica holds.
pub(crate) fn content(replica: &Replica) -> Content {
    let entries = replica.entries();
    let parts = entries.iter().flat_map(|entry| &entry.header().parts);
    Content {
        parts: parts
            .filter(|part| {
                replica
                    .part(part.digest)
                    .is_some_and(|body| body.matches(part))
            })
            .count(),
        entries: entries.iter().map(|entry| entry.bytes().to_vec()).collect(),
        notes: replica.notes().count(),
    }
}
