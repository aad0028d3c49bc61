//! A chain as one HTML file, with the looks and the guards of the page of one verdict.

use super::super::chain::{branches, unknowns, way};
use super::super::words::{Words, join};
use super::entries::{Cited, by_id, cited};
use super::results::{self, Finding, Indicator};
use super::{Shown, class, command, facts};
use crate::error::CliError;
use askama::Template;
use fairtrail::chain::{ChainIlo, ChainParty, ChainTier, ChainVerdict};
use fairtrail::history::Link;
use fairtrail::id::EntryId;
use fairtrail::messages::Sentence;
use fairtrail::rules::{EntryLine, IloState};
use std::collections::BTreeMap;

/// What the page is made of.
#[derive(Template)]
#[template(path = "chain.html")]
struct Document {
    words: Words,
    lang: &'static str,
    reviewed: bool,
    title: Shown,
    outcome: Shown,
    outcome_class: &'static str,
    worst: Shown,
    facts: Vec<(String, Vec<Shown>)>,
    tiers: Vec<Tier>,
    tree: Vec<Branch>,
    ilo: Vec<Ilo>,
    reported: Vec<Reported>,
    unknowns: Vec<Unknown>,
    shared: Vec<Shown>,
    cycles: Vec<Shown>,
    cut: Vec<Shown>,
    other_times: Vec<Shown>,
    ends: Option<Shown>,
    command: Shown,
    policy_check: Shown,
}

impl Document {
    /// A fixed text of the catalogue.
    fn t(&self, id: &str) -> String {
        self.words.label(id)
    }
}

/// What is worst so many steps away.
struct Tier {
    name: Shown,
    outcome: Shown,
    class: &'static str,
    severity: Shown,
    unknowns: Shown,
}

/// A party of the tree.
struct Branch {
    tier: u8,
    name: Shown,
    relation: Shown,
    said: Shown,
    outcome: Shown,
    class: &'static str,
    severity: Shown,
}

/// One ILO indicator over the whole chain.
struct Ilo {
    number: u8,
    name: Shown,
    state: Shown,
    class: &'static str,
    severity: Shown,
    places: Vec<Place>,
}

/// A party, the way there, and what its verdict rests on.
struct Place {
    way: Shown,
    rests_on: Vec<Cited>,
}

/// A party of which something is reported.
struct Reported {
    name: Shown,
    way: Vec<Shown>,
    findings: Vec<Finding>,
    indicators: Vec<Indicator>,
}

/// Something that is not known of some parties.
struct Unknown {
    step: Shown,
    code: Shown,
    parties: Vec<Shown>,
}

/// The page of a chain under the policy with this digest.
///
/// # Errors
/// Internal: the template could not be filled.
pub(in super::super) fn render_chain(
    chain: &ChainVerdict,
    policy: &str,
    words: Words,
) -> Result<String, CliError> {
    document(chain, policy, words)
        .render()
        .map_err(CliError::internal)
}

fn document(chain: &ChainVerdict, policy: &str, words: Words) -> Document {
    let root = chain.parties.first().map(|party| &party.verdict);
    let asked = root.map_or_else(String::new, |verdict| join(&verdict.closure.asked));
    let title = Sentence::new("page-chain-title").with_text("subject", asked);
    let check = Sentence::new("page-check-policy").with_text("digest", policy);
    let severities = chain.by_tier.iter().filter_map(|tier| tier.worst_severity);
    let links = |links: &[Link]| {
        links
            .iter()
            .map(|one| Shown::new(words.link(one)))
            .collect()
    };
    let ends = Sentence::new("page-chain-ends").with("count", chain.ends.len());
    Document {
        words,
        lang: words.language.tag(),
        reviewed: words.language.is_reviewed(),
        title: Shown::new(words.say(&title)),
        outcome: Shown::new(words.outcome(chain.outcome)),
        outcome_class: class(chain.outcome),
        worst: Shown::new(words.severity(severities.max())),
        facts: root.map_or_else(Vec::new, |verdict| {
            let steps = (
                words.label("page-chain-steps"),
                vec![Shown::new(chain.tiers)],
            );
            let mut all = vec![steps];
            all.extend(facts(verdict, policy, words));
            all
        }),
        tiers: chain.by_tier.iter().map(|one| tier(one, words)).collect(),
        tree: branches(chain)
            .into_iter()
            .map(|one| branch(one, words))
            .collect(),
        ilo: ilo(chain, words),
        reported: chain
            .parties
            .iter()
            .filter_map(|one| reported(one, words))
            .collect(),
        unknowns: unknown(chain, words),
        shared: chain
            .shared_recruiters
            .iter()
            .map(|one| Shown::new(words.shared(one)))
            .collect(),
        cycles: chain
            .cycles
            .iter()
            .map(|ids| Shown::new(join(ids)))
            .collect(),
        cut: links(&chain.cut),
        other_times: links(&chain.other_times),
        ends: (!chain.ends.is_empty()).then(|| Shown::new(words.say(&ends))),
        command: Shown::new(
            root.map_or_else(String::new, |verdict| command(verdict, Some(chain.tiers))),
        ),
        policy_check: Shown::new(words.say(&check)),
    }
}

