//! The parties of a chain and the steps between them, nearest first.

use super::steps::{Step, steps};
use crate::history::Link;
use crate::limits::CHAIN_PARTIES;
use crate::replica::Reader;
use crate::rules::{Question, Verdict, judge};
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A party as it was found.
pub(super) struct Node {
    /// The id by which it was reached.
    pub(super) subject: SubjectId,
    pub(super) tier: u8,
    pub(super) path: Vec<Link>,
    pub(super) verdict: Verdict,
    steps: Vec<Step>,
}

/// A step between two parties that were judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) recruits: bool,
    pub(super) link: Link,
}

/// A chain as far as it was followed.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: BTreeSet<Edge>,
    /// Steps to parties that were not judged: too far, or too many.
    pub(super) cut: BTreeSet<Link>,
    /// Steps that held at another time.
    pub(super) other_times: BTreeSet<Link>,
    /// Parties of which nobody states a step.
    pub(super) ends: Vec<usize>,
}

/// Finds the parties of a chain.
pub(super) struct Finder<'r, 'a> {
    reader: &'r Reader<'a>,
    question: Question,
    nodes: Vec<Node>,
    /// Every id of every party.
    party_of: HashMap<SubjectId, usize>,
}

impl<'r, 'a> Finder<'r, 'a> {
    pub(super) fn new(reader: &'r Reader<'a>, question: Question) -> Self {
        Self {
            reader,
            question,
            nodes: Vec::new(),
            party_of: HashMap::new(),
        }
    }

    /// The chain from a party, `tiers` steps far.
    pub(super) fn run(mut self, subjects: &[SubjectId], tiers: u8) -> Graph {
        let least = subjects.iter().min();
        if let Some(subject) = least {
            self.add(subject, subjects, 0, Vec::new());
        }
        let mut level = 0..self.nodes.len();
        for tier in 1..=tiers {
            let before = self.nodes.len();
            for (to, (from, link)) in self.beyond(level) {
                if self.nodes.len() >= CHAIN_PARTIES {
                    break;
                }
                // It may be another id of a party that was just found.
                if !self.party_of.contains_key(&to) {
                    let mut path = self.nodes.get(from).map_or(Vec::new(), |n| n.path.clone());
                    path.push(link);
                    self.add(&to, std::slice::from_ref(&to), tier, path);
                }
            }
            level = before..self.nodes.len();
        }
        self.finish()
    }

    fn add(&mut self, subject: &SubjectId, asked: &[SubjectId], tier: u8, path: Vec<Link>) {
        let history = self.reader.history(asked);
        let verdict = judge(&history, self.reader.policy(), self.question);
        for id in history.subjects() {
            self.party_of.entry(id.clone()).or_insert(self.nodes.len());
        }
        self.nodes.push(Node {
            subject: subject.clone(),
            tier,
            path,
            steps: steps(&history, self.question.as_of),
            verdict,
        });
    }

    /// The ids one step beyond some parties, each with the least step that leads there.
    fn beyond(&self, level: std::ops::Range<usize>) -> BTreeMap<SubjectId, (usize, Link)> {
        let mut found: BTreeMap<SubjectId, (usize, Link)> = BTreeMap::new();
        let parties = level.filter_map(|at| Some((at, self.nodes.get(at)?)));
        let steps = parties.flat_map(|(at, node)| node.steps.iter().map(move |step| (at, step)));
        for (at, step) in steps.filter(|(_, step)| !step.other_time) {
            if self.party_of.contains_key(&step.to) {
                continue;
            }
            let better = found
                .get(&step.to)
                .is_none_or(|(_, link)| step.link < *link);
            if better {
                found.insert(step.to.clone(), (at, step.link.clone()));
            }
        }
        found
    }

    fn finish(self) -> Graph {
        let mut graph = Graph {
            nodes: Vec::new(),
            edges: BTreeSet::new(),
            cut: BTreeSet::new(),
            other_times: BTreeSet::new(),
            ends: Vec::new(),
        };
        for (from, node) in self.nodes.iter().enumerate() {
            if node.steps.iter().all(|step| step.other_time) {
                graph.ends.push(from);
            }
            for step in &node.steps {
                let link = step.link.clone();
                if step.other_time {
                    graph.other_times.insert(link);
                } else if let Some(to) = self.party_of.get(&step.to) {
                    graph.edges.insert(Edge {
                        from,
                        to: *to,
                        recruits: step.recruits,
                        link,
                    });
                } else {
                    graph.cut.insert(link);
                }
            }
        }
        graph.nodes = self.nodes;
        graph
    }
}
