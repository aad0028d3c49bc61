//! The submission door: what it refuses beyond admission, every problem at once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::claim::{Claim, Language, Reply, Stance, TEXT_MEDIA_TYPE, TextPart};
use fairtrail::door::Door;
use fairtrail::entry::{
    Audience, Basis, Draft, Grant, NetworkClaim, Ref, RefType, Revoke, RevokeKind, Role, ScopeItem,
};
use fairtrail::history::{Revocations, Times};
use fairtrail::id::EntryId;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use market::{FIRM, SITE, market, statement};
use world::{DESK, World, date, noon, pulse, subject};

/// Everything the door of a node that holds this world minds.
fn minded(world: &World, by: &str, draft: &Draft, now: Timestamp) -> Vec<(Reason, &'static str)> {
    let set = world.set();
    let mut revocations = Revocations::default();
    for entry in &world.entries {
        let times = Times {
            claimed: now,
            not_before: None,
            not_after: None,
        };
        revocations.observe(&set, entry, times, true);
    }
    let subjects_of = |id: EntryId| {
        let found = world.entries.iter().find(|entry| entry.id() == id);
        found.map(|entry| entry.header().subjects.clone())
    };
    let door = Door {
        set: &set,
        revocations: &revocations,
        subjects_of: &subjects_of,
        now,
    };
    let header = draft.header(&world.position(by));
    let problems = door.check_draft(&header, &draft.bodies());
    problems
        .into_iter()
        .map(|problem| (problem.reason, problem.field))
        .collect()
}

fn check(world: &World, by: &str, draft: &Draft) -> Vec<(Reason, &'static str)> {
    minded(world, by, draft, world.now)
}

fn draft(world: &mut World, template: &str, changes: &str) -> Draft {
    world.drafts(&statement(template, changes))[0].clone()
}

fn refers(draft: &mut Draft, sort: RefType, entry: EntryId) {
    draft.refs.push(Ref { sort, entry });
}

#[test]
fn a_sound_statement_of_every_role_passes() {
    let mut world = market();
    for (by, template) in [
        ("auditor", "audit"),
        ("auditor", "finding"),
        ("field-desk", "finding"),
        ("company", "attest"),
        ("ministry", "licence"),
        ("ministry", "status"),
    ] {
        let draft = draft(&mut world, template, "");
        assert_eq!(check(&world, by, &draft), [], "{template}");
    }
    let finding = world.say("auditor", &statement("finding", ""))[0];
    let mut closed = draft(&mut world, "closed", "");
    refers(&mut closed, RefType::Closes, finding);
    assert_eq!(check(&world, "other-auditor", &closed), []);
    let mut reply = draft(&mut world, "reply", "");
    refers(&mut reply, RefType::Replies, finding);
    assert_eq!(check(&world, "respondent", &reply), []);
}

#[test]
fn a_reply_needs_a_text_and_what_it_answers() {
    let mut world = market();
    let finding = world.say("auditor", &statement("finding", ""))[0];
    let claim: Claim = Reply::new(Stance::Explains).into();
    let bare = world.claim(&claim, &[subject(SITE)], &[Basis::SelfDeclared], &[]);
    let found = check(&world, "respondent", &bare);
    assert_eq!(
        found,
        [
            (Reason::ClaimInvalid, "refs"),
            (Reason::PartMissing, "text")
        ]
    );
    // One subject in scope suffices for a reply, so no other subject may stand beside it.
    let mut padded = draft(
        &mut world,
        "reply",
        &format!("subjects = [\"{SITE}\", \"{FIRM}\"]"),
    );
    refers(&mut padded, RefType::Replies, finding);
    assert_eq!(
        check(&world, "respondent", &padded),
        [(Reason::RefOutOfScope, "refs")]
    );
}

