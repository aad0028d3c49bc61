//! Admission of feeds: begins, order, keys, grants cited, signatures (feed.md §5).

use super::stage::Stage;
use super::world::{self, Author, FOUNDED, at, author, grant, secret};
use super::{Forge, Item, Vector};
use fairtrail::entry::{Draft, NetworkClaim, Pulse, Role, Rotate, SignedEntry};
use fairtrail::id::{EntryId, GrantId, KeyId, NetworkId};

pub(super) fn vectors() -> Vec<Vector> {
    [
        begins(),
        early(),
        prevs(),
        keys(),
        rotations(),
        grants_cited(),
        copies(),
    ]
    .concat()
}

const SPEC: &str = "feed.md §5";

fn said(stage: &Stage, name: &str, code: &str, comment: &str, offer: &SignedEntry) -> Vector {
    stage.case(name, code, SPEC, comment, offer.bytes())
}

#[rustfmt::skip] // one case per line
fn begins() -> Vec<Vector> {
    let empty = Stage::empty();
    let auditor = Stage::new().enrol(11, Role::Auditor, &[]);
    let mut half = Stage::new();
    let claim = grant(author(11), Role::Auditor, &[]);
    let first = half.roots[0].grants(&claim);
    half.admit(&first);
    let mut twice = half.clone();
    let mut fork = Author::of_charter(1);
    let second = fork.act(NetworkClaim::Pulse(Pulse {}));
    let third = fork.grants(&claim);
    twice.admit(&second);
    twice.admit(&third);
    let weak = weak_begin();
    let mut weak_granted = Stage::new();
    for at in 0..2 {
        let entry = weak_granted.roots[at].grants(&grant(weak.author(), Role::Auditor, &[]));
        weak_granted.admit(&entry);
    }
    let at_founding = Author::of_charter(11).begin;
    let mut founding = Stage::new();
    for at in 0..2 {
        let entry = founding.roots[at].grants(&grant(at_founding.author(), Role::Auditor, &[]));
        founding.admit(&entry);
    }
    let early = "early-begin";
    let other_network = Draft::begin(
        NetworkId::new([9; 32]), &secret(1), secret(101).public().next_digest(), at(FOUNDED),
    ).unwrap();
    let mut stage = Stage::new();
    let entry = stage.roots[0].grants(&claim);
    stage.admit(&entry);
    let entry = stage.roots[2].grants(&claim);
    stage.admit(&entry);
    vec![
        said(&empty, "begin_root", "ok", "a root begins: its id follows from the charter", &empty.roots[0].begin),
        said(&empty, "begin_reply_desk", "ok", "a reply desk begins", &empty.desk.begin),
        said(&stage, "begin_granted", "ok", "two of three roots have granted", &auditor.begin),
        said(&empty, "begin_other_network", "network-mismatch", "a begin of another network", &other_network),
        said(&empty, "begin_stranger", early, "nobody has named this author", &author_begin(30)),
        said(&half, "begin_below_threshold", early, "one root of two has granted", &author_begin(11)),
        said(&twice, "begin_one_root_twice", early, "one root has granted on both branches of its fork: a key counts once", &author_begin(11)),
        said(&founding, "begin_at_founding", early, "a granted author whose iat is the charter's: kept for charter authors", &at_founding),
        said(&weak_granted, "begin_weak_key", "key-unacceptable", "a granted begin by the identity point", &weak),
    ]
}

fn author_begin(key: u8) -> SignedEntry {
    Author::under(key, GrantId::new([0; 32])).begin
}

/// A begin by a key under which anything verifies.
fn weak_begin() -> SignedEntry {
    let mut identity = [0; 32];
    identity[0] = 1;
    let name = KeyId::new(identity).to_string();
    let mut forge = Forge::of(&author_begin(11));
    forge.protected.set(4, Item::Bytes(identity.to_vec()));
    forge.protected.at(15).set(1, Item::text(name.as_str()));
    forge.protected.at(15).set(2, Item::text(name.as_str()));
    forge.payload.set(8, Item::Array(vec![Item::text(name)]));
    SignedEntry::parse(&forge.frame(&[0; 64])).unwrap()
}

