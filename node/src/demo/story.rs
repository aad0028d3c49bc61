//! Whether a verdict came out as the scenario says.

use super::{Story, World, WorldError};
use fairtrail::bundle::Inquired;
use fairtrail::chain::{ChainIlo, ChainVerdict, judge_chain};
use fairtrail::history::Link;
use fairtrail::id::EntryId;
use fairtrail::policy::Policy;
use fairtrail::replica::Reader;
use fairtrail::rules::{IloState, Question, Verdict, judge};
use fairtrail::time::Timestamp;
use std::collections::BTreeSet;

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub what: &'static str,
    /// As the scenario says.
    pub expected: String,
    /// As it came out.
    pub found: String,
}

/// A story as it came out.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The story.
    pub story: Story,
    /// The subject asked about.
    pub subject: String,
    /// What came out.
    pub verdict: Verdict,
    /// What came out of the chain behind it, where the story asks about it.
    pub chain: Option<ChainVerdict>,
    /// In what they differ from what the scenario says, from whole logs or from bundles.
    pub differences: Vec<Difference>,
    /// Bytes of the bundle that proves as much as the logs; none as long as nobody asked for it.
    pub bundle: Option<usize>,
}

impl Verified {
    /// Judges what bundles prove about the same subject.
    pub(super) fn compare(
        &mut self,
        world: &World,
        policy: &Policy,
        now: Timestamp,
        inquired: &Inquired,
    ) {
        let as_of = world.today();
        let verdict = judge(&inquired.history, policy, Question { as_of, now });
        let told = self.story.differences(world, &verdict, self.chain.as_ref());
        self.differences.extend(told);
        self.bundle = Some(inquired.bundle.to_bytes().len());
    }
}

/// What is compared, in this order.
const COMPARED: [&str; 8] = [
    "outcome",
    "exit code",
    "entries",
    "indicators",
    "open findings",
    "unknowns",
    "marks",
    "chain",
];

impl Story {
    /// Asks as a buyer does, as of the day the network was founded: taken up later, a story has not
    /// aged.
    ///
    /// # Errors
    /// [`WorldError::Name`].
    pub fn ask(
        &self,
        world: &World,
        reader: &Reader<'_>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Verified, WorldError> {
        let subject = world.subject(&self.subject)?;
        let asked = std::slice::from_ref(&subject);
        let as_of = world.today();
        let question = Question { as_of, now };
        let verdict = judge(&reader.history(asked), policy, question);
        let tiers = self.chain.as_ref().map(|chain| chain.tiers);
        let chain = tiers.map(|tiers| judge_chain(reader, asked, tiers, question));
        Ok(Verified {
            story: self.clone(),
            differences: self.differences(world, &verdict, chain.as_ref()),
            subject: subject.to_string(),
            verdict,
            chain,
            bundle: None,
        })
    }

    /// Everything in which `verdict`, and the chain where the story asks about it, differ from what
    /// this story says; empty when they agree.
    fn differences(
        &self,
        world: &World,
        verdict: &Verdict,
        chain: Option<&ChainVerdict>,
    ) -> Vec<Difference> {
        let pairs = self
            .expected()
            .into_iter()
            .zip(found(world, verdict, chain));
        let all = COMPARED.into_iter().zip(pairs);
        all.filter(|(_, (expected, found))| expected != found)
            .map(|(what, (expected, found))| Difference {
                what,
                expected,
                found,
            })
            .collect()
    }

    fn expected(&self) -> [String; 8] {
        let indicator = |expected: &super::Expected| {
            let rests_on: BTreeSet<_> = expected.rests_on.iter().collect();
            format!("{} {} {rests_on:?}", expected.rule, expected.severity)
        };
        [
            self.outcome.clone(),
            self.exit.to_string(),
            format!("{:?}", self.entries),
            set(self.indicators.iter().map(indicator)),
            set(self.open_findings.iter().cloned()),
            set(self.unknowns.iter().cloned()),
            set(self.marks.iter().cloned()),
            self.chain.as_ref().map(expected_chain).unwrap_or_default(),
        ]
    }
}

fn expected_chain(chain: &super::ExpectedChain) -> String {
    let worst = chain.worst.iter().map(|worst| {
        let super::ExpectedWorst {
            ilo,
            severity,
            at,
            by,
        } = worst;
        format!("ILO {ilo}: {severity} at {at} by {by:?}")
    });
    let (outcome, exit) = (&chain.outcome, chain.exit);
    format!("{outcome} {exit} {:?} {}", chain.parties, set(worst))
}

fn found_chain(world: &World, chain: &ChainVerdict) -> String {
    let party = |subject| world.name_of_subject(subject);
    let entry = |link: &Link| entry_name(world, link.entry);
    let reported = |ilo: &&ChainIlo| ilo.state == IloState::Reported;
    let worst = chain.ilo.iter().filter(reported).flat_map(|ilo| {
        ilo.at.iter().map(move |place| {
            let by: Vec<_> = place.path.iter().map(entry).collect();
            let (number, at) = (ilo.number, party(&place.subject));
            let severity = ilo.worst_severity.unwrap_or_default();
            format!("ILO {number}: {severity} at {at} by {by:?}")
        })
    });
    let parties: Vec<_> = chain.parties.iter().map(|it| party(&it.subject)).collect();
    let (outcome, exit) = (chain.outcome.as_str(), chain.outcome.exit_code());
    format!("{outcome} {exit} {parties:?} {}", set(worst))
}

fn entry_name(world: &World, id: EntryId) -> String {
    world
        .name_of(id)
        .map_or_else(|| id.to_string(), str::to_owned)
}

fn found(world: &World, verdict: &Verdict, chain: Option<&ChainVerdict>) -> [String; 8] {
    let name = |id: &EntryId| entry_name(world, *id);
    let entries: Vec<_> = verdict.entries.iter().map(|line| name(&line.id)).collect();
    let indicators = verdict.indicators.iter().map(|found| {
        let rests_on: BTreeSet<_> = found.rests_on.iter().map(name).collect();
        format!("{} {} {rests_on:?}", found.rule, found.severity)
    });
    let marks = verdict.entries.iter().flat_map(|line| &line.marks);
    [
        verdict.outcome.as_str().to_owned(),
        verdict.outcome.exit_code().to_string(),
        format!("{entries:?}"),
        set(indicators),
        set(verdict.open_findings.iter().map(|open| name(&open.entry))),
        set(verdict
            .unknowns
            .iter()
            .map(|unknown| unknown.code.to_owned())),
        set(marks.map(ToString::to_string)),
        chain
            .map(|chain| found_chain(world, chain))
            .unwrap_or_default(),
    ]
}

/// Unordered: what a list holds, in one text.
fn set(items: impl Iterator<Item = String>) -> String {
    format!("{:?}", items.collect::<BTreeSet<_>>())
}
