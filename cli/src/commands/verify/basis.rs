//! What a verdict rests on.

use super::super::reading::IndexView;

/// What shows that nothing was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// Copies of whole logs.
    Copies,
    /// Their indexes; whether others checked every head of each.
    Indexes {
        /// Each is vouched for by somebody but its operator.
        vouched: bool,
    },
}

impl Basis {
    /// These indexes, or copies where there are none.
    pub(super) fn of(indexes: &[IndexView]) -> Self {
        let vouched = indexes.iter().all(|index| !index.checked_by.is_empty());
        match indexes {
            [] => Self::Copies,
            _ => Self::Indexes { vouched },
        }
    }

    /// The message that says so.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Copies => "page-covered-note",
            Self::Indexes { vouched: true } => "page-covered-index",
            Self::Indexes { vouched: false } => "page-covered-index-alone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_nobody_checked_is_the_operators_word() {
        let index = |checked: &[&str]| IndexView {
            origin: "log.example/one/e1/index/1".into(),
            heads: 3,
            checked_by: checked
                .iter()
                .map(|who| ((*who).to_owned(), fairtrail::time::Timestamp::EPOCH))
                .collect(),
        };
        assert_eq!(Basis::of(&[]), Basis::Copies);
        let checked = Basis::of(&[index(&["one"])]);
        assert_eq!(checked, Basis::Indexes { vouched: true });
        let alone = Basis::of(&[index(&["one"]), index(&[])]);
        assert_eq!(alone, Basis::Indexes { vouched: false });
    }
}
