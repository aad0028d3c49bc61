//! A log and its witnesses, which are real and reached through transports that fail as told.

use super::*;
use crate::store::accusations::Accusations;
use crate::store::records::Records;
use crate::store::witnessed::{LogKey, Witnessed};
use crate::witness::{Cosigned, Witness};
use fairtrail::client::{Request, Response, TransportError};
use fairtrail::key::SecretKey;
use fairtrail::log::Origin;
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use std::collections::BTreeMap;
use std::sync::Mutex;

const ORIGIN: &str = "log.example/one/e1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Up,
    Down,
    Garbage,
    Hangs,
    Refuses,
    /// Answers, and shows nothing of what it holds.
    Silent,
}

/// One witness and how it is at present.
#[derive(Clone)]
struct Reached {
    witness: Arc<Witness>,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<u32>>,
}

impl Transport for Reached {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let Some((_, content)) = request.content else {
            return Ok(self.latest(request.path));
        };
        assert_eq!(request.path, "/add-checkpoint");
        *self.asked.lock().unwrap() += 1;
        let mood = *self.mood.lock().unwrap();
        let answer = |status, body: String| Response {
            status,
            retry_after: None,
            body: body.into_bytes(),
        };
        match mood {
            Mood::Up | Mood::Silent => {}
            Mood::Down => return Err(TransportError::Timeout),
            Mood::Garbage => return Ok(answer(200, "ok\n".into())),
            Mood::Hangs => std::thread::sleep(Duration::from_secs(3)),
            Mood::Refuses => return Ok(answer(403, "{}".into())),
        }
        Ok(match self.witness.add_checkpoint(content) {
            Cosigned::Line(line) => answer(200, format!("{line}\n")),
            Cosigned::Conflict(size) => answer(409, format!("{size}\n")),
            Cosigned::Refused(refusal) => panic!("{refusal}"),
        })
    }
}

impl Reached {
    fn latest(&self, path: &str) -> Response {
        let hash = path.strip_prefix("/witness/").unwrap();
        let hash = hash.strip_suffix("/checkpoint").unwrap();
        let hash = data_encoding::HEXLOWER.decode(hash.as_bytes()).unwrap();
        let note = self.witness.latest(&hash).unwrap();
        let shown = *self.mood.lock().unwrap() == Mood::Up;
        Response {
            status: if shown { 200 } else { 404 },
            retry_after: None,
            body: note.unwrap().into_bytes(),
        }
    }
}

struct Leaves;

impl Proofs for Leaves {
    fn consistency(&self, old: TreeSize, new: TreeSize) -> Option<Vec<Hash>> {
        tree(new.get()).consistency(old, new).ok()
    }
}

fn tree(size: u64) -> Tree {
    Tree::from_leaves((0..size).map(|leaf| leaf_hash(&leaf.to_le_bytes()))).unwrap()
}

fn log() -> NoteSigner {
    NoteSigner::new(ORIGIN.parse().unwrap(), SecretKey::from_seed([1; 32]))
}

fn key(number: u8) -> Cosigner {
    let name = format!("w{number}.example/w/witness");
    Cosigner::new(name.parse().unwrap(), SecretKey::from_seed([number; 32]))
}

/// A log with three witnesses, numbered from 10.
struct World {
    _dir: tempfile::TempDir,
    reached: BTreeMap<String, Reached>,
    plan: Plan,
    proofs: Arc<Leaves>,
}

impl World {
    fn new(quorum: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let asked = [10, 11, 12].map(|number| AskedWitness {
            url: "http://127.0.0.1".parse().unwrap(),
            key: key(number).verifier().clone(),
            optional: false,
        });
        let reached = [10, 11, 12].map(|number| {
            let own: Origin = format!("w{number}.example/w/e1").parse().unwrap();
            let records = Records::new(dir.path(), &own);
            let listed = Witnessed::open(&dir.path().join(format!("{number}"))).unwrap();
            let line = LogKey::parse(&log().verifier().to_string()).unwrap();
            records.create(line.origin()).unwrap();
            listed.replace(&[line]).unwrap();
            let accusations = Accusations::new(&dir.path().join("fraud"));
            let clock: crate::clock::Clock = Arc::new(|| at(100));
            let witness = Witness::new(key(number), listed, Box::new(records), accusations, clock);
            let reached = Reached {
                witness: Arc::new(witness),
                mood: Arc::new(Mutex::new(Mood::Up)),
                asked: Arc::default(),
            };
            (key(number).verifier().name().to_string(), reached)
        });
        let plan = Plan {
            witnesses: asked.to_vec(),
            quorum,
            fail_open: false,
            time: Duration::from_secs(2),
        };
        Self {
            _dir: dir,
            reached: reached.into(),
            plan,
            proofs: Arc::new(Leaves),
        }
    }

    fn asking(&self) -> Asking {
        let through = |asked: &AskedWitness| -> Box<dyn Transport> {
            Box::new(self.reached[asked.key.name().as_str()].clone())
        };
        Asking::start_through(&self.plan, log().verifier(), &self.proofs, through).unwrap()
    }

