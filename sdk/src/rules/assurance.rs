//! How far an audit carries: R-28 dormitories left out, R-34 older than its scheme lets it be, R-35
//! thin, R-36 access denied; and what became of it since.

use super::contracts::answered;
use super::gathered::Found;
use super::index::{audits, spoken};
use super::lines::{counts_against, counts_for};
use super::topics::R_28;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{
    AccessDenied, Announcement, Audit, AuditState, Band, Claim, Language, ThreeValued, Workforce,
};
use crate::entry::{Basis, Role};
use crate::history::HistoryEntry;
use crate::messages::{Sentence, Value};
use crate::time::Date;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_34, &R_35, &R_36];

static R_34: Rule = Rule {
    id: "R-34",
    fields: &[
        ("audit", "ended_on"),
        ("audit", "rating"),
        ("audit", "scheme"),
        ("audit", "valid_until"),
    ],
    basis: "on_site",
    severity: "",
    effect: Effect::Context,
    ilo: &[],
    source: "the audit's own date, else the scheme's of the settings",
};

static R_35: Rule = Rule {
    id: "R-35",
    fields: &[
        ("audit", "announcement"),
        ("audit", "interviews"),
        ("audit", "workforce"),
        ("contract.attest", "cohort_languages"),
    ],
    basis: "the auditor's",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "our own: the square root of the workforce, and setting announced_audits_max",
};

pub(super) static R_36: Rule = Rule {
    id: "R-36",
    fields: &[("audit", "access_denied"), ("finding", "topic")],
    basis: "the auditor's; shown as reported below observed",
    severity: "at most 3 below observed; kept out in part by itself",
    effect: Effect::Adverse,
    ilo: &[],
    source: "practice of audit schemes, unchecked",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for (entry, audit) in audits(case) {
        access(case, gathered, entry, audit);
        if is_on_site(entry) && is_current(case, audit) {
            thin(case, gathered, entry, audit);
            dormitories(case, gathered, entry, audit);
        }
    }
    stale(case, gathered);
    announced(case, gathered);
}

pub(super) fn is_on_site(entry: &HistoryEntry) -> bool {
    entry.entry().header().basis.contains(&Basis::OnSite)
}

/// Until when an audit carries: as it says, else as its scheme does, else by the settings.
pub(super) fn valid_until(case: &Case<'_>, audit: &Audit) -> Date {
    let settings = case.policy.settings();
    let rating = audit.rating.as_ref().map(|rating| rating.value.as_str());
    let scheme = settings.scheme(audit.scheme.as_str());
    let days = scheme.and_then(|scheme| scheme.validity_days(rating));
    let days = days.unwrap_or(settings.audit_validity_days);
    let own = audit.valid_until;
    own.unwrap_or_else(|| audit.ended_on.plus_days(days))
}

pub(super) fn is_current(case: &Case<'_>, audit: &Audit) -> bool {
    valid_until(case, audit) >= case.as_of
}

/// Whether whoever made an audit, or a scheme, took it back or put another in its place.
pub(super) fn is_recalled(case: &Case<'_>, audit: &HistoryEntry) -> bool {
    let said = audit.incoming().iter();
    let said = said.filter_map(|incoming| case.history.entry(incoming.by));
    let mut said = said.filter(|by| counts_against(by));
    said.any(|by| {
        let standing = by.standing();
        let own = standing.principal == audit.standing().principal;
        let may = own || standing.role == Some(Role::Scheme);
        match by.claim() {
            Some(Claim::AuditStatus(status)) => {
                let gone = matches!(status.state, AuditState::Recalled | AuditState::Superseded);
                may && gone && status.on <= case.as_of
            }
            _ => false,
        }
    })
}

/// Whether its loss would take away what a rule of this file asks about.
pub(super) fn is_doubtful(case: &Case<'_>, entry: &HistoryEntry, audit: &Audit) -> bool {
    let days = case.policy.settings().disclosed_late_days;
    let known = audit.access_denied == Some(AccessDenied::NotAtAll);
    let timely = entry.times().contemporaneous(audit.ended_on, days);
    !(known || audit.access_denied.is_none())
        || !thin_reasons(case, audit).is_empty()
        || audit.announcement == Announcement::Announced
        || audit.dormitories_in_scope == Some(ThreeValued::No)
        || !timely
}

///
fn access(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, audit: &Audit) {
    let found = match audit.access_denied {
        Some(AccessDenied::Full) => {
            Found::new(&R_36, Sentence::new("access-denied-full")).case("full")
        }
        Some(AccessDenied::Partial) => {
            Found::new(&R_36, Sentence::new("access-denied-partial")).case("partial")
        }
        Some(AccessDenied::NotAtAll) => return gathered.evaluated(&R_36),
        Some(AccessDenied::Other(_)) | None => {
            return gathered.not_evaluated(&R_36, "access_denied");
        }
    };
    gathered.evaluated(&R_36);
    gathered.found(case, entry, found);
}

/// R-35, of one audit.
fn thin(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, audit: &Audit) {
    let reasons = thin_reasons(case, audit);
    let found = !reasons.is_empty();
    for sentence in reasons {
        gathered.found(case, entry, Found::new(&R_35, sentence));
    }
    let Some(interviews) = &audit.interviews else {
        return gathered.not_evaluated(&R_35, "interviews");
    };
    let told = [
        ("languages", !interviews.languages.is_empty()),
        (
            "management_present",
            answered(interviews.management_present),
        ),
        ("individual", interviews.individual.is_some()),
        (
            "workforce",
            interviews.individual.is_none() || few_interviews(audit).is_some(),
        ),
    ];
    let lacking = told.iter().filter(|(_, told)| !told && !found);
    let lacking: Vec<_> = lacking.map(|(field, _)| *field).collect();
    if lacking.is_empty() {
        gathered.evaluated(&R_35);
    }
    for field in lacking {
        gathered.not_evaluated(&R_35, field);
    }
}

