//! Files against logs that show one history.

use super::*;
use fairtrail::fraud::{InadmissibleLeaf, LogFraud, ShownLeaf};
use fairtrail::index::Embedded;
use fairtrail::merkle::{Tree, leaf_hash};

/// A leaf that is no entry, or what is said to be one, below a checkpoint signed with a key.
fn garbage(seed: u8, leaf: &[u8]) -> FraudFile {
    let tree = Tree::from_leaves([leaf_hash(b"no entry")]).unwrap();
    let checkpoint = Checkpoint::new(origin(), tree.size(), tree.root()).unwrap();
    let note = checkpoint.sign(&signer(seed)).unwrap().to_string();
    FraudFile::Log(Box::new(LogFraud::InadmissibleLeaf(InadmissibleLeaf {
        note: Embedded(note.into_bytes()),
        leaf: ShownLeaf::new(0, &[], leaf),
    })))
}

fn told(file: &FraudFile) -> Vec<u8> {
    message(Content::Fraud(file.to_bytes()))
}

#[test]
fn another_proof_against_a_log_is_kept_beside_a_split_view_and_ends_nothing() {
    let mut gossip = gossip();
    let (file, accused) = (garbage(1, b"no entry"), Accused::Log(origin()));
    let heard = hear(&mut gossip, &told(&file));
    let keep = Todo::Keep(accused.clone(), Box::new(file.clone()));
    assert_eq!(heard, accept(vec![keep]));
    assert_eq!(hear(&mut gossip, &told(&file)), ignore(Reason::GossipStale));
    assert!(!gossip.is_held(&accused), "it signed one history");
    // The log is heard of as before, and a split view still counts.
    let heard = hear(&mut gossip, &telling(&signed(9, 1)));
    assert_eq!(heard.verdict, Verdict::Accept);
    let split_view = hear(&mut gossip, &told(&split()));
    assert_eq!(split_view.verdict, Verdict::Accept);
    assert!(gossip.is_held(&accused));
    // What a node finds itself it tells, and does not stop following for.
    let mut finder = super::gossip();
    let todo = finder.found(garbage(1, b"no entry"));
    assert!(
        matches!(&todo[..], [Todo::Keep(..), Todo::Publish(_)]),
        "{todo:?}"
    );
}

#[test]
fn what_cannot_be_judged_is_nobodys_fault_and_what_proves_nothing_is() {
    let mut gossip = gossip();
    let unknown = hear(&mut gossip, &told(&garbage(2, b"no entry")));
    assert_eq!(unknown, ignore(Reason::GossipUnknown));
    let wrong = hear(&mut gossip, &told(&garbage(1, b"another leaf")));
    assert_eq!(wrong, reject(Reason::RootMismatch));
    let case = Case::of(&garbage(1, b"no entry")).unwrap();
    assert!(!gossip.holds(&case));
}

#[test]
fn a_file_that_was_judged_is_not_asked_for_again() {
    let mut gossip = gossip();
    let file = garbage(1, b"another leaf");
    let announced = Announced {
        accused: Accused::Log(origin()),
        digest: FraudFile::digest(&file.to_bytes()),
        bytes: file.to_bytes().len(),
    };
    let telling = message(Content::Announced(announced));
    let heard = hear(&mut gossip, &telling);
    let [Todo::Fetch(wanted)] = &heard.todo[..] else {
        panic!("{heard:?}");
    };
    let judged = gossip.fetched(wanted, Some(&file.to_bytes()), &|_| false);
    assert_eq!(judged, reject(Reason::RootMismatch));
    assert_eq!(hear(&mut gossip, &telling), ignore(Reason::GossipStale));
}
