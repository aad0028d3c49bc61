//! `supply.link`: one step of a supply or recruitment chain.

use super::common::{Kind, Need};
use super::value::{Country, Digest, Hs, Set, ThreeValued};
use super::words::PartyRole;
use super::{ClaimContext, Problems, claim_kind, word_list};
use crate::entry::Role;
use crate::id::EntryId;
use crate::subject::SubjectId;

word_list! {
    /// How the first of two parties depends on the second.
    pub enum SupplyRelation {
        BuysFrom "buys_from",
        /// Its workers live there.
        HousesAt "houses_at",
        /// It takes workers from a labour provider that stays their employer.
        LabourFrom "labour_from",
        ProducesAt "produces_at",
        RecruitsThrough "recruits_through",
        /// It works for the second as its sub-agent.
        SubAgentOf "sub_agent_of",
        SubcontractsTo "subcontracts_to",
    }
}

word_list! {
    /// How goods are told apart on their way.
    pub enum CustodyModel {
        BookAndClaim "book_and_claim",
        IdentityPreserved "identity_preserved",
        MassBalance "mass_balance",
        Segregated "segregated",
    }
}

claim_kind! {
    /// One step of a chain, read from left to right; when it holds stands in `valid_from` and
    /// `valid_to`. A party that is a secret is named by `blind:`. That no link is stated never means
    /// that there is none.
    pub struct SupplyLink: "supply.link" {
        /// Who buys, produces or recruits.
        16 => from: SubjectId,
        /// The relation.
        17 => relation: SupplyRelation,
        /// From whom, where or through whom.
        18 => to: SubjectId,
        /// Steps from the one whose chain it is: 1 is direct.
        19 ? tier: Option<u8>,
        /// Which goods.
        20 ? goods: Set<Hs>,
        /// Where they were made or grown.
        21 ? origin: Option<Country>,
        /// Salted digest of the lot's number.
        22 ? lot: Option<Digest>,
        /// Salted digest of the purchase order's number.
        23 ? order: Option<Digest>,
        /// How the goods are told apart.
        24 ? chain_of_custody: Option<CustodyModel>,
        /// Whether a register names the two together, as of an agent and its principal.
        25 ? registered: Option<ThreeValued>,
        /// The register as it was read.
        26 ? snapshot: Option<EntryId>,
    }
}

impl Kind for SupplyLink {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Observer,
        Role::Auditor,
        Role::Company,
        Role::Recruiter,
        Role::Ngo,
        Role::WorkerOrganisation,
    ];
    const NEEDS: &'static [Need] = &[Need {
        any_of: &[
            PartyRole::Buyer,
            PartyRole::Supplier,
            PartyRole::Site,
            PartyRole::Employer,
            PartyRole::Recruiter,
            PartyRole::LabourProvider,
            PartyRole::SubAgent,
        ],
        required: false,
        meaning: "the parts the two play",
    }];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let named = |subject| context.subjects.contains(subject);
        problems.rule(self.from != self.to, "to", "is the same party as from");
        problems.rule(
            named(&self.from),
            "from",
            "is not one of the subjects of the entry",
        );
        problems.rule(
            named(&self.to),
            "to",
            "is not one of the subjects of the entry",
        );
        problems.rule(self.tier != Some(0), "tier", "begins with 1");
    }
}
