//! `MapFn` v1: whose lists an entry stands in. Reads the header alone; never changed for an index
//! origin `<origin>/index/1`.

use crate::entry::SignedEntry;
use crate::subject::SubjectId;
use std::borrow::Cow;

/// The subjects in whose lists an entry stands, each once: those it names, and the author that it
/// begins.
///
/// ```
/// use fairtrail::entry::Draft;
/// use fairtrail::id::NetworkId;
/// use fairtrail::index::posted_under;
/// use fairtrail::key::SecretKey;
/// use fairtrail::time::Timestamp;
/// let (key, next) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
/// let at = Timestamp::new(1_790_000_000).unwrap();
/// let begin = Draft::begin(NetworkId::new([7; 32]), &key, next.public().next_digest(), at).unwrap();
/// assert_eq!(posted_under(&begin), [key.public().id().into(), begin.author().into()]);
/// ```
pub fn posted_under(entry: &SignedEntry) -> Vec<SubjectId> {
    subjects_of(entry).map(Cow::into_owned).collect()
}

/// As [`posted_under`], without copies of what the entry says.
pub(super) fn subjects_of(entry: &SignedEntry) -> impl Iterator<Item = Cow<'_, SubjectId>> {
    let header = entry.header();
    let begun = (header.seq == 0).then(|| Cow::Owned(entry.author().into()));
    header.subjects.iter().map(Cow::Borrowed).chain(begun)
}

/// Whether an entry stands in the lists of a subject.
pub fn names(entry: &SignedEntry, subject: &SubjectId) -> bool {
    subjects_of(entry).any(|posted| *posted == *subject)
}
