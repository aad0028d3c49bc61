//! Rolls what is known of each party up the chain.

use super::cycles::cycles;
use super::graph::{Edge, Graph, Node};
use super::verdict::{
    ChainIlo, ChainParty, ChainStep, ChainTier, ChainUnknown, ChainVerdict, Place, Shared,
};
use crate::history::Link;
use crate::id::EntryId;
use crate::messages::Sentence;
use crate::rules::{ILO_INDICATORS, IloLine, IloState, Outcome, Question};
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn up(
    graph: Graph,
    tiers: u8,
    question: Question,
    known_at: Option<Date>,
) -> ChainVerdict {
    let unknowns = unknowns(&graph);
    let pairs = graph
        .edges
        .iter()
        .map(|edge| (edge.from, edge.to))
        .collect();
    let cycles = cycles(graph.nodes.len(), &pairs);
    let named = |group: Vec<usize>| group.iter().filter_map(|at| subject(&graph, *at)).collect();
    ChainVerdict {
        outcome: outcome(&graph, &unknowns),
        tiers,
        as_of: question.as_of,
        known_at,
        asked_at: question.now,
        ilo: ILO_INDICATORS
            .iter()
            .map(|(number, name)| ilo(&graph, *number, name))
            .collect(),
        by_tier: by_tier(&graph, &unknowns),
        unknowns,
        shared_recruiters: shared(&graph),
        cycles: cycles.into_iter().map(named).collect(),
        ends: named(graph.ends.clone()),
        steps: graph
            .edges
            .iter()
            .filter_map(|edge| step(&graph, edge))
            .collect(),
        cut: graph.cut.into_iter().collect(),
        other_times: graph.other_times.into_iter().collect(),
        parties: graph.nodes.into_iter().map(party).collect(),
    }
}

fn subject(graph: &Graph, at: usize) -> Option<SubjectId> {
    graph.nodes.get(at).map(|node| node.subject.clone())
}

fn step(graph: &Graph, edge: &Edge) -> Option<ChainStep> {
    Some(ChainStep {
        from: subject(graph, edge.from)?,
        to: subject(graph, edge.to)?,
        recruits: edge.recruits,
        link: edge.link.clone(),
    })
}

fn is_named(node: &Node) -> bool {
    node.subject.scheme() != "blind"
}

fn party(node: Node) -> ChainParty {
    ChainParty {
        named: is_named(&node),
        subject: node.subject,
        tier: node.tier,
        path: node.path,
        verdict: node.verdict,
    }
}

fn outcome(graph: &Graph, unknowns: &[ChainUnknown]) -> Outcome {
    let nodes: Vec<_> = graph.nodes.iter().collect();
    worst(&nodes, nodes.is_empty() || !unknowns.is_empty())
}

/// The ladder of one verdict: findings, else stale, else unknown.
fn worst(nodes: &[&Node], unknown: bool) -> Outcome {
    let any = |outcome| nodes.iter().any(|node| node.verdict.outcome == outcome);
    if any(Outcome::Findings) {
        Outcome::Findings
    } else if any(Outcome::Stale) {
        Outcome::Stale
    } else if any(Outcome::Unknown) || unknown {
        Outcome::Unknown
    } else {
        Outcome::NoAdverseEntries
    }
}

fn by_tier(graph: &Graph, unknowns: &[ChainUnknown]) -> Vec<ChainTier> {
    let tiers: BTreeSet<u8> = graph.nodes.iter().map(|node| node.tier).collect();
    let tier = |tier| {
        let nodes: Vec<_> = graph
            .nodes
            .iter()
            .filter(|node| node.tier == tier)
            .collect();
        let codes = unknowns.iter().filter(|unknown| unknown.tier == tier);
        let codes: BTreeSet<_> = codes.map(|unknown| unknown.code).collect();
        ChainTier {
            tier,
            parties: nodes.len(),
            not_named: nodes.iter().filter(|node| !is_named(node)).count(),
            outcome: worst(&nodes, !codes.is_empty()),
            worst_severity: nodes.iter().filter_map(|n| n.verdict.worst_severity).max(),
            unknowns: codes.into_iter().collect(),
        }
    };
    tiers.into_iter().map(tier).collect()
}

fn unknowns(graph: &Graph) -> Vec<ChainUnknown> {
    let mut unknowns = Vec::new();
    let mut say = |node: &Node, code, sentence, rests_on| {
        unknowns.push(ChainUnknown {
            code,
            sentence,
            subject: node.subject.clone(),
            tier: node.tier,
            rests_on,
        });
    };
    for node in &graph.nodes {
        for unknown in &node.verdict.unknowns {
            let sentence = unknown.sentence.clone();
            say(node, unknown.code, sentence, unknown.rests_on.clone());
        }
        if !is_named(node) {
            let entries = node.path.last().map(|link| link.entry);
            let sentence = Sentence::new("chain-party-not-named").with_text("id", &node.subject);
            say(
                node,
                "party-not-named",
                sentence,
                entries.into_iter().collect(),
            );
        }
    }
    let Some(root) = graph.nodes.first() else {
        return unknowns;
    };
    if graph.ends.contains(&0) {
        say(
            root,
            "chain-not-stated",
            Sentence::new("chain-not-stated"),
            Vec::new(),
        );
    }
    if !graph.cut.is_empty() {
        let sentence = Sentence::new("chain-cut").with("count", graph.cut.len());
        let entries: BTreeSet<EntryId> = graph.cut.iter().map(|link: &Link| link.entry).collect();
        say(root, "chain-cut", sentence, entries.into_iter().collect());
    }
    unknowns
}

fn ilo(graph: &Graph, number: u8, name: &'static str) -> ChainIlo {
    let lines = graph.nodes.iter().filter_map(|node| {
        let mut lines = node.verdict.ilo.iter();
        Some((node, lines.find(|line| line.number == number)?))
    });
    let lines: Vec<_> = lines.collect();
    // What is reported comes first; of that, the worst grade, then what nobody graded.
    let rank = |line: &IloLine| (line.state, std::cmp::Reverse(line.worst_severity));
    let worst = lines.iter().map(|(_, line)| rank(line)).min();
    let at = lines.iter().filter(|(_, line)| Some(rank(line)) == worst);
    ChainIlo {
        number,
        name,
        state: worst.map_or(IloState::Unknown, |(state, _)| state),
        worst_severity: worst.and_then(|(_, severity)| severity.0),
        at: at.map(|(node, line)| place(node, line)).collect(),
    }
}

fn place(node: &Node, line: &IloLine) -> Place {
    let found = node.verdict.indicators.iter();
    let found = found.filter(|found| found.ilo.contains(&line.number));
    let rests_on = found
        .flat_map(|found| &found.rests_on)
        .chain(&line.findings);
    let rests_on: BTreeSet<EntryId> = rests_on.copied().collect();
    Place {
        subject: node.subject.clone(),
        path: node.path.clone(),
        rests_on: rests_on.into_iter().collect(),
    }
}

fn shared(graph: &Graph) -> Vec<Shared> {
    let mut users: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for edge in graph.edges.iter().filter(|edge| edge.recruits) {
        users.entry(edge.to).or_default().insert(edge.from);
    }
    let shared = users.into_iter().filter(|(_, users)| users.len() > 1);
    let shared = shared.filter_map(|(recruiter, users)| {
        Some(Shared {
            recruiter: subject(graph, recruiter)?,
            used_by: users.iter().filter_map(|at| subject(graph, *at)).collect(),
        })
    });
    shared.collect()
}
