mod lesser;

use super::*;
use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse, SignedEntry};
use fairtrail::fraud::{FeedFork, SplitView};
use fairtrail::key::SecretKey;
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::NoteSigner;
use fairtrail::time::Timestamp;

const NETWORK: NetworkId = NetworkId::new([7; 32]);
const PEER: &str = "peer";

pub(crate) fn origin() -> Origin {
    "log.example/two/e1".parse().unwrap()
}

pub(crate) fn signer(seed: u8) -> NoteSigner {
    let name = origin().key_name().unwrap();
    NoteSigner::new(name, SecretKey::from_seed([seed; 32]))
}

pub(crate) fn signed_by(seed: u8, size: u64, root: u8) -> SignedCheckpoint {
    let (size, root) = (TreeSize::new(size).unwrap(), Root::from_bytes([root; 32]));
    let log = signer(seed);
    let checkpoint = Checkpoint::new(origin(), size, root).unwrap();
    let note = checkpoint.sign(&log).unwrap().to_string();
    SignedCheckpoint::open(note.as_bytes(), log.verifier()).unwrap()
}

fn signed(size: u64, root: u8) -> SignedCheckpoint {
    signed_by(1, size, root)
}

fn gossip() -> Gossip {
    let log = KnownLog {
        origin: origin(),
        keys: vec![signer(1).verifier().clone()],
    };
    Gossip::new(NETWORK, [log], [])
}

fn message(content: Content) -> Vec<u8> {
    let network = NETWORK;
    Message { network, content }.to_bytes()
}

fn telling(signed: &SignedCheckpoint) -> Vec<u8> {
    message(Content::Checkpoint(signed.note().to_string().into_bytes()))
}

fn split() -> FraudFile {
    let view = SplitView::of_one_size(&signed(7, 1), &signed(7, 2));
    FraudFile::SplitView(Box::new(view))
}

/// A fork of an author's feed after `path` entries.
fn fork(path: usize, network: NetworkId) -> FeedFork {
    let key = |seed| SecretKey::from_seed([seed; 32]);
    let at = |second| Timestamp::new(1_790_000_000 + second).unwrap();
    let begin = Draft::begin(network, &key(3), key(4).public().next_digest(), at(0)).unwrap();
    let author = begin.author();
    let after = |prev: &SignedEntry, second| {
        let position = Position {
            network,
            feed: author,
            seq: prev.header().seq + 1,
            prev: prev.id(),
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), author, at(second));
        draft.sign(&position, &key(3)).unwrap()
    };
    let mut feed = vec![begin.clone()];
    for second in 0..path {
        feed.push(after(feed.last().unwrap(), second as u64));
    }
    let last = feed.last().unwrap();
    let children = [after(last, 1_000), after(last, 2_000)];
    FeedFork::new(author, vec![begin], feed.split_off(1), children)
}

fn known(_: AuthorId) -> bool {
    true
}

fn hear(gossip: &mut Gossip, bytes: &[u8]) -> Heard {
    gossip.hear(PEER, bytes, &known, 0)
}

#[test]
fn a_newer_checkpoint_is_passed_on_once_and_told_to_whoever_follows() {
    let mut gossip = gossip();
    let newer = telling(&signed(7, 1));
    let heard = hear(&mut gossip, &newer);
    assert_eq!(heard, accept(vec![Todo::Tell(Box::new(signed(7, 1)))]));
    assert_eq!(hear(&mut gossip, &newer), ignore(Reason::GossipStale));
    // A smaller one is not passed on, but may belong to another history.
    let older = hear(&mut gossip, &telling(&signed(5, 1)));
    assert_eq!(older.verdict, Verdict::Ignore(Reason::GossipStale));
    assert_eq!(older.todo, [Todo::Tell(Box::new(signed(5, 1)))]);
    assert_eq!(
        hear(&mut gossip, &telling(&signed(5, 1))),
        ignore(Reason::GossipStale)
    );
    let seen: Vec<_> = gossip.seen().cloned().collect();
    assert_eq!(seen, [signed(7, 1)]);
    // What was followed here is shown beside what was heard.
    assert_eq!(gossip.saw(&signed(6, 1)).len(), 1);
    assert_eq!(gossip.seen().count(), 2);
    assert!(gossip.saw(&signed(7, 1)).is_empty());
    assert_eq!(gossip.seen().count(), 1);
}

