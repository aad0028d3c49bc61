//! `fairtrail verify --tiers`: a supplier and those it depends on.

use crate::exit::Exit;
use crate::output::{Outcome, Page, Report, Tone, report};
use fairtrail::chain::{ChainIlo, ChainParty, ChainVerdict, judge_chain};
use fairtrail::history::Link;
use fairtrail::replica::Reader;
use fairtrail::rules::{self, IloState, Question};
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Chained {
    /// BLAKE3 of the policy file: what was trusted.
    policy: String,
    exit: u8,
    #[serde(flatten)]
    chain: ChainVerdict,
}

impl Report for Chained {
    const COMMAND: &'static str = "verify-tiers";

    fn human(&self, page: &mut Page) {
        write(&self.chain, page);
    }

    fn exit(&self) -> Exit {
        self.chain.outcome.into()
    }
}

pub(super) fn run(
    reader: &Reader<'_>,
    subjects: &[SubjectId],
    tiers: u8,
    question: Question,
) -> Outcome {
    let chain = judge_chain(reader, subjects, tiers, question);
    report(Chained {
        policy: fairtrail::id::to_base32(reader.policy().digest()),
        exit: chain.outcome.exit_code(),
        chain,
    })
}

fn write(chain: &ChainVerdict, page: &mut Page) {
    page.toned(Tone::Strong, format!("chain, {} steps far", chain.tiers));
    page.field("as of", chain.as_of);
    page.field_if("known at", chain.known_at);
    page.field("parties", chain.parties.len());
    page.gap();
    tree(chain, page);
    page.gap();
    page.toned(
        Tone::Strong,
        "worst in the chain, ILO indicator for indicator",
    );
    for line in &chain.ilo {
        ilo(line, page);
    }
    unknowns(chain, page);
    list(
        page,
        "one recruiter, several users",
        &chain.shared_recruiters,
        |one| format!("{} recruits for {}", one.recruiter, join(&one.used_by)),
    );
    list(page, "circles", &chain.cycles, |ids| join(ids));
    list(page, "not looked at", &chain.cut, said);
    list(page, "held at another time", &chain.other_times, said);
    if !chain.ends.is_empty() {
        page.gap();
        page.line(format!(
            "nobody states on whom {} of these parties depend; that does not mean: on nobody",
            chain.ends.len()
        ));
    }
    page.gap();
    answer(chain, page);
}

/// Every party below the one through which it was first reached.
fn tree(chain: &ChainVerdict, page: &mut Page) {
    // Nearest first is not the order of a tree: each party stands after the whole branch before it.
    let mut below: BTreeMap<&[Link], Vec<&ChainParty>> = BTreeMap::new();
    for party in &chain.parties {
        if let Some((_, before)) = party.path.split_last() {
            below.entry(before).or_default().push(party);
        }
    }
    let mut next: Vec<_> = chain.parties.first().into_iter().collect();
    while let Some(party) = next.pop() {
        branch(party, page);
        let children = below.get(party.path.as_slice()).into_iter().flatten();
        next.extend(children.rev());
    }
}

fn branch(party: &ChainParty, page: &mut Page) {
    let indent = "  ".repeat(usize::from(party.tier));
    let relation = party.path.last().map_or_else(String::new, |link| {
        format!("{}: ", link.relation.replace('_', " "))
    });
    let name = if party.named {
        party.subject.to_string()
    } else {
        format!("a party not named ({})", party.subject)
    };
    let verdict = &party.verdict;
    let worst = verdict.worst_severity.map_or_else(String::new, |severity| {
        format!(", worst severity {severity}")
    });
    let aliases = verdict.closure.aliases.len();
    let also = if aliases == 0 {
        String::new()
    } else {
        format!(" (other ids: {aliases})")
    };
    page.pieces([
        (Tone::Plain, format!("{indent}{relation}{name}{also}  ")),
        (
            tone(verdict.outcome),
            format!("{}{worst}", verdict.outcome.as_str()),
        ),
    ]);
    if let Some(link) = party.path.last() {
        page.toned(
            Tone::Faint,
            format!("{indent}  says {} in {}", link.said_by, link.entry),
        );
    }
}

fn ilo(line: &ChainIlo, page: &mut Page) {
    let severity = line
        .worst_severity
        .map_or_else(String::new, |severity| format!(", severity {severity}"));
    let tone = match line.state {
        IloState::Reported => Tone::Bad,
        IloState::Unknown | IloState::NotEvaluated => Tone::Warn,
        IloState::NothingReported => Tone::Plain,
    };
    page.pieces([
        (Tone::Plain, format!("  {:>2} {}: ", line.number, line.name)),
        (tone, format!("{}{severity}", line.state.as_str())),
    ]);
    if line.state != IloState::Reported {
        return;
    }
    for place in &line.at {
        let mut way = vec![];
        way.extend(place.path.iter().map(|link| link.from.to_string()));
        way.push(place.subject.to_string());
        page.line(format!("      {}", way.join(" > ")));
        let entries = place
            .path
            .iter()
            .map(|link| link.entry)
            .chain(place.rests_on.iter().copied());
        for entry in entries {
            page.toned(Tone::Faint, format!("        rests on {entry}"));
        }
    }
}

fn unknowns(chain: &ChainVerdict, page: &mut Page) {
    let mut by_code: BTreeMap<&str, Vec<&SubjectId>> = BTreeMap::new();
    for unknown in &chain.unknowns {
        let subjects = by_code.entry(unknown.code).or_default();
        if !subjects.contains(&&unknown.subject) {
            subjects.push(&unknown.subject);
        }
    }
    let lines: Vec<_> = by_code.into_iter().collect();
    list(page, "unknown", &lines, |(code, subjects)| {
        const SHOWN: usize = 8;
        let shown: Vec<_> = subjects.iter().take(SHOWN).collect();
        let more = match subjects.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{code}: {}{more}", join(&shown))
    });
}

fn answer(chain: &ChainVerdict, page: &mut Page) {
    page.pieces([
        (Tone::Strong, "chain verdict: ".to_owned()),
        (tone(chain.outcome), chain.outcome.as_str().to_owned()),
        (Tone::Plain, ", the worst of all parties above".to_owned()),
    ]);
}

const fn tone(outcome: rules::Outcome) -> Tone {
    match outcome {
        rules::Outcome::Findings => Tone::Bad,
        rules::Outcome::NoAdverseEntries => Tone::Good,
        rules::Outcome::Stale | rules::Outcome::Unknown => Tone::Warn,
    }
}

fn list<T>(page: &mut Page, title: &str, items: &[T], write: impl Fn(&T) -> String) {
    if items.is_empty() {
        return;
    }
    page.gap();
    page.toned(Tone::Strong, title);
    for item in items {
        page.line(format!("  {}", write(item)));
    }
}

fn said(link: &Link) -> String {
    let relation = link.relation.replace('_', " ");
    format!("{} {relation} {}, in {}", link.from, link.to, link.entry)
}

fn join(items: &[impl std::fmt::Display]) -> String {
    let items = items.iter().map(ToString::to_string);
    items.collect::<Vec<_>>().join(", ")
}
