//! What the register's ratings mean in the ledger's status codes.

use crate::import::name::collapse_spaces;
use std::fmt;

/// How a name stands in the register on a date, in the words of `licence.status`.
///
/// In this order where several stand at one date.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Listed with an A rating.
    Active,
    /// Listed with a B rating.
    ActiveWithConditions,
    /// Listed as provisional.
    Provisional,
    /// Not listed any more; why is not known.
    NotFound,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [
        Self::Active,
        Self::ActiveWithConditions,
        Self::Provisional,
        Self::NotFound,
    ];

    /// The status of a printed rating such as `Worker (A rating)`; `None` for any other text.
    pub fn of_rating(printed: &str) -> Option<Self> {
        let (sort, rating) = printed.trim_end().strip_suffix(')')?.split_once('(')?;
        if !matches!(
            collapse_spaces(sort).as_str(),
            "Worker" | "Temporary Worker"
        ) {
            return None;
        }
        match collapse_spaces(rating).as_str() {
            "A rating" => Some(Self::Active),
            "B rating" => Some(Self::ActiveWithConditions),
            "Provisional" | "UK Expansion Worker: Provisional" => Some(Self::Provisional),
            _ => None,
        }
    }

    /// The status code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ActiveWithConditions => "active_with_conditions",
            Self::Provisional => "provisional",
            Self::NotFound => "not_found",
        }
    }

    /// The rating in the register's words, as a code; a name that is gone has none.
    pub const fn native_code(self) -> Option<&'static str> {
        match self {
            Self::Active => Some("A-rating"),
            Self::ActiveWithConditions => Some("B-rating"),
            Self::Provisional => Some("Provisional"),
            Self::NotFound => None,
        }
    }

    /// Whether the register showed the name.
    pub const fn is_listed(self) -> bool {
        !matches!(self, Self::NotFound)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ratings_have_a_status() {
        for (printed, standing) in [
            ("Worker (A rating)", Standing::Active),
            ("Temporary Worker (A rating)", Standing::Active),
            ("Worker (B rating)", Standing::ActiveWithConditions),
            (
                "Worker (UK Expansion Worker: Provisional )",
                Standing::Provisional,
            ),
            ("Temporary Worker (Provisional)", Standing::Provisional),
        ] {
            assert_eq!(Standing::of_rating(printed), Some(standing), "{printed}");
        }
    }

    #[test]
    fn no_other_rating_is_guessed() {
        for printed in [
            "",
            "A rating",
            "Worker (A (Premium))",
            "Worker (A (SME+))",
            "Worker (C rating)",
            "Worker (a rating)",
            "Student (A rating)",
            "Worker (A rating",
        ] {
            assert_eq!(Standing::of_rating(printed), None, "{printed}");
        }
    }
}
