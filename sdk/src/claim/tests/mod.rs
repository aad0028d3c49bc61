mod rules;
mod sample;

pub(crate) use sample::{Sample, Source};

use super::*;
use crate::cbor::{Encode, Writer, encode};
use proptest::prelude::*;

/// One claim of every kind, with whatever fields `seed` gives.
fn one_of_each(seed: u64) -> Vec<Claim> {
    let mut source = Source::new(seed);
    vec![
        Profile::sample(&mut source).into(),
        IdLink::sample(&mut source).into(),
        RegisterSnapshot::sample(&mut source).into(),
        Licence::sample(&mut source).into(),
        LicenceStatus::sample(&mut source).into(),
        ContractAttest::sample(&mut source).into(),
        Audit::sample(&mut source).into(),
        Finding::sample(&mut source).into(),
        FindingStatus::sample(&mut source).into(),
        Reply::sample(&mut source).into(),
        RecruitmentAgreement::sample(&mut source).into(),
        Certificate::sample(&mut source).into(),
        CertificateStatus::sample(&mut source).into(),
        AuditStatus::sample(&mut source).into(),
        Remedy::sample(&mut source).into(),
        SupplyLink::sample(&mut source).into(),
        Listing::sample(&mut source).into(),
        GrievanceStat::sample(&mut source).into(),
        Ack::sample(&mut source).into(),
        Withhold::sample(&mut source).into(),
        RulesetAdopt::sample(&mut source).into(),
    ]
}

fn refused(claim: &Claim, bytes: &[u8]) -> Option<Reason> {
    Claim::decode(claim.kind(), bytes)
        .err()
        .map(|error| error.code())
}

/// The claim with one more pair at the end; keys of claims end far below 100.
fn with_pair(claim: &Claim, key: u64, value: &impl Encode) -> Vec<u8> {
    let bytes = claim.encode();
    let (count, head) = match bytes[0] {
        0xb8 => (usize::from(bytes[1]), 2),
        small => (usize::from(small & 0x1f), 1),
    };
    let mut writer = Writer::new();
    writer.map(count.checked_add(1).unwrap());
    [
        writer.into_bytes(),
        bytes[head..].to_vec(),
        encode(&key),
        encode(value),
    ]
    .concat()
}

proptest! {
    #[test]
    fn every_kind_round_trips_in_bytes_and_json(seed: u64) {
        for claim in one_of_each(seed) {
            let bytes = claim.encode();
            prop_assert_eq!(cbor::validate(&bytes, Rules::CLAIM), Ok(()));
            prop_assert_eq!(&Claim::decode(claim.kind(), &bytes), &Ok(claim.clone()));
            let json = serde_json::to_string(&claim).unwrap();
            prop_assert_eq!(serde_json::from_str::<Claim>(&json).unwrap(), claim);
        }
    }

    #[test]
    fn a_claim_of_one_kind_is_refused_or_changed_by_another(seed: u64) {
        for claim in one_of_each(seed) {
            for kind in Claim::KINDS {
                if let Ok(other) = Claim::decode(kind, &claim.encode()) {
                    prop_assert_eq!(other.kind(), *kind);
                    prop_assert_eq!(other.encode(), claim.encode());
                }
            }
        }
    }

    #[test]
    fn unknown_keys_and_text_with_spaces_are_refused(seed: u64) {
        for claim in one_of_each(seed) {
            let unknown = with_pair(&claim, 100, &1_u64);
            prop_assert_eq!(refused(&claim, &unknown), Some(Reason::UnknownField));
            let text = with_pair(&claim, 100, &"two words".to_owned());
            prop_assert_eq!(refused(&claim, &text), Some(Reason::TokenRule));
            let odd = with_pair(&claim, 100, &[0_u8; 20]);
            prop_assert_eq!(refused(&claim, &odd), Some(Reason::TokenRule));
        }
    }

    #[test]
    fn cut_bytes_are_refused(seed: u64, cut in 1_usize..40) {
        for claim in one_of_each(seed) {
            let bytes = claim.encode();
            let end = bytes.len().saturating_sub(cut);
            prop_assert!(Claim::decode(claim.kind(), &bytes[..end]).is_err());
        }
    }

    #[test]
    fn any_claim_is_judged_without_a_panic(seed: u64) {
        let mut source = Source::new(seed);
        let subjects: Set<crate::subject::SubjectId> = Set::sample(&mut source);
        let context = ClaimContext {
            subjects: &subjects,
            basis: &[crate::entry::Basis::OnSite],
            role: Some(Role::Auditor),
            audience: crate::entry::Audience::Public,
        };
        for claim in one_of_each(seed) {
            let problems = claim.problems(&context);
            prop_assert_eq!(claim.checked(&context).is_ok(), problems.is_empty());
        }
    }
}

