//! A small network from fixed seeds: three roots of which two must agree, one reply desk, and the
//! authors below them. Every organisation is invented.

use fairtrail::charter::{Charter, Terms};
use fairtrail::claim::{
    Claim, ClaimContext, Code, EvidenceStandard, ExternalRef, Finding, Language, Party, PartyRole,
    TEXT_MEDIA_TYPE, TextPart, Topic,
};
use fairtrail::entry::{
    Audience, Basis, Body, Draft, Grant, NetworkClaim, Pair, Position, Ref, RefType, Role, Rotate,
    ScopeItem, SignedEntry,
};
use fairtrail::id::{AuthorId, EntryId, GrantId, NetworkId};
use fairtrail::key::SecretKey;
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;

/// When the network was founded: 2026-09-21.
pub(super) const FOUNDED: u64 = 1_790_000_000;
/// When entries of single cases are written.
pub(super) const NOW: u64 = FOUNDED + 86_400;

/// The secret key whose seed is 32 times `number`. The rotation key of key n is key n + 100.
pub(super) fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

/// An instant.
pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::new(seconds).unwrap()
}

/// A charter author from its key number.
pub(super) fn pair(number: u8) -> Pair {
    let next = secret(number + 100).public().next_digest();
    Pair {
        key: secret(number).public().id(),
        next,
    }
}

/// Pairs in their order.
pub(super) fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

/// The terms of the network: roots 1, 2, 3 of which two must agree, reply desk 4.
pub(super) fn terms() -> Terms {
    let words = Role::ALL.iter().filter(|role| **role != Role::Node);
    Terms {
        version: 1,
        created: at(FOUNDED),
        name: "Coastal Recruitment Ledger".into(),
        roots: sorted([1, 2, 3].map(pair).into()),
        threshold: 2,
        reply_desks: vec![pair(4)],
        roles: sorted(words.map(ToString::to_string).collect()),
        terms: "Say only what you saw or hold a document for. Answer within 30 days.".into(),
        contact: "registrar@coastal-ledger.example".into(),
        licence: "CC BY 4.0".into(),
        envelope: 1,
    }
}

/// The charter of the network.
pub(super) fn charter() -> Charter {
    Charter::new(&terms()).unwrap()
}

/// The network's id.
pub(super) fn network() -> NetworkId {
    charter().network()
}

/// Writes one feed.
#[derive(Debug, Clone)]
pub(super) struct Author {
    /// Number of the key that signs.
    pub key: u8,
    /// The author.
    pub id: AuthorId,
    /// The last entry.
    pub last: EntryId,
    /// Its sequence number.
    pub seq: u64,
    /// The grant cited.
    pub grant: Option<GrantId>,
    /// The first entry.
    pub begin: SignedEntry,
}

impl Author {
    fn begin(key: u8, issued_at: u64) -> Self {
        let next = secret(key + 100).public().next_digest();
        let begin = Draft::begin(network(), &secret(key), next, at(issued_at)).unwrap();
        Self {
            key,
            id: begin.author(),
            last: begin.id(),
            seq: 0,
            grant: None,
            begin,
        }
    }

    /// An author of the charter.
    pub(super) fn of_charter(key: u8) -> Self {
        Self::begin(key, FOUNDED)
    }

    /// An author that acts under a grant; the grant is not needed to know its id.
    pub(super) fn under(key: u8, grant: impl Into<GrantId>) -> Self {
        Self {
            grant: Some(grant.into()),
            ..Self::begin(key, FOUNDED + 10)
        }
    }

    /// Where the next entry goes.
    pub(super) fn position(&self) -> Position {
        let (feed, seq, prev) = (self.id, self.seq + 1, self.last);
        Position {
            network: network(),
            feed,
            seq,
            prev,
            grant: self.grant,
        }
    }

    /// Signs a draft with a key of the caller's choice.
    pub(super) fn post(&mut self, draft: &Draft, key: &SecretKey) -> SignedEntry {
        let entry = draft.sign(&self.position(), key).unwrap();
        self.last = entry.id();
        self.seq += 1;
        entry
    }

    /// Writes a network kind.
    pub(super) fn act(&mut self, claim: NetworkClaim) -> SignedEntry {
        let draft = Draft::network(claim, self.id, at(FOUNDED + 20));
        self.post(&draft, &secret(self.key))
    }

    /// Writes a statement; `salt` tells statements apart.
    pub(super) fn say(&mut self, kind: &str, salt: u8) -> SignedEntry {
        let draft = statement(kind, salt, FOUNDED + 30);
        self.post(&draft, &secret(self.key))
    }

    /// Grants a role.
    pub(super) fn grants(&mut self, grant: &Grant) -> SignedEntry {
        self.act(NetworkClaim::Grant(grant.clone()))
    }

    /// Rotates to the key `new`.
    pub(super) fn rotate(&mut self, new: u8) -> SignedEntry {
        let claim = NetworkClaim::Rotate(rotate(new));
        let draft = Draft::network(claim, self.id, at(FOUNDED + 40));
        let entry = self.post(&draft, &secret(self.key + 100));
        self.key = new;
        entry
    }
}

