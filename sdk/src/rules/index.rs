//! What several rules look up in a history, found once for all of them: what grows with the number
//! of entries is walked through, not searched again for each of them.

use super::Case;
use super::audits::{is_complete, posted};
use super::facts::{Fact, facts_of};
use super::licences::Timeline;
use super::lines::{counts_against, counts_for};
use super::marks::Marks;
use super::recruitment::register_licences;
use super::timeline::timelines_for;
use crate::claim::{Audit, Claim, Code, ContractAttest, Language, Licence};
use crate::history::HistoryEntry;
use crate::id::AuthorId;
use crate::subject::SubjectId;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// A statement and its claim.
pub(super) type Of<'a, T> = (&'a HistoryEntry, &'a T);

/// A report, and the principal that made it.
type ReportOf<'a> = (&'a Code, Option<AuthorId>);

/// Statements that count against, by the kind of their claim.
type ByKind<'a> = HashMap<&'static str, Vec<&'a HistoryEntry>>;

/// What is found when it is first asked for.
#[derive(Default)]
pub(super) struct Index<'a> {
    own: OnceCell<ByKind<'a>>,
    all: OnceCell<ByKind<'a>>,
    attestations: OnceCell<Vec<Of<'a, ContractAttest>>>,
    audits: OnceCell<Vec<Of<'a, Audit>>>,
    complete: OnceCell<Vec<Of<'a, Audit>>>,
    reports: OnceCell<HashMap<ReportOf<'a>, Of<'a, Audit>>>,
    spoken: OnceCell<Vec<&'a [Language]>>,
    sub_agents: OnceCell<HashSet<&'a SubjectId>>,
    facts: OnceCell<Vec<Fact>>,
    words: Memo<[Of<'a, Licence>]>,
    timelines: Memo<[Timeline]>,
    recruiters: Memo<BTreeSet<SubjectId>>,
}

/// What was found out of ids that were asked about.
struct Memo<T: ?Sized>(RefCell<BTreeMap<SubjectId, Rc<T>>>);

impl<T: ?Sized> Default for Memo<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: ?Sized> Memo<T> {
    fn of(&self, id: &SubjectId, find: impl FnOnce() -> Rc<T>) -> Rc<T> {
        if let Some(known) = self.0.borrow().get(id) {
            return Rc::clone(known);
        }
        let found = find();
        self.0.borrow_mut().insert(id.clone(), Rc::clone(&found));
        found
    }
}

fn by_kind<'a>(case: &Case<'a>, holds: impl Fn(&Fact) -> bool) -> ByKind<'a> {
    let mut by_kind = ByKind::new();
    for (fact, entry) in facts(case).iter().zip(case.history.entries()) {
        if let Some(kind) = fact.kind.filter(|_| fact.against() && holds(fact)) {
            by_kind.entry(kind).or_default().push(entry);
        }
    }
    by_kind
}

/// The statements of these kinds about the subjects that count against.
pub(super) fn said<'a>(
    case: &Case<'a>,
    kinds: &'static [&'static str],
) -> impl Iterator<Item = &'a HistoryEntry> + use<'a> {
    let own = || by_kind(case, |fact| fact.own);
    let own = case.index.own.get_or_init(own);
    let lists = kinds.iter().filter_map(|kind| own.get(kind));
    lists.flatten().copied()
}

/// The same about the related ids, too.
pub(super) fn said_anywhere<'a>(
    case: &Case<'a>,
    kinds: &'static [&'static str],
) -> impl Iterator<Item = &'a HistoryEntry> + use<'a> {
    let all = case.index.all.get_or_init(|| by_kind(case, |_| true));
    let lists = kinds.iter().filter_map(|kind| all.get(kind));
    lists.flatten().copied()
}

/// The attestations about the subjects that speak of a time before the date asked about.
pub(super) fn attestations<'a>(
    case: &Case<'a>,
) -> impl Iterator<Item = Of<'a, ContractAttest>> + Clone + use<'a> {
    let attestations = case.index.attestations.get_or_init(|| {
        let attests = said(case, &["contract.attest"]).filter_map(|entry| match entry.claim() {
            Some(Claim::ContractAttest(attest)) => Some((entry, &**attest)),
            _ => None,
        });
        attests
            .filter(|(_, attest)| attest.recruited_from.first() <= case.as_of)
            .collect()
    });
    attestations.iter().copied()
}

/// The audits about the subjects that had ended on the date asked about; off the path too.
pub(super) fn audits<'a>(case: &Case<'a>) -> impl Iterator<Item = Of<'a, Audit>> + Clone + use<'a> {
    let audits = case.index.audits.get_or_init(|| {
        let made = said(case, &["audit"]).filter_map(|entry| match entry.claim() {
            Some(Claim::Audit(audit)) => Some((entry, &**audit)),
            _ => None,
        });
        made.filter(|(_, audit)| audit.ended_on <= case.as_of)
            .collect()
    });
    audits.iter().copied()
}