#[test]
fn texts_are_read_and_held_to_the_privacy_floor() {
    let mut world = market();
    let mut of = |field: &str, text: &str| {
        let mut part = TextPart::new(Language::new("en").unwrap());
        part.insert(field, text).unwrap();
        let body = world.body(part.encode().unwrap());
        let draft = draft(&mut world, "finding", "");
        let draft = draft.with_text(TEXT_MEDIA_TYPE, Audience::Public, body);
        check(&world, "auditor", &draft)
    };
    assert_eq!(of("description", "Too long."), []);
    assert_eq!(
        of("passport_number", "X"),
        [(Reason::SubjectNaturalPerson, "text")]
    );
    let mut world = market();
    let body = world.body(b"plain".to_vec());
    let broken =
        draft(&mut world, "finding", "").with_text(TEXT_MEDIA_TYPE, Audience::Public, body.clone());
    assert_eq!(check(&world, "auditor", &broken)[0].1, "text");
    let plain = draft(&mut world, "finding", "").with_text("text/plain", Audience::Public, body);
    assert_eq!(
        check(&world, "auditor", &plain),
        [(Reason::PartsInvalid, "parts")]
    );
}

#[test]
fn every_part_travels_with_its_entry_and_nothing_else_does() {
    let mut world = market();
    let whole = draft(
        &mut world,
        "finding",
        "[text]\nlang = \"en\"\ndescription = \"x\"",
    );
    let set = world.set();
    let revocations = Revocations::default();
    let door = Door {
        set: &set,
        revocations: &revocations,
        subjects_of: &|_| None,
        now: world.now,
    };
    let header = whole.header(&world.position("auditor"));
    let minds = |bodies: &[_]| {
        let problems = door.check_draft(&header, bodies);
        problems
            .iter()
            .map(|problem| problem.reason)
            .collect::<Vec<_>>()
    };
    let bodies = whole.bodies();
    assert_eq!(minds(&bodies), []);
    assert_eq!(minds(&bodies[1..]), [Reason::ClaimMissing]);
    assert_eq!(minds(&bodies[..1]), [Reason::PartMissing]);
    let mut more = bodies;
    let mut stray = more[0].clone();
    stray.bytes.push(0);
    more.push(stray);
    assert_eq!(minds(&more), [Reason::PartMismatch]);
}

#[test]
fn the_kind_must_be_known_and_fit_the_role() {
    let mut world = market();
    let finding = draft(&mut world, "finding", "");
    assert_eq!(
        check(&world, "company", &finding),
        [(Reason::RoleMismatch, "role")]
    );
    assert_eq!(
        check(&world, "root-one", &finding),
        [(Reason::RoleMismatch, "kind")]
    );
    let body = world.body(vec![0xa1, 1, 1]);
    let future = Draft::statement(
        "zz.future".parse().unwrap(),
        vec![subject(SITE)],
        body,
        world.now,
    );
    assert_eq!(
        check(&world, "auditor", &future),
        [(Reason::KindUnknown, "kind")]
    );
}

#[test]
fn scope_dates_and_revocations_of_every_grant_hold_today() {
    let mut world = World::new();
    world.grant(
        "roots",
        "scheme",
        Role::Scheme,
        &["osid:XA*"],
        &[Role::Auditor],
    );
    world.grant_with("scheme", "auditor", |grant| {
        grant.to_date = date("2026-02-01");
    });
    world.grant_with("scheme", "wide", |grant| {
        grant.scope = vec![
            ScopeItem::parse("lei:*").unwrap(),
            ScopeItem::parse("osid:*").unwrap(),
        ];
    });
    let finding = draft(&mut world, "finding", "");
    assert_eq!(minded(&world, "auditor", &finding, noon("2026-02-01")), []);
    let late = minded(&world, "auditor", &finding, noon("2026-02-02"));
    assert_eq!(late, [(Reason::GrantExpired, "grant")]);
    let both = draft(
        &mut world,
        "finding",
        &format!("subjects = [\"{SITE}\", \"{FIRM}\"]"),
    );
    assert_eq!(
        check(&world, "wide", &both),
        [(Reason::OutOfScope, "subjects")]
    );
    // The scheme loses its grant from a day on; what it granted goes with it.
    let revoke = world.grant_revoke("scheme", RevokeKind::Withdrawn, "2026-03-01");
    world.revoke("root-one", &revoke);
    assert_eq!(minded(&world, "wide", &finding, noon("2026-04-01")), []);
    world.revoke("root-two", &revoke);
    let refused = (Reason::AuthorRevoked, "grant");
    assert_eq!(minded(&world, "wide", &finding, noon("2026-02-28")), []);
    assert_eq!(
        minded(&world, "wide", &finding, noon("2026-03-01")),
        [refused]
    );
}

