//! Admission of network kinds: delegation, acts of the roots, revocation, erasure (feed.md §5).

use super::Vector;
use super::stage::Stage;
use super::world::{Author, FOUNDED, at, author, grant, pair};
use fairtrail::entry::{
    Amend, NetworkClaim, Pair, PartErase, Revoke, RevokeKind, RevokeTarget, Role, SignedEntry,
};
use fairtrail::id::{AuthorId, EntryId, GrantId, KeyId, PartDigest};

pub(super) fn vectors() -> Vec<Vector> {
    [
        delegations(),
        desks(),
        amends(),
        revoked_grants(),
        revoked_keys(),
        erasures(),
    ]
    .concat()
}

const SPEC: &str = "feed.md §5";

fn said(stage: &Stage, name: &str, code: &str, comment: &str, offer: &SignedEntry) -> Vector {
    stage.case(name, code, SPEC, comment, offer.bytes())
}

#[rustfmt::skip] // one case per line
fn delegations() -> Vec<Vector> {
    let roles = [Role::Scheme, Role::Auditor, Role::Desk];
    let mut stage = Stage::new();
    let mut first = stage.enrol(10, Role::Scheme, &roles);
    let direct = first.clone();
    let mut second = stage.delegate(&mut first, 11, Role::Scheme, &roles);
    let mut third = stage.delegate(&mut second, 12, Role::Auditor, &roles);
    let mut fourth = third.clone();
    let fourth_grant = fourth.grants(&grant(author(13), Role::Desk, &roles));
    let mut deep = stage.clone();
    let mut last = deep.delegate(&mut third, 13, Role::Desk, &roles);
    let by = |mut granter: Author, role, may: &[Role]| granter.grants(&grant(author(14), role, may));
    let mut narrow = Stage::new();
    let narrow_scheme = narrow.enrol(10, Role::Scheme, &[Role::Auditor]);
    let refused = "delegation-refused";
    vec![
        said(&stage, "grant_depth_4", "ok", "the fourth grant of a chain", &fourth_grant),
        said(&deep, "grant_depth_5", refused, "the fifth grant of a chain", &last.grants(&grant(author(14), Role::Desk, &[]))),
        said(&narrow, "grant_delegated", "ok", "a role the granter may delegate", &by(narrow_scheme.clone(), Role::Auditor, &[Role::Auditor])),
        said(&narrow, "grant_role_not_delegated", refused, "a role the granter may not delegate", &by(narrow_scheme.clone(), Role::Desk, &[])),
        said(&narrow, "grant_own_role", refused, "the granter's own role, which it may not delegate", &by(narrow_scheme.clone(), Role::Scheme, &[])),
        said(&narrow, "grant_delegates_more", refused, "more to delegate than the granter has", &by(narrow_scheme, Role::Auditor, &[Role::Desk])),
        said(&stage, "grant_role_not_in_charter", refused, "node is not among the charter's roles", &by(direct, Role::Node, &[])),
        said(&stage, "grant_by_root_not_in_charter", refused, "nor do the roots grant it", &stage.roots[0].clone().grants(&grant(author(14), Role::Node, &[]))),
    ]
}

#[rustfmt::skip] // one case per line
fn desks() -> Vec<Vector> {
    let mut stage = Stage::new();
    let reply = |role, may: &[Role]| Author::of_charter(4).grants(&grant(author(14), role, may));
    let mut desk = stage.desk.clone();
    let respondent = stage.delegate(&mut desk, 14, Role::Respondent, &[]);
    let refused = "delegation-refused";
    let empty = Stage::new();
    vec![
        said(&empty, "reply_desk_grant", "ok", "a reply desk lets a respondent speak, without threshold", &reply(Role::Respondent, &[])),
        said(&stage, "respondent_replies", "ok", "the respondent replies", &respondent.clone().say("reply", 1)),
        said(&empty, "reply_desk_other_role", refused, "a reply desk grants another role", &reply(Role::Auditor, &[])),
        said(&empty, "reply_desk_delegates", refused, "a reply desk lets a respondent delegate", &reply(Role::Respondent, &[Role::Respondent])),
    ]
}

