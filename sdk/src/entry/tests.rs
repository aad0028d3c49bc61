use super::*;
use crate::cbor::encode;
use crate::id::{AuthorId, EntryId, NetworkId};
use crate::key::SecretKey;
use crate::reason::Reason;
use crate::time::Timestamp;
use proptest::prelude::*;

const NOW: u64 = 1_790_000_000;

fn now() -> Timestamp {
    Timestamp::new(NOW).unwrap()
}

fn key() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn position() -> Position {
    Position {
        network: NetworkId::new([9; 32]),
        feed: AuthorId::new([8; 32]),
        seq: 3,
        prev: EntryId::new([7; 32]),
        grant: Some(crate::id::GrantId::new([6; 32])),
    }
}

fn draft() -> Draft {
    let claim = Body {
        salt: [5; 16],
        bytes: vec![0xa1, 0x01, 0x01],
    };
    let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
    Draft::statement("finding".parse().unwrap(), subjects, claim, now())
}

fn code(header: &Header) -> Option<Reason> {
    let subject = header
        .subjects
        .first()
        .map_or_else(|| "x".to_owned(), ToString::to_string);
    let issuer = header
        .feed
        .map_or_else(|| key().public().id().to_string(), |f| f.to_string());
    let protected = Protected {
        key: key().public().id(),
        issuer,
        subject,
        issued_at: now(),
    };
    SignedEntry::sign(&protected, header, &key())
        .err()
        .map(|error| error.code())
}

#[test]
fn an_ordinary_entry_is_near_460_bytes_and_verifies() {
    let mut draft = draft();
    draft.subjects.push("osid:XA2026001N0RTHW".parse().unwrap());
    draft.basis = vec![Basis::WorkerInterview, Basis::OnSite];
    let entry = draft.sign(&position(), &key()).unwrap();
    assert!(
        (440..=520).contains(&entry.bytes().len()),
        "{}",
        entry.bytes().len()
    );
    assert_eq!(entry.authenticate(&key().public()), Ok(()));
    assert_eq!(
        entry.header().basis,
        [Basis::OnSite, Basis::WorkerInterview]
    );
    let other = SecretKey::from_seed([2; 32]).public();
    assert_eq!(
        entry.authenticate(&other).unwrap_err().code(),
        Reason::SignatureInvalid
    );
}

#[test]
fn the_id_does_not_depend_on_the_signature() {
    let entry = draft().sign(&position(), &key()).unwrap();
    let mut bytes = entry.bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let copy = SignedEntry::parse(&bytes).unwrap();
    assert_eq!(copy.id(), entry.id());
    assert!(copy.authenticate(&key().public()).is_err());
}

#[test]
fn every_flipped_bit_is_refused_or_breaks_the_signature() {
    let entry = draft().sign(&position(), &key()).unwrap();
    for at in 0..entry.bytes().len() {
        for bit in 0..8 {
            let mut bytes = entry.bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let accepted = SignedEntry::parse(&bytes)
                .is_ok_and(|entry| entry.authenticate(&key().public()).is_ok());
            assert!(!accepted, "byte {at} bit {bit}");
        }
    }
}

#[test]
fn frames_of_other_shapes_are_refused() {
    let entry = draft().sign(&position(), &key()).unwrap();
    let bytes = entry.bytes();
    let untagged = &bytes[1..];
    let trailing = [bytes, &[0]].concat();
    let mut unprotected = bytes.to_vec();
    let at = bytes
        .windows(2)
        .position(|pair| pair == [0xa0, 0x58])
        .unwrap();
    unprotected.splice(at..=at, [0xa1, 0x04, 0x40]);
    for bad in [
        untagged,
        &trailing,
        &unprotected,
        &bytes[..bytes.len() - 1],
        &[],
    ] {
        assert_eq!(
            SignedEntry::parse(bad).unwrap_err().code(),
            Reason::FrameInvalid
        );
    }
    let large = vec![0; crate::limits::ENTRY_BYTES + 1];
    assert_eq!(
        SignedEntry::parse(&large).unwrap_err().code(),
        Reason::TooLarge
    );
}

#[test]
fn header_rules_are_enforced_one_by_one() {
    let good = draft().header(&position());
    assert_eq!(code(&good), None);
    let cases: [(Change, Reason); 14] = [
        (|h| h.version = 2, Reason::VersionUnknown),
        (|h| h.feed = None, Reason::SchemaMismatch),
        (|h| h.prev = None, Reason::SchemaMismatch),
        (|h| h.seq = 0, Reason::SchemaMismatch),
        (|h| h.flags = Some(2), Reason::CodeUnknown),
        (|h| h.parts = vec![], Reason::PartsInvalid),
        (|h| h.subjects = vec![], Reason::SchemaMismatch),
        (
            |h| h.basis = vec![Basis::OnSite, Basis::OnSite],
            Reason::NotAscending,
        ),
        (|h| h.parts.push(h.parts[0].clone()), Reason::PartsInvalid),
        (
            |h| h.kind = "author.begin".parse().unwrap(),
            Reason::SchemaMismatch,
        ),
        (
            |h| h.kind = "author.pulse".parse().unwrap(),
            Reason::PartsInvalid,
        ),
        (
            |h| h.claim = Some(RawClaim::of(&NetworkClaim::Pulse(Pulse {}))),
            Reason::SchemaMismatch,
        ),
        (
            |h| h.subjects = many("lei", crate::limits::SUBJECTS + 1),
            Reason::TooLarge,
        ),
        (|h| h.anchor = Some(anchor(0)), Reason::IntegerOutOfRange),
    ];
    for (change, reason) in cases {
        let mut header = good.clone();
        change(&mut header);
        assert_eq!(code(&header), Some(reason), "{header:?}");
    }
    let anchored = Header {
        anchor: Some(anchor(1)),
        ..good.clone()
    };
    assert_eq!(code(&anchored), None);
    let full = Header {
        subjects: many("lei", crate::limits::SUBJECTS),
        ..good
    };
    assert_eq!(code(&full), None);
}

