//! Standing: roles, scopes, dates, acceptance, desks, forks and acts of the roots.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::entry::{Role, ScopeItem};
use fairtrail::history::{HistoryEntry, VerifiedHistory};
use fairtrail::id::EntryId;
use market::{FIRM, LICENCE, SITE, market, statement};
use world::{World, date, pulse};

fn history(world: &World) -> VerifiedHistory {
    world.history(&[SITE, FIRM, LICENCE], &world.policy(""))
}

fn with_entry<T>(world: &World, id: EntryId, look: impl FnOnce(&HistoryEntry) -> T) -> T {
    look(history(world).entry(id).unwrap())
}

fn find(world: &mut World, by: &str) -> EntryId {
    world.say(by, &statement("finding", ""))[0]
}

#[test]
fn a_granted_auditor_in_scope_and_dates_counts_both_ways() {
    let mut world = market();
    let id = find(&mut world, "auditor");
    with_entry(&world, id, |entry| {
        let standing = entry.standing();
        assert_eq!(standing.role, Some(Role::Auditor));
        assert!(standing.counts_for() && standing.counts_against() && !standing.is_lost());
        assert_eq!(standing.principal, Some(world.author("auditor")));
    });
}

#[test]
fn a_desk_speaks_for_the_first_granter_that_is_none() {
    let mut world = market();
    world.grant_with("auditor", "office", |grant| {
        grant.role = Role::Desk;
        grant.may_delegate = vec![];
    });
    let id = find(&mut world, "field-desk");
    with_entry(&world, id, |entry| {
        let standing = entry.standing();
        assert_eq!(standing.author, world.author("field-desk"));
        assert_eq!(standing.principal, Some(world.author("auditor")));
        assert_eq!(standing.role, Some(Role::Auditor));
        assert!(standing.counts_for());
    });
}

#[test]
fn a_desk_of_a_desk_speaks_for_the_firm_too() {
    let mut world = World::new();
    world.grant(
        "roots",
        "scheme",
        Role::Scheme,
        &[],
        &[Role::Auditor, Role::Desk],
    );
    world.grant("scheme", "auditor", Role::Auditor, &[], &[Role::Desk]);
    world.grant("auditor", "region", Role::Desk, &[], &[Role::Desk]);
    world.grant("region", "town", Role::Desk, &[], &[]);
    let id = find(&mut world, "town");
    with_entry(&world, id, |entry| {
        assert_eq!(entry.standing().principal, Some(world.author("auditor")));
        assert!(entry.standing().counts_for());
    });
}

#[test]
fn a_desk_of_the_roots_speaks_for_nobody() {
    let mut world = World::new();
    world.grant("roots", "lone-desk", Role::Desk, &[], &[]);
    let id = find(&mut world, "lone-desk");
    with_entry(&world, id, |entry| {
        let standing = entry.standing();
        assert_eq!((standing.principal, standing.role), (None, None));
        assert!(!standing.is_authorised() && !standing.is_lost());
    });
}

#[test]
fn a_role_that_does_not_fit_the_kind_is_not_authorised() {
    let mut world = market();
    let id = find(&mut world, "company");
    with_entry(&world, id, |entry| {
        let standing = entry.standing();
        assert!(standing.granted && !standing.role_fits);
        assert!(!standing.counts_against() && !standing.is_lost());
    });
}

#[test]
fn every_scope_of_the_chain_must_cover_every_subject() {
    let mut world = World::new();
    world.grant(
        "roots",
        "scheme",
        Role::Scheme,
        &["osid:XA*"],
        &[Role::Auditor],
    );
    world.grant("scheme", "wide", Role::Auditor, &["lei:*", "osid:*"], &[]);
    world.grant("scheme", "elsewhere", Role::Auditor, &["osid:XB*"], &[]);
    let both = format!("subjects = [\"{SITE}\", \"{FIRM}\"]");
    let inside = find(&mut world, "wide");
    let beyond = world.say("wide", &statement("finding", &both))[0];
    let outside = find(&mut world, "elsewhere");
    let history = history(&world);
    let in_scope = |id| history.entry(id).unwrap().standing().in_scope;
    assert!(in_scope(inside));
    // The auditor's own scope has the company, the scheme's has not.
    assert!(!in_scope(beyond) && !in_scope(outside));
}