#[test]
fn a_suspension_ends_and_a_revoked_key_writes_nothing_but_its_own_rotation() {
    let mut world = market();
    let until = noon("2026-03-10");
    let suspension = Revoke {
        until: Some(until),
        ..world.grant_revoke("auditor", RevokeKind::Suspension, "2026-03-01")
    };
    world.revoke("scheme", &suspension);
    let finding = draft(&mut world, "finding", "");
    let at =
        |world: &World, draft: &Draft, day: &str| minded(world, "auditor", draft, noon(day)).len();
    let days = ["2026-02-28", "2026-03-01", "2026-03-09", "2026-03-10"];
    assert_eq!(days.map(|day| at(&world, &finding, day)), [0, 1, 1, 0]);
    let stolen = world.key_revoke("auditor", RevokeKind::KeyCompromise, "2026-04-01");
    world.revoke("scheme", &stolen);
    assert_eq!(at(&world, &finding, "2026-04-02"), 1);
    let still_here = Draft::network(pulse(), world.author("auditor"), world.now);
    assert_eq!(at(&world, &still_here, "2026-04-02"), 1);
    world.rotate("auditor");
    assert_eq!(at(&world, &finding, "2026-04-02"), 0);
}

#[test]
fn whoever_lost_standing_may_still_take_back_and_erase() {
    let mut world = market();
    let finding = world.say("auditor", &statement("finding", ""))[0];
    let revoke = world.grant_revoke("auditor", RevokeKind::Void, "2026-01-01");
    world.revoke("scheme", &revoke);
    let author = world.author("auditor");
    let part = world.entry(finding).header().parts[0].digest;
    let erase = fairtrail::entry::PartErase {
        entry: finding,
        part,
        author,
        reason: "privacy".into(),
    };
    let of_desk = world.grant_revoke("field-desk", RevokeKind::Void, "2026-01-01");
    for claim in [NetworkClaim::Erase(erase), NetworkClaim::Revoke(of_desk)] {
        let draft = Draft::network(claim, author, world.now);
        assert_eq!(check(&world, "auditor", &draft), []);
    }
    let pulse = Draft::network(pulse(), author, world.now);
    assert_eq!(
        check(&world, "auditor", &pulse),
        [(Reason::AuthorRevoked, "grant")]
    );
}

#[test]
fn a_feed_is_not_forked_here_except_by_a_rotation() {
    let mut world = market();
    let mark = world.mark("auditor");
    world.say("auditor", &statement("finding", ""));
    world.rewind(mark);
    let other = draft(&mut world, "finding", "own_key = \"R-1/5\"");
    assert_eq!(
        check(&world, "auditor", &other),
        [(Reason::FeedForked, "prev")]
    );
}

#[test]
fn references_without_effect_are_refused_where_they_can_be_mended() {
    let mut world = market();
    let both = format!("subjects = [\"{SITE}\", \"{FIRM}\"]");
    let target = world.say("auditor", &statement("finding", &both))[0];
    let cases = [
        ("auditor", RefType::Supersedes, None),
        ("field-desk", RefType::Retracts, None),
        (
            "other-auditor",
            RefType::Supersedes,
            Some(Reason::NotAuthorised),
        ),
        (
            "other-auditor",
            RefType::Retracts,
            Some(Reason::NotAuthorised),
        ),
        ("other-auditor", RefType::Closes, None),
        ("other-auditor", RefType::About, None),
    ];
    for (by, sort, expected) in cases {
        let mut draft = draft(&mut world, "finding", &both);
        refers(&mut draft, sort, target);
        let found = check(&world, by, &draft).first().map(|(reason, _)| *reason);
        assert_eq!(found, expected, "{by} {sort}");
    }
    let mut narrow = draft(&mut world, "finding", "");
    refers(&mut narrow, RefType::Closes, target);
    refers(&mut narrow, RefType::About, target);
    refers(&mut narrow, RefType::About, EntryId::new([1; 32]));
    let found = check(&world, "auditor", &narrow);
    assert_eq!(
        found,
        [
            (Reason::RefOutOfScope, "refs"),
            (Reason::EarlyTarget, "refs")
        ]
    );
    world.grant("scheme", "company", Role::Auditor, &[], &[]);
    let mut own = draft(&mut world, "closed", &both);
    refers(&mut own, RefType::Closes, target);
    assert_eq!(
        check(&world, "company", &own),
        [(Reason::NotAuthorised, "refs")]
    );
}

