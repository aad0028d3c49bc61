use super::*;
use crate::api::FeedView;
use crate::charter::Terms;
use crate::entry::{NetworkClaim, Pulse};
use crate::id::EntryId;
use crate::reason::Reason;
use tempfile::TempDir;

mod gateways;
mod resume;

const GRANT: GrantId = GrantId::new([4; 32]);

fn guard(home: &TempDir) -> PathBuf {
    home.path().join("guard")
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(1_790_000_000 + seconds).unwrap()
}

fn charter(root: Pair) -> Charter {
    let desk = |seed: u8| crate::key::SecretKey::from_seed([seed; 32]).public();
    let terms = Terms {
        version: 1,
        created: at(0),
        name: "Example network".into(),
        roots: vec![root],
        threshold: 1,
        reply_desks: vec![Pair {
            key: desk(1).id(),
            next: desk(2).next_digest(),
        }],
        roles: vec!["auditor".into()],
        terms: "terms".into(),
        contact: "contact".into(),
        licence: "licence".into(),
        envelope: 1,
    };
    Charter::new(&terms).unwrap()
}

/// A root that has begun and been acknowledged.
fn begun(home: &TempDir) -> AuthorDir {
    let mut author = AuthorDir::create(&home.path().join("a"), &guard(home)).unwrap();
    author.join(&charter(author.pair()), at(9)).unwrap();
    let begin = author.begin(Seen::Offline).unwrap().unwrap();
    author.acknowledge(&begin).unwrap();
    author
}

fn pulse(author: &mut AuthorDir, seen: Seen<'_>, seconds: u64) -> Result<Pending, AuthorError> {
    let feed = author.membership()?.author;
    let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, at(seconds));
    let mut signing = author.signing(None, seen)?;
    signing.push(&draft)?;
    signing.finish()
}

fn view(author: &AuthorDir, head: Option<(u64, EntryId)>, forked: bool) -> FeedView {
    FeedView {
        author: author.membership().unwrap().author,
        begun: head.is_some(),
        seq: head.map(|head| head.0),
        head: head.map(|head| head.1),
        key_state: None,
        forked,
        grants: vec![],
    }
}

fn view_of(author: &AuthorDir, head: FeedHead) -> FeedView {
    view(author, Some((head.seq, head.id)), false)
}

/// One gateway says so.
fn says(view: &FeedView) -> Seen<'_> {
    Seen::Gateways(std::slice::from_ref(view))
}

/// By this process: one that is started holds the locks of all tests until it is another program.
fn copy(from: &Path, to: &Path) {
    fs_err::create_dir(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs_err::copy(path, to).unwrap();
        }
    }
}

fn signed(author: &AuthorDir) -> FeedHead {
    author.membership().unwrap().signed.unwrap()
}

#[test]
fn charter_authors_follow_from_the_charter_and_others_from_their_begin() {
    let home = tempfile::tempdir().unwrap();
    let mut root = AuthorDir::create(&home.path().join("root"), &guard(&home)).unwrap();
    let charter = charter(root.pair());
    let id = root.join(&charter, at(9)).unwrap();
    assert_eq!(id, charter.author(root.pair()));
    assert_eq!(root.membership().unwrap().standing, Standing::Root);
    let mut other = AuthorDir::create(&home.path().join("other"), &guard(&home)).unwrap();
    // Even at the charter's own second the begin states another time.
    let id = other.join(&charter, at(0)).unwrap();
    let begin = other.begin(Seen::Offline).unwrap().unwrap();
    let begin = &begin.batch().0[0].entry;
    assert_eq!(begin.author(), id);
    assert_ne!(begin.protected().issued_at, charter.terms().created);
    assert_eq!(other.membership().unwrap().standing, Standing::Granted);
}

#[test]
fn another_charter_is_taken_until_something_was_signed() {
    let home = tempfile::tempdir().unwrap();
    let mut author = AuthorDir::create(&home.path().join("a"), &guard(&home)).unwrap();
    let (one, key) = (charter(author.pair()), new_key().unwrap());
    let two = charter(Pair {
        key: key.public().id(),
        next: author.state().next,
    });
    author.join(&one, at(1)).unwrap();
    author.join(&two, at(2)).unwrap();
    author.begin(Seen::Offline).unwrap();
    assert_eq!(
        author.join(&two, at(3)),
        Ok(author.membership().unwrap().author)
    );
    let network = two.network();
    assert_eq!(
        author.join(&one, at(4)),
        Err(AuthorError::Begun { network })
    );
}

