//! Every statement the real register gives passes what the submission door asks of a draft.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it was skipped"
)]

mod support;

use fairtrail::claim::{Claim, ClaimContext, Effective, LicenceState, TEXT_MEDIA_TYPE, TextPart};
use fairtrail::entry::{Audience, Basis, Draft, PartRole, RefType, Role};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::privacy;
use fairtrail::time::Timestamp;
use fairtrail_cli::import::register::{Coverage, Observation, SourceFile, State, Statements};
use fairtrail_cli::import::{Drafts, Secret};
use std::collections::BTreeSet;

const LISTING: &str = "organisation_name_normalised,route,type_and_rating,snapshot_date\n";
const CHANGES: &str = "observed_on,event,organisation_name_normalised,route,type_and_rating,\
                       previous_type_and_rating\n";
const OBSERVER: AuthorId = AuthorId::new([8; 32]);

fn at(date: &str) -> Timestamp {
    date.parse::<fairtrail::time::Date>().unwrap().start()
}

fn parse(text: &str) -> SourceFile {
    SourceFile::parse(text.as_bytes(), Coverage::Sample).unwrap()
}

fn state(files: &[SourceFile]) -> State {
    let mut state = State::new(Secret::new([7; 32]));
    state.observe(files);
    state
}

fn id(n: usize) -> EntryId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::try_from(n).unwrap().to_be_bytes());
    EntryId::new(bytes)
}

/// The draft of each observation of the plan; the nth is stated by the nth entry.
fn drafts(state: &State, now: Timestamp) -> Vec<(Observation, Draft)> {
    let mut statements = Statements::new(state, OBSERVER, now);
    let salts = |at: usize| [at * 2, at * 2 + 1].map(|n| u128::try_from(n).unwrap().to_be_bytes());
    let mut drafts = Vec::new();
    for (at, observation) in state.pending().into_iter().enumerate() {
        let draft = statements.draft(&observation, salts(at)).unwrap();
        statements.stated(&observation, id(at));
        drafts.push((observation, draft));
    }
    drafts
}

fn claim(draft: &Draft) -> Claim {
    Claim::decode(draft.kind.as_str(), &draft.parts[0].body.bytes).unwrap()
}

fn assert_acceptable(draft: &Draft) {
    let context = ClaimContext {
        subjects: &draft.subjects,
        basis: &draft.basis,
        role: Some(Role::Observer),
        audience: draft.parts[0].audience,
    };
    assert_eq!(draft.basis, [Basis::RegisterLookup]);
    let claim = claim(draft);
    assert_eq!(claim.problems(&context), []);
    assert_eq!(privacy::problems(&claim, &context), []);
    assert!(claim.common().external_ref.is_some());
    for subject in &draft.subjects {
        assert_eq!(subject.check_closed(), Ok(()));
    }
    for part in &draft.parts[1..] {
        assert_eq!(
            (part.role, part.audience),
            (PartRole::Text, Audience::Public)
        );
        assert_eq!(part.media_type.as_deref(), Some(TEXT_MEDIA_TYPE));
        let text = TextPart::decode(&part.body.bytes).unwrap();
        assert_eq!(privacy::text_problems(&text), []);
    }
}

#[test]
fn every_statement_of_the_real_register_is_acceptable() {
    let names = ["register_latest.csv", "status_events.csv"];
    let mut files = Vec::new();
    for name in names {
        let Some(path) = support::shared(&format!("data/uk_sponsor_register/{name}")) else {
            return;
        };
        let bytes = fs_err::read(path).unwrap();
        files.push(SourceFile::parse(&bytes, Coverage::Sample).unwrap());
    }
    let state = state(&files);
    let drafts = drafts(&state, at("2026-08-24"));
    assert_eq!(drafts.len(), 22_523);
    let (mut references, mut salts) = (BTreeSet::new(), BTreeSet::new());
    let mut history = 0_usize;
    for (observation, draft) in &drafts {
        assert_acceptable(draft);
        history += usize::from(draft.backfill);
        let reference = claim(draft).common().external_ref;
        assert!(references.insert(reference.unwrap()), "{observation:?}");
        for part in &draft.parts {
            assert!(salts.insert(part.body.salt));
        }
        // Names stand in text parts and nowhere else.
        if let Observation::Licence(seen) = observation {
            let text = TextPart::decode(&draft.parts[1].body.bytes).unwrap();
            assert_eq!(text.text("name"), Some(seen.name.as_str()));
        }
        let snapshot = match claim(draft) {
            Claim::Licence(licence) => licence.snapshot.is_some() == licence.status.is_some(),
            Claim::LicenceStatus(change) => change.snapshot.is_some(),
            _ => true,
        };
        assert!(snapshot, "{observation:?}");
    }
    // Counted independently: what concerns dates before 2026-07-25.
    assert_eq!(history, 3_909);
}

