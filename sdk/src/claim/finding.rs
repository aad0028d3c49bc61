//! `finding`: an auditor's reported observation against a clause.

use super::audit::AUDITED;
use super::common::{Kind, Need, ordered};
use super::contract_attest::check_fee_lines;
use super::fee::FeeLine;
use super::inspect::nothing_to_see;
use super::value::{Band, Code, Country, PartialDate, Set};
use super::words::{EvidenceType, Reach, Topic};
use super::{ClaimContext, Problems, claim_kind, claim_map};
use crate::entry::Role;
use crate::id::EntryId;
use crate::time::Date;

/// The highest severity of our scale.
const MAX_SEVERITY: u8 = 5;

crate::code_enum! {
    /// What a finding says was broken.
    pub enum BreachOf: "breach" {
        /// The law.
        Law = 0 "law",
        /// The code audited against.
        Code = 1 "code",
        /// Both.
        Both = 2 "both",
    }
}

nothing_to_see!(BreachOf);

claim_map! {
    /// A step of a corrective action plan. Its text stands in a text part.
    pub struct Action {
        /// What is to be done.
        1 => code: Code,
        /// The role of who is to do it; never a person.
        2 ? owned_by: Option<Code>,
        /// By when.
        3 ? due: Option<Date>,
        /// What will show it.
        4 ? evidence_required: Option<Code>,
    }
}

claim_kind! {
    /// An auditor's reported observation against a clause. `external_ref` is required: it is the
    /// leaf of this finding in the audit's manifest.
    pub struct Finding: "finding" {
        /// The scheme audited against.
        16 => scheme: Code,
        /// Its clause.
        17 => clause: Code,
        /// What it is about, in our words.
        18 => topic: Topic,
        /// The grade in the scheme's own word, always kept.
        19 => native_grade: Code,
        /// When it was found.
        20 => found_on: Date,
        /// 0 to 5; absent where the scheme gives no grade by design.
        21 ? severity: Option<u8>,
        /// The scheme's version.
        22 ? scheme_version: Option<Code>,
        /// What was broken.
        23 ? breach_of: Option<BreachOf>,
        /// Whose law.
        24 ? jurisdiction: Option<Country>,
        /// When the party was told.
        25 ? notified_on: Option<Date>,
        /// Until when it may reply.
        26 ? reply_by: Option<Date>,
        /// The time concerned, from.
        27 ? period_from: Option<PartialDate>,
        /// The time concerned, to.
        28 ? period_to: Option<PartialDate>,
        /// An earlier finding of the same.
        29 ? repeat_of: Option<EntryId>,
        /// How far it reaches.
        30 ? reach: Option<Reach>,
        /// A good practice, not a breach.
        31 ? positive: bool,
        /// How many people are affected.
        32 ? affected: Option<Band>,
        /// What it rests on.
        33 ? evidence_types: Set<EvidenceType>,
        /// Why it came about, in the scheme's code.
        34 ? root_cause: Option<Code>,
        /// Corrective actions agreed.
        35 ? actions: Vec<Action>,
        /// When it is to be closed; absent is not "never due".
        36 ? due: Option<Date>,
        /// The report it stands in.
        37 ? report_ref: Option<Code>,
        /// Payments found.
        38 ? fees: Vec<FeeLine>,
    }
}

impl Kind for Finding {
    const ROLES: &'static [Role] = &[Role::Auditor];
    const NEEDS: &'static [Need] = AUDITED;

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        problems.needed(
            self.external_ref.is_some(),
            "external_ref",
            "the leaf of this finding in the audit's manifest",
        );
        problems.rule(
            self.severity
                .is_none_or(|severity| severity <= MAX_SEVERITY),
            "severity",
            "is above 5",
        );
        if self.positive {
            problems.rule(
                matches!(self.severity, None | Some(0)) && self.breach_of.is_none(),
                "positive",
                "stands beside a severity or a breach",
            );
        } else {
            self.check_adverse(problems);
        }
        self.check_dates(problems);
        check_fee_lines(&self.fees, self.affected, problems);
    }
}

impl Finding {
    fn check_adverse(&self, problems: &mut Problems) {
        problems.needed(
            self.evidence_standard.is_some(),
            "evidence_standard",
            "how well an adverse statement is supported",
        );
        problems.needed(
            self.responsible.is_some(),
            "responsible",
            "which subject answers for it: site, agency, dormitory or sub-agent",
        );
        let of_law = matches!(self.breach_of, Some(BreachOf::Law | BreachOf::Both));
        problems.needed(
            !of_law || self.jurisdiction.is_some(),
            "jurisdiction",
            "whose law was broken",
        );
        problems.rule(
            self.affected != Some(Band::None),
            "affected",
            "an adverse finding that affects nobody leaves this out",
        );
    }

    fn check_dates(&self, problems: &mut Problems) {
        let after = |date: Option<Date>, start: Date| date.is_none_or(|date| start <= date);
        problems.rule(
            after(self.notified_on, self.found_on),
            "notified_on",
            "lies before found_on",
        );
        let told = self.notified_on.unwrap_or(self.found_on);
        problems.rule(
            after(self.reply_by, told),
            "reply_by",
            "lies before the party was told",
        );
        problems.rule(
            after(self.due, self.found_on),
            "due",
            "lies before found_on",
        );
        problems.rule(
            ordered(self.period_from, self.period_to),
            "period_to",
            "lies before period_from",
        );
    }
}
