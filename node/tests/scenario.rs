//! Every story of the scenario, judged over a replica in memory, comes out as the file says.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    reason = "a test stops where something is not as it should be"
)]

use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Origin, TlogPolicy};
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::policy::Policy;
use fairtrail::replica::{Reader, Replica};
use fairtrail::time::Timestamp;
use fairtrail_node::demo::{Scenario, World};

const FOUNDED: u64 = 1_830_297_600;

fn world(founded: u64) -> (Scenario, World) {
    let scenario = Scenario::built_in().unwrap();
    let founded = Timestamp::new(founded).unwrap();
    let world = World::build(&scenario, [7; 32], founded).unwrap();
    (scenario, world)
}

/// Logs that each hold the whole world, signed a minute after its founding, and stamped by the node
/// after them.
fn replicas(world: &World, founded: u64, count: u8) -> (Vec<Replica>, Policy) {
    let origin = |number: u8| -> Origin { format!("localhost/demo-{number}/e1").parse().unwrap() };
    let signer = |number: u8| {
        let key = SecretKey::from_seed([number; 32]);
        NoteSigner::new(origin(number).key_name().unwrap(), key)
    };
    let witness = |number: u8| {
        let name = format!("localhost/demo-{number}/witness").parse().unwrap();
        Cosigner::new(name, SecretKey::from_seed([number + 100; 32]))
    };
    let (mut text, mut group) = (String::new(), String::from("group nodes 1"));
    for number in 1..=count {
        text += &format!("log {} http://localhost/\n", signer(number).verifier());
        text += &format!("witness node-{number} {}\n", witness(number).verifier());
        group += &format!(" node-{number}");
    }
    text += &if count == 1 {
        "quorum none\n".to_owned()
    } else {
        format!("{group}\nquorum nodes\n")
    };
    let network = world.charter.network();
    let policy = Policy::parse(&format!(
        "network = \"{network}\"\nrequired_logs = {count}\nlog_policy = \"\"\"\n{text}\"\"\"\n"
    ));

    let submissions = world.arrivals.iter().flat_map(|arrival| &arrival.batch.0);
    let leaves = submissions.clone().map(|one| one.entry.bytes().to_vec());
    let leaves: Vec<_> = leaves.collect();
    let tree = Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap();
    let logs = TlogPolicy::parse(&text).unwrap();
    let replica = |number: u8| {
        let checkpoint = Checkpoint::new(origin(number), tree.size(), tree.root()).unwrap();
        let note = checkpoint.sign(&signer(number)).unwrap();
        let stamp = witness(number % count + 1).cosign(note.text(), founded + 60);
        let note = note.with(stamp.unwrap()).unwrap().to_string();
        let mut replica = Replica::new(world.charter.clone(), origin(number));
        let opened = logs.open(note.as_bytes()).unwrap();
        replica.extend(opened, &leaves).unwrap();
        for body in submissions.clone().flat_map(|one| &one.bodies) {
            replica.add_part(body.clone());
        }
        replica
    };
    ((1..=count).map(replica).collect(), policy.unwrap())
}

/// Every difference of every story, for a world founded on this day and held by so many logs.
fn differences(founded: u64, logs: u8) -> Vec<String> {
    let (scenario, world) = world(founded);
    let (replicas, policy) = replicas(&world, founded, logs);
    let (first, more) = replicas.split_first().unwrap();
    let more: Vec<_> = more.iter().collect();
    let mut wrong = Vec::new();
    let reader = Reader::over(first, &more, &policy, None).unwrap();
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
        .flat_map(|day| differences(FOUNDED + day * DAY, 1))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn three_logs_that_cosign_each_other_tell_every_story_the_same() {
    let wrong = differences(FOUNDED, 3);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_is_spread_over_three_nodes() {
    let (_, world) = world(FOUNDED);
    let nodes: std::collections::BTreeSet<_> = world.arrivals.iter().map(|one| one.node).collect();
    assert!(nodes.into_iter().eq(0..3));
}

#[test]
fn the_same_seed_and_day_give_the_same_bytes() {
    let (_, one) = world(FOUNDED);
    let (_, two) = world(FOUNDED);
    assert_eq!(one.arrivals, two.arrivals);
}
