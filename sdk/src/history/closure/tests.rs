//! What must hold of any set of links.

use super::*;
use crate::id::{AuthorId, EntryId};
use proptest::prelude::*;

fn id(number: usize) -> SubjectId {
    format!("site:{number:04}").parse().unwrap()
}

fn link(entry: u8, from: usize, to: usize) -> LinkSeen {
    LinkSeen {
        link: Link {
            from: id(from),
            to: id(to),
            relation: "same_site".into(),
            entry: EntryId::new([entry; 32]),
            said_by: AuthorId::new([9; 32]),
        },
        same: true,
        left: None,
        disputed: false,
    }
}

fn of(asked: &BTreeSet<SubjectId>, links: &[LinkSeen]) -> Closure {
    Closure::of(asked, |ids| {
        let touches = |seen: &&LinkSeen| ids.iter().any(|id| seen.link.beyond(id).is_some());
        links.iter().filter(touches).cloned().collect()
    })
}

fn ask(numbers: &[usize]) -> BTreeSet<SubjectId> {
    numbers.iter().map(|number| id(*number)).collect()
}

#[test]
fn the_path_leads_from_what_was_asked() {
    let links = [link(1, 2, 1), link(2, 2, 3), link(3, 3, 4)];
    let closure = of(&ask(&[1]), &links);
    assert_eq!(closure.ids(), [1, 2, 3, 4].map(id));
    let path: Vec<_> = closure.aliases[2]
        .path
        .iter()
        .map(|link| link.entry)
        .collect();
    assert_eq!(path, [1, 2, 3].map(|entry| EntryId::new([entry; 32])));
}

#[test]
fn neighbours_are_listed_and_not_followed() {
    let mut operates = link(1, 1, 2);
    operates.same = false;
    let mut own_word = operates.clone();
    own_word.link.entry = EntryId::new([2; 32]);
    own_word.left = Some(WhyLeft::NotAnAsserter);
    let mut stranger = operates.clone();
    stranger.link.entry = EntryId::new([3; 32]);
    stranger.left = Some(WhyLeft::NotAccepted);
    let closure = of(&ask(&[1]), &[operates, own_word, stranger, link(4, 2, 3)]);
    assert_eq!(closure.ids(), [id(1)]);
    assert_eq!(closure.neighbours.len(), 2);
    assert!(closure.left.is_empty());
}

#[test]
fn what_is_not_followed_is_listed_unless_another_way_leads_there() {
    let mut own_word = link(1, 1, 2);
    own_word.left = Some(WhyLeft::NotAnAsserter);
    let closure = of(&ask(&[1]), std::slice::from_ref(&own_word));
    assert_eq!(closure.left[0].why, WhyLeft::NotAnAsserter);
    let closure = of(&ask(&[1]), &[own_word, link(2, 1, 3), link(3, 3, 2)]);
    assert!(closure.left.is_empty());
    assert_eq!(closure.ids(), [1, 2, 3].map(id));
}

#[test]
fn an_undisputed_way_is_taken_though_it_is_longer() {
    let mut disputed = link(1, 1, 3);
    disputed.disputed = true;
    let closure = of(
        &ask(&[1]),
        &[disputed.clone(), link(2, 1, 2), link(3, 2, 3)],
    );
    assert!(closure.aliases.iter().all(|alias| !alias.disputed));
    assert_eq!(closure.aliases[1].path.len(), 2);
    // What lies behind a disputed link rests on it.
    let closure = of(&ask(&[1]), &[disputed, link(2, 3, 4)]);
    assert!(closure.aliases.iter().all(|alias| alias.disputed));
    assert_eq!(closure.aliases.len(), 2);
}

#[test]
fn depth_and_number_are_bounded_at_n_and_n_plus_one() {
    let chain: Vec<_> = (0..=ALIAS_DEPTH).map(|at| link(1, at, at + 1)).collect();
    let closure = of(&ask(&[0]), &chain[..ALIAS_DEPTH]);
    assert_eq!(closure.ids().len(), ALIAS_DEPTH + 1);
    assert!(closure.left.is_empty());
    let closure = of(&ask(&[0]), &chain);
    assert_eq!(closure.ids().len(), ALIAS_DEPTH + 1);
    assert_eq!(closure.left[0].why, WhyLeft::TooDeep);

    let star: Vec<_> = (1..=ALIAS_IDS).map(|to| link(1, 0, to)).collect();
    let closure = of(&ask(&[0]), &star[..ALIAS_IDS - 1]);
    assert_eq!((closure.ids().len(), closure.left.len()), (ALIAS_IDS, 0));
    let closure = of(&ask(&[0]), &star);
    assert_eq!((closure.ids().len(), closure.left.len()), (ALIAS_IDS, 1));
    assert_eq!(closure.left[0].why, WhyLeft::TooMany);
    assert_eq!(closure.left[0].link.to, id(ALIAS_IDS));
}

fn some_link() -> impl Strategy<Value = LinkSeen> {
    let lefts = prop::option::weighted(0.2, Just(WhyLeft::NotAnAsserter));
    (
        0_u8..8,
        0_usize..8,
        0_usize..8,
        prop::bool::weighted(0.8),
        lefts,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(entry, from, to, same, left, disputed)| LinkSeen {
            same,
            left,
            disputed,
            ..link(entry, from, to)
        })
}

/// One entry says each thing once.
fn distinct(links: Vec<LinkSeen>) -> Vec<LinkSeen> {
    let links = links.into_iter().map(|seen| (seen.link.clone(), seen));
    links.collect::<BTreeMap<_, _>>().into_values().collect()
}

proptest! {
    #[test]
    fn order_never_matters(
        links in prop::collection::vec(some_link(), 0..16),
        asked in prop::collection::btree_set(0_usize..8, 1..3),
        turn in 0_usize..16,
    ) {
        let links = distinct(links);
        let asked = asked.into_iter().map(id).collect();
        let mut turned = links.clone();
        turned.reverse();
        let middle = turn % turned.len().max(1);
        turned.rotate_left(middle);
        prop_assert_eq!(of(&asked, &links), of(&asked, &turned));
    }

    #[test]
    fn the_closure_of_a_closure_is_itself(
        links in prop::collection::vec(some_link(), 0..16),
        asked in 0_usize..8,
    ) {
        let links = distinct(links);
        let once = of(&ask(&[asked]), &links);
        let twice = of(&once.ids().into_iter().collect(), &links);
        prop_assert_eq!(once.ids(), twice.ids());
        prop_assert_eq!(&once.neighbours, &twice.neighbours);
        prop_assert_eq!(&once.left, &twice.left);
    }

    #[test]
    fn every_alias_gives_the_same_ids(
        links in prop::collection::vec(some_link(), 0..16),
        asked in 0_usize..8,
    ) {
        let links = distinct(links);
        let from_one = of(&ask(&[asked]), &links);
        for alias in from_one.ids() {
            let from_other = of(&BTreeSet::from([alias]), &links);
            prop_assert_eq!(from_one.ids(), from_other.ids());
        }
    }

    #[test]
    fn paths_join_and_every_id_is_reached(
        links in prop::collection::vec(some_link(), 0..16),
        asked in 0_usize..8,
    ) {
        let links = distinct(links);
        let closure = of(&ask(&[asked]), &links);
        for alias in &closure.aliases {
            let mut at = id(asked);
            for step in &alias.path {
                at = step.beyond(&at).unwrap().clone();
            }
            prop_assert_eq!(&at, &alias.id);
        }
    }
}
