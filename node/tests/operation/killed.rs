//! Killed in the middle: begun anew, gone on with, or refused.

use std::process::Command;
use std::time::Duration;

use crate::recovery::{caught_up, followed};

/// Kills a command after a while; whether it had ended by itself.
fn killed_after(mut command: Command, millis: u64) -> bool {
    command.stdout(std::process::Stdio::null());
    command.stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(millis));
    // It may have ended already.
    let _ = child.kill();
    child.wait().unwrap().success()
}

#[test]
fn backup_restore_and_recovery_survive_being_killed_anywhere() {
    let (mut node, follower, mut root) = followed();
    for _ in 0..8 {
        node.submit(&root.pulses(100));
    }
    caught_up(&node, &follower, 801);
    let (entries, checkpoint) = (node.entries(), node.checkpoint());
    let early = node.backup("early");
    node.submit(&root.pulses(250));
    node.submit(&root.pulses(250));
    caught_up(&node, &follower, 1_301);
    let last = node.checkpoint();

    let backup = node.path("late");
    let mut ended = 0;
    for millis in [1, 5, 10, 15, 20, 30, 40, 60] {
        let mut command = node.command(&["backup"]);
        command.arg(&backup);
        ended += u32::from(killed_after(command, millis));
        // The manifest comes last: with it the backup is whole, whatever was killed after.
        if ended > 0 || backup.join("manifest.json").exists() {
            ended += 1;
            break;
        }
        let (status, text) = node.tool(&["restore"], &[backup.to_str().unwrap()]);
        assert_ne!(status, 0, "{text}");
    }
    if ended == 0 {
        node.backup("late");
    }
    node.lose();

    let mut ended = false;
    for millis in [1, 5, 10, 20, 30, 50, 80] {
        let mut command = node.command(&["restore"]);
        command.arg(&early);
        ended = killed_after(command, millis);
        if ended {
            break;
        }
        // What is left is no log, or one that signs nothing.
        let (status, text) = node.start_refused();
        assert!(status == 78 || status == 1, "{status}: {text}");
        if status == 78 {
            ended = true;
            break;
        }
    }
    if !ended {
        node.restore(&early);
    }
    for millis in [20, 60, 100, 150, 200, 300] {
        let mut command = node.command(&["recover", "--from"]);
        command.arg(follower.url());
        if killed_after(command, millis) {
            break;
        }
        assert_eq!(node.start_refused().0, 78);
    }
    let (status, text) = node.recover(&[&follower]);
    assert_eq!(status, 0, "{text}");
    node.start();
    crate::peer::wait_until("everything is shown again", || node.size() == 1_301);
    assert_eq!(node.checkpoint(), last);
    assert_eq!(&node.entries()[..801], &entries[..]);
    assert_eq!(checkpoint.size().get(), 801);
    node.stop();
    let (status, text) = node.tool(&["fsck"], &[]);
    assert_eq!(status, 0, "{text}");
}
