//! A run of lacking entries and the parts that came for it.

use fairtrail::api::Submission;
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::id::{IdMap, PartDigest};
use fairtrail::limits::PARTS_PAGE_LEAVES;

use super::{Question, Reads};

/// Lacking entries whose parts are asked for with one question; never empty.
#[derive(Debug)]
pub(super) struct Run {
    lines: Vec<(u64, Submission)>,
    parts: Parts,
}

/// How far a run is with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// They have to be asked for.
    Wanted,
    /// They were.
    Asked,
    /// Whatever the peer has for them is here.
    Here,
}

impl Run {
    /// Cuts entries in log order into runs.
    pub(super) fn cut(entries: Vec<(u64, SignedEntry)>, reads: Reads) -> Vec<Self> {
        let mut runs: Vec<Self> = Vec::new();
        for (leaf, entry) in entries {
            let wants = wants(&entry, reads);
            let bodies = Vec::new();
            let line = (leaf, Submission { entry, bodies });
            match runs.last_mut() {
                Some(run) if leaf < run.first().saturating_add(PARTS_PAGE_LEAVES) => {
                    run.lines.push(line);
                    if wants {
                        run.parts = Parts::Wanted;
                    }
                }
                _ => runs.push(Self {
                    lines: vec![line],
                    parts: if wants { Parts::Wanted } else { Parts::Here },
                }),
            }
        }
        runs
    }

    /// Its first leaf.
    pub(super) fn first(&self) -> u64 {
        self.lines.first().map_or(u64::MAX, |(leaf, _)| *leaf)
    }

    /// The leaf behind its last.
    fn end(&self) -> u64 {
        self.lines
            .last()
            .map_or(0, |(leaf, _)| leaf.saturating_add(1))
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Bytes of the bodies that came.
    pub(super) fn body_bytes(&self) -> usize {
        let bodies = self.lines.iter().flat_map(|(_, line)| &line.bodies);
        bodies.map(|body| body.bytes.len()).sum()
    }

    pub(super) fn is(&self, parts: Parts) -> bool {
        self.parts == parts
    }

    /// The question for its parts, which counts as asked.
    pub(super) fn ask(&mut self, reads: Reads) -> Question {
        self.parts = Parts::Asked;
        let first = self.first();
        Question::Parts {
            first,
            count: self.end().saturating_sub(first),
            reads,
        }
    }

    /// Takes the bodies that came for its leaves below `next`; what stands beyond is a run of its
    /// own, to be asked for anew.
    pub(super) fn fill(
        &mut self,
        next: u64,
        bodies: &IdMap<PartDigest, Body>,
        reads: Reads,
    ) -> Option<Self> {
        let at = self.lines.partition_point(|(leaf, _)| *leaf < next);
        let lines = self.lines.split_off(at);
        for (_, line) in &mut self.lines {
            line.bodies = found(&line.entry, bodies, reads);
        }
        self.parts = Parts::Here;
        let parts = Parts::Wanted;
        (!lines.is_empty()).then_some(Self { lines, parts })
    }

    pub(super) fn into_lines(self) -> Vec<(u64, Submission)> {
        self.lines
    }
}

fn wants(entry: &SignedEntry, reads: Reads) -> bool {
    let mut parts = entry.header().parts.iter();
    parts.any(|part| reads.may_have(part.audience))
}

/// The bodies of the parts that an entry names and that this node may have. That each is the one its
/// digest names, the question's answer says; whoever stores it looks again.
fn found(entry: &SignedEntry, bodies: &IdMap<PartDigest, Body>, reads: Reads) -> Vec<Body> {
    let parts = entry.header().parts.iter();
    let parts = parts.filter(|part| reads.may_have(part.audience));
    let found = parts.filter_map(|part| {
        let body = bodies.get(&part.digest)?;
        body.has_size_of(part).then(|| body.clone())
    });
    found.collect()
}
