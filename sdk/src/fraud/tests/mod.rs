//! Honest logs are never convicted, whatever of theirs is put together. What holds and what is
//! refused of single files: `specs/vectors/fraud`.

mod stage;

use super::*;
use crate::index::{BadUpdate, Embedded};
use crate::log::Checkpoint;
use stage::{Dice, Stage};

/// Trials in all; one in [`DEAR`] is of a sort that takes long.
const TRIALS: usize = 100_000;
const STAGES: usize = 100;
const DEAR: usize = 50;

/// Puts pieces of honest logs together at random, and says whether they convict.
fn trial(stage: &Stage, dice: &mut Dice, at: usize) -> (Kind, bool) {
    let (log, index) = (stage.log_at(stage.size()), stage.index_checkpoint());
    if at.is_multiple_of(DEAR) {
        return (
            Kind::BadUpdate,
            stage.update(dice).verify(stage.index_key()).is_ok(),
        );
    }
    let note = || Embedded(Vec::new());
    let any = |dice: &mut Dice| stage.leaf(dice.below(stage.size()));
    match dice.below(7) {
        0 => {
            let (listed, leaf) = (stage.listed(dice), any(dice));
            let file = Omission { listed, leaf };
            (Kind::Omission, file.judge(&index).is_ok())
        }
        1 => {
            let listed = stage.listed(dice);
            let position = dice.below(3);
            let own = Stage::posted(&listed, position).filter(|_| dice.below(4) > 0);
            let leaf = own.map(|leaf| stage.leaf(leaf));
            let leaf = leaf.or_else(|| (dice.below(2) == 0).then(|| any(dice)));
            let position = u64::try_from(position).unwrap();
            let file = ForeignPosting {
                listed,
                position,
                leaf,
            };
            (Kind::ForeignPosting, file.judge(&index).is_ok())
        }
        2 => {
            let (note, one, other) = (note(), stage.head(dice), stage.head(dice));
            let file = HeadOrder { note, one, other };
            (Kind::HeadOrder, file.judge(&index).is_ok())
        }
        3 => {
            let signed = stage.log_at(1 + dice.below(stage.size()));
            let file = stage.beside(dice, &signed);
            (Kind::HeadSplit, file.judge(&index, &signed).is_ok())
        }
        4 => (Kind::BrokenPromise, stage.promised(dice, &log)),
        5 => {
            let (note, one, other) = (note(), any(dice), any(dice));
            let file = DuplicateLeaf { note, one, other };
            (Kind::DuplicateLeaf, file.judge(&log).is_ok())
        }
        _ => {
            let of_index = dice.below(2) == 0;
            let leaf = if of_index {
                stage.head(dice)
            } else {
                any(dice)
            };
            let (note, below): (_, &Checkpoint) = (note(), if of_index { &index } else { &log });
            let network = Some(stage.network());
            let file = InadmissibleLeaf { note, leaf };
            (Kind::InadmissibleLeaf, file.judge(below, network).is_ok())
        }
    }
}

#[test]
fn honest_logs_are_never_convicted() {
    let seed = std::env::var("FAIRTRAIL_FRAUD_SEED").ok();
    let seed = seed
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    println!("seed {seed}");
    let (mut dice, mut tried) = (Dice::new(seed), std::collections::BTreeMap::new());
    for number in 0..STAGES {
        let stage = Stage::new(&mut dice);
        for at in 0..TRIALS / STAGES {
            let (kind, convicts) = trial(&stage, &mut dice, at);
            assert!(!convicts, "{kind}: seed {seed}, stage {number}, trial {at}");
            *tried.entry(kind).or_insert(0_usize) += 1;
        }
    }
    println!("{tried:?}");
    assert_eq!(tried.values().sum::<usize>(), TRIALS);
    assert_eq!(tried.len(), Kind::ALL.len());
}

#[test]
fn two_stories_convict_on_the_same_stage() {
    let mut dice = Dice::new(1);
    let stage = Stage::new(&mut dice);
    let (one, other) = (
        stage.leaf(0),
        ShownLeaf {
            index: 1,
            ..stage.leaf(0)
        },
    );
    let file = DuplicateLeaf {
        note: Embedded(Vec::new()),
        one,
        other,
    };
    assert!(
        file.judge(&stage.log_at(stage.size())).is_err(),
        "its path leads elsewhere"
    );
    let twice = stage.twice(0);
    let [one, other] = [0, stage.size()].map(|at| {
        let data = &stage.leaf(0).data.0;
        ShownLeaf::of(&twice, u64::try_from(at).unwrap(), data).unwrap()
    });
    let origin = stage.log_at(1).origin().clone();
    let checkpoint = Checkpoint::new(origin, twice.size(), twice.root()).unwrap();
    let file = DuplicateLeaf {
        note: Embedded(Vec::new()),
        one,
        other,
    };
    assert!(file.judge(&checkpoint).is_ok());
    let update: BadUpdate = stage.update(&mut dice);
    assert!(update.verify(stage.index_key()).is_err());
}
