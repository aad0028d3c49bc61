//! Which rules there are, which fields they read and on what these rest (specs/rules.md).

use super::{
    assurance, audits, bars, channels, charges, closing, contradictions, differing, fees, findings,
    freedom, integrity, lists, recruiters, recruitment, registers, remedies, scope, successors,
    terms, topics, wages, work,
};
use crate::messages::{Language, label};
use std::sync::LazyLock;

/// A rule: the claim fields it reads, and what it does to a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The rule.
    pub id: &'static str,
    /// The fields it reads, kind and field; without them it is not evaluated. The first kind is the
    /// one without which there is nothing to evaluate.
    pub fields: &'static [(&'static str, &'static str)],
    /// What these fields rest on.
    pub basis: &'static str,
    /// What changes its severity beside the settings; empty where nothing does.
    pub severity: &'static str,
    /// What an indicator of it does to the verdict.
    pub effect: Effect,
    /// Numbers of the ILO indicators it bears on; empty where that depends on the topic.
    pub ilo: &'static [u8],
    /// Where the rule comes from; a source that nobody of the project has compared says so.
    pub source: &'static str,
}

/// What an indicator does to a verdict, once its severity reaches the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Somebody reported something adverse: the outcome is `findings`.
    Adverse,
    /// Something does not fit together: unknown until it is answered.
    Inquiry,
    /// Shown, and changes nothing.
    Context,
}

impl Effect {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Adverse => "adverse",
            Self::Inquiry => "inquiry",
            Self::Context => "context",
        }
    }
}

impl Rule {
    /// What it points at, from the message catalogue.
    pub fn title(&self, language: Language) -> String {
        label(&format!("rule-{}", self.id.to_lowercase()), language)
    }
}

/// The rules of this edition, by id.
pub fn rules() -> &'static [&'static Rule] {
    static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
        let groups = [
            assurance::RULES,
            audits::RULES,
            bars::RULES,
            channels::RULES,
            charges::RULES,
            closing::RULES,
            contradictions::RULES,
            differing::RULES,
            fees::RULES,
            findings::RULES,
            freedom::RULES,
            integrity::RULES,
            lists::RULES,
            recruiters::RULES,
            recruitment::RULES,
            registers::RULES,
            remedies::RULES,
            scope::RULES,
            successors::RULES,
            terms::RULES,
            topics::RULES,
            wages::RULES,
            work::RULES,
        ];
        let mut rules = groups.concat();
        rules.sort_by_key(|rule| rule.id);
        rules
    });
    &RULES
}

/// What keeps a history from "no adverse entries": codes and what is missing.
pub const UNKNOWN_CODES: &[(&str, &str)] = &[
    (
        "alias-disputed",
        "whether an id is the same party's, for an accepted author says it is not",
    ),
    (
        "alias-not-covered",
        "an id of the same party, as an accepted author says, is not covered",
    ),
    (
        "attestation-missing",
        "no statement on how workers were recruited counts",
    ),
    (
        "audit-incomplete",
        "an audit declared findings that are not posted",
    ),
    (
        "audit-missing",
        "no on-site audit made by an accepted auditor is within its validity",
    ),
    (
        "author-silent",
        "an author that the policy names was not heard of in time",
    ),
    (
        "claim-not-readable",
        "a claim is withheld, erased, broken or of an unknown kind",
    ),
    (
        "fee-statement-missing",
        "nobody looked whether workers were charged",
    ),
    (
        "inquiry-open",
        "an indicator that needs inquiry is not answered",
    ),
    (
        "licence-not-named",
        "a recruiter of whom no licence is known",
    ),
    (
        "licence-status-unknown",
        "the status of a licence in a month of recruitment",
    ),
    (
        "logs-missing",
        "fewer logs were read than the policy asks for",
    ),
    (
        "related-ids-too-many",
        "more recruiters and licences than are looked at",
    ),
    (
        "replacement-in-doubt",
        "which of two statements stands, for one was made on a fork or with a compromised key",
    ),
    (
        "standing-lost",
        "statements whose authors' standing was revoked or had ended",
    ),
    (
        "withheld-by-law",
        "a part that is not shown on a legal basis, with who says so and since when",
    ),
];
