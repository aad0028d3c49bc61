//! `profile`: the subjects of one party and how they relate.

use super::common::{Common, Kind, Need};
use super::value::{Band, Code, Country, Isic, Set, Subdivision};
use super::words::PartyRole;
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::subject::SubjectId;

claim_kind! {
    /// The subjects of one party: its site, its operator, its legal entity. Names and addresses
    /// stand in text parts.
    pub struct Profile: "profile" {
        /// Where it is.
        16 ? country: Option<Country>,
        /// Where in the country.
        17 ? subdivision: Option<Subdivision>,
        /// What it does.
        18 ? sectors: Set<Isic>,
        /// Its sort, as a facility list calls it.
        19 ? site_types: Set<Code>,
        /// How many people work there.
        20 ? workers: Option<Band>,
        /// How many of them are migrants.
        21 ? migrant_workers: Option<Band>,
    }
}

impl Kind for Profile {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Observer,
        Role::Auditor,
        Role::Company,
        Role::Recruiter,
        Role::Respondent,
        Role::Ngo,
        Role::WorkerOrganisation,
    ];
    const NEEDS: &'static [Need] = &[Need {
        any_of: &[
            PartyRole::Site,
            PartyRole::Operator,
            PartyRole::LegalEntity,
            PartyRole::Recruiter,
            PartyRole::LabourProvider,
            PartyRole::Dormitory,
            PartyRole::Vessel,
        ],
        required: true,
        meaning: "the site, operator, legal entity, agency, dormitory or vessel described",
    }];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let common: Common<'_> = self.common();
        let related =
            |subject: &SubjectId| common.parties.iter().any(|party| party.subject == *subject);
        problems.rule(
            context.subjects.iter().all(related),
            "parties",
            "do not say how every subject of the entry relates",
        );
        let country = self.country.as_ref().map(Country::as_str);
        let of_subdivision = self.subdivision.as_ref().map(Subdivision::country);
        problems.rule(
            of_subdivision.is_none() || of_subdivision == country,
            "subdivision",
            "lies in another country",
        );
        problems.rule(
            self.migrant_workers.is_none() || self.migrant_workers <= self.workers,
            "migrant_workers",
            "are more than the workers stated",
        );
    }
}