#[test]
fn a_granted_author_needs_a_grant() {
    let home = tempfile::tempdir().unwrap();
    let key = new_key().unwrap().public();
    let charter = charter(Pair {
        key: key.id(),
        next: key.next_digest(),
    });
    let mut author = AuthorDir::create(&home.path().join("a"), &guard(&home)).unwrap();
    let id = author.join(&charter, at(1)).unwrap();
    let refused = pulse(&mut author, Seen::Offline, 1).unwrap_err();
    assert_eq!(refused, AuthorError::NotBegun);
    author.begin(Seen::Offline).unwrap();
    let refused = pulse(&mut author, Seen::Offline, 1).unwrap_err();
    assert_eq!(refused, AuthorError::GrantMissing { author: id });
    author.remember_grant(GRANT).unwrap();
    let pulse = pulse(&mut author, Seen::Offline, 1).unwrap();
    assert_eq!(pulse.batch().0[0].entry.header().grant, Some(GRANT));
}

#[test]
fn after_a_crash_before_sending_the_same_bytes_are_offered() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let one = pulse(&mut author, Seen::Offline, 1).unwrap();
    let path = author.path.clone();
    drop(author);
    let mut author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(author.pending().unwrap(), vec![one.clone()]);
    let two = pulse(&mut author, Seen::Offline, 1).unwrap();
    assert_eq!(two.batch().0[0].entry.header().seq, 2);
    author.acknowledge(&one).unwrap();
    author.acknowledge(&two).unwrap();
    assert_eq!(author.pending().unwrap(), vec![]);
}

#[test]
fn a_crash_between_outbox_and_high_water_signs_nothing_twice() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let path = author.path.clone();
    let before = fs_err::read(path.join(STATE)).unwrap();
    let one = pulse(&mut author, Seen::Offline, 1).unwrap();
    drop(author);
    fs_err::write(path.join(STATE), before).unwrap();
    let mut author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(Some(signed(&author)), one.last());
    assert_eq!(author.pending().unwrap(), vec![one]);
    let two = pulse(&mut author, Seen::Offline, 2).unwrap();
    assert_eq!(two.batch().0[0].entry.header().seq, 2);
}

#[test]
fn a_crash_before_the_outbox_file_is_cleared_only_clears_it() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let path = author.path.clone();
    let one = pulse(&mut author, Seen::Offline, 1).unwrap();
    let bytes = fs_err::read(one.path()).unwrap();
    author.acknowledge(&one).unwrap();
    drop(author);
    fs_err::write(one.path(), bytes).unwrap();
    let author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(author.pending().unwrap(), vec![]);
    assert_eq!(Some(signed(&author)), one.last());
}

#[test]
fn a_restored_backup_refuses_to_sign() {
    let home = tempfile::tempdir().unwrap();
    let author = begun(&home);
    let (path, backup) = (author.path.clone(), home.path().join("backup"));
    drop(author);
    copy(&path, &backup);
    let marks = home.path().join("marks");
    copy(&guard(&home), &marks);
    let mut author = AuthorDir::open(&path, &guard(&home)).unwrap();
    let one = pulse(&mut author, Seen::Offline, 1).unwrap();
    author.acknowledge(&one).unwrap();
    let gateway = view_of(&author, signed(&author));
    drop(author);
    let mut restored = AuthorDir::open(&backup, &marks).unwrap();
    let refused = pulse(&mut restored, says(&gateway), 2).unwrap_err();
    let expected = AuthorError::Behind {
        ours: Some(0),
        gateway: 1,
    };
    assert_eq!(refused, expected);
    assert_eq!(refused.code(), Reason::AuthorBehind);
    assert_eq!(restored.pending().unwrap(), vec![]);
    // Signed from the backup without looking, it shows as a fork as soon as one looks.
    pulse(&mut restored, Seen::Offline, 2).unwrap();
    let refused = pulse(&mut restored, says(&gateway), 3).unwrap_err();
    assert_eq!(refused, AuthorError::Forked { seq: 1 });
}

#[test]
fn a_directory_that_lost_its_memory_does_not_begin_again_unnoticed() {
    let home = tempfile::tempdir().unwrap();
    let mut author = AuthorDir::create(&home.path().join("a"), &guard(&home)).unwrap();
    let id = author.join(&charter(author.pair()), at(9)).unwrap();
    let later = view(&author, Some((3, EntryId::new([3; 32]))), false);
    let refused = author.begin(says(&later)).unwrap_err();
    assert_eq!(refused.code(), Reason::AuthorBehind);
    let same = view(&author, Some((0, id.into())), false);
    assert!(author.begin(says(&same)).unwrap().is_some());
}

