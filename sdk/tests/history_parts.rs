//! Parts that are withheld, erased, broken or unknown; references; what was known on a date.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::claim::{Claim, FindingState, FindingStatus, Reply, Stance};
use fairtrail::entry::{Anchor, Basis, Draft, RefType, Role};
use fairtrail::history::{ClaimState, WithheldReason};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::reason::Reason;
use market::{FIRM, LICENCE, SITE, market, statement};
use world::{DESK, World, date, noon, subject};

fn find(world: &mut World, by: &str) -> EntryId {
    world.say(
        by,
        &statement(
            "finding",
            "[text]\nlang = \"en\"\ndescription = \"Too long.\"",
        ),
    )[0]
}

fn part(world: &World, id: EntryId) -> PartDigest {
    world.entry(id).header().parts[0].digest
}

fn state(world: &World, id: EntryId) -> ClaimState {
    let history = world.history(&[SITE], &world.policy(""));
    history.entry(id).unwrap().claim_state().clone()
}

#[test]
fn a_claim_is_known_withheld_for_its_audience_or_not_served() {
    let mut world = market();
    let known = find(&mut world, "auditor");
    assert!(matches!(state(&world, known), ClaimState::Known(_)));
    world.withhold(known);
    assert_eq!(
        state(&world, known),
        ClaimState::Withheld(WithheldReason::NotServed)
    );
    let history = world.history(&[SITE], &world.policy(""));
    assert_eq!(history.entry(known).unwrap().withheld().len(), 2);
    let drafts = world.drafts(&statement("finding", "audience = \"network\""));
    let members = world.post("auditor", &drafts[0]);
    world.withhold(members);
    assert_eq!(
        state(&world, members),
        ClaimState::Withheld(WithheldReason::Audience)
    );
}

#[test]
fn a_claim_of_an_unknown_kind_or_that_breaks_the_form_is_kept_apart() {
    let mut world = market();
    let odd = world.body(vec![0xa1, 1, 1]);
    let future = Draft::statement(
        "zz.future".parse().unwrap(),
        vec![subject(SITE)],
        odd.clone(),
        world.now,
    );
    let future = world.post("auditor", &future);
    assert_eq!(state(&world, future), ClaimState::UnknownKind);
    let history = world.history(&[SITE], &world.policy(""));
    assert!(history.entry(future).unwrap().standing().is_authorised());
    let broken = Draft::statement(
        "finding".parse().unwrap(),
        vec![subject(SITE)],
        odd,
        world.now,
    );
    let broken = world.post("auditor", &broken);
    assert!(matches!(state(&world, broken), ClaimState::Invalid(_)));
}

#[test]
fn a_claim_that_the_door_would_refuse_is_not_sound() {
    let mut world = market();
    // Closed without saying who verified it.
    let claim: Claim = FindingStatus::new(FindingState::ClosedVerified, date("2026-03-01")).into();
    let draft = world.claim(&claim, &[subject(SITE)], &[Basis::OnSite], &[]);
    let id = world.post("auditor", &draft);
    let sound = find(&mut world, "auditor");
    let history = world.history(&[SITE], &world.policy(""));
    assert!(!history.entry(id).unwrap().is_sound());
    assert!(history.entry(sound).unwrap().is_sound());
}

#[test]
fn a_part_is_erased_for_its_principal_or_by_enough_roots_and_for_nobody_else() {
    let mut world = market();
    let id = find(&mut world, "field-desk");
    let digest = part(&world, id);
    let erased = ClaimState::Withheld(WithheldReason::Erased);
    for (by, goes) in [
        ("field-desk", true),
        ("auditor", true),
        ("scheme", false),
        ("root-one", false),
    ] {
        let mut world = world.clone();
        world.erase(by, id, digest);
        assert_eq!(state(&world, id) == erased, goes, "{by}");
    }
    for root in ["root-one", "root-three"] {
        world.erase(root, id, digest);
    }
    assert_eq!(state(&world, id), erased);
}

#[test]
fn one_entry_loses_a_part_that_another_keeps_unless_the_roots_say_so() {
    let mut world = market();
    let drafts = world.drafts(&statement("finding", ""));
    let ours = world.post("auditor", &drafts[0]);
    let theirs = world.post("other-auditor", &drafts[0]);
    let digest = part(&world, ours);
    let mut by_author = world.clone();
    by_author.erase("auditor", ours, digest);
    assert!(matches!(state(&by_author, theirs), ClaimState::Known(_)));
    for root in ["root-one", "root-two"] {
        world.erase(root, ours, digest);
    }
    assert_eq!(
        state(&world, theirs),
        ClaimState::Withheld(WithheldReason::Erased)
    );
}

