//! `listing`: what a published list holds.

use super::common::{Kind, Need};
use super::inspect::nothing_to_see;
use super::licence::check_observer;
use super::licence_status::Effective;
use super::value::{Code, Country, Digest, Hs, Isic, Set, ThreeValued};
use super::words::PartyRole;
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::Date;

crate::code_enum! {
    /// How it is known that the list means this subject.
    pub enum MatchMethod: "match" {
        /// The list prints its identifier.
        Identifier = 0 "identifier",
        /// A person compared and confirmed it.
        PersonConfirmed = 1 "person_confirmed",
        /// A name is alike, nothing more: never a listing that counts.
        Possible = 2 "possible",
    }
}

nothing_to_see!(MatchMethod);

claim_kind! {
    /// A row of a published list about a party, or about goods of a country. What the list says of
    /// its own dates stands in `listed_on` and `delisted_on`; a bar that runs for a time has that
    /// time in `valid_from` and `valid_to`. Names stand in a text part.
    pub struct Listing: "listing" {
        /// Code of the list.
        16 => list: Code,
        /// How it is known that the list means this subject.
        17 => match_method: MatchMethod,
        /// The section or ground the list gives.
        18 ? section: Option<Code>,
        /// The row's own number in the list.
        19 ? list_entry: Option<Code>,
        /// Since when it stands there.
        20 ? listed_on: Option<Effective>,
        /// Since when it no longer does; absent is unknown, not "still".
        21 ? delisted_on: Option<Effective>,
        /// The first copy of the list that held it.
        22 ? first_observed: Option<Date>,
        /// The last copy that held it.
        23 ? last_observed: Option<Date>,
        /// Who confirmed the match; never a person.
        24 ? matched_by: Option<SubjectId>,
        /// How alike a machine found the names, in per cent.
        25 ? match_score: Option<u8>,
        /// Whether the list means subsidiaries too.
        26 ? names_subsidiaries: Option<ThreeValued>,
        /// Sectors the row is about.
        27 ? sectors: Set<Isic>,
        /// Goods the row is about.
        28 ? goods: Set<Hs>,
        /// The same in the list's own code.
        29 ? native_goods: Set<Code>,
        /// The country of the party or of the goods.
        30 ? country: Option<Country>,
        /// What the list says it stands there for, in the list's codes.
        31 ? grounds: Set<Code>,
        /// The list as it was read.
        32 ? snapshot: Option<EntryId>,
        /// RFC 6962 leaf of the row in that list.
        33 ? row: Option<Digest>,
    }
}

impl Kind for Listing {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Observer,
        Role::Auditor,
        Role::Ngo,
        Role::WorkerOrganisation,
    ];
    const NEEDS: &'static [Need] = &[Need {
        any_of: &[
            PartyRole::LegalEntity,
            PartyRole::Operator,
            PartyRole::Employer,
            PartyRole::Site,
            PartyRole::Recruiter,
            PartyRole::LabourProvider,
            PartyRole::Vessel,
            PartyRole::Goods,
        ],
        required: false,
        meaning: "the firm, site, agency, vessel or goods listed",
    }];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        check_observer(context, problems);
        self.check_dates(problems);
        self.check_match(problems);
        let goods = !self.goods.is_empty() || !self.native_goods.is_empty();
        problems.needed(
            !goods || self.country.is_some(),
            "country",
            "the country whose goods are listed",
        );
    }
}

impl Listing {
    fn check_dates(&self, problems: &mut Problems) {
        for (field, effective) in [
            ("listed_on", self.listed_on),
            ("delisted_on", self.delisted_on),
        ] {
            let rises = effective.is_none_or(Effective::rises);
            problems.rule(rises, field, "ends before it begins");
        }
        let ends = match (self.listed_on, self.delisted_on) {
            (Some(on), Some(off)) => on.earliest().is_none_or(|on| on <= off.latest()),
            _ => true,
        };
        problems.rule(ends, "delisted_on", "lies before listed_on");
        let observed = match (self.first_observed, self.last_observed) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        };
        problems.rule(observed, "last_observed", "lies before first_observed");
    }

    fn check_match(&self, problems: &mut Problems) {
        let confirmed = self.match_method == MatchMethod::PersonConfirmed;
        problems.needed(
            !confirmed || self.matched_by.is_some(),
            "matched_by",
            "for whom a person confirmed the match",
        );
        problems.rule(
            confirmed || self.matched_by.is_none(),
            "matched_by",
            "belongs to `person_confirmed`",
        );
        problems.rule(
            self.match_score.is_none_or(|score| score <= 100),
            "match_score",
            "is above 100",
        );
        problems.rule(
            self.match_score.is_none() || self.match_method != MatchMethod::Identifier,
            "match_score",
            "belongs to a match by name",
        );
    }
}
