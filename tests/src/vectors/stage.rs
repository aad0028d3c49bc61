//! Entries offered one after another, and what was said to each.

use super::Vector;
use super::world::{Author, act_id, charter, grant};
use fairtrail::admission::AdmittedSet;
use fairtrail::entry::{Role, SignedEntry};
use fairtrail::id::AuthorId;

/// The network with what was offered so far.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// Roots by key: 1, 2, 3.
    pub(super) roots: [Author; 3],
    /// The reply desk, key 4.
    pub(super) desk: Author,
    offers: Vec<(&'static str, Vec<u8>)>,
    authors: Vec<AuthorId>,
}

impl Stage {
    /// Nothing was offered yet.
    pub(super) fn empty() -> Self {
        let roots = [1, 2, 3].map(Author::of_charter);
        Self {
            roots,
            desk: Author::of_charter(4),
            offers: Vec::new(),
            authors: Vec::new(),
        }
    }

    /// The feeds of the charter's authors have begun.
    pub(super) fn new() -> Self {
        let mut stage = Self::empty();
        for begin in [
            &stage.roots[0],
            &stage.roots[1],
            &stage.roots[2],
            &stage.desk,
        ]
        .map(|a| a.begin.clone())
        {
            stage.admit(&begin);
        }
        stage
    }

    fn push(&mut self, key: &'static str, entry: &[u8]) {
        self.offers.push((key, entry.to_vec()));
    }

    /// An entry that is admitted at once.
    pub(super) fn admit(&mut self, entry: &SignedEntry) {
        self.push("entry", entry.bytes());
    }

    /// An entry that comes early and stays on offer.
    pub(super) fn early(&mut self, entry: &SignedEntry) {
        self.push("early", entry.bytes());
    }

    /// An entry whose id is admitted already.
    pub(super) fn known(&mut self, entry: &SignedEntry) {
        self.push("known", entry.bytes());
    }

    /// An entry that is refused for good.
    pub(super) fn refused(&mut self, entry: &SignedEntry) {
        self.push("refused", entry.bytes());
    }

    /// The feed value of this author is part of the outcome.
    pub(super) fn watch(&mut self, author: AuthorId) {
        self.authors.push(author);
    }

    /// Two roots grant a role to the author with this key, whose feed then begins.
    pub(super) fn enrol(&mut self, key: u8, role: Role, may_delegate: &[Role]) -> Author {
        let grant = grant(super::world::author(key), role, may_delegate);
        for at in 0..2 {
            let entry = self.roots[at].grants(&grant);
            self.admit(&entry);
        }
        let author = Author::under(key, act_id("grant", &grant));
        self.admit(&author.begin);
        author
    }

    /// `granter` grants a role to the author with this key, whose feed then begins.
    pub(super) fn delegate(
        &mut self,
        granter: &mut Author,
        key: u8,
        role: Role,
        may_delegate: &[Role],
    ) -> Author {
        let entry = granter.grants(&grant(super::world::author(key), role, may_delegate));
        self.admit(&entry);
        let author = Author::under(key, entry.id());
        self.admit(&author.begin);
        author
    }

    /// The case: one more offer and what is said to it.
    pub(super) fn case(
        &self,
        name: &str,
        expect: &str,
        spec: &str,
        comment: &str,
        offer: &[u8],
    ) -> Vector {
        let vector = self.vector(&format!("admission/{name}"), expect, spec, comment);
        vector.hex("offer", offer)
    }

    /// What was offered, and the feed values that follow.
    pub(super) fn vector(&self, name: &str, expect: &str, spec: &str, comment: &str) -> Vector {
        let vector = Vector::new(name, expect, spec, comment).hex("charter", charter().bytes());
        let offers = self.offers.iter();
        let vector = offers.fold(vector, |vector, (key, bytes)| vector.hex(key, bytes));
        let mut set = AdmittedSet::new(charter());
        let mut early = fairtrail::admission::EarlyBuffer::default();
        for (_, bytes) in &self.offers {
            early.offer(&mut set, SignedEntry::parse(bytes).unwrap());
        }
        self.authors.iter().fold(vector, |vector, author| {
            let value = fairtrail::cbor::encode(&set.feed_value(*author).unwrap());
            vector.line(
                "value",
                format!("{author} {}", data_encoding::HEXLOWER.encode(&value)),
            )
        })
    }
}