#[test]
fn what_nobody_here_can_check_is_not_passed_on() {
    let mut gossip = gossip();
    let verdict = |gossip: &mut Gossip, bytes: &[u8]| hear(gossip, bytes).verdict;
    let forged = telling(&signed_by(2, 7, 1));
    assert_eq!(
        verdict(&mut gossip, &forged),
        Verdict::Reject(Reason::SignatureMissing)
    );
    let mut broken = signed(7, 1).note().to_string().into_bytes();
    let last = broken.len() - 10;
    broken[last] = if broken[last] == b'A' { b'B' } else { b'A' };
    let broken = message(Content::Checkpoint(broken));
    assert!(matches!(verdict(&mut gossip, &broken), Verdict::Reject(_)));
    // More lines than the log's would make many messages of one.
    let line = signer(2).sign(signed(7, 1).note().text());
    let two = signed(7, 1).note().with(line).unwrap().to_string();
    assert_eq!(
        verdict(&mut gossip, &message(Content::Checkpoint(two.into_bytes()))),
        Verdict::Reject(Reason::NoteMalformed)
    );
    let other = Message {
        network: NetworkId::new([8; 32]),
        content: Content::Fraud(split().to_bytes()),
    };
    assert_eq!(
        verdict(&mut gossip, &other.to_bytes()),
        Verdict::Reject(Reason::NetworkMismatch)
    );
    let mut nobody = Gossip::new(NETWORK, [], []);
    for bytes in [
        telling(&signed(7, 1)),
        message(Content::Fraud(split().to_bytes())),
    ] {
        assert_eq!(
            verdict(&mut nobody, &bytes),
            Verdict::Ignore(Reason::GossipUnknown)
        );
    }
    assert_eq!(nobody.seen().count(), 0);
}

#[test]
fn two_checkpoints_of_one_size_become_a_proof() {
    let mut gossip = gossip();
    gossip.saw(&signed(7, 1));
    let heard = hear(&mut gossip, &telling(&signed(7, 2)));
    assert_eq!(heard.verdict, Verdict::Ignore(Reason::LogForked));
    let accused = Accused::Log(origin());
    let published = message(Content::Fraud(split().to_bytes()));
    assert_eq!(
        heard.todo,
        [
            Todo::Keep(accused.clone(), Box::new(split())),
            Todo::Convict(origin()),
            Todo::Publish(published),
        ]
    );
    assert!(gossip.is_held(&accused));
    // Nothing more is heard of that log.
    assert_eq!(
        hear(&mut gossip, &telling(&signed(8, 2))),
        ignore(Reason::LogForked)
    );
    assert!(gossip.found(split()).is_empty());
    gossip.lost(&Case::two_histories(accused.clone()));
    assert_eq!(gossip.found(split()).len(), 3);
}

#[test]
fn a_proof_is_verified_kept_and_passed_on_once() {
    let mut gossip = gossip();
    let bytes = message(Content::Fraud(split().to_bytes()));
    let accused = Accused::Log(origin());
    let heard = hear(&mut gossip, &bytes);
    let todo = vec![
        Todo::Keep(accused.clone(), Box::new(split())),
        Todo::Convict(origin()),
    ];
    assert_eq!(heard, accept(todo));
    assert_eq!(hear(&mut gossip, &bytes), ignore(Reason::GossipStale));
    // So it is after a start.
    let log = KnownLog {
        origin: origin(),
        keys: vec![signer(1).verifier().clone()],
    };
    let mut again = Gossip::new(NETWORK, [log], [Case::two_histories(accused)]);
    assert_eq!(hear(&mut again, &bytes), ignore(Reason::GossipStale));
    assert_eq!(
        hear(&mut again, &telling(&signed(9, 1))),
        ignore(Reason::LogForked)
    );
}

#[test]
fn a_file_that_proves_nothing_is_rejected_and_blames_nobody() {
    let mut gossip = gossip();
    let same = SplitView::of_one_size(&signed(7, 1), &signed(7, 1));
    let by_another = SplitView::of_one_size(&signed_by(2, 7, 1), &signed_by(2, 7, 2));
    let foreign = fork(0, NetworkId::new([8; 32]));
    let cases = [
        (
            FraudFile::SplitView(Box::new(same)).to_bytes(),
            Reason::ProofInvalid,
        ),
        (
            FraudFile::SplitView(Box::new(by_another)).to_bytes(),
            Reason::SignatureMissing,
        ),
        (foreign.to_string().into_bytes(), Reason::NetworkMismatch),
        (b"fairtrail/".to_vec(), Reason::FraudMalformed),
    ];
    for (file, reason) in cases {
        let heard = hear(&mut gossip, &message(Content::Fraud(file)));
        assert_eq!(heard, reject(reason));
    }
    assert!(!gossip.is_held(&Accused::Log(origin())));
    let author = Accused::Author(foreign.author());
    assert!(!gossip.is_held(&author));
}

#[test]
fn the_fork_of_a_known_author_is_offered_to_admission() {
    let mut gossip = gossip();
    let fork = fork(3, NETWORK);
    let file = FraudFile::FeedFork(Box::new(fork.clone()));
    let bytes = message(Content::Fraud(file.to_bytes()));
    let stranger = gossip.hear(PEER, &bytes, &|_| false, 0);
    assert_eq!(stranger, ignore(Reason::GossipUnknown));
    let heard = hear(&mut gossip, &bytes);
    assert_eq!(heard.verdict, Verdict::Accept);
    let offered: Vec<_> = fork.all().cloned().collect();
    let accused = Accused::Author(fork.author());
    assert_eq!(
        heard.todo,
        [Todo::Keep(accused, Box::new(file)), Todo::Offer(offered)]
    );
    assert_eq!(hear(&mut gossip, &bytes), ignore(Reason::GossipStale));
}