type Change = fn(&mut Header);

fn anchor(size: u64) -> Anchor {
    Anchor {
        origin: "log.example/one/e1".into(),
        size,
        note: [0; 32],
    }
}

fn many(scheme: &str, count: usize) -> Vec<crate::subject::SubjectId> {
    (0..count)
        .map(|n| format!("{scheme}:{n:03}").parse().unwrap())
        .collect()
}

#[test]
fn issuer_and_subject_follow_from_the_header() {
    let header = draft().header(&position());
    let good = Protected {
        key: key().public().id(),
        issuer: position().feed.to_string(),
        subject: header.subjects[0].to_string(),
        issued_at: now(),
    };
    assert!(SignedEntry::sign(&good, &header, &key()).is_ok());
    for bad in [
        Protected {
            issuer: "author:x".into(),
            ..good.clone()
        },
        Protected {
            subject: "lei:other".into(),
            ..good
        },
    ] {
        let refused = SignedEntry::sign(&bad, &header, &key()).unwrap_err();
        assert_eq!(refused.code(), Reason::IssuerMismatch);
    }
}

#[test]
fn network_kinds_have_exactly_their_subjects() {
    let pulse = Draft::network(NetworkClaim::Pulse(Pulse {}), position().feed, now());
    let header = pulse.header(&position());
    assert_eq!(code(&header), None);
    let other = vec![AuthorId::new([1; 32]).into()];
    assert_eq!(
        code(&Header {
            subjects: other,
            ..header
        }),
        Some(Reason::SubjectsMismatch)
    );
}

#[test]
fn grants_and_revocations_hold_fields_together() {
    let grant = Grant {
        to: AuthorId::new([1; 32]),
        role: Role::Company,
        scope: vec![ScopeItem::parse("osid:*").unwrap()],
        from: "2026-01-01".parse().unwrap(),
        to_date: "2027-01-01".parse().unwrap(),
        may_delegate: vec![],
        succeeds: Some(AuthorId::new([2; 32])),
    };
    let entry = |claim| {
        let draft = Draft::network(claim, position().feed, now());
        draft
            .sign(&position(), &key())
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(entry(NetworkClaim::Grant(grant.clone())), Ok(()));
    let bare = Grant {
        scope: vec![],
        ..grant.clone()
    };
    assert_eq!(entry(NetworkClaim::Grant(bare)), Err(Reason::ScopeMissing));
    let twice = Grant {
        may_delegate: vec![Role::Desk, Role::Desk],
        ..grant
    };
    assert_eq!(entry(NetworkClaim::Grant(twice)), Err(Reason::NotAscending));

    let revoke = Revoke {
        sort: RevokeTarget::Grant,
        target: crate::id::GrantId::new([1; 32]),
        author: AuthorId::new([1; 32]),
        kind: RevokeKind::Withdrawn,
        since: now(),
        until: None,
        last_good: None,
    };
    assert_eq!(entry(NetworkClaim::Revoke(revoke.clone())), Ok(()));
    let until = Revoke {
        until: Some(now()),
        ..revoke
    };
    assert_eq!(
        entry(NetworkClaim::Revoke(until)),
        Err(Reason::SchemaMismatch)
    );
}

#[test]
fn scope_items_are_subjects_or_prefixes() {
    let covers = |item: &str, subject: &str| {
        ScopeItem::parse(item)
            .unwrap()
            .covers(&subject.parse().unwrap())
    };
    assert!(covers("osid:*", "osid:XA2026001N0RTHW"));
    assert!(covers("lic:XA-*", "lic:XA-LAB:1"));
    assert!(!covers("lic:XA-*", "lic:XB-LAB:1"));
    assert!(!covers("lei:A", "lei:AB"));
    for bad in ["*", "osid*", "", "osid:", "OSID:*"] {
        assert_eq!(ScopeItem::parse(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = SignedEntry::parse(&bytes);
    }

    #[test]
    fn headers_round_trip(seq in 1..1_000_000_u64, backfill: bool, basis in prop::collection::btree_set(prop::sample::select(Basis::ALL), 0..4)) {
        let mut draft = draft();
        draft.backfill = backfill;
        draft.basis = basis.into_iter().collect();
        let entry = draft.sign(&Position { seq, ..position() }, &key()).unwrap();
        let read = SignedEntry::parse(entry.bytes()).unwrap();
        prop_assert_eq!(encode(read.header()), encode(entry.header()));
        prop_assert_eq!(read.header().is_backfill(), backfill);
    }
}