#[test]
fn empty_optional_fields_are_refused() {
    let reply = Claim::from(Reply::new(Stance::Explains));
    let empty = with_pair(&reply, 17, &Vec::<u64>::new());
    assert_eq!(refused(&reply, &empty), Some(Reason::EmptyOptional));
    let snapshot = Finding::new(
        Code::new("SMETA").unwrap(),
        Code::new("1.1").unwrap(),
        Topic::Fees,
        Code::new("Major").unwrap(),
        "2026-03-01".parse().unwrap(),
    );
    let finding = Claim::from(snapshot);
    let unset = with_pair(&finding, 31, &false);
    assert_eq!(refused(&finding, &unset), Some(Reason::EmptyOptional));
    let no_fees = with_pair(&finding, 38, &Vec::<u64>::new());
    assert_eq!(refused(&finding, &no_fees), Some(Reason::EmptyOptional));
}

#[test]
fn the_edition_is_1_and_required() {
    assert_eq!(
        Claim::decode("reply", &[0xa2, 1, 1, 16, 0])
            .unwrap()
            .encode(),
        [0xa2, 1, 1, 16, 0]
    );
    let code = |bytes: &[u8]| Claim::decode("reply", bytes).map_err(|error| error.code());
    assert_eq!(code(&[0xa2, 1, 2, 16, 0]), Err(Reason::CodeUnknown));
    assert_eq!(code(&[0xa1, 16, 0]), Err(Reason::MissingField));
    assert_eq!(code(&[0xa2, 1, 1, 16, 4]), Err(Reason::CodeUnknown));
    assert_eq!(
        code(&[0xa2, 1, 1, 16, 0xf6]),
        Err(Reason::CborForbiddenItem)
    );
}

#[test]
fn words_of_open_lists_survive() {
    let topic = Topic::new("drowsiness").unwrap();
    assert_eq!(topic, Topic::Other(Code::new("drowsiness").unwrap()));
    assert_eq!(
        cbor::decode::<Topic>(&encode(&topic), Rules::CLAIM),
        Ok(topic)
    );
    assert_eq!(Topic::new("fees"), Ok(Topic::Fees));
    assert!(Topic::new("two words").is_err());
}

#[test]
fn unknown_kinds_have_no_roles_and_are_not_decoded() {
    assert_eq!(
        Claim::decode("remedy.plan", &[0xa1, 1, 1]),
        Err(ClaimError::KindUnknown)
    );
    assert!(!is_known("remedy.plan") && roles_for("remedy.plan").is_empty());
    for kind in Claim::KINDS {
        assert!(is_known(kind) && !roles_for(kind).is_empty());
        assert!(fields_for(kind).is_sorted_by(|a, b| a.0 < b.0));
        assert!(
            !roles_for(kind).contains(&Role::Desk),
            "a desk speaks for its principal"
        );
    }
}

#[test]
fn the_json_view_has_words() {
    let claim = Claim::from(Reply::new(Stance::Corrects));
    let json = serde_json::to_string(&claim).unwrap();
    assert_eq!(json, r#"{"kind":"reply","edition":1,"stance":"corrects"}"#);
    assert!(
        serde_json::from_str::<Claim>(r#"{"kind":"reply","stance":"corrects","x":1}"#).is_err()
    );
}