fn grant(world: &World, change: impl FnOnce(&mut Grant)) -> Draft {
    let mut grant = Grant {
        to: world.author("respondent"),
        role: Role::Auditor,
        scope: vec![],
        from: date("2026-01-01"),
        to_date: date("2027-01-01"),
        may_delegate: vec![],
        succeeds: None,
    };
    change(&mut grant);
    Draft::network(
        NetworkClaim::Grant(grant),
        world.author("scheme"),
        world.now,
    )
}

#[test]
fn grants_have_dates_in_order_and_scopes_this_version_knows() {
    let world = market();
    let minds = |change: &dyn Fn(&mut Grant)| check(&world, "scheme", &grant(&world, change));
    assert_eq!(minds(&|_| ()), []);
    let invalid = |field| (Reason::ClaimInvalid, field);
    assert_eq!(
        minds(&|grant| grant.from = date("2028-01-01")),
        [invalid("to_date")]
    );
    let ended =
        minds(&|grant| (grant.from, grant.to_date) = (date("2025-01-01"), date("2025-12-31")));
    assert_eq!(ended, [invalid("to_date")]);
    let scope = |text: &'static str| {
        let found = minds(&|grant| grant.scope = vec![ScopeItem::parse(text).unwrap()]);
        found.first().map(|(reason, _)| *reason)
    };
    for good in [SITE, "osid:XA*", "lic:XA-LAB:*", "row:*"] {
        assert_eq!(scope(good), None, "{good}");
    }
    assert_eq!(scope("osid:XA2026001N0RTHX"), Some(Reason::SubjectInvalid));
    assert_eq!(scope("nosuch:*"), Some(Reason::SubjectSchemeUnknown));
    assert_eq!(scope("passport:*"), Some(Reason::SubjectNaturalPerson));
    // A key is named in the scope of a node's grant, and in no other.
    let key = format!("key:{}", "a".repeat(52));
    let keyed = |role| {
        minds(&|grant| {
            grant.role = role;
            grant.scope = vec![ScopeItem::parse(&key).unwrap()];
        })
    };
    assert_eq!(keyed(Role::Node), []);
    assert_eq!(keyed(Role::Auditor), [(Reason::SubjectInvalid, "scope")]);
    let myself = world.author("respondent");
    assert_eq!(
        minds(&|grant| grant.succeeds = Some(myself)),
        [invalid("succeeds")]
    );
}

#[test]
fn a_desk_is_granted_by_a_firm() {
    let world = market();
    let desk = |grant: &mut Grant| grant.role = Role::Desk;
    assert_eq!(check(&world, "auditor", &grant(&world, desk)), []);
    assert_eq!(
        check(&world, "root-one", &grant(&world, desk)),
        [(Reason::ClaimInvalid, "role")]
    );
    assert_eq!(
        check(&world, DESK, &grant(&world, desk)),
        [(Reason::ClaimInvalid, "role")]
    );
}

#[test]
fn revocations_say_what_can_be_true() {
    let mut world = market();
    let good = world.say("auditor", &statement("finding", ""))[0];
    let foreign = world.say("other-auditor", &statement("finding", ""))[0];
    let minds = |revoke: Revoke| {
        let draft = Draft::network(
            NetworkClaim::Revoke(revoke),
            world.author("scheme"),
            world.now,
        );
        check(&world, "scheme", &draft)
    };
    let stolen = |last_good| Revoke {
        last_good: Some(last_good),
        ..world.key_revoke("auditor", RevokeKind::KeyCompromise, "2026-01-01")
    };
    assert_eq!(minds(stolen(good)), []);
    assert_eq!(
        minds(stolen(foreign)),
        [(Reason::ClaimInvalid, "last_good")]
    );
    let suspension = |until| Revoke {
        until: Some(noon(until)),
        ..world.grant_revoke("auditor", RevokeKind::Suspension, "2026-03-01")
    };
    assert_eq!(minds(suspension("2026-03-02")), []);
    assert_eq!(
        minds(suspension("2026-03-01")),
        [(Reason::ClaimInvalid, "until")]
    );
    let wrong = world.grant_revoke("auditor", RevokeKind::KeyCompromise, "2026-01-01");
    assert_eq!(minds(wrong), [(Reason::ClaimInvalid, "kind")]);
}