#[test]
fn a_thiefs_erasure_off_the_path_is_empty() {
    let mut world = market();
    let id = find(&mut world, "auditor");
    let mark = world.mark("auditor");
    let digest = part(&world, id);
    world.erase("auditor", id, digest);
    world.rewind(mark);
    world.rotate("auditor");
    assert!(matches!(state(&world, id), ClaimState::Known(_)));
}

fn ref_to(sort: &str, entry: EntryId) -> String {
    format!("refs = [{{ type = \"{sort}\", entry = \"{entry}\" }}]")
}

#[test]
fn a_reference_has_effect_only_if_it_names_every_subject_of_its_target() {
    let mut world = market();
    let both = [subject(SITE), subject(FIRM)];
    let target = world.say(
        "auditor",
        &statement("finding", &format!("subjects = [\"{SITE}\", \"{FIRM}\"]")),
    )[0];
    let claim: Claim = FindingStatus::new(FindingState::Withdrawn, date("2026-03-01")).into();
    let refs = [
        (RefType::Closes, target),
        (RefType::Retracts, target),
        (RefType::About, target),
    ];
    let narrow = world.claim(&claim, &both[..1], &[Basis::OnSite], &refs);
    let narrow = world.post("auditor", &narrow);
    let wide = world.claim(
        &claim,
        &[both[0].clone(), both[1].clone(), subject(LICENCE)],
        &[Basis::OnSite],
        &refs,
    );
    let wide = world.post("auditor", &wide);
    let history = world.history(&[SITE, FIRM], &world.policy(""));
    let target = history.entry(target).unwrap();
    assert_eq!(target.incoming().len(), 3);
    assert!(target.incoming().iter().all(|incoming| incoming.by == wide));
    let ignored: Vec<_> = history
        .ignored()
        .iter()
        .map(|ignored| (ignored.by, ignored.reason))
        .collect();
    assert_eq!(ignored, [(narrow, Reason::RefOutOfScope); 3]);
}

#[test]
fn a_reply_has_exactly_the_subjects_of_what_it_answers_and_shows_whatever_becomes_of_its_author() {
    let mut world = market();
    let target = find(&mut world, "auditor");
    let reply = world.say(
        "respondent",
        &statement("reply", &ref_to("replies", target)),
    )[0];
    // One subject in scope would cover anything else put beside it.
    let claim: Claim = Reply::new(Stance::Disputes).into();
    let padded = world.claim(
        &claim,
        &[subject(SITE), subject(FIRM)],
        &[Basis::SelfDeclared],
        &[(RefType::Replies, target)],
    );
    world.post("respondent", &padded);
    world.grant(
        DESK,
        "outsider",
        Role::Respondent,
        &["osid:XA2026002FEE02J"],
        &[],
    );
    world.say("outsider", &statement("reply", &ref_to("replies", target)));
    let replies = |world: &World| {
        let history = world.history(&[SITE], &world.policy(""));
        history.entry(target).unwrap().replies().collect::<Vec<_>>()
    };
    assert_eq!(replies(&world), [reply]);
    let revoke = world.grant_revoke(
        "respondent",
        fairtrail::entry::RevokeKind::Void,
        "2026-01-01",
    );
    world.revoke(DESK, &revoke);
    assert_eq!(replies(&world), [reply]);
}

#[test]
fn off_the_path_nothing_is_replaced_or_closed() {
    let mut world = market();
    let target = find(&mut world, "auditor");
    let mark = world.mark("auditor");
    world.say("auditor", &statement("closed", &ref_to("closes", target)));
    world.say(
        "auditor",
        &statement(
            "finding",
            &format!("own_key = \"x\"\n{}", ref_to("retracts", target)),
        ),
    );
    world.rewind(mark);
    find(&mut world, "auditor");
    let history = world.history(&[SITE], &world.policy(""));
    let target = history.entry(target).unwrap();
    assert!(!target.is_replaced() && target.closed_by().count() == 0);
    assert!(
        history
            .ignored()
            .iter()
            .all(|ignored| ignored.reason == Reason::NotAuthorised)
    );
}

