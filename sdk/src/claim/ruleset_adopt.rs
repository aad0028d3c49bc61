//! `ruleset.adopt`: which edition of the rules somebody judges by.

use super::common::{Kind, Need};
use super::value::{Code, Digest};
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::time::Date;

claim_kind! {
    /// The author, or the network it speaks for, judges by this edition of the rules.
    pub struct RulesetAdopt: "ruleset.adopt" {
        /// The edition's code.
        16 => ruleset: Code,
        /// SHA-256 of the settings written out: `Settings::digest`.
        17 => ruleset_sha256: Digest,
        /// Since when.
        18 => from: Date,
        /// Until when; absent is until another is adopted.
        19 ? until: Option<Date>,
        /// The edition in use before.
        20 ? previous: Option<Code>,
    }
}

impl Kind for RulesetAdopt {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Auditor,
        Role::Company,
        Role::Ngo,
        Role::WorkerOrganisation,
        Role::Node,
        Role::Scheme,
    ];
    const NEEDS: &'static [Need] = &[];

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.until.is_none_or(|until| self.from <= until),
            "until",
            "lies before from",
        );
        problems.rule(
            self.previous.as_ref() != Some(&self.ruleset),
            "previous",
            "is the same edition",
        );
    }
}
