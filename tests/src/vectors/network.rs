//! Network kinds, one entry each (feed.md §4): what one header shows by itself.

use super::world::{self, FOUNDED, at, author, pair, signer};
use super::{Forge, Item, Vector};
use fairtrail::entry::{
    Amend, Draft, Grant, NetworkClaim, PartErase, Pulse, Revoke, RevokeKind, RevokeTarget, Role,
};
use fairtrail::id::{EntryId, GrantId, PartDigest};

pub(super) fn vectors() -> Vec<Vector> {
    [good(), grants(), amends(), revokes(), others()].concat()
}

const SPEC: &str = "feed.md §4";

fn entry(claim: NetworkClaim) -> Forge {
    let draft = Draft::network(claim, world::position().feed, at(FOUNDED + 20));
    Forge::of(&draft.sign(&world::position(), &signer()).unwrap())
}

fn vector(name: &str, expect: &str, comment: &str, forge: &Forge) -> Vector {
    let vector = Vector::new(&format!("network/{name}"), expect, SPEC, comment)
        .hex("entry", &forge.sign(&signer()));
    if expect == "ok" {
        vector.line("id", forge.id())
    } else {
        vector
    }
}

fn grant() -> Grant {
    world::grant(author(12), Role::Company, &[Role::Desk])
}

fn revoke() -> Revoke {
    Revoke {
        sort: RevokeTarget::Grant,
        target: GrantId::new([0x66; 32]),
        author: author(12),
        kind: RevokeKind::Withdrawn,
        since: at(FOUNDED + 50),
        until: None,
        last_good: None,
    }
}

fn erase() -> PartErase {
    PartErase {
        entry: EntryId::new([0x33; 32]),
        part: PartDigest::new([0x44; 32]),
        author: author(12),
        reason: "gdpr:17(1)".into(),
    }
}

#[rustfmt::skip] // one case per line
fn good() -> Vec<Vector> {
    let ok = |name: &str, comment: &str, claim: NetworkClaim| vector(name, "ok", comment, &entry(claim));
    let full = Grant { succeeds: Some(author(13)), ..grant() };
    let unscoped = Grant { scope: vec![], ..world::grant(author(12), Role::Auditor, &[]) };
    let suspension = Revoke { kind: RevokeKind::Suspension, until: Some(at(FOUNDED + 60)), ..revoke() };
    let key = Revoke {
        sort: RevokeTarget::Key,
        kind: RevokeKind::KeyCompromise,
        last_good: Some(EntryId::new([0x55; 32])),
        ..revoke()
    };
    vec![
        ok("grant", "a company may speak about legal entities and name desks", NetworkClaim::Grant(grant())),
        ok("grant_succeeds", "a grant that continues another author: two subjects", NetworkClaim::Grant(full)),
        ok("grant_unscoped", "an auditor may have no scope, which is any subject", NetworkClaim::Grant(unscoped)),
        ok("amend", "one more root", NetworkClaim::Amend(Amend { pairs: vec![pair(5)] })),
        ok("pulse", "still here", NetworkClaim::Pulse(Pulse {})),
        ok("rotate", "a new signing key", NetworkClaim::Rotate(world::rotate(12))),
        ok("revoke", "a grant is withdrawn", NetworkClaim::Revoke(revoke())),
        ok("revoke_suspension", "a grant is suspended until a date", NetworkClaim::Revoke(suspension)),
        ok("revoke_key", "a key was in other hands after an entry", NetworkClaim::Revoke(key)),
        ok("erase", "a part has to go", NetworkClaim::Erase(erase())),
    ]
}

fn change(forge: &Forge, change: impl FnOnce(&mut Item)) -> Forge {
    forge.clone().with(|payload| change(payload.at(14)))
}

