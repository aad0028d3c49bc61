//! The same sets in the trie of another program, which hashes by the same formulas.

use akd::append_only_zks::InsertMode;
use akd::ecvrf::HardCodedAkdVRF;
use akd::storage::StorageManager;
use akd::storage::memory::AsyncInMemoryDatabase;
use akd::{
    AkdLabel, AkdValue, Azks, AzksElement, AzksParallelismConfig, AzksValue, Directory, NodeLabel,
    WhatsAppV1Configuration,
};
use fairtrail::trie::{TrieKey, TrieRoot, TrieValue};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// A trie kept by `akd`.
pub(crate) struct Other {
    storage: StorageManager<AsyncInMemoryDatabase>,
    trie: Azks,
}

impl Other {
    pub(crate) fn new() -> Self {
        let storage = StorageManager::new_no_cache(AsyncInMemoryDatabase::new());
        let trie = run(Azks::new::<WhatsAppV1Configuration, _>(&storage)).unwrap();
        Self { storage, trie }
    }

    /// Inserts keys that are not there yet.
    pub(crate) fn insert(&mut self, pairs: &[(TrieKey, TrieValue)]) {
        let element = |(key, value): &(TrieKey, TrieValue)| AzksElement {
            label: NodeLabel::new(*key.as_bytes(), 256),
            value: AzksValue(*value.as_bytes()),
        };
        let elements = pairs.iter().map(element).collect();
        let (mode, alone) = (InsertMode::Auditor, AzksParallelismConfig::disabled());
        let (trie, storage) = (&mut self.trie, &self.storage);
        let inserted =
            trie.batch_insert_nodes::<WhatsAppV1Configuration, _>(storage, elements, mode, alone);
        run(inserted).unwrap();
    }

    pub(crate) fn root(&self) -> TrieRoot {
        let root = self
            .trie
            .get_root_hash::<WhatsAppV1Configuration, _>(&self.storage);
        TrieRoot::new(run(root).unwrap())
    }
}

/// A directory kept by `akd`: a trie of labels that a verifiable random function gives, and the
/// versions of what was published under each.
#[allow(dead_code, reason = "only what measures it publishes")]
pub(crate) struct Publisher(
    Directory<WhatsAppV1Configuration, AsyncInMemoryDatabase, HardCodedAkdVRF>,
);

#[allow(dead_code, reason = "only what measures it publishes")]
impl Publisher {
    pub(crate) fn new() -> Self {
        let storage = StorageManager::new_no_cache(AsyncInMemoryDatabase::new());
        let alone = AzksParallelismConfig::disabled();
        let directory = run(Directory::new(storage, HardCodedAkdVRF, alone));
        Self(directory.unwrap())
    }

    /// Publishes values under labels that are not there yet.
    pub(crate) fn publish(&self, pairs: &[(TrieKey, TrieValue)]) {
        let update = |(key, value): &(TrieKey, TrieValue)| {
            let label = AkdLabel(key.as_bytes().to_vec());
            (label, AkdValue(value.as_bytes().to_vec()))
        };
        run(self.0.publish(pairs.iter().map(update).collect())).unwrap();
    }
}

/// Runs what never waits: everything is in memory and nothing is done beside it.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
