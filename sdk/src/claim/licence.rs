//! `licence`: what a register says of one licence.

use super::common::{Kind, Need};
use super::licence_status::Effective;
use super::register_snapshot::RegisterKind;
use super::value::{Band, Code, Country, Isco, Money, Set, Subdivision, ThreeValued};
use super::words::{LicenceClass, LicenceState, PartyRole, WorkSetting};
use super::{ClaimContext, Problems, claim_kind, claim_map};
use crate::entry::{Basis, Role};
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::Date;

claim_map! {
    /// A condition a register put on a licence. Its text stands in a text part.
    pub struct Condition {
        /// The register's own code.
        1 => code: Code,
        /// When it is to be met.
        2 ? due: Option<Date>,
        /// When it was met.
        3 ? closed_on: Option<Date>,
    }
}

claim_map! {
    /// Money a licence holder had to put up.
    pub struct Bond {
        /// How much.
        1 => amount: Money,
        /// Who holds it.
        2 ? held_by: Option<Code>,
    }
}

claim_kind! {
    /// A licence to recruit, sponsor or supply workers. Its number is its subject: `lic:`, or `row:`
    /// in a register without numbers. When it was first and last *seen* and when it *holds* are
    /// different things and all may be unknown.
    pub struct Licence: "licence" {
        /// Code of the register, as in `lic:<authority>:…`.
        16 => authority: Code,
        /// Whose licences the register holds.
        17 => register_kind: RegisterKind,
        /// The status it was first seen with, in our words.
        18 ? status: Option<LicenceState>,
        /// The same in the register's words.
        19 ? native_status: Option<Code>,
        /// The first snapshot that held it.
        20 ? first_observed: Option<Date>,
        /// The last snapshot that held it.
        21 ? last_observed: Option<Date>,
        /// Where it holds.
        22 ? jurisdiction: Option<Country>,
        /// Where in the country.
        23 ? subdivision: Option<Subdivision>,
        /// What it allows.
        24 ? class: Option<LicenceClass>,
        /// The route or category of the register it is for.
        25 ? route: Option<Code>,
        /// It holds for every occupation.
        26 ? all_occupations: bool,
        /// It holds for these.
        27 ? occupations: Set<Isco>,
        /// It holds for work done there.
        28 ? settings: Set<WorkSetting>,
        /// It holds for these sectors, in ISIC or the register's own code.
        29 ? sectors: Set<Code>,
        /// It holds for workers from there.
        30 ? source_countries: Set<Country>,
        /// It holds for work there.
        31 ? destination_countries: Set<Country>,
        /// Workers the licence allows; a number of the licence, not a count of people.
        32 ? quota: Option<u64>,
        /// The approved order the quota is for.
        33 ? job_order: Option<Code>,
        /// Why the status is what it is, in the register's code.
        34 ? status_reason: Option<Code>,
        /// Standards of the register that were not met.
        35 ? standards_failed: Set<Code>,
        /// Points by the register's own scheme.
        36 ? points: Option<u16>,
        /// Conditions put on it.
        37 ? conditions: Vec<Condition>,
        /// Money put up.
        38 ? bond: Option<Bond>,
        /// Who holds it in law.
        39 ? legal_holder: Option<SubjectId>,
        /// How many persons may act under it; never who.
        40 ? authorised_persons: Option<Band>,
        /// Whether sub-agents work under it.
        41 ? sub_agents_used: Option<ThreeValued>,
        /// Which ones.
        42 ? sub_agents: Set<SubjectId>,
        /// The snapshot it was seen in.
        43 ? snapshot: Option<EntryId>,
        /// When the status took effect.
        44 ? status_since: Option<Effective>,
        /// Several rows of the register carry this name and are not told apart.
        45 ? unresolved: bool,
    }
}

impl Kind for Licence {
    const ROLES: &'static [Role] = &[Role::Authority, Role::Observer];
    const NEEDS: &'static [Need] = &[Need {
        any_of: &[PartyRole::LicenceHolder],
        required: false,
        meaning: "the holder, where an identifier of it is known",
    }];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        check_subject(&self.authority, context, problems);
        check_observer(context, problems);
        let observed = match (self.first_observed, self.last_observed) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        };
        problems.rule(observed, "last_observed", "lies before first_observed");
        problems.rule(
            self.status_since.is_none() || self.status.is_some(),
            "status_since",
            "stands without a status",
        );
        if let Some(since) = self.status_since {
            since.check("status_since", context, problems);
        }
        problems.rule(
            !self.all_occupations || self.occupations.is_empty(),
            "occupations",
            "stand beside all_occupations",
        );
        problems.rule(
            self.sub_agents.is_empty() || self.sub_agents_used == Some(ThreeValued::Yes),
            "sub_agents_used",
            "is not `yes` though sub_agents are named",
        );
    }
}

/// Exactly one licence is spoken of, and it is one of this register.
pub(super) fn check_subject(authority: &Code, context: &ClaimContext<'_>, problems: &mut Problems) {
    let licences = context
        .subjects
        .iter()
        .filter(|subject| matches!(subject.scheme(), "lic" | "row"));
    problems.rule(
        licences.clone().count() == 1,
        "subjects",
        "name exactly one licence, by lic: or row:",
    );
    let of_register = |subject: &SubjectId| {
        subject
            .licence()
            .is_none_or(|(register, _)| register == authority.as_str())
    };
    problems.rule(
        licences.clone().all(of_register),
        "authority",
        "is another register than the licence's",
    );
}

/// An observer's word rests on a look into the register.
pub(super) fn check_observer(context: &ClaimContext<'_>, problems: &mut Problems) {
    problems.rule(
        context.role != Some(Role::Observer) || context.basis.contains(&Basis::RegisterLookup),
        "basis",
        "an observer's statement rests on register_lookup",
    );
}
