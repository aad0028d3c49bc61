//! Fraud files: proven, refused, and never confused.

use super::stage::Stage;
use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse, SignedEntry};
use fairtrail::fraud::{FeedFork, SplitView};
use fairtrail::id::NetworkId;
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Origin, SignedCheckpoint};
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::time::Timestamp;
use fairtrail_cli::exit::Exit;

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(super::stage::NOW + seconds).unwrap()
}

fn fork() -> FeedFork {
    let network = NetworkId::new([9; 32]);
    let key = SecretKey::from_seed([1; 32]);
    let next = SecretKey::from_seed([2; 32]).public().next_digest();
    let begin = Draft::begin(network, &key, next, at(0)).unwrap();
    let feed = begin.author();
    let child = |second| -> SignedEntry {
        let position = Position {
            network,
            feed,
            seq: 1,
            prev: begin.id(),
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, at(second));
        draft.sign(&position, &key).unwrap()
    };
    let entries = [begin.clone(), child(1), child(2)];
    FeedFork::find(feed, &entries).unwrap()
}

#[test]
fn a_fork_is_proven_offline_by_the_file_alone() {
    let stage = Stage::empty();
    let fork = fork();
    let file = stage.write("a.feed-fork", &fork.to_string());
    let told = stage.line(&["fraud", "verify", &file]).done();
    assert!(told.out.contains("PROVEN"), "{}", told.out);
    assert!(told.out.contains("who held the keys"), "{}", told.out);
    let author = fork.author().to_string();
    let line = ["fraud", "verify", &file, "--author", &author, "--json"];
    let found = stage.line(&line).done().json();
    assert_eq!(found["schema"], "fairtrail/fraud@v1");
    assert_eq!(found["proven"], true);
    assert_eq!(found["fraud"], "feed-fork");
    assert_eq!(found["named_by"], "command-line");
    assert_eq!(found["seq"], 1);
}

#[test]
fn what_proves_nothing_is_told_apart_from_what_cannot_be_read() {
    let stage = Stage::empty();
    let text = fork().to_string();
    let file = stage.write("a.feed-fork", &text);
    let other = NetworkId::new([7; 32]);
    let other = fairtrail::id::AuthorId::new(*other.as_bytes()).to_string();
    let refused = stage.line(&["fraud", "verify", &file, "--author", &other]);
    refused.refused(Exit::Invalid, "proof-invalid");
    let cut = stage.write("b.feed-fork", &text[..text.len() - 9]);
    let refused = stage.line(&["fraud", "verify", &cut]);
    refused.refused(Exit::Invalid, "fraud-malformed");
    let missing = stage.line(&["fraud", "verify", "nothing.feed-fork"]);
    missing.refused(Exit::Operational, "not-found");
}

#[test]
fn a_split_view_is_judged_by_a_key_that_somebody_names() {
    let stage = Stage::empty();
    let origin: Origin = "log.example/one/e1".parse().unwrap();
    let signer = |seed| {
        let name = origin.key_name().unwrap();
        NoteSigner::new(name, SecretKey::from_seed([seed; 32]))
    };
    let key = signer(7);
    let signed = |leaf: &str| {
        let tree = Tree::from_leaves([leaf_hash(leaf.as_bytes())]).unwrap();
        let checkpoint = Checkpoint::new(origin.clone(), tree.size(), tree.root()).unwrap();
        let note = checkpoint.sign(&key).unwrap().to_string();
        SignedCheckpoint::open(note.as_bytes(), key.verifier()).unwrap()
    };
    let view = SplitView::of_one_size(&signed("a"), &signed("b"));
    let file = stage.write("log.split-view", &view.to_string());
    let unnamed = stage.line(&["fraud", "verify", &file]);
    assert_eq!(unnamed.exit, Exit::Usage);
    unnamed.hinted("--log-key");
    let vkey = key.verifier().to_string();
    let line = ["fraud", "verify", &file, "--log-key", &vkey, "--json"];
    let found = stage.line(&line).done().json();
    assert_eq!(found["fraud"], "split-view");
    assert_eq!(found["log"], "log.example/one/e1");
    assert_eq!(found["key"], vkey);
    let stranger = signer(8).verifier().to_string();
    let refused = stage.line(&["fraud", "verify", &file, "--log-key", &stranger]);
    assert_eq!(refused.exit, Exit::Invalid, "{}", refused.err);
    let honest = SplitView::of_one_size(&signed("a"), &signed("a"));
    let file = stage.write("honest.split-view", &honest.to_string());
    let refused = stage.line(&["fraud", "verify", &file, "--log-key", &vkey]);
    refused.refused(Exit::Invalid, "proof-invalid");
}
