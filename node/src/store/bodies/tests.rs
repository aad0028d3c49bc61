use proptest::prelude::*;

use super::*;
use crate::store::disk::faults;

const SMALL: u32 = 500;

struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["bodies", "documents"] {
            fs_err::create_dir(dir.path().join(name)).unwrap();
        }
        Self { dir }
    }

    fn create(&self) -> Bodies {
        Bodies::create(&self.bodies(), &self.documents(), SMALL).unwrap()
    }

    fn open(&self, end: BodiesEnd) -> Bodies {
        Bodies::open(&self.bodies(), &self.documents(), SMALL, end).unwrap()
    }

    fn bodies(&self) -> PathBuf {
        self.dir.path().join("bodies")
    }

    fn documents(&self) -> PathBuf {
        self.dir.path().join("documents")
    }

    /// Whether any file holds these bytes.
    fn holds(&self, needle: &[u8]) -> bool {
        [self.bodies(), self.documents()].iter().any(|dir| {
            disk::names(dir).unwrap().iter().any(|name| {
                let bytes = fs_err::read(dir.join(name)).unwrap();
                bytes.windows(needle.len()).any(|window| window == needle)
            })
        })
    }
}

fn text(number: u8) -> Vec<u8> {
    format!("part number {number:03} ")
        .repeat(1 + usize::from(number) % 7)
        .into_bytes()
}

fn salt(number: u8) -> [u8; 16] {
    [number ^ 0xa5; 16]
}

fn role(number: u8) -> u8 {
    if number % 5 == 4 {
        ROLE_DOCUMENT
    } else {
        number % 2
    }
}

fn store(bodies: &mut Bodies, numbers: std::ops::Range<u8>) -> Vec<BodyPlace> {
    let texts: Vec<_> = numbers.clone().map(text).collect();
    let parts: Vec<_> = numbers
        .zip(&texts)
        .map(|(number, bytes)| Part {
            digest: [number; 32],
            salt: salt(number),
            role: role(number),
            audience: number % 3,
            bytes,
        })
        .collect();
    bodies.append(&parts).unwrap()
}

fn live(number: u8) -> StoredBody {
    let content = Content::Live {
        salt: salt(number),
        bytes: text(number),
    };
    StoredBody {
        digest: [number; 32],
        role: role(number),
        audience: number % 3,
        content,
    }
}

fn erased(number: u8) -> StoredBody {
    StoredBody {
        content: Content::Erased,
        ..live(number)
    }
}

#[test]
fn bodies_come_back_from_segments_and_documents_after_a_restart() {
    let folder = Folder::new();
    let mut bodies = folder.create();
    let mut places = store(&mut bodies, 0..20);
    bodies.sync().unwrap();
    let mut bodies = folder.open(bodies.end());
    places.extend(store(&mut bodies, 20..40));
    assert!(bodies.end().next.segment > 5);
    let reader = bodies.reader();
    for (number, at) in (0..).zip(&places) {
        assert_eq!(reader.read(*at).unwrap(), live(number));
        assert_eq!(BodyPlace::from_bytes(at.to_bytes()), *at);
    }
    assert_eq!(BodiesEnd::from_bytes(bodies.end().to_bytes()), bodies.end());
    let mut all: Vec<_> = reader.all().map(Result::unwrap).collect();
    all.sort_by_key(|(_, body)| body.digest);
    let expected: Vec<_> = places.into_iter().zip((0..40).map(live)).collect();
    assert_eq!(all, expected);
}

#[test]
fn erased_salt_and_bytes_are_in_no_file_and_the_neighbours_stay() {
    let folder = Folder::new();
    let mut bodies = folder.create();
    let places = store(&mut bodies, 0..20);
    bodies.sync().unwrap();
    for number in [3u8, 4, 11, 19] {
        let crc = crc32c::crc32c(&text(number)).to_le_bytes();
        let needles = [text(number), salt(number).to_vec(), crc.to_vec()];
        assert!(needles.iter().all(|needle| folder.holds(needle)));
        bodies.erase(places[usize::from(number)]).unwrap();
        assert!(!needles.iter().any(|needle| folder.holds(needle)));
        bodies.erase(places[usize::from(number)]).unwrap();
    }
    let bodies = folder.open(bodies.end());
    for (number, at) in (0..).zip(&places) {
        let gone = [3, 4, 11, 19].contains(&number);
        let expected = if gone { erased(number) } else { live(number) };
        assert_eq!(bodies.reader().read(*at).unwrap(), expected);
    }
    assert_eq!(bodies.reader().all().flatten().count(), 20);
}

#[test]
fn an_interrupted_erasure_never_says_erased_too_early_and_can_be_repeated() {
    for operations in 0.. {
        let folder = Folder::new();
        let mut bodies = folder.create();
        let places = store(&mut bodies, 0..3);
        bodies.sync().unwrap();
        faults::after(operations);
        let outcome = bodies.erase(places[1]);
        if !faults::lift() {
            return assert_eq!(outcome, Ok(()));
        }
        assert!(matches!(outcome, Err(BodyError::Io(_))));
        assert_eq!(bodies.erase(places[1]), Err(BodyError::Poisoned));
        let mut bodies = folder.open(bodies.end());
        if bodies.reader().read(places[1]) == Ok(erased(1)) {
            assert!(!folder.holds(&text(1)));
        }
        // A header torn in the middle no longer says how much there was; the bytes are gone by then.
        match bodies.erase(places[1]) {
            Ok(()) => assert!(!folder.holds(&salt(1))),
            Err(error) => assert_eq!(error, BodyError::Damaged { at: places[1] }),
        }
        assert!(!folder.holds(&text(1)));
        assert_eq!(bodies.reader().read(places[2]), Ok(live(2)));
    }
}