#[rustfmt::skip] // one case per line
fn amends() -> Vec<Vector> {
    let amend = |mut by: Author, pairs: Vec<Pair>| by.act(NetworkClaim::Amend(Amend { pairs }));
    let root = || Author::of_charter(1);
    let mut stage = Stage::new();
    let scheme = stage.enrol(10, Role::Scheme, &[]);
    let mut amended = Stage::new();
    for at in 0..2 {
        let entry = amended.roots[at].act(NetworkClaim::Amend(Amend { pairs: vec![pair(5)] }));
        amended.admit(&entry);
    }
    let new = Author::of_charter(5);
    let mut half = Stage::new();
    let entry = half.roots[0].act(NetworkClaim::Amend(Amend { pairs: vec![pair(5)] }));
    half.admit(&entry);
    let mut counted = amended.clone();
    counted.admit(&new.begin);
    let claim = grant(author(11), Role::Auditor, &[]);
    let one = counted.roots[2].grants(&claim);
    let two = new.clone().grants(&claim);
    counted.admit(&one);
    counted.admit(&two);
    let same_digest = Pair { next: pair(1).next, ..pair(5) };
    let mut identity = [0; 32];
    identity[0] = 1;
    let weak = Pair { key: KeyId::new(identity), ..pair(5) };
    let both = vec![pair(5), Pair { next: pair(6).next, ..pair(5) }];
    let both = { let mut both = both; both.sort(); both };
    let (forbidden, reused) = ("act-forbidden", "key-reused");
    let empty = Stage::new();
    vec![
        said(&empty, "amend", "ok", "a root asks for one more root", &amend(root(), vec![pair(5)])),
        said(&amended, "amend_begin", "ok", "two roots have agreed: the new root begins", &new.begin),
        said(&half, "amend_below_threshold", "early-begin", "one root of two has agreed", &new.begin),
        said(&counted, "amend_counts", "ok", "the new root counts towards the threshold", &Author::under(11, GrantId::new([0; 32])).begin),
        said(&stage, "amend_by_author", forbidden, "an author that is no root amends", &amend(scheme, vec![pair(5)])),
        said(&empty, "amend_by_reply_desk", forbidden, "a reply desk amends", &amend(Author::of_charter(4), vec![pair(5)])),
        said(&empty, "amend_charter_key", reused, "a key that stands in the charter", &amend(root(), vec![Pair { key: pair(4).key, ..pair(5) }])),
        said(&empty, "amend_charter_digest", reused, "a digest that stands in the charter", &amend(root(), vec![same_digest])),
        said(&empty, "amend_key_twice", reused, "one key in two pairs", &amend(root(), both)),
        said(&empty, "amend_weak_key", "key-unacceptable", "the new root's key is the identity point", &amend(root(), vec![weak])),
    ]
}

/// A scheme, its auditor, the auditor's desk with one statement; besides them an observer.
struct Chain {
    stage: Stage,
    scheme: Author,
    auditor: Author,
    desk: Author,
    observer: Author,
    statement: SignedEntry,
}

fn chain() -> Chain {
    let mut stage = Stage::new();
    let mut scheme = stage.enrol(10, Role::Scheme, &[Role::Auditor, Role::Desk]);
    let mut auditor = stage.delegate(&mut scheme, 11, Role::Auditor, &[Role::Desk]);
    let mut desk = stage.delegate(&mut auditor, 12, Role::Desk, &[]);
    let observer = stage.enrol(13, Role::Observer, &[]);
    let statement = desk.say("finding", 1);
    stage.admit(&statement);
    Chain {
        stage,
        scheme,
        auditor,
        desk,
        observer,
        statement,
    }
}

fn revoke(sort: RevokeTarget, target: impl Into<GrantId>, author: AuthorId) -> NetworkClaim {
    NetworkClaim::Revoke(Revoke {
        sort,
        target: target.into(),
        author,
        kind: RevokeKind::Withdrawn,
        since: at(FOUNDED + 50),
        until: None,
        last_good: None,
    })
}

#[rustfmt::skip] // one case per line
fn revoked_grants() -> Vec<Vector> {
    let Chain { stage, scheme, auditor, desk, observer, .. } = chain();
    let grant = desk.grant.unwrap();
    let claim = revoke(RevokeTarget::Grant, grant, desk.id);
    let by = |author: &Author, claim: &NetworkClaim| author.clone().act(claim.clone());
    let act = revoke(RevokeTarget::Grant, scheme.grant.unwrap(), scheme.id);
    let unknown = revoke(RevokeTarget::Grant, GrantId::new([1; 32]), desk.id);
    let other = revoke(RevokeTarget::Grant, grant, auditor.id);
    let refused = "not-authorised";
    vec![
        said(&stage, "revoke_by_granter", "ok", "the granter takes its grant back", &by(&auditor, &claim)),
        said(&stage, "revoke_by_ancestor", "ok", "a granter further up the chain", &by(&scheme, &claim)),
        said(&stage, "revoke_by_root", "ok", "a root's part in an act that takes effect at the threshold", &by(&stage.roots[2], &claim)),
        said(&stage, "revoke_root_grant", "ok", "a root's part against a grant named by act id", &by(&stage.roots[2], &act)),
        said(&stage, "revoke_unknown_grant", "early-target", "the grant is not in effect", &by(&auditor, &unknown)),
        said(&stage, "revoke_wrong_author", "target-mismatch", "the grant was given to another author than named", &by(&auditor, &other)),
        said(&stage, "revoke_by_stranger", refused, "an author outside the chain", &by(&observer, &claim)),
        said(&stage, "revoke_own_grant", refused, "the author itself: a grant is its granter's to take", &by(&desk, &claim)),
        said(&stage, "revoke_root_grant_by_author", refused, "an author revokes what the roots granted it", &by(&scheme, &act)),
    ]
}

