//! From a backup and a follower back to a log that signs.

use fairtrail::api::Batch;
use fairtrail::entry::SignedEntry;
use fairtrail::reason::Reason;

use crate::peer::{Peer, wait_until};
use crate::support::Feed;

/// A node with a root's begin in it, and a follower that is a mirror of it.
pub(crate) fn followed() -> (Peer, Peer, Feed) {
    let (mut node, mut follower) = (Peer::new("hill"), Peer::new("lake"));
    follower.follow(&node, true);
    node.start();
    follower.start();
    let root = Feed::root();
    node.submit(std::slice::from_ref(&root.begin));
    (node, follower, root)
}

/// Waits until the follower holds everything that the node has published.
pub(crate) fn caught_up(node: &Peer, follower: &Peer, size: u64) {
    wait_until("the node publishes", || node.size() == size);
    wait_until("the follower catches up", || {
        follower.size() == size && follower.mirrors(node) == size
    });
}

#[test]
fn what_a_backup_lacks_comes_back_from_a_follower_and_no_size_gets_two_roots() {
    let (mut node, follower, mut root) = followed();
    let mut author = Feed::author(9);
    let granted = root.grant(&mut author);
    node.submit(&[granted, author.begin.clone()]);
    // The backup is made while entries come in.
    let writing = std::thread::scope(|scope| {
        let node = &node;
        let writer = scope.spawn(move || {
            for _ in 0..60 {
                let pulses = root.pulses(10);
                node.submit(&pulses);
            }
            root
        });
        let backup = node.backup("backup");
        (backup, writer.join().unwrap())
    });
    let (backup, mut root) = writing;
    caught_up(&node, &follower, 603);
    let (entries, checkpoint) = (node.entries(), node.checkpoint());
    node.lose();

    let said = node.restore(&backup);
    assert!(said.contains("nothing is signed before"), "{said}");
    // It signs nothing, whoever starts it.
    let (status, text) = node.start_refused();
    assert_eq!(status, 78, "{text}");
    assert!(
        text.contains("[read-only]") && text.contains("recover"),
        "{text}"
    );
    read_only(&mut node, &mut root);
    let (status, text) = node.tool(&["recover"], &[]);
    assert_eq!(status, 78, "{text}");

    let (status, text) = node.recover(&[&follower]);
    assert_eq!(status, 0, "{text}");
    node.start();
    wait_until("everything is shown again", || node.size() == 603);
    assert_eq!(node.checkpoint(), checkpoint);
    assert_eq!(node.entries(), entries);
    // It goes on, and the follower, which would notice a second history, with it.
    let more = root.pulses(1);
    node.submit(&more);
    caught_up(&node, &follower, 604);
    node.stop();
    let (status, text) = node.tool(&["fsck"], &[]);
    assert_eq!(status, 0, "{text}");
}

/// What was shown is shown; nothing is taken or signed.
fn read_only(node: &mut Peer, root: &mut Feed) {
    node.start_with(&["--read-only"]);
    let shown = node.checkpoint();
    let refused = node.try_submit(&root.clone().pulses(1)).unwrap_err();
    assert_eq!(refused.code(), Reason::ReadOnly);
    let (status, problem) = node.admin("/readyz");
    assert_eq!(status, 503);
    assert!(problem.contains("read-only"), "{problem}");
    let (_, metrics) = node.admin("/metrics");
    assert!(metrics.contains("\nfairtrail_read_only 1\n"), "{metrics}");
    let admin = node.admin.to_string();
    let (status, text) = node.tool(&["status"], &["--admin", &admin]);
    assert_eq!(status, 4, "{text}");
    assert!(text.contains("restored, and not recovered"), "{text}");
    assert_eq!(node.checkpoint(), shown);
    assert_eq!(node.entries().len() as u64, shown.size().get());
    node.stop();
    let (status, _) = node.tool(&["status"], &[]);
    assert_eq!(status, 78);
}

#[test]
fn parts_come_back_with_their_entries() {
    let (mut node, mut follower, mut root) = followed();
    let mut author = Feed::author(9);
    let granted = root.grant(&mut author);
    node.submit(&[granted, author.begin.clone()]);
    caught_up(&node, &follower, 3);
    let backup = node.backup("backup");
    let said = author.say(1);
    let part = said.bodies[1].digest();
    node.stop();
    node.seed(vec![Batch(vec![said])]);
    node.start();
    caught_up(&node, &follower, 4);
    node.lose();
    node.restore(&backup);
    let (status, text) = node.recover(&[&follower]);
    assert_eq!(status, 0, "{text}");
    node.start();
    wait_until("everything is shown again", || node.size() == 4);
    let page = node.gateway().parts(0, 256).unwrap();
    assert!(page.parts.iter().any(|(digest, _)| *digest == part));
    follower.stop();
}

#[test]
fn a_guard_that_is_still_there_says_what_is_missing() {
    let (mut node, follower, mut root) = followed();
    caught_up(&node, &follower, 1);
    let backup = node.backup("backup");
    let more: Vec<SignedEntry> = root.pulses(300);
    node.submit(&more[..200]);
    node.submit(&more[200..]);
    caught_up(&node, &follower, 301);
    node.stop();
    fs_err::rename(&node.data, node.path("broken")).unwrap();
    node.restore(&backup);
    let (status, text) = node.start_refused();
    assert_eq!(status, 78, "{text}");
    assert!(text.contains("[rollback-suspected]"), "{text}");
    let (status, text) = node.tool(&["recover"], &[]);
    assert_eq!(status, 78, "{text}");
    assert!(
        text.contains("301 leaves were signed, 1 are here"),
        "{text}"
    );
    let (status, text) = node.recover(&[&follower]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("301, 300 of them fetched"), "{text}");
    // Doing it again finds nothing to do.
    let (status, text) = node.tool(&["recover"], &[]);
    assert_eq!(
        (status, text.as_str()),
        (0, "nothing that was signed is missing\n")
    );
    node.start();
    node.submit(&root.pulses(1));
    caught_up(&node, &follower, 302);
}