fn tier(tier: &ChainTier, words: Words) -> Tier {
    Tier {
        name: Shown::new(words.tier(tier)),
        outcome: Shown::new(tier.outcome.as_str()),
        class: class(tier.outcome),
        severity: severity(tier.worst_severity, words),
        unknowns: Shown::new(join(&tier.unknowns)),
    }
}

fn branch(party: &ChainParty, words: Words) -> Branch {
    let link = party.path.last();
    let of_link =
        |write: &dyn Fn(&Link) -> String| Shown::new(link.map_or_else(String::new, write));
    Branch {
        tier: party.tier,
        name: Shown::new(words.party(party)),
        relation: of_link(&|link| words.word(&link.relation)),
        said: of_link(&|link| words.said(link)),
        outcome: Shown::new(party.verdict.outcome.as_str()),
        class: class(party.verdict.outcome),
        severity: severity(party.verdict.worst_severity, words),
    }
}

/// Nothing where nothing is graded: the outcome says what that means.
fn severity(severity: Option<u8>, words: Words) -> Shown {
    Shown::new(severity.map_or_else(String::new, |severity| words.severity(Some(severity))))
}

fn ilo(chain: &ChainVerdict, words: Words) -> Vec<Ilo> {
    let verdicts = chain.parties.iter().map(|party| &party.verdict);
    let lines: BTreeMap<EntryId, &EntryLine> = verdicts.flat_map(by_id).collect();
    let row = |line: &ChainIlo| {
        let reported = line.state == IloState::Reported;
        let places = line.at.iter().filter(|_| reported).map(|place| Place {
            way: Shown::new(way(&place.path, &place.subject)),
            rests_on: cited(&lines, &place.rests_on, words),
        });
        Ilo {
            number: line.number,
            name: Shown::new(words.label(&format!("ilo-{}", line.number))),
            state: Shown::new(words.ilo_state(line.state)),
            class: results::state_class(line.state),
            severity: if reported {
                Shown::new(words.severity(line.worst_severity))
            } else {
                Shown::default()
            },
            places: places.collect(),
        }
    };
    chain.ilo.iter().map(row).collect()
}

fn reported(party: &ChainParty, words: Words) -> Option<Reported> {
    let verdict = &party.verdict;
    if verdict.open_findings.is_empty() && verdict.indicators.is_empty() {
        return None;
    }
    Some(Reported {
        name: Shown::new(words.party(party)),
        way: party
            .path
            .iter()
            .map(|link| Shown::new(words.link(link)))
            .collect(),
        findings: results::findings(verdict, words),
        indicators: results::indicators(verdict, words),
    })
}

fn unknown(chain: &ChainVerdict, words: Words) -> Vec<Unknown> {
    let row = |((tier, code), parties): ((u8, &str), Vec<_>)| Unknown {
        step: Shown::new(words.say(&Sentence::new("page-chain-step").with_text("step", tier))),
        code: Shown::new(code),
        parties: parties.into_iter().map(Shown::new).collect(),
    };
    unknowns(chain).into_iter().map(row).collect()
}
