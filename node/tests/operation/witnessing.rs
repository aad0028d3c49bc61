//! A witness that was restored signs nothing that contradicts what it signed.

use crate::peer::{Peer, wait_until};
use crate::support::Feed;

#[test]
fn a_restored_witness_cosigns_no_more_under_its_old_key() {
    let (mut node, mut witness) = (Peer::new("hill"), Peer::new("lake"));
    let key = node.vkey("log vkey");
    assert_eq!(witness.tool(&["witness", "add"], &[&key]).0, 0);
    witness.start();
    node.ask_witness(&witness);
    node.start();
    let mut root = Feed::root();
    node.submit(std::slice::from_ref(&root.begin));
    wait_until("the node publishes", || node.size() == 1);
    let backup = witness.backup("backup");
    node.submit(&root.pulses(2));
    wait_until("the node publishes", || node.size() == 3);

    // The guard survived: the records in it are the newest, and the witness goes on.
    witness.stop();
    fs_err::rename(&witness.data, witness.path("broken")).unwrap();
    witness.restore(&backup);
    witness.start();
    node.submit(&root.pulses(1));
    wait_until("the witness goes on", || node.size() == 4);

    // The guard is lost: what was cosigned is not known any more.
    witness.lose();
    let said = witness.restore(&backup);
    assert!(said.contains("hill.example/log/e1: no more"), "{said}");
    let (status, text) = witness.tool(&["witness", "add"], &[&key]);
    assert_eq!(
        (status, text.contains("[guard-missing]")),
        (1, true),
        "{text}"
    );
    witness.start_with(&["--read-only"]);
    node.submit(&root.pulses(1));
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(node.size(), 4, "nobody cosigns");
    let (_, list) = witness.tool(&["witness", "list"], &[]);
    assert!(list.contains("nothing is cosigned"), "{list}");
    witness.stop();

    // A new key has signed nothing, and begins.
    let before = witness.vkey("witness vkey");
    assert_eq!(witness.tool(&["witness", "renew"], &[]).0, 0);
    assert_ne!(witness.vkey("witness vkey"), before);
    assert_eq!(witness.tool(&["witness", "add"], &[&key]).0, 0);
    node.stop();
}
