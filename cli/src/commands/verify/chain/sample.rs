//! A chain with something of everything, some of it hostile.

use super::super::sample::{HOSTILE, author, day, entry, verdict};
use fairtrail::chain::{
    ChainIlo, ChainParty, ChainStep, ChainTier, ChainUnknown, ChainVerdict, Place, Shared,
};
use fairtrail::history::Link;
use fairtrail::messages::Sentence;
use fairtrail::rules::{IloState, Outcome, Verdict};
use fairtrail::subject::SubjectId;

const ASKED: &str = "osid:XA2026001N0RTHW";
const RECRUITER: &str = "lic:XA-LAB:GOODROAD-1";
pub(crate) const BLIND: &str = "blind:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn id(text: &str) -> SubjectId {
    text.parse().unwrap()
}

fn link(from: &str, relation: &str, to: &str, at: u8) -> Link {
    Link {
        from: id(from),
        to: id(to),
        relation: relation.to_owned(),
        entry: entry(at),
        said_by: author(1),
    }
}

fn quiet() -> Verdict {
    let mut quiet = verdict();
    quiet.outcome = Outcome::Unknown;
    quiet.worst_severity = None;
    quiet.indicators.clear();
    quiet.open_findings.clear();
    quiet
}

fn party(subject: &str, path: &[Link], verdict: Verdict) -> ChainParty {
    ChainParty {
        subject: id(subject),
        tier: u8::try_from(path.len()).unwrap(),
        named: !subject.starts_with("blind:"),
        path: path.to_vec(),
        verdict,
    }
}

/// From a site to a party that nobody names, and from there to a recruiter and back.
pub(in super::super) fn chain() -> ChainVerdict {
    let hidden = link(ASKED, "buys_from", BLIND, 20);
    let recruits = link(BLIND, "recruits_through", RECRUITER, 21);
    let back = link(RECRUITER, HOSTILE, ASKED, 22);
    let path = [hidden.clone(), recruits.clone()];
    let reported = |number, name| ChainIlo {
        number,
        name,
        state: IloState::Reported,
        worst_severity: Some(4),
        at: vec![Place {
            subject: id(RECRUITER),
            path: path.to_vec(),
            rests_on: vec![entry(3)],
        }],
    };
    let tier = |tier, not_named, outcome, worst_severity| ChainTier {
        tier,
        parties: 1,
        not_named,
        outcome,
        worst_severity,
        unknowns: vec!["audit-missing"],
    };
    let unknown = |code, sentence: Sentence, subject: &str, tier| ChainUnknown {
        code,
        sentence,
        subject: id(subject),
        tier,
        rests_on: vec![entry(20)],
    };
    let hostile = Sentence::new("chain-party-not-named").with_text("id", HOSTILE);
    ChainVerdict {
        outcome: Outcome::Findings,
        tiers: 2,
        as_of: day("2026-08-31"),
        known_at: Some(day("2026-08-31")),
        asked_at: "2026-09-01T08:00:00Z".parse().unwrap(),
        ilo: vec![reported(9, "debt bondage")],
        by_tier: vec![
            tier(0, 0, Outcome::Unknown, None),
            tier(1, 1, Outcome::Unknown, None),
            tier(2, 0, Outcome::Findings, Some(4)),
        ],
        unknowns: vec![
            unknown("audit-missing", Sentence::new("audit-missing"), ASKED, 0),
            unknown("party-not-named", hostile, BLIND, 1),
        ],
        shared_recruiters: vec![Shared {
            recruiter: id(RECRUITER),
            used_by: vec![id(ASKED), id(BLIND)],
        }],
        cycles: vec![vec![id(BLIND), id(RECRUITER)]],
        cut: vec![link(RECRUITER, "sub_agent", "lic:XA-LAB:FAR-1", 23)],
        other_times: vec![back],
        ends: vec![id(RECRUITER)],
        steps: vec![ChainStep {
            from: id(ASKED),
            to: id(BLIND),
            recruits: false,
            link: hidden.clone(),
        }],
        parties: vec![
            party(ASKED, &[], quiet()),
            party(BLIND, &[hidden], quiet()),
            party(RECRUITER, &path, verdict()),
        ],
    }
}