    fn mood(&self, number: u8, mood: Mood) {
        let name = key(number).verifier().name().to_string();
        *self.reached[&name].mood.lock().unwrap() = mood;
    }

    fn asked(&self) -> Vec<u32> {
        let reached = self.reached.values();
        reached
            .map(|reached| *reached.asked.lock().unwrap())
            .collect()
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(seconds).unwrap()
}

fn gather(asking: &mut Asking, size: u64, now: u64) -> Gathered {
    let tree = tree(size);
    let checkpoint = Checkpoint::new(ORIGIN.parse().unwrap(), tree.size(), tree.root()).unwrap();
    let note = checkpoint.sign(&log()).unwrap();
    asking.gather(&checkpoint, &note, at(now)).unwrap()
}

/// Cosignatures gathered, each verified.
fn lines(gathered: &Gathered) -> usize {
    let (Gathered::Enough(note) | Gathered::ShowAnyway(note) | Gathered::TooFew(note)) = gathered
    else {
        return 0;
    };
    let keys = [10, 11, 12].map(|number| key(number).verifier().clone());
    note.verify(&keys).map_or(0, |lines| lines.len())
}

#[test]
fn every_witness_is_asked_with_the_proof_it_wants() {
    let world = World::new(3);
    let mut asking = world.asking();
    for (size, now) in [(3, 1), (3, 2), (9, 3), (40, 4)] {
        let gathered = gather(&mut asking, size, now);
        assert!(matches!(gathered, Gathered::Enough(_)), "{gathered:?}");
        assert_eq!(lines(&gathered), 3);
    }
    assert_eq!(world.asked(), [4, 4, 4]);
    // A log that forgot what they cosigned is told, and proves it.
    let mut again = world.asking();
    assert_eq!(lines(&gather(&mut again, 41, 5)), 3);
    assert_eq!(world.asked(), [6, 6, 6]);
}

#[test]
fn one_that_is_down_is_not_missed_while_enough_are_there() {
    let world = World::new(2);
    let mut asking = world.asking();
    for mood in [Mood::Down, Mood::Garbage, Mood::Refuses] {
        world.mood(11, mood);
        let gathered = gather(&mut asking, 5, 1);
        assert!(matches!(gathered, Gathered::Enough(_)), "{mood:?}");
        assert_eq!(lines(&gathered), 2);
    }
    assert_eq!(world.asked()[1], 1, "it is left alone for a while");
    world.mood(11, Mood::Up);
    assert_eq!(lines(&gather(&mut asking, 7, 2)), 3);
}

#[test]
fn one_that_hangs_holds_up_nobody() {
    let world = World::new(2);
    let mut asking = world.asking();
    world.mood(12, Mood::Hangs);
    let began = instant();
    assert!(matches!(gather(&mut asking, 5, 1), Gathered::Enough(_)));
    assert!(matches!(gather(&mut asking, 6, 2), Gathered::Enough(_)));
    assert!(
        began.elapsed() < Duration::from_millis(2_500),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(world.asked()[2], 1, "it still owes an answer");
}

#[test]
fn below_the_quorum_nothing_is_enough_unless_stated() {
    let mut world = World::new(3);
    world.mood(10, Mood::Down);
    let gathered = gather(&mut world.asking(), 5, 1);
    assert!(matches!(gathered, Gathered::TooFew(_)));
    assert_eq!(lines(&gathered), 2, "what came is kept");
    world.plan.fail_open = true;
    assert!(matches!(
        gather(&mut world.asking(), 6, 1),
        Gathered::ShowAnyway(_)
    ));
    // One that is optional is asked, and not counted.
    world.plan.fail_open = false;
    world.plan.quorum = 2;
    world.plan.witnesses[0].optional = true;
    let gathered = gather(&mut world.asking(), 7, 1);
    assert!(matches!(gathered, Gathered::Enough(_)));
    world.mood(10, Mood::Up);
    assert_eq!(lines(&gather(&mut world.asking(), 8, 1)), 3);
    world.mood(11, Mood::Down);
    let gathered = gather(&mut world.asking(), 9, 1);
    assert!(matches!(gathered, Gathered::TooFew(_)));
    assert_eq!(lines(&gathered), 2);
}

#[test]
fn a_larger_tree_that_a_witness_holds_is_believed_only_with_the_logs_signature() {
    let world = World::new(3);
    assert_eq!(lines(&gather(&mut world.asking(), 9, 1)), 3);
    // A restored copy of the log, which does not know.
    let Gathered::Ahead(head) = gather(&mut world.asking(), 5, 2) else {
        panic!("not found out");
    };
    assert_eq!((head.size.get(), head.root), (9, tree(9).root()));
    // Without being shown it is the witnesses' word, and they do not count.
    for number in [10, 11, 12] {
        world.mood(number, Mood::Silent);
    }
    let gathered = gather(&mut world.asking(), 5, 2);
    assert!(matches!(gathered, Gathered::TooFew(_)));
    assert_eq!(lines(&gathered), 0);
}
