//! What has to hold in the end.

use std::collections::BTreeSet;

use fairtrail::entry::Audience;
use fairtrail::fraud::{Accused, FraudFile};
use fairtrail::id::PartDigest;
use fairtrail_node::core::follow::Report;

use crate::liar::Lie;
use crate::sim::Sim;

impl Sim {
    pub(crate) fn judge(&mut self) {
        self.sets();
        self.forks();
        self.erasures();
        self.audiences();
        self.parts();
        self.blame();
        self.proofs();
    }

    /// Whoever cheated is proved to everybody to have, and followed no further.
    fn proofs(&mut self) {
        let checks = &mut self.ctx.checks;
        for node in &self.nodes {
            for author in &self.world.forked {
                let file = node.disk.proofs.get(&Accused::Author(*author));
                let file = file.and_then(|file| FraudFile::parse(file).ok());
                let holds =
                    matches!(file, Some(FraudFile::FeedFork(fork)) if fork.verify().is_ok());
                checks.expect("forks become files everywhere", holds, || {
                    format!("{} has no proof against {author}", node.name())
                });
            }
            for slot in node.live.iter().flat_map(|live| &live.slots) {
                let known = slot.follower.known();
                let accused = Accused::Log(known.origin().clone());
                let proof = node.disk.proofs.contains_key(&accused);
                if proof || known.is_forked() {
                    let both = proof && known.is_forked();
                    checks.expect("a convicted log is followed no further", both, || {
                        format!("{} of {accused}: proof {proof}", node.name())
                    });
                }
            }
        }
    }

    fn sets(&mut self) {
        let checks = &mut self.ctx.checks;
        let mut first: Option<BTreeSet<_>> = None;
        for node in &self.nodes {
            let Some(live) = &node.live else { continue };
            let ids = live.ids();
            let once = ids.len() == live.leaves.len();
            checks.expect("an id stands once", once, || node.name());
            checks.expect(
                "durable is what is answered",
                node.durable_ids() == ids,
                || node.name(),
            );
            let expected = first.get_or_insert_with(|| ids.clone());
            let same = *expected == ids;
            checks.expect("equal sets", same, || {
                let differ: Vec<_> = expected.symmetric_difference(&ids).collect();
                format!("{} differs by {differ:?}", node.name())
            });
        }
        let everywhere = first.unwrap_or_default();
        for submission in self.world.queues.iter().flatten() {
            let id = submission.entry.id();
            checks.expect("nothing lost", everywhere.contains(&id), || id.to_string());
        }
    }

    fn forks(&mut self) {
        let checks = &mut self.ctx.checks;
        for author in &self.world.authors {
            let values: Vec<_> = self
                .nodes
                .iter()
                .filter_map(|node| Some(node.live.as_ref()?.set.feed_value(*author)))
                .collect();
            let same = values.windows(2).all(|pair| pair[0] == pair[1]);
            checks.expect("feed values agree", same, || {
                format!("{author}: {values:?}")
            });
        }
        for author in &self.world.forked {
            for node in &self.nodes {
                let value = node
                    .live
                    .as_ref()
                    .and_then(|live| live.set.feed_value(*author));
                let flagged = value.is_some_and(|value| value.fork.is_some());
                checks.expect("forks are flagged", flagged, || {
                    format!("{} does not see that {author} forked", node.name())
                });
            }
        }
    }

    fn erasures(&mut self) {
        let checks = &mut self.ctx.checks;
        for (entry, part) in &self.world.erased {
            for node in &self.nodes {
                let mut on_disk = node.disk.durable_bodies();
                let mut in_memory = node.live.iter().flat_map(|live| &live.leaves);
                let held = on_disk.any(|found| found == (*entry, *part))
                    || in_memory.any(|leaf| leaf.entry.id() == *entry && leaf.holds(*part));
                checks.expect("erased stays erased", !held, || {
                    format!("{} holds {part} of {entry}", node.name())
                });
            }
        }
    }

    fn audiences(&mut self) {
        let checks = &mut self.ctx.checks;
        for node in &self.nodes {
            let audience = |part: PartDigest| {
                let audience = self.world.audiences.get(&part);
                audience.copied().unwrap_or(Audience::Named)
            };
            let first = node.misplaced(audience).next();
            checks.expect("parts stay with their audience", first.is_none(), || {
                format!(
                    "{} holds a part of {:?}",
                    node.name(),
                    first.map(|(id, _)| id)
                )
            });
        }
    }

    /// Whatever a log had that is followed, this node has, once it may; and where nobody ever
    /// withheld, what is for everybody has reached everybody.
    fn parts(&mut self) {
        let lacking = self.gleaned();
        let checks = &mut self.ctx.checks;
        checks.expect("late parts come", lacking.is_none(), || {
            format!("{lacking:?}")
        });
        if self.liar.is_some() || self.withheld {
            return;
        }
        for node in &self.nodes {
            for leaf in node.live.iter().flat_map(|live| &live.leaves) {
                let id = leaf.entry.id();
                let parts = leaf.entry.header().parts.iter();
                for part in parts.filter(|part| part.audience == Audience::Public) {
                    let erased = self.world.erased.contains(&(id, part.digest));
                    let held = leaf.holds(part.digest);
                    checks.expect("parts come along", held || erased, || {
                        format!("{} lacks {} of {id}", node.name(), part.digest)
                    });
                }
            }
        }
    }

    /// Whoever cheated is caught, and nobody else is.
    fn blame(&mut self) {
        let reports = std::mem::take(&mut self.ctx.checks.reports);
        let liar = self.liar.as_ref();
        let accused = liar.map(|liar| self.ctx.logs[liar.index].origin.to_string());
        let checks = &mut self.ctx.checks;
        checks.count("honest logs are not blamed");
        for (node, origin, report) in &reports {
            let right = Some(origin) == accused.as_ref();
            checks.expect("honest logs are not blamed", right, || {
                format!("n{node} says of {origin}: {report:?}")
            });
            if let (Report::Forked(view), Some(liar)) = (report, liar) {
                let key = self.ctx.logs[liar.index].key(liar.index);
                let proved = view.verify(&key);
                checks.expect("proofs hold offline", proved.is_ok(), || {
                    format!("{proved:?}")
                });
            }
        }
        let Some(liar) = liar else { return };
        for node in &self.nodes {
            let follows = node.follows.contains(&liar.index);
            let mut told = reports.iter().filter(|(by, ..)| *by == node.index);
            match liar.lie {
                Lie::TwoHistories if self.witnesses.contains(&node.index) => {
                    let origin = self.ctx.logs[liar.index].origin.clone();
                    let caught = node.disk.proofs.contains_key(&Accused::Log(origin));
                    checks.expect("two histories are caught", caught, || node.name());
                }
                Lie::BadLeaf if follows => {
                    let refused = |report: &Report| matches!(report, Report::LeafRefused { .. });
                    let caught = told.any(|(_, _, report)| refused(report));
                    checks.expect("bad leaves are told of", caught, || node.name());
                }
                _ => {}
            }
        }
    }
}
