use super::*;
use crate::ledger::support::{Feed, at, charter, secret};
use fairtrail::entry::{
    Grant, NetworkClaim, Revoke, RevokeKind, RevokeTarget, ScopeItem, SignedEntry,
};
use fairtrail::history::Times;
use fairtrail::time::Date;

const NODE: u8 = 50;

fn key(seed: u8) -> KeyId {
    secret(seed).public().id()
}

/// A network in which things happen.
struct Ledger {
    set: AdmittedSet,
    revocations: Revocations,
    root: Feed,
}

impl Ledger {
    fn new() -> Self {
        let mut ledger = Self {
            set: AdmittedSet::new(charter()),
            revocations: Revocations::default(),
            root: Feed::root(),
        };
        let begin = ledger.root.begin.clone();
        ledger.take(&begin);
        ledger
    }

    fn take(&mut self, entry: &SignedEntry) {
        self.set.admit(entry).unwrap();
        let times = Times {
            claimed: entry.protected().issued_at,
            not_before: None,
            not_after: None,
        };
        self.revocations.observe(&self.set, entry, times, true);
    }

    /// The roots grant; the grant's id.
    fn grant(&mut self, role: Role, scope: &[String], days: (u32, u32)) -> GrantId {
        let entry = self.root.network(NetworkClaim::Grant(Grant {
            to: Feed::author(9).author,
            role,
            scope: scope
                .iter()
                .map(|item| ScopeItem::parse(item).unwrap())
                .collect(),
            from: Date::from_days(days.0).unwrap(),
            to_date: Date::from_days(days.1).unwrap(),
            may_delegate: Vec::new(),
            succeeds: None,
        }));
        self.take(&entry);
        let claim = entry.header().claim.as_ref().unwrap();
        self.set.act_id("grant", claim.as_bytes()).into()
    }

    fn revoke(&mut self, grant: GrantId, kind: RevokeKind, since: u64, until: Option<u64>) {
        let entry = self.root.network(NetworkClaim::Revoke(Revoke {
            sort: RevokeTarget::Grant,
            target: grant,
            author: Feed::author(9).author,
            kind,
            since: at(since),
            until: until.map(at),
            last_good: None,
        }));
        self.take(&entry);
    }

    fn members(&self, offset: u64) -> Vec<KeyId> {
        members(&self.set, &self.revocations, at(offset))
            .into_iter()
            .collect()
    }
}

const ALWAYS: (u32, u32) = (0, 100_000);

#[test]
fn a_member_is_named_by_a_grant_of_the_role_node() {
    let mut ledger = Ledger::new();
    assert_eq!(ledger.members(100), []);
    ledger.grant(Role::Node, &[key(NODE).to_string()], ALWAYS);
    ledger.grant(Role::Node, &[], ALWAYS);
    ledger.grant(Role::Node, &["key:*".to_owned()], ALWAYS);
    ledger.grant(Role::Auditor, &[key(51).to_string()], ALWAYS);
    assert_eq!(ledger.members(100), [key(NODE)]);
}

#[test]
fn a_grant_counts_from_its_first_day_to_its_last() {
    let mut ledger = Ledger::new();
    let today = u32::try_from(crate::ledger::support::FOUNDED / 86_400).unwrap();
    let scope = [key(NODE).to_string()];
    ledger.grant(Role::Node, &scope, (0, today - 1));
    ledger.grant(Role::Node, &scope, (today + 1, today + 1));
    assert_eq!(ledger.members(0), []);
    assert_eq!(ledger.members(86_400), [key(NODE)]);
    assert_eq!(ledger.members(2 * 86_400), []);
}

#[test]
fn a_revoked_node_is_no_member_and_another_grant_lets_it_in_again() {
    let mut ledger = Ledger::new();
    let scope = [key(NODE).to_string()];
    let grant = ledger.grant(Role::Node, &scope, ALWAYS);
    ledger.revoke(grant, RevokeKind::Suspension, 50, Some(200));
    assert_eq!(ledger.members(100), []);
    assert_eq!(ledger.members(300), [key(NODE)]);
    ledger.revoke(grant, RevokeKind::Withdrawn, 400, None);
    assert_eq!(ledger.members(500), []);
    ledger.grant(Role::Node, &scope, (0, 99_999));
    assert_eq!(ledger.members(500), [key(NODE)]);
}

#[test]
fn a_node_knows_what_it_is_itself_and_asks_for_no_more() {
    let mut ledger = Ledger::new();
    let own = |ledger: &Ledger, offset| {
        let members = ledger.members(offset).into_iter().collect();
        membership(&ledger.set, &members, key(NODE))
    };
    ledger.grant(Role::Node, &[key(51).to_string()], ALWAYS);
    ledger.grant(Role::Auditor, &[key(NODE).to_string()], ALWAYS);
    assert_eq!(own(&ledger, 100), Membership::Unnamed);
    let grant = ledger.grant(Role::Node, &[key(NODE).to_string()], ALWAYS);
    assert_eq!(own(&ledger, 100), Membership::Member);
    ledger.revoke(grant, RevokeKind::Withdrawn, 200, None);
    assert_eq!(own(&ledger, 300), Membership::Former);

    let (public, network) = (Reads::Public, Reads::Network);
    for (own, pulls, gleans) in [
        (Membership::Unnamed, network, public),
        (Membership::Member, network, network),
        (Membership::Former, public, public),
    ] {
        assert_eq!((own.pulls(network), own.gleans(network)), (pulls, gleans));
        // Over a carrier that brings public parts alone, nothing else is asked for.
        assert_eq!((own.pulls(public), own.gleans(public)), (public, public));
    }
}

#[test]
fn members_stand_before_those_who_are_configured() {
    let [one, other] = [key(1), key(2)];
    let configured = BTreeSet::from([one, other]);
    let roster = Roster::new(&configured, &BTreeSet::from([other]));
    assert_eq!(roster.standing(one), Some(Standing::Configured));
    assert_eq!(roster.standing(other), Some(Standing::Member));
    assert_eq!(roster.standing(key(3)), None);
    assert_eq!(Standing::Configured.reads(), Reads::Public);
    assert_eq!(Standing::Member.reads(), Reads::Network);
}
