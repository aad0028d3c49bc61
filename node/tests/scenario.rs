//! Every story of the scenario, judged over a replica in memory, comes out as the file says.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Origin, TlogPolicy};
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::policy::Policy;
use fairtrail::replica::Replica;
use fairtrail::time::Timestamp;
use fairtrail_node::demo::{Scenario, World};

const FOUNDED: u64 = 1_830_297_600;

fn world(founded: u64) -> (Scenario, World) {
    let scenario = Scenario::built_in().unwrap();
    let founded = Timestamp::new(founded).unwrap();
    let world = World::build(&scenario, [7; 32], founded).unwrap();
    (scenario, world)
}

/// One log that holds the whole world, signed and stamped a minute after its founding.
fn replica(world: &World, founded: u64) -> (Replica, Policy) {
    let origin: Origin = "localhost/demo/e1".parse().unwrap();
    let signer = NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32]));
    let name = "localhost/demo/witness".parse().unwrap();
    let witness = Cosigner::new(name, SecretKey::from_seed([2; 32]));
    let text = format!(
        "log {} http://localhost/\nwitness own {}\nquorum none\n",
        signer.verifier(),
        witness.verifier()
    );
    let network = world.charter.network();
    let policy = Policy::parse(&format!(
        "network = \"{network}\"\nlog_policy = \"\"\"\n{text}\"\"\"\n"
    ));
    let policy = policy.unwrap();

    let submissions = world.arrivals.iter().flat_map(|arrival| &arrival.batch.0);
    let leaves: Vec<_> = submissions
        .clone()
        .map(|s| s.entry.bytes().to_vec())
        .collect();
    let tree = Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
    let checkpoint = Checkpoint::new(origin.clone(), tree.size(), tree.root()).unwrap();
    let note = checkpoint.sign(&signer).unwrap();
    let stamp = witness.cosign(note.text(), founded + 60).unwrap();
    let note = note.with(stamp).unwrap().to_string();
    let logs = TlogPolicy::parse(&text).unwrap();
    let mut replica = Replica::new(world.charter.clone(), origin);
    replica
        .extend(logs.open(note.as_bytes()).unwrap(), &leaves)
        .unwrap();
    for body in submissions.flat_map(|submission| &submission.bodies) {
        replica.add_part(body.clone());
    }
    (replica, policy)
}

/// Every difference of every story, for a world founded on this day.
fn differences(founded: u64) -> Vec<String> {
    let (scenario, world) = world(founded);
    let (replica, policy) = replica(&world, founded);
    let mut wrong = Vec::new();
    let reader = replica.reader(&policy, None);
    let now = Timestamp::new(founded + 120).unwrap();
    for story in scenario.stories() {
        let verified = story.ask(&world, &reader, &policy, now).unwrap();
        for difference in verified.differences {
            wrong.push(format!(
                "{} {}: {difference:#?}",
                world.today(),
                story.title
            ));
        }
    }
    wrong
}

#[test]
fn every_story_comes_out_as_the_scenario_says_on_days_all_over_a_leap_year() {
    const DAY: u64 = 86_400;
    let wrong: Vec<_> = (0..366)
        .flat_map(|day| differences(FOUNDED + day * DAY))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_seed_and_day_give_the_same_bytes() {
    let (_, one) = world(FOUNDED);
    let (_, two) = world(FOUNDED);
    assert_eq!(one.arrivals, two.arrivals);
}