#[test]
fn a_reply_needs_one_subject_that_the_whole_chain_covers() {
    let mut world = market();
    world.grant("roots", "group", Role::Company, &[FIRM], &[Role::Desk]);
    world.grant("group", "site-desk", Role::Desk, &[SITE], &[]);
    let both = format!("subjects = [\"{SITE}\", \"{FIRM}\"]");
    let finding = world.say("auditor", &statement("finding", &both))[0];
    let reply = statement(
        "reply",
        &format!("refs = [{{ type = \"replies\", entry = \"{finding}\" }}]"),
    );
    let good = world.say("respondent", &reply)[0];
    // One grant covers the firm and the other the site: together they cover nothing.
    let bad = world.say("site-desk", &reply)[0];
    let history = history(&world);
    assert_eq!(
        history
            .entry(finding)
            .unwrap()
            .replies()
            .collect::<Vec<_>>(),
        [good]
    );
    assert!(history.ignored().iter().any(|ignored| ignored.by == bad));
}

#[test]
fn dates_of_every_grant_are_held_against_the_time_it_was_known() {
    let mut world = World::new();
    world.grant("roots", "scheme", Role::Scheme, &[], &[Role::Auditor]);
    world.grant_with("scheme", "auditor", |grant| {
        grant.from = date("2026-02-01");
        grant.to_date = date("2026-02-28");
    });
    let mut ids = Vec::new();
    for day in ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"] {
        world.on(day);
        ids.push(find(&mut world, "auditor"));
    }
    let history = history(&world);
    let found: Vec<_> = ids
        .iter()
        .map(|id| history.entry(*id).unwrap().standing().in_dates)
        .collect();
    assert_eq!(found, [false, true, true, false]);
    // What was said out of dates does not count, and is not forgotten.
    assert!(history.entry(ids[3]).unwrap().standing().is_lost());
}

#[test]
fn a_policy_narrows_whom_it_believes_to_authors_and_granters() {
    let mut world = market();
    let ours = find(&mut world, "auditor");
    let desk = find(&mut world, "field-desk");
    let other = find(&mut world, "other-auditor");
    let accepted = |more: &str| {
        let history = world.history(&[SITE], &world.policy(more));
        [ours, desk, other].map(|id| history.entry(id).unwrap().standing().accepted)
    };
    let auditor = world.author("auditor");
    let scheme = world.author("scheme");
    let desk_author = world.author("field-desk");
    assert_eq!(accepted(""), [true; 3]);
    assert_eq!(
        accepted(&format!("[accept]\nauthors = [\"{auditor}\"]")),
        [true, true, false]
    );
    assert_eq!(
        accepted(&format!("[accept]\ngranters = [\"{scheme}\"]")),
        [true; 3]
    );
    assert_eq!(
        accepted(&format!("[accept]\ngranters = [\"{auditor}\"]")),
        [false, true, false]
    );
    // A desk is believed as its firm, not by itself.
    assert_eq!(
        accepted(&format!("[accept]\nauthors = [\"{desk_author}\"]")),
        [false; 3]
    );
}

#[test]
fn required_authors_are_known_whether_or_not_they_spoke_of_the_subject() {
    let world = market();
    let author = world.author("other-auditor");
    let policy = world.policy(&format!("[accept]\nauthors = [\"{author}\"]"));
    assert!(
        world
            .history(&[SITE], &policy)
            .feeds()
            .contains_key(&author)
    );
}

#[test]
fn off_the_path_only_what_is_adverse_counts_until_a_rotation_resolves_the_fork() {
    let mut world = market();
    let before = find(&mut world, "auditor");
    let mark = world.mark("auditor");
    let one = find(&mut world, "auditor");
    let tip = world.mark("auditor");
    world.rewind(mark);
    let two = world.say("auditor", &statement("finding", "own_key = \"R-1/2\""))[0];
    let standing = |world: &World, id| with_entry(world, id, |entry| entry.standing().clone());
    for id in [one, two] {
        let standing = standing(&world, id);
        assert!(standing.forked && !standing.on_path);
        assert!(!standing.counts_for() && standing.counts_against());
    }
    assert!(standing(&world, before).counts_for());
    let feeds = history(&world).feeds().clone();
    assert!(feeds[&world.author("auditor")].forked);
    assert_eq!(feeds[&world.author("auditor")].head, before);

    world.rewind(tip);
    world.rotate("auditor");
    assert!(standing(&world, one).counts_for() && !standing(&world, one).forked);
    assert!(!standing(&world, two).on_path);
}

