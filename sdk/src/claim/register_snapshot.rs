//! `register.snapshot`: what a register held when it was read.

use super::common::{Kind, Need};
use super::inspect::nothing_to_see;
use super::value::{Code, Digest};
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::{Basis, Role};
use crate::id::EntryId;
use crate::time::{Date, Timestamp};

crate::code_enum! {
    /// Whose licences a register holds.
    pub enum RegisterKind: "register kind" {
        /// Those who recruit.
        Recruiter = 0 "recruiter",
        /// Employers allowed to bring workers in.
        EmployerSponsor = 1 "employer_sponsor",
        /// Those who supply workers.
        LabourProvider = 2 "labour_provider",
        /// Others.
        Other = 3 "other",
    }
}

crate::code_enum! {
    /// How much of a register was read; only in a full one does absence mean anything.
    pub enum Coverage: "coverage" {
        /// All rows.
        Full = 0 "full",
        /// Some rows.
        Sample = 1 "sample",
    }
}

crate::code_enum! {
    /// What the rows of a file are.
    pub enum FileSort: "sort of file" {
        /// What the register held.
        Listing = 0 "listing",
        /// What changed since the file before.
        Changes = 1 "changes",
    }
}

nothing_to_see!(RegisterKind, Coverage, FileSort);

claim_kind! {
    /// A register at a moment: file, rows and coverage. A register that has not changed since adds
    /// exactly this one entry.
    pub struct RegisterSnapshot: "register.snapshot" {
        /// Code of the register, as in `lic:<authority>:…`.
        16 => register: Code,
        /// Whose licences it holds.
        17 => register_kind: RegisterKind,
        /// The day the file speaks of: of the list, or of the last change.
        18 => listed_on: Date,
        /// SHA-256 of the file read.
        19 => file_sha256: Digest,
        /// Rows of the file.
        20 => rows: u64,
        /// RFC 6962 root over the rows.
        21 => rows_root: Digest,
        /// How much of the register the file holds.
        22 => coverage: Coverage,
        /// Under which licence the data stand.
        23 => data_licence: Code,
        /// What its rows are.
        24 => file_sort: FileSort,
        /// When it was read.
        25 ? retrieved_at: Option<Timestamp>,
        /// The snapshot before this one.
        26 ? previous: Option<EntryId>,
    }
}

impl Kind for RegisterSnapshot {
    const ROLES: &'static [Role] = &[Role::Authority, Role::Observer];
    const NEEDS: &'static [Need] = &[];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.retrieved_at
                .is_none_or(|read| self.listed_on <= read.date()),
            "listed_on",
            "lies after the register was read",
        );
        problems.rule(
            context.role != Some(Role::Observer) || context.basis.contains(&Basis::RegisterLookup),
            "basis",
            "an observer's snapshot rests on register_lookup",
        );
    }
}