/// The claim that sets key `new`.
pub(super) fn rotate(new: u8) -> Rotate {
    let next = secret(new + 100).public().next_digest();
    Rotate {
        next,
        key: secret(new).public().id(),
    }
}

/// The id an author under a grant has.
pub(super) fn author(key: u8) -> AuthorId {
    Author::under(key, GrantId::new([0; 32])).id
}

/// A grant that lets `to` speak about legal entities by LEI.
pub(super) fn grant(to: AuthorId, role: Role, may_delegate: &[Role]) -> Grant {
    Grant {
        to,
        role,
        scope: vec![ScopeItem::parse("lei:*").unwrap()],
        from: "2026-01-01".parse().unwrap(),
        to_date: "2030-01-01".parse().unwrap(),
        may_delegate: sorted(may_delegate.to_vec()),
        succeeds: None,
    }
}

/// What an act of the roots is named by.
pub(super) fn act_id(kind: &str, claim: &impl fairtrail::cbor::Encode) -> GrantId {
    let set = fairtrail::admission::AdmittedSet::new(charter());
    set.act_id(kind, &fairtrail::cbor::encode(claim)).into()
}

/// A statement about an invented company with the smallest claim.
pub(super) fn statement(kind: &str, salt: u8, issued_at: u64) -> Draft {
    let claim = Body {
        salt: [salt; 16],
        bytes: vec![0xa1, 0x01, 0x01],
    };
    let subjects = vec!["lei:EXAMPLE00FAIRTRAIL92".parse().unwrap()];
    Draft::statement(kind.parse().unwrap(), subjects, claim, at(issued_at))
}

/// The salt of the finding's claim, and of its text.
pub(super) const SALTS: [[u8; 16]; 2] = [[0x51; 16], [0x52; 16]];

/// The salted bodies of the finding: its claim, and a text for people.
pub(super) fn finding_bodies() -> [Body; 2] {
    let [claim, text] = SALTS;
    let mut description = TextPart::new(Language::new("en").unwrap());
    description
        .insert(
            "description",
            "Workers reported a fee paid to an agent before departure.",
        )
        .unwrap();
    [
        Body {
            salt: claim,
            bytes: finding_claim().encode(),
        },
        Body {
            salt: text,
            bytes: description.encode().unwrap(),
        },
    ]
}

/// A claim that the submission door takes: a finding about fees, as workers reported it.
fn finding_claim() -> Claim {
    let code = |text: &str| Code::new(text).unwrap();
    let found_on = "2026-09-18".parse().unwrap();
    let finding = Finding::new(
        code("EXAMPLE-CODE"),
        code("1.4"),
        Topic::Fees,
        code("major"),
        found_on,
    );
    let agency: SubjectId = SUBJECTS[1].parse().unwrap();
    let role = PartyRole::Recruiter;
    Finding {
        evidence_standard: Some(EvidenceStandard::Reported),
        external_ref: Some(ExternalRef::derive(&[0x5e; 32], b"report 2041, finding 3")),
        parties: [Party {
            role,
            subject: agency.clone(),
        }]
        .into_iter()
        .collect(),
        responsible: Some(agency),
        ..finding
    }
    .into()
}

/// The legal entity and the licence that the finding is about; both invented.
pub(super) const SUBJECTS: [&str; 2] = ["lei:EXAMPLE00FAIRTRAIL92", "lic:XA-LAB:2041"];

/// The draft of an auditor's finding: two subjects, a claim, a text, a reference.
pub(super) fn finding_draft(issued_at: u64) -> Draft {
    let [claim, text] = finding_bodies();
    let subjects = SUBJECTS.map(|subject| subject.parse().unwrap()).into();
    let kind = "finding".parse().unwrap();
    let mut draft = Draft::statement(kind, subjects, claim, at(issued_at)).with_text(
        TEXT_MEDIA_TYPE,
        Audience::Public,
        text,
    );
    draft.basis = vec![Basis::OnSite, Basis::WorkerInterview];
    draft.refs = vec![Ref {
        sort: RefType::About,
        entry: EntryId::new([0x77; 32]),
    }];
    let context = ClaimContext {
        subjects: &draft.subjects,
        basis: &draft.basis,
        role: Some(Role::Auditor),
        audience: Audience::Public,
    };
    assert_eq!(finding_claim().problems(&context), []);
    draft
}

/// Where the single entries of the cases stand: seq 3 of an auditor's feed.
pub(super) fn position() -> Position {
    Position {
        network: network(),
        feed: author(11),
        seq: 3,
        prev: EntryId::new([0x33; 32]),
        grant: Some(GrantId::new([0x66; 32])),
    }
}

/// The key that signs single entries.
pub(super) fn signer() -> SecretKey {
    secret(11)
}

/// An ordinary entry.
pub(super) fn finding(issued_at: u64) -> SignedEntry {
    finding_draft(issued_at)
        .sign(&position(), &signer())
        .unwrap()
}
