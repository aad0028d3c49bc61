//! The submission door: what this node, and a careful author, refuse beyond admission
//! (specs/gateway.md §5).
//!
//! Admission takes whatever is rightly signed, so that no version of the software splits a network.
//! The door is where a statement is read: its claim is there and valid, it keeps the privacy floor,
//! its author may say it today. Every problem is returned at once.

mod parts;

use crate::admission::AdmittedSet;
use crate::entry::{Body, Header, NetworkClaim, RefType, Role, SignedEntry};
use crate::history::Revocations;
use crate::id::EntryId;
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
        let mut problems = self.check_draft(entry.header(), bodies);
        if let Some(claim) = entry.network_claim() {
            problems.extend(check_network(claim));
        }
        problems
    }

    /// Everything wrong with a statement before it is signed.
    pub fn check_draft(&self, header: &Header, bodies: &[Body]) -> Vec<DoorProblem> {
        let mut problems = Vec::new();
        if header.seq > 0 {
            problems.extend(header.subjects.iter().filter_map(check_subject));
        }
        problems.extend(self.check_feed(header));
        problems.extend(self.check_standing(header));
        problems.extend(self.check_refs(header));
        problems.extend(parts::check(header, bodies, self.role(header)));
        problems
    }

    /// The role the author speaks in; for a desk, the firm's.
    fn role(&self, header: &Header) -> Option<Role> {
        let chain = header.grant.map(|grant| self.set.chain(grant))?;
        chain
            .iter()
            .map(|(_, fact)| fact.grant.role)
            .find(|role| *role != Role::Desk)
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
        let mut problems = Vec::new();
        let Some(grant) = header.grant else {
            return problems;
        };
        let today = self.now.date();
        for (id, fact) in self.set.chain(grant) {
            if today < fact.grant.from || today > fact.grant.to_date {
                let (from, to) = (fact.grant.from, fact.grant.to_date);
                let detail = format!("{id} is valid from {from} to {to}, today is {today}");
                problems.push(DoorProblem::new(Reason::GrantExpired, "grant", detail));
            }
            if !header.kind.is_network() && !covers(header, &fact.grant) {
                let detail = format!("the scope of {id} does not cover the subjects");
                problems.push(DoorProblem::new(Reason::OutOfScope, "subjects", detail));
            }
        }
        if let Some(by) = self.revocations.revoked_now(self.set, grant, self.now) {
            let detail = format!("the grant was revoked by {by}");
            problems.push(DoorProblem::new(Reason::AuthorRevoked, "grant", detail));
        }
        problems
    }

    fn check_refs(&self, header: &Header) -> Vec<DoorProblem> {
        let mut problems = Vec::new();
        for reference in &header.refs {
            let Some(target) = (self.subjects_of)(reference.entry) else {
                let detail = format!("{} is not in this log", reference.entry);
                problems.push(DoorProblem::new(Reason::EarlyTarget, "refs", detail));
                continue;
            };
            let named = |subject| header.subjects.binary_search(subject).is_ok();
            if reference.sort != RefType::About && !target.iter().all(named) {
                let detail = format!("copy all subjects of {}", reference.entry);
                problems.push(DoorProblem::new(Reason::RefOutOfScope, "refs", detail));
            }
        }
        problems
    }
}

fn check_network(claim: &NetworkClaim) -> Option<DoorProblem> {
    match claim {
        NetworkClaim::Grant(grant) if grant.to_date < grant.from => {
            let detail = "the last date lies before the first";
            Some(DoorProblem::new(Reason::SchemaMismatch, "to_date", detail))
        }
        _ => None,
    }
}

fn covers(header: &Header, grant: &crate::entry::Grant) -> bool {
    let mut subjects = header.subjects.iter();
    match header.kind.as_str() {
        "reply" | "ack" => subjects.any(|subject| grant.covers(subject)),
        _ => subjects.all(|subject| grant.covers(subject)),
    }
}

fn check_subject(subject: &SubjectId) -> Option<DoorProblem> {
    let error = subject.check_closed().err()?;
    Some(DoorProblem::new(
        error.code(),
        "subjects",
        format!("{subject}: {error}"),
    ))
}
