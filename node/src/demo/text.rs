//! What a demonstration says, for people.

use super::{Ready, Story, Told, Verified};
use fairtrail::chain::ChainVerdict;
use fairtrail::rules::Verdict;
use std::fmt::Write as _;

/// The text of what is told.
pub fn text(told: &Told<'_>) -> String {
    match told {
        Told::Ready(ready) => ready_text(ready),
        Told::Verified(verified) => verified_text(verified),
    }
}

fn ready_text(ready: &Ready) -> String {
    let Ready {
        urls,
        policy,
        entries,
        questions,
    } = ready;
    let policy = policy.display();
    let mut text = format!(
        "A small network of invented organisations: {} nodes that follow and cosign each other, \
         {entries} entries in the log of each.\n\n",
        urls.len()
    );
    for (number, url) in (1..).zip(urls) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "gateway {number}  {url}");
    }
    let _ = write!(
        text,
        "policy     {policy}\n\n\
         Ask what a buyer would ask, in another terminal; each line can be pasted. Two gateways are \
         named, the third is in the policy:\n"
    );
    let named = urls.iter().take(2).map(|url| format!(" --gateway {url}"));
    let named: String = named.collect();
    for (story, subject) in questions {
        let (outcome, exit, tiers) = asked(story);
        let _ = write!(
            text,
            "\n# {} (expect {outcome}, exit {exit})\n\
             cargo run --release --bin fairtrail -- verify {subject}{named} --policy {policy}{tiers}\n",
            story.title
        );
    }
    if let Some((_, subject)) = questions.first() {
        let _ = write!(
            text,
            "\n# The evidence about the first in one file, and its verdict without any gateway\n\
             cargo run --release --bin fairtrail -- bundle create {subject} -o supplier.bundle --policy {policy}\n\
             cargo run --release --bin fairtrail -- verify {subject} --bundle supplier.bundle --policy {policy}\n"
        );
    }
    text.push_str("\nCtrl-C ends it; the same command takes it up again.\n");
    text
}

/// Outcome, exit code and the option of what a buyer asks: of the chain where the story has one.
fn asked(story: &Story) -> (&str, u8, String) {
    match &story.chain {
        Some(chain) => (
            &chain.outcome,
            chain.exit,
            format!(" --tiers {}", chain.tiers),
        ),
        None => (&story.outcome, story.exit, String::new()),
    }
}

fn verified_text(verified: &Verified) -> String {
    let Verified {
        story,
        subject,
        verdict,
        chain,
        differences,
        bundle,
    } = verified;
    let word = if differences.is_empty() {
        "as expected"
    } else {
        "OTHERWISE"
    };
    let mut text = format!("{}\n  {subject}\n", story.title);
    text.push_str(&verdict_text(verdict));
    if let Some(chain) = chain {
        text.push_str(&chain_text(chain));
    }
    for difference in differences {
        let (what, expected, found) = (difference.what, &difference.expected, &difference.found);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {what}: expected {expected}, found {found}");
    }
    if let Some(bytes) = bundle {
        let _ = writeln!(
            text,
            "  proved again by the indexes alone, in a bundle of {bytes} bytes"
        );
    }
    let (outcome, exit) = (verdict.outcome.as_str(), verdict.outcome.exit_code());
    let _ = writeln!(text, "  verdict: {outcome} (exit {exit}), {word}\n");
    text
}

fn verdict_text(verdict: &Verdict) -> String {
    let mut text = String::new();
    for line in &verdict.entries {
        let marks: Vec<_> = line.marks.iter().map(ToString::to_string).collect();
        let marks = if marks.is_empty() {
            String::new()
        } else {
            format!(" [{}]", marks.join(", "))
        };
        let role = line.role.unwrap_or("no role");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {} {} by {role}{marks}", line.id, line.kind);
    }
    for found in &verdict.indicators {
        let _ = writeln!(
            text,
            "  {} severity {}: {}",
            found.rule, found.severity, found.sentence
        );
    }
    for unknown in &verdict.unknowns {
        let _ = writeln!(text, "  unknown, {}: {}", unknown.code, unknown.sentence);
    }
    text
}

fn chain_text(chain: &ChainVerdict) -> String {
    let mut text = String::new();
    for party in &chain.parties {
        let (subject, outcome) = (&party.subject, party.verdict.outcome.as_str());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  step {}: {subject}: {outcome}", party.tier);
    }
    let (outcome, exit) = (chain.outcome.as_str(), chain.outcome.exit_code());
    let _ = writeln!(text, "  the whole chain: {outcome} (exit {exit})");
    text
}
