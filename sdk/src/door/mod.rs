//! The submission door: what this node, and a careful author, refuse beyond admission
//! (specs/gateway.md §5).
//!
//! Admission takes whatever is rightly signed, so that no version of the software splits a network.
//! The door is where a statement is read: its claim is there and valid, it keeps the privacy floor,
//! its author may say it today. Every problem is returned at once.

mod keep;
mod network;
mod parts;
mod refs;

pub use keep::may_keep;

use crate::admission::{AdmittedSet, GrantFact};
use crate::entry::{Body, Header, Role, SignedEntry};
use crate::history::{Revocations, in_scope, role_of};
use crate::id::{EntryId, GrantId};
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::Timestamp;

/// What the door looks at besides the entry.
pub struct Door<'a> {
    /// Everything admitted here.
    pub set: &'a AdmittedSet,
    /// What is revoked.
    pub revocations: &'a Revocations,
    /// The subjects of an admitted entry.
    pub subjects_of: &'a dyn Fn(EntryId) -> Option<Vec<SubjectId>>,
    /// The time, passed in.
    pub now: Timestamp,
}

/// One thing the door minds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorProblem {
    /// The stable code.
    pub reason: Reason,
    /// The field to blame.
    pub field: &'static str,
    /// What is wrong.
    pub detail: String,
}

impl DoorProblem {
    pub(crate) fn new(reason: Reason, field: &'static str, detail: impl Into<String>) -> Self {
        Self {
            reason,
            field,
            detail: detail.into(),
        }
    }
}

impl Door<'_> {
    /// Everything wrong with an entry and its bodies; admission is asked separately.
    pub fn check(&self, entry: &SignedEntry, bodies: &[Body]) -> Vec<DoorProblem> {
        self.check_draft(entry.header(), bodies)
    }

    /// Everything wrong with a statement before it is signed.
    pub fn check_draft(&self, header: &Header, bodies: &[Body]) -> Vec<DoorProblem> {
        let mut problems = Vec::new();
        if header.seq > 0 {
            problems.extend(header.subjects.iter().filter_map(check_subject));
        }
        problems.extend(self.check_feed(header));
        problems.extend(self.check_standing(header));
        problems.extend(refs::check(self, header));
        problems.extend(network::check(self, header));
        problems.extend(parts::check(header, bodies, self.speaker(header)));
        problems
    }

    /// The grants that the author acts under, up to the charter.
    fn chain(&self, header: &Header) -> Vec<(GrantId, &GrantFact)> {
        let grant = header.grant.map(|grant| self.set.chain(grant));
        grant.unwrap_or_default()
    }

    fn speaker(&self, header: &Header) -> Speaker {
        let chain = self.chain(header);
        match (role_of(&chain), header.grant) {
            (Some(role), _) => Speaker::Role(role),
            // Admission says that the grant is not in effect.
            (None, Some(_)) if chain.is_empty() => Speaker::Early,
            (None, _) => Speaker::Nobody,
        }
    }

    /// A second entry after the same one forks the feed, which only following takes up, as
    /// evidence. A rotation may leave the tip behind: that is how a feed is taken back.
    fn check_feed(&self, header: &Header) -> Option<DoorProblem> {
        let prev = header.prev?;
        let walk = header.feed.and_then(|feed| self.set.walk(feed))?;
        let admitted = self.set.contains(prev);
        let forks = admitted && walk.fork.is_none() && walk.head.id != prev;
        if !forks || header.kind.as_str() == "author.rotate" {
            return None;
        }
        let (seq, head) = (walk.head.seq, walk.head.id);
        let detail = format!("the feed stands at seq {seq} with {head}");
        Some(DoorProblem::new(Reason::FeedForked, "prev", detail))
    }

    fn check_standing(&self, header: &Header) -> Vec<DoorProblem> {
        // Taking a feed back, taking standing away and erasing need no standing of one's own.
        if matches!(
            header.kind.as_str(),
            "author.rotate" | "part.erase" | "revoke"
        ) {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let (today, chain) = (self.now.date(), self.chain(header));
        for (id, fact) in &chain {
            if today < fact.grant.from || today > fact.grant.to_date {
                let (from, to) = (fact.grant.from, fact.grant.to_date);
                let detail = format!("{id} is valid from {from} to {to}, today is {today}");
                problems.push(DoorProblem::new(Reason::GrantExpired, "grant", detail));
            }
        }
        if !header.kind.is_network() && !in_scope(&chain, header) {
            let detail = "the scope of the grant, or of one above it, does not cover the subjects";
            problems.push(DoorProblem::new(Reason::OutOfScope, "subjects", detail));
        }
        let key_state = header.prev.and_then(|prev| self.set.fact(prev));
        let key_state = key_state.map(|fact| fact.key_state);
        let revocations = self.revocations;
        if let Some(by) = revocations.bars_now(self.set, header.grant, key_state, self.now) {
            let detail = format!("the grant, the key or a grant above was revoked by {by}");
            problems.push(DoorProblem::new(Reason::AuthorRevoked, "grant", detail));
        }
        problems
    }
}

/// Everything wrong with a statement that shows without knowing who makes it, what it refers to and
/// what was said before: its subjects, its references by their form, its parts, the privacy floor.
pub fn check_statement(header: &Header, bodies: &[Body]) -> Vec<DoorProblem> {
    let mut problems: Vec<_> = header.subjects.iter().filter_map(check_subject).collect();
    problems.extend(refs::missing_ref(header));
    problems.extend(parts::check(header, bodies, Speaker::Early));
    // A subject is named where it stands first.
    problems.dedup();
    problems
}

/// In which role somebody speaks; for a desk, the firm's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// The grant is not in effect here.
    Early,
    /// An author of the charter: it grants and revokes, and states nothing.
    Nobody,
    Role(Role),
}

fn check_subject(subject: &SubjectId) -> Option<DoorProblem> {
    let error = subject.check_closed().err()?;
    Some(DoorProblem::new(
        error.code(),
        "subjects",
        format!("{subject}: {error}"),
    ))
}