#[test]
fn an_open_fork_takes_standing_from_what_was_granted_after_it() {
    let mut world = World::new();
    world.grant("roots", "scheme", Role::Scheme, &[], &[Role::Auditor]);
    world.grant("scheme", "early", Role::Auditor, &[], &[]);
    let mark = world.mark("scheme");
    world.grant("scheme", "late", Role::Auditor, &[], &[]);
    let tip = world.mark("scheme");
    let (early, late) = (find(&mut world, "early"), find(&mut world, "late"));
    world.rewind(mark);
    world.grant("scheme", "thief", Role::Auditor, &[], &[]);
    let stolen = find(&mut world, "thief");
    let granted = |world: &World| {
        let history = history(world);
        [early, late, stolen].map(|id| history.entry(id).unwrap().standing().granted)
    };
    assert_eq!(granted(&world), [true, false, false]);
    assert!(with_entry(&world, late, |entry| entry.standing().is_lost()));
    world.rewind(tip);
    world.rotate("scheme");
    assert_eq!(granted(&world), [true, true, false]);
}

#[test]
fn a_grant_of_the_roots_needs_enough_of_them_on_their_paths() {
    let mut world = World::new();
    let mark = world.mark("root-one");
    world.grant("roots", "auditor", Role::Auditor, &[], &[]);
    let id = find(&mut world, "auditor");
    assert!(with_entry(&world, id, |entry| entry.standing().granted));
    // One of the two forks before its part: one is left.
    world.rewind(mark);
    world.network("root-one", pulse());
    assert!(!with_entry(&world, id, |entry| entry.standing().granted));
}

#[test]
fn an_added_root_counts_as_long_as_its_amendment_has_effect() {
    let mut world = World::new();
    let mark = world.mark("root-one");
    world.add_root("root-four");
    world.grant("root-three+root-four", "auditor", Role::Auditor, &[], &[]);
    let id = find(&mut world, "auditor");
    assert!(with_entry(&world, id, |entry| entry.standing().granted));
    world.rewind(mark);
    world.network("root-one", pulse());
    assert!(!with_entry(&world, id, |entry| entry.standing().granted));
}

#[test]
fn a_successor_must_be_named_by_a_granter_of_the_feed_it_continues() {
    let mut world = market();
    world.grant("roots", "rival-scheme", Role::Scheme, &[], &[Role::Auditor]);
    let old = world.author("auditor");
    let finding = find(&mut world, "auditor");
    for (by, name) in [("scheme", "heir"), ("rival-scheme", "usurper")] {
        world.grant_with(by, name, |grant| {
            grant.succeeds = Some(old);
            grant.scope = vec![ScopeItem::parse("osid:*").unwrap()];
        });
    }
    let heir = world.author("heir");
    world.grant_with("scheme", "grandchild", |grant| grant.succeeds = Some(heir));
    let retract =
        format!("own_key = \"R-1/9\"\nrefs = [{{ type = \"retracts\", entry = \"{finding}\" }}]");
    for (name, takes_back) in [
        ("usurper", false),
        ("other-auditor", false),
        ("heir", true),
        ("grandchild", true),
    ] {
        let mut world = world.clone();
        let by = world.say(name, &statement("finding", &retract))[0];
        let history = history(&world);
        assert_eq!(
            history.entry(finding).unwrap().is_replaced(),
            takes_back,
            "{name}"
        );
        let ignored = history.ignored().iter().any(|ignored| ignored.by == by);
        assert_ne!(ignored, takes_back, "{name}");
    }
}

#[test]
fn nobody_closes_a_finding_about_itself() {
    let mut world = market();
    // The company is an auditor as well; an auditor is asked about itself.
    let auditor = world.author("auditor");
    let of_itself = format!(
        "subjects = [\"author:{}\"]",
        auditor.to_string().trim_start_matches("author:")
    );
    world.grant("scheme", "company", Role::Auditor, &[], &[]);
    let about_site = find(&mut world, "auditor");
    let about_auditor = world.say("other-auditor", &statement("finding", &of_itself))[0];
    let close = |id: EntryId| {
        statement(
            "closed",
            &format!("refs = [{{ type = \"closes\", entry = \"{id}\" }}]"),
        )
    };
    for (name, finding, closes) in [
        ("auditor", about_site, true),
        ("other-auditor", about_site, true),
        ("field-desk", about_site, true),
        ("company", about_site, false),
        ("other-auditor", about_auditor, true),
        ("auditor", about_auditor, false),
        ("field-desk", about_auditor, false),
    ] {
        let mut world = world.clone();
        let subjects = world.entry(finding).header().subjects.clone();
        world.say(name, &close(finding));
        let policy = world.policy("");
        let history = world.replica().history(&subjects, &policy, None);
        let closed = history.entry(finding).unwrap().closed_by().count();
        assert_eq!(closed == 1, closes, "{name}");
    }
}