#[rustfmt::skip] // one case per line
fn revoked_keys() -> Vec<Vector> {
    let Chain { stage, scheme, auditor, desk, observer, statement } = chain();
    let claim = revoke(RevokeTarget::Key, EntryId::from(desk.id), desk.id);
    let by = |author: &Author, claim: &NetworkClaim| author.clone().act(claim.clone());
    let unknown = revoke(RevokeTarget::Key, EntryId::new([1; 32]), desk.id);
    let no_state = revoke(RevokeTarget::Key, statement.id(), desk.id);
    let other = revoke(RevokeTarget::Key, EntryId::from(auditor.id), desk.id);
    let (early, wrong) = ("early-target", "target-mismatch");
    let mut later = stage.clone();
    let mut observer_of_desk = observer.clone();
    let waiting = observer_of_desk.act(claim.clone());
    later.early(&waiting);
    vec![
        said(&stage, "revoke_key_by_itself", "ok", "the feed itself gives up a key", &by(&desk, &claim)),
        said(&stage, "revoke_key_by_granter", "ok", "the granter", &by(&auditor, &claim)),
        said(&stage, "revoke_key_by_ancestor", "ok", "a granter further up the chain", &by(&scheme, &claim)),
        said(&stage, "revoke_key_by_root", "ok", "a root", &by(&stage.roots[2], &claim)),
        said(&stage, "revoke_key_by_stranger", early, "an author outside every chain: a grant to the author may yet come from it", &waiting),
        said(&stage, "revoke_key_unknown", early, "the key state is not admitted", &by(&desk, &unknown)),
        said(&stage, "revoke_key_no_state", wrong, "the target is neither begin nor rotation", &by(&desk, &no_state)),
        said(&stage, "revoke_key_wrong_author", wrong, "the key state is another feed's", &by(&auditor, &other)),
    ]
}

#[rustfmt::skip] // one case per line
fn erasures() -> Vec<Vector> {
    let Chain { stage, scheme, auditor, desk, observer, statement } = chain();
    let erase = |entry: EntryId, author: AuthorId| {
        NetworkClaim::Erase(PartErase {
            entry,
            part: statement.header().parts[0].digest,
            author,
            reason: "court-order".into(),
        })
    };
    let claim = erase(statement.id(), desk.id);
    let by = |author: &Author, claim: &NetworkClaim| author.clone().act(claim.clone());
    let unknown = erase(EntryId::new([1; 32]), desk.id);
    let other = erase(statement.id(), auditor.id);
    let no_part = NetworkClaim::Erase(PartErase {
        entry: statement.id(),
        part: PartDigest::new([1; 32]),
        author: desk.id,
        reason: "court-order".into(),
    });
    vec![
        said(&stage, "erase_by_itself", "ok", "the entry's own feed", &by(&desk, &claim)),
        said(&stage, "erase_by_granter", "ok", "the granter of the entry's author", &by(&auditor, &claim)),
        said(&stage, "erase_by_ancestor", "ok", "a granter further up the chain", &by(&scheme, &claim)),
        said(&stage, "erase_by_root", "ok", "a root", &by(&stage.roots[2], &claim)),
        said(&stage, "erase_other_digest", "ok", "a digest the entry does not name: whether it has effect is judged later", &by(&desk, &no_part)),
        said(&stage, "erase_unknown", "early-target", "the entry is not admitted", &by(&desk, &unknown)),
        said(&stage, "erase_wrong_author", "target-mismatch", "the entry is another author's", &by(&auditor, &other)),
        said(&stage, "erase_by_stranger", "not-authorised", "an author outside the chain", &by(&observer, &claim)),
    ]
}