#[test]
fn an_added_row_is_one_statement_with_the_interval_in_which_it_began() {
    let a = "Worker (A rating)";
    let files = [
        parse(&format!(
            "{CHANGES}2026-01-12,added,first foods,Skilled Worker,{a},\n\
             2026-01-19,added,new foods,Skilled Worker,{a},\n\
             2026-01-26,removed,new foods,Skilled Worker,{a},\n"
        )),
        parse(&format!(
            "{LISTING}first foods,Skilled Worker,{a},2026-01-26\n"
        )),
    ];
    let state = state(&files);
    let drafts = drafts(&state, at("2026-02-20"));
    let about_new: Vec<_> = drafts
        .iter()
        .filter(|(observation, _)| match observation {
            Observation::Licence(seen) => seen.name.as_str() == "new foods",
            Observation::Standing(seen) => seen.name.as_str() == "new foods",
            _ => false,
        })
        .map(|(_, draft)| draft)
        .collect();
    let [licence, gone] = about_new.as_slice() else {
        panic!("{about_new:?}")
    };
    let day = |text: &str| text.parse().unwrap();
    let Claim::Licence(claimed) = claim(licence) else {
        panic!()
    };
    let since = Effective::Between {
        after: Some(day("2026-01-12")),
        by: day("2026-01-19"),
    };
    assert_eq!(claimed.status_since, Some(since));
    assert_eq!(claimed.status, Some(LicenceState::Active));
    assert_eq!(claimed.native_status.as_ref().unwrap().as_str(), "A-rating");
    assert_eq!(claimed.route.as_ref().unwrap().as_str(), "skilled-worker");
    assert_eq!(claimed.first_observed, Some(day("2026-01-19")));
    assert_eq!((claimed.valid_from, claimed.valid_to), (None, None));
    // The list of changes showed it, and is the first of the two files of that day.
    assert_eq!(claimed.snapshot, Some(id(0)));
    assert!(!claimed.unresolved);
    let Claim::LicenceStatus(change) = claim(gone) else {
        panic!()
    };
    assert_eq!(change.status, LicenceState::NotFound);
    assert_eq!((change.native_status, change.snapshot), (None, Some(id(0))));
    assert_eq!(licence.subjects, gone.subjects);
    // 2026-01-19 lies 32 days back, 2026-01-26 lies 25.
    assert!(licence.backfill && !gone.backfill);
}

#[test]
fn a_row_found_to_be_several_supersedes_its_first_statement_and_says_so() {
    let line = "same foods,Skilled Worker,Worker (A rating)";
    let mut state = state(&[parse(&format!("{LISTING}{line},2026-01-05\n"))]);
    for (n, observation) in state.pending().iter().enumerate() {
        state.mark(observation, id(n));
    }
    let again = format!("{LISTING}{line},2026-01-12\n{line},2026-01-12\n");
    state.observe(&[parse(&again)]);
    let drafts = drafts(&state, at("2026-01-13"));
    let [(_, snapshot), (_, licence)] = drafts.as_slice() else {
        panic!("{drafts:?}")
    };
    let Claim::RegisterSnapshot(claimed) = claim(snapshot) else {
        panic!()
    };
    assert_eq!(claimed.previous, Some(id(0)));
    let [reference] = licence.refs.as_slice() else {
        panic!("{:?}", licence.refs)
    };
    assert_eq!(
        (reference.sort, reference.entry),
        (RefType::Supersedes, id(1))
    );
    let Claim::Licence(claimed) = claim(licence) else {
        panic!()
    };
    assert!(claimed.unresolved);
    let text = TextPart::decode(&licence.parts[1].body.bytes).unwrap();
    assert!(text.text("note").unwrap().contains("not told apart"));
    assert_acceptable(licence);
}

#[test]
fn a_row_gone_before_any_known_list_states_no_date_and_no_status() {
    let changes = "2026-01-05,removed,gone foods,Skilled Worker,Worker (A rating),\n";
    let state = state(&[parse(&format!("{CHANGES}{changes}"))]);
    let drafts = drafts(&state, at("2026-01-06"));
    let [(_, snapshot), (_, licence), (_, gone)] = drafts.as_slice() else {
        panic!("{drafts:?}")
    };
    for draft in [snapshot, licence, gone] {
        assert_acceptable(draft);
    }
    let Claim::Licence(claimed) = claim(licence) else {
        panic!()
    };
    assert_eq!((claimed.status, claimed.first_observed), (None, None));
    assert!(licence.backfill && !gone.backfill);
    assert_eq!(snapshot.subjects, [OBSERVER.into()]);
}