#[test]
fn references_stay_the_same() {
    let home = tempfile::tempdir().unwrap();
    let author = begun(&home);
    let secret = author.reference_secret().unwrap();
    let path = author.path.clone();
    drop(author);
    let author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(author.reference_secret(), Ok(secret));
    fs_err::write(path.join(SECRET), "x").unwrap();
    let refused = author.reference_secret().unwrap_err();
    assert_eq!(refused.code(), Reason::StateDamaged);
}

#[test]
fn one_process_holds_the_directory() {
    let home = tempfile::tempdir().unwrap();
    let author = begun(&home);
    let refused = AuthorDir::open(&author.path, &guard(&home)).unwrap_err();
    assert_eq!(refused.code(), Reason::DirectoryLocked);
    assert!(AuthorDir::peek(&author.path).is_ok());
}

fn rotation<'a>(abandon: bool) -> Rotation<'a> {
    Rotation {
        key_file: None,
        grant: None,
        abandon,
        at: at(50),
    }
}

#[test]
fn rotation_replaces_both_keys() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let (path, before) = (author.path.clone(), author.pair());
    let rotated = author.rotate(&rotation(false), Seen::Offline).unwrap();
    let entry = &rotated.batch().0[0].entry;
    assert_eq!(crate::key::next_digest(entry.protected().key), before.next);
    assert_ne!(author.pair(), before);
    drop(author);
    let mut author = AuthorDir::open(&path, &guard(&home)).unwrap();
    let next = pulse(&mut author, Seen::Offline, 51).unwrap();
    assert_eq!(next.batch().0[0].entry.protected().key, author.state().key);
    author.rotate(&rotation(false), Seen::Offline).unwrap();
}

#[test]
fn a_rotation_interrupted_anywhere_is_finished_on_opening() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let path = author.path.clone();
    let state = fs_err::read(path.join(STATE)).unwrap();
    let (old, older) = (path.join(SIGNING), path.join(ROTATION));
    let keys = (fs_err::read(&old).unwrap(), fs_err::read(&older).unwrap());
    author.rotate(&rotation(false), Seen::Offline).unwrap();
    let pair = author.pair();
    drop(author);
    // As if the process had died right after the outbox was written.
    fs_err::rename(&old, path.join("new-signing.key")).unwrap();
    fs_err::rename(&older, path.join("new-rotation.key")).unwrap();
    create_new(&old, &keys.0).unwrap();
    create_new(&older, &keys.1).unwrap();
    fs_err::write(path.join(STATE), state).unwrap();
    let mut author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(author.pair(), pair);
    pulse(&mut author, Seen::Offline, 52).unwrap();
}

#[test]
fn an_abandoning_rotation_leaves_later_entries_behind() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let path = author.path.clone();
    for seconds in 1..4 {
        pulse(&mut author, Seen::Offline, seconds).unwrap();
    }
    let state = fs_err::read(path.join(STATE)).unwrap();
    let rotated = author.rotate(&rotation(true), Seen::Offline).unwrap();
    assert_eq!(rotated.batch().0[0].entry.header().seq, 1);
    assert_eq!(author.pending().unwrap(), vec![rotated.clone()]);
    drop(author);
    // Died after the rotation was kept, before the state was written: the intent stands there.
    let mut before: AuthorState = serde_json::from_slice(&state).unwrap();
    before.membership.as_mut().unwrap().abandoning = true;
    fs_err::write(path.join(STATE), to_json(&before)).unwrap();
    let author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(Some(signed(&author)), rotated.last());
}

#[test]
fn a_rotation_key_kept_elsewhere_is_found_there_and_must_be_the_right_one() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let cold = home.path().join("cold.key");
    fs_err::rename(author.path.join(ROTATION), &cold).unwrap();
    let missing = author.rotate(&rotation(false), Seen::Offline).unwrap_err();
    assert_eq!(missing.code(), Reason::NotFound);
    let wrong = home.path().join("wrong.key");
    write_key(&wrong, &new_key().unwrap(), KeyPurpose::Rotation).unwrap();
    let with = |path| Rotation {
        key_file: Some(path),
        ..rotation(false)
    };
    let refused = author.rotate(&with(&wrong), Seen::Offline).unwrap_err();
    assert_eq!(refused.code(), Reason::StateDamaged);
    author.rotate(&with(&cold), Seen::Offline).unwrap();
}

#[test]
fn damaged_states_and_lax_keys_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let path = author.path.clone();
    let lax = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs_err::set_permissions(path.join(SIGNING), lax).unwrap();
    let refused = pulse(&mut author, Seen::Offline, 1).unwrap_err();
    assert_eq!(refused.code(), Reason::KeyFileLax);
    drop(author);
    fs_err::write(path.join(STATE), b"{}").unwrap();
    let refused = AuthorDir::open(&path, &guard(&home)).unwrap_err();
    assert_eq!(refused.code(), Reason::StateDamaged);
}