/// Those of them that count in somebody's favour and have all their findings posted.
pub(super) fn complete<'a>(
    case: &Case<'a>,
) -> impl Iterator<Item = Of<'a, Audit>> + Clone + use<'a> {
    let complete = case.index.complete.get_or_init(|| {
        let complete = audits(case).filter(|(entry, audit)| {
            let posted = posted(case, entry, audit, |entry| {
                counts_against(entry) || entry.is_replaced()
            });
            counts_for(entry) && is_complete(audit, &posted)
        });
        complete.collect()
    });
    complete.iter().copied()
}

/// The audit that a principal made under a report, the newest of several.
pub(super) fn audit_of<'a>(
    case: &Case<'a>,
    report: &'a Code,
    by: Option<AuthorId>,
) -> Option<Of<'a, Audit>> {
    let reports = case.index.reports.get_or_init(|| {
        let mut reports = HashMap::new();
        for (entry, audit) in audits(case) {
            let key = (&audit.report_ref, entry.standing().principal);
            let newest = reports.entry(key).or_insert((entry, audit));
            if (newest.1.ended_on, newest.0.id()) < (audit.ended_on, entry.id()) {
                *newest = (entry, audit);
            }
        }
        reports
    });
    reports.get(&(report, by)).copied()
}

/// The languages of each cohort that states them, each list once.
pub(super) fn spoken<'a>(case: &Case<'a>) -> &'a [&'a [Language]] {
    case.index.spoken.get_or_init(|| {
        let lists = attestations(case).map(|(_, attest)| &*attest.cohort_languages);
        let mut seen = HashSet::new();
        lists
            .filter(|list| !list.is_empty() && seen.insert(*list))
            .collect()
    })
}

/// Whether a licence names a sub-agent, as a register says that counts in favour.
pub(super) fn is_sub_agent(case: &Case<'_>, agent: &SubjectId) -> bool {
    let agents = case.index.sub_agents.get_or_init(|| {
        let entries = said_anywhere(case, &["licence"]);
        let named = entries.filter_map(|entry| match entry.claim() {
            Some(Claim::Licence(licence)) if counts_for(entry) => Some(&licence.sub_agents),
            _ => None,
        });
        named.flatten().collect()
    });
    agents.contains(agent)
}

/// The facts about each entry.
fn facts<'i>(case: &Case<'i>) -> &'i [Fact] {
    case.index.facts.get_or_init(|| facts_of(case))
}

/// The entries about which some fact holds, in their order.
pub(super) fn with<'a>(
    case: &Case<'a>,
    holds: impl Fn(&Fact) -> bool,
) -> impl Iterator<Item = &'a HistoryEntry> {
    let entries = facts(case).iter().zip(case.history.entries());
    entries.filter_map(move |(fact, entry)| holds(fact).then_some(entry))
}

/// The facts about an entry of the history.
pub(super) fn fact<'a>(case: &Case<'a>, entry: &HistoryEntry) -> Option<&'a Fact> {
    facts(case).get(entry.position)
}

/// The marks on an entry of the history.
pub(super) fn marks_of(case: &Case<'_>, entry: &HistoryEntry) -> Marks {
    fact(case, entry).map(|fact| fact.marks).unwrap_or_default()
}

/// What registers say of a licence, with whoever says so.
pub(super) fn register_words<'a>(case: &Case<'a>, licence: &SubjectId) -> Rc<[Of<'a, Licence>]> {
    case.index.words.of(licence, || {
        let entries = case.history.about(licence);
        let entries = entries.filter(|entry| counts_against(entry));
        let words = entries.filter_map(|entry| match entry.claim() {
            Some(Claim::Licence(licence)) => Some((entry, &**licence)),
            _ => None,
        });
        words.collect()
    })
}

/// The timelines of a licence, one for each source.
pub(super) fn timelines(case: &Case<'_>, licence: &SubjectId) -> Rc<[Timeline]> {
    let timelines = &case.index.timelines;
    timelines.of(licence, || timelines_for(case, licence).into())
}

/// The licence that a recruiter's id is, and those that register statements hold for it.
pub(super) fn licences_of_recruiter(
    case: &Case<'_>,
    recruiter: &SubjectId,
) -> Rc<BTreeSet<SubjectId>> {
    let recruiters = &case.index.recruiters;
    recruiters.of(recruiter, || Rc::new(register_licences(case, recruiter)))
}