#[rustfmt::skip] // one case per line
fn grants() -> Vec<Vector> {
    let base = entry(NetworkClaim::Grant(grant()));
    let case = |name: &str, expect: &str, comment: &str, to: fn(&mut Item)| {
        vector(name, expect, comment, &change(&base, to))
    };
    let scope = |count: u32| {
        let item = |number: u32| Item::text(format!("lei:{number:02}*"));
        change(&base, |claim| claim.set(3, Item::Array((0..count).map(item).collect())))
    };
    let (missing, order) = ("missing-field", "not-ascending");
    let text = |texts: &[&str]| Item::Array(texts.iter().map(|text| Item::text(*text)).collect());
    let scoped = |item: &str| change(&base, |claim| claim.set(3, text(&[item])));
    let subject = "subject-invalid";
    let mut cases = no_scope();
    cases.extend([
        vector("grant_scope_32", "ok", "32 items of scope", &scope(32)),
        vector("grant_scope_33", "too-large", "33 items of scope", &scope(33)),
        vector("grant_scope_star", subject, "a scope of `*` alone", &scoped("*")),
        vector("grant_scope_no_value", subject, "a scope with nothing after the colon", &scoped("lei:")),
        vector("grant_scope_scheme_star", subject, "a star in the scheme", &scoped("le*")),
        case("grant_scope_empty", "empty-optional", "an empty scope", |c| c.set(3, Item::Array(vec![]))),
        case("grant_scope_descend", order, "scope in falling order", |c| {
            c.set(3, Item::Array(vec![Item::text("osid:*"), Item::text("lei:*")]));
        }),
        case("grant_no_to", missing, "no author", |c| c.remove(1)),
        case("grant_no_role", missing, "no role", |c| c.remove(2)),
        case("grant_no_from", missing, "no first date", |c| c.remove(4)),
        case("grant_no_to_date", missing, "no last date", |c| c.remove(5)),
        case("grant_role_11", "code-unknown", "role 11", |c| c.set(2, Item::Int(11))),
        case("grant_delegate_11", "code-unknown", "role 11 delegated", |c| c.set(6, Item::Array(vec![Item::Int(11)]))),
        case("grant_delegate_descend", order, "delegated roles in falling order", |c| {
            c.set(6, Item::Array(vec![Item::Int(8), Item::Int(2)]));
        }),
        case("grant_delegate_empty", "empty-optional", "an empty list of delegated roles", |c| c.set(6, Item::Array(vec![]))),
        case("grant_date_largest", "ok", "the last day of year 9999", |c| c.set(5, Item::Int(2_932_896))),
        case("grant_date_too_large", "integer-out-of-range", "one day later", |c| c.set(5, Item::Int(2_932_897))),
        case("grant_unknown_field", "unknown-field", "key 8", |c| c.set(8, Item::Int(1))),
        case("grant_to_text", "schema-mismatch", "the author as text", |c| c.set(1, Item::text("author:x"))),
    ]);
    cases.push(subjects("grant_other_subject", "the subject is another author", &base, &[author(13)]));
    cases.push(subjects("grant_more_subjects", "a subject besides the author's", &base, &[author(12), author(13)]));
    let full = entry(NetworkClaim::Grant(Grant { succeeds: Some(author(13)), ..grant() }));
    cases.push(subjects("grant_succeeds_not_named", "the author continued is no subject", &full, &[author(12)]));
    cases
}

fn no_scope() -> Vec<Vector> {
    let roles = [Role::Company, Role::Recruiter, Role::Respondent];
    let case = |role: Role| {
        let base = entry(NetworkClaim::Grant(Grant { role, ..grant() }));
        let comment = format!("a {role} without scope");
        vector(
            &format!("grant_unscoped_{role}"),
            "scope-missing",
            &comment,
            &change(&base, |c| c.remove(3)),
        )
    };
    roles.map(case).into()
}

/// The same entry with other subjects, its `sub` the first of them.
fn subjects(
    name: &str,
    comment: &str,
    base: &Forge,
    authors: &[fairtrail::id::AuthorId],
) -> Vector {
    let mut texts: Vec<_> = authors.iter().map(ToString::to_string).collect();
    texts.sort();
    let mut forge = base.clone();
    forge.protected.at(15).set(2, Item::text(texts[0].as_str()));
    forge
        .payload
        .set(8, Item::Array(texts.into_iter().map(Item::Text).collect()));
    vector(name, "subjects-mismatch", comment, &forge)
}

