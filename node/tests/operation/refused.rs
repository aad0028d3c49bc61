//! What no command overrides.

use fairtrail::fraud::SplitView;

use crate::peer::{Peer, wait_until};
use crate::recovery::{caught_up, followed};
use crate::support::{Feed, copy_dir};

#[test]
fn a_copy_that_signed_another_history_never_signs_again() {
    let (mut node, follower, root) = followed();
    caught_up(&node, &follower, 1);
    // What no operator may do: two copies with a guard each.
    let mut copy = Peer::new("hill");
    node.stop();
    for suffix in ["", ".guard", ".keys"] {
        let to = format!("{}{suffix}", copy.data.display());
        fs_err::remove_dir_all(&to).unwrap();
        copy_dir(
            format!("{}{suffix}", node.data.display()).as_ref(),
            to.as_ref(),
        );
    }
    let config = copy.data.join("node.toml");
    let text = fs_err::read_to_string(&config).unwrap();
    let (here, there) = (node.dir.path().display(), copy.dir.path().display());
    fs_err::write(config, text.replace(&here.to_string(), &there.to_string())).unwrap();
    copy.start();
    let mut twin = root.clone();
    copy.submit(&[twin.grant(&mut Feed::author(9))]);
    copy.submit(&twin.pulses(2));
    wait_until("the copy publishes", || copy.size() == 4);
    let backup = copy.backup("backup");
    copy.lose();
    node.start();
    let mut root = root;
    node.submit(&root.pulses(5));
    caught_up(&node, &follower, 6);
    node.stop();

    copy.restore(&backup);
    let (status, text) = copy.recover(&[&follower]);
    assert_eq!(status, 78, "{text}");
    assert!(text.contains("[log-forked]"), "{text}");
    // Both are signed: the file is for everybody, and a second time it is the same one.
    let fraud = copy.data.join("fraud");
    let mut files = fs_err::read_dir(fraud).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    let named = file.display().to_string();
    assert!(text.contains(&named), "{text}");
    let proof: SplitView = fs_err::read_to_string(&file).unwrap().parse().unwrap();
    let key = copy.vkey("log vkey").parse().unwrap();
    let (older, newer) = proof.verify(&key).unwrap();
    assert_eq!((older.size().get(), newer.size().get()), (4, 6));
    let from = ["--json", "--from", &follower.url()].map(str::to_owned);
    let from: Vec<_> = from.iter().map(String::as_str).collect();
    let (status, text) = copy.tool(&["recover"], &from);
    assert_eq!(status, 78, "{text}");
    assert!(text.contains(&format!("\"proof\":{named:?}")), "{text}");
    let (status, text) = copy.start_refused();
    assert_eq!(status, 78, "{text}");
}

#[test]
fn leaves_that_nobody_has_end_the_log_and_a_new_one_takes_over() {
    // A witness saw more than anybody kept.
    let (mut node, mut witness) = (Peer::new("hill"), Peer::new("lake"));
    let key = node.vkey("log vkey");
    assert_eq!(witness.tool(&["witness", "add"], &[&key]).0, 0);
    witness.start();
    node.ask_witness(&witness);
    node.start();
    let mut root = Feed::root();
    node.submit(std::slice::from_ref(&root.begin));
    wait_until("the node publishes", || node.size() == 1);
    let backup = node.backup("backup");
    node.submit(&root.pulses(3));
    wait_until("the node publishes", || node.size() == 4);
    node.lose();
    node.restore(&backup);
    let (status, text) = node.recover(&[&witness]);
    assert_eq!(status, 78, "{text}");
    assert!(text.contains("4 leaves were signed, 1 are here"), "{text}");
    witness.stop();
    // Nobody who could know answers.
    let (status, text) = node.tool(&["recover"], &[]);
    assert_eq!(status, 78, "{text}");
    assert!(text.contains("0 of those who know"), "{text}");
    assert_eq!(node.start_refused().0, 78);

    let mut renewed = Peer::new("moor");
    renewed.lose();
    let more = [
        backup.to_str().unwrap(),
        "--new-origin",
        "hill.example/log/e2",
    ];
    let (status, text) = renewed.tool(&["restore"], &more);
    assert_eq!(status, 0, "{text}");
    renewed.start();
    wait_until("the new log shows it", || renewed.size() == 1);
    assert_eq!(
        renewed.checkpoint().origin().as_str(),
        "hill.example/log/e2"
    );
}

#[test]
fn a_backup_that_was_changed_or_not_finished_is_not_restored_and_nothing_is_overwritten() {
    let (mut node, _follower, mut root) = followed();
    node.submit(&root.pulses(20));
    wait_until("the node publishes", || node.size() == 21);
    let backup = node.backup("backup");
    let name = backup.to_str().unwrap();
    let (status, text) = node.tool(&["backup"], &[name]);
    assert_eq!(
        (status, text.contains("[file-exists]")),
        (1, true),
        "{text}"
    );
    node.stop();
    let (status, text) = node.tool(&["restore"], &[name]);
    assert_eq!(
        (status, text.contains("[file-exists]")),
        (1, true),
        "{text}"
    );
    node.lose();
    let journal = backup.join("data/journal/00000001.seg");
    let whole = fs_err::read(&journal).unwrap();
    for at in [0, whole.len() / 2, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs_err::write(&journal, bytes).unwrap();
        let (status, text) = node.tool(&["restore"], &[name]);
        assert_eq!(
            (status, text.contains("[backup-invalid]")),
            (1, true),
            "{text}"
        );
    }
    fs_err::write(&journal, whole).unwrap();
    let manifest = backup.join("manifest.json");
    let text = fs_err::read_to_string(&manifest).unwrap();
    fs_err::write(&manifest, text.replace("\"size\": 21", "\"size\": 20")).unwrap();
    let (status, said) = node.tool(&["restore"], &[name]);
    assert_eq!(
        (status, said.contains("[backup-invalid]")),
        (1, true),
        "{said}"
    );
    assert!(!node.data.exists(), "nothing was begun");
    fs_err::write(&manifest, text).unwrap();
    node.restore(&backup);
}

#[test]
fn without_keys_nothing_in_a_backup_can_speak_for_the_log() {
    let (mut node, follower, _root) = followed();
    caught_up(&node, &follower, 1);
    let path = node.path("bare");
    let (status, _) = node.tool(&["backup", "--without-keys"], &[path.to_str().unwrap()]);
    assert_eq!(status, 0);
    assert!(!path.join("keys").exists());
    node.lose();
    let said = node.restore(&path);
    assert!(said.contains("missing: put them there"), "{said}");
    assert_eq!(node.start_refused().0, 1);
    let keys = format!("{}.keys", node.data.display());
    copy_dir(format!("{keys}.lost").as_ref(), keys.as_ref());
    assert_eq!(node.start_refused().0, 78);
    let (status, text) = node.recover(&[&follower]);
    assert_eq!(status, 0, "{text}");
    node.start();
}
