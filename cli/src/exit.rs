//! Exit statuses: one number per answer a script has to tell apart.

use fairtrail::rules::Outcome;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Runs a command; a panic, which its hook has printed, becomes [`Exit::Internal`].
pub fn guarded(run: impl FnOnce() -> Exit) -> Exit {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Exit::Internal)
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Done; for `verify`: no adverse entries, and completeness and coverage are proved.
    Done = 0,
    /// The command could not do its work.
    Operational = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Evidence is invalid: a signature, a proof, a binding, a fork.
    Invalid = 3,
    /// Evidence is sound and says that something adverse is open.
    Findings = 4,
    /// Evidence says too little, or is too old.
    Unknown = 5,
    /// A fault of this program.
    Internal = 255,
}

impl Exit {
    /// Every status, by number.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Operational,
        Self::Usage,
        Self::Invalid,
        Self::Findings,
        Self::Unknown,
        Self::Internal,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// One line on what it means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; verify: no adverse entries, proved complete and covered",
            Self::Operational => {
                "the command could not do its work: a file, the gateway, a refusal"
            }
            Self::Usage => "the command line is wrong",
            Self::Invalid => {
                "evidence is invalid: a signature, a proof or a binding does not hold, or a fork"
            }
            Self::Findings => "verify: at least one adverse entry is open",
            Self::Unknown => "verify: evidence says too little (unknown) or is too old (stale)",
            Self::Internal => "a fault of this program",
        }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Findings => Self::Findings,
            Outcome::NoAdverseEntries => Self::Done,
            Outcome::Stale | Outcome::Unknown => Self::Unknown,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_program_is_told_apart() {
        assert_eq!(guarded(|| panic!("a fault")), Exit::Internal);
        assert_eq!(guarded(|| Exit::Unknown), Exit::Unknown);
    }

    #[test]
    fn numbers_are_those_of_the_decision() {
        let codes = Exit::ALL.map(Exit::code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 255]);
    }
}
