//! The network: a charter of one root, the authors' home, a grant for every node.

use std::path::Path;

use fairtrail::admission::AdmittedSet;
use fairtrail::cbor::encode;
use fairtrail::charter::{Charter, Terms};
use fairtrail::client::{Gateway, Pinned};
use fairtrail::entry::{Draft, Grant, NetworkClaim, Role, ScopeItem};
use fairtrail::files::{AuthorDir, AuthorName, Home, Seen, create_dir, replace};
use fairtrail::id::AuthorId;
use fairtrail::time::{Date, Timestamp};

use super::{DevnetError, Member};
use crate::config::CHARTER_NAME;
use crate::ops::read_charter;

const ROOT: &str = "root";
const REPLY_DESK: &str = "reply-desk";
/// Days before and after today for which nodes are granted.
const GRANT_DAYS: u32 = 3_650;

/// What the nodes have in common.
pub(super) struct Network {
    pub(super) charter: Charter,
    pub(super) home: Home,
}

impl Network {
    /// Takes up the network in `dir`, or founds one there.
    pub(super) fn in_dir(dir: &Path, now: Timestamp) -> Result<Self, DevnetError> {
        create_dir(dir)?;
        let home = Home::new(dir.join("home"));
        let file = dir.join(format!("network.{CHARTER_NAME}"));
        if file.exists() {
            let charter = read_charter(&file)?;
            return Ok(Self { charter, home });
        }
        let mut root = author(&home, ROOT)?;
        let mut desk = author(&home, REPLY_DESK)?;
        let roles = Role::ALL.iter().map(ToString::to_string);
        let mut roles: Vec<_> = roles.collect();
        roles.sort();
        let charter = Charter::new(&Terms {
            version: 1,
            created: now,
            name: "Development network".into(),
            roots: vec![root.pair()],
            threshold: 1,
            reply_desks: vec![desk.pair()],
            roles,
            terms: "For trying things out: nothing here is said about anybody.".into(),
            contact: "nobody@localhost".into(),
            licence: "CC0 1.0".into(),
            envelope: 1,
        })?;
        root.join(&charter, now)?;
        desk.join(&charter, now)?;
        home.keep_charter(&charter)?;
        replace(&file, charter.bytes())?;
        Ok(Self { charter, home })
    }

    /// The root's author.
    pub(super) fn root(&self) -> Result<AuthorId, DevnetError> {
        let state = AuthorDir::peek(&self.home.author(&name(ROOT)?))?;
        let membership = state.membership.ok_or(DevnetError::Internal {
            what: "the root belongs to no network",
        })?;
        Ok(membership.author)
    }

    /// Has the root begin, and grants every node that nobody granted yet; each begins. What was
    /// interrupted is offered again.
    pub(super) fn enrol(
        &self,
        members: &[Member],
        gateway: &Gateway,
        now: Timestamp,
    ) -> Result<(), DevnetError> {
        let promise = gateway.log()?.promise_vkey.parse();
        let promise = promise.map_err(|_| DevnetError::Internal {
            what: "a node names no promise key",
        })?;
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        let deliver = |author: &mut AuthorDir| -> Result<(), DevnetError> {
            for pending in author.pending()? {
                gateway.submit(pending.batch(), &pinned, None)?;
                author.acknowledge(&pending)?;
            }
            Ok(())
        };
        for charter_author in [ROOT, REPLY_DESK] {
            let mut author = author(&self.home, charter_author)?;
            author.begin(Seen::Offline)?;
            deliver(&mut author)?;
        }
        let mut root = author(&self.home, ROOT)?;
        for member in members {
            let mut node = author(&self.home, &format!("node-{}", member.number))?;
            let id = node.join(&self.charter, now)?;
            let begun = node.state().membership.as_ref();
            if begun.is_some_and(|begun| begun.acknowledged.is_some()) {
                continue;
            }
            let claim = NetworkClaim::Grant(node_grant(id, member, now.date())?);
            let act = AdmittedSet::new(self.charter.clone()).act_id("grant", &encode(&claim));
            let mut signing = root.signing(None, Seen::Offline)?;
            signing.push(&Draft::network(claim, self.root()?, now))?;
            signing.finish()?;
            deliver(&mut root)?;
            node.remember_grant(act.into())?;
            node.begin(Seen::Offline)?;
            deliver(&mut node)?;
        }
        Ok(())
    }
}

/// Lets the connections of a node in at all others: the scope names its key.
fn node_grant(to: AuthorId, member: &Member, today: Date) -> Result<Grant, DevnetError> {
    let from = today.days().saturating_sub(GRANT_DAYS);
    let key = ScopeItem::parse(&member.keys.node.to_string());
    let key = key.ok_or(DevnetError::Internal {
        what: "a node's key is no scope",
    })?;
    Ok(Grant {
        to,
        role: Role::Node,
        scope: vec![key],
        from: Date::from_days(from).unwrap_or(today),
        to_date: today.plus_days(GRANT_DAYS),
        may_delegate: Vec::new(),
        succeeds: None,
    })
}

/// An author of the network's home, made if it is not there.
fn author(home: &Home, called: &str) -> Result<AuthorDir, DevnetError> {
    let path = home.author(&name(called)?);
    Ok(if path.join("author.json").exists() {
        AuthorDir::open(&path, home.guard())?
    } else {
        AuthorDir::create(&path, home.guard())?
    })
}

fn name(called: &str) -> Result<AuthorName, DevnetError> {
    called.parse().map_err(|_| DevnetError::Internal {
        what: "an author's name is refused",
    })
}