#[test]
fn a_large_file_is_announced_asked_for_and_verified_before_it_is_told() {
    let mut finder = gossip();
    let fork = fork(60, NETWORK);
    let file = FraudFile::FeedFork(Box::new(fork.clone()));
    let bytes = file.to_bytes();
    assert!(bytes.len() > GOSSIP_BYTES);
    let todo = finder.found(file);
    let [Todo::Keep(..), Todo::Publish(announcement)] = &todo[..] else {
        panic!("{todo:?}");
    };
    let mut gossip = gossip();
    let heard = hear(&mut gossip, announcement);
    assert_eq!(heard.verdict, Verdict::Ignore(Reason::GossipStale));
    let [Todo::Fetch(wanted)] = &heard.todo[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(wanted.file.bytes, bytes.len());
    assert_eq!(
        hear(&mut gossip, announcement),
        ignore(Reason::QuotaExceeded)
    );
    // Nobody answers, or something else comes.
    let gone = gossip.fetched(wanted, None, &known);
    assert_eq!(gone, ignore(Reason::NotFound));
    let other = gossip.fetched(wanted, Some(&bytes[1..]), &known);
    assert_eq!(other, reject(Reason::ProofInvalid));
    let came = gossip.fetched(wanted, Some(&bytes), &known);
    assert_eq!(came.verdict, Verdict::Accept);
    assert_eq!(came.todo.last(), Some(&Todo::Publish(announcement.clone())));
    assert!(gossip.is_held(&Accused::Author(fork.author())));
    assert_eq!(hear(&mut gossip, announcement), ignore(Reason::GossipStale));
    // Said of one, and about another.
    let mut wrong = wanted.clone();
    wrong.file.accused = Accused::Log(origin());
    let swapped = self::gossip().fetched(&wrong, Some(&bytes), &known);
    assert_eq!(swapped, reject(Reason::ProofInvalid));
}

#[test]
fn a_message_is_bounded_and_has_one_form() {
    let frame = message(Content::Checkpoint(Vec::new())).len();
    // A longer byte string takes two more bytes of length.
    let at_limit = message(Content::Fraud(vec![b'x'; GOSSIP_BYTES - frame - 2]));
    assert_eq!(at_limit.len(), GOSSIP_BYTES);
    assert!(Message::parse(&at_limit).is_ok());
    let above = message(Content::Fraud(vec![b'x'; GOSSIP_BYTES - frame - 1]));
    assert_eq!(Message::parse(&above), Err(Reason::TooLarge));
    assert_eq!(hear(&mut gossip(), &above), reject(Reason::TooLarge));
    let announced = Announced {
        accused: Accused::Log(origin()),
        digest: [1; 32],
        bytes: 1,
    };
    let sound = message(Content::Announced(announced.clone()));
    assert!(Message::parse(&sound).is_ok());
    let none = Announced {
        bytes: 0,
        ..announced
    };
    let none = message(Content::Announced(none));
    assert_eq!(Message::parse(&none), Err(Reason::TooLarge));
    let mut trailing = sound.clone();
    trailing.push(0);
    assert!(Message::parse(&trailing).is_err());
    for end in 0..sound.len() {
        assert!(Message::parse(&sound[..end]).is_err());
    }
    let mut unknown = sound;
    unknown[35] = 3;
    assert_eq!(Message::parse(&unknown), Err(Reason::CodeUnknown));
}

#[test]
fn a_peer_that_says_too_much_is_not_heard_for_a_while() {
    let mut gossip = gossip();
    let bytes = telling(&signed(7, 1));
    let quota = Verdict::Ignore(Reason::QuotaExceeded);
    let mut heard = 0;
    while gossip.hear(PEER, &bytes, &known, 5).verdict != quota {
        heard += 1;
        assert!(heard < 1_000);
    }
    assert_ne!(gossip.hear("another", &bytes, &known, 5).verdict, quota);
    assert_ne!(gossip.hear(PEER, &bytes, &known, 2_000).verdict, quota);
    // One log that signs without end fills nothing but its own measure.
    let mut accepted = 0;
    for size in 8..1_000 {
        let peer = format!("peer {size}");
        let heard = gossip.hear(&peer, &telling(&signed(size, 1)), &known, 2_000);
        accepted += usize::from(heard.verdict == Verdict::Accept);
    }
    assert!(accepted <= 100, "{accepted}");
    assert!(gossip.budgets.peers() <= 512);
}

#[test]
fn so_many_are_kept_and_no_more() {
    let held = (0..FRAUD_FILES - 1).map(|number| {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Case::two_histories(Accused::Author(AuthorId::new(id)))
    });
    let log = KnownLog {
        origin: origin(),
        keys: vec![signer(1).verifier().clone()],
    };
    let mut gossip = Gossip::new(NETWORK, [log], held);
    let bytes = message(Content::Fraud(split().to_bytes()));
    assert_eq!(hear(&mut gossip, &bytes).verdict, Verdict::Accept);
    let fork = fork(0, NETWORK).to_string().into_bytes();
    let heard = hear(&mut gossip, &message(Content::Fraud(fork)));
    assert_eq!(heard, ignore(Reason::QuotaExceeded));
}
