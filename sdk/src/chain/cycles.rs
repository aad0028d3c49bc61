//! Parties that supply each other in a circle.

use std::collections::BTreeSet;

/// The groups of two or more that reach each other, each ascending. `edges` are pairs of positions
/// below `count`.
pub(super) fn cycles(count: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let (mut down, mut up) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for (from, to) in edges {
        if let (Some(down), Some(up)) = (down.get_mut(*from), up.get_mut(*to)) {
            down.push(*to);
            up.push(*from);
        }
    }
    let mut seen = vec![false; count];
    let mut order = Vec::with_capacity(count);
    for start in 0..count {
        visit(start, &down, &mut seen, &mut order);
    }
    // Who is left last going down, first gathers whom it reaches going up.
    let (mut seen, mut groups) = (vec![false; count], Vec::new());
    for start in order.into_iter().rev() {
        let mut group = Vec::new();
        visit(start, &up, &mut seen, &mut group);
        if group.len() > 1 {
            group.sort_unstable();
            groups.push(group);
        }
    }
    groups.sort();
    groups
}

/// Everything reached from `start` that was not seen before, each after what it reaches.
fn visit(start: usize, next: &[Vec<usize>], seen: &mut [bool], left: &mut Vec<usize>) {
    let mut stack = vec![(start, false)];
    while let Some((at, done)) = stack.pop() {
        if done {
            left.push(at);
            continue;
        }
        match seen.get_mut(at) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        stack.push((at, true));
        let further = next.get(at).into_iter().flatten();
        stack.extend(further.map(|to| (*to, false)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn circles_are_found_and_diamonds_are_none() {
        let diamond = BTreeSet::from([(0, 1), (0, 2), (1, 3), (2, 3)]);
        assert!(cycles(4, &diamond).is_empty());
        let circles = BTreeSet::from([(0, 1), (1, 2), (2, 1), (2, 3), (3, 4), (4, 3)]);
        assert_eq!(cycles(5, &circles), [vec![1, 2], vec![3, 4]]);
    }

    proptest! {
        #[test]
        fn a_group_is_who_reaches_each_other(
            edges in prop::collection::btree_set((0_usize..7, 0_usize..7), 0..20),
        ) {
            let mut reach = [[false; 7]; 7];
            for (from, to) in &edges {
                reach[*from][*to] = true;
            }
            for via in 0..7 {
                for from in 0..7 {
                    for to in 0..7 {
                        reach[from][to] |= reach[from][via] && reach[via][to];
                    }
                }
            }
            let found = cycles(7, &edges);
            let pairs = (0..49).map(|pair| (pair / 7, pair % 7));
            for (one, other) in pairs.filter(|(one, other)| one != other) {
                let together = found.iter().any(|g| g.contains(&one) && g.contains(&other));
                prop_assert_eq!(together, reach[one][other] && reach[other][one]);
            }
        }
    }
}