fn thin_reasons(case: &Case<'_>, audit: &Audit) -> Vec<Sentence> {
    let mut reasons = Vec::new();
    let Some(interviews) = &audit.interviews else {
        return reasons;
    };
    if interviews.management_present == Some(ThreeValued::Yes) {
        reasons.push(Sentence::new("audit-management-present"));
    }
    let used = &interviews.languages;
    for theirs in spoken(case) {
        let is_used = |one: &Language| used.iter().any(|other| primary(one) == primary(other));
        if !used.is_empty() && !theirs.iter().any(is_used) {
            let list = |languages: &[Language]| languages.iter().map(Value::text).collect();
            reasons.push(
                Sentence::new("audit-languages")
                    .with("used", Value::List(list(used)))
                    .with("spoken", Value::List(list(theirs))),
            );
        }
    }
    if few_interviews(audit) == Some(true) {
        let total = audit.workforce.as_ref().and_then(|force| force.total);
        let total = total.map_or("", Band::as_str);
        reasons.push(Sentence::new("audit-few-interviews").with("workforce", total));
    }
    reasons
}

fn few_interviews(audit: &Audit) -> Option<bool> {
    let total = audit.workforce.as_ref()?.total?;
    let interviews = audit.interviews.as_ref()?;
    are_few(total, interviews.individual?, interviews.group)
}

fn primary(language: &Language) -> &str {
    language.as_str().split('-').next().unwrap_or_default()
}

/// Whether fewer than the square root of the workforce were interviewed, alone or in groups;
/// `None` where bands cannot tell.
fn are_few(total: Band, alone: Band, group: Option<Band>) -> Option<bool> {
    let bands = [Some(alone), group].into_iter().flatten();
    let least: u64 = bands.clone().map(Band::at_least).sum();
    let most: Option<u64> = bands.map(at_most).sum();
    let squared = |count: u64| count.saturating_mul(count);
    if most.is_some_and(|most| squared(most) < total.at_least()) {
        Some(true)
    } else {
        at_most(total)
            .is_some_and(|total| squared(least) >= total)
            .then_some(false)
    }
}

/// The most people a band may hold; the last has no end.
fn at_most(band: Band) -> Option<u64> {
    let mut larger = Band::ALL.iter().filter(|other| **other > band);
    larger.next().map(|next| next.at_least().saturating_sub(1))
}

/// R-28, of audits that left out where migrants live.
fn dormitories(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, audit: &Audit) {
    if audit.dormitories_in_scope == Some(ThreeValued::Yes) {
        return;
    }
    let left_out = audit.dormitories_in_scope == Some(ThreeValued::No);
    match migrants(audit.workforce.as_ref()) {
        Some(true) if !left_out => gathered.not_evaluated(&R_28, "dormitories_in_scope"),
        Some(true) => {
            let found = Found::new(&R_28, Sentence::new("audit-dormitories"));
            let found = found.case("dormitories").with_effect(Effect::Inquiry);
            gathered.found(case, entry, found);
        }
        Some(false) => {}
        None => gathered.not_evaluated(&R_28, "workforce"),
    }
}

/// Whether migrants work there, where that is stated.
pub(super) fn migrants(workforce: Option<&Workforce>) -> Option<bool> {
    Some(workforce?.migrant? > Band::None)
}

/// the newest on-site audit that counts in favour carries no more.
fn stale(case: &Case<'_>, gathered: &mut Gathered) {
    let on_site = audits(case)
        .filter(|(entry, _)| counts_for(entry) && is_on_site(entry) && !is_recalled(case, entry));
    let newest = on_site.max_by_key(|(entry, audit)| (valid_until(case, audit), entry.id()));
    let Some((entry, audit)) = newest else {
        return;
    };
    gathered.evaluated(&R_34);
    if !is_current(case, audit) {
        let sentence = Sentence::new("audit-stale")
            .with_text("report", &audit.report_ref)
            .with_text("until", valid_until(case, audit));
        gathered.found_on(case, vec![entry], Found::new(&R_34, sentence));
    }
}

fn is_announced(audit: &Audit) -> bool {
    audit.announcement == Announcement::Announced
}

/// R-35, of the newest on-site audits, one after the other.
fn announced(case: &Case<'_>, gathered: &mut Gathered) {
    let most = case.policy.settings().announced_audits_max;
    let Ok(most) = usize::try_from(most) else {
        return;
    };
    // That one came unannounced speaks in somebody's favour.
    let mut newest: Vec<_> = audits(case)
        .filter(|(entry, audit)| is_on_site(entry) && (is_announced(audit) || counts_for(entry)))
        .collect();
    newest.sort_by_key(|(entry, audit)| (std::cmp::Reverse(audit.ended_on), entry.id()));
    newest.truncate(most);
    let all = |(_, audit): &(_, &Audit)| is_announced(audit);
    if most > 0 && newest.len() == most && newest.iter().all(all) {
        let sentence = Sentence::new("audits-announced").with("count", newest.len());
        let entries = newest.into_iter().map(|(entry, _)| entry).collect();
        gathered.found_on(case, entries, Found::new(&R_35, sentence));
    }
}