fn early() -> Vec<Vector> {
    let mut stage = Stage::new();
    let grant = grant(author(11), Role::Auditor, &[]);
    let grants = [0, 1].map(|at| stage.roots[at].grants(&grant));
    let mut auditor = Author::under(11, world::act_id("grant", &grant));
    let statement = auditor.say("finding", 1);
    stage.early(&statement);
    stage.early(&auditor.begin);
    stage.admit(&grants[0]);
    stage.watch(auditor.id);
    stage.admit(&grants[1]);
    let released =
        "offered last first: begin and statement are admitted when the second root has granted";
    let mut known = Stage::new();
    let begin = known.enrol(11, Role::Auditor, &[]).begin;
    known.known(&bad_copy(&begin));
    known.watch(author(11));
    let mut again = Stage::new();
    let begin = again.roots[0].begin.clone();
    again.known(&begin);
    again.watch(begin.author());
    vec![
        stage.vector("admission/early_released", "ok", SPEC, released),
        known.vector(
            "admission/known_bad_copy",
            "ok",
            SPEC,
            "a copy of an admitted id with a bad signature is known, not refused",
        ),
    ]
}

/// The same entry under a signature that does not verify.
fn bad_copy(entry: &SignedEntry) -> SignedEntry {
    let mut bytes = entry.bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    SignedEntry::parse(&bytes).unwrap()
}

#[rustfmt::skip] // one case per line
fn prevs() -> Vec<Vector> {
    let mut stage = Stage::new();
    let mut auditor = stage.enrol(11, Role::Auditor, &[]);
    let observer = stage.enrol(12, Role::Observer, &[]);
    let first = auditor.clone().say("finding", 1);
    let mut ahead = auditor.clone();
    ahead.say("finding", 1);
    let second = ahead.say("finding", 2);
    let mut gap = auditor.clone();
    gap.seq = 4;
    let mut other = auditor.clone();
    other.last = observer.last;
    let mut stale = auditor.clone();
    let one = auditor.say("finding", 1);
    stage.admit(&one);
    stale.seq = 1;
    let fork = Author::under(11, auditor.grant.unwrap()).say("finding", 9);
    let stale = stale.say("finding", 3);
    let mut empty = Stage::new();
    empty.enrol(11, Role::Auditor, &[]);
    empty.enrol(12, Role::Observer, &[]);
    vec![
        said(&empty, "statement", "ok", "the first statement of an author", &first),
        said(&empty, "prev_unknown", "early-prev", "the entry before is not admitted", &second),
        said(&empty, "prev_gap", "prev-mismatch", "seq 5 after the begin", &gap.say("finding", 3)),
        said(&empty, "prev_other_feed", "prev-mismatch", "prev is the begin of another feed", &other.say("finding", 3)),
        said(&stage, "prev_not_before", "prev-mismatch", "seq 2 with the begin as prev", &stale),
        said(&stage, "fork", "ok", "a second entry with seq 1: kept, the feed is forked", &fork),
    ]
}

#[rustfmt::skip] // one case per line
fn keys() -> Vec<Vector> {
    let mut stage = Stage::new();
    let mut auditor = stage.enrol(11, Role::Auditor, &[]);
    let pulse = Draft::network(NetworkClaim::Pulse(Pulse {}), auditor.id, at(FOUNDED + 30));
    let other = auditor.clone().post(&pulse, &secret(12));
    let by_rotation = auditor.clone().post(&pulse, &secret(111));
    let good = auditor.clone().say("finding", 1);
    let mut rotated = stage.clone();
    let rotation = auditor.rotate(20);
    rotated.admit(&rotation);
    let new = auditor.clone().say("finding", 2);
    let old = auditor.clone().post(&pulse, &secret(11));
    let mut branch = Author::under(11, auditor.grant.unwrap());
    let beside = branch.say("finding", 3);
    vec![
        said(&stage, "key_other", "key-mismatch", "signed by another author's key", &other),
        said(&stage, "key_rotation", "key-mismatch", "an ordinary entry signed by the rotation key", &by_rotation),
        said(&stage, "signature_bad", "signature-invalid", "the right key id, a signature that does not verify", &bad_copy(&good)),
        said(&rotated, "key_after_rotate", "ok", "the new key signs", &new),
        said(&rotated, "key_before_rotate", "key-mismatch", "the old key signs after the rotation", &old),
        said(&rotated, "key_on_other_branch", "ok", "the old key still signs on the branch without the rotation", &beside),
    ]
}