#[test]
fn what_was_known_on_a_date_is_a_prefix_of_the_log() {
    let mut world = market();
    let mut ids = Vec::new();
    for day in ["2026-02-01", "2026-03-01", "2026-04-01"] {
        world.on(day);
        ids.push(find(&mut world, "auditor"));
    }
    world.on("2026-05-01");
    let revoke = world.grant_revoke("auditor", fairtrail::entry::RevokeKind::Void, "2026-01-01");
    world.revoke("scheme", &revoke);
    let (replica, policy) = (world.replica(), world.policy(""));
    let known = |day: &str| {
        let history = replica.history(&[subject(SITE)], &policy, Some(date(day)));
        let kept = |id: &&EntryId| history.entry(**id).is_some();
        let count = ids.iter().filter(kept).count();
        let counts = ids.iter().filter_map(|id| history.entry(*id));
        (
            count,
            counts.filter(|entry| entry.standing().counts_for()).count(),
        )
    };
    // On the day itself it was known; the revocation was not, before it was made.
    let days = [
        "2026-01-31",
        "2026-02-01",
        "2026-03-31",
        "2026-04-30",
        "2026-05-01",
    ];
    assert_eq!(days.map(known), [(0, 0), (1, 1), (2, 2), (3, 3), (3, 0)]);
}

#[test]
fn what_is_erased_today_is_not_shown_as_it_was_known_then() {
    let mut world = market();
    world.on("2026-02-01");
    let id = find(&mut world, "auditor");
    world.on("2026-04-01");
    let digest = part(&world, id);
    world.erase("auditor", id, digest);
    let policy = world.policy("");
    let history = world
        .replica()
        .history(&[subject(SITE)], &policy, Some(date("2026-03-01")));
    let erased = ClaimState::Withheld(WithheldReason::Erased);
    assert_eq!(*history.entry(id).unwrap().claim_state(), erased);
}

#[test]
fn an_anchor_proves_the_earliest_time_if_it_names_a_note_that_is_held() {
    let mut world = market();
    world.on("2026-02-01");
    let replica = world.replica();
    let note = replica.newest().unwrap();
    let size = note.checkpoint().size().get();
    let digest = fairtrail::log::note_digest(note.note().to_string().as_bytes());
    let mut anchored = |size, note| {
        let mut draft = world.drafts(&statement("finding", ""))[0].clone();
        draft.anchor = Some(Anchor {
            origin: "ledger.example/coast/e1".into(),
            size,
            note,
        });
        world.post("auditor", &draft)
    };
    let (good, other_size, unknown) = (
        anchored(size, digest),
        anchored(size + 1, digest),
        anchored(size, [1; 32]),
    );
    world.on("2026-03-01");
    let history = world.history(&[SITE], &world.policy(""));
    let not_before = |id| history.entry(id).unwrap().times().not_before;
    assert_eq!(not_before(good), Some(noon("2026-01-05")));
    assert_eq!([other_size, unknown].map(not_before), [None, None]);
}

#[test]
fn licences_and_their_registers_are_read_with_whoever_recruited() {
    let mut world = market();
    let recruiter = "lei:999900DEMO0000000249";
    let names = format!(
        "subjects = [\"{SITE}\", \"{FIRM}\", \"{recruiter}\"]\n[claim]\nlicences = \"\"\nparties = [{{ role = \"employer\", subject = \"{FIRM}\" }}, {{ role = \"recruiter\", subject = \"{recruiter}\" }}]"
    );
    world.say("company", &statement("attest", &names));
    world.grant("roots", "wide-ministry", Role::Authority, &[], &[]);
    let licence = format!("subjects = [\"{LICENCE}\", \"{recruiter}\"]");
    world.say("wide-ministry", &statement("licence", &licence));
    // It names the licence and not the recruiter.
    let status = world.say("ministry", &statement("status", ""))[0];
    let history = world.history(&[SITE], &world.policy(""));
    assert!(history.entry(status).is_some());
    let related: Vec<_> = history
        .related()
        .iter()
        .map(|id| id.as_str().to_owned())
        .collect();
    assert!(related.contains(&LICENCE.to_owned()) && related.contains(&recruiter.to_owned()));
}

#[test]
fn more_ids_than_are_read_are_admitted_to() {
    let mut world = market();
    let many = |from: u32| {
        let ids: Vec<_> = (from..from + 14)
            .map(|n| format!("\"lic:XA-LAB:N-{n}\""))
            .collect();
        let listed = ids.join(", ");
        format!(
            "subjects = [\"{SITE}\", \"{FIRM}\", {listed}]\n[claim]\nlicences = [{listed}]\nparties = [{{ role = \"employer\", subject = \"{FIRM}\" }}]"
        )
    };
    for batch in 0..18 {
        world.say("company", &statement("attest", &many(batch * 14)));
    }
    assert!(!world.history(&[SITE], &world.policy("")).is_truncated());
    world.say("company", &statement("attest", &many(18 * 14)));
    let history = world.history(&[SITE], &world.policy(""));
    assert!(history.is_truncated());
    assert_eq!(history.related().len(), 256);
}