#[rustfmt::skip] // one case per line
fn amends() -> Vec<Vector> {
    let base = entry(NetworkClaim::Amend(Amend { pairs: vec![pair(5)] }));
    let pairs = |count: u8| {
        let one = |number: u8| Item::Array(vec![Item::Bytes(vec![number; 32]), Item::Bytes(vec![number; 32])]);
        change(&base, |claim| claim.set(1, Item::Array((0..count).map(one).collect())))
    };
    let mut swapped = pairs(2);
    swapped.payload.at(14).at(1).items().swap(0, 1);
    vec![
        vector("amend_0", "schema-mismatch", "no pair", &pairs(0)),
        vector("amend_8", "ok", "eight pairs; whether their keys may sign is admission's question", &pairs(8)),
        vector("amend_9", "too-large", "nine pairs", &pairs(9)),
        vector("amend_descend", "not-ascending", "pairs in falling order", &swapped),
        vector("amend_pair_of_1", "schema-mismatch", "a key without digest", &change(&base, |claim| {
            claim.at(1).items()[0].items().pop();
        })),
        subjects("amend_other_subject", "the subject is another author", &base, &[author(12)]),
    ]
}

#[rustfmt::skip] // one case per line
fn revokes() -> Vec<Vector> {
    let schema = "schema-mismatch";
    let base = entry(NetworkClaim::Revoke(revoke()));
    let case = |name: &str, expect: &str, comment: &str, to: fn(&mut Item)| {
        vector(name, expect, comment, &change(&base, to))
    };
    vec![
        case("revoke_until", schema, "an end although nothing is suspended", |c| c.set(6, Item::uint(FOUNDED + 60))),
        case("revoke_last_good", schema, "a last good entry although no key is compromised", |c| c.set(7, Item::Bytes(vec![5; 32]))),
        case("revoke_target_2", "code-unknown", "target sort 2", |c| c.set(1, Item::Int(2))),
        case("revoke_kind_5", "code-unknown", "revocation kind 5", |c| c.set(4, Item::Int(5))),
        case("revoke_no_target", "missing-field", "no target", |c| c.remove(2)),
        case("revoke_no_author", "missing-field", "no author", |c| c.remove(3)),
        case("revoke_no_since", "missing-field", "no beginning", |c| c.remove(5)),
        case("revoke_since_too_late", "integer-out-of-range", "a beginning after year 9999", |c| c.set(5, Item::Int(253_402_300_800))),
        case("revoke_unknown_field", "unknown-field", "key 8", |c| c.set(8, Item::Int(1))),
        subjects("revoke_other_subject", "the subject is another author", &base, &[author(13)]),
    ]
}

#[rustfmt::skip] // one case per line
fn others() -> Vec<Vector> {
    let schema = "schema-mismatch";
    let pulse = entry(NetworkClaim::Pulse(Pulse {}));
    let rotate = entry(NetworkClaim::Rotate(world::rotate(12)));
    let erased = entry(NetworkClaim::Erase(erase()));
    let reason = |text: &str| change(&erased, |claim| claim.set(4, Item::text(text)));
    vec![
        vector("pulse_field", "unknown-field", "a pulse that says something", &change(&pulse, |c| c.set(1, Item::Int(1)))),
        vector("pulse_claim_array", schema, "an array for the claim", &change(&pulse, |c| *c = Item::Array(vec![]))),
        vector("pulse_no_claim", schema, "a network kind without claim in its header", &pulse.clone().with(|p| p.remove(14))),
        subjects("pulse_other_subject", "the subject is another author", &pulse, &[author(12)]),
        vector("rotate_no_key", "missing-field", "no new signing key", &change(&rotate, |c| c.remove(2))),
        vector("rotate_no_digest", "missing-field", "no next rotation digest", &change(&rotate, |c| c.remove(1))),
        vector("rotate_key_16", schema, "a signing key of 16 bytes", &change(&rotate, |c| c.set(2, Item::Bytes(vec![1; 16])))),
        subjects("rotate_other_subject", "the subject is another author", &rotate, &[author(12)]),
        vector("erase_reason_48", "ok", "a reason of 48 bytes", &reason(&"a".repeat(48))),
        vector("erase_reason_49", schema, "a reason of 49 bytes", &reason(&"a".repeat(49))),
        vector("erase_reason_character", schema, "a reason with a character no code has", &reason("gdpr#17")),
        vector("erase_no_part", "missing-field", "no part", &change(&erased, |c| c.remove(2))),
        subjects("erase_other_subject", "the subject is another author", &erased, &[author(13)]),
    ]
}