#[test]
fn what_no_frame_names_is_overwritten_at_the_next_start() {
    let folder = Folder::new();
    let mut bodies = folder.create();
    let places = store(&mut bodies, 0..7);
    bodies.sync().unwrap();
    let end = bodies.end();
    store(&mut bodies, 7..30);
    bodies.sync().unwrap();
    assert!(folder.holds(&text(8)) && folder.holds(&text(14)));
    let mut bodies = folder.open(end);
    assert_eq!(bodies.end(), end);
    assert!((7..30).all(|number| !folder.holds(&text(number)) && !folder.holds(&salt(number))));
    for (number, at) in (0..).zip(&places) {
        assert_eq!(bodies.reader().read(*at), Ok(live(number)));
    }
    let again = store(&mut bodies, 30..40);
    assert_eq!(bodies.reader().read(again[9]), Ok(live(39)));
}

#[test]
fn lost_segments_and_documents_are_damage_when_read_and_their_places_are_not_reused() {
    let folder = Folder::new();
    let mut bodies = folder.create();
    let places = store(&mut bodies, 0..20);
    bodies.sync().unwrap();
    let end = bodies.end();
    fs_err::remove_file(folder.bodies().join(format!("{:08}.seg", end.next.segment))).unwrap();
    fs_err::remove_file(folder.documents().join("00000001")).unwrap();
    let mut bodies = folder.open(end);
    assert_eq!(bodies.end().next.segment, end.next.segment + 1);
    let lost = |at: &&BodyPlace| bodies.reader().read(**at) == Err(BodyError::Damaged { at: **at });
    assert!(lost(&&places[4]) && lost(&&places[18]));
    assert_eq!(
        bodies.erase(places[4]),
        Err(BodyError::Damaged { at: places[4] })
    );
    assert_eq!(bodies.reader().read(places[0]), Ok(live(0)));
    assert!(bodies.reader().all().filter(Result::is_err).count() >= 2);
    let next = store(&mut bodies, 20..21);
    assert_eq!(bodies.reader().read(next[0]), Ok(live(20)));
}

#[test]
fn no_flipped_bit_gives_other_bytes() {
    let folder = Folder::new();
    let mut bodies = folder.create();
    let places = store(&mut bodies, 0..3);
    let path = folder.bodies().join("00000001.seg");
    let whole = fs_err::read(&path).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs_err::write(&path, &flipped).unwrap();
        for (number, at) in (0..).zip(&places) {
            let read = bodies.reader().read(*at);
            assert!(read == Ok(live(number)) || read == Err(BodyError::Damaged { at: *at }));
        }
    }
}

#[test]
fn lengths_outside_the_limits_are_refused_and_store_nothing() {
    let folder = Folder::new();
    let mut bodies = folder.create();
    let end = bodies.end();
    let part = Part {
        digest: [0; 32],
        salt: [0; 16],
        role: 0,
        audience: 0,
        bytes: b"",
    };
    let max = MAX_BODY_BYTES;
    assert_eq!(
        bodies.append(&[part]),
        Err(BodyError::Length { len: 0, max })
    );
    let large = vec![1; max + 1];
    let refused = bodies.append(&[
        Part {
            bytes: b"x",
            ..part
        },
        Part {
            bytes: &large,
            ..part
        },
    ]);
    assert_eq!(refused, Err(BodyError::Length { len: max + 1, max }));
    assert_eq!(bodies.end(), end);
    let places = bodies
        .append(&[Part {
            bytes: &large[1..],
            role: 2,
            ..part
        }])
        .unwrap();
    assert!(bodies.reader().read(places[0]).is_ok());
    assert_eq!(
        Bodies::create(&folder.bodies(), &folder.documents(), 1).unwrap_err(),
        BodyError::Exists
    );
}

#[test]
fn a_failed_operation_stops_the_bodies_and_loses_nothing_that_was_synced() {
    for operations in 0.. {
        let folder = Folder::new();
        let mut bodies = folder.create();
        let places = store(&mut bodies, 0..10);
        bodies.sync().unwrap();
        let end = bodies.end();
        faults::after(operations);
        let part = Part {
            digest: [9; 32],
            salt: [9; 16],
            role: 2,
            audience: 0,
            bytes: b"more",
        };
        let parts = [
            part,
            Part { role: 0, ..part },
            Part {
                role: 1,
                bytes: &[7; 600],
                ..part
            },
        ];
        let outcome = bodies.append(&parts).and_then(|_| bodies.sync());
        if !faults::lift() {
            return assert_eq!(outcome, Ok(()));
        }
        assert!(matches!(outcome, Err(BodyError::Io(_))));
        assert_eq!(bodies.append(&[]), Err(BodyError::Poisoned));
        assert_eq!(bodies.sync(), Err(BodyError::Poisoned));
        let bodies = folder.open(end);
        assert_eq!(bodies.end(), end);
        for (number, at) in (0..).zip(&places) {
            assert_eq!(bodies.reader().read(*at), Ok(live(number)));
        }
    }
}

proptest! {
    #[test]
    fn no_place_makes_reading_panic(bytes in any::<[u8; 8]>(), offset in 0u32..2000) {
        let folder = Folder::new();
        let mut bodies = folder.create();
        store(&mut bodies, 0..12);
        let near = Location { segment: 1 + offset % 4, offset };
        for at in [BodyPlace::from_bytes(bytes), BodyPlace::from_bytes(near.to_bytes())] {
            if let Ok(body) = bodies.reader().read(at) {
                prop_assert_eq!(&body, &live(body.digest[0]));
            }
        }
    }
}