#[rustfmt::skip] // one case per line
fn rotations() -> Vec<Vector> {
    let mut stage = Stage::new();
    let auditor = stage.enrol(11, Role::Auditor, &[]);
    let rotate = |claim: Rotate, signer: u8| {
        let draft = Draft::network(NetworkClaim::Rotate(claim), auditor.id, at(FOUNDED + 40));
        auditor.clone().post(&draft, &secret(signer))
    };
    let to = |key: u8| Rotate { key: secret(key).public().id(), ..world::rotate(20) };
    let mut identity = [0; 32];
    identity[0] = 1;
    let weak = Rotate { key: KeyId::new(identity), ..world::rotate(20) };
    let mut twice = stage.clone();
    let mut second = auditor.clone();
    twice.admit(&second.rotate(20));
    let back = second.clone().rotate(11);
    let to_spent = {
        let claim = NetworkClaim::Rotate(Rotate { key: secret(111).public().id(), ..world::rotate(21) });
        let draft = Draft::network(claim, second.id, at(FOUNDED + 40));
        second.clone().post(&draft, &secret(120))
    };
    let again = second.clone().rotate(21);
    let reused = "key-reused";
    vec![
        said(&stage, "rotate", "ok", "the committed rotation key sets a new signing key", &rotate(world::rotate(20), 111)),
        said(&twice, "rotate_twice", "ok", "a second rotation by the key the first committed to", &again),
        said(&stage, "rotate_by_signing_key", "rotation-mismatch", "signed by the signing key", &rotate(world::rotate(20), 11)),
        said(&stage, "rotate_by_other_key", "rotation-mismatch", "signed by a key nobody committed to", &rotate(world::rotate(20), 112)),
        said(&stage, "rotate_to_same_key", reused, "the new signing key is the old one", &rotate(to(11), 111)),
        said(&stage, "rotate_to_rotation_key", reused, "the new signing key is the rotation key", &rotate(to(111), 111)),
        said(&twice, "rotate_back", reused, "the new signing key is the one of the begin", &back),
        said(&twice, "rotate_to_spent_key", reused, "the new signing key is the rotation key of the last rotation", &to_spent),
        said(&stage, "rotate_to_weak_key", "key-unacceptable", "the new signing key is the identity point", &rotate(weak, 111)),
        said(&stage, "rotate_bad_signature", "signature-invalid", "a rotation whose signature does not verify", &bad_copy(&rotate(world::rotate(20), 111))),
    ]
}

#[rustfmt::skip] // one case per line
fn grants_cited() -> Vec<Vector> {
    let mut stage = Stage::new();
    let auditor = stage.enrol(11, Role::Auditor, &[]);
    let observer = stage.enrol(12, Role::Observer, &[]);
    let under = |grant: Option<GrantId>| Author { grant, ..auditor.clone() }.say("finding", 1);
    let root = Author { grant: auditor.grant, ..stage.roots[0].clone() }.say("finding", 1);
    let by_entry = grant(author(11), Role::Auditor, &[]);
    let by_entry = Author::of_charter(1).grants(&by_entry).id();
    let missing = "grant-missing";
    let mut claims = Stage::new();
    let statement = claims.roots[0].say("finding", 1);
    vec![
        said(&stage, "grant_none", missing, "an author that is not in the charter cites no grant", &under(None)),
        said(&stage, "grant_by_root", missing, "a charter author cites a grant", &root),
        said(&claims, "root_speaks", "ok", "a root makes a statement without grant", &statement),
        said(&stage, "grant_unknown", "early-grant", "the grant cited is not in effect", &under(Some(GrantId::new([1; 32])))),
        said(&stage, "grant_of_other", "grant-mismatch", "the grant cited was given to another author", &under(observer.grant)),
        said(&stage, "grant_by_entry_id", "grant-mismatch", "a root's grant is cited by the id of one root's entry: act ids name them", &under(Some(by_entry.into()))),
        said(&stage, "grant_no_grant", "grant-mismatch", "the id cited is an admitted entry that is no grant", &under(Some(EntryId::from(observer.id).into()))),
    ]
}

fn copies() -> Vec<Vector> {
    let mut stage = Stage::new();
    let auditor = stage.enrol(11, Role::Auditor, &[]);
    let good = auditor.clone().say("finding", 1);
    stage.refused(&bad_copy(&good));
    vec![said(
        &stage,
        "good_after_bad",
        "ok",
        "a refusal does not block another copy with the same id",
        &good,
    )]
}
